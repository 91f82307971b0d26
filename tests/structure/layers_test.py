"""Fails when an include arrow points the wrong way, when Eigen beyond Eigen/Core is included outside linalg/, or when two
files of a folder give the same name to things of their own: files of a folder are compiled together."""

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
ORDER = ["panel", "sheets", "sources", "design", "absorption", "moments", "estimators", "covariances", ("diagnostics", "decompositions"), "run"]


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


OWN = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.M | re.S)
NAMED = re.compile(r"^(?:template <[^\n]*>\n)?"
                   r"(?:(?:struct|class|enum class) (\w+)"
                   r"|using (\w+) ="
                   r"|constexpr [^=({\n]*?(\w+)(?:\[[^\n]*\])? ?[={]"
                   r"|[\w\[][^=;(){}\n]*?[ &*](\w+)\(([^{};]*)\)(?: const)?(?: noexcept)? \{)", re.M)


def own_names(text):
    """Names of types and constants, and signatures of functions, in a file's unnamed namespaces."""
    names = set()
    for part in OWN.findall(text):
        for kind, alias, constant, function, parameters in NAMED.findall(part):
            types = [re.sub(r"\s*\b\w+(?: = .*)?$", "", p.strip()) for p in re.split(r",(?![^<]*>)", parameters)]
            names.add(kind or alias or constant or f"{function}({', '.join(types)})")
    return names


def clashes(files):
    """files: (name, text) of one folder."""
    owner, found = {}, []
    for name, text in files:
        for own in sorted(own_names(text)):
            if own in owner:
                found.append(f"{name} and {owner[own]} both have {own}")
            owner[own] = name
    return found


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

    def test_own_names_differ_in_a_folder(self):
        folders = {}
        for path, layer in sources():
            if path.suffix == ".cpp":
                folders.setdefault(path.parent, []).append((path.name, path.read_text()))
        self.assertGreater(sum(len(own_names(text)) for files in folders.values() for _, text in files), 500)
        self.assertEqual([clash for files in folders.values() for clash in clashes(files)], [])

    def test_the_checks_can_fail(self):
        own = ("namespace {\n\nconstexpr double kLeast = 5;\nstruct Part {\n};\n"
               "int half(int of, const Map<int, int>& by) {\n}\n\n}  // namespace\n")
        self.assertEqual(own_names(own), {"kLeast", "Part", "half(int, const Map<int, int>&)"})
        self.assertEqual(clashes([("a.cpp", own), ("b.cpp", own.replace("Part", "Piece").replace("half", "third"))]),
                         ["b.cpp and a.cpp both have kLeast"])
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
