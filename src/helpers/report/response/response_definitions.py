"""Sentences and tables that set the IMACS definition beside the total improvement score."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.response.tis import TIS_ADULT, describe_tis_definition
from helpers.report.numbers import Numbers
from helpers.report.words import count_noun, escape, format_number, join_words


def record_definitions(numbers: Numbers, comparison: pd.DataFrame) -> None:
    """Record on how many visits the two definitions agree.

    Parameters
    ----------
    numbers : Numbers
    comparison : DataFrame
        From `helpers.derive.response.response_definitions.compare_response_definitions`.
    """
    judged = comparison[comparison["agreement"] != "not comparable"]
    for agreement, name in (
        ("both improved", "both"),
        ("neither improved", "neither"),
        ("IMACS only", "imacs_only"),
        ("TIS only", "tis_only"),
    ):
        numbers.record(
            f"definitions.{name}",
            int((judged["agreement"] == agreement).sum()),
            n=len(judged),
            unit="patient visits",
            method="IMACS improvement against total improvement score of at least minimal",
            source=["core_set", "patients"],
        )


def tabulate_disagreements(comparison: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List the visits on which the two definitions disagree, with why."""
    differing = comparison[comparison["agreement"].isin(["IMACS only", "TIS only"])]
    visit = {"visit": differing["month"].map(config.label_month)} if len(config.visits) > 2 else {}
    return pd.DataFrame(
        {
            "patient": differing["patient_id"],
            **visit,
            "IMACS": differing["imacs_improved"],
            "score": [format_number(score) for score in differing["tis"]],
            "category": differing["tis_category"],
            "why they differ": differing["explanation"],
        }
    )


def describe_definitions(numbers: Numbers) -> str:
    """Say how often the two definitions agree, and which is stricter here."""
    both, neither = numbers["definitions.both"], numbers["definitions.neither"]
    imacs, score = numbers["definitions.imacs_only"], numbers["definitions.tis_only"]
    if not both.n:
        return "No visit could be judged by both definitions."
    return (
        f"The two definitions agree on {int(str(both.value)) + int(str(neither.value))} of "
        f"{count_noun(both.n, 'visit')} ({both} improved by both, {neither} by neither); "
        f"{imacs} improved by IMACS only and {score} by the score only."
    )


def list_score_methods(config: StudyConfig) -> list[tuple[str, str]]:
    """List the definition of the score, and how the enzyme's range was set."""
    ck = config.instruments.ck
    known = ck.upper_limit_female is not None or ck.upper_limit_male is not None
    enzyme = (
        f"The range of CK is {config.rules.enzyme_multiplier:g} times the upper limit of normal "
        "of the patient's sex; where sex or limit is not known, CK gives no points. The "
        "multiplier, a setting of study.yml, was not checked against the paper."
        if known
        else "No upper limit of normal of CK was declared, so CK gives no points."
    )
    return [
        (TIS_ADULT.name, describe_tis_definition(TIS_ADULT)),
        ("Range of CK in the score", enzyme),
    ]


def caption_scores(scores: pd.DataFrame) -> str:
    """Caption the figure of scores."""
    n = scores["patient_id"].nunique()
    return (
        f"Total improvement score of each patient at each visit (n = {n}, 0 to 100 points, "
        f"higher is better). Lines: minimal ({TIS_ADULT.minimal:g}), moderate "
        f"({TIS_ADULT.moderate:g}) and major ({TIS_ADULT.major:g}) improvement. Filled: improved "
        "by the IMACS definition; open: not."
    )


def describe_scores(scores: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the figure of scores in plain words, visit by visit."""
    if scores.empty:
        return "nobody was seen after baseline."
    parts = []
    for month, rows in scores.groupby("month"):
        counts = rows["category"].value_counts()
        words = [f"{n} {escape(name)}" for name, n in counts.items()]
        parts.append(f"{config.label_month(float(str(month)))}: {join_words(words)}")
    n = count_noun(scores["patient_id"].nunique(), "patient")
    return f"Total improvement score of {n}. {'; '.join(parts)}."


def caption_disagreements() -> str:
    """Caption the list of disagreements."""
    return (
        "Visits on which the IMACS definition and the total improvement score (at least minimal) "
        "disagree, with the measures that decide it."
    )
