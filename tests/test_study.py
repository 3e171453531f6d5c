import os
from dataclasses import replace

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml
from tests.report.cohorts import make_cohort
from tests.study_folders import (
    CORE_SET,
    PATIENTS,
    find_only_fault,
    make_settings,
    write_study,
)

from helpers.contracts import CONTRACTS, MissingTableError, StudyDataError, UnreadTableError
from helpers.declared import VARIABLE
from helpers.study import check_study, find_study, read_study

EVENTS = (
    "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action\n"
    "P1,0.5,Headache,Nervous system disorders,1,false,true,none\n"
)
BAD = {
    "patients": PATIENTS + "P2,treated\nP3,placebo\n",
    "core_set": CORE_SET.replace("2.5", "72").replace("6,7", "6,x") + "P9,0,1,1,0,1,0,80\n",
    "cytokine": "patient_id\n",
    "adverse_events": EVENTS.replace("1,false", "6,maybe"),
    "functional_index": "patient_id,month,fi\nP1,0\nP2,0,1,2\n",
}
PLACES = [
    "tables/adverse_events.csv, row 2, column serious",
    "tables/adverse_events.csv, row 2, column ctcae_grade",
    "tables/core_set.csv, row 3, column patient_global",
    "tables/core_set.csv, row 4, column patient_global",
    "tables/core_set.csv, row 5, column patient_id",
    "tables/cytokine.csv",
    "tables/functional_index.csv, row 2",
    "tables/functional_index.csv, row 3",
    "tables/patients.csv, row 4, column patient_id",
    "tables/patients.csv, row 5, column arm",
]


def list_bytes(folder):
    """Give every file below a folder with its bytes and time of change."""
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def list_faults(folder):
    return [(fault.place, fault.found) for fault in check_study(folder)]


class TestReading:
    def test_a_study_has_its_tables_typed_in_their_order(self, tmp_path):
        folder = write_study(tmp_path / "x", {"core_set": CORE_SET, "adverse_events": EVENTS})
        study = read_study(folder)
        assert (study.name, study.folder) == ("x", folder)
        assert list(study.tables) == ["patients", "core_set", "adverse_events"]
        core_set = study.table("core_set")
        assert core_set["month"].tolist() == [0, 3, 0]
        assert core_set.index.tolist() == [0, 1, 2]
        assert pd.isna(core_set.loc[1, "extramuscular"])
        events = study.table("adverse_events")
        assert events.dtypes.astype(str).to_dict() == {
            "patient_id": "str",
            "start_month": "float64",
            "term": "str",
            "system_organ_class": "str",
            "ctcae_grade": "Int64",
            "serious": "boolean",
            "related": "boolean",
            "action": "str",
        }

    def test_columns_may_stand_in_any_order_and_come_in_that_of_the_contract(self, tmp_path):
        folder = write_study(tmp_path / "x", {"patients": "arm,patient_id\ntreated,P1\n"})
        assert list(read_study(folder).table("patients")) == ["patient_id", "arm"]

    def test_a_table_is_a_copy_that_may_be_changed(self, tmp_path):
        study = read_study(write_study(tmp_path / "x"))
        table = study.table("patients")
        table["arm"] = "other"
        assert study.table("patients")["arm"].tolist() == ["treated", "treated"]

    def test_a_table_that_was_not_measured_is_named_with_those_that_were(self, tmp_path):
        study = read_study(write_study(tmp_path / "x"))
        assert study.has("patients")
        assert not study.has("core_set")
        with pytest.raises(MissingTableError, match="x has no table core_set; it has patients"):
            study.table("core_set")

    def test_only_the_tables_asked_for_are_read_and_the_patients(self, tmp_path):
        folder = write_study(tmp_path / "x", {"core_set": CORE_SET, "adverse_events": EVENTS})
        study = read_study(folder, tables=["adverse_events"])
        assert list(study.tables) == list(study.hashes) == ["patients", "adverse_events"]

    def test_a_fault_of_a_table_that_was_not_asked_for_does_not_stop_the_others(self, tmp_path):
        folder = write_study(tmp_path / "x", {"core_set": "a,b\n", "adverse_events": EVENTS})
        assert read_study(folder, tables=["adverse_events"]).has("adverse_events")
        with pytest.raises(StudyDataError, match=r"tables/core_set\.csv"):
            read_study(folder)

    def test_a_header_alone_says_that_there_were_no_events(self, tmp_path):
        header = EVENTS.splitlines()[0] + "\n"
        study = read_study(write_study(tmp_path / "x", {"adverse_events": header}))
        assert study.table("adverse_events").shape == (0, 8)
        assert study.table("adverse_events")["serious"].dtype == "boolean"

    def test_hidden_files_lock_files_and_folders_in_tables_are_passed_over(self, tmp_path):
        folder = write_study(tmp_path / "x")
        (folder / "tables" / ".DS_Store").write_bytes(b"\0")
        (folder / "tables" / "~$core_set.xlsx").write_bytes(b"\0")
        (folder / "tables" / "old").mkdir()
        assert check_study(folder) == []

    def test_the_fingerprint_of_a_table_is_that_of_its_file(self, tmp_path):
        folder = write_study(tmp_path / "x", {"patients": "patient_id,arm\nP1,treated\n"})
        # GNU coreutils: printf 'patient_id,arm\nP1,treated\n' | sha256sum
        assert read_study(folder).hashes == {
            "patients": "b1d6015e7635e6f3a333661ce4adcd7855abd3dc54df02600816c3daa243a9cd"
        }

    def test_checking_and_reading_write_nothing(self, tmp_path):
        good = write_study(tmp_path / "good", {"core_set": CORE_SET})
        bad = write_study(tmp_path / "bad", {"core_set": CORE_SET + "P9,7,abc,,,,,\n"})
        before = list_bytes(tmp_path)
        read_study(good)
        assert check_study(bad)
        assert list_bytes(tmp_path) == before


class TestCreatineKinase:
    @pytest.mark.parametrize(
        ("unit", "report_unit", "values"),
        [
            ("ukat/L", None, [6.2, 1.2]),
            ("ukat/L", "ukat/L", [6.2, 1.2]),
            ("ukat/L", "U/L", [372, 72]),
            ("U/L", "U/L", [6.2, 1.2]),
            ("U/L", "ukat/L", [6.2 / 60, 0.02]),
        ],
    )
    def test_it_is_read_in_one_unit_and_shown_in_the_other(
        self, tmp_path, unit, report_unit, values
    ):
        rows = "P1,0,,,,6.2,,\nP1,3,,,,1.2,,\nP2,0,,,,,,\n"
        folder = write_study(
            tmp_path / "x",
            {"core_set": CORE_SET.splitlines()[0] + "\n" + rows},
            instruments={"ck": {"unit": unit, "report_unit": report_unit}},
        )
        ck = read_study(folder).table("core_set")["ck"]
        assert ck.tolist()[:2] == pytest.approx(values, rel=1e-12)
        assert pd.isna(ck[2])

    def test_its_range_is_judged_in_the_unit_of_the_table(self, tmp_path):
        folder = write_study(
            tmp_path / "x",
            {"core_set": CORE_SET.replace("252", "2001")},
            instruments={"ck": {"unit": "ukat/L", "report_unit": "U/L"}},
        )
        fault = find_only_fault(folder)
        assert fault.place == "tables/core_set.csv, row 2, column ck"
        assert fault.found == "2001 ukat/L"


class TestFolders:
    def test_a_study_is_found_by_name_from_a_folder_below_the_project(self, tmp_path, monkeypatch):
        folder = write_study(tmp_path / "my project" / "data" / "a_study")
        (tmp_path / "my project" / "notebooks").mkdir()
        monkeypatch.chdir(tmp_path / "my project" / "notebooks")
        assert find_study("a_study") == folder
        assert read_study("a_study").name == "a_study"

    def test_a_study_is_found_by_a_path_with_spaces(self, tmp_path, monkeypatch):
        folder = write_study(tmp_path / "a folder" / "my study")
        monkeypatch.chdir(tmp_path)
        for path in (folder, str(folder), "a folder/my study", "a folder/my study/"):
            assert find_study(path) == folder
        assert read_study("a folder/my study").name == "my study"

    def test_a_shipped_study_is_found_from_anywhere(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert find_study("endurance_training_iim").is_absolute()

    def test_the_nearest_data_folder_wins(self, tmp_path, monkeypatch):
        write_study(tmp_path / "data" / "x")
        near = write_study(tmp_path / "inner" / "data" / "x")
        monkeypatch.chdir(tmp_path / "inner")
        assert find_study("x") == near

    def test_an_unknown_name_gets_the_nearest_one_and_the_command_for_a_new_study(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(StudyDataError, match="1 fault found") as caught:
            find_study("endurance_trainig_iim")
        [fault] = caught.value.faults
        assert fault.place == "endurance_trainig_iim"
        assert fault.found == "no folder of this name with a study.yml"
        assert fault.expected.startswith("one of ")
        assert "endurance_training_iim" in fault.expected
        assert fault.mend == (
            "did you mean endurance_training_iim? make one with: ./run_all.sh new NAME"
        )
        assert check_study("endurance_trainig_iim") == [fault]

    def test_a_folder_without_study_yml_is_no_study(self, tmp_path):
        (tmp_path / "tables").mkdir()
        [fault] = check_study(tmp_path)
        assert fault.found == "no folder of this name with a study.yml"


class TestTables:
    def test_patients_must_be_there(self, tmp_path):
        folder = write_study(tmp_path / "x", {"core_set": CORE_SET})
        os.remove(folder / "tables" / "patients.csv")
        fault = find_only_fault(folder)
        assert fault.place == "tables/patients.csv"
        assert (fault.found, fault.expected) == ("no such table", "one row per patient")
        assert fault.mend == "list every patient of the study once, with patient_id and arm"

    def test_a_study_without_tables_lacks_its_patients(self, tmp_path):
        folder = write_study(tmp_path / "x")
        os.remove(folder / "tables" / "patients.csv")
        os.rmdir(folder / "tables")
        assert list_faults(folder) == [("tables/patients.csv", "no such table")]

    def test_an_unknown_table_gets_the_nearest_name(self, tmp_path):
        fault = find_only_fault(write_study(tmp_path / "x", {"core_sets": CORE_SET}))
        assert fault.place == "tables/core_sets.csv"
        assert fault.found == "an unknown table"
        assert fault.expected == "a table named one of " + ", ".join(CONTRACTS)
        assert fault.mend == "did you mean core_set? rename or move the file"

    def test_two_files_for_one_table_are_one_too_many(self, tmp_path):
        folder = write_study(tmp_path / "x", {"core_set": CORE_SET})
        (folder / "tables" / "core_set.xlsx").write_bytes(b"")
        fault = find_only_fault(folder)
        assert fault.place == "tables/core_set.xlsx"
        assert fault.found == "a second file for one table, beside core_set.csv"
        assert (fault.expected, fault.mend) == ("one file", "delete one")

    def test_an_ending_that_is_not_read_is_refused_even_for_patients(self, tmp_path):
        folder = write_study(tmp_path / "x")
        (folder / "tables" / "patients.csv").rename(folder / "tables" / "patients.xls")
        fault = find_only_fault(folder)
        assert fault.place == "tables/patients.xls"
        assert (fault.found, fault.mend) == ("a .xls file", "export the table as CSV")
        assert fault.expected == ".csv, .xlsx, .sav, .xpt, .sas7bdat"

    def test_a_header_without_rows_is_refused_where_rows_are_expected(self, tmp_path):
        header = CORE_SET.splitlines()[0] + "\n"
        fault = find_only_fault(write_study(tmp_path / "x", {"core_set": header}))
        assert fault.place == "tables/core_set.csv"
        assert (fault.found, fault.expected) == ("a header without rows", "at least one row")
        assert fault.mend == "fill it, or delete the file if the study did not measure this"

    @pytest.mark.parametrize("patients", ["patient_id,arm\n", "patient_id;arm\n", ""])
    def test_patients_that_cannot_be_read_do_not_make_strangers_of_all_others(
        self, tmp_path, patients
    ):
        folder = write_study(tmp_path / "x", {"patients": patients, "core_set": CORE_SET})
        assert find_only_fault(folder).file == "tables/patients.csv"


class TestColumns:
    def test_a_missing_column_is_named_with_what_it_holds(self, tmp_path):
        table = "\n".join(line.rsplit(",", 1)[0] for line in CORE_SET.splitlines()) + "\n"
        fault = find_only_fault(write_study(tmp_path / "x", {"core_set": table}))
        assert fault.place == "tables/core_set.csv, row 1, column mmt8"
        assert fault.found == "no such column"
        assert fault.expected == "manual muscle test of 8 muscle groups; higher is better"
        assert fault.mend == "add the column; leave its cells empty where nothing was measured"

    def test_an_unknown_column_gets_the_nearest_name_and_is_one_fault(self, tmp_path):
        table = CORE_SET.replace("physician_global", "physican_global")
        fault = find_only_fault(write_study(tmp_path / "x", {"core_set": table}))
        assert fault.place == "tables/core_set.csv, row 1, column physican_global"
        assert fault.found == "an unknown column"
        assert fault.expected == (
            "one of patient_id, month, physician_global, patient_global, haq_di, ck, "
            "extramuscular, mmt8"
        )
        assert fault.mend == "did you mean physician_global? rename or delete it"

    def test_a_column_that_is_like_no_other_gets_no_suggestion(self, tmp_path):
        table = PATIENTS.replace("arm\n", "arm,weight\n").replace("treated\n", "treated,70\n")
        fault = find_only_fault(write_study(tmp_path / "x", {"patients": table}))
        assert fault.place == "tables/patients.csv, row 1, column weight"
        assert fault.mend == "rename or delete it"

    def test_a_column_that_is_known_elsewhere_is_unknown_here(self, tmp_path):
        table = PATIENTS.replace("arm\n", "arm,month\n").replace("treated\n", "treated,0\n")
        fault = find_only_fault(write_study(tmp_path / "x", {"patients": table}))
        assert (fault.column, fault.found) == ("month", "an unknown column")

    def test_one_misspelt_column_does_not_hide_that_another_is_missing(self, tmp_path):
        table = "patient_id,endday,kind,event\nP1,3,imaging,PET scan\n"
        folder = write_study(tmp_path / "x", {"case_events": table})
        assert list_faults(folder) == [
            ("tables/case_events.csv, row 1, column endday", "an unknown column"),
            ("tables/case_events.csv, row 1, column day", "no such column"),
        ]

    def test_names_cut_by_sas_say_why(self, tmp_path):
        folder = write_study(tmp_path / "x")
        os.remove(folder / "tables" / "patients.csv")
        frame = pd.DataFrame({"PATIENT_": ["P1"], "ARM": ["treated"]})
        path = folder / "tables" / "patients.xpt"
        pyreadstat.write_xport(frame, str(path), file_format_version=5)
        fault = find_only_fault(folder)
        assert fault.place == "tables/patients.xpt, row 1, column patient_"
        assert fault.mend == (
            "did you mean patient_id? rename or delete it; SAS transport version 5 cuts names "
            "there: export version 8 or CSV"
        )


class TestPatients:
    def test_a_patient_who_is_not_listed_is_named_with_the_nearest_who_is(self, tmp_path):
        table = CORE_SET.replace("P2,0", "Q2,0")
        fault = find_only_fault(write_study(tmp_path / "x", {"core_set": table}))
        assert fault.place == "tables/core_set.csv, row 4, column patient_id"
        assert (fault.found, fault.expected) == ("Q2", "a patient listed in tables/patients")
        assert fault.mend == "correct it, or add the patient to patients"

    def test_a_slip_in_a_long_pseudonym_gets_a_suggestion(self, tmp_path):
        tables = {
            "patients": "patient_id,arm\nMYO-014,treated\n",
            "functional_index": "patient_id,month,fi\nMYO-O14,0,30\n",
        }
        fault = find_only_fault(write_study(tmp_path / "x", tables))
        assert fault.mend == ("did you mean MYO-014? correct it, or add the patient to patients")

    def test_letters_of_another_case_are_no_other_patient(self, tmp_path):
        table = "patient_id,month,fi\np1,0,30\n"
        fault = find_only_fault(write_study(tmp_path / "x", {"functional_index": table}))
        assert fault.row == 2
        assert fault.found.startswith("p1 (U+0070), which reads like P1 (U+0050)")

    def test_the_same_patient_twice_is_refused(self, tmp_path):
        fault = find_only_fault(
            write_study(tmp_path / "x", {"patients": PATIENTS + "P1,treated\n"})
        )
        assert fault.place == "tables/patients.csv, row 4, column patient_id"
        assert fault.found == "patient_id P1 again, after row 2"
        assert fault.expected == "one row per patient_id"

    def test_a_patient_and_month_twice_is_refused(self, tmp_path):
        table = CORE_SET + "P1,3.0,9,9,0,100,0,80\n"
        fault = find_only_fault(write_study(tmp_path / "x", {"core_set": table}))
        assert fault.place == "tables/core_set.csv, row 5, column month"
        assert fault.found == "patient_id P1, month 3 again, after row 3"
        assert fault.expected == "one row per patient_id and month"

    @pytest.mark.parametrize(
        ("table", "text", "column"),
        [
            ("patients", "patient_id,arm\nEXAMPLE-1,treated\nP1,treated\n", "patient_id"),
            ("functional_index", "patient_id,month,fi\nEXAMPLE-1,0,38\n", "patient_id"),
            (
                "in_vitro",
                "donor,condition,analyte,concentration,unit\nEXAMPLE-1,medium,IL-17A,1,pg/mL\n",
                "donor",
            ),
        ],
    )
    def test_the_example_row_of_a_template_is_refused(self, tmp_path, table, text, column):
        fault = find_only_fault(write_study(tmp_path / "x", {table: text}))
        assert fault.place == f"tables/{table}.csv, row 2, column {column}"
        assert fault.found == "the template's example row (EXAMPLE-1)"
        assert fault.mend == "replace the row by the study's own data"


class TestCells:
    @pytest.mark.parametrize(
        ("old", "new", "column", "found", "mend"),
        [
            ("P1,0,3.5", "P1,0,abc", "physician_global", "'abc' (text)", "correct the value"),
            ("P1,0,3.5", "P1,0,72", "physician_global", "72 cm", "instruments.vas_maximum to 100"),
            ("P1,0,3.5", "P1,2,3.5", "month", "2 months", "add the visit to visits in study.yml"),
            ("P1,0,3.5", 'P1,0,"3,5"', "physician_global", "'3,5' (a decimal comma)", "a point"),
            ("P1,0,3.5", "P1,0,3-May", "physician_global", "'3-May' (a date)", "retype it"),
            ("P1,0,3.5", "P1,0,<0.2", "physician_global", "'<0.2' (a limit)", "the column bound"),
            (
                "P1,0,3.5",
                "P1,0,12 %",
                "physician_global",
                "'12 %' (a number with a unit)",
                "leave the number only",
            ),
            ("P1,0,3.5", "P1,,3.5", "month", "an empty cell", "fill the cell or delete the row"),
        ],
    )
    def test_a_cell_that_does_not_fit_is_named(self, tmp_path, old, new, column, found, mend):
        fault = find_only_fault(
            write_study(tmp_path / "x", {"core_set": CORE_SET.replace(old, new)})
        )
        assert fault.place == f"tables/core_set.csv, row 2, column {column}"
        assert fault.found == found
        assert mend in fault.mend

    def test_a_decimal_comma_without_quotes_names_the_row_it_tears(self, tmp_path):
        table = CORE_SET.replace("P1,0,3.5", "P1,0,3,5")
        fault = find_only_fault(write_study(tmp_path / "x", {"core_set": table}))
        assert fault.place == "tables/core_set.csv, row 2"
        assert (fault.found, fault.expected) == ("9 cells", "8 cells, as in the header")

    @pytest.mark.parametrize("flag", ["1", "y", "sant"])
    def test_a_flag_that_is_neither_true_nor_false_is_refused(self, tmp_path, flag):
        table = EVENTS.replace("false", flag)
        fault = find_only_fault(write_study(tmp_path / "x", {"adverse_events": table}))
        assert fault.place == "tables/adverse_events.csv, row 2, column serious"
        assert fault.expected == "true or false"

    def test_a_date_of_excel_in_a_number_column_is_refused_with_its_row(self, tmp_path):
        folder = write_study(tmp_path / "x")
        book = openpyxl.Workbook()
        book.active.append(["patient_id", "month", "fi"])
        book.active.append(["P1", 0, 38])
        book.active.append(["P2", 0, pd.Timestamp("2024-01-03").to_pydatetime()])
        book.save(folder / "tables" / "functional_index.xlsx")
        fault = find_only_fault(folder)
        assert fault.place == "tables/functional_index.xlsx, row 3, column fi"
        assert fault.found == "'2024-01-03' (a date)"
        assert fault.mend.startswith("a spreadsheet has turned the entry into a date")

    def test_a_per_cent_format_of_excel_is_refused_and_not_read_as_a_hundredth(self, tmp_path):
        folder = write_study(tmp_path / "x")
        book = openpyxl.Workbook()
        header = ["patient_id", "month", "population", "parent", "percent", "events"]
        book.active.append(header)
        book.active.append(["P1", 0, "Th17", "CD4+", 0.541, 100])
        book.active["E2"].number_format = "0.0%"
        book.save(folder / "tables" / "t_cells.xlsx")
        fault = find_only_fault(folder)
        assert fault.place == "tables/t_cells.xlsx, row 2, column percent"
        assert fault.found == "'54.1 %' (a number with a unit)"

    @pytest.mark.parametrize(
        ("data", "found"),
        [
            (CORE_SET.replace("P1", "På").encode("latin-1"), "a byte that is not UTF-8"),
            (CORE_SET.encode("utf-16"), "UTF-16 text"),
            (b"PK\x03\x04\x00\x00", "a binary file"),
            (b"", "an empty file"),
            (CORE_SET.replace(",", ";").encode(), "columns separated by semicolons"),
            (CORE_SET.replace(",", "\t").encode(), "columns separated by semicolons, tabs"),
            (CORE_SET.replace("3.5", '"3.5').encode(), "text that is not CSV"),
        ],
    )
    def test_a_file_that_is_no_csv_is_one_fault(self, tmp_path, data, found):
        folder = write_study(tmp_path / "x")
        (folder / "tables" / "core_set.csv").write_bytes(data)
        fault = find_only_fault(folder)
        assert fault.file == "tables/core_set.csv"
        assert fault.found.startswith(found)


class TestAllFaultsAtOnce:
    def test_they_are_listed_in_the_order_of_files_and_rows(self, tmp_path):
        faults = check_study(write_study(tmp_path / "x", BAD))
        assert [fault.place for fault in faults] == PLACES

    def test_the_error_names_the_study_and_lists_every_fault(self, tmp_path):
        folder = write_study(tmp_path / "x", BAD)
        with pytest.raises(StudyDataError, match=r"^x: 10 faults found") as caught:
            read_study(folder)
        assert [fault.place for fault in caught.value.faults] == PLACES
        for place in PLACES:
            assert f". {place}\n" in str(caught.value)
        assert isinstance(caught.value, ValueError)

    def test_a_faulty_study_yml_does_not_hide_the_form_of_the_tables(self, tmp_path):
        folder = write_study(tmp_path / "x", BAD, title=None)
        assert list_faults(folder) == [
            ("study.yml, row 1, key title", "no such key"),
            ("tables/cytokine.csv", "an unknown table"),
            ("tables/functional_index.csv, row 2", "2 cells"),
            ("tables/functional_index.csv, row 3", "4 cells"),
        ]

    def test_faults_of_study_yml_are_in_the_order_of_its_rows(self, tmp_path):
        settings = make_settings(design=1, notes="x", rules={"zero": 1}, extra=1)
        folder = write_study(tmp_path / "x")
        text = yaml.safe_dump(settings, sort_keys=False)
        (folder / "study.yml").write_text(text, encoding="utf-8")
        rows = [fault.row for fault in check_study(folder)]
        assert len(rows) == 4
        assert rows == sorted(rows)


class TestNames:
    def test_two_patients_whose_links_would_be_one_are_refused(self, tmp_path):
        folder = write_study(
            tmp_path / "x", {"patients": "patient_id,arm\nP_1,treated\nP-1,treated\n"}
        )
        fault = find_only_fault(folder)
        assert fault.place == "tables/patients.csv, row 3, column patient_id"
        assert fault.found == "P-1, which differs from P_1 by signs only"

    def test_names_that_differ_in_a_letter_are_taken(self, tmp_path):
        folder = write_study(
            tmp_path / "x", {"patients": "patient_id,arm\nP-1,treated\nP-2,treated\n"}
        )
        assert check_study(folder) == []


@pytest.mark.parametrize("study", [7, True, None])
def test_a_study_that_came_as_a_number_is_told_how_papermill_takes_it_as_text(study):
    with pytest.raises(StudyDataError, match=r"write -r study 007"):
        read_study(study)


RELATION = {
    "name": "a",
    "predictor": "ck",
    "table": "core_set",
    "column": "mmt8",
    "label": "MMT-8",
    "month": 3,
    "expected": "negative",
    "source": "A 2014",
}


@pytest.mark.parametrize(
    ("reported", "key", "found", "mend"),
    [
        ({"candidates": {"cd136": "x"}}, "candidates", "cd136", "did you mean cd163?"),
        ({"predictor": "cks"}, "relations.predictor", "cks", "did you mean ck?"),
        ({"table": "core_sets"}, "relations.table", "core_sets", "did you mean core_set?"),
        ({"column": "mmt"}, "relations.column", "mmt", "did you mean mmt8?"),
        ({"month": 4}, "relations.month", "4", "correct the name"),
    ],
)
def test_what_is_said_of_values_that_there_are_not_is_a_fault(tmp_path, reported, key, found, mend):
    if "candidates" not in reported:
        reported = {"relations": [RELATION | reported]}
    fault = find_only_fault(write_study(tmp_path / "trial", reported=reported))
    assert (fault.file, fault.column, fault.found) == ("study.yml", f"reported.{key}", found)
    assert fault.mend.startswith(mend)


def test_what_is_said_of_known_values_is_no_fault(tmp_path):
    reported = {"by": "A", "candidates": {"ck": "x"}, "relations": [RELATION]}
    assert check_study(write_study(tmp_path / "trial", reported=reported)) == []


class TestResponse:
    def test_groups_are_those_of_the_studys_rule_with_responders_first(self):
        study = make_cohort({"A": ["same"], "B": ["better"], "C": [None]})
        assert study.groups.to_dict() == {
            "B": "responders",
            "A": "non-responders",
            "C": "non-responders",
        }
        assert (study.groups.name, study.groups.index[0]) == ("response", "B")

    def test_without_core_set_patients_are_divided_by_arm(self):
        study = make_cohort({"A": ["same"], "B": ["better"]}, arms={"A": "x", "B": "y"})
        study = replace(study, tables={"patients": study.table("patients")})
        assert study.groups.to_dict() == {"A": "x", "B": "y"}
        assert study.groups.name == "arm"
        assert not study.can_judge_response
        with pytest.raises(MissingTableError, match="has no table core_set; it has patients"):
            _ = study.responses

    def test_arms_are_named_as_the_report_names_them(self, tmp_path):
        study = read_study(write_study(tmp_path / "x", arms={"treated": "Drug x, 5 mg"}))
        assert study.arms.to_dict() == {"P1": "Drug x, 5 mg", "P2": "Drug x, 5 mg"}

    def test_who_could_not_be_judged_may_be_left_out(self):
        study = make_cohort({"A": ["better"], "B": [None]}, response={"unjudged": "left_out"})
        assert study.groups.to_dict() == {"A": "responders"}
        assert study.responses.responder.isna().tolist() == [False, True]
        assert study.patients == ["A", "B"]

    def test_responses_are_judged_once(self):
        study = make_cohort({"A": ["better"]})
        assert study.responses is study.responses

    @pytest.mark.parametrize(("months", "can_judge"), [((3.0,), True), ((), False)])
    def test_a_response_needs_a_visit_after_baseline(self, months, can_judge):
        study = make_cohort({"A": ["same"] * len(months)}, months=months)
        assert study.can_judge_response is can_judge


class TestOverrides:
    def test_a_run_sets_otherwise_by_the_name_of_the_study(self):
        study = read_study("endurance_training_iim?improvement_percent=40", tables=["core_set"])
        assert study.name == "endurance_training_iim"
        assert study.config.response.improvement_percent == 40
        assert study.planned.response.improvement_percent == 20
        [departure] = study.departures
        assert departure.path == "response.improvement_percent"
        # By hand from table 4: C, D, F and I have three measures better by 40 % or more.
        improved = study.responses.responder
        assert set(improved[improved].index) <= set("ABCDFIK")
        assert improved.sum() < 7

    def test_as_planned_there_is_no_departure(self):
        for name in ("endurance_training_iim", "endurance_training_iim?improvement_percent=20"):
            assert read_study(name, tables=["core_set"]).departures == ()
        assert make_cohort({"A": ["better"]}).departures == ()

    def test_an_unknown_setting_is_refused_with_a_suggestion(self):
        with pytest.raises(StudyDataError, match="did you mean improvement_percent") as caught:
            read_study("endurance_training_iim?improvment_percent=40")
        [fault] = caught.value.faults
        assert fault.place == "improvment_percent=40"

    def test_a_check_sees_them_too(self):
        assert check_study("endurance_training_iim?improvement_percent=40") == []
        [fault] = check_study("endurance_training_iim?improvement_percent=400")
        assert fault.place == "improvement_percent=400"
        assert fault.expected.startswith("a number from 1 to 100")


def test_a_table_that_was_not_read_is_no_table_that_was_not_measured():
    study = read_study("endurance_training_iim", tables=["core_set"])
    assert list(study.tables) == ["patients", "core_set"]
    for ask in (study.has, study.table, study.tables.get):
        with pytest.raises(UnreadTableError, match="has a table published_flags, which this"):
            ask("published_flags")
    assert not study.has("t_cells")
    assert study.tables.get("t_cells") is None
    with pytest.raises(MissingTableError, match="has no table t_cells"):
        study.table("t_cells")


def test_a_study_refuses_what_the_running_chapter_did_not_declare(monkeypatch):
    monkeypatch.setenv(VARIABLE, "core_set patients")
    assert read_study("endurance_training_iim", tables=["core_set"]).has("core_set")
    with pytest.raises(StudyDataError, match="published_flags asked of read_study and not decl"):
        read_study("endurance_training_iim", tables=["core_set", "published_flags"])
    with pytest.raises(StudyDataError, match="asked of read_study and not declared"):
        read_study("endurance_training_iim")
    assert check_study("endurance_training_iim") == []
