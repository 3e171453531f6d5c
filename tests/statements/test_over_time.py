"""When patients had improved is told of everybody who entered, and of whom it is known."""

import pytest
from tests.report.cohorts import read_words
from tests.statements.studies import build, find, leave, make_arms, say, write_rows

from helpers.answers import outcomes

ONE_ARM = make_arms(drug=4)
FATES = {
    "P01": ["better", "better"],
    "P02": ["better", "same"],
    "P03": ["same", None],
    "P04": [None, None],
}


def ask(folder, fates=None, arms=None, **settings):
    study = build(folder, arms or ONE_ARM, months=(3.0, 6.0), fates=fates or FATES, **settings)
    return outcomes.over_time(study)


def tabulate(answer, name):
    return next(p for p in answer.list_pieces() if getattr(p, "name", "") == name).frame


def test_each_visit_any_confirmed_and_kept_are_told_of_all(tmp_path):
    told = say(ask(tmp_path))
    assert "of 4 patients who entered, 2 at Month 3 and 1 at Month 6 were improved" in told
    assert "2 at some visit, 1 at two visits in a row and 1 kept to the end" in told


def test_those_judged_stand_beside(tmp_path):
    table = tabulate(ask(tmp_path), "response_over_time").set_index("improved")
    assert read_words(table.loc["at Month\xa03"].iloc[0]) == "2 of 4 (2 of 3 judged)"


def test_nobody_judged_is_no_zero(tmp_path):
    told = say(ask(tmp_path, {patient: ["unknown", "unknown"] for patient in ONE_ARM}))
    assert "nobody could be judged" in told
    assert "0 of" not in told
    assert "0 at" not in told


def test_a_visit_that_nobody_reached_is_unknown(tmp_path):
    answer = ask(tmp_path, {patient: ["better", None] for patient in ONE_ARM})
    assert "an unknown number at Month 6" in say(answer)
    assert find(answer, "over_time.drug.month_6.improved")["reason"] == "nobody could be judged"


@pytest.mark.parametrize(
    ("strategy", "told"),
    [("not_improved", "1 at Month 6"), ("as_observed", "1 (of 2 counted) at Month 6")],
)
def test_who_left_counts_as_the_study_says(tmp_path, strategy, told):
    left = leave(("P03", 3, "moved"), ("P04", 1, "rash"), completed=[("P01", 6), ("P02", 6)])
    answer = ask(
        tmp_path,
        tables={"disposition": left},
        response={"intercurrent": {"withdrawal": strategy}},
    )
    assert told in say(answer)


def test_arms_are_told_apart(tmp_path):
    arms = {"P01": "drug", "P02": "drug", "P03": "placebo", "P04": "placebo"}
    told = say(ask(tmp_path, arms=arms))
    assert "of 2 patients who entered in the arm “Drug”, 2 at Month 3" in told
    assert "of 2 patients who entered in the arm “Placebo”, 0 at Month 3" in told


def test_half_at_no_visit_is_said(tmp_path):
    fates = {"P01": ["same", "better"], **{p: ["same", "same"] for p in ("P02", "P03", "P04")}}
    text = next(ask(tmp_path, fates).list_pieces())
    assert "At no visit had half of those who entered improved" in text.paragraphs[1]


def test_diagnoses_stand_side_by_side(tmp_path):
    patients = write_rows(
        "patient_id,arm,diagnosis",
        [
            ("P01", "drug", "DM"),
            ("P02", "drug", "DM"),
            ("P03", "drug", "PM"),
            ("P04", "drug", "PM"),
        ],
    )
    answer = ask(tmp_path, tables={"patients": patients})
    table = tabulate(answer, "response_by_diagnosis")
    assert table["at any visit"].tolist() == ["2 of 2", "0 of 2 (0 of 1 judged)"]
    assert find(answer, "over_time.diagnosis.dm.any.improved")["value"] == 2


def test_the_other_definition_stands_beside(tmp_path):
    by_measures = tabulate(ask(tmp_path / "a"), "response_over_time")
    by_score = tabulate(
        ask(tmp_path / "b", response={"definition": "tis_adult"}), "response_over_time"
    )
    assert "Total improvement score (at least minimal)" in by_measures
    assert "IMACS definition" in by_score


LISTS = "patient_id,month,measure,change"


def list_changes(patient, month, improved, worsened=(), unchanged=()):
    named = {"improved": improved, "worsened": worsened, "unchanged": unchanged}
    return [(patient, month, m, change) for change, names in named.items() for m in names]


def test_printed_lists_are_judged_and_held_against_the_printed_outcome(tmp_path):
    rows = [
        *list_changes(
            "P01",
            6,
            ["physician_global", "patient_global", "haq_di"],
            unchanged=["mmt8", "ck", "extramuscular"],
        ),
        *list_changes("P02", 6, ["physician_global", "patient_global", "haq_di"], ["mmt8"]),
        *list_changes("P03", 6, ["physician_global", "patient_global", "haq_di"]),
    ]
    flags = [("P01", 6, "imacs_improvement", "true"), ("P02", 6, "imacs_improvement", "true")]
    study = build(
        tmp_path,
        ONE_ARM,
        tables={
            "published_changes": write_rows(LISTS, rows),
            "published_flags": write_rows("patient_id,month,flag,value", flags),
        },
        primary_outcome={"measure": "response", "month": 6},
    )
    told = say(outcomes.printed(study))
    assert "1 of 2 patient visits improved by the IMACS definition" in told
    assert "1 more cannot be told" in told
    assert "1 of 2 agree with the outcome that was printed" in told
    primary = say(outcomes.primary(study))
    assert "was reached by 1 of all 4 patients" in primary
    assert "1 of the 2 who were judged" in primary
