"""Treatment as received: courses and exposure by arm, adverse events, and why patients stopped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.checks import keep_text
from helpers.derive.course.adverse_events import (
    flag_deaths,
    summarise_adverse_event_overview,
    summarise_adverse_events,
)
from helpers.derive.course.disposition import (
    COMPLETED,
    DIED,
    LEFT,
    ONGOING,
    REASON_NOT_GIVEN,
    derive_disposition,
)
from helpers.derive.course.exposure import MONTHS_PER_YEAR, derive_exposure

DEATH, LOCAL_REACTION, OTHER_EVENT, DISEASE, OTHER_REASON, NOT_TOLD = (
    "death",
    "local skin reaction",
    "other adverse event",
    "disease activity",
    "other reason",
    "cause not told",
)
CAUSES = (DEATH, LOCAL_REACTION, OTHER_EVENT, DISEASE, OTHER_REASON)
"""Why a patient stopped; everybody who stopped is in exactly one, or the cause is not told."""


@dataclass(frozen=True)
class LocalReactionRule:
    """Which words make an event or a reason for stopping a local skin reaction.

    Attributes
    ----------
    words : tuple of str
        Any of these anywhere in the text, capitals or not. The standard vocabulary of adverse
        events begins every such term with the site.
    """

    words: tuple[str, ...] = (
        "injection site",
        "infusion site",
        "application site",
        "administration site",
        "local skin",
    )


LOCAL_REACTIONS = LocalReactionRule()


@dataclass(frozen=True)
class StopRule:
    """Which words in a reason for stopping tell its cause; any of them, capitals or not.

    Attributes
    ----------
    disease : tuple of str
        The disease went on or came back: too little effect, a flare, rescue.
    event : tuple of str
        The treatment was not tolerated. So does a reason that names an adverse event of the
        patient by its term.
    other : tuple of str
        Neither: a wish, a move, a protocol.
    """

    disease: tuple[str, ...] = (
        *("efficacy", "ineffective", "no effect", "no benefit", "no response", "non-response"),
        *("treatment failure", "disease activity", "active disease", "disease progress"),
        *("progressive disease", "disease worsen", "worsening of disease", "clinical worsening"),
        *("clinical deterioration", "flare", "relapse", "muscle symptom", "muscle weakness"),
        *("worsening of myositis", "worsening myositis", "myositis worsen", "rescue"),
    )
    event: tuple[str, ...] = (
        *("adverse event", "adverse effect", "adverse reaction", "side effect", "side-effect"),
        *("toxicity", "intoleran", "tolerab"),
    )
    other: tuple[str, ...] = (
        *("withdr", "consent", "wish", "moved", "lost to follow", "pregnan", "protocol"),
        *("complian", "investigator", "sponsor", "personal", "logistic", "family"),
    )


STOPS = StopRule()


def flag_local_reaction(
    texts: pd.Series, *, rule: LocalReactionRule = LOCAL_REACTIONS
) -> pd.Series:
    """Tell which terms or reasons name a local skin reaction.

    Parameters
    ----------
    texts : Series of str
        Terms of adverse events, or reasons for stopping. A missing text is no local reaction.
    rule : LocalReactionRule
        The words that decide.

    Returns
    -------
    Series of bool, same index

    Examples
    --------
    >>> flag_local_reaction(pd.Series(["Injection site rash", "Rash"])).tolist()
    [True, False]
    """
    plain = texts.fillna("").astype("str").str.casefold()
    return plain.map(lambda text: any(word in text for word in rule.words)).astype(bool)


def classify_stops(
    disposition: pd.DataFrame | None,
    adverse_events: pd.DataFrame | None = None,
    *,
    rule: StopRule = STOPS,
) -> pd.DataFrame | None:
    """Sort everybody who stopped by the cause, drawing on every source there is.

    The reason as written comes first: a death, a local skin reaction, the disease, a treatment
    that was not tolerated. Where it tells none of these, an adverse event that led to stopping
    does. What neither tells is another reason when the reason's words say so, or when adverse
    events and their actions were recorded and none led to stopping; else the cause is not told.

    Parameters
    ----------
    disposition : DataFrame or None
        One row per patient: patient_id, last_month, status or completed, stop_reason.
    adverse_events : DataFrame, optional
        One row per event: patient_id, term, action.
    rule : StopRule
        The words that decide.

    Returns
    -------
    DataFrame or None
        One row per patient who stopped, in the order of `disposition`: patient_id, last_month,
        status, reason (as written), cause (one of `CAUSES` or `NOT_TOLD`). None where the
        disposition was not recorded.

    Raises
    ------
    ValueError
        See `helpers.derive.course.disposition.derive_disposition`.

    Examples
    --------
    >>> stops = pd.DataFrame({"patient_id": ["A", "B"], "last_month": [1.0, 8.0],
    ...                       "completed": False, "stop_reason": ["local skin rash", "moved away"]})
    >>> classify_stops(stops)["cause"].tolist()
    ['local skin reaction', 'other reason']
    """
    if disposition is None:
        return None
    outcomes = derive_disposition(disposition)
    stopped = outcomes[outcomes["status"].isin([LEFT, DIED])].reset_index(drop=True)
    stopped = stopped.rename(columns={"outcome": "reason"})
    stopped["cause"] = [
        _find_cause(row, _keep_events(adverse_events, row["patient_id"]), rule)
        for row in list_rows(stopped)
    ]
    return keep_text(stopped, ["reason", "cause"])


def _keep_events(adverse_events: pd.DataFrame | None, patient: str) -> pd.DataFrame | None:
    if adverse_events is None:
        return None
    return adverse_events[adverse_events["patient_id"] == patient]


def _find_cause(row: Mapping[str, Any], events: pd.DataFrame | None, rule: StopRule) -> str:
    reason = row["reason"].casefold()
    if row["status"] == DIED:
        return DEATH
    if flag_local_reaction(pd.Series([reason])).all():
        return LOCAL_REACTION
    if any(word in reason for word in rule.disease):
        return DISEASE
    by_event = _find_event(reason, events, rule)
    if by_event or any(word in reason for word in rule.other):
        return by_event or OTHER_REASON
    told = events is not None and not events["action"].isna().any()
    return OTHER_REASON if told and reason != REASON_NOT_GIVEN else NOT_TOLD


def _find_event(reason: str, events: pd.DataFrame | None, rule: StopRule) -> str:
    """Find the adverse event that led to stopping, by the reason or the action; else nothing."""
    says = any(word in reason for word in rule.event)
    if events is None:
        return OTHER_EVENT if says else ""
    leading = events[(events["action"] == "stopped").fillna(False)]
    if flag_local_reaction(leading["term"]).any():
        return LOCAL_REACTION
    named = any(str(term).casefold() in reason for term in events["term"])
    return OTHER_EVENT if says or named or len(leading) else ""


def derive_deaths(
    patients: pd.DataFrame,
    disposition: pd.DataFrame | None,
    adverse_events: pd.DataFrame | None,
) -> pd.Series:
    """Say of everybody who entered whether the patient died, drawing on every source there is.

    Parameters
    ----------
    patients : DataFrame
        patient_id of everybody who entered.
    disposition : DataFrame or None
        Status and reason for stopping.
    adverse_events : DataFrame or None
        Term, grade and seriousness of each event.

    Returns
    -------
    Series of boolean
        Index patient_id. True: the status, the reason for stopping, a term or grade 5 says so.
        False: the patient completed, is still in the study or stopped for a reason that is none;
        or adverse events were recorded, and each of the patient's is known to be none. Missing
        otherwise.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A", "B"]})
    >>> events = pd.DataFrame({"patient_id": ["A"], "term": "Sudden death", "serious": True,
    ...                        "ctcae_grade": pd.array([None], dtype="Int64")})
    >>> derive_deaths(patients, None, events).tolist(), derive_deaths(patients, None, None).tolist()
    ([True, False], [<NA>, <NA>])
    """
    died = pd.Series(pd.NA, index=pd.Index(patients["patient_id"]), dtype="boolean")
    if adverse_events is not None:
        of_event = flag_deaths(adverse_events)
        open_events = adverse_events.loc[of_event.isna(), "patient_id"]
        died = died.mask(~died.index.isin(open_events), False)
    if disposition is not None:
        outcomes = derive_disposition(disposition).set_index("patient_id")
        status, outcome = outcomes["status"], outcomes["outcome"]
        known = status.isin([COMPLETED, ONGOING]) | (outcome != REASON_NOT_GIVEN)
        died = died.mask(died.index.isin(known.index[known]), False)
        died = died.mask(died.index.isin(status.index[status == DIED]), True)
    if adverse_events is not None:
        fatal = adverse_events.loc[of_event.fillna(False).astype(bool), "patient_id"]
        died = died.mask(died.index.isin(fatal), True)
    return died.rename("died")


def find_study_drugs(patients: pd.DataFrame, medications: pd.DataFrame | None) -> dict[str, str]:
    """Find the drug of each arm: the one in the medications that has the arm's name.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm.
    medications : DataFrame or None
        One row per course: drug.

    Returns
    -------
    dict of str to str
        Arm and its drug as the medications write it; an arm without one is left out.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A", "B"], "arm": ["rituximab", "placebo"]})
    >>> find_study_drugs(patients, pd.DataFrame({"drug": ["Rituximab", "prednisolone"]}))
    {'rituximab': 'Rituximab'}
    """
    if medications is None:
        return {}
    written = {str(drug).casefold(): str(drug) for drug in medications["drug"].dropna()}
    arms = [str(arm) for arm in patients["arm"].unique()]
    return {arm: written[arm.casefold()] for arm in arms if arm.casefold() in written}


def derive_exposure_by_arm(
    patients: pd.DataFrame,
    disposition: pd.DataFrame | None,
    medications: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """Measure each patient's months on the treatment of the patient's arm.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm of everybody who entered.
    disposition : DataFrame or None
        One row per patient: last_month, completed, stop_reason.
    medications : DataFrame or None
        One row per course: patient_id, drug, start_month, end_month. In an arm that is named after
        a drug its courses count; in another arm the time in the study.

    Returns
    -------
    DataFrame or None
        One row per patient, arm by arm: arm, and the columns of
        `helpers.derive.course.exposure.derive_exposure`. None where the disposition was not
        recorded.

    Raises
    ------
    ValueError
        When a patient has no row in the disposition, or as `derive_exposure`.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A", "B"], "arm": ["drug", "none"]})
    >>> ended = pd.DataFrame({"patient_id": ["A", "B"], "last_month": 6.0, "completed": True,
    ...                       "stop_reason": None})
    >>> courses = pd.DataFrame({"patient_id": ["A"], "drug": "drug", "start_month": [0.0],
    ...                         "end_month": [4.0]})
    >>> derive_exposure_by_arm(patients, ended, courses)["exposure_months"].tolist()
    [4.0, 6.0]
    """
    if disposition is None:
        return None
    derive_disposition(disposition, patients=patients["patient_id"])
    drugs = find_study_drugs(patients, medications)
    parts = []
    for arm, members in patients.groupby("arm", sort=False)["patient_id"]:
        ended = disposition[disposition["patient_id"].isin(members)]
        drug = drugs.get(str(arm))
        if medications is None or _keep_courses(medications, members, drug) is None:
            exposure = derive_exposure(ended)
        else:
            courses = medications[medications["patient_id"].isin(members)]
            exposure = derive_exposure(ended, medications=courses, drug=drug)
        parts.append(exposure.assign(arm=arm))
    return pd.concat(parts, ignore_index=True)


def derive_outcomes_by_arm(
    patients: pd.DataFrame, disposition: pd.DataFrame | None
) -> pd.DataFrame | None:
    """Give each patient's arm, last month and outcome.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm of everybody who entered.
    disposition : DataFrame or None
        One row per patient: last_month, status or completed, stop_reason.

    Returns
    -------
    DataFrame or None
        One row per patient: patient_id, last_month, status, outcome, arm. None where the
        disposition was not recorded.

    Raises
    ------
    ValueError
        See `helpers.derive.course.disposition.derive_disposition`.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> ended = pd.DataFrame({"patient_id": ["A"], "last_month": 6.0, "completed": True,
    ...                       "stop_reason": None})
    >>> derive_outcomes_by_arm(patients, ended).values.tolist()
    [['A', 6.0, 'completed', 'completed', 'drug']]
    """
    if disposition is None:
        return None
    outcomes = derive_disposition(disposition, patients=patients["patient_id"])
    return outcomes.merge(patients[["patient_id", "arm"]], on="patient_id")


def derive_treatment_courses(
    patients: pd.DataFrame,
    disposition: pd.DataFrame | None,
    medications: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """Give the stretches of time during which each patient received the arm's treatment.

    Parameters
    ----------
    patients, disposition, medications
        As in `derive_exposure_by_arm`.

    Returns
    -------
    DataFrame or None
        One row per course: patient_id, start_month (from 0), end_month (to the last month). A
        patient without a recorded course in an arm that has some gets no row. None where the
        disposition was not recorded.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> ended = pd.DataFrame({"patient_id": ["A"], "last_month": [6.0]})
    >>> derive_treatment_courses(patients, ended).values.tolist()
    [['A', 0.0, 6.0]]
    """
    if disposition is None:
        return None
    last = dict(zip(disposition["patient_id"], disposition["last_month"], strict=True))
    drugs = find_study_drugs(patients, medications)
    rows: list[tuple[str, float, float]] = []
    for arm, members in patients.groupby("arm", sort=False)["patient_id"]:
        courses = _keep_courses(medications, members, drugs.get(str(arm)))
        if courses is None:
            rows += [(patient, 0.0, float(last[patient])) for patient in members]
        else:
            rows += [_cut_course(course, last[course["patient_id"]]) for course in courses]
    table = pd.DataFrame(rows, columns=["patient_id", "start_month", "end_month"])
    return table[table["start_month"] < table["end_month"]].reset_index(drop=True)


def _keep_courses(
    medications: pd.DataFrame | None, members: pd.Series, drug: str | None
) -> list[dict[str, Any]] | None:
    """Give the arm's courses of its drug; None where there is not one, so that time counts."""
    if medications is None or drug is None:
        return None
    wanted = (medications["drug"] == drug) & medications["patient_id"].isin(members)
    return list_rows(medications[wanted]) or None


def _cut_course(course: Mapping[str, Any], last_month: float) -> tuple[str, float, float]:
    end = last_month if pd.isna(course["end_month"]) else min(course["end_month"], last_month)
    return course["patient_id"], max(float(course["start_month"]), 0.0), float(end)


def summarise_events_by_arm(
    adverse_events: pd.DataFrame | None,
    patients: pd.DataFrame,
    exposure: pd.DataFrame | None,
    disposition: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Count adverse events in each arm: the rows always shown, and organ classes with their terms.

    Parameters
    ----------
    adverse_events : DataFrame or None
        One row per event; a table without rows says that there was none.
    patients : DataFrame
        patient_id and arm of everybody who entered: the denominators.
    exposure : DataFrame or None
        From `derive_exposure_by_arm`; without it the patient-years are missing.
    disposition : DataFrame, optional
        Who stopped for an event, died or completed, where the events do not say.

    Returns
    -------
    (DataFrame, DataFrame) or None
        `helpers.derive.course.adverse_events.summarise_adverse_event_overview` and
        `summarise_adverse_events` of each arm, one below the other, with the columns arm and
        n_treated; an arm without an event that another arm had holds it with zeros. None where
        adverse events were not recorded.

    Raises
    ------
    ValueError
        See `helpers.derive.course.adverse_events.summarise_adverse_events`.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> summarise_events_by_arm(None, patients, None) is None
    True
    """
    if adverse_events is None:
        return None
    overviews, classes = [], []
    stops = classify_stops(disposition, adverse_events)
    outcomes = None if disposition is None else derive_disposition(disposition)
    deaths = derive_deaths(patients, disposition, adverse_events)
    for arm, members in patients.groupby("arm", sort=False)["patient_id"]:
        events = adverse_events[adverse_events["patient_id"].isin(members)]
        years = sum_exposure(exposure, [str(arm)])
        overview = summarise_adverse_event_overview(
            events,
            patients=members,
            patient_years=years,
            stopped_for_event=_list_ids(stops, "cause", (LOCAL_REACTION, OTHER_EVENT)),
            completed=_list_ids(outcomes, "status", (COMPLETED,)),
            died=deaths,
        )
        by_class = summarise_adverse_events(events, patients=members, patient_years=years)
        overviews.append(overview.assign(arm=arm))
        classes.append(by_class.assign(arm=arm, n_treated=overview["n_treated"].iloc[0]))
    overview = pd.concat(overviews, ignore_index=True)
    return overview, _fill_absent_events(pd.concat(classes, ignore_index=True), overview)


def _list_ids(table: pd.DataFrame | None, column: str, wanted: Sequence[str]) -> list[str]:
    return [] if table is None else list(table.loc[table[column].isin(wanted), "patient_id"])


def _fill_absent_events(by_class: pd.DataFrame, overview: pd.DataFrame) -> pd.DataFrame:
    """Give every arm a row, if need be of zeros, for every class and term that any arm has."""
    keys = ["level", "system_organ_class", "term"]
    arms = overview[["arm", "n_treated", "patient_years"]].drop_duplicates()
    grid = arms.merge(by_class[keys].drop_duplicates(), how="cross")
    counts = by_class.drop(columns=["n_treated", "patient_years"])
    table = grid.merge(counts, on=["arm", *keys], how="left", validate="one_to_one")
    numbers = [name for name in counts if name not in ("arm", *keys)]
    return table.fillna(dict.fromkeys(numbers, 0))[list(by_class.columns)]


def sum_exposure(exposure: pd.DataFrame | None, arms: Sequence[str]) -> float | None:
    """Add up the patient-years of some arms; None where they are not known.

    >>> sum_exposure(pd.DataFrame({"arm": ["drug"], "exposure_months": [6.0]}), ["drug"])
    0.5
    """
    if exposure is None:
        return None
    months = exposure.loc[exposure["arm"].isin(arms), "exposure_months"].sum()
    return float(months) / MONTHS_PER_YEAR


def summarise_local_reactions(
    adverse_events: pd.DataFrame | None, patients: pd.DataFrame
) -> pd.DataFrame | None:
    """Count the patients of each arm who had a local skin reaction, and its worst grade.

    Parameters
    ----------
    adverse_events : DataFrame or None
        One row per event: patient_id, term, ctcae_grade.
    patients : DataFrame
        patient_id and arm of everybody who entered.

    Returns
    -------
    DataFrame or None
        One row per arm: arm, n_patients (each once), n_events, worst_grade (missing where there
        was none or no grade is known), n_treated. None where events were not recorded.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A", "B"], "arm": "drug"})
    >>> events = pd.DataFrame({"patient_id": ["A", "A"], "term": ["Injection site rash", "Fall"],
    ...                        "ctcae_grade": [2, 3]})
    >>> summarise_local_reactions(events, patients)[["n_patients", "worst_grade"]].values.tolist()
    [[1, 2]]
    """
    if adverse_events is None:
        return None
    local = adverse_events[flag_local_reaction(adverse_events["term"])]
    rows = []
    for arm, members in patients.groupby("arm", sort=False)["patient_id"]:
        here = local[local["patient_id"].isin(members)]
        worst = here["ctcae_grade"].astype("Int64").max()
        rows.append((arm, here["patient_id"].nunique(), len(here), worst, len(members)))
    columns = ["arm", "n_patients", "n_events", "worst_grade", "n_treated"]
    return pd.DataFrame(rows, columns=columns).astype({"worst_grade": "Int64"})
