"""Write a table as CSV, the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from helpers.io.sheets import write_sheet

Cell = str | int | float | bool | None
Row = dict[str, Cell]


def write_rows(rows: Sequence[Mapping[str, Cell]]) -> bytes:
    r"""Write rows as UTF-8 CSV with one kind of newline.

    Numbers are written with no more digits than they have; a missing cell is empty.

    >>> write_rows([{"patient_id": "P01", "ck": 12.0, "completed": True, "stop_reason": None}])
    b'patient_id,ck,completed,stop_reason\nP01,12,true,\n'
    """
    cells = ([_shorten(cell) for cell in row.values()] for row in rows)
    return write_sheet(rows[0], cells).encode()


def _shorten(cell: Cell) -> Cell | Decimal:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return Decimal(f"{cell:.10g}") if isinstance(cell, int | float) else cell
