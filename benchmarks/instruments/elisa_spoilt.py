"""Spoilt ELISA plates: one change in an export or in its layout, drawn by number."""

import csv
import io
import random
from dataclasses import dataclass
from pathlib import Path

from tests import plate_exports as made

from helpers.contracts import StudyDataError
from helpers.contracts.elisa import ElisaSettings
from helpers.quantify.elisa import measure

BASES = {
    "SoftMax, rows": lambda: made.softmax_text().encode("utf-16"),
    "SoftMax, line": lambda: made.softmax_text(form="TimeFormat", masked=("A3",)).encode("cp1252"),
    "Gen5": lambda: made.gen5_text().encode(),
    "grid, commas": lambda: made.grid_text(plate="Plate1").encode(),
    "grid, semicolons": lambda: made.grid_text(mark=";", comma=True, plate="Plate1").encode(),
    "grid, workbook": None,
    "Bio-Plex, workbook": None,
}
NASTY = ("", "abc", "1e400", "-1e300", "NaN", "inf", "=1+1", "0,5", "1.234.567", "½", "٣", "²",
         "\u202e1", "9" * 400, "-", "OVRFLW", ">3.5", "Masked", "A1", "'", '"', "\x00", "#REF!",
         "0x10", "1_000", " ", "\t", "12:30", "2024-01-01", "½" * 50)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A spoilt study: its files, what was done to them, whether that must be seen."""

    way: str
    base: str
    export: Path
    layout: Path
    must_be_seen: bool


def read(case):
    """Give the faults of a case; none where it is read."""
    settings = ElisaSettings()
    try:
        measure([case.export], case.layout, settings, folder=case.export.parent)
    except StudyDataError as error:
        return error.faults
    return []


def spoil(number, folder):
    chance = random.Random(number)
    base = chance.choice(list(BASES))
    way = chance.choice(list(WAYS))
    rows = made.list_layout("Plate 1" if base.startswith("grid") else "Plate1")
    if base.startswith("Bio"):
        rows = [[*row[:6], "IL-6 (19)", *row[7:]] for row in rows if row[2] != "empty"]
    ending = ".xlsx" if "workbook" in base else ".txt"
    export, layout = folder / f"plate{ending}", folder / "layout.csv"
    made.write_layout(layout, rows)
    if ending == ".xlsx":
        source = made.grid_rows() if base.startswith("grid") else made.bioplex_rows()
        made.write_workbook(export, source)
    else:
        export.write_bytes(BASES[base]())
    seen = WAYS[way](chance, export, layout, rows)
    return Case(way, base, export, layout, bool(seen))


def flip_bytes(chance, export, layout, rows):
    target = chance.choice([export, layout])
    data = bytearray(target.read_bytes())
    for _ in range(chance.choice([1, 5, 50])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    target.write_bytes(bytes(data))


def cut_short(chance, export, layout, rows):
    data = export.read_bytes()
    export.write_bytes(data[: chance.randrange(len(data))])


def cut_out(chance, export, layout, rows):
    data = export.read_bytes()
    start = chance.randrange(len(data))
    export.write_bytes(data[:start] + data[start + chance.choice([1, 7, 100, 1000]) :])


def empty_file(chance, export, layout, rows):
    chance.choice([export, layout]).write_bytes(b"")
    return True


def repeat_file(chance, export, layout, rows):
    export.write_bytes(export.read_bytes() * chance.choice([2, 50]))


def other_encoding(chance, export, layout, rows):
    data = export.read_bytes()
    export.write_bytes(data.decode("latin-1").encode(chance.choice(["utf-8", "utf-16", "utf-32"])))


def _change_lines(chance, export, change):
    data = export.read_bytes()
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
    if data[:2] == b"PK":
        return False
    lines = data.decode(encoding).split("\n")
    change(lines)
    export.write_bytes("\n".join(lines).encode(encoding, errors="replace"))
    return True


def drop_lines(chance, export, layout, rows):
    def change(lines):
        start = chance.randrange(len(lines))
        del lines[start : start + chance.choice([1, 1, 3])]

    _change_lines(chance, export, change)


def swap_lines(chance, export, layout, rows):
    def change(lines):
        one, two = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[two] = lines[two], lines[one]

    _change_lines(chance, export, change)


def double_line(chance, export, layout, rows):
    def change(lines):
        at = chance.randrange(len(lines))
        lines[at:at] = [lines[at]] * chance.choice([1, 1, 200])

    _change_lines(chance, export, change)


def nasty_cell(chance, export, layout, rows):
    def change(lines):
        at = chance.randrange(len(lines))
        mark = next((mark for mark in "\t;," if mark in lines[at]), "\t")
        cells = lines[at].split(mark)
        cells[chance.randrange(len(cells))] = chance.choice(NASTY)
        lines[at] = mark.join(cells)

    _change_lines(chance, export, change)


def shift_row(chance, export, layout, rows):
    """Push a row of readings one cell to the right."""

    def change(lines):
        full = [at for at, line in enumerate(lines) if line.count("0.0") + line.count("0,0") > 4]
        at = chance.choice(full or [0])
        mark = next((mark for mark in "\t;," if mark in lines[at]), "\t")
        first, _, rest = lines[at].partition(mark)
        lines[at] = f"{first}{mark}0.5{mark}{rest}"

    _change_lines(chance, export, change)


def nasty_sheet_cell(chance, export, layout, rows):
    if export.suffix != ".xlsx":
        return nasty_cell(chance, export, layout, rows)
    import openpyxl

    book = openpyxl.load_workbook(export)
    sheet = book.active
    at = (chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column))
    texts = [text for text in NASTY if "\x00" not in text]
    sheet.cell(*at).value = chance.choice([*texts, 1e300, True, None])
    if chance.random() < 0.1:
        sheet.cell(1_048_576, 16_384).value = "far"
    book.save(export)
    return None


def _change_layout(layout, rows, header=made.HEADER):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    layout.write_text(text.getvalue(), encoding="utf-8")


def nasty_layout_cell(chance, export, layout, rows):
    changed = [list(row) for row in rows]
    row = chance.choice(changed)
    row[chance.randrange(len(row))] = chance.choice(NASTY).replace("\x00", "0")
    _change_layout(layout, changed)


def misspelt_name(chance, export, layout, rows):
    """Misspell a plate, a well, a role or an analyte: nothing of that name exists."""
    changed = [list(row) for row in rows]
    row = changed[chance.randrange(32)]
    row[chance.choice([0, 1, 2])] += "x"
    _change_layout(layout, changed)
    return True


def missing_row(chance, export, layout, rows):
    changed = [list(row) for row in rows]
    del changed[chance.randrange(len(changed))]
    _change_layout(layout, changed)
    return True


def row_twice(chance, export, layout, rows):
    _change_layout(layout, [*rows, chance.choice(rows)])
    return True


def missing_column(chance, export, layout, rows):
    at = chance.randrange(len(made.HEADER))
    header = [name for place, name in enumerate(made.HEADER) if place != at]
    _change_layout(layout, [row[:at] + row[at + 1 :] for row in rows], header)
    return made.HEADER[at] not in ("dilution",)


def unknown_column(chance, export, layout, rows):
    header = [f"{name}s" if name == "dilution" else name for name in made.HEADER]
    _change_layout(layout, rows, header)
    return True


def standard_without_nominal(chance, export, layout, rows):
    changed = [list(row) for row in rows]
    chance.choice([row for row in changed if row[2] == "standard"])[7] = ""
    _change_layout(layout, changed)
    return True


def huge_file(chance, export, layout, rows):
    target = chance.choice([export, layout])
    target.write_bytes(target.read_bytes() + b"0\t" * chance.choice([2_000_000, 20_000_000]))
    return target == export and export.suffix != ".xlsx"


WAYS = {
    function.__name__.replace("_", " "): function
    for function in (
        *(flip_bytes, cut_short, cut_out, empty_file, repeat_file, other_encoding),
        *(drop_lines, swap_lines, double_line, nasty_cell, shift_row, nasty_sheet_cell),
        *(nasty_layout_cell, misspelt_name, missing_row, row_twice, missing_column),
        *(unknown_column, standard_without_nominal, huge_file),
    )
}
