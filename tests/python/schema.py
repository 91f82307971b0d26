"""Reads the tables of SCHEMA.md and walks a result file against them."""

import fnmatch
import pathlib
import re
from dataclasses import dataclass

import h5py
import numpy as np

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "src/headwater/result/SCHEMA.md"
ROW = re.compile(r"^\| `(?P<path>[^`]+)` \|(?P<kind>[^|]*)\|(?P<dims>[^|]*)\|(?P<when>[^|]*)\|")


@dataclass(frozen=True)
class Item:
    path: str
    kind: str
    dims: tuple
    when: str

    def matches(self, path):
        """`*` stands for one name, so it never crosses a slash."""
        ours, theirs = self.path.split("/"), path.split("/")
        return len(ours) == len(theirs) and all(fnmatch.fnmatchcase(t, o) for o, t in zip(ours, theirs))


def read_schema(text=None):
    items = []
    for line in (text or SCHEMA.read_text()).splitlines():
        if row := ROW.match(line):
            dims = tuple(d.strip() for d in row["dims"].split(",") if d.strip())
            items.append(Item(row["path"], row["kind"].strip(), dims, row["when"].strip()))
    return items


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def attribute_kind(value):
    if isinstance(value, (bytes, str)):
        return "text"
    return "integer" if np.issubdtype(np.asarray(value).dtype, np.integer) else "number"


def dataset_kind(dataset):
    kind = {"S": "texts", "i": "integers", "f": "numbers"}[dataset.dtype.kind]
    return f"axis of {kind}" if dataset.is_scale else kind


def dims_of(dataset):
    return () if dataset.is_scale else tuple(d[0].name.rsplit("/", 1)[1] for d in dataset.dims)


def walk(file):
    """(path, kind, dims) of every attribute of a group and every dataset."""
    found = [("/@" + key, attribute_kind(value), ()) for key, value in file.attrs.items()]

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found.append(("/" + name, dataset_kind(item), dims_of(item)))
        else:
            found.extend((f"/{name}@{key}", attribute_kind(value), ()) for key, value in item.attrs.items())

    file.visititems(visit)
    return found


def conditions(file, group):
    """Which of the words under When hold for a group."""
    true = {"always"}
    parts = group.strip("/").split("/")
    if parts[0] == "fits" and len(parts) > 1:
        failed = text(file["/".join(parts[:2])].attrs["status"]) == "failed"
        true |= {"failed"} if failed else {"fitted"}
        if not failed and file.attrs["estimated"] == 1:
            true.add("estimated")
    return true


def split_path(path):
    """Group and name of a dataset or an attribute."""
    return path.split("@", 1) if "@" in path else path.rsplit("/", 1)


def top_group(group):
    """The group whose presence asks for the item: /fits/x for /fits/x/rows as well."""
    parts = group.strip("/").split("/")
    depth = {"fits": 2, "decompositions": 3}.get(parts[0], 1)
    return "/" + "/".join(parts[:depth])


def groups(file):
    names = ["/"]
    file.visititems(lambda name, item: names.append("/" + name) if isinstance(item, h5py.Group) else None)
    return names


def undescribed(file):
    wrong = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            wanted = ["description"] if item.is_scale else ["description", "unit"]
            wrong.extend(f"/{name} has no {key}" for key in wanted if not text(item.attrs.get(key, "")))

    file.visititems(visit)
    return wrong


def deviations(file, schema):
    """One sentence for each difference between the file and the schema."""
    found = walk(file)
    wrong = undescribed(file)
    for path, kind, dims in found:
        rules = [item for item in schema if item.matches(path)]
        if not rules:
            wrong.append(f"{path} is not in SCHEMA.md")
        elif rules[0].kind != "anything" and (rules[0].kind, rules[0].dims) != (kind, dims):
            wrong.append(f"{path} is {kind} {dims} and SCHEMA.md says {rules[0].kind} {rules[0].dims}")
    paths = [path for path, _, _ in found]
    for item in schema:
        parent = top_group(split_path(item.path)[0] or "/")
        for group in groups(file):
            if not Item(parent, "", (), "").matches(group) or item.when not in conditions(file, group):
                continue
            wanted = group.rstrip("/") + item.path[len(parent.rstrip("/")):] if parent != "/" else item.path
            if not any(Item(wanted, "", (), "").matches(path) for path in paths):
                wrong.append(f"{wanted} is missing")
    return wrong
