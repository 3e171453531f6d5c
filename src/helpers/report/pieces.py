"""What an answer shows: figures, tables and paragraphs that Jupyter displays by itself.

Each piece gives its data and a small label in the output's metadata, by which the study report
finds it again, wherever the notebook was run.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd
from matplotlib.figure import Figure as Drawing

from helpers.plots.patients import find_marks_outside
from helpers.report.figures import write_figure
from helpers.report.tables import Format, lay_flat, write_csv, write_table
from helpers.report.words import capitalise, escape, keep_together

TextKind = Literal["text", "conclusion", "summary", "provenance", "design", "headline"]
CellName = Literal["work", "whom", "sure", "safe"]

CELL_TITLES: dict[CellName, str] = {
    "work": "Did it work?",
    "whom": "For whom?",
    "sure": "How sure?",
    "safe": "Was it safe?",
}
"""The cells of the first screen; several chapters may add to one."""

Bundle = tuple[dict[str, Any], dict[str, Any]]


class Piece(ABC):
    """One display of an answer; ``piece`` as the last line of a cell shows it."""

    @abstractmethod
    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        """Give Jupyter the data by MIME type, and the label that the report finds it by."""


@dataclass(frozen=True, repr=False)
class Text(Piece):
    """Sentences, a paragraph each; empty ones are left out.

    Attributes
    ----------
    paragraphs : tuple of str
        HTML.
    kind : {"text", "conclusion", "summary", "provenance", "design", "headline"}
        Where the study report puts them.
    """

    paragraphs: tuple[str, ...]
    kind: TextKind = "text"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        html = "".join(f"<p>{text}</p>" for text in self.paragraphs if text)
        return _write_html(html), label_piece(self.kind)


@dataclass(frozen=True, repr=False)
class Bullets(Piece):
    """Findings as a list, which the study report shows at its top."""

    sentences: tuple[str, ...]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        items = "".join(f"<li>{sentence}</li>" for sentence in self.sentences if sentence)
        return _write_html(f'<ul class="summary">{items}</ul>'), label_piece("summary")


@dataclass(frozen=True, repr=False)
class Cell(Piece):
    """Lines of one cell of the first screen.

    Attributes
    ----------
    name : {"work", "whom", "sure", "safe"}
        Which cell.
    html : str
        Paragraphs and tables.
    title : str
        What the cell asks, where it is not the usual question.
    """

    name: CellName
    html: str
    title: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        title = f"<h4>{self.title or CELL_TITLES[self.name]}</h4>" if self.html else ""
        return _write_html(title + self.html), label_piece("cell", self.name)


@dataclass(frozen=True, repr=False)
class Everybody(Piece):
    """The picture of all patients, as HTML."""

    html: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return _write_html(self.html), label_piece("everybody")


@dataclass(frozen=True, repr=False)
class Methods(Piece):
    """Definitions and methods in force; the study report collects them.

    Attributes
    ----------
    entries : tuple of (str, str)
        Name and description of each, plain text.
    """

    entries: tuple[tuple[str, str], ...]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        items = "".join(
            f"<dt>{escape(capitalise(name))}</dt><dd>{escape(text)}</dd>"
            for name, text in self.entries
            if text
        )
        return _write_html(f'<dl class="methods">{items}</dl>'), label_piece("methods")


@dataclass(frozen=True, repr=False)
class Figure(Piece):
    """A figure with its caption; where there is nothing to draw, the reason.

    Attributes
    ----------
    name : str
        Name of the figure and its file.
    draw : callable
        Gives the drawing, or None when there is nothing to draw; `alt` then says why.
    caption : str
        HTML with n, unit, interval and test.
    alt : str
        Plain words for what is seen, computed from the data; where empty and there is nothing to
        draw, nothing at all is said.
    origin : str
        What must be said of the values, such as that they are invented.
    finding : str
        What the figure shows, in a sentence with its numbers; HTML. Its title.
    limit : str
        The one thing to keep in mind when reading it; HTML.
    note : str
        How it was made, for whoever wants to know; HTML, folded.
    draw_narrow : callable, optional
        The same for a narrow screen, where one drawing cannot serve both.
    """

    name: str
    draw: Callable[[], Drawing | None]
    caption: str
    alt: str
    origin: str = ""
    finding: str = ""
    limit: str = ""
    note: str = ""
    draw_narrow: Callable[[], Drawing | None] | None = None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        drawing = self.draw()
        if drawing is None:
            words = f'<p class="absent">No figure: {escape(self.alt)}</p>' if self.alt else ""
            return _write_html(words), label_piece("text")
        _take_from_pyplot(drawing)
        outside = find_marks_outside(drawing)
        assert not outside, f"figure {self.name} has marks outside its axes: {outside}"
        caption = _add_origin(self.caption, self.origin)
        html = write_figure(
            drawing,
            name=self.name,
            caption=caption,
            alt=self.alt,
            finding=keep_together(self.finding),
            limit=keep_together(self.limit),
            note=keep_together(self.note),
            narrow=self.draw_narrow() if self.draw_narrow else None,
        )
        return {"text/html": html, "text/plain": self.alt}, label_piece("figure", self.name)


@dataclass(frozen=True, repr=False)
class Table(Piece):
    """A table with its caption; its data become ``tables/<name>.csv``.

    Attributes
    ----------
    name : str
        Name of the table and its file.
    frame : DataFrame
        One row per table row; the first column names the row. An index that says something
        becomes columns: see `helpers.report.tables.lay_flat`.
    caption, labels, formats, digits, by
        See `helpers.report.tables.write_table`.
    data : DataFrame, optional
        What the CSV file holds, where it is more than the table shows.
    empty : str
        What to say when there is no row, plain words; nothing at all is said where empty.
    origin : str
        What must be said of the values, such as that they are invented.
    """

    name: str
    frame: pd.DataFrame
    caption: str
    labels: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, Format] = field(default_factory=dict)
    digits: Mapping[str, int] = field(default_factory=dict)
    by: str = ""
    data: pd.DataFrame | None = None
    empty: str = "No rows."
    origin: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        html = f'<p class="absent">{escape(self.empty)}</p>' if self.empty else ""
        frame = lay_flat(self.frame)
        if not frame.empty:
            html = write_table(
                frame,
                name=self.name,
                caption=_add_origin(self.caption, self.origin),
                labels=self.labels,
                formats=self.formats,
                digits=self.digits,
                by=self.by,
            )
        csv = write_csv(frame if self.data is None else lay_flat(self.data))
        data = {"text/html": html, "text/csv": csv, "text/plain": csv}
        return data, label_piece("table", self.name)


def _take_from_pyplot(drawing: Drawing) -> None:
    """Close a figure in pyplot, which would show it a second time at the end of the cell."""
    if drawing.canvas.manager is not None:
        from matplotlib import pyplot

        pyplot.close(drawing)


def label_piece(kind: str, name: str = "") -> dict[str, Any]:
    """Give the metadata by which the study report finds an output."""
    return {"report": {"kind": kind, "name": name}}


def _add_origin(caption: str, origin: str) -> str:
    bound = keep_together(caption)
    return f'{bound} <span class="origin">{escape(origin)}</span>' if origin else bound


def _write_html(html: str) -> dict[str, Any]:
    html = keep_together(html)
    return {"text/html": html, "text/plain": re.sub(r"<[^>]+>", " ", html).strip()}
