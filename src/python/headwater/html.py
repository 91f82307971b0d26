"""What a notebook shows: every text escaped, what cannot be told before what can."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from .decomposition import Decomposition
    from .fits import Fit
    from .result import Result

SIMULATED = "<p><strong>Simulated data: no real trust is described here.</strong></p>"


def _number(value: object) -> str:
    if not isinstance(value, float):
        return escape(str(value))
    return "" if pd.isna(value) else f"{value:,.4g}"


def _table(frame: pd.DataFrame, caption: str) -> str:
    head = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    body = "".join(
        "<tr>" + "".join(f'<th scope="row" style="text-align:left">{escape(str(value))}</th>' if i == 0 else f"<td>{_number(value)}</td>"
                         for i, value in enumerate(row)) + "</tr>"
        for row in frame.itertuples(index=False))
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _paragraphs(lines: Iterable[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def _lost(frame: pd.DataFrame) -> list[str]:
    return [f"Not identified: {row.term} (a combination of: {row.because})." for row in frame.itertuples()]


def _explained(fit: Fit, glance: pd.Series) -> str:
    if not fit.link.empty:
        return f"pseudo R² {fit.link['pseudo_r_squared']:.3f}"
    return f"R² within {glance['r_squared_within']:.3f}"


def _fit_body(fit: Fit) -> str:
    if fit.error:
        return _paragraphs([f"{fit.name} failed: {fit.error}"])
    columns = ["term", "estimate", "std_error", "conf_low", "conf_high", "p_value", "mde"]
    table = _table(fit.coefficients.loc[fit.coefficients["status"] == "identified", columns], fit.formula)
    glance = fit.glance().iloc[0]
    figures = (f"{fit.estimator}; {fit.covariance}; {glance['nobs']:,} rows, {glance['units']:,} units, {glance['periods']:,} periods; "
               f"{_explained(fit, glance)}; mde: smallest effect these data would detect with 80 % power.")
    if fit.tree.attributes["power"] != 0.8:
        figures = figures.replace("80 %", f"{fit.tree.attributes['power']:.0%}")
    status = "" if fit.status == "converged" else f"Status: {fit.status}."
    return _paragraphs([status, *_lost(fit.not_identified)]) + table + _paragraphs([figures]) + _warnings(fit.notes)


def _warnings(notes: pd.DataFrame) -> str:
    if notes.empty:
        return ""
    items = "".join(f"<li>{escape(message)}</li>" for message in notes["message"])
    return f"<details><summary>{len(notes)} warning{'s' if len(notes) > 1 else ''}</summary><ul>{items}</ul></details>"


def fit_html(fit: Fit) -> str:
    return "<div>" + (SIMULATED if fit.result.simulated else "") + _fit_body(fit) + "</div>"


def decomposition_html(decomposition: Decomposition) -> str:
    columns = ["component", "estimate", "std_error", "conf_low", "conf_high", "share"]
    frame = decomposition.components[columns].copy()
    if decomposition.additive:
        frame.loc[len(frame)] = ["total", decomposition.total, decomposition.total_std_error, *decomposition.total_interval, float("nan")]
    if decomposition.shares_suppressed:
        frame = frame.drop(columns="share")
    lines = [decomposition.question, *_lost(decomposition.not_identified)]
    after = [f"In {decomposition.unit}. {decomposition.frame}".strip(),
             f"No shares: {decomposition.shares_suppressed}" if decomposition.shares_suppressed else ""]
    return ("<div>" + (SIMULATED if decomposition.simulated else "") + _paragraphs(lines) + _table(frame, decomposition.call) +
            _paragraphs(after) + _warnings(decomposition.notes) + "</div>")


def result_html(result: Result) -> str:
    return "<div>" + (SIMULATED if result.simulated else "") + "".join(_fit_body(fit) for fit in result.fits.values()) + "</div>"
