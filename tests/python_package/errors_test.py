"""One exception type, with the text and the fields of the command."""

import pickle

import numpy as np
import pandas as pd
import pytest

import headwater as hw
from conftest import SOURCE


@pytest.fixture
def frame():
    return pd.DataFrame({"trust": ["a", "a", "b", "b"], "year": [2013, 2014, 2013, 2014], "y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 3.0, 5.0]})


def caught(formula, data, **options):
    with pytest.raises(hw.HeadwaterError) as info:
        hw.fit(formula, data, **options)
    return info.value


@pytest.mark.parametrize(("formula", "flags"), [("y ~ z", {}), ("y ~ x + (", {}), ("y ~ x | trust", {"covariance": "clusters(trust)"}),
                                                ("y ~ x", {"unit": "trst"}), ("y ~ x", {"level": 1.5})])
def test_text_and_fields_of_the_command(command_json, frame, tmp_path, formula, flags):
    path = tmp_path / "panel.csv"
    frame.to_csv(path, index=False)
    words = [word for key, value in flags.items() for word in (f"--{key}", value)]
    codes = {"usage": 2, "data": 3, "formula": 4, "identification": 5, "numerical": 6, "io": 7}
    error = caught(formula, path, **flags)
    told = command_json("fit", path, formula, *words, code=codes[error.kind])
    assert (str(error), error.kind, error.code) == (told["message"], told["kind"], told["code"])
    assert (error.file, error.row, error.column) == (told["file"], told["row"], told["column"])


def test_nothing_that_is_read_is_written_over(frame, tmp_path):
    path, link = tmp_path / "panel.csv", tmp_path / "link.csv"
    frame.to_csv(path, index=False)
    link.symlink_to(path)
    before = path.read_bytes()
    held = hw.Panel(path, unit="trust", time="year")
    for data, output in ((path, path), (path, link), (link, path), (held, path)):
        keys = {} if data is held else {"unit": "trust", "time": "year"}
        error = caught("y ~ x", data, output=output, **keys)
        assert (error.kind, error.code) == ("usage", "usage.same_file")
        assert str(error).startswith(f"the result file '{output}' is the same file as the data file '")
    with pytest.raises(hw.HeadwaterError, match="is the same file as the data file") as info:
        hw.fit("y ~ x", path, unit="trust", time="year").result.save(path)
    assert info.value.code == "usage.same_file"
    assert path.read_bytes() == before


def test_a_result_goes_to_a_file_and_nowhere_else(frame, tmp_path):
    (tmp_path / "link.h5").symlink_to(tmp_path / "elsewhere.h5")
    for place, why in ((tmp_path, "it is a directory"), (tmp_path / "link.h5", "it is a symbolic link")):
        error = caught("y ~ x", frame, unit="trust", time="year", output=place)
        assert (error.kind, error.code) == ("io", "io.cannot_write")
        assert why in str(error)


def test_a_frame_is_named_in_place_of_a_file(frame):
    error = caught("y ~ z", frame)
    assert str(error) == "there is no column 'z' in the pandas DataFrame; did you mean 'y'?" or "in the pandas DataFrame" in str(error)
    assert (error.kind, error.code, error.column) == ("formula", "formula.unknown_column", "z")


def test_duplicate_keys_say_which_row(frame):
    error = caught("y ~ x", pd.concat([frame, frame.iloc[[2]]]), unit="trust", time="year")
    assert error.code == "data.duplicate_key" and error.row == 5 and error.file == "the pandas DataFrame"


def test_columns_that_no_panel_holds(frame):
    odd = frame.assign(when=pd.PeriodIndex(["2024Q1"] * 4, freq="Q"))
    error = caught("y ~ when", odd)
    assert error.code == "data.unread_column" and "turn them into text with astype(str)" in str(error)
    assert hw.fit("y ~ x", odd).nobs == 4
    error = caught("y ~ x", frame.assign(x=[0.0, np.inf, 1.0, 2.0]))
    assert error.code == "data.unread_column" and error.column == "x" and "is infinite in row 2" in str(error)


def test_data_of_another_kind():
    error = caught("y ~ x", {"y": [1], "x": [2]})
    assert error.kind == "usage" and "builtins.dict, which does not speak the Arrow C stream interface" in str(error)


def test_absent_files_and_configurations(tmp_path):
    assert caught("y ~ x", tmp_path / "absent.csv").kind == "io"
    with pytest.raises(hw.HeadwaterError) as info:
        hw.run(SOURCE / "configs/demo.cfg", run_sed=7)
    assert info.value.code == "config.unknown_key" and "did you mean 'seed'" in str(info.value)


def test_damaged_arrow_files(tmp_path):
    (tmp_path / "cut.parquet").write_bytes(b"PAR1 and no more")
    error = caught("y ~ x", tmp_path / "cut.parquet")
    assert error.code == "arrow.damaged" and error.file == str(tmp_path / "cut.parquet")


def test_keys_belong_to_the_panel(frame):
    panel = hw.Panel(frame, unit="trust", time="year")
    assert len(panel) == 4 and panel.columns == ["trust", "year", "y", "x"]
    assert caught("y ~ x", panel, unit="trust").code == "python.panel_keys"


def test_errors_travel_between_processes(frame):
    error = caught("y ~ z", frame)
    twin = pickle.loads(pickle.dumps(error))
    assert (str(twin), vars(twin)) == (str(error), vars(error))


def test_unknown_methods_are_told():
    with pytest.raises(hw.HeadwaterError, match="there is no method 'chnge'"):
        hw.methods("chnge")
