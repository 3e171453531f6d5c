"""Workbooks and files of statistics programs, whole, odd and broken."""

import zipfile

import openpyxl
import pandas as pd
import pyreadstat

from attacks.spoil.common import pick_file, short


def spoil_workbook(folder, chance):
    """Make an Excel workbook of a table, with what people and programs leave in one."""
    path, frame = take_table(folder, chance)
    target = path.with_suffix(".xlsx")
    frame.to_excel(target, index=False)
    way = chance.choice(WORKBOOK_WAYS)
    said = way(target, chance)
    return f"tables/{target.name}: {said}"


def take_table(folder, chance):
    """Take one CSV away and give it, numbers as numbers."""
    path = pick_file(folder / "tables", chance, "*.csv")
    try:
        frame = pd.read_csv(path, encoding_errors="replace")
    except (ValueError, OSError):
        frame = pd.DataFrame({"patient_id": ["P1"]})
    path.unlink()
    return path, frame


def fill_cell(path, chance):
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    row, column = chance.randint(1, sheet.max_row + 1), chance.randint(1, sheet.max_column + 1)
    far = chance.choice([(1_048_576, 1), (1, 16_384), (1_048_576, 16_384), (60_000, 400)])
    value = chance.choice(
        ["=12/8", "#DIV/0!", True, 1e308, "9" * 400, "=1/0", pd.Timestamp(0), 0.5]
    )
    if chance.random() < 0.4:
        row, column = far
    sheet.cell(row, column).value = value
    sheet.cell(row, column).number_format = chance.choice(["General", "0%", "yyyy", "[h]:mm", "@"])
    book.save(path)
    return f"row {row}, column {column}: {short(value)}"


def arrange_sheet(path, chance):
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    ways = {
        "merged header": lambda: sheet.merge_cells("A1:C1"),
        "merged cells": lambda: sheet.merge_cells("A2:B4"),
        "hidden": lambda: (book.create_sheet("shown"), setattr(sheet, "sheet_state", "hidden")),
        "second in line": lambda: book.create_sheet("first", 0),
        "beside a chart sheet": lambda: book.create_chartsheet("chart", 0),
        "under a title": lambda: sheet.insert_rows(1, 3),
        "empty": lambda: sheet.delete_rows(1, 10_000),
        "filtered": lambda: setattr(sheet.auto_filter, "ref", "A1:C9"),
    }
    way = chance.choice(list(ways))
    ways[way]()
    book.save(path)
    return f"the sheet is {way}"


def break_parts(path, chance):
    """Change one part of the workbook's archive."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    name = chance.choice([*parts, *["xl/worksheets/sheet1.xml"] * 9])
    text = parts[name]
    at = chance.randrange(len(text) + 1)
    ways = {
        "cut": text[:at],
        "empty": b"",
        "spoilt": text[:at] + chance.randbytes(8) + text[at + 8 :],
        "entities": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY %c "%b">' % (n + 1, b"&%c;" % n * 10) for n in range(97, 106))
        + b"]><a>&j;</a>",
        "60 MB": text + b" " * 60_000_000,
        "dimension": text.replace(b"<dimension ref=", b"<dimension ref='A1:XFD1048576' old="),
        "merged to the far end": text.replace(
            b"</sheetData>", b"</sheetData><mergeCells><mergeCell ref='A1:XFD9000'/></mergeCells>"
        ),
        "nothing": None,
    }
    way = chance.choice(list(ways))
    parts[name] = ways[way]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part, content in parts.items():
            if content is not None:
                new.writestr(part, content)
    return f"part {name}: {way}"


def break_whole(path, chance):
    data = path.read_bytes()
    at = chance.randrange(len(data) + 1)
    ways = {
        "cut": data[:at],
        "spoilt": data[:at] + chance.randbytes(9) + data[at + 9 :],
        "a CSV under the wrong ending": b"patient_id,month\nP1,0\n",
        "a web page under the wrong ending": b"<html><table><tr><td>patient_id</table>",
        "an old workbook": bytes.fromhex("d0cf11e0a1b11ae1") + data,
    }
    way = chance.choice(list(ways))
    path.write_bytes(ways[way])
    return f"{way} at byte {at}"


WORKBOOK_WAYS = (fill_cell, fill_cell, arrange_sheet, break_parts, break_whole)


def spoil_statistics_file(folder, chance):
    """Make an SPSS or SAS file of a table, broken or with odd values."""
    path, frame = take_table(folder, chance)
    kind = chance.choice(["sav", "xpt"])
    target = path.with_suffix(f".{kind}")
    column = chance.choice(list(frame.columns))
    value = chance.choice([None, 1e308, -1.0, 999.0, "x" * 500, "=1+1", "\x1b[31m", "$\\foo{$"])
    if chance.random() < 0.5:
        frame[column] = [value] * len(frame)
    try:
        write = {"sav": pyreadstat.write_sav, "xpt": pyreadstat.write_xport}[kind]
        write(frame.rename(columns=lambda name: name[: 8 if kind == "xpt" else 60]), str(target))
    except Exception:  # noqa: BLE001 - what cannot be written is attacked as it lies there
        target.write_bytes(b"$FL2@(#)")
    said = f"every {column}: {short(value)}"
    return f"tables/{target.name}: {break_whole(target, chance) if chance.random() < 0.6 else said}"
