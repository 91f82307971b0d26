"""The numbered bad inputs of data: keys (1-15), values (16-33), weights, clusters and models (34-40)."""

import unittest

from numbered import USAGE, DATA, FORMULA, IDENTIFICATION, NUMERICAL, Numbered, panel, suite_of, x


class Keys(Numbered):
    def test_01_duplicate_key(self):
        self.refused(1, "unit,time,y,x\na,1,2,3\nb,1,2,3\na,1,4,5\n",
                     "FILE, row 4: unit 'a' and period '1' stand in row 2 already; a unit has one row a period, so remove one or add the "
                     "keys that tell them apart", DATA)

    def test_02_missing_unit(self):
        self.refused(2, "unit,time,y,x\na,1,2,3\n,2,2,3\n", "FILE, row 3: the unit key 'unit' is empty; every row needs one", DATA)
        self.refused(2, panel(), "'zz', which is to stay text, is not a column of FILE; correct the list", USAGE, "--text", "x,zz")
        self.refused(2, panel(), "the unit key 'trust' is not a column of FILE; its columns are unit, time, y, x", USAGE, keys=["--unit", "trust"])

    def test_03_missing_time(self):
        self.refused(3, "unit,time,y,x\na,1,2,3\na,,2,3\n", "FILE, row 3: the time key 'time' is empty; every row needs one", DATA)

    def test_04_mixed_periods(self):
        self.refused(4, "unit,time,y,x\na,2001,2,3\na,2001Q1,4,5\n",
                     "FILE, row 3: '2001Q1' is a quarter and '2001' in row 2 a year; one column holds one kind of period", DATA)

    def test_05_text_times_sort_by_number(self):
        fit = self.answered(5, panel(periods=12, time=lambda t: f"t{t + 1}"), formula="y ~ l(x, 1)")
        same = self.answered(5, panel(periods=12), formula="y ~ l(x, 1)")
        self.assertEqual(self.terms(fit), self.terms(same), "t10 follows t9")

    def test_06_gaps(self):
        gap = panel(time=lambda t: str([2001, 2002, 2004, 2005, 2006][t]))
        fit = self.answered(6, gap, formula="y ~ l(x, 1)")
        self.assertEqual(fit["nobs"], 18)
        self.assertEqual(fit["sample"]["dropped"],
                         [{"reason": "l(x, 1) has no value (a period is missing or lies before the first; a step is 1 year)", "rows": 12}])
        fit = self.answered(6, gap, "--estimator", "first_difference")
        self.assertEqual(fit["nobs"], 18)
        self.warns(6, fit, "6 rows have no partner exactly 1 period before (a gap), so no difference is formed there; gaps = bridge "
                           "takes the row before")

    def test_07_singleton_unit(self):
        fit = self.answered(7, panel() + "lonely,2010,3,4\n", formula="y ~ x | unit")
        self.assertEqual(fit["sample"]["dropped"], [{"reason": "singleton level of unit", "rows": 1}])

    def test_08_only_singletons(self):
        self.refused(8, panel(periods=1), "no row of FILE is left to fit (6 rows: singleton level of unit); take out the effect that has "
                     "one row a level, or use a coarser one", DATA, formula="y ~ x | unit")

    def test_09_one_unit(self):
        self.refused(9, panel(units=1), "all rows used lie in one cluster of 'unit', so nothing varies between clusters; cluster by "
                     "something finer or use robust", DATA)
        self.assertEqual(self.answered(9, panel(units=1), "--covariance", "robust")["nobs"], 5)

    def test_10_one_period(self):
        self.assertEqual(self.answered(10, panel(periods=1))["nobs"], 6)
        self.refused(10, panel(periods=1), "no unit has two rows 1 period apart, so there is no difference to fit", DATA, "--estimator",
                     "first_difference")

    def test_11_ids_beyond_the_whole_numbers_of_a_double(self):
        for base in (2**53, 2**64, 10**30):
            fit = self.answered(11, panel(unit=lambda i: str(base + i)), formula="y ~ x | unit")
            self.assertEqual(fit["effects"], [{"name": "unit", "levels": 6, "redundant": 0}])

    def test_12_leading_zeros(self):
        fit = self.answered(12, panel(unit=lambda i: ["007", "7", "07", "NAN", "NA", "0"][i]), formula="y ~ x | unit")
        self.assertEqual(fit["effects"][0]["levels"], 6)

    def test_13_ids_that_look_alike(self):
        for other, shown in [("ral", "ral"), ("RAL ", "RAL "), ("RAL\u00a0", "RAL\u00a0")]:
            self.refused(13, f"unit,time,y,x\nRAL,1,2,3\n{other},2,4,5\n",
                         f"FILE, row 3: unit '{shown}' differs from 'RAL' in row 2 only in case, blanks or Unicode form; write them alike "
                         "if they are one unit, or rename one" if other != "ral" else
                         "FILE, row 3: unit 'ral' differs from 'RAL' in row 2 only in case, blanks or Unicode form; write them alike if "
                         "they are one unit, or rename one", DATA)
        self.refused(13, "unit,time,y,x\nCaf\u00e9,1,2,3\nCafe\u0301,2,4,5\n",
                     "FILE, row 2: unit 'Caf\u00e9' differs from 'Cafe\u0301' in row 3 only in case, blanks or Unicode form; write them "
                     "alike if they are one unit, or rename one", DATA)

    def test_14_disconnected_effects(self):
        rows = panel().splitlines()
        text = "\n".join([rows[0], *(row.replace(",20", ",30") if row[1] in "345" else row for row in rows[1:])]) + "\n"
        fit = self.answered(14, text, formula="y ~ x | unit + time")
        self.assertEqual((fit["effects_rank"], fit["effects"][1]["redundant"]), (14, 2))
        self.warns(14, fit, "the effects unit and time fall into 2 groups that no row connects: slopes are not affected, but levels of an "
                            "effect can be compared within a group only")

    def test_15_units_that_change_cluster(self):
        text = panel(g=lambda i, t: f"g{(i + t) % 3}")
        fit = self.answered(15, text, "--covariance", "cluster(g)", formula="y ~ x | unit")
        self.assertIn("6 unit", fit["vcov"]["arithmetic"], "effects that are not nested in the clusters are counted")
        self.refused(15, text, "a unit belongs to several levels of cluster 'g', so its mean has no cluster; cluster by unit or something "
                     "coarser", USAGE, "--estimator", "between", "--covariance", "cluster(g)")


class Values(Numbered):
    def test_16_constant_outcome(self):
        self.refused(16, panel(outcome=lambda i, t: 3), "the outcome y has the same value in all 30 rows used; there is nothing to explain", DATA)
        self.refused(16, panel(outcome=lambda i, t: i), "the outcome y does not vary within the absorbed effects; there is nothing to explain",
                     DATA, formula="y ~ x | unit")

    def test_17_collinear(self):
        fit = self.answered(17, panel(z=lambda i, t: repr(2 * x(i, t))), formula="y ~ x + z")
        self.assertEqual(fit["not_identified"], [{"term": "z", "because": ["x"]}])
        self.assertEqual(fit["sample"]["columns_dropped"], fit["not_identified"])

    def test_18_nearly_collinear(self):
        fit = self.answered(18, panel(z=lambda i, t: repr(x(i, t) + 1e-11 * (i * 31 + t * 17) % 7)), formula="y ~ x + z")
        self.assertEqual([entry["term"] for entry in fit["not_identified"]], ["z"])
        fit = self.answered(18, panel(z=lambda i, t: repr(x(i, t) + 1e-6 * ((i * 31 + t * 17) % 7))), formula="y ~ x + z")
        self.assertEqual(fit["not_identified"], [])

    def test_19_absorbed(self):
        fit = self.answered(19, panel(z=lambda i, t: 2 * i), formula="y ~ x + z | unit")
        self.assertEqual(fit["not_identified"], [{"term": "z", "because": ["unit"]}])
        self.assertNotIn("z", self.terms(fit))

    def test_20_all_missing(self):
        self.refused(20, panel(z=lambda i, t: ""), "no row of FILE is left to fit (30 rows: z missing (empty)); missing cells took "
                     "most of them; fill or leave out 'z' (30 rows)", DATA, formula="y ~ x + z")

    def test_21_infinite(self):
        self.refused(21, panel(z=lambda i, t: "Inf" if (i, t) == (1, 1) else i * t % 3),
                     "column 'z' of FILE holds text and is used as a number: row 8 holds 'Inf', which is infinite; correct it or mark it as "
                     "missing, or write factor(z) if its texts are categories", DATA, formula="y ~ x + z")

    def test_22_nan(self):
        fit = self.answered(22, panel(z=lambda i, t: "NaN" if (i, t) == (1, 1) else i * t % 3), formula="y ~ x + z")
        self.assertEqual(fit["sample"]["dropped"], [{"reason": "z missing (not available)", "rows": 1}])

    def test_23_one_huge_cell(self):
        self.refused(23, panel(z=lambda i, t: "1e300" if (i, t) == (1, 1) else i * t % 3),
                     "FILE, row 8: z is 1e+300 and its square is beyond what a number can hold; correct the cell or change the unit of the "
                     "column", NUMERICAL, formula="y ~ x + z")

    def test_24_huge_scale(self):
        for power, shown in ((160, "2e+160"), (307, "2e+307")):
            self.refused(24, panel(z=lambda i, t: f"{i * t % 3}e{power}"),
                         f"FILE, row 9: z is {shown} and its square is beyond what a number can hold; correct the cell or change the unit of "
                         "the column", NUMERICAL, formula="y ~ x + z")

    def test_25_tiny_scale(self):
        self.refused(25, panel(z=lambda i, t: f"{i * t % 3}e-200"),
                     "FILE, row 9: z is 2e-200, the largest of its column, and its square is beyond what a number can hold; correct the cell "
                     "or change the unit of the column", NUMERICAL, formula="y ~ x + z")

    def test_26_large_offset(self):
        self.refused(26, panel(outcome=lambda i, t: 1e15 + x(i, t)),
                     "the outcome y varies by only 3.88 around 1e+15, and numbers that large keep too few digits of it; subtract a constant "
                     "from it", DATA)
        near = self.answered(26, panel(regressor=lambda i, t: 1e8 + (i * 7 + t * 3) % 11), formula="y ~ x | unit")
        plain = self.answered(26, panel(regressor=lambda i, t: (i * 7 + t * 3) % 11), formula="y ~ x | unit")
        self.assertAlmostEqual(self.terms(near)["x"], self.terms(plain)["x"], delta=1e-12)

    def test_27_perfect_fit(self):
        fit = self.answered(27, panel(outcome=lambda i, t: 2 * x(i, t)))
        self.warns(27, fit, "the regressors fit the outcome exactly, so every standard error is rounding noise; is the outcome built from a "
                            "regressor?")

    def test_28_no_degrees_of_freedom(self):
        self.refused(28, "unit,time,y,x\na,1,1,2\nb,2,3,5\n",
                     "2 coefficients and effects of rank 0 leave no degrees of freedom in 2 rows; use fewer regressors or coarser effects",
                     IDENTIFICATION)

    def test_29_logarithm_of_what_is_not_positive(self):
        fit = self.answered(29, panel(z=lambda i, t: (i * 3 + t) % 5 - 1), formula="y ~ x + log(z)")
        self.assertEqual(fit["sample"]["dropped"], [{"reason": "log(z) of a value that is not positive", "rows": 12}])

    def test_30_numbers_as_text_and_missing_marks(self):
        marks = ["n/a", "-", ".", "", "*"]
        fit = self.answered(30, panel(z=lambda i, t: marks[t] if i == 0 else f'"{i * t % 4 + 1}"'), formula="y ~ x + z")
        self.assertEqual(fit["nobs"], 25)
        self.assertEqual({entry["reason"] for entry in fit["sample"]["dropped"]},
                         {"z missing (not available)", "z missing (dash)", "z missing (empty)", "z missing (suppressed)"})

    def test_31_factor_with_one_level(self):
        fit = self.answered(31, panel(z=lambda i, t: "North"), formula="y ~ x + z")
        self.warns(31, fit, "factor 'z' has a single level in the rows used, so it makes no column")

    def test_32_thousands_separators(self):
        with_commas = self.answered(32, panel(z=lambda i, t: f'"{1000 + i * t % 31:,}"'), formula="y ~ x + z")
        plain = self.answered(32, panel(z=lambda i, t: 1000 + i * t % 31), formula="y ~ x + z")
        self.assertEqual(with_commas["terms"], plain["terms"])

    def test_33_decimal_commas_and_locale(self):
        self.refused(33, panel(z=lambda i, t: f'"{i * t % 31},5"'),
                     "column 'z' of FILE holds text and is used as a number: row 2 holds '0,5', which has a decimal comma; write a point; "
                     "correct it or mark it as missing, or write factor(z) if its texts are categories", DATA, formula="y ~ x + z")
        plain = self.answered(33, panel())
        for name in ("de_DE.UTF-8", "fr_FR", "tr_TR.UTF-8", "C", ""):
            self.assertEqual(self.answered(33, panel(), env={"LC_ALL": name, "LANG": name})["terms"], plain["terms"])


class WeightsAndClusters(Numbered):
    def test_34_zero_weights(self):
        fit = self.answered(34, panel(w=lambda i, t: i * t % 3), "--weights", "w")
        self.assertEqual(fit["sample"]["dropped"], [{"reason": "zero weight", "rows": 18}])

    def test_35_negative_and_missing_weights(self):
        self.refused(35, panel(w=lambda i, t: -1 if (i, t) == (1, 1) else 1),
                     "FILE, row 8: weight 'w' is -1; weights must not be negative, so correct it or leave the row out", DATA, "--weights", "w")
        fit = self.answered(35, panel(w=lambda i, t: "NaN" if (i, t) == (1, 1) else 1), "--weights", "w")
        self.assertEqual(fit["sample"]["dropped"], [{"reason": "w missing (weight)", "rows": 1}])
        self.refused(35, panel(w=lambda i, t: "heavy"), "column 'w' of FILE holds text and is used as a number: row 2 holds 'heavy', which is "
                     "not a number; correct it or mark it as missing", DATA, "--weights", "w")
        self.refused(35, panel(), "there is no column 'weight' in FILE; its columns are unit, time, y, x", FORMULA, "--weights", "weight")

    def test_36_no_weight_at_all(self):
        self.refused(36, panel(w=lambda i, t: 0), "no row of FILE is left to fit (30 rows: zero weight); check the columns named", DATA,
                     "--weights", "w")

    def test_37_one_cluster(self):
        self.refused(37, panel(g=lambda i, t: "one"), "all rows used lie in one cluster of 'g', so nothing varies between clusters; cluster by "
                     "something finer or use robust", DATA, "--covariance", "cluster(g)")

    def test_38_two_clusters(self):
        fit = self.answered(38, panel(g=lambda i, t: i % 2), "--covariance", "cluster(g)")
        self.assertEqual((fit["vcov"]["clusters"], fit["vcov"]["df"]), ([{"name": "g", "count": 2}], 1))
        self.warns(38, fit, "there are only 2 clusters of g: cluster-robust errors are then often too small, read intervals with caution")

    def test_39_missing_cluster(self):
        fit = self.answered(39, panel(g=lambda i, t: "" if i == 2 else i), "--covariance", "cluster(g)")
        self.assertEqual(fit["sample"]["dropped"], [{"reason": "cluster g missing", "rows": 5}])

    def test_40_two_ways_without_a_positive_variance(self):
        columns = zip([3, 7, 4, 0, 6, 6, 7, 1, 0, 7, 0, 4], [7, 5, 4, 2, 2, 0, 0, 0, 1, 7, 5, 8], [4, 5, 8, 6, 5, 4, 5, 8, 2, 7, 6, 0])
        text = "unit,time,y,x,z\n" + "".join(f"{'abcd'[i // 3]},{2010 + i % 3},{a},{b},{c}\n" for i, (a, b, c) in enumerate(columns))
        fit = self.answered(40, text, "--covariance", "cluster(unit, time)", formula="y ~ x + z")
        self.warns(40, fit, "cluster(unit, time) is not positive semi-definite (smallest eigenvalue -3.3 of the largest): its negative "
                            "eigenvalues were set to zero, as fixest does; (Intercept), x, z had a negative variance, so their error "
                            "comes from the repair alone; the clusters may be too few")
        self.assertTrue(all(term["std_error"] is None or term["std_error"] >= 0 for term in fit["terms"]))


def load_tests(loader, tests, pattern):
    return suite_of(loader, (Keys, Values, WeightsAndClusters), range(1, 41))


if __name__ == "__main__":
    unittest.main()
