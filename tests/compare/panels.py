"""Random panels with what real ones have: units that come and go, gaps, one-row units, nested and crossed groupings, weights."""

import numpy as np
import pandas as pd


def panel(seed):
    """Units in districts in regions, a type across them, an integer size; two regressors and their sum, a trend."""
    random = np.random.default_rng([20260, seed])
    units, periods = int(random.integers(12, 40)), int(random.integers(4, 9))
    district = random.integers(0, 6, units)
    rows = []
    for u in range(units):
        if u % 7 == 3 and seed % 3 == 0:
            times = [int(random.integers(0, periods))]  # a singleton
        else:
            times = [t for t in range(periods) if random.random() > 0.2]
        for t in times:
            rows.append((f"u{u:02d}", 2010 + t, f"d{district[u]}", f"r{district[u] // 2}", f"k{random.integers(0, 3)}", t - 2.0))
    frame = pd.DataFrame(rows, columns=["unit", "year", "district", "region", "kind", "trend"])
    n = len(frame)
    by_unit = {u: random.normal() for u in frame.unit.unique()}
    by_year = {t: random.normal() for t in frame.year.unique()}
    own = frame.unit.map(by_unit).to_numpy(float)
    shock = frame.year.map(by_year).to_numpy(float)
    frame["x"] = np.round(random.normal(size=n) + 0.5 * own, 4)
    frame["z"] = np.round(random.normal(size=n) + 0.5 * shock, 4)
    frame["both"] = frame.x + frame.z
    frame["zz"] = np.round(frame.z ** 2, 4)
    frame["code"] = frame.unit.str[1:].astype(int)
    frame["w"] = np.round(random.uniform(0.5, 3, n), 3)
    frame["y"] = np.round(0.4 * frame.x - 0.2 * frame.z + own + 0.7 * shock + random.normal(size=n) * (1 + 0.5 * (frame.kind == "k1")), 4)
    frame["v"] = np.round(frame.z + random.normal(size=n), 4)  # instruments of z
    frame["v2"] = np.round(frame.z + 0.5 * frame.x + random.normal(size=n), 4)
    return frame


def without_singletons(frame, effects):
    """Rows left after levels with one row have gone, again and again."""
    while True:
        single = np.zeros(len(frame), bool)
        for effect in effects:
            keys = frame[effect.split("^")].astype(str).agg("^".join, axis=1)
            single |= keys.map(keys.value_counts()).to_numpy() == 1
        if not single.any():
            return frame
        frame = frame[~single]


def written(seed, folder):
    """The panel of a seed and its CSV file."""
    frame, path = panel(seed), folder / f"panel{seed}.csv"
    if not path.exists():
        frame.to_csv(path, index=False)
    return frame, path
