"""Sentences and tables about treatment: how long, why patients stopped, which adverse events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.adverse_events import GRADES, OVERVIEW_ROWS
from helpers.derive.disposition import COMPLETED
from helpers.derive.exposure import summarise_exposure
from helpers.derive.safety import (
    CAUSES,
    LOCAL_REACTION,
    LOCAL_REACTIONS,
    OTHER_EVENT,
    OTHER_REASON,
)
from helpers.report.chapter import Chapter
from helpers.report.ledger import Result
from helpers.report.shares import record_share
from helpers.report.study_overview import count_entered, explain_diagnoses, link_listed, list_arms
from helpers.report.words import (
    NBSP,
    capitalise,
    count_noun,
    escape,
    format_number,
    format_percent,
    is_missing,
    join_words,
    link_patients,
    name_group,
)
from helpers.stats.exact import binomial_interval, poisson_rate_interval

PER_YEARS = 100
"""Rates are events in this many patient-years."""

EVENTS_NOT_RECORDED = (
    "Adverse events were not recorded (no table adverse_events), which does not mean that there "
    "were none."
)
STOPS_NOT_RECORDED = (
    "Why treatment stopped and how long it lasted was not recorded (no table disposition)."
)
WORST_GRADES = {f"worst_grade_{grade}": f"grade{NBSP}{grade}" for grade in GRADES} | {
    "worst_grade_missing": f"no{NBSP}grade"
}
"""Columns of the summary of adverse events and their headings."""

_INDENT = NBSP * 4


def record_safety(
    chapter: Chapter,
    stops: pd.DataFrame | None,
    exposure: pd.DataFrame | None,
    summaries: tuple[pd.DataFrame, pd.DataFrame] | None,
    local: pd.DataFrame | None,
) -> None:
    """Record who stopped why, the exposure, and the adverse events, arm by arm.

    Parameters
    ----------
    chapter : Chapter
    stops : DataFrame or None
        From `helpers.derive.safety.classify_stops`.
    exposure : DataFrame or None
        From `helpers.derive.safety.derive_exposure_by_arm`.
    summaries : (DataFrame, DataFrame) or None
        From `helpers.derive.safety.summarise_events_by_arm`.
    local : DataFrame or None
        From `helpers.derive.safety.summarise_local_reactions`.
    """
    if stops is not None and exposure is not None:
        _record_stops(chapter, stops)
        _record_exposure(chapter, exposure)
    if summaries is not None and local is not None:
        _record_events(chapter, summaries[0])
        _record_local_reactions(chapter, local)


def _record_stops(chapter: Chapter, stops: pd.DataFrame) -> None:
    patients = chapter.study.table("patients").set_index("patient_id")["arm"]
    source = [name for name in ("disposition", "adverse_events") if chapter.study.has(name)]
    for arm in list_arms(chapter):
        n = int((patients == arm).sum())
        members = stops[stops["patient_id"].map(patients) == arm]
        for cause in (None, *CAUSES):
            count = len(members) if cause is None else int((members["cause"] == cause).sum())
            name = f"stopped.{name_group(arm)}.{'any' if cause is None else name_group(cause)}"
            chapter.record(name, count, n=n, unit="patients", source=source)
            record_share(chapter, f"{name}.share", count, n, source=source)


def _record_exposure(chapter: Chapter, exposure: pd.DataFrame) -> None:
    source = [name for name in ("disposition", "medications") if chapter.study.has(name)]
    for arm in list_arms(chapter):
        members = exposure[exposure["arm"] == arm]
        [total] = list_rows(summarise_exposure(members))
        how = "; ".join(dict.fromkeys(members["source"]))
        about = {"n": total["n_patients"], "source": source, "method": how}
        name = f"exposure.{name_group(arm)}"
        years = total["patient_years"]
        chapter.record(f"{name}.years", years, unit="patient-years", digits=1, **about)
        for part, column in {
            "median": "median",
            "shortest": "minimum",
            "longest": "maximum",
        }.items():
            chapter.record(f"{name}.{part}", total[f"{column}_months"], unit="months", **about)


def _record_events(chapter: Chapter, overview: pd.DataFrame) -> None:
    known = ("adverse_events", "disposition", "medications")
    source = [name for name in known if chapter.study.has(name)]
    for row in list_rows(overview):
        name = name_events(row["arm"], row["row"])
        unknown = row["n_events_unknown"]
        reason = f"not known of {count_noun(unknown, 'event')}" if unknown else ""
        about = {"n": row["n_treated"], "source": "adverse_events", "reason": reason}
        chapter.record(f"{name}.patients", row["n_patients"], unit="patients", **about)
        chapter.record(f"{name}.events", row["n_events"], unit="events", **about)
        rate, low, high, method, why = rate_events(row["n_events"], row["patient_years"])
        chapter.record(
            f"{name}.rate",
            rate,
            low=low,
            high=high,
            unit=f"events per {PER_YEARS} patient-years",
            method=method,
            reason=why,
            source=source,
            digits=1,
        )


def _record_local_reactions(chapter: Chapter, local: pd.DataFrame) -> None:
    for row in list_rows(local):
        chapter.record(
            f"local_reactions.{name_group(row['arm'])}.patients",
            row["n_patients"],
            n=row["n_treated"],
            unit="patients",
            method=f"term with any of: {', '.join(LOCAL_REACTIONS.words)}",
            source="adverse_events",
        )


def name_events(arm: str, row: str) -> str:
    """Name the records of one row of the overview of adverse events.

    >>> name_events("control", "grade 3 or higher")
    'events.control.grade-3-or-higher'
    """
    return f"events.{name_group(arm)}.{name_group(row)}"


def rate_events(
    n_events: int, patient_years: float | None
) -> tuple[float | None, float | None, float | None, str, str]:
    """Give the rate per 100 patient-years with its exact Poisson interval.

    Parameters
    ----------
    n_events : int
        All events.
    patient_years : float or None
        Exposure; missing where it was not recorded.

    Returns
    -------
    (rate, low, high, method, reason)
        The first three are None where the exposure is missing or 0; the reason says so.

    Examples
    --------
    >>> rate_events(3, 12.5)[0], rate_events(3, None)[0]
    (24.0, None)
    """
    if patient_years is None or is_missing(patient_years):
        return None, None, None, "", "time on treatment was not recorded"
    rate = poisson_rate_interval(int(n_events), float(patient_years), per=PER_YEARS)
    low, high = rate.interval or (None, None)
    return rate.estimate, low, high, rate.method, "" if rate.estimate is not None else rate.reason


def tabulate_event_overview(overview: pd.DataFrame, arms: Mapping[str, str]) -> pd.DataFrame:
    """Lay out the rows that are always shown: patients, events, rate; a set of columns per arm.

    Parameters
    ----------
    overview : DataFrame
        First of `helpers.derive.safety.summarise_events_by_arm`.
    arms : mapping of str to str
        Arms with patients and their labels.

    Returns
    -------
    DataFrame
        One row per entry of `helpers.derive.adverse_events.OVERVIEW_ROWS`, in that order.
    """
    found = {(row["arm"], row["row"]): row for row in list_rows(overview)}
    rows = []
    for name in OVERVIEW_ROWS:
        cells: dict[str, object] = {"adverse event": capitalise(name)}
        for arm, label in arms.items():
            cells |= _head_arm(_write_counts(found[arm, name]), label, several=len(arms) > 1)
        rows.append(cells)
    return pd.DataFrame(rows)


def tabulate_events(by_class: pd.DataFrame, arms: Mapping[str, str]) -> pd.DataFrame:
    """Lay out adverse events: each organ class and, indented, its terms.

    Parameters
    ----------
    by_class : DataFrame
        Second of `helpers.derive.safety.summarise_events_by_arm`.
    arms : mapping of str to str
        Arms with patients and their labels.

    Returns
    -------
    DataFrame
        One row per organ class and term: patients (each once), how many of them had which worst
        grade (one arm only, and only grades that occur), events, rate. Classes and terms by
        falling number of patients.
    """
    found = {
        (row["arm"], row["system_organ_class"], row["term"]): row for row in list_rows(by_class)
    }
    several = len(arms) > 1
    grades = [] if several else [g for g in WORST_GRADES if by_class[g].sum()]
    rows = []
    for organ_class, term in _order_events(by_class):
        name = f"{_INDENT}{capitalise(term)}" if term else capitalise(organ_class)
        cells: dict[str, object] = {"adverse event": name}
        for arm, label in arms.items():
            counts = _write_counts(found[arm, organ_class, term], grades)
            cells |= _head_arm(counts, label, several=several)
        rows.append(cells)
    return pd.DataFrame(rows)


def _order_events(by_class: pd.DataFrame) -> list[tuple[str, str]]:
    """Put classes, and terms in each, by falling number of patients in all arms together."""
    keys = ["system_organ_class", "term"]
    total = by_class.groupby(keys)[["n_patients", "n_events"]].sum().reset_index()
    heads = total[total["term"] == ""].set_index("system_organ_class")
    total["class_patients"] = total["system_organ_class"].map(heads["n_patients"])
    total["class_events"] = total["system_organ_class"].map(heads["n_events"])
    total["is_term"] = total["term"] != ""
    ordered = total.sort_values(
        ["class_patients", "class_events", keys[0], "is_term", "n_patients", "n_events", keys[1]],
        ascending=[False, False, True, True, False, False, True],
    )
    return list(zip(ordered[keys[0]], ordered[keys[1]], strict=True))


def _write_counts(row: Mapping[str, Any], grades: Sequence[str] = ()) -> dict[str, object]:
    """Write the cells of one row: patients, how many had these worst grades, events, rate."""
    share = format_percent(row["n_patients"] / row["n_treated"])
    cells: dict[str, object] = {"patients": f"{row['n_patients']} ({share})".replace(" ", NBSP)}
    cells |= {WORST_GRADES[grade]: row[grade] for grade in grades}
    unknown = row.get("n_events_unknown", 0)
    cells["events"] = f"{row['n_events']} (+ {unknown} unknown)" if unknown else row["n_events"]
    rate, low, high, _, _ = rate_events(row["n_events"], row["patient_years"])
    if rate is not None:
        numbers = [format_number(value, digits=1) for value in (rate, low, high)]
        text = "{} ({} to {})".format(*numbers)
        cells[f"per {PER_YEARS} patient-years (95{NBSP}%{NBSP}CI)"] = text.replace(" ", NBSP)
    return cells


def _head_arm(cells: dict[str, object], label: str, *, several: bool) -> dict[str, object]:
    return {f"{label}: {name}": cell for name, cell in cells.items()} if several else cells


def show_adverse_events(
    chapter: Chapter, summaries: tuple[pd.DataFrame, pd.DataFrame] | None
) -> None:
    """Show what happened: a sentence, the rows always shown, and organ classes with their terms.

    Parameters
    ----------
    chapter : Chapter
        Holding what `record_safety` recorded.
    summaries : (DataFrame, DataFrame) or None
        From `helpers.derive.safety.summarise_events_by_arm`. None leaves one sentence.
    """
    if summaries is None:
        chapter.show_text(EVENTS_NOT_RECORDED)
        return
    overview, by_class = summaries
    arms = list_arms(chapter)
    chapter.show_text(describe_events(chapter))
    chapter.show_table(
        tabulate_event_overview(overview, arms),
        name="adverse_events_overview",
        caption=caption_event_overview(chapter, overview),
        data=overview,
    )
    chapter.show_table(
        tabulate_events(by_class, arms),
        name="adverse_events",
        caption=caption_events(overview),
        formats={"adverse event": format_event},
        data=by_class,
        empty="No adverse event was recorded.",
    )


def format_event(name: object) -> str:
    """Set an organ class in bold and a term, which is indented, plainly; HTML.

    >>> format_event("Infections")
    '<strong>Infections</strong>'
    """
    text = str(name)
    return escape(text) if text.startswith(NBSP) else f"<strong>{escape(text)}</strong>"


def caption_event_overview(chapter: Chapter, overview: pd.DataFrame) -> str:
    """Caption the rows that are always shown."""
    parts = []
    for arm, label in list_arms(chapter).items():
        row = list_rows(overview[overview["arm"] == arm])[0]
        years = row["patient_years"]
        known = "" if is_missing(years) else f", {format_number(years, digits=1)} patient-years"
        whose = f"{escape(label)}: " if len(list_arms(chapter)) > 1 else ""
        parts.append(f"{whose}n{NBSP}={NBSP}{row['n_treated']}{known}")
    return (
        f"Adverse events in short ({'; '.join(parts)}). Patients are counted once in each row; "
        f"events are all. Per cent: of everybody who entered.{_explain_rates(overview)}"
    )


def caption_events(overview: pd.DataFrame) -> str:
    """Caption adverse events by organ class and term."""
    several = overview["arm"].nunique() > 1
    grades = (
        ""
        if several
        else " and at their worst grade (CTCAE 1 to 5; a grade without a column did not occur)"
    )
    return (
        "Adverse events by system organ class and, below it, term, as recorded. Patients are "
        f"counted once in each class and once in each term{grades}; events are all."
        f"{_explain_rates(overview)}"
    )


def _explain_rates(overview: pd.DataFrame) -> str:
    if overview["patient_years"].isna().all():
        return " No rates: time on treatment was not recorded."
    return (
        f" Rates: events in {PER_YEARS} patient-years on treatment, exact Poisson (Garwood) "
        "interval, which takes events as independent."
    )


def describe_events(chapter: Chapter) -> str:
    """Say how many patients had adverse events, and how grave these were, arm by arm."""
    arms = list_arms(chapter)
    return _join_arms(arms, [_describe_events_of(chapter, arm) for arm in arms])


def _join_arms(arms: Mapping[str, str], parts: Sequence[str]) -> str:
    """Make one sentence of what is said of each arm; the arms are named where there are several."""
    if len(parts) == 1:
        return capitalise(parts[0]) + "."
    named = [f"{escape(label)}: {part}" for label, part in zip(arms.values(), parts, strict=True)]
    return "; ".join(named) + "."


def _describe_events_of(chapter: Chapter, arm: str) -> str:
    anyone = chapter[f"{name_events(arm, OVERVIEW_ROWS[0])}.patients"]
    total = chapter[f"{name_events(arm, OVERVIEW_ROWS[0])}.events"]
    noun = "event" if total.value == 1 else "events"
    if count_entered(chapter) == 1:
        serious, severe, deaths = (
            chapter[f"{name_events(arm, row)}.events"]
            for row in ("serious", "grade 3 or higher", "death")
        )
        died = ", and died" if deaths.value else ""
        return (
            f"the patient had {total} adverse {noun}, {serious} serious and {severe} of grade 3 "
            f"or higher{died}"
        )
    if not anyone.value:
        return f"{anyone} of {anyone.n} {_count_word(anyone)} had an adverse event recorded"
    serious, severe, death = (
        chapter[f"{name_events(arm, row)}.patients"]
        for row in ("serious", "grade 3 or higher", "death")
    )
    unknown = f" ({severe.reason})" if severe.reason else ""
    return (
        f"{anyone} of {anyone.n} {_count_word(anyone)} had an adverse event ({total} {noun}"
        f"{_describe_rate(chapter, arm)}): {serious} had a serious one, {severe} one of grade 3 or "
        f"higher{unknown}, and {death} died"
    )


def _count_word(result: Result) -> str:
    return "patient" if result.n == 1 else "patients"


def _describe_rate(chapter: Chapter, arm: str) -> str:
    rate = chapter[f"{name_events(arm, OVERVIEW_ROWS[0])}.rate"]
    if rate.value is None:
        return ""
    return f", {rate} per {PER_YEARS} patient-years, {rate.interval}"


def describe_stops(chapter: Chapter) -> str:
    """Say how many stopped, for local skin reactions, other adverse events and other reasons."""
    arms = list_arms(chapter)
    if f"stopped.{name_group(next(iter(arms)))}.any" not in chapter.ledger:
        return STOPS_NOT_RECORDED
    return _join_arms(arms, [_describe_stops_of(chapter, arm) for arm in arms])


def _describe_stops_of(chapter: Chapter, arm: str) -> str:
    stopped = chapter[f"stopped.{name_group(arm)}.any"]
    if count_entered(chapter) == 1:
        return "the patient stopped early" if stopped.value else "the patient completed"
    if not stopped.value:
        return f"{stopped} of {stopped.n} {_count_word(stopped)} stopped early"
    if chapter.study.has("adverse_events"):
        words = {
            LOCAL_REACTION: "for local skin reactions",
            OTHER_EVENT: "for other adverse events",
            OTHER_REASON: "for other reasons",
        }
    else:
        words = {
            LOCAL_REACTION: "for local skin reactions",
            OTHER_REASON: "for other reasons, of which adverse events cannot be told apart",
        }
    counts = [f"{chapter[_name_stop(arm, cause)]} {text}" for cause, text in words.items()]
    return f"{stopped} of {stopped.n} {_count_word(stopped)} stopped early: {join_words(counts)}"


def _name_stop(arm: str, cause: str) -> str:
    return f"stopped.{name_group(arm)}.{name_group(cause)}"


def describe_local_reactions(chapter: Chapter, local: pd.DataFrame | None) -> str:
    """Say how many patients had a local skin reaction, how grave, and how many stopped for it."""
    if local is None:
        return ""
    arms = list_arms(chapter)
    parts = []
    for row in list_rows(local):
        had = chapter[f"local_reactions.{name_group(row['arm'])}.patients"]
        worst = (
            "" if is_missing(row["worst_grade"]) else f", at worst of grade {row['worst_grade']}"
        )
        if count_entered(chapter) == 1:
            whether = "had a" if had.value else "had no"
            parts.append(f"the patient {whether} local skin reaction as adverse event{worst}")
            continue
        stop = _describe_stop_share(chapter, row["arm"])
        parts.append(
            f"{had} of {had.n} {_count_word(had)} had a local skin reaction as adverse event"
            f"{worst}{stop}"
        )
    return _join_arms(arms, parts)


def _describe_stop_share(chapter: Chapter, arm: str) -> str:
    name = f"{_name_stop(arm, LOCAL_REACTION)}.share"
    if name not in chapter.ledger or chapter[name].n == 1:
        return ""
    share, stopped = chapter[name], chapter[name.removesuffix(".share")]
    return f"; {stopped} stopped for one ({share.percent} of all, {share.interval_percent})"


def show_tolerability(
    chapter: Chapter, stops: pd.DataFrame | None, local: pd.DataFrame | None
) -> None:
    """Show who stopped and why, who had local skin reactions, and the exposure.

    Parameters
    ----------
    chapter : Chapter
        Holding what `record_safety` recorded.
    stops : DataFrame or None
        From `helpers.derive.safety.classify_stops`. None leaves a sentence.
    local : DataFrame or None
        From `helpers.derive.safety.summarise_local_reactions`.
    """
    chapter.show_text(
        describe_stops(chapter),
        describe_local_reactions(chapter, local),
        describe_exposure(chapter),
    )
    if stops is not None and len(stops):
        chapter.show_table(
            tabulate_stops(stops, chapter.study.table("patients"), list_arms(chapter)),
            name="reasons_for_stopping",
            caption=caption_stops(chapter),
            formats={"who": link_listed},
            data=stops,
        )


def describe_exposure(chapter: Chapter) -> str:
    """Say how many patient-years of treatment there were; nothing where it is not recorded."""
    arms = list_arms(chapter)
    parts = []
    for arm, label in arms.items():
        name = f"exposure.{name_group(arm)}"
        if f"{name}.years" not in chapter.ledger:
            return ""
        years, median = chapter[f"{name}.years"], chapter[f"{name}.median"]
        if count_entered(chapter) == 1:
            return f"Treatment lasted {median} {'month' if median.value == 1 else 'months'}."
        whose = f"{escape(label)}; " if len(arms) > 1 else ""
        low, high = chapter[f"{name}.shortest"], chapter[f"{name}.longest"]
        spread = f"median {median} months, {low} to {high}"
        parts.append(f"{years} patient-years ({whose}{spread})")
    return f"Time on treatment adds up to {join_words(parts)}."


def tabulate_stops(
    stops: pd.DataFrame, patients: pd.DataFrame, arms: Mapping[str, str]
) -> pd.DataFrame:
    """List the reasons for stopping under their causes, with the patients.

    Parameters
    ----------
    stops : DataFrame
        From `helpers.derive.safety.classify_stops`.
    patients : DataFrame
        patient_id and arm.
    arms : mapping of str to str
        Arms with patients and their labels; a column where there are several.

    Returns
    -------
    DataFrame
        One row per cause and reason (and arm): reason, cause, arm (where there are several),
        patients, who, month (the last of each, in the order of the names).
    """
    columns = ["reason", "cause", *(["arm"] if len(arms) > 1 else []), "patients", "who", "month"]
    arm_of = patients.set_index("patient_id")["arm"].map(arms)
    named = stops.assign(
        arm=stops["patient_id"].map(arm_of),
        cause=pd.Categorical(stops["cause"], categories=CAUSES, ordered=True),
        reason=stops["reason"].map(capitalise),
    )
    rows = []
    for (cause, reason, arm), part in named.groupby(["cause", "reason", "arm"], observed=True):
        rows.append(
            {
                "reason": reason,
                "cause": cause,
                "arm": arm,
                "patients": len(part),
                "who": ", ".join(part["patient_id"]),
                "month": ", ".join(format_number(month) for month in part["last_month"]),
            }
        )
    return pd.DataFrame(rows, columns=columns)


def caption_stops(chapter: Chapter) -> str:
    """Caption the table of reasons, saying what makes a cause."""
    other = (
        "another adverse event when an adverse event led to stopping; "
        if chapter.study.has("adverse_events")
        else ""
    )
    words = ", ".join(f"“{word}”" for word in LOCAL_REACTIONS.words)
    return (
        f"Who stopped, why and in which month (n = {chapter['entered']} entered). Cause: local "
        f"skin reaction when the reason or an adverse event that led to stopping says {words}; "
        f"{other}otherwise another reason."
    )


def caption_swimmer(
    chapter: Chapter,
    exposure: pd.DataFrame | None,
    outcomes: pd.DataFrame | None,
    responses: pd.DataFrame | None,
    biopsies: pd.DataFrame | None,
) -> str:
    """Caption the figure of time on treatment, saying where marks stand."""
    if exposure is None or outcomes is None:
        return ""
    source = "; ".join(
        dict.fromkeys(
            chapter[f"exposure.{name_group(arm)}.years"].method for arm in list_arms(chapter)
        )
    )
    judged = (
        "Response at each visit by the IMACS definitions (chapter on clinical response). "
        if responses is not None
        else ""
    )
    late = count_late_marks(outcomes, responses, biopsies)
    beyond = (
        "A mark beyond the end of a bar was assessed on stopping or afterwards and stands under "
        "the planned visit for which it was recorded. "
        if late
        else ""
    )
    first = ", longest first" if len(outcomes) > 1 else ""
    stopped = "Text beside a bar: why the patient stopped. "
    pauses = outcomes["last_month"].sum() > exposure["exposure_months"].sum()
    line = "Thin line: in the study without treatment. " if pauses else ""
    return (
        f"Time on treatment (n = {len(outcomes)}){first}. Bar: {source}. {judged}{beyond}"
        f"{stopped if (outcomes['outcome'] != COMPLETED).any() else ''}{line}"
        f"{explain_diagnoses(chapter.study.table('patients')).strip()}"
    )


def count_late_marks(
    outcomes: pd.DataFrame, responses: pd.DataFrame | None, biopsies: pd.DataFrame | None
) -> int:
    """Count the visits and biopsies that stand after a patient's last month.

    >>> outcomes = pd.DataFrame({"patient_id": ["A"], "last_month": [1.0]})
    >>> visits = pd.DataFrame({"patient_id": ["A", "A"], "month": [0.0, 3.0]})
    >>> count_late_marks(outcomes, visits, None)
    1
    """
    last = outcomes.set_index("patient_id")["last_month"]
    tables = [table for table in (responses, biopsies) if table is not None]
    return sum(int((table["month"] > table["patient_id"].map(last)).sum()) for table in tables)


def describe_swimmer(exposure: pd.DataFrame | None, outcomes: pd.DataFrame | None) -> str:
    """Describe the time on treatment in plain words, or say why there is no figure."""
    if exposure is None or outcomes is None:
        return "when treatment started and stopped was not recorded (no table disposition)."
    months = exposure.set_index("patient_id")["exposure_months"]
    ordered = sorted(list_rows(outcomes), key=lambda row: -months[row["patient_id"]])
    parts = [
        f"{row['patient_id']} {format_number(months[row['patient_id']])} ({row['outcome']})"
        for row in ordered
    ]
    return f"Months on treatment by patient, longest first: {', '.join(parts)}."


def summarise_safety(chapter: Chapter) -> list[str]:
    """Sum treatment and tolerability up: who stopped and for how long, which adverse events."""
    stops, exposure = describe_stops(chapter), describe_exposure(chapter)
    has_events = chapter.study.has("adverse_events")
    if not exposure:
        absent = ["why patients stopped", "how long they were treated"]
        absent = ["time on treatment"] if count_entered(chapter) == 1 else absent
        absent += [] if has_events else ["adverse events"]
        verb = "was" if len(absent) == 1 else "were"
        first = f"{capitalise(join_words(absent))} {verb} not recorded."
        return [first, *([describe_events(chapter)] if has_events else [])]
    treated = f"{stops.removesuffix('.')}; t{exposure.removeprefix('T')}"
    return [treated, describe_events(chapter) if has_events else EVENTS_NOT_RECORDED]


def describe_safety_limits(
    chapter: Chapter, stops: pd.DataFrame | None, exposure: pd.DataFrame | None
) -> list[str]:
    """Say what so few patients cannot show of rare events, and where tables contradict each other.

    Parameters
    ----------
    chapter : Chapter
    stops : DataFrame or None
        From `helpers.derive.safety.classify_stops`.
    exposure : DataFrame or None
        From `helpers.derive.safety.derive_exposure_by_arm`.

    Returns
    -------
    list of str
        HTML; empty where neither was recorded.
    """
    sentences = []
    if chapter.study.has("adverse_events") and count_entered(chapter) > 1:
        none = binomial_interval(0, count_entered(chapter)).interval
        assert none is not None, "somebody entered"
        sentences.append(
            f"An adverse event that none of the {chapter['entered']} patients had can still "
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
    return [*sentences, _describe_contradiction(chapter, stops)]


def _describe_contradiction(chapter: Chapter, stops: pd.DataFrame | None) -> str:
    if stops is None or not chapter.study.has("adverse_events"):
        return ""
    events = chapter.study.table("adverse_events")
    stopped = set(events.loc[(events["action"] == "stopped").fillna(False), "patient_id"])
    stayed = sorted(stopped - set(stops["patient_id"]))
    if not stayed:
        return ""
    return (
        f"The tables disagree about {link_patients(stayed)}: an adverse event is said to have led "
        "to stopping, yet the disposition says completed."
    )
