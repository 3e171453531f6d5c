"""Both sides of every limit of every column; the limits are typed here, not read from the code."""

import pandas as pd
import pytest
from tests.study_folders import make_config

from helpers.contracts import CONTRACTS, table_contract
from helpers.io.cells import convert_cells
from helpers.io.values import find_value_faults

CM, MM = {}, {"vas_maximum": 100}
EIGHTHS, ROUNDED = {}, {"haq_di_precision": "two_decimals"}
UNITS, KATAL = {}, {"ck": {"unit": "ukat/L"}}
MITAX = {"extramuscular": {"instrument": "mitax"}}
MYOACT_10 = {"extramuscular": {"instrument": "myoact", "maximum": 10}}
SHORT_FI = {"functional_index_maximum": 50}

# table, column, instruments, values inside, values outside
LIMITS = [
    ("patients", "arm", {}, "treated Treated", "placebo"),
    ("patients", "sex", {}, "female male Female", "f"),
    ("patients", "age_years", {}, "0 57.5 120", "-1 120.5"),
    ("patients", "diagnosis", {}, "PM DM IBM JDM CADM IMNM ASyS overlap dm", "polymyositis"),
    ("patients", "disease_duration_years", {}, "0 90", "-0.1 90.1"),
    ("disposition", "status", {}, "completed ongoing left died", "stopped gone"),
    ("disposition", "last_month", {}, "0 12 60 1200", "-0.5 1200.5"),
    ("core_set", "month", {}, "0 3 3.0", "1 -3 12"),
    ("core_set", "physician_global", CM, "0 3.5 10 10.0", "-0.1 10.1 72"),
    ("core_set", "physician_global", MM, "0 72 100", "-1 100.1"),
    ("core_set", "patient_global", CM, "0 10", "-0.1 10.1"),
    ("core_set", "patient_global", MM, "0 100", "-0.1 100.1"),
    ("core_set", "haq_di", EIGHTHS, "0 0.125 0.25 0.375 0.875 3", "-0.125 3.125 4"),
    ("core_set", "haq_di", EIGHTHS, "1.143 1.1429 1.167", "1.14 1.17"),  # 8/7, 7/6
    ("core_set", "haq_di", EIGHTHS, "0.125", "0.12 0.13 0.38 0.63 0.88 0.1"),
    ("core_set", "haq_di", ROUNDED, "0 0.12 0.13 0.125 0.38 0.63 0.88 1.75 3 0.14", "0.11 0.2"),
    ("core_set", "haq_di", ROUNDED, "2.88", "-0.12 3.01 3.13"),
    ("core_set", "ck", UNITS, "0 252 120000", "-1 120001"),
    ("core_set", "ck", KATAL, "0 4.2 2000", "-0.1 2000.1"),
    ("core_set", "extramuscular", CM, "0 10", "-0.1 10.1"),
    ("core_set", "extramuscular", MM, "0 100", "-0.1 100.1"),
    ("core_set", "extramuscular", MITAX, "0 0.24 1", "-0.01 1.01"),
    ("core_set", "extramuscular", MYOACT_10, "0 10", "10.1"),
    ("core_set", "mmt8", {}, "0 79 80", "-1 80.5 81"),
    ("core_set", "mmt8", {"mmt8_maximum": 150}, "0 81 150", "-1 151"),
    ("functional_index", "month", {}, "0 3", "2"),
    ("functional_index", "fi", {}, "0 64", "-1 65"),
    ("functional_index", "fi", SHORT_FI, "50", "51"),
    ("questionnaires", "month", {}, "0 3", "2"),
    ("questionnaires", "instrument", {}, "haq sf36 map HAQ", "eq5d"),
    ("questionnaires", "response", {}, "0 7", "-1 8"),
    ("adverse_events", "start_month", {}, "0 0.5 1200", "-0.1 1201"),
    ("adverse_events", "ctcae_grade", {}, "1 2 3 4 5", "0 6 -1"),
    ("adverse_events", "action", {}, "none interrupted reduced stopped None", "withdrawn"),
    ("medications", "dose", {}, "0 7.5", "-5"),
    ("medications", "start_month", {}, "-1200 -24 0 1200", "-1201 1201"),
    ("medications", "end_month", {}, "-1200 12 1200", "-1201 1201"),
    ("medications", "role", {}, "study background rescue not_allowed Rescue", "other"),
    ("labs", "day", {}, "-36000 0 36000", "-36001 36001"),
    ("case_events", "day", {}, "-36000 0 36000", "-36001 36001"),
    ("case_events", "end_day", {}, "-36000 0 36000", "-36001 36001"),
    ("biopsies", "month", {}, "0 3", "2"),
    ("biopsies", "marker", {}, "CD3 CD163 IL-1alpha IL-1beta IL-1Ra cd3", "CD68"),
    ("biopsies", "value", {}, "0 4.2", "-0.1"),
    ("cytokines", "month", {}, "0 3", "2"),
    ("cytokines", "concentration", {}, "0 512", "-0.1"),
    ("cytokines", "bound", {}, "in_range below above", "under <"),
    ("t_cells", "month", {}, "0 3", "2"),
    ("t_cells", "percent", {}, "0 54.1 100", "-0.1 100.1"),
    ("t_cells", "events", {}, "0 18250", "-1"),
    ("in_vitro", "concentration", {}, "0 410", "-0.1"),
    ("performance_tests", "month", {}, "0 3", "2"),
    ("performance_tests", "value", {}, "0 18", "-1"),
    ("published_flags", "month", {}, "0 3", "2"),
    ("published_changes", "month", {}, "0 3", "2"),
    ("published_changes", "measure", {}, "mmt8 ck extramuscular MMT8", "fi"),
    ("published_changes", "change", {}, "improved unchanged worsened", "better"),
    ("labs", "value", {}, "0 31", "-1"),
    ("case_events", "kind", {}, "treatment finding imaging outcome", "therapy"),
]
INSIDE = [(*limits[:3], value) for limits in LIMITS for value in limits[3].split()]
OUTSIDE = [(*limits[:3], value) for limits in LIMITS for value in limits[4].split()]


def find_faults(table, column, instruments, value):
    contract = table_contract(table, make_config(instruments=instruments))
    cells = pd.DataFrame({column: [value]}, index=pd.Index([2], name="row"), dtype="str")
    frame, faults = convert_cells(cells, contract, file=f"tables/{table}.csv")
    return faults + find_value_faults(frame, contract, file=f"tables/{table}.csv")


@pytest.mark.parametrize(("table", "column", "instruments", "value"), INSIDE)
def test_a_value_at_or_inside_its_limit_is_accepted(table, column, instruments, value):
    assert find_faults(table, column, instruments, value) == []


@pytest.mark.parametrize(("table", "column", "instruments", "value"), OUTSIDE)
def test_a_value_outside_its_limit_is_one_fault_with_its_place(table, column, instruments, value):
    [fault] = find_faults(table, column, instruments, value)
    assert fault.place == f"tables/{table}.csv, row 2, column {column}"
    assert fault.found.startswith(value)


def test_every_column_that_has_a_limit_is_tested_here():
    checked = {
        (table, column)
        for table in CONTRACTS
        for column, schema in table_contract(table, make_config()).columns.items()
        if schema.checks
    }
    assert {(table, column) for table, column, *_ in LIMITS} == checked


@pytest.mark.parametrize(
    ("column", "instruments", "value", "found", "expected", "mend"),
    [
        (
            "patient_global",
            CM,
            "72",
            "72 cm",
            "0 to 10 cm",
            "the study declares a scale of 0 to 10 cm: convert the value, or set "
            "instruments.vas_maximum to 100 in study.yml if the whole study uses mm",
        ),
        (
            "patient_global",
            MM,
            "101",
            "101 mm",
            "0 to 100 mm",
            "the study declares a scale of 0 to 100 mm: convert the value",
        ),
        (
            "haq_di",
            EIGHTHS,
            "0.38",
            "0.38",
            "0 to 3; a multiple of 0.125, or a mean of 6 or 7 categories",
            "check the score sheet; if values were rounded for publication, set "
            "instruments.haq_di_precision to two_decimals in study.yml",
        ),
        (
            "ck",
            KATAL,
            "6000",
            "6000 ukat/L",
            "0 to 2000",
            "the study declares ukat/L: convert the value (1 ukat/L = 60 U/L), or set "
            "instruments.ck.unit to U/L if the whole column is in that unit",
        ),
        (
            "mmt8",
            {},
            "142",
            "142 points",
            "0 to 80",
            "check the sum; if both sides were tested, set instruments.mmt8_maximum to 150 in "
            "study.yml",
        ),
        (
            "extramuscular",
            MITAX,
            "24",
            "24",
            "0 to 1",
            "convert the value, or declare the instrument and its maximum under "
            "instruments.extramuscular in study.yml",
        ),
        (
            "month",
            {},
            "2.5",
            "2.5 months",
            "a planned visit: 0 (Baseline), 3 (3 months)",
            "use the nominal month of a planned visit, or add the visit to visits in study.yml",
        ),
    ],
)
def test_a_mixed_up_unit_names_the_setting_that_decides(
    column, instruments, value, found, expected, mend
):
    [fault] = find_faults("core_set", column, instruments, value)
    assert (fault.found, fault.expected, fault.mend) == (found, expected, mend)


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_table_says_what_a_row_is_and_every_column_what_it_holds(table):
    contract = table_contract(table, make_config())
    assert contract.metadata["one_row_per"]
    assert set(contract.metadata["key"]) <= set(contract.columns)
    for column in contract.columns.values():
        assert column.description
        assert column.metadata["kind"] in ("text", "number", "integer", "flag")


@pytest.mark.parametrize("instruments", [CM, MM, ROUNDED, KATAL, MITAX, {"mmt8_maximum": 150}])
@pytest.mark.parametrize("table", CONTRACTS)
def test_every_example_fits_its_own_column(table, instruments):
    contract = table_contract(table, make_config(instruments=instruments))
    for name, column in contract.columns.items():
        example = column.metadata["example"]
        assert example or not column.metadata["filled"]
        if example:
            assert find_faults(table, name, instruments, example) == []


def test_an_unknown_table_has_no_contract():
    with pytest.raises(KeyError, match="muscle"):
        table_contract("muscle", make_config())
