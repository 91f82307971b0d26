"""The economist's first hour: 88 mistakes that a newcomer makes, and the one sentence that answers each."""

import unittest

from mistakes import DATA, DECOMPOSE, FIT, FORMULA, IO, KEYS, MistakesTest, USAGE

RUN = "run study.cfg"
HEAD = "[data]\nfile = panel.csv\nunit = trust\ntime = year\n"
MODEL = HEAD + "[model]\nformula = y ~ x + z | trust\n"
SUCCESSION = "old_code,new_code\n"

OWN = "--unit unit --time time"
READ = f"fit bad.csv 'y ~ x' {OWN}"
GOOD = "unit,time,y,x\n" + "".join(
    f"{'abcdefgh'[i]},{2015 + t},{2 + (i * 7 + t * 3) % 11 / 2 + i + (i * 13 + t * 29) % 17 / 40},{(i * 7 + t * 3) % 11}\n"
    for i in range(8) for t in range(5))
THOUSANDS = "unit,time,y,x,ward\n" + "".join(
    f"u{i},{2015 + t},{(i * 7 + t * 3) % 11 + 0.1},{(i * 5 + t) % 13},w{i * 5 + t}\n" for i in range(600) for t in range(5))


def weighted(weight):
    """The good file with a column of weights, a function of the row."""
    return "\n".join(f"{line},{weight(i) if i else 'w'}" for i, line in enumerate(GOOD.splitlines())) + "\n"


# The command line: commands, flags and what they take.
WORDS = [
    ("a command misspelt", f"fitt panel.csv 'y ~ x' {KEYS}", USAGE,
     "there is no command 'fitt'; did you mean 'fit'?"),
    ("a command of another program", "regress panel.csv y x", USAGE,
     "there is no command 'regress'; they are run, check, panel, fit, decompose, show, table, contrast, compare, reliability, report, methods, "
     "convert, simulate, completion, man"),
    ("an option misspelt", f"{FIT} --covarience robust", USAGE,
     "headwater fit has no option '--covarience'; did you mean '--covariance'?"),
    ("an option twice", f"{FIT} --unit region", USAGE,
     "--unit is given twice; keep one"),
    ("the unit misspelt", "fit panel.csv 'y ~ x' --unit trusts --time year", USAGE,
     "the unit key 'trusts' is not a column of panel.csv; did you mean 'trust'?"),
    ("the time misspelt", "fit panel.csv 'y ~ x' --unit trust --time yaer", USAGE,
     "the time key 'yaer' is not a column of panel.csv; did you mean 'year'?"),
    ("a measure as the time", "fit panel.csv 'y ~ x' --unit trust --time y", DATA,
     "panel.csv, row 2: '1.8' in column 'y' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a whole number"),
    ("a lag without the time", "fit panel.csv 'y ~ l(x, 1)' --unit trust", FORMULA,
     "l(x, 1) looks at other periods of the same unit, which needs the unit and time keys; name both"),
    ("an estimator misspelt", f"{FIT} --estimator withn", USAGE,
     "there is no estimator 'withn'; did you mean 'within'?"),
    ("effects that an estimator does not take", f"{FIT} --estimator pooled", USAGE,
     "the estimator pooled does not take effects, which the model y ~ x | trust has; use within"),
    ("weights that an estimator would pass by", f"fit panel.csv 'y ~ x' {KEYS} --weights w --estimator between", USAGE,
     "the estimator between does not take weights, which the model y ~ x has; leave the weights out or use within or pooled"),
    ("a covariance misspelt", f"{FIT} --covariance 'clutser(trust)'", USAGE,
     "there is no covariance 'clutser'; did you mean 'cluster'?"),
    ("clusters misspelt", f"{FIT} --covariance 'cluster(trusts)'", FORMULA,
     "there is no column 'trusts' in panel.csv; did you mean 'trust'?"),
    ("a bandwidth beyond the panel", f"{FIT} --covariance 'driscoll_kraay(lag = 40)'", USAGE,
     "driscoll_kraay has lag 40 and the rows 5 periods; the lag is 0 or more and below the number of periods"),
    ("a profile misspelt", f"{FIT} --profile fixes", USAGE,
     "there is no small-sample profile 'fixes'; did you mean 'fixest'?"),
    ("a level in percent", f"{FIT} --level 95", USAGE,
     "'run.level' is 95; it lies between 0 and 1, so write 0.95 for 95 %"),
    ("weights of text", f"{FIT} --weights region", DATA,
     "column 'region' of panel.csv holds text and is used as a number: row 2 holds 'N', which is not a number; correct it or mark it "
     "as missing"),
    ("a subset that holds no row", f"{FIT} --subset 'region == \"North\"'", DATA,
     "no row of panel.csv is left to fit (40 rows: outside the subset region == \"North\"); check the choice of rows named"),
    ("one = in a subset", f"{FIT} --subset 'region = \"N\"'", FORMULA,
     "cannot read the formula: expected an operator or the end, found '='; equality is written ==\n  region = \"N\"\n         ^"),
    ("a word without quotes", f"{FIT} --subset 'region == N'", FORMULA,
     "there is no column 'N' in panel.csv; where it is a value of 'region', put quotes round N: region == \"N\""),
    ("a number compared with a text", f"{FIT} --subset 'x == \"high\"'", FORMULA,
     "x == \"high\" compares a number with a text; 'x' holds numbers, so write the value without quotes"),
    ("a period of another calendar", f"{FIT} --subset 'year == \"2016/17\"'", FORMULA,
     "year == \"2016/17\": \"2016/17\" is no period of 'year', which holds periods such as 2015; write it like them"),
    ("a split misspelt", f"{FIT} --split regoin", FORMULA,
     "there is no column 'regoin' in panel.csv; did you mean 'region'?"),
    ("a test of what is not in the model", f"{FIT} --test 'z = 0'", USAGE,
     "the test 'z = 0' names 'z', which is not a coefficient of the model; did you mean 'x'?"),
    ("a test of a product", f"{FIT} --test 'x * x = 1'", USAGE,
     "'x * x = 1' is not linear in the coefficients; add, subtract or multiply by numbers only"),
    ("an output over its input", f"{FIT} --output panel.csv", USAGE,
     "the result file 'panel.csv' is the same file as the data file 'panel.csv', which is read and would be lost; write to another path"),
]

# Formulas: names, brackets, lags, factors and what other programs write.
FORMULAS = [
    ("an outcome in capitals", f"fit panel.csv 'Y ~ x | trust' {KEYS}", FORMULA,
     "there is no column 'Y' in panel.csv; did you mean 'y'?"),
    ("an equals sign for the tilde", f"fit panel.csv 'y = x' {KEYS}", FORMULA,
     "cannot read the formula: expected '~' between the outcome and the regressors, found '='; equality is written ==\n  y = x\n    ^"),
    ("the words of regress", f"fit panel.csv 'y x z' {KEYS}", FORMULA,
     "cannot read the formula: expected '~' between the outcome and the regressors, found 'x'; a name of several words stands between "
     "back-quotes, a text between quotes\n  y x z\n    ^"),
    ("an outcome of text", f"fit panel.csv 'region ~ x' {KEYS}", DATA,
     "column 'region' of panel.csv holds text and is used as a number: row 2 holds 'N', which is not a number; correct it or mark it "
     "as missing"),
    ("a bare power", f"fit panel.csv 'y ~ x^2' {KEYS}", FORMULA,
     "cannot read the formula: a power of a column goes inside I(): write I(x^2)\n  y ~ x^2\n      ^"),
    ("instruments", f"fit panel.csv 'y ~ 1 | x ~ z' --estimator mundlak {KEYS}", USAGE,
     "the estimator mundlak does not take instruments, which the model y ~ 1 | x ~ z has; use pooled, within, between, random or a difference"),
    ("a lag beyond the panel", f"fit panel.csv 'y ~ l(x, 9)' {KEYS}", DATA,
     "no row of panel.csv is left to fit (40 rows: l(x, 9) has no value (a period is missing or lies before the first; a step is 1 "
     "year)); check the time key, or use a smaller step"),
    ("a reference that is no period", f"fit panel.csv 'y ~ i(year, ref = 2025)' {KEYS}", FORMULA,
     "'2025' is not a level of 'year'; its levels are 2015, 2016, 2017, 2018, 2019"),
    ("a reference that is no level", f"fit panel.csv 'y ~ i(region, ref = \"North\")' {KEYS}", FORMULA,
     "'North' is not a level of 'region'; its levels are N, S"),
    ("an effect for every row", f"fit panel.csv 'y ~ x | trust^year' {KEYS}", DATA,
     "no row of panel.csv is left to fit (40 rows: singleton level of trust^year); take out the effect that has one row a level, or "
     "use a coarser one"),
    ("the outcome on both sides", f"fit panel.csv 'y ~ y + x' {KEYS}", 0,
     "the regressors fit the outcome exactly, so every standard error is rounding noise; is the outcome built from a regressor?"),
    ("what the effects hold already", f"fit panel.csv 'y ~ x + region | trust' {KEYS}", 0,
     "Not identified: regionS (it is a combination of: trust)."),
    ("a factor of thousands of levels", f"fit bad.csv 'y ~ x + ward' {OWN}", FORMULA,
     "ward stands for 3,000 columns, one for each level in the rows used, and a term has at most 1,000; absorb it: | ward",
     {"bad.csv": THOUSANDS}),
    ("a name of two words", f"fit bad.csv 'y ~ agency share' {OWN}", FORMULA,
     "cannot read the formula: expected '+', '|' or the end, found 'share'; a name of several words stands between back-quotes, a text "
     "between quotes\n  y ~ agency share\n             ^",
     {"bad.csv": GOOD.replace(",x\n", ",agency share\n")}),
    ("a name with a minus", f"fit bad.csv 'y ~ agency-share' {OWN}", FORMULA,
     "there is no column 'agency' in bad.csv; did you mean 'agency-share'?",
     {"bad.csv": GOOD.replace(",x\n", ",agency-share\n")}),
]

# Data files: keys, cells, calendars, and files that are something else.
CELLS = [
    ("a row twice", READ, DATA,
     "bad.csv, row 42: unit 'a' and period '2015' stand in row 2 already; a unit has one row a period, so remove one or add the keys "
     "that tell them apart",
     {"bad.csv": GOOD + "a,2015,3,4\n"}),
    ("text among numbers", READ, DATA,
     "column 'x' of bad.csv holds text and is used as a number: row 42 holds 'n.k.', which is not a number; correct it or mark it as "
     "missing, or write factor(x) if its texts are categories",
     {"bad.csv": GOOD + "i,2015,3,n.k.\n"}),
    ("a decimal comma", READ, DATA,
     "column 'x' of bad.csv holds text and is used as a number: row 42 holds '4,5', which has a decimal comma; write a point; correct "
     "it or mark it as missing, or write factor(x) if its texts are categories",
     {"bad.csv": GOOD + 'i,2015,3,"4,5"\n'}),
    ("a column name twice", READ, DATA,
     "bad.csv, row 1: columns 3 and 4 are both named 'y'; rename one",
     {"bad.csv": GOOD.replace(",x\n", ",y\n")}),
    ("two calendars", READ, DATA,
     "bad.csv, row 42: '2015Q1' is a quarter and '2015' in row 2 a year; one column holds one kind of period",
     {"bad.csv": GOOD + "i,2015Q1,3,4\n"}),
    ("a fifth quarter", READ, DATA,
     "bad.csv, row 2: '2015 Q5' in column 'time' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a whole "
     "number",
     {"bad.csv": GOOD.replace(",2015,", ",2015 Q5,")}),
    ("a letter in a year", READ, DATA,
     "bad.csv, row 42: '2O15' in column 'time' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a whole "
     "number",
     {"bad.csv": GOOD + "i,2O15,3,4\n"}),
    ("months before days", READ, DATA,
     "bad.csv, row 2: '04/30/2015' in column 'time' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a "
     "whole number",
     {"bad.csv": GOOD.replace(",2015,", ",04/30/2015,")}),
    ("a total among the units", READ, 0,
     "'England' is a total of the table and not one of its units: 1 row set aside, the first in row 42; give it another name if it is "
     "a unit.",
     {"bad.csv": GOOD + "England,2015,80,40\n"}),
    ("a percent sign in one cell", READ, 0,
     "cells with % were divided by 100, check the units.",
     {"bad.csv": GOOD + "i,2015,3,4%\n"}),
    ("a year that is missing", f"fit bad.csv 'y ~ l(x, 1)' {OWN}", 0,
     "only 16 of 32 rows are used (16 l(x, 1) has no value (a period is missing or lies before the first; a step is 1 year)); the "
     "sample may differ from the population.",
     {"bad.csv": "".join(line for line in GOOD.splitlines(True) if ",2017," not in line)}),
    ("a negative weight", f"{READ} --weights w", DATA,
     "bad.csv, row 4: weight 'w' is -4; weights must not be negative, so correct it or leave the row out",
     {"bad.csv": weighted(lambda i: -4 if i == 3 else 1)}),
    ("weights missing in every other row", f"{READ} --weights w", 0,
     "only 20 of 40 rows are used (20 w missing (weight)); the sample may differ from the population.",
     {"bad.csv": weighted(lambda i: 1 if i % 2 else "")}),
    ("a workbook", f"fit bad.xlsx 'y ~ x' {OWN}", DATA,
     "bad.xlsx cannot be unpacked: it is no zip archive, which a spreadsheet is; it was cut short or damaged, or another kind of file "
     "was given its name",
     {"bad.xlsx": b"PK\x03\x04" + bytes(60)}),
    ("successions in a circle", f"{FIT} --succession bad.csv", DATA,
     "bad.csv, row 2: the successions go round in a circle: T0 became T1 became T0 (rows 2, 3); delete one of them",
     {"bad.csv": SUCCESSION + "T0,T1\nT1,T0\n"}),
    ("two successors", f"{FIT} --succession bad.csv", DATA,
     "bad.csv, row 3: 'T0' became 'T2' here and 'T1' in row 2; a code has one successor, so keep one of the lines",
     {"bad.csv": SUCCESSION + "T0,T1\nT0,T2\n"}),
]

# Drivers, methods and their options.
DRIVERS = [
    ("a method misspelt", f"{DECOMPOSE} --use chnage", USAGE,
     "there is no decomposition 'chnage'; did you mean 'change'?"),
    ("a driver that is not in the formula", f"decompose panel.csv 'y ~ x + z | trust' {KEYS} --driver a=w --use change", USAGE,
     "driver 'a' names the term 'w', which is not a regressor of the formula; did you mean 'x'?"),
    ("a driver without its terms", f"decompose panel.csv 'y ~ x + z | trust' {KEYS} --driver capital --use change", USAGE,
     "--driver 'capital' has no '='; write --driver name=term,term"),
    ("a term in two drivers", f"decompose panel.csv 'y ~ x + z | trust' {KEYS} --driver a=x --driver b=x --use change", USAGE,
     "the term 'x' is claimed by the drivers 'a' and 'b'; a regressor belongs to one"),
    ("an option of a method misspelt", f"{DECOMPOSE} --use 'change(form = 2015)'", USAGE,
     "change has no option 'form'; did you mean 'from'?"),
    ("a period before the panel", f"{DECOMPOSE} --use 'change(from = 2014, to = 2019)'", USAGE,
     "from = 2014 is no period of the rows used, which run from 2015 to 2019 (lags take away the first periods)"),
    ("a bracket left open", f"{DECOMPOSE} --use 'change(from = 2015'", USAGE,
     "cannot read the method 'change(from = 2015': expected ')'\n  change(from = 2015\n                    ^"),
    ("gelbach without its base", f"{DECOMPOSE} --use gelbach", USAGE,
     "gelbach needs base, the terms of the short regression, such as gelbach(base = log(fte))"),
    ("a value by position that means something else", f"{DECOMPOSE} --use 'shapley(5)'", USAGE,
     "of = 5 is not one of within, total"),
    ("a group that is no level", f"{DECOMPOSE} --use 'oaxaca(groups = region, a = North, b = S)'", USAGE,
     "a = North is no level of 'region' in the rows used; its levels are N, S"),
    ("no group at all", f"{DECOMPOSE} --use oaxaca", USAGE,
     "oaxaca compares two groups: give groups = COLUMN (with a = and b =, or cut =), or from = and to ="),
    ("a percentile for a quantile", f"decompose panel.csv 'y ~ x + z' {KEYS} --driver a=x "
     "--use 'rif(groups = region, a = N, b = S, statistic = quantile, tau = 50)'", USAGE,
     "tau = 50 is no level of a quantile; give a number above 0 and below 1"),
    ("a reliability above one", f"{DECOMPOSE} --use 'errors_in_variables(term = x, reliability = 1.5)'", USAGE,
     "reliability = 1.5 is no share; give a number above 0 and at most 1, such as 0.8"),
    ("one draw", f"{DECOMPOSE} --use change --bootstrap 'cluster(draws = 1)'", USAGE,
     "draws = 1 is too few or too many replicates; give 20 to 1000000, such as 999"),
]

# Configurations: sections, keys, values and what they name.
CONFIGURATIONS = [
    ("a key misspelt", RUN, USAGE,
     "study.cfg, row 6: [model] has no key 'fromula'; did you mean 'formula'?",
     {"study.cfg": MODEL.replace("formula", "fromula")}),
    ("a section misspelt", RUN, USAGE,
     "study.cfg, row 6: there is no section [modle]; did you mean [model]?",
     {"study.cfg": MODEL.replace("[model]", "[modle]")}),
    ("a key in the wrong section", RUN, USAGE,
     "study.cfg, row 7: [model] has no key 'seed'; its keys are title, outcome, formula, estimator, covariance, profile, weights, "
     "subset, split, fsplit, singletons, question, test",
     {"study.cfg": MODEL + "seed = 1\n"}),
    ("a word for yes or no", RUN, USAGE,
     "study.cfg, row 5: 'maybe' is not a value for 'simulated' of [data]; it takes yes or no",
     {"study.cfg": MODEL.replace("[model]", "simulated = maybe\n[model]")}),
    ("a model file that is not there", RUN, IO,
     "cannot read 'base.model': No such file or directory; check the path and its permissions",
     {"study.cfg": HEAD + "[run]\nmodel = base.model\n"}),
    ("data in a model file", RUN, USAGE,
     "b.model, row 2: a model file has the sections [model], [driver] and [decompose]; [data] belongs in a config",
     {"study.cfg": HEAD + "[run]\nmodel = b.model\n", "b.model": "[data]\nfile = panel.csv\n"}),
    ("two methods in one line", RUN, USAGE,
     "cannot read the method 'change, shapley': expected '(' or the end\n  change, shapley\n        ^",
     {"study.cfg": MODEL + "[decompose]\nuse = change, shapley\n"}),
    ("a report without what it must say", RUN, USAGE,
     "a report needs measure, status, vintage, source, population, weights, estimand, commissioner, author, assurer, review_date under "
     "[report] of the configuration, and nothing is made up; write them there and run again, or give --report.measure TEXT",
     {"study.cfg": MODEL + "[output]\nreport = r.html\n"}),
    ("a result over the configuration", RUN, USAGE,
     "the result file 'study.cfg' is the same file as the configuration 'study.cfg', which is read and would be lost; write to another "
     "path",
     {"study.cfg": MODEL + "[output]\nresult = study.cfg\n"}),
    ("a flag misspelt", f"{RUN} --model.formla 'y ~ z'", USAGE,
     "headwater run has no option '--model.formla'; did you mean '--model.formula'?",
     {"study.cfg": MODEL}),
]

# Result files: what is asked of them, and files that are none.
RESULTS = [
    ("a table of data", "show panel.csv", DATA,
     "panel.csv is not an HDF5 file; give a file that headwater has written"),
    ("a result cut off", "show half.h5", DATA,
     "half.h5 is cut off: it has 9,000 of SIZE bytes; copy it again or write it again"),
    ("a fit that is not there", "table good.h5 --fits full", USAGE,
     "the result has no fit 'full'; it has model"),
    ("a table over its result", "table good.h5 -o good.h5", USAGE,
     "the table file 'good.h5' is the same file as the result file 'good.h5', which is read and would be lost; write to another path"),
    ("a component misspelt", "contrast good.h5 'change:capitol - change:digital'", USAGE,
     "model/1_change has no component 'capitol'; did you mean 'capital'?"),
    ("a decomposition that was not made", "contrast good.h5 'shapley:capital - change:digital'", USAGE,
     "the result has no decomposition 'shapley'; it has change, gelbach, each also under its full name, such as model/2_gelbach"),
    ("a product of components", "contrast good.h5 'change:capital * change:digital'", USAGE,
     "cannot read the contrast: expected an operator (+, -, =) or the end\n  change:capital * change:digital\n                 ^"),
]


class FirstHour(MistakesTest):
    def test_there_are_88(self):
        mistakes = WORDS + FORMULAS + CELLS + DRIVERS + CONFIGURATIONS + RESULTS
        self.assertEqual(len(mistakes), 88)
        self.assertEqual(len({name for name, *_ in mistakes}), 88, "each under a name of its own")

    def test_words(self):
        self.answers(WORDS)

    def test_formulas(self):
        self.answers(FORMULAS)

    def test_data(self):
        self.answers(CELLS)

    def test_decompositions(self):
        self.answers(DRIVERS)

    def test_configurations(self):
        self.answers(CONFIGURATIONS)

    def test_results(self):
        self.answers(RESULTS)


if __name__ == "__main__":
    unittest.main()
