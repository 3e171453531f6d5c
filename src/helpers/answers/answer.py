"""What every answer is: one object that holds its numbers and shows itself.

A question of a chapter has one answer, computed in one place from the study::

    change = biopsies.change(trial)
    change

The last line shows figure, tables and sentences, in JupyterLab and in the study report alike, and
hands on the numbers behind them. Whatever quotes the answer, a summary or a conclusion, asks the
same object, so two sentences cannot disagree.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from IPython.display import display

from helpers.report.ledger import LEDGER_MIME
from helpers.report.numbers import Numbers
from helpers.report.pieces import Figure, Methods, Piece, Table, label_piece
from helpers.study import Study

ORIGIN_NOTES = {
    "published": "",
    "reconstructed": "Made-up values.",
    "collected": "",
}


@dataclass(frozen=True, eq=False, repr=False)
class Answer(ABC):
    """The answer to one question about one study.

    Subclasses add what they compare as fields and cached properties, and say how it is recorded
    (`_record`), shown (`list_pieces`) and put in words (`sentence`, `conclusion`, `limits`).

    Attributes
    ----------
    study : Study
        What it is about.
    """

    study: Study

    @property
    def parts(self) -> tuple[Answer, ...]:
        """Other answers whose numbers this one quotes."""
        return ()

    @cached_property
    def ledger(self) -> Numbers:
        """The answer's own numbers, each recorded once."""
        numbers = Numbers(self.study, [part.ledger for part in self.parts])
        self._record(numbers)
        return numbers

    @property
    def numbers(self) -> pd.DataFrame:
        """The answer's own numbers as a table: one row each, with n, interval, p and method."""
        return pd.DataFrame([asdict(result) for result in self.ledger.ledger])

    @property
    def sentence(self) -> str:
        """The answer in a sentence or a few, with links to its numbers; HTML."""
        return ""

    @property
    def summary(self) -> tuple[str, ...]:
        """What the chapter's summary says of it."""
        return (self.sentence,)

    @property
    def conclusion(self) -> tuple[str, ...]:
        """What it allows to conclude, and what it leaves open."""
        return ()

    @property
    def limits(self) -> tuple[str, ...]:
        """What it cannot show."""
        return ()

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        """The rules in force behind it, by name."""
        return ()

    @abstractmethod
    def list_pieces(self) -> Iterator[Piece]:
        """Give what the answer shows, in reading order."""

    def find(self, name: str, kind: type[Piece] | None = None) -> Piece:
        """Give one figure or table of the answer by its name, to show or change it alone.

        Parameters
        ----------
        name : str
            Name of the piece.
        kind : type of Piece, optional
            `Figure` or `Table`, where both have one name.

        Returns
        -------
        Piece

        Raises
        ------
        KeyError
            When there is none, with the names that there are.
        """
        named = [p for p in self.list_pieces() if isinstance(p, Figure | Table)]
        for piece in named:
            if piece.name == name and isinstance(piece, kind or Piece):
                return piece
        known = ", ".join(dict.fromkeys(piece.name for piece in named)) or "none"
        raise KeyError(f"no figure or table {name} in this answer; it has {known}")

    def _record(self, numbers: Numbers) -> None:  # noqa: B027 - some answers have no number
        """Record the answer's numbers; an answer without any records none."""

    def _ipython_display_(self) -> None:
        """Show every piece; the first display carries the numbers."""
        show_pieces(self._list_shown(), self.ledger)

    def _list_shown(self) -> Iterator[Piece]:
        for piece in self.list_pieces():
            yield _with_origin(piece, self.study)
        if self.methods:
            yield Methods(self.methods)

    def __repr__(self) -> str:
        return (
            re.sub(r"<[^>]+>", "", self.sentence) or f"{type(self).__name__} of {self.study.name}"
        )


def show_pieces(pieces: Iterator[Piece], numbers: Numbers | None = None) -> None:
    """Show pieces one after the other; the first carries the numbers to the report.

    Parameters
    ----------
    pieces : iterator of Piece
        In reading order.
    numbers : Numbers, optional
        What was recorded.
    """
    records = {LEDGER_MIME: numbers.ledger.publish()} if numbers and len(numbers.ledger) else {}
    for piece in pieces:
        data, about = piece._repr_mimebundle_()
        _display(data | records, about)
        records = {}
    if records:
        _display(records | {"text/plain": "numbers"}, label_piece("ledger"))


def _with_origin(piece: Piece, study: Study) -> Piece:
    note = ORIGIN_NOTES[study.config.data_origin]
    return replace(piece, origin=note) if isinstance(piece, Figure | Table) else piece


def _display(data: dict[str, Any], about: dict[str, Any]) -> None:
    display(data, raw=True, metadata=about)
