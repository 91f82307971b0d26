"""One decomposition: components that add up to an independently computed total, or items that answer side by side."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from .tree import Tree

if TYPE_CHECKING:
    import altair
    import xarray

    from .result import Result

UNCERTAINTY = ["std_error", "conf_low", "conf_high", "band_low", "band_high"]


class Decomposition:
    def __init__(self, tree: Tree, result: Result) -> None:
        self.tree = tree
        self.result = result

    @property
    def simulated(self) -> bool:
        return self.result.simulated

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def method(self) -> str:
        return self.tree.text("method")

    @property
    def call(self) -> str:
        """As used, with every option resolved."""
        return self.tree.text("call")

    @property
    def question(self) -> str:
        return self.tree.text("question")

    @property
    def fit(self) -> str:
        return self.tree.text("fit")

    @property
    def unit(self) -> str:
        return self.tree.text("unit")

    @property
    def frame(self) -> str:
        """What the uncertainty is about, in words."""
        return self.tree.text("frame")

    @property
    def choices(self) -> dict[str, Any]:
        """Reference, base, weights and every other choice made."""
        return {k.removeprefix("choice."): v for k, v in self.tree.attributes.items() if k.startswith("choice.")}

    @property
    def shares_suppressed(self) -> str:
        """Why there are no shares, or the empty text."""
        return self.tree.text("shares_reason")

    @property
    def additive(self) -> bool:
        """Whether the components sum to the total; otherwise there is no total."""
        return bool(self.tree.attributes["additive"])

    @property
    def total_name(self) -> str:
        return self.tree.text("total_name")

    @property
    def total(self) -> float:
        """Computed independently of the components."""
        return float(self.tree.scalar("total"))

    @property
    def total_std_error(self) -> float:
        """NaN when the total's uncertainty cannot be told from these data."""
        return float(self.tree.scalar("total_std_error"))

    @property
    def total_interval(self) -> tuple[float, float]:
        """Of the total, at the level of the components' intervals; NaN where its uncertainty cannot be told."""
        return float(self.tree.scalar("total_conf_low")), float(self.tree.scalar("total_conf_high"))

    @property
    def closure_error(self) -> float:
        """How far the components miss the total."""
        return float(self.tree.scalar("closure_error"))

    @cached_property
    def components(self) -> pd.DataFrame:
        """One row a component; ``band_low`` and ``band_high`` hold for all components at once. Where the uncertainty is not
        estimable there is none, and ``estimable`` is False."""
        columns = ["estimate", *UNCERTAINTY, "share", "percent", "estimable"]
        frame = self.tree.frame("component", {each: each for each in columns}, label="component")
        frame["estimable"] = frame["estimable"].astype(bool)
        frame.loc[~frame["estimable"], UNCERTAINTY] = float("nan")
        return frame

    @cached_property
    def covariance(self) -> pd.DataFrame:
        names = self.tree.labels("component")
        return pd.DataFrame(self.tree.values("covariance"), index=names, columns=names)

    @cached_property
    def not_identified(self) -> pd.DataFrame:
        return self.tree.frame("unidentified", {"because": "unidentified_because"}, label="term")

    @cached_property
    def notes(self) -> pd.DataFrame:
        return self.tree.frame("note", {"code": "note_code", "message": "note_message"})

    @property
    def dataset(self) -> xarray.Dataset:
        """Everything the method left, influence on the atoms included."""
        return self.tree.dataset()

    def plot(self) -> altair.LayerChart | altair.FacetChart:
        """A bar from zero for every part with its interval, the residual always among them, and the total apart. Items that do not add are points."""
        from .charts import part_bars, side_by_side

        return part_bars(self) if self.additive else side_by_side(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return decomposition_of, (self.result, self.fit, self.name)

    def __repr__(self) -> str:
        total = f", total {self.total:.4g} {self.unit}" if self.additive else ""
        return f"<Decomposition {self.call} of {self.fit}: {len(self.components)} components{total}>"

    def _repr_html_(self) -> str:
        from .html import decomposition_html

        return decomposition_html(self)


def decomposition_of(result: Result, fit: str, name: str) -> Decomposition:
    return result.fits[fit].decompositions[name]
