"""growth(activity, resource) left of ~: the published identity in logarithms, on data cut here and on the real snapshot."""

import csv
import json
import math
import unittest

from command import REFERENCE, CommandTest, run


def slope(x, y):
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


class GrowthOutcome(CommandTest):
    def fits(self, data, formula, *more):
        code, out, err = run("fit", data, formula, "--unit", "trust", *more, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        answer = json.loads(out)
        return {fit["outcome"]: fit for fit in answer.get("fits", [answer])}

    def coefficient(self, fit, term):
        return next(c["estimate"] for c in fit["terms"] if c["term"] == term)

    def check(self, rows):
        """rows: trust, activity, resource, published, driver."""
        data = self.write("growth.csv", "trust,a,r,p,x\n" + "".join(f"{t},{a!r},{r!r},{p!r},{x!r}\n" for t, a, r, p, x in rows))
        fits = self.fits(data, "growth(a, r) ~ x")
        x = [row[4] for row in rows]
        outcomes = {"activity": "log1p(a)", "resource": "log1p(r)", "ratio": "log1p(a) - log1p(r)"}
        parts = {role: self.coefficient(fits[outcome], "x") for role, outcome in outcomes.items()}
        self.assertAlmostEqual(parts["activity"], slope(x, [math.log1p(row[1]) for row in rows]), delta=1e-13)
        self.assertAlmostEqual(parts["resource"], slope(x, [math.log1p(row[2]) for row in rows]), delta=1e-13)
        self.assertAlmostEqual(parts["ratio"], parts["activity"] - parts["resource"], delta=1e-14)
        published = self.fits(data, "log1p(p) ~ x")
        self.assertAlmostEqual(parts["ratio"], self.coefficient(published["log1p(p)"], "x"), delta=1e-9)

    def test_coefficients_add_up_and_are_those_of_published_growth(self):
        rows = []
        for u in range(30):
            a, r = 0.05 + 0.04 * math.sin(3 * u), 0.02 + 0.03 * math.cos(5 * u)
            rows.append((f"T{u}", a, r, (1 + a) / (1 + r) - 1, math.sin(u) + 0.1 * u))
        self.check(rows)

    @unittest.skipUnless((REFERENCE / "nhs").exists(), "the real panels are not here")
    def test_on_the_snapshot(self):
        lines = (REFERENCE / "nhs" / "nhs_trust_snapshot_2026.csv").read_text().splitlines()
        columns = ["productivity_activity_growth", "productivity_resource_growth", "productivity_growth_estimate", "dma_overall"]
        rows = [(r["org_code"], *(float(r[c]) for c in columns)) for r in csv.DictReader(lines) if all(r[c] for c in columns)]
        self.assertEqual(len(rows), 127)
        self.check(rows)

    def test_per_cent_is_warned_of_and_a_fall_to_nothing_left_out_with_its_reason(self):
        rows = [f"T{u},{3 + u % 4},{0.01 * u},{u}" for u in range(9)] + ["T9,-1,0.02,4"]
        data = self.write("percent.csv", "trust,a,r,x\n" + "\n".join(rows) + "\n")
        code, out, err = run("fit", data, "growth(a, r) ~ x", "--unit", "trust")
        self.assertEqual((code, err), (0, ""))
        words = " ".join(out.split())
        self.assertIn("a is above 1 in 9 of 9 rows: growth is a fraction here (0.028 for 2.8 per cent), so divide per cent by 100", words)
        self.assertIn("9 of 10 rows used; dropped: 1 row: log1p(a)", words)

    def test_it_stands_alone_left_of_the_tilde(self):
        data = self.write("g.csv", "trust,a,r\nT1,0.1,0.2\nT2,0.2,0.1\n")
        self.assertEqual(self.message("fit", data, "a ~ growth(a, r)", "--unit", "trust"),
                         (4, "growth() stands for several outcomes and must stand alone left of ~, not inside another expression: growth(a, r); "
                             "its logarithm as a number is log1p(a) - log1p(r)"))


if __name__ == "__main__":
    unittest.main()
