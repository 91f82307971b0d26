"""headwater reliability: figures seen in vintages, in periods and once; what is refused; and what may be said of real ones."""

import csv
import json
import math
import unittest

from command import REFERENCE, CommandTest, run

UNITS = 24
LEVELS = [0.02 * math.sin(7 * u) for u in range(UNITS)]


def noise(u, v):
    return 0.03 * math.sin(12.9898 * (u + 1) + 78.233 * (v + 1)) * math.cos(3.1 * u * v + v)


def covariance(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    return sum((x - mean_a) * (z - mean_b) for x, z in zip(a, b)) / (len(a) - 1)


def normal_cdf(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


class Figures(CommandTest):
    def vintages(self, name="vintages.csv", texts=("Provisional 12 February 2026", "Final 9 July 2026")):
        rows = [f"T{u:02d},{text},{'acute' if u % 2 else 'mental'},{0.028 + LEVELS[u] + noise(u, v):.6f}"
                for u in range(UNITS) for v, text in enumerate(texts)]
        return self.write(name, "trust,vintage,type,growth\n" + "\n".join(rows) + "\n")

    def asked(self, *words):
        code, out, err = run("reliability", *words, "--format", "json")
        self.assertEqual((code, err), (0, ""), out)
        return json.loads(out)

    def figures(self, path):
        seen = {}
        for row in csv.DictReader(path.read_text().splitlines()):
            seen.setdefault(row["trust"], []).append(float(row["growth"]))
        return [v[0] for v in seen.values()], [v[1] for v in seen.values()]

    def test_two_vintages_give_the_share_of_their_covariance(self):
        path = self.vintages()
        answer = self.asked(path, "growth", "--unit", "trust", "--vintage", "vintage")
        self.assertEqual([answer[k] for k in ("schema", "value", "seen", "first", "last", "national")],
                         ["headwater.reliability/1", "growth", "vintages", "Provisional 12 February 2026", "Final 9 July 2026", None])
        group = answer["groups"][0]
        first, second = self.figures(path)
        signal = covariance(first, second)
        parameters = {p["parameter"]: p for p in group["parameters"]}
        self.assertAlmostEqual(parameters["variance of levels"]["likeliest"], signal, delta=2e-7)
        pooled = (covariance(first, first) + covariance(second, second)) / 2
        self.assertAlmostEqual(parameters["signal share of a row"]["likeliest"], signal / pooled, delta=1e-3)
        self.assertAlmostEqual(group["mean"], (sum(first) + sum(second)) / (2 * UNITS), delta=1e-12)
        for unit, a, b in zip(group["units"], first, second):
            self.assertAlmostEqual(unit["figure"], (a + b) / 2, delta=1e-12)
            self.assertLess(abs(unit["shrunken"] - group["mean"]), abs(unit["figure"] - group["mean"]) + 1e-12)
            self.assertLess(unit["low"], unit["shrunken"])
            self.assertLess(unit["shrunken"], unit["high"])
            share = parameters["signal share of a level"]["likeliest"]
            self.assertAlmostEqual(unit["likeliest"], group["mean"] + share * (unit["figure"] - group["mean"]), delta=1e-6)

    def test_shrunken_figures_are_those_of_provider(self):
        path = self.vintages(texts=("1", "2"))
        group = self.asked(path, "growth", "--unit", "trust", "--vintage", "vintage")["groups"][0]
        code, out, err = run("decompose", path, "growth ~ 1 | trust + vintage", "--unit", "trust", "--time", "vintage", "--use",
                             "provider(reliability = estimate, autocorrelation = 0)", "--format", "json")
        self.assertEqual((code, err), (0, ""))
        provider = json.loads(out)["decompositions"][0]["tables"]["unit"]
        for unit, row in zip(group["units"], provider):
            self.assertEqual(unit["unit"], row["unit"])
            self.assertAlmostEqual(unit["shrunken"], group["mean"] + row["shrunken"], delta=1e-14)
            self.assertAlmostEqual(unit["high"], group["mean"] + row["high"], delta=1e-14)
            self.assertEqual(unit["above"], row["above"])

    def test_a_national_number_is_known_and_the_mean_is_not(self):
        words = [self.vintages(), "growth", "--unit", "trust", "--vintage", "vintage"]
        group = self.asked(*words)["groups"][0]
        level = self.asked(*words, "--national", repr(group["mean"]))["groups"][0]
        low, high = (self.asked(*words, "--national", str(x))["groups"][0] for x in (-0.5, 0.5))
        for own, at, under, over in zip(*(g["units"] for g in (group, level, low, high))):
            self.assertLessEqual(abs(at["above"] - 0.5), abs(own["above"] - 0.5) + 1e-9)  # the mean's own noise
            self.assertAlmostEqual(under["above"], 1, delta=1e-6)
            self.assertAlmostEqual(over["above"], 0, delta=1e-6)
            self.assertEqual(own["shrunken"], at["shrunken"])

    def test_groups_have_a_signal_of_their_own(self):
        path = self.vintages()
        answer = self.asked(path, "growth", "--unit", "trust", "--vintage", "vintage", "--by", "type")
        self.assertEqual([g["group"] for g in answer["groups"]], ["acute", "mental"])
        rows = path.read_text().splitlines()
        alone = self.write("acute.csv", "\n".join([rows[0]] + [r for r in rows if ",acute," in r]) + "\n")
        self.assertEqual(answer["groups"][0]["units"],
                         self.asked(alone, "growth", "--unit", "trust", "--vintage", "vintage")["groups"][0]["units"])
        few = self.write("few.csv", "\n".join([rows[0]] + [r for r in rows if ",acute," in r or r[:3] in ("T00", "T02")]) + "\n")
        answer = self.asked(few, "growth", "--unit", "trust", "--vintage", "vintage", "--by", "type")
        self.assertEqual([g["group"] for g in answer["groups"]], ["acute"])
        self.assertIn("type = mental: signal and noise of 2 units cannot be told apart; it takes 5 or more",
                      [w["message"] for w in answer["warnings"]])

    def periods(self, count):
        rows = [f"T{u:02d},{2015 + t},{LEVELS[u] + noise(u, t):.6f}" for u in range(UNITS) for t in range(count)]
        return self.write(f"periods{count}.csv", "trust,year,growth\n" + "\n".join(rows) + "\n")

    def test_periods_and_what_two_of_them_do_not_identify(self):
        words = ["growth", "--unit", "trust", "--time", "year"]
        answer = self.asked(self.periods(4), *words)
        self.assertEqual((answer["seen"], answer["first"], answer["last"]), ("periods", "2015", "2018"))
        code, message = self.message("reliability", self.periods(2), *words)
        self.assertEqual(code, 5)
        self.assertTrue(message.startswith("what lasts of a unit and noise that fades slowly look alike unless units are seen in at least "
                                           "three periods"), message)
        self.asked(self.periods(2), *words, "--autocorrelation", "0")

    def indicator(self):
        rows = [f"T{u:02d},{1 + 3 * LEVELS[u] + noise(u, 1):.6f},{0.02 + 0.002 * u:.4f}" for u in range(UNITS)]
        return self.write("shmi.csv", "trust,shmi,se\n" + "\n".join(rows) + "\n")

    def test_an_indicator_with_its_standard_errors(self):
        answer = self.asked(self.indicator(), "shmi", "--unit", "trust", "--errors", "se", "--national", "1", "--ranks", "marginal")
        self.assertEqual(answer["seen"], "once, with standard errors")
        y = [round(1 + 3 * LEVELS[u] + noise(u, 1), 6) for u in range(UNITS)]
        s = [round(0.02 + 0.002 * u, 4) for u in range(UNITS)]
        typical = sum(x * x for x in s) / UNITS
        nodes = []
        for step in range(4000):
            share = (step + 0.5) / 4000
            tau2 = typical * share / (1 - share)
            w = [1 / (x * x + tau2) for x in s]
            mean = sum(a * b for a, b in zip(w, y)) / sum(w)
            log = 0.5 * (sum(map(math.log, w)) - math.log(sum(w)) - sum(a * (b - mean) ** 2 for a, b in zip(w, y)))
            nodes.append((log, tau2, mean, 1 / sum(w)))
        top = max(n[0] for n in nodes)
        total = sum(math.exp(n[0] - top) for n in nodes)
        for u in (0, 5, 17, 23):
            shrunken = above = 0
            for log, tau2, mean, variance in nodes:
                own = tau2 / (tau2 + s[u] ** 2)
                at, spread = own * y[u] + (1 - own) * mean, own * s[u] ** 2 + (1 - own) ** 2 * variance
                shrunken += math.exp(log - top) / total * at
                above += math.exp(log - top) / total * normal_cdf((at - 1) / math.sqrt(spread))
            unit = answer["groups"][0]["units"][u]
            self.assertAlmostEqual(unit["shrunken"], shrunken, delta=1e-4)
            self.assertAlmostEqual(unit["above"], above, delta=2e-3)
            self.assertLessEqual(unit["rank_set_low"], unit["rank_point"])
            self.assertLessEqual(unit["rank_point"], unit["rank_set_high"])

    def test_in_words(self):
        for words in ([self.vintages(), "growth", "--unit", "trust", "--vintage", "vintage", "--by", "type"],
                      [self.periods(4), "growth", "--unit", "trust", "--time", "year", "--national", "0.02"],
                      [self.indicator(), "shmi", "--unit", "trust", "--errors", "se", "--ranks", "simultaneous"],
                      [self.indicator(), "shmi", "--unit", "trust", "--errors", "se", "--ranks", "tau_best"]):
            code, out, err = run("reliability", *words)
            self.assertEqual((code, err), (0, ""))
            self.assertTrue(all(len(line) <= 80 for line in out.splitlines()), out)
            for each in ("May be said: what goes for the", "May not be said:", "likeliest", "shrunken", "T00"):
                self.assertIn(each, out)

    def test_a_configuration_whose_source_declares_vintages(self):
        code, _, err = run("simulate", "--sources", self.folder / "demo", "--trusts", "40", "--quarters", "12")
        self.assertEqual((code, err), (0, ""))
        answer = self.asked(self.folder / "demo" / "study.cfg", "productivity_growth")
        self.assertEqual(answer["seen"], "vintages")
        self.assertGreater(len(answer["groups"][0]["units"]), 20)
        self.assertEqual(self.message("reliability", self.folder / "demo" / "study.cfg", "productivity_grwth")[0], 2)

    def test_what_cannot_be_told_is_refused(self):
        path = self.vintages()
        once = self.write("once.csv", "trust,vintage,growth\n" + "".join(f"T{u},1,{noise(u, 1)}\n" for u in range(9)))
        for words, code, message in (
            ([once, "growth", "--unit", "trust"], 5,
             "each figure is seen once, and signal and noise of such figures cannot be told apart; name what they were seen in with --vintage "
             "or --time, or the column of their standard errors with --errors"),
            ([once, "growth", "--unit", "trust", "--vintage", "vintage"], 5,
             "no period has two vintages, and a figure that is seen once cannot be split into signal and noise; add another vintage, or name "
             "the column of its standard error with --errors"),
            ([path, "growth"], 2, "reliability sets units against each other; name the column of the unit with --unit"),
            ([path], 2, "headwater reliability takes a file and a column: headwater reliability DATA growth --unit trust --vintage vintage, or "
                        "headwater reliability CONFIG growth"),
            ([path, "grwth", "--unit", "trust", "--vintage", "vintage"], 2, f"{path} has no column 'grwth'; did you mean 'growth'?"),
            ([path, "growth", "--unit", "trust", "--vintage", "vintage", "--national", "2.7%"], 2,
             "--national is '2.7%'; it is a number, in units of the figure"),
            ([path, "growth", "--unit", "trust", "--vintage", "vintage", "--level", "95"], 2, "--level is '95'; it lies between 0 and 1"),
            ([path, "growth", "--unit", "trust", "--errors", "growth", "--autocorrelation", "0"], 2,
             "--errors says how noisy each figure is, so --autocorrelation has no use; leave one out"),
            ([path, "growth", "--unit", "trust", "--vintage", "vintage", "--autocorrelation", "0"], 2,
             "errors of vintages are taken as independent, so --autocorrelation has no use; leave it out"),
            ([path, "growth", "--unit", "trust", "--vintage", "vintage", "--autocorrelation", "none"], 2,
             "--autocorrelation is 'none'; it is a number between -1 and 1"),
            ([path, "growth", "--unit", "trust", "--vintage", "vintage", "--format", "csv"], 2, "--format is 'csv'; it is text or json"),
            ([path, "growth", "--unit", "trust", "--vintage", "vintage", "--period", "2019"], 2,
             "the figures have no periods, so --period has no use; leave it out"),
            ([self.periods(4), "growth", "--unit", "trust", "--time", "year", "--period", "2016"], 2,
             "--period takes one period's vintages or standard errors, and these figures are seen in several periods; leave it out"),
        ):
            self.assertEqual(self.message("reliability", *words), (code, message))
        code, message = self.message("reliability", path, "type", "--unit", "trust", "--vintage", "vintage")
        self.assertEqual(code, 3)
        self.assertTrue(message.startswith(f"{path}: 'type' is text, and figures are numbers; "), message)

    @unittest.skipUnless((REFERENCE / "nhs").exists(), "the real panels are not here")
    def test_two_published_vintages_say_next_to_nothing_of_one_trust(self):
        lines = (REFERENCE / "nhs" / "nhs_trust_snapshot_2026.csv").read_text().splitlines()
        rows = [r for r in csv.DictReader(lines) if r["productivity_growth_estimate"] and r["implied_productivity_pct"]]
        cells = [f"{r['org_code']},{vintage},{value!r}" for r in rows
                 for vintage, value in ((1, float(r["productivity_growth_estimate"])), (2, float(r["implied_productivity_pct"]) / 100))]
        path = self.write("real.csv", "trust,vintage,growth\n" + "\n".join(cells) + "\n")
        group = self.asked(path, "growth", "--unit", "trust", "--vintage", "vintage", "--national", "0.027")["groups"][0]
        self.assertEqual(len(group["units"]), 129)
        share = {p["parameter"]: p["likeliest"] for p in group["parameters"]}["signal share of a level"]
        self.assertAlmostEqual(share, 0.033, delta=0.002)
        likeliest = {u["unit"]: u["likeliest"] - group["mean"] for u in group["units"]}
        self.assertAlmostEqual(likeliest["R0A"], 0.0005, delta=5e-5)
        self.assertAlmostEqual(likeliest["RCX"], -0.0029, delta=5e-5)
        self.assertEqual((group["certainly_above"], group["certainly_below"]), (0, 0))
        self.assertIn("None of the 129 units can be told from 0.027", group["words"][1])


if __name__ == "__main__":
    unittest.main()
