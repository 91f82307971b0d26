"""Data frames and files -> panels, through the Arrow C stream interface: numeric columns are handed over, not copied."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .compiled import core
from .errors import HeadwaterError

if TYPE_CHECKING:
    import pandas as pd

ARROW_FILES = (".parquet", ".feather", ".arrow")


class Panel:
    """A panel that is read and sorted once and fitted many times."""

    def __init__(self, data: Any, *, unit: str | None = None, time: str | None = None, succession: str | os.PathLike[str] | None = None,
                 text: list[str] | None = None, check_quality: bool = True) -> None:
        self.settings = data_settings(unit=unit, time=time, succession=succession, text=text, check_quality=check_quality)
        if is_simulated(data):
            self.settings.append(("data.simulated", "yes"))
        if is_path(data):
            self.settings.append(("data.file", os.path.abspath(data)))
        # A panel needs no model; the configuration that reads it asks for one.
        config = core().Config.from_flags([*self.settings, ("model.formula", "y ~ 1")])
        self.native = read_panel(config, data)

    @property
    def columns(self) -> list[str]:
        return list(self.native.columns)

    def __len__(self) -> int:
        return int(self.native.rows)

    def __repr__(self) -> str:
        return f"<Panel of {self.native.source}: {len(self):,} rows, unit '{self.native.unit}', time '{self.native.time}'>"


def is_path(data: Any) -> bool:
    return isinstance(data, (str, os.PathLike))


def is_simulated(data: Any) -> bool:
    return bool(getattr(data, "attrs", {}).get("simulated"))


def _quoted(name: str) -> str:
    """A name as a list of names holds it, whatever characters it has."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def data_settings(*, unit: str | None, time: str | None, succession: str | os.PathLike[str] | None, text: list[str] | None,
                  check_quality: bool) -> list[tuple[str, str]]:
    given = {"data.unit": unit, "data.time": time, "data.succession": os.fspath(succession) if succession else None,
             "data.text": ", ".join(map(_quoted, text)) if text else None, "data.check_quality": None if check_quality else "no"}
    return [(key, value) for key, value in given.items() if value is not None]


def read_panel(config: Any, data: Any) -> Any:
    """The panel of ``data``, or of the configuration's own file when there is none."""
    if data is not None and not is_path(data):
        return config.read_stream(_stream(data), _label(data), "")
    path = config.data_file
    if path.lower().endswith(ARROW_FILES) and os.path.isfile(path):
        return config.read_stream(_arrow_file(path), path, core().sha256_of_file(path))
    return config.read_file()


def _label(data: Any) -> str:
    return f"the {type(data).__module__.partition('.')[0]} {type(data).__name__}"


def _stream(data: Any) -> Any:
    if not hasattr(data, "__arrow_c_stream__"):
        raise HeadwaterError(f"the data are of type {type(data).__module__}.{type(data).__name__}, which does not speak the Arrow C "
                             "stream interface; give a pandas, polars or pyarrow frame, or the path of a file", kind="usage",
                             code="python.data")
    if _label(data) != "the pandas DataFrame":
        return data.__arrow_c_stream__()
    if data.index.names == [None]:
        data = data.reset_index(drop=True)  # else a filtered frame would bring its row numbers along as a column
    try:
        return data.__arrow_c_stream__()
    except (ValueError, TypeError, NotImplementedError):
        return _column_by_column(data)


def _column_by_column(frame: pd.DataFrame) -> Any:
    """A frame that Arrow does not take whole: what it cannot take is left out, and told of where a formula asks for it."""
    import pyarrow as pa

    if frame.index.names != [None]:
        frame = frame.reset_index(allow_duplicates=True)
    arrays, fields = [], []
    for position, name in enumerate(frame.columns):
        metadata = None
        try:
            array = pa.array(frame.iloc[:, position], from_pandas=True)
        except (ValueError, TypeError, NotImplementedError) as error:
            why = f"cannot be handed over ({str(error).splitlines()[0].rstrip('.')}); turn its values into numbers or text"
            array, metadata = pa.nulls(len(frame)), {"headwater.obstacle": why}
        arrays.append(array)
        fields.append(pa.field(str(name), array.type, metadata=metadata))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields)).__arrow_c_stream__()


def _arrow_file(path: str) -> Any:
    import pyarrow as pa

    try:
        if path.lower().endswith(".parquet"):
            import pyarrow.parquet

            return pyarrow.parquet.read_table(path).__arrow_c_stream__()
        import pyarrow.feather

        return pyarrow.feather.read_table(path).__arrow_c_stream__()
    except (pa.ArrowException, OSError) as error:
        raise HeadwaterError(f"{path} cannot be read as Parquet, Feather or Arrow ({error}); write it again", kind="data",
                             code="arrow.damaged", file=path) from error
