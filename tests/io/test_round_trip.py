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
from hypothesis import example, given, settings
from tests.study_folders import make_settings, write_study
from tests.valid_tables import BYSTANDER, NAMES, spoilt_tables, valid_tables

from helpers.check.identity import EXAMPLE_PREFIX
from helpers.contracts import StudyConfig, table_contract
from helpers.contracts.identity import describe_spreadsheet_id, fold_person
from helpers.contracts.patients import patient_anchor
from helpers.io.cells import convert_cells
from helpers.io.tables import read_table
from helpers.io.values import find_value_faults
from helpers.study import check_study, read_study


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
    if name != "disposition":  # which has a row for everybody
        people[BYSTANDER] = None
    patients = [{"patient_id": person, "arm": "treated"} for person in people]
    tables = {"patients": write_csv(patients)} | {name: write_csv(rows)}
    with TemporaryDirectory() as folder:
        yield write_study(Path(folder) / "study", tables, instruments=instruments)


def list_values(frame):
    return [
        {name: None if pd.isna(value) else value for name, value in row.items()}
        for row in frame.astype(object).to_dict("records")
    ]


@settings(deadline=None, max_examples=40)
@given(valid_tables())
def test_every_valid_table_is_read_back_as_it_was_written(table):
    name, instruments, rows = table
    with write_one_table(name, instruments, rows, known=rows) as folder:
        assert check_study(folder) == []
        assert list_values(read_study(folder).table(name)) == rows


@settings(deadline=None, max_examples=50)
@given(spoilt_tables())
def test_any_spoilt_cell_is_named_by_its_row_and_column(table):
    name, instruments, rows, (at, column, text) = table
    spoilt = [row | ({column: text} if number == at else {}) for number, row in enumerate(rows)]
    with write_one_table(name, instruments, spoilt, known=rows) as folder:
        [fault] = check_study(folder)
    assert fault.place == f"tables/{name}.csv, row {at + 2}, column {column}"


@settings(deadline=None, max_examples=40)
@given(NAMES, NAMES)
@example("!", '"')  # one anchor: both links would lead to the first
@example("EXAMPLE", "P1")
@example("p1", "P1")
@example("1", "P1")
@example("1-Jan", "P1")
def test_two_patients_are_refused_only_by_a_rule_about_their_names(one, other):
    names = {one, other}
    rows = [{"patient_id": name, "arm": "treated"} for name in (one, other)]
    with write_one_table("patients", {}, rows, known=[]) as folder:
        found = {fault.column for fault in check_study(folder)}
    clash = any(fold(one) == fold(other) for fold in (patient_anchor, fold_person))
    example = any(name.startswith(EXAMPLE_PREFIX) for name in names)
    mixed = len({name.isdecimal() for name in names}) > 1
    spoilt = any(describe_spreadsheet_id(name) for name in names)
    assert found == ({"patient_id"} if clash or example or mixed or spoilt else set())


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
