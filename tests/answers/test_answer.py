"""One object for each question: it holds its numbers, says them, and shows itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

import pandas as pd
import pytest
from tests.answers.shown import bundle, capture, show
from tests.report.cohorts import make_cohort, one_arm

from helpers.answers.answer import ORIGIN_NOTES, Answer, show_pieces
from helpers.contracts.configuration import DataOrigin
from helpers.report.ledger import LEDGER_MIME
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Piece, Table, Text

NOTE = '<span class="origin">Made-up values.</span>'


@dataclass(frozen=True, eq=False, repr=False)
class Counted(Answer):
    """How many entered, and a table of them."""

    pieces: tuple[Piece, ...] = ()

    @property
    def sentence(self) -> str:
        return f"<b>{self.ledger['entered']}</b> patients entered."

    def list_pieces(self) -> Iterator[Piece]:
        yield from self.pieces

    def _record(self, numbers: Numbers) -> None:
        numbers.record("entered", len(self.study.patients), source="patients")


@dataclass(frozen=True, eq=False, repr=False)
class Quoting(Answer):
    """Quotes another answer, and has no number of its own."""

    counted: Counted

    @property
    def parts(self) -> tuple[Answer, ...]:
        return (self.counted,)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        return (("Counting", "one by one"),)

    def list_pieces(self) -> Iterator[Piece]:
        yield Text((f"Of {self.ledger['entered']}.",))


TABLE = Table("t", pd.DataFrame({"a": [1]}), "Rows.")
FIGURE = Figure("t", lambda: None, "Courses.", "nobody came.")


def count(*pieces, origin="published"):
    return Counted(make_cohort({"A": ["better"]}, data_origin=origin), pieces)


class TestNumbers:
    def test_each_number_is_recorded_once_and_kept(self):
        counted = count()
        assert counted.ledger is counted.ledger
        assert [result.id for result in counted.ledger.ledger] == ["entered"]

    def test_they_are_a_table_to_look_at(self):
        table = count().numbers
        assert table[["id", "value", "source"]].values.tolist() == [
            ["entered", 1, "patients@0123456789ab"]
        ]

    def test_an_answer_without_any_has_an_empty_table(self):
        assert Quoting(one_arm("better"), count()).numbers.empty

    def test_numbers_of_parts_are_quoted_and_stay_theirs(self):
        quoting = Quoting(one_arm("better"), count())
        assert quoting.ledger["entered"].value == 1
        assert len(quoting.ledger.ledger) == 0


class TestShowing:
    def test_the_first_display_carries_the_numbers_and_no_other(self):
        first, second = show(count(Text(("One.",)), TABLE))
        [record] = first.data[LEDGER_MIME]["records"]
        assert (record["id"], record["value"]) == ("entered", 1)
        assert LEDGER_MIME not in second.data
        assert (first.label, second.label) == (("text", ""), ("table", "t"))

    def test_numbers_without_a_piece_have_a_display_of_their_own(self):
        [output] = show(count())
        assert output.label == ("ledger", "")
        assert output.data["text/plain"] == "numbers"
        assert output.data[LEDGER_MIME]["records"][0]["id"] == "entered"

    def test_an_answer_without_numbers_carries_none(self):
        text, methods = show(Quoting(one_arm("better"), count()))
        assert LEDGER_MIME not in {**text.data, **methods.data}
        assert methods.label == ("methods", "")

    def test_an_answer_that_has_nothing_shows_nothing(self):
        with capture() as outputs:
            show_pieces(iter(()))
            show_pieces(iter(()), Numbers(one_arm("better")))
        assert outputs == []

    def test_shown_again_it_says_the_same(self):
        counted = count(TABLE)
        assert show(counted) == show(counted)

    def test_every_display_has_a_plain_text(self):
        for output in show(count(Text(("One.",)), TABLE, FIGURE)):
            assert output.data["text/plain"]


class TestOrigin:
    def test_every_figure_and_table_of_an_invented_cohort_says_so(self):
        [table] = show(count(TABLE, origin="reconstructed"))
        assert NOTE in table.html

    @pytest.mark.parametrize("origin", ["published", "collected"])
    def test_real_data_carry_no_such_note(self, origin):
        [table] = show(count(TABLE, origin=origin))
        assert "origin" not in table.html

    def test_a_piece_cannot_take_it_away(self):
        bare = Table("t", pd.DataFrame({"a": [1]}), "", origin="")
        [table] = show(count(bare, origin="reconstructed"))
        assert NOTE in table.html

    def test_a_study_cannot_be_told_to_be_something_else_in_place(self):
        counted = count(origin="reconstructed")
        with pytest.raises(ValueError, match="frozen"):
            counted.study.config.data_origin = "published"
        with pytest.raises(AttributeError, match="cannot assign"):
            counted.study = one_arm("better")

    def test_every_origin_that_a_study_may_declare_is_known(self):
        assert set(ORIGIN_NOTES) == set(get_args(DataOrigin))


class TestFinding:
    def test_a_piece_is_found_by_its_name(self):
        assert count(Text(("x",)), TABLE).find("t") is TABLE

    def test_figure_and_table_of_one_name_are_told_apart(self):
        counted = count(FIGURE, TABLE)
        assert counted.find("t") is FIGURE
        assert counted.find("t", Table) is TABLE
        assert counted.find("t", Figure) is FIGURE
        assert bundle(counted.find("t", Table)).label == ("table", "t")

    @pytest.mark.parametrize(
        ("pieces", "known"), [((TABLE, FIGURE), "it has t"), ((), "it has none")]
    )
    def test_an_unknown_name_is_answered_with_those_there_are(self, pieces, known):
        with pytest.raises(KeyError, match=f"no figure or table u in this answer; {known}"):
            count(*pieces).find("u")
        with pytest.raises(KeyError, match="it has none"):
            count(Text(("t",))).find("t")


def test_it_prints_as_its_sentence_or_as_what_it_is_of():
    assert repr(count()) == "1 patients entered."
    assert repr(Quoting(one_arm("better"), count())) == "Quoting of mini"


def test_what_an_answer_does_not_say_is_empty():
    quoting = Quoting(one_arm("better"), count())
    assert (quoting.sentence, quoting.summary) == ("", ("",))
    assert (quoting.conclusion, quoting.limits) == ((), ())
