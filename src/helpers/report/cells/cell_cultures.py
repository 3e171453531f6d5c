"""What cells in culture made less or more of when something was added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.estimates import caption_coverage
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL, find_least, name_test
from helpers.report.panels.paired import PairWords
from helpers.report.panels.paired_changes import describe_pairs, record_changes
from helpers.report.words import escape, join_words
from helpers.stats.paired import summarise_pairs

DONORS = "donors"


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
        From `helpers.derive.laboratory.t_cells.derive_culture_pairs`.
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


def record_cultures(numbers: Numbers, changes: pd.DataFrame, words: PairWords) -> None:
    """Record the change of each analyte, and in how many donors it was lower."""
    record_changes(numbers, changes, words)
    for row in list_rows(changes):
        numbers.record(
            words.name("fell", row["panel"], row["group"]),
            row["n_lower"],
            n=row["n"],
            unit="donors",
            source=words.table,
        )


def describe_cultures(numbers: Numbers, changes: pd.DataFrame, words: PairWords) -> str:
    """Say in how many donors each analyte fell when something was added, and by how much."""
    if changes.empty:
        return "No cultures were measured in this study."
    return " ".join(_describe_culture(numbers, row, words) for row in list_rows(changes))


def _describe_culture(numbers: Numbers, row: Mapping[str, Any], words: PairWords) -> str:
    change = numbers[words.name("change", row["panel"], row["group"])]
    fell = numbers[words.name("fell", row["panel"], row["group"])]
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
    """Caption the figure of cultures; empty where there are none."""
    if changes.empty:
        return ""
    sizes = join_words(f"{escape(row['panel'])} n = {row['n']}" for row in list_rows(changes))
    return (
        f"Each line is a donor's cells, “{escape(words.ends[0])}” and “{escape(words.ends[1])}” "
        f"({sizes} donors); the narrow axis shows the differences. Black: their Hodges-Lehmann "
        f"centre with its exact 95 % interval.{caption_coverage(changes) if len(changes) else ''} "
        f"Test: {name_test(changes)}. Donors are not matched to patients."
    )


def conclude_culture(numbers: Numbers, cultures: pd.DataFrame, words: PairWords) -> str:
    """Say what the culture with the smallest p-value shows, and what it cannot."""
    least = find_least(cultures)
    if least is None:
        return ""
    change = numbers[words.name("change", least["panel"], least["group"])]
    label, added = escape(least["panel"]), escape(words.ends[1])
    if least["p_value"] >= LEVEL:
        return f"In culture “{added}” is not shown to change {label} ({change.p_text})."
    way = "less" if least["change"] < 0 else "more"
    return (
        f"In culture, where only the addition differs, cells made {way} {label} with “{added}” "
        f"({change.p_text}). A culture shows that it can happen; it does not show that it happens "
        "in a patient, or that it helps."
    )
