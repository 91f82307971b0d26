"""Everything one run found: its fits, its decompositions and what was seen in the data."""

from __future__ import annotations

import os
import pathlib
import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from .again import Source, no_data
from .compiled import core
from .decomposition import Decomposition
from .fits import Fit
from .named import Named
from .reader import read_file
from .tables import Tables, etable
from .tree import Tree

if TYPE_CHECKING:
    import altair
    import xarray


class Result:
    """``fits`` and ``decompositions`` read what they are asked for; ``dataset(group)`` gives any group for xarray."""

    def __init__(self, tree: Tree, *, native: Callable[[], Any], source: Source | None = None) -> None:
        self.tree = tree
        self.native = native  # the compiled tree, which writes text, tables, JSON and files
        self._source = source

    @property
    def status(self) -> str:
        return self.tree.text("status")

    @property
    def simulated(self) -> bool:
        return bool(self.tree.attributes["simulated"])

    @property
    def attributes(self) -> dict[str, Any]:
        """Provenance: versions, seed, threads, wall time, hashes."""
        return self.tree.attributes

    @property
    def config(self) -> str:
        """The resolved configuration, itself a valid one."""
        return str(self.tree.child("run").scalar("config"))

    @cached_property
    def fits(self) -> Mapping[str, Fit]:
        group = self.tree.child("fits")
        return Named(group.children, lambda name: Fit(group.child(name), self))

    @property
    def decompositions(self) -> Mapping[str, Mapping[str, Decomposition]]:
        """``decompositions[fit][method]``."""
        group = self.tree.find("decompositions")
        return Named(group.children if group else [], lambda name: self.fits[name].decompositions)

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """The coefficients of every fit that did not fail, one below the other."""
        frames = [fit.coefficients.assign(fit=name, outcome=fit.outcome) for name, fit in self.fits.items() if not fit.error]
        if not frames:
            return next(iter(self.fits.values())).coefficients  # which raises that fit's error
        frame = pd.concat(frames, ignore_index=True)
        return frame[["fit", "outcome", *(c for c in frame.columns if c not in ("fit", "outcome"))]]

    @cached_property
    def suspicions(self) -> pd.DataFrame:
        """Values that look odd; none was changed."""
        columns = ["kind", "column", "unit", "period", "message"]
        return self.tree.child("data").frame("suspicion", {each: "suspicion_" + each for each in columns})

    @cached_property
    def missing(self) -> pd.DataFrame:
        """Cells without a value, by column and reason."""
        columns = ["column", "reason", "cells"]
        return self.tree.child("data").frame("missing_entry", {each: "missing_" + each for each in columns})

    def dataset(self, group: str = "/") -> xarray.Dataset:
        """Any group of the file, ``"/fits/capital/tests"``, with labelled axes."""
        tree = self.tree
        for name in filter(None, group.split("/")):
            tree = tree.child(name)
        return tree.dataset()

    @property
    def json(self) -> str:
        """The JSON contract of the command."""
        return str(core().json(self.native()))

    def summary(self, stars: bool = False) -> str:
        """The report that the command prints."""
        return str(core().text(self.native(), stars))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the HDF5 result file; it is complete or not there."""
        core().write(self.native(), os.fspath(path))

    def report(self, path: str | os.PathLike[str], *, audience: str = "publish", form: str = "report", **captions: str) -> None:
        """Writes the HTML report, as ``headwater report`` does; ``captions`` are keys of ``[report]`` and win over the run's."""
        core().report(self.native(), os.fspath(path), audience, form, captions)

    def etable(self, format: str = "text", **options: Any) -> Tables:
        """The models side by side; see :func:`headwater.etable`."""
        return etable(self, format, **options)

    def only(self, fit: str) -> Result:
        """The result with this fit alone."""
        if len(self.fits) == 1:
            return self
        native = core().with_one_fit(self.native(), fit)
        return Result(Tree(native), native=lambda: native, source=self._source)

    def source(self, otherwise: str) -> Source:
        """The data and the configuration, where the result is fresh."""
        if self._source is None:
            raise no_data(otherwise)
        return self._source

    def decompose(self, *calls: str, drivers: Mapping[str, Any] | None = None) -> Result:
        """Fits the same rows again with these decompositions."""
        source = self.source("name the decompositions in the configuration (use = ... under [decompose]), or fit again with hw.fit")
        return source.asked(use=calls, drivers=drivers)

    def coefplot(self, terms: list[str] | None = None) -> altair.LayerChart | altair.FacetChart:
        """Forest plot of every fit, activity, resource and ratio side by side."""
        from .charts import forest

        return forest([fit for fit in self.fits.values() if not fit.error], terms)

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickled result is its file: what comes back holds no data, as one that was read."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "result.h5")
            self.save(path)
            return result_of, (path.read_bytes(),)

    def __enter__(self) -> Result:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing stays open: a file is read whole."""

    def __repr__(self) -> str:
        return f"<Result, {self.status}: {', '.join(self.fits)}>"

    def _repr_html_(self) -> str:
        from .html import result_html

        return result_html(self)


def open_result(path: str | os.PathLike[str]) -> Result:
    """A result file. Reading needs h5py alone; ``summary()``, ``json`` and ``save()`` need the compiled module."""
    root = read_file(path)
    native: list[Any] = []

    def read() -> Any:
        if not native:
            native.append(core().read(os.fspath(path)))
        return native[0]

    return Result(Tree(root), native=read)


def result_of(content: bytes) -> Result:
    """The result that a file of this content holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "result.h5")
        path.write_bytes(content)
        native = core().read(os.fspath(path))
    return Result(Tree(native), native=lambda: native)
