"""Read what an answer says and shows: its texts, the numbers they link, and Jupyter's outputs."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from unittest.mock import patch

from helpers.report.pieces import Figure, Table, Text


@dataclass
class Output:
    """One thing shown, as the notebook would store it."""

    data: dict
    metadata: dict
    display_id: str | None = None
    update: bool = False

    @property
    def label(self):
        """Its kind and name, by which the report finds it."""
        return (self.metadata["report"]["kind"], self.metadata["report"]["name"])

    @property
    def html(self):
        """What a page shows."""
        return self.data["text/html"]


@contextmanager
def capture():
    """Keep what is shown; outside a kernel IPython prints it only."""
    outputs = []

    def keep(data, *, raw, metadata, **options):
        assert raw is True
        outputs.append(Output(data, metadata, **options))

    with (
        patch("helpers.answers.answer.display", keep),
        patch("IPython.core.display_functions.display", keep),
    ):
        yield outputs


def show(answer):
    """Give the outputs of an answer as the last line of a cell."""
    with capture() as outputs:
        answer._ipython_display_()
    return outputs


def bundle(piece):
    """Give what a piece alone hands to Jupyter."""
    return Output(*piece._repr_mimebundle_())


def list_pieces(answer, kind):
    """Give the pieces of one kind, by name."""
    return {piece.name: piece for piece in answer.list_pieces() if isinstance(piece, kind)}


def list_sentences(*answers):
    """Give everything that answers say beside their figures and tables; HTML."""
    return [
        text
        for one in answers
        for text in (one.sentence, *one.summary, *one.conclusion, *one.limits, *_read(one))
    ]


def _read(answer):
    return [
        text
        for piece in answer.list_pieces()
        if isinstance(piece, Text)
        for text in piece.paragraphs
    ]


def list_captions(*answers):
    """Give the captions of their figures and tables, and what stands where there is none."""
    pieces = [piece for one in answers for piece in one.list_pieces()]
    return [piece.caption for piece in pieces if isinstance(piece, Figure | Table)]


def list_alts(*answers):
    """Give the plain words for their figures."""
    pieces = [piece for one in answers for piece in one.list_pieces()]
    return [piece.alt for piece in pieces if isinstance(piece, Figure)]


def list_methods(*answers):
    """Give the rules behind them, in words."""
    return [text for one in answers for _, text in one.methods]


def list_tables(*answers):
    """Give the HTML of their tables."""
    pieces = [piece for one in answers for piece in one.list_pieces()]
    return [bundle(piece).html for piece in pieces if isinstance(piece, Table)]


def find_links(html):
    """Give the ids of the numbers that a text links."""
    return {unescape(name) for name in re.findall(r'href="#result-([^"]+)"', html)}
