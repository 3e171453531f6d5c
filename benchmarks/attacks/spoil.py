"""Ways to spoil a study folder: each changes one thing, and says in words what.

Each takes the folder and a source of chance. The later attack on people's own files draws from the
same lists.
"""

import csv
import io
import os
import shutil
import socket
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import yaml

LONG, DEEP, MANY, BIG = 200_000, 3_000, 2_000, 10_000_000
CELLS = (
    *("", " ", "NA", "nan", "inf", "-inf", "Infinity", "1e308", "1e400", "-1e400", "1e-400", "-0"),
    *("0x10", "1_000", "1,5", "1.100,5", "1 200", "<0.5", "> 9", "OOR <", "5 %", "1/2", "--", "+"),
    *("2013-02-01", "01-Feb", "1.00E+05", "9" * 400, "0" * 400, "1." + "3" * 400, "-5", "999999"),
    *("true", "FALSE", "ja", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "'", "''", '"', '"a', "\\"),
    *("٣", "１２", "½", "𝟙", "∞", "µ", "cells/mm²", "Å1", "Å1", "P1\u200b", "\u202eP1", "\ufeffP1"),
    *("p1", "P1 ", "E, x", "a;b", "a\tb", "a\nb", "a\rb", "a\x00b", "\x1b[31m", "\x07", "\x85"),
    *("\u2028", "\ufffe", "\ud800", "\U0010ffff", "👩‍🔬", "é" * 300, "$\\foo{$", "cost $5 then $10"),
    *("<script>alert(1)</script>", "</style>", "javascript:alert(1)", "{{ 7*7 }}", "%s%n", "{0}"),
    *("EXAMPLE", "EXAMPLE-1", "../../etc/passwd", "CON", "None", "null", "__class__", "x" * LONG),
)
YAML_TEXTS = {
    "deep list": "[" * DEEP,
    "deep mapping": "\n".join(" " * n + "a:" for n in range(300)),
    "deep flow mapping": "{a: " * DEEP + "1" + "}" * DEEP,
    "cycle": "&a [*a]",
    "cycle in a mapping": "&a {b: *a}",
    "alias bomb": "[&a [x,x,x,x,x,x,x,x,x], "
    + ", ".join(f"&{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]" for a, b in zip("abcdefgh", "bcdefghi"))
    + "]",
    "merge bomb": "{<<: &a {x: 1}, <<: *a, y: {<<: [*a, *a]}}",
    "merge of no mapping": "{<<: 3}",
    "unknown alias": "*nobody",
    "python object": "!!python/object/apply:os.system ['true']",
    "binary": "!!binary '####'",
    "timestamp": "!!timestamp 9999-99-99",
    "set": "!!set {a, b}",
    "odd date": "2013-99-99",
    "long integer": "9" * 5_000,
    "long hexadecimal": "0x" + "f" * 9_000,
    "base 60": "190:20:30",
    "infinite": ".inf",
    "minus infinite": "-.inf",
    "not a number": ".nan",
    "too large": "1e400",
    "null": "~",
    "flag": "yes",
    "key that is a list": "{[1, 2]: 3}",
    "key that is a mapping": "{{a: 1}: 3}",
    "keys of many kinds": "{1: a, true: b, null: c, 2013-01-01: d, 1.5: e}",
    "empty text": "''",
    "spaces": "'  '",
    "control characters": '"a\\0b\\x07c\\e[31m"',
    "lone surrogate": '"\\ud800"',
    "direction override": '"\\u202Eabc"',
    "markup": '"<script>alert(1)</script>"',
    "maths": "'$\\foo{$'",
    "long text": "x" * LONG,
    "many entries": "[" + "1, " * MANY + "1]",
    "second document": "1\n---\ntitle: 2\n...\n",
    "directive": "1\n%YAML 9.9\n---\n",
    "tab": "\t1",
    "block text": "|9\n  a",
    "list of lists": "[[1], [2]]",
    "mapping of months": "{month: 0, label: x}",
}
SIGNS = (*b"\x00\x01\x07\x0b\x1b\x7f\x80\xc3\xff\"',;|=\r\n\t", *b"#&*!%@`{[-?:<>", *b"09eE.+-")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "utf-8-sig", "cp037")


def spoil_bytes(folder, chance):
    """Change the bytes of a file: flip, cut, insert, repeat, encode again."""
    path = pick_file(folder, chance)
    data = path.read_bytes()
    at = chance.randrange(len(data) + 1)
    sign = bytes([chance.choice(SIGNS)])
    some = chance.randrange(1, 40)
    ways = {
        "flip": lambda: data[:at] + bytes(b ^ 1 << chance.randrange(8) for b in data[at:][:1]) + data[at + 1 :],
        "cut": lambda: data[:at],
        "cut the start": lambda: data[at:],
        f"put in {sign!r}": lambda: data[:at] + sign + data[at:],
        f"put in {some} x {sign!r}": lambda: data[:at] + sign * some + data[at:],
        "put in chance": lambda: data[:at] + chance.randbytes(some) + data[at:],
        "put in a long run": lambda: data[:at] + sign * LONG + data[at:],
        f"take out {some}": lambda: data[:at] + data[at + some :],
        "twice": lambda: data + data,
        "empty": lambda: b"",
        "only chance": lambda: chance.randbytes(500),
        "old Mac lines": lambda: data.replace(b"\n", b"\r"),
        "DOS lines": lambda: data.replace(b"\n", b"\r\n"),
        "double lines": lambda: data.replace(b"\n", b"\r\r\n"),
        "no end of line": lambda: data.rstrip(b"\n"),
        "mark in front": lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + data,
        "upper case": data.upper,
    }
    for name in ENCODINGS:
        ways[f"as {name}"] = lambda name=name: data.decode(errors="replace").encode(name, "replace")
    way = chance.choice(list(ways))
    path.write_bytes(ways[way]())
    return f"{path.relative_to(folder)}: {way} at byte {at}"


def pick_file(folder, chance, pattern="*"):
    """Choose one of the files that an earlier change left to be read."""
    paths = (path for path in sorted(folder.rglob(pattern)) if not path.is_symlink())
    return chance.choice([path for path in paths if path.is_file() and path.stat().st_size < BIG])


def spoil_table(folder, chance):
    """Change the cells, rows or columns of a CSV file as text."""
    path = pick_file(folder, chance, "*.csv")
    rows = [list(row) for row in csv.reader(io.StringIO(path.read_text("utf-8", "replace")))]
    if len(rows) < 2 or not rows[0]:
        return f"{path.name}: left as it was"
    way = chance.choice(TABLE_WAYS)
    said = way(rows, chance)
    text = io.StringIO()
    form = chance.choice(FORMS) if chance.random() < 0.2 else {}
    csv.writer(text, **({"lineterminator": "\n"} | form)).writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    return f"{path.relative_to(folder)}: {said}{f', written with {form}' if form else ''}"


FORMS = (
    *({"delimiter": sign} for sign in ";\t|: "),
    *({"quoting": csv.QUOTE_ALL}, {"quotechar": "'"}, {"lineterminator": "\r"}),
    {"quoting": csv.QUOTE_NONE, "escapechar": "\\"},
)


def put_cell(rows, chance):
    row, column = chance.randrange(1, len(rows)), chance.randrange(len(rows[0]))
    value = chance.choice(CELLS)
    rows[row][column : column + 1] = [value]
    return f"row {row + 1}, {rows[0][column]}: {short(value)}"


def put_column(rows, chance):
    column, value = chance.randrange(len(rows[0])), chance.choice(CELLS)
    for row in rows[1:]:
        row[column : column + 1] = [value]
    return f"every {rows[0][column]}: {short(value)}"


def put_row(rows, chance):
    value = chance.choice(CELLS)
    rows.insert(chance.randrange(1, len(rows) + 1), [value] * len(rows[0]))
    return f"a row of {short(value)}"


def put_name(rows, chance):
    column = chance.randrange(len(rows[0]))
    old, value = rows[0][column], chance.choice(CELLS)
    rows[0][column] = chance.choice([value, old.upper(), f" {old}", f"{old}.1", f"{old}\n", ""])
    return f"column {old} is called {short(rows[0][column])}"


def drop_column(rows, chance):
    column = chance.randrange(len(rows[0]))
    names = [row.pop(column) for row in rows if len(row) > column]
    return f"without column {names[0]}"


def repeat_column(rows, chance):
    column = chance.randrange(len(rows[0]))
    for row in rows:
        row.append(row[column] if column < len(row) else "")
    return f"column {rows[0][column]} twice"


def swap_columns(rows, chance):
    one, other = chance.randrange(len(rows[0])), chance.randrange(len(rows[0]))
    for row in rows[chance.randrange(2) :]:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]
    return f"columns {rows[0][one]} and {rows[0][other]} swapped"


def change_rows(rows, chance):
    row = chance.randrange(len(rows))
    ways = {
        "again": lambda: rows.append(list(rows[row])),
        "deleted": lambda: rows.pop(row),
        "one cell more": lambda: rows[row].append("x"),
        "one cell less": lambda: rows[row].pop(),
        "and no other data": lambda: rows.__setitem__(slice(1, None), [rows[row]]),
        "first, under a title": lambda: rows.insert(0, ["Title", *[""] * (len(rows[0]) - 1)]),
        f"{MANY} times": lambda: rows.extend([list(rows[row])] * MANY),
        "shuffled with the others": lambda: chance.shuffle(rows),
        "widened by 600 columns": lambda: [one.extend(["x"] * 600) for one in rows] and None,
        "without any data below": lambda: rows.__delitem__(slice(1, None)),
    }
    way = chance.choice(list(ways))
    ways[way]()
    return f"row {row + 1} {way}"


TABLE_WAYS = (
    *[put_cell] * 4,
    *(put_column, put_row, put_name, drop_column, repeat_column, swap_columns, change_rows),
)


def spoil_settings(folder, chance):
    """Change one value of study.yml, wherever it stands, or its text."""
    path = folder / "study.yml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    places = list(walk(settings))
    place = chance.choice(places)
    what = chance.choice(list(YAML_TEXTS))
    mark = "PUT-HERE"
    way = chance.choice(["value", "value", "value", "key", "end", "deleted"])
    change(settings, place, way, mark)
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    spoilt = text.replace(mark, YAML_TEXTS[what]) if mark in text else f"{text}{YAML_TEXTS[what]}\n"
    path.write_text(spoilt, encoding="utf-8")
    return f"study.yml: {'.'.join(map(str, place))}: {way}" + f" {what}" * (way != "deleted")


def walk(value, place=()):
    """Give every place below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in pairs:
        yield (*place, key)
        if isinstance(below, dict | list) and len(place) < 6:
            yield from walk(below, (*place, key))


def change(settings, place, way, mark):
    for key in place[:-1]:
        settings = settings[key]
    key = place[-1]
    if way == "value":
        settings[key] = mark
    elif way == "deleted":
        del settings[key]
    elif way == "key" and isinstance(settings, dict):
        settings[mark] = settings.pop(key)


def spoil_files(folder, chance):
    """Put something that is no ordinary file in the place of a file, or beside it."""
    path = chance.choice([pick_file(folder, chance), folder / "tables", folder / "study.yml"])
    way = chance.choice(list(FILE_WAYS))
    FILE_WAYS[way](path, folder)
    return f"{path.relative_to(folder)}: {way}"


def replaced(make):
    def put(path, folder):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(True)
        make(path)

    return put


def beside(name, make):
    def put(path, folder):
        place = (folder if path.is_dir() else path.parent) / name
        if not os.path.lexists(place):
            make(place)

    return put


def make_socket(path):
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as one:  # by its folder, whose name may be too long
        one.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


def make_holes(path):
    with path.open("wb") as file:
        file.truncate(3 << 30)


def make_deep(path):
    for _ in range(60):
        path = path / ("d" * 20)
    path.mkdir(parents=True)


def lock_away(path, folder):
    path.chmod(0)


FILE_WAYS = {
    "gone": replaced(lambda path: None),
    "a folder": replaced(Path.mkdir),
    "a pipe": replaced(os.mkfifo),
    "a socket": replaced(make_socket),
    "a link to nothing": replaced(lambda path: path.symlink_to("nothing")),
    "a link to itself": replaced(lambda path: path.symlink_to(path.name)),
    "a link to /dev/zero": replaced(lambda path: path.symlink_to("/dev/zero")),
    "a link to /dev/full": replaced(lambda path: path.symlink_to("/dev/full")),
    "a link to a folder": replaced(lambda path: path.symlink_to("/proc")),
    "3 GB of holes": replaced(make_holes),
    "unreadable": lock_away,
    "a folder beside it": beside("labs.csv", Path.mkdir),
    "a pipe beside it": beside("labs.csv", os.mkfifo),
    "a pipe of no meaning beside it": beside("notes.txt", os.mkfifo),
    "a name that is not UTF-8 beside it": beside(os.fsdecode(b"l\xe4bs.csv"), Path.touch),
    "a long name beside it": beside("n" * 250 + ".csv", Path.touch),
    "a name with a line break beside it": beside("a\nb.csv", Path.touch),
    "a name in capitals beside it": beside("Patients.csv", Path.touch),
    "an ending in capitals beside it": beside("patients.CSV", Path.touch),
    "a second form beside it": beside("patients.xlsx", Path.touch),
    "an empty name beside it": beside(".csv", Path.touch),
    "a loop beside it": beside("loop", lambda path: path.symlink_to("..")),
    "a deep folder beside it": beside("deep", make_deep),
    "a pipe as claims": beside("published_claims.csv", os.mkfifo),
    "a folder as claims": beside("published_claims.csv", Path.mkdir),
    "3 GB beside it": beside("raw.dat", make_holes),
}


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
    value = chance.choice(["=12/8", "#DIV/0!", True, 1e308, 10**400, "=1/0", pd.Timestamp(0), "x", 0.5])
    if chance.random() < 0.4:
        row, column = far
    sheet.cell(row, column).value = str(value) if value == 10**400 else value
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
        write(frame.rename(columns=lambda name: str(name)[: 8 if kind == "xpt" else 60]), str(target))
    except Exception:  # noqa: BLE001 - what cannot be written is attacked as it lies there
        target.write_bytes(b"$FL2@(#)")
    said = break_whole(target, chance) if chance.random() < 0.6 else f"every {column}: {short(value)}"
    return f"tables/{target.name}: {said}"


def spoil_grid(folder, chance):
    """Spoil the grid that lies beside the study folders."""
    if chance.random() < 0.5:
        return spoil_bytes(folder / "grid", chance)
    path = folder / "grid" / chance.choice(["grid.csv", "grid.yml"])
    what = chance.choice(list(YAML_TEXTS)) if path.suffix == ".yml" else chance.choice(CELLS)
    text = path.read_text()
    old = chance.choice(["one", "first", "30", "cutoff", "name", "study"])
    new = YAML_TEXTS[what] if path.suffix == ".yml" else what
    path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))
    return f"{path.name}: {short(what)} for {old}"


def short(value):
    """Give a value as a message can show it."""
    text = ascii(value)
    return text if len(text) < 60 else f"{text[:40]}... ({len(text)} signs)"


WAYS = (
    *[spoil_bytes] * 4,
    *[spoil_table] * 6,
    *[spoil_settings] * 5,
    *[spoil_files] * 3,
    *(spoil_workbook, spoil_workbook, spoil_statistics_file),
)
