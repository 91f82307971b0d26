"""What is shown because it was asked for: errors under every profile, diagnostics, and covariances by distance."""

import json

from command import CommandTest, run

KEYS = ["--unit", "unit", "--time", "year"]
PROFILES = ["fixest", "reghdfe", "ivreghdfe", "xtreg", "areg", "plm", "linearmodels", "none"]


class Requested(CommandTest):
    def data(self):
        """Twelve units of eight years, and one of a single row."""
        rows = ["unit,year,y,x,lat,lon"]
        for u in range(12):
            for t in range(8):
                noise, x = (u * 13 + t * 29 + u * t * 7) % 17 - 8, (u * 5 + t * t * 3) % 7
                rows.append(f"u{u:02d},{2010 + t},{u + t + 0.3 * x + noise / 10},{x},{50 + u % 4},{u % 3 - 2}")
        rows.append("z,2012,1,2,50,0")
        return self.write("asked.csv", "\n".join(rows) + "\n")

    def fitted(self, *words, formula="y ~ x | unit + year"):
        code, out, err = run("fit", self.data(), formula, *KEYS, *words)
        self.assertEqual((code, err), (0, ""))
        return out

    def test_every_profile_has_its_error_and_arithmetic(self):
        asked = json.loads(self.fitted("--profile", "all", "--format", "json"))
        self.assertEqual([row["profile"] for row in asked["profiles"]], PROFILES)
        for row in asked["profiles"]:
            alone = json.loads(self.fitted("--profile", row["profile"], "--format", "json"))
            self.assertEqual(row["std_errors"]["x"], alone["terms"][0]["std_error"], row["profile"])
            self.assertEqual((row["arithmetic"], row["rows"]), (alone["vcov"]["arithmetic"], alone["nobs"]), row["profile"])
        self.assertEqual({row["rows"] for row in asked["profiles"]}, {96, 97}, "xtreg, areg, plm and linearmodels keep the single row")
        self.assertNotIn("profiles", json.loads(self.fitted("--format", "json")))
        self.assertEqual(asked["terms"], json.loads(self.fitted("--format", "json"))["terms"], "the table stands as under fixest")

    def test_the_text_and_a_table_name_the_software(self):
        out = " ".join(self.fitted("--profile", "all", "--output", self.folder / "r.h5").split())
        self.assertIn("Standard errors under every profile: cluster(unit):", out)
        self.assertIn("xtreg (Stata xtreg, fe): G/(G-1) = 13/12 times (N-1)/(N-K) = 96/95; K = 1 slopes + 1 constant, effects not counted.", out)
        code, shown, err = run("show", self.folder / "r.h5")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("plm (plm 2.6 vcovHC, vcovDC, vcovSCC):", " ".join(shown.split()))
        code, table, err = run("table", self.folder / "r.h5", "--format", "markdown")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("Standard errors under every profile: cluster(unit)", table)

    def test_diagnostics_are_tests_with_their_meaning(self):
        fit = json.loads(self.fitted("--test", "diagnostics", "--format", "json"))
        names = [test["test"] for test in fit["tests"]]
        for name in ("wooldridge_within", "pesaran_cd", "modified_wald", "effects_f", "poolability", "reset", "fisher"):
            self.assertIn(name, names)
        meanings = [w["message"] for w in fit["warnings"] if w["code"] == "test.meaning"]
        self.assertTrue(any(m.startswith("modified_wald (p = ") for m in meanings), meanings)

    def test_neighbours_by_distance(self):
        words = ["--format", "json", "--profile", "none", "--covariance"]
        def error(rule):
            return json.loads(self.fitted(*words, rule))["terms"][0]["std_error"]
        self.assertEqual(error("conley(lat, lon, 60)"), error("conley(latitude = lat, longitude = lon, cutoff = 60, radius = 6371.0088)"))
        # Twelve places of their own: with nobody in reach, rows of a place over all years are a cluster.
        self.assertAlmostEqual(error("conley(lat, lon, 1)"), error("cluster(unit)"), delta=1e-14)
        self.assertAlmostEqual(error("conley_hac(lat, lon, 1, 2)"), error("newey_west(2)"), delta=1e-14)
        code, out, err = run("fit", self.data(), "y ~ x", *KEYS, "--covariance", "conley(year, lon, 60)")
        self.assertEqual((code, out), (3, ""))
        self.assertIn("row 2: latitude 'year' is 2010, beyond 90 degrees; conley takes degrees north and east, so correct the cell, or name "
                      "the columns the other way round", err)

    def test_panel_corrected_errors_are_of_coefficients_alone(self):
        code, out, err = run("decompose", self.data(), "y ~ x | unit", *KEYS, "--covariance", "beck_katz", "--use", "change(2011, 2015)")
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(err, "headwater: error: beck_katz is the covariance of a fit's coefficients and says nothing of what is built on more "
                              "than these; use driscoll_kraay, whose errors of a period go together too\n")


if __name__ == "__main__":
    import unittest
    unittest.main()
