"""Response over time in words and tables: by visit, at any, confirmed, kept; by diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.response import Response
from helpers.derive.response.over_time import ANY, CONFIRMED, KEPT, Moment
from helpers.report.numbers import Numbers
from helpers.report.response.response_rule import name_rule
from helpers.report.shares import record_share
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_percent,
    join_words,
    name_group,
)
from helpers.stats.exact.exact import binomial_interval

FIRST = "over_time"
"""First word of the names in the ledger."""

OTHER = "total improvement score (at least minimal)"
MEASURES = "IMACS definition"
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Count:
    """How many of one group had responded at one moment.

    Attributes
    ----------
    group : str
        Arm or diagnosis.
    moment : Moment
        When.
    entered, counted, judged : int
        Patients; `counted` leaves out whom the study's rule leaves out.
    improved, improved_judged : int
        Of those counted, and of those judged.
    """

    group: str
    moment: Moment
    entered: int
    counted: int
    judged: int
    improved: int
    improved_judged: int

    @property
    def text(self) -> str:
        """The count of all who entered, and of those judged where these are fewer."""
        if not self.judged:
            return NOT_KNOWN
        whole = f"{self.improved} of {self.counted}"
        if self.judged == self.entered:
            return whole
        return f"{whole} ({self.improved_judged} of {self.judged} judged)"


def count_moments(
    judged: pd.DataFrame, counted: pd.DataFrame, groups: pd.Series, moments: Sequence[Moment]
) -> list[Count]:
    """Count responders of each group at each moment.

    Parameters
    ----------
    judged, counted : DataFrame of boolean
        Index patient_id, one column per moment: as judged, and as all who entered count.
    groups : Series of str
        Index patient_id; somebody without a group is in none.
    moments : sequence of Moment

    Returns
    -------
    list of Count
        Group by group.
    """
    return [
        Count(
            group=str(group),
            moment=moment,
            entered=len(members),
            counted=int(counted.loc[members, moment.name].notna().sum()),
            judged=int(judged.loc[members, moment.name].notna().sum()),
            improved=int(counted.loc[members, moment.name].fillna(False).sum()),
            improved_judged=int(judged.loc[members, moment.name].fillna(False).sum()),
        )
        for group, members in groups.dropna().groupby(groups, sort=False).groups.items()
        for moment in moments
    ]


def say_moment(moment: Moment, config: StudyConfig) -> str:
    """Say when a patient must have improved."""
    label = config.label_month(moment.month)
    words = {
        ANY: "at any visit",
        CONFIRMED: "at two visits in a row",
        KEPT: "kept from the first improvement to the last visit",
    }
    if moment.name.startswith("by_"):
        return f"first improved by {label}"
    return words.get(moment.name, f"at {label}")


def name_count(count: Count, *, first: str = FIRST) -> str:
    """Name a count in the ledger, without its last word."""
    return f"{first}.{name_group(count.group)}.{count.moment.name}"


def record_counts(
    numbers: Numbers, counts: Sequence[Count], *, first: str = FIRST, source: Sequence[str]
) -> None:
    """Record how many had responded, of all who entered and of those judged."""
    for count in counts:
        name = name_count(count, first=first)
        if not count.judged:
            numbers.record(
                f"{name}.improved", None, n=0, source=source, reason="nobody could be judged"
            )
            continue
        about: dict[str, Any] = {"unit": "patients", "source": source}
        improved = numbers.record(
            f"{name}.improved",
            count.improved,
            n=count.counted,
            population="all who entered and are counted",
            **about,
        )
        numbers.record(
            f"{name}.improved_judged",
            count.improved_judged,
            n=count.judged,
            population="those who could be judged",
            **about,
        )
        record_share(numbers, f"{name}.share", of=improved, source=source)


def describe_over_time(numbers: Numbers, counts: Sequence[Count]) -> str:
    """Say how many were improved at each visit, at any, confirmed, and kept, of all who entered."""
    config = numbers.study.config
    groups = list(dict.fromkeys(count.group for count in counts))
    said = [
        _describe_group(numbers, [c for c in counts if c.group == group], alone=len(groups) == 1)
        for group in groups
    ]
    rule = capitalise(f"by {name_rule(config.response)}")
    return f"{rule}, {'; '.join(said)}." if said else ""


def _describe_group(numbers: Numbers, counts: Sequence[Count], *, alone: bool) -> str:
    config = numbers.study.config
    whom = "" if alone else f" in the arm “{escape(counts[0].group)}”"
    known = [count for count in counts if count.judged]
    if not known:
        return f"nobody{whom} could be judged"
    entered = count_noun(counts[0].entered, "patient")
    visits = [count for count in counts if count.moment.name.startswith("month_")]
    at_visits = [
        f"{_link(numbers, c)} at {escape(config.label_month(c.moment.month))}" for c in visits
    ]
    said = f"of {entered} who entered{whom}, {join_words(at_visits)} were improved"
    rest = {c.moment.name: c for c in known}
    if ANY not in rest:
        return said
    endings = {ANY: "at some visit", CONFIRMED: "at two visits in a row", KEPT: "kept to the end"}
    more = [
        f"{_link(numbers, rest[name])} {words}" for name, words in endings.items() if name in rest
    ]
    return f"{said}, {join_words(more)}"


def _link(numbers: Numbers, count: Count) -> str:
    if not count.judged:
        return "an unknown number"
    fewer = f" (of {count.counted} counted)" if count.counted < count.entered else ""
    return f"{numbers[f'{name_count(count)}.improved']}{fewer}"


def describe_first_improvement(numbers: Numbers, counts: Sequence[Count]) -> str:
    """Say by which visit half of those who entered had first improved, group by group."""
    config = numbers.study.config
    parts = []
    for group in dict.fromkeys(count.group for count in counts):
        mine = [count for count in counts if count.group == group]
        if all(count.moment.name != ANY or not count.judged for count in mine):
            continue
        whom = f" in the arm “{escape(group)}”" if len({c.group for c in counts}) > 1 else ""
        visits = [c for c in mine if c.moment.name.startswith("month_")][:1]
        later = [c for c in mine if c.moment.name.startswith("by_")]
        last = [c for c in mine if c.moment.name == ANY]
        half = next(
            (c for c in (*visits, *later, *last) if c.counted and 2 * c.improved >= c.counted), None
        )
        when = f"by {escape(config.label_month(half.moment.month))}" if half else "at no visit"
        parts.append(f"{capitalise(when)} had half of those who entered{whom} improved.")
    return " ".join(parts)


def tabulate_over_time(
    counts: Sequence[Count], other: Sequence[Count], config: StudyConfig
) -> pd.DataFrame:
    """Lay out both definitions side by side, a row for each group and moment.

    Parameters
    ----------
    counts, other : sequence of Count
        By the definition in force, and by the other one; the same groups and moments.
    config : StudyConfig
    """
    several = len({count.group for count in counts}) > 1
    by_rule = capitalise(name_rule(config.response))
    rows = []
    for count, beside in zip(counts, other, strict=True):
        row = {"arm": count.group} if several else {}
        row |= {
            "improved": say_moment(count.moment, config),
            by_rule: count.text,
            "share of all (95 % interval)": _write_share(count),
            f"{name_other(config.response)}": beside.text,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def name_other(rule: Response) -> str:
    """Name the definition that stands beside the one in force."""
    return capitalise(OTHER if rule.definition != "tis_adult" else MEASURES)


def _write_share(count: Count) -> str:
    if not count.judged:
        return NOT_KNOWN
    result = binomial_interval(count.improved, count.counted)
    assert result.interval is not None
    low, high = (format_percent(end) for end in result.interval)
    return f"{format_percent(count.improved / count.counted)} ({low} to {high})"


def caption_over_time() -> str:
    """Caption the table of both definitions over time."""
    return (
        "Patients improved over time, of all who entered, and of those judged where these are "
        "fewer. Intervals: exact (Clopper-Pearson)."
    )


def tabulate_by_diagnosis(counts: Sequence[Count], config: StudyConfig) -> pd.DataFrame:
    """Lay out who improved by diagnosis: a row each, a column for each moment."""
    rows = []
    for group in dict.fromkeys(count.group for count in counts):
        mine = [count for count in counts if count.group == group]
        row: dict[str, object] = {"diagnosis": group, "entered": mine[0].entered}
        rows.append(row | {say_moment(c.moment, config): c.text for c in mine})
    return pd.DataFrame(rows)


def describe_by_diagnosis(numbers: Numbers, counts: Sequence[Count]) -> str:
    """Say how many improved of each diagnosis, at any visit or at the only one."""
    if len({count.group for count in counts}) < 2:
        return ""
    wanted = ANY if any(c.moment.name == ANY for c in counts) else counts[0].moment.name
    mine = [count for count in counts if count.moment.name == wanted]
    when = say_moment(mine[0].moment, numbers.study.config)
    first = f"{FIRST}.diagnosis"
    parts = [
        f"{numbers[f'{name_count(c, first=first)}.improved']} of {c.counted} with {escape(c.group)}"
        if c.judged
        else f"an unknown number of {c.entered} with {escape(c.group)}"
        for c in mine
    ]
    return f"By diagnosis, improved {escape(when)}: {join_words(parts)}."


def caption_by_diagnosis() -> str:
    """Caption the table by diagnosis."""
    return (
        "Patients improved by diagnosis, of all who entered. So few in each that no difference "
        "between diagnoses can be told from chance."
    )
