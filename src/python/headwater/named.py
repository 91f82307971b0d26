"""A mapping whose values are made when they are asked for, and whose missing names are told."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class Named(Mapping[str, Value]):
    """``make(name)`` gives a value once; ``short`` gives a second name under which a unique one is found."""

    def __init__(self, names: list[str], make: Callable[[str], Value], short: Callable[[str], str] = str) -> None:
        self._names = names
        self._make = make
        self._short = short
        self._made: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        full = self._full(name)
        if full not in self._made:
            self._made[full] = self._make(full)
        return self._made[full]

    def _full(self, name: str) -> str:
        if name in self._names:
            return name
        alike = [each for each in self._names if self._short(each) == name]
        if len(alike) == 1:
            return alike[0]
        near = difflib.get_close_matches(name, self._names, n=1)
        known = ", ".join(self._names) or "none"
        raise KeyError(f"there is no '{name}'" + (f"; did you mean '{near[0]}'?" if near else "") + f" (known: {known})")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return f"<{', '.join(self._names) or 'empty'}>"
