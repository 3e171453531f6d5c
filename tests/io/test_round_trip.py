"""Any valid table comes back as it was written; any spoilt cell is named by its row and column."""

import csv
import io
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.study_folders import make_config, make_settings, write_study

from helpers.contracts import CONTRACTS, StudyConfig, table_contract
from helpers.io.cells import convert_cells
from helpers.io.tables import MISSING_TEXTS, read_table
from helpers.io.values import find_value_faults
from helpers.study import check_study, read_study

INSTRUMENTS = [
    {},
    {"vas_maximum": 100, "mmt8_maximum": 150, "ck": {"unit": "ukat/L"}},
    {"haq_di_precision": "two_decimals", "extramuscular": {"instrument": "mitax"}},
]
EIGHTHS = [step / 8 for step in range(25)]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
NAMES = WORDS.filter(lambda text: text not in MISSING_TEXTS)
LARGEST = 1e6


def find_limits(column):
    """Give the smallest and largest value that a column's checks allow, and its closed list."""
    limits = {key: value for check in column.checks for key, value in check.statistics.items()}
    return (
        limits.get("min_value", -LARGEST),
        limits.get("max_value", LARGEST),
        limits.get("allowed_values"),
    )


def values_of(name, column):
    """Draw values of one column, as Python objects; None where it may be empty."""
    low, high, allowed = find_limits(column)
    kind = column.metadata["kind"]
    if allowed is not None:
        values = st.sampled_from(list(allowed))
    elif name == "haq_di":
        values = st.sampled_from(EIGHTHS)
    elif kind == "number":
        values = st.floats(low, high, allow_nan=False).map(lambda value: value + 0.0)
    else:
        integers = st.integers(int(low), int(high))
        values = {"integer": integers, "flag": st.booleans(), "text": NAMES}[kind]
    return values if column.metadata["filled"] else st.none() | values


@st.composite
def tables(draw):
    """Draw a table's name, the study's instruments and one to four valid rows."""
    name = draw(st.sampled_from(sorted(CONTRACTS)))
    instruments = draw(st.sampled_from(INSTRUMENTS))
    contract = table_contract(name, make_config(instruments=instruments))
    values = [values_of(key, column) for key, column in contract.columns.items()]
    row = st.tuples(*values).map(lambda cells: dict(zip(contract.columns, cells, strict=True)))
    key = contract.metadata["key"]
    identity = (lambda row: tuple(row[column] for column in key)) if key else id
    rows = draw(st.lists(row, min_size=1, max_size=4, unique_by=identity))
    return name, instruments, rows


def show(value):
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([[show(value) for value in row.values()] for row in rows])
    return text.getvalue()


@contextmanager
def write_one_table(name, instruments, rows, *, known):
    """Write a study of one table and of the patients of the known rows, while it is needed."""
    people = dict.fromkeys(row["patient_id"] for row in known if "patient_id" in row)
    patients = [{"patient_id": person, "arm": "treated"} for person in [*people, "one more"]]
    tables = {"patients": write_csv(patients)} | {name: write_csv(rows)}
    with TemporaryDirectory() as folder:
        yield write_study(Path(folder) / "study", tables, instruments=instruments)


def list_values(frame):
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


@settings(deadline=None, max_examples=40)
@given(tables())
def test_every_valid_table_is_read_back_as_it_was_written(table):
    name, instruments, rows = table
    with write_one_table(name, instruments, rows, known=rows) as folder:
        assert check_study(folder) == []
        assert list_values(read_study(folder).table(name)) == rows


def spoil(draw, column):
    """Draw a text that cannot stand in a column, or None if the column takes any text."""
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
    if column.metadata["filled"]:
        wrong += ["", "NA"]
    return draw(st.sampled_from(wrong)) if wrong else None


@settings(deadline=None, max_examples=50)
@given(tables(), st.data())
def test_any_spoilt_cell_is_named_by_its_row_and_column(table, data):
    name, instruments, rows = table
    contract = table_contract(name, make_config(instruments=instruments))
    at = data.draw(st.integers(0, len(rows) - 1), label="row")
    column = data.draw(st.sampled_from(sorted(contract.columns)), label="column")
    text = spoil(data.draw, contract.columns[column])
    assume(text is not None)
    spoilt = [row | ({column: text} if number == at else {}) for number, row in enumerate(rows)]
    with write_one_table(name, instruments, spoilt, known=rows) as folder:
        [fault] = check_study(folder)
    assert fault.place == f"tables/{name}.csv, row {at + 2}, column {column}"


def write_xlsx(frame, path):
    book = openpyxl.Workbook()
    book.active.append(list(frame))
    for row in frame.astype(object).where(frame.notna(), None).to_numpy().tolist():
        book.active.append(row)
    book.save(path)


WRITERS = {
    ".xlsx": write_xlsx,
    ".sav": lambda frame, path: pyreadstat.write_sav(frame, str(path)),
    ".xpt": lambda frame, path: pyreadstat.write_xport(frame, str(path), file_format_version=8),
}


@pytest.mark.parametrize("table", ["patients", "core_set", "performance_tests"])
@pytest.mark.parametrize("ending", WRITERS)
def test_a_real_table_is_the_same_in_every_format(tmp_path, ending, table):
    original = read_study("endurance_training_iim")
    folder = tmp_path / "copy"
    (folder / "tables").mkdir(parents=True)
    (folder / "study.yml").write_bytes((original.folder / "study.yml").read_bytes())
    for name in original.tables:
        file = f"tables/{name}.csv"
        if name != table:
            (folder / file).write_bytes((original.folder / file).read_bytes())
    WRITERS[ending](original.table(table), folder / "tables" / f"{table}{ending}")
    copy = read_study(folder)
    pd.testing.assert_frame_equal(copy.table(table), original.table(table), check_exact=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_names_in_any_script_come_back(tmp_path, encoding):
    config = StudyConfig.model_validate(make_settings(arms={"träning": "Träning", "对照": "对照"}))
    path = tmp_path / "patients.csv"
    path.write_text("patient_id,arm\nÅsa-1,träning\nП2,对照\n", encoding=encoding)
    contract = table_contract("patients", config)
    frame, faults = convert_cells(read_table(path, file="t.csv"), contract, file="t.csv")
    assert faults + find_value_faults(frame, contract, file="t.csv") == []
    assert frame.to_numpy().tolist() == [["Åsa-1", "träning"], ["П2", "对照"]]
