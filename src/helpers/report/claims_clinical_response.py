"""Claims about who improved, when, and for how long."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from helpers.report.claims_rules import Evidence, Finding, Rule, count, judge_direction
from helpers.stats.exact import rank_sum_test


def count_responders(evidence: Evidence) -> Finding:
    """Count patients improved at one visit or more."""
    return count(evidence.responders)


def count_responders_with(diagnosis: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts responders of one diagnosis."""

    def compute(evidence: Evidence) -> Finding:
        return count(evidence.responders & evidence.with_diagnosis(diagnosis))

    return compute


def count_first_improved(
    month: float, *, until: float | None = None
) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients first improved at a month, and still so at a later one."""

    def compute(evidence: Evidence) -> Finding:
        best = evidence.best_response
        chosen = best["first_improved_month"] == month
        if until is not None:
            chosen &= best["sustained_until_month"] >= until
        return count(best.index[chosen])

    return compute


def count_best_response(category: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients of one best response."""

    def compute(evidence: Evidence) -> Finding:
        best = evidence.best_response["best_response"]
        return count(best.index[best == category])

    return compute


def count_fi_improvers(evidence: Evidence) -> Finding:
    """Count responders whose Functional Index improved too."""
    return count(evidence.responders & evidence.fi_improvers, of=len(evidence.responders))


def count_fi_improvers_with(diagnosis: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts responders of one diagnosis whose Functional Index improved."""

    def compute(evidence: Evidence) -> Finding:
        both = evidence.responders & evidence.fi_improvers
        return count(both & evidence.with_diagnosis(diagnosis))

    return compute


def compare_extramuscular(evidence: Evidence) -> Finding:
    """Compare baseline extramuscular activity of responders and non-responders."""
    core_set = evidence.table("core_set")
    baseline = core_set[core_set["month"] == evidence.config.baseline_month]
    values: pd.Series = baseline.set_index("patient_id")["extramuscular"]
    yes, no = values.index.isin(evidence.responders), values.index.isin(evidence.non_responders)
    return judge_direction(rank_sum_test(values[yes], values[no]), expected="up")


_CORE_SET = ("core_set",)
_DIAGNOSED = ("core_set", "patients")
_INDEX = ("core_set", "functional_index")
_INDEX_DIAGNOSED = ("core_set", "functional_index", "patients")
_BOTH = "responders whose Functional Index rose by 20 % of baseline at any visit"

RULES: dict[str, Rule] = {
    "RES-01": Rule(
        count_responders, _CORE_SET, "improved by the IMACS definition at one visit or more"
    ),
    "RES-02": Rule(count_responders_with("DM"), _DIAGNOSED, "responders with diagnosis DM"),
    "RES-03": Rule(count_responders_with("PM"), _DIAGNOSED, "responders with diagnosis PM"),
    "RES-04": Rule(count_responders_with("IBM"), _DIAGNOSED, "responders with diagnosis IBM"),
    "RES-05": Rule(count_first_improved(3), _CORE_SET, "first improved at month 3"),
    "RES-06": Rule(
        count_first_improved(3, until=6), _CORE_SET, "improved at month 3 and still at month 6"
    ),
    "RES-07": Rule(
        count_first_improved(6, until=12),
        _CORE_SET,
        "first improved at month 6 and still improved at month 12",
    ),
    "RES-08": Rule(count_first_improved(12), _CORE_SET, "first improved at month 12"),
    "RES-09": Rule(
        count_best_response("unchanged"),
        _CORE_SET,
        "neither improved nor worsened (IMACS) at any visit that could be judged",
    ),
    "RES-10": Rule(
        count_best_response("worsened"),
        _CORE_SET,
        "never improved, and worsened (IMACS) at one visit or more",
    ),
    "RES-11": Rule(count_fi_improvers, _INDEX, _BOTH),
    "RES-12": Rule(count_fi_improvers_with("DM"), _INDEX_DIAGNOSED, _BOTH + ", diagnosis DM"),
    "RES-13": Rule(count_fi_improvers_with("PM"), _INDEX_DIAGNOSED, _BOTH + ", diagnosis PM"),
    "RES-14": Rule(count_fi_improvers_with("IBM"), _INDEX_DIAGNOSED, _BOTH + ", diagnosis IBM"),
    "RES-15": Rule(
        compare_extramuscular,
        _CORE_SET,
        "exact rank-sum test of baseline extramuscular activity, shift of responders in units "
        "of the scale",
    ),
}
"""Claims of the anakinra trial about response."""
