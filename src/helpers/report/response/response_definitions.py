"""Sentences and tables that set the IMACS definition beside the total improvement score."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.response.tis import TIS_ADULT, describe_tis_definition
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.words import (
    count_noun,
    escape,
    format_number,
    join_words,
    link_patients,
)
from helpers.study import Study


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
            int((judged["agreement"] == agreement).sum()) if len(judged) else None,
            n=len(judged),
            unit="patient visits",
            population="visits that both definitions could judge",
            reason="" if len(judged) else "no visit could be judged by both",
            method="IMACS improvement against total improvement score of at least minimal",
            source=["core_set", "patients"],
        )


def record_unknowns(numbers: Numbers, components: pd.DataFrame) -> None:
    """Record of how many scored patients the limit of CK is not known, and who has no such score.

    Parameters
    ----------
    numbers : Numbers
    components : DataFrame
        From `helpers.derive.response.tis.derive_tis_components`.
    """
    scored = components["patient_id"].nunique()
    if not scored:
        return
    about = {"n": scored, "unit": "patients", "population": "patients seen after baseline"}
    for name, members in (
        ("no_ck_limit", _list_without_limit(components)),
        ("inclusion_body", _list_inclusion_body(numbers.study, components)),
    ):
        known = members is not None
        numbers.record(
            f"score.{name}",
            len(members) if members is not None else None,
            reason="" if known else "diagnoses were not recorded",
            source=["core_set", "patients"],
            **about,
        )


def _list_without_limit(components: pd.DataFrame) -> list[str]:
    ck = components[components["measure"] == "ck"]
    unlimited = ck[ck["range"].isna()]
    return list(unlimited["patient_id"].unique())


def _list_inclusion_body(study: Study, components: pd.DataFrame) -> list[str] | None:
    patients = study.table("patients")
    if "diagnosis" not in patients:
        return None
    members = patients.loc[patients["diagnosis"] == "IBM", "patient_id"]
    return [name for name in members if name in set(components["patient_id"])]


def describe_unknowns(numbers: Numbers, components: pd.DataFrame) -> list[str]:
    """Say what changes the scale of the score here: limits, instruments, diagnoses.

    Empty where nobody was seen after baseline.
    """
    if "score.no_ck_limit" not in numbers:
        return []
    no_limit, others = numbers["score.no_ck_limit"], numbers["score.inclusion_body"]
    members = _list_inclusion_body(numbers.study, components)
    unmade = (
        f"Inclusion body myositis: {others} of {others.n} patients ({link_patients(members)}). The "
        "score was made for dermatomyositis and polymyositis; theirs is shown, not validated."
        if members
        else ""
    )
    unknown = (
        f"Whether anybody has inclusion body myositis, for which the score was not made, is not "
        f"known ({escape(others.reason)})."
        if members is None
        else unmade
    )
    return [_describe_limits_of_ck(no_limit), _describe_extramuscular(numbers.study), unknown]


def _describe_limits_of_ck(no_limit: Result) -> str:
    if not no_limit.value:
        return ""
    most = max(TIS_ADULT.scale_of("ck").points)
    return (
        f"The upper limit of normal of CK is not known of {no_limit} of {no_limit.n} patients: CK "
        f"gives them no points, so at most {100 - most:g} of 100 can be reached."
    )


def _describe_extramuscular(study: Study) -> str:
    about = study.config.instruments.extramuscular
    if about.instrument == "vas":
        return ""
    most = max(TIS_ADULT.scale_of("extramuscular").points)
    return (
        f"Extramuscular activity is an index ({about.instrument.upper()}, 0 to "
        f"{study.config.instruments.extramuscular_maximum:g}) here; the score was made with a "
        f"visual analogue scale. Its up to {most:g} points are for per cent of the index, which "
        "need not mean the same."
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
