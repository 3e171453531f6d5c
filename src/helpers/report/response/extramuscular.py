"""Whether responders began with more or less extramuscular activity than the others."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.response.response_groups import RESPONDERS
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import label_measures
from helpers.report.words import capitalise, count_noun, escape, format_number
from helpers.stats.exact.exact import rank_sum_test
from helpers.stats.result import StatisticResult


def pick_baseline(core_set: pd.DataFrame, measure: str, config: StudyConfig) -> pd.Series:
    """Give each patient's baseline value of one measure; index patient_id."""
    baseline = core_set[core_set["month"] == config.baseline_month]
    return baseline.set_index("patient_id")[measure]


def compare_responders(values: pd.Series, groups: pd.Series) -> StatisticResult:
    """Compare the values of responders with those of everybody else by the exact rank-sum test."""
    of_patient = groups.reindex(values.index)
    test = rank_sum_test(values[of_patient == RESPONDERS], values[of_patient != RESPONDERS])
    return replace(test, reason="one of the two groups has no value") if test.reason else test


def read_shift(shift: StatisticResult) -> tuple[float, float, float] | None:
    """Give the estimate of a shift and its limits, or nothing where one of them is missing."""
    if shift.estimate is None or shift.interval is None:
        return None
    return (shift.estimate, *shift.interval)


def label_extramuscular(config: StudyConfig) -> str:
    """Label the axis of extramuscular activity at baseline."""
    return capitalise(f"{label_measures(config)['extramuscular']},\nbaseline")


def record_extramuscular(numbers: Numbers, shift: StatisticResult) -> None:
    """Record the shift of baseline extramuscular activity between responders and others."""
    numbers.record_statistic("extramuscular.shift", shift, source="core_set", unit="scale points")


def caption_extramuscular(shift: StatisticResult) -> str:
    """Caption the figure of extramuscular activity by response."""
    missing = (
        f" {count_noun(shift.n_missing, 'patient')} without a value." if shift.n_missing else ""
    )
    right = f" Right: shift with its interval ({escape(shift.method)})." if shift.interval else ""
    return (
        f"Extramuscular activity at baseline by response (n = {shift.n_used}); line: median."
        f"{right}{missing}"
    )


def describe_extramuscular(numbers: Numbers, *, plain: bool = False) -> str:
    """Say how far responders began above or below the others; `plain` without links, for alt."""
    shift = numbers["extramuscular.shift"]
    if shift.value is None:
        return f"Responders and others cannot be compared: {shift.reason}."
    size = float(str(shift.value))
    noun = "point" if abs(size) == 1 else "points"
    way = f"{noun} {'above' if size > 0 else 'below'}" if size else "points away from"
    sentence = (
        f"Responders began {shift.link(format_number(abs(size)))} {way} the others "
        f"({shift.interval or 'no interval'}; {shift.p_text}, n = {shift.n})."
    )
    return unescape(re.sub(r"<[^>]+>", "", sentence)) if plain else sentence
