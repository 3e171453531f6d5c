import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.derive.course.safety import (
    CAUSES,
    NOT_TOLD,
    LocalReactionRule,
    classify_stops,
    derive_deaths,
    derive_exposure_by_arm,
    derive_outcomes_by_arm,
    derive_treatment_courses,
    find_study_drugs,
    flag_local_reaction,
    sum_exposure,
    summarise_events_by_arm,
    summarise_local_reactions,
)


@pytest.fixture
def patients():
    return pd.DataFrame({"patient_id": ["A", "B", "C"], "arm": ["drug", "drug", "usual care"]})


@pytest.fixture
def disposition():
    return pd.DataFrame(
        {
            "patient_id": ["A", "B", "C"],
            "last_month": [12.0, 2.0, 6.0],
            "completed": [True, False, False],
            "stop_reason": [None, "local skin rash at the injection site", "moved away"],
        }
    )


def make_events(*rows):
    """Give adverse events from (patient, term, grade, action)."""
    frame = pd.DataFrame(rows, columns=["patient_id", "term", "ctcae_grade", "action"])
    return frame.assign(system_organ_class="Some class", serious=False, related=True)


def make_courses(*rows):
    return pd.DataFrame(rows, columns=["patient_id", "drug", "start_month", "end_month"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Injection site erythema", True),
        ("INFUSION SITE pain", True),
        ("local skin rash at the injection site", True),
        ("Rash maculo-papular", False),
        ("headache", False),
        (None, False),
    ],
)
def test_a_local_reaction_is_known_by_its_words(text, expected):
    assert flag_local_reaction(pd.Series([text], dtype="str")).tolist() == [expected]


def test_the_words_of_a_local_reaction_can_be_set():
    rule = LocalReactionRule(words=("patch",))
    terms = pd.Series(["Patch erythema", "Injection site pain"])
    assert flag_local_reaction(terms, rule=rule).tolist() == [True, False]


def test_a_stop_is_sorted_by_its_reason_or_by_the_event_that_led_to_it(disposition):
    stopped = disposition.assign(
        completed=False, stop_reason=["asked to stop", "rash", "lack of efficacy"]
    )
    events = make_events(
        ("A", "Injection site rash", 2, "stopped"),
        ("B", "Headache", 2, "stopped"),
        ("C", "Injection site pain", 1, "none"),
    )
    causes = classify_stops(stopped, events)["cause"].tolist()
    assert causes == ["local skin reaction", "other adverse event", "disease activity"]


def test_without_adverse_events_only_the_reason_speaks(disposition):
    stops = classify_stops(disposition)
    assert stops[["patient_id", "cause"]].values.tolist() == [
        ["B", "local skin reaction"],
        ["C", "other reason"],
    ]
    assert classify_stops(None) is None


@pytest.mark.parametrize(
    ("reason", "events", "cause"),
    [
        ("death", [], "death"),
        ("adverse event (rash)", [("C", "Rash", 2, None)], "other adverse event"),
        ("headache", [("C", "Headache", 1, None)], "other adverse event"),
        ("headache", [("C", "Rash", 1, None)], "cause not told"),
        ("headache", [("C", "Rash", 1, "none")], "other reason"),
        ("headache", None, "cause not told"),
        (None, None, "cause not told"),
        (None, [("C", "Rash", 1, "none")], "cause not told"),
        (None, [("C", "Rash", 1, "stopped")], "other adverse event"),
        ("withdrew consent", None, "other reason"),
        ("withdrawn for lack of efficacy", None, "disease activity"),
        ("withdrawn for side effects", None, "other adverse event"),
    ],
)
def test_what_no_source_tells_is_not_told(disposition, reason, events, cause):
    stopped = disposition.assign(stop_reason=[None, "rash", reason])
    table = None if events is None else make_events(*events)
    assert classify_stops(stopped, table)["cause"].tolist()[-1] == cause


@pytest.mark.parametrize(
    ("reason", "events", "died"),
    [
        ("death", None, True),
        ("moved", None, False),
        (None, None, None),
        (None, [], False),
        (None, [("C", "Rash", 2, "none")], False),
        (None, [("C", "Rash", 5, "none")], True),
        ("moved", [("C", "Sudden death", None, None)], True),
    ],
)
def test_a_death_is_drawn_from_every_source(patients, disposition, reason, events, died):
    stopped = disposition.assign(stop_reason=[None, "rash", reason])
    table = None if events is None else make_events(*events).astype({"ctcae_grade": "Int64"})
    found = derive_deaths(patients, stopped, table)["C"]
    assert (None if found is pd.NA else bool(found)) is died


def test_an_open_event_leaves_a_death_open_where_nothing_else_tells(patients):
    events = make_events(("C", "Collapse", None, None)).assign(serious=True)
    found = derive_deaths(patients, None, events.astype({"ctcae_grade": "Int64"}))
    assert found.tolist() == [False, False, pd.NA]


def test_the_drug_of_an_arm_bears_its_name(patients):
    courses = make_courses(("A", "Drug", 0.0, 1.0), ("C", "prednisolone", 0.0, 1.0))
    assert find_study_drugs(patients, courses) == {"drug": "Drug"}
    assert find_study_drugs(patients, None) == {}


def test_courses_count_in_an_arm_of_a_drug_and_time_in_the_other(patients, disposition):
    courses = make_courses(("A", "drug", 0.0, 9.0), ("B", "drug", 0.0, None))
    exposure = derive_exposure_by_arm(patients, disposition, courses).set_index("patient_id")
    assert exposure["exposure_months"].to_dict() == {"A": 9.0, "B": 2.0, "C": 6.0}
    assert exposure["source"].to_dict() == {
        "A": "courses of drug",
        "B": "courses of drug",
        "C": "time in the study",
    }
    # by hand: (9 + 2) / 12
    assert sum_exposure(exposure, ["drug"]) == pytest.approx(11 / 12)


def test_without_courses_everybody_is_treated_to_the_last_month(patients, disposition):
    exposure = derive_exposure_by_arm(patients, disposition)
    assert exposure["exposure_months"].tolist() == [12.0, 2.0, 6.0]
    others = make_courses(("C", "drug", 0.0, 1.0))
    assert (
        derive_exposure_by_arm(patients, disposition, others)["source"].tolist()
        == ["time in the study"] * 3
    )


def test_without_a_disposition_nothing_is_known_of_time(patients):
    assert derive_exposure_by_arm(patients, None) is None
    assert derive_outcomes_by_arm(patients, None) is None
    assert derive_treatment_courses(patients, None) is None
    assert sum_exposure(None, ["drug"]) is None


def test_a_patient_without_a_row_in_the_disposition_is_refused(patients, disposition):
    with pytest.raises(ValueError, match="enrolled but absent: C"):
        derive_exposure_by_arm(patients, disposition.iloc[:2])
    with pytest.raises(ValueError, match="enrolled but absent: C"):
        derive_outcomes_by_arm(patients, disposition.iloc[:2])


def test_outcomes_carry_the_arm(patients, disposition):
    outcomes = derive_outcomes_by_arm(patients, disposition)
    assert outcomes[["patient_id", "outcome", "arm"]].values.tolist() == [
        ["A", "completed", "drug"],
        ["B", "local skin rash at the injection site", "drug"],
        ["C", "moved away", "usual care"],
    ]


def test_courses_are_cut_to_the_time_in_the_study_and_pauses_stay(patients, disposition):
    courses = make_courses(
        ("A", "drug", -3.0, 2.0),
        ("A", "drug", 4.0, 20.0),
        ("A", "prednisolone", 0.0, 1.0),
        ("B", "drug", 3.0, 5.0),
    )
    drawn = derive_treatment_courses(patients, disposition, courses)
    assert drawn.values.tolist() == [["A", 0.0, 2.0], ["A", 4.0, 12.0], ["C", 0.0, 6.0]]


def test_every_arm_has_a_row_for_every_event_of_any_arm(patients, disposition):
    events = make_events(("A", "Headache", 1, "none"), ("A", "Headache", 3, "none"))
    exposure = derive_exposure_by_arm(patients, disposition)
    overview, by_class = summarise_events_by_arm(events, patients, exposure)
    other = by_class[by_class["arm"] == "usual care"]
    assert other[["level", "term", "n_patients", "n_events"]].values.tolist() == [
        ["class", "", 0, 0],
        ["term", "Headache", 0, 0],
    ]
    assert other["patient_years"].tolist() == [0.5, 0.5]
    drug = by_class[(by_class["arm"] == "drug") & (by_class["level"] == "term")].iloc[0]
    assert (drug["n_patients"], drug["n_events"], drug["n_treated"]) == (1, 2, 2)
    assert (drug["worst_grade_1"], drug["worst_grade_3"]) == (0, 1)
    assert len(overview) == 12


def test_a_table_of_events_without_rows_says_that_there_was_none(patients):
    overview, by_class = summarise_events_by_arm(make_events(), patients, None)
    assert overview["n_patients"].tolist() == [0] * 12
    assert overview["patient_years"].isna().all()
    assert by_class.empty


def test_local_reactions_count_each_patient_once_at_the_worst_grade(patients):
    events = make_events(
        ("A", "Injection site rash", 1, "none"),
        ("A", "Injection site pain", 2, "none"),
        ("B", "Headache", 4, "none"),
    )
    local = summarise_local_reactions(events, patients)
    assert local[["n_patients", "n_events", "n_treated"]].values.tolist() == [[1, 2, 2], [0, 0, 1]]
    assert local["worst_grade"].iloc[0] == 2
    assert pd.isna(local["worst_grade"].iloc[1])
    assert summarise_local_reactions(None, patients) is None


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(["rash", "injection site", None]), st.booleans()), max_size=8
    )
)
def test_everybody_who_stopped_has_one_cause_and_nobody_else(people):
    disposition = pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(len(people))],
            "last_month": 1.0,
            "completed": [completed for _, completed in people],
            "stop_reason": pd.Series(
                [None if completed else reason for reason, completed in people], dtype="str"
            ),
        }
    )
    stops = classify_stops(disposition)
    assert len(stops) == sum(not completed for _, completed in people)
    assert set(stops["cause"]) <= {*CAUSES, NOT_TOLD}
