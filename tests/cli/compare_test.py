"""headwater compare: the parts against fits written out here, the steps against commands on data cut by hand, and every refusal."""

import json
import math
import shutil
import unittest

from command import REFERENCE, CommandTest, run

KEYS = ["--unit", "trust", "--time", "year"]
PARTS = ["data", "sample", "specification"]
CHANGE = "change(from = 2015, to = 2018)"
DRIVERS = ["--driver", "capital=x", "--driver", "digital=z"]


def inverse(matrix):
    n = len(matrix)
    rows = [list(row) + [float(i == j) for j in range(n)] for i, row in enumerate(matrix)]
    for c in range(n):
        pivot = max(range(c, n), key=lambda r: abs(rows[r][c]))
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [v / rows[c][c] for v in rows[c]]
        for r in range(n):
            if r != c:
                rows[r] = [a - rows[r][c] * b for a, b in zip(rows[r], rows[c])]
    return [row[n:] for row in rows]


def least_squares(rows, regressors, weight=None):
    """Slopes with trust and year dummies, and what each trust adds to them times the root of fixest's factor."""
    trusts, years = sorted({r["trust"] for r in rows}), sorted({r["year"] for r in rows})
    X = [[r[x] for x in regressors] + [float(r["trust"] == t) for t in trusts] + [float(r["year"] == y) for y in years[1:]] for r in rows]
    w = [r[weight] if weight else 1.0 for r in rows]
    k, p, n, g = len(regressors), len(X[0]), len(rows), len(trusts)
    bread = inverse([[sum(wi * a[i] * a[j] for wi, a in zip(w, X)) for j in range(p)] for i in range(p)])
    moments = [sum(wi * a[i] * r["y"] for wi, a, r in zip(w, X, rows)) for i in range(p)]
    beta = [sum(bread[i][j] * moments[j] for j in range(p)) for i in range(p)]
    factor = g / (g - 1) * (n - 1) / (n - k - len(years))
    influence = {t: [0.0] * k for t in trusts}
    for wi, a, r in zip(w, X, rows):
        e = wi * (r["y"] - sum(b * v for b, v in zip(beta, a)))
        for j in range(k):
            influence[r["trust"]][j] += math.sqrt(factor) * e * sum(bread[j][i] * a[i] for i in range(p))
    return dict(zip(regressors, beta)), {t: dict(zip(regressors, v)) for t, v in influence.items()}


def first_rows():
    rows = []
    for u in range(12):
        for t in range(5):
            if (u * 5 + t * 3) % 11 == 4:
                continue
            x = ((u * 7 + t * 3) % 11) / 3 + 0.1 * t * u
            z = ((u * 5 + t * t) % 7) / 2 + 0.05 * u * u * t
            noise = (((u * 13 + t * 29) % 17) - 8) / 10
            rows.append({"trust": f"T{u}", "year": 2015 + t, "y": round(2 + 0.5 * x - 0.3 * z + u + 0.2 * t + noise, 6), "x": round(x, 6),
                         "z": round(z, 6), "w": 1.0 + (u + t) % 3})
    return rows


def second_rows():
    """One trust has gone, one is new, a year more; two outcomes in five and one regressor in seven are revised."""
    rows = []
    for r in first_rows():
        if r["trust"] == "T3":
            continue
        u = int(r["trust"][1:])
        rows.append(r | {"y": round(r["y"] + (0.3 if (u + r["year"]) % 5 < 2 else 0) * ((u % 4) - 1), 6),
                         "x": round(r["x"] + (0.4 if (u * 3 + r["year"]) % 7 == 0 else 0), 6)})
    for u in list(range(12)) + [20]:
        if u == 3:
            continue
        for t in range(5) if u == 20 else [5]:
            x, z = ((u * 3 + t) % 5) / 2 + 0.2 * t, ((u + 2 * t) % 9) / 3
            rows.append({"trust": f"T{u}", "year": 2015 + t, "y": round(2 + 0.4 * x - 0.1 * z + u + 0.1 * t + ((u * t) % 7) / 10, 6),
                         "x": round(x, 6), "z": round(z, 6), "w": 1.0 + (u + t) % 3})
    return rows


def key(row):
    return row["trust"], row["year"]


class Compare(CommandTest):
    def data(self, name, rows):
        return self.write(name, "\n".join(["trust,year,y,x,z,w"] + [",".join(str(v) for v in row.values()) for row in rows]) + "\n")

    def result(self, name, rows, formula, *more):
        """A result file name.h5 of data name.csv."""
        data, path = self.data(f"{name}.csv", rows), self.folder / f"{name}.h5"
        command = "decompose" if "--use" in more else "fit"
        code, out, err = run(command, data, formula, *KEYS, *more, "--output", path, "--format", "json")
        self.assertEqual((code, err), (0, ""), out)
        return path

    def compared(self, a, b, *more):
        code, out, err = run("compare", a, b, *more, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)["fits"][0]

    def chain(self, a, b):
        """Rows of the six fits, where neither model loses a row of its own."""
        here, there = {key(r) for r in a}, {key(r) for r in b}
        both = here & there
        return [a, [r for r in a if key(r) in both], [r for r in b if key(r) in both], b, b, b]

    def check_parts(self, item, fits, name):
        weights = {"change": (-1, 0, 0, 0, 0, 1), "data": (0, -1, 1, 0, 0, 0), "sample": (-1, 1, -1, 1, -1, 1),
                   "specification": (0, 0, 0, -1, 1, 0)}
        for part, weight in weights.items():
            estimate = sum(w * beta[name] for w, (beta, _) in zip(weight, fits))
            trusts = {t for _, influence in fits for t in influence}
            variance = sum(sum(w * influence.get(t, {name: 0})[name] for w, (_, influence) in zip(weight, fits)) ** 2 for t in trusts)
            self.assertAlmostEqual(item[part]["estimate"], estimate, delta=1e-11, msg=part)
            self.assertAlmostEqual(item[part]["std_error"], math.sqrt(variance), delta=1e-10, msg=part)
        self.assertAlmostEqual(sum(item[p]["estimate"] for p in PARTS), item["change"]["estimate"], delta=1e-12)

    def test_parts_are_those_of_six_fits_written_out(self):
        a, b = first_rows(), second_rows()
        for weight, flags in ((None, []), ("w", ["--weights", "w"])):
            first = self.result("july", a, "y ~ x + z | trust + year", *flags)
            second = self.result("august", b, "y ~ x | trust + year", *flags)
            answer = self.compared(first, second)
            models = [["x", "z"]] * 4 + [["x"]] * 2
            fits = [least_squares(rows, model, weight) for rows, model in zip(self.chain(a, b), models)]
            self.assertEqual([i["name"] for i in answer["items"]], ["x"])
            self.assertEqual(answer["rule"], "cluster(trust)")
            self.check_parts(answer["items"][0], fits, "x")
            self.assertEqual([s["rows"] for s in answer["steps"]], [len(rows) for rows in self.chain(a, b)])
            self.assertEqual([w["message"] for w in answer["warnings"]], [f"in {first} alone, so that nothing of it changed: z"])

    def test_rows_and_revisions_are_counted(self):
        a, b = first_rows(), second_rows()
        answer = self.compared(self.result("july", a, "y ~ x + z | trust + year"), self.result("august", b, "y ~ x + z | trust + year"))
        old, new = {key(r): r for r in a}, {key(r): r for r in b}
        both = old.keys() & new.keys()
        self.assertEqual((answer["rows_both"], answer["rows_left"], answer["rows_entered"]), (len(both), len(old) - len(both), len(new) - len(both)))
        self.assertEqual(answer["revised_outcome"], sum(old[k]["y"] != new[k]["y"] for k in both))
        self.assertEqual(answer["revised_regressors"], sum(old[k]["x"] != new[k]["x"] for k in both))
        for item in answer["items"]:
            self.assertEqual(item["specification"]["estimate"], 0)
            self.assertEqual(item["specification"]["std_error"], 0)
            self.assertIsNone(item["specification"]["p_value"])

    def test_a_result_with_itself_changes_nothing(self):
        path = self.result("july", first_rows(), "y ~ x + z | trust + year", *DRIVERS, "--use", CHANGE)
        for item in self.compared(path, path)["items"]:
            for part in ["change", *PARTS]:
                self.assertEqual((item[part]["estimate"], item[part]["std_error"]), (0, 0))

    def test_components_step_by_step_are_those_of_the_command_on_data_cut_by_hand(self):
        a, b = first_rows(), second_rows()
        formulas = ["y ~ x + z | trust + year"] * 4 + ["y ~ x + z + I(z^2) | trust + year"] * 2
        first = self.result("july", a, formulas[0], *DRIVERS, "--use", CHANGE)
        second = self.result("august", b, formulas[5], *DRIVERS, "--use", CHANGE)
        answer = self.compared(first, second)
        items = {(i["decomposition"], i["name"]): i for i in answer["items"]}
        self.assertEqual([k for k in items if not k[1].startswith(("effects", "composition"))],
                         [("", "x"), ("", "z"), (CHANGE, "capital"), (CHANGE, "digital"), (CHANGE, "residual"),
                          (CHANGE, "other")])
        for step, (rows, formula) in enumerate(zip(self.chain(a, b), formulas)):
            code, out, err = run("decompose", self.data("cut.csv", rows), formula, *KEYS, *DRIVERS, "--use", CHANGE, "--format", "json")
            self.assertEqual((code, err), (0, ""))
            named = {c["component"]: c["estimate"] for c in json.loads(out)["decompositions"][0]["components"]}
            self.assertLessEqual(set(named), {name for group, name in items if group == CHANGE})
            for (group, name), item in items.items():
                if group == CHANGE:
                    self.assertAlmostEqual(item["steps"][step], named.get(name, 0), delta=1e-12, msg="where no part has the name it is 0")
        for item in items.values():
            self.assertAlmostEqual(sum(item[p]["estimate"] for p in PARTS), item["change"]["estimate"], delta=1e-12)
        self.assertGreater(items[CHANGE, "capital"]["data"]["std_error"], 0)

    def test_rows_that_the_second_model_alone_can_use_are_a_change_of_the_sample(self):
        a, b = first_rows(), second_rows()
        for row in b:
            if row["trust"] == "T5":
                row["z"] = ""
        first, second = self.result("july", a, "y ~ x + z | trust + year"), self.result("august", b, "y ~ x | trust + year")
        answer = self.compared(first, second)
        usable = [r for r in b if r["trust"] != "T5"]
        chain = self.chain(a, usable)[:5] + [b]
        fits = [least_squares(rows, model) for rows, model in zip(chain, [["x", "z"]] * 4 + [["x"]] * 2)]
        self.check_parts(answer["items"][0], fits, "x")
        self.assertEqual([s["rows"] for s in answer["steps"]], [len(rows) for rows in chain])

    def test_a_subset_is_a_matter_of_rows(self):
        rows = first_rows()
        first = self.result("july", rows, "y ~ x + z | trust + year")
        second = self.result("august", rows, "y ~ x + z | trust + year", "--subset", "year > 2015")
        item = self.compared(first, second)["items"][0]
        self.assertEqual([item[p]["estimate"] == 0 for p in PARTS], [True, False, True])

    def test_other_rules_are_clustered_by_the_unit_and_said(self):
        a, b = first_rows(), second_rows()
        for rules, words in ((("robust", "robust"), "robust"), (("cluster(trust, year)", "iid"), "cluster(trust, year) and iid")):
            first = self.result("july", a, "y ~ x | trust + year", "--covariance", rules[0])
            second = self.result("august", b, "y ~ x | trust + year", "--covariance", rules[1])
            answer = self.compared(first, second)
            self.assertEqual([w["message"] for w in answer["warnings"]],
                             [f"the errors of the parts are clustered by trust, which the runs share; the models have {words}"])
            self.check_parts(answer["items"][0], [least_squares(r, ["x"]) for r in self.chain(a, b)], "x")

    def test_in_words(self):
        first = self.result("july", first_rows(), "y ~ x + z | trust + year", *DRIVERS, "--use", CHANGE)
        second = self.result("august", second_rows(), "y ~ x + z | trust + year", *DRIVERS, "--use", CHANGE)
        code, out, err = run("compare", first.name, second.name, cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)
        for words in ("  first   july.h5: y ~ x + z | trust + year", "  second  august.h5: ", "first   second", "change", "specification", CHANGE,
                      "change = data + sample + specification, exactly."):
            self.assertIn(words, out)

    def test_data_that_moved_are_named(self):
        first, second = (self.result(n, r, "y ~ x | trust + year") for n, r in (("july", first_rows()), ("august", second_rows())))
        (self.folder / "kept").mkdir()
        shutil.move(self.folder / "july.csv", self.folder / "kept" / "july.csv")
        self.assertEqual(self.message("compare", first, second),
                         (3, f"{first} cannot be taken apart without the data it was made from: cannot read '{self.folder}/july.csv': No such "
                             "file or directory; check the path and its permissions; say where they are now with --first FILE"))
        code, out, err = run("compare", first, second, "--first", self.folder / "kept" / "july.csv")
        self.assertEqual((code, err), (0, ""))

    def test_data_that_changed_are_refused(self):
        first, second = (self.result(n, r, "y ~ x | trust + year") for n, r in (("july", first_rows()), ("august", second_rows())))
        self.data("july.csv", second_rows())
        self.assertEqual(self.message("compare", first, second),
                         (3, f"{first} was made from other data than those now in {self.folder}/july.csv (the SHA-256 differs), so its fits "
                             "cannot be taken again; keep every vintage in a file of its own, and name the one it was made from with "
                             "--first FILE"))

    def test_what_cannot_be_told_is_refused(self):
        rows = first_rows()
        first = self.result("july", [r for r in rows if r["year"] < 2017], "y ~ x | trust + year")
        second = self.result("august", [r for r in rows if r["year"] >= 2017], "y ~ x | trust + year")
        self.assertEqual(self.message("compare", first, second),
                         (2, f"{first} and {second} use no row (unit and period) in common, so what other rows changed cannot be told from "
                             "what revised data did; compare runs whose samples overlap"))
        renamed = self.folder / "renamed.csv"
        renamed.write_text((self.folder / "july.csv").read_text().replace("trust,year,y,x,", "trust,year,y,q,"))
        code, _, err = run("fit", renamed, "y ~ q | trust + year", *KEYS, "--output", self.folder / "renamed.h5")
        self.assertEqual((code, err), (0, ""))
        code, message = self.message("compare", first, self.folder / "renamed.h5")
        self.assertEqual(code, 2)
        self.assertTrue(message.startswith(f"the model of {first} cannot be fitted to the data of {self.folder}/renamed.h5, so what the data "
                                           "changed cannot be told from what the model did: "), message)

    def test_what_it_takes(self):
        first = self.result("july", first_rows(), "y ~ x | trust + year")
        self.assertEqual(self.message("compare", first),
                         (2, "headwater compare takes two result files: headwater compare FIRST.h5 SECOND.h5"))
        self.assertEqual(self.message("compare", first, first, "--format", "csv"), (2, "--format is 'csv'; it is text or json"))
        self.assertEqual(self.message("compare", first, first, "--fit", "modle"), (2, f"{first} has no fit 'modle'; did you mean 'model'?"))
        self.assertEqual(self.message("compare", first, first, "--fit", "model=other"), (2, f"{first} has no fit 'other'; it has model"))
        several = self.result("several", first_rows(), "c(y, z) ~ x | trust + year")
        self.assertEqual(self.message("compare", first, several),
                         (2, f"{first} has the fits model, {several} has model.y, model.z, none of one name; say which go together with --fit "
                             "FIRST=SECOND"))
        self.assertEqual(self.compared(first, several, "--fit", "model = model.y")["fit"], "model = model.y")

    def test_a_check_and_rows_without_a_period_are_refused(self):
        data = self.data("july.csv", first_rows())
        path = self.folder / "cluster.h5"
        code, _, err = run("fit", data, "y ~ x", "--unit", "trust", "--output", path)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(self.message("compare", path, path),
                         (2, f"{path} has several rows for a unit and no key of time, so its rows cannot be told apart from one run to the "
                             "other; name the column of the period with --time"))
        path = self.folder / "loose.h5"
        code, _, err = run("fit", data, "y ~ x", "--output", path)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(self.message("compare", path, path),
                         (2, f"{path} has no unit key, so its rows cannot be found in the other run; name the column of the unit with "
                             "--unit"))

    @unittest.skipUnless((REFERENCE / "nhs").exists(), "the real panels are not here")
    def test_two_published_vintages_of_growth(self):
        """Growth on digital maturity: every trust's outcome is revised, and nothing else."""
        lines = (REFERENCE / "nhs" / "nhs_trust_snapshot_2026.csv").read_text().splitlines()
        import csv
        rows = [r for r in csv.DictReader(lines) if r["dma_overall"]]
        results = []
        for name, column, unit in (("first", "productivity_growth_estimate", 1), ("second", "implied_productivity_pct", 100)):
            data = self.write(f"{name}.csv", "trust,growth,dma\n" + "".join(
                f"{r['org_code']},{float(r[column]) / unit!r},{r['dma_overall']}\n" for r in rows if r[column]))
            results.append(self.folder / f"{name}.h5")
            code, _, err = run("fit", data, "growth ~ dma", "--unit", "trust", "--output", results[-1])
            self.assertEqual((code, err), (0, ""))
        answer = self.compared(*results)
        item = answer["items"][-1]
        self.assertEqual(item["name"], "dma")
        self.assertAlmostEqual(item["steps"][0], 0.01012343815, delta=5e-11)
        self.assertEqual(item["specification"]["estimate"], 0)
        self.assertAlmostEqual(sum(item[p]["estimate"] for p in PARTS), item["change"]["estimate"], delta=1e-15)
        self.assertGreater(item["data"]["std_error"], 3 * item["sample"]["std_error"])
        self.assertGreater(answer["revised_outcome"], 100)


if __name__ == "__main__":
    unittest.main()
