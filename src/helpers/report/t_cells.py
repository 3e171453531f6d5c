"""Sentences and tables about blood T cells: whose were measured, what shifted, how sure it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.t_cells import MEMORY, NAIVE, POPULATIONS
from helpers.report.chapter import Chapter
from helpers.report.estimates import caption_coverage, write_estimate, write_limits
from helpers.report.p_values import CHANCE_WORDS, LEVEL, find_least, name_test
from helpers.report.paired import (
    PairWords,
    caption_changes,
    describe_family,
    describe_pairs,
    find_family,
    record_changes,
)
from helpers.report.shares import record_share
from helpers.report.words import (
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    format_p_value,
    join_words,
    link_patients,
    name_group,
)
from helpers.stats.exact import spearman_test
from helpers.stats.paired import summarise_pairs
from helpers.stats.result import StatisticResult
from helpers.stats.robustness import leave_one_out

LABELS = {population.name: population.label for population in POPULATIONS}
SHOWS = {population.name: population.shows for population in POPULATIONS}
POINTS = "percentage points"
TH1, TH17 = "IFN-gamma+", "IL-17A+"

SHIFT_WORDS = {
    "towards Th1": f"from Th17 towards Th1:\nmore {TH1}, less {TH17}",
    "towards Th17": f"from Th1 towards Th17:\nless {TH1}, more {TH17}",
    "both rose": "more of both",
    "both fell": "less of both",
}
"""What each corner of the figure means."""

AXIS_TH1 = f"change of {TH1} cells, {POINTS}"
AXIS_TH17 = f"change of {TH17} cells, {POINTS}"

FEWEST_LEFT = 4
"""Patients from which on each one in turn is left out of a correlation."""

DONORS = "donors"


def name_cells(t_cells: pd.DataFrame, *, ends: tuple[str, str]) -> PairWords:
    """Name what the chapter's pairs are: populations, each in per cent of its parent.

    Parameters
    ----------
    t_cells : DataFrame
        One row per patient, month and population.
    ends : (str, str)
        The two visits.

    Returns
    -------
    PairWords
        Known populations first, in the field's order; others by their own names.
    """
    parents = t_cells.groupby("population", sort=False)["parent"].first()
    known = [name for name in LABELS if name in parents]
    names = [*known, *(str(name) for name in parents.index if name not in LABELS)]
    return PairWords(
        topic="t_cells",
        table="t_cells",
        specimen="cells",
        specimens="cells",
        measure="population",
        measures="populations",
        labels={name: LABELS.get(name, name) for name in names},
        units={name: f"% of {parents[name]}" for name in names},
        ends=ends,
    )


def name_points(words: PairWords) -> PairWords:
    """Name the same pairs with the unit of a difference between two percentages."""
    return replace(words, units=dict.fromkeys(words.labels, POINTS))


def name_cultures(cultures: pd.DataFrame) -> PairWords:
    """Name the pairs of cultures: an analyte without and with what was added."""
    first = cultures.drop_duplicates("panel")
    added = list(dict.fromkeys(cultures["with_added"]))
    return PairWords(
        topic="t_cells.in_vitro",
        table="in_vitro",
        specimen="culture",
        specimens="cultures",
        measure="analyte",
        measures="analytes",
        labels={row["panel"]: row["panel"] for row in list_rows(first)},
        units={row["panel"]: row["unit"] for row in list_rows(first)},
        ends=(
            str(cultures["without"].iloc[0]) if len(cultures) else "without",
            str(added[0]) if len(added) == 1 else "with",
        ),
    )


def group_donors(cultures: pd.DataFrame) -> pd.Series:
    """Put all donors in one group; index donor."""
    names = list(dict.fromkeys(cultures["donor"]))
    return pd.Series(DONORS, index=pd.Index(names, dtype="str"), dtype="str")


def summarise_cultures(cultures: pd.DataFrame, donors: pd.Series) -> pd.DataFrame:
    """Describe the change of each analyte over all donors, with its exact test.

    Parameters
    ----------
    cultures : DataFrame
        From `helpers.derive.t_cells.derive_culture_pairs`.
    donors : Series
        From `group_donors`.

    Returns
    -------
    DataFrame
        As `helpers.stats.paired.summarise_pairs`; no rows where there are no cultures.
    """
    if cultures.empty:
        columns = ["panel", "group", "n", "change", "low", "high", "p_value", "method", "reason"]
        return pd.DataFrame(columns=[*columns, "n_lower"])
    return summarise_pairs(cultures.rename(columns={"donor": "patient_id"}), donors)


def title_populations(words: PairWords) -> dict[str, str]:
    """Title the panel of each population by its label, with the unit on a line of its own."""
    return {
        name: f"{capitalise(label)},\n{words.units[name]}" for name, label in words.labels.items()
    }


def label_memory_axes(config: StudyConfig, words: PairWords) -> dict[str, str]:
    """Label the axes of the figure of memory cells and creatine kinase."""
    first, second = words.ends
    unit = words.units.get(MEMORY.name, "%")
    return {
        "x_label": f"memory CD4 cells at {first}, {unit}",
        "y_label": f"fall of creatine kinase by {second}, {config.instruments.ck.shown_unit}",
    }


def describe_populations(words: PairWords) -> str:
    """Say what each population is, and which of the usual ones were not measured."""
    parts = [
        f"{escape(label)}: {escape(SHOWS[name])}" if name in SHOWS else escape(label)
        for name, label in words.labels.items()
    ]
    absent = [escape(label) for name, label in LABELS.items() if name not in words.labels]
    missing = f" Not measured in this study: {join_words(absent)}." if absent else ""
    return f"The populations are {'; '.join(parts)}.{missing}"


def record_measured(chapter: Chapter, measured: pd.DataFrame, groups: pd.Series) -> None:
    """Record how many patients have cells at the first visit, at both, and at both by group."""
    both = measured["before"] & measured["after"]
    of_patient = measured["patient_id"].map(groups)
    counts = {"before": measured["before"], "both": both} | {
        f"both.{name_group(group)}": both[of_patient == group] for group in groups.unique()
    }
    for name, flags in counts.items():
        chapter.record(
            f"t_cells.measured.{name}",
            int(flags.sum()),
            n=len(flags),
            unit="patients",
            source=["t_cells", "patients"],
        )


def describe_measured(
    chapter: Chapter, measured: pd.DataFrame, groups: pd.Series, words: PairWords
) -> str:
    """Say whose cells were measured, and name everybody whose were not."""
    before, both = chapter["t_cells.measured.before"], chapter["t_cells.measured.both"]
    first, second = (escape(end) for end in words.ends)
    sizes = [
        f"{escape(group)} {chapter[f't_cells.measured.both.{name_group(group)}']}"
        for group in groups.unique()
    ]
    by_group = f" ({join_words(sizes)})" if both.value and len(sizes) > 1 else ""
    named = {
        f"Only at {first}": "first visit only",
        f"Only at {second}": "second visit only",
        "Never measured": "never",
    }
    absent = [
        f"{start}: {link_patients(measured.loc[measured['measured'] == which, 'patient_id'])}."
        for start, which in named.items()
        if (measured["measured"] == which).any()
    ]
    return (
        f"Living cells were measured in {before} of {before.n} patients at {first}, and in {both} "
        f"both then and at {second}{by_group}. {' '.join(absent or ['Nobody is missing.'])}"
    )


def tabulate_measured(measured: pd.DataFrame, groups: pd.Series, words: PairWords) -> pd.DataFrame:
    """Lay out whose cells were measured, a row per patient."""
    first, second = words.ends
    yes = {True: "measured", False: "not measured"}
    return pd.DataFrame(
        {
            "patient": measured["patient_id"],
            "group": measured["patient_id"].map(groups),
            first: measured["before"].map(yes),
            second: measured["after"].map(yes),
        }
    )


def caption_measured(measured: pd.DataFrame) -> str:
    """Caption the list of whose cells were measured."""
    return (
        f"Whose cells were measured (n = {len(measured)} patients). Cells that were not "
        "sampled, or not alive, cannot be measured; nothing is filled in."
    )


def record_reach(chapter: Chapter, changes: pd.DataFrame) -> None:
    """Record the smallest p-value that the largest number of pairs could ever give."""
    most = int(changes["n"].max()) if len(changes) else 0
    chapter.record(
        "t_cells.smallest_p",
        2.0 ** (1 - most) if most else None,
        n=most,
        unit="p-value",
        source="t_cells",
        method="exact signed-rank test, all pairs moving the same way",
        reason="" if most else "nobody has cells at both visits",
    )


def describe_reach(chapter: Chapter) -> str:
    """Say the smallest p-value that so many pairs could ever give."""
    least = chapter["t_cells.smallest_p"]
    if not isinstance(least.value, float) or least.n is None:
        return "Nobody has cells at both visits, so no change can be judged."
    shown = format_p_value(least.value).removeprefix("p").replace("=", "").strip()
    return (
        f"With {count_noun(least.n, 'pair')} the smallest p-value that an exact test can give is "
        f"{least.link(shown)}, when all move the same way."
    )


def record_shift(chapter: Chapter, shift: pd.DataFrame) -> None:
    """Record how many patients shifted towards Th1, with the exact interval of the share."""
    towards = shift["shift"] == "towards Th1"
    counted = shift["ifn_gamma_beyond_counting"] & shift["il17a_beyond_counting"]
    known = counted[towards].dropna()
    about: dict[str, Any] = {"source": "t_cells", "unit": "patients"}
    chapter.record(
        "t_cells.shift.towards_th1",
        int(towards.sum()),
        n=len(shift),
        method=f"more {TH1} and fewer {TH17} CD4 cells than before",
        **about,
    )
    chapter.record(
        "t_cells.shift.beyond_counting",
        int(known.sum()) if len(known) else None,
        n=len(known),
        method="towards Th1, and the counting intervals of both changes leave out 0",
        reason="" if len(known) else "nobody shifted towards Th1 with cells counted",
        **about,
    )
    count = int(towards.sum())
    record_share(chapter, "t_cells.shift.share", count, len(shift), source="t_cells")


def describe_shift(chapter: Chapter, shift: pd.DataFrame) -> list[str]:
    """Say who shifted which way, and in how many the shift exceeds what counting can make."""
    towards, share = chapter["t_cells.shift.towards_th1"], chapter["t_cells.shift.share"]
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
        _describe_beyond(chapter),
    ]


def _describe_beyond(chapter: Chapter) -> str:
    towards, beyond = chapter["t_cells.shift.towards_th1"], chapter["t_cells.shift.beyond_counting"]
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


def record_falls(chapter: Chapter, shift: pd.DataFrame, groups: pd.Series) -> None:
    """Record in how many of each group the IL-17A+ cells fell."""
    of_patient = shift["patient_id"].map(groups)
    for group in groups.unique():
        members = shift[of_patient == group]
        chapter.record(
            f"t_cells.il17a_fell.{name_group(group)}",
            int((members["il17a_change"] < 0).sum()),
            n=len(members),
            unit="patients",
            source=["t_cells", *(["core_set"] if groups.name == "response" else ["patients"])],
        )


def describe_falls(chapter: Chapter, groups: pd.Series) -> str:
    """Say in how many of each group the IL-17A+ cells fell."""
    parts = []
    for group in groups.unique():
        fell = chapter[f"t_cells.il17a_fell.{name_group(group)}"]
        if fell.n:
            parts.append(f"{fell} of {fell.n} {_name_members(group, groups)}")
    return f"{TH17} cells fell in {join_words(parts)}." if parts else ""


def _name_members(group: str, groups: pd.Series) -> str:
    return escape(group) if groups.name == "response" else f"patients of the arm “{escape(group)}”"


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
        f"Change of {TH1} against change of {TH17} cells from {first} to {second}, in percentage "
        f"points of CD4 T cells; a point per patient (n = {len(shift)} with both). Thin lines: "
        "counting interval of each change (95 %, from two exact binomial intervals). Shaded: more "
        f"{TH1}, less {TH17}. No test."
    )


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


def record_memory_and_ck(chapter: Chapter, pairs: pd.DataFrame) -> dict[str, StatisticResult]:
    """Correlate memory cells of baseline with the fall of CK, in its unit and in per cent.

    Parameters
    ----------
    chapter : Chapter
    pairs : DataFrame
        From `helpers.derive.t_cells.derive_memory_and_ck`.

    Returns
    -------
    dict of str to StatisticResult
        ``fall`` and ``fall_percent``: exact Spearman.
    """
    tests = {name: spearman_test(pairs["memory"], pairs[name]) for name in ("fall", "fall_percent")}
    source = ["t_cells", *(["core_set"] if chapter.study.has("core_set") else [])]
    _record_left_out(chapter, pairs, source)
    for name, test in tests.items():
        chapter.record_statistic(
            f"t_cells.memory_and_ck.{name}",
            test,
            unit="Spearman rho",
            digits=2,
            source=source,
        )
    return tests


def describe_memory_and_ck(chapter: Chapter, words: PairWords) -> list[str]:
    """Say whether CK fell less in patients with more memory cells, and how sure that is."""
    rho, share = (chapter[f"t_cells.memory_and_ck.{n}"] for n in ("fall", "fall_percent"))
    if not isinstance(rho.value, (int, float)):
        return [f"Memory cells and CK cannot be compared: {escape(rho.reason)}."]
    first, second = (escape(end) for end in words.ends)
    way = "less" if rho.value < 0 else "more"
    start = (
        f"The larger the share of memory CD4 cells at {first}, the {way} CK fell by {second}"
        if rho.value
        else f"The fall of CK by {second} goes neither up nor down with the memory CD4 cells"
    )
    found = ", ".join(filter(None, [str(rho), rho.interval, rho.p_text]))
    return [
        f"{start}: rho {found}, n = {rho.n}. With the fall in per cent of each patient’s first "
        f"value: rho {share}, {share.p_text}.",
        _describe_left_out(chapter),
    ]


def _describe_left_out(chapter: Chapter) -> str:
    if "t_cells.memory_and_ck.left_out" not in chapter.ledger:
        return ""
    spread = chapter["t_cells.memory_and_ck.left_out"]
    ends = " and ".join(format_number(end, digits=2) for end in (spread.low, spread.high))
    return f"Whoever is left out, rho of the others lies between {spread.link(ends)}."


def _record_left_out(chapter: Chapter, pairs: pd.DataFrame, source: list[str]) -> None:
    if len(pairs) < FEWEST_LEFT:
        return
    again = leave_one_out(pairs, lambda rest: spearman_test(rest["memory"], rest["fall"]))
    rhos = again["estimate"].astype("float64").dropna()
    if rhos.empty:
        return
    chapter.record(
        "t_cells.memory_and_ck.left_out",
        rhos.median(),
        n=len(pairs) - 1,
        low=rhos.min(),
        high=rhos.max(),
        unit="Spearman rho",
        method="each patient left out in turn: median, and lowest and highest rho (no interval)",
        digits=2,
        source=source,
    )


def caption_memory_and_ck(test: StatisticResult, config: StudyConfig, words: PairWords) -> str:
    """Caption the figure of memory cells and CK."""
    first, second = (escape(end) for end in words.ends)
    found = (
        ""
        if test.estimate is None
        else f" rho = {format_number(test.estimate, digits=2)}, {format_p_value(test.p_value)}."
    )
    return (
        f"Fall of creatine kinase from {first} to {second} (above 0: it fell), "
        f"{config.instruments.ck.shown_unit}, against memory CD4 cells at {first}; a point per "
        f"patient (n = {test.n_used}).{found} {escape(capitalise(test.method))}. One test, not "
        "adjusted."
    )


def describe_memory_figure(pairs: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the figure of memory cells and CK in plain words."""
    if pairs.empty:
        return "nobody has memory cells at baseline and creatine kinase at both visits."
    unit = config.instruments.ck.shown_unit
    parts = [
        f"{row['patient_id']} memory {format_number(row['memory'])} %, CK fell by "
        f"{format_number(row['fall'])} {unit}"
        for row in list_rows(pairs)
    ]
    return f"Memory cells and fall of CK: {'; '.join(parts)}."


def record_cultures(chapter: Chapter, changes: pd.DataFrame, words: PairWords) -> None:
    """Record the change of each analyte, and in how many donors it was lower."""
    record_changes(chapter, changes, words)
    for row in list_rows(changes):
        chapter.record(
            words.name("fell", row["panel"], row["group"]),
            row["n_lower"],
            n=row["n"],
            unit="donors",
            source=words.table,
        )


def describe_cultures(chapter: Chapter, changes: pd.DataFrame, words: PairWords) -> str:
    """Say in how many donors each analyte fell when something was added, and by how much."""
    if changes.empty:
        return "No cultures were measured in this study."
    return " ".join(_describe_culture(chapter, row, words) for row in list_rows(changes))


def _describe_culture(chapter: Chapter, row: Mapping[str, Any], words: PairWords) -> str:
    change = chapter[words.name("change", row["panel"], row["group"])]
    fell = chapter[words.name("fell", row["panel"], row["group"])]
    label, unit = escape(row["panel"]), escape(words.units[row["panel"]])
    before, after = (escape(end) for end in words.ends)
    if change.value is None:
        return f"{label} cannot be compared: {escape(change.reason)}."
    interval = f"{change.interval}, " if change.interval else ""
    return (
        f"{label} was lower with “{after}” than with “{before}” in {fell} of {fell.n} donors; "
        f"centre of the differences {change} {unit} "
        f"({interval}{change.p_text})."
    )


def describe_culture_figure(changes: pd.DataFrame, words: PairWords) -> str:
    """Describe the figure of cultures in plain words."""
    if changes.empty:
        return "no cultures were measured."
    return describe_pairs(changes, words)


def caption_culture_pairs(changes: pd.DataFrame, words: PairWords) -> str:
    """Caption the figure of cultures."""
    sizes = join_words(f"{escape(row['panel'])} n = {row['n']}" for row in list_rows(changes))
    return (
        f"Each line is a donor's cells, “{escape(words.ends[0])}” and “{escape(words.ends[1])}” "
        f"({sizes} donors); the narrow axis shows the differences. Black: their Hodges-Lehmann "
        f"centre with its exact 95 % interval.{caption_coverage(changes) if len(changes) else ''} "
        f"Test: {name_test(changes)}. Donors are not matched to patients."
    )


def tabulate_counting(counted: pd.DataFrame, words: PairWords) -> pd.DataFrame:
    """Lay out how exactly percentages are known: a row per population, from its fewest cells.

    The row shows the sample with the fewest cells of the population, where counting says least.
    """
    known = counted.dropna(subset=["cells"])
    rows = []
    for name, label in words.labels.items():
        part = known[known["population"] == name]
        if len(part):
            fewest = list_rows(part.sort_values("cells").head(1))[0]
            digits = 2 if fewest["percent"] < 10 else 1
            rows.append(
                {
                    "population": label,
                    "samples": len(part),
                    "median cells counted": part["cells"].median(),
                    "fewest cells": int(fewest["cells"]),
                    "that sample, %": format_number(fewest["percent"], digits=digits),
                    "its 95 % interval, %": write_limits(
                        fewest["low"], fewest["high"], digits=digits
                    ),
                }
            )
    columns = ["population", "samples", "median cells counted", "fewest cells"]
    return pd.DataFrame(rows, columns=[*columns, "that sample, %", "its 95 % interval, %"])


def record_counting(chapter: Chapter, counted: pd.DataFrame) -> None:
    """Record the fewest cells on which any percentage rests, and that percentage's interval."""
    known = counted.dropna(subset=["cells"]).sort_values("cells", kind="stable")
    absent = "no number of events is recorded"
    row: dict[str, Any] = list_rows(known.head(1))[0] if len(known) else {}
    chapter.record(
        "t_cells.counting.fewest_cells",
        int(row["cells"]) if row else None,
        n=len(known),
        unit="cells",
        source="t_cells",
        method="per cent of the parent events, in whole cells",
        reason="" if row else absent,
    )
    chapter.record(
        "t_cells.counting.least_certain",
        row.get("percent"),
        n=int(row["events"]) if row else 0,
        low=row.get("low"),
        high=row.get("high"),
        unit="% of the parent; n: cells of the parent",
        source="t_cells",
        method="exact (Clopper-Pearson) binomial interval",
        reason="" if row else absent,
        digits=2,
    )


def describe_counting(chapter: Chapter, counted: pd.DataFrame) -> str:
    """Say on how few cells the weakest percentage rests, and what that means for it."""
    fewest = chapter["t_cells.counting.fewest_cells"]
    if fewest.value is None:
        return "How many cells were counted is not recorded, so this error cannot be given."
    share = chapter["t_cells.counting.least_certain"]
    known = counted.dropna(subset=["cells"]).sort_values("cells", kind="stable")
    row = list_rows(known.head(1))[0]
    label = escape(LABELS.get(row["population"], row["population"]))
    uncounted = int((counted["reason"] == "cells not counted").sum())
    more = f" Of {count_noun(uncounted, 'percentage')} no events are recorded." if uncounted else ""
    return (
        f"The least certain percentage rests on {fewest} cells ({label} of "
        f"{link_patients([row['patient_id']])}): {share} % ({share.interval}).{more}"
    )


def caption_counting(counted: pd.DataFrame) -> str:
    """Caption the table of counting."""
    n = int(counted["cells"].notna().sum())
    return (
        f"How exactly percentages are known from the cells counted (n = {n} percentages). "
        "Interval: exact binomial (Clopper-Pearson) from the cells of the population and of its "
        "parent."
    )


def caption_populations(changes: pd.DataFrame, words: PairWords) -> str:
    """Caption the table of changes; see `helpers.report.paired.caption_changes`."""
    return caption_changes(changes, words).replace(
        "(after minus before)", "(after minus before, in percentage points)"
    )


def list_methods(config: StudyConfig, words: PairWords) -> list[tuple[str, str]]:
    """List the definitions in force by name."""
    return [
        (
            "T cells before and after",
            f"Per cent of the parent population at {words.ends[0]} and {words.ends[1]}. Exact "
            "Wilcoxon signed-rank test of the differences in percentage points.",
        ),
        (
            "Counting interval of a percentage",
            "Exact binomial (Clopper-Pearson) interval from the cells of the population and of its "
            "parent. Of a change: the two intervals added by squares, each side of its own "
            "(Newcombe 1998). It holds the error of counting only.",
        ),
        (
            "Shift between Th1 and Th17",
            f"Towards Th1: more {TH1} and fewer {TH17} CD4 cells than before, whatever the size; "
            "towards Th17: the reverse.",
        ),
        *describe_family(find_family(config, words)),
    ]


def summarise_t_cells(
    chapter: Chapter, words: PairWords, *, moved: str, cultured: str
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger.

    Parameters
    ----------
    chapter : Chapter
    words : PairWords
    moved, cultured : str
        What `helpers.report.paired.describe_changes` and `describe_cultures` say.

    Returns
    -------
    list of str
    """
    before, both = chapter["t_cells.measured.before"], chapter["t_cells.measured.both"]
    first, second = (escape(end) for end in words.ends)
    others = "" if both.value == both.n else "; how the cells of the others changed is not known"
    return [
        f"Living cells were measured in {before} of {before.n} patients at {first} and in {both} "
        f"both then and at {second}{others}.",
        moved,
        _summarise_shift(chapter),
        _summarise_memory(chapter, words),
        cultured,
    ]


def _summarise_shift(chapter: Chapter) -> str:
    towards, share = chapter["t_cells.shift.towards_th1"], chapter["t_cells.shift.share"]
    if not towards.n:
        return ""
    return (
        f"{towards} of {towards.n} patients ({share.interval_percent}) shifted from Th17 towards "
        f"Th1: more {TH1}, fewer {TH17} cells than before."
    )


def _summarise_memory(chapter: Chapter, words: PairWords) -> str:
    rho = chapter["t_cells.memory_and_ck.fall"]
    if rho.value is None:
        return ""
    first, second = (escape(end) for end in words.ends)
    found = ", ".join(filter(None, [rho.interval, rho.p_text]))
    return (
        f"Memory CD4 cells at {first} against the fall of CK by {second}: rho {rho} ({found}, "
        f"n = {rho.n})."
    )


def conclude_t_cells(
    chapter: Chapter, cultures: pd.DataFrame, words: PairWords, culture_words: PairWords
) -> list[str]:
    """Say what the T cells allow to conclude, and what they leave open."""
    return [
        _conclude_shift(chapter),
        _conclude_memory(chapter, words),
        _conclude_culture(chapter, cultures, culture_words),
    ]


def _conclude_shift(chapter: Chapter) -> str:
    towards, share = chapter["t_cells.shift.towards_th1"], chapter["t_cells.shift.share"]
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
        if len(chapter.study.config.arms) == 1
        else ""
    )
    return (
        f"With {count_noun(towards.n, 'patient')} measured twice, any share within "
        f"{share.interval_percent} is possible, {verdict}.{control}"
    )


def _conclude_memory(chapter: Chapter, words: PairWords) -> str:
    rho = chapter["t_cells.memory_and_ck.fall"]
    if not isinstance(rho.value, (int, float)) or rho.p_value is None:
        return ""
    first = escape(words.ends[0])
    if rho.p_value >= LEVEL or rho.value == 0:
        return (
            f"Memory cells at {first} are not shown to say anything about the fall of CK "
            f"({rho.p_text}, n = {rho.n}); so few patients cannot exclude that they do."
        )
    sense = "worse" if rho.value < 0 else "better"
    strength = f" How strong the relation is stays open ({rho.interval})." if rho.interval else ""
    return (
        f"Many memory cells at {first} went with a {sense} course of CK, {CHANCE_WORDS} "
        f"({rho.p_text}).{strength} It was found in the patients in whom it was looked for "
        f"(n = {rho.n}), so it is a candidate to be tested in others and no guide for treatment."
    )


def _conclude_culture(chapter: Chapter, cultures: pd.DataFrame, words: PairWords) -> str:
    least = find_least(cultures)
    if least is None:
        return ""
    change = chapter[words.name("change", least["panel"], least["group"])]
    label, added = escape(least["panel"]), escape(words.ends[1])
    if least["p_value"] >= LEVEL:
        return f"In culture “{added}” is not shown to change {label} ({change.p_text})."
    way = "less" if least["change"] < 0 else "more"
    return (
        f"In culture, where only the addition differs, cells made {way} {label} with “{added}” "
        f"({change.p_text}). A culture shows that it can happen; it does not show that it happens "
        "in a patient, or that it helps."
    )


def describe_t_cell_limits(
    chapter: Chapter, measured: pd.DataFrame, groups: pd.Series, words: PairWords
) -> list[str]:
    """Say what the T cells cannot show, counting who is missing from each group."""
    absent = measured.loc[measured["measured"] != "both visits", "patient_id"].map(groups)
    sizes = [
        f"{int((absent == group).sum())} of {int((groups == group).sum())} "
        f"{_name_members(group, groups)}"
        for group in groups.unique()
    ]
    parents = join_words(dict.fromkeys(escape(unit) for unit in words.units.values()))
    return [
        f"Not compared, for want of living cells at both visits: {join_words(sizes)}. Those with "
        "cells need not be like those without."
        if len(absent)
        else "",
        f"The values are shares ({parents}), not numbers of cells per litre of blood: a share can "
        "rise because other cells became fewer.",
        "The counting interval holds chance in counting only. How much staining, gates and the "
        "day of sampling add is not known, because no sample is recorded twice.",
        "Naive and memory cells are two parts of one whole: when one falls, the other must rise."
        if {MEMORY.name, NAIVE.name} <= set(words.labels)
        else "",
        "No group without treatment was followed." if len(chapter.study.config.arms) == 1 else "",
    ]
