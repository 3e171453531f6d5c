"""The chapter on muscle biopsies as a whole: its methods, summary, conclusion and limits."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.ihc import ORDINAL_SCALE
from helpers.report.biopsy_predictors import conclude_predictors, describe_predictors
from helpers.report.chapter import Chapter
from helpers.report.il1ra_expression import conclude_expression, describe_expression
from helpers.report.p_values import keep_clear
from helpers.report.paired import (
    PairWords,
    describe_comparable,
    describe_family,
    describe_group_limits,
    describe_left_early,
    find_family,
)
from helpers.report.paired_changes import describe_changes
from helpers.report.words import format_number
from helpers.stats.result import StatisticResult


def list_methods(words: PairWords, config: StudyConfig) -> list[tuple[str, str]]:
    """List the rules in force by name, for the chapter and the study report's methods."""
    family = find_family(config, words)
    return [
        (
            "Stained biopsies",
            "Where several readers scored a section, its value is their mean, and a stain counts "
            "as seen when any reader saw it. Changes are tested by the exact signed-rank test, "
            "patients without change left out; their centre is the Hodges-Lehmann estimate.",
        ),
        (
            "Agreement of readers",
            "Amounts: intraclass correlation (2,1). Steps of a scale (unit grade, score or points, "
            f"whole numbers up to {ORDINAL_SCALE.most_steps}): quadratic-weighted kappa. Seen or "
            "not: Cohen's kappa.",
        ),
        *describe_family(family),
    ]


def summarise_biopsies(
    chapter: Chapter,
    comparable: pd.DataFrame,
    changes: pd.DataFrame,
    shares: pd.DataFrame,
    results: Mapping[str, StatisticResult],
    words: PairWords,
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger; what changed comes first."""
    return [
        describe_changes(chapter, changes, words),
        describe_expression(chapter, shares, words),
        describe_predictors(chapter, results, words),
        describe_comparable(chapter, comparable, words),
    ]


def conclude_biopsies(
    chapter: Chapter,
    changes: pd.DataFrame,
    results: Mapping[str, StatisticResult],
    words: PairWords,
) -> list[str]:
    """Say what the biopsies allow to conclude, and what they leave open."""
    return [
        _conclude_changes(chapter, changes, words),
        conclude_expression(chapter, words),
        conclude_predictors(chapter, results, words),
    ]


def _conclude_changes(chapter: Chapter, changes: pd.DataFrame, words: PairWords) -> str:
    tested = changes.dropna(subset=["p_value"])
    if tested.empty:
        return "What treatment does to the muscle cannot be told from these biopsies."
    if keep_clear(tested):
        arms = len(chapter.study.config.arms)
        alone = " and without untreated patients" if arms == 1 else ""
        return (
            "A stain that changed shows that two small pieces of muscle differ. From them alone"
            f"{alone} the change cannot be credited to the treatment."
        )
    return (
        "No clear change of a stain is not the same as no change: with "
        f"{format_number(tested['n'].max())} pairs of biopsies the data allow changes as large as "
        "the ends of the intervals."
    )


def describe_biopsy_limits(
    chapter: Chapter, pairs: pd.DataFrame, groups: pd.Series, words: PairWords, *, month: float
) -> list[str]:
    """Say what the biopsies cannot show."""
    return [
        "A biopsy is a small piece of a patchy disease: two pieces of one muscle differ even "
        "without treatment, and no stain was repeated in a second piece.",
        describe_left_early(chapter, pairs, words, month=month),
        describe_group_limits(chapter, groups, words),
    ]
