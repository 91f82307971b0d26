"""SCHEMA.md is what schema.tsv says, and a real result is as both say: the Python reader takes it, everything is described."""

import os
import pathlib
import subprocess
import sys

import h5py
import pytest
from headwater import reader, schema

SOURCE = pathlib.Path(os.environ["HEADWATER_SOURCE_DIR"])
PRINT = SOURCE / "tools/print_schema.py"


def text(value):
    return value.decode() if isinstance(value, bytes) else value


@pytest.fixture(scope="module")
def result(command, tmp_path_factory):
    config = SOURCE / "configs/demo.cfg"
    folder = tmp_path_factory.mktemp("demo")
    path, panel = folder / "demo.h5", folder / "panel.csv"
    command("simulate", "--output", panel, "--trusts", 60, "--quarters", 12)
    command("run", config, "--data.file", panel, "--output.result", path)
    return path


def test_the_document_is_printed_from_the_table():
    done = subprocess.run([sys.executable, PRINT, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_row_stands_twice():
    paths = [line.split("\t")[0] for line in schema.TABLE.read_text(encoding="utf-8").splitlines()]
    assert sorted(set(paths)) == sorted(paths)


def test_every_row_says_what_it_is():
    rows = [row for group in schema.groups().values() for row in group.values()]
    assert len(rows) > 300
    assert all(row.kind in ("text", "integer", "number") if row.attribute else True for row in rows)
    assert not [row.path for row in rows if row.path.endswith("/*")], "a row stands for anything"
    named = {row.path.rsplit("/", 1)[1] for row in rows if row.kind.startswith("axis")}
    assert {axis for row in rows for axis in row.axes} <= named, "an array lies on an axis without a row of its own"


def test_a_real_file_is_as_the_schema_says(result):
    root = reader.read_file(result)
    assert schema.departure(root) is None, "add the row of what is new to src/headwater/result/schema.tsv and run tools/print_schema.py"
    assert {"joint.activity", "joint.resource", "joint.ratio"} <= set(root.nodes["fits"].nodes)


def test_everything_is_described(result):
    wrong = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            wanted = ["description"] if item.is_scale else ["description", "unit"]
            wrong.extend(f"/{name} has no {key}" for key in wanted if not text(item.attrs.get(key, "")))

    with h5py.File(result) as file:
        file.visititems(visit)
    assert wrong == []
