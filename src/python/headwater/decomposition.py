"""One decomposition: components that add up to an independently computed total."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from .tree import Tree

if TYPE_CHECKING:
    import altair
    import xarray


class Decomposition:
    def __init__(self, tree: Tree, simulated: bool) -> None:
        self.tree = tree
        self.simulated = simulated

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def method(self) -> str:
        return self.tree.attributes["method"]

    @property
    def call(self) -> str:
        """As used, with every option resolved."""
        return self.tree.attributes["call"]

    @property
    def question(self) -> str:
        return self.tree.attributes["question"]

    @property
    def fit(self) -> str:
        return self.tree.attributes["fit"]

    @property
    def unit(self) -> str:
        return self.tree.attributes["unit"]

    @property
    def frame(self) -> str:
        """What the uncertainty is about, in words."""
        return self.tree.attributes["frame"]

    @property
    def choices(self) -> dict[str, Any]:
        """Reference, base, weights and every other choice made."""
        return {k.removeprefix("choice."): v for k, v in self.tree.attributes.items() if k.startswith("choice.")}

    @property
    def shares_suppressed(self) -> str:
        """Why there are no shares, or the empty text."""
        return self.tree.attributes["shares_reason"]

    @property
    def total(self) -> float:
        return float(self.tree.scalar("total"))

    @property
    def total_std_error(self) -> float:
        """NaN when the total's uncertainty cannot be told from these data."""
        return float(self.tree.scalar("total_std_error")) if self.tree.attributes["total_estimable"] else float("nan")

    @property
    def closure_error(self) -> float:
        """How far the components miss the total."""
        return float(self.tree.scalar("closure_error"))

    @cached_property
    def components(self) -> pd.DataFrame:
        """One row a component. Where the uncertainty is not estimable there is none, and ``estimable`` is False."""
        columns = ["estimate", "std_error", "conf_low", "conf_high", "share", "percent", "estimable"]
        frame = self.tree.frame("component", {each: each for each in columns}, label="component")
        frame["estimable"] = frame["estimable"].astype(bool)
        frame.loc[~frame["estimable"], ["std_error", "conf_low", "conf_high"]] = float("nan")
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

    def plot(self) -> altair.LayerChart:
        """Waterfall: parts with whiskers, the residual always among them, and the total."""
        from .charts import waterfall

        return waterfall(self)

    def __repr__(self) -> str:
        return f"<Decomposition {self.call} of {self.fit}: {len(self.components)} components, total {self.total:.4g} {self.unit}>"

    def _repr_html_(self) -> str:
        from .html import decomposition_html

        return decomposition_html(self)
