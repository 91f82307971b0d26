"""headwater check of a file of data: what is in the panel, without a configuration."""

from command import CommandTest, run


class CheckTest(CommandTest):
    def data(self):
        rows = ["org,quarter,y,beds,type,flag,note"]
        for u, org in enumerate(["R01", "R02", "R03", "R04"]):
            for t in range(4):
                if (org, t) in {("R02", 1), ("R03", 0), ("R04", 3)}:
                    continue
                kind = "acute" if org != "R02" or t < 2 else "mental"
                rows.append(f"{org},2021-22 Q{t + 1},{u + t * t},{100 * u},{kind},{int(t > 1)},{'' if t else 'x'}")
        return self.write("panel.csv", "\n".join(rows) + "\n")

    def checked(self, *words):
        code, out, err = run("check", *words, cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        return out

    def test_the_panel_is_described_without_a_word_about_it(self):
        out = self.checked(self.data())
        for line in ["13 rows; 4 units in 'org'; 4 periods in 'quarter'.",
                     "The keys were looked for in the data; name others with --unit and --time.",
                     "Periods: 2021-22 Q1 to 2021-22 Q4, each a financial quarter, in steps of 1.",
                     "Rows a unit: 3 to 4, median 3.", "Not balanced: 1 of 4 units have a row in every period.",
                     "Gaps: 1 unit without a row between the first and last period:", "  - R02 has no 2021-22 Q2",
                     "  - org, unit key: the unit; compared as text",
                     "  - quarter, time key: the time; in every cell: financial quarter",
                     "  - type, text: row 2 holds 'acute', which is not a number",
                     "  - type (2 values): 1 of 4 units changes", "  - flag (2 values): 4 of 4 units change"]:
            self.assertIn(line + "\n", out)
        self.assertRegex(out, r"2021-22 Q2 +3 +1 +0\n")
        self.assertRegex(out, r"2021-22 Q4 +3 +0 +1\n")
        self.assertRegex(out, r"flag +0 or 1 +2 +0\n")
        self.assertRegex(out, r"beds +138\.5 +119\.3 +129\.1 +0\n", "beds never change within a unit")

    def test_named_keys_are_used(self):
        out = self.checked(self.data(), "--unit", "org")
        self.assertIn("name others with --time.\n", out)
        self.assertNotIn("looked for", self.checked(self.data(), "--unit", "org", "--time", "quarter"))

    def test_integers_name_the_time_by_their_column(self):
        out = self.checked(self.write("p.csv", "id,year,y\n1,2001,3\n1,2002,4\n2,2001,5\n2,2002,5\n"))
        self.assertIn("4 rows; 2 units in 'id'; 2 periods in 'year'.\n", out)
        self.assertIn("Balanced: every unit has a row in every period.\n", out)

    def test_a_cross_section_has_a_unit_alone(self):
        out = self.checked(self.write("p.csv", "code,y\nA,1\nB,2\nC,2\n"))
        self.assertIn("3 rows; 3 units in 'code'; no time key.\n", out)

    def test_nothing_that_fits_is_no_key(self):
        out = self.checked(self.write("p.csv", "y,z\n1.5,1\n2.5,1\n2,2\n"))
        self.assertIn("3 rows; no unit key; no time key.\n", out)

    def test_a_configuration_shows_the_same(self):
        self.data()
        config = self.write("c.cfg", "[data]\nfile = panel.csv\nunit = org\ntime = quarter\n[model]\nformula = y ~ beds\n")
        out = self.checked(config)
        self.assertIn("  - R02 has no 2021-22 Q2\n", out)
        self.assertIn("  - type (2 values): 1 of 4 units changes\n", out)

    def test_flags_go_with_the_argument(self):
        data = self.data()
        self.assertEqual(self.message("check", data, "--model.formula", "y ~ x"),
                         (2, "--model.formula belongs to a configuration; headwater check FILE takes --unit, --time, --succession and --text"))
        config = self.write("c.cfg", "[data]\nfile = panel.csv\n[model]\nformula = y ~ beds\n")
        self.assertEqual(self.message("check", config, "--unit", "org"),
                         (2, "--unit belongs to a file of data; with a configuration write --data.unit and the like"))
        self.assertEqual(self.message("check", data, "--unit", "orgg"), (2, f"the unit key 'orgg' is not a column of {data}; did you mean 'org'?"))
