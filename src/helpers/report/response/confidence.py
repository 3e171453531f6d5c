"""How sure the counts make that more than a third improve, and what that does not say."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.words import capitalise, escape, format_percent, join_words, name_group
from helpers.stats.exact.confidence import CONFIDENCE_WORDS, find_confidence

LIMIT = 1 / 3
"""Fewer responders than this would hardly change what a clinician does; a convention of ours."""

LIMIT_WORDS = "more than a third"

WHAT_IT_IS = (
    "It is one minus the one-sided p-value of a true share of one third: a statement about the "
    "count, and not the probability that the treatment works."
)


def record_confidence(numbers: Numbers, shares: pd.DataFrame, *, source: Sequence[str]) -> None:
    """Record each group's confidence that more than a third improve, by mid-p and exact.

    Parameters
    ----------
    numbers : Numbers
    shares : DataFrame
        group, n_improved, n; a group without anybody counted has no confidence.
    source : sequence of str
        Tables behind the counts.
    """
    for row in list_rows(shares):
        count, n = int(row["n_improved"]), int(row["n"])
        exact = find_confidence(count, n, above=LIMIT, method="exact")
        for name, value, words in (
            (
                "confidence",
                find_confidence(count, n, above=LIMIT),
                f"{CONFIDENCE_WORDS['midp']}; exact: {format_percent(exact, digits=1)}",
            ),
            ("confidence_exact", exact, CONFIDENCE_WORDS["exact"]),
        ):
            numbers.record(
                f"response.{name_group(row['group'])}.{name}",
                value,
                n=n,
                unit=f"confidence that {LIMIT_WORDS} improve",
                method=words,
                reason="" if n else "nobody is counted",
                source=list(source),
            )


def describe_confidence(numbers: Numbers, shares: pd.DataFrame) -> str:
    """Say how sure the count of each group makes that more than a third improve."""
    counted = [row for row in list_rows(shares) if row["n"]]
    if not counted:
        return ""
    parts = []
    for row in counted:
        found = numbers[f"response.{name_group(row['group'])}.confidence"]
        whom = f" in “{escape(row['group'])}”" if len(shares) > 1 else ""
        parts.append(f"the confidence that {LIMIT_WORDS}{whom} improve is {found.percent}")
    return f"{capitalise(join_words(parts))} (mid-p). {WHAT_IT_IS}"
