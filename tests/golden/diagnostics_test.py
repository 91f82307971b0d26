"""The reference tests of panels through the command: `headwater fit ... --test diagnostics` and the tests of random effects."""

import collections
import re
import unittest

from golden_cases import cases_of, fit, needs_cases, number, rows_of, tell
from reference import COMPONENTS, Reference

FAMILIES = {"panel_tests": 10, "panel_unitroot_tests": 2}
# What each reference test is called here.
SERIAL = {"pwartest.within": "wooldridge_within", "pwfdtest.h0_fd": "wooldridge_random_walk", "pwfdtest.h0_fe": "wooldridge_differences",
          "pbsytest.ar": "bera_sosa_yoon", "pbsytest.j": "baltagi_li_joint", "pbsytest.re_twosided": "bera_sosa_yoon_effects"}
SHOCKS = {"pcdtest.within.cd": "pesaran_cd", "pcdtest.within.lm": "breusch_pagan_lm", "pcdtest.within.sclm": "scaled_lm",
          "pcdtest.within.bcsclm": "bias_corrected_lm"}
POOLED = {"pooltest.within_vs_entitywise": "poolability", "pooltest.pooling_vs_entitywise": "poolability_constants"}
ROOTS = {"levinlin": "levin_lin_chu", "ips": "im_pesaran_shin", "madwu": "fisher", "Pm": "choi_pm", "invnormal": "choi_z", "logit": "choi_logit"}
# plm reads p off two hundred steps between three critical values.
GRID = [f"cipstest.cmg.{terms}.lags1" for terms in ("none", "drift", "trend")]
REGRESSOR = {"Grunfeld": "value", "Gasoline": "lincomep"}
# Lags across the border of two units, which no other tool takes for lags.
CROSSES = ("pbgtest", "pdwtest")


class Tests:
    """The tests of one case, by their reference names."""

    def __init__(self, case):
        if case["family"] == "panel_unitroot_tests":
            case = case | {"formula": f"{case['variable']} ~ {REGRESSOR[case['dataset']]}"}
        self.case = case
        self.reference = Reference(case)
        self.unit, self.time = self.reference.index
        self.answers = {}
        if case["family"] == "panel_unitroot_tests":
            self._roots()
            return
        self._within()
        self._random()

    def fit(self, effects, estimator, *tests):
        formula = self.reference.formula + (" | " + " + ".join(effects) if effects else "")
        words = ["--unit", self.unit, "--time", self.time, "--singletons", "keep", "--covariance", "iid", "--profile", "plm"]
        return fit(self.case["dataset"], formula, *words, "--estimator", estimator,
                   *[word for test in tests for word in ("--test", test)])["tests"]

    def take(self, tests, names):
        found = collections.defaultdict(list)
        for test in tests:
            found[test["test"]].append(test)
        for theirs, (ours, place) in {theirs: ours if isinstance(ours, tuple) else (ours, 0) for theirs, ours in names.items()}.items():
            if len(found[ours]) > place:
                self.answers[theirs] = found[ours][place]

    def _within(self):
        effects = {"pFtest.individual_vs_pooling": "effects_f", "pwtest.individual": "wooldridge_effects",
                   "pwtest.time": ("wooldridge_effects", 1)}
        asked = ["serial_correlation(gaps = bridge)", "common_shocks", "effects"] + ["same_slopes"] * any(
            test["name"] in POOLED for test in self.case["tests"])
        self.take(self.fit([self.unit], "within", *asked), SERIAL | SHOCKS | POOLED | effects)
        self.take(self.fit([self.time], "within", "effects"), {"pFtest.time_vs_pooling": "effects_f"})
        both = self.fit([self.unit, self.time], "within", "effects")
        self.take(both, {"pFtest.twoways_vs_pooling": "effects_f"})
        self.take([test for test in both if test["hypothesis"].startswith(f"{self.time} has no effect beside")],
                  {"pFtest.twoways_vs_individual": "effects_f"})

    def _roots(self):
        for terms in ("none", "intercept", "trend"):
            for lags in (0, 1, 2):
                names = {f"purtest.{theirs}.{terms}.lags{lags}": ours for theirs, ours in ROOTS.items()}
                names[f"cipstest.cmg.{'drift' if terms == 'intercept' else terms}.lags{lags}"] = "cips"
                names |= {f"purtest.hadri.{terms}.homo": "hadri", f"purtest.hadri.{terms}.hetero": "hadri_common_variance"}
                self.take(self.fit([], "pooled", f"unit_root(terms = {terms}, lags = {lags})"), names)

    def _random(self):
        likely = self.fit([], "random(components = maximum_likelihood)", "serial_correlation")
        self.take(likely, {"pbltest.ar1_random": "baltagi_li", "plmtest.bp.individual": "breusch_pagan", "plmtest.honda.individual": "honda"})
        for theirs, ours in COMPONENTS.items():
            if any(test["name"] == f"hausman.chisq.individual.{theirs}" for test in self.case["tests"]):
                self.take(self.fit([], f"random(components = {ours})"), {f"hausman.chisq.individual.{theirs}": "hausman"})
        for effect, ours in (("time", "time"), ("twoways", "both")):
            self.take(self.fit([], f"random(effect = {ours}, components = wallace_hussain)"),
                      {f"plmtest.bp.{effect}": "breusch_pagan", f"plmtest.honda.{effect}": "honda"})


def reason(case, name):
    if name.startswith(CROSSES):
        return "lags across the border of two units"
    if name.startswith("cipstest"):
        return "means of groups, which are none of Pesaran's"
    if name.startswith("pcdtest.entitywise"):
        return "errors of regressions by unit"
    return "a test that is not offered"


def differs(case, name, got, reference):
    """Where plm's convention is another, told with what shows it."""
    if name.startswith("hausman.chisq") and got["p_value"] is None and got["statistic"] < 0:
        return "the covariance of the difference is not positive, plm takes the absolute value"
    df1, df2 = (float(number) for number in re.findall(r"\d+", got["distribution"])) if name in POOLED else (0, 0)
    if name in POOLED and df2 != reference["df"]["df2"]:
        # The same sums of squares; plm counts coefficients of regressors that do not vary within a unit.
        theirs = reference["statistic"]["F"] * reference["df"]["df1"] / reference["df"]["df2"]
        ours = got["statistic"] * df1 / df2
        return "plm counts what a unit cannot tell" if abs(theirs - ours) < 1e-9 * ours else ""
    if name.startswith("pbsytest") and max(collections.Counter(row[Reference(case).index[1]] for row in rows_of(case)).values()) != case["n_entities"]:
        return "plm counts the units of the fullest period"
    return ""


@needs_cases
class Panels(unittest.TestCase):
    def test_every_case(self):
        failures, done, compared, left_out = [], collections.Counter(), collections.Counter(), collections.Counter()
        for case in cases_of(FAMILIES):
            done[case["family"]] += 1
            tests = Tests(case)
            for reference in case["tests"]:
                name = reference["name"]
                if name not in tests.answers or name in (case.get("do_not_imitate") or []):
                    left_out[f"{name}: {reason(case, name)}"] += 1
                    continue
                got = tests.answers[name]
                if differs(case, name, got, reference):
                    left_out[f"{name}: {differs(case, name, got, reference)}"] += 1
                    continue
                statistic, p = number(next(iter(reference["statistic"].values()))), reference["p_value"]
                compared[name] += 1
                if abs(got["statistic"] - statistic) > 1e-8 * max(1, abs(statistic)):
                    failures.append(f"{case['id']}: {name} is {got['statistic']}, the reference {statistic}")
                elif got["p_value"] is not None and name not in GRID and abs(got["p_value"] - p) > 1e-8 * max(p, 1e-30) * max(1, statistic * statistic):
                    failures.append(f"{case['id']}: p of {name} is {got['p_value']}, the reference {p}")
        tell(done, compared, left_out)
        self.assertEqual(failures, [])
        self.assertEqual(dict(done), FAMILIES)


if __name__ == "__main__":
    unittest.main()
