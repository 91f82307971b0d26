"""The numbered bad inputs of files (51-67), configurations and formulas (86-90) and outputs (77)."""

import gzip
import os
import pathlib
import unittest

from command import run
from numbered import USAGE, DATA, FORMULA, IO, KEYS, Numbered, panel, suite_of


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
        plain = self.answered(55, panel())["terms"]
        marked = self.answered(55, panel().encode("utf-16"))
        self.assertEqual(marked["terms"], plain)
        self.warns(55, marked, f"{self.folder / 'bad.csv'} is UTF-16 text and was read as that")
        for encoding in ("utf-16-le", "utf-16-be"):
            self.refused(55, panel().encode(encoding), "FILE is UTF-16 text without a byte order mark, which is not read; save it as UTF-8", DATA)
        latin = self.answered(56, panel().replace("u1", "caf\xe9").encode("latin-1"))
        self.warns(56, latin, f"{self.folder / 'bad.csv'} is not UTF-8 and was read as Windows-1252: row 7 has the first such letter")
        self.refused(56, panel().replace("u1", "caf\xe9").encode() + b"\xe9,2010,1,2\n",
                     "FILE, row 32: column 1: a byte is not UTF-8, although row 7 has letters in UTF-8; save the file as UTF-8", DATA)
        self.refused(56, panel().encode() + b"\x81,2010,1,2\n",
                     "FILE, row 32: column 1: a byte is neither UTF-8 nor Windows-1252; save the file as UTF-8", DATA)
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
                     "mark it as missing, or write factor(z) if its texts are categories", DATA, formula="y ~ x + z")
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
                         f"column 'z' of FILE holds text and is used as a number: row 8 holds '{cell}', {why}; correct it or mark it as missing, "
                         "or write factor(z) if its texts are categories", DATA, formula="y ~ x + z")

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
            bare = name.strip("`")  # back-quotes around a name are not part of it
            self.refused(87, panel(), f"the unit key '{bare}' is not a column of FILE; its columns are unit, time, y, x", USAGE, keys=["--unit", name])
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
            (head + "[run]\nlevel = 95\n", "'run.level' is 95; it lies between 0 and 1, so write 0.95 for 95 %"),
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
        self.assertIn("expected a column, a function or a number, found '('", message)

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
    return suite_of(loader, (Files, ConfigurationsAndFormulas, Outputs), [*range(51, 68), *range(86, 91)])


if __name__ == "__main__":
    unittest.main()
