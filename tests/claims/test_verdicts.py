"""Published claims: each verdict, what turns it, and what happens when tables are absent."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from helpers.claims.verdicts import (
    check_claims,
    describe_published,
    match_digits,
    read_claims,
    summarise_bases,
    summarise_verdicts,
)
from helpers.contracts import StudyDataError
from helpers.contracts.claims import Claim
from helpers.contracts.outcomes import Outcome
from helpers.study import Study, read_study

NOT_COMPUTABLE = "not computable from these data"
SUMS = ("RES-01", "RES-02", "RES-05", "RES-09", "BIO-08", "BIO-09")


@pytest.fixture(scope="module")
def anakinra() -> Study:
    return read_study("anakinra_iim")


@pytest.fixture(scope="module")
def verdicts(anakinra):
    return _verdicts(anakinra)


def _verdicts(study, only=None):
    return check_claims(study, only=only).set_index("claim_id")["verdict"]


def _edit(study, table, where, column, value):
    """Give the study with one value changed in the one row that `where` describes."""
    frame = study.table(table)
    rows = (frame[list(where)] == pd.Series(where)).all(axis=1)
    assert rows.sum() == 1, f"{where} describes {rows.sum()} rows of {table}"
    frame.loc[rows, column] = value
    return replace(study, tables={**study.tables, table: frame})


def _turned(study, verdicts):
    now = _verdicts(study)
    return set(now.index[now != verdicts])


def test_every_satisfiable_claim_of_the_reconstructed_cohort_is_reproduced(verdicts):
    # Counted by hand in the list of claims: 65 of the trial, one impossible, one of others.
    assert verdicts.value_counts().to_dict() == {
        "reproduced": 63,
        "impossible in the source": 1,
        "external": 1,
    }
    assert verdicts["SER-05"] == "impossible in the source"
    assert verdicts["SER-02"] == "external"


def test_the_case_reproduces_all_claims_whose_meaning_is_known():
    # Groh 2015: "She died suddenly 5 months later" follows on the second PET scan, and may count
    # from the start of anakinra.
    assert _verdicts(read_study("anti_mda5_case")).tolist() == ["reproduced"] * 12 + ["not checked"]


def test_the_endurance_study_reproduces_its_printed_marks_and_no_claim_rests_on_half_a_sentence():
    checked = check_claims(read_study("endurance_training_iim")).set_index("claim_id")
    assert checked["verdict"].value_counts().to_dict() == {"reproduced": 11}
    # Munters 2013, table 4: 6 of 9 and 1 of 6 marked as improved, 9 of 9 and 1 of 6 cyclists.
    # E (42 to 57) and N (57 to 75) are the only ones marked as stronger.
    computed = checked.loc[["END-04", "END-05", "END-08", "END-09", "END-11", "END-12"], "computed"]
    assert computed.tolist() == ["6 of 9", "1 of 6", "9 of 9", "1 of 6", "1 of 9", "1 of 6"]
    assert "END-06" not in checked.index


@pytest.mark.parametrize("name", ["anakinra_iim", "anti_mda5_case", "endurance_training_iim"])
def test_no_claim_is_left_out(name):
    study = read_study(name)
    with (study.folder / "published_claims.csv").open(encoding="utf-8") as file:
        listed = [row["claim_id"] for row in csv.DictReader(file)]
    checked = check_claims(study)
    assert checked["claim_id"].tolist() == listed
    assert checked.columns[:6].tolist() == [
        "claim_id",
        "source",
        "published",
        "computed",
        "verdict",
        "reason",
    ]
    assert not checked.isna().any(axis=None)
    assert (checked["reason"] != "").all()


# One value changed, and exactly the claims whose verdict it turns. Where a claim stands alone its
# set has one member; where it is part of a sum, the others of the sum move with it by necessity.
EDITS = [
    ("patients", {"patient_id": "P04"}, "diagnosis", None, {"DES-02"}),
    ("patients", {"patient_id": "P09"}, "diagnosis", None, {"DES-03"}),
    ("patients", {"patient_id": "P02"}, "diagnosis", None, {"DES-04"}),
    ("patients", {"patient_id": "P01"}, "sex", None, {"DES-05"}),
    ("patients", {"patient_id": "P02"}, "sex", None, {"DES-06"}),
    ("patients", {"patient_id": "P05"}, "disease_duration_years", 19.0, {"DES-07"}),
    (
        "medications",
        {"patient_id": "P07", "drug": "anakinra"},
        "dose",
        150.0,
        {"DES-08"},
    ),
    ("patients", {"patient_id": "P10"}, "age_years", 81.0, {"DES-10"}),
    ("functional_index", {"patient_id": "P04", "month": 0.0}, "fi", 52.0, {"DES-11"}),
    (
        "medications",
        {"patient_id": "P01", "unit": "mg/kg/day"},
        "dose",
        0.75,
        {"DES-13"},
    ),
    (
        "medications",
        {"patient_id": "P01", "drug": "prednisolone", "unit": "mg/day"},
        "end_month",
        3.0,
        {"DES-14"},
    ),
    ("disposition", {"patient_id": "P04"}, "last_month", 3.0, {"DIS-01"}),
    ("disposition", {"patient_id": "P05"}, "last_month", 6.0, {"DIS-02"}),
    ("disposition", {"patient_id": "P08"}, "last_month", 12.0, {"DIS-03"}),
    ("disposition", {"patient_id": "P04"}, "stop_reason", "moved away", {"DIS-04"}),
    ("disposition", {"patient_id": "P11"}, "stop_reason", "moved away", {"DIS-05"}),
    ("disposition", {"patient_id": "P13"}, "stop_reason", "moved away", {"DIS-06"}),
    ("disposition", {"patient_id": "P08"}, "stop_reason", "moved away", {"DIS-07"}),
    ("core_set", {"patient_id": "P03", "month": 3.0}, "physician_global", 61.0, set(SUMS)),
    ("patients", {"patient_id": "P03"}, "diagnosis", None, {"DES-03", "RES-02"}),
    ("patients", {"patient_id": "P13"}, "diagnosis", None, {"DES-02", "RES-03"}),
    ("patients", {"patient_id": "P10"}, "diagnosis", None, {"DES-04", "RES-04", "RES-14"}),
    (
        "core_set",
        {"patient_id": "P01", "month": 3.0},
        "physician_global",
        69.0,
        {"RES-05", "RES-06"},
    ),
    # Strength a quarter down, which rules improvement out whatever the other measures do.
    ("core_set", {"patient_id": "P01", "month": 6.0}, "mmt8", 40.0, {"RES-06"}),
    ("core_set", {"patient_id": "P06", "month": 12.0}, "mmt8", 55.0, {"RES-07"}),
    ("core_set", {"patient_id": "P07", "month": 3.0}, "haq_di", 1.625, {"RES-05", "RES-08"}),
    ("core_set", {"patient_id": "P09", "month": 3.0}, "ck", None, {"RES-09"}),
    ("core_set", {"patient_id": "P05", "month": 3.0}, "haq_di", None, {"RES-09", "RES-10"}),
    ("functional_index", {"patient_id": "P06", "month": 0.0}, "fi", 51.0, {"RES-11", "RES-12"}),
    ("functional_index", {"patient_id": "P01", "month": 0.0}, "fi", 30.0, {"RES-11", "RES-13"}),
    ("functional_index", {"patient_id": "P10", "month": 0.0}, "fi", 20.0, {"RES-11", "RES-14"}),
    ("core_set", {"patient_id": "P15", "month": 0.0}, "extramuscular", 95.0, {"RES-15"}),
    ("biopsies", {"patient_id": "P09", "marker": "CD3"}, "month", 0.0, {"BIO-01"}),
    (
        "biopsies",
        {"patient_id": "P01", "marker": "MHC class I", "month": 0.0},
        "month",
        3.0,
        {"BIO-02"},
    ),
    (
        "biopsies",
        {"patient_id": "P01", "marker": "IL-1Ra", "month": 6.0},
        "expressed",
        False,
        {"BIO-08"},
    ),
    (
        "biopsies",
        {"patient_id": "P02", "marker": "IL-1Ra", "month": 6.0},
        "expressed",
        True,
        {"BIO-09"},
    ),
    (
        "biopsies",
        {"patient_id": "P06", "marker": "CD163", "month": 0.0},
        "value",
        240.0,
        {"BIO-10"},
    ),
    (
        "biopsies",
        {"patient_id": "P06", "marker": "IL-1alpha", "month": 0.0},
        "value",
        7.0,
        {"BIO-11"},
    ),
    ("cytokines", {"patient_id": "P09", "analyte": "IL-1Ra"}, "concentration", 6938.0, {"SER-01"}),
    ("medications", {"patient_id": "P01", "drug": "anakinra"}, "end_month", 5.0, {"SER-03"}),
    (
        "cytokines",
        {"patient_id": "P01", "month": 6.0, "analyte": "IL-1Ra"},
        "concentration",
        33_572.0,
        {"SER-04"},
    ),
    (
        "cytokines",
        {"patient_id": "P08", "month": 6.0, "analyte": "IL-1Ra"},
        "patient_id",
        "P12",
        {"SER-06"},
    ),
    (
        "cytokines",
        {"patient_id": "P01", "month": 6.0, "analyte": "G-CSF"},
        "concentration",
        72.6,
        {"SER-07"},
    ),
    (
        "t_cells",
        {"patient_id": "P03", "population": "CD4+ CD45RA+"},
        "patient_id",
        "P07",
        {"TCE-01"},
    ),
    ("t_cells", {"patient_id": "P03", "population": "CD4+ CD45RA+"}, "month", 6.0, {"TCE-02"}),
    (
        "t_cells",
        {"patient_id": "P11", "population": "CD4+ CD45RO+", "month": 0.0},
        "percent",
        60.0,
        {"TCE-03"},
    ),
    (
        "t_cells",
        {"patient_id": "P03", "population": "CD4+ IFN-gamma+"},
        "percent",
        4.95,
        {"TCE-04"},
    ),
    (
        "t_cells",
        {"patient_id": "P10", "population": "CD4+ IFN-gamma+", "month": 6.0},
        "percent",
        0.5,
        {"TCE-05"},
    ),
    ("t_cells", {"patient_id": "P14", "population": "CD4+ IL-17A+"}, "percent", 0.46, {"TCE-06"}),
    (
        "t_cells",
        {"patient_id": "P10", "population": "CD4+ IL-17A+", "month": 6.0},
        "percent",
        None,
        {"TCE-07"},
    ),
    (
        "t_cells",
        {"patient_id": "P02", "population": "CD4+ IL-17A+", "month": 6.0},
        "percent",
        0.2,
        {"TCE-08"},
    ),
    ("in_vitro", {"donor": "D4", "condition": "stimulated"}, "concentration", 200.0, {"TCE-09"}),
]


@pytest.mark.parametrize(("table", "where", "column", "value", "expected"), EDITS)
def test_one_changed_value_turns_exactly_the_claims_that_rest_on_it(
    anakinra, verdicts, table, where, column, value, expected
):
    # Claims that do not name the table cannot move: without it they stand, as is tested below.
    resting = [claim.claim_id for claim in read_claims(anakinra) if table in claim.tables]
    resting = [name for name in resting if verdicts[name] != "external"]
    now = _verdicts(_edit(anakinra, table, where, column, value), only=resting)
    assert set(now.index[now != verdicts[resting]]) == expected


RESPONDERS = ("P01", "P03", "P06", "P07", "P10", "P12", "P13")
AFTER = {"month": 6.0}

# Claims of "no change" and "unrelated" far from p = 0.05: one value cannot turn them, so all values
# after treatment, or all of the responders, are multiplied.
MULTIPLIED = [
    ("biopsies", {"marker": "mononuclear infiltrate", **AFTER}, "value", 1.5, {"BIO-03"}),
    ("biopsies", {"marker": "CD3", **AFTER}, "value", 1.5, {"BIO-04"}),
    ("biopsies", {"marker": "IL-1alpha", **AFTER}, "value", 1.5, {"BIO-05"}),
    ("biopsies", {"marker": "IL-1beta", **AFTER}, "value", 1.5, {"BIO-06"}),
    ("biopsies", {"marker": "MHC class I", **AFTER}, "value", 1.5, {"BIO-07"}),
    ("cytokines", {"analyte": "G-CSF"}, "concentration", 2, {"SER-08"}),
]


@pytest.mark.parametrize(("table", "where", "column", "factor", "expected"), MULTIPLIED)
def test_values_moved_together_turn_exactly_the_claim_that_rests_on_them(
    anakinra, verdicts, table, where, column, factor, expected
):
    frame = anakinra.table(table)
    rows = (frame[list(where)] == pd.Series(where)).all(axis=1)
    if table == "cytokines":
        rows &= frame["patient_id"].isin(RESPONDERS)
    frame.loc[rows, column] *= factor
    edited = replace(anakinra, tables={**anakinra.tables, table: frame})
    resting = [claim.claim_id for claim in read_claims(anakinra) if table in claim.tables]
    now = _verdicts(edited, only=[name for name in resting if verdicts[name] != "external"])
    assert set(now.index[now != verdicts[now.index]]) == expected


def test_one_more_patient_turns_the_number_of_patients_only(anakinra, verdicts):
    more = pd.DataFrame({"patient_id": ["P16"], "arm": ["anakinra"], "age_years": [50.0]})
    patients = pd.concat([anakinra.table("patients"), more], ignore_index=True)
    edited = replace(anakinra, tables={**anakinra.tables, "patients": patients})
    # A patient without any course or score fails the two entry criteria too.
    assert _turned(edited, verdicts) == {"DES-01", "DES-11", "DES-13"}


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("planned_months", 6.0, {"DES-09"}),
        ("primary_outcome", Outcome(measure="response", month=6), {"DES-12"}),
        ("notes", ("T cells met anti-CD3 for 5 hours.",), {"TCE-10"}),
        ("notes", (), {"TCE-10"}),
    ],
)
def test_one_changed_line_of_the_configuration_turns_its_claim(
    anakinra, verdicts, key, value, expected
):
    edited = replace(anakinra, config=anakinra.config.model_copy(update={key: value}))
    assert _turned(edited, verdicts) == expected


def test_the_edits_above_turn_every_reproduced_claim_at_least_once(verdicts):
    by_tables = set().union(*(edit[-1] for edit in (*EDITS, *MULTIPLIED)))
    by_rows_and_configuration = {"DES-01", "DES-09", "DES-12", "TCE-10"}
    reproduced = set(verdicts.index[verdicts == "reproduced"])
    assert by_tables | by_rows_and_configuration == reproduced


@pytest.mark.parametrize(
    "table",
    [
        "patients",
        "disposition",
        "core_set",
        "functional_index",
        "medications",
        "biopsies",
        "cytokines",
        "t_cells",
        "in_vitro",
    ],
)
def test_without_a_table_its_claims_are_not_computable_and_the_others_stand(
    anakinra, verdicts, table
):
    rest = {name: frame for name, frame in anakinra.tables.items() if name != table}
    checked = check_claims(replace(anakinra, tables=rest)).set_index("claim_id")
    resting = {claim.claim_id for claim in read_claims(anakinra) if table in claim.tables}
    resting -= {"SER-02", "SER-05"}
    assert resting
    assert set(checked.index[checked["verdict"] == NOT_COMPUTABLE]) == resting
    assert checked.loc[list(resting), "reason"].str.contains(f"no table .*{table}").all()
    assert (checked.loc[list(resting), "computed"] == "").all()
    others = [name for name in verdicts.index if name not in resting]
    assert checked.loc[others, "verdict"].equals(verdicts[others])


def test_a_study_folder_without_t_cells_is_read_and_checked(tmp_path):
    folder = tmp_path / "anakinra_iim"
    shutil.copytree(read_study("anakinra_iim", tables=[]).folder, folder)
    (folder / "tables" / "t_cells.csv").unlink()
    found = _verdicts(read_study(folder))
    assert found[found == NOT_COMPUTABLE].index.tolist() == [f"TCE-0{k}" for k in range(1, 9)]


@pytest.mark.parametrize(
    ("table", "column", "value", "claims"),
    [
        ("biopsies", "marker", "IL-1beta", {"BIO-06"}),
        ("cytokines", "analyte", "G-CSF", {"SER-07", "SER-08"}),
        ("t_cells", "population", "CD4+ CD45RO+", {"TCE-03"}),
        ("in_vitro", "analyte", "IL-17A", {"TCE-09"}),
        ("medications", "drug", "anakinra", {"DES-08"}),
    ],
)
def test_a_table_without_the_rows_of_a_claim_makes_it_not_computable(
    anakinra, table, column, value, claims
):
    frame = anakinra.table(table)
    left = replace(
        anakinra, tables={**anakinra.tables, table: frame[frame[column] != value].copy()}
    )
    checked = _verdicts(left)
    assert set(checked.index[checked == NOT_COMPUTABLE]) == claims


def test_a_study_that_recorded_no_characteristics_has_no_verdict_on_them(anakinra):
    bare = anakinra.table("patients")[["patient_id", "arm"]]
    checked = check_claims(replace(anakinra, tables={**anakinra.tables, "patients": bare}))
    reasons = checked.set_index("claim_id").loc[["DES-02", "DES-05", "DES-07", "DES-10"], "reason"]
    assert reasons.tolist() == [
        "no diagnosis in the table patients",
        "no sex in the table patients",
        "no disease_duration_years in the table patients",
        "no age_years in the table patients",
    ]


def test_a_study_without_published_claims_has_none(tmp_path):
    folder = tmp_path / "plain"
    shutil.copytree(read_study("endurance_training_iim", tables=[]).folder, folder)
    (folder / "published_claims.csv").unlink()
    checked = check_claims(read_study(folder))
    assert checked.empty
    assert checked.columns[0] == "claim_id"


def _write_claims(tmp_path: Path, text: str) -> Study:
    folder = tmp_path / "edited"
    shutil.copytree(read_study("endurance_training_iim", tables=[]).folder, folder)
    (folder / "published_claims.csv").write_text(text, encoding="utf-8")
    return read_study(folder)


HEADER = "claim_id,source,topic,claim,statistic,n,value,low,high,unit,p_value,kind,note\n"


def test_a_claim_without_a_verb_is_reported_and_not_skipped(tmp_path):
    study = _write_claims(tmp_path, HEADER + "NEW-01,a paper,,any claim,count,,3,,,,,exact,\n")
    checked = check_claims(study)
    assert checked.loc[0, ["verdict", "reason"]].tolist() == [
        "not checked",
        "the file names no verb for this claim",
    ]


def test_an_impossible_range_without_a_rule_is_recognised(tmp_path):
    study = _write_claims(tmp_path, HEADER + "NEW-01,a,,b,range,,,9,3,,,impossible,\n")
    assert check_claims(study).loc[0, "verdict"] == "impossible in the source"
    assert "from 9 down to 3" in check_claims(study).loc[0, "reason"]


def test_claims_without_a_column_or_with_an_id_twice_are_refused(tmp_path):
    with pytest.raises(StudyDataError, match=r"(?s)claims.csv.*p_value.*no such column"):
        _write_claims(tmp_path, HEADER.replace(",p_value", ""))
    line = "END-01,a,,b,count,,15,,,,,exact,\n"
    with pytest.raises(StudyDataError, match=r"(?s)row 3.*END-01.*each claim_id once"):
        _write_claims(tmp_path / "again", HEADER + line + line)


@pytest.mark.parametrize(
    ("computed", "printed", "same"),
    [
        (2558.5, "2559", True),
        (2558.499, "2559", False),
        (2559.499, "2559", True),
        (2559.5, "2559", False),
        (1.05, "1.1", True),
        (1.1499999, "1.1", True),
        (1.15, "1.1", False),
        (-0.9286, "-0.9", True),
        (-0.952, "-0.9", False),
        (0.0054999, "0.005", True),
        (0.0055, "0.005", False),
        (0.4, "0.40", True),
        (0.395, "0.40", True),
        (0.4 + 1e-12, "0.4", True),
    ],
)
def test_numbers_are_compared_with_the_digits_that_were_printed(computed, printed, same):
    assert match_digits(computed, printed) is same


def test_summaries_list_every_verdict():
    summary = summarise_verdicts(check_claims(read_study("endurance_training_iim")))
    assert summary["claims"].tolist() == [11, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({"statistic": "count", "value": "1", "unit": "patients"}, "1 patient"),
        ({"statistic": "threshold", "value": "20", "unit": "percent"}, "at least 20 percent"),
        ({"statistic": "change", "low": "179", "high": "31", "unit": "mg/L"}, "179 to 31 mg/L"),
        ({"statistic": "correlation", "value": "-0.9", "p_value": "0.001"}, "−0.9, p = 0.001"),
        ({"statistic": "no_association", "kind": "no_change"}, "no relation"),
        ({"statistic": "direction", "kind": "direction"}, "direction only"),
    ],
)
def test_published_values_are_written_in_words(claim, words):
    empty = dict.fromkeys(Claim.__dataclass_fields__, "")
    assert describe_published(Claim(**empty | claim)) == words


@pytest.mark.parametrize(
    ("table", "where", "column", "value", "expected"),
    [
        ("patients", {"patient_id": "C01"}, "age_years", 54.0, {"CAS-01"}),
        ("patients", {"patient_id": "C01"}, "sex", "male", {"CAS-01"}),
        ("labs", {"test": "CRP", "day": 8.0}, "value", 32.0, {"CAS-02"}),
        ("labs", {"test": "albumin", "day": 30.0}, "value", 31.0, {"CAS-03"}),
        ("labs", {"test": "PET SUVmax", "day": 122.0}, "value", 55.0, {"CAS-04"}),
        ("medications", {"drug": "anakinra"}, "dose", 50.0, {"CAS-05"}),
        ("case_events", {"event": "skin ulcers healed"}, "day", 35.0, {"CAS-06"}),
        ("medications", {"drug": "prednisone"}, "dose", 10.0, {"CAS-07"}),
        ("medications", {"drug": "intravenous immunoglobulin"}, "dose", 1.0, {"CAS-08"}),
        ("medications", {"drug": "methotrexate"}, "unit", "mg/day", {"CAS-09"}),
        ("labs", {"test": "weight lost over 2 years"}, "value", 20.0, {"CAS-10"}),
        ("labs", {"test": "glucose at the PET scan", "day": 0.0}, "value", 5.0, {"CAS-11"}),
        ("medications", {"drug": "FDG (PET tracer)", "start_month": 4.0}, "dose", 3.0, {"CAS-12"}),
    ],
)
def test_one_changed_value_of_the_case_turns_its_claim(table, where, column, value, expected):
    case = read_study("anti_mda5_case")
    assert _turned(_edit(case, table, where, column, value), _verdicts(case)) == expected


def test_the_case_without_events_or_values_says_what_is_absent():
    case = read_study("anti_mda5_case")
    labs = case.table("labs")
    events = case.table("case_events").assign(day=float("nan"))
    edited = replace(
        case, tables={**case.tables, "labs": labs[labs["day"] < 8], "case_events": events}
    )
    found = _verdicts(edited)
    absent = {"CAS-02", "CAS-03", "CAS-04", "CAS-06"}
    assert set(found.index[found == NOT_COMPUTABLE]) == absent


def test_a_control_group_without_responders_turns_its_printed_marks():
    study = read_study("endurance_training_iim")
    edited = _edit(study, "core_set", {"patient_id": "K", "month": 3.0}, "patient_global", 13.0)
    assert _turned(edited, _verdicts(study)) == {"END-05", "END-07"}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        # SER-02 is about others and SER-05 impossible; three statements stand in study.yml.
        ("anakinra_iim", [60, 3, 0]),
        ("anti_mda5_case", [0, 12, 0]),
        ("endurance_training_iim", [0, 0, 11]),
    ],
)
def test_what_was_built_in_transcribed_and_computed_is_told_apart(name, counts):
    assert summarise_bases(check_claims(read_study(name)))["claims"].tolist() == counts


def test_what_a_claim_rests_on_is_said_only_where_something_was_compared():
    checked = check_claims(read_study("anakinra_iim")).set_index("claim_id")
    assert checked.loc[["SER-02", "SER-05", "DES-09"], "basis"].tolist() == ["", "", "transcribed"]


def test_response_is_judged_by_the_claims_own_definition_and_a_departure_is_said():
    stricter = read_study("endurance_training_iim?response.improvement_percent=40")
    checked = check_claims(stricter).set_index("claim_id")
    assert checked.loc["END-04", ["computed", "verdict"]].tolist() == ["6 of 9", "reproduced"]
    departs = checked["reason"].str.endswith(
        "judged by the IMACS definition of improvement, not by this study's rule"
    )
    assert checked.index[departs].tolist() == ["END-04", "END-05", "END-07"]
