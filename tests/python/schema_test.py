"""Every path of a real result file is in SCHEMA.md, with its kind and axes, and nothing that SCHEMA.md promises is missing."""

import os
import pathlib
import shutil

import h5py
import pytest

import schema

SOURCE = pathlib.Path(os.environ["HEADWATER_SOURCE_DIR"])


@pytest.fixture(scope="module")
def result(command, tmp_path_factory):
    config = SOURCE / "configs/demo.cfg"
    folder = tmp_path_factory.mktemp("demo")
    path, panel = folder / "demo.h5", folder / "panel.csv"
    command("simulate", "--output", panel, "--trusts", 60, "--quarters", 12)
    command("run", config, "--data.file", panel, "--output.result", path)
    return path


def test_the_schema_is_read():
    items = schema.read_schema()
    assert len(items) > 150
    assert schema.Item("/fits/*/vcov", "numbers", ("term", "term_2"), "estimated") in items


def test_a_real_file_is_as_the_schema_says(result):
    with h5py.File(result) as file:
        assert schema.deviations(file, schema.read_schema()) == []


def test_deviations_are_found(example, tmp_path):
    rules = schema.read_schema("""
| `/@format` | text | | always | |
| `/@seed` | text | | always | |
| `/run/config` | texts | | always | |
| `/fits/*/term` | axis of texts | | fitted | |
| `/fits/*/vcov` | numbers | term, term | fitted | |
| `/fits/*/std_error` | numbers | term | fitted | |
""")
    path = tmp_path / "changed.h5"
    shutil.copy(example, path)
    with h5py.File(path, "a") as file:
        file["/fits/workforce"].attrs["status"] = b"converged"
        file.attrs["estimated"] = 1
        del file["/run/config"].attrs["unit"]
    with h5py.File(path) as file:
        found = schema.deviations(file, rules)
    assert "/run/config has no unit" in found
    assert "/@seed is integer () and SCHEMA.md says text ()" in found
    assert "/fits/workforce/vcov is numbers ('term', 'term_2') and SCHEMA.md says numbers ('term', 'term')" in found
    assert "/fits/workforce/std_error is missing" in found
    assert "/fits/workforce/df is not in SCHEMA.md" in found
    assert not any("/@format " in sentence or "/run/config is" in sentence for sentence in found)
