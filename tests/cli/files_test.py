"""What a command reads it does not destroy, what it writes is whole, and what it prints is not obeyed."""

import json
import os
import pty
import pathlib
import shutil
import signal
import subprocess
import time
import unittest

from command import COMMAND, CommandTest, run


class Inputs(CommandTest):
    def setUp(self):
        super().setUp()
        self.data = self.panel()
        self.fit = ["fit", "panel.csv", "y ~ x | trust", "--unit", "trust", "--time", "year"]
        self.captions = [word for key in ["measure", "status", "vintage", "source", "population", "weights", "estimand",
                                          "commissioner", "author", "assurer", "review_date"] for word in (f"--report.{key}", "x")]

    def refused(self, words, written, read, path, source):
        """The command is refused before it starts, and the file is as it was."""
        kept = {each.name: each.read_bytes() for each in self.folder.iterdir() if each.is_file()}
        code, message = self.message(*words)
        self.assertEqual((code, message), (2, f"the {written} '{path}' is the same file as the {read} '{source}', which is read and "
                                              "would be lost; write to another path"))
        self.assertEqual(kept, {each.name: each.read_bytes() for each in self.folder.iterdir() if each.is_file()})

    def result(self):
        code, _, err = run(*self.fit, "--output", "r.h5", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        return "r.h5"

    def at(self, name):
        return str(self.folder / name)

    def test_fit_does_not_write_over_its_data(self):
        os.link(self.data, self.folder / "hard.csv")
        (self.folder / "soft.csv").symlink_to("panel.csv")
        for name in ["panel.csv", "./panel.csv", "hard.csv", "soft.csv", self.at("panel.csv")]:
            with self.subTest(name=name):
                full = os.path.normpath(self.folder / name)
                self.refused([*self.fit, "--output", name], "result file", "data file", full, self.at("panel.csv"))

    def test_fit_does_not_write_over_its_succession_table(self):
        self.write("s.csv", "old_code,new_code\nT0,T1\n")
        self.refused([*self.fit, "--succession", "s.csv", "--output", "s.csv"], "result file", "succession table", self.at("s.csv"),
                     self.at("s.csv"))

    def test_run_does_not_write_over_what_it_reads(self):
        self.write("m.model", "[model]\ntitle = t\nformula = y ~ x | trust\n")
        config = "[data]\nfile = panel.csv\nunit = trust\ntime = year\n[run]\nmodel = m.model\n[output]\n"
        for key, role in [("result", "result file"), ("table", "table file"), ("report", "report")]:
            for target, what in [("panel.csv", "data file"), ("m.model", "model file"), ("run.cfg", "configuration")]:
                with self.subTest(key=key, target=target):
                    captions = "[report]\n" + "".join(f"{k[9:]} = x\n" for k in self.captions[::2]) if key == "report" else ""
                    self.write("run.cfg", config + f"{key} = {target}\n" + captions)
                    self.refused(["run", "run.cfg"], role, what, self.at(target), "run.cfg" if what == "configuration" else self.at(target))

    def test_outputs_of_a_run_differ(self):
        self.write("run.cfg", "[data]\nfile = panel.csv\nunit = trust\ntime = year\n[model]\nformula = y ~ x | trust\n"
                              "[output]\nresult = a.h5\ntable = ./a.h5\n")
        code, message = self.message("run", "run.cfg")
        self.assertEqual((code, message), (2, f"the table file '{self.at('a.h5')}' is the same file as the result file "
                                              f"'{self.at('a.h5')}', and one would replace the other; give each a path of its own"))
        self.assertFalse((self.folder / "a.h5").exists())

    def test_readers_of_results_do_not_write_over_them(self):
        self.result()
        (self.folder / "link.h5").symlink_to("r.h5")
        for words, role in [(["table", "r.h5", "--format", "csv", "-o"], "table file"),
                            (["report", "r.h5", *self.captions, "-o"], "report")]:
            for name in ["r.h5", "link.h5"]:
                with self.subTest(words=words[0], name=name):
                    self.refused([*words, name], role, "result file", name, "r.h5")

    def test_convert_and_simulate(self):
        run("convert", "panel.csv", "p.h5", "--unit", "trust", cwd=self.folder)
        self.refused(["convert", "p.h5", "./p.h5"], "panel", "data file", "./p.h5", "p.h5")
        self.assertEqual(self.message("simulate", "--output", "s.csv", "--truth", "./s.csv"),
                         (2, "the truth './s.csv' is the same file as the panel 's.csv', and one would replace the other; give each a "
                             "path of its own"))
        self.assertFalse((self.folder / "s.csv").exists())

    def test_tables_are_not_appended_to_what_is_read(self):
        before = self.data.read_bytes()
        with self.data.open("ab") as data:
            done = subprocess.run([COMMAND, *self.fit], cwd=self.folder, stdout=data, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("the standard output '/dev/stdout' is the same file as the data file", done.stderr)
        self.assertEqual(self.data.read_bytes(), before)


class Outputs(CommandTest):
    """Every command that writes refuses what is no place for a file, at once and before it computes."""

    def writers(self):
        panel = self.panel()
        fit = ["fit", panel, "y ~ x | trust", "--unit", "trust"]
        self.assertEqual(run(*fit, "--output", self.folder / "r.h5")[0], 0)
        config = self.write("run.cfg", f"[data]\nfile = {panel}\nunit = trust\n[model]\nformula = y ~ x | trust\n")
        yield [*fit, "--output"]
        yield ["run", config, "--output.result"]
        yield ["run", config, "--output.table"]
        yield ["table", self.folder / "r.h5", "--format", "csv", "--output"]
        yield ["convert", panel]
        yield ["simulate", "--trusts", 5, "--quarters", 4, "--output"]
        yield ["simulate", "--trusts", 5, "--quarters", 4, "--output", self.folder / "sim.csv", "--truth"]

    def test_no_directory_pipe_device_or_link(self):
        (self.folder / "dir.h5").mkdir()
        os.mkfifo(self.folder / "pipe.h5")
        self.write("real.h5", "precious")
        (self.folder / "link.h5").symlink_to("real.h5")
        places = {"dir.h5": "it is a directory; give the path of a file",
                  "pipe.h5": "it is not a regular file; give the path of a file",
                  "link.h5": "it is a symbolic link; give the path of the file itself, or remove the link"}
        for words in self.writers():
            for name, why in places.items():
                with self.subTest(words=words[0], name=name):
                    path = self.folder / name
                    self.assertEqual(self.message(*words, path), (7, f"cannot write '{path}': {why}"))
        self.assertEqual((self.folder / "real.h5").read_text(), "precious")

    def test_a_planted_link_is_not_written_through(self):
        self.write("precious", "precious")
        for name in ["s.csv.unfinished", "s.csv.partial", "t.csv.unfinished"]:
            (self.folder / name).symlink_to("precious")
        code, _, err = run("simulate", "--trusts", 5, "--quarters", 4, "--output", "s.csv", "--truth", "t.csv", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        self.assertEqual((self.folder / "precious").read_text(), "precious")
        self.assertTrue((self.folder / "s.csv").read_text().startswith("trust,"))

    def test_tables_of_a_run_go_to_their_file_whatever_is_printed(self):
        config = self.write("run.cfg", f"[data]\nfile = {self.panel()}\nunit = trust\n[model]\nformula = y ~ x | trust\n[output]\ntable = t.txt\n")
        for words in ([], ["--format", "json"]):
            code, out, err = run("run", config, *words, cwd=self.folder)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("std. error", (self.folder / "t.txt").read_text())
            (self.folder / "t.txt").unlink()
        self.assertEqual(json.loads(out)["schema"].split("/")[0][:9], "headwater")


class Terminal(CommandTest):
    EVIL = "T\x1b[31m\u202e0"

    def evil_panel(self):
        text = self.panel().read_text().replace(",N,", f",{self.EVIL},")
        return self.write("evil.csv", text)

    def on_a_terminal(self, *words):
        ours, theirs = pty.openpty()
        done = subprocess.run([COMMAND, *map(str, words)], stdout=theirs, stderr=subprocess.PIPE, text=True)
        os.close(theirs)
        shown = b""
        while piece := self.rest(ours):
            shown += piece
        os.close(ours)
        self.assertEqual(done.returncode, 0, done.stderr)
        return shown.decode().replace("\r\n", "\n")

    @staticmethod
    def rest(terminal):
        try:
            return os.read(terminal, 65536)
        except OSError:  # the other end is closed and all is read
            return b""

    def test_names_are_shown_and_not_obeyed(self):
        panel = self.evil_panel()
        out = self.folder / "r.h5"
        words = ["fit", panel, "y ~ x + region", "--unit", "trust", "--time", "year", "--output", out]
        texts = [run(*words)[1], run("show", out)[1]]
        terminals = [self.on_a_terminal("show", out), self.on_a_terminal("show", out, "--format", "csv"),
                     *(self.on_a_terminal("table", out, "--format", each) for each in ("csv", "markdown", "latex", "html"))]
        for shown in texts + terminals:
            self.assertNotRegex(shown, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
        for shown in texts + terminals[:2]:
            self.assertIn(r"T\x1b[31m\u202e0", shown)

    def test_other_programs_get_the_name_itself(self):
        panel, out = self.evil_panel(), self.folder / "r.h5"
        self.assertEqual(run("fit", panel, "y ~ x + region", "--unit", "trust", "--output", out)[0], 0)
        self.assertIn(self.EVIL, run("show", out, "--format", "csv")[1])
        for shown in (run("show", out, "--format", "json")[1], self.on_a_terminal("show", out, "--format", "json")):
            self.assertNotRegex(shown, "[\x00-\x08\x0b-\x1f\x7f-\x9f]")
            self.assertTrue(any(self.EVIL in term["term"] for term in json.loads(shown)["terms"]))

    def test_messages_too(self):
        code, message = self.message("fit", self.panel(), "y ~ x\x1b[2J")
        self.assertNotIn("\x1b", message)
        code, message = self.message("show", "a\x1b]0;owned\x07.h5")
        self.assertEqual((code, message), (7, "cannot read 'a\\x1b]0;owned\\x07.h5': No such file or directory; check the path and its permissions"))


class Interrupted(CommandTest):
    """Ctrl-C and SIGTERM end a run within half a second and leave nothing behind."""

    def test_nothing_is_left(self):
        panel = self.folder / "big.csv"
        self.assertEqual(run("simulate", "--output", panel, "--trusts", 400, "--quarters", 40)[0], 0)
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=name):
                out = self.folder / "out"
                out.mkdir()
                started = subprocess.Popen(
                    [COMMAND, "decompose", panel, "log(activity / resource) ~ l(agency_share, 1) + l(dma, 1) + beds | trust + type^quarter",
                     "--unit", "trust", "--time", "quarter", "--driver", "a=l(agency_share, 1)", "--driver", "b=l(dma, 1)", "--use", "change",
                     "--bootstrap", "cluster(draws = 9999)", "--output", out / "r.h5"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                time.sleep(1.0)
                self.assertIsNone(started.poll(), "it is still at work")
                sent = time.monotonic()
                started.send_signal(name)
                started.communicate()
                self.assertLess(time.monotonic() - sent, 5)
                self.assertEqual(started.returncode, -name)
                self.assertEqual(list(out.iterdir()), [])
                out.rmdir()


class Modules(CommandTest):
    """No code is taken from where the command stands."""

    def test_a_planted_module_is_not_loaded(self):
        self.assertEqual(run("fit", self.panel(), "y ~ x", "--unit", "trust", "--output", self.folder / "r.h5")[0], 0)
        stands = self.folder / "a/b/c"
        stands.mkdir(parents=True)
        copy = shutil.copy(COMMAND, stands / "headwater")
        for folder in (stands, stands / "lib/headwater", stands.parent / "lib/headwater", self.folder / "a/lib/headwater"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "headwater_xlsx.so").write_text("not code")
        done = subprocess.run([copy, "table", self.folder / "r.h5", "--format", "xlsx", "-o", self.folder / "r.xlsx"],
                              capture_output=True, text=True, cwd=stands, env={"PATH": "/usr/bin"})
        self.assertEqual(done.returncode, 7)
        self.assertEqual(done.stderr, "headwater: error: an Excel workbook needs the module headwater_xlsx.so, which is not in "
                                      "PREFIX/lib/headwater, because the program is not in PREFIX/bin; install libxlsxwriter-dev and build "
                                      "again, or ask for --format csv or name its folder in HEADWATER_MODULES\n")

    def test_an_installed_command_finds_its_own_folder_alone(self):
        prefix = self.folder / "prefix"
        (prefix / "bin").mkdir(parents=True)
        copy = shutil.copy(COMMAND, prefix / "bin/headwater")
        self.assertEqual(run("fit", self.panel(), "y ~ x", "--unit", "trust", "--output", self.folder / "r.h5")[0], 0)
        done = subprocess.run([copy, "table", self.folder / "r.h5", "--format", "xlsx", "-o", self.folder / "r.xlsx"],
                              capture_output=True, text=True, cwd="/", env={"PATH": "/usr/bin"})
        self.assertIn(f"which is not in {prefix}/lib/headwater; install", done.stderr)

    def test_a_folder_that_is_no_absolute_path_is_refused(self):
        self.assertEqual(run("fit", self.panel(), "y ~ x", "--unit", "trust", "--output", self.folder / "r.h5")[0], 0)
        code, _, err = run("table", self.folder / "r.h5", "--format", "xlsx", "-o", self.folder / "r.xlsx", env={"HEADWATER_MODULES": "."})
        self.assertEqual((code, err), (2, "headwater: error: HEADWATER_MODULES is '.'; it must be an absolute path, or code would be taken "
                                          "from where the command stands\n"))


if __name__ == "__main__":
    unittest.main()
