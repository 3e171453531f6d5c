"""Draw whole tables that `check` has nothing to say about, and cells that it must refuse.

Every rule that looks across rows, columns or tables is known here and nowhere else in the tests:
a check that learns a new one adds it to these strategies.
"""

from hypothesis import strategies as st
from tests.study_folders import make_config

from helpers.check.identity import EXAMPLE_PREFIX
from helpers.contracts import CONTRACTS, table_contract
from helpers.contracts.identity import describe_spreadsheet_id, fold_person, fold_thing
from helpers.contracts.patients import patient_anchor
from helpers.io.bounds import SMALLEST_NUMBER
from helpers.io.tables import MISSING_TEXTS

INSTRUMENTS = [
    {},
    {"vas_maximum": 100, "mmt8_maximum": 150, "ck": {"unit": "ukat/L"}},
    {"haq_di_precision": "two_decimals", "extramuscular": {"instrument": "mitax"}},
]
EIGHTHS = [step / 8 for step in range(25)]
LARGEST = 1e6
MOST_ROWS = 4

BYSTANDER = "one more"
"""A patient of every study that no row but its own in `patients` names."""

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
NAMES = WORDS.filter(lambda text: text not in MISSING_TEXTS)
PEOPLE = NAMES.filter(
    lambda name: (
        not name.startswith(EXAMPLE_PREFIX)
        and patient_anchor(name) != patient_anchor(BYSTANDER)
        and fold_person(name) != fold_person(BYSTANDER)
        and not describe_spreadsheet_id(name)
        and not name.isdecimal()  # the bystander is none
    )
)
"""Names that real patients and donors may have beside the bystander."""


def find_limits(column):
    """Give the smallest and largest value that a column's checks allow, and its closed list."""
    limits = {key: value for check in column.checks for key, value in check.statistics.items()}
    return (
        limits.get("min_value", -LARGEST),
        limits.get("max_value", LARGEST),
        limits.get("allowed_values"),
    )


def values_of(name, column, people):
    """Draw values of one column, as Python objects; None where it may be empty."""
    low, high, allowed = find_limits(column)
    kind = column.metadata["kind"]
    if allowed is not None:
        values = st.sampled_from(list(allowed))
    elif name in ("patient_id", "donor"):
        values = st.sampled_from(people)
    elif name == "haq_di":
        values = st.sampled_from(EIGHTHS)
    elif kind == "number":
        numbers = st.floats(low, high, allow_nan=False).map(lambda value: value + 0.0)
        values = numbers.filter(lambda value: value == 0 or abs(value) >= SMALLEST_NUMBER)
    else:
        integers = st.integers(int(low), int(high))
        values = {"integer": integers, "flag": st.booleans(), "text": NAMES}[kind]
    return values if column.metadata["filled"] else st.none() | values


def agree(row):
    """Make a row of the disposition say one thing; nobody is ongoing, as there is no data cut."""
    status = "left" if row["status"] == "ongoing" else row["status"]
    completed = status == "completed"
    reason = None if completed else row["stop_reason"]
    return row | {"status": status, "completed": completed, "stop_reason": reason}


def bound(row):
    """Give a concentration outside quantification its limit."""
    return row | ({"bound": "in_range"} if row["concentration"] is None else {})


def count(row):
    """Take the percentage of no cells away."""
    return row | ({"percent": None} if row["events"] == 0 else {})


NAMED = (
    *((("reader",), fold_person), (("condition",), fold_person), (("analyte",), fold_thing)),
    *((("population", "parent"), fold_thing), (("test",), fold_thing)),
)
"""Columns whose names are compared with one another, and how."""


def spells_each_name_in_one_way(rows):
    """Tell whether no two names of the rows fall together."""
    for columns, fold in NAMED:
        names = {row[column] for row in rows for column in columns if row.get(column)}
        if len({fold(name) for name in names}) < len(names):
            return False
    return True


ORDERED = (("start_month", "end_month"), ("day", "end_day"))
"""Columns of a row of which the second is never before the first."""


def settle(rows):
    """Make rows keep the rules between their cells: order in time, units, reasons, forms."""
    units = {}
    return [settle_row(row | {}, units, number) for number, row in enumerate(rows, start=1)]


def settle_row(row, units, number):
    """Make one row keep them; ``units`` holds the unit of each quantity so far."""
    for first, last in ORDERED:
        if None not in (row.get(first), row.get(last)):
            row[first], row[last] = sorted([row[first], row[last]])
    if row.get("completed"):
        row["stop_reason"] = None
    if "instrument" in row:
        row["item"] = str(number)  # a response of 1 is one of every item of every form
        row["response"] = None if row["response"] is None else 1.0
    for column in ("marker", "analyte", "test"):
        if row.get(column) and row.get("unit"):
            row["unit"] = units.setdefault(row[column], row["unit"])
    return row


@st.composite
def valid_tables(draw):
    """Draw a table's name, the study's instruments and one to four valid rows."""
    name = draw(st.sampled_from(sorted(CONTRACTS)))
    instruments = draw(st.sampled_from(INSTRUMENTS))
    unlike = (patient_anchor, fold_person)
    people = draw(st.lists(PEOPLE, min_size=1, max_size=MOST_ROWS, unique_by=unlike))
    contract = table_contract(name, make_config(instruments=instruments))
    values = [values_of(key, column, people) for key, column in contract.columns.items()]
    row = st.tuples(*values).map(lambda cells: dict(zip(contract.columns, cells, strict=True)))
    row = row.map({"disposition": agree, "cytokines": bound, "t_cells": count}.get(name, dict))
    key = contract.metadata["key"]
    identity = (lambda row: tuple(row[column] for column in key)) if key else id
    lists = st.lists(row, min_size=1, max_size=MOST_ROWS, unique_by=identity)
    rows = draw(lists.filter(spells_each_name_in_one_way))
    return name, instruments, settle(rows)


def list_wrong_texts(column):
    """List texts that cannot stand in a column; none where it takes any text."""
    low, high, allowed = find_limits(column)
    kind = column.metadata["kind"]
    wrong = {
        "number": ["abc", "1,5", "<0.2", "12 %", "3-Jan", "2024-01-03"],
        "integer": ["abc", "2.5", "2,0", "3-Jan"],
        "flag": ["1", "maybe", "truee"],
        "text": ["no such word"] if allowed is not None else [],
    }[kind]
    if kind in ("number", "integer") and allowed is None:
        wrong += [f"{high + 1:.0f}"] * (high < LARGEST) + [f"{low - 1:.0f}"] * (low > -LARGEST)
    return wrong + ["", "NA"] * column.metadata["filled"]


@st.composite
def spoilt_tables(draw):
    """Draw a valid table and a place in it with a text that cannot stand there."""
    name, instruments, rows = draw(valid_tables())
    columns = table_contract(name, make_config(instruments=instruments)).columns
    wrong = {key: texts for key, column in columns.items() if (texts := list_wrong_texts(column))}
    column = draw(st.sampled_from(sorted(wrong)))
    at = draw(st.integers(0, len(rows) - 1))
    return name, instruments, rows, (at, column, draw(st.sampled_from(wrong[column])))
