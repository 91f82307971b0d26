"""Parquet and Feather panels are the panel that the same table gives as CSV."""

import json
import os
import subprocess

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.usefixtures("arrow_module")


@pytest.fixture
def columns(library):
    return lambda path: json.loads(library("columns", path, "trust", "quarter").stdout)


@pytest.fixture
def csv(panel, tmp_path):
    panel.to_csv(tmp_path / "panel.csv", index=False)
    return tmp_path / "panel.csv"


def as_categories(frame):
    return frame.astype({"type": "category", "trust": "category"})


def write_parquet(frame, path, **options):
    frame.to_parquet(path, index=False, **options)


def write_feather(frame, path, **options):
    frame.to_feather(path, **options)


WRITERS = {
    "parquet": (write_parquet, ".parquet", {}),
    "parquet, row groups and zstd": (write_parquet, ".parquet", {"row_group_size": 7, "compression": "zstd"}),
    "feather": (write_feather, ".feather", {}),
    "feather, zstd": (write_feather, ".feather", {"compression": "zstd", "chunksize": 5}),
    "arrow": (write_feather, ".arrow", {"compression": "uncompressed"}),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("change", [lambda frame: frame, as_categories], ids=["plain", "categories"])
def test_same_panel_as_csv(columns, csv, panel, tmp_path, writer, change):
    write, extension, options = WRITERS[writer]
    path = tmp_path / ("panel" + extension)
    write(change(panel), path, **options)
    assert columns(path) == columns(csv)


def test_dates_become_periods(columns, tmp_path):
    frame = pd.DataFrame({"trust": ["a", "a"], "quarter": pd.to_datetime(["2024-04-30", "2024-03-31"]), "y": [1.5, 2.5]})
    frame.to_parquet(tmp_path / "dates.parquet")
    found = columns(tmp_path / "dates.parquet")
    assert found["quarter"] == ["2024-03-31", "2024-04-30"]
    assert found["y"] == [2.5, 1.5]


def test_missing_cells_keep_a_reason(columns, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"trust": ["a", "b", "c"], "quarter": [2013, 2013, 2013],
                      "x": pa.array([1.0, None, np.nan], from_pandas=False), "flag": [True, None, False]})
    pq.write_table(table, tmp_path / "missing.parquet")
    found = columns(tmp_path / "missing.parquet")
    assert found["x"][0] == 1.0
    assert found["x"][1] != found["x"][2]
    assert found["flag"] == [1, found["x"][1], 0]


def test_pandas_periods_are_refused_as_a_key(library, tmp_path):
    frame = pd.DataFrame({"trust": ["a"], "quarter": pd.PeriodIndex(["2024Q1"], freq="Q"), "y": [1.0]})
    frame.to_parquet(tmp_path / "periods.parquet")
    path = tmp_path / "periods.parquet"
    done = library("columns", path, "trust", "quarter", code=3)
    assert done.stderr == (f"data.unread_column: {path}: column 'quarter' holds pandas periods, whose calendar the file does not give in a "
                           "way that others read; turn them into text with astype(str)\n")


def test_columns_that_nobody_uses_refuse_nothing(columns, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"trust": ["a", "b"], "quarter": [2013, 2013], "tags": [["x"], []], "half": pa.array([0.5, -2.0], pa.float16()),
                      "stage": pa.array(["b", "a"]).dictionary_encode(), "inf": [1.0, np.inf]})
    pq.write_table(table, tmp_path / "odd.parquet")
    found = columns(tmp_path / "odd.parquet")
    assert found["half"] == [0.5, -2.0]
    assert "tags" not in found and "inf" not in found


@pytest.mark.parametrize("writer", ["parquet", "feather"])
def test_integers_beyond_a_double_are_keys_of_their_own(columns, tmp_path, writer):
    frame = pd.DataFrame({"trust": np.array([2**64 - 7, 2**64 - 6, 2**64 - 5], dtype="uint64"), "quarter": 2013, "y": [1.0, 2.0, 3.0]})
    getattr(frame, f"to_{writer}")(tmp_path / f"ids.{writer}")
    assert columns(tmp_path / f"ids.{writer}")["trust"] == [str(2**64 - 7), str(2**64 - 6), str(2**64 - 5)]


def test_damaged_files_are_refused(library, panel, tmp_path):
    path = tmp_path / "cut.parquet"
    panel.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])
    done = library("columns", path, "trust", "quarter", code=3)
    assert done.stderr.startswith(f"arrow.damaged: {path} cannot be read as Parquet, Feather or Arrow (")
    (tmp_path / "text.feather").write_text("trust,quarter\n")
    done = library("columns", tmp_path / "text.feather", "trust", "quarter", code=3)
    assert done.stderr == (f"arrow.other_format: {tmp_path}/text.feather is no Parquet, Feather or Arrow file, whatever its name: its first bytes "
                           "are none of theirs; a table of text is named .csv, and a file that was damaged is written again\n")


def test_without_the_module_the_message_says_what_to_do(library, panel, tmp_path, monkeypatch):
    panel.to_parquet(tmp_path / "panel.parquet")
    monkeypatch.setenv("HEADWATER_MODULES", str(tmp_path))
    import shutil

    program = shutil.copy(os.environ["HEADWATER_LIBRARY_PROGRAM"], tmp_path / "program")
    monkeypatch.setenv("HEADWATER_LIBRARY_PROGRAM", program)
    from conftest import run

    done = run(program, "columns", tmp_path / "panel.parquet", "trust", "quarter", code=7)
    assert done.stderr.startswith("panel.no_arrow_module: reading '")
    assert "build headwater with -DHEADWATER_PYARROW=PYTHON" in done.stderr


def test_no_library_is_taken_from_where_one_stands(panel, tmp_path):
    panel.to_parquet(tmp_path / "panel.parquet")
    for name in ("libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libarrow.so.2600", "libparquet.so.2600", "headwater_arrow.so"):
        (tmp_path / name).write_text("not code")
    done = subprocess.run([os.environ["HEADWATER_LIBRARY_PROGRAM"], "columns", "panel.parquet", "trust", "quarter"], cwd=tmp_path,
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_fit_gives_the_same_numbers(fit, csv, panel, tmp_path):
    panel.to_parquet(tmp_path / "panel.parquet")
    panel.to_feather(tmp_path / "panel.feather")
    arguments = ["y ~ x + beds | trust", "--unit", "trust", "--time", "quarter"]
    expected = fit(csv, *arguments)
    for name in ("panel.parquet", "panel.feather"):
        found = fit(tmp_path / name, *arguments)
        assert found["terms"] == expected["terms"]
        assert found["vcov"] == expected["vcov"]
        assert found["sample"]["rows_used"] == expected["sample"]["rows_used"]
