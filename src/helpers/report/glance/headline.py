"""The answer in a sentence or three: the primary outcome, response, and what that allows to say."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.derive.response.over_time import ANY
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.outcomes.outcome import PRIMARY, ArmContrast, ArmShare, name_outcome
from helpers.report.overview.cohort import DIAGNOSIS_WORDS, count_entered, list_arms
from helpers.report.response.over_time import Count, name_count
from helpers.report.response.response_rule import name_rule
from helpers.report.words import capitalise, count_noun, escape, join_words, name_group

NO_CONTROL = "Without a control group this cannot be credited to the treatment."
NO_OUTCOME = "No primary outcome is declared for this study."
NOT_JUDGED = "Response was not measured in this study."


def describe_study(numbers: Numbers, *, diagnoses: Sequence[str]) -> str:
    """Say in one line what the study is: design, patients, diagnoses, treatment, control.

    Parameters
    ----------
    numbers : Numbers
        With ``entered``.
    diagnoses : sequence of str
        Diagnosis of each patient, where known.
    """
    config, arms = numbers.study.config, list_arms(numbers.study)
    n = count_entered(numbers.study)
    kinds = {1: "one arm, no control"}
    design = "one patient, no control" if n == 1 else kinds.get(len(arms), f"{len(arms)} arms")
    counted = [f"{list(diagnoses).count(name)} {name}" for name in dict.fromkeys(diagnoses)]
    who = ", ".join(map(escape, counted))
    people = [] if n == 1 else [count_noun(n, "patient") + (f": {who}" if who else "")]
    if n == 1 and diagnoses:
        people = [escape(DIAGNOSIS_WORDS.get(diagnoses[0], diagnoses[0]))]
    treatment = [escape(config.treatment)] if config.treatment else []
    return " · ".join([capitalise(design), *people, *treatment])


def describe_primary(
    numbers: Numbers, shares: Sequence[ArmShare], contrasts: Sequence[ArmContrast]
) -> str:
    """Say whether the primary outcome was reached, arm against arm; what none was declared for."""
    config = numbers.study.config
    outcome = config.outcomes.get(PRIMARY)
    if outcome is None:
        return NO_OUTCOME
    what = escape(name_outcome(outcome, config))
    if not any(share.judged for share in shares):
        return f"The primary outcome, {what}, could not be judged."
    parts = [
        _say_share(numbers[f"{PRIMARY}.{name_group(share.arm)}.reached"], share, shares)
        for share in shares
    ]
    said = f"The primary outcome, {what}, was reached by {_set_against(parts)}"
    if len(shares) == 2 and len(contrasts) == 1:
        [contrast] = contrasts
        name = f"{PRIMARY}.{name_group(contrast.arm)}.against.{name_group(contrast.against)}"
        difference = numbers[f"{name}.difference"]
        said += f": {difference} percentage points more"
    return f"{said}."


def _say_share(reached: Result, share: ArmShare, shares: Sequence[ArmShare]) -> str:
    whom = f" in “{escape(share.arm)}”" if len(shares) > 1 else ""
    if reached.value is None:
        return f"an unknown number of {share.entered}{whom}"
    return f"{reached} of {share.counted}{whom}"


def _set_against(parts: Sequence[str]) -> str:
    return " against ".join(parts) if len(parts) == 2 else join_words(parts)


def describe_response(numbers: Numbers, counts: Sequence[Count]) -> str:
    """Say how many were improved at the last visit and at some visit, of all who entered."""
    config = numbers.study.config
    if not counts:
        return NOT_JUDGED
    visits = [c for c in counts if c.moment.name.startswith("month_")]
    last = [c for c in visits if c.moment.month == max(v.moment.month for v in visits)]
    some = [c for c in counts if c.moment.name == ANY]
    label = escape(config.label_month(last[0].moment.month))
    said = f"By {name_rule(config.response)} {_join_counts(numbers, last)} were improved at {label}"
    return f"{said}, {_join_counts(numbers, some)} at some visit." if some else f"{said}."


def _join_counts(numbers: Numbers, counts: Sequence[Count]) -> str:
    several = len(counts) > 1
    return _set_against(
        [
            f"{numbers[f'{name_count(c)}.improved']} of {c.counted}"
            + (f" in “{escape(c.group)}”" if several and len(counts) > 2 else "")
            if c.judged
            else f"an unknown number of {c.entered}"
            for c in counts
        ]
    )


def describe_reach(numbers: Numbers) -> str:
    """Say what the design forbids to conclude; nothing where arms can be compared."""
    return "" if len(list_arms(numbers.study)) > 1 else NO_CONTROL
