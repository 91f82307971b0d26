"""Every linear reference case through the command as a stranger calls it: `headwater fit DATA.csv FORMULA --format json`.

Counts what it compared and names what it left out with the reason, so that nothing is left out unnoticed.
"""

import collections
import concurrent.futures
import math
import unittest

from covariance_cases import clubbed, conley, conventions, estimatr, gaps, leverage, newey_west, robust, wild
from golden_cases import cases_of, digits, fit, needs_cases, number, tell
from reference import Reference

# How many cases of each family need nothing but the linear estimators.
FAMILIES = {"panel_within": 30, "panel_pooling": 10, "panel_between": 18, "panel_fd": 10, "panel_random": 114, "mundlak_cre": 8,
            "weighted_ols": 2, "weighted_within_lsdv": 2, "nist_linear": 6, "pooled_ols_sandwich": 6, "stata_panel": 32,
            "cluster_small_sample_conventions": 30, "panel_robust_vcov": 50, "cluster_robust_CR": 50, "estimatr_lm_robust": 15,
            "driscoll_kraay_gaps": 5, "newey_west_panel": 5, "conley": 6, "hc_absorbed": 7, "cr2_absorbed": 13, "wild_enumerated": 7}
NIST_DIGITS = {"nist_linear_longley": 12, "nist_linear_norris": 12, "nist_linear_noint1": 14, "nist_linear_wampler1": 9.3,
               "nist_linear_wampler2": 13, "nist_linear_wampler3": 9.5}


def classical(reference):
    """Coefficients, iid errors and covariance, t, p, degrees of freedom, goodness of fit."""
    case = reference.case
    profile = "plm" if reference.random else "fixest" if "factor(" in reference.formula else "areg"
    got = reference.fit("iid", profile)
    terms = {term["term"]: term for term in got["terms"]}
    explicit = "factor(" in reference.formula
    if not explicit and set(terms) != {reference.name(name) for name in case["coefficients"]}:
        reference.failures.append(f"{case['id']}: the terms are {sorted(terms)}")
    for name, value in case["coefficients"].items():
        term, error, value = terms[reference.name(name)], number(case["se"][name]), number(value)
        reference.compare("coefficients", term["estimate"], value, 1e-9 * max(abs(value), error))
        reference.compare("errors", term["std_error"], error, 1e-8 * error)
        statistic, p = number(case["stat"][name]), number(case["p_value"][name])
        reference.compare("statistics", term["statistic"], statistic, 1e-8 * max(1, abs(statistic)))
        reference.compare("p-values", term["p_value"], p, 1e-8 * max(p, 1e-30) * max(1, statistic * statistic / 2))
    reference.compare_matrix("vcov", got, case["vcov"]["names"], case["vcov"]["matrix"])
    for key, ours in {"df_residual": "df_residual", "ssr": "rss", "sigma2": "sigma2"}.items():
        if key in case:
            reference.compare(key, got[ours], number(case[key]), 1e-9 * number(case[key]))
    if "sigma" in case:
        reference.compare("sigma", math.sqrt(got["sigma2"]), number(case["sigma"]), 1e-9 * number(case["sigma"]))
    if "r2_plm" in case:
        reference.compare("r2", got["r_squared_within"], number(case["r2_plm"]["rsq"]), 1e-9)
    if "r2" in case and not explicit:
        reference.compare("r2", got["r_squared"], number(case["r2"]["rsq"]), 1e-9)
    reference.compare("nobs", got["nobs"], case.get("nobs_estimation", case["nobs"]), 0)
    if reference.random:
        random_effects(reference, got)


def random_effects(reference, got):
    """Variances, shares of the means taken off, and the joint tests of added unit means."""
    case, random = reference.case, got["random"]
    variances = case["error_components"]["sigma2"]
    own = number(variances["idios"])
    reference.compare("variance components", random["own_variance"], own, 1e-8 * own)
    for key, effect in zip([key for key in ("id", "time") if key in variances], random["effects"], strict=True):
        variance = number(variances[key])
        reference.compare("variance components", effect["variance"], variance, 1e-8 * max(variance, own))
        theta = case.get("theta", {})
        theta = theta.get(key, theta) if isinstance(theta, dict) else {"min": theta, "max": theta}
        theta = theta if isinstance(theta, dict) else {"min": theta, "max": theta}
        for end, pick in (("min", min), ("max", max)):
            if end in theta:
                reference.compare("theta", pick(level["theta"] for level in effect["levels"]), number(theta[end]), 1e-8)
    for key, rule, profile in (("classical", "iid", "plm"), ("cluster_HC0", f"cluster({reference.index[0]})", "none"),
                               ("cluster_sss", f"cluster({reference.index[0]})", "plm")):
        if key in case.get("mundlak_test", {}):
            test = next(test for test in reference.fit(rule, profile)["tests"] if test["test"] == "mundlak")
            for ours, theirs in (("statistic", "chisq"), ("p_value", "p_value")):
                expected = number(case["mundlak_test"][key][theirs])
                reference.compare("mundlak test", test[ours], expected, 1e-8 * max(1, expected))


def stata(reference):
    """xtreg and regress, to the 12 digits that Stata prints."""
    case, options = reference.case, reference.options
    unit = options["index"][0]
    rules = {("conventional", "pooled"): ("iid", "areg"), ("robust", "pooled"): ("robust", "areg"),
             ("cluster", "pooled"): (f"cluster({unit})", "areg"), ("conventional", "between"): ("iid", "areg"),
             ("conventional", "random_effect"): ("iid", "xtreg")}
    rule, profile = rules.get((options["vce"], options["model"]), ("iid" if options["vce"] == "conventional" else f"cluster({unit})", "xtreg"))
    got = reference.fit(rule, profile)
    terms = {term["term"]: term for term in got["terms"]}
    for name, value in case["coefficients"].items():
        if reference.name(name) in terms:  # Stata adds the mean of the effects as a constant
            reference.compare("coefficients", terms[reference.name(name)]["estimate"], number(value), 1e-9 * max(abs(value), case["se"][name]))
            reference.compare("errors", terms[reference.name(name)]["std_error"], number(case["se"][name]), 1e-6 * case["se"][name])
    if options["model"] == "random_effect":
        for ours, theirs in ((got["random"]["own_variance"], "sigma_e"), (got["random"]["effects"][0]["variance"], "sigma_u")):
            reference.compare("variance components", math.sqrt(ours), case["stats"][theirs], 1e-9 * case["stats"][theirs])


def nist(reference):
    case = reference.case
    got = fit(case["dataset"], case["formula"], "--covariance", "iid")
    certified = list(case["certified"]["parameters"].values())
    coefficients = min(digits(t["estimate"], c["estimate"]) for t, c in zip(got["terms"], certified, strict=True))
    errors = min(digits(t["std_error"], c["se"]) for t, c in zip(got["terms"], certified))
    print(f"{case['id']}: log relative error of coefficients {coefficients:.1f}, of standard errors {errors:.1f}")
    reference.compared["NIST digits"] += 1
    if coefficients < NIST_DIGITS[case["id"]]:
        reference.failures.append(f"{case['id']}: {coefficients:.2f} digits")


# What is compared of a family that has a way of its own; of the others it is classical() and robust().
WAYS = {"nist_linear": nist, "driscoll_kraay_gaps": gaps, "newey_west_panel": newey_west, "conley": conley, "estimatr_lm_robust": estimatr,
        "cluster_robust_CR": clubbed, "cr2_absorbed": clubbed, "hc_absorbed": leverage, "wild_enumerated": wild, "stata_panel": stata,
        "cluster_small_sample_conventions": conventions}


def check(case):
    reference = Reference(case)
    if reference.needs_more():
        return reference
    way = WAYS.get(case["family"])
    if way and not (way is clubbed and reference.random):  # CR2 and CR3 take least squares
        way(reference)
        return reference
    if "se" in case and "vcov" in case:
        classical(reference)
    if case.get("vcovs") or case.get("robust"):
        robust(reference)
    return reference


@needs_cases
class Cases(unittest.TestCase):
    def test_every_case_of_the_linear_families(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            references = list(pool.map(check, cases_of(FAMILIES)))
        done, left_out, compared = collections.Counter(), collections.Counter(), collections.Counter()
        for reference in references:
            family = reference.case["family"]
            if reference.needs_more():
                left_out[f"{family}: {reference.needs_more()}"] += 1
                continue
            done[family] += 1
            left_out.update({f"{family}, {reason}": count for reason, count in reference.left_out.items()})
            compared.update({f"{family}, {what}": count for what, count in reference.compared.items()})
        tell(done, compared, left_out)
        self.assertEqual([line for reference in references for line in reference.failures], [])
        self.assertEqual(dict(done), FAMILIES)


if __name__ == "__main__":
    unittest.main()
