"""`ppml` under the profile fixest against pyfixest's fepois: counts with zeros, effects, weights, offsets, clusters.

fepois stops when the deviance does and has its errors from the weights of the step before, which are 1e-7 off: hence `slack`. It sets aside groups without a count; regressors that separate do not occur in these panels.
"""

import numpy as np
import pyfixest

import headwater_fit
import panels

EFFECTS = ["", "unit", "unit + year", "region + year", "unit + region^year", "unit + year + kind"]
REGRESSORS = ["x", "x + z", "x + z + zz"]
RULES = {"iid": dict(vcov="iid"), "robust": dict(vcov="hetero"), "cluster(unit)": dict(vcov={"CRV1": "unit"}),
         "cluster(region)": dict(vcov={"CRV1": "region"})}


def counts(seed, folder):
    """A panel with counts whose zeros are many, a size, and whole numbers and fractions alike."""
    frame = panels.panel(seed)
    random = np.random.default_rng([11, seed])
    frame["size"] = np.round(np.exp(0.5 * random.normal(size=len(frame))), 4)
    frame["logsize"] = np.log(frame["size"])
    mean = frame["size"] * np.exp(0.3 * frame.x - 0.2 * frame.z + 0.2 * random.normal(size=len(frame)))
    frame["n"] = random.poisson(mean) + (random.random(len(frame)) < 0.1) * 0.5
    path = folder / f"counts{seed}.csv"
    frame.to_csv(path, index=False)
    return frame, path


def compare(comparison, folder, seeds):
    for seed in seeds:
        frame, path = counts(seed, folder)
        random = np.random.default_rng([12, seed])
        for effects in EFFECTS:
            regressors = REGRESSORS[random.integers(len(REGRESSORS))]
            offset = random.random() < 0.4
            bar = f" | {effects}" if effects else ""
            model = pyfixest.fepois(f"n ~ {regressors}{bar}", frame, vcov="iid", offset="logsize" if offset else None, iwls_tol=1e-13,
                                    iwls_maxiter=200, fixef_tol=1e-13, fixef_rm="singleton", separation_check=["fe"])
            formula = f"n ~ {regressors}{' + exposure(size)' if offset else ''}{bar}"
            for rule, words in RULES.items():
                model.vcov(**words)
                ours = headwater_fit.fit(path, formula, rule, "fixest", estimator="ppml")
                comparison.fits["fepois"] += 1
                names = ["(Intercept)" if name == "Intercept" else name for name in model.coef().index]
                comparison.terms(f"counts {seed}, {formula}, {rule} (fepois)", headwater_fit.terms(ours),
                                 dict(zip(names, zip(model.coef(), model.se(), model.pvalue()))), slack=10)
