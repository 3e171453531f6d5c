"""Arms compared: how much more a measure changed in one than in its declared reference."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.report.estimates import caption_coverage, record_estimate, write_limits
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import FAMILY, SHORT_LABELS
from helpers.report.words import (
    escape,
    format_number,
    is_missing,
    join_words,
    name_group,
    shorten_p_value,
)
from helpers.stats.paired import adjust_p_values

FIRST = "between_arms"
NO_CONTROL = (
    "There is one arm only, so nothing can be held against a control. Patients enter a trial when "
    "they are worse than usual, and would on average be better later without any treatment "
    "(regression to the mean); the natural course of the disease and of other drugs acts as well. "
    "A change from baseline holds all of these."
)
NOT_DECLARED = (
    "No reference arm is declared for this study, so the arms are not compared with each other."
)


def adjust_contrasts(changes: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Adjust the p-values of the core set together, for all contrasts and visits.

    Parameters
    ----------
    changes : DataFrame
        From `helpers.stats.groups.compare_changes`.
    config : StudyConfig
        Its family ``core_set``; where none is declared nothing is adjusted.

    Returns
    -------
    DataFrame
        `changes` with a column adjusted.
    """
    family = config.endpoint_families.get(FAMILY)
    if changes.empty or family is None:
        return changes.assign(adjusted=float("nan"))
    inside = changes["p_value"].where(changes["measure"].isin(family.endpoints)).astype("float64")
    return changes.assign(adjusted=adjust_p_values(inside, adjustment=family.adjustment))


def name_measure(measure: str) -> str:
    """Name a measure of the core set, or a test by its own name."""
    return SHORT_LABELS.get(measure, "Functional Index" if measure == "fi" else measure)


def name_difference(row: dict[str, object]) -> str:
    """Name a difference in the ledger."""
    arms = f"{name_group(str(row['arm']))}.against.{name_group(str(row['against']))}"
    measure = name_group(str(row["measure"])) if " " in str(row["measure"]) else row["measure"]
    return f"{FIRST}.{arms}.{measure}.month_{row['month']:g}"


def record_differences(numbers: Numbers, changes: pd.DataFrame, *, source: Sequence[str]) -> None:
    """Record each difference of changes with its interval and p-value."""
    for row in list_rows(changes):
        record_estimate(numbers, name_difference(row), row, value="difference", source=source)


def tabulate_differences(changes: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out how much more each measure changed in one arm than in its reference."""
    rows = []
    for row in list_rows(changes):
        limits = write_limits(row["low"], row["high"], achieved=row["achieved"])
        cells = {
            "visit": config.label_month(row["month"]),
            "contrast": f"{row['arm']} against {row['against']}",
            "measure": name_measure(row["measure"]),
            "n": f"{row['n_arm']} and {row['n_against']}",
            "median changes": f"{format_number(row['median_arm'])} and "
            f"{format_number(row['median_against'])}",
            "difference (95 % interval)": "not defined"
            if is_missing(row["difference"])
            else f"{format_number(row['difference'])} ({limits})",
            "exact p": shorten_p_value(row["p_value"]),
        }
        if changes["adjusted"].notna().any():
            cells["adjusted p"] = (
                "" if is_missing(row["adjusted"]) else shorten_p_value(row["adjusted"])
            )
        rows.append(cells)
    return pd.DataFrame(rows)


def caption_differences(changes: pd.DataFrame, config: StudyConfig) -> str:
    """Caption the table of differences between arms."""
    family = config.endpoint_families.get(FAMILY)
    adjusted = (
        "; p-values of the core set adjusted together"
        if family is not None and family.adjustment != "none"
        else "; p-values not adjusted"
    )
    return (
        "Changes from baseline, arm against declared reference. Difference: Hodges-Lehmann shift "
        "of the changes with its exact interval; p: exact rank-sum test, two-sided"
        f"{adjusted}.{caption_coverage(changes) if len(changes) else ''}"
    )


def describe_differences(numbers: Numbers, changes: pd.DataFrame) -> str:
    """Say which differences between arms have an interval without zero, all of them counted."""
    config = numbers.study.config
    if len(config.arms) == 1:
        return NO_CONTROL
    if not config.comparisons:
        return NOT_DECLARED
    tested = [row for row in list_rows(changes) if not is_missing(row["p_value"])]
    if not tested:
        return "No change could be compared between arms: nobody has values at both visits."
    clear = [row for row in tested if row["low"] > 0 or row["high"] < 0]
    compared = f"{len(tested)} changes were compared between arms"
    if not clear:
        return f"{compared}; every interval of a difference holds zero."
    parts = [_describe_difference(numbers, row, config) for row in clear]
    without = f"the interval of the difference leaves out zero in {len(clear)}"
    return f"{compared}; {without}: {join_words(parts)}."


def _describe_difference(numbers: Numbers, row: dict[str, object], config: StudyConfig) -> str:
    found = numbers[name_difference(row)]
    adjusted = row["adjusted"]
    told = "" if is_missing(adjusted) else f", adjusted {shorten_p_value(float(str(adjusted)))}"
    whom = (
        f", “{escape(row['arm'])}” against “{escape(row['against'])}”"
        if len(config.comparisons) > 1
        else ""
    )
    visit = config.label_month(float(str(row["month"])))
    return (
        f"{escape(name_measure(str(row['measure'])))} at {escape(visit)}{whom} ({found}, "
        f"{found.interval}; {found.p_text}{told})"
    )
