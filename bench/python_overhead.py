"""What a call from Python costs on top of the computation: python bench/python_overhead.py

The same bits are asserted first. Then three things are timed, the median of many calls:
  call   hw.fit on a panel that is in memory, minus the time spent inside the library (estimating and describing the result)
  frame  handing a data frame over and sorting it into a panel (nothing here is copied by Python; the sort is the library's)
  fit    the whole hw.fit(formula, frame)
"""

import json
import statistics
import time

import pandas as pd
import polars as pl
import pyarrow as pa

import headwater as hw
from headwater import _core

FORMULA = "log(activity) ~ l(log(capital_stock), 1) + l(agency_share, 1:2) + l(turnover, 1) | trust + type^quarter"
KEYS = {"unit": "trust", "time": "quarter", "check_quality": False}
LIMIT = 1e-3


def seconds(call, times):
    """Every call's seconds, and what it returned last."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        result = call()
        spent.append(time.perf_counter() - start)
    return spent, result


def overhead(panel, times):
    """Seconds of hw.fit outside the library."""
    inside = []
    compute = _core.Config.run

    def timed(config, panel):
        start = time.perf_counter()
        result = compute(config, panel)
        inside.append(time.perf_counter() - start)
        return result

    _core.Config.run = timed
    try:
        spent, _ = seconds(lambda: hw.fit(FORMULA, panel), times)
    finally:
        _core.Config.run = compute
    return [whole - part for whole, part in zip(spent, inside)]


def measured(trusts, quarters, times):
    frame = hw.simulate("clean", trusts=trusts, quarters=quarters).panel
    table = pa.Table.from_pandas(frame, preserve_index=False)
    sources = {"pandas": frame, "polars": pl.from_arrow(table), "pyarrow": table}
    panel = hw.Panel(frame, **KEYS)
    expected = json.loads(hw.fit(FORMULA, panel).json)["terms"]
    rows = [{"size": f"{trusts} x {quarters}", "what": "call", "source": "Panel", "milliseconds": 1e3 * statistics.median(overhead(panel, times))}]
    for name, source in sources.items():
        assert json.loads(hw.fit(FORMULA, source, **KEYS).json)["terms"] == expected, name
        for what, call in {"frame": lambda: hw.Panel(source, **KEYS), "fit": lambda: hw.fit(FORMULA, source, **KEYS)}.items():
            spent, _ = seconds(call, times)
            rows.append({"size": f"{trusts} x {quarters}", "what": what, "source": name, "milliseconds": 1e3 * statistics.median(spent)})
    return rows


def main():
    table = pd.DataFrame(measured(20, 8, 200) + measured(206, 48, 40))
    print(table.to_string(index=False, float_format="%.3f"))
    worst = table.loc[table["what"] == "call", "milliseconds"].max() / 1e3
    print(f"\noverhead of the call: {1e3 * worst:.3f} ms at most (the limit is {1e3 * LIMIT:.0f} ms)")
    raise SystemExit(worst > LIMIT)


if __name__ == "__main__":
    main()
