"""Published files: recognised, read as declared, joined by declared rules, every cell traced, every loss told."""

import csv
import hashlib
import io
import math
import random
import statistics
import unittest
import zipfile

from command import REFERENCE, CommandTest, run
from publications import BEDS, bed_sheet, growth_book, share
from workbooks import Shown, archive, ods, xlsx


class SourceTest(CommandTest):
    def joined(self, text, *flags):
        """The panel of a configuration as rows of a CSV, and what was printed."""
        config = self.write("study.cfg", text)
        code, out, err = run("panel", config, "-o", "panel.csv", *flags, cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        return list(csv.DictReader(io.StringIO((self.folder / "panel.csv").read_text()))), " ".join(out.split())

    def refused(self, text, message):
        config = self.write("study.cfg", text)
        code, said = self.message("panel", config, "-o", "panel.csv")
        self.assertEqual(said, message.replace("FOLDER", str(self.folder)))
        self.assertFalse((self.folder / "panel.csv").exists())
        return code


class ReadTest(SourceTest):
    def growth_rows(self, name, data):
        self.write(name, data)
        return self.joined(f"[source growth]\nfile = {name}\n")

    def check_growth(self, rows, out, name):
        self.assertEqual([r["unit"] for r in rows], ["A7U3K", "RU1", "RU2", "RU3"])
        self.assertEqual({r["period"] for r in rows}, {"2025-08"})
        by = {r["unit"]: r for r in rows}
        self.assertEqual([float(by["RU1"][c]) for c in ("activity_growth", "resource_growth", "productivity_growth")],
                         [0.0341628853842461, 0.0141266413692286, 0.0197571419561224])
        self.assertEqual(float(by["RU2"]["activity_growth"]), 4.4 / 100)
        self.assertEqual([by[u]["productivity_growth_status"] for u in ("A7U3K", "RU1", "RU2", "RU3")], ["r", "value", "p", "x"])
        self.assertEqual(by["RU3"]["activity_growth"], "")
        for part in [f"row 24: the note 'Number of trusts: 4' and the 4 units read agree",
                     "vintage 'Provisional 11 December 2025': 4 rows of the panel", "2 rows, [source growth] a total or a region",
                     "E19:E22; fractions that the sheet shows as per cent; factor 1", "the figures are for the year to date",
                     hashlib.sha256((self.folder / name).read_bytes()).hexdigest()[:16]]:
            self.assertIn(part, out)

    def test_a_workbook_of_excel(self):
        self.check_growth(*self.growth_rows("growth.xlsx", xlsx(growth_book())), "growth.xlsx")

    def test_one_of_open_document_with_a_million_empty_rows(self):
        self.check_growth(*self.growth_rows("growth.ods", ods(growth_book())), "growth.ods")

    def test_both_are_the_same_cells(self):
        first, _ = self.growth_rows("growth.xlsx", xlsx(growth_book()))
        second, _ = self.growth_rows("growth.ods", ods(growth_book()))
        self.assertEqual(first, second)

    def test_two_header_rows_merged_sections_and_a_total_that_adds_up(self):
        self.write("beds.xlsx", xlsx({"NHS Trust by Sector": bed_sheet()}))
        rows, out = self.joined("[source beds]\nfile = beds.xlsx\nlike = nhs-kh03\n[columns beds]\n"
                                "beds = Available: Total\nmaternity = Occupied: Maternity\n")
        self.assertEqual({r["unit"]: float(r["beds"]) for r in rows}, {u: v[1] for u, v in BEDS.items()})
        self.assertEqual({r["unit"]: float(r["maternity"]) for r in rows}, {u: round(0.9 * v[3], 2) for u, v in BEDS.items()})
        self.assertEqual({r["period"] for r in rows}, {"2025-26 Q1"})
        self.assertIn("row 16: the total 'England' is the sum of its 4 units in 6 columns", out)

    def test_a_total_that_does_not_add_up_is_told(self):
        self.write("beds.xlsx", xlsx({"S": bed_sheet(total=3400.0)}))
        _, out = self.joined("[source beds]\nfile = beds.xlsx\nlike = nhs-kh03\n[columns beds]\nbeds = Available: Total\n")
        self.assertIn("row 16: the total 'England' has 3400 in column 'Available: Total' and its 4 units add up to 3371.3; "
                      "a row is missing, suppressed or wrong", out)

    def test_a_long_file_becomes_wide(self):
        lines = ["Trust_code,Trust_name,Trust_type,Trust_subtype,Region,Quarter,Metric_ID,Value,Units"]
        for u in ("RA1", "RA2"):
            for metric, value, units in (("OF0085", 1.3, "%"), ("OF0001", -0.6, "rate"), ("OF0001", 7, "count")):
                lines.append(f"{u},{u} TRUST,Acute trust,Acute,London,Q3 2025/26,{metric},{value},{units}")
        self.write("nof.csv", "\n".join(lines) + "\n")
        rows, out = self.joined("[source nof]\nfile = nof.csv\n[columns nof]\nproductivity = per_cent(OF0085: %)\n"
                                "count = OF0001: count\n")
        self.assertEqual([(r["unit"], r["period"], float(r["productivity"]), r["count"]) for r in rows],
                         [(u, "2025-26 Q3", 1.3 / 100, "7") for u in ("RA1", "RA2")])
        self.assertIn("per cent to fractions: divided by 100", out)

    def test_years_in_columns_become_rows(self):
        header = ["org_id", "org_name", "org_type_reporting_name", "PP3_2024", "PP3_2025", "PP3_2_2024", "PP3_2_2025"]
        kind = "Acute&Acute Community Trusts"
        self.write("survey.xlsx", xlsx({kind: {1: header, 2: ["RU1", "One", kind, 6.5, 6.75, 7.25, "*"]},
                                        "MH Trusts": {1: header, 2: ["RU7", "Seven", "MH", " ", 5.5, 4.5, 5.0]},
                                        "ICBs": {1: header, 2: ["QU4", "Board", "ICBs", 1.0, 1.0, 1.0, 1.0]}}))
        rows, _ = self.joined("[source survey]\nfile = survey.xlsx\n")
        self.assertEqual([(r["unit"], r["period"], r["PP3"], r["PP3_2"], r["PP3_2_status"]) for r in rows],
                         [("RU1", "2024-25", "6.5", "7.25", "value"), ("RU1", "2025-26", "6.75", "", "*"),
                          ("RU7", "2024-25", "", "4.5", "value"), ("RU7", "2025-26", "5.5", "5", "value")])

    def test_dates_and_windows_1252_and_units(self):
        self.write("eric.csv", "Code,Name,Area (m²),Cost (£m)\nR1,One,\"1,200\",2.5\nR2,Two,Not Applicable,3\n".encode("cp1252"))
        rows, out = self.joined("[source eric]\nfile = eric.csv\nheader = Code, Name\nunit = Code\nperiod = 2023-24\n[columns eric]\n"
                                "area = Area (m²)\ncost = million(Cost (£m))\n")
        self.assertEqual([(r["period"], r["area"], r["cost"]) for r in rows], [("2023-24", "1200", "2500000"), ("2023-24", "", "3e+06")])
        self.assertIn("Windows-1252", out)
        self.write("dates.xlsx", xlsx({"S": {1: ["Code", "Day", "x"], 2: ["R1", Shown(45777, "date"), 1.5]}}))
        rows, _ = self.joined("[source d]\nfile = dates.xlsx\nheader = Code, Day\nunit = Code\nperiod = {Day}\nfrequency = month\n"
                              "[columns d]\nx = x\n")
        self.assertEqual([(r["period"], r["x"]) for r in rows], [("2025-04", "1.5")])

    def test_a_column_may_be_called_year(self):
        self.write("y.csv", "Code,year,x\nR1,2024,1\n")
        rows, _ = self.joined("[source y]\nfile = y.csv\nheader = Code\nunit = Code\nperiod = {year}\n[columns y]\nx = x\n")
        self.assertEqual([(r["period"], r["x"]) for r in rows], [("2024", "1")])

    def test_a_spreadsheet_is_fitted_as_it_is(self):
        path = self.write("growth.xlsx", xlsx(growth_book()))
        code, out, err = run("fit", path, "`Productivity growth estimate` ~ 1", "--unit", "Org code", "--covariance", "iid")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("(Intercept)", out)
        self.assertIn("3 of 4 rows used", out)


class BrokenTest(SourceTest):
    CONFIG = "[source growth]\nfile = growth.xlsx\n"

    def test_one_broken_cell(self):
        self.write("growth.xlsx", xlsx(growth_book(E19="about 3")))
        self.assertEqual(3, self.refused(
            self.CONFIG, "FOLDER/growth.xlsx, sheet 'Trust level', row 19: column 'Cost weighted activity growth' holds 'about 3', "
            "which is not a number; correct the cell, or read the column as text(Cost weighted activity growth)"))

    def test_a_row_without_its_code(self):
        self.write("growth.xlsx", xlsx(growth_book(B20=None)))
        self.refused(self.CONFIG, "FOLDER/growth.xlsx, sheet 'Trust level', row 20: the column 'Org code' is empty in a row that begins "
                     "'North West'; give the row its code, or name it under totals of [source growth]")

    def test_a_trust_that_stands_twice(self):
        self.write("growth.xlsx", xlsx(growth_book(B20="RU1")))
        self.refused(self.CONFIG, "FOLDER/growth.xlsx, sheet 'Trust level', row 20: unit 'RU1' and period '2025-08' stand already in "
                     "FOLDER/growth.xlsx, sheet 'Trust level', row 19; a unit has one row a period and vintage, so remove one, or "
                     "declare wide, keep or vintage")

    def test_a_column_that_is_gone(self):
        self.write("growth.xlsx", xlsx(growth_book()))
        self.refused(self.CONFIG + "[columns growth]\nx = Productivity growth estimates\n",
                     "FOLDER/growth.xlsx, sheet 'Trust level': [source growth] names the column 'Productivity growth estimates', which "
                     "is not there; did you mean 'Productivity growth estimate'?")

    def test_a_period_that_is_none(self):
        self.write("x.csv", "Code,When,x\nR1,soon,1\n")
        self.refused("[source s]\nfile = x.csv\nheader = Code\nunit = Code\nperiod = {When}\n",
                     "FOLDER/x.csv, row 2: the period 'soon', made by period = {When}, is none that is understood; correct the cell or "
                     "the template")

    def test_a_csv_row_that_was_cut_short(self):
        self.write("x.csv", "Code,When,x\nR1,2024,1\nR2,2024\n")
        self.refused("[source s]\nfile = x.csv\nheader = Code\nunit = Code\nperiod = {When}\n",
                     "FOLDER/x.csv, row 3: the row has 2 fields and the header 3; it was cut short after '2024'")

    def test_a_formula_without_its_value(self):
        data = {"S": {1: ["Code", "x"], 2: ["R1", 1.0]}}
        with zipfile.ZipFile(io.BytesIO(xlsx(data))) as book:
            parts = {name: book.read(name).decode() for name in book.namelist()}
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace("<v>1.0</v>", "<f>1+0</f>")
        self.write("f.xlsx", archive(parts))
        self.refused("[source s]\nfile = f.xlsx\nheader = Code\nunit = Code\n[columns s]\nx = x\n",
                     "FOLDER/f.xlsx, sheet 'S', row 2: column 'x' holds 'a formula without its value', which is not a number; correct the "
                     "cell, or read the column as text(x)")

    def test_archives_that_are_none(self):
        whole = xlsx(growth_book())
        for name, data, says in [
                ("cut.xlsx", whole[:len(whole) // 2], "cannot be unpacked: it is no zip archive"),
                ("text.xlsx", b"Code,x\n", "cannot be unpacked: it is no zip archive"),
                ("old.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "is a workbook of Excel 97 (.xls) or protected by a password"),
                ("empty.xlsx", archive({"a": "b"}), "is no whole spreadsheet: its part '_rels/.rels' is missing; save it again"),
                ("xml.ods", archive({"content.xml": "<a><b></a>"}), "cannot be read: its part 'content.xml' is no XML from line 1 on")]:
            self.write(name, data)
            code, said = self.message("panel", self.write("study.cfg", f"[source s]\nfile = {name}\n"))
            self.assertEqual(code, 3)
            self.assertIn(f"{self.folder / name} {says}", said)

    def test_an_archive_that_unpacks_without_end(self):
        with zipfile.ZipFile(self.folder / "bomb.ods", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
            with book.open("content.xml", "w") as part:
                part.write(b"<a>")
                for _ in range(1025):
                    part.write(b" " * (1 << 20))
        self.refused("[source s]\nfile = bomb.ods\n", "FOLDER/bomb.ods unpacks to more than 1 GiB, which no published table needs; save the "
                     "sheet as CSV")

    def test_a_file_that_is_no_publication(self):
        self.write("x.xlsx", xlsx({"S": {1: ["Code", "x"], 2: ["R1", 1.0]}}))
        code, said = self.message("panel", self.write("study.cfg", "[source s]\nfile = x.xlsx\n"))
        self.assertEqual(code, 3)
        self.assertTrue(said.startswith(f"{self.folder}/x.xlsx is none of the publications that are known (nhs-"), said)
        self.assertTrue(said.endswith("); declare header, unit and period under [source s]"), said)

    def test_settings_that_are_wrong(self):
        self.write("x.csv", "Code,x\nR1,1\n")
        for line, says in [("join = often", "'often' is not a value for 'join' of [source s]; it takes exact, hold, mean, last or sum"),
                           ("match = 2", "'2' is not a value for 'match' of [source s]; it takes a score above 0.5 and up to 1, such as 0.9"),
                           ("frequency = weekly", "'weekly' is not a value for 'frequency' of [source s]; it takes year, financial_year, "
                            "quarter, financial_quarter or month"),
                           ("keep = Code", "'Code' is not a value for 'keep' of [source s]; it takes a column and the values kept: Data "
                            "Type: FTE, HC; Staff Group: All staff groups")]:
            code = self.refused(f"[source s]\nfile = x.csv\n{line}\n", f"FOLDER/study.cfg, row 3: {says}")
            self.assertEqual(code, 2)
        self.refused("[source s]\nfile = x.csv\nlike = nhs-kh30\n",
                     "[source s] like = nhs-kh30 is no publication that is known; did you mean 'nhs-kh03'?")
        self.refused("[data]\nfile = x.csv\n[source s]\nfile = x.csv\n", "[data] file is 'FOLDER/x.csv' and there is [source s]; the data come "
                     "from a file or from sources, so leave one out")


class JoinTest(SourceTest):
    def setUp(self):
        super().setUp()
        self.write("rows.csv", "Code,Name,Quarter,y\n" + "".join(
            f"{u},{n},2024-25 Q{q},{q + k}\n" for k, (u, n) in enumerate([("R1", "St Mary's Hospital NHS Trust"), ("R2", "Weir Valley")])
            for q in (1, 2, 3, 4)))
        self.base = "[source rows]\nfile = rows.csv\nheader = Code, Quarter\nunit = Code\nunit_name = Name\nperiod = {Quarter}\n[columns rows]\ny = y\n"

    def other(self, name, text, settings):
        self.write(name + ".csv", text)
        return f"[source {name}]\nfile = {name}.csv\nheader = Code\nunit = Code\nperiod = {{When}}\n{settings}\n"

    def test_a_year_held_over_its_quarters(self):
        rows, out = self.joined(self.base + self.other("dma", "Code,When,score\nR1,2024-25,2.5\nR1,2023-24,2.25\nR9,2024-25,3\n", "join = hold\n[columns dma]\nscore = score"))
        self.assertEqual([r["score"] for r in rows], ["2.5"] * 4 + [""] * 4)
        for part in ["a step: held over the periods within its own", "[source dma] 1 unit without a row of the panel: R9",
                     "[source dma] 1 unit of the panel with rows that it lacks: R2", "1 row, [source dma] the unit has no row in [source rows]",
                     "1 row, [source dma] the period has no row of its unit in [source rows]", "score 4 not in the source"]:
            self.assertIn(part, out)

    def test_months_to_quarters(self):
        months = "Code,When,v\n" + "".join(f"R1,2024-{m:02d},{m}\n" for m in range(4, 12))  # November is there, December is not
        for rule, values in [("mean", ["5", "8", "", ""]), ("sum", ["15", "24", "", ""]), ("last", ["6", "9", "", ""])]:
            rows, _ = self.joined(self.base + self.other("m", months, f"join = {rule}\n[columns m]\nv = v"))
            self.assertEqual([r["v"] for r in rows if r["unit"] == "R1"], values, rule)

    def test_a_rule_that_cannot_fit_is_refused(self):
        self.refused(self.base + self.other("dma", "Code,When,score\nR1,2024-25,2.5\n", "[columns dma]\nscore = score"),
                     "[source dma] has periods like '2024-25' and [source rows], which makes the rows, like '2024-25 Q1': join = exact cannot "
                     "bring them together; write join = hold")

    def test_one_column_twice_is_refused(self):
        self.refused(self.base + self.other("again", "Code,When,y\nR1,2024-25 Q1,2.5\n", "[columns again]\ny = y"),
                     "[source again] brings a column 'y', which is there already; rename it under [columns again]")

    def test_names_without_codes(self):
        text = ("Trust,When,score\nSt Marys Hospital NHS Foundation Trust,2024-25,2\nWeir Vale,2024-25,3\nNowhere at all,2024-25,4\n")
        self.write("dma.csv", text)
        rows, out = self.joined(self.base + "[source dma]\nfile = dma.csv\nheader = Trust\nunit = Trust\nperiod = {When}\njoin = hold\nmatch = 0.9\n"
                                "[columns dma]\nscore = score\n")
        self.assertEqual([r["score"] for r in rows], ["2"] * 4 + [""] * 4)
        self.assertIn("St Marys Hospital NHS Foundation Trust R1 St Mary's Hospital NHS Trust 1 yes", out)
        self.assertRegex(out, r"Weir Vale R2 Weir Valley 0\.818 no")
        self.assertIn("2 rows, [source dma] no unit's name is like enough", out)

    def test_two_names_of_one_unit_are_taken_by_neither(self):
        self.write("dma.csv", "Trust,When,score\nWeir Valley NHS Trust,2024-25,2\nThe Weir Valley,2024-25,3\n")
        rows, _ = self.joined(self.base + "[source dma]\nfile = dma.csv\nheader = Trust\nunit = Trust\nperiod = {When}\njoin = hold\nmatch = 0.9\n"
                              "[columns dma]\nscore = score\n")
        self.assertEqual({r["score"] for r in rows}, {""})

    def test_vintages(self):
        for name, status, day, value in [("a", "Provisional", "11 December 2025", 0.5), ("b", "Revised", "12th February 2026", 0.75)]:
            self.write(f"v-{name}.csv", f"Status: {status},,\nPublished: {day},,\nCode,When,g\nR1,2025-08,{value}\n" + ("R2,2025-08,1\n" if name == "a" else ""))
        config = "[data]\nvintage = {}\n[source g]\nfile = v-*.csv\nheader = Code, g\nunit = Code\nperiod = {{When}}\n" \
                 "vintage = {{above: Status:*}} {{above: Published:*}}\n[columns g]\ng = g\n"
        for wanted, values in [("latest", ["0.75", "1"]), ("first", ["0.5", "1"]), ("Revised", ["0.75"]), ("as of 2026-01-31", ["0.5", "1"])]:
            rows, _ = self.joined(config.format(wanted))
            self.assertEqual([r["g"] for r in rows], values, wanted)
        rows, out = self.joined(config.format("latest"), "--data.vintage", "first")
        self.assertEqual([r["g"] for r in rows], ["0.5", "1"])
        self.assertIn("1 row, [source g] another vintage of the cell is taken", out)
        (self.folder / "panel.csv").unlink()
        self.refused(config.format("Final"), "[source g] has no vintage 'Final'; they are 'Provisional 11 December 2025', 'Revised 12th February 2026'")
        self.refused(config.format("as of 2025-01-01"), "[source g] has no vintage as of 2025-01-01; they are 'Provisional 11 December 2025', "
                     "'Revised 12th February 2026'")

    def test_a_run_goes_by_sources_and_its_configuration_reads_back(self):
        config = self.write("study.cfg", self.base + self.other("dma", "Code,When,score\nR1,2024-25,2.5\nR2,2024-25,4\n", "join = hold\n[columns dma]\nscore = score")
                            + "[model]\nformula = y ~ score\ncovariance = iid\n[output]\nresult = out.h5\n")
        code, out, err = run("run", config, cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"score +0\.667 ")  # means 2.5 and 3.5 at scores 2.5 and 4
        first = (self.folder / "out.h5").read_bytes()
        code, printed, _ = run("run", config, "--print-config", cwd=self.folder)
        again = self.write("again.cfg", printed)
        self.assertEqual(run("run", again, "--print-config", cwd=self.folder)[1], printed)
        self.assertEqual(run("run", again, cwd=self.folder)[0], 0)
        self.assertEqual(len(first), len((self.folder / "out.h5").read_bytes()))

    def test_no_source_is_written_over(self):
        config = self.write("study.cfg", self.base)
        code, said = self.message("panel", config, "-o", "rows.csv")
        self.assertEqual(code, 2)
        self.assertIn("rows.csv", said)
        self.assertTrue((self.folder / "rows.csv").read_text().startswith("Code,Name"))


class RevisionTest(SourceTest):
    """The figures against the formulas written out here."""

    CONFIG = "[source g]\nfile = g.csv\nheader = Code\nunit = Code\nperiod = 2025-26\nvintage = {Vintage}\n[columns g]\ng = g\n"

    def written(self, pairs):
        self.write("g.csv", "Code,Vintage,g\n" + "".join(
            f"U{i},{day},{value!r}\n" for i, pair in enumerate(pairs) for day, value in zip(("1 June 2025", "1 December 2025"), pair)))

    @staticmethod
    def slope(y, x):
        n, mx, my = len(x), statistics.fmean(x), statistics.fmean(y)
        sxx = sum((a - mx) ** 2 for a in x)
        b = sum((a - mx) * (c - my) for a, c in zip(x, y)) / sxx
        meat = sum(((a - mx) * (c - my - b * (a - mx))) ** 2 for a, c in zip(x, y))
        return b, math.sqrt(n / (n - 2) * meat) / sxx

    def test_bias_noise_news_and_correlation(self):
        draw = random.Random(7)
        signal = [draw.gauss(0.02, 0.03) for _ in range(60)]
        pairs = [(s + draw.gauss(0, 0.02), s + 0.004) for s in signal]
        self.written(pairs)
        _, out = self.joined(self.CONFIG)
        x, y = [p[0] for p in pairs], [p[1] for p in pairs]
        r = [b - a for a, b in pairs]
        z, c = statistics.NormalDist().inv_cdf(0.975) / math.sqrt(57), statistics.correlation(x, y)
        news, noise = self.slope(y, x), self.slope(x, y)
        number = lambda value, digits: f"{value:.{digits}g}"
        for part in ["column 'g', from vintage '1 June 2025' to '1 December 2025': 60 of 60 cells revised",
                     f"by {number(statistics.fmean(r), 4)} on average (error {number(statistics.stdev(r) / math.sqrt(60), 3)}), sd {number(statistics.stdev(r), 4)}",
                     f"correlation of the two {number(c, 4)} ({number(math.tanh(math.atanh(c) - z), 3)}, {number(math.tanh(math.atanh(c) + z), 3)})",
                     f"1 where revisions are news, {number(news[0], 4)} (error {number(news[1], 3)}, p of 1",
                     f"1 where they take noise away, {number(noise[0], 4)} (error {number(noise[1], 3)}, p of 1"]:
            self.assertIn(part, out)

    def test_a_few_cells_and_cells_that_stay_are_told_apart(self):
        self.written([(0.1 * i, 0.1 * i) for i in range(29)])
        self.assertNotIn("cells revised", self.joined(self.CONFIG)[1])
        self.written([(0.1 * i, 0.1 * i) for i in range(30)])
        self.assertIn("0 of 30 cells revised, by 0 on average (error 0), sd 0.", self.joined(self.CONFIG)[1])

    def test_growth_that_is_not_that_of_its_parts(self):
        self.write("growth.xlsx", xlsx(growth_book(G19=share(0.08))))
        _, out = self.joined("[source growth]\nfile = growth.xlsx\n")
        self.assertIn("productivity_growth is (1 + activity_growth) / (1 + resource_growth) - 1 in 0 cells to 0, in 2 more to the rounding of "
                      "a tenth of a per cent, and not in 1", out)
        self.assertIn("unit 'RU1' has productivity_growth 0.08, and growth of activity over growth of resource is 0.0197571; one of the "
                      "three cells is wrong", out)
        self.write("growth.xlsx", xlsx(growth_book()))
        self.assertIn("in 1 cell to ", self.joined("[source growth]\nfile = growth.xlsx\n")[1])
        for line, says in [("identity = a, b", "FOLDER/study.cfg, row 3: 'a, b' is not a value for 'identity' of [source growth]; it takes growth of "
                            "productivity, activity and resource: productivity: activity, resource"),
                           ("identity = region: sector, sector", "[source growth] identity names 'region', which is no column of numbers of the "
                            "source; name three of [columns growth]")]:
            (self.folder / "panel.csv").unlink(missing_ok=True)
            self.refused(f"[source growth]\nfile = growth.xlsx\n{line}\n", says)


class DemoTest(SourceTest):
    def study(self):
        code, out, err = run("simulate", "--sources", "demo", "--trusts", "60", "--quarters", "16", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("simulated; next: headwater run demo/study.cfg", out)
        return self.folder / "demo"

    def test_six_publications_become_one_study_twice_the_same(self):
        demo = self.study()
        first = {p.name: p.read_bytes() for p in demo.iterdir()}
        code, out, err = run("run", demo / "study.cfg")
        self.assertEqual((code, err), (0, ""))
        said = " ".join(out.split())
        for part in ["dma", "engagement", "the total 'England' is the sum of its 60 units", "in 6 columns; and so in 15 more sheets",
                     "16 rows, [source beds] a total or a region", "another vintage of the cell is taken", "taken over"]:
            self.assertIn(part, said)
        tables = [run("table", demo / "study.h5", "--format", "csv")[1]]
        self.study()
        self.assertEqual({p.name: p.read_bytes() for p in demo.iterdir() if p.name != "study.h5"}, first)
        self.assertEqual(run("run", demo / "study.cfg")[0], 0)
        tables.append(run("table", demo / "study.h5", "--format", "csv")[1])
        self.assertEqual(tables[0], tables[1])

    def test_the_panel_is_the_same_bytes_twice_and_holds_what_was_simulated(self):
        demo = self.study()
        panels = []
        for _ in range(2):
            code, out, err = run("panel", demo / "study.cfg", "-o", demo / "panel.csv")
            self.assertEqual((code, err), (0, ""))
            panels.append((demo / "panel.csv").read_bytes())
        self.assertEqual(panels[0], panels[1])
        said = " ".join(out.split())
        self.assertRegex(said, r"in \d+ cells to [0-9.e-]+, in \d+ more to the rounding of a tenth of a per cent, and not in 0")
        self.assertIn("Unlisted Integrated Care Board", said)
        rows = list(csv.DictReader(io.StringIO(panels[0].decode())))
        self.assertGreater(len(rows), 150)
        self.assertEqual(run("simulate", "--output", "truth.csv", "--trusts", "60", "--quarters", "16", cwd=self.folder)[0], 0)
        truth = {(r["trust"], r["quarter"]): r for r in csv.DictReader(io.StringIO((self.folder / "truth.csv").read_text()))}
        compared = 0
        for row in rows:
            march = truth.get((row["unit"], row["period"] + " Q4"))
            quarters = [truth.get((row["unit"], f"{row['period']} Q{q}")) for q in (1, 2, 3, 4)]
            if row["fte"] == "" or row["beds"] == "" or None in quarters:
                continue
            self.assertAlmostEqual(float(row["fte"]), float(march["fte"]), delta=1e-4)
            self.assertAlmostEqual(float(row["beds"]), statistics.fmean(round(float(q["beds"]), 1) for q in quarters), delta=0.051)
            compared += 1
        self.assertGreater(compared, 120)

    def test_the_truth_can_be_had_beside_the_publications(self):
        code, _, err = run("simulate", "--sources", "demo", "--truth", "truth.csv", "--trusts", "5", "--quarters", "8", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertTrue((self.folder / "truth.csv").read_text().startswith("trust,quarter,name,value\n"))

    def test_too_few_quarters_are_refused(self):
        code, said = self.message("simulate", "--sources", "demo", "--quarters", "7")
        self.assertEqual((code, said), (2, "growth on the year before needs 8 quarters; 7 were asked for"))


PAIR = REFERENCE.parent / "cases" / "two_vintages.csv"


@unittest.skipUnless(PAIR.is_file(), "the two published vintages are not beside the checkout")
class RealPairTest(SourceTest):
    def test_two_published_vintages_have_nothing_in_common(self):
        _, out = self.joined(f"[source g]\nfile = {PAIR}\nheader = org_code, vintage\nunit = org_code\nperiod = 2025-26\nvintage = {{vintage}}\n"
                             "[columns g]\ngrowth = growth\n")
        self.assertRegex(out, r"129 of 129 cells revised, by .* correlation of the two 0\.01\d+ \(-0\.15\d, 0\.18\d\)")


LAYOUTS = REFERENCE.parent / "cases" / "layouts"


@unittest.skipUnless(LAYOUTS.is_dir(), "the files in published layouts are not beside the checkout")
class LayoutsTest(CommandTest):
    def test_every_layout_is_recognised(self):
        for name, publication in [("eric.csv", "nhs-eric"), ("kh03.csv", "nhs-kh03"), ("kh03.xlsx", "nhs-kh03"), ("nof.csv", "nhs-oversight-framework"),
                                  ("mi_as_published.csv", "nhs-productivity"), ("mi_layout.csv", "nhs-productivity"), ("wf.csv", "nhs-workforce"),
                                  ("productivity.xlsx", "nhs-productivity"), ("productivity.ods", "nhs-productivity"),
                                  ("staff-survey.xlsx", "nhs-staff-survey")]:
            code, out, err = run("check", LAYOUTS / name)
            self.assertEqual((code, err), (0, ""), name)
            self.assertIn(f"Publication: {publication}\n", out, name)

    def read(self, name):
        path = self.folder / "panel.csv"
        self.write("s.cfg", f"[source s]\nfile = {LAYOUTS / name}\n")
        self.assertEqual(run("panel", "s.cfg", "-o", "panel.csv", cwd=self.folder)[0], 0)
        return list(csv.DictReader(io.StringIO(path.read_text())))

    def test_the_figures_are_those_of_the_maker(self):
        for name in ("productivity.xlsx", "productivity.ods"):
            rows = {r["unit"]: r for r in self.read(name)}
            self.assertEqual([float(rows["A7U3K"][c]) for c in ("activity_growth", "resource_growth", "productivity_growth")],
                             [0.0522008004904888, 0.021067305737658, 0.0304911288196998])
            a, r, p = (float(rows["RU1"][c]) for c in ("activity_growth", "resource_growth", "productivity_growth"))
            self.assertAlmostEqual((1 + a) / (1 + r) - 1, p, delta=1e-15)
            self.assertEqual((rows["RU7"]["productivity_growth_status"], rows["RU3"]["activity_growth"]), ("r", ""))
        rows = {r["unit"]: r for r in self.read("kh03.xlsx")}
        self.assertEqual((float(rows["RU2"]["beds_available_total"]), float(rows["RU2"]["beds_occupied_total"]),
                          float(rows["RU2"]["occupancy_total"])), (1034.9, 950.5, 0.918446226688569))
        self.assertEqual(sum(r[c] == "" for r in rows.values() for c in r if c.startswith("occupancy") and not c.endswith("status")), 8)
        rows = {(r["unit"], r["period"]): r for r in self.read("staff-survey.xlsx")}
        self.assertEqual(len(rows), 15)
        self.assertEqual([float(rows["RU2", "2023-24"][c]) for c in ("PP3", "PP3_2", "PP4_2_n", "theme_engagement")],
                         [5.606594, 6.214208, 1384, 5.351986])
        self.assertEqual(rows["RU7", "2024-25"]["PP3_2_status"], "*")
        rows = [r for r in self.read("mi_layout.csv") if r["activity_growth"]]
        means = [sum(math.log1p(float(r[c])) for r in rows) / len(rows) for c in ("activity_growth", "resource_growth")]
        self.assertEqual((len(rows), [round(m, 4) for m in means]), (33, [0.0575, 0.02]))


if __name__ == "__main__":
    unittest.main()
