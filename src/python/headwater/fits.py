"""One fit of a result, with its tables as tidy frames in broom's words."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd

from . import inference

from .decomposition import Decomposition
from .errors import HeadwaterError
from .named import Named
from .tables import Tables, etable
from .tree import Tree

if TYPE_CHECKING:
    import altair
    import xarray

    from .result import Result

COEFFICIENTS = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde", "within_sd", "mde_per_within_sd"]
SUPPORT = ["term_df", "not_estimable", "carriers", "carriers_all", "carriers_of", "few_carriers"]
TESTS = ["hypothesis", "distribution", "statistic", "df1", "df2", "p_value", "estimate", "std_error", "mde"]
STAGES = ["endogenous", "term", "estimate", "std_error", "statistic", "p_value"]
LINK = ["log_likelihood", "log_likelihood_null", "pseudo_r_squared", "deviance", "iterations"]
STRENGTH = ["cragg_donald_f", "rk_lm", "rk_wald", "rk_df", "rk_f", "effective_f", "effective_f_critical", "kappa"]
COUNTS = ["nobs", "units", "periods", "df_residual"]
FIGURES = ["r_squared", "r_squared_within", "sigma2", "rss", "outcome_mean", "outcome_sd", "effects_rank", "certificate"]


class Fit:
    def __init__(self, tree: Tree, result: Result) -> None:
        self.tree = tree
        self.result = result

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def title(self) -> str:
        return self.tree.text("title")

    @property
    def question(self) -> str:
        return self.tree.text("question")

    @property
    def formula(self) -> str:
        return self.tree.text("formula")

    @property
    def outcome(self) -> str:
        return self.tree.text("outcome")

    @property
    def role(self) -> str:
        """activity, resource or ratio in a triplet, else the empty text."""
        return self.tree.text("role")

    @property
    def estimator(self) -> str:
        return self.tree.text("estimator")

    @property
    def covariance(self) -> str:
        """The covariance as used; ``arithmetic`` says how its degrees of freedom were counted."""
        return self.tree.text("covariance")

    @property
    def arithmetic(self) -> str:
        return self.tree.text("arithmetic")

    @property
    def status(self) -> str:
        """converged, boundary, not_converged or failed."""
        return self.tree.text("status")

    @property
    def level(self) -> float:
        return float(self.tree.attributes["level"])

    @property
    def nobs(self) -> int:
        return int(self._fitted.attributes["nobs"])

    @property
    def error(self) -> HeadwaterError | None:
        """Why this fit failed, when others of the same run did not."""
        if "error_message" not in self.tree.attributes:
            return None
        return HeadwaterError(self.tree.text("error_message"), kind=self.tree.text("error_kind"), code=self.tree.text("error_code"))

    @property
    def _fitted(self) -> Tree:
        if error := self.error:
            raise error
        return self.tree

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """One row a regressor. One that the data cannot tell apart has no numbers and says ``not identified``."""
        tree = self._fitted
        frame = tree.frame("term", {"driver": "driver"} | {each: each for each in COEFFICIENTS + SUPPORT if each in tree.node.arrays}, label="term")
        frame["status"] = "identified"
        lost = pd.DataFrame({"term": self.not_identified["term"], "status": "not identified"})
        return frame if lost.empty else pd.concat([frame, lost], ignore_index=True)

    @cached_property
    def not_identified(self) -> pd.DataFrame:
        return self._fitted.frame("unidentified", {"because": "unidentified_because"}, label="term")

    @cached_property
    def leads(self) -> frozenset[str]:
        """Terms that are leads, ``f()``: checks, not findings. Files of the first version do not say."""
        tree = self._fitted
        if not tree.has("lead"):
            return frozenset()
        return frozenset(term for term, lead in zip(tree.labels("term"), tree.values("lead")) if lead)

    @cached_property
    def vcov_matrix(self) -> pd.DataFrame:
        names = self._fitted.labels("term")
        return pd.DataFrame(self._fitted.values("vcov"), index=names, columns=names)

    @cached_property
    def tests(self) -> pd.DataFrame:
        """Joint tests of the driver groups, long-run sums, and the combinations and diagnostics asked for."""
        tree = self._fitted.child("tests")
        kinds = {"test": "test_name"} if tree.has("test_name") else {}
        return tree.frame("test", kinds | {each: each for each in TESTS})

    @cached_property
    def first_stages(self) -> pd.DataFrame:
        """Coefficients of the first stages; no rows without instruments."""
        columns = {each: f"stage_{each}" for each in STAGES}
        tree = self._fitted.find("instruments")
        return tree.frame("stage_row", columns) if tree else pd.DataFrame(columns=list(columns))

    @cached_property
    def instruments(self) -> pd.Series:
        """How strong the instruments are, and under ``weak`` why the coefficients are not to be relied on; empty without any."""
        tree = self._fitted.find("instruments")
        found: dict[str, Any] = {each: float(tree.scalar(each)) for each in STRENGTH} | {"weak": tree.text("weak")} if tree else {}
        return pd.Series(found, name=self.name, dtype=object)

    @cached_property
    def link(self) -> pd.Series:
        """The link of the mean, its log likelihood, pseudo R2 and deviance; empty where the outcome itself is linear."""
        tree = self._fitted.find("link")
        found: dict[str, Any] = {"link": tree.text("link")} | {each: float(tree.scalar(each)) for each in LINK} if tree else {}
        return pd.Series(found, name=self.name, dtype=object)

    @cached_property
    def movers(self) -> pd.DataFrame:
        """The units that move each coefficient most."""
        columns = {"term": "mover_term", "unit": "mover_unit", "change": "mover_change", "change_in_se": "mover_change_in_se"}
        return self._fitted.child("movers").frame("mover", columns)

    @cached_property
    def other_covariances(self) -> pd.DataFrame:
        """Standard errors of each term under other rules and profiles, the reported one first, with the software that a profile is, its
        arithmetic and the rows it keeps; with ``profile="all"`` under every profile."""
        tree = self._fitted.child("covariances")
        known = {"profile": "rule_profile", "software": "rule_program", "arithmetic": "rule_arithmetic", "rows": "rule_rows",
                 "df": "rule_df", "reason": "rule_reason"}
        frame = tree.frame("rule", {name: array for name, array in known.items() if tree.has(array)}, label="rule")
        errors = pd.DataFrame(tree.values("rule_std_error"), columns=self._fitted.labels("term"))
        return pd.concat([frame, errors], axis=1)

    @cached_property
    def variation(self) -> pd.DataFrame:
        """Mean and standard deviations of every regressor: total, between units, within, after the effects."""
        columns = ["mean", "sd_total", "sd_between", "sd_within", "sd_absorbed"]
        return self._fitted.frame("regressor", {each: each for each in columns}, label="term")

    @cached_property
    def effects(self) -> pd.DataFrame:
        return self._fitted.frame("effect", {"levels": "effect_columns", "redundant": "effect_redundant"}, label="effect")

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Why rows of the panel are not in the sample."""
        return self._fitted.frame("sample_reason", {"rows": "sample_rows"}, label="reason")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Outcome and residual of every row used; with a link its linear predictor, effects and offset included."""
        rows = self._fitted.child("rows")
        columns = {"unit": "row_unit", "period": "row_period", "outcome": "outcome", "residual": "residual"}
        return rows.frame("row", columns | ({"predictor": "predictor"} if rows.has("predictor") else {}))

    @cached_property
    def notes(self) -> pd.DataFrame:
        """Warnings."""
        return self._fitted.frame("note", {"code": "note_code", "message": "note_message"})

    def vcov(self, rule: str, profile: str | None = None) -> Fit:
        """The fit under another covariance: ``"iid"``, ``"robust"``, ``"cluster(region)"``, ``"driscoll_kraay(lag = 4)"``, and whatever else
        ``hw.methods()`` lists, with the small-sample convention of ``profile``. This fit stays as it is."""
        source = self.result.source("fit again with hw.fit(..., covariance=...)")
        return source.asked(self.tree.text("model"), covariance=rule, profile=profile or "").fits[self.name]

    def tidy(self, level: float | None = None) -> pd.DataFrame:
        """broom's table of the identified terms; ``coefficients`` has the others too, and minimum detectable effects."""
        return inference.tidy(self, level)

    def glance(self) -> pd.DataFrame:
        """The fit in one row, as broom gives it."""
        tree = self._fitted
        found: dict[str, Any] = {each: tree.attributes[each] for each in COUNTS}
        found |= {each: float(tree.scalar(each)) for each in FIGURES}
        texts = {each: getattr(self, each) for each in ("outcome", "estimator", "covariance", "status")}
        return pd.DataFrame([texts | found], index=[self.name])

    def coef(self) -> pd.Series[float]:
        return inference.by_term(self, "estimate")

    def se(self) -> pd.Series[float]:
        return inference.by_term(self, "std_error")

    def tstat(self) -> pd.Series[float]:
        return inference.by_term(self, "statistic")

    def pvalue(self) -> pd.Series[float]:
        return inference.by_term(self, "p_value")

    def confint(self, level: float | None = None) -> pd.DataFrame:
        """``conf_low`` and ``conf_high`` of every term, at the level of the fit or at another."""
        return inference.confint(self, level)

    def wald_test(self, hypothesis: str | Sequence[str] | np.ndarray | None = None, q: float | Sequence[float] | None = None) -> pd.Series[Any]:
        """Tests ``"x - 2*z = 0"``; that every term of a list is zero, or all of them when none is named; or R b = q, with R a matrix in
        the order of ``coef()``. Gives statistic, df1, df2, p_value and, of one combination, its estimate and std_error."""
        return inference.wald_test(self, hypothesis, q)

    def predict(self, newdata: Any = None) -> pd.Series[float]:
        """Predicted outcomes, effects included: of the rows used, by unit and period, or of every row of ``newdata``, in its order.

        NaN where a regressor is missing or the fit knows no such level of an effect. Lags are those of ``newdata`` itself.
        """
        return inference.predict(self, newdata)

    def resid(self) -> pd.Series[float]:
        """Residuals of the rows used, by unit and period."""
        return inference.by_row(self, self._fitted.child("rows"), "residual")

    def fixef(self) -> dict[str, pd.DataFrame]:
        """Coefficients of every level of every absorbed effect: ``value``, and a column for each varying slope. The first effect carries
        the level of the outcome; each later one has its weighted mean at zero. Only their sum in a row is identified."""
        return inference.fixef(self)

    def etable(self, format: str = "text", **options: Any) -> Tables:
        """See :func:`headwater.etable`."""
        return etable(self, format, **options)

    def report(self, path: str | os.PathLike[str], *, audience: str = "publish", form: str = "report", **captions: str) -> None:
        """The HTML report of this fit and what was made of it; ``captions`` are keys of ``[report]``."""
        self.result.only(self.name).report(path, audience=audience, form=form, **captions)

    @property
    def decompositions(self) -> Mapping[str, Decomposition]:
        """By name, ``"1_change"``, or by method where it was used once, ``"change"``."""
        group = self.result.tree.find("decompositions")
        own = group.find(self.name) if group else None

        def make(name: str) -> Decomposition:
            assert own is not None
            return Decomposition(own.child(name), self.result)

        return Named(own.children if own else [], make, short=lambda name: name.split("_", 1)[1])

    @property
    def dataset(self) -> xarray.Dataset:
        return self.tree.dataset()

    @property
    def json(self) -> str:
        """The JSON contract of ``headwater fit --format json``."""
        return self.result.only(self.name).json

    def summary(self, stars: bool = False) -> str:
        """The report that the command prints."""
        return self.result.only(self.name).summary(stars)

    @overload
    def decompose(self, call: str, /, *, drivers: Mapping[str, Any] | None = None) -> Decomposition: ...

    @overload
    def decompose(self, call: str, other: str, /, *more: str, drivers: Mapping[str, Any] | None = None) -> list[Decomposition]: ...

    def decompose(self, *calls: str, drivers: Mapping[str, Any] | None = None) -> Decomposition | list[Decomposition]:
        """Fits the same rows again with decompositions such as ``"change(from = 2019Q4, to = 2024Q4)"``."""
        source = self.result.source("name the decompositions in the configuration (use = ... under [decompose]), or fit again with hw.fit")
        again = source.asked(self.tree.text("model"), use=calls, drivers=drivers).fits[self.name]
        found = list(again.decompositions.values())
        return found[0] if len(calls) == 1 else found

    def coefplot(self, terms: list[str] | None = None) -> altair.LayerChart | altair.FacetChart:
        """Forest plot of the coefficients with their intervals."""
        from .charts import forest

        return forest([self], terms)

    def __reduce__(self) -> tuple[Any, ...]:
        return fit_of, (self.result, self.name)

    def __repr__(self) -> str:
        if self.error:
            return f"<Fit {self.name}: failed ({self.error})>"
        return f"<Fit {self.name}: {self.formula}, {self.nobs} rows, {self.status}>"

    def _repr_html_(self) -> str:
        from .html import fit_html

        return fit_html(self)


def fit_of(result: Result, name: str) -> Fit:
    return result.fits[name]
