"""Commands that are made to fail at one point, and what must hold whatever the point: an end that says why, and every output
whole, old or new."""

import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import unittest

COMMAND = os.environ["HEADWATER_COMMAND"]
FAULTS = os.environ.get("HEADWATER_FAULTS", "")  # all: every point instead of a sample; a number: so many of them, evenly spread
EVERY = FAULTS == "all"
OLD = "what was there before\n"
BLAME = ("damaged", "cut off", "not as it was written", "not an HDF5 file", "has not written it")
REPORT_KEYS = ("measure", "status", "vintage", "source", "population", "weights", "estimand", "commissioner", "author",
               "assurer", "review_date")


class Case:
    """A command, the files it reads, and what it writes."""

    def __init__(self, name, words, inputs=(), outputs=()):
        self.name, self.words, self.inputs, self.outputs = name, words, inputs, outputs


class Ended:
    def __init__(self, code, out, err, files):
        self.code, self.out, self.err, self.files = code, out, err, files


def panel_text():
    rows = ["trust,year,y,x,z"]
    for u in range(6):
        for t in range(4):
            x = ((u * 7 + t * 3) % 11) / 3 + 0.1 * t * u
            z = ((u * 5 + t * t) % 7) / 2
            rows.append(f"T{u},{2015 + t},{2 + 0.5 * x - 0.3 * z + u + (((u * 13 + t * 29) % 17) - 8) / 40:.6f},{x:.6f},{z:.6f}")
    return "\n".join(rows) + "\n"


def config_text():
    captions = "".join(f"{key} = the {key}\n" for key in REPORT_KEYS)
    return ("[data]\nfile = panel.csv\nunit = trust\ntime = year\n[model]\nformula = y ~ x + z | trust\n[driver]\na = x\nb = z\n"
            "[decompose]\nuse = change(from = 2015, to = 2018)\n[output]\nresult = out.h5\ntable = out.txt\nreport = out.html\n"
            f"[report]\n{captions}")


SOURCES = ("[data]\nunit = trust\ntime = year\n[source panel]\nfile = panel.csv\nheader = trust, year\nunit = trust\nperiod = {year}\n"
           "[columns panel]\ny = y\nx = x\n")


def cases(has_page, has_workbook):
    captions = [word for key in REPORT_KEYS for word in (f"--report.{key}", f"the {key}")]
    run_outputs = ("out.h5", "out.txt", "out.html") if has_page else ("out.h5", "out.txt")
    yield Case("run", ["run", "run.cfg"], ("panel.csv", "run.cfg"), run_outputs)
    yield Case("check", ["check", "run.cfg"], ("panel.csv", "run.cfg"))
    yield Case("fit", ["fit", "panel.csv", "y ~ x | trust", "--unit", "trust", "--time", "year", "--format", "json"], ("panel.csv",))
    yield Case("show", ["show", "result.h5"], ("result.h5",))
    yield Case("contrast", ["contrast", "result.h5", "change:a - change:b"], ("result.h5",))
    yield Case("compare", ["compare", "result.h5", "result.h5"], ("result.h5", "panel.csv"))
    yield Case("reliability", ["reliability", "panel.csv", "y", "--unit", "trust", "--time", "year", "--format", "json"], ("panel.csv",))
    yield Case("table", ["table", "result.h5", "--format", "latex", "--output", "out.tex"], ("result.h5",), ("out.tex",))
    if has_workbook:
        yield Case("workbook", ["table", "result.h5", "--format", "xlsx", "--output", "out.xlsx"], ("result.h5",), ("out.xlsx",))
    if has_page:
        yield Case("report", ["report", "result.h5", "--output", "out.html", *captions], ("result.h5",), ("out.html",))
    yield Case("convert", ["convert", "panel.csv", "out.h5", "--unit", "trust"], ("panel.csv",), ("out.h5",))
    yield Case("panel", ["panel", "sources.cfg", "-o", "out.csv"], ("panel.csv", "sources.cfg"), ("out.csv",))
    yield Case("simulate", ["simulate", "--output", "out.csv", "--truth", "truth.csv", "--trusts", "12", "--quarters", "8"], (),
               ("out.csv", "truth.csv"))


def told(done):
    """A line says why; libxlsxwriter has lines of its own."""
    return any(line.startswith("headwater: error: ") for line in done.err.splitlines())


class FaultTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls._made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls._made.cleanup)
        made = cls.made = pathlib.Path(cls._made.name)
        (made / "panel.csv").write_text(panel_text())
        (made / "run.cfg").write_text(config_text())
        (made / "sources.cfg").write_text(SOURCES)
        done = cls.call(made, ["run", "run.cfg"])
        assert done.code == 0, done.err
        has_page = (made / "out.html").exists()
        (made / "out.h5").rename(made / "result.h5")
        for name in ("out.txt", "out.html"):
            (made / name).unlink(missing_ok=True)
        workbook = cls.call(made, ["table", "result.h5", "--format", "xlsx", "--output", "out.xlsx"])
        (made / "out.xlsx").unlink(missing_ok=True)
        cls.cases = {case.name: case for case in cases(has_page, workbook.code == 0)}

    @staticmethod
    def call(folder, words, before=(), environment=None):
        done = subprocess.run([*before, COMMAND, *words], cwd=folder, capture_output=True, timeout=120,
                              env={**os.environ, "HEADWATER_THREADS": "1", **(environment or {})})
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"), files)

    def fresh(self, case, with_old=True):
        """A folder with the inputs of a case and an old file in the place of every output; always the same, for texts name it."""
        folder = self.made / "here"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in case.inputs:
            shutil.copy(self.made / name, folder / name)
        if with_old:
            for name in case.outputs:
                (folder / name).write_text(OLD)
        return folder

    def reference(self, case):
        done = self.call(self.fresh(case), case.words)
        self.assertEqual((done.code, done.err), (0, ""))
        return done

    def whole(self, name, found, expected):
        """Old, new, or, where it holds how long its run took, a whole page or a file that the command reads."""
        if found in (OLD.encode(), expected):
            return True
        if name.endswith(".html"):
            return found.startswith(expected[:1000]) and found.endswith(b"</html>\n") and abs(len(found) - len(expected)) < 100
        if not name.endswith(".h5"):
            return False
        path = self.made / "candidate.h5"
        path.write_bytes(found)
        reads = ["fit", str(path), "y ~ x | trust", "--unit", "trust"] if b"headwater.panel" in found else ["show", str(path)]
        return self.call(self.made, reads).code == 0

    def complaints(self, case, done, expected, said=told):
        """What is wrong with how a case ended."""
        wrong = []
        if done.code < 0:
            wrong.append(f"killed by signal {-done.code}: {done.err}")
        elif done.code > 0 and not said(done):
            wrong.append(f"exit {done.code} with '{done.err}'")
        elif done.code == 0 and done.out != expected.out:
            wrong.append("exit 0 with another text")
        if any(word in done.err for word in BLAME):
            wrong.append(f"the file is blamed: {done.err}")
        for name in case.outputs:
            if name in done.files and not self.whole(name, done.files[name], expected.files[name]):
                wrong.append(f"{name} is neither old nor new")
            if done.code == 0 and done.files.get(name) == OLD.encode():
                wrong.append(f"exit 0 and {name} is the old one")
            if name not in done.files:
                wrong.append(f"{name} is gone")
        left = set(done.files) - set(case.inputs) - set(case.outputs)
        if left:
            wrong.append(f"left behind: {sorted(left)}")
        return wrong


def points(count, sample):
    """Numbers from 1 to count: all, or the first ones, the last ones and some between; evenly spread from a random one if asked."""
    if FAULTS.isdigit():
        step = max(1, count // int(FAULTS))
        return range(random.randint(1, step), count + 1, step)
    if EVERY or count <= sample:
        return range(1, count + 1)
    third = sample // 3
    between = {1 + i * (count - 1) // (sample - 2 * third) for i in range(sample - 2 * third)}
    return sorted({*range(1, third + 1), *range(count - third + 1, count + 1), *between})
