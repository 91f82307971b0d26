"""One decomposition that fails leaves the others, the file and an exit code; alone it is the run's failure."""

import json

from command import CommandTest, run

KEYS = ["--unit", "trust", "--time", "year"]
WRONG = "no period of the rows used"


class Failures(CommandTest):
    def decompose(self, *words):
        return run("decompose", self.panel(), "y ~ x + z | trust", *KEYS, *words, cwd=self.folder)

    def test_the_others_and_the_file_remain(self):
        path = self.folder / "result.h5"
        code, out, err = self.decompose("--use", "change(from = 1999, to = 2019)", "--use", "change(from = 2015, to = 2019)", "-o", path)
        self.assertEqual(code, 2)
        self.assertEqual(err, "headwater: error: change(from = 1999, to = 2019) of model has no answer: from = 1999 is no period of the rows "
                              "used, which run from 2015 to 2019 (lags take away the first periods)\n")
        self.assertIn("change(from = 1999, to = 2019) has no answer", " ".join(out.split()))
        code, shown, err = run("show", path, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual([each["options"]["from"] for each in json.loads(shown)["decompositions"]], ["2015"])

    def test_failures_may_be_allowed(self):
        code, _, err = self.decompose("--use", "change(from = 1999, to = 2019)", "--use", "change(from = 2015, to = 2019)",
                                      "--allow-failures", "--format", "json")
        self.assertEqual(code, 0)
        self.assertIn(WRONG, err)

    def test_the_only_one_is_the_runs_failure(self):
        code, message = self.message("decompose", self.panel(), "y ~ x + z | trust", *KEYS, "--use", "change(from = 1999, to = 2019)")
        self.assertEqual(code, 2)
        self.assertIn(WRONG, message)

    def test_what_a_method_needs_is_refused_by_the_estimators_name(self):
        rows = ["trust,year,y,x,e,a,b"]
        for u in range(9):
            for t in range(6):
                a, b, noise = (u * 7 + t * 3) % 11 - 5, (u * 5 + t * t) % 7 - 3, ((u * 13 + t * 29) % 17 - 8) / 4
                x, e = (u + 2 * t) % 5, a + 0.5 * b + noise
                rows.append(f"T{u},{2015 + t},{0.5 * x + e + noise + u},{x},{e},{a},{b}")
        data = self.write("iv.csv", "\n".join(rows) + "\n")
        code, out, err = run("decompose", data, "y ~ x | trust | e ~ a + b", *KEYS, "--use", "change(from = 2015, to = 2020)", "--use",
                             "shapley", "--format", "json")
        self.assertEqual(code, 2)
        self.assertEqual(err, "headwater: error: shapley of model has no answer: shapley splits the variance of a least-squares fit; within by "
                              "instruments is none, whose fit has no such variance\n")
        (answer,) = json.loads(out)["decompositions"]
        self.assertIn("other", [part["component"] for part in answer["components"]])
        self.assertLess(abs(sum(part["estimate"] for part in answer["components"]) - answer["total"]["estimate"]), 1e-9)


if __name__ == "__main__":
    import unittest
    unittest.main()
