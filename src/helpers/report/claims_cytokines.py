"""Claims about IL-1Ra and G-CSF in serum."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from scipy import stats

from helpers.report.claims_rules import (
    Evidence,
    Finding,
    Rule,
    absent,
    count,
    judge_direction,
    judge_no_change,
)
from helpers.report.words import format_number
from helpers.stats.exact import rank_sum_test, signed_rank_test

BEFORE, AFTER = 0.0, 6.0
ANALYTES = ("IL-1Ra", "G-CSF")


def describe_level(analyte: str, month: float, evidence: Evidence) -> Finding:
    """Give mean, range and n of one protein at one month."""
    levels = spread_analyte(evidence, analyte)[month].dropna()
    if levels.empty:
        return absent(f"no {analyte} of month {month:g} in the table cytokines")
    mean, low, high = levels.mean(), levels.min(), levels.max()
    text = (
        f"{format_number(mean)}, range {format_number(low)} to {format_number(high)}, "
        f"n = {len(levels)}"
    )
    return Finding(value=mean, low=low, high=high, n=len(levels), text=text)


def count_still_treated(evidence: Evidence) -> Finding:
    """Count patients with a baseline serum who still took anakinra at month 6."""
    before = spread_analyte(evidence, "IL-1Ra")[BEFORE].dropna()
    courses = evidence.table("medications")
    drug = courses[courses["drug"].str.casefold() == "anakinra"]
    still = drug[drug["end_month"].isna() | (drug["end_month"] >= AFTER)]
    return count(set(still["patient_id"]) & set(before.index), of=len(before))


def judge_rise(evidence: Evidence) -> Finding:
    """Test the rise of IL-1Ra as the source did: the normal approximation of the signed ranks."""
    levels = spread_analyte(evidence, "IL-1Ra").dropna()
    change = levels[AFTER] - levels[BEFORE]
    if change.empty:
        return absent("no pairs of IL-1Ra in the table cytokines")
    p_value = approximate_signed_rank(change)
    exact = signed_rank_test(change).p_value
    rising = f"{int((change > 0).sum())} of {len(change)} rise"
    text = f"p = {format_number(p_value)} (normal approximation), {rising}"
    note = f"the exact p is {format_number(exact)}"
    return Finding(p_value=p_value, n=len(change), text=text, note=note)


def approximate_signed_rank(
    change: Sequence[float] | pd.Series, *, correction: bool = False
) -> float:
    """Give the signed-rank p of the normal approximation, to tell how a source found its p.

    >>> round(approximate_signed_rank(range(1, 11)), 6)
    0.005062
    """
    result = stats.wilcoxon(list(change), method="asymptotic", correction=correction)
    return float(result.pvalue)


def judge_fall(evidence: Evidence) -> Finding:
    """Test the fall of G-CSF."""
    levels = spread_analyte(evidence, "G-CSF")
    return judge_direction(signed_rank_test(levels[AFTER] - levels[BEFORE]), expected="down")


def judge_unrelated(evidence: Evidence) -> Finding:
    """Compare responders with non-responders in every level and change."""
    results = {}
    for analyte in ANALYTES:
        levels = spread_analyte(evidence, analyte)
        change = levels[AFTER] - levels[BEFORE]
        named = {"month 0": levels[BEFORE], "month 6": levels[AFTER], "change": change}
        for name, values in named.items():
            yes = values[values.index.isin(evidence.responders)]
            no = values[values.index.isin(evidence.non_responders)]
            results[f"{analyte}, {name}"] = rank_sum_test(yes, no)
    return judge_no_change(results)


def spread_analyte(evidence: Evidence, analyte: str) -> pd.DataFrame:
    """Lay out one protein: one row for each patient, a column for each month.

    A value below the limit of quantification stands at the limit, so ranks tie there.
    """
    cytokines = evidence.table("cytokines")
    rows = cytokines[cytokines["analyte"] == analyte]
    wide = rows.pivot(index="patient_id", columns="month", values="concentration")
    return wide.reindex(columns=[BEFORE, AFTER])


_SERUM = ("cytokines",)
_IMPOSSIBLE = "mean and range of month 6 (the source prints a range that cannot be)"

RULES: dict[str, Rule] = {
    "SER-01": Rule(
        lambda evidence: describe_level("IL-1Ra", BEFORE, evidence),
        _SERUM,
        "mean and range of IL-1Ra at month 0",
        with_n=True,
    ),
    "SER-03": Rule(
        count_still_treated,
        ("cytokines", "medications"),
        "patients with IL-1Ra at month 0 whose anakinra course covers month 6",
        with_n=True,
    ),
    "SER-04": Rule(
        lambda evidence: describe_level("IL-1Ra", AFTER, evidence),
        _SERUM,
        "mean of IL-1Ra at month 6",
    ),
    "SER-05": Rule(lambda evidence: describe_level("IL-1Ra", AFTER, evidence), _SERUM, _IMPOSSIBLE),
    "SER-06": Rule(
        judge_rise, _SERUM, "signed-rank test of IL-1Ra, normal approximation as in the source"
    ),
    "SER-07": Rule(
        judge_fall,
        _SERUM,
        "exact signed-rank test of G-CSF from month 0 to month 6, shift in pg/mL",
    ),
    "SER-08": Rule(
        judge_unrelated,
        ("cytokines", "core_set"),
        "exact rank-sum tests of responders against non-responders, levels and changes",
    ),
}
"""Claims of the anakinra trial about serum; SER-02 is about other people and has no rule."""
