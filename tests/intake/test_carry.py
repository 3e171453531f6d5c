import hashlib

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml
from tests.intake.people_files import write_csv
from tests.study_folders import make_settings

from helpers.contracts import StudyDataError
from helpers.intake.carry.originals import keep_originals, take_transfer
from helpers.intake.carry.tables import read_intake
from helpers.io.settings import read_settings
from helpers.study import check_study, read_study

EMPTY = {f"core_set.{name}": None for name in ("patient_global", "haq_di", "extramuscular", "mmt8")}
ROWS = [
    ["pat", "arm", "visit", "phga", "ck", "note"],
    ["P1", "A", "bl", "3,5", "120", "x"],
    ["P1", "A", "v2", "2", "60", ""],
    ["P2", "B", "bl", "nd", "", ""],
]
SOURCE = {
    "file": "data*.csv",
    "separator": ";",
    "decimal": ",",
    "patient": "pat",
    "visit": "visit",
    "columns": {"arm": "patients.arm", "phga": "core_set.physician_global", "ck": "core_set.ck"},
    "ignore": ["note"],
}
MAPPING = {
    "visits": {"bl": 0, "v2": 3},
    "words": {"patients.arm": {"A": "treated", "B": "treated"}},
    "units": {"core_set.ck": "U/L", "core_set.physician_global": "cm"},
    "missing": ["nd"],
    "constants": EMPTY,
    "sources": [SOURCE],
}


def write_study(folder, rows=None, mapping=MAPPING, **settings):
    """Write a study whose tables come through a mapping."""
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    if rows is not None:
        write_csv(folder / "raw" / "data.csv", rows, separator=";")
    (folder / "study.yml").write_text(yaml.safe_dump(make_settings(**settings)))
    (folder / "mapping.yml").write_text(yaml.safe_dump(mapping, sort_keys=False))
    return folder


def change(source=(), **keys):
    """Give the mapping with keys of it, and of its source, changed."""
    return MAPPING | {"sources": [SOURCE | dict(source)]} | keys


def only(folder):
    [fault] = check_study(folder)
    return fault


def test_a_study_is_read_through_its_mapping(tmp_path):
    study = read_study(write_study(tmp_path / "s", ROWS))
    core_set = study.table("core_set")
    assert study.patients == ["P1", "P2"]
    assert core_set["month"].tolist() == [0, 3]  # nothing was measured of P2
    assert core_set["physician_global"].tolist() == [3.5, 2]
    assert core_set["ck"].tolist() == [120, 60]


def test_units_of_the_files_become_those_of_the_study(tmp_path):
    folder = write_study(
        tmp_path / "s", ROWS, instruments={"vas_maximum": 100, "ck": {"unit": "ukat/L"}}
    )
    core_set = read_study(folder).table("core_set")
    assert core_set["ck"].tolist() == [2, 1]  # U/L / 60
    assert core_set["physician_global"].tolist() == [35, 20]  # cm to mm


def test_only_the_tables_asked_for_are_made(tmp_path):
    study = read_study(write_study(tmp_path / "s", ROWS), tables=["patients"])
    assert set(study.tables) == {"patients"}


def test_what_was_read_is_said(tmp_path):
    folder = write_study(tmp_path / "s", ROWS, change({"keep": {"arm": "A"}}))
    settings, _ = read_settings(folder / "study.yml")
    assert read_intake(folder, settings.used).notes == (
        "raw/data.csv: 5 of 6 columns placed, 1 ignored; 2 of 3 rows read (kept where arm is A)",
        "core_set: 2 rows",
        "patients: 1 rows",
        "raw/data.csv: is not noted in SHA256SUMS; bring it with new --from",
    )


@pytest.mark.parametrize(
    ("rows", "place", "found", "mend"),
    [
        (
            [*ROWS, ["P2", "B", "v2", "12", "", ""]],
            "raw/data.csv, row 5, column phga",
            "12 cm",
            "vas_maximum",
        ),
        (
            [*ROWS, ["P2", "C", "v2", "2", "", ""]],
            "raw/data.csv, row 5, column arm",
            "the word C",
            "words, patients.arm, in mapping.yml",
        ),
        (
            [*ROWS, ["P2", "B", "v 2", "2", "", ""]],
            "raw/data.csv, row 5, column visit",
            "the visit v 2",
            "did you mean v2",
        ),
        (
            [*ROWS, ["P2", "B", "v2", "2.5", "", ""]],
            "raw/data.csv, row 5, column phga",
            "a decimal point",
            "set decimal: '.'",
        ),
        (
            [*ROWS, ["P1", "B", "v2", "3", "", ""]],
            "raw/data.csv, row 5, column phga",
            "3, where row 3, column phga gives 2",
            "correct one",
        ),
        (
            [*ROWS, ["", "B", "v2", "3", "", ""]],
            "raw/data.csv, row 5, column pat",
            "a row without a patient",
            "fill_down",
        ),
        (
            [*ROWS, ["P2", "B", "v2", "3", "<5", ""]],
            "raw/data.csv, row 5, column ck",
            "a limit, such as <160",
            "below: bound, limit or empty",
        ),
        (
            [[*ROWS[0], "sex"], *([*row, "K"] for row in ROWS[1:])],
            "raw/data.csv, row 1, column sex",
            "a column that is neither placed nor ignored",
            "columns or ignore",
        ),
    ],
)
def test_a_fault_names_the_place_in_the_original(tmp_path, rows, place, found, mend):
    folder = write_study(tmp_path / "s", rows)
    faults = [fault for fault in check_study(folder) if found in fault.found]
    assert [fault.place.split(", key")[0] for fault in faults] == [place]
    assert mend in faults[0].mend
    assert len(check_study(folder)) == 1


def test_a_column_that_is_ignored_may_be_gone_from_a_later_file(tmp_path):
    assert check_study(write_study(tmp_path / "s", [row[:5] for row in ROWS])) == []


def test_cells_of_one_cause_are_one_fault(tmp_path):
    rows = [*ROWS, ["P2", "B", "v2", "2.5", "60.5", ""], ["P3", "B", "v2", "2.5", "", ""]]
    faults = check_study(write_study(tmp_path / "s", rows))
    assert [(fault.row, fault.found) for fault in faults] == [
        (5, "a decimal point (2 cells)"),
        (5, "a decimal point"),
    ]


@pytest.mark.parametrize(
    ("mapping", "found", "mend"),
    [
        (change(visits={"bl": 0, "v2": "TODO"}), "a line that is not filled yet", "its month"),
        (change(units={"core_set.ck": "TODO"}), "not filled yet (units > core_set.ck)", "U/L"),
        (change({"columns": {"arm": "patient.arm"}}), "an unknown table patient", "did you mean"),
        (
            change({"columns": {"ck": "core_set.ckk"}}),
            "core_set has no column ckk",
            "did you mean ck",
        ),
        (change({"columns": {"ck": "core_set.month"}}), "a place for month", "take this line away"),
        (change({"columns": {"ckk": "core_set.ck"}}), "csv has no column ckk", "did you mean ck"),
        (change({"visit": None}), "a place in core_set and no visit", "give the source a visit"),
        (change(units={"core_set.ck": "pg/mL"}), "the unit pg/mL", "instruments in study.yml"),
        (change(units={"core_set.haq_di": "mm"}), "the unit mm", "take the unit away"),
        (change(words={"patients.arm": {"A": "treted"}}), "A means treted", "did you mean treated"),
        (change(constants={}), "no column for core_set.haq_di", "under constants"),
        (
            change(constants=EMPTY | {"core_set.ck": "3"}),
            "which a column of the files fills",
            "take",
        ),
        (change({"file": "dato.csv"}), "no file dato.csv in raw/", "did you mean data.csv"),
        (change({"header": 9}), "an empty row", "correct header"),
        (change({"columnx": {}}), "an unknown key", "did you mean columns"),
        ({"visits": {}}, "no such key", "add the key"),
        ([1], "no mapping", "new NAME --from"),
        (
            change({"columns": {"ck": {"to": "core_set.ck", "below": "bound"}}}),
            "no column bound",
            "write one of them",
        ),
        (
            change(
                {"columns": {"ck": {"to": "cytokines.concentration", "with": {"analite": "x"}}}}
            ),
            "cytokines has no column analite",
            "did you mean analyte",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_is_told_with_its_line(tmp_path, mapping, found, mend):
    faults = check_study(write_study(tmp_path / "s", ROWS, mapping))
    fault = next(fault for fault in faults if found in fault.found)
    assert fault.file in ("mapping.yml", "raw/data.csv")
    assert mend in fault.mend


def test_a_key_given_twice_and_text_that_is_no_yaml_are_told(tmp_path):
    folder = write_study(tmp_path / "s", ROWS)
    for text, found in (("missing: []\nmissing: []\nsources: []\n", "twice"), ("a: [", "expected")):
        (folder / "mapping.yml").write_text(text)
        assert any(found in fault.found for fault in check_study(folder))


def test_a_table_has_one_home(tmp_path):
    folder = write_study(tmp_path / "s", ROWS)
    (folder / "tables").mkdir()
    (folder / "tables" / "patients.csv").write_text("patient_id,arm\nP1,treated\nP2,treated\n")
    assert only(folder).found == "a table that mapping.yml makes too"


def test_a_table_of_its_own_may_stand_beside_the_mapped_ones(tmp_path):
    folder = write_study(tmp_path / "s", ROWS)
    (folder / "tables").mkdir()
    (folder / "tables" / "functional_index.csv").write_text("patient_id,month,fi\nP1,0,30\n")
    assert set(read_study(folder).tables) == {"patients", "core_set", "functional_index"}


def test_rows_that_no_visit_is_read_of_are_counted(tmp_path):
    mapping = change(visits={"bl": 0, "v2": "ignore"})
    folder = write_study(tmp_path / "s", ROWS, mapping)
    settings, _ = read_settings(folder / "study.yml")
    assert "visit v2: 2 values are not read" in read_intake(folder, settings.used).notes
    assert read_study(folder).table("core_set")["month"].tolist() == [0]


def test_cells_filled_down_notes_left_out_and_strangers_counted(tmp_path):
    rows = [*ROWS[:2], ["", "A", "v2", "2", "60", ""], ["Median", "", "", "", "", ""]]
    source = {"fill_down": ["pat"], "leave_out": ["median"]}
    folder = write_study(tmp_path / "s", rows, change(source))
    assert read_study(folder).table("core_set")["patient_id"].tolist() == ["P1", "P1"]
    other = {"file": "lab.csv", "patient": "pat", "at": "bl", "listed_only": True}
    other |= {"columns": {"m": "core_set.mmt8"}}
    constants = {name: None for name in EMPTY if name != "core_set.mmt8"}
    mapping = MAPPING | {"sources": [other, SOURCE | source], "constants": constants}
    write_csv(folder / "raw" / "lab.csv", [["pat", "m"], ["P1", 70], ["P9", 60]])
    write_study(folder, None, mapping)
    settings, _ = read_settings(folder / "study.yml")
    note = "raw/lab.csv: 1 rows of people who are not in patients are left out"
    assert note in read_intake(folder, settings.used).notes
    assert read_study(folder).table("core_set")["mmt8"].dropna().tolist() == [70]


def test_a_sheet_that_lacks_a_column_of_the_others_has_nothing_there(tmp_path):
    book = openpyxl.Workbook()
    sheets = {"bl": [["pat", "ck", "m"], ["P1", 90, 70]], "v2": [["pat", "m"], ["P1", 75]]}
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    folder = write_study(tmp_path / "s")
    book.save(folder / "raw" / "data.xlsx")
    source = {"file": "data.xlsx", "sheets": ["bl", "v2"], "visit": "the sheet", "patient": "pat"}
    source["columns"] = {"ck": "core_set.ck", "m": "core_set.mmt8"}
    constants = {name: None for name in EMPTY if name != "core_set.mmt8"}
    constants |= {"core_set.physician_global": None, "patients.arm": "treated"}
    mapping = MAPPING | {"sources": [source], "constants": constants}
    core_set = read_study(write_study(folder, None, mapping)).table("core_set")
    assert core_set["mmt8"].tolist() == [70, 75]
    assert core_set["ck"].isna().tolist() == [False, True]


def test_merged_data_cells_are_refused_unless_they_are_filled_down(tmp_path):
    book = openpyxl.Workbook()
    for row in (["pat", "arm"], ["P1", "A"], ["P2", None]):
        book.active.append(row)
    book.active.merge_cells("B2:B3")
    folder = write_study(tmp_path / "s")
    book.save(folder / "raw" / "data.xlsx")
    source = {"file": "data.xlsx", "patient": "pat", "columns": {"arm": "patients.arm"}}
    write_study(folder, None, {"words": MAPPING["words"], "sources": [source]})
    assert only(folder).found == "cells merged over several rows (B2:B3)"
    source["fill_down"] = ["arm"]
    write_study(folder, None, {"words": MAPPING["words"], "sources": [source]})
    assert read_study(folder).patients == ["P1", "P2"]


def test_limits_go_to_the_column_for_them_and_units_to_one(tmp_path):
    rows = [["pat", "il6", "unit"], ["P1", "<0,7", "pg/mL"], ["P2", "0,4", "ng/ml"]]
    tests = {"names": "what", "values": "il6", "units": "unit"}
    place = {"to": "cytokines.concentration", "with": {"analyte": "IL-6"}, "below": "bound"}
    rows = [[*rows[0], "what"], *([*row, "IL6"] for row in rows[1:])]
    source = {"file": "data.csv", "separator": ";", "decimal": ",", "patient": "pat", "at": "bl"}
    source["tests"] = tests | {"rows": {"il6": place}}
    mapping = {
        "visits": {"bl": 0},
        "convert": {"cytokines": {"IL-6": "pg/mL"}},
        "constants": {"patients.arm": "treated"},
        "sources": [source],
    }
    study = read_study(write_study(tmp_path / "s", rows, mapping))
    cytokines = study.table("cytokines")
    assert study.patients == ["P1", "P2"]
    assert cytokines["concentration"].tolist() == [0.7, 400]
    assert cytokines["bound"].tolist() == ["below", "in_range"]
    assert cytokines["unit"].tolist() == ["pg/mL", "pg/mL"]
    rows[2][2] = "MFI"
    assert only(write_study(tmp_path / "s", rows, mapping)).found.startswith("the unit MFI")
    rows[2][2:] = ["pg/mL", "IL8"]
    fault = only(write_study(tmp_path / "s", rows, mapping))
    assert (fault.found, fault.row, fault.column) == ("the test IL8", 3, "what")


def test_the_column_that_counts_first_settles_a_place(tmp_path):
    rows = [["pat", "term", "sev", "died"], ["P1", "MI", "3", "Y"], ["P2", "MI", "3", "N"]]
    place = {"to": "adverse_events.ctcae_grade", "words": {"Y": "5", "N": None}}
    columns = {"term": "adverse_events.term", "sev": "adverse_events.ctcae_grade", "died": place}
    names = ("start_month", "system_organ_class", "serious", "related", "action")
    constants = {f"adverse_events.{name}": None for name in names}
    constants |= {"adverse_events.system_organ_class": "x", "adverse_events.serious": "true"}
    source = {"file": "data.csv", "separator": ";", "patient": "pat", "columns": columns}
    mapping = {"constants": constants | {"patients.arm": "treated"}, "sources": [source]}
    fault = only(write_study(tmp_path / "s", rows, mapping))
    assert fault.found == "5, where the same row, column sev gives 3"
    place["first"] = True
    events = read_study(write_study(tmp_path / "s", rows, mapping)).table("adverse_events")
    assert events["ctcae_grade"].tolist() == [5, 3]


def test_a_code_that_spss_labels_missing_is_no_value(tmp_path):
    folder = write_study(tmp_path / "s")
    frame = pd.DataFrame({"pat": ["P1", "P2"], "ck": [120.0, 999.0]})
    labels = {"ck": {999.0: "missing"}}
    pyreadstat.write_sav(frame, str(folder / "raw" / "a.sav"), variable_value_labels=labels)
    source = {"file": "a.sav", "patient": "pat", "at": "bl", "columns": {"ck": "core_set.ck"}}
    constants = EMPTY | {"core_set.physician_global": None, "patients.arm": "treated"}
    mapping = {"visits": {"bl": 0}, "units": MAPPING["units"], "constants": constants}
    write_study(folder, None, mapping | {"sources": [source]})
    fault = only(folder)
    assert (fault.found, fault.row) == ("999, which the file labels 'missing'", 3)
    write_study(folder, None, mapping | {"sources": [source], "missing": [999]})
    assert read_study(folder).table("core_set")["ck"].tolist() == [120]


def test_a_newer_transfer_runs_through_the_same_mapping(tmp_path):
    folder = write_study(tmp_path / "s", ROWS)
    keep_originals(folder, [folder / "raw" / "data.csv"])
    first = (folder / "raw" / "data.csv").read_bytes()
    new = write_csv(
        tmp_path / "data_2.csv", [*ROWS, ["P3", "B", "bl", "1", "9", ""]], separator=";"
    )
    assert take_transfer(folder, [new]) == ["raw/data_2.csv"]
    assert read_study(folder).patients == ["P1", "P2", "P3"]
    sums = (folder / "raw" / "SHA256SUMS").read_text().splitlines()
    assert sums[0] == f"{hashlib.sha256(first).hexdigest()}  data.csv"
    assert [line.split()[1] for line in sums] == ["data.csv", "data_2.csv"]
    settings, _ = read_settings(folder / "study.yml")
    note = "raw/data.csv: an older transfer, which is not read any more"
    assert note in read_intake(folder, settings.used).notes


def test_an_original_is_never_written_over_and_a_stranger_is_refused(tmp_path):
    folder = write_study(tmp_path / "s", ROWS)
    (tmp_path / "data.csv").write_text("other")
    (tmp_path / "lab.csv").write_text("other")
    for name, found in (("data.csv", "another file of a name"), ("lab.csv", "no line of mapping")):
        with pytest.raises(StudyDataError, match=found):
            take_transfer(folder, [tmp_path / name])
    with pytest.raises(StudyDataError, match="cannot be read"):
        take_transfer(folder, [tmp_path / "absent.csv"])
    assert sorted(path.name for path in (folder / "raw").iterdir()) == ["data.csv"]


def test_an_original_that_was_changed_is_named(tmp_path):
    folder = write_study(tmp_path / "s", ROWS)
    keep_originals(folder, [folder / "raw" / "data.csv"])
    write_csv(folder / "raw" / "data.csv", ROWS[:3], separator=";")
    settings, _ = read_settings(folder / "study.yml")
    assert (
        "raw/data.csv: is not as it came (SHA256SUMS)" in read_intake(folder, settings.used).notes
    )
