"""What the wheel holds."""

import importlib.metadata
import os
import pathlib
import subprocess
import sys

import headwater as hw


def test_stubs_marker_and_optimiser_are_part_of_it():
    files = {pathlib.PurePath(file).name for file in importlib.metadata.files("headwater")}
    assert {"py.typed", "_core.pyi", "headwater_ceres.so", "api.py"} <= files
    assert not any(name.endswith((".a", ".hpp", ".cmake")) for name in files)


def test_stub_names_what_python_calls():
    stub = pathlib.Path(hw.__file__).with_name("_core.pyi").read_text()
    for name in ("class Tree", "class Config", "class Panel", "def from_flags", "def read_stream", "def simulate"):
        assert name in stub


def test_version_is_the_commands(command):
    assert command("--version").split()[1] == hw.__version__


def test_the_frontier_finds_its_optimiser():
    script = "import headwater as hw, numpy as np, pandas as pd; r = np.random.default_rng(1); x = r.normal(size=200);" \
             "f = pd.DataFrame({'x': x, 'y': 1 + .5 * x + r.normal(size=200) * .2 - abs(r.normal(size=200)) * .4});" \
             "print(hw.fit('y ~ x', f, estimator='frontier').status)"
    environment = {key: value for key, value in os.environ.items() if key != "HEADWATER_MODULES"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.strip() == "converged", done.stderr
