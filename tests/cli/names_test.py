"""Names of columns that the languages of formulas, methods and configurations could take for something else."""

import csv
import json

from command import CommandTest, run

NAMES = ["Org Code", "Org-Code", "a/b", "2023 beds", "Beds, general", "it`s", "x (new)", "a[1]", "King's", "a^b", "100%", "`q`", "log(y)", "x=1"]


def quoted(name):
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


class NamesTest(CommandTest):
    def file(self, name, **renamed):
        """The panel with some of its columns called otherwise, and decoys that a pasted name would read."""
        with self.panel().open() as panel:
            rows = list(csv.reader(panel))
        header = [renamed.get(column, column) for column in rows[0]] + ["Org", "Code"]
        path = self.folder / name
        with path.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(row + [str(i), str(i % 3)] for i, row in enumerate(rows[1:]))
        return path

    def numbers(self, *words):
        """The table of coefficients as numbers, whatever the terms are called."""
        code, out, err = run("fit", *words, "--format", "csv", cwd=self.folder)
        self.assertEqual((code, err), (0, ""), words)
        return self.rows(out)

    @staticmethod
    def rows(out):
        return [[row[key] for key in ("estimate", "std_error", "p_value", "mde")] for row in csv.DictReader(out.splitlines())]

    def test_a_key_of_any_name_clusters_by_itself(self):
        plain = self.numbers(self.file("plain.csv"), "y ~ x", "--unit", "trust", "--time", "year")
        for name in NAMES:
            data = self.file("odd.csv", trust=name)
            with self.subTest(name=name):
                if name != "`q`":
                    self.assertEqual(self.numbers(data, "y ~ x", "--unit", name, "--time", "year"), plain)
                self.assertEqual(self.numbers(data, "y ~ x", "--unit", quoted(name), "--time", "year"), plain)

    def test_every_place_takes_every_name(self):
        data = self.file("plain.csv")
        keys = ["--unit", "trust", "--time", "year"]
        plain = [self.numbers(data, "y ~ x + i(region) + l(z, 1) | trust", *keys, "--covariance", "cluster(region^trust)", "--weights", "w",
                              "--subset", "region == 'N' | year > 2015"),
                 self.numbers(data, "y ~ x", *keys, "--split", "region")]
        for name in NAMES:
            q = quoted(name)
            with self.subTest(name=name):
                for column, formula, words in [("x", f"y ~ {q} + i(region) + l(z, 1) | trust", []),
                                               ("z", f"y ~ x + i(region) + l({q}, 1) | trust", []),
                                               ("region", f"y ~ x + i({q}) + l(z, 1) | trust", [])]:
                    odd = self.file("odd.csv", **{column: name})
                    region = q if column == "region" else "region"
                    words = ["--covariance", f"cluster({region}^trust)", "--weights", "w", "--subset", f"{region} == 'N' | year > 2015"]
                    self.assertEqual(self.numbers(odd, formula, *keys, *words), plain[0])
                odd = self.file("odd.csv", region=name)
                self.assertEqual(self.numbers(odd, "y ~ x", *keys, "--split", q), plain[1])
                odd = self.file("odd.csv", w=name)
                self.assertEqual(self.numbers(odd, "y ~ x + i(region) + l(z, 1) | trust", *keys, "--covariance", "cluster(region^trust)",
                                              "--weights", q, "--subset", "region == 'N' | year > 2015"), plain[0])

    def test_decompositions_and_drivers_take_every_name(self):
        keys = ["--unit", "trust", "--time", "year"]
        def parts(path, *words):
            code, out, err = run("decompose", path, *words, *keys, "--format", "json", cwd=self.folder)
            self.assertEqual((code, err), (0, ""), words)
            return [[component["estimate"] for component in d["components"]] for d in json.loads(out)["decompositions"]]
        plain = parts(self.file("plain.csv"), "y ~ x + z", "--driver", "d=x", "--use", "oaxaca(groups = region)", "--use",
                      "change(from = 2015, to = 2019, weights = w)")
        for name in NAMES:
            q = quoted(name)
            with self.subTest(name=name):
                self.assertEqual(parts(self.file("odd.csv", region=name), "y ~ x + z", "--driver", "d=x", "--use",
                                       f"oaxaca(groups = {q})", "--use", "change(from = 2015, to = 2019, weights = w)"), plain)
                self.assertEqual(parts(self.file("odd.csv", w=name, x="k k"), "y ~ `k k` + z", "--driver", "d=`k k`", "--use",
                                       "oaxaca(groups = region)", "--use", f"change(from = 2015, to = 2019, weights = {q})"), plain)

    def test_a_configuration_holds_them(self):
        plain = self.file("plain.csv")
        wanted = self.numbers(plain, "y ~ x", "--unit", "trust", "--time", "year", "--weights", "w", "--split", "region")
        for name in NAMES:
            with self.subTest(name=name):
                self.file("odd.csv", trust=name, w=name + " w", region=name + ", r")
                config = self.write("odd.cfg", f"[data]\nfile = odd.csv\nunit = {quoted(name)}\ntime = year\ntext = {quoted(name + ', r')}\n"
                                               f"[model]\nformula = y ~ x\nweights = {quoted(name + ' w')}\nsplit = {quoted(name + ', r')}\n")
                code, out, err = run("run", config, "--format", "csv", cwd=self.folder)
                self.assertEqual((code, err), (0, ""))
                self.assertEqual(self.rows(out), wanted)
                code, printed, err = run("run", config, "--print-config", cwd=self.folder)
                again = self.write("again.cfg", printed)
                self.assertEqual(run("run", again, "--format", "csv", cwd=self.folder)[1], out, "the resolved text reads back")

    def test_paths_hold_commas(self):
        self.file("trusts, all.csv")
        self.write("a, b.model", "[model]\nformula = y ~ x\n")
        self.write("c.model", "[model]\nformula = y ~ z\n")
        for models, count in [("a, b.model", 1), ('"a, b.model", c.model', 2), ("c.model, `a, b.model`", 2), ("c.model", 1)]:
            with self.subTest(models=models):
                config = self.write("run.cfg", f"[data]\nfile = trusts, all.csv\nunit = trust\ntime = year\n[run]\nmodel = {models}\n")
                code, out, err = run("run", config, "--format", "csv", cwd=self.folder)
                self.assertEqual((code, err), (0, ""))
                self.assertEqual(len({row["fit"] for row in csv.DictReader(out.splitlines())}), count)
                code, out, err = run("run", config, "--run.model", "c.model", "--format", "csv", cwd=self.folder)
                self.assertEqual({row["fit"] for row in csv.DictReader(out.splitlines())}, {"c"})

    def test_a_split_keeps_its_values(self):
        rows = "unit,time,y,x,r\n" + "".join(f"{u},{t},{(u * 7 + t * 3) % 11},{(u * 5 + t * t) % 7},{r}\n"
                                             for r, u in [("A/B", 1), ("A/B", 2), ("A B", 3), ("A B", 4)] for t in range(6))
        data = self.write("split.csv", rows)
        code, out, err = run("fit", data, "y ~ x", "--unit", "unit", "--time", "time", "--split", "r", "--covariance", "robust", "--output",
                             "s.h5", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("[model.A_B] y ~ x, r = A B\n", out)
        self.assertIn("[model.A_B.2] y ~ x, r = A/B\n", out)
        table = csv.DictReader(run("table", "s.h5", "--format", "csv", cwd=self.folder)[1].splitlines())
        self.assertEqual([(row["fit"], row["split"], row["split_value"]) for row in table][::2],
                         [("model.A_B", "r", "A B"), ("model.A_B.2", "r", "A/B")])
        self.assertRegex(run("table", "s.h5", "--format", "markdown", cwd=self.folder)[1], r"\| split +\| +r = A B \| +r = A/B \|")
        fits = json.loads(run("show", "s.h5", "--format", "json", cwd=self.folder)[1])["fits"]
        self.assertEqual([(fit["split"], fit["split_value"]) for fit in fits], [("r", "A B"), ("r", "A/B")])

    def test_models_beside_each_other_are_told_apart(self):
        self.file("plain.csv")
        self.write("m.model", "[model]\nformula = y ~ x\n")
        self.write("n.model", "[model]\noutcome = ratio(w, z)\nformula = x\n[data]\n".replace("[data]\n", ""))
        self.write("o.model", "[model]\nformula = log(w) ~ x\n")
        config = self.write("run.cfg", "[data]\nfile = plain.csv\nunit = trust\ntime = year\n[run]\nmodel = m.model, n.model, o.model\n"
                                       "[output]\nresult = r.h5\n")
        code, out, err = run("run", config, cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"term +m +n: activity +n: resource\n")
        table = run("table", "r.h5", "--format", "markdown", "--fits", "m,o", cwd=self.folder)[1]
        self.assertRegex(table, r"\| outcome +\| +y \| +log\(w\) \|")
