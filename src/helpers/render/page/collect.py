"""What an executed chapter put out: its numbers, figures, tables and paragraphs of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from xml.etree import ElementTree

from nbformat import NotebookNode

from helpers.render.keep.record import KeyResult
from helpers.render.page.outputs import SVG_NAMESPACE, iterate_by_cell, output_kind, read_html
from helpers.render.plan.chapters import Chapter

LEDGER_TYPE = "application/vnd.myositis.ledger+json"
SVG_NAMESPACES = {
    "xmlns": SVG_NAMESPACE,
    "xmlns:xlink": "http://www.w3.org/1999/xlink",
}


PIECE_NAME = re.compile(r"[\w-]+")
"""A name that may be that of a file and of a place on the page."""

RESULT_LINK = re.compile(r'href="#result-([^"]+)"')
METHOD = re.compile(r"<dt>(?P<name>.*?)</dt>\s*<dd>(?P<text>.*?)</dd>", re.DOTALL)


class ReportError(RuntimeError):
    """Raised when chapters ran but do not make a whole report: an id twice, a link to nowhere."""


@dataclass(frozen=True)
class BuiltChapter:
    """A chapter and the notebook that came of running it, read and as the text of its file."""

    chapter: Chapter
    notebook: NotebookNode
    text: str


@dataclass(frozen=True)
class Piece:
    """One output of ours: where it is from, what it is called, its HTML and its other forms."""

    chapter: Chapter
    cell: int
    """Its number in the chapter's file."""
    name: str
    html: str
    data: Mapping[str, Any]

    @property
    def place(self) -> str:
        """Notebook and cell, for a person who must mend it."""
        return _name_place(self.chapter, self.cell)


@dataclass(frozen=True)
class Method:
    """A definition or method in force: its name and description, as HTML."""

    name: str
    text: str


def collect_pieces(built: Iterable[BuiltChapter], kind: str) -> tuple[Piece, ...]:
    """Collect the outputs of one kind.

    Parameters
    ----------
    built : iterable of BuiltChapter
        Executed chapters, in their order.
    kind : str
        ``summary``, ``figure``, ``table``, ``methods`` and so on.

    Returns
    -------
    tuple of Piece
        In the order of the chapters.
    """
    return tuple(
        Piece(
            one.chapter,
            cell,
            str(output.metadata.report.get("name", "")),
            read_html(output),
            output.data,
        )
        for one in built
        for cell, output in iterate_by_cell(one.notebook)
        if output_kind(output) == kind
    )


def collect_methods(built: Iterable[BuiltChapter]) -> tuple[Method, ...]:
    """Collect the definitions and methods in force, each once.

    Parameters
    ----------
    built : iterable of BuiltChapter
        Executed chapters; each shows its methods as a list of terms and descriptions.

    Returns
    -------
    tuple of Method
        In the order of the chapters; where one name has two wordings, both are kept.
    """
    listed = (
        Method(match["name"], match["text"])
        for piece in collect_pieces(built, "methods")
        for match in METHOD.finditer(piece.html)
    )
    return tuple(dict.fromkeys(listed))


def collect_records(built: Iterable[BuiltChapter]) -> tuple[dict[str, Any], ...]:
    """Collect the ledger: one record per reported number, in the order of the chapters.

    Parameters
    ----------
    built : iterable of BuiltChapter
        Executed chapters.

    Returns
    -------
    tuple of dict
        A record that two chapters share appears once.

    Raises
    ------
    ReportError
        When one id stands for two different results.
    """
    records: dict[str, dict[str, Any]] = {}
    for chapter, cell, record in _iterate_records(built):
        known = records.setdefault(record["id"], record | {"chapter": chapter.name})
        if _without_chapter(known) != _without_chapter(record):
            raise ReportError(
                f"{_name_place(chapter, cell)}: result {record['id']} is {record.get('text')}, "
                f"but {known.get('text')} in chapter {known.get('chapter')}; rename one"
            )
    return tuple(records.values())


def _iterate_records(
    built: Iterable[BuiltChapter],
) -> Iterator[tuple[Chapter, int, dict[str, Any]]]:
    """Go through the numbers that any output carries: each answer brings its own."""
    for one in built:
        for cell, output in iterate_by_cell(one.notebook):
            if LEDGER_TYPE in output.get("data", {}):
                place = _name_place(one.chapter, cell)
                for record in _read_records(place, output.data[LEDGER_TYPE]):
                    yield one.chapter, cell, record


def collect_key_results(built: Iterable[BuiltChapter]) -> tuple[KeyResult, ...]:
    """Collect the numbers that the summaries name.

    Parameters
    ----------
    built : iterable of BuiltChapter
        Executed chapters.

    Returns
    -------
    tuple of KeyResult
        Each once, in the order of the summaries.
    """
    built = tuple(built)
    records = {record["id"]: record for record in collect_records(built)}
    summaries = collect_pieces(built, "summary")
    named = dict.fromkeys(unescape(n) for s in summaries for n in RESULT_LINK.findall(s.html))
    return tuple(
        KeyResult(name, records[name].get("chapter", ""), str(records[name].get("text", "")))
        for name in named
        if name in records
    )


def collect_figures(built: Iterable[BuiltChapter]) -> dict[str, str]:
    """Cut every figure out of its HTML, as an SVG file's text by figure name.

    Raises
    ------
    ReportError
        When two figures have one name, or a figure is no well-formed SVG.
    """
    return {piece.name: cut_svg(piece) for piece in _unique(collect_pieces(built, "figure"))}


def collect_tables(built: Iterable[BuiltChapter]) -> dict[str, str]:
    """Give every table as CSV text by table name.

    Raises
    ------
    ReportError
        When two tables have one name.
    """
    tables = _unique(collect_pieces(built, "table"))
    return {piece.name: piece.data["text/csv"] for piece in tables if "text/csv" in piece.data}


def cut_svg(piece: Piece) -> str:
    """Cut a figure's SVG out of its HTML and make it a file of its own.

    Parameters
    ----------
    piece : Piece
        A figure.

    Returns
    -------
    str
        With XML declaration and namespaces.

    Raises
    ------
    ReportError
        When there is none, or it is not well formed.
    """
    found = re.search(r"<svg\b(.*?</svg>)", piece.html, re.DOTALL)
    if found is None:
        raise ReportError(f"{piece.place}: figure {piece.name} has no svg")
    named = "".join(f' {key}="{url}"' for key, url in SVG_NAMESPACES.items())
    svg = f'<?xml version="1.0" encoding="UTF-8"?>\n<svg{named}{found[1]}\n'
    try:
        ElementTree.fromstring(svg.encode())
    except ElementTree.ParseError as error:
        raise ReportError(
            f"{piece.place}: figure {piece.name} is no well-formed SVG: {error}"
        ) from error
    return svg


def _name_place(chapter: Chapter, cell: int) -> str:
    return f"{chapter.path.name}, cell {cell}"


def _read_records(place: str, held: object) -> list[dict[str, Any]]:
    records = held.get("records") if isinstance(held, Mapping) else None
    if not isinstance(records, list) or not all("id" in record for record in records):
        raise ReportError(
            f"{place}: an output is marked as numbers of an answer and holds no "
            "records; leave that mark to the answers"
        )
    return records


def _unique(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    seen: dict[str, Piece] = {}
    for piece in pieces:
        if not PIECE_NAME.fullmatch(piece.name):
            raise ReportError(
                f"{piece.place}: a figure or table named {piece.name!r}; "
                "a name has letters, digits, - and _ only"
            )
        if piece.name in seen:
            raise ReportError(
                f"{piece.place}: a second figure or table named {piece.name} "
                f"(the first is in {seen[piece.name].place}); rename one"
            )
        seen[piece.name] = piece
    return tuple(seen.values())


def _without_chapter(record: Mapping[str, Any]) -> dict[str, str]:
    return {key: repr(value) for key, value in record.items() if key != "chapter"}
