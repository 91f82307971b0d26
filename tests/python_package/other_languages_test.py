"""The short readers for R and Julia, where these are installed: the numbers of the file, and every chunk of the R document."""

import json
import os
import re
import shutil
import subprocess

import h5py
import numpy as np
import pytest

import headwater as hw
from conftest import SOURCE
from reader_test import sealed, wrong_axis

FOLDER = SOURCE / "notebooks"
CHUNK = re.compile(r"^```\{r[^}]*\}\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.h5"
    hw.run(SOURCE / "configs/demo.cfg", data=hw.simulate("nhs").panel, output_result=path)
    return path


def run(words, **environment):
    return subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False, cwd=FOLDER, env={**os.environ, **environment})


@pytest.fixture(scope="session")
def rscript():
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    if run(["Rscript", "-e", "library(hdf5r)"]).returncode != 0:
        pytest.skip("R is installed without its package hdf5r")
    return "Rscript"


@pytest.fixture(scope="session")
def julia():
    if not shutil.which("julia"):
        pytest.skip("Julia is not installed")
    if run(["julia", "-e", "using HDF5"]).returncode != 0:
        pytest.skip("Julia is installed without its package HDF5")
    return "julia"


R_NUMBERS = """
source("read_result.R")
options(digits = 17)
result <- read_result(commandArgs(TRUE)[1])
fit <- result$fits[["joint.ratio"]]
part <- result$decompositions[["joint.ratio"]][["2_change"]]
vector <- function(x) paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse = ","), "]")
quoted <- function(x) paste0("[", paste(shQuote(x, "cmd"), collapse = ","), "]")
cat(sprintf('{"terms": %s, "estimate": %s, "vcov": %s, "status": %s, "components": %s, "parts": %s, "covariance": %s, "rows": %d, "p": %s}',
            quoted(fit$coefficients$term), vector(fit$coefficients$estimate), vector(t(fit$vcov)), quoted(fit$coefficients$status),
            quoted(part$components$component), vector(part$components$estimate), vector(t(part$covariance)), nrow(fit$rows),
            vector(fit$tests$p_value)))
"""

JULIA_NUMBERS = """
include("read_result.jl")
result = read_result(ARGS[1])
fit, part = result.fits["joint.ratio"], result.decompositions["joint.ratio"]["2_change"]
vector(x) = "[" * join(string.(x), ",") * "]"
quoted(x) = "[" * join(repr.(x), ",") * "]"
print("{\\"terms\\": ", quoted(fit.coefficients.term), ", \\"estimate\\": ", vector(fit.coefficients.estimate), ", \\"vcov\\": ",
      vector(vec(permutedims(fit.vcov))), ", \\"parts\\": ", vector(part.components.estimate), "}")
"""


def test_r_reads_the_numbers_of_the_file(rscript, demo_file, tmp_path):
    (tmp_path / "numbers.R").write_text(R_NUMBERS)
    done = run([rscript, tmp_path / "numbers.R", demo_file])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    with hw.open(demo_file) as result:
        fit, part = result.fits["joint.ratio"], result.decompositions["joint.ratio"]["change"]
        table = fit.coefficients
        assert (found["terms"], found["status"]) == (table["term"].tolist(), table["status"].tolist())
        assert found["estimate"] == [None if value != value else value for value in table["estimate"]]
        assert found["vcov"] == fit.vcov_matrix.to_numpy().ravel().tolist()
        assert found["p"] == fit.tests["p_value"].tolist()
        assert found["components"] == part.components["component"].tolist()
        assert found["parts"] == part.components["estimate"].tolist()
        assert found["covariance"] == part.covariance.to_numpy().ravel().tolist()
        assert found["rows"] == fit.nobs


def test_the_r_document_runs(rscript, demo_file, tmp_path):
    chunks = CHUNK.findall((FOLDER / "05_reading_results_in_r.Rmd").read_text())
    assert len(chunks) >= 6
    (tmp_path / "document.R").write_text("\n".join(chunks))
    done = run([rscript, tmp_path / "document.R"], HEADWATER_RESULT=str(demo_file))
    assert done.returncode == 0, done.stderr
    assert "not identified" in done.stdout and "contract" in done.stdout


def test_r_refuses_other_files(rscript, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file.attrs["complete"] = 1
    done = run([rscript, "-e", f"source('read_result.R'); read_result('{tmp_path}/other.h5')"])
    assert done.returncode != 0 and "is not a complete result file of headwater" in done.stderr


def test_r_refuses_files_that_depart_from_the_schema(rscript, tmp_path):
    path = tmp_path / "changed.h5"  # a small one: R needs a minute for the demo's
    words = ["fit", FOLDER / "grunfeld.csv", "inv ~ value + capital | firm", "--unit", "firm", "--time", "year", "-o", path]
    assert run([os.environ["HEADWATER_COMMAND"], *words]).returncode == 0
    for change, sentence in ((wrong_axis, "lies on axis cluster, not term"), (None, "is not as it was written")):
        if change:
            with h5py.File(path, "r+") as file:
                change(file)
            sealed(path)
        else:
            with h5py.File(path, "r+") as file:
                file["data/lost_reason"].attrs.modify("description", np.bytes_("x"))
        script = f"source('read_result.R'); tryCatch(read_result('{path}'), headwater_error = function(e) cat(e$code, conditionMessage(e)))"
        done = run([rscript, "-e", script])
        assert sentence in done.stdout, done.stdout + done.stderr


def test_julia_reads_the_numbers_of_the_file(julia, demo_file, tmp_path):
    (tmp_path / "numbers.jl").write_text(JULIA_NUMBERS)
    done = run([julia, tmp_path / "numbers.jl", demo_file])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    with hw.open(demo_file) as result:
        fit = result.fits["joint.ratio"]
        assert found["terms"] == fit.vcov_matrix.index.tolist()
        assert found["vcov"] == fit.vcov_matrix.to_numpy().ravel().tolist()
        assert found["parts"] == result.decompositions["joint.ratio"]["change"].components["estimate"].tolist()
