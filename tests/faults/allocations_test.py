"""One allocation that fails, at any point, or every one from that point on: a message and an exit code, never a signal or
silence, and no file is blamed for it. In the command, and in the process in which it reads a result."""

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
    def count(self, case, process):
        folder, path = self.fresh(case), self.made / "count"
        self.call(folder, case.words, environment={"LD_PRELOAD": SHIM, "HEADWATER_COUNT_ALLOCATIONS": str(path), **process})
        return int(path.read_text())

    def sweep(self, name, all_later, in_child):
        if name not in self.cases:
            self.skipTest("this build has no module for it")
        case = self.cases[name]
        process = {"HEADWATER_FAIL_CHILD": "yes"} if in_child else {}
        expected, count = self.reference(case), self.count(case, process)
        self.assertGreater(count, 500)
        failed, wrong = 0, []
        for point in points(count, SAMPLE):
            done = self.call(self.fresh(case), case.words,
                             environment={"LD_PRELOAD": SHIM, "HEADWATER_FAIL_ALLOCATION": str(point),
                                          **({"HEADWATER_FAIL_ALL": "yes"} if all_later else {}), **process})
            failed += done.code != 0
            wrong += [f"allocation {point}: {each}" for each in self.complaints(case, done, expected, said)]
        self.assertGreater(failed, 0)
        self.assertEqual(wrong, [])


def add(name, all_later, in_child):
    kind = ("all_from_one_on" if all_later else "one") + ("_of_the_reader" if in_child else "")
    setattr(Allocations, f"test_{name}_{kind}", lambda self: self.sweep(name, all_later, in_child))


for each in ("run", "check", "fit", "show", "contrast", "compare", "reliability", "table", "workbook", "report", "convert", "panel", "simulate"):
    for later in (False, True):
        add(each, later, False)
        if each in ("show", "report"):
            add(each, later, True)

if __name__ == "__main__":
    unittest.main()
