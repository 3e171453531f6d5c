"""Rows of the cells: a label, one dot for each patient, the count with its whole denominator."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.report.ledger import Result
from helpers.report.words import escape

MOST_DOTS = 40
"""Above so many patients the dots become a bar with the count."""


@dataclass(frozen=True)
class Row:
    """One count of patients.

    Attributes
    ----------
    label : str
        What was counted, plain words.
    count : Result
        The number, as recorded.
    n : int
        All patients that it is counted among.
    """

    label: str
    count: Result
    n: int


def write_rows(rows: list[Row]) -> str:
    """Write counts as a table; the dots are for the eye, the numbers for everybody.

    Parameters
    ----------
    rows : list of Row
        From top to bottom.

    Returns
    -------
    str
        HTML; empty where there is no row.
    """
    lines = "".join(
        f'<tr><th scope="row">{escape(row.label)}</th><td class="marks">{_draw(row)}</td>'
        f"<td>{_write_count(row)}</td></tr>"
        for row in rows
    )
    return f'<table class="counts"><tbody>{lines}</tbody></table>' if lines else ""


def _write_count(row: Row) -> str:
    return f"not known of {row.n}" if row.count.value is None else f"<b>{row.count}</b> of {row.n}"


def _draw(row: Row) -> str:
    if row.count.value is None or not row.n:
        return ""
    count = int(row.count.value)
    if row.n > MOST_DOTS:
        share = f"{100 * count / row.n:.3g}"
        return f'<span class="bar-of" aria-hidden="true"><i style="width:{share}%"></i></span>'
    dots = '<i class="yes"></i>' * count + "<i></i>" * (row.n - count)
    return f'<span class="dots" aria-hidden="true">{dots}</span>'
