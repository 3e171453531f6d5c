"""Treatment and its tolerability as a whole: what is recorded, shown, summed up and left open."""

from __future__ import annotations

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.safety import LOCAL_REACTION, LOCAL_REACTIONS
from helpers.report.numbers import Numbers
from helpers.report.overview.adverse_events import (
    EVENTS_NOT_RECORDED,
    describe_events,
    record_events,
)
from helpers.report.overview.cohort import count_entered, join_arms, list_arms, name_patients
from helpers.report.overview.disposition import (
    ENTERED,
    describe_exposure,
    describe_stops,
    name_stop,
    record_exposure,
    record_stops,
)
from helpers.report.words import (
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_percent,
    is_missing,
    join_words,
    link_patients,
    name_group,
)
from helpers.stats.exact.exact import binomial_interval


def record_safety(
    numbers: Numbers,
    stops: pd.DataFrame | None,
    outcomes: pd.DataFrame | None,
    exposure: pd.DataFrame | None,
    summaries: tuple[pd.DataFrame, pd.DataFrame] | None,
    local: pd.DataFrame | None,
    deaths: pd.Series,
) -> None:
    """Record who stopped why, the exposure, the adverse events and deaths, arm by arm.

    Parameters
    ----------
    numbers : Numbers
    stops : DataFrame or None
        From `helpers.derive.course.safety.classify_stops`.
    outcomes : DataFrame or None
        From `helpers.derive.course.safety.derive_outcomes_by_arm`.
    exposure : DataFrame or None
        From `helpers.derive.course.safety.derive_exposure_by_arm`.
    summaries : (DataFrame, DataFrame) or None
        From `helpers.derive.course.safety.summarise_events_by_arm`.
    local : DataFrame or None
        From `helpers.derive.course.safety.summarise_local_reactions`.
    deaths : Series of boolean
        From `helpers.derive.course.safety.derive_deaths`.
    """
    _record_deaths(numbers, deaths)
    if stops is not None and outcomes is not None and exposure is not None:
        record_stops(numbers, stops, outcomes)
        record_exposure(numbers, exposure)
    if summaries is not None and local is not None:
        record_events(numbers, summaries[0])
        _record_local_reactions(numbers, local)


def _record_deaths(numbers: Numbers, deaths: pd.Series) -> None:
    patients = numbers.study.table("patients")
    known = ("disposition", "adverse_events")
    source = [name for name in known if numbers.study.has(name)] or ["patients"]
    for arm in list_arms(numbers.study):
        members = deaths.reindex(patients.loc[patients["arm"] == arm, "patient_id"])
        count, unknown = int(members.sum()), int(members.isna().sum())
        numbers.record(
            f"died.{name_group(arm)}",
            None if unknown and not count else count,
            n=len(members),
            unit="patients",
            population=ENTERED,
            known=not unknown,
            reason=f"not recorded of {count_noun(unknown, 'patient')}" if unknown else "",
            method="by status, reason for stopping, term or grade of an adverse event",
            source=source,
        )


def describe_deaths(numbers: Numbers) -> str:
    """Say how many died, or that it was not recorded, arm by arm."""
    arms = list_arms(numbers.study)
    return join_arms(arms, [_describe_deaths_of(numbers, arm) for arm in arms])


def _describe_deaths_of(numbers: Numbers, arm: str) -> str:
    died = numbers[f"died.{name_group(arm)}"]
    if count_entered(numbers.study) == 1:
        if died.value is None:
            return "whether the patient died was not recorded"
        return "the patient died" if died.value else "no death was recorded"
    if died.value is None:
        return f"whether anybody died was {escape(died.reason)}"
    if not died.value:
        return f"no death was recorded ({died} of {died.n})"
    unsure = f" ({escape(died.reason)})" if died.reason else ""
    return f"{died} of {died.n} {name_patients(died)} died{unsure}"


def _record_local_reactions(numbers: Numbers, local: pd.DataFrame) -> None:
    for row in list_rows(local):
        numbers.record(
            f"local_reactions.{name_group(row['arm'])}.patients",
            row["n_patients"],
            n=row["n_treated"],
            unit="patients",
            population=ENTERED,
            method=f"term with any of: {', '.join(LOCAL_REACTIONS.words)}",
            source="adverse_events",
        )


def describe_local_reactions(numbers: Numbers, local: pd.DataFrame | None) -> str:
    """Say how many patients had a local skin reaction, how grave, and how many stopped for it.

    Empty where none was recorded: not every treatment is injected.
    """
    if local is None or not local["n_patients"].sum():
        return ""
    arms = list_arms(numbers.study)
    parts = []
    for row in list_rows(local):
        had = numbers[f"local_reactions.{name_group(row['arm'])}.patients"]
        worst = (
            "" if is_missing(row["worst_grade"]) else f", at worst of grade {row['worst_grade']}"
        )
        if count_entered(numbers.study) == 1:
            whether = "had a" if had.value else "had no"
            parts.append(f"the patient {whether} local skin reaction as adverse event{worst}")
            continue
        stop = _describe_stop_share(numbers, row["arm"])
        parts.append(
            f"{had} of {had.n} {name_patients(had)} had a local skin reaction as adverse event"
            f"{worst}{stop}"
        )
    return join_arms(arms, parts)


def _describe_stop_share(numbers: Numbers, arm: str) -> str:
    name = f"{name_stop(arm, LOCAL_REACTION)}.share"
    if name not in numbers or numbers[name].n == 1:
        return ""
    share, stopped = numbers[name], numbers[name.removesuffix(".share")]
    if share.value is None:
        return f"; how many stopped for one is not known ({escape(stopped.reason)})"
    return f"; {stopped} stopped for one ({share.percent} of all, {share.interval_percent})"


def summarise_safety(numbers: Numbers, stops: pd.DataFrame | None) -> list[str]:
    """Sum treatment and tolerability up: who stopped and for how long, adverse events, deaths."""
    stopped, exposure = describe_stops(numbers, stops), describe_exposure(numbers)
    has_events = numbers.study.has("adverse_events")
    deaths = describe_deaths(numbers)
    if not exposure:
        absent = ["why patients stopped", "how long they were treated"]
        absent = ["time on treatment"] if count_entered(numbers.study) == 1 else absent
        absent += [] if has_events else ["adverse events", "deaths"]
        verb = "was" if len(absent) == 1 else "were"
        first = f"{capitalise(join_words(absent))} {verb} not recorded."
        return [first, *([describe_events(numbers), deaths] if has_events else [])]
    treated = f"{stopped.removesuffix('.')}; t{exposure.removeprefix('T')}"
    return [treated, describe_events(numbers) if has_events else EVENTS_NOT_RECORDED, deaths]


def describe_safety_limits(
    numbers: Numbers, stops: pd.DataFrame | None, exposure: pd.DataFrame | None
) -> list[str]:
    """Say what so few patients cannot show of rare events, and where tables contradict each other.

    Parameters
    ----------
    numbers : Numbers
    stops : DataFrame or None
        From `helpers.derive.course.safety.classify_stops`.
    exposure : DataFrame or None
        From `helpers.derive.course.safety.derive_exposure_by_arm`.

    Returns
    -------
    list of str
        HTML; empty where neither was recorded.
    """
    sentences = []
    if numbers.study.has("adverse_events") and count_entered(numbers.study) > 1:
        none = binomial_interval(0, count_entered(numbers.study)).interval
        assert none is not None, "somebody entered"
        sentences.append(
            f"An adverse event that none of the {numbers['entered']} patients had can still "
            f"strike up to {format_percent(none.high)} of such patients (upper limit of the exact "
            f"95{NBSP}% interval)."
        )
    if exposure is not None:
        never = exposure.loc[exposure["source"].str.startswith("no course"), "patient_id"]
        if len(never):
            sentences.append(
                f"No course of the treatment is recorded of {link_patients(never)}, who "
                f"{'counts' if len(never) == 1 else 'count'} without time on treatment."
            )
    return [*sentences, _describe_contradiction(numbers, stops)]


def _describe_contradiction(numbers: Numbers, stops: pd.DataFrame | None) -> str:
    if stops is None or not numbers.study.has("adverse_events"):
        return ""
    events = numbers.study.table("adverse_events")
    stopped = set(events.loc[(events["action"] == "stopped").fillna(False), "patient_id"])
    stayed = sorted(stopped - set(stops["patient_id"]))
    if not stayed:
        return ""
    return (
        f"The tables disagree about {link_patients(stayed)}: an adverse event is said to have led "
        "to stopping, yet the disposition does not say that they stopped."
    )
