"""Write a table as CSV, the same bytes on every machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

Cell = str | int | float | bool | None
Row = dict[str, Cell]


def write_rows(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    r"""Write rows as UTF-8 CSV with one kind of newline.

    Numbers are written with no more digits than they have; a missing cell is empty.

    >>> write_rows([{"patient_id": "P01", "ck": 12.0, "completed": True, "stop_reason": None}])
    b'patient_id,ck,completed,stop_reason\nP01,12,true,\n'
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_write_cell(cell) for cell in row.values()] for row in rows)
    return text.getvalue().encode()


def _write_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell if isinstance(cell, str) else f"{cell:.10g}"
