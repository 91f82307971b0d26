#!/usr/bin/env python3
"""Prints the rows of src/headwater/result/schema.tsv into the tables of SCHEMA.md.

    tools/print_schema.py            writes SCHEMA.md
    tools/print_schema.py --check    exits 1 when SCHEMA.md is not what would be written

A table stands between <!-- rows /fits --> and <!-- end -->; it takes the rows whose path begins so, attributes of the
root with /@. Rows of a method's own items, /decompositions/*/*_METHOD, go to the table of that beginning.
"""

import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "src/headwater/result"
HEADING = "| Path | Kind | Axes | When | Since | Values | What |\n|---|---|---|---|---|---|---|\n"
BLOCK = re.compile(r"(<!-- rows (\S+) -->\n).*?(<!-- end -->)", re.S)


def rows():
    lines = (FOLDER / "schema.tsv").read_text().splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"), strict=True)) for line in lines[1:]]


def table_of(path, beginnings):
    """The table with the longest beginning of the path."""
    return max((each for each in beginnings if path.startswith(each)), key=len)


def printed(row):
    values = row["values"].replace("|", "or")
    return f"| `{row['path']}` | {row['kind']} | {row['axes']} | {row['when']} | {row['since']} | {values} | {row['what']} |\n"


def document(text):
    beginnings = [block.group(2) for block in BLOCK.finditer(text)]
    tables = {beginning: "" for beginning in beginnings}
    for row in rows():
        tables[table_of(row["path"], beginnings)] += printed(row)
    return BLOCK.sub(lambda block: block.group(1) + HEADING + tables[block.group(2)] + block.group(3), text)


def main():
    path = FOLDER / "SCHEMA.md"
    text = path.read_text()
    wanted = document(text)
    if "--check" not in sys.argv[1:]:
        path.write_text(wanted)
    elif text != wanted:
        sys.exit("SCHEMA.md is not what schema.tsv says; run tools/print_schema.py")


if __name__ == "__main__":
    main()
