"""Who responded and is compared with whom, and what several arms mean for it."""

from __future__ import annotations

import pandas as pd

from helpers.derive.response.populations import JUDGED, NOT_YET_DUE
from helpers.derive.response.response_groups import NON_RESPONDERS, RESPONDERS
from helpers.report.numbers import Numbers
from helpers.report.response.response_rule import name_rule, say_responders, say_when
from helpers.report.words import capitalise, count_noun, escape, join_words, link_patients


def record_groups(numbers: Numbers, groups: pd.Series) -> None:
    """Record how many patients responded."""
    for name, key in ((RESPONDERS, "responders"), (NON_RESPONDERS, "others")):
        numbers.record(
            f"groups.{key}",
            int((groups == name).sum()) if len(groups) else None,
            n=len(groups),
            unit="patients",
            population=_name_population(numbers),
            reason="" if len(groups) else "nobody could be judged",
            source=["core_set", "patients"],
            method=say_responders(numbers.study.config.response),
        )


NOBODY = "Nobody could be judged: there are neither responders nor others to compare with."


def _name_population(numbers: Numbers) -> str:
    rule = numbers.study.config.response
    who = "all who entered" if rule.unjudged == "not_improved" else "those who could be judged"
    running = bool(numbers.study.not_due)
    return f"{who}, less those not yet due" if running else who


def describe_groups(numbers: Numbers) -> str:
    """Say who is compared with whom, who could not be judged, and what two arms mean for it."""
    responders, others = numbers["groups.responders"], numbers["groups.others"]
    study, rule = numbers.study, numbers.study.config.response
    if not responders.n:
        return NOBODY
    standing = study.responses.standing
    waiting = standing.index[standing == NOT_YET_DUE]
    unjudged = standing.index[~standing.isin([JUDGED, NOT_YET_DUE])]
    placed = "counted among the others" if rule.unjudged == "not_improved" else "left out"
    counted = (
        f" {capitalise(count_noun(len(unjudged), 'patient'))} who could not be judged "
        f"({link_patients(unjudged)}) {'is' if len(unjudged) == 1 else 'are'} {placed}."
        if len(unjudged)
        else ""
    )
    later = f" Left out, as visits are not yet due: {link_patients(waiting)}." * bool(len(waiting))
    compared = (
        f"They are compared with the other {others}"
        if responders.value and others.value
        else "Nobody is left to compare with: what predicts response cannot be asked"
    )
    return (
        f"{responders} of {responders.n} patients responded: they improved "
        f"{say_when(rule, once=True)} by {name_rule(rule)}. {compared}.{counted}{later}"
        + _warn_of_arms(study.responses.groups, study.arms)
    )


def describe_groups_shortly(numbers: Numbers) -> str:
    """Say in one sentence who is compared with whom."""
    responders, others = numbers["groups.responders"], numbers["groups.others"]
    if not responders.n:
        return NOBODY
    compared = (
        f"what was measured in them before treatment is compared with the other {others}"
        if responders.value and others.value
        else "nobody is left to compare with"
    )
    return f"{responders} of {responders.n} patients responded; {compared}."


def _warn_of_arms(groups: pd.Series, arms: pd.Series) -> str:
    if arms.nunique() < 2:
        return ""
    of_arm = arms.reindex(groups.index)
    parts = [
        f"{(groups[of_arm == arm] == RESPONDERS).sum()} of {(of_arm == arm).sum()} in "
        f"“{escape(arm)}”"
        for arm in of_arm.unique()
    ]
    return (
        f" <strong>All arms are taken together</strong>; {join_words(parts)} responded. A value "
        "that differed between the arms from the start can therefore look like a predictor, and "
        "what predicts improvement as such cannot be told from what predicts an effect of the "
        "treatment."
    )
