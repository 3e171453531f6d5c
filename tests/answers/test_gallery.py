import doctest
import inspect
import re
from importlib import import_module
from pkgutil import iter_modules

import pytest

import helpers.answers
from helpers.answers import biopsies, case_timeline
from helpers.answers.gallery import (
    HAND_WRITTEN,
    PAGE,
    list_frames,
    list_topics,
    split_sections,
    write_gallery,
)
from helpers.study import read_study

TOPICS = dict(list_topics())
QUESTIONS = [question for questions in TOPICS.values() for question in questions]
NOT_QUESTIONS = {"answer", "gallery"}
"""What every answer is, and this page."""


def name(question):
    return f"{question.__module__.rpartition('.')[2]}.{question.__name__}"


def test_the_page_is_what_the_code_says():
    mend = "write it anew: python -m helpers.answers.gallery"
    assert PAGE.read_text(encoding="utf-8") == write_gallery(), mend


def test_every_public_function_of_a_topic_is_in_the_gallery():
    found = {
        f"{module.name}.{key}"
        for module in iter_modules(helpers.answers.__path__)
        if module.name not in NOT_QUESTIONS
        for key, value in vars(import_module(f"helpers.answers.{module.name}")).items()
        if inspect.isfunction(value)
        and value.__module__ == f"helpers.answers.{module.name}"
        and not key.startswith("_")
    }
    assert found == {name(question) for question in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_every_question_has_an_example_that_the_tests_run(question):
    # `--doctest-modules` runs what this finder finds.
    [found] = doctest.DocTestFinder(recurse=False).find(question, globs={})
    calls = [example for example in found.examples if f"{question.__name__}(" in example.source]
    assert calls, "expected an example that calls it"
    assert found.examples[-1].want, "expected an example that shows what comes back"


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
def test_every_example_can_be_copied_as_it_stands(question):
    first = split_sections(question)["Examples"].partition("\n")[0]
    assert first.startswith(">>> from helpers.answers")


def test_the_page_says_what_its_examples_read():
    [block] = re.findall(
        r"^```python\n(.*?)^```",
        PAGE.read_text(encoding="utf-8").partition(HAND_WRITTEN)[0],
        flags=re.M | re.S,
    )
    told: dict = {}
    exec(block, told)
    assert told["read_trial"].args == ("anakinra_iim",)  # as conftest.py has it
    assert told["read_trial"].func is read_study


def test_frames_are_listed_with_what_one_row_is():
    assert dict(list_frames(biopsies.StainChange)) == {
        "by_group": "The same for each group, described and not tested.",
        "changes": "One row per panel and tested group: n, medians, centre, interval, p, "
        "adjusted p.",
    }


def test_sections_of_a_docstring_are_parted():
    sections = split_sections(case_timeline.course)
    assert list(sections) == ["", "Parameters", "Examples"]
    assert sections[""] == "Ask what happened to one patient, and when."


def test_a_signature_is_written_with_its_options():
    page = write_gallery()
    assert "confirm(compared: Comparison, *, predictor: str, power: float = 0.8)" in page
