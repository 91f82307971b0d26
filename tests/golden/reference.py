"""One reference case as the command is asked it, and what of the answer is compared."""

import collections
import math
import re

from golden_cases import fit, number

COMPONENTS = {"swar": "swamy_arora", "walhus": "wallace_hussain", "amemiya": "amemiya", "nerlove": "nerlove"}
RANDOM = {"individual": "unit", "time": "time", "twoways": "both"}


class Reference:
    """One case: the words of the command that fit its model, and its names in ours."""

    def __init__(self, case):
        self.case, self.options = case, case.get("options") or {}
        keys = [self.options[key] for key in ("unit", "time") if key in self.options]
        self.random = "random" in (self.options.get("model"), self.options.get("estimator"))
        self.index = self.options.get("index") or keys or (["state", "year"] if case["dataset"].startswith("Produc") else [])
        self.failures, self.compared, self.left_out = [], collections.Counter(), collections.Counter()
        self.formula, self.words = self._model()

    def _effects(self):
        model, effect = self.options.get("model"), self.options.get("effect")
        if model == "within":
            return {"individual": self.index[:1], "time": self.index[1:], "twoways": self.index}[effect]
        if model == "fixed_effect":
            return self.index[:1]
        if model == "between" and effect == "time":
            return self.index[1:]
        fixed = self.options.get("fixed_effects") or []
        return [fixed] if isinstance(fixed, str) else fixed

    def _estimator(self, effects):
        if self.random:
            method = re.search(r"random\.method=\W?(\w+)", self.case["call"])
            means = ", means = unit" if self.case["family"] == "mundlak_cre" else ""
            return (f"random(effect = {RANDOM[self.options.get('effect', 'individual')]}, "
                    f"components = {COMPONENTS[method.group(1) if method else 'swar']}{means})")
        if self.case["family"] == "mundlak_cre":
            return "mundlak"
        # plm differences rows as they follow, gaps or not.
        wls = self.case["family"] == "stata_panel" and self.options["weights"] == "wls"
        named = {"random_effect": "random(components = harmonic_mean)", "between": "between(means = rows)" if wls else "between", "fd": "first_difference(gaps = bridge)"}.get(self.options.get("model"))
        return named or ("within" if effects else "pooled")

    def _singletons(self):
        return "drop" if self.case["family"] in ("newey_west_panel", "conley") else "keep"

    def _model(self):
        effects = self._effects()
        # R takes male as the reference of Wages' sex; ours would be the first in natural order.
        formula = self.case["formula"].replace("+ sex", "+ i(sex, ref = male)") if self.case["dataset"] == "Wages" else self.case["formula"]
        words = ["--estimator", self._estimator(effects), "--singletons", self._singletons()]
        for flag, column in zip(["--unit", "--time"], self.index):
            words += [flag, column]
        if self.options.get("weights") not in (None, "", "wls"):
            words += ["--weights", self.options["weights"].removesuffix(" (aweight)")]
        return formula + (" | " + " + ".join(effects) if effects and "|" not in formula else ""), words

    def needs_more(self):
        if self.random and self.case.get("known_defect_in_tool") and self.options["random.method"] == "nerlove":
            return "plm weighs time effects by the rows of other periods"
        return ""

    def name(self, name):
        mapped = self.case.get("names_map") or {}
        if name.startswith("mean_") and mapped:
            return f"mean({self.name('x_' + name[5:])})"
        name = mapped.get(name, name)
        return {"sexfemale": "sex::female", "_cons": "(Intercept)"}.get(name, name)

    def fit(self, covariance, profile, *more):
        return fit(self.case["dataset"], self.formula, *self.words, "--covariance", covariance, "--profile", profile, *more)

    def compare(self, what, got, reference, tolerance):
        self.compared[what] += 1
        if got is None or not abs(got - reference) <= tolerance:
            self.failures.append(f"{self.case['id']}: {what} is {got}, the reference {reference}")

    def compare_errors(self, what, got, errors):
        terms = {term["term"]: term for term in got["terms"]}
        for name, error in errors.items():
            if self.name(name) in terms or "factor(" not in self.formula:
                self.compare(what, terms[self.name(name)]["std_error"], number(error), 1e-8 * number(error))

    def compare_matrix(self, what, got, names, matrix, times=1):
        at = [got["vcov"]["names"].index(self.name(name)) for name in names]
        for i, a in enumerate(at):
            for j, b in enumerate(at):
                scale = math.sqrt(abs(number(matrix[i][i]) * number(matrix[j][j])))
                self.compare(what, got["vcov"]["matrix"][a][b] * times, number(matrix[i][j]), 1e-8 * scale)
