"""Every share says of whom it is, and nobody who was not judged is called not improved unsaid."""

import pytest
from tests.report.cohorts import UNWRITTEN, read_words
from tests.statements.studies import (
    ask_everything,
    build,
    dispose,
    find,
    make_arms,
    name_patients,
    read_everything,
    say,
)

from helpers.answers import cohort, planning, response, response_matrix, safety
from helpers.render.keep.study_card import read_study_card

ONE = make_arms(drug=3)
TWO = make_arms(drug=3, placebo=3)
THREE = make_arms(low=2, high=2, control=2)
NAMES = name_patients(6)


def fare(*fates):
    """Give the fates at one visit of P01, P02 and so on."""
    return {name: [fate] for name, fate in zip(NAMES, fates, strict=False)}


def tell_share(study):
    return say(response.share(study))


def test_who_left_is_in_the_denominator_of_the_arm_and_named(tmp_path):
    # Fault A2: 24 patients, 12 an arm, 7 on drug leave before any visit: 4 of 12 against 3 of 12.
    arms = make_arms(drug=12, placebo=12)
    names = list(arms)
    fates = {name: [None] for name in names[:7]}
    fates |= {name: ["better"] for name in [*names[7:11], *names[12:15]]}
    fates |= {name: ["same"] for name in [names[11], *names[15:]]}
    out = dict.fromkeys(names[:7], ("left", 2, "moved"))
    out |= dict.fromkeys(names[7:], ("completed", 6))
    left = {"disposition": dispose(**out)}
    study = build(tmp_path, arms, fates=fates, tables=left, reference_arm="placebo")
    share = response.share(study)
    told = say(share)
    assert "4 of 12 patients in the arm “Drug” improved (33 %" in told
    assert "7 could not be judged (7 had left before) and count as not improved" in told
    assert "of those judged 4 of 5 improved (80 %)" in told
    assert "3 of 12 patients in the arm “Placebo” improved (25 %" in told
    row = find(share, "response.drug.share")
    assert (row["n"], row["value"]) == (12, pytest.approx(4 / 12))
    assert row["population"] == (
        "all who entered; 7 not judged count as not improved (7 had left before)"
    )
    assert find(share, "response.observed.drug.share")["n"] == 5
    assert find(share, "response.odds_ratio")["n"] == 24
    table = response.dropouts(study).find("dropout_rules").frame
    assert table["group"].tolist() == ["Drug", "Placebo"]
    assert table.iloc[0, 2].startswith("4 of 12")


@pytest.mark.parametrize("arms", [ONE, TWO, THREE], ids=["one", "two", "three"])
@pytest.mark.parametrize("fate", ["unknown", None], ids=["unknown", "absent"])
def test_nobody_judged_is_no_zero_no_claim_and_no_power(tmp_path, arms, fate):
    study = build(tmp_path, arms, fates=fare(*[fate] * len(arms)))
    told = tell_share(study)
    assert "could be judged" in told
    assert "0 of" not in told
    assert "0 of" not in say(response_matrix.groups(study))
    trial = planning.plan_trial(study, simulations=100)
    assert "no share of responders is known" in say(trial)
    assert "nothing" not in say(trial)
    assert trial.numbers.empty


def test_an_arm_that_nobody_judged_is_not_compared(tmp_path):
    fates = fare("better", "same", "better", "unknown", None, "unknown")
    study = build(tmp_path, TWO, fates=fates, reference_arm="placebo")
    share = response.share(study)
    assert "no patient in the arm “Placebo” could be judged (of 3: 3 not measured then)" in (
        say(share)
    )
    assert "nobody in “Placebo” could be judged" in say(share)
    row = find(share, "response.placebo.improved")
    assert (row["state"], row["reason"]) == ("unknown", "nobody could be judged")


def test_without_a_baseline_the_reason_says_so(tmp_path):
    fates = fare("better", "better", "same")
    study = build(tmp_path, ONE, fates=fates)
    core_set = study.tables["core_set"]
    kept = core_set[(core_set["patient_id"] != "P01") | (core_set["month"] > 0)]
    text = kept.to_csv(index=False)
    study = build(tmp_path / "b", ONE, fates=fates, tables={"core_set": text})
    assert "1 could not be judged (1 without a baseline) and counts as not improved" in (
        tell_share(study)
    )


def test_published_flags_that_cannot_be_computed_are_not_contradicted(tmp_path):
    # Fault A3: "reproduces 0 of 9 published flags" where nothing could be computed.
    flags = "patient_id,month,flag,value\n" + "".join(
        f"{name},6,imacs_improvement,true\n" for name in NAMES[:3]
    )
    study = build(tmp_path, ONE, fates=fare(*["unknown"] * 3), tables={"published_flags": flags})
    assert say(response.published_flags(study)).startswith("None of 3 published flags could be")


def test_completed_wins_over_a_month_before_the_visit(tmp_path):
    # Fault A4: completed at 5.98, visit at 6.
    out = dispose(P01=("completed", 5.98), P02=("completed", 6), P03=("left", 5.98, "moved"))
    study = build(tmp_path, ONE, fates=fare("better", "same", None), tables={"disposition": out})
    flow = cohort.flow(cohort.availability(study))
    assert "2 of 3 patients were in the study at the last planned visit" in say(flow)
    wide = build(
        tmp_path / "b", ONE, fates=fare("better"), tables={"disposition": out}, visit_window_days=1
    )
    assert "3 of 3 patients were in the study" in say(cohort.flow(cohort.availability(wide)))


def test_a_value_missing_without_a_disposition_is_nobody_who_left(tmp_path):
    study = build(tmp_path, ONE, fates=fare("better", "same", "unknown"))
    told = say(cohort.flow(cohort.availability(study)))
    assert "2 of 3 patients had a value at the last planned visit" in told
    assert "whether they had left was not recorded" in told
    assert "were in the study" not in told


RUNNING = {
    "months": (6.0, 12.0),
    "data_cut": "2026-05-31",
    "fates": dict(
        zip(
            NAMES,
            [[fate, None] for fate in ("better", "same", None, "better", "same", "same")],
            strict=True,
        )
    ),
    "tables": {
        "disposition": dispose(
            P01=("ongoing", 7),
            P02=("ongoing", 8),
            P03=("ongoing", 2),
            P04=("ongoing", 6),
            P05=("completed", 12),
            P06=("left", 7, "lack of efficacy"),
        )
    },
}


def test_a_visit_not_yet_due_is_in_no_denominator(tmp_path):
    study = build(tmp_path, TWO, **RUNNING)
    share = response.share(study)
    told = say(share)
    assert "No patient in the arm “Drug” is to be judged yet: 3 of 3 who entered are" in told
    assert "1 of them improved so far" in told
    assert "0 of 2 patients in the arm “Placebo” improved" in told
    row = find(share, "response.placebo.improved")
    assert (row["n"], row["population"]) == (
        2,
        "all who entered and whose visits are all due (1 not yet)",
    )
    assert find(share, "response.drug.not_due")["value"] == 3
    flow = cohort.flow(cohort.availability(study))
    assert say(flow).startswith("Interim (data cut of 31 May 2026): 6 patients entered")
    assert "1 of 2 (for 1 more it is not yet due) (Placebo)" in say(flow)
    assert "nobody of “Drug” has reached the last planned visit (Month 12) yet" in say(flow)
    assert find(flow, "seen.placebo.month_12")["n"] == 2
    treatment = safety.treatment(flow)
    assert "0 of 3 patients stopped early; 3 are still in the study" in say(treatment)
    assert read_study_card(study.folder).banner.startswith("Interim report, data cut of 2026-05-31")


def test_everybody_still_running_says_what_is_known(tmp_path):
    out = dispose(**dict.fromkeys(NAMES, ("ongoing", 2)))
    study = build(
        tmp_path, TWO, fates=fare(*[None] * 6), tables={"disposition": out}, data_cut="2026-05-31"
    )
    assert "0 of" not in tell_share(study)
    flow = cohort.flow(cohort.availability(study))
    assert "nobody has reached the last planned visit (Month 6) yet" in say(flow)


HOSTILE = {
    "nobody judged": (TWO, {"fates": fare(*["unknown"] * 6)}),
    "one visit": (TWO, {"months": (), "fates": {name: [] for name in NAMES}}),
    "one patient": ({"P01": "drug"}, {"fates": fare("better")}),
    "everybody left": (
        TWO,
        {
            "fates": fare(*[None] * 6),
            "tables": {"disposition": dispose(**dict.fromkeys(NAMES, ("left", 2, "moved")))},
        },
    ),
    "nobody measured": (TWO, {}),
    "three arms": (THREE, {"fates": fare("better", "same", "better", "worse", None, "unknown")}),
    "running": (TWO, RUNNING),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_every_chapter_says_what_is_known(tmp_path, name):
    arms, settings = HOSTILE[name]
    answers = ask_everything(build(tmp_path, arms, **settings))
    assert answers
    for question, texts in read_everything(answers).items():
        for text in texts:
            words = read_words(text.replace("<", " <"))
            assert "0 of 0" not in words, (question, words)
            assert not UNWRITTEN.search(words), (question, words)
