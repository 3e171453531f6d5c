"""Spillover matrices: from the FCS file, from a CSV file, from the gates' own file."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from helpers.contracts import StudyDataError
from helpers.io.bounds import LARGEST_TABLE
from helpers.io.files import UnreadableError, read_text
from helpers.quantify.flow.refusals import list_faults, refuse

Floats = npt.NDArray[np.float64]

SPILLOVER_KEYWORDS = ("$SPILLOVER", "SPILL", "$SPILL", "SPILLOVER")
_MOST_SPREAD = 1e6
"""Condition number beyond which compensated values are noise: two dyes look the same."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """How much of each dye every detector sees.

    Attributes
    ----------
    name : str
    detectors : tuple of str
        Channels as the FCS file names them (``$PnN``), the columns.
    outputs : tuple of str
        What the compensated channels are called, the rows; as a rule the detectors again.
    spill : array, outputs x detectors
        1 for each dye in its own detector.
    """

    name: str
    detectors: tuple[str, ...]
    outputs: tuple[str, ...]
    spill: Floats

    def find_output(self, channel: str) -> int | None:
        """Give the row of a channel, also where it is spelt with ``_`` for ``/``; None without."""
        for names in (self.outputs, [name.replace("/", "_") for name in self.outputs]):
            if channel in names:
                return list(names).index(channel)
        return None

    def compensate(self, values: Floats) -> Floats:
        """Give the dyes' own signals: columns `outputs` for columns `detectors`.

        Solves ``signals x spill = values``.
        """
        return np.asarray(values @ np.linalg.inv(self.spill))


def make_matrix(
    name: str,
    detectors: Sequence[str],
    rows: Sequence[Sequence[float]],
    *,
    file: str,
    place: str = "",
    outputs: Sequence[str] = (),
) -> Matrix:
    """Check a spillover matrix and keep it.

    Parameters
    ----------
    name : str
    detectors : sequence of str
        Columns.
    rows : sequence of sequence of float
        One row per dye.
    file, place : str
        How messages name where it stands.
    outputs : sequence of str
        Rows; the detectors where nothing is given.

    Returns
    -------
    Matrix

    Raises
    ------
    StudyDataError
        When it is not square, names a detector twice, holds no numbers, or cannot be inverted.
    """
    mend = "give the matrix as it was exported, one row and one column a detector"
    what = f"{place}: matrix {name}" if place else f"matrix {name}"
    torn = {len(row) for row in rows} != {len(detectors)}
    if not detectors or torn or len(rows) != len(detectors):
        found = f"{what}: {len(rows)} rows for {len(detectors)} detectors"
        raise refuse(file, found, "as many dyes as detectors", mend)
    if len(set(detectors)) != len(detectors):
        raise refuse(file, f"{what} with a detector twice", "each detector once", mend)
    spill = np.asarray(rows, dtype=float)
    if not np.isfinite(spill).all() or np.linalg.cond(spill) > _MOST_SPREAD:
        raise refuse(file, f"{what} that cannot be inverted", "dyes that differ", mend)
    return Matrix(name, tuple(detectors), tuple(outputs or detectors), spill)


def read_spillover(keywords: Mapping[str, str]) -> tuple[Matrix | None, str]:
    """Read the matrix that an FCS file carries.

    Parameters
    ----------
    keywords : mapping of str to str
        TEXT, names in capitals with their ``$``.

    Returns
    -------
    Matrix or None
        None where the file has none, or one that cannot be used.
    str
        Why it cannot be used; empty if it can, or if there is none.

    Examples
    --------
    >>> matrix, why = read_spillover({"SPILL": "2,FITC-A,PE-A,1,0.1,0,1"})
    >>> matrix.detectors, matrix.spill[0].tolist()
    (('FITC-A', 'PE-A'), [1.0, 0.1])
    """
    named = next((name for name in SPILLOVER_KEYWORDS if keywords.get(name, "").strip()), None)
    if named is None:
        return None, ""
    words = [word.strip() for word in keywords[named].split(",")]
    try:
        size = int(words[0])
        numbers = [float(word) for word in words[1 + size :]]
        if size < 1 or len(numbers) != size * size:
            raise ValueError(f"{len(words)} entries for {size} detectors")
    except ValueError as error:
        return None, f"the file's own matrix ({named}) cannot be read: {str(error)[:80]}"
    rows = [numbers[size * row : size * (row + 1)] for row in range(size)]
    try:
        return make_matrix(named, words[1 : 1 + size], rows, file=named), ""
    except StudyDataError as error:
        return None, f"the file's own matrix cannot be used: {error.faults[0].found}"


def read_matrix(path: Path, *, file: str = "") -> Matrix:
    """Read a spillover matrix from a CSV file.

    Parameters
    ----------
    path : Path
        A header row of detectors, then a row for each, in the same order; the rows may begin with
        the detector's name. A ``#`` before the header is passed over.
    file : str
        How messages name it.

    Returns
    -------
    Matrix

    Raises
    ------
    StudyDataError
        When it cannot be read or used.
    """
    file = file or path.name
    try:
        text = read_text(path, at_most=LARGEST_TABLE)
    except UnreadableError as error:
        raise StudyDataError(file, list_faults(error, file)) from None
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines()) if any(row)]
    if not rows:
        raise refuse(file, "an empty file", "a spillover matrix", "export it as CSV")
    header = [rows[0][0].lstrip("# "), *rows[0][1:]]
    named = header[0] == ""
    detectors = header[1:] if named else header
    if named and [row[0] for row in rows[1:]] != detectors:
        found = "rows in another order than the columns"
        raise refuse(file, found, "the same detectors in both", "sort the rows as the columns")
    try:
        numbers = [[float(cell) for cell in (row[1:] if named else row)] for row in rows[1:]]
    except ValueError as error:
        raise refuse(file, f"{error}", "numbers", "leave numbers only") from None
    return make_matrix(path.stem, detectors, numbers, file=file)
