"""One allocation that fails, at any point, or every one from that point on: a message and an exit code, never a signal or
silence, and no file is blamed for it."""

import os
import unittest

from faults import FaultTest, points, told

SHIM = os.environ["HEADWATER_FAILING_ALLOCATIONS"]
SAMPLE = 24
# What the dynamic loader and libc say when they fail before the command begins.
LOADER = ("error while loading shared libraries", "cannot allocate", "out of memory", "Cannot allocate")


def said(done):
    return told(done) or any(words in done.err for words in LOADER)


class Allocations(FaultTest):
    def count(self, case):
        folder, path = self.fresh(case), self.made / "count"
        self.call(folder, case.words, environment={"LD_PRELOAD": SHIM, "HEADWATER_COUNT_ALLOCATIONS": str(path)})
        return int(path.read_text())

    def sweep(self, name, all_later):
        if name not in self.cases:
            self.skipTest("this build has no module for it")
        case = self.cases[name]
        expected, count = self.reference(case), self.count(case)
        self.assertGreater(count, 500)
        failed, wrong = 0, []
        for point in points(count, SAMPLE):
            done = self.call(self.fresh(case), case.words,
                             environment={"LD_PRELOAD": SHIM, "HEADWATER_FAIL_ALLOCATION": str(point),
                                          **({"HEADWATER_FAIL_ALL": "yes"} if all_later else {})})
            failed += done.code != 0
            wrong += [f"allocation {point}: {each}" for each in self.complaints(case, done, expected, said)]
        self.assertGreater(failed, 0)
        self.assertEqual(wrong, [])


def add(name, all_later):
    kind = "all_from_one_on" if all_later else "one"
    setattr(Allocations, f"test_{name}_{kind}", lambda self: self.sweep(name, all_later))


for each in ("run", "check", "fit", "show", "contrast", "table", "workbook", "report", "convert", "simulate"):
    add(each, False)
    add(each, True)

if __name__ == "__main__":
    unittest.main()
