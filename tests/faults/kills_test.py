"""Random kills, and disks that fill at every size: each output is the old file or the whole new one."""

import random
import re
import signal
import subprocess
import time
import unittest

from faults import COMMAND, EVERY, FAULTS, FaultTest

TRIALS = 1000 if EVERY else int(FAULTS or 24)
WRITERS = ("run", "table", "workbook", "report", "convert", "panel", "simulate")
PARTIAL = re.compile(r"\.partial-[0-9a-f]{16}$")
# In a file system of its own: the inputs, an old file for every output, the command, and what is left copied out.
DISK = """mount -t tmpfs -o size=$1k none "$2" && cp -r "$3"/. "$2" && cd "$2" || exit 90
shift 3; out=$1; shift
"$@"; code=$?; rm -rf "$out"; cp -r . "$out"; exit $code"""


def pages(size):
    """Kilobytes that a file of this size takes."""
    return (size + 4095) // 4096 * 4


class Kills(FaultTest):
    def trial(self, case, name, delay):
        folder = self.fresh(case)
        started = subprocess.Popen([COMMAND, *case.words], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(delay)
        started.send_signal(name)
        started.communicate()
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        return started.returncode, files

    def sweep(self, name):
        if name not in self.cases:
            self.skipTest("this build has no module for it")
        case, choose = self.cases[name], random.Random(name)
        begun = time.monotonic()
        expected = self.reference(case)
        lasts = time.monotonic() - begun
        killed = 0
        for trial in range(TRIALS // len(WRITERS) + 1):
            kind = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[trial % 3]
            code, files = self.trial(case, kind, choose.uniform(0, 1.1 * lasts))
            killed += code < 0
            self.assertIn(code, (0, -kind))
            for output in case.outputs:
                self.assertTrue(self.whole(output, files[output], expected.files[output]), f"{output} after {kind.name}")
            left = set(files) - set(case.inputs) - set(case.outputs)
            if kind == signal.SIGKILL:  # nobody is left to remove a name that stood for some microseconds
                left = {each for each in left if not PARTIAL.search(each)}
            self.assertEqual(left, set(), kind.name)
        self.assertGreater(killed, 0)


class Disks(FaultTest):
    def on_a_disk(self, case, kilobytes):
        place, out, inputs = self.made / "disk", self.made / "copied", self.fresh(case)
        place.mkdir(exist_ok=True)
        # A small temporary folder too: it is on the same disk.
        return self.call(out if out.exists() else self.made, case.words,
                         before=("unshare", "-Urm", "sh", "-c", DISK, "sh", str(kilobytes), str(place), str(inputs), str(out)),
                         environment={"TMPDIR": str(place)}), out

    def sweep(self, name):
        if subprocess.run(["unshare", "-Urm", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True).returncode != 0:
            self.skipTest("no file system of one's own can be mounted here")
        if name not in self.cases:
            self.skipTest("this build has no module for it")
        case = self.cases[name]
        expected, out = self.on_a_disk(case, 1 << 16)  # in the same place, for texts name it
        expected.files = {path.name: path.read_bytes() for path in out.iterdir()}
        self.assertEqual((expected.code, expected.err), (0, ""))
        full = sum(pages(len(expected.files[each])) for each in case.inputs) + 4 * len(case.outputs)
        needs = sum(pages(len(expected.files[each])) for each in case.outputs) + 8
        failed, trials = 0, max(4, TRIALS // len(WRITERS) // 2)
        for trial in range(trials):
            done, out = self.on_a_disk(case, full + needs * trial // trials)
            self.assertNotEqual(done.code, 90)
            done.files = {path.name: path.read_bytes() for path in out.iterdir()}
            failed += done.code != 0
            self.assertEqual(self.complaints(case, done, expected), [])
        self.assertGreater(failed, 0)


def add(name):
    setattr(Kills, f"test_{name}", lambda self: self.sweep(name))
    setattr(Disks, f"test_{name}", lambda self: self.sweep(name))


for each in WRITERS:
    add(each)

if __name__ == "__main__":
    unittest.main()
