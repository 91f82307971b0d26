"""The compiled module, for what needs it; reading result files does not."""

from __future__ import annotations

from types import ModuleType

from .errors import HeadwaterError


def core() -> ModuleType:
    try:
        from . import _core
    except ImportError as error:
        raise HeadwaterError(f"this needs the compiled module of headwater, which cannot be loaded ({error}); install the package "
                             "with pip install . (hw.open() and its frames work without it)", kind="usage",
                             code="python.not_compiled") from error
    return _core
