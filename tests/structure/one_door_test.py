"""Fails when the library, the command or a module opens a file to write it other than through whole_file.cpp."""

import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "src"
DOOR = SOURCE / "headwater/hdf5/whole_file.cpp"
WRITES = re.compile(r"\bofstream\b|\bfstream\s+\w|\bf(?:re)?open(?:64)?\s*\(|\bO_(?:WRONLY|RDWR|CREAT)\b|\bcreat\s*\(|\btmpfile\w*\s*\(|\bmkstemp\w*\s*\("
                    r"|\brename(?:at2?)?\s*\(\s*\w+\.c_str|\bfs::rename\b|\bH5Fcreate\b|H5F_ACC_RDWR")
# In memory alone: the core driver without a backing store, and the parts of a workbook.
ALLOWED = {"headwater/hdf5/memory_file.cpp": {"H5Fcreate"}, "modules/xlsx/workbook_parts.cpp": {"tmpfile(", "lxw_tmpfile("}}


def openings(text):
    """What in a source text opens or renames a file to write it; comments do not count."""
    return [found.group().strip() for found in WRITES.finditer(re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S))]


class OneDoor(unittest.TestCase):
    def test_nothing_else_writes_files(self):
        wrong = {}
        for path in sorted(SOURCE.rglob("*")):
            if path.suffix not in {".cpp", ".hpp"} or "node_modules" in path.parts or path == DOOR:
                continue
            name = str(path.relative_to(SOURCE))
            found = [each for each in openings(path.read_text()) if each not in ALLOWED.get(name, ())]
            if found:
                wrong[name] = found
        self.assertEqual(wrong, {})
        self.assertNotEqual(openings(DOOR.read_text()), [])

    def test_the_check_can_fail(self):
        for line in ["std::ofstream file(path);", "FILE* f = fopen(path, \"w\");", "::open(path, O_CREAT | O_EXCL);", "fs::rename(a, b);",
                     "H5Fcreate(name, 0, 0, 0);", "int f = mkstemp(name);"]:
            self.assertNotEqual(openings(line), [], line)
        self.assertEqual(openings("// std::ofstream\nstd::ifstream file(path); ::open(path, O_RDONLY);"), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
