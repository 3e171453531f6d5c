"""Our counts beside those of the program that the gates were drawn in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.quantify.flow.membership import Membership

LEAST_TOLERANCE = 2
"""Events: those that lie on a step of the program's grid may be rounded otherwise."""

TOLERATED_SHARE = 0.002
"""Of the events in the gate around: what the grid and the table of a scale can still move."""


@dataclass(frozen=True)
class CountPair:
    """One gate, counted twice.

    Attributes
    ----------
    gate : str
    ours : int or None
        None where this project refuses the gate; `refused` says why.
    vendor : int or None
        None where the program has not counted.
    around : int or None
        Events in the gate around it, as the program counted them, or we where it did not.
    refused : str
    program : str
    """

    gate: str
    ours: int | None
    vendor: int | None
    around: int | None
    refused: str = ""
    program: str = "FlowJo"

    @property
    def tolerance(self) -> float:
        """Events by which both may differ: 2, or 0.2 % of the gate around if that is more."""
        return max(LEAST_TOLERANCE, TOLERATED_SHARE * (self.around or 0))

    @property
    def is_beyond(self) -> bool:
        """Whether both are known and differ by more than is tolerated."""
        if self.ours is None or self.vendor is None:
            return False
        return abs(self.ours - self.vendor) > self.tolerance

    @property
    def words(self) -> str:
        """Both in words.

        >>> CountPair("CD3+", ours=476, vendor=475, around=2000).words
        'FlowJo 475, ours 476'
        """
        theirs = "not counted" if self.vendor is None else f"{self.vendor}"
        ours = f"refused ({self.refused})" if self.ours is None else f"{self.ours}"
        return f"{self.program} {theirs}, ours {ours}"


def tabulate_counts(pairs: Mapping[str, Iterable[CountPair]]) -> pd.DataFrame:
    """Put counts into a table.

    Parameters
    ----------
    pairs : mapping of str to iterable of CountPair
        By tube.

    Returns
    -------
    DataFrame
        One row per tube and gate: file, gate, ours, vendor (whole numbers, missing where not
        counted), difference, tolerance, is_beyond, refused.

    Examples
    --------
    >>> one = CountPair("CD3+", ours=476, vendor=475, around=2000)
    >>> tabulate_counts({"a.fcs": [one]})[["gate", "ours", "vendor", "difference"]].values.tolist()
    [['CD3+', 476, 475, 1]]
    """
    rows = [
        (file, one.gate, one.ours, one.vendor, one.tolerance, one.is_beyond, one.refused)
        for file, listed in pairs.items()
        for one in listed
    ]
    names = ["file", "gate", "ours", "vendor", "tolerance", "is_beyond", "refused"]
    table = pd.DataFrame(rows, columns=names).astype({"ours": "Int64", "vendor": "Int64"})
    table.insert(4, "difference", table["ours"] - table["vendor"])
    return table


def compare_counts(members: Membership, *, program: str = "FlowJo") -> list[CountPair]:
    """Put our count of every gate of a tube beside the program's.

    Parameters
    ----------
    members : Membership
    program : str
        Whose counts the gates carry.

    Returns
    -------
    list of CountPair
        One per gate, parents first.
    """
    pairs = []
    for path, gate in members.tree.gates.items():
        if path not in members.inside and path not in members.refused:
            continue
        parent = members.tree.gates.get(gate.parent)
        vendor_around = members.tree.total if parent is None else parent.count
        ours_around = members.count(gate.parent) if gate.parent not in members.refused else None
        pairs.append(
            CountPair(
                gate=path,
                ours=None if path in members.refused else members.count(path),
                vendor=gate.count,
                around=ours_around if vendor_around is None else vendor_around,
                refused=members.refused.get(path, ""),
                program=program,
            )
        )
    return pairs
