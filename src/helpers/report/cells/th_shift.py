"""Who shifted from Th17 towards Th1, and in whom by more than the error of counting cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.cells.cell_populations import POINTS, name_members
from helpers.report.estimates import write_estimate
from helpers.report.numbers import Numbers
from helpers.report.panels.paired import PairWords
from helpers.report.shares import record_share
from helpers.report.words import (
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    join_words,
    link_patients,
    name_group,
)

TH1, TH17 = "IFN-gamma+", "IL-17A+"

SHIFT_WORDS = {
    "towards Th1": "towards Th1",
    "towards Th17": "towards Th17",
    "both rose": "more of both",
    "both fell": "less of both",
}
"""What each corner of the figure means."""

AXIS_TH1 = f"change of {TH1} cells, {POINTS}"

AXIS_TH17 = f"change of {TH17} cells, {POINTS}"


def record_shift(numbers: Numbers, shift: pd.DataFrame) -> None:
    """Record how many patients shifted towards Th1, with the exact interval of the share."""
    towards = shift["shift"] == "towards Th1"
    counted = shift["ifn_gamma_beyond_counting"] & shift["il17a_beyond_counting"]
    known = counted[towards].dropna()
    about: dict[str, Any] = {"source": "t_cells", "unit": "patients"}
    count = numbers.record(
        "t_cells.shift.towards_th1",
        int(towards.sum()) if len(shift) else None,
        n=len(shift),
        method=f"more {TH1} and fewer {TH17} CD4 cells than before",
        population="patients with both populations at both visits",
        reason="" if len(shift) else "nobody has both populations at both visits",
        **about,
    )
    numbers.record(
        "t_cells.shift.beyond_counting",
        int(known.sum()) if len(known) else None,
        n=len(known),
        method="towards Th1, and the counting intervals of both changes leave out 0",
        reason="" if len(known) else "nobody shifted towards Th1 with cells counted",
        **about,
    )
    record_share(numbers, "t_cells.shift.share", of=count, source="t_cells")


def describe_shift(numbers: Numbers, shift: pd.DataFrame) -> list[str]:
    """Say who shifted which way, and in how many the shift exceeds what counting can make."""
    towards, share = numbers["t_cells.shift.towards_th1"], numbers["t_cells.shift.share"]
    if not towards.n:
        return ["Nobody has both populations at both visits, so no shift can be seen."]
    shown = [
        f"{words}: {link_patients(shift.loc[shift['shift'] == which, 'patient_id'])}"
        for which, words in {
            "towards Th1": "towards Th1",
            "towards Th17": "towards Th17",
            "both rose": "both rose",
            "both fell": "both fell",
            "no shift": "no shift, as one of the two is the same",
        }.items()
        if (shift["shift"] == which).any()
    ]
    return [
        f"{towards} of {towards.n} patients ({share.percent}, {share.interval_percent}) had more "
        f"{TH1} and fewer {TH17} cells than before. {capitalise('; '.join(shown))}.",
        _describe_beyond(numbers),
    ]


def _describe_beyond(numbers: Numbers) -> str:
    towards, beyond = numbers["t_cells.shift.towards_th1"], numbers["t_cells.shift.beyond_counting"]
    if not towards.value:
        return ""
    if beyond.value is None:
        return (
            "Whether counting alone could make these changes is not known: no cells are recorded."
        )
    return (
        f"Of those who shifted towards Th1, {beyond} of {beyond.n} changed in both by more than "
        "the error of counting cells. Where one change is smaller, the shift may be none."
    )


def record_falls(numbers: Numbers, shift: pd.DataFrame, groups: pd.Series) -> None:
    """Record in how many of each group the IL-17A+ cells fell."""
    of_patient = shift["patient_id"].map(groups)
    for group in groups.unique():
        members = shift[of_patient == group]
        numbers.record(
            f"t_cells.il17a_fell.{name_group(group)}",
            int((members["il17a_change"] < 0).sum()) if len(members) else None,
            n=len(members),
            unit="patients",
            population="those with both populations at both visits",
            reason="" if len(members) else "nobody of the group has both at both visits",
            source=["t_cells", *(["core_set"] if groups.name == "response" else ["patients"])],
        )


def describe_falls(numbers: Numbers, groups: pd.Series) -> str:
    """Say in how many of each group the IL-17A+ cells fell."""
    parts = []
    for group in groups.unique():
        fell = numbers[f"t_cells.il17a_fell.{name_group(group)}"]
        if fell.n:
            parts.append(f"{fell} of {fell.n} {name_members(group, groups)}")
    return f"{TH17} cells fell in {join_words(parts)}." if parts else ""


def tabulate_shift(shift: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """List each patient's IFN-gamma+ and IL-17A+ cells, before and after, and the shift."""
    rows = list_rows(shift)
    return pd.DataFrame(
        {
            "patient": shift["patient_id"],
            "group": shift["patient_id"].map(groups),
            **_lay_out_change(rows, "ifn_gamma", TH1),
            **_lay_out_change(rows, "il17a", TH17),
            "shift": shift["shift"].str.replace(" ", NBSP),
        }
    )


def _lay_out_change(rows: Sequence[Mapping[str, Any]], name: str, label: str) -> dict[str, Any]:
    return {
        f"{label}, %": [
            f"{format_number(row[f'{name}_before'], digits=2)}{NBSP}→{NBSP}"
            f"{format_number(row[f'{name}_after'], digits=2)}"
            for row in rows
        ],
        f"{label}, change (counting interval)": [
            write_estimate(*(row[f"{name}_{part}"] for part in ("change", "low", "high")), digits=2)
            for row in rows
        ],
    }


def caption_shift(shift: pd.DataFrame, words: PairWords) -> str:
    """Caption the figure of the shift."""
    first, second = (escape(end) for end in words.ends)
    return (
        f"Change from {first} to {second}, percentage points of CD4 T cells (n = {len(shift)} with "
        "both). Lines: 95 % counting interval."
    )


def explain_shift(shift: pd.DataFrame, words: PairWords) -> str:
    """Say how the figure of the shift is made."""
    return (
        f"Shaded: more {TH1}, fewer {TH17} cells. Thin lines: counting interval of each change, "
        "from two exact binomial intervals. No test."
    )


def limit_shift(shift: pd.DataFrame, entered: int) -> str:
    """Say how few patients the shift was seen in."""
    return f"Counted before and after in {len(shift)} of {entered} patients only."


def caption_shift_table(shift: pd.DataFrame, words: PairWords) -> str:
    """Caption the table of the shift."""
    first, second = (escape(end) for end in words.ends)
    return (
        f"{TH1} and {TH17} cells, % of CD4 T cells, {first} → {second}, and the change in "
        f"percentage points with its 95 % counting interval, a row per patient (n = {len(shift)}). "
        "No test."
    )


def describe_shift_figure(shift: pd.DataFrame) -> str:
    """Describe the figure of the shift in plain words."""
    if shift.empty:
        return "nobody has both populations at both visits."
    parts = [
        f"{row['patient_id']} {TH1} {_signed(row['ifn_gamma_change'])}, {TH17} "
        f"{_signed(row['il17a_change'])} ({row['shift']})"
        for row in list_rows(shift)
    ]
    return f"Change of each patient in percentage points: {'; '.join(parts)}."


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{format_number(value, digits=2)}"


def summarise_shift(numbers: Numbers) -> str:
    """Sum the shift up in one sentence; nothing where nobody has both populations twice."""
    towards, share = numbers["t_cells.shift.towards_th1"], numbers["t_cells.shift.share"]
    if not towards.n:
        return ""
    return (
        f"{towards} of {towards.n} patients ({share.interval_percent}) shifted from Th17 towards "
        f"Th1: more {TH1}, fewer {TH17} cells than before."
    )


def conclude_shift(numbers: Numbers) -> str:
    """Say what the share of those who shifted allows to conclude, and what stays open."""
    towards, share = numbers["t_cells.shift.towards_th1"], numbers["t_cells.shift.share"]
    if not towards.n or share.low is None or share.high is None:
        return "Whether cells shift between Th17 and Th1 stays open: nobody has both visits."
    often = "in most patients" if share.low > 0.5 else "in few patients"
    verdict = (
        "so a shift from Th17 towards Th1 can be the rule or the exception"
        if share.low <= 0.5 <= share.high
        else f"so cells shift from Th17 towards Th1 {often}"
    )
    control = (
        " No group without treatment was measured: time or the handling of the cells could do the "
        "same."
        if len(numbers.study.config.arms) == 1
        else ""
    )
    return (
        f"With {count_noun(towards.n, 'patient')} measured twice, any share within "
        f"{share.interval_percent} is possible, {verdict}.{control}"
    )
