"""headwater table: every format on a fit, on a triplet and on names that mean harm; workbooks are opened again."""

import csv
import html.parser
import io
import re
import zipfile
from xml.etree import ElementTree

from command import CommandTest, run

FORMATS = ["text", "markdown", "latex", "csv", "html", "xlsx"]
HOSTILE = ["=1+1", "a&b_c%{}|*", "<script>alert(1)</script>", "\u202e\u05e9\u05dc\u05d5\u05dd", "x" * 1000]
MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
NO_MODULE = "needs the module headwater_xlsx.so"


class Page(html.parser.HTMLParser):
    """The tables of a page as rows of cells, and every tag in it."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.tags, self.scopes = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
            if tag == "th":
                self.scopes.append(dict(attrs).get("scope"))

    def handle_data(self, data):
        if self.tables and self.tables[-1] and self.tables[-1][-1] and data.strip():
            if self.get_starttag_text().startswith(("<td", "<th")):
                self.tables[-1][-1][-1] += data


class Workbook:
    """Sheets by name as rows of str and float, their tables, read with nothing but the standard library."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            parts = {name: archive.read(name) for name in archive.namelist()}
        trees = {name: ElementTree.fromstring(data) for name, data in parts.items() if name.endswith((".xml", ".rels"))}
        strings = ["".join(item.itertext()) for item in trees["xl/sharedStrings.xml"].findall("m:si", MAIN)]
        names = [sheet.get("name") for sheet in trees["xl/workbook.xml"].iter("{%s}sheet" % MAIN["m"])]
        self.trees, self.sheets, self.tables = trees, {}, {}
        for i, name in enumerate(names, 1):
            sheet = trees[f"xl/worksheets/sheet{i}.xml"]
            self.sheets[name] = [[self.value(cell, strings) for cell in row] for row in sheet.iter("{%s}row" % MAIN["m"])]
            self.tables[name] = trees[f"xl/tables/table{i}.xml"]

    @staticmethod
    def value(cell, strings):
        value = cell.find("m:v", MAIN)
        if value is None:
            return None
        return strings[int(value.text)] if cell.get("t") == "s" else float(value.text)


class Table(CommandTest):
    def fitted(self, formula="y ~ x + z | trust + year", *more, panel=None):
        path = self.folder / "result.h5"
        words = ["decompose", panel or self.panel(), formula, "--unit", "trust", "--time", "year", *more, "--output", path]
        code, _, err = run(*(words if "--use" in more else ["fit", *words[1:]]))
        self.assertEqual(code, 0, err)
        return path

    def with_column(self, name, value):
        path = self.panel()
        with path.open(newline="") as file:
            head, *rows = csv.reader(file)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([[*head, name], *([*row, value(row)] for row in rows)])
        return path

    def attributed(self):
        return self.fitted("y ~ x + z | trust + year", "--driver", "a=x", "--driver", "b=z", "--use", "change(from = 2015, to = 2019)")

    def triplet(self):
        panel = self.with_column("v", lambda row: 2 + (3 * int(row[0][1:]) + int(row[1]) ** 2) % 5)
        return self.fitted("ratio(w, v) ~ z | trust + year", "--driver", "b=z", "--use", "change(from = 2015, to = 2019)", panel=panel)

    def hostile(self):
        panel = self.with_column("group", lambda row: HOSTILE[int(row[0][1:]) % len(HOSTILE)])
        return self.fitted("y ~ x + i(group, z) | trust + year", "--driver", "a=x", "--use",
                           "contributions(by = group)", panel=panel)

    def table(self, result, *words):
        code, out, err = run("table", result, *words)
        self.assertEqual((code, "" if "csv" in words else err), (0, ""))
        return out

    def workbook(self, result, *words):
        path = self.folder / "table.xlsx"
        code, out, err = run("table", result, "--format", "xlsx", "-o", path, *words)
        if NO_MODULE in err:
            self.assertEqual(code, 7)
            self.skipTest("this build was made without libxlsxwriter")
        self.assertEqual((code, out, err), (0, f"wrote {path}\n", ""))
        return Workbook(path)

    def estimates(self, result):
        _, out, _ = run("table", result, "--format", "csv")
        return {(row["fit"], row["term"]): row for row in csv.DictReader(io.StringIO(out))}

    def test_text_is_the_other_formats_in_80_columns(self):
        result = self.triplet()
        text = self.table(result)
        for line in text.splitlines():
            self.assertLessEqual(len(line), 80, line)
        for heading in re.findall(r"^## (.*)$", self.table(result, "--format", "markdown"), re.M):
            self.assertIn(heading.replace("\\", ""), text.replace("\n", " "))
        self.assertNotIn(self.table(result, "--what", "decompositions"), self.table(result, "--what", "coefficients"))

    def markdown(self, result, *words):
        """Rows of the first table, the row above giving a name to those without one."""
        lines = self.table(result, "--format", "markdown", *words).splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith("|"))
        rows = [[cell.strip().replace("\\", "") for cell in line.strip("|").split("|")] for line in lines[first:lines.index("", first)]]
        return [rows[0], *rows[2:]]

    def test_what_stands_under_an_estimate_is_a_choice(self):
        result = self.triplet()
        rows = self.markdown(result, "--what", "coefficients", "--statistics", "interval,mde,p,t")
        at = next(i for i, row in enumerate(rows) if row[0] == "z")
        interval, mde, p, t = (row[1:] for row in rows[at + 1:at + 5])
        known = self.estimates(result)
        for i, fit in enumerate(dict.fromkeys(fit for fit, _ in known)):
            row = known[fit, "z"]
            self.assertEqual(rows[0][i + 1], fit.rsplit(".")[-1])
            low, high = map(float, re.fullmatch(r"\[(\S+), (\S+)\]", interval[i]).groups())
            for shown, key in ((low, "conf_low"), (high, "conf_high"), (mde[i].strip("{}"), "mde"), (t[i].removeprefix("t "), "statistic")):
                self.assertAlmostEqual(float(shown), float(row[key]), delta=6e-3 * max(abs(low), abs(high), abs(float(row[key]))))
            self.assertTrue(p[i].startswith("p "))
        text = " ".join(self.table(result, "--what", "coefficients", "--statistics", "mde").split())
        self.assertIn("in braces the smallest effect found with 80 % power (MDE)", text)
        self.assertNotIn("standard errors in brackets", text)
        self.assertEqual(self.markdown(self.fitted(), "--statistics", "p,interval")[0], ["term", "estimate", "p", "low", "high"])
        self.assertEqual(self.message("table", result, "--statistics", "beta"),
                         (2, "--statistics has 'beta'; they are std_error, t, p, interval, mde"))

    def test_names_stand_in_every_format(self):
        result = self.fitted("y ~ l(x, 1) + log(z) | trust + year", "--driver", "money=l(x, 1)", "--use", "change(from = 2016, to = 2019)")
        names = "x = spending; trust = NHS trust; year = financial year; money = all money; y = output; log(z) = staff"
        for name in ("text", "markdown", "latex", "html"):
            text = self.table(result, "--format", name, "--names", names)
            for words in ("spending, 1 financial year earlier", "staff", "all money", "effect: NHS trust", "effects: financial year",
                          "Outcome: output"):
                self.assertIn(words, " ".join(text.split()), name)
            self.assertNotIn("l(x, 1)", text)
        self.assertIn("spending, 1 financial year earlier", {row[0] for row in self.workbook(result, "--names", names).sheets["Table 1"]})
        self.assertEqual(self.message("table", result, "--names", "x"),
                         (2, "'x' under --names does not call a column anything; write column = words"))

    def test_a_name_of_nothing_is_refused(self):
        result = self.fitted("y ~ l(x, 1) + log(z) | trust + year", "--driver", "money=l(x, 1)", "--use", "change(from = 2016, to = 2019)")
        for names, end in (("spendng = spending", "correct the name or take it out"), ("mony = money", "did you mean 'money'?"),
                           ("x = spending; lo(z) = staff", "did you mean 'log(z)'?"), ("yaer = year", "did you mean 'year'?"),
                           ("log(x) = spending", "did you mean 'log(z)'?")):
            name, words = names.split("; ")[-1].split(" = ")
            self.assertEqual(self.message("table", result, "--names", names),
                             (2, f"--names calls '{name}' \"{words}\", and no term, column or part of the result is called so; {end}"))

    def test_a_published_table_has_no_folder_and_no_hash(self):
        result = self.triplet()
        for name in ("text", "markdown", "latex", "html"):
            text = self.table(result, "--format", name)
            self.assertNotIn(str(self.folder), text)
            self.assertNotIn("SHA-256", text)
            self.assertIn("panel.csv", text)

    def test_notes_are_short_unless_asked_for(self):
        result = self.triplet()
        short, full = (" ".join(self.table(result, "--what", "coefficients", "--notes", notes).split()) for notes in ("short", "full"))
        self.assertEqual(short.count("Errors: cluster(trust), 8 clusters."), 1)
        self.assertNotIn("profile fixest", short)
        self.assertIn("profile fixest", full)
        self.assertEqual(self.message("table", result, "--notes", "long"), (2, "--notes is 'long'; it is short or full"))

    def lone(self):
        """`d` moves in one trust alone."""
        return self.with_column("d", lambda row: 1 + int(row[1]) % 3 if row[0] == "T3" else 0)

    def test_a_test_that_tells_nothing_is_marked_in_every_format(self):
        result = self.fitted("y ~ d + x | trust + year", "--driver", "alone=d", "--driver", "many=x", panel=self.lone())
        words = "of 8 units in effect: it tells nothing, whatever its p"
        for name in ("text", "markdown", "latex", "html"):
            self.assertIn(words, " ".join(self.table(result, "--format", name).split()), name)
        for command in (("show", result), ("show", result, "--format", "json")):
            self.assertIn(words, " ".join(run(*command)[1].split()))
        table = next(rows for name, rows in self.workbook(result).sheets.items() if any("mark" in map(str, row) for row in rows))
        marks = {row[0]: row[-1] for row in table if str(row[0]).startswith("every coefficient")}
        self.assertIn(words, marks["every coefficient of alone is zero (1 term)"])
        self.assertNotIn("rests on", str(marks["every coefficient of many is zero (1 term)"]))

    def test_csv_is_one_table_with_every_digit(self):
        result = self.triplet()
        rows = list(csv.DictReader(io.StringIO(self.table(result, "--format", "csv", "--what", "coefficients"))))
        known = self.estimates(result)
        self.assertEqual([(row["fit"], row["term"]) for row in rows], list(known))
        for row in rows:
            self.assertEqual(row, known[row["fit"], row["term"]])

    def test_csv_has_a_file_for_each_table(self):
        result = self.attributed()
        code, out, err = run("table", result, "--format", "csv", "-o", self.folder / "t.csv")
        self.assertEqual((code, err), (0, ""))
        names = re.findall(r"^wrote (.*)$", out, re.M)
        self.assertEqual(names[0], str(self.folder / "t.csv"))
        self.assertIn(str(self.folder / "t-decompositions.csv"), names)
        for name in names:
            with open(name, newline="") as file:
                head, *rows = csv.reader(file)
            self.assertEqual(head[0], "fit")
            self.assertTrue(rows, name)
            self.assertEqual({len(row) for row in rows}, {len(head)}, name)
        with open(self.folder / "t-decompositions.csv", newline="") as file:
            parts = list(csv.DictReader(file))
        self.assertEqual(list(parts[0]), ["fit", "decomposition", "component", "estimate", "std_error", "conf_low", "conf_high",
                                          "share", "estimable", "unit"])
        self.assertEqual(parts[-1]["component"], "total")
        self.assertAlmostEqual(sum(float(p["estimate"]) for p in parts[:-1]), float(parts[-1]["estimate"]), delta=1e-12)
        _, _, err = run("table", result, "--format", "csv", "--what", "coefficients")
        self.assertEqual(err, "These are the coefficients; -o FILE.csv writes fits, tests as well, a file each.\n")
        for command in ("table", "show"):
            words = ["--what", "decompositions"] if command == "table" else []
            code, out, _ = run(command, result, "--format", "csv", *words)
            self.assertEqual((code, list(csv.DictReader(io.StringIO(out)))), (0, parts))

    def test_no_stars_unless_asked_for(self):
        result = self.fitted()
        for name in ("text", "markdown", "latex", "html"):
            self.assertNotIn("***", self.table(result, "--format", name).replace("\\*", "*").replace("{*}", "*"))
        self.assertIn("\\*\\*\\*", self.table(result, "--format", "markdown", "--stars"))
        self.assertIn("Errors: ", self.table(result, "--format", "markdown"))

    def test_html_is_a_table_with_scopes(self):
        page = Page(self.table(self.triplet(), "--format", "html"))
        self.assertEqual(page.tables[0][0], ["term", "activity", "resource", "ratio"])
        self.assertEqual(page.tables[0][1][0], "z")
        self.assertRegex(page.tables[0][2][1], r"^\(\d")
        self.assertEqual(set(page.scopes), {"col", "row"})
        self.assertLessEqual(page.tags, {"html", "head", "meta", "title", "body", "h1", "h2", "p", "table", "caption", "thead",
                                         "tbody", "tr", "th", "td"})

    def test_latex_rows_have_one_width(self):
        text = self.table(self.triplet(), "--format", "latex")
        self.assertEqual(text.count("\\toprule"), text.count("\\bottomrule"))
        for columns, body in re.findall(r"\\begin\{tabular\}\{([lcr]+)\}(.*?)\\end\{tabular\}", text, re.S):
            for row in re.findall(r"^(.*) \\\\$", body, re.M):
                self.assertEqual(len(re.findall(r"(?<!\\)&", row)) + 1, len(columns), row)

    def test_workbook_is_laid_out_for_everyone(self):
        result = self.triplet()
        book = self.workbook(result)
        names = list(book.sheets)
        self.assertEqual(names[:3], ["Cover", "Notes", "Table 1"])
        for name, rows in book.sheets.items():
            sheet = book.trees[f"xl/worksheets/sheet{names.index(name) + 1}.xml"]
            self.assertEqual(list(sheet.iter("{%s}mergeCell" % MAIN["m"])), [])
            first, last = re.fullmatch(r"A(\d+):[A-Z]+(\d+)", book.tables[name].get("ref")).groups()
            headings = [column.get("name") for column in book.tables[name].iter("{%s}tableColumn" % MAIN["m"])]
            self.assertEqual(len({heading.lower() for heading in headings}), len(headings))
            self.assertEqual(rows[int(first) - 1], headings)
            self.assertEqual(len(rows), int(last), "nothing stands below the table")
            for row in rows[int(first):]:
                self.assertEqual(len(row), len(headings))
                self.assertNotIn(None, row)
        known = self.estimates(result)
        rows = {row[0]: row[1:] for row in book.sheets["Table 1"]}
        fits = list(dict.fromkeys(fit for fit, _ in known))
        for label, key in (("z", "estimate"), ("standard error of z", "std_error")):
            for value, fit in zip(rows[label], fits):
                self.assertIsInstance(value, float)
                self.assertAlmostEqual(value, float(known[fit, "z"][key]), delta=1e-14 * abs(value))
        self.assertEqual(rows["rows"], [40.0, 40.0, 40.0])
        first = (self.folder / "table.xlsx").read_bytes()
        self.workbook(result)
        self.assertEqual(first, (self.folder / "table.xlsx").read_bytes(), "the same result gives the same bytes")

    def test_names_that_mean_harm_are_text(self):
        result = self.hostile()
        for name in ("markdown", "html"):
            self.assertNotIn("<script", self.table(result, "--format", name))
        page = Page(self.table(result, "--format", "html"))
        cells = {cell for table in page.tables for row in table for cell in row}
        self.assertLessEqual(set(HOSTILE), cells)
        for row in csv.reader(io.StringIO(self.table(result, "--format", "csv"))):
            for cell in row:
                self.assertFalse(cell.startswith(("=", "+", "@")), cell[:80])
                self.assertFalse(cell.startswith("-") and not re.fullmatch(r"-[\d.e+-]+", cell), cell[:80])
        latex = self.table(result, "--format", "latex")
        self.assertIn("a\\&b\\_c\\%\\{\\}\\textbar{}{*} & ", latex)
        for line in self.table(result, "--format", "markdown").splitlines():
            if line.startswith("| a"):
                self.assertTrue(line.startswith("| a&amp;b\\_c%{}\\|\\* |"), line[:80])
        book = self.workbook(result)
        values = {cell for rows in book.sheets.values() for row in rows for cell in row if isinstance(cell, str)}
        self.assertLessEqual(set(HOSTILE[:4]), values)
        self.assertTrue(all(len(value) <= 32767 for value in values))
        for tree in book.trees.values():
            self.assertEqual(list(tree.iter("{%s}f" % MAIN["m"])), [])

    def test_what_is_not_identified_says_so_in_every_format(self):
        panel = self.with_column("fixed", lambda row: row[0][1:])
        result = self.fitted("y ~ x + fixed | trust + year", panel=panel)
        for name in FORMATS[:-1]:
            self.assertIn("not identified", self.table(result, "--format", name))
        self.assertIn(["fixed", "not identified"], [row[:2] for row in self.workbook(result).sheets["Table 1"]])

    def test_simulated_data_say_so_in_every_format(self):
        result = self.simulated()
        for name in FORMATS[:-1]:
            self.assertIn("SIMULATED DATA", self.table(result, "--format", name))
        for name, rows in self.workbook(result).sheets.items():
            if name != "Notes":
                self.assertTrue(any(str(row[0]).startswith("SIMULATED DATA") for row in rows), name)

    def simulated(self):
        code, _, err = run("simulate", "--output", "s.csv", "--trusts", 30, "--seed", 3, cwd=self.folder)
        self.assertEqual(code, 0, err)
        config = self.write("s.cfg", "[data]\nfile = s.csv\nunit = trust\ntime = quarter\nsimulated = yes\n[model]\n"
                                     "formula = log(activity / resource) ~ l(agency_share, 1) | trust + quarter\n")
        path = self.folder / "s.h5"
        code, _, err = run("run", config, "--output.result", path, cwd=self.folder)
        self.assertEqual(code, 0, err)
        return path

    def test_what_it_takes(self):
        result = self.attributed()
        self.assertEqual(self.message("table"), (2, "headwater table takes a result file, or several: headwater table RESULT"))
        self.assertEqual(self.message("table", result, "--format", "docx"),
                         (2, "--format is 'docx'; it is text, markdown, latex, csv, html or xlsx"))
        self.assertEqual(self.message("table", result, "--format", "xlsx"),
                         (2, "a workbook is no text; say where it goes with -o FILE.xlsx"))
        self.assertEqual(self.message("table", result, "--fits", "modle"),
                         (2, "the result has no fit 'modle'; did you mean 'model'?"))
        self.assertEqual(self.message("table", result, "--what", "tests"),
                         (2, "--what is 'tests'; it is coefficients, decompositions or all"))
        self.assertNotIn("change", self.table(result, "--what", "coefficients", "--format", "csv"))
        self.assertNotIn("Coefficients", self.table(result, "--what", "decompositions", "--format", "csv"))
