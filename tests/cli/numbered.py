"""The bad inputs that a tool for public figures must survive, by their number in the list of reliability trials.

Each either is refused with a whole message, an exit code and nothing half-written, or is answered, and then the answer
names what was done. docs/bad-inputs.md lists all of them with their tests.
"""

import json
import pathlib
import unittest

from command import CommandTest, run

USAGE, DATA, FORMULA, IDENTIFICATION, NUMERICAL, IO = 2, 3, 4, 5, 6, 7
KEYS = ["--unit", "unit", "--time", "time"]


def x(i, t):
    return (i * 7 + t * 3) % 11 / 3 + 0.1 * i * t


def y(i, t):
    return 2 + 0.5 * x(i, t) + i + ((i * 13 + t * 29) % 17 - 8) / 40


def panel(units=6, periods=5, *, unit=lambda i: f"u{i}", time=lambda t: str(2010 + t), outcome=y, regressor=x, **more):
    """A CSV of units and periods; `more` are further columns, each a function of unit and period."""
    rows = [",".join(["unit", "time", "y", "x", *more])]
    for i in range(units):
        for t in range(periods):
            rows.append(",".join([unit(i), time(t), repr(outcome(i, t)), repr(regressor(i, t)), *(str(f(i, t)) for f in more.values())]))
    return "\n".join(rows) + "\n"


class Numbered(CommandTest):
    covered = set()

    def place(self, text, name="bad.csv"):
        if isinstance(text, pathlib.Path):
            return text
        return self.write(name, text)

    def refused(self, number, text, message, code, *words, formula="y ~ x", keys=KEYS, name="bad.csv"):
        self.covered.add(number)
        path, result = self.place(text, name), self.folder / "result.h5"
        with self.subTest(number=number):
            got = self.message("fit", path, formula, *keys, *words, "--output", result)
            self.assertEqual(got, (code, message.replace("FILE", str(path))))
            self.assertEqual([p.name for p in self.folder.iterdir() if "result" in p.name], [], "something half-written is left")

    def answered(self, number, text, *words, formula="y ~ x", keys=KEYS, name="bad.csv", env=None):
        self.covered.add(number)
        path = self.place(text, name)
        code, out, err = run("fit", path, formula, *keys, *words, "--format", "json", env=env)
        self.assertEqual((code, err), (0, ""), f"number {number}")
        return json.loads(out)

    def warns(self, number, fit, message):
        with self.subTest(number=number):
            self.assertIn(message, [warning["message"] for warning in fit["warnings"]])

    def terms(self, fit):
        return {term["term"]: term["estimate"] for term in fit["terms"]}


def suite_of(loader, cases, numbers):
    """The classes share one list of numbers, which is checked after the last of them."""
    suite = unittest.TestSuite()
    for case in cases:
        suite.addTests(loader.loadTestsFromTestCase(case))

    def every_number_has_a_test():
        missing = sorted(set(numbers) - Numbered.covered)
        assert not missing, f"no test for the inputs {missing}"

    suite.addTest(unittest.FunctionTestCase(every_number_has_a_test))
    return suite
