"""Every reference case with instruments through the command: fixest (absorbed effects), plm, AER and Stata's ivregress.

Counts what it compared and names what it left out with the reason.
"""

import collections
import math
import unittest

from golden_cases import cases_of, fit, needs_cases, number, tell

FAMILIES = {"iv_absorbed": 7, "panel_iv": 16, "stata_iv": 64, "cross_section_iv": 2}
# plm's names of how instruments of random effects are made.
RANDOM = {("swar", "bvk"): "g2sls", ("swar", "baltagi"): "ec2sls", ("ht", "baltagi"): "hausman_taylor", ("ht", "am"): "amemiya_macurdy",
          ("ht", "bms"): "breusch_mizon_schmidt"}


def terms_of(text):
    return [term.strip() for term in text.split(" + ")]


class Checked:
    """One case, the runs of the command that answer it, and what differs."""

    def __init__(self, case):
        self.case, self.options = case, case["options"]
        self.failures, self.compared, self.left_out = [], collections.Counter(), collections.Counter()
        self.tolerance, self.of_matrix = 1e-9, 1e-8

    def run(self, formula, covariance, profile, *words):
        return fit(self.case["dataset"], formula, "--covariance", covariance, "--profile", profile, "--singletons", "keep", *words)

    def near(self, what, got, reference, tolerance):
        self.compared[what] += 1
        if got is None or not abs(got - reference) <= tolerance:
            self.failures.append(f"{self.case['id']}: {what} is {got}, the reference {reference}")

    def coefficients(self, got, name):
        found = {term["term"]: term["estimate"] for term in got["terms"]}
        for key, value in self.case["coefficients"].items():
            error = number(self.case["se"][key])
            self.near("coefficients", found.get(name(key)), number(value), self.tolerance * max(abs(number(value)), error))

    def matrix(self, what, got, block, name):
        names = block.get("names") or list(self.case["coefficients"])
        at = [got["vcov"]["names"].index(name(key)) for key in names]
        reference = [[number(value) for value in row] for row in block["matrix"]]
        for i, a in enumerate(at):
            for j, b in enumerate(at):
                self.near(what, got["vcov"]["matrix"][a][b], reference[i][j], self.of_matrix * math.sqrt(reference[i][i] * reference[j][j]))

    def test(self, what, got, words, reference):
        found = [test["statistic"] for test in got["tests"] if words in test["hypothesis"]]
        self.near(what, found[0] if found else None, reference, 1e-8 * max(1, abs(reference)))


def absorbed(checked):
    """fixest's rules and the statistics of weak instruments, computed a second time on explicit dummies."""
    case = checked.case
    weights = ["--weights", case["options"]["weights"]] if case["options"].get("weights") else []
    runs = {}

    def under(rule, profile):
        if (rule, profile) not in runs:
            runs[rule, profile] = checked.run(case["formula"], rule, profile, *weights)
        return runs[rule, profile]

    def same(key):
        return key

    checked.coefficients(under("iid", "fixest"), same)
    for key, block in case["vcovs"].items():
        kind, default = key.split("__")
        rule = "iid" if kind == "iid" else ("robust" if default == "ssc_default" else "HC0") if kind == "hetero" else \
            "cluster(" + ", ".join(kind.split("_")[1:]) + ")"
        checked.matrix(f"{kind.split('_')[0]} {default}", under(rule, "fixest" if default == "ssc_default" else "none"), block, same)
    stages = {(row["endogenous"], row["term"]): row["estimate"] for row in under("iid", "fixest")["instruments"]["first_stages"]}
    for endogenous, values in case["first_stage"].items():
        for term, value in values.items():
            checked.near("first stages", stages[endogenous, term], number(value), 1e-9 * max(1, abs(number(value))))
    for test in case["tests"]:
        name, rule = test["name"], "iid"
        if " cluster " in name:
            name, columns = name.split(" cluster ")
            rule = f"cluster({columns})"
        got = under(rule, "fixest")
        if name.startswith("first-stage"):
            checked.test("first-stage F", got, f"do not move {name.split(' ')[-1]} (first-stage F)", test["statistic"])
        else:
            checked.test(name.split(" ")[0], got, {"Wu-Hausman (regression form, F)": "Wu-Hausman", "Sargan n e'Pe/e'e": "Sargan"}[name],
                         test["statistic"])
    keys = {"Cragg-Donald F": "cragg_donald_f", "Kleibergen-Paap rk LM": "rk_lm", "Kleibergen-Paap rk Wald": "rk_wald",
            "Kleibergen-Paap rk F": "rk_f"}
    for test in case["reference"]["tests"]:
        name = next(key for key in keys if test["name"].startswith(key))
        kind = test["name"][len(name):].strip() or "iid"
        rule = {"iid": "iid", "hetero": "HC0"}.get(kind, f"cluster({kind.split(' ')[-1]})")
        got = under(rule, "fixest")["instruments"][keys[name]]
        checked.near(name, got, test["statistic"], 1e-8 * abs(test["statistic"]))


def two_sided(formula):
    """R's y ~ x | instruments, those that are regressors too among them, as y ~ exogenous | endogenous ~ instruments.

    A third part are endogenous regressors that instrument themselves within units, as plm has Hausman and Taylor's.
    """
    outcome, rest = formula.split(" ~ ", 1)
    left, right, *within = rest.split(" | ")
    regressors = terms_of(left)
    if within:
        exogenous = [term for term in regressors if term in terms_of(right)]
        return outcome, exogenous, [term for term in regressors if term not in exogenous], ["1"]
    if right.startswith(". "):
        removed = [part.split(" ")[0] for part in right.split("- ")[1:]]
        instruments = terms_of(right.split(removed[-1], 1)[1].strip().lstrip("+ "))
        endogenous = [term for term in regressors if term in removed]
    else:
        given = terms_of(right)
        endogenous = [term for term in regressors if term not in given]
        instruments = [term for term in given if term not in regressors]
    exogenous = [term for term in regressors if term not in endogenous]
    return outcome, exogenous, endogenous, instruments


def with_references(terms):
    return [{"region": "i(region, ref = other)", "sex": "i(sex, ref = male)"}.get(term, term) for term in terms]


def ours(key):
    return f"region::{key[6:]}" if key.startswith("region") else {"sexfemale": "sex::female"}.get(key, key)


def plm(checked):
    case = checked.case
    model, effect = case["options"]["model"], case["options"].get("effect", "individual")
    way = RANDOM[case["options"]["random.method"], case["options"]["inst.method"]] if model == "random" else ""
    unit, time = case["options"]["index"]
    outcome, exogenous, endogenous, instruments = two_sided(case["formula"])
    if model == "between":
        exogenous = [term for term in exogenous if term != "factor(year)"]
    effects = {"individual": unit, "time": time, "twoways": f"{unit} + {time}"}[effect] if model == "within" else ""
    formula = f"{outcome} ~ {' + '.join(with_references(exogenous))}" + (f" | {effects}" if effects else "") + \
        f" | {' + '.join(endogenous)} ~ {' + '.join(instruments)}"
    words = ["--unit", unit, "--time", time, "--estimator",
             {"within": "within", "pooling": "pooled", "between": "between", "fd": "first_difference(gaps = bridge)",
              "random": f"random(iv = {way})"}[model]]
    got = checked.run(formula, "iid", "areg", *words)
    checked.coefficients(got, ours)
    checked.matrix("iid", got, case["vcov"], ours)
    checked.near("df_residual", got["df_residual"], case["df_residual"], 0)
    # plm divides the whitened rows by the rows' own standard deviation, but for g2sls.
    scale = got["random"]["own_variance"] if model == "random" and way != "g2sls" else 1
    checked.near("ssr", got["rss"] / scale, case["ssr"], 1e-8 * case["ssr"] if way else 1e-9 * case["ssr"])
    if way:
        components = case["error_components"]["sigma2"]
        checked.near("own variance", got["random"]["own_variance"], components["idios"], 1e-9 * components["idios"])
        checked.near("variance of the effects", got["random"]["effects"][0]["variance"], components["id"], 1e-9 * components["id"])
    for key, block in case.get("robust", {}).items():
        profile = {"arellano.HC0": "none", "arellano.sss": "plm"}.get(key)
        if way == "ec2sls":
            # plm 2.6's vcovHC multiplies residuals over the rows' standard deviation with regressors fitted by g2sls' instruments.
            checked.left_out[f"{key}: plm takes the residuals in another unit than the regressors, and g2sls' instruments"] += 1
            continue
        if not profile or effect == "time":
            checked.left_out[f"{key}: a factor that is not offered, or clusters by the other index"] += 1
            continue
        checked.matrix(key, checked.run(formula, f"cluster({unit})", profile, *words), block, ours)


def stata(checked):
    """Twelve digits are printed: 1e-9 for coefficients, 1e-6 for covariances."""
    case, options = checked.case, checked.options
    checked.tolerance, checked.of_matrix = 1e-9 if options["method"] != "gmm" else 1e-7, 1e-6
    kind = options["variance"].split("(")[1].split(")")[0].split(" ")[0]
    column, rule = {"unadjusted": ("y_unadjusted", "iid"), "robust": ("y_robust", "HC0"),
                    "cluster": ("y_clustered", "cluster(cluster_id)"), "hac": ("y_kernel", "newey_west(12)")}[kind]
    if options["other"] == "small" and kind == "robust":
        rule = "robust"
    endogenous = "x1 + x2" if options["num_endog"].endswith("2") else "x1"
    weight = {"unadjusted": "unadjusted", "robust": "rows", "cluster": "clusters", "hac": "lags, lag = 12"}[kind]
    how = f"gmm, weight = {weight}" if options["method"] == "gmm" else options["method"]
    words = ["--estimator", f"pooled(iv = {how})"] + (["--weights", "weights"] if options["weighted"].endswith("True") else [])
    words += ["--time", "time"] if kind == "hac" else []  # one series
    got = checked.run(f"{column} ~ x3 + x4 + x5 | {endogenous} ~ z1 + z2", rule, "areg" if options["other"] == "small" else "none", *words)

    def name(key):
        return "(Intercept)" if key == "_cons" else key

    checked.coefficients(got, name)
    checked.matrix(f"{options['method']} {kind} {options['other']}", got, case["vcov"], name)
    checked.near("rss", got["rss"], case["stats"]["rss"], 1e-8 * case["stats"]["rss"])
    if "kappa" in case["stats"] and options["method"] == "liml":
        checked.near("kappa", got["instruments"]["kappa"], case["stats"]["kappa"], 1e-9)
    if case["stats"].get("J", 0) > 1e-6:
        checked.test("J", got, "Hansen", case["stats"]["J"])


def cross_section(checked):
    case = checked.case
    outcome, exogenous, endogenous, instruments = two_sided(case["formula"])
    formula = f"{outcome} ~ {' + '.join(exogenous)} | {' + '.join(endogenous)} ~ {' + '.join(instruments)}"
    words = ["--subset", case["options"]["subset"]] if case["options"]["subset"] else []
    words += ["--estimator", "pooled"]
    got = checked.run(formula, "iid", "areg", *words)

    def same(key):
        return key

    checked.coefficients(got, same)
    checked.matrix("iid", got, case["vcov"], same)
    cluster = "cluster(county)"
    table = {"HC0": ("HC0", "none"), "HC1": ("robust", "areg"), "CL.HC1": (cluster, "areg"), "CL.HC0.nocadjust": (cluster, "none")}
    for key, block in case["robust"].items():
        if key in table:
            checked.matrix(key, checked.run(formula, *table[key], *words), block, same)
        else:
            checked.left_out[f"{key}: not offered"] += 1
    for name, row in zip(case["diagnostics"]["names"], case["diagnostics"]["matrix"], strict=True):
        words_of = "(first-stage F)" if name.startswith("Weak") else name.split(" ")[0]
        if "(" in name:
            words_of = f"{name.split('(')[1][:-1]} (first-stage F)"
        if row[2] is not None:
            checked.test(name, got, words_of, row[2])


def check(case):
    checked = Checked(case)
    family = case["family"]
    {"iv_absorbed": absorbed, "panel_iv": plm, "stata_iv": stata, "cross_section_iv": cross_section}[family](checked)
    return checked


@needs_cases
class Instruments(unittest.TestCase):
    def test_every_case(self):
        done, left_out, compared = collections.Counter(), collections.Counter(), collections.Counter()
        failures = []
        for case in cases_of(FAMILIES):
            checked = check(case)
            failures += checked.failures
            family = case["family"]
            done[family] += bool(checked.compared)
            left_out.update({f"{family}, {reason}": count for reason, count in checked.left_out.items()})
            compared.update({f"{family}, {what}": count for what, count in checked.compared.items()})
        tell(done, compared, left_out)
        self.assertEqual(failures, [])
        self.assertEqual(dict(done), FAMILIES)


if __name__ == "__main__":
    unittest.main()
