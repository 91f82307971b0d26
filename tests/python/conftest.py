import json
import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def run(program, *arguments, code=0):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, cwd=SOURCE)
    assert done.returncode == code, done.stderr + done.stdout
    return done


@pytest.fixture(scope="session")
def library():
    """Runs the program that stands for the library."""
    program = os.environ["HEADWATER_LIBRARY_PROGRAM"]
    return lambda *arguments, code=0: run(program, *arguments, code=code)


@pytest.fixture(scope="session")
def command():
    """Runs `headwater`."""
    program = os.environ.get("HEADWATER_COMMAND")
    if not program:
        pytest.skip("the command is not part of this build")
    return lambda *arguments, code=0: run(program, *arguments, code=code)


@pytest.fixture(scope="session")
def fit(command):
    return lambda *arguments: json.loads(command("fit", *arguments, "--format", "json").stdout)


@pytest.fixture(scope="session")
def example(library, tmp_path_factory):
    """A result file with one item of every kind."""
    path = tmp_path_factory.mktemp("example") / "example.h5"
    library("example", path)
    return path


@pytest.fixture(scope="session")
def arrow_module():
    if "HEADWATER_MODULES" not in os.environ:
        pytest.skip("the Arrow module is not part of this build")


@pytest.fixture(scope="session")
def panel():
    """Two dozen rows with awkward codes, missing cells and a plain linear relation."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(20260212)
    units = ["007", "7", "RAL", "NAN", "RJ1", "R0A"]
    frame = pd.DataFrame([(u, f"{y}Q{q}") for u in units for y in (2018, 2019) for q in (1, 2, 3, 4)],
                         columns=["trust", "quarter"])
    frame["x"] = random.normal(size=len(frame)).round(6)
    frame["beds"] = random.integers(10, 900, size=len(frame))
    frame["type"] = random.choice(["acute", "mental health", "community"], size=len(frame))
    frame["y"] = (0.5 * frame.x + 0.01 * frame.beds + random.normal(size=len(frame))).round(6)
    frame.loc[[3, 17], "x"] = np.nan
    return frame
