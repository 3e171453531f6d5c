"""Tables as a reader sees them: a caption, headings with units, and the plain data beside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape

import pandas as pd

from helpers.report.words import NBSP, escape, format_number, is_missing, link_patient

Format = Callable[[object], str]


def write_table(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    labels: Mapping[str, str] | None = None,
    formats: Mapping[str, Format] | None = None,
    digits: Mapping[str, int] | None = None,
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
    numeric = {column for column in columns if _is_number(frame[column])}
    heads = "".join(_write_head(labels.get(c, c.replace("_", " ")), c in numeric) for c in columns)
    body = "".join(
        _write_row(dict(zip(columns, values, strict=True)), writers, numeric)
        for values in frame.itertuples(index=False, name=None)
    )
    plain = escape(unescape(_strip_tags(caption)))
    return (
        f'<figure class="table" id="table-{escape(name)}"><figcaption>{caption}</figcaption>'
        f'<div class="scroll" tabindex="0" role="region" aria-label="{plain}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div></figure>"
    )


def write_csv(frame: pd.DataFrame) -> str:
    """Write a frame as CSV: full precision, empty cells for missing values, plain spaces."""
    return str(frame.to_csv(index=False, lineterminator="\n")).replace(NBSP, " ")


def _choose_format(column: str, digits: int | None) -> Format:
    if column in ("patient", "patient_id"):
        return link_patient
    return lambda value: escape(format_number(value, digits=digits))


def _is_number(values: pd.Series) -> bool:
    kind = pd.api.types
    return kind.is_numeric_dtype(values) and not kind.is_bool_dtype(values)


def _write_head(label: str, numeric: bool) -> str:
    kind = ' class="number"' if numeric else ""
    return f'<th scope="col"{kind}>{escape(label)}</th>'


def _write_row(row: Mapping[str, object], writers: Mapping[str, Format], numeric: set[str]) -> str:
    cells = []
    for position, (column, value) in enumerate(row.items()):
        text = writers[column](value) if not is_missing(value) else format_number(None)
        if position == 0:
            cells.append(f'<th scope="row">{text}</th>')
        else:
            kind = ' class="number"' if column in numeric else ""
            cells.append(f"<td{kind}>{text}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _strip_tags(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)
