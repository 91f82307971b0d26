"""One fit or one reading by another program, in a process of its own: python -m suite.peers NAME, the case as JSON on standard
input, {"estimate": ..., "seconds": ...} on standard output. `seconds` is the fit alone, the data being in memory."""

import json
import sys
import time


def split(formula):
    outcome, right = (part.strip() for part in formula.split("~"))
    regressors, _, effects = (part.strip() for part in right.partition("|"))
    return outcome, [x.strip() for x in regressors.split("+")], [e.strip() for e in effects.split("+") if e.strip()]


def columns_of(case):
    outcome, regressors, effects = split(case["formula"])
    names = [outcome, *regressors, *effects, *case["cluster"]]
    return list(dict.fromkeys(name for effect in names for name in effect.replace("]", "").split("[")))


def frame(case):
    import pyarrow.csv

    options = pyarrow.csv.ConvertOptions(include_columns=columns_of(case))
    return pyarrow.csv.read_csv(case["path"], convert_options=options).to_pandas()


def timed(work):
    start = time.perf_counter()
    answer = work()
    return {"estimate": float(answer), "seconds": time.perf_counter() - start}


def pyfixest(case):
    import pyfixest as pf

    data = frame(case)
    vcov = {"CRV1": "+".join(case["cluster"])}
    first = split(case["formula"])[1][0]
    pf.feols(case["formula"], data.head(2000), vcov=vcov)  # what it compiles is compiled
    return timed(lambda: pf.feols(case["formula"], data, vcov=vcov).coef()[first])


def within(case):
    import numpy as np
    import within as solver

    data = frame(case)
    outcome, regressors, effects = split(case["formula"])
    codes = np.asfortranarray(np.column_stack([np.unique(data[e], return_inverse=True)[1] for e in effects]).astype(np.uint32))
    both = np.asfortranarray(data[[outcome, *regressors]].to_numpy(dtype=float))

    def slope():
        left = np.asarray(solver.solve_batch(codes, both).demeaned)
        return np.linalg.lstsq(left[:, 1:], left[:, 0], rcond=None)[0][0]

    return timed(slope)


def linearmodels(case):
    from linearmodels.iv.absorbing import AbsorbingLS

    data = frame(case)
    outcome, regressors, effects = split(case["formula"])
    absorbed = data[effects].astype("category")
    groups = data[list(case["cluster"])]

    def slope():
        fit = AbsorbingLS(data[outcome], data[regressors], absorb=absorbed).fit(cov_type="clustered", clusters=groups)
        return fit.params[regressors[0]]

    return timed(slope)


def read_pyarrow(case):
    import pyarrow.csv

    return timed(lambda: pyarrow.csv.read_csv(case["path"]).num_rows)


def read_pandas(case):
    import pandas as pd

    return timed(lambda: len(pd.read_csv(case["path"])))


def read_duckdb(case):
    import duckdb

    return timed(lambda: duckdb.sql(f"create table panel as from '{case['path']}'") or duckdb.sql("select count(*) from panel").fetchone()[0])


PYTHON = {f.__name__: f for f in (pyfixest, within, linearmodels, read_pyarrow, read_pandas, read_duckdb)}
NEEDS = {"pyfixest": "pyfixest", "within": "within", "linearmodels": "linearmodels", "read_pyarrow": "pyarrow", "read_pandas": "pandas",
         "read_duckdb": "duckdb"}

if __name__ == "__main__":
    json.dump(PYTHON[sys.argv[1]](json.load(sys.stdin)), sys.stdout)
