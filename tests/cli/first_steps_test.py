"""What a new user tries first."""

import json
import shlex

from command import REFERENCE, SOURCE, CommandTest, run


class FirstSteps(CommandTest):
    def test_help_names_every_command(self):
        code, out, _ = run("--help")
        self.assertEqual(code, 0)
        for name in ["run", "check", "fit", "decompose", "show", "report", "methods", "convert", "simulate"]:
            self.assertIn(f"  {name}", out)
            code, own, _ = run(name, "--help")
            self.assertEqual(code, 0)
            self.assertTrue(own.startswith(f"headwater {name}"), own)

    def test_the_first_example_of_the_readme_is_what_the_command_says(self):
        readme = (SOURCE / "README.md").read_text().split("    $ ", 1)[1].split("(Simulated data", 1)[0]
        lines = [line.removeprefix("    ") for line in readme.splitlines()]
        call = " ".join(line.strip() for line in lines[:lines.index("")])
        panel = self.folder / "demo.csv"
        self.assertEqual(run("simulate", "--output", panel)[0], 0)
        words = shlex.split(call)
        self.assertEqual(words[0], "headwater")
        code, out, err = run(*words[1:], cwd=self.folder)
        self.assertEqual(code, 0, err)
        shown = [line for line in lines[lines.index(""):] if line]
        self.assertGreater(len(shown), 10)
        for line in shown:
            self.assertIn(line, out.splitlines())

    def test_everything_fits_80_columns(self):
        panel = self.panel()
        calls = [["--help"], ["methods"], ["fit", "--help"], ["run", "--help"],
                 ["fit", panel, "y ~ x + z | trust + year", "--unit", "trust", "--time", "year"],
                 ["fit", panel, "c(y, x) ~ z | trust", "--unit", "trust", "--time", "year"]]
        for call in calls:
            code, out, err = run(*call)
            self.assertEqual(code, 0, err)
            for line in out.splitlines():
                if str(self.folder) not in line:
                    self.assertLessEqual(len(line), 80, f"{call}: {line}")

    def test_misspelt_words_are_answered_with_the_nearest(self):
        panel = self.panel()
        self.assertEqual(self.message("fti"), (2, "there is no command 'fti'; did you mean 'fit'?"))
        self.assertEqual(self.message("fit", panel, "y ~ xx | trust", "--unit", "trust"),
                         (4, f"there is no column 'xx' in {panel}; did you mean 'x'?"))
        self.assertEqual(self.message("fit", panel, "y ~ x | trust", "--uint", "trust"),
                         (2, "headwater fit has no option '--uint'; did you mean '--unit'?"))
        self.assertEqual(self.message("fit", panel, "y ~ x | trust", "--estimator", "witihn"),
                         (2, "there is no estimator 'witihn'; did you mean 'within'?"))
        self.assertEqual(self.message("fit", panel, "y ~ x | trust", "--covariance", "clutser(trust)"),
                         (2, "there is no covariance 'clutser'; did you mean 'cluster'?"))
        self.assertEqual(self.message("fit", panel, "y ~ x | trust", "--profile", "fixset"),
                         (2, "there is no small-sample profile 'fixset'; did you mean 'fixest'?"))
        self.assertEqual(self.message("methods", "gelbahc"), (2, "there is no method 'gelbahc'; did you mean 'gelbach'?"))

    def test_an_error_in_json_is_a_contract(self):
        panel = self.panel()
        code, out, err = run("fit", panel, "y ~ nothing", "--format", "json")
        self.assertEqual(code, 4)
        error = json.loads(out)
        self.assertEqual(list(error), ["schema", "kind", "code", "message", "file", "row", "column"])
        self.assertEqual((error["schema"], error["kind"], error["code"]), ("headwater.error/1", "formula", "formula.unknown_column"))
        self.assertEqual(error["column"], "nothing")
        self.assertIn(error["message"], err)

    def test_a_formula_error_shows_the_spot(self):
        code, message = self.message("fit", self.panel(), "y ~ log(x", "--unit", "trust")
        self.assertEqual(code, 4)
        self.assertEqual(message, "cannot read the formula: expected ',' or ')', found the end\n  y ~ log(x\n           ^")

    def test_convert_keeps_the_numbers(self):
        panel = self.panel()
        words = ["y ~ x + z | trust", "--unit", "trust", "--time", "year", "--format", "json"]
        code, out, err = run("convert", panel, self.folder / "panel.h5", "--unit", "trust", "--time", "year")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("40 rows, 7 columns", out)
        terms = [json.loads(run("fit", path, *words)[1])["terms"] for path in (panel, self.folder / "panel.h5")]
        self.assertEqual(terms[0], terms[1])

    def test_a_result_is_written_whatever_lies_in_the_folder(self):
        panel = self.panel()
        for name in ("headwater", "result.h5.unfinished"):
            (self.folder / name).write_text("something else")
        code, _, err = run("fit", panel, "y ~ x | trust", "--unit", "trust", "--output", "result.h5", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        code, _, err = run("show", "result.h5", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))

    def test_show_repeats_what_fit_printed(self):
        panel, result = self.panel(), self.folder / "result.h5"
        code, first, err = run("fit", panel, "y ~ x + z | trust", "--unit", "trust", "--time", "year", "--output", result)
        self.assertEqual(code, 0, err)
        code, again, err = run("show", result)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(first, again)

    def test_a_flat_outcome_and_too_few_rows_are_refused(self):
        flat = self.write("flat.csv", "unit,time,y,x\n" + "".join(f"u{i},{t},3,{i * t}\n" for i in range(4) for t in range(3)))
        self.assertEqual(self.message("fit", flat, "y ~ x", "--unit", "unit", "--time", "time"),
                         (3, "the outcome y has the same value in all 12 rows used; there is nothing to explain"))


class RealData(CommandTest):
    def test_reference_fits_of_the_real_panels(self):
        path = REFERENCE / "nhs" / "nhs_core_2013_2016.csv"
        if not path.exists():
            self.skipTest("the reference data do not lie beside this checkout")
        code, out, err = run(
            "fit", path,
            "ratio(admissions, op_cost_k) ~ log(kh03_beds_available) + log(consultants_fte) + log(staff_fte_linked) + log(operating_theatres)"
            " + log(gross_floor_area_m2) + log(backlog_total_gbp + 1) + log(capex_total_gbp + 1) | org_code + fy_start",
            "--unit", "org_code", "--time", "fy_start", "--profile", "none", "--format", "json")
        self.assertEqual(code, 0, err)
        fits = {fit["role"]: {t["term"]: t for t in fit["terms"]} for fit in json.loads(out)["fits"]}
        expected = {"log(kh03_beds_available)": (0.357986660756133, 0.110018419100296),
                    "log(consultants_fte)": (0.218559537449822, 0.0689322424514408),
                    "log(staff_fte_linked)": (0.258015176645646, 0.0833302771849057)}
        for term, (estimate, error) in expected.items():
            self.assertAlmostEqual(fits["activity"][term]["estimate"] / estimate, 1, delta=1e-10)
            self.assertAlmostEqual(fits["activity"][term]["std_error"] / error, 1, delta=1e-10)
        for term, own in fits["ratio"].items():
            difference = fits["activity"][term]["estimate"] - fits["resource"][term]["estimate"]
            self.assertAlmostEqual(own["estimate"], difference, delta=1e-10)

    def test_longer_panel(self):
        path = REFERENCE / "nhs" / "nhs_core_2012_2018.csv"
        if not path.exists():
            self.skipTest("the reference data do not lie beside this checkout")
        code, out, err = run("fit", path,
                             "log(episodes_fce) ~ log(kh03_beds_available) + log(operating_theatres) + log(consultants_fte) + log(managers_fte) | org_code + fy_start",
                             "--unit", "org_code", "--time", "fy_start", "--profile", "none", "--format", "json")
        self.assertEqual(code, 0, err)
        fit = json.loads(out)
        terms = {t["term"]: t for t in fit["terms"]}
        self.assertEqual(fit["nobs"], 910)
        for term, estimate in {"log(kh03_beds_available)": 0.475151591370453, "log(operating_theatres)": 0.0117386706538251,
                               "log(consultants_fte)": 0.427558252304994, "log(managers_fte)": 0.0204794249088126}.items():
            self.assertAlmostEqual(terms[term]["estimate"] / estimate, 1, delta=1e-10)
        for term, error in {"log(kh03_beds_available)": 0.072910464192054, "log(consultants_fte)": 0.0592003543654019}.items():
            self.assertAlmostEqual(terms[term]["std_error"] / error, 1, delta=1e-10)
