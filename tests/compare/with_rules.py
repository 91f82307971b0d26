"""The profiles fixest (varying slopes, which pyfixest has not), reghdfe, areg and xtreg against least squares with every dummy
written out and the programs' published counting rules, worked here a second time."""

import numpy as np
from scipy import stats
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

import headwater_fit
import panels

EFFECTS = ["unit[trend]", "unit[trend] + year", "unit + region[[trend]]", "region[trend] + year", "unit + year", "unit + region^year",
           "unit + year + region^year", "district[trend] + region^year", "unit[[trend]]"]
RULES = ["iid", "robust", "cluster(unit)", "cluster(region)", "cluster(year)", "cluster(unit, year)"]
PROFILES = ["fixest", "reghdfe", "areg", "xtreg"]


class Effect:
    def __init__(self, frame, text):
        self.key, _, slope = text.partition("[")
        self.slope, self.intercept = slope.strip("[]"), not slope.startswith("[")
        labels = frame[self.key.split("^")].astype(str).agg("^".join, axis=1)
        self.codes = labels.astype("category").cat.codes.to_numpy(int)
        self.levels = int(self.codes.max()) + 1
        self.dummies = np.eye(self.levels)[self.codes]
        self.values = frame[self.slope].to_numpy(float) if self.slope else None

    def columns(self):
        parts = [self.dummies] if self.intercept else []
        return np.hstack(parts + ([self.dummies * self.values[:, None]] if self.slope else []))

    def flat(self):
        """Levels whose slope adds nothing."""
        if not self.slope:
            return 0
        ranges = [np.ptp(v) if self.intercept else np.abs(v).max() for v in (self.values[self.codes == g] for g in range(self.levels))]
        return sum(r == 0 for r in ranges)

    def nested(self, clusters):
        return any(len(set(zip(self.codes, c))) == self.levels for c in clusters)


def components(a, b):
    graph = coo_matrix((np.ones(len(a.codes)), (a.codes, a.levels + b.codes)), shape=(a.levels + b.levels,) * 2)
    return connected_components(graph, directed=False)[0]


def fixest_K(k, effects, clusters, names):
    intercepts = [e for e in effects if e.intercept]
    K = k + sum(e.levels * (e.intercept + bool(e.slope)) for e in effects) - max(0, len(intercepts) - 1)
    if not clusters or not intercepts:
        return K
    by_name = all(n in [e.key for e in effects] for n in names)
    nested = [any(n in e.key.split("^") for n in names) or (not by_name and e.nested(clusters)) for e in effects]
    if all(nested):
        return K - sum(e.levels for e in intercepts) + len(intercepts) - 1 + 1
    return max(k + 1, K - sum(e.levels - 1 for e, inside in zip(effects, nested) if inside and e.intercept))


def reghdfe_K(k, effects, clusters, names):
    """(K of the factor, K of the residual degrees of freedom)"""
    nested = [e.intercept and e.nested(clusters) for e in effects]
    K, constant = k, any(nested)
    for q, effect in enumerate(effects):
        K += effect.levels * bool(effect.slope) - effect.flat()
        if effect.intercept and not nested[q]:
            pairs = [components(before, effect) for before in effects[:q] if before.intercept]
            K += effect.levels - max(pairs + [int(constant)])
            constant = True
    return K + any(nested), K


def counts(profile, k, rank, effects, clusters, names):
    if profile == "fixest":
        return fixest_K(k, effects, clusters, names), fixest_K(k, effects, [], [])
    if profile == "reghdfe":
        return reghdfe_K(k, effects, clusters, names)
    return (k + 1 if profile == "xtreg" and clusters else k + rank), k + rank


def square(sums):
    return sums.T @ sums


def grouped(psi, codes):
    return np.array([psi[codes == g].sum(0) for g in np.unique(codes)])


def meat(psi, clusters):
    if len(clusters) == 1:
        return square(grouped(psi, clusters[0]))
    both = np.unique(np.stack(clusters, 1), axis=0, return_inverse=True)[1].ravel()
    return square(grouped(psi, clusters[0])) + square(grouped(psi, clusters[1])) - square(grouped(psi, both))


def positive(V, profile):
    values, vectors = np.linalg.eigh(V)
    return vectors @ np.diag(np.maximum(values, 0)) @ vectors.T if profile in ("fixest", "reghdfe") else V


class Written:
    """Least squares with every dummy a column."""

    def __init__(self, frame, regressors, effects, weights):
        self.frame, self.names = frame, list(regressors)
        self.effects = [Effect(frame, text) for text in effects]
        root = np.sqrt(frame[weights].to_numpy(float)) if weights else np.ones(len(frame))
        D = np.hstack([e.columns() for e in self.effects])
        if not any(e.intercept for e in self.effects):
            regressors, self.names = ["(Intercept)", *regressors], ["(Intercept)", *self.names]
        X = frame.assign(**{"(Intercept)": 1.0})[list(regressors)].to_numpy(float)
        D, self.X, self.y = D * root[:, None], X * root[:, None], frame.y.to_numpy(float) * root
        self.rank = np.linalg.matrix_rank(D)
        rest = lambda v: v - D @ np.linalg.lstsq(D, v, rcond=None)[0]
        self.X, self.y = rest(rest(self.X)), rest(rest(self.y))
        self.bread = np.linalg.inv(self.X.T @ self.X)
        self.b = self.bread @ self.X.T @ self.y
        self.e = self.y - self.X @ self.b

    def errors(self, rule, profile):
        """(standard errors or NaN where a variance is negative, degrees of freedom), or None where K leaves no rows."""
        n, k = self.X.shape
        names = rule[8:-1].split(", ") if rule.startswith("cluster") else []
        clusters = [self.frame[c].astype("category").cat.codes.to_numpy(int) for c in names]
        K, residual = counts(profile, k, self.rank, self.effects, clusters, names)
        if n - K < 1 or n - residual < 1:
            return None
        if rule == "iid":
            return np.sqrt(np.diag(self.bread) * (self.e @ self.e) / (n - K)), n - residual
        psi = (self.X * self.e[:, None]) @ self.bread
        if not clusters:
            return np.sqrt(np.diag(square(psi)) * n / (n - K)), n - residual
        G = min(len(np.unique(c)) for c in clusters)
        V = positive(G / (G - 1) * (n - 1) / (n - K) * meat(psi, clusters), profile)
        return np.sqrt(np.diag(V)), min(G - 1, n - residual) if profile == "reghdfe" else G - 1


def compare_rule(comparison, where, path, written, formula, rule, profile, weights):
    expected = written.errors(rule, profile)
    ours = headwater_fit.fit(path, formula, rule, profile, weights)
    comparison.fits[profile] += 1
    if expected is None:
        comparison.named["redundant effects that leave no rows"] += 1
        if "by exact rank" not in ours["vcov"]["arithmetic"]:
            comparison.failures.append(f"{where}: {ours['vcov']['arithmetic']}")
        return
    errors, df = expected
    marked = [bool(term["not_estimable"]) for term in ours["terms"]]
    if any(marked):
        comparison.named["no standard error"] += 1
        sound = all(not error > 1e-9 for error, none in zip(errors, marked) if none)
        if not sound:
            comparison.failures.append(f"{where}: not estimable, but {errors} written out")
        return
    p = 2 * stats.t.sf(np.abs(written.b) / errors, df)
    comparison.terms(where, headwater_fit.terms(ours), dict(zip(written.names, zip(written.b, errors, p))))


def compare(comparison, folder, seeds):
    for seed in seeds:
        frame, path = panels.written(seed, folder)
        random = np.random.default_rng([17, seed])
        for text in EFFECTS:
            effects, regressors = text.split(" + "), ["x", "z"][: random.integers(1, 3)]
            weights = "w" if random.random() < 0.4 else None
            for profile in random.choice(PROFILES, 2, replace=False):
                drops = profile in ("fixest", "reghdfe")
                keys = [e.partition("[")[0] for e in effects if "[[" not in e]
                used = panels.without_singletons(frame, keys) if drops else frame
                written = Written(used, regressors, effects, weights)
                formula = f"y ~ {' + '.join(regressors)} | {text}"
                rule = str(random.choice(RULES))
                where = f"panel {seed}, {formula}, weights {weights}, {rule}, profile {profile}"
                compare_rule(comparison, where, path, written, formula, rule, profile, weights)
