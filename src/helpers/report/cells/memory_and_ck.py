"""Whether memory cells before treatment went with the fall of creatine kinase."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.laboratory.t_cells import MEMORY
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL, NOT_ADJUSTED
from helpers.report.panels.paired import PairWords
from helpers.report.words import capitalise, escape, format_number, format_p_value
from helpers.stats.exact.exact import spearman_test
from helpers.stats.result import StatisticResult
from helpers.stats.topics.robustness import leave_one_out

FEWEST_LEFT = 4
"""Patients from which on each one in turn is left out of a correlation."""


def label_memory_axes(config: StudyConfig, words: PairWords) -> dict[str, str]:
    """Label the axes of the figure of memory cells and creatine kinase."""
    first, second = words.ends
    unit = words.units.get(MEMORY.name, "%")
    return {
        "x_label": f"memory CD4 cells at {first}, {unit}",
        "y_label": f"fall of creatine kinase by {second}, {config.instruments.ck.shown_unit}",
    }


def correlate_memory(pairs: pd.DataFrame) -> dict[str, StatisticResult]:
    """Correlate memory cells of baseline with the fall of CK, in its unit and in per cent.

    Parameters
    ----------
    pairs : DataFrame
        From `helpers.derive.laboratory.t_cells.derive_memory_and_ck`.

    Returns
    -------
    dict of str to StatisticResult
        ``fall`` and ``fall_percent``: exact Spearman.
    """
    return {name: spearman_test(pairs["memory"], pairs[name]) for name in ("fall", "fall_percent")}


def record_memory_and_ck(
    numbers: Numbers, pairs: pd.DataFrame, correlations: Mapping[str, StatisticResult]
) -> None:
    """Record both correlations, and what leaving each patient out does to the first."""
    source = ["t_cells", *(["core_set"] if numbers.study.has("core_set") else [])]
    _record_left_out(numbers, pairs, source)
    for name, test in correlations.items():
        numbers.record_statistic(
            f"t_cells.memory_and_ck.{name}",
            test,
            unit="Spearman rho",
            digits=2,
            source=source,
        )


def describe_memory_and_ck(numbers: Numbers, words: PairWords) -> list[str]:
    """Say whether CK fell less in patients with more memory cells, and how sure that is."""
    rho, share = (numbers[f"t_cells.memory_and_ck.{n}"] for n in ("fall", "fall_percent"))
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
        _describe_left_out(numbers),
    ]


def _describe_left_out(numbers: Numbers) -> str:
    if "t_cells.memory_and_ck.left_out" not in numbers:
        return ""
    spread = numbers["t_cells.memory_and_ck.left_out"]
    ends = " and ".join(format_number(end, digits=2) for end in (spread.low, spread.high))
    return f"Whoever is left out, rho of the others lies between {spread.link(ends)}."


def _record_left_out(numbers: Numbers, pairs: pd.DataFrame, source: list[str]) -> None:
    if len(pairs) < FEWEST_LEFT:
        return
    again = leave_one_out(pairs, lambda rest: spearman_test(rest["memory"], rest["fall"]))
    rhos = again["estimate"].astype("float64").dropna()
    if rhos.empty:
        return
    numbers.record(
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


def summarise_memory(numbers: Numbers, words: PairWords) -> str:
    """Sum the relation of memory cells and CK up in one sentence."""
    rho = numbers["t_cells.memory_and_ck.fall"]
    if rho.value is None:
        return ""
    first, second = (escape(end) for end in words.ends)
    found = ", ".join(filter(None, [rho.interval, rho.p_text]))
    return (
        f"Memory CD4 cells at {first} against the fall of CK by {second}: rho {rho} ({found}, "
        f"n = {rho.n})."
    )


def conclude_memory(numbers: Numbers, words: PairWords) -> str:
    """Say what memory cells before treatment allow to conclude of CK; nothing without a test."""
    rho = numbers["t_cells.memory_and_ck.fall"]
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
        f"Many memory cells at {first} went with a {sense} course of CK, a clear "
        f"relation ({rho.p_text}, {NOT_ADJUSTED}).{strength} It was found in the "
        f"patients in whom it was looked for (n = {rho.n}), so it is a candidate to be tested in "
        "others and no guide for treatment."
    )
