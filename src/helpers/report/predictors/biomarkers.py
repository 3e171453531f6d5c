"""The chapter on candidate predictors as a whole: its methods, summary, conclusion and limits."""

from __future__ import annotations

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL
from helpers.report.predictors.candidate_comparison import describe_findings, find_small
from helpers.report.words import escape, format_p_value, is_missing, join_words


def list_methods() -> list[tuple[str, str]]:
    """List the methods of the chapter by name, for the study report's methods."""
    return [
        (
            "Candidate predictors",
            "A fixed list of baseline values. Each is compared between responders and the other "
            "patients by ranks: AUC with Newcombe's score interval, Cliff's delta, Hodges-Lehmann "
            "shift with its exact interval, exact two-sided rank-sum p given the ties. A value "
            "below an assay's limit ranks lowest.",
        ),
        (
            "Families of tests",
            "p-values are adjusted within the families that study.yml declares; candidates in none "
            "of them form one family, adjusted by Holm's method.",
        ),
        (
            "Best of many",
            "The least p of all candidates, compared with its distribution over all ways to deal "
            "out the response among the patients (minimum p of Westfall and Young).",
        ),
        (
            "One patient left out",
            "Every comparison is computed again without each patient in turn; the range of AUC "
            "and p shows how far a result hangs on one patient.",
        ),
    ]


def summarise_biomarkers(numbers: Numbers, comparison: pd.DataFrame) -> list[str]:
    """Sum the comparison of the candidates up without technical words.

    What stays after adjustment comes first, then what differed before it, then what chance does.
    """
    if not numbers["reach.tested"].value:
        return [describe_findings(numbers, comparison)]
    chance = numbers["chance.best_of_many"]
    return [
        _say_kept(numbers, find_small(comparison, "p_adjusted")),
        _say_unadjusted(numbers, find_small(comparison)),
        f"If none of them told anything, the best would still look this good in {chance.percent} "
        "of cases.",
    ]


def _say_kept(numbers: Numbers, kept: pd.DataFrame) -> str:
    tested, responders, others = (
        numbers[name] for name in ("reach.tested", "groups.responders", "groups.others")
    )
    named = join_words(
        f"{escape(row['label'])} (adjusted {_link_adjusted(numbers, row['candidate'])})"
        for row in list_rows(kept)
    )
    who = f"{len(kept)} of {tested}" if named else f"none of {tested}"
    values = "value" if tested.value == 1 else "values"
    return (
        f"After adjustment for the number of tests {who} {values} from before treatment differed "
        f"between responders (n = {responders}) and the others (n = {others}) with p below "
        f"{LEVEL:g}{': ' + named if named else ''}."
    )


def _link_adjusted(numbers: Numbers, candidate: str) -> str:
    adjusted = numbers[f"predictor.{candidate}.p_adjusted"]
    return adjusted.link(format_p_value(float(str(adjusted.value))))


def _say_unadjusted(numbers: Numbers, small: pd.DataFrame) -> str:
    named = join_words(
        f"{escape(row['label'])} ({numbers['predictor.' + row['candidate'] + '.auc'].p_text})"
        for row in list_rows(small)
    )
    return f"Before adjustment {len(small) or 'none'} did{': ' + named if named else ''}."


def conclude_origin(numbers: Numbers) -> str:
    """Say of an invented cohort that nothing follows from it."""
    if numbers.study.config.data_origin != "reconstructed":
        return ""
    return (
        "<strong>The cohort is invented.</strong> What stands here shows what the report can say; "
        "it says nothing about the treatment or about any predictor."
    )


def conclude_biomarkers(numbers: Numbers, comparison: pd.DataFrame) -> list[str]:
    """Say what the comparison of the candidates allows to conclude, and what it leaves open."""
    chance = numbers["chance.best_of_many"]
    if is_missing(chance.value):
        return ["Nothing can be said about predictors: no candidate could be compared."]
    assert isinstance(chance.value, (int, float))
    best = comparison.sort_values("p_value", kind="stable").iloc[0]
    label = escape(best["label"])
    if chance.value >= LEVEL:
        return [
            f"The best candidate ({label}) is no better than the best of so many would often be "
            f"by chance ({chance.percent}). These data name candidates for a new study; they "
            "establish none."
        ]
    return [
        f"The best candidate ({label}) is better than the best of so many would often be by chance "
        f"({chance.percent}). That makes it a candidate worth testing again. It does not yet tell "
        "for a single patient who will respond: that takes other patients than those in whom it "
        "was found."
    ]


def describe_biomarker_limits(numbers: Numbers, comparison: pd.DataFrame) -> list[str]:
    """Say what the comparison of candidates cannot show."""
    fewest = comparison.assign(n=comparison["n_first"] + comparison["n_second"])
    least = fewest.sort_values("n", kind="stable").head(1)
    few = [
        f"The candidate measured in the fewest patients ({escape(row['label'])}) has {row['n']} of "
        f"{numbers['groups.responders'].n}; who was measured may itself depend on how a patient "
        "did."
        for row in list_rows(least)
        if row["n"] < (numbers["groups.responders"].n or 0)
    ]
    single = (
        "Without a control group a value that goes with response may go with a good course under "
        "any treatment."
        if len(numbers.study.config.arms) == 1
        else ""
    )
    return [
        "An AUC found in the same patients in whom the candidate was picked is too high on "
        "average; it has to be measured again in others."
        if comparison["p_value"].notna().any()
        else "",
        *few,
        "The core set measures are themselves part of the definition of response: who starts high "
        "has more room to fall, and some of an extreme first value is chance that does not come "
        "back. A higher baseline in responders can come from that alone.",
        "CD45RO+ and CD45RA+ cells nearly add up to all CD4+ T cells: the two are one finding."
        if {"cd45ro", "cd45ra"} <= set(comparison["candidate"])
        else "",
        single,
    ]
