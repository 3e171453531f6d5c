"""What we say when a study folder does not hold what it should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from helpers.characters import show_unseen

LONGEST_FOUND = 300
"""Letters of what was found that a message shows."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a study folder: where, what was found, what was expected, how to mend it.

    Attributes
    ----------
    file : str
        Path below the study folder, ``tables/core_set.csv``.
    found, expected, mend : str
        Plain words for the person who keeps the data.
    row : int or None
        Row as the person's program counts it (the header is row 1); None for the whole file.
    column : str or None
        Column, or the dotted key of ``study.yml``.
    """

    file: str
    found: str
    expected: str
    mend: str
    row: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """The fault's place in words.

        >>> Fault("tables/core_set.csv", "x", "y", "z", row=4, column="ck").place
        'tables/core_set.csv, row 4, column ck'
        """
        parts = [self.file]
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(
                f"column {self.column}" if self.file != "study.yml" else f"key {self.column}"
            )
        return ", ".join(parts)


class StudyDataError(ValueError):
    """Raised when a study folder cannot be used; carries every fault found, not the first."""

    def __init__(self, study: str, faults: Sequence[Fault]) -> None:
        self.study = study
        self.faults = tuple(faults)
        super().__init__(f"{study}: {describe_faults(self.faults)}")


class MissingTableError(LookupError):
    """Raised when a chapter asks for a table that its study did not measure."""


class UnreadTableError(LookupError):
    """Raised when a chapter asks for a table that its study measured and it did not read."""


def keep_first(faults: Iterable[Fault], most: int) -> list[Fault]:
    """Keep the first faults of each column of each file, and say how many more there are.

    Parameters
    ----------
    faults : iterable of Fault
        Taken one by one, so that those beyond the bound need no memory.
    most : int
        How many of one column are kept.

    Returns
    -------
    list of Fault
        In their order; at the end one for each column that has more.

    Examples
    --------
    >>> faults = [Fault("a.csv", "x", "a number", "y", row, "ck") for row in (2, 3, 4)]
    >>> [fault.found for fault in keep_first(faults, 1)]
    ['x', '2 more faults of this column, from row 3']
    """
    kept: list[Fault] = []
    counts: Counter[tuple[str, str | None]] = Counter()
    beyond: dict[tuple[str, str | None], Fault] = {}
    for fault in faults:
        key = (fault.file, fault.column)
        counts[key] += 1
        if counts[key] <= most:
            kept.append(fault)
        else:
            beyond.setdefault(key, fault)
    return kept + [_count_rest(fault, counts[key] - most) for key, fault in beyond.items()]


def _count_rest(first: Fault, number: int) -> Fault:
    found = f"{number} more fault{'s' * (number != 1)} of this column, from row {first.row}"
    mend = "mend those above first: they may have one cause"
    return replace(first, found=found, mend=mend)


def describe_faults(faults: Iterable[Fault]) -> str:
    """List faults for a person: one paragraph each, in the order of files and rows.

    Parameters
    ----------
    faults : iterable of Fault
        None at all gives a sentence that says so.

    Returns
    -------
    str
        Several lines of plain text.

    Examples
    --------
    >>> print(describe_faults([Fault("tables/a.csv", "found 72", "0 to 10", "use cm", 3, "vas")]))
    1 fault found.
      1. tables/a.csv, row 3, column vas
         found:    found 72
         expected: 0 to 10
         to mend:  use cm
    """
    listed = list(faults)
    if not listed:
        return "No fault found."
    lines = [f"{len(listed)} fault{'s' if len(listed) > 1 else ''} found."]
    for number, fault in enumerate(listed, start=1):
        lines += [
            f"{number:>3}. {_show(fault.place)}",
            f"     found:    {_show(fault.found)}",
            f"     expected: {_show(fault.expected, 10 * LONGEST_FOUND)}",
            f"     to mend:  {_show(fault.mend)}",
        ]
    return "\n".join(lines)


def _show(text: str, most: int = LONGEST_FOUND) -> str:
    shown = show_unseen(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def suggest_name(name: str, known: Iterable[str]) -> str:
    """Name the known word nearest to a misspelt one, as the start of a mend; empty if none is near.

    >>> suggest_name("physican_global", ["physician_global", "patient_global"])
    'did you mean physician_global? '
    >>> suggest_name("zzz", ["physician_global"])
    ''
    """
    spelt = {word.lower(): word for word in known}
    near = get_close_matches(name.lower(), list(spelt), n=1, cutoff=0.6)
    return f"did you mean {spelt[near[0]]}? " if near else ""
