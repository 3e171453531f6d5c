"""The computed improvement beside the one that a publication printed of single patients."""

from __future__ import annotations

import pandas as pd

from helpers.report.numbers import Numbers
from helpers.report.words import count_noun, link_patients

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
        One row per printed flag: patient, month, computed, published, agrees, why. Empty where
        nothing was printed.
    """
    columns = ["patient", "month", "computed", "published", "agrees", "why"]
    if published_flags is None:
        return pd.DataFrame(columns=columns)
    printed = published_flags[published_flags["flag"] == PUBLISHED_FLAG]
    both = printed.merge(improvement, on=["patient_id", "month"], how="left", validate="1:1")
    agrees = (both["improved"] == both["value"]).fillna(False).astype(bool)
    both = both.assign(patient=both["patient_id"], computed=both["improved"], agrees=agrees)
    return both.assign(published=both["value"], why=both["reason"])[columns]


def record_agreement(numbers: Numbers, comparison: pd.DataFrame) -> None:
    """Record how many printed flags the computation reproduces; nothing where none was printed."""
    if comparison.empty:
        return
    numbers.record(
        "published.reproduced",
        int(comparison["agrees"].sum()),
        n=len(comparison),
        unit="published flags",
        source=["core_set", "published_flags"],
        method="computed improvement compared with the printed flag, patient by patient",
    )


def describe_agreement(numbers: Numbers, comparison: pd.DataFrame) -> str:
    """Say how many printed flags are reproduced, and name the patients where they are not."""
    if comparison.empty:
        return "The publication printed no flags of single patients: there is nothing to compare."
    reproduced = numbers["published.reproduced"]
    differing = comparison.loc[~comparison["agrees"], "patient"]
    flags = count_noun(len(comparison), "published flag")
    sentence = f"The computation reproduces {reproduced} of {flags}"
    if differing.empty:
        return f"{sentence}; no patient differs."
    return f"{sentence}; it differs in {link_patients(differing)}, listed below with the reason."


def list_disagreements(comparison: pd.DataFrame) -> pd.DataFrame:
    """Keep the patients whose computed response differs from the printed one."""
    return comparison[~comparison["agrees"].astype(bool)].drop(columns="agrees")
