"""Tables as rows and cells of text."""

import csv
import io

from attacks.spoil.common import LONG, pick_file, short

MANY = 2_000
CELLS = (
    *("", " ", "NA", "nan", "inf", "-inf", "Infinity", "1e308", "1e400", "-1e400", "1e-400", "-0"),
    *("0x10", "1_000", "1,5", "1.100,5", "1 200", "<0.5", "> 9", "OOR <", "5 %", "1/2", "--", "+"),
    *("2013-02-01", "01-Feb", "1.00E+05", "9" * 400, "0" * 400, "1." + "3" * 400, "-5", "999999"),
    *("true", "FALSE", "ja", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "'", "''", '"', '"a', "\\"),
    *("٣", "１２", "½", "𝟙", "∞", "µ", "cells/mm²", "Å1", "Å1", "P1\u200b", "\u202eP1", "\ufeffP1"),
    *("p1", "P1 ", "E, x", "a;b", "a\tb", "a\nb", "a\rb", "a\x00b", "\x1b[31m", "\x07", "\x85"),
    *(
        "\u2028",
        "\ufffe",
        "\ud800",
        "\U0010ffff",
        "👩‍🔬",
        "é" * 300,
        "$\\foo{$",
        "cost $5 then $10",
    ),
    *("<script>alert(1)</script>", "</style>", "javascript:alert(1)", "{{ 7*7 }}", "%s%n", "{0}"),
    *("EXAMPLE", "EXAMPLE-1", "../../etc/passwd", "CON", "None", "null", "__class__", "x" * LONG),
)


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
