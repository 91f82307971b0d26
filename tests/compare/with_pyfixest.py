"""The profile fixest against pyfixest.

Named differences (pyfixest 0.60): it does not repair a covariance of several ways; it finds nested effects from the rows where R's
fixest goes by name (every cluster is an effect of the model); it prints an error where the scores sum to zero in every cluster, and
where redundant effects leave no rows.
"""

import numpy as np
import pyfixest

import headwater_fit
import panels

EFFECTS = ["", "unit", "unit + year", "region + year", "unit + region^year", "unit + year + kind", "kind^year + region^year",
           "region + district"]
REGRESSORS = ["x", "x + z", "x + z + both", "x + zz"]
RULES = {"iid": dict(vcov="iid"), "robust": dict(vcov="hetero"), "cluster(unit)": dict(vcov={"CRV1": "unit"}),
         "cluster(region)": dict(vcov={"CRV1": "region"}), "cluster(year)": dict(vcov={"CRV1": "year"}),
         "cluster(unit, year)": dict(vcov={"CRV1": "unit + year"}), "cluster(district, year)": dict(vcov={"CRV1": "district + year"}),
         "driscoll_kraay(lag = 1, gaps = bridge)": dict(vcov="DK", vcov_kwargs={"time_id": "year", "panel_id": "code", "lag": 1})}


def clusters_of(rule):
    return rule[8:-1].split(", ") if rule.startswith("cluster") else []


def nested_by_rows_alone(frame, effects, clusters):
    """R's fixest looks at the rows only where some cluster is no effect of the model."""
    keys = effects.split(" + ") if effects else []
    if not clusters or not all(cluster in keys for cluster in clusters):
        return False
    for key in keys:
        if any(cluster in key.split("^") for cluster in clusters):
            continue
        level = frame[key.split("^")].astype(str).agg("^".join, axis=1)
        if any(frame.groupby(level)[cluster].nunique().max() == 1 for cluster in clusters):
            return True
    return False


def counted_by_us(ours):
    """K, out of "(N-1)/(N-K) = a/b" or "rss/(N-K) = rss/b"."""
    return ours["nobs"] - float(ours["vcov"]["arithmetic"].split(";")[0].split("/")[-1])


def zero_eigenvalues(V):
    values, vectors = np.linalg.eigh(V)
    return vectors @ np.diag(np.maximum(values, 0)) @ vectors.T


def difference(ours, model, frame, effects, rule):
    """The name of a known difference, and pyfixest's errors as they would be without it (None: it has none to compare)."""
    arithmetic = ours["vcov"]["arithmetic"]
    if any(term["not_estimable"] for term in ours["terms"]):
        return "no standard error to be had", None
    if "by exact rank" in arithmetic:
        return "redundant effects that leave no rows", None
    if "negative eigenvalues set to zero" in arithmetic:
        return "no repair", np.sqrt(np.diag(zero_eigenvalues(np.asarray(model._vcov))))
    if nested_by_rows_alone(frame, effects, clusters_of(rule)):
        n = ours["nobs"]
        return "nested effects found from the rows", model.se() * np.sqrt((n - model._df_k) / (n - counted_by_us(ours)))
    return None, model.se()


def compare_rule(comparison, where, path, frame, model, formula, effects, rule, weights):
    model.vcov(**RULES[rule])
    ours = headwater_fit.fit(path, formula, rule, "fixest", weights)
    comparison.fits["pyfixest"] += 1
    name, errors = difference(ours, model, frame, effects, rule)
    if name:
        comparison.named[name] += 1
    if errors is None:
        return
    names = ["(Intercept)" if n == "Intercept" else n for n in model.coef().index]
    p_values = [None] * len(names) if name else list(model.pvalue())
    comparison.terms(where, headwater_fit.terms(ours), dict(zip(names, zip(model.coef(), errors, p_values))))


def compare(comparison, folder, seeds):
    for seed in seeds:
        frame, path = panels.written(seed, folder)
        random = np.random.default_rng([7, seed])
        for effects in EFFECTS:
            regressors = REGRESSORS[random.integers(len(REGRESSORS))]
            weights = "w" if random.random() < 0.4 else None
            formula = f"y ~ {regressors}" + (f" | {effects}" if effects else "")
            model = pyfixest.feols(formula, frame, vcov="iid", weights=weights, fixef_tol=1e-12, fixef_rm="singleton")
            used = panels.without_singletons(frame, effects.split(" + ") if effects else [])
            for rule in random.choice(list(RULES), 4, replace=False):
                where = f"panel {seed}, {formula}, weights {weights}, {rule} (pyfixest)"
                compare_rule(comparison, where, path, used, model, formula, effects, rule, weights)
