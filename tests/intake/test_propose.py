import datetime as dt

import openpyxl
import pandas as pd
import pyreadstat
import pytest
import yaml
from tests.intake.people_files import PATIENTS, write_csv, write_redcap

from helpers.contracts import StudyDataError
from helpers.contracts.mapping import Mapping
from helpers.intake.propose.candidate import read_candidates
from helpers.intake.propose.columns import write_target
from helpers.intake.propose.contents import guess_dates, guess_decimal, guess_unit, guess_words
from helpers.intake.propose.draft import DraftSource, write_draft
from helpers.intake.propose.places import list_contexts
from helpers.intake.propose.redcap import find_box
from helpers.intake.propose.settings import propose_settings
from helpers.intake.propose.whole import find_pattern, propose
from helpers.io.plain_yaml import load_yaml


def propose_text(*paths):
    """Propose a mapping, and give its text and its content as our reader takes it."""
    text = write_draft(propose(list(paths)).draft, name="trial")
    return text, load_yaml(text)[0]


def propose_rows(folder, rows, name="data.csv"):
    return propose_text(write_csv(folder / name, rows))


def places(content, source=0):
    columns = content["sources"][source].get("columns", {})
    return {name: one if isinstance(one, str) else one["to"] for name, one in columns.items()}


def test_what_is_written_is_what_is_read(tmp_path):
    _, content = propose_text(*write_redcap(tmp_path))
    mapping = Mapping.model_validate(content)
    assert mapping.tables == ("patients", "core_set", "adverse_events")
    assert mapping.words["patients.sex"] == {"1": "female", "2": "male"}
    assert mapping.sources[0].columns["dx___2"][0].words == {"1": "DM", "0": ""}
    assert yaml.safe_load(write_draft(propose(write_redcap(tmp_path)).draft, name="x"))


@pytest.mark.parametrize(
    ("column", "place"),
    [
        ("Physician Global Activity (VAS)", "core_set.physician_global"),
        ("Läkarens globala bedömning", "core_set.physician_global"),
        ("PtGDA", "core_set.patient_global"),
        ("HAQ-DI", "core_set.haq_di"),
        ("S-CK (µkat/L)", "core_set.ck"),
        ("CPK", "core_set.ck"),
        ("MMT-8 total score", "core_set.mmt8"),
        ("Extra-muscular activity", "core_set.extramuscular"),
        ("Behandlingsgrupp", "patients.arm"),
        ("Alder", "patients.age_years"),
        ("IL-1Ra", "cytokines.concentration"),
        ("TNFα", "cytokines.concentration"),
    ],
)
def test_columns_are_known_by_the_names_people_use(tmp_path, column, place):
    _, content = propose_rows(tmp_path, [["id", column], *([p, 1.5] for p in PATIENTS)])
    assert places(content) == {column: place}


@pytest.mark.parametrize("column", ["CD4", "FI-2 shoulder", "Kommentar", "BMI", "IL", "weight"])
def test_a_column_that_is_not_known_is_ignored_in_a_line_of_its_own(tmp_path, column):
    _, content = propose_rows(tmp_path, [["id", "sex", column], *([p, "F", 3] for p in PATIENTS)])
    assert content["sources"][0]["ignore"] == [column]


def test_what_identifies_a_person_is_said_to(tmp_path):
    rows = [["id", "sex", "Personnummer"], *([p, "K", "x"] for p in PATIENTS)]
    [line] = [one for one in propose_rows(tmp_path, rows)[0].splitlines() if "Personn" in one]
    assert line.split("  # ") == ["      - Personnummer".ljust(40), "may identify a person"]


def test_a_name_that_means_two_places_is_asked(tmp_path):
    text, content = propose_rows(tmp_path, [["id", "PGA"], *([p, 3] for p in PATIENTS)])
    assert places(content) == {"PGA": "TODO"}
    assert "# TODO: core_set.physician_global or core_set.patient_global" in text


def test_a_unit_that_nothing_says_is_asked_once_for_all_visits(tmp_path):
    rows = [["id", "CK m0", "CK m3", "CK m6"], *([p, 100, 90, 80] for p in PATIENTS)]
    text, content = propose_rows(tmp_path, rows)
    assert content["units"] == {"core_set.ck": "TODO"}
    assert text.count("TODO  ") == 1
    assert content["visits"] == {"m0": 0, "m3": 3, "m6": 6}


def test_numbered_visits_get_their_months_from_their_dates(tmp_path):
    start = dt.date(2024, 1, 15)
    dates = [start + dt.timedelta(days=days) for days in (0, 85, 180)]
    names = [f"{name} {visit}" for visit in ("v1", "v2", "v3") for name in ("HAQ", "Date")]
    cells = [cell for date in dates for cell in (1.5, date.isoformat())]
    _, content = propose_rows(tmp_path, [["id", *names], *([p, *cells] for p in PATIENTS)])
    assert content["visits"] == {"v1": 0, "v2": 3, "v3": 6}


def test_numbered_visits_without_dates_are_asked(tmp_path):
    rows = [["id", "HAQ v1", "HAQ v2"], *([p, 1.5, 1] for p in PATIENTS)]
    assert propose_rows(tmp_path, rows)[1]["visits"] == {"v1": 0, "v2": "TODO"}


def test_numbers_after_a_name_are_visits_only_where_they_count_no_items(tmp_path):
    items = [
        ["id", "sex", *(f"haq_{n}" for n in range(1, 21))],
        *([p, "F", *[1] * 20] for p in "AB"),
    ]
    assert places(propose_rows(tmp_path, items)[1]) == {"sex": "patients.sex"}
    months = [["id", "ck_0", "ck_6"], *([p, 3, 2] for p in "AB")]
    assert propose_rows(tmp_path, months)[1]["visits"] == {0: 0, 6: 6}
    shared = [["id", "CK1", "CK2", "HAQ1", "HAQ2"], *([p, 3, 2, 1, 1] for p in "AB")]
    assert set(places(propose_rows(tmp_path, shared)[1]).values()) == {
        "core_set.ck",
        "core_set.haq_di",
    }


def test_screening_and_unplanned_visits_are_left_out_beside_a_baseline(tmp_path):
    visits = ["Screening", "Baseline", "Week 12", "Unscheduled", "End of treatment", ""]
    rows = [["id", "visit", "haq"], *([p, v, 1] for p in "AB" for v in visits)]
    assert propose_rows(tmp_path, rows)[1]["visits"] == {
        "Baseline": 0,
        "Week 12": 3,
        "Screening": "ignore",
        "Unscheduled": "ignore",
        "End of treatment": "TODO",
        "": "ignore",
    }


def test_a_file_of_several_rows_a_patient_and_no_visit_is_asked(tmp_path):
    rows = [["id", "test", "value"], *(["A", "CK", value] for value in (90, 80, 70))]
    text, content = propose_rows(tmp_path, rows)
    assert content["sources"][0]["visit"] == "TODO"
    assert "which column names the visit?" in text


def test_a_coded_visit_is_told_by_its_label(tmp_path):
    rows = [{"id": patient, "visit": visit, "haq": 1.0} for patient in "AB" for visit in (1.0, 2.0)]
    path = tmp_path / "long.sav"
    labels = {"visit": {1.0: "Baseline", 2.0: "3 months"}}
    pyreadstat.write_sav(pd.DataFrame(rows), str(path), variable_value_labels=labels)
    text, content = propose_text(path)
    assert content["visits"] == {1: 0, 2: 3}
    assert "# 3 months" in text


def test_each_sheet_may_be_a_visit(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Patients"
    book.active.append(["ID", "Sex"])
    book.active.append(["P1", "F"])
    for name in ("Baseline", "Month 3"):
        sheet = book.create_sheet(name)
        sheet.append(["ID", "HAQ"])
        sheet.append(["P1", 1.5])
    book.save(tmp_path / "a.xlsx")
    _, content = propose_text(tmp_path / "a.xlsx")
    assert content["sources"][1]["sheets"] == ["Baseline", "Month 3"]
    assert content["sources"][1]["visit"] == "the sheet"
    assert content["visits"] == {"Baseline": 0, "Month 3": 3}


def test_codes_that_cannot_be_a_value_are_missing_in_their_column_only(tmp_path):
    rows = [["id", "HAQ m0", "CK m0"], ["A", 1.5, 99], ["B", 99, 120], ["C", "nd", "saknas"]]
    _, content = propose_rows(tmp_path, rows)
    assert content["missing"] == ["nd", "saknas"]
    columns = content["sources"][0]["columns"]
    assert columns["HAQ m0"]["missing"] == ["99"]
    assert "missing" not in columns["CK m0"]


def test_a_limit_goes_to_its_column_or_is_asked(tmp_path):
    rows = [["id", "IL-6 (pg/mL)", "CK"], ["A", "<0.7", "<20"], ["B", "3", "99"]]
    columns = propose_rows(tmp_path, rows)[1]["sources"][0]["columns"]
    assert columns["IL-6 (pg/mL)"]["below"] == "bound"
    assert columns["CK"]["below"] == "TODO"


def test_a_code_that_two_files_use_otherwise_is_each_files_own(tmp_path):
    for name, labels in (("a", {1.0: "Female", 2.0: "Male"}), ("b", {1.0: "Male", 2.0: "Female"})):
        frame = pd.DataFrame({"id": [f"{name}1", f"{name}2"], "sex": [1.0, 2.0], "haq": [1.0, 1.0]})
        path = str(tmp_path / f"{name}.sav")
        pyreadstat.write_sav(frame, path, variable_value_labels={"sex": labels})
    proposal = propose([tmp_path / "a.sav"])
    assert {w: one.value for w, one in proposal.draft.words["patients.sex"].items()} == {
        "1": "female",
        "2": "male",
    }
    [other] = read_candidates(tmp_path / "b.sav", file="b.sav")
    guess = next(one for one in other.guesses if one.column == "sex")
    line = write_target(other, guess, DraftSource(), proposal)
    assert line.value == {"to": "patients.sex", "words": {"1": "male", "2": "female"}}


def test_events_before_the_first_dose_are_left_out_and_counted(tmp_path):
    rows = [["USUBJID", "AEDECOD", "AESTDY"], ["A", "Rash", -3], ["A", "Rash", 2], ["B", "Flu", ""]]
    text, content = propose_rows(tmp_path, rows, "ae.csv")
    assert content["sources"][0]["keep"] == {"AESTDY": [">0", ""]}
    assert "1 events began before the first dose" in text


def test_who_never_entered_is_left_out(tmp_path):
    dm = write_csv(
        tmp_path / "dm.csv", [["USUBJID", "ARM"], ["A", "Drug"], ["B", "Screen Failure"]]
    )
    ae = write_csv(tmp_path / "ae.csv", [["USUBJID", "AEDECOD"], ["B", "Rash"]])
    _, content = propose_text(dm, ae)
    assert content["sources"][0]["keep"] == {"ARM": ["Drug"]}
    assert content["sources"][1]["listed_only"] == "true"
    assert propose_settings(propose([dm, ae]))["arms"] == {"Drug": "Drug"}


def test_files_without_patients_are_kept_and_not_read(tmp_path):
    one = write_csv(tmp_path / "a.csv", [["id", "sex"], ["A", "F"]])
    other = write_csv(tmp_path / "plate.csv", [["well", "od"], ["A1", 0.3]])
    _, content = propose_text(one, other)
    assert content["kept"] == ["plate.csv"]


def test_every_file_that_cannot_be_read_is_named(tmp_path):
    for name in ("a.xls", "b.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(StudyDataError, match=r"2 faults found[\s\S]*a\.xls[\s\S]*b\.xlsx"):
        propose([tmp_path / "a.xls", tmp_path / "b.xlsx"])


def test_settings_are_told_by_the_values(tmp_path):
    header = ["id", "arm", "PhGA 0", "MMT8 0", "HAQ 0", "CK 0 (ukat/L)", "PhGA 6", "MITAX 0"]
    path = write_csv(tmp_path / "a.csv", [header, ["A", "x", 62, 140, 0.38, 4, 30, 0.2]])
    assert propose_settings(propose([path])) == {
        "arms": {"x": "x"},
        "visits": [{"month": 0, "label": "Baseline"}, {"month": 6, "label": "6 months"}],
        "instruments.ck.unit": "ukat/L",
        "instruments.vas_maximum": 100,
        "instruments.mmt8_maximum": 150,
        "instruments.extramuscular.instrument": "mitax",
        "instruments.haq_di_precision": "two_decimals",
    }


@pytest.mark.parametrize(
    ("name", "others", "pattern"),
    [
        ("lab.csv", [], "lab*.csv"),
        ("MYO_DATA_2026-11-01_1012.csv", [], "MYO_DATA_*.csv"),
        ("export v3.xlsx", [], "export *.xlsx"),
        ("data.csv", ["data_dictionary.csv"], "data.csv"),
        ("data.csv", ["data_2.xlsx"], "data*.csv"),
        ("a[1].csv", [], "a[1].csv"),
    ],
)
def test_a_pattern_finds_newer_transfers_and_no_other_file(tmp_path, name, others, pattern):
    paths = [tmp_path / one for one in (name, *others)]
    assert find_pattern(paths[0], paths) == pattern


def test_signs_of_numbers_and_dates_are_told_or_asked():
    assert guess_decimal(["1,5", "2,5", "1.5"], ",") == ","
    assert guess_decimal(["15", "25"], ",") == "."
    assert guess_dates(["2024-02-03"]) is None
    assert guess_dates(["02/03/2024", "13/03/2024"]).value == "day first"
    assert guess_dates(["02/03/2024", "03/13/2024"]).value == "month first"
    assert guess_dates(["02/03/2024"]).value == "TODO"
    assert guess_dates(["2.3.2024"]).value == "day first"


def test_units_are_told_by_brackets_labels_and_endings():
    assert guess_unit("CK (µkat/L)", "") == "µkat/L"
    assert guess_unit("ck", "Creatine kinase [U/L]") == "U/L"
    assert guess_unit("ck_ukat", "") == "ukat/L"
    assert guess_unit("physician_mm", "") == "mm"
    assert guess_unit("CK (serum)", "") == ""


def test_a_code_without_a_label_is_asked_and_one_with_is_not():
    asked = guess_words("patients.sex", ["1", "2"], {}, ("female", "male"))
    assert [line.value for line in asked.values()] == ["TODO", "TODO"]
    told = guess_words("patients.sex", ["1"], {"1": "Kvinna", "2": "Man"}, ("female", "male"))
    assert {word: line.value for word, line in told.items()} == {"1": "female", "2": "male"}
    assert guess_words("patients.sex", ["Female"], {}, ("female", "male")) == {}


def test_boxes_and_contexts_are_told_by_their_names():
    assert find_box("race___1").choice == "1"
    assert find_box("a__b") is None
    assert list_contexts("adae") == {"adverse_events"}
    assert list_contexts("Biverkningar 2024") == {"adverse_events"}
    assert list_contexts("core_set_measures") == frozenset()
