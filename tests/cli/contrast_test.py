"""headwater contrast, and bootstraps from the command line."""

import json

from command import CommandTest, run

DECOMPOSE = ["y ~ x + z | trust + year", "--unit", "trust", "--time", "year", "--driver", "capital=x", "--driver", "digital=z",
             "--use", "change(from = 2015, to = 2019)", "--use", "gelbach(base = x)"]


class Contrast(CommandTest):
    def result(self, *more):
        path = self.folder / "out.h5"
        code, out, err = run("decompose", self.panel(), *DECOMPOSE, *more, "--output", path, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        return path, json.loads(out)

    def contrast(self, path, text):
        code, out, err = run("contrast", path, text, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def test_within_a_decomposition(self):
        path, result = self.result()
        answer = self.contrast(path, "change:capital - change:digital")
        self.assertEqual(list(answer), ["schema", "version", "contrast", "hypothesis", "rule", "unit", "level", "estimate", "std_error",
                                        "statistic", "df", "p_value", "conf_low", "conf_high", "parts", "warnings"])
        self.assertEqual(answer["schema"], "headwater.contrast/1")
        change = result["decompositions"][0]
        estimates = [c["estimate"] for c in change["components"]]
        self.assertEqual(answer["estimate"], estimates[0] - estimates[1])
        v = change["covariance"]
        self.assertAlmostEqual(answer["std_error"] ** 2, v[0][0] + v[1][1] - 2 * v[0][1], delta=1e-15)

    def test_across_methods_in_words(self):
        path, _ = self.result()
        code, out, err = run("contrast", path, "change:digital = gelbach:digital")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("change:digital = gelbach:digital\n", out)
        self.assertIn("One joint covariance by", out)
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)

    def test_what_it_takes(self):
        path, _ = self.result()
        self.assertEqual(self.message("contrast", path),
                         (2, "headwater contrast takes a result file and a contrast: headwater contrast RESULT 'change:capital - "
                             "change:digital'"))
        self.assertEqual(self.message("contrast", path, "change:capitol"),
                         (2, "model/1_change has no component 'capitol'; did you mean 'capital'?"))

    def test_bootstrap_is_in_json_and_text(self):
        _, result = self.result("--bootstrap", "cluster(draws = 99)")
        part = result["decompositions"][0]["components"][0]
        for key in ("boot_std_error", "boot_low", "boot_high", "boot_student_low", "boot_student_high"):
            self.assertIsInstance(part[key], float)
        self.assertIn("bootstrap.few_clusters", [w["code"] for w in result["decompositions"][0]["warnings"]])
        code, out, err = run("decompose", self.panel(), *DECOMPOSE, "--bootstrap", "multiplier(draws = 199)")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("By multiplier(draws = 199)", out)
        self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)

    def test_bootstrap_digest_is_the_same_on_any_number_of_threads(self):
        digests = set()
        for threads in (1, 2, 7):
            path, _ = self.result("--bootstrap", "cluster(draws = 49, keep = yes)", "--threads", threads)
            code, out, _ = run("show", path)
            self.assertEqual(code, 0)
            digests.add(out.split("bootstrap")[1])
        self.assertEqual(len(digests), 1)

    def test_sensitivity_methods_from_the_command(self):
        for use in ("robustness_value", "oster", "leave_one_out", "leave_one_out(of = change(from = 2015, to = 2019))", "provider",
                    "provider(reliability = 0.9, ranks = marginal)", "provider(reliability = estimate)",
                    "errors_in_variables(term = z, reliability = 0.95)", "missing_bounds(term = x)",
                    "specification_curve(of = change(from = 2015, to = 2019), component = capital)"):
            words = ["decompose", self.panel(), *DECOMPOSE[:9], "--use", use]
            code, out, err = run(*words)
            self.assertEqual((code, err), (0, ""), use)
            self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)
            code, out, err = run(*words, "--format", "json")
            self.assertEqual((code, err), (0, ""), use)
            json.loads(out)
