"""Altair charts. Position and text carry the meaning; colour repeats it. Captions name outcome, sample and status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

if TYPE_CHECKING:
    from .decomposition import Decomposition
    from .fits import Fit

BLUE, ORANGE, GREY = "#005eb8", "#b25400", "#4c6272"
Chart = alt.LayerChart | alt.FacetChart
SIMULATED = "Simulated data: no real trust is described here."


def _title(title: str, lines: Iterable[str], simulated: bool) -> alt.TitleParams:
    return alt.TitleParams(title, subtitle=[*([SIMULATED] if simulated else []), *filter(None, lines)], anchor="start")


def forest(fits: list[Fit], terms: list[str] | None) -> Chart:
    """Coefficients with intervals, one panel a fit; what is not identified is written, not drawn."""
    frame = pd.concat([fit.coefficients.assign(fit=fit.role or fit.name) for fit in fits], ignore_index=True)
    lost = sorted(set(frame.loc[frame["status"] == "not identified", "term"]))
    frame = frame[frame["status"] == "identified"]
    if terms is not None:
        frame = frame[frame["term"].isin(terms)]
    leads = set().union(*(fit.leads for fit in fits))
    frame = frame.assign(label=["lead (a check): " + term if term in leads else term for term in frame["term"]])
    shown = frame[["fit", "term", "label", "driver", "estimate", "std_error", "conf_low", "conf_high", "mde"]]
    base = alt.Chart(shown).encode(y=alt.Y("label:N", sort=list(dict.fromkeys(shown["label"])), title=None, axis=alt.Axis(labelLimit=320)))
    zero = alt.Chart(shown).mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=alt.datum(0))
    interval = base.mark_rule(color=BLUE, strokeWidth=2).encode(x=alt.X("conf_low:Q", title=f"estimate and {fits[0].level:.0%} interval"),
                                                                x2="conf_high:Q")
    point = base.mark_point(filled=True, size=60, color=BLUE, opacity=1).encode(x="estimate:Q", tooltip=list(shown.columns))
    layers = alt.layer(zero, interval, point)
    several = len(fits) > 1
    chart = layers.facet(column=alt.Column("fit:N", title=None, sort=[fit.role or fit.name for fit in fits])) if several else layers
    lines = [f"{fits[0].covariance}; associations, not effects of an intervention",
             "Not identified: " + ", ".join(lost) if lost else ""]
    return chart.properties(title=_title(fits[0].title or fits[0].formula, lines, fits[0].result.simulated))


def parts(decomposition: Decomposition) -> pd.DataFrame:
    """A row for every part, and one for the total: each starts from zero and has its own interval."""
    frame = decomposition.components[["component", "estimate", "conf_low", "conf_high"]].copy()
    low, high = decomposition.total_interval
    frame.loc[len(frame)] = ["total", decomposition.total, low, high]
    frame["top"] = frame[["estimate", "conf_high"]].max(axis=1).clip(lower=0)  # above bar and whisker, for the number
    return frame.assign(direction=["total" if name == "total" else "adds" if value >= 0 else "takes away"
                                   for name, value in zip(frame["component"], frame["estimate"])])


def _words(decomposition: Decomposition) -> alt.TitleParams:
    level = f"{decomposition.tree.attributes['level']:.0%}"
    known = decomposition.components["conf_low"].notna()
    intervals = f"{level} intervals" + ("" if known.all() else ", where one can be given") if known.any() else "no intervals can be given"
    lines = [decomposition.question, intervals + (f"; {decomposition.frame}" if decomposition.frame else "")]
    return _title(decomposition.call, lines, decomposition.simulated)


def _components(frame: pd.DataFrame) -> alt.Chart:
    return alt.Chart(frame).encode(x=alt.X("component:N", sort=None, title=None, axis=alt.Axis(labelAngle=-30, labelLimit=200)))


def part_bars(decomposition: Decomposition) -> Chart:
    """A bar from zero for every part of a total with its own interval, the total apart at the end."""
    frame = parts(decomposition)
    base = _components(frame)
    colour = alt.Color("direction:N", title=None, scale=alt.Scale(domain=["adds", "takes away", "total"], range=[BLUE, ORANGE, GREY]))
    zero = alt.Chart(frame).mark_rule(color=GREY).encode(y=alt.datum(0))
    bar = base.mark_bar().encode(y=alt.Y("estimate:Q", title=decomposition.unit), color=colour,
                                 tooltip=["component", "estimate", "conf_low", "conf_high"])
    whisker = base.mark_rule(color="black").encode(y="conf_low:Q", y2="conf_high:Q")
    label = base.mark_text(dy=-8, color="black").encode(y="top:Q", text=alt.Text("estimate:Q", format="+.4f"))
    return alt.layer(zero, bar, whisker, label).properties(title=_words(decomposition), width=max(320, 60 * len(frame)))


def side_by_side(decomposition: Decomposition) -> Chart:
    frame = decomposition.components
    base = _components(frame)
    zero = alt.Chart(frame).mark_rule(color=GREY, strokeDash=[4, 3]).encode(y=alt.datum(0))
    interval = base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("conf_low:Q", title=decomposition.unit), y2="conf_high:Q")
    point = base.mark_point(filled=True, size=60, color=BLUE, opacity=1).encode(y="estimate:Q", tooltip=["component", "estimate", "std_error"])
    return alt.layer(zero, interval, point).properties(title=_words(decomposition), width=max(320, 60 * len(frame)))
