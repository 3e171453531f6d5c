"""What holds of every answer, of every study that has its tables: its numbers, words, displays."""

import inspect
import json
import re
from importlib import import_module
from pathlib import Path

import pytest
from tests.answers.asked import CASE, FACTORIES, SHIPPED, STUDIES, ask, has_tables, read
from tests.answers.shown import (
    find_links,
    list_alts,
    list_captions,
    list_methods,
    list_sentences,
    list_tables,
    show,
)
from tests.report.cohorts import UNWRITTEN, read_words

import helpers.answers
from helpers.answers.answer import Answer
from helpers.report.ledger import LEDGER_MIME

NO_ANSWERS = {"answer", "chapter", "panels"}
"""Modules that say what answers are, and ask nothing."""

ASKED = [(question, name) for name in STUDIES for question in FACTORIES]
ANSWERED = [
    pytest.param(question, name, id=f"{question}-{name}")
    for question, name in ASKED
    if has_tables(question, read(name))
]
DRAWN = [one for one in ANSWERED if one.values[1] in (CASE, *set(STUDIES) - set(SHIPPED))]
"""Shown whole here; the golden tests show those of the larger shipped studies."""

each_answer = pytest.mark.parametrize(("question", "name"), ANSWERED)


def test_every_question_of_every_topic_is_asked():
    known = set()
    for path in Path(helpers.answers.__path__[0]).glob("*.py"):
        module = import_module(f"helpers.answers.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returned = function.__annotations__.get("return", "")
            is_answer = issubclass(getattr(module, returned, type(None)), Answer)
            if function.__module__ == module.__name__ and is_answer and name[0] != "_":
                known.add(f"{path.stem}.{name}")
    assert known == set(FACTORIES)


def test_every_question_is_answered_by_some_study():
    assert {one.values[0] for one in ANSWERED} == set(FACTORIES)


@each_answer
def test_what_it_says_is_written_out_and_every_number_that_is_linked_is_recorded(question, name):
    answer = ask(question, name)
    texts = [*list_sentences(answer), *list_captions(answer), *list_methods(answer)]
    for text in texts:
        assert not UNWRITTEN.search(read_words(text)), text
    owned = {result.id for one in (answer, *list_parts(answer)) for result in one.ledger.ledger}
    linked = {link for text in (*texts, *list_tables(answer)) for link in find_links(text)}
    assert linked <= owned
    assert "<" not in repr(answer)


@each_answer
def test_every_alternative_text_is_plain_words(question, name):
    for text in list_alts(ask(question, name)):
        assert not UNWRITTEN.search(text), text
        assert not re.search(r"</?(a|b|i|strong|data|span)\b|&\w+;", text), text


def list_parts(answer):
    for part in answer.parts:
        yield part
        yield from list_parts(part)


@each_answer
def test_every_number_has_a_value_or_a_reason_and_is_recorded_once(question, name):
    answer = ask(question, name)
    for result in answer.ledger.ledger:
        assert result.value is not None or result.reason, result.id
        assert "@unknown" not in result.source, result.id
    own = {result.id for result in answer.ledger.ledger}
    assert not own & {r.id for part in list_parts(answer) for r in part.ledger.ledger}
    assert len(answer.numbers) == len(own)


@pytest.mark.parametrize(("question", "name"), DRAWN)
def test_showing_it_hands_over_its_numbers_once_and_says_what_is_invented(question, name):
    answer = ask(question, name)
    outputs = show(answer)
    carried = [output.data[LEDGER_MIME] for output in outputs if LEDGER_MIME in output.data]
    own = [result.id for result in answer.ledger.ledger]
    assert [row["id"] for part in carried for row in part["records"]] == own
    assert len(carried) == bool(own)
    assert not own or LEDGER_MIME in outputs[0].data
    invented = read(name).config.data_origin == "reconstructed"
    for output in outputs:
        json.dumps(output.data, allow_nan=False)
        assert isinstance(output.data["text/plain"], str)
        for caption in re.findall(r"<figcaption>.*?</figcaption>", output.html, re.DOTALL):
            assert ('<span class="origin">' in caption) is invented
