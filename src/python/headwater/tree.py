"""The result tree: labelled arrays with descriptions and units, fresh from a run or read from a file.

Whatever holds the numbers gives a node: ``name``, ``attributes``, the names of its ``axes``, ``arrays`` and ``children``,
and ``axis(name)``, ``array(name)``, ``child(name)``. There are two: ``_core.Tree`` and ``reader.StoredNode``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import xarray


class Node(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def attributes(self) -> dict[str, Any]: ...
    @property
    def axes(self) -> list[str]: ...
    @property
    def arrays(self) -> list[str]: ...
    @property
    def children(self) -> list[str]: ...
    def axis(self, name: str) -> tuple[Any, str]: ...
    def array(self, name: str) -> tuple[Any, list[str], list[int], str, str]: ...
    def child(self, name: str) -> Any: ...


@dataclass(frozen=True)
class Axis:
    labels: np.ndarray
    description: str


@dataclass(frozen=True)
class Array:
    values: np.ndarray
    dims: tuple[str, ...]
    description: str
    unit: str


def _typed(values: Any, shape: list[int] | None = None) -> np.ndarray:
    """Texts become an array of str objects; numbers stay the view they are."""
    array = np.array(values, dtype=object) if isinstance(values, list) else np.asarray(values)
    return array if shape is None else array.reshape(shape)


class Tree:
    """A node that knows the nodes around it, because axes may be theirs."""

    def __init__(self, node: Node, parent: Tree | None = None) -> None:
        self.node = node
        self.parent = parent

    @property
    def name(self) -> str:
        return self.node.name

    @cached_property
    def attributes(self) -> dict[str, Any]:
        return self.node.attributes

    def text(self, attribute: str) -> str:
        """The empty text when the attribute is not there."""
        return str(self.attributes.get(attribute, ""))

    @cached_property
    def children(self) -> list[str]:
        return self.node.children

    def child(self, name: str) -> Tree:
        return Tree(self.node.child(name), self)

    def find(self, name: str) -> Tree | None:
        return self.child(name) if name in self.children else None

    def has(self, array: str) -> bool:
        return array in self._arrays

    @cached_property
    def _arrays(self) -> set[str]:
        return set(self.node.arrays)

    @cached_property
    def _axes(self) -> set[str]:
        return set(self.node.axes)

    def axis(self, name: str) -> Axis:
        if name not in self._axes and self.parent is not None:
            return self.parent.axis(name)
        labels, description = self.node.axis(name)
        return Axis(_typed(labels), description)

    def labels(self, axis: str) -> np.ndarray:
        return self.axis(axis).labels

    def array(self, name: str) -> Array:
        values, dims, shape, description, unit = self.node.array(name)
        return Array(_typed(values, shape), tuple(dims), description, unit)

    def values(self, name: str) -> np.ndarray:
        return self.array(name).values

    def scalar(self, name: str) -> Any:
        return self.values(name).reshape(-1)[0]

    def frame(self, axis: str, columns: dict[str, str], label: str | None = None) -> pd.DataFrame:
        """One row a label of ``axis``: the label itself when ``label`` names its column, and arrays under new names."""
        found = {label: self.labels(axis)} if label else {}
        found |= {column: self.values(array) for column, array in columns.items()}
        return pd.DataFrame(found)

    def dataset(self) -> xarray.Dataset:
        """The arrays of this node with their labels, descriptions and units."""
        import xarray

        arrays = {name: self.array(name) for name in self.node.arrays}
        dims = list(dict.fromkeys([*self.node.axes, *(dim for array in arrays.values() for dim in array.dims)]))
        axes = {dim: self.axis(dim) for dim in dims}
        return xarray.Dataset(
            {name: (a.dims, a.values, {"description": a.description, "unit": a.unit}) for name, a in arrays.items()},
            coords={dim: (dim, axis.labels, {"description": axis.description}) for dim, axis in axes.items()},
            attrs=self.attributes)
