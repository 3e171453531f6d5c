"""What chance alone and so few patients allow a candidate predictor to show."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.response.response_groups import NON_RESPONDERS, RESPONDERS
from helpers.report.estimates import explain_missing
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL
from helpers.report.words import escape, format_number, is_missing, join_words
from helpers.stats.topics.biomarkers import BestOfMany, derive_reach


def record_chance(numbers: Numbers, chance: BestOfMany, sources: Sequence[str]) -> None:
    """Record how often chance alone makes the best candidate look this good."""
    tried = f"{chance.n_relabellings} ways to deal out the responses"
    how = f"all {tried}" if chance.complete else f"a random sample of {tried}"
    numbers.record(
        "chance.best_of_many",
        chance.p_value,
        n=chance.n_candidates,
        unit="share of the ways to deal out the response",
        source=sources,
        method=f"least exact p of all candidates over {how}; minimum p of Westfall and Young",
        reason=explain_missing(chance.p_value, "no candidate could be tested"),
        digits=3,
    )


def describe_chance(numbers: Numbers) -> str:
    """Say how often chance alone makes the best of so many candidates look as good."""
    chance = numbers["chance.best_of_many"]
    if is_missing(chance.value):
        return ""
    responders = numbers["groups.responders"]
    responses = "response" if responders.value == 1 else "responses"
    return (
        f"If no candidate told anything, and the {responders} {responses} had fallen on these "
        f"{responders.n} patients by chance, the best candidate would still "
        f"look at least as good as here in {chance.percent} of cases ({escape(chance.method)})."
    )


def record_reach(numbers: Numbers, groups: pd.Series, comparison: pd.DataFrame) -> None:
    """Record what the sizes of the two groups can show at best, and how many were tried."""
    first, second = (int((groups == name).sum()) for name in (RESPONDERS, NON_RESPONDERS))
    tested = comparison.dropna(subset=["p_value"])
    reach = derive_reach(first, second, level=LEVEL)
    strict = derive_reach(first, second, level=LEVEL / max(len(tested), 1))
    expected = sum(
        derive_reach(row["n_first"], row["n_second"], level=LEVEL).false_alarm or 0.0
        for row in list_rows(tested)
    )
    found = {
        "smallest_p": (
            reach.smallest_p,
            3 if (reach.smallest_p or 0) >= 0.001 else 5,
            "least exact rank-sum p: complete separation",
        ),
        "smallest_auc": (reach.smallest_auc, 2, f"least AUC above 0.5 with p of {LEVEL:g} or less"),
        "strict_auc": (
            strict.smallest_auc,
            2,
            f"least AUC above 0.5 with p of {LEVEL:g} divided by the candidates tested or less",
        ),
        "false_alarms": (expected, 1, "expected number of small p-values if nothing predicts"),
    }
    about = {"source": ["core_set", "patients"], "n": len(groups)}
    reason = "no outcome can reach it with groups of these sizes"
    for name, (value, digits, method) in found.items():
        why = explain_missing(value, reason)
        numbers.record(f"reach.{name}", value, digits=digits, method=method, reason=why, **about)
    numbers.record(
        "reach.blind_auc",
        None if reach.low is None else 0.5,
        low=reach.low,
        high=reach.high,
        digits=2,
        method="Newcombe's score interval of an AUC of 0.5 at these group sizes",
        reason=explain_missing(reach.low, "one of the groups is empty"),
        **about,
    )
    numbers.record("reach.tested", len(tested), unit="candidates", **about)


def describe_reach(numbers: Numbers) -> list[str]:
    """Say what so few patients can and cannot show, whatever is measured in them."""
    sizes = (
        f"{_count(numbers, 'groups.responders', 'responder')} and "
        f"{_count(numbers, 'groups.others', 'other')}"
    )
    blind, smallest = numbers["reach.blind_auc"], numbers["reach.smallest_p"]
    if is_missing(blind.value):
        return [f"With {sizes} nothing can be compared: no value can tell apart what is not there."]
    needed, strict = numbers["reach.smallest_auc"], numbers["reach.strict_auc"]
    least = format_number(blind.low, digits=2), format_number(blind.high, digits=2)
    return [
        f"With {sizes}, complete separation gives p = {smallest}, the least that any value can "
        f"reach. {_say_needed(numbers, needed, strict)}",
        "A value that tells nothing at all (AUC of 0.5) would be shown with an interval of "
        f"{blind.link(f'{least[0]} to {least[1]}')}: so few patients cannot tell a useless value "
        "from a fairly useful one. If none of the "
        f"{numbers['reach.tested']} candidates told anything, {numbers['reach.false_alarms']} of "
        f"them would still be expected to give p of {LEVEL:g} or less.",
    ]


def _count(numbers: Numbers, name: str, noun: str) -> str:
    number = numbers[name]
    return f"{number} {noun if number.value == 1 else noun + 's'}"


def _say_needed(numbers: Numbers, needed: object, strict: object) -> str:
    tested = numbers["reach.tested"]
    if is_missing(numbers["reach.smallest_auc"].value):
        return f"No outcome at all could have given p of {LEVEL:g} or less."
    once = f"An AUC of at least {needed} (or as far below 0.5) is needed for p of {LEVEL:g} or less"
    if is_missing(numbers["reach.strict_auc"].value):
        return f"{once}; adjusted for all {tested} candidates at once, no outcome could reach it."
    return f"{once}, and of {strict} when {tested} candidates are adjusted for at once."


def describe_out_of_reach(comparison: pd.DataFrame) -> str:
    """Name the candidates that so few patients were measured for that hardly anything can show."""
    known = comparison.dropna(subset=["p_value"])
    if known["auc_needed"].isna().all():
        return ""
    never = known[known["auc_needed"].isna()]
    complete = known[known["auc_needed"].round(9) == 1]
    parts = []
    if len(complete):
        names = join_words(escape(label) for label in complete["label"])
        parts.append(f"only complete separation could have given p of {LEVEL:g} or less: {names}")
    if len(never):
        names = join_words(escape(label) for label in never["label"])
        parts.append(f"no outcome at all could have given that: {names}")
    if not parts:
        return ""
    return f"Measured in so few patients that {'; and that '.join(parts)}."
