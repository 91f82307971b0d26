"""The numbered bad inputs that concern the reading of a panel while another program is in the way: a panel file
that is written while it is read (80), left open by its writer (81) or locked (83), and files made to break a reader of HDF5 (70)."""

import fcntl
import json
import random
import threading
import unittest

from command import run
from numbered import IO, KEYS, Numbered, panel, suite_of


class PanelFiles(Numbered):
    def converted(self, name="panel.h5"):
        path = self.folder / name
        code, out, err = run("convert", self.write("panel.csv", panel()), path, *KEYS)
        self.assertEqual((code, err), (0, ""), out)
        return path

    def test_80_a_panel_file_that_is_written_while_it_is_read(self):
        self.covered.add(80)
        path, stop, failures = self.converted(), threading.Event(), []
        source = self.folder / "panel.csv"

        def rewrite():
            while not stop.is_set():
                code, _, err = run("convert", source, path, *KEYS)
                if code != 0:
                    failures.append(err)

        writer = threading.Thread(target=rewrite)
        writer.start()
        try:
            expected = self.answered(80, panel())["terms"]
            for _ in range(20):
                self.assertEqual(self.answered(80, path)["terms"], expected)
        finally:
            stop.set()
            writer.join()
        self.assertEqual(failures, [])

    def test_81_83_locks_and_writers_that_died(self):
        path, expected = self.converted(), self.answered(83, panel())["terms"]
        with path.open("rb+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.assertEqual(self.answered(83, path)["terms"], expected)
        for locking in ("TRUE", "FALSE", "BEST_EFFORT"):
            self.assertEqual(self.answered(83, path, env={"HDF5_USE_FILE_LOCKING": locking})["terms"], expected)
        marked = bytearray(path.read_bytes())
        self.assertEqual(marked[8], 3, "superblock 3, whose byte 11 says that a writer has the file open")
        marked[11] |= 5
        self.covered.add(81)
        code, message = self.message("fit", self.write("open.h5", bytes(marked)), "y ~ x", *KEYS)
        self.assertEqual(code, 3, message)
        self.assertTrue(message.startswith(str(self.folder / "open.h5")), message)

    def test_70_damaged_panel_files_are_refused_or_answered_alike(self):
        self.covered.add(70)
        path, chance = self.converted(), random.Random(70)
        whole = path.read_bytes()
        expected = self.answered(70, path)["terms"]
        for trial in range(60):
            damaged = bytearray(whole)
            for _ in range(1 + trial % 3):
                damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            if trial % 5 == 0:
                damaged = damaged[:chance.randrange(len(damaged))]
            code, out, err = run("fit", self.write("damaged.h5", bytes(damaged)), "y ~ x", *KEYS, "--format", "json")
            self.assertIn(code, (0, 3, IO), (trial, err))
            if code == 0:
                self.assertEqual(json.loads(out)["terms"], expected, trial)
            else:
                self.assertTrue(err.startswith("headwater: error: "), (trial, err))


def load_tests(loader, tests, pattern):
    return suite_of(loader, (PanelFiles,), [70, 80, 81, 83])


if __name__ == "__main__":
    unittest.main()
