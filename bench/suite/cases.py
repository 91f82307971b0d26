"""What is timed: a formula on a panel, with the number that any exact program must find before its time counts."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    name: str
    data: str
    formula: str  # outcome ~ regressors | effects, as headwater and fixest read it
    unit: str = "indiv_id"
    time: str = "year"
    cluster: tuple = ("indiv_id",)
    expected: float | None = None  # of the first regressor; None: the programs are compared with one another
    digits: float = 1e-10  # relative, of headwater; a peer that stops at a tolerance shows its distance instead
    use: str = ""  # a decomposition
    bootstrap: str = ""
    words: tuple = field(default=())  # further words of headwater's command
    peers: tuple = ("pyfixest", "within", "fixest")


def firm_cases(kind, sizes, expected):
    cases = []
    for size in sizes:
        data = f"{kind}_{size}"
        for effects, label in (("indiv_id", "1fe"), ("indiv_id + year", "2fe"), ("indiv_id + year + firm_id", "3fe")):
            if kind == "difficult" and label == "1fe":
                continue
            cases.append(Case(f"{data}_{label}", data, f"y ~ x1 | {effects}", expected=expected.get((size, label))))
    return cases


def ten(data, effects, label):
    return Case(f"{data}_k10_{label}", data, f"y10 ~ {' + '.join(f'x{j}' for j in range(1, 11))} | {effects}")


def regressors(count):
    return " + ".join(f"x{k}" for k in range(1, count + 1))


NHS = {"data": "nhs", "unit": "unit", "time": "period"}
BIG = {"data": "big", "unit": "unit", "time": "period", "cluster": ("unit",)}

CASES = [
    Case("nhs", formula=f"y ~ {regressors(12)} | unit + period", cluster=("unit", "period"), expected=-0.3748489896, digits=1e-9,
         peers=("pyfixest", "within", "linearmodels", "fixest"), **NHS),
    *firm_cases("simple", ("1e5", "1e6"), {("1e6", "2fe"): 0.9977779862, ("1e6", "3fe"): 0.998046823}),
    ten("simple_1e6", "indiv_id + year", "2fe"),
    ten("simple_1e6", "indiv_id + year + firm_id", "3fe"),
    *firm_cases("difficult", ("1e5", "1e6"), {("1e6", "3fe"): 1.000340117967}),
    Case("difficult_1e6_indiv_firm", "difficult_1e6", "y ~ x1 | indiv_id + firm_id"),
    Case("akm19_1e6_3fe", "akm19_1e6", "y ~ x1 + x2 | indiv_id + year + firm_id", expected=2.998476501180),
    Case("akm19_1e6_indiv_firm", "akm19_1e6", "y ~ x1 + x2 | indiv_id + firm_id"),
    Case("big", formula=f"y ~ {regressors(20)} | unit + period", expected=-0.5008085843, digits=1e-9, **BIG),
    Case("slopes_1e4_units", formula="y ~ x1 | unit[period]", peers=("pyfixest", "fixest"), **BIG),
    Case("read_big", formula="y ~ x1", peers=("read_pyarrow", "read_pandas", "read_duckdb", "fread"), **BIG),
    Case("oaxaca_999", formula=f"y ~ {regressors(12)}", cluster=("unit",), use="oaxaca(groups = group)", words=("--estimator", "pooled"),
         bootstrap="cluster(draws = 999)", peers=("oaxaca",), **NHS),
    *[Case(f"{use.split('(')[0]}_999", formula=f"y ~ {regressors(12)} | unit + period", cluster=("unit",), use=use,
           bootstrap="cluster(draws = 999)", peers=(), **NHS)
      for use in ("change(from = 1, to = 48)", "contributions(by = group)", "gelbach(base = x1)", "fields", "shapley")],
]

# Pairs of cases of which the larger has so many times the rows of the smaller: log of the ratio of CPU over log of rows.
GROWTH = [("simple_1e5_3fe", "simple_1e6_3fe", 10), ("difficult_1e5_3fe", "difficult_1e6_3fe", 10)]
