"""Result files through h5py alone. Files from strangers: links, external storage, virtual datasets and filters other
than Headwater's own are refused, and a shape that the stored bytes cannot fill is not allocated."""

from __future__ import annotations

import os
from typing import Any

import h5py
import numpy as np

from .errors import HeadwaterError

FORMAT = "headwater.result"
VERSION = 1
MOST_DEFLATE = 1040  # deflate packs at most 1032 bytes into one
FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}


def _refused(file: str, path: str, code: str, why: str) -> HeadwaterError:
    return HeadwaterError(f"{file}: '{path}' {why}", kind="data", code="hdf5." + code, file=file, key=path)


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray):
        return [_text(each) for each in value.tolist()]
    return value.item() if isinstance(value, np.generic) else value


class StoredNode:
    """A group of a result file; what it holds is read when it is asked for."""

    def __init__(self, group: h5py.Group, file: str) -> None:
        self._group = group
        self._file = file
        self.name = group.name.rsplit("/", 1)[1]
        self.axes: list[str] = []
        self.arrays: list[str] = []
        self.children: list[str] = []
        for name in group:
            self._place(name).append(name)

    def _path(self, name: str) -> str:
        return f"{self._group.name.rstrip('/')}/{name}"

    def _place(self, name: str) -> list[str]:
        if not isinstance(self._group.get(name, getlink=True), h5py.HardLink):
            raise _refused(self._file, self._path(name), "link", "is a link to somewhere else, which is refused")
        item = self._group[name]
        if isinstance(item, h5py.Group):
            return self.children
        self._check(item)
        return self.axes if item.is_scale else self.arrays

    def _check(self, item: h5py.Dataset) -> None:
        path = item.name
        if item.is_virtual:
            raise _refused(self._file, path, "virtual_dataset", "takes its values from other files (a virtual dataset), which is refused")
        if item.external:
            raise _refused(self._file, path, "external_storage", "takes its values from another file (external storage), which is refused")
        properties = item.id.get_create_plist()
        for i in range(properties.get_nfilters()):
            if (code := properties.get_filter(i)[0]) not in FILTERS:
                raise _refused(self._file, path, "filter", f"is packed with filter {code}, which headwater does not use; "
                                                           "only shuffle, deflate and fletcher32 are read")
        stored = min(item.id.get_storage_size(), os.path.getsize(self._file))
        if item.nbytes > stored * MOST_DEFLATE:
            raise _refused(self._file, path, "shape", f"declares {item.nbytes:,} bytes of values and stores {stored:,}, which cannot "
                                                      "hold them; the file is damaged or made to exhaust memory")

    @property
    def attributes(self) -> dict[str, Any]:
        return {key: _text(value) for key, value in self._group.attrs.items()}

    def child(self, name: str) -> StoredNode:
        return StoredNode(self._group[name], self._file)

    def _values(self, item: h5py.Dataset) -> Any:
        try:
            values = item[()]
        except OSError as error:
            raise _refused(self._file, item.name, "damaged", f"cannot be read ({error}); the file is damaged, write it again") from error
        if item.dtype.kind != "S":
            values = np.asarray(values)
            values.flags.writeable = False
            return values
        return [each.decode() for each in np.asarray(values).reshape(-1).tolist()]

    def axis(self, name: str) -> tuple[Any, str]:
        item = self._group[name]
        return self._values(item), _text(item.attrs["description"])

    def array(self, name: str) -> tuple[Any, list[str], list[int], str, str]:
        item = self._group[name]
        dims = [dim[0].name.rsplit("/", 1)[1] for dim in item.dims]
        return self._values(item), dims, list(item.shape), _text(item.attrs["description"]), _text(item.attrs["unit"])


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
    if version > VERSION:
        raise fail("newer_format", f" has format version {version} and this headwater reads up to version {VERSION}; use a newer headwater")
    if _text(file.attrs.get("complete")) != 1:
        raise fail("incomplete", " was not written to its end (it is not marked complete); write it again")


def open_file(path: str | os.PathLike[str]) -> tuple[h5py.File, StoredNode]:
    """The open file and its root."""
    name = os.fspath(path)
    if not os.path.isfile(name):
        why = "it is a directory" if os.path.isdir(name) else "no such file" if not os.path.exists(name) else "it is not a regular file"
        raise HeadwaterError(f"cannot read '{name}': {why}; check the path", kind="io", code="io.cannot_read", file=name)
    try:
        file = h5py.File(name, "r")
    except OSError as error:
        raise HeadwaterError(f"{name} cannot be opened as HDF5 ({error}); give a file that headwater has written", kind="data",
                             code="hdf5.damaged", file=name) from error
    try:
        _check_root(file, name)
        return file, StoredNode(file["/"], name)
    except BaseException:
        file.close()
        raise
