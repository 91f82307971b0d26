"""Fails when an include arrow points the wrong way, or when Eigen beyond Eigen/Core is included outside linalg/."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"

# A folder may include itself and the folders listed for it.
ALLOWED = {
    "core": set(),
    "hdf5": {"core"},
    "result": {"core", "hdf5"},
    "report": {"core", "hdf5", "result"},
    "formula": {"core"},
    "linalg": {"core"},
    "panel": {"core", "hdf5", "formula", "linalg"},
}
ORDER = ["panel", "design", "moments", "estimators", "covariances", ("diagnostics", "decompositions"), "run"]


def fill_order():
    before = {"core", "hdf5", "formula", "linalg"}
    for step in ORDER:
        members = step if isinstance(step, tuple) else (step,)
        for member in members:
            ALLOWED.setdefault(member, set(before))
        before |= set(members)
    ALLOWED["run"] |= {"result", "report"}
    ALLOWED["cli"] = ALLOWED["python"] = before | {"result", "report"}


fill_order()
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]headwater/([a-z0-9_]+)/', re.M)
EIGEN = re.compile(r'^\s*#\s*include\s*[<"](Eigen/[A-Za-z]+|unsupported/Eigen/[A-Za-z]+)', re.M)


def arrow_errors(layer, text):
    return [target for target in INCLUDE.findall(text) if target != layer and target not in ALLOWED[layer]]


def eigen_errors(layer, text):
    return [] if layer == "linalg" else [name for name in EIGEN.findall(text) if name != "Eigen/Core"]


def sources():
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix in {".hpp", ".cpp", ".h"} and not {"modules", "node_modules"} & set(path.parts):
            parts = path.relative_to(SOURCE).parts
            yield path, parts[1] if parts[0] == "headwater" else parts[0]


class Layers(unittest.TestCase):
    def test_every_arrow_points_left(self):
        wrong = [f"{path.relative_to(SOURCE)} includes {target}/"
                 for path, layer in sources() for target in arrow_errors(layer, path.read_text())]
        self.assertEqual(wrong, [])

    def test_only_linalg_sees_heavy_eigen(self):
        wrong = [f"{path.relative_to(SOURCE)} includes {name}"
                 for path, layer in sources() for name in eigen_errors(layer, path.read_text())]
        self.assertEqual(wrong, [])

    def test_the_checks_can_fail(self):
        self.assertEqual(arrow_errors("panel", '#include "headwater/design/design.hpp"\n'), ["design"])
        self.assertEqual(arrow_errors("report", '#include "headwater/run/config.hpp"\n'), ["run"])
        self.assertEqual(eigen_errors("estimators", "#include <Eigen/QR>\n"), ["Eigen/QR"])
        self.assertEqual(eigen_errors("linalg", "#include <Eigen/QR>\n"), [])

    def test_files_stay_small(self):
        long = [f"{path.relative_to(SOURCE)} has {lines} lines" for path, _ in sources()
                if (lines := path.read_text().count("\n")) > 500]
        self.assertEqual(long, [])


if __name__ == "__main__":
    sys.exit(unittest.main())
