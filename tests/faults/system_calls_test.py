"""One system call that fails, whichever: every output whole, old or new, and the reason said. strace makes those of the command
fail, a library that is loaded first those of the process in which it reads."""

import collections
import os
import re
import shutil
import subprocess
import unittest

from faults import FaultTest, points, told

SHIM = os.environ["HEADWATER_FAILING_CALLS"]
SAMPLE = 3
# The loader itself follows a null pointer when its first mapping fails. A failing brk is not among the faults: it answers with
# the old end of memory, which strace cannot imitate; failing allocations have a test of their own.
OF_THE_LOADER = {"mmap": 1}
FAULTS = {"write": "ENOSPC", "pwrite64": "ENOSPC", "fsync": "EIO", "linkat": "EPERM", "renameat": "EACCES", "rename": "EACCES",
          "openat": "EMFILE", "open": "EMFILE", "read": "EIO", "pread64": "EIO", "fstat": "EIO", "newfstatat": "EIO", "stat": "EIO",
          "mmap": "ENOMEM", "mremap": "ENOMEM", "mprotect": "ENOMEM", "close": "EIO", "ftruncate": "ENOSPC",
          "mkdir": "EACCES", "getrandom": "ENOSYS", "memfd_create": "EMFILE", "fchmod": "EPERM", "lseek": "EINVAL",
          "faccessat2": "EACCES", "unlinkat": "EIO", "rt_sigprocmask": "EINVAL", "rt_sigpending": "EINVAL", "clone3": "EAGAIN",
          "clone": "EAGAIN", "pipe2": "EMFILE", "wait4": "ECHILD", "prctl": "EINVAL", "prlimit64": "EPERM", "fcntl": "EBUSY", "dup2": "EBUSY",
          "readlink": "EACCES", "getcwd": "ENOENT", "access": "EACCES", "flock": "EWOULDBLOCK"}
CALL = re.compile(r"^(\w+)\(", re.M)


def said(done):
    """The command says why; before it begins the loader does, with exit 127."""
    return told(done) or (done.code == 127 and done.err)


def can_trace():
    return shutil.which("strace") and subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


class SystemCalls(FaultTest):
    def strace(self, folder, words, *options):
        """Ends with what the command printed; `trace` holds its calls."""
        return self.call(folder, words, before=("strace", "-qq", "-o", str(self.made / "trace"), *options))

    def sweep(self, name):
        if not can_trace():
            self.skipTest("strace is not here or may not trace")
        if name not in self.cases:
            self.skipTest("this build has no module for it")
        case = self.cases[name]
        expected = self.strace(self.fresh(case), case.words)
        self.assertEqual((expected.code, expected.err), (0, ""))
        counts = collections.Counter(CALL.findall((self.made / "trace").read_text(errors="replace")))
        self.assertGreater(len(set(counts) & set(FAULTS)), 8)
        failed, wrong = 0, []
        for call, error in FAULTS.items():
            for point in points(counts[call], SAMPLE) if counts[call] else ():
                if point <= OF_THE_LOADER.get(call, 0):
                    continue
                done = self.strace(self.fresh(case), case.words, "-e", f"inject={call}:error={error}:when={point}")
                failed += done.code != 0
                wrong += [f"{call} {point} of {counts[call]}: {each}" for each in self.complaints(case, done, expected, said)]
        self.assertGreater(failed, 0)
        self.assertEqual(wrong, [])


class SystemCallsOfTheReader(FaultTest):
    def sweep(self, name):
        if name not in self.cases:
            self.skipTest("this build has no module for it")
        case, path = self.cases[name], self.made / "count"
        expected = self.reference(case)
        self.call(self.fresh(case), case.words, environment={"LD_PRELOAD": SHIM, "HEADWATER_COUNT_CALLS": str(path)})
        count, failed, wrong = int(path.read_text()), 0, []
        self.assertGreater(count, 8)
        for point in points(count, count):
            done = self.call(self.fresh(case), case.words, environment={"LD_PRELOAD": SHIM, "HEADWATER_FAIL_CALL": str(point)})
            failed += done.code != 0
            wrong += [f"call {point} of {count}: {each}" for each in self.complaints(case, done, expected, told)]
        self.assertGreater(failed, 0)
        self.assertEqual(wrong, [])


def add(name):
    setattr(SystemCalls, f"test_{name}", lambda self: self.sweep(name))
    if name in ("show", "report"):
        setattr(SystemCallsOfTheReader, f"test_{name}", lambda self: self.sweep(name))


for each in ("run", "fit", "show", "table", "workbook", "report", "convert", "panel", "simulate"):
    add(each)

if __name__ == "__main__":
    unittest.main()
