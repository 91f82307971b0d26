"""What is computed from the numbers of a fit: intervals at another level, tests, predictions, effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .compiled import core
from .data import Panel
from .errors import HeadwaterError
from .tree import Tree

if TYPE_CHECKING:
    from .fits import Fit

TIDY = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
TEST = ["statistic", "df1", "df2", "p_value"]


def _identified(fit: Fit) -> pd.DataFrame:
    frame = fit.coefficients
    return frame.loc[frame["status"] == "identified"].reset_index(drop=True)


def by_term(fit: Fit, column: str) -> pd.Series[float]:
    frame = _identified(fit)
    return pd.Series(frame[column].to_numpy(), index=pd.Index(frame["term"], name="term"), name=column)


def confint(fit: Fit, level: float | None) -> pd.DataFrame:
    frame = _identified(fit).set_index("term")[["conf_low", "conf_high"]]
    if level is None or level == fit.level:
        return frame
    if not 0 < level < 1:
        raise HeadwaterError(f"'level' is {level}; it lies between 0 and 1", kind="usage", code="config.value", key="level")
    reach = core().student_quantile(0.5 + level / 2, degrees_of_freedom(fit)) * fit.se()
    return pd.DataFrame({"conf_low": fit.coef() - reach, "conf_high": fit.coef() + reach})


def tidy(fit: Fit, level: float | None) -> pd.DataFrame:
    frame = _identified(fit)[["term", *TIDY]]
    interval = confint(fit, level).reset_index(drop=True)
    return frame.assign(conf_low=interval["conf_low"], conf_high=interval["conf_high"])


def degrees_of_freedom(fit: Fit) -> float:
    """Of t and F; infinite for the normal distribution."""
    return float(fit.tree.scalar("df"))


def wald_test(fit: Fit, hypothesis: str | Sequence[str] | np.ndarray | None, q: float | Sequence[float] | None) -> pd.Series[Any]:
    if isinstance(hypothesis, str):
        if q is not None:
            raise HeadwaterError(f"'{hypothesis}' has its value on its right-hand side; leave q out", kind="usage", code="python.wald")
        source = fit.result.source("name the test in the configuration (test = ... under [model]), or fit again with hw.fit(..., tests=...)")
        tests = source.asked(fit.tree.text("model"), tests=[hypothesis]).fits[fit.name].tests
        return tests.iloc[-1][["hypothesis", *TEST, "estimate", "std_error"]].rename("linear combination")
    weights = _restrictions(fit, hypothesis)
    values = np.broadcast_to(np.asarray(0.0 if q is None else q, dtype=float), len(weights))
    away = weights @ fit.coef().to_numpy() - values
    variance = weights @ np.nan_to_num(fit.vcov_matrix.to_numpy()) @ weights.T
    lost = fit.se().isna().to_numpy()
    if (weights[:, lost] != 0).any():
        names = ", ".join(fit.coef().index[lost & (weights != 0).any(axis=0)])
        raise HeadwaterError(f"{names} has no standard error, so that no test of it can be made; test the others", kind="identification",
                             code="python.wald")
    rank = int(np.linalg.matrix_rank(variance, hermitian=True))
    if rank < len(weights):
        raise HeadwaterError(f"of the {len(weights)} restrictions these clusters tell {rank} apart; test fewer at once", kind="identification",
                             code="python.wald")
    statistic = float(away @ np.linalg.solve(variance, away)) / rank
    df2 = degrees_of_freedom(fit)
    found = {"statistic": statistic, "df1": rank, "df2": df2, "p_value": core().f_upper(statistic, rank, df2)}
    return pd.Series(found, name="wald", dtype=object)


def _restrictions(fit: Fit, hypothesis: Sequence[str] | np.ndarray | None) -> np.ndarray:
    terms = list(fit.coef().index)
    if hypothesis is None:
        wanted = [term for term in terms if term != "(Intercept)"]
    elif all(isinstance(each, str) for each in hypothesis):
        wanted = [str(each) for each in hypothesis]
    else:
        weights = np.atleast_2d(np.asarray(hypothesis, dtype=float))
        if weights.shape[1] != len(terms):
            raise HeadwaterError(f"R has {weights.shape[1]} columns, and the fit has {len(terms)} coefficients: {', '.join(terms)}", kind="usage",
                                 code="python.wald")
        return weights
    for term in wanted:
        if term not in terms:
            raise HeadwaterError(f"'{term}' is not a coefficient of the fit; they are {', '.join(terms)}", kind="usage", code="test.unknown_term")
    return np.array([[float(term == each) for each in terms] for term in wanted])


def by_row(fit: Fit, rows: Tree, column: str) -> pd.Series[float]:
    """An array of the rows, by unit and period."""
    keys = [(fit.tree.text(key) or key, rows.values(array)) for key, array in (("unit", "row_unit"), ("time", "row_period"))]
    index = pd.MultiIndex.from_arrays([values for _, values in keys], names=[name for name, _ in keys])
    return pd.Series(np.array(rows.values(column)), index=index, name=column)


WITHOUT = "fit again with hw.fit, which keeps them"


def predict(fit: Fit, newdata: Any) -> pd.Series[float]:
    source = fit.result.source(WITHOUT)
    if newdata is None:
        return by_row(fit, source.fitted(fit.name), "prediction")
    panel = newdata.native if isinstance(newdata, Panel) else Panel(
        newdata, unit=source.panel.unit or None, time=source.panel.time or None, check_quality=False).native
    rows = source.predicted(fit.name, panel)
    order = np.argsort(rows.values("source_row"), kind="stable")
    index = newdata.index if isinstance(newdata, pd.DataFrame) else None
    return pd.Series(rows.values("prediction")[order], index=index, name="prediction")


def fixef(fit: Fit) -> dict[str, pd.DataFrame]:
    effects = fit.result.source(WITHOUT).fitted(fit.name).find("effects")
    if effects is None:
        return {}
    found = {}
    for name in effects.children:
        effect = effects.child(name)
        columns = {column: column for column in effect.node.arrays}
        found[name] = effect.frame("level", columns).set_index(pd.Index(effect.labels("level"), name="level"))
    return found
