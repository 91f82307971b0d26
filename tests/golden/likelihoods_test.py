"""Counts and shares through the command: Poisson pseudo maximum likelihood and logit, with effects, weights, offsets and separated rows.

References are fixest's on the very solution, with a second computation on explicit dummies in R (golden/README.md).
"""

import collections
import concurrent.futures
import math
import unittest

from golden_cases import cases_of, fit, needs_cases, number, tell

ESTIMATORS = {"poisson pseudo maximum likelihood, log link": "ppml", "binomial, logit link": "logit",
              "conditional (fixed effects) logit": "conditional_logit"}
FAMILIES = {"ppml": 10, "feglm_logit": 7}
PROFILES = {"none": "none", "default": "fixest"}


class Case:
    def __init__(self, case):
        self.case, self.options = case, case["options"]
        self.failures, self.compared, self.left_out = [], collections.Counter(), collections.Counter()
        terms, bar, effects = self.of_strata() if "strata" in self.options else case["formula"].partition(" | ")
        offset = f" + offset({self.options['offset']})" if self.options.get("offset") else ""
        self.formula = terms + offset + bar + effects
        # As fixest: singletons stay in a likelihood, where they are fitted exactly.
        self.words = ["--estimator", ESTIMATORS[self.options["model"]], "--singletons", "keep"]
        if self.options.get("weights"):
            self.words += ["--weights", self.options["weights"]]

    def of_strata(self):
        return f"{self.options['response']} ~ {' + '.join(self.options['regressors'])}", " | ", self.options["strata"]

    def compare(self, what, got, reference, tolerance):
        self.compared[what] += 1
        if got is None or not abs(got - reference) <= tolerance:
            self.failures.append(f"{self.case['id']}: {what} is {got}, the reference {reference}")

    def rule(self, name):
        words = {"iid": "iid", "hetero": "robust"}
        return words.get(name) or f"cluster({name.removeprefix('cluster_').replace('_x_', ', ')})"

    def coefficients(self, got):
        terms = {term["term"]: term for term in got["terms"]}
        if set(terms) != set(self.case["coefficients"]):
            self.failures.append(f"{self.case['id']}: the terms are {sorted(terms)}")
            return
        for name, value in self.case["coefficients"].items():
            term, error, value = terms[name], number(self.case["se"][name]), number(value)
            self.compare("coefficients", term["estimate"], value, 1e-9 * max(abs(value), error))
            self.compare("errors", term["std_error"], error, 1e-8 * error)
            statistic, p = number(self.case["stat"][name]), number(self.case["p_value"][name])
            self.compare("statistics", term["statistic"], statistic, 1e-8 * max(1, abs(statistic)))
            self.compare("p-values", term["p_value"], p, 1e-8 * max(p, 1e-30) * max(1, statistic * statistic / 2))

    def strata(self, got):
        """Atoms of a conditional likelihood are its strata; the others have no variation."""
        self.compare("strata", got["nobs"], self.case["n_strata_informative"], 0)
        dropped = sum(entry["rows"] for entry in got["sample"]["dropped"])
        self.compare("rows that inform", self.case["nobs"] - dropped, self.case["nobs_informative"], 0)
        self.matrix("covariances iid", got, self.case["vcov"])

    def sample(self, got):
        self.compare("nobs", got["nobs"], self.case["nobs"], 0)
        dropped = sum(entry["rows"] for entry in got["sample"]["dropped"] if "separated" in entry["reason"])
        self.compare("rows set aside", dropped, len(self.case["dropped_rows_csv_1based"]), 0)
        if name := self.options.get("separated_by_regressor"):
            because = [each["because"] for each in got["not_identified"] if each["term"] == name]
            self.compare("separating regressors", len(because), 1, 0)

    def covariances(self):
        for key, block in self.case["vcovs"].items():
            rule, profile = key.split("__ssc_")
            if any(number(block["matrix"][i][i]) < 0 for i in range(len(block["names"]))):
                self.left_out["a negative variance of two ways, which has no error here"] += 1
                continue
            self.matrix(f"covariances {rule.split('_')[0]} {profile}", self.fit(self.rule(rule), PROFILES[profile]), block)

    def matrix(self, what, got, block):
        at = [got["vcov"]["names"].index(name) for name in block["names"]]
        for i, a in enumerate(at):
            for j, b in enumerate(at):
                scale = math.sqrt(number(block["matrix"][i][i]) * number(block["matrix"][j][j]))
                self.compare(what, got["vcov"]["matrix"][a][b], number(block["matrix"][i][j]), 1e-8 * scale)

    def fit(self, rule, profile):
        return fit(self.case["dataset"], self.formula, *self.words, "--covariance", rule, "--profile", profile)

    def check(self):
        got = self.fit("iid", "none")
        self.coefficients(got)
        if "strata" in self.options:
            self.strata(got)
            return self
        self.sample(got)
        self.compare("log likelihood", got["link"]["log_likelihood"], number(self.case["loglik"]), 1e-10 * abs(number(self.case["loglik"])))
        self.compare("deviance", got["link"]["deviance"], number(self.case["deviance"]), 1e-10 * number(self.case["deviance"]))
        self.covariances()
        return self


@needs_cases
class Likelihoods(unittest.TestCase):
    def test_every_case(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cases = list(pool.map(lambda case: Case(case).check(), cases_of(FAMILIES)))
        done, compared, left_out = collections.Counter(), collections.Counter(), collections.Counter()
        for case in cases:
            done[case.case["family"]] += 1
            compared.update({f"{case.case['family']}, {what}": count for what, count in case.compared.items()})
            left_out.update({f"{case.case['family']}, {reason}": count for reason, count in case.left_out.items()})
        tell(done, compared, left_out)
        self.assertEqual([line for case in cases for line in case.failures], [])
        self.assertEqual(dict(done), FAMILIES)


if __name__ == "__main__":
    unittest.main()
