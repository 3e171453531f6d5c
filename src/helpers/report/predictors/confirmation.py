"""In how many new patients a predictor could be confirmed."""

from __future__ import annotations

import pandas as pd

from helpers.report.estimates import explain_missing
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL
from helpers.report.predictors.candidates import BY_NAME
from helpers.report.words import escape, format_percent, is_missing
from helpers.stats.topics.biomarkers import count_patients_to_confirm


def record_confirmation(
    numbers: Numbers, comparison: pd.DataFrame, predictor: str, *, power: float
) -> None:
    """Record in how many new patients the predictor would be confirmed."""
    row = comparison[comparison["candidate"] == predictor]
    responders = numbers["groups.responders"]
    known = responders.value is not None and responders.n
    share = int(str(responders.value)) / (responders.n or 1) if known else float("nan")
    for end, column in (("seen", "auc"), ("limit", _nearest_limit(row))):
        area = float(row[column].iloc[0]) if len(row) else float("nan")
        crossed = end == "limit" and len(row) and _crosses_half(row)
        count = (
            None
            if is_missing(area) or is_missing(share) or crossed
            else count_patients_to_confirm(area, share=share, power=power)
        )
        numbers.record(
            f"planning.confirm.{end}",
            count,
            unit="patients in all",
            method=f"Noether's formula for the rank-sum test, two-sided {LEVEL:g}, power "
            f"{format_percent(power)}",
            reason=explain_missing(
                count, "its interval holds 0.5" if crossed else "it could not be compared"
            ),
            source=sorted({"core_set", BY_NAME[predictor].source.table}),
        )


def _nearest_limit(row: pd.DataFrame) -> str:
    return "auc_high" if len(row) and float(row["auc"].iloc[0]) < 0.5 else "auc_low"


def _crosses_half(row: pd.DataFrame) -> bool:
    return bool(float(row["auc_low"].iloc[0]) <= 0.5 <= float(row["auc_high"].iloc[0]))


def describe_confirmation(numbers: Numbers, predictor: str, *, power: float) -> str:
    """Say in how many new patients the headline predictor could be confirmed."""
    seen, limit = numbers["planning.confirm.seen"], numbers["planning.confirm.limit"]
    label = escape(BY_NAME[predictor].label)
    if is_missing(seen.value):
        return ""
    first = (
        f"To confirm {label} with the AUC seen here, with {format_percent(power)} power and the "
        f"same share of responders, takes {seen} new patients; the AUC seen is likely too high"
    )
    if is_missing(limit.value):
        return f"{first}, and at the nearer end of its interval there is nothing to confirm."
    return f"{first}, and at the nearer end of its interval it takes {limit}."
