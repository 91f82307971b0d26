"""Numbers that others have printed, through the command: Baltagi's tables, one coefficient under every program's convention, NIST's Filip."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from golden_cases import COMMAND, digits, fit, needs_cases


@needs_cases
class Grunfeld(unittest.TestCase):
    """inv ~ capital with firm and year effects: one coefficient under every program's convention."""

    def test_the_error_of_every_program(self):
        for covariance, profile, error in [
            ("iid", "fixest", 0.0259782117639), ("iid", "reghdfe", 0.0259782117639), ("robust", "fixest", 0.0723707031629),
            ("cluster(firm)", "none", 0.0569372626382), ("cluster(firm)", "plm", 0.0600171445573),
            ("cluster(firm)", "fixest", 0.0632812940898), ("cluster(firm)", "reghdfe", 0.0632812940898),
            ("cluster(firm)", "areg", 0.0649347849552), ("cluster(firm)", "linearmodels", 0.0617571322552),
            ("cluster(firm, year)", "fixest", 0.0604129025558), ("cluster(firm, year)", "reghdfe", 0.0604129025558),
            ("cluster(firm, year, groups = own)", "fixest", 0.0621383692329), ("cluster(firm, year)", "none", 0.0571685284907),
            ("driscoll_kraay(lag = 2)", "plm", 0.0835973386085), ("driscoll_kraay(lag = 2)", "fixest", 0.0927967414777),
            ("driscoll_kraay(lag = 2)", "reghdfe", 0.0927967414777), ("driscoll_kraay(lag = 2)", "linearmodels", 0.0906740446838)]:
            with self.subTest(covariance=covariance, profile=profile):
                got = fit("Grunfeld", "inv ~ capital | firm + year", "--unit", "firm", "--time", "year", "--covariance", covariance,
                          "--profile", profile)
                self.assertAlmostEqual(got["terms"][0]["estimate"], 0.413801834595, delta=5e-13)
                self.assertAlmostEqual(got["terms"][0]["std_error"], error, delta=1e-12)
        # xtreg with period dummies among the regressors, as i.year.
        got = fit("Grunfeld", "inv ~ capital + factor(year) | firm", "--unit", "firm", "--time", "year", "--profile", "xtreg")
        self.assertAlmostEqual(got["terms"][0]["std_error"], 0.0632812940898, delta=1e-12)


@needs_cases
class Published(unittest.TestCase):
    """Baltagi, Econometric Analysis of Panel Data, tables 2.1 (Grunfeld) and 2.2 (Munnell; Baltagi and Pinnoi 1995), as printed; and others."""

    def test_grunfeld_and_munnell(self):
        grunfeld, munnell = ("Grunfeld", "inv ~ value + capital", "firm"), ("Produc", "log(gsp) ~ log(pcap) + log(pc) + log(emp) + unemp", "state")
        for (dataset, formula, unit), estimator, printed in [
            (grunfeld, "random", [(0.110, 0.010), (0.308, 0.017)]),
            (grunfeld, "random(components = amemiya)", [(0.110, 0.010), (0.308, 0.017)]),
            (grunfeld, "random(components = maximum_likelihood)", [(0.110, 0.010), (0.308, 0.017)]),
            (munnell, "random", [(0.004, 0.023), (0.311, 0.020), (0.730, 0.025), (-0.006, 0.001)])]:
            with self.subTest(dataset=dataset, estimator=estimator):
                got = fit(dataset, formula, "--unit", unit, "--time", "year", "--estimator", estimator, "--covariance", "iid", "--profile", "plm")
                for term, (estimate, error) in zip(got["terms"][1:], printed, strict=True):
                    self.assertAlmostEqual(term["estimate"], estimate, delta=6e-4)
                    self.assertAlmostEqual(term["std_error"], error, delta=6e-4)

    def test_cornwell_and_rupert(self):
        """Wages by Hausman and Taylor's and Amemiya and MaCurdy's instruments, as the Stata manual prints xthtaylor, its errors too."""
        formula = "lwage ~ bluecol + south + smsa + ind + i(sex, ref = male) + black | exp + I(exp^2) + wks + married + union + ed ~ 1"
        for way, printed in [
            ("hausman_taylor", [(2.912726, .2836522), (-.0207047, .0137809), (.0074398, .031955), (-.0418334, .0189581), (.0136039, .0152374),
                                (-.1309236, .126659), (-.2857479, .1557019), (.1131328, .002471), (-.0004189, .0000546), (.0008374, .0005997),
                                (-.0298508, .01898), (.0327714, .0149084), (.137944, .0212485)]),
            ("amemiya_macurdy", [(2.927338, .2751274), (-.0208498, .0137653), (.0072818, .0319365), (-.0419507, .0189471), (.0136289, .015229),
                                 (-.132008, .1266039), (-.2859004, .1554857), (.1129704, .0024688), (-.0004214, .0000546), (.0008381, .0005995),
                                 (-.0300894, .0189674), (.0324752, .0148939), (.1372049, .0205695)])]:
            got = fit("Wages", formula, "--unit", "id", "--time", "time", "--estimator", f"random(iv = {way})", "--covariance", "iid", "--profile", "plm")
            for term, (estimate, error) in zip(got["terms"], printed, strict=True):
                self.assertAlmostEqual(term["estimate"], estimate, delta=6e-7 if estimate > 1 else 6e-8)
                self.assertAlmostEqual(term["std_error"], error, delta=6e-8)
            # Stata's wages are in single precision.
            self.assertAlmostEqual(got["random"]["own_variance"] ** 0.5, .15180273, delta=1e-7)
            self.assertAlmostEqual(got["random"]["effects"][0]["variance"] ** 0.5, .94180304, delta=1e-7)

    def test_cornwell_and_trumbull(self):
        """Crime by instruments: Baltagi (2006), table 2, columns EC2SLS and G2SLS."""
        formula = ("lcrmrte ~ lprbconv + lprbpris + lavgsen + ldensity + lwcon + lwtuc + lwtrd + lwfir + lwser + lwmfg + lwfed + lwsta + lwloc + "
                   "lpctymle + lpctmin + i(region, ref = other) + smsa + factor(year) | lprbarr + lpolpc ~ ltaxpc + lmix")
        names = ["lprbarr", "lprbconv", "lprbpris", "lavgsen", "lpolpc", "ldensity"]
        for way, printed in [
            ("ec2sls", [(-.413, .097), (-.323, .054), (-.186, .042), (-.010, .027), (.435, .090), (.429, .055)]),
            ("g2sls", [(-.414, .221), (-.343, .132), (-.190, .073), (-.006, .029), (.505, .228), (.434, .071)])]:
            got = fit("Crime", formula, "--unit", "county", "--time", "year", "--estimator", f"random(iv = {way})", "--covariance", "iid",
                      "--profile", "plm")
            terms = {term["term"]: term for term in got["terms"]}
            for name, (estimate, error) in zip(names, printed, strict=True):
                self.assertAlmostEqual(terms[name]["estimate"], estimate, delta=6e-4)
                self.assertAlmostEqual(terms[name]["std_error"], error, delta=6e-4)

    def test_tests_of_grunfeld(self):
        tests = fit("Grunfeld", "inv ~ value + capital", "--unit", "firm", "--time", "year", "--estimator", "random", "--profile", "plm")["tests"]
        values = {test["test"]: test for test in tests}
        for name, statistic in (("breusch_pagan", 798.161548369), ("honda", 28.2517530141), ("hausman", 2.330366894)):
            self.assertAlmostEqual(values[name]["statistic"], statistic, delta=1e-8)
        self.assertAlmostEqual(values["hausman"]["p_value"], 0.311865446, delta=1e-8)


class Filip(unittest.TestCase):
    """NIST's worst polynomial, typed as the formula an analyst would type."""

    def test_thirteen_digits(self):
        header = (pathlib.Path(__file__).parent / "filip.hpp").read_text()
        lists = [part.split("}")[0] for part in header.split("= {")[1:]]
        x, y, certified, errors = ([float(value) for value in part.split(",")] for part in lists)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "filip.csv"
            path.write_text("y,x\n" + "".join(f"{b!r},{a!r}\n" for a, b in zip(x, y, strict=True)))
            formula = "y ~ x + " + " + ".join(f"I(x^{power})" for power in range(2, 11))
            done = subprocess.run([COMMAND, "fit", str(path), formula, "--covariance", "iid", "--format", "json"], capture_output=True,
                                  text=True, check=True)
        terms = json.loads(done.stdout)["terms"]
        reached = min(digits(term["estimate"], value) for term, value in zip(terms, certified, strict=True))
        of_errors = min(digits(term["std_error"], value) for term, value in zip(terms, errors, strict=True))
        print(f"nist_linear_filip: log relative error of coefficients {reached:.1f}, of standard errors {of_errors:.1f}")
        self.assertGreaterEqual(min(reached, of_errors), 13)


if __name__ == "__main__":
    unittest.main()
