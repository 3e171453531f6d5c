"""Whatever study `check` accepts: numbers agree by id, shares with counts, zeros are known."""

import re
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import pytest
from tests.report.cohorts import FATES, UNWRITTEN, read_words
from tests.statements.studies import (
    ask_everything,
    build,
    dispose,
    name_patients,
    read_everything,
    record_events,
    say_html,
    write_rows,
)

from helpers.report.ledger import _write_value

SEEDS = (0, 4, 9, 11, 12)
LINK = re.compile(
    r'<a class="number" href="#result-([^"]+)"><data value="([^"]*)">(.*?)</data></a>'
)
COUNTED = re.compile(r"\b\d+ of (?:the )?\d+\b")


def make_study(seed):
    """Make a small study by chance: arms, visits, gaps, leavers, runners, events, laboratory."""
    draw = Random(seed)
    names = name_patients(draw.randint(1, 7))
    arms = [f"arm{letter}" for letter in "abc"[: draw.randint(1, 3)]]
    months = draw.choice([(), (6.0,), (3.0, 6.0)])
    fates = {name: [draw.choice([*FATES, None, "better"]) for _ in months] for name in names}
    tables = {"disposition": _dispose(draw, names, months)} if draw.random() < 0.7 else {}
    if draw.random() < 0.6:
        tables["adverse_events"] = _record_events(draw, names)
    if draw.random() < 0.7:
        tables |= _measure(draw, names, (0.0, *months))
    running = "ongoing" in tables.get("disposition", "")
    rules = {"visits": draw.choice(["any", "last", "two_in_a_row"])}
    rules |= {"unjudged": draw.choice(["not_improved", "left_out"])}
    return build(
        Path(mkdtemp(prefix="statements")),
        {name: draw.choice(arms) for name in names},
        months=months,
        fates=fates,
        tables=tables,
        response=rules,
        **({"data_cut": "2026-05-31"} if running else {}),
    )


def _dispose(draw, names, months):
    end = months[-1] if months else 0
    reasons = ["rash", "lack of efficacy", "death", "withdrew", None]
    choices = [("completed", end), ("ongoing", end / 2), ("left", end / 3), ("died", end / 4)]
    rows = {name: draw.choice(choices) for name in names}
    return dispose(
        **{
            name: (status, month, *([draw.choice(reasons)] if status in ("left", "died") else []))
            for name, (status, month) in rows.items()
        }
    )


def _record_events(draw, names):
    terms = ["Rash", "Injection site pain", "Sudden death", "Headache"]
    flags, actions = [True, False, None], ["none", "stopped", None]
    return record_events(
        *(
            (draw.choice(names), draw.choice(terms), draw.choice([1, 3, 5, None]),
             draw.choice(flags), draw.choice(flags), draw.choice(actions))
            for _ in range(draw.randint(0, 5))
        )
    )  # fmt: skip


def _measure(draw, names, months):
    visits = [(name, month) for name in names for month in months if draw.random() < 0.7]
    if not visits:
        return {}
    cells = [
        (*visit, population, "CD4+ T cells", draw.randint(0, 9), draw.choice([0, 5000]))
        for visit in visits
        for population in ("CD4+ IFN-gamma+", "CD4+ IL-17A+")
    ]
    serum = [
        (*visit, "IL-6", draw.randint(1, 90), "pg/mL", draw.choice(["in_range", "below"]))
        for visit in visits
    ]
    index = [(*visit, draw.choice([30, 40, None])) for visit in visits]
    return {
        "t_cells": write_rows("patient_id,month,population,parent,percent,events", cells),
        "cytokines": write_rows("patient_id,month,analyte,concentration,unit,bound", serum),
        "functional_index": write_rows("patient_id,month,fi", index),
    }


@cache
def ask(seed):
    """Give the answers of a made study, their ledger by id, and all that they say."""
    answers = ask_everything(make_study(seed))
    records = {}
    for one in answers.values():
        for result in one.ledger.ledger:
            known = records.setdefault(result.id, result)
            assert known == result, result.id  # one id, one result, in all chapters
    return answers, records, read_everything(answers)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_that_is_linked_is_a_row_with_its_value(seed):
    _, records, texts = ask(seed)
    for question, said in texts.items():
        for text in said:
            for name, value, shown in LINK.findall(text):
                result = records[name]
                assert value == ("" if result.value is None else str(result.value)), (
                    question,
                    name,
                )
                if result.unit == "patients" and shown.isdigit():
                    assert shown == _write_value(result.value, digits=None, figures=None), name


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_equal_their_count_over_their_population(seed):
    _, records, _ = ask(seed)
    shares = [result for result in records.values() if result.share_of]
    for share in shares:
        count = records[share.share_of]
        assert (share.n, share.population) == (count.n, count.population), share.id
        assert count.population, count.id
        if share.value is None:
            assert count.state == "unknown" or not count.n, share.id
        else:
            assert share.value == pytest.approx(count.value / count.n), share.id


@pytest.mark.parametrize("seed", SEEDS)
def test_a_zero_comes_from_a_known_row_only(seed):
    _, records, _ = ask(seed)
    for result in records.values():
        assert result.state in ("known", "unknown")
        assert (result.value is not None) or result.state == "unknown", result.id
        if result.state == "unknown":
            assert result.value != 0, result.id
            assert result.reason, result.id
        if result.unit == "patients" and result.n is not None and result.value is not None:
            assert 0 <= result.value <= result.n, result.id
            assert result.n > 0, result.id  # of nobody there is nothing to count


@pytest.mark.parametrize("seed", SEEDS)
def test_no_sentence_counts_nobody_or_leaves_a_place_empty(seed):
    _, _, texts = ask(seed)
    for question, said in texts.items():
        for text in said:
            words = read_words(text.replace("<", " <"))
            assert "0 of 0" not in words, (question, words)
            assert not UNWRITTEN.search(words), (question, words)


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_in_the_sentences_of_response_and_safety_are_links(seed):
    answers, _, _ = ask(seed)
    for question in ("response.share", "safety.treatment"):
        if question in answers:
            for text in say_html(answers[question]):
                bare = LINK.sub("#", text)
                assert not COUNTED.search(read_words(bare)), (question, text)


def test_the_made_studies_are_of_many_kinds():
    studies = [make_study(seed) for seed in SEEDS]
    assert {study.arms.nunique() for study in studies} >= {1, 2}
    assert any(study.not_due for study in studies)
    assert any(not study.has("disposition") for study in studies)
