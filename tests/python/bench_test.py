"""The benchmarks run: they make their data, assert what is known before they time, and refuse a name that they do not know."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def suite(*words):
    program = os.environ.get("HEADWATER_COMMAND")
    if not program:
        pytest.skip("the command is not part of this build")
    environment = os.environ | {"PYTHONPATH": str(SOURCE / "bench")}
    words = [sys.executable, "-m", "suite", "--headwater", program, *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment)


def test_figures_of_one_round(tmp_path):
    done = suite("nhs", "oaxaca_999", "--rounds", 1, "--no-peers", "--data", tmp_path, "--json", tmp_path / "history.json")
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "history.json").read_text())
    assert [case["case"] for case in told["cases"]] == ["nhs", "oaxaca_999"]
    own = told["cases"][0]["programs"]["headwater"]
    assert told["cases"][0]["rows"] == 9888
    assert own["apart"] < 1e-9 and own["cpu"] > 0 and own["peak_bytes"] > 1e6
    assert "nhs, 9,888 rows" in done.stdout


def test_a_wrong_number_is_not_timed(tmp_path):
    suite("nhs", "--rounds", 1, "--no-peers", "--data", tmp_path)
    panel = tmp_path / "nhs.csv"
    lines = panel.read_text().splitlines()
    panel.write_text("\n".join(lines[:-4800]) + "\n")
    done = suite("nhs", "--rounds", 1, "--no-peers", "--data", tmp_path)
    assert done.returncode == 1
    assert "-0.3748489896 is exact; nothing was timed" in done.stderr


def test_unknown_case():
    done = suite("nosuch")
    assert done.returncode == 1
    assert done.stderr == "bench/run: there is no case 'nosuch'; bench/run --list names them\n"
