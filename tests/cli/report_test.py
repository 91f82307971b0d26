"""The report as a stranger asks for it: what is missing is named, and a file is complete or absent."""

import pathlib
import re

from command import CommandTest, run

KEYS = ["measure", "status", "vintage", "source", "population", "weights", "estimand", "commissioner", "author", "assurer",
        "review_date"]
NO_PAGE = "this build has no report page"


class Report(CommandTest):
    def result(self):
        path = self.folder / "result.h5"
        code, _, err = run("fit", self.panel(), "y ~ x + z | trust + year", "--unit", "trust", "--time", "year", "--output", path)
        self.assertEqual(code, 0, err)
        return path

    def captions(self):
        return [word for key in KEYS for word in (f"--report.{key}", f"the {key}")]

    def test_a_missing_key_is_named(self):
        result = self.result()
        self.assertEqual(
            self.message("report", result, "-o", "report.html", *self.captions()[2:]),
            (2, "a report needs measure under [report] of the configuration, and nothing is made up; write them there and run "
                "again, or give --report.measure TEXT"))
        self.assertFalse((self.folder / "report.html").exists())

    def test_a_configuration_that_asks_for_a_report_is_checked_before_anything_runs(self):
        self.panel()
        config = self.write("run.cfg", "[data]\nfile = panel.csv\nunit = trust\ntime = year\n[model]\nformula = y ~ x | trust\n"
                                       "[output]\nreport = report.html\n[report]\nmeasure = y\n")
        code, message = self.message("run", config)
        self.assertEqual(code, 2)
        self.assertIn("a report needs status, vintage, source,", message)

    def test_unknown_keys_and_audiences_are_answered(self):
        self.panel()
        config = self.write("run.cfg", "[data]\nfile = panel.csv\n[model]\nformula = y ~ x\n[report]\nmesure = y\n")
        code, message = self.message("check", config)
        self.assertEqual(code, 2)
        self.assertIn("[report] has no key 'mesure'; did you mean 'measure'?", message)
        self.assertEqual(self.message("report", self.result(), "-o", "report.html", "--audience", "everyone"),
                         (2, "the audience is 'everyone'; it is publish or internal"))
        self.assertEqual(self.message("report", self.result()),
                         (2, "headwater report takes a result file and a place: headwater report RESULT.h5 -o report.html"))

    def test_a_report_is_written_whole(self):
        result, page = self.result(), self.folder / "report.html"
        code, out, err = run("report", result, "-o", page, *self.captions())
        if NO_PAGE in err:
            self.assertEqual(code, 2)
            self.skipTest("this build was made without Node.js")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(out, f"wrote {page} (publish)\n")
        text = page.read_text()
        self.assertTrue(text.startswith("<!DOCTYPE html>") and text.endswith("</html>\n"))
        self.assertEqual(len(re.findall(r"</script>", text)), 3)
        again = self.folder / "again.html"
        run("report", result, "-o", again, *self.captions())
        self.assertEqual(text, again.read_text(), "the same result gives the same bytes")
        code, message = self.message("report", result, "-o", self.folder, *self.captions())
        self.assertEqual(code, 7)
        self.assertIn("it is a directory", message)
        self.assertEqual(sorted(p.name for p in pathlib.Path(self.folder).glob("*.partial*")), [])
