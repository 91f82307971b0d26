"""Result files through h5py alone, from strangers too: links, external storage, virtual datasets and filters other than
Headwater's own are refused, shapes that the stored bytes cannot fill are not allocated, and nothing is handed on before
the whole content has its SHA-256 and is as the schema says. Every failure is a HeadwaterError."""

from __future__ import annotations

import hashlib
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import h5py
import numpy as np

from . import schema
from .errors import HeadwaterError

FORMAT = "headwater.result"
MOST_DEFLATE = 1040  # deflate packs at most 1032 bytes into one
MOST_LEVELS = 32
LEAST_OBJECT = 48  # bytes of a file that an object takes at least
MOST_DIMENSIONS = 8
FREE_MEMORY = 128 << 20  # a file may ask for so much whatever its size,
MEMORY_BY_BYTE = 256  # or for so much a byte of it
BYTES_OF_TEXT = 32  # that a text takes beside its characters
FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
SIGNATURE = b"\x89HDF\r\n\x1a\n"


@dataclass
class StoredNode:
    """A group of a result file."""

    name: str
    attributes: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, tuple[Any, str]] = field(default_factory=dict)
    values: dict[str, tuple[Any, list[str], list[int], str, str]] = field(default_factory=dict)
    nodes: dict[str, StoredNode] = field(default_factory=dict)

    @property
    def axes(self) -> list[str]:
        return list(self.labels)

    @property
    def arrays(self) -> list[str]:
        return list(self.values)

    @property
    def children(self) -> list[str]:
        return list(self.nodes)

    def child(self, name: str) -> StoredNode:
        return self.nodes[name]

    def axis(self, name: str) -> tuple[Any, str]:
        return self.labels[name]

    def array(self, name: str) -> tuple[Any, list[str], list[int], str, str]:
        return self.values[name]


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        return [each.decode() for each in value.reshape(-1).tolist()]
    return value.item() if isinstance(value, np.generic) else value


class _Reader:
    """Reads the groups of one file. Axes are known by what their scales say they label; the list that each array keeps
    lies in HDF5's heap without checksums and is not read."""

    def __init__(self, file: h5py.File, path: str) -> None:
        self.file = file
        self.path = path
        self.bytes = os.path.getsize(path)
        self.objects = 0
        self.memory = 0

    def refused(self, at: str, code: str, why: str) -> HeadwaterError:
        return HeadwaterError(f"{self.path}: '{at}' {why}", kind="data", code="hdf5." + code, file=self.path, key=at)

    def attributes(self, item: h5py.Group, at: str) -> dict[str, Any]:
        found = {}
        for key in sorted(item.attrs, key=str.encode):
            attribute = h5py.h5a.open(item.id, key.encode())
            if attribute.get_storage_size() > self.bytes or attribute.shape not in ((),) and len(attribute.shape) != 1:
                raise self.refused(f"{at}@{key}", "attribute", "declares more than the file can hold, or has a shape that "
                                                               "attributes of headwater do not have")
            self.check_type(attribute.get_type(), attribute.dtype, f"{at}@{key}", "attribute")
            found[key] = _text(item.attrs[key])
        return found

    def check_type(self, stored: h5py.h5t.TypeID, dtype: np.dtype, at: str, code: str) -> None:
        fixed_text = isinstance(stored, h5py.h5t.TypeStringID) and not stored.is_variable_str()
        if not (dtype in (np.dtype("<f8"), np.dtype("<i8")) or fixed_text):
            raise self.refused(at, code, "is neither text of fixed width nor a 64-bit little-endian number, so headwater has not "
                                         "written it")

    def node(self, group: h5py.Group, at: str, outer: dict[tuple[int, int], tuple[str, int]], level: int = 0) -> StoredNode:
        if level > MOST_LEVELS:
            raise self.refused(at, "levels", f"lies deeper than {MOST_LEVELS} groups, or a group holds itself")
        node = StoredNode(at.rsplit("/", 1)[1] if at else "", self.attributes(group, at))
        names: list[bytes] = []
        group.id.links.iterate(names.append, idx_type=h5py.h5.INDEX_CRT_ORDER)
        self.objects += len(names)
        if self.objects > self.bytes // LEAST_OBJECT:
            raise self.refused(at or "/", "objects", "leads to more objects than the file has room for, so some are reached by several "
                                                     "names")
        scope = dict(outer)
        for name in map(bytes.decode, names):
            path = f"{at}/{name}"
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise self.refused(path, "link", "is a link to somewhere else, which is refused")
            item = group[name]
            if isinstance(item, h5py.Group):
                node.nodes[name] = self.node(item, path, scope, level + 1)
            elif isinstance(item, h5py.Dataset):
                self.add_dataset(node, name, item, path, scope)
            else:
                raise self.refused(path, "object", "is neither a group nor a dataset, so headwater has not written it")
        return node

    def add_dataset(self, node: StoredNode, name: str, item: h5py.Dataset, at: str, scope: dict[tuple[int, int], tuple[str, int]]) -> None:
        self.check_storage(item, at)
        values = item[()]
        if item.dtype.kind == "S":
            values = _text(np.asarray(values))
        else:
            values = np.asarray(values)
            values.flags.writeable = False
        about = {key: _text(item.attrs[key]) for key in ("description", "unit") if key in item.attrs}
        if not isinstance(about.get("description"), str):
            raise self.refused(at, "attribute", "has no text attribute 'description', so headwater has not written it")
        if _text(item.attrs.get("CLASS", b"")) == "DIMENSION_SCALE":
            self.add_scale(item, name, at, scope)
            node.labels[name] = values, about["description"]
            return
        if not isinstance(about.get("unit"), str):
            raise self.refused(at, "attribute", "has no text attribute 'unit', so headwater has not written it")
        address = h5py.h5o.get_info(item.id).addr
        dims = []
        for d, extent in enumerate(item.shape):
            axis, length = scope.get((address, d), ("", -1))
            if length != extent:
                raise self.refused(at, "axes", "has a dimension without an axis of its length in its group or one around it")
            dims.append(axis)
        node.values[name] = values, dims, list(item.shape), about["description"], about["unit"]

    def add_scale(self, item: h5py.Dataset, name: str, at: str, scope: dict[tuple[int, int], tuple[str, int]]) -> None:
        if item.ndim != 1:
            raise self.refused(at, "rank", "labels an axis and has not exactly one dimension")
        for reference, dimension in item.attrs.get("REFERENCE_LIST", ()):
            try:
                labelled = self.file[reference]
            except (ValueError, KeyError):  # what it labelled is gone
                continue
            scope.setdefault((h5py.h5o.get_info(labelled.id).addr, int(dimension)), (name, item.shape[0]))

    def check_storage(self, item: h5py.Dataset, at: str) -> None:
        if item.is_virtual:
            raise self.refused(at, "virtual_dataset", "takes its values from other files (a virtual dataset), which is refused")
        if item.external:
            raise self.refused(at, "external_storage", "takes its values from another file (external storage), which is refused")
        properties = item.id.get_create_plist()
        for i in range(properties.get_nfilters()):
            if (code := properties.get_filter(i)[0]) not in FILTERS:
                raise self.refused(at, "filter", f"is packed with filter {code}, which headwater does not use; only shuffle, deflate "
                                                 "and fletcher32 are read")
        self.check_type(item.id.get_type(), item.dtype, at, "type")
        if item.shape is None or item.ndim > MOST_DIMENSIONS:
            raise self.refused(at, "rank", f"has no shape, or more than {MOST_DIMENSIONS} dimensions")
        stored = min(item.id.get_storage_size(), self.bytes)
        if item.nbytes > stored * MOST_DEFLATE or item.chunks and any(c > max(e, 1) for c, e in zip(item.chunks, item.shape)):
            raise self.refused(at, "shape", f"declares {item.nbytes:,} bytes of values and stores {stored:,}, which cannot hold them, "
                                            "or chunks larger than itself; the file is damaged or made to exhaust memory")
        self.memory += item.nbytes + (item.size * BYTES_OF_TEXT if item.dtype.kind == "S" else 0)
        if self.memory > max(FREE_MEMORY, self.bytes * MEMORY_BY_BYTE):
            raise self.refused(at, "memory", f"and what stands before it would take {self.memory:,} bytes of memory, from a file of "
                                             f"{self.bytes:,}; no result packs so well, so the file is made to exhaust memory")


class _Hash:
    """SHA-256 of names, attributes, labels, shapes and values in the order of the library (hdf5/content_hash.cpp)."""

    def __init__(self) -> None:
        self.sha = hashlib.sha256()

    def whole(self, number: int) -> None:
        self.sha.update(struct.pack("<q", number))

    def text(self, text: str) -> None:
        content = text.encode()
        self.sha.update(struct.pack("<q", len(content)) + content)

    def values(self, values: Any, kinds: str) -> None:
        """`kinds` are the library's alternatives in order: t text, d number, i integer, capital letters for lists."""
        if isinstance(values, str):
            self.whole(kinds.index("t"))
            self.text(values)
        elif isinstance(values, list):
            self.whole(kinds.index("T"))
            self.whole(len(values))
            for value in values:
                self.text(value)
        else:
            array = np.asarray(values)
            letter = "i" if array.dtype.kind == "i" else "d"
            several = isinstance(values, np.ndarray)
            self.whole(kinds.index(letter.upper() if several else letter))
            if several:
                self.whole(array.size)
            self.sha.update(array.tobytes())

    def node(self, node: StoredNode, root: bool) -> None:
        self.text("" if root else node.name)
        for key, value in node.attributes.items():
            if not (root and key in ("complete", "content_sha256")):
                self.text(key)
                self.values(value, "tdiTDI")
        self.whole(len(node.labels))
        for name, (labels, description) in node.labels.items():
            self.text(name)
            self.values(labels, "TDI")
            self.text(description)
        self.whole(len(node.values))
        for name, (values, dims, shape, description, unit) in node.values.items():
            self.text(name)
            self.whole(len(dims))
            for dim in dims:
                self.text(dim)
            self.whole(len(shape))
            self.sha.update(struct.pack(f"<{len(shape)}q", *shape))
            self.values(values, "DIT")
            self.text(description)
            self.text(unit)
        self.whole(len(node.nodes))
        for child in node.nodes.values():
            self.node(child, root=False)


def _check_root(file: h5py.File, path: str) -> None:
    def fail(code: str, why: str) -> HeadwaterError:
        return HeadwaterError(path + why, kind="data", code="hdf5." + code, file=path)

    how = "; give one that `headwater run` has written"
    found = _text(file.attrs.get("format"))
    if found != FORMAT:
        raise fail("wrong_format", (" is not a result file of headwater" if found is None else f" holds '{found}', not a result file") + how)
    version = _text(file.attrs.get("format_version"))
    if not isinstance(version, int) or version < 1:
        raise fail("wrong_format", " has no format version" + how)
    if version > schema.VERSION:
        raise fail("newer_format", f" has format version {version} and this headwater reads up to version {schema.VERSION}; use a newer "
                                   "headwater")
    if _text(file.attrs.get("complete")) != 1:
        raise fail("incomplete", " was not written to its end (it is not marked complete); write it again")


def _check_content(root: StoredNode, path: str) -> None:
    found = _Hash()
    found.node(root, root=True)
    stored, computed = root.attributes.get("content_sha256"), found.sha.hexdigest()
    if stored != computed:
        said = str(stored)[:12] + "..." if stored else "nothing"
        raise HeadwaterError(f"{path} is not as it was written: its content has SHA-256 {computed[:12]}... and it says {said}; write it "
                             "again", kind="data", code="hdf5.content", file=path)
    if departed := schema.departure(root):
        raise HeadwaterError(f"{path}: '{departed[0]}' {departed[1]}; headwater has not written it so, and nothing in the file is used: "
                             "write it again", kind="data", code="result.schema", file=path, key=departed[0])


def _check_file(path: str) -> None:
    if not os.path.isfile(path):
        why = "it is a directory" if os.path.isdir(path) else "no such file" if not os.path.exists(path) else "it is not a regular file"
        raise HeadwaterError(f"cannot read '{path}': {why}; check the path", kind="io", code="io.cannot_read", file=path)
    try:
        with open(path, "rb") as file:
            head = file.read(48)
    except OSError as error:
        raise HeadwaterError(f"cannot read '{path}': {error.strerror}; check the path and its permissions", kind="io",
                             code="io.cannot_read", file=path) from error
    if head[:8] != SIGNATURE:
        raise HeadwaterError(f"{path} is not an HDF5 file; give a file that headwater has written", kind="data", code="hdf5.not_hdf5",
                             file=path)
    if len(head) == 48 and (head[8] not in (2, 3) or head[9:11] != b"\x08\x08"):
        raise HeadwaterError(f"{path} is an HDF5 file of another program (superblock version {head[8]}); give a file that headwater has "
                             "written", kind="data", code="hdf5.foreign", file=path)


def read_file(path: str | os.PathLike[str]) -> StoredNode:
    """The whole content of a result file, once it is known to be what Headwater wrote."""
    name = os.fspath(path)
    _check_file(name)
    try:
        with h5py.File(name, "r") as file:
            _check_root(file, name)
            root = _Reader(file, name).node(file["/"], "", {})
        _check_content(root, name)
        return root
    except HeadwaterError:
        raise
    except MemoryError as error:
        raise HeadwaterError(f"{name} needs more memory than there is; read it on a larger machine", kind="io", code="io.no_memory",
                             file=name) from error
    except Exception as error:  # whatever h5py makes of a damaged file: OSError, RuntimeError, KeyError, ValueError, ...
        raise HeadwaterError(f"{name} cannot be read as HDF5 ({error}); the file is damaged, write it again", kind="data",
                             code="hdf5.damaged", file=name) from error
