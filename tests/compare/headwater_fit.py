"""`headwater fit --format json` as a function."""

import json
import os
import subprocess

COMMAND = os.environ["HEADWATER_COMMAND"]


class Refused(Exception):
    pass


def fit(path, formula, covariance, profile, weights=None, *words, estimator=""):
    call = [COMMAND, "fit", str(path), formula, "--unit", "unit", "--time", "year", "--format", "json", "--threads", "1",
            "--estimator", estimator or ("within" if "|" in formula else "pooled"), "--covariance", covariance, "--profile", profile, *words]
    if weights:
        call += ["--weights", weights]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Refused(done.stderr)
    return json.loads(done.stdout)


def terms(result):
    return {term["term"]: term for term in result["terms"]}
