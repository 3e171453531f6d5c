"""Whether a stain before treatment went with better or worse muscle performance later."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.derive.laboratory.ihc import PREDICTORS
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL, NOT_ADJUSTED
from helpers.report.panels.paired import PairWords
from helpers.report.words import (
    count_noun,
    escape,
    format_number,
    format_p_value,
    is_missing,
    join_words,
    link_by_reason,
    name_group,
)
from helpers.stats.result import StatisticResult


def record_predictors(numbers: Numbers, results: Mapping[str, StatisticResult]) -> None:
    """Record the correlation of each baseline stain with the Functional Index."""
    for panel, result in results.items():
        numbers.record_statistic(
            _name_predictor(panel),
            result,
            unit="Spearman's rho",
            digits=2,
            source=["biopsies", "functional_index"],
        )


def _name_predictor(panel: str) -> str:
    return f"biopsy.functional_index.{name_group(panel)}"


def title_predictors(words: PairWords) -> dict[str, str]:
    """Label the horizontal axis of each stain that is held against the Functional Index."""
    return {
        panel: f"{title} at {words.ends[0]}"
        for panel, title in words.title_panels().items()
        if panel in PREDICTORS
    }


def caption_predictors(results: Mapping[str, StatisticResult], words: PairWords) -> str:
    """Caption the scatter, with n, coefficient, interval and test of each panel."""
    if not results:
        return ""
    parts = [_write_correlation(panel, result, words) for panel, result in results.items()]
    tests = count_noun(len(results), "test")
    method = next(iter(results.values())).method
    return (
        f"Functional Index at {escape(words.ends[1])} (higher is better) against stains at "
        f"{escape(words.ends[0])}, a point per patient. {'; '.join(parts)}. {escape(method)}; not "
        f"adjusted for the {tests}."
    )


def _write_correlation(panel: str, result: StatisticResult, words: PairWords) -> str:
    label = escape(words.labels[panel])
    if result.estimate is None:
        return f"{label}: not defined, {escape(result.reason)} (n = {result.n_used})"
    rho = format_number(result.estimate, digits=2)
    return f"{label}: rho {rho}, {format_p_value(result.p_value)}, n = {result.n_used}"


def describe_predictors_figure(pairs: pd.DataFrame, words: PairWords) -> str:
    """Describe the scatter in plain words; where there is nothing to draw, say why."""
    known = pairs[pairs["reason"] == ""]
    if pairs.empty:
        return "the study has no Functional Index, or none of the stains was done."
    if known.empty:
        return "no patient has both a stained biopsy at baseline and a later Functional Index."
    parts = [
        f"{words.labels[str(panel)]} from {format_number(part['level'].min())} to "
        f"{format_number(part['level'].max())}, Functional Index from "
        f"{format_number(part['fi'].min())} to {format_number(part['fi'].max())}, "
        f"{count_noun(len(part), 'patient')}"
        for panel, part in known.groupby("panel", sort=False)
    ]
    return f"Points of Functional Index against stain. {'; '.join(parts)}."


def describe_predictors(
    numbers: Numbers, results: Mapping[str, StatisticResult], words: PairWords
) -> str:
    """Say of each stain whether more of it went with better or worse muscle performance."""
    return " ".join(_describe_predictor(numbers, panel, words) for panel in results)


def _describe_predictor(numbers: Numbers, panel: str, words: PairWords) -> str:
    found = numbers[_name_predictor(panel)]
    label = escape(words.labels[panel])
    if not isinstance(found.value, (int, float)):
        return f"{label} cannot be held against the Functional Index: {escape(found.reason)}."
    way = (
        "lower" if found.value < 0 else "higher" if found.value > 0 else "neither higher nor lower"
    )
    sure = (
        "a clear relation"
        if not is_missing(found.p_value) and found.p_value is not None and found.p_value < LEVEL
        else "but that is no clear relation"
    )
    interval = f"; {found.interval}" if found.interval else ""
    return (
        f"The more {label} a patient had at {escape(words.ends[0])}, the {way} the Functional "
        f"Index at {escape(words.ends[1])}, {sure} (rho {found}{interval}; {found.p_text}, "
        f"{NOT_ADJUSTED}; {found.n} patients)."
    ).replace("the neither higher nor lower", "neither higher nor lower")


def describe_left_out(pairs: pd.DataFrame) -> str:
    """Name the patients who could not stand in the scatter, with the reason."""
    if pairs.empty:
        return ""
    absent = pairs[pairs["reason"] != ""].drop_duplicates(["patient_id", "reason"])
    complete = set(pairs.loc[pairs["reason"] == "", "patient_id"])
    absent = absent[~absent["patient_id"].isin(complete)].drop_duplicates("patient_id")
    absent = absent.sort_values("patient_id")
    named = link_by_reason(absent["patient_id"], absent["reason"])
    return f"Not in the figure: {named}." if named else ""


def conclude_predictors(
    numbers: Numbers, results: Mapping[str, StatisticResult], words: PairWords
) -> str:
    """Say whether a biopsy before treatment may foretell performance; nothing without any."""
    if not results:
        return ""
    clear = [
        escape(words.labels[panel])
        for panel, result in results.items()
        if result.p_value is not None and result.p_value < LEVEL
    ]
    if not clear:
        return "Whether a biopsy before treatment foretells muscle performance stays open."
    return (
        f"The amount of {join_words(clear)} before treatment may mark patients whose muscle "
        "performance stays low. This was looked for in few patients, without adjusting for how ill "
        "they were; it is a question for other patients, not yet an answer."
    )
