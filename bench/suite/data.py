"""Panels of known truth for timing, the same on every machine: random numbers are a hash of (seed, stream, row).

The designs are those of published suites: `simple` and `difficult` of fixest_benchmarks (2025, a firm drawn at random or in
turn), `akm19` of fixest's benchmarks of 2019 (after FixedEffectModels.jl), an NHS-sized panel and a big one of twenty
regressors. With splitmix64's finaliser mix, h(seed, s, i) = mix(mix(seed ^ s*S) + (i + 1)*G), uniforms are (h >> 11 + 1/2) 2^-53
and normals sqrt(-2 ln U(2s)) cos(2 pi U(2s + 1)).
"""

import pathlib
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv

STREAM = 0xD1B54A32D192ED03
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
WORD = 0xFFFFFFFFFFFFFFFF
YEARS = 10


def mix(z):
    z ^= z >> np.uint64(30)
    z *= np.uint64(0xBF58476D1CE4E5B9)
    z ^= z >> np.uint64(27)
    z *= np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z


class Draws:
    """Random numbers of one seed, by stream."""

    def __init__(self, seed):
        self.seed = seed

    def uniform(self, stream, count):
        base = mix(np.array([(self.seed ^ (stream * STREAM)) & WORD], dtype=np.uint64))[0]
        with np.errstate(over="ignore"):
            bits = mix(np.arange(1, count + 1, dtype=np.uint64) * GOLDEN + base)
        return ((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, stream, count):
        return np.sqrt(-2 * np.log(self.uniform(2 * stream, count))) * np.cos(2 * np.pi * self.uniform(2 * stream + 1, count))

    def integer(self, stream, count, below):
        return np.floor(self.uniform(2 * stream, count) * below).astype(np.int64)

    def autoregression(self, stream, units, periods, rho):
        z = self.normal(stream, units * periods).reshape(units, periods)
        for t in range(1, periods):
            z[:, t] = rho * z[:, t - 1] + np.sqrt(1 - rho * rho) * z[:, t]
        return z


def firms(kind, rows):
    """Individuals over ten years; firms at random ("simple") or in turn ("difficult"), whose graph mixes slowly."""
    seed = {10**4: 41, 10**5: 51, 10**6: 61, 10**7: 71}[rows] + 20250000 + (500 if kind == "difficult" else 0)
    draws, i = Draws(seed), np.arange(rows)
    individuals = rows // YEARS
    count = round(individuals / 23)
    individual, year = i // YEARS, i % YEARS
    firm = draws.integer(100, rows, count) if kind == "simple" else i % count
    x = [draws.normal(j, rows) for j in range(1, 11)]
    level = draws.normal(50, individuals)[individual] + draws.normal(51, count)[firm] + draws.normal(52, YEARS)[year]
    noise = level + draws.normal(60, rows)
    columns = {"indiv_id": individual + 1, "year": year + 1, "firm_id": firm + 1}
    columns |= {f"x{j + 1}": x[j] for j in range(10)}
    columns["y"] = x[0] + 0.05 * x[0] ** 2 + noise
    columns["y10"] = sum(x[j] / (j + 1) for j in range(10)) + noise
    return columns


def akm19(rows):
    """Workers who move between neighbouring firms; rows in no order."""
    draws = Draws({10**6: 20190061, 10**7: 20190071}[rows])
    worker = draws.integer(100, rows, rows // 20) + 1
    firm = np.minimum(draws.integer(101, rows, 21) + np.maximum(1, worker // 8 - 10), round(rows / 160))
    year = draws.integer(102, rows, round(rows**0.3)) + 1
    x1 = 5 * np.cos(worker) + 5 * np.sin(firm) + 5 * np.sin(year) + draws.uniform(1000, rows)
    x2 = np.cos(worker) + np.sin(firm) + np.sin(year) + draws.normal(1, rows)
    y = 3 * x1 + 5 * x2 + np.cos(worker) + np.cos(firm) ** 2 + np.sin(year) + draws.normal(2, rows)
    return {"indiv_id": worker, "year": year, "firm_id": firm, "x1": x1, "x2": x2, "y": y}


def panel(units, periods, regressors, seed, slope, spread):
    """Autocorrelated regressors that go together, some of them with the units' levels; errors of units of unequal size."""
    draws, rho = Draws(seed), 0.5
    columns = {"unit": np.repeat(np.arange(1, units + 1), periods), "period": np.tile(np.arange(1, periods + 1), units)}
    alpha, before = draws.normal(900, units), 0
    y = alpha[:, None] + 0.5 * draws.normal(901, periods)[None, :]
    for k in range(regressors):
        x = 0.7 * draws.normal(1000 + k, units)[:, None] + 0.4 * draws.normal(2000 + k, periods)[None, :]
        x = x + draws.autoregression(10 + k, units, periods, rho) + 0.3 * before + (0.3 * alpha[:, None] if k % 3 == 0 else 0)
        columns[f"x{k + 1}"] = x.ravel()
        y = y + slope(k + 1) * x
        before = x
    size = np.exp(spread * draws.normal(902, units))
    columns["y"] = (y + size[:, None] * draws.autoregression(903, units, periods, rho)).ravel()
    columns["group"] = np.where(np.repeat(draws.uniform(904, units), periods) < 0.4, "a", "b")
    return columns


MAKERS = {
    "simple_1e5": lambda: firms("simple", 10**5),
    "simple_1e6": lambda: firms("simple", 10**6),
    "difficult_1e5": lambda: firms("difficult", 10**5),
    "difficult_1e6": lambda: firms("difficult", 10**6),
    "difficult_1e7": lambda: firms("difficult", 10**7),
    "akm19_1e6": lambda: akm19(10**6),
    "akm19_1e7": lambda: akm19(10**7),
    "nhs": lambda: panel(206, 48, 12, 20260206, lambda k: (-1) ** k * 0.4 / k, 0.4),
    "big": lambda: panel(10000, 100, 20, 20261000, lambda k: (-1) ** k * 0.5 / np.sqrt(k), 0.3),
    "big_1e5": lambda: panel(1000, 100, 20, 20261000, lambda k: (-1) ** k * 0.5 / np.sqrt(k), 0.3),
}


def make(name, path):
    """Writes a panel as CSV; the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    pyarrow.csv.write_csv(pa.table(MAKERS[name]()), part, pyarrow.csv.WriteOptions(quoting_style="none"))
    part.rename(path)


if __name__ == "__main__":
    make(sys.argv[1], pathlib.Path(sys.argv[2]))
