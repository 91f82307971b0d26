"""How each program is asked for a case, and how its answer is read."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass

from . import measure, peers

HERE = pathlib.Path(__file__).parent
R_PACKAGES = {"fixest": "fixest", "fread": "data.table", "oaxaca": "oaxaca"}


@dataclass(frozen=True)
class Answer:
    estimate: float | None  # None: nothing to compare
    seconds: float | None  # the fit alone, as the program itself tells it
    run: measure.Run


def why_absent(name):
    """"" when the program is there, else what is missing."""
    if name in peers.NEEDS:
        return "" if importlib.util.find_spec(peers.NEEDS[name]) else f"Python package {peers.NEEDS[name]} is not installed"
    if not shutil.which("Rscript"):
        return "Rscript is not installed"
    package = R_PACKAGES[name]
    found = subprocess.run(["Rscript", "-e", f"quit(status = !requireNamespace('{package}', quietly = TRUE))"], capture_output=True, check=False)
    return "" if found.returncode == 0 else f"R package {package} is not installed"


def headwater(case, path, command, threads):
    words = [command, "decompose" if case.use else "fit", path, case.formula, "--unit", case.unit, "--time", case.time,
             "--covariance", f"cluster({', '.join(case.cluster)})", "--threads", str(threads), "--format", "json", *case.words]
    if case.use:
        words += ["--use", case.use, "--bootstrap", case.bootstrap]
    run = measure.run(list(map(str, words)))
    first = peers.split(case.formula)[1][0]
    fit = json.loads(run.output)
    fit = fit["fits"][0] if "fits" in fit else fit
    estimate = next((term["estimate"] for term in fit.get("terms", []) if term["term"] == first), None)
    return Answer(estimate, None, run)


def limited(threads):
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "NUMBA_NUM_THREADS", "R_DATATABLE_NUM_THREADS",
             "POLARS_MAX_THREADS")
    return os.environ | {name: str(threads) for name in names}


def peer(name, case, path, threads, seconds):
    if name in peers.NEEDS:
        asked = json.dumps({"path": str(path), "formula": case.formula, "cluster": case.cluster})
        run = measure.run([sys.executable, "-m", f"{__package__}.peers", name], asked, seconds, limited(threads) | {"PYTHONPATH": str(HERE.parent)})
    else:
        first = peers.split(case.formula)[1][0]
        run = measure.run(["Rscript", str(HERE / "peers.R"), name, str(path), case.formula, first, " + ".join(case.cluster)],
                          "", seconds, limited(threads))
    said = json.loads(run.output)
    return Answer(said["estimate"], said["seconds"], run)
