"""The profile plm against R plm (within, pooling and random effects, all in one R process); singletons stay."""

import csv
import math
import pathlib
import subprocess

import numpy as np

import headwater_fit
import panels

EFFECTS = {"": ("pooling", "individual"), "unit": ("within", "individual"), "year": ("within", "time"), "unit + year": ("within", "twoways")}
RULES = ["iid", "robust", "cluster(unit)", "cluster(year)", "cluster(unit, year)", "driscoll_kraay(lag = 1, gaps = bridge)"]
# plm's robust rules see untransformed rows where two effects meet an unbalanced panel, so that case has iid errors alone.
RANDOM = {"unit": ("individual", ["iid", "robust", "cluster(unit)", "cluster(year)"]), "time": ("time", ["iid", "robust", "cluster(unit)"]),
          "both": ("twoways", ["iid"])}
COMPONENTS = {"swamy_arora": "swar", "wallace_hussain": "walhus", "amemiya": "amemiya", "nerlove": "nerlove"}
SCRIPT = pathlib.Path(__file__).parent / "plm_fits.R"


def plans(folder, seeds):
    for seed in seeds:
        _, path = panels.written(seed, folder)
        random = np.random.default_rng([13, seed])
        for effects, (model, effect) in EFFECTS.items():
            for rule in random.choice(RULES, 3, replace=False):
                yield dict(path=str(path), formula="y ~ x + z" if random.random() < 0.5 else "y ~ x", effects=effects, model=model, effect=effect, rule=rule,
                           components="", method="")
        for effects, (effect, rules) in RANDOM.items():
            for components, method in COMPONENTS.items():
                if (effects, components) == ("both", "nerlove"):
                    continue  # plm weighs the time effects of unbalanced panels by the rows of other periods
                yield dict(path=str(path), formula="y ~ x + z" if random.random() < 0.5 else "y ~ x", effects=effects, model="random", effect=effect,
                           rule=random.choice(rules), components=components, method=method)
        for effects in ("unit", "time"):
            yield dict(path=str(path), formula="y ~ x + z | x + v + v2", effects=effects, model="random", effect=RANDOM[effects][0], rule="iid",
                       components="swamy_arora", method="swar")


def compare(comparison, folder, seeds):
    planned = list(plans(folder, seeds))
    table = folder / "plans.csv"
    with open(table, "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(planned[0]))
        writer.writeheader()
        writer.writerows(planned)
    done = subprocess.run(["Rscript", "--vanilla", str(SCRIPT), str(table)], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    for plan, line in zip(planned, done.stdout.splitlines(), strict=True):
        drawn = plan["model"] == "random"
        estimator = f"random(effect = {plan['effects']}, components = {plan['components']})" if drawn else ""
        formula = plan["formula"].replace("x + z | x + v", "x | z ~ v") + (f" | {plan['effects']}" if plan["effects"] and not drawn else "")
        where = f"{pathlib.Path(plan['path']).name}, {formula}, {estimator or plan['model']}, {plan['rule']} (plm)"
        ours = headwater_fit.fit(plan["path"], formula, plan["rule"], "plm", estimator=estimator)
        comparison.fits["plm"] += 1
        rows = {name: (float(b), float(v), float(p)) for name, b, v, p in (cell.split("=") for cell in line.split("\t"))}
        errors = {name: (b, v ** 0.5 if v >= 0 else math.nan, p) for name, (b, v, p) in rows.items()}
        comparison.terms(where, headwater_fit.terms(ours), errors)
