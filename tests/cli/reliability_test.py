"""Two vintages of one figure: what is refused, and where signal and noise can be read when their independence is declared."""

import json

from command import CommandTest, run

# Six trusts' growth in two vintages that hardly agree.
FIRST = [0.031, -0.012, 0.044, 0.008, -0.025, 0.017]
SECOND = [0.012, 0.021, 0.035, -0.018, -0.004, -0.009]
PARAMETERS = ["variance of levels", "variance of a row's noise", "autocorrelation of noise", "signal share of a row",
              "signal share of a level"]


def covariance(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    return sum((x - mean_a) * (z - mean_b) for x, z in zip(a, b)) / (len(a) - 1)


class Reliability(CommandTest):
    def vintages(self):
        rows = [f"T{u},{v},{growth[u]}" for u in range(6) for v, growth in ((1, FIRST), (2, SECOND))]
        return self.write("vintages.csv", "trust,vintage,growth\n" + "\n".join(rows) + "\n")

    def words(self, use):
        return ["decompose", self.vintages(), "growth ~ 1 | trust + vintage", "--unit", "trust", "--time", "vintage", "--use", use]

    def test_two_periods_are_refused(self):
        self.assertEqual(
            self.message(*self.words("provider(reliability = estimate)")),
            (5, "what lasts of a unit and noise that fades slowly look alike unless units are seen in at least three periods, "
                "and here no unit has rows at two different distances in time; give autocorrelation, that of the noise between "
                "neighbouring periods (0 where they are independent measurements, such as two vintages)"))

    def test_declared_vintages_give_the_share_of_their_covariance(self):
        use = "provider(reliability = estimate, autocorrelation = 0)"
        code, out, err = run(*self.words(use), "--format", "json")
        self.assertEqual((code, err), (0, ""))
        decomposition = json.loads(out)["decompositions"][0]
        table = decomposition["tables"]["parameter"]
        self.assertEqual([row["parameter"] for row in table], PARAMETERS)
        signal = covariance(FIRST, SECOND)
        level = covariance([a + b for a, b in zip(FIRST, SECOND)], [a + b for a, b in zip(FIRST, SECOND)]) / 4
        self.assertAlmostEqual(table[0]["likeliest"], signal, delta=1e-7)
        self.assertAlmostEqual(table[4]["likeliest"], signal / level, delta=1e-4)
        for row in decomposition["tables"]["unit"]:
            self.assertLess(row["low"], row["shrunken"])
            self.assertLess(row["shrunken"], row["high"])
        code, text, err = run(*self.words(use))
        self.assertEqual((code, err), (0, ""))
        for name in PARAMETERS:
            self.assertIn(name, text)
