"""The chapter on muscle biopsies as a whole: its methods, summary, conclusion and limits."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.laboratory.ihc import ORDINAL_SCALE
from helpers.report.numbers import Numbers
from helpers.report.p_values import keep_clear
from helpers.report.panels.paired import (
    PairWords,
    describe_family,
    find_family,
)
from helpers.report.words import format_number

PATCHY = (
    "A biopsy is a small piece of a patchy disease: two pieces of one muscle differ even without "
    "treatment, and no stain was repeated in a second piece."
)
"""What no biopsy can show, for the chapter's limits."""


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


def conclude_changes(numbers: Numbers, changes: pd.DataFrame, words: PairWords) -> str:
    """Say what the change of stains allows to conclude, and what it leaves open."""
    tested = changes.dropna(subset=["p_value"])
    if tested.empty:
        return "What treatment does to the muscle cannot be told from these biopsies."
    if keep_clear(tested):
        arms = len(numbers.study.config.arms)
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
