"""The computed improvement beside the one that a publication printed of single patients."""

from __future__ import annotations

import pandas as pd

from helpers.report.numbers import Numbers
from helpers.report.words import capitalise, count_noun, link_patients

PUBLISHED_FLAG = "imacs_improvement"
"""Flag of the table published_flags that holds the improvement as it was printed."""


def compare_with_published(
    improvement: pd.DataFrame, published_flags: pd.DataFrame | None
) -> pd.DataFrame:
    """Hold the computed improvement against the flags that a publication printed.

    Parameters
    ----------
    improvement : DataFrame
        From `helpers.derive.response.imacs.flag_imacs_improvement`.
    published_flags : DataFrame or None
        The study's table; None where nothing was printed of single patients.

    Returns
    -------
    DataFrame
        One row per printed flag: patient, month, computed, published, agrees (missing where it
        could not be computed), why. Empty where nothing was printed.
    """
    columns = ["patient", "month", "computed", "published", "agrees", "why"]
    if published_flags is None:
        return pd.DataFrame(columns=columns)
    printed = published_flags[published_flags["flag"] == PUBLISHED_FLAG]
    both = printed.merge(improvement, on=["patient_id", "month"], how="left", validate="1:1")
    agrees = (both["improved"] == both["value"]).astype("boolean").mask(both["improved"].isna())
    both = both.assign(patient=both["patient_id"], computed=both["improved"], agrees=agrees)
    return both.assign(published=both["value"], why=both["reason"])[columns]


def record_agreement(numbers: Numbers, comparison: pd.DataFrame) -> None:
    """Record how many printed flags the computation reproduces; nothing where none was printed."""
    if comparison.empty:
        return
    known = comparison["agrees"].dropna()
    numbers.record(
        "published.reproduced",
        int(known.sum()) if len(known) else None,
        n=len(known),
        unit="published flags",
        population=f"printed flags that could be computed, of {len(comparison)} printed",
        reason="" if len(known) else "none of the printed flags could be computed",
        source=["core_set", "published_flags"],
        method="computed improvement compared with the printed flag, patient by patient",
    )


def describe_agreement(numbers: Numbers, comparison: pd.DataFrame) -> str:
    """Say how many printed flags are reproduced, and name the patients where they are not."""
    if comparison.empty:
        return "The publication printed no flags of single patients: there is nothing to compare."
    reproduced = numbers["published.reproduced"]
    printed = count_noun(len(comparison), "published flag")
    if not reproduced.n:
        return f"None of {printed} could be computed, so nothing can be compared."
    unknown = comparison.loc[comparison["agrees"].isna(), "patient"]
    left = (
        f" {capitalise(count_noun(len(unknown), 'flag'))} could not be computed "
        f"({link_patients(unknown.unique())})."
        if len(unknown)
        else ""
    )
    differing = comparison.loc[(comparison["agrees"] == False).fillna(False), "patient"]  # noqa: E712
    of_these = printed if not len(unknown) else f"{reproduced.n} published flags that it can judge"
    sentence = f"The computation reproduces {reproduced} of {of_these}"
    if differing.empty:
        return f"{sentence}; no patient differs.{left}"
    return (
        f"{sentence}; it differs in {link_patients(differing)}, listed below with the reason.{left}"
    )


def list_disagreements(comparison: pd.DataFrame) -> pd.DataFrame:
    """Keep the patients whose computed response differs from the printed one."""
    return comparison[~comparison["agrees"].fillna(False).astype(bool)].drop(columns="agrees")
