"""Fails when a file outside the registries compares the name of an estimator or of a covariance rule."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"
REGISTRIES = {"headwater/estimators/registry.cpp", "headwater/covariances/registry.cpp"}
CARD_NAME = re.compile(r"\.name\s*=\s*\"(\w+)\"")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
# x == "within", "within" != x, x.find("difference"), x.rfind("HC", 0), x.compare("iid"), x.starts_with("HC")
COMPARED = re.compile(r"[=!]=\s*\"(\w+)\"|\"(\w+)\"\s*[=!]=|(?:estimator|method|rule|covariance|vcov)\w*\s*(?:\.|->)\s*"
                      r"r?(?:find|compare|starts_with|ends_with)\s*\(\s*\"(\w+)\"")


def registered():
    """Names on the cards of estimators and covariance rules."""
    files = [*sorted((SOURCE / "headwater/estimators").glob("*.cpp")), SOURCE / "headwater/covariances/registry.cpp"]
    return {name for path in files for name in CARD_NAME.findall(path.read_text())}


def comparisons(text, names):
    """Registered names, or parts of them, that a source text compares something with."""
    found = ["".join(groups) for groups in COMPARED.findall(COMMENT.sub("", text))]
    whole = [name for name in found if name in names]
    parts = [part for groups in COMPARED.findall(COMMENT.sub("", text)) if (part := groups[2]) and any(part in name for name in names)]
    return sorted({*whole, *parts})


class RegisteredNames(unittest.TestCase):
    def test_no_file_outside_a_registry_compares_them(self):
        names = registered()
        self.assertLessEqual({"within", "pooled", "frontier", "iid", "cluster", "driscoll_kraay"}, names)
        wrong = {}
        for path in sorted(SOURCE.rglob("*")):
            name = str(path.relative_to(SOURCE))
            if path.suffix not in {".cpp", ".hpp"} or "node_modules" in path.parts or name in REGISTRIES:
                continue
            if found := comparisons(path.read_text(), names):
                wrong[name] = found
        self.assertEqual(wrong, {})

    def test_the_check_can_fail(self):
        names = {"within", "HC0", "first_difference"}
        for line in ['if (fit.estimator == "within")', 'if ("HC0" != rule)', 'estimator.find("difference") == npos', 'rule.rfind("HC", 0)',
                     'spec.estimator.method.compare("within")'.replace("estimator.method", "method")]:
            self.assertNotEqual(comparisons(line, names), [], line)
        self.assertEqual(comparisons('// estimator == "within"\nif (kind == "text") text.find("x");', names), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
