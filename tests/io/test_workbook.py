"""What a workbook holds beside the values of its first sheet is a fault, never lost."""

import openpyxl
import pytest
from tests.study_folders import find_only_fault, write_study

from helpers.contracts import StudyDataError
from helpers.io.tables import read_table
from helpers.io.workbook import has_formulas
from helpers.study import check_study


def write_book(path, rows, *, merge=None, further=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    sheet = book.create_sheet("Notes")
    for row in further:
        sheet.append(row)
    book.save(path)
    return path


def list_faults(path):
    with pytest.raises(StudyDataError) as caught:
        read_table(path, file="t.xlsx")
    return [(fault.place, fault.found) for fault in caught.value.faults]


def test_formulas_that_were_never_computed_are_faults(tmp_path):
    path = write_book(tmp_path / "t.xlsx", [["a", "b"], ["P1", "=12/8"], ["P2", 3], ["P3", "=1"]])
    assert has_formulas(path)
    assert list_faults(path) == [
        ("t.xlsx, row 2, column B", "a formula without a saved result (=12/8)"),
        ("t.xlsx, row 4, column B", "a formula without a saved result (=1)"),
    ]


def test_a_study_with_such_a_formula_is_refused(tmp_path):
    folder = write_study(tmp_path / "x")
    rows = [["patient_id", "month", "fi"], ["P1", 0, "=15*2"]]
    write_book(folder / "tables" / "functional_index.xlsx", rows)
    fault = find_only_fault(folder)
    assert fault.mend == "open the workbook in a spreadsheet, save it, and bring it again"


@pytest.mark.parametrize(("merge", "faulty"), [("B2:B4", True), ("A1:B1", False), ("D2:E3", False)])
def test_merged_data_cells_are_a_fault_and_others_are_not(tmp_path, merge, faulty):
    rows = [["diagnosis", None if merge == "A1:B1" else "a"], ["PM", "x"], ["DM", None]]
    path = write_book(tmp_path / "t.xlsx", rows, merge=merge)
    if merge == "A1:B1":
        assert ("t.xlsx, row 1", f"merged cells ({merge})") not in list_faults(path)
    elif faulty:
        assert list_faults(path) == [("t.xlsx, row 2", f"merged cells ({merge})")]
    else:
        assert len(read_table(path, file="t.xlsx")) == 2


def test_entries_on_a_further_sheet_are_a_fault_and_an_empty_one_is_none(tmp_path):
    rows = [["a"], ["1"]]
    assert len(read_table(write_book(tmp_path / "t.xlsx", rows), file="t.xlsx")) == 1
    path = write_book(tmp_path / "t.xlsx", rows, further=[[None], ["x"]])
    found = "entries on a further sheet (Notes), which is not read"
    assert list_faults(path) == [("t.xlsx, row 2", found)]


def test_words_of_a_list_are_read_in_any_case(tmp_path):
    patients = "patient_id,arm,sex,diagnosis\nP1,Treated,Female,ibm\nP2,treated,MALE,ASYS\n"
    assert check_study(write_study(tmp_path / "x", {"patients": patients})) == []
