"""The bad inputs that a tool for public figures must survive, by their number in the list of reliability trials: data keys
(1-15), values (16-33), weights, clusters and models (34-40), files (51-67), configurations and formulas (86-90).

Each either is refused with a whole message, an exit code and nothing half-written, or is answered, and then the answer
names what was done. Numbers 41-50 and 68-85 concern estimators, outputs and reports that have tests of their own.
"""

import gzip
import json
import os
import pathlib
import unittest

from command import CommandTest, run

USAGE, DATA, FORMULA, IDENTIFICATION, NUMERICAL, IO = 2, 3, 4, 5, 6, 7
KEYS = ["--unit", "unit", "--time", "time"]
NUMBERS = [*range(1, 41), *range(51, 68), *range(86, 91)]


def x(i, t):
    return (i * 7 + t * 3) % 11 / 3 + 0.1 * i * t


def y(i, t):
    return 2 + 0.5 * x(i, t) + i + ((i * 13 + t * 29) % 17 - 8) / 40


def panel(units=6, periods=5, *, unit=lambda i: f"u{i}", time=lambda t: str(2010 + t), outcome=y, regressor=x, **more):
    """A CSV of units and periods; `more` are further columns, each a function of unit and period."""
    rows = [",".join(["unit", "time", "y", "x", *more])]
    for i in range(units):
        for t in range(periods):
            rows.append(",".join([unit(i), time(t), repr(outcome(i, t)), repr(regressor(i, t)), *(str(f(i, t)) for f in more.values())]))
    return "\n".join(rows) + "\n"


class Numbered(CommandTest):
    covered = set()

    def place(self, text, name="bad.csv"):
        if isinstance(text, pathlib.Path):
            return text
        return self.write(name, text)

    def refused(self, number, text, message, code, *words, formula="y ~ x", keys=KEYS, name="bad.csv"):
        self.covered.add(number)
        path, result = self.place(text, name), self.folder / "result.h5"
        with self.subTest(number=number):
            got = self.message("fit", path, formula, *keys, *words, "--output", result)
            self.assertEqual(got, (code, message.replace("FILE", str(path))))
            self.assertEqual([p.name for p in self.folder.iterdir() if "result" in p.name], [], "something half-written is left")

    def answered(self, number, text, *words, formula="y ~ x", keys=KEYS, name="bad.csv", env=None):
        self.covered.add(number)
        path = self.place(text, name)
        code, out, err = run("fit", path, formula, *keys, *words, "--format", "json", env=env)
        self.assertEqual((code, err), (0, ""), f"number {number}")
        return json.loads(out)

    def warns(self, number, fit, message):
        with self.subTest(number=number):
            self.assertIn(message, [warning["message"] for warning in fit["warnings"]])

    def terms(self, fit):
        return {term["term"]: term["estimate"] for term in fit["terms"]}


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
                         [{"reason": "l(x, 1) has no value (a period is missing or lies before the first)", "rows": 12}])
        fit = self.answered(6, gap, "--estimator", "first_difference")
        self.assertEqual(fit["nobs"], 18)
        self.warns(6, fit, "6 rows have no partner exactly 1 periods before (a gap), so their difference is not formed; gaps = bridge "
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
        self.refused(10, panel(periods=1), "no unit has two rows 1 periods apart, so there is no difference to fit", DATA, "--estimator",
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
        self.refused(20, panel(z=lambda i, t: ""), "no row of FILE is left to fit (30 rows: z missing (empty)); check the columns named", DATA,
                     formula="y ~ x + z")

    def test_21_infinite(self):
        self.refused(21, panel(z=lambda i, t: "Inf" if (i, t) == (1, 1) else i * t % 3),
                     "column 'z' of FILE holds text and is used as a number: row 8 holds 'Inf', which is infinite; correct it or mark it as "
                     "missing", DATA, formula="y ~ x + z")

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
                     "correct it or mark it as missing", DATA, formula="y ~ x + z")
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
        self.warns(40, fit, "cluster(unit, time) is not positive semi-definite (smallest eigenvalue -3.3 of the largest) and a variance is "
                            "negative: negative eigenvalues were set to zero; the clusters may be too few")
        self.assertTrue(all(term["std_error"] is None or term["std_error"] >= 0 for term in fit["terms"]))


class Files(Numbered):
    def test_51_52_nothing_in_it(self):
        self.refused(51, "", "FILE is empty; it needs a header line and rows", DATA)
        for text in ("unit,time,y,x\n", "unit,time,y,x"):
            self.refused(52, text, "FILE has a header and no rows; there is nothing to fit", DATA)

    def test_53_54_65_marks_and_line_ends(self):
        plain = self.answered(65, panel())["terms"]
        for number, text in [(53, "\ufeff" + panel()), (54, panel().replace("\n", "\r\n")), (54, panel().replace("\n", "\r")),
                             (54, panel().replace("\n", "\r\n", 7)), (65, panel().rstrip("\n")), (65, panel() + "\n\n")]:
            self.assertEqual(self.answered(number, text)["terms"], plain)

    def test_55_56_57_encodings(self):
        for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
            self.refused(55, panel().encode(encoding), "FILE is UTF-16 text, which is not read; save it as UTF-8", DATA)
        self.refused(56, panel().replace("u1", "caf\xe9").encode("latin-1"),
                     "FILE, row 7: column 1: a byte is not UTF-8 (the file may be Latin-1 or Windows-1252); save it as UTF-8", DATA)
        self.refused(57, panel().replace("u3", "u\0", 1), "FILE, row 17: column 1: there is a NUL byte, so this is not plain text; save it as "
                     "UTF-8 CSV", DATA)

    def test_58_59_60_quotes_rows_and_headers(self):
        self.refused(58, panel().replace("u3", '"u3', 1), "FILE, row 17: the quote that opens field 1 is never closed; close it or double it", DATA)
        self.refused(58, panel().replace("u3", '"u"3', 1), "FILE, row 17: field 1 goes on after its closing quote; double the quotes inside it",
                     DATA)
        self.refused(59, panel().replace("2012,", "2012,7,", 1), "FILE, row 4: the row has 5 fields and the header 4; a comma inside a value "
                     "needs quotes around it", DATA)
        self.refused(59, panel() + "u9,2011,3\n", "FILE, row 32: the row has 3 fields and the header 4; the first that is missing is 'x'", DATA)
        self.refused(60, panel().replace("y,x", "x,x", 1), "FILE, row 1: columns 3 and 4 are both named 'x'; rename one", DATA)
        self.refused(60, panel().replace("y,x", ",x", 1), "FILE, row 1: column 3 has no name; give every column a name", DATA)
        self.refused(60, panel().replace(",", ";"), "FILE, row 1: the header has ';' and no ',': save the file with commas, or as .tsv with tabs",
                     DATA)

    def test_61_62_huge_fields_and_rows(self):
        fit = self.answered(61, panel(z=lambda i, t: "a" * 5_000_000 if (i, t) == (1, 1) else "b"))
        self.assertEqual(fit["nobs"], 30)
        self.refused(61, panel(z=lambda i, t: "a" * 5_000_000 if (i, t) == (1, 1) else "1"),
                     f"column 'z' of FILE holds text and is used as a number: row 8 holds '{'a' * 37}...', which is not a number; correct it or "
                     "mark it as missing", DATA, formula="y ~ x + z")
        wide = ",".join(["unit", "time", "y", "x", *(f"c{j}" for j in range(1_000_000))])
        self.refused(62, wide + "\n", "FILE, row 1: more than 1,000,000 fields; check the separator", DATA)

    def test_63_other_formats_under_the_name_of_a_csv(self):
        for content, what in [(gzip.compress(panel().encode()), "gzip-compressed; unpack it first (gunzip)"),
                              (b"PK\x03\x04" + bytes(60), "a zip archive or a spreadsheet (xlsx, ods); unpack it, or save the sheet as UTF-8 CSV"),
                              (b"\xd0\xcf\x11\xe0" + bytes(60), "an old Excel workbook (xls); save the sheet as UTF-8 CSV"),
                              (b"%PDF-1.4\n", "a PDF; save the table as UTF-8 CSV"), (b"PAR1" + bytes(60), "a Parquet file; name it .parquet"),
                              (b"\x89HDF\r\n\x1a\n", "an HDF5 file; name it .h5"),
                              (b"\n<!DOCTYPE html><html>", "a web page, perhaps the error page of a download; fetch the CSV itself")]:
            self.refused(63, content, f"FILE is {what}", DATA)
        self.refused(63, gzip.compress(bytes(10_000_000)), "FILE is gzip-compressed; unpack it first (gunzip)", DATA, name="bomb.csv.gz")
        self.refused(63, b"junk", "FILE is not an HDF5 file; give a file that headwater has written", DATA, name="bad.h5")

    def test_64_numbers_that_other_programs_write(self):
        for cell, why in [("1e309", "which is too large or too small for a number of double precision"),
                          ("1e-400", "which is too large or too small for a number of double precision"),
                          ("0x1F", "which looks hexadecimal; write it as a decimal number"), ("1d3", "which has Fortran's exponent d; write e"),
                          ("twelve", "which is not a number")]:
            self.refused(64, panel(z=lambda i, t: cell if (i, t) == (1, 1) else i * t % 3),
                         f"column 'z' of FILE holds text and is used as a number: row 8 holds '{cell}', {why}; correct it or mark it as missing",
                         DATA, formula="y ~ x + z")

    def test_66_what_is_no_file(self):
        self.refused(66, self.folder, "cannot read 'FILE': it is a directory; give the path of a file", IO)
        pipe = self.folder / "pipe.csv"
        os.mkfifo(pipe)
        for path in (pipe, pathlib.Path("/dev/zero"), pathlib.Path("/dev/null")):
            self.refused(66, path, "cannot read 'FILE': it is not a regular file (a pipe or a device); save it to a file first", IO)
        self.refused(66, self.folder / "none.csv", "cannot read 'FILE': No such file or directory; check the path and its permissions", IO)

    def test_67_a_file_that_grows(self):
        # A writer that never stops: either the copy was whole, or it is refused; no half row is ever fitted.
        import threading
        path, stop = self.write("growing.csv", panel(units=3000, periods=20)), threading.Event()
        self.covered.add(67)

        def grow():
            with path.open("a") as file:
                i = 10_000
                while not stop.is_set():
                    file.write("".join(f"u{i + j},2010,1.0,2.0\n" for j in range(50)))
                    file.flush()
                    i += 50

        writer = threading.Thread(target=grow)
        writer.start()
        try:
            for _ in range(5):
                code, out, err = run("fit", path, "y ~ x", *KEYS, "--format", "json")
                if code != 0:
                    self.assertRegex(err, "it changed while it was read; wait until the other program has written it, then run again|"
                                          "the row has . fields and the header 4")
        finally:
            stop.set()
            writer.join()


class ConfigurationsAndFormulas(Numbered):
    def config_refused(self, number, text, message, code=USAGE):
        self.covered.add(number)
        path = self.write("bad.cfg", text)
        with self.subTest(number=number, text=text[:60]):
            self.assertEqual(self.message("run", path), (code, message.replace("FILE", str(path)).replace("FOLDER", str(self.folder))))

    def test_86_paths_resolve_against_the_file_that_holds_them(self):
        self.covered.add(86)
        (self.folder / "data").mkdir()
        (self.folder / "data" / "panel.csv").write_text(panel())
        (self.folder / "link.csv").symlink_to(self.folder / "data" / "panel.csv")
        (self.folder / "runs").mkdir()
        for file in ("../data/panel.csv", "../link.csv", self.folder / "data" / "panel.csv"):
            config = self.folder / "runs" / "a.cfg"
            config.write_text(f"[data]\nfile = {file}\nunit = unit\ntime = time\n[model]\nformula = y ~ x\n[output]\nresult = ../out/a.h5\n")
            code, out, err = run("run", config, cwd="/")
            self.assertEqual((code, err), (0, ""))
            self.assertTrue((self.folder / "out" / "a.h5").exists(), "the result lies where the configuration says, not where it was run")
        self.config_refused(86, "[data]\nfile = ../../../../../../../../nowhere.csv\n[model]\nformula = y ~ x\n",
                            "cannot read '/nowhere.csv': No such file or directory; check the path and its permissions", IO)

    def test_87_metacharacters_are_only_text(self):
        for name in ("$(touch pwned)", "`touch pwned`", "; touch pwned", "\\input{passwd}", "%s%n", "../../x"):
            self.refused(87, panel(), f"the unit key '{name}' is not a column of FILE; its columns are unit, time, y, x", USAGE, keys=["--unit", name])
        self.assertFalse((self.folder / "pwned").exists())
        title = "\\textbf{a} & 100 % $x$ <b>#1</b> ~ ^"
        path = self.write("panel.csv", panel())
        config = self.write("a.cfg", f"[data]\nfile = {path}\nunit = unit\ntime = time\n[model]\ntitle = {title}\nformula = y ~ x\n")
        code, out, err = run("run", config)
        self.assertEqual((code, err), (0, ""))
        self.assertIn(title, out)

    def test_88_configurations(self):
        head = "[data]\nfile = panel.csv\n"
        for text, message in [
            (head + "file = other.csv\n", "FILE, row 3: the key 'file' of [data] is given twice; keep one"),
            (head + "unti = a\n", "FILE, row 3: [data] has no key 'unti'; did you mean 'unit'?"),
            ("[dta]\nfile = a\n", "FILE, row 2: there is no section [dta]; did you mean [data]?"),
            ("file = a\n", "FILE, row 1: the key 'file' stands before any section; put it under one, such as [data]"),
            ("[data\nfile = a\n", "FILE, row 1: a section ends with ']'"), ("[]\n", "FILE, row 1: a section needs a name, such as [model]"),
            ("[data]\nfile\n", "FILE, row 2: expected 'key = value', found 'file'"), ("[data]\n= a\n", "FILE, row 2: a key is missing before '='"),
            ("[data]\nfile = a\0\n", "FILE, row 2: there is a NUL byte; this is not a text file"),
            (head, "the run has no model; name one under [run] model, or write a [model] section"),
            (head + "[model]\nestimator = within\n", "the model 'model' has no formula; give formula = y ~ x | effects under [model]"),
            (head + "[run]\nthreads = many\n", "FILE, row 4: 'many' is not a value for 'threads' of [run]; it takes a whole number"),
            (head + "[run]\nthreads = -1\n", "FILE, row 4: '-1' is not a value for 'threads' of [run]; it takes a whole number"),
            (head + "[run]\nthreads = 5000\n", "'run.threads' is 5000; it lies between 0 (all processors) and 1024"),
            (head + "[run]\nseed = -1\n", "FILE, row 4: '-1' is not a value for 'seed' of [run]; it takes a whole number"),
            (head + "[run]\nlevel = 95\n", "'run.level' is 95; it lies between 0 and 1"),
            (head + "[run]\nsample = both\n", "'run.sample' is 'both'; it is own or common"),
            ("[a" * 100_000 + "\n", "FILE, row 1: a section ends with ']'"),
            ("[data]\n" + "x" * 100_000 + "\n", f"FILE, row 2: expected 'key = value', found '{'x' * 57}...'"),
        ]:
            self.config_refused(88, text, message)
        self.write("panel.csv", panel())
        nested = "cluster(" + "(" * 100_000 + ")" * 100_000 + ")"
        path = self.write("deep.cfg", f"[data]\nfile = panel.csv\nunit = unit\n[model]\nformula = y ~ x\ncovariance = {nested}\n")
        code, message = self.message("run", path)
        self.assertEqual(code, FORMULA)
        self.assertIn("brackets are nested too deeply; write this part with fewer", message)

    def test_89_formulas(self):
        deep = self.message("fit", self.write("panel.csv", panel()), "y ~ " + "(" * 10_000 + "x" + ")" * 10_000)
        self.assertEqual(deep[0], FORMULA)
        self.assertIn("brackets are nested too deeply; write this part with fewer", deep[1])
        known = ("known are l, f, d, lag, lead, diff, i, poly, factor, is.na, ifelse, pmin, pmax, log, log10, log2, log1p, exp, expm1, sqrt, abs, "
                 "sin, cos, floor, round, I")
        for formula, message in [
            ('y ~ I(system("ls"))', f"there is no function 'system' in formulas; {known}"),
            ("y ~ I(eval(x))", f"there is no function 'eval' in formulas; {known}"),
            ("y ~ x; rm", "cannot read the formula: ';' has no meaning in a formula\n  y ~ x; rm\n       ^"),
            ("y ~ $x", "cannot read the formula: '$' has no meaning in a formula\n  y ~ $x\n      ^"),
            ("y ~ x^2", "cannot read the formula: a power of a column goes inside I(): write I(x^2)\n  y ~ x^2\n      ^"),
            ("y ~ .", "cannot read the formula: '.' does not stand for all other columns here; name the regressors\n  y ~ .\n      ^"),
        ]:
            self.refused(89, panel(), message, FORMULA, formula=formula)
        long = self.message("fit", self.folder / "panel.csv", "y ~ I(x" + "+x" * 5000 + ")")
        self.assertIn("more than 1000 operators in one expression; add a column to the data instead", long[1])

    def test_90_names(self):
        for name in ("if", "TRUE", "NULL", "else", "factor"):
            self.refused(90, panel(), f"there is no column '{name}' in FILE; its columns are unit, time, y, x", FORMULA, formula=f"y ~ {name}")
        self.refused(90, panel(), f"there is no column '{'a' * 57}...' in FILE; its columns are unit, time, y, x", FORMULA, formula="y ~ " + "a" * 65_536)
        renamed = panel().replace("unit,time,y,x", "unit,time,log,if")
        fit = self.answered(90, renamed, formula="log ~ `if`")
        self.assertIn("if", self.terms(fit))
        long = panel().replace("unit,time,y,x", "unit,time,y," + "b" * 65_536)
        self.assertEqual(self.answered(90, long, formula="y ~ " + "b" * 65_536)["nobs"], 30)


class Outputs(Numbered):
    def test_77_a_target_that_cannot_be_written(self):
        target = self.folder / "folder.h5"
        target.mkdir()
        code, _, err = run("fit", self.place(panel()), "y ~ x", *KEYS, "--output", target)
        self.assertEqual(code, IO, err)
        self.assertEqual(list(target.iterdir()), [])
        below_a_file = self.place(panel()) / "a.h5"
        code, _, err = run("fit", self.place(panel()), "y ~ x", *KEYS, "--output", below_a_file)
        self.assertEqual(code, IO, err)


def load_tests(loader, tests, pattern):
    """The classes share one list of numbers, which is checked after the last of them."""
    suite = unittest.TestSuite()
    for case in (Keys, Values, WeightsAndClusters, Files, ConfigurationsAndFormulas, Outputs):
        suite.addTests(loader.loadTestsFromTestCase(case))

    def every_number_has_a_test():
        missing = sorted(set(NUMBERS) - Numbered.covered)
        assert not missing, f"no test for the inputs {missing}"

    suite.addTest(unittest.FunctionTestCase(every_number_has_a_test))
    return suite


if __name__ == "__main__":
    unittest.main()
