"""Files as spreadsheets, agencies and other programs write them: read as they are meant, with a note, or refused with the place.

Each reading is compared with the same data in a plain spelling, number by number; the constants are least squares with the
dummies written out.
"""

import json
import unittest

from command import SOURCE, CommandTest, run

KEYS = ["--unit", "unit", "--time", "time"]
CASES = SOURCE.parent / "shared" / "cases"
X = [0, 5, 1, 6, 7, 3, 8, 4, 5, 1, 6, 2, 3, 8, 4, 0, 1, 6, 2, 7, 8, 4, 0, 5]
Y = [0.0, 5.5, 2.25, 3.5, 7.75, 4.5, 5.75, 6.75, 6.75, 3.5, 9.0, 5.75, 5.75, 7.0, 8.0, 4.75, 4.75, 10.25, 7.0, 8.25, 12.5, 9.25, 6.0, 11.5]
YEARS = ["2019", "2020", "2021", "2022"]


def panel(*, time=YEARS, **more):
    """Six units over four periods; `more` are further columns, each a function of the row's number."""
    rows = [",".join(["unit", "time", "y", "x", *more])]
    for i, (x, y) in enumerate(zip(X, Y)):
        rows.append(",".join([f"T{i // 4 + 1}", time[i % 4], str(y), str(x), *(str(f(i)) for f in more.values())]))
    return "\n".join(rows) + "\n"


class Reading(CommandTest):
    def fit(self, text, formula="y ~ x", *words, keys=KEYS):
        path = text if hasattr(text, "exists") else self.write("read.csv", text)
        code, out, err = run("fit", path, formula, *keys, *words, "--format", "json")
        self.assertEqual((code, err), (0, ""))
        fit = json.loads(out)
        return fit, {t["term"]: (t["estimate"], t["std_error"]) for t in fit["terms"]}, [w["message"] for w in fit["warnings"]]

    def same(self, text, plain, formula="y ~ x", *words, said=None, keys=KEYS):
        """The numbers of the plain spelling, and what is said about the other."""
        _, terms, messages = self.fit(text, formula, *words, keys=keys)
        _, expected, _ = self.fit(plain, formula, *words)
        self.assertEqual(terms, expected)
        if said:
            self.assertIn(said.replace("FILE", str(self.folder / "read.csv")), messages)
        return terms

    def refused(self, text, message, formula="y ~ x", *words, keys=KEYS):
        path = self.write("read.csv", text)
        got = self.message("fit", path, formula, *keys, *words)
        self.assertEqual(got, (3, message.replace("FILE", str(path))))


class TextAmongNumbers(Reading):
    def test_what_may_be_numbers_is_no_factor(self):
        for cell, why in [(lambda i: "#N/A" if i % 8 < 5 else str(X[i]), "row 2 holds '#N/A', which is an error of a spreadsheet; leave the cell empty"),
                          (lambda i: f"{X[i]} [q]", "row 2 holds '0 [q]', which ends in a mark; keep the mark in a column of its own"),
                          (lambda i: f"{X[i]:02}:30", "row 2 holds '00:30', which is a time of day; write hours or minutes as one number"),
                          (lambda i: f"{X[i]} 200", "row 2 holds '0 200', which has a blank between its digits"),
                          (lambda i: f"{X[i]} beds", "row 2 holds '0 beds', which is not a number")]:
            self.refused(panel(beds=cell), f"column 'beds' of FILE holds text and is used as a number: {why}; correct it or mark it as missing, "
                         "or write factor(beds) if its texts are categories", "y ~ beds")

    def test_a_factor_of_bare_text_is_listed(self):
        region = dict(region=lambda i: "NSW"[i // 8])
        _, _, messages = self.fit(panel(**region), "y ~ x + region")
        self.assertIn("'region' is text, so it is a factor: 3 levels, N left out; write factor(region) if that is meant", messages)
        _, _, messages = self.fit(panel(**region), "y ~ x + factor(region)")
        self.assertFalse([m for m in messages if "is text" in m])
        bands = dict(band=lambda i: ["16-24", "25-64", "65+"][i % 3])
        self.assertEqual(len(self.fit(panel(**bands), "y ~ x + factor(band)")[1]), 4)
        self.assertEqual(len(self.fit(panel(**bands), "y ~ x + band", "--text", "band")[1]), 4)

    def test_marks_beside_numbers(self):
        plain = panel(beds=lambda i: X[i])
        self.same(panel(beds=lambda i: f"{X[i]} [r]"), plain, "y ~ beds",
                  said="column 'beds' has the mark [r] (revised) beside 24 numbers, the first in row 2; the numbers are read as they stand")
        self.same(panel(beds=lambda i: f"{X[i]}[b]" if i == 5 else X[i]), plain, "y ~ beds",
                  said="column 'beds' has the mark [b] (break in the series) beside 1 number, in row 7; the numbers are read as they stand")

    def test_a_minus_sign_and_a_long_dash(self):
        z = dict(z=lambda i: "\u2014" if i == 3 else f"{X[i] - 4}".replace("-", "\u2212"))
        plain = dict(z=lambda i: "" if i == 3 else X[i] - 4)
        self.same(panel(**z), panel(**plain), "y ~ z")

    def test_a_cell_of_free_text_names_no_term(self):
        text = panel(z=lambda i: "a" * 5000 if i == 5 else "b")
        path = self.write("read.csv", text)
        code, message = self.message("fit", path, "y ~ x + factor(z)", *KEYS)
        self.assertEqual((code, message), (3, f"a level of 'z' has 5,000 bytes ('{'a' * 37}...'); terms are named after levels, and a name has at "
                                              "most 1,000: code the column first, or use it as an effect: | z"))
        self.assertEqual(self.fit(text, "y ~ x | z")[0]["nobs"], 23)  # the cell is a level of its own


class Identity(Reading):
    def test_texts_of_one_number_stay_apart(self):
        for spelled, plain in [(["01", "1", "2"], "abc"), (["1.10", "1.1", "1.2"], "bac"), (["1E2", "100", "7"], "bca"),
                               (["9007199254740993", "9007199254740992", "3"], "cba")]:
            sites = panel(site=lambda i: spelled[(i // 4 + i) % 3]), panel(site=lambda i: plain[(i // 4 + i) % 3])
            for words in (["y ~ x | site"], ["y ~ x | site^time"], ["y ~ x", "--covariance", "cluster(site)"],
                          ["y ~ x | site", "--covariance", "iid"]):
                _, terms, messages = self.fit(sites[0], *words)
                self.assertEqual(terms, self.fit(sites[1], *words)[1], words)
                self.assertTrue(any(m.startswith("column 'site' holds texts that are one number") for m in messages), messages)
            self.assertEqual(len(self.fit(sites[0], "y ~ x + i(site)")[1]), 4)

    def test_the_numbers_of_the_cases(self):
        site = dict(site=lambda i: ["01", "1", "2"][[0, 1, 2, 0][i % 4] if i // 4 % 2 == 0 else [2, 0, 1, 1][i % 4]])
        plain = dict(site=lambda i: "abc"[["01", "1", "2"].index(site["site"](i))])
        self.same(panel(**site), panel(**plain), "y ~ x | site", "--covariance", "iid")


class Calendars(Reading):
    MONTHS = ["2019-11", "2019-12", "2020-01", "2020-02"]

    def test_calendars_in_whole_numbers_have_lags(self):
        plain = panel(time=self.MONTHS)
        for times, said in [(["201911", "201912", "202001", "202002"], "are of the form yyyymm, so periods are months: 201911 is 2019-11"),
                            (["20191130", "20191231", "20200131", "20200229"],
                             "are of the form yyyymmdd, so periods are days: 20191130 is 2019-11-30"),
                            (["43770", "43800", "43831", "43862"], "are days as Excel counts them, so periods are months: 43770 is 2019-11")]:
            self.same(panel(time=times), plain, "y ~ l(x, 1)", said=f"the whole numbers in column 'time' {said}; formulas see the numbers as they are written")
        self.same(panel(time=["20193", "20194", "20201", "20202"]), panel(time=["2019Q3", "2019Q4", "2020Q1", "2020Q2"]), "y ~ l(x, 1)",
                  said="the whole numbers in column 'time' are of the form yyyyq, so periods are quarters: 20193 is 2019Q3; formulas see the numbers "
                       "as they are written")

    def test_periods_in_words(self):
        for times in (["Nov-19", "Dec-19", "Jan-20", "Feb-20"], ["2019/20 M8", "2019/20 M9", "2019/20 M10", "2019/20 M11"],
                      ["30-Nov-19", "31-Dec-19", "31-Jan-20", "29-Feb-20"]):
            self.same(panel(time=times), panel(time=self.MONTHS), "y ~ l(x, 1)")
        for times in (["FY2018/19", "FY2019/20", "FY2020/21", "FY2021/22"], ["2018H1", "2018H2", "2019H1", "2019H2"],
                      ["2018/19 H1", "2018/19 H2", "2019/20 H1", "2019/20 H2"]):
            self.same(panel(time=times), panel(), "y ~ l(x, 1)")

    def test_periods_split_a_sample_however_they_are_written(self):
        for times in (["Nov-19", "Dec-19", "Jan-20", "Feb-20"], ["201911", "201912", "202001", "202002"]):
            path = self.write("read.csv", panel(time=times))
            code, out, err = run("fit", path, "y ~ x", *KEYS, "--split", "time", "--covariance", "robust")
            self.assertEqual((code, err), (0, ""))
            self.assertIn("2019-11", out)

    def test_a_row_of_integers(self):
        self.same(panel(time=["998", "999", "1000", "1001"]), panel(), "y ~ l(x, 1)")


class Furniture(Reading):
    def test_what_stands_around_the_table(self):
        plain = panel()
        head, rest = plain.split("\n", 1)
        numbered = "," + head + "\n" + "".join(f"{i},{row}\n" for i, row in enumerate(rest.splitlines()))
        for text, said in [
            (numbered, "column 1 has no name, so it is taken as row names and left out; name it if it is data"),
            ("Beds by trust,,,\nPublished May 2026,,,\n,,,\n" + plain,
             "the header stands in row 4; what stands above it ('Beds by trust') is no part of the table"),
            ("Title:,Beds\nPeriod:,May\n\n" + plain, "the header stands in row 4; what stands above it ('Title:') is no part of the table"),
            ("sep=,\n" + plain, "row 1 names the separator, ',', and is no part of the table"),
            ("sep=;\n" + plain.replace(",", ";"), "row 1 names the separator, ';', and is no part of the table"),
            (plain + "Source: own,,,\n",
             "the table ends before row 26 ('Source: own'); what stands from there on is taken as notes below it"),
            (plain + "\nNotes\n1. Estimates, provisional\n", "the table ends before row 27 ('Notes'); what stands from there on is taken as notes below it"),
            (plain.replace("T3,2019", ",,,\nT3,2019"), "row 10 holds nothing but separators and is left out"),
            (plain.replace("\n", ",,\n"), "without a name and without a cell, so left out: column 5, 6"),
            (plain.encode("utf-16"), "FILE is UTF-16 text and was read as that"),
            (plain.replace("T4", "T4\xe8").encode("cp1252"), "FILE is not UTF-8 and was read as Windows-1252: row 14 has the first such letter"),
        ]:
            with self.subTest(text=text[:40]):
                self.same(text, plain, said=said)

    def test_a_header_that_is_not_found_is_hinted_at(self):
        self.refused("Title:,Beds\nPeriod:,May\n\n" + panel().replace("unit", "trust"),
                     "FILE, row 4: the row has 4 fields and the header 2; a comma inside a value needs quotes around it; the header may stand in "
                     "row 4: name the keys as it does, or delete what stands above it")
        self.refused(panel() + "T7,2019\n", "FILE, row 26: the row has 2 fields and the header 4; the first that is missing is 'y'")

    def test_total_rows(self):
        england = panel() + "".join(f"ENG,{year},{100 + t},{7 * t}\n" for t, year in enumerate(YEARS))
        self.same(england, panel(), said="'ENG' is a total of the table and not one of its units: 4 rows set aside, the first in row 26; give it "
                                         "another name if it is a unit")


class Suspicions(Reading):
    def test_the_surest_errors_are_shown_and_check_prints_all(self):
        rows = ["unit,time,beds,staff"]
        for unit in range(60):
            for year in range(8):
                merged = 1.6 + 0.01 * unit if unit < 40 and year >= 2 + unit % 5 else 1
                beds = (300 + 50 * unit) * merged * (1 + 0.001 * ((unit * 7 + year * 3) % 5)) * (10 if unit >= 57 and year == 4 else 1)
                rows.append(f"T{unit},{2010 + year},{beds},{(3000 + 400 * unit) * merged * (1 + 0.001 * ((unit * 5 + year * 2) % 7))}")
        path = self.write("panel.csv", "\n".join(rows) + "\n")
        code, out, err = run("fit", path, "log(beds) ~ log(staff) | unit", *KEYS)
        self.assertEqual((code, err), (0, ""))
        shown = out[out.index("Values that look odd"):].split("  - ")
        self.assertEqual([" digit may have slipped" in " ".join(line.split()) for line in shown[1:5]], [True, True, True, False])
        self.assertIn("and 31 more (merger 31): `headwater check` prints them all", " ".join(out.split()))
        config = self.write("a.cfg", f"[data]\nfile = {path}\nunit = unit\ntime = time\n[model]\nformula = log(beds) ~ log(staff) | unit\n")
        code, out, err = run("check", config)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(" ".join(out.split()).count("probably a merger"), 40)
        self.assertNotIn("more (merger", out)


@unittest.skipUnless(CASES.exists(), "the small inputs are not on this machine")
class Cases(Reading):
    def value(self, name, formula, *words, term="x", keys=KEYS):
        return self.fit(CASES / name, formula, *words, keys=keys)[1][term]

    def test_the_numbers_are_those_worked_out_by_hand(self):
        iid = ("--covariance", "iid")
        month = ["--unit", "unit", "--time", "month"]
        clean = (0.6790540541, 0.1494580128)
        for expected, name, formula, words, keys in [
            ((0.5939542484, 0.1824282), "B1_leading_zeros_effect.csv", "y ~ x | site", iid, KEYS),
            ((0.5939542484, None), "B3_version_ids_factor.csv", "y ~ x + i(band)", iid, KEYS),
            ((0.6595528455, None), "F1_int64_unit.csv", "y ~ x | uid", (), ["--unit", "uid", "--time", "time"]),
            (clean, "H1_row_names.csv", "y ~ x", (), KEYS), (clean, "H2_title_rows.csv", "y ~ x", (), KEYS),
            (clean, "H4_sep_line.csv", "y ~ x", (), KEYS), (clean, "H5_footnote.csv", "y ~ x", (), KEYS), (clean, "H6_month_words.csv", "y ~ x", (), KEYS),
        ]:
            estimate, error = self.value(name, formula, *words, keys=keys)
            self.assertAlmostEqual(estimate, expected[0], 10, name)
            if expected[1]:
                self.assertAlmostEqual(error, expected[1], 7, name)
        for name in ("D1_yyyymm.csv", "D1_same_as_yyyy-mm.csv", "D2_yyyymmdd_month_ends.csv"):
            estimate, error = self.value(name, "y ~ l(x, 1)", term="l(x, 1)", keys=month)
            self.assertAlmostEqual(estimate, -0.1433105469, 10, name)
            self.assertAlmostEqual(error, 0.1442153430, 10, name)
        serial = self.value("serial.csv", "log(activity / resource) ~ l(agency, 1)", term="l(agency, 1)", keys=["--unit", "code", "--time", "period"])
        self.assertAlmostEqual(serial[0], -0.2468082960, 10)
        self.assertAlmostEqual(serial[1], 0.6328122205, 10)

    def test_the_numbers_of_parquet_files(self):
        if "needs the module headwater_arrow.so" in run("fit", CASES / "G2_float16.parquet", "y ~ x", *KEYS)[2]:
            self.skipTest("this build has no module for it")
        uid = ["--unit", "uid", "--time", "time"]
        self.assertAlmostEqual(self.value("F1_int64_unit.parquet", "y ~ x | uid", keys=uid)[0], 0.6595528455, 10)
        for name, keys in [("F3_uint64_unit.parquet", uid), ("G1_unused_list_column.parquet", KEYS), ("G2_float16.parquet", KEYS)]:
            estimate, error = self.value(name, "y ~ x", keys=keys)
            self.assertAlmostEqual(estimate, 0.6506024096, 10, name)
            self.assertAlmostEqual(error, 0.1645567669, 7, name)
        self.assertAlmostEqual(self.value("G2_float16.parquet", "y ~ half", term="half")[0], 0.6506024096, 10)
        stages = self.fit(CASES / "N1_ordered_categories.parquet", "y ~ x + stage", "--covariance", "iid")[1]
        self.assertAlmostEqual(stages["stagemedium"][0], 0.8980800654, 10)
        self.assertAlmostEqual(stages["stagehigh"][0], 2.0075571895, 10)

    def test_what_is_refused_says_where(self):
        for name, message in [
            ("A1_majority_excel_na.csv", "row 2 holds '#N/A', which is an error of a spreadsheet; leave the cell empty"),
        ]:
            self.assertIn(message, self.message("fit", CASES / name, "y ~ beds", *KEYS)[1])
        for table, message in [("S1_two_successors.csv", "row 3: 'T1' became 'T3' here and 'T2' in row 2; a code has one successor, so keep one of the lines"),
                               ("S3_case.csv", "row 2: 't1' is in no row of the data, which have 'T1'; write the code as the data do")]:
            self.assertEqual(self.message("fit", CASES / "S1_panel.csv", "y ~ x | unit", *KEYS, "--succession", CASES / table),
                             (3, f"{CASES / table}, {message}"))

    def test_layouts_of_the_nhs(self):
        eric = self.fit(CASES / "layouts" / "eric.csv", "`Gross internal floor area (m\u00b2)` ~ 1", "--covariance", "robust", keys=["--unit", "Trust Code"])[0]
        self.assertEqual(eric["nobs"], 35)
        kh03 = self.fit(CASES / "layouts" / "kh03.csv", "`Available: Total` ~ 1", "--covariance", "robust", keys=["--unit", "Org Code", "--time", "Year"])[0]
        self.assertEqual(kh03["nobs"], 35)
        for name in ("mi_as_published.csv", "mi_layout.csv"):
            _, terms, _ = self.fit(CASES / "layouts" / name, "`Cost weighted activity growth` ~ 1", "--covariance", "robust", keys=["--unit", "Org code"])
            self.assertAlmostEqual(terms["(Intercept)"][0], 5.957575757575757 / 100, 14)  # the mean of 33 trusts, without ENG


if __name__ == "__main__":
    unittest.main()
