"""The reference cases, the command that answers them, and what was compared of them."""

import csv
import json
import math
import os
import pathlib
import subprocess
import unittest

COMMAND = os.environ["HEADWATER_COMMAND"]
FOLDER = pathlib.Path(os.environ["HEADWATER_SOURCE"]).parent / "shared" / "reference" / "golden"
needs_cases = unittest.skipUnless(FOLDER.exists(), "the reference cases do not lie beside this checkout")


def number(value):
    return {"NaN": math.nan, "Infinity": math.inf}[value] if isinstance(value, str) else float(value)


def digits(got, certified):
    error = abs(got - certified) / abs(certified) if certified else abs(got)
    return 15.0 if error == 0 else min(15.0, -math.log10(error))


def fit(dataset, formula, *words):
    done = subprocess.run([COMMAND, "fit", str(FOLDER / "data" / f"{dataset}.csv"), formula, "--format", "json", *words],
                          capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{dataset}: {formula}: {done.stderr}")
    return json.loads(done.stdout)


def cases_of(families):
    return [json.loads((FOLDER / "cases" / f"{entry['id']}.json").read_text())
            for entry in json.loads((FOLDER / "INDEX.json").read_text()) if entry["family"] in families]


def rows_of(case):
    with open(FOLDER / "data" / f"{case['dataset']}.csv", newline="") as file:
        return list(csv.DictReader(file))


def tell(done, compared, left_out):
    for title, counts in (("cases", done), ("numbers compared", compared), ("left out, with how often", left_out)):
        print(f"\n{title}")
        for what, count in sorted(counts.items()):
            print(f"  {count:6} {what}")
