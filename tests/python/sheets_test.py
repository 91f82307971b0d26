"""Spreadsheets as Headwater reads them are the cells that openpyxl and python-calamine read."""

import csv
import datetime
import io
import os
import random
import subprocess

import openpyxl
import pytest
import python_calamine

COMMAND = os.environ.get("HEADWATER_COMMAND")
pytestmark = pytest.mark.skipif(not COMMAND, reason="the command is not built")


def converted(path, folder):
    """The table of the sheet whose header holds Code, every column as Headwater reads it."""
    config = folder / "s.cfg"
    config.write_text(f"[source s]\nfile = {path}\nheader = Code\nunit = Code\n")
    done = subprocess.run([COMMAND, "panel", config, "-o", folder / "panel.csv"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return {row["unit"]: row for row in csv.DictReader(io.StringIO((folder / "panel.csv").read_text()))}


def drawn_cell(column, draw):
    kind = column % 5
    if kind == 0:
        return draw.choice([draw.gauss(0, 1), draw.randrange(-10**9, 10**9), draw.random() * 10 ** draw.randrange(-300, 300)]), "General"
    if kind == 1:
        return draw.random(), "0.0%"
    if kind == 2:
        return datetime.date(1900, 3, 1) + datetime.timedelta(days=draw.randrange(0, 60000)), draw.choice(["yyyy-mm-dd", "dd mmm yyyy", "d/m/yy"])
    if kind == 3:
        return draw.choice(["a & b", "<tag>", "“quoted”", "m² £", " x", "line\nbreak", "TRUE"]), "General"
    return draw.randrange(0, 10**6), "#,##0"


def drawn_book(path, seed):
    draw = random.Random(seed)
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active["A1"] = "Nothing here"
    sheet = book.create_sheet("Data & more")
    first, columns = draw.randrange(1, 12), draw.randrange(3, 40)
    sheet.cell(first, 1, "Code")
    for c in range(columns):
        sheet.cell(first, c + 2, f"column {c}")
    cells = {}
    for r in range(draw.randrange(2, 30)):
        sheet.cell(first + 1 + r, 1, f"U{r}")
        for c in range(columns):
            if draw.random() < 0.1:
                continue
            value, form = drawn_cell(c, draw)
            cell = sheet.cell(first + 1 + r, c + 2, value)
            cell.number_format = form
            cells[f"U{r}", f"column {c}"] = value
    book.save(path)
    return cells, first


def same(value, text):
    if isinstance(value, datetime.date):
        return text == value.isoformat()
    if isinstance(value, str):
        return text.strip() == value.strip()
    return float(text) == float(value)


@pytest.mark.parametrize("seed", range(12))
def test_cells_are_those_of_openpyxl_and_calamine(tmp_path, seed):
    path = tmp_path / "book.xlsx"
    written, first = drawn_book(path, seed)
    rows = converted(path, tmp_path)
    sheet = openpyxl.load_workbook(path)["Data & more"]
    header = [cell.value for cell in sheet[first]]
    read = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Data & more").to_python(skip_empty_area=False)
    compared = 0
    for row in sheet.iter_rows(min_row=first + 1):
        unit = row[0].value
        for name, cell in zip(header[1:], row[1:]):
            text = rows[unit][name]
            if cell.value is None:
                assert text == ""
                continue
            value = cell.value.date() if isinstance(cell.value, datetime.datetime) else cell.value
            assert same(value, text), (unit, name, value, text)
            assert isinstance(value, float) or same(written[unit, name], text)  # openpyxl writes floats in 16 digits
            other = read[cell.row - 1][cell.column - 1]
            assert same(other.date() if isinstance(other, datetime.datetime) else other, text), (unit, name, other, text)
            compared += 1
    assert compared == len(written)


@pytest.mark.parametrize("shared", [True, False])
def test_days_of_both_calendars(tmp_path, shared):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH if shared else openpyxl.utils.datetime.WINDOWS_EPOCH
    sheet = book.active
    days = [datetime.date(1904, 1, 2), datetime.date(1999, 12, 31), datetime.date(2025, 4, 30)]
    sheet.append(["Code", "day", "x"])
    for i, day in enumerate(days):
        sheet.append([f"U{i}", day, i])
    path = tmp_path / "days.xlsx"
    book.save(path)
    rows = converted(path, tmp_path)
    assert [rows[f"U{i}"]["day"] for i in range(3)] == [day.isoformat() for day in days]


def test_what_is_written_is_read_by_others(tmp_path):
    """The publications of simulate, opened by openpyxl, hold the identity of growth."""
    done = subprocess.run([COMMAND, "simulate", "--sources", tmp_path / "demo", "--trusts", "12", "--quarters", "8"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "demo" / "productivity-2020-21-final.xlsx")["Trust level"]
    checked = 0
    for row in sheet.iter_rows(min_row=16, values_only=True):
        if all(isinstance(value, float) for value in row[4:7]):
            assert abs((1 + row[4]) / (1 + row[5]) - 1 - row[6]) < 1e-15
            checked += 1
    assert checked > 8
    beds = openpyxl.load_workbook(tmp_path / "demo" / "kh03-2020-21-Q1.xlsx")["NHS Trust by Sector"]
    assert sorted(str(area) for area in beds.merged_cells.ranges) == ["G14:I14", "K14:M14", "O14:Q14"]
