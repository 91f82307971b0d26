"""Tables for a paper: the same as those of ``headwater table``, which writes them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from .compiled import core
from .errors import HeadwaterError

if TYPE_CHECKING:
    from .fits import Fit
    from .result import Result

FORMATS = ("text", "markdown", "latex", "html", "xlsx")
PATTERNS = ("keep", "drop", "order")


class Tables:
    """``str(tables)`` is the text; a notebook shows HTML; ``frames`` has every table as texts, for great_tables and the like."""

    def __init__(self, native: Any, options: dict[str, str], side_by_side: bool, format: str) -> None:
        self._asked = (native, options, side_by_side)
        self._format = format
        self._text = self._bytes("text").decode()  # made now, so that what cannot be had is refused where it is asked for

    def __str__(self) -> str:
        return self._text if self._format in ("text", "xlsx") else self._bytes(self._format).decode()

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return str(core().html_of_tables(*self._asked))

    def _bytes(self, format: str) -> bytes:
        native, options, side_by_side = self._asked
        return bytes(core().tables(native, format, options, side_by_side))

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        return {grid["title"]: pd.DataFrame(grid["rows"], columns=grid["columns"]) for grid in core().grids(*self._asked)}

    @property
    def notes(self) -> dict[str, list[str]]:
        """What stands under each table."""
        return {grid["title"]: grid["notes"] for grid in core().grids(*self._asked)}

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Writes the file, complete or not at all; its ending says the format where none is given."""
        endings = {".txt": "text", ".md": "markdown", ".tex": "latex", ".html": "html", ".xlsx": "xlsx"}
        chosen = format or endings.get(os.path.splitext(os.fspath(path))[1], self._format)
        core().write_file(os.fspath(path), self._bytes(_known(chosen)))


def _known(format: str) -> str:
    if format not in FORMATS:
        raise HeadwaterError(f"the format of a table is '{format}'; it is {', '.join(FORMATS[:-1])} or {FORMATS[-1]}", kind="usage",
                             code="usage.format", key="format")
    return format


def _words(value: Any, between: str) -> str:
    return value if isinstance(value, str) else between.join(str(each) for each in value)


def table_options(options: dict[str, Any]) -> dict[str, str]:
    """As the command takes them: lists joined, mappings as ``name = words``, and what is False or None left out."""
    found: dict[str, str] = {}
    for name, value in options.items():
        if value is None or value is False:
            continue
        if value is True:
            found[name] = ""
        elif isinstance(value, dict):
            found[name] = "; ".join(f"{key} = {_words(words, ' | ')}" for key, words in value.items())
        elif isinstance(value, int):
            found[name] = str(value)
        else:
            found[name] = _words(value, " | " if name in PATTERNS else ",")
    return found


def _results(listed: list[Any]) -> list[Any]:
    """The results behind the models, each once."""
    found: list[Any] = []
    for each in listed:
        result = getattr(each, "result", each)
        if not any(result is known for known in found):
            found.append(result)
    return found


def tables_of(models: Any, format: str, options: dict[str, Any]) -> Tables:
    listed: list[Any] = list(models) if isinstance(models, (list, tuple)) else [models]
    if not listed:
        raise HeadwaterError("etable() was given no model; give a fit, a result or several of them", kind="usage", code="python.no_model")
    fits = [each for each in listed if hasattr(each, "result")]
    results = _results(listed)
    if len(results) == 1:
        named = {"fits": [each.name for each in fits]} if len(fits) == len(listed) else {}
        return Tables(results[0].native(), table_options(named | options), False, _known(format))
    parts = [(str(number), each.result.only(each.name) if each in fits else each) for number, each in enumerate(listed, 1)]
    native = core().together([(label, part.native()) for label, part in parts])
    return Tables(native, table_options(options), True, _known(format))


def etable(models: Fit | Result | Sequence[Fit | Result], format: str = "text", *, stars: bool = False, statistics: str | Iterable[str] | None = None,
           names: str | dict[str, str] | None = None, notes: str = "short", what: str = "coefficients", **options: Any) -> Tables:
    """Models side by side, of one result or of several, as ``headwater table`` shows them.

    ``statistics`` stand with each estimate (``"std_error"``, ``"t"``, ``"p"``, ``"interval"``, ``"mde"``); ``names`` are words for
    columns; ``what`` may also be ``"all"`` or ``"decompositions"``. Any other option of ``headwater table`` goes by its name.
    """
    given = {"stars": stars, "statistics": statistics, "names": names, "notes": notes, "what": what, **options}
    return tables_of(models, format, given)
