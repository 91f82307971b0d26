import json
import os
import pathlib
import subprocess

import pyarrow.csv
import pytest

import headwater as hw

SOURCE = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = SOURCE.parent / "shared/reference"


@pytest.fixture(scope="session")
def command():
    """Runs `headwater` and gives its output."""

    def call(*words, code=0):
        done = subprocess.run([os.environ["HEADWATER_COMMAND"], *map(str, words)], capture_output=True, text=True, check=False,
                              cwd=SOURCE)
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout

    return call


@pytest.fixture(scope="session")
def command_json(command):
    return lambda *words, code=0: json.loads(command(*words, "--format", "json", code=code))


@pytest.fixture(scope="session")
def real_panel():
    """Path of the real panel of 124 acute trusts."""
    path = REFERENCE / "nhs/nhs_core_2013_2016.csv"
    if not path.exists():
        pytest.skip("../shared/reference is not beside this checkout")
    return path


@pytest.fixture(scope="session")
def real_frame(real_panel):
    # Arrow's number parser gives the nearest double, as ours does; that of pandas is off by a bit now and then.
    return pyarrow.csv.read_csv(real_panel).to_pandas()


@pytest.fixture(scope="session")
def simulated():
    return hw.simulate("nhs", trusts=60, quarters=16)


@pytest.fixture(scope="session")
def triplet(simulated):
    """A result with three fits, two decompositions each and a driver that is not identified."""
    return hw.fits("ratio(activity, resource) ~ l(log(capital_stock), 1) + l(agency_share, 1) + dma_baseline | trust + type^quarter",
                  simulated.panel, unit="trust", time="quarter",
                  drivers={"capital": "l(log(capital_stock), 1)", "workforce": ["l(agency_share, 1)"], "digital": "dma_baseline"},
                  decompose=["change", "contributions"])


@pytest.fixture(scope="session")
def triplet_file(triplet, tmp_path_factory):
    path = tmp_path_factory.mktemp("result") / "triplet.h5"
    triplet.save(path)
    return path
