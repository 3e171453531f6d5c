"""Proteins in serum at each visit: levels, limits of quantification, range of healthy people."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.panels.paired import PairWords
from helpers.report.words import (
    escape,
    format_number,
    join_words,
    link_by_reason,
    link_patient,
    name_group,
)


def record_outside(numbers: Numbers, cytokines: pd.DataFrame, outside: pd.DataFrame) -> None:
    """Record how many values of each protein lie outside quantification."""
    for analyte, values in cytokines.groupby("analyte", sort=False):
        numbers.record(
            f"serum.outside.{name_group(str(analyte))}",
            int((outside["analyte"] == analyte).sum()),
            n=int(values["concentration"].notna().sum()),
            unit="values outside quantification",
            source="cytokines",
        )


def describe_outside(numbers: Numbers, outside: pd.DataFrame, config: StudyConfig) -> str:
    """Say how many values lie outside quantification, and whose they are."""
    if outside.empty:
        return "Every value lies within the limits of quantification."
    parts = []
    for analyte, rows in outside.groupby("analyte", sort=False):
        counted = numbers[f"serum.outside.{name_group(str(analyte))}"]
        who = join_words(_name_outside(row, config) for row in list_rows(rows))
        parts.append(f"{counted} of {counted.n} values of {escape(analyte)} ({who})")
    return (
        f"Outside quantification: {join_words(parts)}. Such a value is drawn as a triangle at the "
        "limit and keeps its place as lowest or highest; it is never replaced by a guess."
    )


def _name_outside(row: Mapping[str, object], config: StudyConfig) -> str:
    visit = escape(config.label_month(float(str(row["month"]))))
    limit = f"{format_number(row['limit'])} {escape(row['unit'])}"
    return f"{link_patient(row['patient_id'])} at {visit}: {row['bound']} {limit}"


def record_levels(numbers: Numbers, levels: pd.DataFrame, words: PairWords) -> None:
    """Record the mean level of each protein at each visit, with its range in the method."""
    for row in list_rows(levels):
        numbers.record(
            words.name("mean", row["analyte"], numbers.study.config.label_month(row["month"])),
            row["mean"],
            n=row["n"],
            unit=words.units.get(row["analyte"], ""),
            method=f"mean of the patients; range {_write_range(row)}",
            source="cytokines",
        )


def tabulate_levels(levels: pd.DataFrame, words: PairWords, config: StudyConfig) -> pd.DataFrame:
    """Lay out the levels of each protein at each visit: n, mean, median and range."""
    return pd.DataFrame(
        [
            {
                "protein": ", ".join(
                    filter(None, [row["analyte"], words.units.get(row["analyte"], "")])
                ),
                "visit": config.label_month(row["month"]),
                "patients": row["n"],
                "outside quantification": row["n_outside"],
                "mean": format_number(row["mean"]),
                "median": format_number(row["median"]),
                "range": _write_range(row),
            }
            for row in list_rows(levels)
        ]
    )


def _write_range(row: Mapping[str, object]) -> str:
    low, high = format_number(row["lowest"]), format_number(row["highest"])
    low = f"below {low}" if row["lowest_is_limit"] else low
    return f"{low} to above {high}" if row["highest_is_limit"] else f"{low} to {high}"


def caption_levels(levels: pd.DataFrame) -> str:
    """Caption the table of levels."""
    n = int(levels["n"].max()) if len(levels) else 0
    return (
        f"Levels of everybody with serum at a visit, also of those without a pair (n = {n} at "
        "most). Values outside quantification count with their limit. No tests: the levels are "
        "described."
    )


def record_reference(numbers: Numbers, flags: pd.DataFrame, words: PairWords) -> None:
    """Record how many patients had more than any of the healthy people, at each visit compared."""
    config = numbers.study.config
    for (analyte, month), part in flags.groupby(["analyte", "month"], sort=False):
        known = part["above"].dropna().astype(bool)
        visit = config.label_month(float(str(month)))
        numbers.record(
            words.name("above_healthy", str(analyte), visit),
            int(known.sum()),
            n=len(known),
            unit="patients",
            method=f"above {config.references[str(analyte)].high:g} "
            f"{config.references[str(analyte)].unit}",
            source="cytokines",
        )


def describe_reference(numbers: Numbers, flags: pd.DataFrame, words: PairWords) -> str:
    """Say how many patients lay above the range of healthy people before treatment."""
    references = numbers.study.config.references
    parts = []
    for analyte in words.labels:
        name = words.name("above_healthy", analyte, words.ends[0])
        if name in numbers:
            healthy, above = references[analyte], numbers[name]
            mean = "" if healthy.mean is None else f"; mean {format_number(healthy.mean)}"
            parts.append(
                f"At {escape(words.ends[0])}, {above} of {above.n} patients had more "
                f"{escape(analyte)} than any of the healthy people measured elsewhere "
                f"({format_number(healthy.low)} to {format_number(healthy.high)} "
                f"{escape(healthy.unit)}{mean}; {escape(healthy.source)})."
            )
    unknown = [escape(analyte) for analyte in words.labels if analyte not in references]
    if unknown:
        parts.append(f"For {join_words(unknown)} the study gives no range of healthy people.")
    return " ".join(parts)


def name_band(config: StudyConfig, words: PairWords) -> dict[str, tuple[float, float]]:
    """Give the range of healthy people of each protein that has one, for the figure."""
    return {
        analyte: (config.references[analyte].low, config.references[analyte].high)
        for analyte in words.labels
        if analyte in config.references
    }


def explain_band(config: StudyConfig, words: PairWords, outside: pd.DataFrame) -> str:
    """Explain the band and the triangles of the figure, for its caption."""
    known = [analyte for analyte in words.labels if analyte in config.references]
    band = "".join(
        f" Band: lowest to highest value of healthy people for {escape(analyte)} "
        f"({escape(config.references[analyte].source)})."
        for analyte in known
    )
    if outside.empty:
        return band
    return f"{band} Triangle: a limit of quantification; the value itself lies beyond it."


def describe_open_changes(pairs: pd.DataFrame) -> str:
    """Name those whose change is not known although both values are there."""
    known = ["", "never measured", "no baseline value", "no value after treatment"]
    rows = pairs[~pairs["reason"].isin(known)]
    named = link_by_reason(rows["patient_id"], rows["panel"] + ": " + rows["reason"])
    return f"Left out of the changes: {named}." if named else ""
