"""Read any plate reader's export: find out what wrote it, and refuse by name what is not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from helpers.quantify.elisa.read.bioplex import is_bioplex, read_bioplex
from helpers.quantify.elisa.read.gen5 import is_gen5, read_gen5
from helpers.quantify.elisa.read.grid import read_grid
from helpers.quantify.elisa.read.plate import Plate
from helpers.quantify.elisa.read.sheet import Sheet, read_sheets, refuse
from helpers.quantify.elisa.read.softmax import is_softmax, read_softmax

NOT_READ: tuple[tuple[str, str], ...] = (
    (r"xPONENT", "Luminex xPONENT"),
    (r"INTELLIFLEX", "Luminex INTELLIFLEX"),
    (r"ImmunoSpot", "CTL ImmunoSpot, which counts spots"),
    (r"Mabtech|Apex \d", "Mabtech Apex, which counts spots"),
    (r"MMPR|MSD-WP|Spots Per Well", "MSD Methodical Mind"),
    (r"Adj\. Sig\. Mean|Calc\. Conc\. Mean", "MSD Discovery Workbench"),
    (r"Bio-Plex Manager.*PRO|\.rbx\b.*Raw", "Bio-Plex raw data"),
)
"""Words that only these programs write, and their names."""

_SEARCHED = 40
"""Rows of a sheet in which a program gives its name."""


def read_export(path: Path, *, file: str) -> list[Plate]:
    """Read the plates of one export.

    Parameters
    ----------
    path : Path
        Of SoftMax Pro, Gen5 or Bio-Plex Manager, or any file with a plate as a grid or a list.
    file : str
        How messages name the file.

    Returns
    -------
    list of Plate
        At least one.

    Raises
    ------
    StudyDataError
        With every fault found in the file; a program whose files are not read is named.
    """
    sheets = read_sheets(path, file=file)
    if is_softmax(sheets[0]):
        return read_softmax(sheets[0], file=file)
    if is_gen5(sheets[0]) and not sheets[0].name:  # in a workbook its matrices are grids
        return read_gen5(sheets[0], file=file)
    if any(map(is_bioplex, sheets)):
        return read_bioplex(sheets, file=file)
    _refuse_known(sheets, file)
    return read_grid(sheets, file=file)


def _refuse_known(sheets: Sequence[Sheet], file: str) -> None:
    for sheet in sheets:
        words = "\n".join(" ".join(cells) for cells in sheet.rows[:_SEARCHED])
        for pattern, program in NOT_READ:
            if re.search(pattern, words):
                expected = "SoftMax Pro, Gen5, Bio-Plex Manager, or a plate as a grid of 8 x 12"
                mend = "copy the readings into a grid with letters and numbers, saved as CSV"
                raise refuse(file, f"an export of {program}", expected, mend)
