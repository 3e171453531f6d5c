"""In whose biopsy IL-1Ra was seen before and after treatment, and whether response went with it."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.laboratory.ihc import EXPRESSION_MARKER
from helpers.report.biopsies.stains import LABELS
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL, NOT_ADJUSTED
from helpers.report.panels.paired import PairWords
from helpers.report.shares import caption_test, record_shares, write_share
from helpers.report.words import escape, is_missing, join_words, name_group
from helpers.stats.result import StatisticResult

EXPRESSED = LABELS[EXPRESSION_MARKER]


def record_expression(numbers: Numbers, shares: pd.DataFrame, test: StatisticResult | None) -> None:
    """Record in how many of each group IL-1Ra was seen after treatment, and their comparison."""
    sources = ["biopsies", *(["core_set"] if numbers.study.has("core_set") else [])]
    record_shares(
        numbers,
        "biopsy.expressed",
        shares,
        test,
        counted="count",
        source=sources,
        reason="nobody's biopsy after treatment is known",
        population="patients whose biopsy after treatment is known",
    )


def tabulate_expression(shares: pd.DataFrame) -> pd.DataFrame:
    """Lay out the two by two table: seen and not seen after treatment in each group."""
    if not shares["n"].sum():
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "group": shares["group"],
            f"{EXPRESSED} seen": shares["n_improved"],
            f"{EXPRESSED} not seen": shares["n"] - shares["n_improved"],
            "not known": shares["n_missing"],
            "share seen (95 % interval)": [write_share(row) for row in list_rows(shares)],
        }
    )


def caption_expression(shares: pd.DataFrame, test: StatisticResult | None, words: PairWords) -> str:
    """Caption the two by two table, with interval and test."""
    return (
        f"{EXPRESSED} in the biopsy of {escape(words.ends[1])} (n = {shares['n'].sum()} patients "
        f"whose biopsy is known). {caption_test(shares, test)}"
    )


def caption_expression_figure(expression: pd.DataFrame) -> str:
    """Caption the figure of expression by patient."""
    n = expression["patient_id"].nunique()
    known = expression.dropna(subset=["expressed"])["patient_id"].nunique()
    return (
        f"Whether {EXPRESSED} was seen in each patient's biopsy before and after treatment "
        f"(n = {n} patients, {known} with a biopsy)."
    )


def find_expression(numbers: Numbers, shares: pd.DataFrame, words: PairWords) -> str:
    """Say in how many of each group the stain was seen after treatment; the figure's title."""
    parts = []
    for row in list_rows(shares[shares["n"] > 0]):
        count = numbers[f"biopsy.expressed.{name_group(row['group'])}.count"]
        parts.append(f"{count} of {count.n} {_name_group(row['group'])}")
    if not parts:
        return ""
    ratio = "biopsy.expressed.odds_ratio"
    known = ratio in numbers and not is_missing(numbers[ratio].p_value)
    tested = f" ({numbers[ratio].p_text})" if known else ""
    return f"{EXPRESSED} was seen at {escape(words.ends[1])} in {join_words(parts)}{tested}."


def limit_expression(config: StudyConfig) -> str:
    """Say what else the stain may show, where study.yml says so."""
    stain = config.markers.get(EXPRESSION_MARKER)
    drug = escape(stain.shows_drug) if stain and stain.shows_drug else ""
    return drug or "Seen or not seen is a coarse measure: the amount of the stain is in the tables."


def describe_expression_figure(
    expression: pd.DataFrame, groups: pd.Series, words: PairWords, months: tuple[float, float]
) -> str:
    """Describe the figure of expression in plain words."""
    if expression["expressed"].isna().all():
        return f"no biopsy says whether {EXPRESSED} was seen."
    parts = []
    for month, visit in zip(months, words.ends, strict=True):
        here = expression[expression["month"] == month].set_index("patient_id")["expressed"]
        for group in groups.unique():
            known = here[groups[here.index] == group].dropna().astype(bool)
            count = f"{int(known.sum())} of {len(known)}" if len(known) else "none known"
            parts.append(f"{visit}, {group}: {count}")
    return f"Patients with {EXPRESSED} in the biopsy. {'; '.join(parts)}."


def describe_expression(numbers: Numbers, shares: pd.DataFrame, words: PairWords) -> str:
    """Say in how many of each group IL-1Ra was seen after treatment, and how sure that is."""
    known = shares[shares["n"] > 0]
    if known.empty:
        return f"No biopsy after treatment says whether {EXPRESSED} was seen."
    parts = []
    for row in list_rows(known):
        name = f"biopsy.expressed.{name_group(row['group'])}"
        count, share = numbers[f"{name}.count"], numbers[f"{name}.share"]
        parts.append(
            f"{count} of {count.n} {_name_group(row['group'])} "
            f"({share.percent}, {share.interval_percent})"
        )
    return (
        f"{EXPRESSED} was seen at {escape(words.ends[1])} in the biopsies of {join_words(parts)}."
        f"{_describe_odds(numbers)}"
    )


def _name_group(group: str) -> str:
    return escape(group) if group.endswith("responders") else f"patients of “{escape(group)}”"


def _describe_odds(numbers: Numbers) -> str:
    if "biopsy.expressed.odds_ratio" not in numbers:
        return ""
    ratio = numbers["biopsy.expressed.odds_ratio"]
    if is_missing(ratio.value):
        return f" The groups cannot be compared ({escape(ratio.reason)})."
    endless = " (no number, as one group has no exception)" if ratio.text == "∞" else ""
    return f" Odds ratio {ratio}{endless}; {ratio.interval}; {ratio.p_text}."


def conclude_expression(numbers: Numbers, words: PairWords) -> str:
    """Say what expression allows to conclude of response; nothing without a comparison."""
    if "biopsy.expressed.odds_ratio" not in numbers:
        return ""
    ratio = numbers["biopsy.expressed.odds_ratio"]
    if ratio.value is None or ratio.p_value is None:
        return ""
    if ratio.p_value >= LEVEL:
        return f"Whether {EXPRESSED} in the muscle goes with response stays open."
    stain = numbers.study.config.markers.get(EXPRESSION_MARKER)
    drug = f" {escape(stain.shows_drug)}" if stain and stain.shows_drug else ""
    return (
        f"{EXPRESSED} in the biopsy of {escape(words.ends[1])} differs clearly between the "
        f"groups ({ratio.p_text}, {NOT_ADJUSTED}). Seen after treatment, it cannot tell "
        f"beforehand who will respond.{drug}"
    )
