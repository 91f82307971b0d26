"""More than 600 random fits against pyfixest, linearmodels, R plm and least squares written out: estimates, errors, p-values.

Every difference that remains has a name, which `headwater methods` states, and is checked to be that and nothing more.
"""

import pathlib
import shutil
import tempfile
import unittest
import warnings

import with_fepois
import with_linearmodels
import with_plm
import with_pyfixest
import with_rules
from differences import Comparison

SEEDS = range(9)


class RandomFits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def compared(self, module, fewest):
        comparison = Comparison()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module.compare(comparison, self.folder, SEEDS)
        print(comparison.report(), flush=True)
        self.assertGreaterEqual(sum(comparison.fits.values()), fewest)
        self.assertEqual(comparison.failures, [], "\n" + "\n".join(comparison.failures[:20]))

    def test_fixest_convention_with_pyfixest(self):
        self.compared(with_pyfixest, 240)

    def test_counts_with_fepois(self):
        self.compared(with_fepois, 200)

    def test_linearmodels(self):
        self.compared(with_linearmodels, 120)

    def test_plm(self):
        if not shutil.which("Rscript"):
            self.skipTest("R is not installed; ./verify installs it")
        self.compared(with_plm, 200)

    def test_published_rules_with_dummies_written_out(self):
        self.compared(with_rules, 120)


if __name__ == "__main__":
    unittest.main()
