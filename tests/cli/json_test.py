"""The JSON contracts: keys, order, types, digits."""

import json

from command import CommandTest, run

FIT = ["schema", "version", "estimator", "outcome", "nobs", "status", "terms", "vcov", "df_residual", "sigma2", "r_squared",
       "r_squared_within", "rss", "effects", "effects_rank", "not_identified", "sample"]
TERM = ["term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "mde", "df", "not_estimable", "carriers"]


class Json(CommandTest):
    def fit(self, *words):
        code, out, err = run(*words, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def test_one_fit(self):
        fit = self.fit("fit", self.panel(), "y ~ x + z + region | trust", "--unit", "trust", "--time", "year")
        self.assertEqual([key for key in fit if key in FIT], FIT)
        self.assertEqual(fit["schema"], "headwater.fit/1")
        self.assertEqual([list(t) for t in fit["terms"]], [TERM, TERM])
        self.assertEqual(fit["vcov"]["names"], ["x", "z"])
        self.assertEqual(list(fit["vcov"]), ["type", "profile", "names", "matrix", "df", "arithmetic", "clusters"])
        self.assertEqual(fit["vcov"]["clusters"], [{"name": "trust", "count": 8}])
        self.assertEqual(fit["effects"], [{"name": "trust", "levels": 8, "redundant": 0}])
        self.assertEqual(fit["not_identified"], [{"term": "regionS", "because": ["trust"]}])
        self.assertEqual(fit["sample"]["rows_used"], 40)
        self.assertAlmostEqual(fit["terms"][0]["std_error"] ** 2, fit["vcov"]["matrix"][0][0], delta=1e-15)

    def test_several_fits(self):
        fits = self.fit("fit", self.panel(), "c(y, x) ~ csw(z, w) | trust", "--unit", "trust", "--time", "year")
        self.assertEqual(list(fits), ["schema", "fits"])
        self.assertEqual(fits["schema"], "headwater.fits/1")
        self.assertEqual([(f["outcome"], len(f["terms"])) for f in fits["fits"]], [("y", 1), ("y", 2), ("x", 1), ("x", 2)])

    def test_decomposition(self):
        result = self.fit("decompose", self.panel(), "y ~ x + z | trust + year", "--unit", "trust", "--time", "year", "--driver", "capital=x",
                          "--driver", "workforce=z", "--use", "change(from = 2015, to = 2019)")
        self.assertEqual(list(result), ["schema", "fit", "decompositions"])
        parts = result["decompositions"][0]
        self.assertEqual(list(parts)[:6], ["method", "options", "components", "total", "closure_error", "covariance"])
        names = [c["component"] for c in parts["components"]]
        self.assertEqual(names[:2], ["capital", "workforce"])
        self.assertAlmostEqual(sum(c["estimate"] for c in parts["components"]), parts["total"]["estimate"], delta=1e-12)
        self.assertEqual(len(parts["covariance"]), len(names))

    def test_infinite_numbers_are_null_with_the_reason_in_place(self):
        exact = self.write("exact.csv", "unit,time,y,x\n" + "".join(f"u{i},{t},{2 * (i + t * t)},{i + t * t}\n" for i in range(4) for t in range(4)))
        fit = self.fit("fit", exact, "y ~ x", "--unit", "unit", "--time", "time")
        self.assertIn("fit.perfect", [w["code"] for w in fit["warnings"]])
        self.assertNotIn("json.undefined", [w["code"] for w in fit["warnings"]])
        nulls = [(term, key) for term in fit["terms"] for key in term if term[key] is None]
        self.assertTrue(all(key in term["undefined"] for term, key in nulls))
