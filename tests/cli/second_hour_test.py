"""The economist's second hour: further mistakes, by the kind of thing that goes wrong."""

import re
import unittest

from command import run
from mistakes import DATA, DECOMPOSE, FORMULA, IDENTIFICATION, KEYS, MistakesTest, USAGE

PLAIN = f"fit panel.csv 'y ~ x' {KEYS}"
HEAD = "[data]\nfile = panel.csv\nunit = trust\ntime = year\n"
MODEL = HEAD + "[model]\nformula = y ~ x + z | trust\n"
NAME_OF_A_PART = "which is the name of a part of every decomposition; call it something else"

# What word processors put in the place of signs on the keyboard.
TYPOGRAPHY = [
    ("curly quotes in a subset", f"{PLAIN} --subset 'region == “N”'", FORMULA,
     "cannot read the formula: '“' is a quote of word processors; write straight quotes, \" (a name that holds it stands between "
     "back-quotes)\n  region == “N”\n            ^"),
    ("a curly apostrophe", f"{PLAIN} --subset \"region == ’N’\"", FORMULA,
     "cannot read the formula: '’' is a quote of word processors; write straight quotes, ' (a name that holds it stands between "
     "back-quotes)\n  region == ’N’\n            ^"),
    ("a long dash for a minus", f"fit panel.csv 'y ~ I(x – z)' {KEYS}", FORMULA,
     "cannot read the formula: '–' is no sign of formulas; write - (a name that holds it stands between back-quotes)\n"
     "  y ~ I(x – z)\n          ^"),
    ("a sign of mathematics", f"{PLAIN} --subset 'x ≥ 2'", FORMULA,
     "cannot read the formula: '≥' is no sign of formulas; write >= (a name that holds it stands between back-quotes)\n"
     "  x ≥ 2\n    ^"),
    ("curly quotes in a method", f"{DECOMPOSE} --use 'oaxaca(groups = region, a = “N”, b = S)'", USAGE,
     "cannot read the method 'oaxaca(groups = region, a = “N”, b = S)': expected straight quotes, \", where '“' stands\n"
     "  oaxaca(groups = region, a = “N”, b = S)\n                              ^"),
]

# Words of the command line.
WORDS = [
    ("a formula without quotes", f"fit panel.csv y /root x {KEYS}", USAGE,
     "the command is headwater fit DATA FORMULA [options], and 4 arguments were given (panel.csv, y, /root, x); put quotes round what "
     "belongs together, such as 'y ~ x'"),
    ("a hyphen too few", "fit panel.csv 'y ~ x' -unit trust --time year", USAGE,
     "headwater fit has no option '-unit'; did you mean '--unit'?"),
    ("a hyphen too few with its value", "decompose panel.csv 'y ~ x' -driver=a=x", USAGE,
     "headwater decompose has no option '-driver'; did you mean '--driver'?"),
    ("a configuration for data", "fit study.cfg", USAGE,
     "study.cfg is a configuration by its name; headwater fit takes a file of data and a formula, so write headwater run study.cfg"),
    ("a model for data", "decompose base.model 'y ~ x'", USAGE,
     "base.model is a model by its name; headwater decompose takes a file of data and a formula, so name the model under [run] of a "
     "configuration and write headwater run"),
    ("data for a configuration", "run panel.csv", USAGE,
     "panel.csv is a file of data by its name; headwater run takes a configuration, which names it under [data]; one formula is fitted "
     "with headwater fit panel.csv 'y ~ x'"),
    ("a model for a configuration", "run base.model", USAGE,
     "base.model is a model by its name; headwater run takes a configuration, which names it under [run] as model = base.model"),
    ("a power in percent", f"{PLAIN} --power 80", USAGE,
     "'run.power' is 80; it lies between 0 and 1, so write 0.8 for 80 %"),
    ("a level of two", f"{PLAIN} --level 250", USAGE,
     "'run.level' is 250; it lies between 0 and 1"),
    ("a covariance of another program", f"{PLAIN} --covariance scc", USAGE,
     "there is no covariance 'scc'; what comes nearest here is driscoll_kraay, of COVARIANCES"),
    ("panel-corrected errors", f"{PLAIN} --covariance PCSE", USAGE,
     "there is no covariance 'PCSE'; what comes nearest here is beck_katz, of COVARIANCES"),
    ("a spatial rule of another program", f"{PLAIN} --covariance acreg", USAGE,
     "there is no covariance 'acreg'; what comes nearest here is conley_hac, of COVARIANCES"),
    ("a distance without places", f"{PLAIN} --covariance 'conley(x)'", USAGE,
     "conley needs its longitude; write conley(LATITUDE, LONGITUDE, KILOMETRES) with the columns of degrees north and east and the "
     "distance up to which errors go together"),
    ("robust under another name", f"{PLAIN} --covariance White", USAGE,
     "there is no covariance 'White'; what comes nearest here is robust, of COVARIANCES"),
    ("clusters under another name", f"{PLAIN} --covariance CR1", USAGE,
     "there is no covariance 'CR1'; what comes nearest here is cluster, of COVARIANCES"),
    ("a rule that nobody has", f"{PLAIN} --covariance HC7", USAGE,
     "there is no covariance 'HC7'; known are COVARIANCES"),
    ("a result file that is a table", f"{PLAIN} --output o.csv", USAGE,
     "the result file 'o.csv' ends in .csv, and a result file is HDF5: name it .h5 (tables come from headwater table RESULT.h5)"),
]

# What other programs write.
OTHERS = [
    ("a lag of Stata", f"fit panel.csv 'y ~ L.x' {KEYS}", FORMULA,
     "there is no column 'L.x' in panel.csv; it is written l(x, 1)"),
    ("a lead of Stata", f"fit panel.csv 'y ~ F2.x' {KEYS}", FORMULA,
     "there is no column 'F2.x' in panel.csv; it is written f(x, 2)"),
    ("a factor of Stata", f"fit panel.csv 'y ~ i.region' {KEYS}", FORMULA,
     "there is no column 'i.region' in panel.csv; dummies of a column are i(region)"),
    ("a number of Stata", f"fit panel.csv 'y ~ c.x' {KEYS}", FORMULA,
     "there is no column 'c.x' in panel.csv; a column of numbers is x"),
    ("effects of linearmodels", f"fit panel.csv 'y ~ x + EntityEffects' {KEYS}", FORMULA,
     "there is no column 'EntityEffects' in panel.csv; effects of units stand behind a bar: | trust"),
    ("periods of linearmodels", f"fit panel.csv 'y ~ x + TimeEffects' {KEYS}", FORMULA,
     "there is no column 'TimeEffects' in panel.csv; effects of periods stand behind a bar: | year"),
    ("a factor of patsy", f"fit panel.csv 'y ~ C(region)' {KEYS}", FORMULA,
     "there is no function 'C' in formulas; what comes nearest here is factor, of l, f, d, lag, lead, diff, i, poly, factor, is.na, "
     "ifelse, pmin, pmax, log, log10, log2, log1p, exp, expm1, sqrt, abs, sin, cos, floor, round, I"),
    ("a logarithm of numpy", f"fit panel.csv 'y ~ np.log(x)' {KEYS}", FORMULA,
     "there is no function 'np.log' in formulas; what comes nearest here is log, of l, f, d, lag, lead, diff, i, poly, factor, is.na, "
     "ifelse, pmin, pmax, log, log10, log2, log1p, exp, expm1, sqrt, abs, sin, cos, floor, round, I"),
    ("a profile of Stata", f"{PLAIN} --profile Stata", USAGE,
     "there is no small-sample profile 'Stata'; what comes nearest here is reghdfe, of fixest, reghdfe, ivreghdfe, xtreg, areg, plm, "
     "linearmodels, none"),
    ("weights that are the unit", f"{PLAIN} --weights trust", DATA,
     "column 'trust' of panel.csv holds text and is used as a number; it is the unit key, so use it as a factor or an effect"),
    ("a test without its right side", f"{PLAIN} --test 'x ='", USAGE,
     "the test 'x =' has nothing on one side of its '='; write a + b = 0"),
    ("a test without its left side", f"{PLAIN} --test '= 0'", USAGE,
     "the test '= 0' has nothing on one side of its '='; write a + b = 0"),
    ("an option left empty", f"{PLAIN} --subset ''", USAGE,
     "--subset is empty; give it a value, or leave it out"),
    ("an option of blanks", f"{PLAIN} --weights ' '", USAGE,
     "--weights is empty; give it a value, or leave it out"),
]

# Keys and columns.
COLUMNS = [
    ("one column as both keys", "fit panel.csv 'y ~ x' --unit trust --time trust", USAGE,
     "the unit key and the time key are both 'trust'; name the column that tells units apart and the column that tells periods apart"),
    ("keys the wrong way round", "fit panel.csv 'y ~ x' --unit year --time region", DATA,
     "panel.csv, row 2: 'N' in the time key 'region' is not a period, and the unit key 'year' holds periods, such as 2015: the two keys "
     "stand the wrong way round, so swap them"),
    ("keys that may stand the wrong way round", "fit panel.csv 'y ~ x' --unit year --time trust", 0,
     "the unit key 'year' holds periods, such as 2015, and the time key 'trust' whole numbers, such as T0: swap the two if units and "
     "periods stand the wrong way round."),
    ("an outcome kept as text", f"{PLAIN} --text y", DATA,
     "column 'y' of panel.csv holds text and is used as a number; take it out of the columns that are to stay text where it is one, or "
     "use it as a factor or an effect"),
    ("a measure to split by", f"{PLAIN} --split y", USAGE,
     "to split by 'y' makes 40 fits, one for each number in the column; split by a column of groups, or name 'y' among the columns that "
     "stay text if its numbers are codes"),
    ("a measure to split by, with the whole", f"{PLAIN} --fsplit x", USAGE,
     "to split by 'x' makes 33 fits, one for each number in the column; split by a column of groups, or name 'x' among the columns that "
     "stay text if its numbers are codes"),
    ("split and fsplit", f"{PLAIN} --split region --fsplit region", USAGE,
     "split = region and fsplit = region are both given; keep one (fsplit has the whole sample beside the parts)"),
    ("one of several outcomes misspelt", f"fit panel.csv 'c(y, Z) ~ x' {KEYS}", FORMULA,
     "there is no column 'Z' in panel.csv; did you mean 'z'?"),
    ("one of several models misspelt", f"fit panel.csv 'y ~ csw(x, xx)' {KEYS}", FORMULA,
     "there is no column 'xx' in panel.csv; did you mean 'x'?"),
    ("one of several effects misspelt", f"fit panel.csv 'y ~ x | sw0(trust, rgion)' {KEYS}", FORMULA,
     "there is no column 'rgion' in panel.csv; did you mean 'region'?"),
    ("a ratio within a function", f"fit panel.csv 'log(ratio(y, w)) ~ x' {KEYS}", FORMULA,
     "ratio() stands for several outcomes and must stand alone left of ~, not inside another expression: ratio(y, w); a ratio as a "
     "number is a / b"),
    ("a ratio without its parts", f"fit panel.csv 'log(ratio()) ~ x' {KEYS}", FORMULA,
     "ratio() stands for several outcomes and must stand alone left of ~, not inside another expression: ratio(); a ratio as a number "
     "is a / b"),
    ("several outcomes within a function", f"fit panel.csv 'log(c(y, w)) ~ x' {KEYS}", FORMULA,
     "c() stands for several outcomes and must stand alone left of ~, not inside another expression: c(y, w)"),
]


def other_program(name, what, way):
    return (f"a file named {name}", f"fit {name} 'y ~ x' {KEYS}", DATA,
            f"{name} is {what} by its name, which is not read; write it as CSV: {way}", {name: "trust,year,y,x\n"})


# Files of other programs, under their own name and under that of another.
FILES = [
    other_program("p.dta", "a data set of Stata", 'in Stata, export delimited using "p.csv"'),
    other_program("P.SAV", "a data set of SPSS", "in SPSS, SAVE TRANSLATE OUTFILE='P.csv' /TYPE=CSV /FIELDNAMES"),
    other_program("p.sas7bdat", "a data set of SAS", 'in SAS, proc export outfile="p.csv" dbms=csv'),
    other_program("p.rds", "an object of R", 'in R, write.csv(readRDS("p.rds"), "p.csv", row.names = FALSE)'),
    other_program("p.json", "JSON", 'in Python, pandas.read_json("p.json").to_csv("p.csv", index=False)'),
    other_program("p.ndjson", "JSON in lines", 'in Python, pandas.read_json("p.ndjson", lines=True).to_csv("p.csv", index=False)'),
    ("JSON named CSV", f"fit bad.csv 'y ~ x' {KEYS}", DATA, "bad.csv is JSON; write its table as CSV",
     {"bad.csv": '[{"trust": "a", "year": 2015}]'}),
    ("Stata named CSV", f"fit bad.csv 'y ~ x' {KEYS}", DATA, "bad.csv is a data set of Stata; write it as CSV (export delimited)",
     {"bad.csv": b"<stata_dta><header>" + bytes(40)}),
    ("a table of text named Feather", f"fit bad.feather 'y ~ x' {KEYS}", DATA,
     "bad.feather is no Parquet, Feather or Arrow file, whatever its name: its first bytes are none of theirs; a table of text is named "
     ".csv, and a file that was damaged is written again", {"bad.feather": "trust,year,y,x\na,2015,1,2\n"}),
    ("noise named Parquet", f"fit bad.parquet 'y ~ x' {KEYS}", DATA,
     "bad.parquet is no Parquet, Feather or Arrow file, whatever its name: its first bytes are none of theirs; a table of text is named "
     ".csv, and a file that was damaged is written again", {"bad.parquet": bytes(range(200, 250))}),
    ("a workbook named Feather", f"fit bad.feather 'y ~ x' {KEYS}", DATA,
     "bad.feather is a zip archive or a spreadsheet (xlsx, ods); unpack it, or save the sheet as UTF-8 CSV",
     {"bad.feather": b"PK\x03\x04" + bytes(60)}),
    ("an empty Parquet file", f"fit bad.parquet 'y ~ x' {KEYS}", DATA, "bad.parquet is empty; write it again", {"bad.parquet": ""}),
    ("UTF-16 without its mark", f"fit bad.csv 'y ~ x' {KEYS}", DATA,
     "bad.csv is UTF-16 text without a byte order mark, which is not read; save it as UTF-8",
     {"bad.csv": "trust,year,y,x\n".encode("utf-16-be")}),
    ("UTF-16 without its mark, of other letters", f"fit bad.csv 'y ~ x' {KEYS}", DATA,
     "bad.csv is UTF-16 text without a byte order mark, which is not read; save it as UTF-8",
     {"bad.csv": "Łódź,year,y,x\nŁ,2015,1,2\n".encode("utf-16-le")}),
    ("a code that became itself", f"{PLAIN} --succession bad.csv", 0,
     "Succession: 1 line says of a code that it became itself, T0 in row 2: nothing was linked or broken there.",
     {"bad.csv": "old_code,new_code\nT0,T0\n"}),
    ("a date that is none", f"{PLAIN} --succession bad.csv", DATA,
     "bad.csv, row 2: 'next spring' is no date; write one such as 2013-04-01, or leave it empty",
     {"bad.csv": "old_code,new_code,date\nT0,T1,next spring\n"}),
]

# Drivers, methods and configurations.
METHODS = [
    ("no driver at all", f"decompose panel.csv 'y ~ x + z | trust' {KEYS} --use 'change(from = 2015, to = 2019)'", 0,
     "no driver is declared, so all regressors are one part, 'other'; write --driver NAME=TERM,TERM (or NAME = TERM + TERM under "
     "[driver]) to tell them apart."),
    ("a driver named other", f"decompose panel.csv 'y ~ x + z' {KEYS} --driver other=x --use change", USAGE,
     f"a driver is called 'other', {NAME_OF_A_PART}"),
    ("a driver named residual", f"decompose panel.csv 'y ~ x + z' {KEYS} --driver residual=x --use change", USAGE,
     f"a driver is called 'residual', {NAME_OF_A_PART}"),
    ("a driver named total", f"decompose panel.csv 'y ~ x + z' {KEYS} --driver total=x --use change", USAGE,
     f"a driver is called 'total', {NAME_OF_A_PART}"),
    ("a driver twice", f"decompose panel.csv 'y ~ x + z' {KEYS} --driver a=x --driver a=z --use change", USAGE,
     "--driver a is given twice; write its terms once, --driver a=x,z"),
    ("a driver without a term", f"decompose panel.csv 'y ~ x + z' {KEYS} --driver a= --use change", USAGE,
     "--driver 'a=' names no term; write --driver name=term,term"),
    ("a driver twice in a configuration", "run study.cfg", USAGE,
     "study.cfg, row 9: the key 'a' of [driver] is given twice; keep one", {"study.cfg": MODEL + "[driver]\na = x\na = z\n"}),
    ("a bootstrap of nothing", f"{PLAIN} --bootstrap 'cluster(draws = 99)'", USAGE,
     "bootstrap = cluster(draws = 99) is of decompositions, and none is asked for; name one (use = ...), or take the bootstrap out"),
    ("peers without a reference", f"{DECOMPOSE} --use 'contributions(at = 2019, peers = region)'", USAGE,
     "peers = region has no use with reference = mean; write reference = peers as well, or leave peers out"),
    ("a reliability that nobody declared", f"{DECOMPOSE} --use 'errors_in_variables(term = x)'", USAGE,
     "errors_in_variables needs reliability, the share of the variance of x that is not noise: nothing in the data tells it, so give "
     "one that is known, such as reliability = 0.8"),
    ("a part less itself", "contrast good.h5 'change:capital - change:capital'", USAGE,
     "in the contrast 'change:capital - change:capital' every component cancels, so nothing is left to compare; name two different "
     "components"),
    ("a part less itself, by another name", "contrast good.h5 'change:capital = model/1_change:capital'", USAGE,
     "in the contrast 'change:capital = model/1_change:capital' every component cancels, so nothing is left to compare; name two "
     "different components"),
    ("a frontier of an identity", f"fit panel.csv 'y ~ y + x' {KEYS} --estimator frontier", IDENTIFICATION,
     "the regressors fit the outcome y exactly, so nothing is left whose skewness could tell inefficiency from noise; is the outcome "
     "built from a regressor?"),
    ("a formula over a model file", "run study.cfg", USAGE,
     "study.cfg, row 8: the formula of [model] would take the place of the one in base.model, which [run] model names; write [model "
     "NAME] for a model beside it, or leave one out",
     {"study.cfg": HEAD + "[run]\nmodel = base.model\n[model]\nformula = y ~ z\n", "base.model": "[model]\nformula = y ~ x\n"}),
    ("an outcome over a model file", "run study.cfg", USAGE,
     "study.cfg, row 8: the outcome of [model] would take the place of the one in base.model, which [run] model names; write [model "
     "NAME] for a model beside it, or leave one out",
     {"study.cfg": HEAD + "[run]\nmodel = base.model\n[model]\noutcome = z\n", "base.model": "[model]\nformula = y ~ x\n"}),
    ("a name of nothing", "run study.cfg", USAGE,
     "report.names calls 'Z' \"the zeal\", and there is no such column in panel.csv, driver or term; did you mean 'z'?",
     {"study.cfg": MODEL + "[report]\nnames = x = the cause; Z = the zeal\n"}),
    ("a name of nothing like it", "run study.cfg", USAGE,
     "report.names calls 'beds_available' \"beds\", and there is no such column in panel.csv, driver or term; correct the name or take "
     "it out", {"study.cfg": MODEL + "[report]\nnames = beds_available = beds\n"}),
    ("a name without words", "run study.cfg", USAGE,
     "'x' under report.names does not call a column anything; write column = words", {"study.cfg": MODEL + "[report]\nnames = x\n"}),
]

# What is written under a name that says something else, and options of methods.
OUTPUTS = [
    ("a table in a document", "table good.h5 -o t.docx", USAGE,
     "the table file 't.docx' ends in .docx, and --format text is written: name it .txt, or give the --format that goes with its name"),
    ("LaTeX named CSV", "table good.h5 --format latex -o t.csv", USAGE,
     "the table file 't.csv' ends in .csv, and --format latex is written: name it .tex, or give the --format that goes with its name"),
    ("a report named PDF", "report good.h5 -o r.pdf", USAGE,
     "the report 'r.pdf' ends in .pdf, and a report is a page of HTML: name it .html"),
    ("a run's table named CSV", "run study.cfg --output.table t.csv", USAGE,
     "the table file 't.csv' ends in .csv, and [output] table is text: name it .txt (other formats come from headwater table RESULT.h5 "
     "--format)", {"study.cfg": MODEL}),
    ("a table's name without words", "table good.h5 --names x", USAGE,
     "'x' under --names does not call a column anything; write column = words"),
    ("a reliability misspelt", f"{DECOMPOSE} --use 'provider(reliability = estimated)'", USAGE,
     "reliability = estimated is neither a number nor estimate; give the share of the variance that is not noise, such as 0.9, or "
     "reliability = estimate"),
    ("one set of effects twice", f"{DECOMPOSE} --use 'leave_out(first = trust, second = trust)'", USAGE,
     "first and second are both trust; name two sets of effects, or leave second out"),
    ("a unit without which there is no answer",
     "decompose bad.csv 'y ~ x | unit' --unit unit --time time --driver d=x --use 'leave_one_out(term = x)'", 0,
     "Note: the answer cannot be computed without 'u 0' (the outcome y has the same value in all 16 rows used; there is nothing to "
     "explain).",
     {"bad.csv": "unit,time,y,x\n" + "".join(f"u {u},{2015 + t},{t * t % 5 if u == 0 else 3},{(u * 7 + t * 3) % 11}\n"
                                            for u in range(5) for t in range(4))}),
    ("a quantity of nothing", f"{DECOMPOSE} --use 'index(price = w, quantity = x, item = trust, from = 2015, to = 2019)'", DATA,
     "panel.csv, row 2: 'x' is 0, and what weighs, prices or counts rows must be positive; correct the cell or leave the row out"),
    ("a share below zero", f"decompose bad.csv 'y ~ x' {KEYS} --use 'olley_pakes(share = s)'", DATA,
     "bad.csv, row 3: 's' is -2, and what weighs, prices or counts rows must be positive; correct the cell or leave the row out",
     {"bad.csv": "trust,year,y,x,s\n" + "".join(f"t{u},{2015 + t},{(u * 7 + t * 3) % 11},{(u * 5 + t) % 7},{-2 if u == 0 and t == 1 else 3}\n"
                                              for u in range(6) for t in range(4))}),
]


class SecondHour(MistakesTest):
    def test_typography(self):
        self.answers(TYPOGRAPHY)

    def test_words(self):
        listed = run("methods")[1].split("Covariances\n")[1].split("Small-sample profiles\n")[0]
        known = ", ".join(re.findall(r"^(\w+): ", listed, re.M))
        self.assertIn("robust, HC0", known)
        self.answers([(name, words, code, sentence.replace("COVARIANCES", known)) for name, words, code, sentence in WORDS])

    def test_what_other_programs_write(self):
        self.answers(OTHERS)

    def test_methods_under_their_names_elsewhere(self):
        """The list of what is known is that of headwater methods, so only what comes before it is written here."""
        for option, name, nearest in (("--estimator", "fe", "within"), ("--estimator", "OLS", "pooled"),
                                      ("--estimator", "random_effects", "random"), ("--estimator", "fd", "first_difference"),
                                      ("--use", "blinder_oaxaca", "oaxaca"), ("--use", "lmg", "shapley"),
                                      ("--use", "eivreg", "errors_in_variables"), ("--use", "kss", "leave_out")):
            what = option.strip("-").replace("use", "decomposition")
            code, message = self.message("fit", "panel.csv", "y ~ x", "--unit", "trust", "--time", "year", option, name)
            start = f"there is no {what} '{name}'; what comes nearest here is {nearest}, of "
            self.assertEqual((code, message[:len(start)]), (USAGE, start))
            self.assertIn(nearest, message[len(start):].split(", "))
            for known in message[len(start):].split(", "):
                self.assertEqual(run("methods", known)[0], 0, known)

    def test_columns(self):
        self.answers(COLUMNS)

    def test_outputs(self):
        self.answers(OUTPUTS)

    def test_files(self):
        self.answers(FILES)

    def test_methods(self):
        self.answers(METHODS)

    def test_what_is_right_is_let_through(self):
        """The neighbours of what is refused: quoted names, codes kept as text, a model file with other keys over it."""
        self.write("n.csv", "trust,year,y,x–x,it’s\n" + "".join(
            f"t{u},{2015 + t},{(u * 7 + t * 3) % 11},{(u * 5 + t) % 7},{(u + t * t) % 5}\n" for u in range(6) for t in range(4)))
        self.write("base.model", "[model]\nformula = y ~ x\n")
        self.write("study.cfg", HEAD + "[run]\nmodel = base.model\n[model]\ncovariance = robust\n"
                   "[report]\nnames = y = the outcome; trust = the trust; x = the cause; base = the model\n")
        for words in (["fit", "n.csv", "y ~ `x–x` + `it’s`", "--unit", "trust", "--time", "year"],
                      ["fit", "panel.csv", "y ~ x", "--unit", "trust", "--time", "year", "--split", "year"],
                      ["fit", "panel.csv", "y ~ i(region, ref = N) + I(region == \"N\")", "--unit", "trust", "--time", "year"],
                      ["run", "study.cfg"]):
            code, out, err = run(*words, cwd=self.folder)
            self.assertEqual((code, err), (0, ""), words)
        self.assertIn("the cause", out)

    def test_what_shares_a_name_is_shown_together(self):
        """cluster is a covariance and a bootstrap; one name alone is shown alone."""
        code, out, _ = run("methods", "cluster")
        self.assertEqual(code, 0)
        self.assertIn("cluster (covariance)", out)
        self.assertIn("cluster (bootstrap)", out)
        self.assertEqual(run("methods", "robust")[1].count("(covariance)"), 1)

    def test_the_equals_sign_of_a_name(self):
        """A test is split at its own equals sign, not at one between quotes."""
        for call, name in (("I(x == 2)", "I(x == 2)"), ("`a=b`", "a=b")):
            self.write("n.csv", "trust,year,y,x,a=b\n" + "".join(
                f"t{u},{2015 + t},{(u * 7 + t * 3) % 11},{(u * 5 + t) % 3},{(u + t * t) % 5}\n" for u in range(6) for t in range(4)))
            code, out, err = run("fit", "n.csv", f"y ~ {call}", "--unit", "trust", "--time", "year", "--test", f"`{name}` = 1",
                                 cwd=self.folder)
            self.assertEqual((code, err), (0, ""), call)
            self.assertIn(f"`{name}` = 1", out)


if __name__ == "__main__":
    unittest.main()
