"""Claims about the muscle biopsies before and after treatment."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.report.claims_rules import (
    Evidence,
    Finding,
    Rule,
    absent,
    count,
    judge_all,
    judge_direction,
    judge_no_change,
)
from helpers.stats.exact import signed_rank_test, spearman_test

BEFORE, AFTER = 0.0, 6.0


def count_repeated(evidence: Evidence) -> Finding:
    """Count patients with a stained biopsy at both months."""
    biopsies = evidence.table("biopsies")
    months = biopsies.dropna(subset=["value"]).groupby("patient_id")["month"]
    both = months.agg(lambda seen: {BEFORE, AFTER} <= set(seen))
    return count(both.index[both.astype(bool)])


def list_months(evidence: Evidence) -> Finding:
    """List the months at which biopsies were taken."""
    months = sorted(evidence.table("biopsies")["month"].unique())
    text = ", ".join(f"{month:g}" for month in months)
    return judge_all(holds=months == [BEFORE, AFTER], text=f"months {text}")


def compare_stain(marker: str) -> Callable[[Evidence], Finding]:
    """Make a rule that tests the change of one stain."""

    def compute(evidence: Evidence) -> Finding:
        values = spread_stain(evidence, marker)
        if values.empty:
            return absent(f"no rows of {marker} in the table biopsies")
        return judge_no_change({"": signed_rank_test(values[AFTER] - values[BEFORE])})

    return compute


def count_expressed(*, responders: bool) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients with IL-1Ra expression after treatment."""

    def compute(evidence: Evidence) -> Finding:
        biopsies = evidence.table("biopsies")
        group = evidence.responders if responders else evidence.non_responders
        after = biopsies[(biopsies["marker"] == "IL-1Ra") & (biopsies["month"] == AFTER)]
        after = after[after["patient_id"].isin(group)].dropna(subset=["expressed"])
        if after.empty:
            return absent("no IL-1Ra after treatment in the table biopsies")
        seen = after.groupby("patient_id")["expressed"].any()
        return count(seen.index[seen.astype(bool)], of=len(seen))

    return compute


def correlate_with_index(marker: str) -> Callable[[Evidence], Finding]:
    """Make a rule that correlates a baseline stain with the Functional Index after treatment."""

    def compute(evidence: Evidence) -> Finding:
        rows = evidence.table("functional_index")
        later = rows[rows["month"] == AFTER].set_index("patient_id")["fi"]
        both = pd.concat([spread_stain(evidence, marker)[BEFORE], later], axis=1, join="inner")
        return judge_direction(spearman_test(both[BEFORE], both["fi"]), expected="down")

    return compute


def spread_stain(evidence: Evidence, marker: str) -> pd.DataFrame:
    """Lay out one stain: one row for each patient, a column for each month, mean of readers."""
    biopsies = evidence.table("biopsies")
    rows = biopsies[biopsies["marker"] == marker]
    wide = rows.groupby(["patient_id", "month"])["value"].mean().unstack("month")
    return wide.reindex(columns=[BEFORE, AFTER])


_BIOPSIES = ("biopsies",)
_WITH_RESPONSE = ("biopsies", "core_set")
_WITH_INDEX = ("biopsies", "functional_index")
_CHANGE = "exact signed-rank test of the change from month 0 to month 6, "
_INVERSE = "exact Spearman correlation with the Functional Index of month 6, baseline "
_EXPRESSED = "IL-1Ra seen in the biopsy after treatment, "

RULES: dict[str, Rule] = {
    "BIO-01": Rule(count_repeated, _BIOPSIES, "patients with a scored biopsy at months 0 and 6"),
    "BIO-02": Rule(list_months, _BIOPSIES, "months in the table biopsies"),
    "BIO-03": Rule(compare_stain("mononuclear infiltrate"), _BIOPSIES, _CHANGE + "all infiltrate"),
    "BIO-04": Rule(compare_stain("CD3"), _BIOPSIES, _CHANGE + "CD3"),
    "BIO-05": Rule(compare_stain("IL-1alpha"), _BIOPSIES, _CHANGE + "IL-1alpha"),
    "BIO-06": Rule(compare_stain("IL-1beta"), _BIOPSIES, _CHANGE + "IL-1beta"),
    "BIO-07": Rule(compare_stain("MHC class I"), _BIOPSIES, _CHANGE + "MHC class I"),
    "BIO-08": Rule(
        count_expressed(responders=True), _WITH_RESPONSE, _EXPRESSED + "responders", with_n=True
    ),
    "BIO-09": Rule(
        count_expressed(responders=False),
        _WITH_RESPONSE,
        _EXPRESSED + "non-responders",
        with_n=True,
    ),
    "BIO-10": Rule(correlate_with_index("CD163"), _WITH_INDEX, _INVERSE + "CD163"),
    "BIO-11": Rule(correlate_with_index("IL-1alpha"), _WITH_INDEX, _INVERSE + "IL-1alpha"),
}
"""Claims of the anakinra trial about biopsies."""
