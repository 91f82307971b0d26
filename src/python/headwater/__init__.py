"""Headwater: what goes with the productivity of organisations observed over time, and how sure one can be.

    import headwater as hw
    fit = hw.fit("log(y) ~ x | trust + quarter", frame, unit="trust", time="quarter")
    hw.open("result.h5").fits["capital"].coefficients
"""

from importlib.metadata import PackageNotFoundError, version

from .api import FitOptions, Simulation, fit, fits, methods, run, simulate
from .data import Panel
from .decomposition import Decomposition
from .errors import HeadwaterError
from .fits import Fit
from .result import Result
from .result import open_result as open
from .tables import Tables, etable

try:
    __version__ = version("headwater")
except PackageNotFoundError:  # the source folder on the path, which is enough to read result files
    __version__ = "not installed"

__all__ = ["Decomposition", "Fit", "FitOptions", "HeadwaterError", "Panel", "Result", "Simulation", "Tables", "etable", "fit", "fits", "methods",
           "open", "run", "simulate"]
