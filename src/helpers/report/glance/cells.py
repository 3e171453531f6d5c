"""The four cells below the headline: did it work, for whom, how sure, was it safe."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.derive.response.over_time import ANY
from helpers.report.glance.dots import Row, write_rows
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.outcomes.outcome import PRIMARY, ArmContrast, ArmShare
from helpers.report.overview.adverse_events import name_events
from helpers.report.overview.cohort import count_entered, list_arms
from helpers.report.overview.safety import describe_deaths
from helpers.report.response.over_time import FIRST, Count, name_count
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    join_words,
    name_group,
)
from helpers.stats.exact.confidence import (
    CONFIDENCE_WORDS,
    ConfidenceMethod,
    find_confidence,
)

MARKS = {"third": (1 / 3, "a third"), "half": (1 / 2, "half")}
"""Shares of patients that a reader asks about: name in the ledger, share, words."""

KINDS: tuple[ConfidenceMethod, ...] = ("midp", "exact")

ONE_ARM = "No control group."
NOT_RECORDED = "Adverse events were not recorded."
NO_DIAGNOSES = "Diagnoses of single patients are not in these data."


def list_visits(counts: Sequence[Count]) -> list[Count]:
    """Keep the counts that the first screen shows: each visit, and any where there are several."""
    return [c for c in counts if c.moment.name.startswith("month_") or c.moment.name == ANY]


def choose_moment(counts: Sequence[Count]) -> list[Count]:
    """Keep the counts of the widest moment: any visit, or the only one."""
    some = [c for c in counts if c.moment.name == ANY]
    return some or [c for c in counts if c.moment.name.startswith("month_")]


def write_whether(numbers: Numbers, shares: Sequence[ArmShare], counts: Sequence[Count]) -> str:
    """Write the primary outcome and response at each visit, arm by arm, each with a dot a patient.

    Parameters
    ----------
    numbers : Numbers
    shares : sequence of ArmShare
        Counts of the primary outcome; empty where none is declared.
    counts : sequence of Count
        Response by arm and moment; empty where it was not measured.
    """
    arms = list(dict.fromkeys([s.arm for s in shares] + [c.group for c in counts]))
    parts = []
    for arm in arms:
        rows = [
            Row("Primary", numbers[f"{PRIMARY}.{name_group(s.arm)}.reached"], s.counted)
            for s in shares
            if s.arm == arm
        ]
        rows += [
            Row(_name_moment(numbers, c), numbers[f"{name_count(c)}.improved"], c.counted)
            for c in list_visits(counts)
            if c.group == arm
        ]
        head = f'<p class="arm">{escape(arm)}</p>' if len(arms) > 1 else ""
        parts.append(head + write_rows(rows))
    return "".join(parts) + _note(_explain_counts(numbers, shares, counts))


def _name_moment(numbers: Numbers, count: Count) -> str:
    if count.moment.name == ANY:
        return "Any visit"
    return capitalise(numbers.study.config.label_month(count.moment.month))


def _explain_counts(numbers: Numbers, shares: Sequence[ArmShare], counts: Sequence[Count]) -> str:
    said = []
    if sum(s.judged for s in shares) < sum(s.entered for s in shares):
        said.append("Who was not judged counts as not improved, by the study's rule.")
    if len(shares) == 1 and shares[0].judged < shares[0].entered:
        first = f"{PRIMARY}.{name_group(shares[0].arm)}"
        said.append(f"Primary: {numbers[f'{first}.reached_judged']} of {shares[0].judged} judged.")
    some = choose_moment(counts)
    if len(some) == 1 and some[0].judged:
        share = numbers[f"{name_count(some[0])}.share"]
        said.append(
            f"{_name_moment(numbers, some[0])}: {share.percent} ({share.interval_percent})."
        )
    return " ".join(said)


def write_for_whom(numbers: Numbers, by_diagnosis: Sequence[Count]) -> str:
    """Write who improved by diagnosis, at any visit or at the only one."""
    counts = choose_moment(by_diagnosis)
    if not counts:
        return f"<p>{NO_DIAGNOSES}</p>"
    first = f"{FIRST}.diagnosis"
    rows = [
        Row(c.group, numbers[f"{name_count(c, first=first)}.improved"], c.counted) for c in counts
    ]
    when = "at any visit" if counts[0].moment.name == ANY else "at the last visit"
    pooled = ", all arms together" if len(list_arms(numbers.study)) > 1 else ""
    return write_rows(rows) + _note(
        f"Improved {when}{pooled}. Too few of each to tell diagnoses apart."
    )


def record_confidence(numbers: Numbers, counts: Sequence[Count], *, source: list[str]) -> None:
    """Record how confident one arm's count allows one to be that more than a share respond."""
    for count in choose_moment(counts):
        if len(choose_moment(counts)) > 1 or not count.counted or not count.judged:
            return
        for name, (mark, _) in MARKS.items():
            for kind in KINDS:
                numbers.record(
                    f"confidence.{name}.{kind}",
                    find_confidence(count.improved, count.counted, above=mark, method=kind),
                    n=count.counted,
                    method=CONFIDENCE_WORDS[kind],
                    source=source,
                )


def write_how_sure(numbers: Numbers, contrasts: Sequence[ArmContrast], verdict: str) -> str:
    """Write what carries the answer: a control or none, and the confidence that it allows.

    Parameters
    ----------
    numbers : Numbers
        With the confidence of one arm, where there is one.
    contrasts : sequence of ArmContrast
        Declared contrasts of arms in the primary outcome.
    verdict : str
        Whether the trial reached its outcome: reached, not reached or not judged.
    """
    lines = []
    if len(list_arms(numbers.study)) < 2:
        lines.append(ONE_ARM if count_entered(numbers.study) > 1 else _say_alone())
    for contrast in contrasts:
        against = f"{name_group(contrast.arm)}.against.{name_group(contrast.against)}"
        difference = numbers[f"{PRIMARY}.{against}.difference"]
        lines.append(
            f"<b>{capitalise(verdict)}</b>: difference {difference} percentage points "
            f"({difference.interval}; {difference.p_text})."
        )
    if "confidence.third.midp" in numbers:
        lines.append(_say_confidence(numbers))
    return "".join(f"<p>{line}</p>" for line in lines)


def _say_alone() -> str:
    return "One patient shows what can happen, not how often, nor why."


def _say_confidence(numbers: Numbers) -> str:
    parts = [
        f"<b>{numbers[f'confidence.{name}.midp'].percent}</b> that more than {words} do"
        for name, (_, words) in MARKS.items()
    ]
    return f"Confidence that patients respond (mid-p): {join_words(parts)}."


def record_reasons(numbers: Numbers, stops: pd.DataFrame | None) -> None:
    """Record how many left for each reason, in the source's words."""
    if stops is None:
        return
    for reason, part in stops.groupby("reason", sort=False):
        numbers.record(
            f"stopped.reason.{name_group(str(reason))}",
            len(part),
            n=count_entered(numbers.study),
            unit="patients",
            source="disposition",
        )


def write_safety(numbers: Numbers, stops: pd.DataFrame | None) -> str:
    """Write who left and why in the source's words, and deaths and serious events where recorded.

    Parameters
    ----------
    numbers : Numbers
        With the records of `helpers.report.overview.safety` and of `record_reasons`.
    stops : DataFrame or None
        From `helpers.derive.course.safety.classify_stops`.
    """
    lines = [_say_who_left(numbers, stops), *_say_events(numbers)]
    said = "".join(f"<p>{line}</p>" for line in lines if line)
    return said + _note(_say_origin(numbers))


def _say_who_left(numbers: Numbers, stops: pd.DataFrame | None) -> str:
    n = count_entered(numbers.study)
    if stops is None:
        return "" if n == 1 else "Who left, and why, was not recorded."
    if stops.empty:
        return "The patient stayed to the end." if n == 1 else f"All {n} stayed to the end."
    reasons = [
        f"<b>{numbers[f'stopped.reason.{name_group(str(reason))}']}</b> {escape(reason)}"
        for reason in stops["reason"].value_counts(sort=True).index
    ]
    return f"{len(stops)} of {n} left early: {join_words(reasons)}."


def _say_events(numbers: Numbers) -> list[str]:
    deaths = capitalise(describe_deaths(numbers))
    # Of a single case its own chapter tells the outcome; unknown here is no news beside it.
    is_told = count_entered(numbers.study) > 1 or numbers.study.has("disposition")
    told = f"{deaths.removesuffix('.')}." if deaths and is_told else ""
    if not numbers.study.has("adverse_events"):
        return [told, NOT_RECORDED]
    arms, said = list_arms(numbers.study), []
    for arm, label in arms.items():
        serious, severe = (
            numbers[f"{name_events(arm, row)}.patients"] for row in ("serious", "grade 3 or higher")
        )
        whose = f"{escape(label)}: " if len(arms) > 1 else ""
        said.append(
            f"{whose}{_say_count(serious)} had a serious event, {_say_count(severe)} one of grade "
            "3 or higher."
        )
    return [told, *said]


def _say_count(count: Result) -> str:
    return "An unknown number" if count.value is None else f"<b>{count}</b> of {count.n}"


def _say_origin(numbers: Numbers) -> str:
    if numbers.study.config.data_origin != "reconstructed":
        return ""
    return "Beyond the published numbers, what the tables hold of this cohort is made up."


def write_definition(numbers: Numbers) -> str:
    """Say how firm the improvements are, and what the other definition counts; from chapter 01."""
    improved = numbers["fragile.improved"]
    if not improved.n:
        return ""
    return (
        f"<p>{improved} of {count_noun(improved.n, 'visit')} with improvement would turn with one "
        "measurement.</p>"
    )


def write_other_definition(numbers: Numbers) -> str:
    """Say what the total improvement score says of the visits that both could judge."""
    both, score = numbers["definitions.both"], numbers["definitions.tis_only"]
    if not both.n:
        return ""
    by_score = int(str(both.value)) + int(str(score.value))
    return (
        f"<p>The newer score calls {by_score} of {count_noun(both.n, 'visit')} improved, "
        f"{both} of them like IMACS.</p>"
    )


def write_trial(numbers: Numbers, size: str, low: str, high: str) -> str:
    """Say what a controlled trial would need, and how unsure that number is; from chapter 05.

    Parameters
    ----------
    numbers : Numbers
    size, low, high : str
        Names in the ledger: patients per arm for the observed share, and at the ends of its
        interval.
    """
    observed = numbers[size]
    if observed.value is None:
        return ""
    ends = [
        str(numbers[name]) if numbers[name].value is not None else escape(numbers[name].reason)
        for name in (high, low)
    ]
    words = " to ".join(end.removesuffix(" patients per arm") for end in ends)
    return f"<p>A controlled trial needs about <b>{observed}</b> patients an arm ({words}).</p>"


def _note(words: str) -> str:
    return f'<p class="note">{words}</p>' if words else ""
