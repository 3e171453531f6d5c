"""How the readers of this room say no: one fault with its place, as an error that carries it."""

from __future__ import annotations

from helpers.contracts import Fault, StudyDataError
from helpers.io.files import UnreadableError


def refuse(
    file: str, found: str, expected: str, mend: str, *, row: int | None = None, column: str = ""
) -> StudyDataError:
    """Make the error of one fault; the caller raises it.

    >>> refuse("a.fcs", "no header", "an FCS file", "export it again").faults[0].place
    'a.fcs'
    """
    return StudyDataError(file, [Fault(file, found, expected, mend, row, column or None)])


def list_faults(error: StudyDataError | UnreadableError, file: str) -> list[Fault]:
    """Give the faults of an error of a reader, under the name that the study knows the file by."""
    if isinstance(error, StudyDataError):
        return list(error.faults)
    return [Fault(file, error.found, error.expected, error.mend)]
