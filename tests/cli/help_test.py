"""Help, wrong calls and what a shell does to the command: whole messages, whole exit codes."""

import pathlib
import subprocess

from command import COMMAND, REFERENCE, CommandTest, run


class Help(CommandTest):
    def test_every_flag_of_every_command_is_in_its_help(self):
        for command, flags in {"show": ["--format VALUE", "--config", "--stars", "--help"],
                               "convert": ["--unit VALUE", "--time VALUE", "--text VALUE", "--help"],
                               "simulate": ["--scenario VALUE", "--seed VALUE", "--trusts VALUE", "--truth VALUE"],
                               "run": ["--data.file VALUE", "--run.seed VALUE", "--print-config", "--format VALUE"],
                               "check": ["--data.file VALUE", "--print-config"],
                               "decompose": ["--driver VALUE", "--use VALUE", "--test VALUE", "--allow-failures"]}.items():
            _, out, _ = run(command, "--help")
            for flag in flags:
                self.assertIn(f"\n  {flag}", out)

    def test_three_ways_to_ask(self):
        answers = [run("fit", "--help"), run("fit", "-h"), run("help", "fit")]
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])
        self.assertEqual(run("--help"), run("help"))

    def test_no_words_at_all_is_an_error_that_helps(self):
        code, out, _ = run()
        self.assertEqual(code, 2)
        self.assertTrue(out.startswith("headwater explains the productivity of organisations observed over time.\n\n  run         fit"))


class WrongCalls(CommandTest):
    def test_whole_messages(self):
        panel = self.panel()
        fit = ["fit", panel, "y ~ x | trust"]
        for words, expected in [
            (["check"], "headwater check takes a configuration or a file of data: headwater check CONFIG | FILE"),
            (["run"], "headwater run takes a configuration: headwater run CONFIG"),
            (["fit", panel], "headwater fit takes a data file and a formula: headwater fit DATA FORMULA [options]"),
            (["simulate"], "headwater simulate needs --output FILE or --sources FOLDER"),
            (["show"], "headwater show takes a result file: headwater show RESULT"),
            (["convert", panel], "headwater convert takes two files: headwater convert IN OUT.h5"),
            (["convert", panel, "panel.csv"],
             "'panel.csv' does not end in .h5; headwater convert writes Headwater's HDF5 panel"),
            ([*fit, "--format", "yaml"], "--format is 'yaml'; it is text, json or csv"),
            ([*fit, "--unit"], "the option '--unit' needs a value, or was given one it does not take"),
            ([*fit, "--unit=trust", "--unit=year"], "--unit is given twice; keep one"),
            ([*fit, "--driver", "capital"], "--driver 'capital' has no '='; write --driver name=term,term"),
            (["check", "x.cfg", "--format", "json"], "headwater check has no option '--format'; did you mean '--run.seed'?"),
            (["decompose", panel, "y ~ x | trust"],
             "headwater decompose needs --use, such as --use 'change' (see headwater methods)"),
        ]:
            with self.subTest(words=words):
                code, message = self.message(*words) if "json" not in words else self.json_error(*words)
                if "check" in words and "json" in words:
                    message = message.split(";")[0]
                    expected = expected.split(";")[0]
                self.assertEqual((code, message), (2, expected))

    def json_error(self, *words):
        code, out, err = run(*words)
        self.assertTrue(out.startswith('{"schema": "headwater.error/1", "kind": "usage"'), out)
        return code, err[len("headwater: error: "):].rstrip("\n")


class Shell(CommandTest):
    def test_a_full_disk_is_an_error(self):
        if not pathlib.Path("/dev/full").exists():
            self.skipTest("there is no /dev/full here")
        with open("/dev/full", "w") as full:
            done = subprocess.run([COMMAND, "methods"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((done.returncode, done.stderr),
                         (7, "headwater: error: cannot write to standard output; check the disk it goes to\n"))

    def test_a_closed_pipe_ends_quietly(self):
        done = subprocess.run(["bash", "-c", f"'{COMMAND}' methods | head -n 1 >/dev/null; echo ${{PIPESTATUS[0]}}"],
                              capture_output=True, text=True)
        self.assertIn(done.stdout.strip(), ["0", "141"])
        self.assertEqual(done.stderr, "")


class Configs(CommandTest):
    def test_the_real_panel_says_what_it_cannot_tell(self):
        data = REFERENCE / "nhs" / "nhs_core_2013_2016.csv"
        if not data.exists():
            self.skipTest("the reference data do not lie beside this checkout")
        code, out, err = run("check", pathlib.Path(__file__).resolve().parents[2] / "configs" / "nhs-acute-2013-2016.cfg",
                             "--data.file", data)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("Not identified: ifelse(is.na(dma_overall_2025), 0, dma_overall_2025)", " ".join(out.split()))
        self.assertNotIn("productivity", out)

    def test_print_config_is_a_config(self):
        config = self.write("a.cfg", f"[data]\nfile = {self.panel()}\nunit = trust\ntime = year\n[model]\nformula = y ~ x | trust\n")
        code, printed, err = run("run", config, "--print-config", "--run.seed", "7")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("seed", printed)
        again = self.write("b.cfg", printed)
        self.assertEqual(run("run", again, "--print-config"), (0, printed, ""))


class Simulated(CommandTest):
    def test_same_seed_same_bytes(self):
        for name in ["a.csv", "b.csv"]:
            code, _, err = run("simulate", "--output", self.folder / name, "--truth", self.folder / f"truth-{name}",
                               "--trusts", 30, "--quarters", 12, "--seed", 5)
            self.assertEqual((code, err), (0, ""))
        for prefix in ["", "truth-"]:
            self.assertEqual((self.folder / f"{prefix}a.csv").read_bytes(), (self.folder / f"{prefix}b.csv").read_bytes())
        self.assertEqual((self.folder / "truth-a.csv").read_text().splitlines()[0], "trust,quarter,name,value")

    def test_an_unknown_scenario_is_refused(self):
        code, message = self.message("simulate", "--output", "a.csv", "--scenario", "clena")
        self.assertEqual(code, 2)
        self.assertIn("clena", message)
        self.assertFalse((self.folder / "a.csv").exists())
