"""Fails when one of the 96 bad inputs of docs/bad-inputs.md is missing or has a test that is not there."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+) \| `([^`]+)` (.+) \|$", re.M)


def begins(path, name):
    """Whether a test, or a class of tests, of that name stands in the file."""
    text = path.read_text(encoding="utf-8")
    name = re.escape(name)
    return re.search(rf"\bdef {name}\(|^class {name}\(|\bTEST(?:_F|_P)?\(\w+, {name}\)|^test\(\"{name}\"", text, re.M) is not None


class BadInputs(unittest.TestCase):
    def rows(self):
        return ROW.findall((ROOT / "docs/bad-inputs.md").read_text(encoding="utf-8"))

    def test_there_are_96(self):
        self.assertEqual([int(number) for number, *_ in self.rows()], list(range(1, 97)))

    def test_each_has_its_test(self):
        wrong = [(number, file, name) for number, _, file, name in self.rows() if not begins(ROOT / "tests" / file, name)]
        self.assertEqual(wrong, [])

    def test_the_check_can_fail(self):
        self.assertFalse(begins(ROOT / "tests/structure/bad_inputs_test.py", "test_of_nothing"))
        self.assertTrue(begins(ROOT / "tests/structure/bad_inputs_test.py", "BadInputs"))


if __name__ == "__main__":
    unittest.main()
