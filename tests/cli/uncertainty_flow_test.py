"""docs/how-uncertainty-flows.md: its command says what it shows, and its arithmetic, done again here, gives the numbers written there."""

import csv
import io
import math
import re
import shlex

from command import SOURCE, CommandTest, run

PAGE = (SOURCE / "docs/how-uncertainty-flows.md").read_text(encoding="utf-8")


def indented(start, end):
    """Lines of a block of the page, without their indentation."""
    block = PAGE[PAGE.index(start):PAGE.index(end)]
    return [line.removeprefix("    ") for line in block.splitlines() if line]


def table_row(name):
    return [float(cell) for cell in re.search(rf"^\| {re.escape(name)} \|(.*)\|$", PAGE, re.M)[1].split("|")]


class UncertaintyFlow(CommandTest):
    def setUp(self):
        super().setUp()
        self.data = indented("    trust,year,y,beds", "How much of the change")
        (self.folder / "small.csv").write_text("\n".join(self.data) + "\n", encoding="utf-8")

    def test_the_command_says_what_is_shown(self):
        lines = indented("    $ headwater decompose", "**1. Scores and bread.**")
        call = " ".join(line.strip() for line in lines[:2]).removeprefix("$ ")
        code, out, err = run(*shlex.split(call)[1:], cwd=self.folder)
        self.assertEqual(code, 0, err)
        self.assertEqual(len(lines), 10)
        for line in lines[2:]:
            self.assertIn(line, out.splitlines())

    def test_the_arithmetic(self):
        rows = list(csv.DictReader(io.StringIO("\n".join(self.data))))
        trusts = sorted({row["trust"] for row in rows})
        y, x = ({t: [float(row[column]) for row in rows if row["trust"] == t] for t in trusts} for column in ("y", "beds"))
        within = {t: [v - sum(x[t]) / 3 for v in x[t]] for t in trusts}
        outcome = {t: [v - sum(y[t]) / 3 for v in y[t]] for t in trusts}
        bread = 1 / sum(v * v for t in trusts for v in within[t])
        beta = bread * sum(a * b for t in trusts for a, b in zip(within[t], outcome[t], strict=True))
        scores = [sum(a * (b - beta * a) for a, b in zip(within[t], outcome[t], strict=True)) for t in trusts]
        psi = [score * bread for score in scores]
        change = [x[t][2] - x[t][0] for t in trusts]
        mean = sum(change) / 4
        through = [mean * p for p in psi]
        moved = [beta * (own - mean) / 4 for own in change]
        part = [a + b for a, b in zip(through, moved, strict=True)]
        for name, numbers in (("score Σ x̃e", scores), ("ψ(β)", psi), ("Δ · ψ(β)", through), ("β · ψ(Δ)", moved), ("ψ(part)", part)):
            for written, number in zip(table_row(name), numbers, strict=True):
                self.assertAlmostEqual(written, number, delta=5.1e-6)
        factor = 4 / 3 * 11 / 10
        error = math.sqrt(factor * sum(p * p for p in part))
        for written, number in (("= 0.1650.", math.sqrt(factor * sum(p * p for p in psi))), ("= 1.196,", error), ("1/10.6667", bread),
                                ("0.018570)", sum(p * p for p in psi)), ("0.975346)", sum(p * p for p in part)),
                                ("= 0.248 would", mean * math.sqrt(factor * sum(p * p for p in psi)))):
            self.assertIn(written, PAGE)
            digits = re.search(r"[\d.]+\d", written.removeprefix("1/"))[0]
            self.assertEqual(digits, f"{1 / number if written.startswith('1/') else number:.{len(digits.split('.')[1])}f}")
        code, out, err = run("decompose", self.folder / "small.csv", "y ~ beds | trust", "--unit", "trust", "--time", "year", "--driver",
                             "capital=beds", "--use", "change(from = 2020, to = 2022)", "--format", "csv")
        self.assertEqual(code, 0, err)
        capital = next(row for row in csv.DictReader(io.StringIO(out)) if row["component"] == "capital")
        self.assertAlmostEqual(float(capital["std_error"]), error, delta=1e-13)
        self.assertAlmostEqual(float(capital["estimate"]), beta * mean, delta=1e-13)
