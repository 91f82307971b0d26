"""The one exception of the package: the same text and fields, whether C++ or Python found the trouble."""

from __future__ import annotations

from typing import Any


class HeadwaterError(Exception):
    """What happened with which value, why that is not acceptable, and what to do.

    ``kind`` is usage, data, formula, identification, numerical, io or internal; ``code`` is stable across versions
    (``"data.duplicate_key"``). ``file``, ``row``, ``column`` and ``key`` say where, and are None where they do not apply.
    """

    def __init__(self, message: str, *, kind: str, code: str, file: str | None = None, row: int | None = None,
                 column: str | None = None, key: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.code = code
        self.file = file
        self.row = row
        self.column = column
        self.key = key

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (self.message, {k: v for k, v in vars(self).items() if k != "message"})


def _rebuilt(message: str, fields: dict[str, Any]) -> HeadwaterError:
    return HeadwaterError(message, **fields)
