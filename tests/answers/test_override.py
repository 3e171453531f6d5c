"""One study with another limit than planned: every chapter counts the same responders."""

import re

import pytest
from tests.answers.asked import FACTORIES, NEEDS, list_questions
from tests.answers.shown import find_links, list_captions, list_methods, list_sentences, list_tables
from tests.report.cohorts import read_words

from helpers.study import read_study

STUDY = "endurance_training_iim"
TOPICS = list(dict.fromkeys(question.split(".")[0] for question in FACTORIES))
AS_PLANNED = r"limits are those of the published|better by at least 20 %|7 of 15|7 responders"


def ask_everything(name):
    study = read_study(name)
    return {
        question: FACTORIES[question](study)
        for question in list_questions(*TOPICS)
        if study.has(NEEDS.get(question.split(".")[0], "patients"))
        and not question.startswith("published_claims")
    }


@pytest.fixture(scope="module")
def planned():
    return ask_everything(STUDY)


@pytest.fixture(scope="module")
def changed():
    return ask_everything(f"{STUDY}?improvement_percent=40")


def count_by_hand(core_set, percent):
    """Count the patients with three measures better, at most two worse, and MMT-8 not worse."""
    signs = dict.fromkeys(["physician_global", "patient_global", "haq_di", "ck"], -1)
    signs |= {"extramuscular": -1, "mmt8": 1}
    before, after = (
        core_set[core_set["month"] == month].set_index("patient_id")[list(signs)]
        for month in sorted(core_set["month"].unique())
    )
    change = (after - before) * list(signs.values())
    better = (100 * change).round(6) >= percent * before
    better &= change > 0
    worse = (-100 * change).round(6) >= 25 * before
    worse &= change < 0
    improved = (better.sum(axis=1) >= 3) & (worse.sum(axis=1) <= 2) & ~worse["mmt8"]
    return int(improved.sum())


def test_the_hand_count_gives_the_published_responders():
    assert count_by_hand(read_study(STUDY, tables=["core_set"]).table("core_set"), 20) == 7


def list_counts(answers):
    """Give the number of responders as each chapter records it."""
    share = answers["response.share"].numbers.set_index("id")["value"]
    return {
        "by arm": sum(share[share.index.str.endswith(".improved")]),
        "compared": answers["response_matrix.groups"].ledger["groups.responders"].value,
        "planned on": answers["planning.plan_trial"].shares.n_improved
        + answers["planning.plan_trial"].shares.control_improved,
        "at entry": _count_at_entry(answers["cohort.at_entry"]),
    }


def _count_at_entry(at_entry):
    [head] = [
        head for head in at_entry.find("patients_at_entry").frame if head.startswith("Responders")
    ]
    return int(re.search(r"\d+", read_words(head).partition("=")[2])[0])


@pytest.mark.parametrize(("percent", "fixture"), [(20, "planned"), (40, "changed")])
def test_every_chapter_counts_the_same_responders(percent, fixture, request):
    answers = request.getfixturevalue(fixture)
    study = answers["response.share"].study
    expected = count_by_hand(study.table("core_set"), percent)
    assert set(list_counts(answers).values()) == {expected}
    assert int(study.responses.responder.sum()) == expected
    assert list(study.groups).count("responders") == expected


def list_texts(answer):
    return [
        read_words(text)
        for part in (list_sentences, list_captions, list_methods, list_tables)
        for text in part(answer)
    ]


def test_no_answer_says_that_the_planned_definition_was_used(planned, changed):
    said_as_planned = set()
    for question, answer in changed.items():
        for text in list_texts(answer):
            assert not re.search(AS_PLANNED, text), (question, text)
        if any(re.search(AS_PLANNED, text) for text in list_texts(planned[question])):
            said_as_planned.add(question)
    told = {"response.definition", "response.responders", "response_matrix.groups"}
    assert said_as_planned >= told


def test_the_limit_in_force_is_said_where_the_definition_is(changed):
    assert "40 instead of 20" in changed["response.definition"].sentence
    methods = " ".join(list_methods(changed["response.definition"]))
    assert "40" in methods
    assert "other limits" in changed["response_matrix.groups"].ledger["groups.responders"].method
    assert find_links(changed["response.share"].sentence)
