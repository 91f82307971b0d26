"""What stands behind a standard error, where a reader sees it; values without a name; singletons of a profile."""

import json

from command import CommandTest, run

KEYS = ["--unit", "unit", "--time", "year"]


class Support(CommandTest):
    def treated(self):
        """Twelve units, six years; unit u04 is treated from 2013 on."""
        rows = ["unit,year,region,y,x,did"]
        for u in range(12):
            for t in range(6):
                noise, x = (u * 13 + t * 29 + u * t * 7) % 17 - 8, (u * 5 + t * t * 3) % 7
                rows.append(f"u{u:02d},{2010 + t},r{u % 3},{u + t + 0.3 * x + noise / 10},{x},{int(u == 4 and t > 2)}")
        return self.write("treated.csv", "\n".join(rows) + "\n")

    def fitted(self, formula, *words):
        code, out, err = run("fit", self.treated(), formula, *KEYS, *words)
        self.assertEqual((code, err), (0, ""))
        return out

    def test_a_coefficient_that_one_unit_carries_has_its_number_and_a_sentence(self):
        out = self.fitted("y ~ did + x | unit + year")
        lines = {line.split()[0]: line for line in out.splitlines() if line}
        self.assertTrue(lines["did"].endswith("1.2 of 12"), lines["did"])
        self.assertTrue(lines["x"].rstrip().endswith(lines["x"].split()[-1]) and "of 12" not in lines["x"], lines["x"])
        self.assertIn("rests on: how many units carry the coefficient in effect; with so few its standard error is far too small.",
                      " ".join(out.split()))
        self.assertIn("few units carry did (1.2 of 12 in effect): the standard error is far too small",
                      " ".join(out.split()))
        self.assertNotIn("rests on", self.fitted("y ~ x | unit + year"))

    def test_a_variance_that_is_zero_by_construction_is_not_estimable(self):
        out = self.fitted("y ~ region", "--covariance", "cluster(region)")
        row = next(line for line in out.splitlines() if line.startswith("regionr1"))
        self.assertIn("not estimable", row)
        self.assertNotIn("nan", out.lower().replace("finance", ""))
        self.assertIn("its scores sum to zero in every cluster of region", " ".join(out.split()))
        fit = json.loads(self.fitted("y ~ region", "--covariance", "cluster(region)", "--format", "json"))
        for term in fit["terms"]:
            self.assertEqual([term[key] for key in ("std_error", "p_value", "conf_low", "mde")], [None] * 4)
            self.assertEqual(term["not_estimable"], "its scores sum to zero in every cluster of region")
            self.assertEqual(term["undefined"]["std_error"], "not estimable: its scores sum to zero in every cluster of region")

    def test_json_says_what_carries_a_term(self):
        fit = json.loads(self.fitted("y ~ did | unit + year", "--format", "json"))
        carriers = fit["terms"][0]["carriers"]
        self.assertEqual({**carriers, "effective": round(carriers["effective"], 2)}, {"effective": 1.19, "all": 12, "of": "units", "few": True})
        self.assertEqual(fit["terms"][0]["not_estimable"], "")

    def test_side_by_side_and_as_csv(self):
        both = self.fitted("c(y, x) ~ region", "--covariance", "cluster(region)")
        self.assertIn("not estimable", both)
        table = self.fitted("y ~ region", "--covariance", "cluster(region)", "--format", "csv").splitlines()
        self.assertTrue(all("not estimable" in line for line in table[1:]), table)


class Positions(CommandTest):
    def error(self, rule):
        code, out, err = run("fit", self.panel(), "y ~ x | trust", "--unit", "trust", "--time", "year", "--covariance", rule, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)["terms"][0]["std_error"]

    def test_values_take_the_places_of_their_names(self):
        self.assertEqual(self.error("driscoll_kraay(1)"), self.error("driscoll_kraay(lag = 1)"))
        self.assertNotEqual(self.error("driscoll_kraay(3)"), self.error("driscoll_kraay(1)"))
        words = ["decompose", self.panel(), "y ~ x | trust + year", "--unit", "trust", "--time", "year", "--driver", "a=x", "--format", "json"]
        placed, named = (json.loads(run(*words, "--use", use)[1])["decompositions"] for use in ("change(2016, 2018)", "change(from = 2016, to = 2018)"))
        self.assertEqual(placed, named)

    def test_what_has_no_place_is_refused(self):
        for rule, said in [("robust(trust)", "robust takes no value without a name, so 'trust' has no place in it; it has no options, write robust"),
                           ("iid(trust)", "iid takes no value without a name, so 'trust' has no place in it; it has no options, write iid")]:
            code, message = self.message("fit", self.panel(), "y ~ x", "--unit", "trust", "--time", "year", "--covariance", rule)
            self.assertEqual((code, message), (2, said))
        code, message = self.message("decompose", self.panel(), "y ~ x | trust", "--unit", "trust", "--time", "year", "--driver", "a=x",
                                     "--use", "fields(2016)")
        self.assertEqual(code, 2)
        self.assertIn("fields takes no value without a name, so '2016' has no place in it", message)
        code, message = self.message("decompose", self.panel(), "y ~ x | trust", "--unit", "trust", "--time", "year", "--driver", "a=x",
                                     "--use", "change(2015, 2016, 2017)")
        self.assertEqual(code, 2)
        self.assertIn("change takes from, to by position, so '2017' has no place in it", message)

    def test_methods_say_their_places(self):
        self.assertIn("Without their names, in this order: change(from, to).", run("methods", "change")[1])
        self.assertIn("Written cluster(columns).", run("methods", "cluster")[1])
        self.assertIn("Knowingly otherwise: redundant effects that leave no rows count by their exact rank",
                      " ".join(run("methods", "fixest")[1].split()))
        for operator in ("i", "l", "poly", "(a + b)^2"):
            self.assertIn("Knowingly otherwise: ", run("methods", operator)[1])


class Singletons(CommandTest):
    def rows(self, *words):
        text = self.panel().read_text() + "T9,2016,N,3.1,1.2,0.4,1\n"
        code, out, err = run("fit", self.write("one.csv", text), "y ~ x | trust", "--unit", "trust", "--time", "year", "--format", "json", *words)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)["nobs"]

    def test_stay_where_the_profile_keeps_them(self):
        self.assertEqual([self.rows("--profile", p) for p in ("fixest", "reghdfe", "none")], [40] * 3)
        self.assertEqual([self.rows("--profile", p) for p in ("areg", "xtreg", "plm", "linearmodels")], [41] * 4)
        self.assertEqual(self.rows("--profile", "areg", "--singletons", "drop"), 40)
        self.assertEqual(self.rows("--singletons", "keep"), 41)
