"""What was planned is told first, and only of those of whom it is known."""

import pytest
from tests.statements.studies import build, find, leave, make_arms, name_patients, say, write_rows
from tests.study_folders import find_only_fault, write_study

from helpers.answers import outcomes

STAYED = [(f"P0{number}", 6) for number in (1, 2, 3)]

WALK = {"measure": "walk", "direction": "higher", "improvement_percent": 20, "month": 6}
ONE_ARM = make_arms(drug=4)
TWO_ARMS = make_arms(drug=4, placebo=4)
GAINS = {True: (100.0, 130.0), False: (100.0, 100.0), None: (100.0, None)}


def walk(*reached, first=1):
    """Give walking distances of P01, P02 and so on: better by 30 %, unchanged, not measured."""
    return dict(zip(name_patients(len(reached), first=first), map(GAINS.get, reached), strict=True))


def ask(folder, arms, tests, **settings):
    chosen = {"primary_outcome": WALK} | settings
    return outcomes.primary(build(folder, arms, tests=tests, **chosen))


def test_all_who_entered_and_those_judged_stand_in_one_sentence(tmp_path):
    told = say(ask(tmp_path, ONE_ARM, walk(True, True, False, None)))
    assert "walk at least 20 % better at Month 6, was reached by 2 of all 4 patients" in told
    assert "2 of the 3 who were judged" in told
    assert "For the trial as a whole the primary outcome was not judged" in told


def test_nobody_judged_is_no_zero(tmp_path):
    answer = ask(tmp_path, ONE_ARM, walk(None, None, None, None))
    assert "could not be judged: nobody was assessed" in answer.sentence
    assert "0 of" not in say(answer)
    assert answer.verdict == "not judged"
    assert find(answer, "primary.drug.reached")["reason"] == "nobody was judged"


def test_nobody_judged_in_one_arm_is_no_zero_there(tmp_path):
    tests = walk(True, True, False, False) | walk(None, None, None, None, first=5)
    answer = ask(tmp_path, TWO_ARMS, tests, reference_arm="placebo")
    told = say(answer)
    assert "2 of 4 patients in the arm “Drug”" in told
    assert "an unknown number of 4 patients in the arm “Placebo”" in told
    assert "difference" not in told
    assert answer.verdict == "not judged"


@pytest.mark.parametrize(
    ("strategy", "told", "counted"),
    [
        ("not_improved", "2 of all 4 patients who entered", 4),
        ("as_observed", "2 of 3 counted patients (of 4)", 3),
        ("not_judged", "2 of 3 counted patients (of 4)", 3),
    ],
)
def test_who_withdrew_counts_as_the_study_says(tmp_path, strategy, told, counted):
    answer = ask(
        tmp_path,
        ONE_ARM,
        walk(True, True, False, None),
        tables={"disposition": leave(("P04", 2, "rash"), completed=STAYED)},
        response={"intercurrent": {"withdrawal": strategy}},
    )
    assert told in say(answer)
    assert find(answer, "primary.drug.reached")["n"] == counted


@pytest.mark.parametrize(
    ("strategy", "reached", "judged"),
    [("as_observed", 2, 4), ("not_improved", 1, 4), ("not_judged", 1, 3)],
)
def test_who_was_rescued_counts_as_the_study_says(tmp_path, strategy, reached, judged):
    drugs = write_rows(
        "patient_id,drug,dose,unit,start_month,end_month,role",
        [("P01", "rituximab", 1, "g", 3, None, "rescue"), ("P02", "x", 1, "g", -3, None, "rescue")],
    )
    answer = ask(
        tmp_path,
        ONE_ARM,
        walk(True, True, False, False),
        tables={"medications": drugs},
        response={"intercurrent": {"rescue": strategy}},
    )
    assert find(answer, "primary.drug.reached")["value"] == reached
    assert find(answer, "primary.drug.judged")["value"] == judged


def test_a_visit_held_after_leaving_is_judged_as_it_was_seen(tmp_path):
    left = {
        "disposition": leave(
            ("P01", 2, "rash"), completed=[(f"P0{number}", 6) for number in (2, 3, 4)]
        )
    }
    answer = ask(tmp_path, ONE_ARM, walk(True, False, False, False), tables=left)
    assert find(answer, "primary.drug.reached")["value"] == 1


def test_a_death_is_named_as_the_reason(tmp_path):
    left = {"disposition": leave(("P04", 2, "died suddenly"), completed=STAYED)}
    answer = ask(tmp_path, ONE_ARM, walk(True, False, False, None), tables=left)
    assert answer.judged["reason"].tolist()[-1] == "after death: died suddenly"


def test_without_a_declared_reference_arms_are_not_compared(tmp_path):
    answer = ask(tmp_path, TWO_ARMS, walk(*[True] * 4, *[False] * 4))
    assert "no reference arm is declared, so the arms are not compared" in answer.sentence
    assert answer.contrasts == []
    assert answer.verdict == "not judged"


def test_the_declared_reference_may_stand_first(tmp_path):
    arms = make_arms(placebo=4, drug=4)
    answer = ask(tmp_path, arms, walk(*[False] * 4, *[True] * 4), reference_arm="placebo")
    assert "difference 100 percentage points" in say(answer)
    assert "p = 0.029" in say(answer)  # 2 / C(8, 4)
    assert answer.verdict == "reached"


def test_a_worse_arm_reaches_nothing(tmp_path):
    answer = ask(tmp_path, TWO_ARMS, walk(*[False] * 4, *[True] * 4), reference_arm="placebo")
    assert "difference −100 percentage points" in say(answer)
    assert answer.verdict == "not reached"


def test_three_arms_are_each_held_against_the_reference(tmp_path):
    arms = make_arms(low=4, none=4, high=4)
    answer = ask(
        tmp_path,
        arms,
        walk(True, True, False, False, *[False] * 4, *[True] * 4),
        reference_arm="none",
    )
    told = say(answer)
    assert "“Low” against “None”: difference 50 percentage points" in told
    assert "“High” against “None”: difference 100 percentage points" in told
    assert "0.057 after Holm's correction" in told  # 2 * 2 / C(8, 4)
    assert answer.verdict == "not reached"


def test_a_declared_share_decides_where_there_is_one_arm(tmp_path):
    few = ask(
        tmp_path / "few", ONE_ARM, walk(*[True] * 4), primary_outcome=WALK | {"success_share": 0.5}
    )
    assert few.verdict == "not reached"  # 4 of 4: from 40 %
    most = make_arms(drug=8)
    answer = ask(
        tmp_path / "most", most, walk(*[True] * 8), primary_outcome=WALK | {"success_share": 0.5}
    )
    assert answer.verdict == "reached"  # 8 of 8: from 63 %


@pytest.mark.parametrize(("limit", "reached"), [(20, True), (20.1, False)])
def test_lower_can_be_better_and_the_limit_is_inside(tmp_path, limit, reached):
    lower = {"measure": "walk", "direction": "lower", "improvement": limit, "month": 6}
    answer = ask(tmp_path, {"P01": "drug"}, {"P01": (100.0, 80.0)}, primary_outcome=lower)
    assert answer.judged["reached"].tolist() == [reached]


def test_a_printed_yes_or_no_is_an_outcome(tmp_path):
    rows = [("P01", 6, "walks_longer", "true"), ("P02", 6, "walks_longer", "false")]
    flags = write_rows("patient_id,month,flag,value", rows)
    study = build(
        tmp_path,
        ONE_ARM,
        tables={"published_flags": flags},
        primary_outcome={"measure": "walks_longer", "month": 6},
    )
    told = say(outcomes.primary(study))
    assert "walks longer at Month 6, was reached by 1 of all 4 patients" in told
    assert "1 of the 2 who were judged" in told


def test_a_study_without_one_says_so(tmp_path):
    study = build(tmp_path, ONE_ARM, tests=walk(True, True, True, True))
    assert say(outcomes.primary(study)).count("No primary outcome is declared") == 2


@pytest.mark.parametrize(
    ("outcome", "column", "told"),
    [
        ("walking further at month 6", "primary_outcome", "words alone cannot be judged"),
        (WALK | {"measure": "wlak"}, "primary_outcome.measure", "walk?"),
        ({"measure": "walk", "month": 6}, "primary_outcome.measure", "limit and direction"),
        (WALK | {"direction": None}, "primary_outcome", "a limit and its direction together"),
        (WALK | {"month": 5}, None, "planned visit after baseline (6)"),
    ],
)
def test_what_cannot_be_judged_is_refused(tmp_path, outcome, column, told):
    rows = [("P1", 0, "walk", 100, "m"), ("P1", 6, "walk", 100, "m")]
    folder = write_study(
        tmp_path / "study",
        {"performance_tests": write_rows("patient_id,month,test,value,unit", rows)},
        visits=[{"month": 0, "label": "Baseline"}, {"month": 6, "label": "Month 6"}],
        primary_outcome=outcome,
    )
    fault = find_only_fault(folder)
    assert told in str(fault)
    assert column is None or fault.column == column


PLAN = {
    "registration": "NCT1",
    "results": [
        {"name": "primary", "status": "planned"},
        {"name": "response", "status": "changed", "reason": "another definition"},
    ],
}


def read_texts(answer):
    return [text for piece in answer.list_pieces() for text in getattr(piece, "paragraphs", ())]


def test_without_a_plan_nothing_is_called_exploratory(tmp_path):
    told = say(outcomes.planned(build(tmp_path, ONE_ARM)))
    assert "is not recorded for this study" in told
    assert "exploratory" not in told


def test_departures_are_listed_with_their_reasons(tmp_path):
    answer = outcomes.planned(build(tmp_path, ONE_ARM, plan=PLAN))
    assert "Planned: primary; changed: response; all other results are exploratory" in say(answer)
    assert "Departures from the plan: response: another definition." in read_texts(answer)


def test_each_declared_outcome_has_its_estimand(tmp_path):
    study = build(
        tmp_path,
        TWO_ARMS,
        tests=walk(*[True] * 8),
        primary_outcome=WALK,
        endpoints={"walk_printed": WALK | {"improvement_percent": 50}},
        reference_arm="placebo",
        response={"intercurrent": {"rescue": "not_judged"}},
    )
    table = next(
        p for p in outcomes.planned(study).list_pieces() if getattr(p, "name", "") == "estimands"
    )
    parts = table.frame.set_index("part")["primary outcome"]
    assert parts["treatment"] == "Drug against Placebo"
    assert "rescue treatment is not judged (while-on-treatment" in parts["intercurrent events"]
    assert "difference of the shares" in parts["summary"]
    assert "walk printed" in table.frame


@pytest.mark.parametrize(("arms", "name"), [(ONE_ARM, "TREND"), (TWO_ARMS, "CONSORT 2025")])
def test_what_is_not_reported_is_named(tmp_path, arms, name):
    study = build(tmp_path, arms)
    answer = outcomes.reporting(study)
    table = next(p for p in answer.list_pieces() if getattr(p, "name", "") == "reporting_items")
    places = table.frame.set_index("asks for")["reported in"]
    assert name in say(answer)
    flow = "flow of patients" if name == "TREND" else "flow of patients by arm"
    assert places[flow] == "not reported: no disposition"
    assert (
        places["background and theory" if name == "TREND" else "background and rationale"]
        == "not reported"
    )
