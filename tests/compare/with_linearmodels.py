"""The profile linearmodels against linearmodels' PanelOLS (7.1), without a constant beside effects; singletons stay. GMM against IVGMM, IVGMMCUE."""

import numpy as np
from linearmodels.iv import IVGMM, IVGMMCUE
from linearmodels.panel import PanelOLS

import headwater_fit
import panels

EFFECTS = {"": {}, "unit": dict(entity_effects=True), "year": dict(time_effects=True),
           "unit + year": dict(entity_effects=True, time_effects=True), "region": "region"}
RULES = {"iid": dict(cov_type="unadjusted"), "robust": dict(cov_type="robust"), "cluster(unit)": ["unit"], "cluster(year)": ["year"],
         "cluster(unit, year)": ["unit", "year"], "cluster(region)": ["region"], "cluster(region, year)": ["region", "year"],
         "driscoll_kraay(lag = 1, gaps = bridge)": dict(cov_type="kernel", kernel="bartlett", bandwidth=1)}


# Their optimiser takes derivatives by differences, and stops early.
EXACT = {"method": "Nelder-Mead", "options": {"xatol": 1e-11, "fatol": 1e-14, "maxiter": 20000, "maxfev": 20000}}


def codes(frame, columns):
    return frame[columns].apply(lambda column: column.astype("category").cat.codes)


def theirs(frame, regressors, effects, rule, weights):
    indexed = frame.assign(unit_key=frame.unit, year_key=frame.year).set_index(["unit_key", "year_key"])
    X = indexed[regressors] if effects else indexed[regressors].assign(**{"(Intercept)": 1.0})
    options = EFFECTS[effects]
    if isinstance(options, str):
        options = dict(other_effects=codes(indexed, [options]))
    model = PanelOLS(indexed.y, X, weights=indexed[weights] if weights else None, **options)
    how = RULES[rule]
    if isinstance(how, list):
        how = dict(cov_type="clustered", clusters=codes(indexed, how))
    done = model.fit(**how)
    return {name: (done.params[name], done.std_errors[name], done.pvalues[name]) for name in done.params.index}


def counted_effect(frame, effects, rule):
    """linearmodels 7.1 counts an effect given in other_effects even where it is nested in the clusters."""
    names = rule[8:-1].split(", ") if rule.startswith("cluster") else []
    return effects == "region" and names and all(frame.groupby("region")[name].nunique().max() == 1 for name in names)


def moments(comparison, frame, path, where):
    """z by v and v2, in two steps and continuously updated; not centred, as IVGMMCUE is unless it is asked."""
    for rule, how in (("HC0", {}), ("cluster(unit)", dict(weight_type="clustered", clusters=codes(frame, ["unit"])))):
        for iv, model in (("gmm", IVGMM), ("cue", IVGMMCUE)):
            theirs = model(frame.y, frame[["x"]].assign(**{"(Intercept)": 1.0}), frame[["z"]], frame[["v", "v2"]], center=False, **how)
            done = theirs.fit(cov_type="clustered" if how else "robust", **({"clusters": how["clusters"]} if how else {}),
                              **({"opt_options": EXACT} if iv == "cue" else {}))
            ours = headwater_fit.fit(path, "y ~ x | z ~ v + v2", rule, "none", estimator=f"pooled(iv = {iv})")
            comparison.fits["linearmodels"] += 1
            expected = {name: (done.params[name], done.std_errors[name], None) for name in done.params.index}
            comparison.terms(f"{where}, {iv}, {rule} (linearmodels)", headwater_fit.terms(ours), expected)


def compare(comparison, folder, seeds):
    for seed in seeds:
        frame, path = panels.written(seed, folder)
        moments(comparison, frame, path, f"panel {seed}")
        random = np.random.default_rng([11, seed])
        for effects in EFFECTS:
            regressors = ["x", "z"][: random.integers(1, 3)]
            weights = "w" if random.random() < 0.4 else None
            formula = f"y ~ {' + '.join(regressors)}" + (f" | {effects}" if effects else "")
            for rule in random.choice(list(RULES), 4, replace=False):
                where = f"panel {seed}, {formula}, weights {weights}, {rule} (linearmodels)"
                ours = headwater_fit.fit(path, formula, rule, "linearmodels", weights)
                comparison.fits["linearmodels"] += 1
                expected = theirs(frame, regressors, effects, rule, weights)
                if counted_effect(frame, effects, rule):
                    comparison.named["a nested effect that linearmodels counts"] += 1
                    n, k = ours["nobs"], len(regressors)
                    less = ((n - k - frame.region.nunique()) / (n - k)) ** 0.5
                    expected = {name: (b, error * less, None) for name, (b, error, _) in expected.items()}
                comparison.terms(where, headwater_fit.terms(ours), expected)
