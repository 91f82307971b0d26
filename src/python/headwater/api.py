"""What a user calls: fit, fits, run, simulate, methods."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

import pandas as pd

from .again import Source, Terms, driver_list
from .compiled import core
from .data import Panel, data_settings, is_path, is_simulated, read_panel
from .errors import HeadwaterError
from .fits import Fit
from .result import Result

if TYPE_CHECKING:
    from typing_extensions import Unpack

Settings = list[tuple[str, str]]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def _listed(key: str, values: str | Iterable[str]) -> Settings:
    return [(key, value) for value in ([values] if isinstance(values, str) else values)]


class FitOptions(TypedDict, total=False):
    """What ``headwater fit`` takes; ``headwater fit --help`` explains each."""

    unit: str | None  # column of the unit key
    time: str | None  # column of the time key
    weights: str | None
    estimator: str | None  # "within", "pooled", "first_difference", ...: hw.methods()
    covariance: str | None  # "cluster(trust)", "robust", "driscoll_kraay(lag = 4)", ...
    profile: str | None  # whose small-sample convention: "fixest", "stata", ...
    drivers: Mapping[str, Terms] | None  # name -> terms
    decompose: str | Sequence[str]
    tests: str | Sequence[str]  # "x - 2*z = 0"
    split: str | None
    fsplit: str | None
    singletons: str | None
    sample: str | None
    succession: str | os.PathLike[str] | None
    text: list[str] | None  # columns that stay text
    level: float | None
    power: float | None
    seed: int | None
    threads: int | None
    check_quality: bool
    simulated: bool
    allow_failures: bool
    output: str | os.PathLike[str] | None  # the result file


def _computed(formula: str, data: Any, *, unit: str | None = None, time: str | None = None, weights: str | None = None,
              estimator: str | None = None, covariance: str | None = None, profile: str | None = None,
              drivers: Mapping[str, Terms] | None = None, decompose: str | Sequence[str] = (), tests: str | Sequence[str] = (),
              split: str | None = None, fsplit: str | None = None, singletons: str | None = None, sample: str | None = None,
              succession: str | os.PathLike[str] | None = None, text: list[str] | None = None, level: float | None = None,
              power: float | None = None, seed: int | None = None, threads: int | None = None, check_quality: bool = True,
              simulated: bool = False, allow_failures: bool = False, output: str | os.PathLike[str] | None = None) -> Result:
    given = {"model.formula": formula, "model.weights": weights, "model.estimator": estimator, "model.covariance": covariance,
             "model.profile": profile, "model.split": split, "model.fsplit": fsplit, "model.singletons": singletons,
             "run.sample": sample, "run.level": level, "run.power": power, "run.seed": seed, "run.threads": threads,
             "run.allow_failures": allow_failures or None, "data.simulated": simulated or is_simulated(data) or None, "output.result": output}
    settings = [(key, _word(value)) for key, value in given.items() if value is not None]
    settings += [*(("driver." + name, terms) for name, terms in driver_list(drivers)), *_listed("decompose.use", decompose),
                 *_listed("model.test", tests)]
    if isinstance(data, Panel):
        if unit or time or succession or text:
            raise HeadwaterError("unit, time, succession and text belong to the panel, which has them already; leave them out",
                                 kind="usage", code="python.panel_keys")
        config = core().Config.from_flags([*settings, *data.settings])
        return Source(config, data.native).run()
    settings += data_settings(unit=unit, time=time, succession=succession, text=text, check_quality=check_quality)
    if is_path(data):
        settings.append(("data.file", os.path.abspath(data)))
    config = core().Config.from_flags(settings)
    return Source(config, read_panel(config, data)).run()


def fit(formula: str, data: Any, **options: Unpack[FitOptions]) -> Fit:
    """Fits one model of fixest's grammar: ``fit("log(y) ~ l(x, 1:2) | trust + quarter", frame, unit="trust", time="quarter")``.

    ``data`` is a pandas, polars or pyarrow frame, a :class:`Panel`, or the path of a CSV, Parquet, Feather or HDF5 file. The
    options are those of ``headwater fit``, listed in ``FitOptions``. A formula of several models goes to :func:`fits`.
    """
    result = _computed(formula, data, **options)
    if len(result.fits) > 1:
        raise HeadwaterError(f"'{formula}' makes {len(result.fits)} models ({', '.join(result.fits)}); hw.fits() gives them all", kind="usage",
                             code="python.several_models")
    return next(iter(result.fits.values()))


def fits(formula: str, data: Any, **options: Unpack[FitOptions]) -> Result:
    """All models of a formula with several outcomes, ``ratio()``, ``sw()`` or a split: ``fits(...).fits`` has each by name."""
    return _computed(formula, data, **options)


def run(config: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None, *, data: Any = None, **settings: Any) -> Result:
    """Runs a configuration file, as ``headwater run`` does, and writes the files that it names under ``[output]``.

    Every key is an argument too: ``run("configs/demo.cfg", run_seed=7)`` or ``run(path, {"run.seed": 7})``. ``output_result``,
    ``output_table`` and ``output_report`` are such keys; ``None`` writes no such file, and a report that cannot be written is refused
    before anything is computed. ``data`` takes the place of the data file.
    """
    given = {**(overrides or {}), **{key if "." in key else key.replace("_", ".", 1): value for key, value in settings.items()}}
    listed: Settings = []
    for key, value in given.items():
        value = "" if value is None else value
        several = isinstance(value, (list, tuple))
        listed += [(key, _word(each)) for each in (value if several else [value])]
    if is_simulated(data):
        listed.append(("data.simulated", "yes"))
    if is_path(data):
        listed.append(("data.file", os.path.abspath(data)))
    path = os.fspath(config)
    resolved = core().Config.from_file(path, listed)
    return Source(resolved, read_panel(resolved, data)).run()


class Simulation(NamedTuple):
    """A simulated panel and what was planted in it."""

    panel: pd.DataFrame
    truth: pd.DataFrame


def simulate(scenario: str = "nhs", *, seed: int = 20260212, trusts: int = 205, quarters: int = 24) -> Simulation:
    """An NHS-like panel with planted truth: ``clean``, ``nhs`` or ``adversarial``. The same digits as ``headwater simulate``."""
    import pyarrow.csv

    texts = core().simulate(scenario, seed, trusts, quarters)
    found = Simulation(*(pyarrow.csv.read_csv(io.BytesIO(text.encode())).to_pandas() for text in texts))
    found.panel.attrs["simulated"] = True  # every fit of this frame then says so
    return found


def methods(name: str | None = None) -> pd.DataFrame:
    """Which question each method answers, when not to use it and what it takes; the options of one when it is named."""
    cards = core().methods()
    if name is None:
        return pd.DataFrame([{k: v for k, v in card.items() if k != "options"} for card in cards])
    for card in cards:
        if card["name"] == name:
            return pd.DataFrame(card["options"], columns=["name", "type", "default", "help"])
    known = ", ".join(card["name"] for card in cards)
    raise HeadwaterError(f"there is no method '{name}'; the methods are {known}", kind="usage", code="usage.unknown_method")
