"""Words that every command takes, standard input, completions and the man page."""

import os
import pty
import re
import shutil
import subprocess
import time
import unittest

from command import COMMAND, CommandTest, run

FIT = ["y ~ x | trust", "--unit", "trust", "--time", "year"]


class Words(CommandTest):
    def test_o_names_the_first_output_everywhere(self):
        panel = self.panel()
        config = self.write("run.cfg", f"[data]\nfile = {panel}\nunit = trust\n[model]\nformula = y ~ x | trust\n")
        for words in (["fit", panel, *FIT], ["decompose", panel, *FIT, "--driver", "a=x", "--use", "change(from = 2015, to = 2018)"],
                      ["run", config], ["simulate", "--trusts", 5, "--quarters", 4], ["table", self.folder / "r.h5"]):
            with self.subTest(words=words[0]):
                path = self.folder / (words[0] + ".out")
                code, _, err = run(*words, "-o", path)
                self.assertEqual((code, err), (0, ""))
                self.assertTrue(path.exists())
                if words[0] == "fit":
                    path.rename(self.folder / "r.h5")

    def test_quiet_prints_errors_alone(self):
        panel = self.panel()
        code, out, err = run("fit", panel, *FIT, "--quiet", "-o", self.folder / "r.h5")
        self.assertEqual((code, out, err), (0, "", ""))
        self.assertTrue((self.folder / "r.h5").exists())
        self.assertEqual(run("simulate", "--quiet", "--output", self.folder / "s.csv", "--trusts", 5, "--quarters", 4), (0, "", ""))
        self.assertEqual(self.message("fit", panel, "y ~ nothing", "--quiet")[0], 4)

    def test_verbose_says_what_was_done_on_standard_error(self):
        panel, out = self.panel(), self.folder / "r.h5"
        code, text, err = run("fit", panel, *FIT, "--verbose", "-o", out)
        self.assertEqual(code, 0)
        self.assertEqual(text, run("show", out)[1])
        stages = [re.sub(r"[\d.e-]+ s$", "T", line) for line in err.splitlines()]
        self.assertEqual(stages, [f"headwater: reading {panel}: T", "headwater: fitting: T", f"headwater: writing {out}: T"])

    def test_without_a_terminal_there_is_no_progress(self):
        panel = self.panel()
        self.assertEqual(run("fit", panel, *FIT)[2], "")

    def test_progress_on_a_terminal_after_two_seconds(self):
        panel = self.folder / "big.csv"
        self.assertEqual(run("simulate", "--output", panel, "--trusts", 300, "--quarters", 40)[0], 0)
        ours, theirs = pty.openpty()
        started = subprocess.Popen([COMMAND, "decompose", panel, "log(activity / resource) ~ l(agency_share, 1) + l(dma, 1) | trust + type^quarter",
                                    "--unit", "trust", "--time", "quarter", "--driver", "a=l(agency_share, 1)", "--driver", "b=l(dma, 1)",
                                    "--use", "change", "--bootstrap", "cluster(draws = 99999)"], stdout=subprocess.DEVNULL, stderr=theirs)
        os.close(theirs)
        time.sleep(6)
        started.terminate()
        started.wait()
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        self.assertRegex(shown, r"cluster bootstrap: [\d,]+ of 99,999 \(\d+ %\), [\d.e+]+ a second, [\d,]+ (s|min|h) left")


class StandardInput(CommandTest):
    def test_data_come_through_a_pipe(self):
        panel = self.panel()
        from_file = run("fit", panel, *FIT, "--format", "csv")
        piped = subprocess.run([COMMAND, "fit", "-", *FIT, "--format", "csv"], input=panel.read_text(), capture_output=True, text=True)
        self.assertEqual((piped.returncode, piped.stdout, piped.stderr), from_file)

    def test_what_comes_is_called_standard_input(self):
        done = subprocess.run([COMMAND, "fit", "-", "y ~ nothing"], input="y,x\n1,2\n2,3\n", capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr),
                         (4, "headwater: error: there is no column 'nothing' in standard input; its columns are y, x\n"))
        done = subprocess.run([COMMAND, "fit", "-", "y ~ x"], input="", capture_output=True, text=True)
        self.assertEqual(done.returncode, 3)
        self.assertIn("standard input", done.stderr)

    def test_a_file_on_standard_input_is_not_written_over(self):
        panel = self.panel()
        before = panel.read_bytes()
        with panel.open() as data:
            done = subprocess.run([COMMAND, "fit", "-", *FIT, "-o", panel], stdin=data, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("is the same file as the data file '/dev/stdin', which is read and would be lost", done.stderr)
        self.assertEqual(panel.read_bytes(), before)


class Cards(CommandTest):
    """Help, man page and completions know the same commands and flags."""

    def flags(self, command):
        return re.findall(r"^  --([\w.-]+)", run(command, "--help")[1], re.M)

    def commands(self):
        return re.findall(r"^  (\w+) +", run("--help")[1].split("Start with")[0], re.M)

    def test_help_of_run_has_sections(self):
        out = run("run", "--help")[1]
        heads = re.findall(r"^\[(\w+)\]$", out, re.M)
        self.assertEqual(heads, ["data", "run", "output", "model", "report", "decompose"])
        of_data = run("run", "--help", "data")[1]
        self.assertTrue(of_data.startswith("  --data.file VALUE"))
        self.assertNotIn("--run.seed", of_data)
        self.assertEqual(of_data, run("help", "run", "data")[1])
        self.assertIn(of_data, out)
        self.assertEqual(self.message("run", "--help", "dta"),
                         (2, "headwater run has no section 'dta'; they are data, run, output, model, report, decompose"))
        self.assertEqual(self.message("fit", "--help", "data"), (2, "headwater fit has no section 'data'; see headwater fit --help"))

    def test_every_flag_is_in_the_man_page_and_in_every_completion(self):
        man = run("man")[1].replace("\\-", "-")
        scripts = {shell: run("completion", shell)[1] for shell in ("bash", "zsh", "fish")}
        self.assertIn("completion", self.commands())
        for command in self.commands():
            self.assertIn(f".SS {command}\n", man)
            for flag in self.flags(command):
                self.assertIn(f"--{flag}", man.split(f".SS {command}\n")[1].split(".SS ")[0])
                self.assertIn(f"--{flag}", scripts["bash"])
                self.assertIn(f"--{flag}[", scripts["zsh"])
                self.assertIn(f"seen_subcommand_from {command}' -l {flag} ", scripts["fish"])
        self.assertEqual(self.message("completion", "tcsh"), (2, "there are completions for bash, zsh and fish, not for 'tcsh'"))

    def test_bash_completes(self):
        def complete(*words):
            program = (f"source <('{COMMAND}' completion bash); COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; "
                       "_headwater; printf '%s\\n' \"${COMPREPLY[@]}\"")
            return subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(complete("headwater", "sim"), ["simulate"])
        self.assertEqual(complete("headwater", "fit", "--cov"), ["--covariance"])
        self.assertEqual(complete("headwater", "run", "--data.un"), ["--data.unit"])
        self.assertEqual(complete("headwater", "completion", "z"), ["zsh"])
        self.assertEqual(complete("headwater", "methods", "gelb"), ["gelbach"])

    def test_other_shells_and_man_accept_them(self):
        for shell, words in (("zsh", ["zsh", "-n"]), ("fish", ["fish", "-n"])):
            if shutil.which(shell):
                path = self.write("script", run("completion", shell)[1])
                done = subprocess.run([*words, path], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
        if shutil.which("groff"):
            page = self.write("headwater.1", run("man")[1])
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", page], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
