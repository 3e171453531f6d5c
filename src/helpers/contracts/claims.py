"""What one line of a study's published_claims.csv may hold: what was printed, and how to check it.

A claim is checked by a verb, and the other columns say of what: a new study's claims need no
Python.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from helpers.contracts.claim_filters import (
    Condition,
    Group,
    Rows,
    Series,
    parse_conditions,
    parse_rows,
    parse_series,
)

Verb = Literal[
    "count",
    "all_of",
    "value",
    "stated",
    "list",
    "mean",
    "range",
    "change",
    "time",
    "direction",
    "no_change",
    "unrelated",
    "correlation",
    "not checked",
]

NOT_CHECKED: Verb = "not checked"
RESPONSE_TABLE = "response"
"""Who responded and when, by the claim's own definition: worked out from core_set, not a file."""

STUDY_FILE = "study.yml"
"""The table of a claim that the study's own description answers."""


@dataclass(frozen=True)
class Needs:
    """What a verb is, and which columns it cannot do without."""

    what: str
    columns: tuple[str, ...] = ()


VERBS: dict[str, Needs] = {
    "count": Needs("how many patients meet `where`, of those who meet `of`", ("table",)),
    "all_of": Needs("whether every patient of the study meets `where`", ("table", "where")),
    "value": Needs("the one value that all rows share", ("table", "column")),
    "stated": Needs("the number where study.yml says it, in the words of `where`", ("column",)),
    "list": Needs("whether the values that occur are those of `expect`, parted by |",
                  ("table", "column", "expect")),
    "mean": Needs("mean, range and n", ("table", "column")),
    "range": Needs("least and largest value", ("table", "column")),
    "change": Needs("value before and after, per cent of change, or the p of paired ranks",
                    ("table", "column", "times")),
    "time": Needs("time from day 0, or from the event of `against`, to an event",
                  ("table", "column", "where")),
    "direction": Needs("whether values rise, or one group has more, as `expect` says",
                       ("table", "column", "times", "expect")),
    "no_change": Needs("whether no exact p of a change is below 0.05",
                       ("table", "column", "times")),
    "unrelated": Needs("whether no exact p between two groups is below 0.05, levels and changes",
                       ("table", "column", "times", "groups")),
    "correlation": Needs("rank correlation with the series of `against`",
                         ("table", "column", "times", "against")),
    NOT_CHECKED: Needs("listed, not checked; `how` says why", ("how",)),
}  # fmt: skip
"""The verbs a claim can be checked by."""

CHOICES: dict[str, tuple[str, ...]] = {
    "verb": get_args(Verb),
    "scale": ("", "linear", "log"),
    "method": ("", "exact", "approximate"),
}
"""Columns with a closed list of values."""


@dataclass(frozen=True)
class Claim:
    """One line of a study's published_claims.csv.

    Attributes
    ----------
    claim_id, source, topic, claim, statistic, unit, kind, note : str
        As printed, and where.
    n, value, low, high, p_value : str
        Digits as printed, because they set the precision of the comparison; empty where the
        publication gives none.
    verb : str
        How it is checked (`VERBS`); empty in a file without that column.
    table, column, where : str
        Of which rows; `where` in the language of `helpers.contracts.claim_filters`.
    times : str
        Months (days, conditions) compared, earlier | later.
    groups : str
        Two groups parted by `` vs ``, for direction and unrelated.
    of : str
        Who can be counted, for a number out of another; conditions like `where`.
    against : str
        The second series of a correlation; the event a time begins at.
    expect : str
        up or down; for list the values.
    scale : str
        log where a change is a ratio.
    method : str
        approximate where the p is to be found as the source found it.
    definition : str
        Definition of response that the claim speaks of.
    how : str
        The check in words, as the report says it.
    """

    claim_id: str
    source: str
    topic: str
    claim: str
    statistic: str
    n: str
    value: str
    low: str
    high: str
    unit: str
    p_value: str
    kind: str
    note: str
    verb: str = ""
    table: str = ""
    column: str = ""
    where: str = ""
    times: str = ""
    groups: str = ""
    of: str = ""
    against: str = ""
    expect: str = ""
    scale: str = ""
    method: str = ""
    definition: str = ""
    how: str = ""

    @property
    def moments(self) -> tuple[str, ...]:
        """The times that are compared, in order."""
        return tuple(part.strip() for part in self.times.split("|")) if self.times else ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Who or what the claim is about."""
        return () if self.verb == "stated" else parse_conditions(self.where, self.table)

    @property
    def among(self) -> tuple[Condition, ...]:
        """Who can be counted at all; empty where nobody is named."""
        return parse_conditions(self.of, self.table) if self.of else ()

    @property
    def sides(self) -> tuple[tuple[Condition, ...], ...]:
        """The two groups that are compared; empty where there are none."""
        parts = self.groups.split(" vs ") if self.groups else []
        return tuple(parse_conditions(part, self.table) for part in parts)

    @property
    def other_series(self) -> Series | None:
        """What a correlation is with."""
        return parse_series(self.against) if self.verb == "correlation" else None

    @property
    def start(self) -> Rows | None:
        """The event that a time is counted from; None counts from day 0."""
        has_start = self.verb == "time" and self.against
        return parse_rows(self.against, self.table) if has_start else None

    def list_rows(self) -> list[Rows]:
        """List every choice of rows that the claim makes, its own table first."""
        conditions = [*self.conditions, *self.among, *(c for side in self.sides for c in side)]
        named = [o.rows for c in conditions for o in c.options if o.rows is not None]
        named += [self.other_series.rows] if self.other_series else []
        own = [Rows(self.table)] if self.table not in ("", STUDY_FILE) else []
        return own + named + ([self.start] if self.start else [])

    def list_groups(self) -> set[Group]:
        """List the groups of response that the claim names."""
        conditions = [*self.conditions, *self.among, *(c for side in self.sides for c in side)]
        return {o.group for c in conditions for o in c.options if o.group is not None}

    @property
    def needs_response(self) -> bool:
        """Whether it rests on who responded."""
        return bool(self.list_groups()) or any(
            rows.table == RESPONSE_TABLE for rows in self.list_rows()
        )

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables of the study without which it cannot be checked; none where study.yml answers."""
        if self.verb in ("", NOT_CHECKED):
            return ()
        found = ["patients"] if self.verb == "all_of" else []
        for rows in self.list_rows():
            found.append("core_set" if rows.table == RESPONSE_TABLE else rows.table)
            if any(c.term.column == "spans_study" for c in rows.comparisons):
                found.append("disposition")
        found += ["core_set"] if self.list_groups() else []
        return tuple(dict.fromkeys(found))


PRINTED = tuple(field.name for field in fields(Claim))[:13]
"""Columns that every file of claims has: what was printed."""

CHECKING = tuple(field.name for field in fields(Claim))[13:]
"""Columns that say how a claim is checked; an older file may lack them."""


@dataclass(frozen=True)
class Contradiction:
    """Statements of one or more publications that seem to exclude each other.

    Attributes
    ----------
    title : str
    claims : str
        Ids of the claims concerned, parted by commas.
    tension : str
        Why they seem to exclude each other.
    resolution : str
        How they can all be true, or that they cannot.
    """

    title: str
    claims: str
    tension: str
    resolution: str

    @property
    def claim_ids(self) -> list[str]:
        """The claims concerned."""
        return [name.strip() for name in self.claims.split(",")]
