"""Quantiles, robust fits and counts that spread through the command: JSON, the file, and what is refused in words."""

import json

from command import CommandTest, run

ROWS = "trust,year,wait,count,x\n" + "".join(
    f"T{unit},{2015 + year},{10 + unit + 3 * ((unit * 7 + year * 5) % 11) / 11 + 0.5 * year:.3f},{(unit * unit + 3 * year) % 13},{(unit * 3 + year * 7) % 10}\n"
    for unit in range(8) for year in range(6))


class Quantiles(CommandTest):
    def words(self, formula, estimator, *more):
        return ("fit", self.write("waits.csv", ROWS), formula, "--unit", "trust", "--time", "year", "--estimator", estimator, *more)

    def json(self, formula, estimator, *more):
        code, out, err = run(*self.words(formula, estimator, "--format", "json", *more))
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def test_the_errors_say_how_they_come_about(self):
        got = self.json("wait ~ x", "quantile(0.9)", "--covariance", "iid")
        self.assertEqual(got["vcov"]["arithmetic"], "tau(1-tau) times the rows' outer products between inverse densities")
        self.assertIsNone(got["r_squared"])
        got = self.json("wait ~ x", "robust_m", "--covariance", "iid")
        self.assertEqual(got["vcov"]["arithmetic"], "Huber's H1: K^2 [sum psi^2/(N-K)] / (mean slope of psi)^2")
        self.assertTrue(any("less than half, being far from the fit" in warning["message"] for warning in got["warnings"]),
                        got["warnings"])

    def test_each_goes_into_a_file_that_shows_it(self):
        for number, (formula, estimator, extra) in enumerate([("wait ~ x", "quantile(0.3)", "pseudo_r_squared"),
                                                              ("wait ~ x | trust", "quantile(effects = canay)", "objective"),
                                                              ("wait ~ x | trust", "quantile(0.7, effects = mm)", "spread"),
                                                              ("wait ~ x", "robust_m(bisquare)", "robust_weight"),
                                                              ("count ~ x", "negative_binomial", None),
                                                              ("count ~ x | trust", "conditional_negative_binomial", "strata")]):
            path = self.folder / f"result{number}.h5"
            code, _, err = run(*self.words(formula, estimator, "--output", path))
            self.assertEqual(code, 0, f"{estimator}: {err}")
            code, out, err = run("show", path)
            self.assertEqual(code, 0, err)
            self.assertIn("x", out)
            if extra:
                self.assertIn(extra.encode(), path.read_bytes())

    def test_what_splits_a_mean_is_refused_by_name(self):
        path = self.write("waits.csv", ROWS)
        code, message = self.message("decompose", path, "wait ~ x", "--estimator", "quantile(0.9)", "--unit", "trust", "--time", "year",
                                     "--use", "contributions")
        self.assertEqual(message, "contributions splits rows into levels times coefficients, effects and a residual; quantile(tau = 0.9) has no "
                                  "such rows, so ask for another decomposition")

    def test_effects_without_a_way_are_refused(self):
        code, message = self.message(*self.words("wait ~ x | trust", "quantile(0.9)"))
        self.assertEqual((code, message.split("; ")[1]),
                         (2, "write quantile(tau = 0.9, effects = canay) for the first, quantile(tau = 0.9, effects = mm) for the second, or "
                             "factor(...) for dummies"))

    def test_diagnostics_of_least_squares_refuse(self):
        code, message = self.message(*self.words("wait ~ x", "robust_m", "--test", "reset"))
        self.assertEqual(message, "reset looks at the errors of rows of the data under least squares, and robust_m weighs them otherwise; ask "
                                  "it of pooled or within")

    def test_marginal_effects_of_counts_that_spread(self):
        path = self.write("waits.csv", ROWS)
        words = ["decompose", path, "count ~ x", "--estimator", "negative_binomial", "--unit", "trust", "--time", "year", "--covariance", "iid"]
        code, out, err = run(*words, "--use", "marginal_effects", "--format", "json")
        self.assertEqual(code, 0, err)
        self.assertIn('"x"', out)
        code, message = self.message(*words, "--use", "marginal_effects(term = alpha)")
        self.assertEqual(message, "term = alpha is a parameter of negative_binomial that multiplies no regressor, so nothing can be moved with it; "
                                  "name a regressor")
