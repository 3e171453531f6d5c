import pandas as pd
import pytest
from tests.study_folders import make_config

from helpers.contracts import table_contract
from helpers.io.cells import convert_cells
from helpers.io.values import find_value_faults


def find_faults(table, **columns):
    contract = table_contract(table, make_config())
    rows = len(next(iter(columns.values())))
    cells = pd.DataFrame(columns, index=range(2, 2 + rows), dtype="str")
    frame, _ = convert_cells(cells, contract, file="tables/t.csv")
    return find_value_faults(frame, contract, file="tables/t.csv")


def test_a_table_without_faults_has_none():
    assert find_faults("core_set", patient_id=["P1", "P1"], month=["0", "3"]) == []


def test_the_same_patient_and_month_again_is_a_fault_of_the_later_row():
    [fault] = find_faults("core_set", patient_id=["P1", "P2", "P1"], month=["3", "3", "3.0"])
    assert fault.place == "tables/t.csv, row 4, column month"
    assert fault.found == "patient_id P1, month 3 again, after row 2"
    assert fault.expected == "one row per patient_id and month"
    assert fault.mend == ("delete the wrong row; the source decides which of two values is right")


def test_a_row_that_stands_three_times_is_two_faults():
    faults = find_faults("patients", patient_id=["P1", "P1", "P1"])
    assert [fault.row for fault in faults] == [3, 4]
    assert {fault.found for fault in faults} == {"patient_id P1 again, after row 2"}


def test_rows_with_an_empty_key_are_faults_of_the_empty_cell_only():
    faults = find_faults("core_set", patient_id=["P1", "P1"], month=[None, None])
    assert [fault.place for fault in faults] == [
        "tables/t.csv, row 2, column month",
        "tables/t.csv, row 3, column month",
    ]
    assert {(fault.found, fault.expected, fault.mend) for fault in faults} == {
        ("an empty cell", "an entry in every row", "fill the cell or delete the row")
    }


def test_events_have_no_key_and_may_repeat():
    repeated = {"patient_id": ["P1", "P1"], "term": ["Headache"] * 2, "serious": ["no"] * 2}
    assert find_faults("adverse_events", **repeated) == []


def test_a_value_that_breaks_two_rules_of_its_column_is_one_fault():
    [fault] = find_faults("core_set", haq_di=["3.1"])
    assert fault.found == "3.1"
    assert fault.expected == "0 to 3; a multiple of 0.125, or a mean of 6 or 7 categories"


def test_faults_come_in_the_order_of_rows_and_columns():
    faults = find_faults("core_set", mmt8=["81", "1", "-1"], ck=["-1", "-2", "0"])
    assert [(fault.row, fault.column) for fault in faults] == [
        (2, "ck"),
        (2, "mmt8"),
        (3, "ck"),
        (4, "mmt8"),
    ]


def test_a_table_without_rows_has_no_faults_of_values():
    assert find_faults("adverse_events", patient_id=[], term=[], serious=[]) == []


@pytest.mark.parametrize("value", ["0.30000000000000004", "2.9999999999999996"])
def test_a_rounding_error_of_the_computer_is_no_fault(value):
    assert find_faults("functional_index", fi=[value]) == []


def test_a_step_of_an_eighth_tolerates_the_rounding_of_the_computer():
    assert find_faults("core_set", haq_di=["0.12500000000000003"]) == []
