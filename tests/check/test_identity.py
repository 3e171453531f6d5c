"""One name in two spellings is one fault, wherever the two stand."""

import datetime as dt

import openpyxl
import pytest
from tests.study_folders import CORE_SET, PATIENTS, find_only_fault, write_study

from helpers.study import check_study

CYTOKINES = "patient_id,month,analyte,concentration,unit,bound\n"


def write_patients(tmp_path, *names, **tables):
    rows = "".join(f"{name},treated\n" for name in names)
    return write_study(tmp_path / "x", {"patients": "patient_id,arm\n" + rows} | tables)


def test_two_patients_that_differ_in_case_are_one_fault(tmp_path):
    fault = find_only_fault(write_patients(tmp_path, "P01", "p01"))
    assert fault.place == "tables/patients.csv, row 3, column patient_id"
    assert fault.found == (
        "p01 (U+0070), which reads like P01 (U+0050) of tables/patients.csv, row 2"
    )
    assert fault.expected == "one way of writing each patient"


def test_a_letter_of_two_forms_in_two_tables_is_one_fault_for_all_rows(tmp_path):
    core = "patient_id,month,mmt8\nA\u030a1,0,70\nA\u030a1,3,75\n"
    core = core.replace("mmt8", "physician_global,patient_global,haq_di,ck,extramuscular,mmt8")
    core = core.replace(",70", ",1,1,1,1,1,70").replace(",75", ",1,1,1,1,1,75")
    fault = find_only_fault(write_patients(tmp_path, "\u00c51", core_set=core))
    assert fault.place == "tables/core_set.csv, row 2, column patient_id"
    assert "A\u030a1 (U+0041 U+030A), which reads like \u00c51 (U+00C5)" in fault.found


def test_ids_whose_digits_stand_otherwise_are_two(tmp_path):
    assert check_study(write_patients(tmp_path, "1-12", "11-2")) == []


@pytest.mark.parametrize(("known", "stranger"), [("001", "1"), ("1", "001"), ("P01", "P1")])
def test_zeros_that_a_spreadsheet_dropped_are_asked_for(tmp_path, known, stranger):
    events = "patient_id,day,test,value,unit\n" + f"{stranger},0,CRP,3,mg/L\n"
    fault = find_only_fault(write_patients(tmp_path, known, labs=events))
    assert fault.mend == f"did you mean {known}? correct it, or add the patient to patients"


def test_an_analyte_in_two_tables_and_study_yml_is_told_at_each_further_spelling(tmp_path):
    cytokines = CYTOKINES + "P1,0,TNF-alpha,3,pg/mL,in_range\nP2,0,TNF-\u03b1,3,pg/mL,in_range\n"
    in_vitro = "donor,condition,analyte,concentration,unit\nD1,none,TNFA,4,pg/mL\n"
    reference = {"low": 0, "high": 2, "unit": "pg/mL", "source": "a source"}
    folder = write_study(
        tmp_path / "x",
        {"cytokines": cytokines, "in_vitro": in_vitro},
        references={"TNF \u03b1": reference},
    )
    assert [fault.place for fault in check_study(folder)] == [
        "study.yml, key references.TNF \u03b1",
        "tables/cytokines.csv, row 3, column analyte",
        "tables/in_vitro.csv, row 2, column analyte",
    ]


@pytest.mark.parametrize(
    ("table", "text", "column"),
    [
        (
            "t_cells",
            "patient_id,month,population,parent,percent,events\n"
            "P1,0,CD4+ CD45RO+,CD4+ T cells,41,100\nP2,0,CD4+CD45RO+,CD4+ T cells,41,100\n",
            "population",
        ),
        (
            "labs",
            "patient_id,day,test,value,unit\nP1,0,CRP,3,mg/L\nP2,0,crp,3,mg/L\n",
            "test",
        ),
        (
            "biopsies",
            "patient_id,month,marker,value,unit,expressed,reader\n"
            "P1,0,CD3,3,%,true,Reader 1\nP2,0,CD3,3,%,true,reader 1\n",
            "reader",
        ),
        (
            "in_vitro",
            "donor,condition,analyte,concentration,unit\n"
            "D1,none,IL-6,4,pg/mL\nd1,none,IL-6,4,pg/mL\n",
            "donor",
        ),
    ],
)
def test_every_kind_of_name_is_compared(tmp_path, table, text, column):
    fault = find_only_fault(write_study(tmp_path / "x", {table: text}))
    assert fault.place == f"tables/{table}.csv, row 3, column {column}"


def test_two_markers_that_are_in_no_list_are_told_once_each(tmp_path):
    text = (
        "patient_id,month,marker,value,unit,expressed,reader\n"
        "P1,0,CD-3,3,%,true,reader 1\nP2,0,CD 3,3,%,true,reader 1\n"
    )
    faults = check_study(write_study(tmp_path / "x", {"biopsies": text}))
    assert [fault.found for fault in faults] == ["CD-3", "CD 3"]


def test_ids_that_excel_stored_as_dates_are_faults(tmp_path):
    folder = write_study(tmp_path / "x")
    (folder / "tables" / "patients.csv").unlink()
    book = openpyxl.Workbook()
    book.active.append(["patient_id", "arm"])
    book.active.append([dt.datetime(2024, 2, 1), "treated"])
    book.active.append(["02-01", "treated"])
    book.save(folder / "tables" / "patients.xlsx")
    fault = find_only_fault(folder)
    assert fault.place == "tables/patients.xlsx, row 2, column patient_id"
    assert fault.found == "2024-02-01, a date that a spreadsheet made of an id"


@pytest.mark.parametrize("name", ["01-Feb", "1.00E+05"])
def test_what_a_spreadsheet_wrote_into_a_csv_is_a_fault(tmp_path, name):
    fault = find_only_fault(write_patients(tmp_path, "01-12", name))
    assert fault.found.startswith(f"{name}, a ")


def test_a_column_that_mixes_numbers_with_names_is_one_fault(tmp_path):
    fault = find_only_fault(write_patients(tmp_path, "P01", "2", "3", "P04", "P05"))
    assert fault.place == "tables/patients.csv, row 3, column patient_id"
    assert fault.found == ("2, while P01 is written otherwise (2 numbers, 3 with letters or signs)")


def test_a_study_of_plain_names_has_no_fault(tmp_path):
    folder = write_study(tmp_path / "x", {"patients": PATIENTS, "core_set": CORE_SET})
    assert check_study(folder) == []
