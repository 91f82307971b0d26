"""Fails when a program or module that was built looks for libraries in the folder it is started in: every element of a search
path is absolute or begins with $ORIGIN."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

BUILD = pathlib.Path(os.environ["HEADWATER_BUILD"])
PATH = re.compile(r"\((RPATH|RUNPATH)\)\s+Library \w+: \[(.*)\]")


def unsafe(text):
    """Elements of the search paths in what readelf prints that are neither absolute nor relative to the file itself."""
    return [element for _, path in PATH.findall(text) for element in path.split(":")
            if not (element.startswith("/") or re.match(r"\$ORIGIN(/|$)", element))]


def built():
    for path in sorted(BUILD.rglob("*")):
        if path.is_file() and not path.is_symlink() and "CMakeFiles" not in path.parts and path.suffix in {"", ".so"}:
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


class SearchPaths(unittest.TestCase):
    def test_no_element_is_where_one_stands(self):
        files = list(built())
        self.assertGreater(len(files), 0)
        wrong = {str(path.relative_to(BUILD)): found for path in files
                 if (found := unsafe(subprocess.run(["readelf", "-dW", path], capture_output=True, text=True, check=True).stdout))}
        self.assertEqual(wrong, {})

    def test_the_check_can_fail(self):
        line = " 0x000000000000001d (RUNPATH)            Library runpath: [%s]\n"
        self.assertEqual(unsafe(line % "/usr/lib/a:$ORIGIN/../lib:$ORIGIN"), [])
        self.assertEqual(unsafe(line % "/usr/lib/a:"), [""])
        self.assertEqual(unsafe(line % ".:/a::lib"), [".", "", "lib"])
        self.assertEqual(unsafe(line.replace("RUNPATH", "RPATH") % "$ORIGINAL"), ["$ORIGINAL"])


if __name__ == "__main__":
    sys.exit(unittest.main())
