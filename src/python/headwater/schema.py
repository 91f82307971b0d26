"""What a result file may hold: the rows of schema.tsv, which the library checks files against too. A tree that passes can
be read without further checks."""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .reader import StoredNode

VERSION = 2
TABLE = pathlib.Path(__file__).with_name("schema.tsv")
METHOD = re.compile(r"\d+_(.+)", re.S)
MOST_SHOWN = 40


@dataclass(frozen=True)
class Row:
    path: str
    kind: str
    axes: tuple[str, ...]
    when: str
    since: int
    choices: tuple[str, ...]

    @property
    def attribute(self) -> bool:
        return "@" in self.path


@cache
def groups(table: pathlib.Path = TABLE) -> dict[str, dict[str, Row]]:
    """The rows of each group by name, attributes with "@" before it; "" is the root."""
    found: dict[str, dict[str, Row]] = {"": {}}
    for line in table.read_text(encoding="utf-8").splitlines()[1:]:
        path, kind, axes, when, since, values, _ = line.split("\t")
        row = Row(path, kind, tuple(axes.split(", ")) if axes else (), when, int(since), tuple(values.split(" | ")) if values else ())
        end = path.index("@") if row.attribute else path.rindex("/")
        group = path[:end].rstrip("/")
        found.setdefault(group, {})[("@" if row.attribute else "") + path[end + 1:]] = row
        while group:
            group = group[:group.rindex("/")]
            found.setdefault(group, {})
    return found


def kind_of(values: Any) -> str:
    """text, integer, number, or their plurals."""
    if isinstance(values, str):
        return "text"
    if isinstance(values, list):
        return "texts"
    whole = np.issubdtype(np.asarray(values).dtype, np.integer)
    return ("integer" if whole else "number") + ("s" if isinstance(values, np.ndarray) else "")


def _in_words(axes: tuple[str, ...]) -> str:
    return "no axis" if not axes else ("axis " if len(axes) == 1 else "axes ") + ", ".join(axes)


def _method(name: str) -> str:
    found = METHOD.fullmatch(name)
    return found[1] if found else ""


def _among(choice: str, value: Any, around: list[StoredNode]) -> bool:
    """Whether a value is what one choice allows."""
    if not isinstance(value, str):
        if choice.startswith("row of "):
            axis = axis_around(around, choice[7:])
            return axis is not None and 0 <= value < len(axis)
        low, dots, high = choice.partition("..")
        return bool(dots) and (not low or value >= float(low)) and (not high or value <= float(high)) and value == value
    if choice.startswith("label of "):
        axis = axis_around(around, choice[9:])
        return axis is not None and value in axis
    if choice == "a fit":
        return "fits" in around[0].nodes and value in around[0].nodes["fits"].nodes
    if choice == "name of its group":
        return len(around) > 1 and around[-2].name == value
    return value == ("" if choice == "(empty)" else choice)


def axis_around(around: list[StoredNode], name: str) -> Any:
    """The labels of the axis in the innermost node that has it."""
    return next((node.labels[name][0] for node in reversed(around) if name in node.labels), None)


def _wrong_value(row: Row, values: Any, around: list[StoredNode]) -> str:
    if not row.choices:
        return ""
    items = values if isinstance(values, list) else [values] if isinstance(values, str) else np.unique(values).tolist()
    for value in items:
        if not any(_among(choice, value, around) for choice in row.choices):
            shown = repr(value[:MOST_SHOWN]) if isinstance(value, str) else value
            return f"holds {shown}, which is not {', '.join(row.choices)}"
    return ""


@dataclass
class Situation:
    """What holds for the items of a node and those in it."""

    version: int
    estimated: bool
    failed: bool = False

    def wants(self, row: Row, absent: bool = False) -> bool:
        return row.since <= self.version and {
            "always": True, "together": not absent, "stored": True, "fitted": not self.failed,
            "estimated": self.estimated and not self.failed, "failed": self.failed, "sometimes": False}[row.when]

    def why_not_here(self, row: Row) -> str:
        if row.when == "failed" and not self.failed:
            return "is there although the fit did not fail"
        if row.when in ("fitted", "estimated") and self.failed:
            return "is there although the fit failed"
        return "is there although nothing was estimated" if row.when == "estimated" and not self.estimated else ""


@dataclass
class Walk:
    """Every departure of a tree from the schema, as (path, why): what a node holds first, then what it lacks."""

    around: list[StoredNode] = field(default_factory=list)

    def node(self, node: StoredNode, called: list[str], path: str, now: Situation) -> Iterator[tuple[str, str]]:
        self.around.append(node)
        yield from self.items(node, called, path, now)
        yield from self.children(node, called, path, now)
        self.around.pop()

    def row(self, called: list[str], name: str) -> Row | None:
        for group in called:
            if row := groups().get(group, {}).get(name):
                return row
        key, point, rest = name.partition(".")
        return None if not point or rest == "*" else self.row(called, key + ".*")

    def items(self, node: StoredNode, called: list[str], path: str, now: Situation) -> Iterator[tuple[str, str]]:
        names = [*("@" + key for key in node.attributes), *node.labels, *node.values]
        for key, value in node.attributes.items():
            row = self.row(called, "@" + key)
            why = self.unknown(row, kind_of(value), now) or (row and _wrong_value(row, value, self.around))
            if why:
                yield f"{path}@{key}", why
        for name, (labels, _) in node.labels.items():
            row = self.row(called, name)
            why = self.unknown(row, "axis of " + kind_of(labels), now) or (row and self.wrong_labels(row, labels))
            if why:
                yield f"{path}/{name}", why
        for name in node.values:
            if why := self.wrong_array(self.row(called, name), node, name, now):
                yield f"{path}/{name}", why
        yield from self.missing(called, path, names, now)

    def unknown(self, row: Row | None, kind: str, now: Situation) -> str:
        if row is None:
            return "is not in the schema of result files"
        return f"holds {kind}, not {row.kind}" if row.kind != kind else now.why_not_here(row)

    def wrong_labels(self, row: Row, labels: Any) -> str:
        for choice in row.choices:
            other = axis_around(self.around, choice.removeprefix("labels of "))
            if other is None or list(other) != list(labels):
                return f"does not have the {choice}"
        return ""

    def wrong_array(self, row: Row | None, node: StoredNode, name: str, now: Situation) -> str:
        values, dims, shape, _, _ = node.values[name]
        if why := self.unknown(row, kind_of(values), now):
            return why
        assert row is not None
        if row.axes != tuple(dims):
            return f"lies on {_in_words(tuple(dims))}, not {row.axes[0] if len(dims) == len(row.axes) == 1 else _in_words(row.axes)}"
        for dim, extent in zip(dims, shape, strict=True):
            labels = axis_around(self.around, dim)
            if labels is None or len(labels) != extent:
                return f"is not as long as axis {dim}"
        return _wrong_value(row, values, self.around)

    def missing(self, called: list[str], path: str, names: list[str], now: Situation, absent: bool = False) -> Iterator[tuple[str, str]]:
        for group in called:
            for name, row in groups().get(group, {}).items():
                if now.wants(row, absent) and name not in names:
                    yield path + ("" if row.attribute else "/") + name, "is missing"

    def children(self, node: StoredNode, called: list[str], path: str, now: Situation) -> Iterator[tuple[str, str]]:
        for name, child in node.nodes.items():
            at = f"{path}/{name}"
            theirs = self.called(called, name)
            if not theirs:
                yield at, "is not in the schema of result files"
                continue
            method = _method(name)
            if len(theirs) == 2 and (child.attributes.get("method") != method or not method):
                yield at, "is not called by its number and its method"
            failed = child.attributes.get("status") == "failed" if called == ["/fits"] else now.failed
            yield from self.node(child, theirs, at, Situation(now.version, now.estimated, failed))
        for group in called:
            for other in groups():
                child_name = other[len(group) + 1:]
                if other.startswith(group + "/") and child_name and not set("/*") & set(child_name) and child_name not in node.nodes:
                    yield from self.missing([other], f"{path}/{child_name}", [], now, absent=True)

    @staticmethod
    def called(groups_of_node: list[str], child: str) -> list[str]:
        """What the schema calls a child of a node."""
        for group in groups_of_node:
            if "*" not in child and f"{group}/{child}" in groups():
                return [f"{group}/{child}"]
            if f"{group}/*" in groups():
                more = [f"{group}/*_{_method(child)}"] if group == "/decompositions/*" else []
                return [f"{group}/*", *more]
        return []


def departure(root: StoredNode) -> tuple[str, str] | None:
    """The first item of a file that departs from the schema, and why."""
    version, estimated = root.attributes.get("format_version"), root.attributes.get("estimated")
    now = Situation(version if isinstance(version, int) else VERSION, estimated == 1)
    return next(Walk().node(root, [""], "", now), None)
