"""Tables as a reader sees them: a caption, headings with units, and the plain data beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape

import pandas as pd

from helpers.io.sheets import write_sheet
from helpers.report.words import MISSING, NBSP, escape, format_number, is_missing, link_patient

Format = Callable[[object], str]

PATIENT_COLUMNS = ("patient", "patient_id")

_NUMBER = r"[−-]?(?:\d[\d.,]*|∞)(?:\s?%)?"
_INTERVAL = re.compile(
    rf"(?:{_NUMBER}\s\()?{_NUMBER}\sto\s{_NUMBER}(?:;\s{_NUMBER})?\)?|{_NUMBER}\s\(no interval\)"
)
"""An interval with or without its estimate in front; it must not part at the end of a line."""

_LIKE_NUMBER = re.compile(rf"(?:<\s)?{_NUMBER}")
_NO_NUMBER = {MISSING, "not defined"}


def write_table(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    labels: Mapping[str, str] | None = None,
    formats: Mapping[str, Format] | None = None,
    digits: Mapping[str, int] | None = None,
    by: str = "",
) -> str:
    """Write a frame as an HTML table with caption, scopes and links to patients.

    Parameters
    ----------
    frame : DataFrame
        One row per table row; the first column names the row.
    name : str
        Name of the table, also of its CSV file.
    caption : str
        HTML; says what the rows are, n and units.
    labels : mapping, optional
        Heading of a column; the column's own name with spaces where not given.
    formats : mapping, optional
        How to write a column's cells; what they return is HTML.
    digits : mapping, optional
        Decimals of a column of numbers.
    by : str
        Column with whose values the rows are in blocks, each below a line; none where it is absent.

    Returns
    -------
    str
        A ``figure`` with the table in a box that scrolls by itself on a narrow screen.

    Examples
    --------
    >>> html = write_table(pd.DataFrame({"arm": ["a"], "n": [9]}), name="t", caption="Arms")
    >>> html.count("<th scope"), '<td class="number">9</td>' in html
    (3, True)
    """
    labels, formats, digits = labels or {}, formats or {}, digits or {}
    columns = list(frame.columns)
    writers = {
        column: formats.get(column) or _choose_format(column, digits.get(column))
        for column in columns
    }
    kinds = {column: _name_kind(frame[column], plain=column not in formats) for column in columns}
    heads = "".join(_write_head(labels.get(c, c.replace("_", " ")), kinds[c]) for c in columns)
    body = "".join(
        _write_row(dict(zip(columns, values, strict=True)), writers, kinds, begins=begins)
        for values, begins in zip(
            frame.itertuples(index=False, name=None), _mark_blocks(frame, by), strict=True
        )
    )
    plain = escape(unescape(_strip_tags(caption)))
    return (
        f'<figure class="table" id="table-{escape(name)}"><figcaption>{caption}</figcaption>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{plain}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div></figure>"
    )


def lay_flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Make plain columns of what pandas keeps in an index or in several rows of headings.

    Parameters
    ----------
    frame : DataFrame
        As ``groupby`` or ``describe`` leave it, or already plain.

    Returns
    -------
    DataFrame
        A new frame. An index with a name, with several levels or of words comes first as columns;
        a nameless one of numbers only counts the rows and goes. Headings are text, each once.

    Examples
    --------
    >>> long = pd.DataFrame({"arm": ["a", "a"], "score": [1.0, 3.0]})
    >>> list(lay_flat(long.groupby("arm").agg(["min", "max"])).columns)
    ['arm', 'score min', 'score max']
    """
    index, columns = frame.index, [_write_heading(column) for column in frame.columns]
    flat = frame.set_axis(range(len(columns)), axis="columns")
    if index.nlevels == 1 and index.name is None and pd.api.types.is_numeric_dtype(index.dtype):
        flat = flat.reset_index(drop=True)
    else:
        names = [_write_heading("" if name is None else name) for name in index.names]
        flat = flat.reset_index(names=list(range(-len(names), 0)))
        columns = [*names, *columns]
    return flat.set_axis(_tell_apart(columns), axis="columns")


def _write_heading(label: object) -> str:
    parts = label if isinstance(label, tuple) else (label,)
    return " ".join(str(part) for part in parts if str(part))


def _tell_apart(headings: Sequence[str]) -> list[str]:
    told: list[str] = []
    for heading in headings:
        name, number = heading, 1
        while name in told:
            number += 1
            name = f"{heading} ({number})"
        told.append(name)
    return told


def write_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV: full precision, empty cells for missing values, plain spaces."""
    cells = frame.astype(object).where(frame.notna(), None)
    return write_sheet(cells.columns, cells.itertuples(index=False, name=None)).replace(NBSP, " ")


def _choose_format(column: str, digits: int | None) -> Format:
    if column in PATIENT_COLUMNS:
        return link_patient
    return lambda value: escape(format_number(value, digits=digits))


def _is_number(values: pd.Series) -> bool:
    kind = pd.api.types
    return kind.is_numeric_dtype(values) and not kind.is_bool_dtype(values)


def _name_kind(values: pd.Series, *, plain: bool) -> str:
    """Name the class of a column: of numbers, of numbers written as text, or none."""
    if _is_number(values):
        return "number"
    texts = [value for value in values if isinstance(value, str)]
    like = [text for text in texts if _LIKE_NUMBER.fullmatch(text)]
    if not plain or values.name in PATIENT_COLUMNS or len(texts) < values.notna().sum():
        return ""
    return "num" if like and {*texts} <= {*like, *_NO_NUMBER} else ""


def _mark_blocks(frame: pd.DataFrame, by: str) -> list[bool]:
    """Mark the rows with which a new block begins; the first row needs no mark."""
    if by not in frame:
        return [False] * len(frame)
    return [False, *(frame[by].to_numpy()[1:] != frame[by].to_numpy()[:-1])][: len(frame)]


def _write_class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _write_head(label: str, kind: str) -> str:
    return f'<th scope="col"{_write_class(kind)}>{escape(label)}</th>'


def _write_row(
    row: Mapping[str, object],
    writers: Mapping[str, Format],
    kinds: Mapping[str, str],
    *,
    begins: bool,
) -> str:
    cells = []
    for position, (column, value) in enumerate(row.items()):
        text = writers[column](value) if not is_missing(value) else format_number(None)
        if position == 0:
            cells.append(f'<th scope="row">{text}</th>')
        else:
            whole = _INTERVAL.fullmatch(unescape(_strip_tags(text)))
            kind = _write_class("nowrap" if whole else kinds[column])
            cells.append(f"<td{kind}>{text}</td>")
    return f"<tr{_write_class('begins' if begins else '')}>{''.join(cells)}</tr>"


def _strip_tags(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)
