"""Bad files, keys, periods, weights and clusters: the whole message, a non-zero exit and nothing half-written."""

from command import CommandTest, run

FIT = ["y ~ x", "--unit", "unit", "--time", "time"]


class BadInput(CommandTest):
    def refused(self, text, message, code=3, words=FIT, name="bad.csv"):
        path = self.write(name, text)
        result = self.folder / "result.h5"
        got_code, got = self.message("fit", path, *words, "--output", result)
        self.assertEqual((got_code, got), (code, message.replace("FILE", str(path))))
        self.assertFalse(result.exists())

    def test_files(self):
        self.refused("", "FILE is empty; it needs a header line and rows")
        self.refused("unit,time,y,x\n", "FILE has a header and no rows; there is nothing to fit")
        self.refused(b"\xff\xfeu\x00", "FILE is UTF-16 text, which is not read; save it as UTF-8")
        self.refused(b"unit,time,y,x\na,1,2,\x00\n", "FILE, row 2: column 4: there is a NUL byte, so this is not plain text; save it as UTF-8 CSV")
        self.refused(b"unit,time,y,x\na,1,2,\xe9\n",
                     "FILE, row 2: column 4: a byte is not UTF-8 (the file may be Latin-1 or Windows-1252); save it as UTF-8")
        self.refused('unit,time,y,x\na,1,2,"3\nb,1,2,3\n',
                     "FILE, row 2: the quote that opens field 4 is never closed; close it or double it")
        self.refused("unit,time,y,x\na,1,2\n", "FILE, row 2: the row has 3 fields and the header 4; the first that is missing is 'x'")
        self.refused("unit,time,y,x\na,1,2,3,4\n",
                     "FILE, row 2: the row has 5 fields and the header 4; a comma inside a value needs quotes around it")
        self.refused("unit,time,y,y\na,1,2,3\n", "FILE, row 1: columns 3 and 4 are both named 'y'; rename one")
        self.refused("unit,time,,x\na,1,2,3\n", "FILE, row 1: column 3 has no name; give every column a name")

    def test_a_directory_and_a_missing_file(self):
        self.assertEqual(self.message("fit", self.folder, *FIT),
                         (7, f"cannot read '{self.folder}': it is a directory; give the path of a file"))
        missing = self.folder / "none.csv"
        self.assertEqual(self.message("fit", missing, *FIT),
                         (7, f"cannot read '{missing}': No such file or directory; check the path and its permissions"))

    def test_keys(self):
        self.refused("unit,time,y,x\na,1,2,3\na,1,4,5\n",
                     "FILE, row 3: unit 'a' and period '1' stand in row 2 already; a unit has one row a period, so remove one or add the keys "
                     "that tell them apart")
        self.refused("unit,time,y,x\n,1,2,3\n", "FILE, row 2: the unit key 'unit' is empty; every row needs one")
        self.refused("unit,time,y,x\na,,2,3\n", "FILE, row 2: the time key 'time' is empty; every row needs one")
        self.refused("unit,time,y,x\na,soon,2,3\n",
                     "FILE, row 2: 'soon' in column 'time' is not a period; write 2024Q1, 2024-25 Q1, 2024-25, 2024, 2024-04, a date or a whole number")
        self.refused("unit,time,y,x\na,2001,2,3\na,2001Q1,2,4\n",
                     "FILE, row 3: '2001Q1' is a quarter and '2001' in row 2 a year; one column holds one kind of period")

    def test_texts_and_numbers(self):
        self.refused("unit,time,y,x\na,1,1,2\na,2,2,3\na,3,3,oops\nb,1,4,5\nb,2,5,7\n",
                     "column 'x' of FILE holds text and is used as a number: row 4 holds 'oops', which is not a number; correct it or mark it as missing",
                     words=["y ~ log(x)", "--unit", "unit", "--time", "time"])

    def test_weights(self):
        self.refused("unit,time,y,x,w\na,1,1,2,1\na,2,2,3,-1\n",
                     "FILE, row 3: weight 'w' is -1; weights must not be negative, so correct it or leave the row out", words=[*FIT, "--weights", "w"])
        self.refused("unit,time,y,x,w\na,1,1,2,0\na,2,2,3,0\n",
                     "no row of FILE is left to fit (2 rows: zero weight); check the columns named", words=[*FIT, "--weights", "w"])

    def test_clusters(self):
        rows = "".join(f"a,{t},{t * t},{t},one\n" for t in range(6))
        self.refused("unit,time,y,x,g\n" + rows,
                     "all rows used lie in one cluster of 'g', so nothing varies between clusters; cluster by something finer",
                     words=["y ~ x", "--unit", "unit", "--time", "time", "--covariance", "cluster(g)"])

    def test_an_unwritable_result_loses_nothing(self):
        panel = self.panel()
        target = self.folder / "folder.h5"
        target.mkdir()
        code, _, err = run("fit", panel, "y ~ x | trust", "--unit", "trust", "--time", "year", "--output", target)
        self.assertEqual(code, 7, err)
        self.assertEqual(list(target.iterdir()), [])

    def test_a_locale_with_decimal_commas_changes_nothing(self):
        panel = self.panel()
        words = ["fit", panel, "y ~ x | trust", "--unit", "trust", "--time", "year", "--format", "json"]
        self.assertEqual(run(*words)[1], run(*words, env={"LC_ALL": "de_DE.UTF-8"})[1])
