"""Counts through the command: what is set aside, the words of the report, the file, JSON and predictions."""

import json

from command import CommandTest, run

ROWS = """trust,year,deaths,x,rare,patients
A,2019,3,0.1,0,10
A,2020,0,0.4,0,12
A,2021,5,0.9,0,11
B,2019,1,0.2,0,20
B,2020,0,0.3,1,18
B,2021,4,0.8,0,25
C,2019,0,0.5,0,9
C,2020,0,0.1,0,8
D,2019,2,0.7,0,14
D,2020,0,0.2,1,15
D,2021,7,0.3,0,13
"""


class Counts(CommandTest):
    def fit(self, *words):
        return run("fit", self.write("deaths.csv", ROWS), "deaths ~ x + rare + exposure(patients) | trust", "--estimator", "ppml",
                   "--unit", "trust", "--time", "year", *words)

    def test_json_says_what_was_set_aside(self):
        code, out, err = self.fit("--format", "json")
        self.assertEqual(code, 0, err)
        got = json.loads(out)
        self.assertEqual(got["sample"]["dropped"], [{"reason": "separated by rare", "rows": 2},
                                                    {"reason": "no variation of the outcome within trust (separated)", "rows": 2}])
        self.assertEqual(got["nobs"], 7)
        self.assertEqual(list(got["link"]), ["link", "log_likelihood", "log_likelihood_null", "pseudo_r_squared", "deviance", "iterations"])
        self.assertEqual(got["link"]["link"], "log")
        self.assertEqual(got["not_identified"],
                         [{"term": "rare", "because": ["an infinite coefficient, whose rows are set aside as separated"]}])
        self.assertIsNone(got["r_squared_within"])
        self.assertEqual(got["vcov"]["arithmetic"], "G/(G-1) = 3/2 times (N-1)/(N-K) = 6/5; K = 1 slopes + 1, all effects nested in the clusters")

    def test_the_words_of_the_report(self):
        code, out, err = self.fit()
        self.assertEqual(code, 0, err)
        self.assertIn("deaths ~ x + rare + offset(log(patients)) | trust", out)
        self.assertIn("pseudo R2", out)
        self.assertNotIn("R2 within", out)
        self.assertNotIn("explain", out)

    def test_the_file_and_what_it_shows(self):
        path = self.folder / "result.h5"
        code, _, err = self.fit("--output", path)
        self.assertEqual(code, 0, err)
        code, out, err = run("show", path)
        self.assertEqual(code, 0, err)
        self.assertIn("pseudo R2", out)

    def test_an_offset_needs_an_estimator_that_takes_it(self):
        path = self.write("deaths.csv", ROWS)
        self.assertEqual(self.message("fit", path, "deaths ~ x + offset(patients)"),
                         (2, "the estimator pooled does not take offsets, which the model deaths ~ x + offset(patients) has; subtract it "
                             "from the outcome, or use ppml"))

    def test_decompositions_refuse_by_name(self):
        path = self.write("deaths.csv", ROWS)
        code, message = self.message("decompose", path, "deaths ~ x | trust", "--estimator", "ppml", "--unit", "trust", "--time", "year",
                                     "--use", "change")
        self.assertEqual(message, "change splits rows into levels times coefficients, effects and a residual; ppml has no such rows, so "
                                  "ask for another decomposition")
