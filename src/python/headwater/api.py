"""What a user calls: fit, run, simulate, methods."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from .compiled import core
from .data import Panel, data_settings, is_path, is_simulated, read_panel
from .errors import HeadwaterError
from .fits import Fit
from .result import Result
from .tree import Tree

Terms = str | Sequence[str]
Settings = list[tuple[str, str]]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return os.fspath(value) if isinstance(value, os.PathLike) else str(value)


def _driver_settings(drivers: Mapping[str, Terms] | None) -> Settings:
    return [("driver." + name, terms if isinstance(terms, str) else " + ".join(terms)) for name, terms in (drivers or {}).items()]


def _listed(key: str, values: str | Iterable[str]) -> Settings:
    return [(key, value) for value in ([values] if isinstance(values, str) else values)]


def _computed(settings: Settings, panel: Any, path: str | None = None, config: Any = None) -> Result:
    """Runs on a panel, and keeps it so that the same rows can be decomposed again; new drivers take the place of the old."""
    if config is None:
        config = core().Config.from_file(path, settings) if path else core().Config.from_flags(settings)
    native = config.run(panel)

    def again(calls: Sequence[str], drivers: Mapping[str, Terms] | None) -> Result:
        gone = ("output.result", "decompose.use", *(["driver."] if drivers else []))
        kept = [each for each in settings if not each[0].startswith(gone)]
        return _computed([*kept, *_driver_settings(drivers), *_listed("decompose.use", calls), ("output.result", "")], panel, path)

    return Result(Tree(native), native=lambda: native, again=again)


def fit(formula: str, data: Any, *, unit: str | None = None, time: str | None = None, weights: str | None = None,
        estimator: str | None = None, covariance: str | None = None, profile: str | None = None,
        drivers: Mapping[str, Terms] | None = None, decompose: str | Sequence[str] = (), tests: str | Sequence[str] = (),
        split: str | None = None, fsplit: str | None = None, singletons: str | None = None, sample: str | None = None,
        succession: str | os.PathLike[str] | None = None, text: list[str] | None = None, level: float | None = None,
        power: float | None = None, seed: int | None = None, threads: int | None = None, check_quality: bool = True,
        simulated: bool = False, allow_failures: bool = False, output: str | os.PathLike[str] | None = None) -> Fit | Result:
    """Fits a formula of fixest's grammar: ``fit("log(y) ~ l(x, 1:2) | trust + quarter", frame, unit="trust", time="quarter")``.

    ``data`` is a pandas, polars or pyarrow frame, a :class:`Panel`, or the path of a CSV, Parquet, Feather or HDF5 file. The
    options are those of ``headwater fit``. One model gives a :class:`Fit`; several outcomes, ``ratio()``, ``sw()`` or a split
    give a :class:`Result`, whose ``fits`` has each.
    """
    given = {"model.formula": formula, "model.weights": weights, "model.estimator": estimator, "model.covariance": covariance,
             "model.profile": profile, "model.split": split, "model.fsplit": fsplit, "model.singletons": singletons,
             "run.sample": sample, "run.level": level, "run.power": power, "run.seed": seed, "run.threads": threads,
             "run.allow_failures": allow_failures or None, "data.simulated": simulated or is_simulated(data) or None, "output.result": output}
    settings = [(key, _word(value)) for key, value in given.items() if value is not None]
    settings += [*_driver_settings(drivers), *_listed("decompose.use", decompose), *_listed("model.test", tests)]
    if isinstance(data, Panel):
        if unit or time or succession or text:
            raise HeadwaterError("unit, time, succession and text belong to the panel, which has them already; leave them out",
                                 kind="usage", code="python.panel_keys")
        settings += data.settings
        panel, config = data.native, None
    else:
        settings += data_settings(unit=unit, time=time, succession=succession, text=text, check_quality=check_quality)
        if is_path(data):
            settings.append(("data.file", os.path.abspath(data)))
        config = core().Config.from_flags(settings)
        panel = read_panel(config, data)
    result = _computed(settings, panel, config=config)
    return next(iter(result.fits.values())) if len(result.fits) == 1 else result


def run(config: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None, *, data: Any = None, **settings: Any) -> Result:
    """Runs a configuration file, as ``headwater run`` does, and writes the result file that it names.

    Every key is an argument too: ``run("configs/demo.cfg", run_seed=7)`` or ``run(path, {"run.seed": 7})``. ``data`` takes the
    place of the data file.
    """
    given = {**(overrides or {}), **{key if "." in key else key.replace("_", ".", 1): value for key, value in settings.items()}}
    listed: Settings = []
    for key, value in given.items():
        several = isinstance(value, (list, tuple))
        listed += [(key, _word(each)) for each in (value if several else [value])]
    if is_simulated(data):
        listed.append(("data.simulated", "yes"))
    if is_path(data):
        listed.append(("data.file", os.path.abspath(data)))
    path = os.fspath(config)
    resolved = core().Config.from_file(path, listed)
    return _computed(listed, read_panel(resolved, data), path, resolved)


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
