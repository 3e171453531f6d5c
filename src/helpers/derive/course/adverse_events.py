"""Adverse events: each patient once at the worst grade, with all events counted beside."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from helpers.derive.checks import check_allowed, check_table, keep_text, list_some
from helpers.derive.course.disposition import flag_death

GRADES: tuple[int, ...] = (1, 2, 3, 4, 5)
"""CTCAE grades: mild, moderate, severe, life-threatening, death."""

ACTIONS: tuple[str, ...] = ("none", "interrupted", "reduced", "stopped")

OVERVIEW_ROWS: tuple[str, ...] = (
    "any adverse event",
    "related to treatment",
    "serious",
    "grade 3 or higher",
    "leading to stopping treatment",
    "death",
)
"""Rows that a report always shows, also when they hold no patient."""

_COLUMNS = [
    "patient_id",
    "term",
    "system_organ_class",
    "ctcae_grade",
    "serious",
    "related",
    "action",
]


def _check_events(
    adverse_events: pd.DataFrame, patients: Sequence[str] | pd.Series
) -> tuple[pd.DataFrame, list[str]]:
    check_table(adverse_events, name="adverse_events", columns=_COLUMNS, key=[])
    check_table(
        pd.DataFrame({"patient_id": list(patients)}),
        name="patients",
        columns=[],
        key=["patient_id"],
    )
    treated = list(patients)
    check_allowed(adverse_events["action"], name="adverse_events, column action", allowed=ACTIONS)
    check_allowed(
        adverse_events["ctcae_grade"], name="adverse_events, column ctcae_grade", allowed=GRADES
    )
    needed = ["patient_id", "term", "system_organ_class"]
    empty = adverse_events.index[adverse_events[needed].isna().any(axis=1)]
    strangers = adverse_events.loc[~adverse_events["patient_id"].isin(treated), "patient_id"]
    if len(empty) or len(strangers):
        raise ValueError(
            "adverse_events: expected patient, term and organ class in every row, for patients of "
            f"the study; empty in row {list_some(empty) or 'none'}; "
            f"unknown patients: {list_some(strangers.dropna().unique()) or 'none'}."
        )
    events = adverse_events.astype(
        {"ctcae_grade": "Int64", "serious": "boolean", "related": "boolean"}
    )
    return events, treated


def summarise_adverse_events(
    adverse_events: pd.DataFrame,
    *,
    patients: Sequence[str] | pd.Series,
    patient_years: float | None = None,
) -> pd.DataFrame:
    """Tabulate adverse events by system organ class and term.

    Parameters
    ----------
    adverse_events : DataFrame
        One row per event: patient_id, term, system_organ_class, ctcae_grade (1 to 5), serious,
        related, action.
    patients : sequence of str
        Everybody who received the treatment: the denominator of every percentage.
    patient_years : float, optional
        Exposure of those patients, copied into the table so that rates can be computed from it.

    Returns
    -------
    DataFrame
        One row per organ class (level "class", term empty) followed by its terms (level "term").
        Classes by falling number of patients, then of events, then by name; terms likewise.

        - n_patients : patients with the event, each once per row
        - percent : of `patients`; missing when there are none
        - n_events : all events
        - worst_grade_1 to worst_grade_5, worst_grade_missing : the patients by their worst grade;
          they add up to n_patients
        - patient_years : as given, or missing

    Raises
    ------
    ValueError
        When a column is absent, an event lacks patient, term or class, a grade or action is
        unknown, or a patient is not in `patients`.

    Examples
    --------
    >>> events = pd.DataFrame({"patient_id": ["P1", "P1"], "term": "headache",
    ...     "system_organ_class": "nervous system", "ctcae_grade": [1, 2], "serious": False,
    ...     "related": False, "action": "none"})
    >>> table = summarise_adverse_events(events, patients=["P1", "P2"])
    >>> table[["level", "n_patients", "n_events", "worst_grade_2"]].values.tolist()
    [['class', 1, 2, 1], ['term', 1, 2, 1]]
    """
    events, treated = _check_events(adverse_events, patients)
    classes = _rank(_count(events, ["system_organ_class"]))
    terms = _count(events, ["system_organ_class", "term"])
    parts = []
    for name in classes["system_organ_class"]:
        parts.append(classes[classes["system_organ_class"] == name].assign(level="class", term=""))
        parts.append(_rank(terms[terms["system_organ_class"] == name]).assign(level="term"))
    table = pd.concat([*parts, terms.iloc[:0].assign(level="")], ignore_index=True)
    table["percent"] = _percent(table["n_patients"], len(treated))
    table["patient_years"] = np.nan if patient_years is None else float(patient_years)
    grades = [*(f"worst_grade_{grade}" for grade in GRADES), "worst_grade_missing"]
    columns = ["level", "system_organ_class", "term", "n_patients", "percent", "n_events"]
    table = keep_text(table[[*columns, *grades, "patient_years"]], columns[:3])
    return table.astype({"percent": "float64", "patient_years": "float64"})


def _count(events: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Patients once each at their worst grade, and all events, for each group."""
    worst = events.groupby([*by, "patient_id"], as_index=False)["ctcae_grade"].max()
    counts = worst.groupby(by).size().rename("n_patients").to_frame()
    counts["n_events"] = events.groupby(by).size()
    for grade in GRADES:
        counts[f"worst_grade_{grade}"] = worst[worst["ctcae_grade"] == grade].groupby(by).size()
    counts["worst_grade_missing"] = worst[worst["ctcae_grade"].isna()].groupby(by).size()
    return counts.fillna(0).astype("Int64").reset_index()


def _rank(counts: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in ("system_organ_class", "term") if name in counts]
    return counts.sort_values(
        ["n_patients", "n_events", *names], ascending=[False, False, *[True] * len(names)]
    )


def _percent(numbers: pd.Series, n_treated: int) -> pd.Series:
    if n_treated == 0:
        return pd.Series(np.nan, index=numbers.index)
    return (100 * numbers / n_treated).astype("float64")


def flag_deaths(adverse_events: pd.DataFrame) -> pd.Series:
    """Say of each event whether it was a death: by its term, or grade 5.

    Parameters
    ----------
    adverse_events : DataFrame
        One row per event: term, ctcae_grade, serious.

    Returns
    -------
    Series of boolean
        Same index. Missing where the term says nothing, no grade is given and the event is not
        known to be not serious.

    Examples
    --------
    >>> events = pd.DataFrame({"term": ["Death", "Rash", "Rash"], "serious": [True, False, True],
    ...                        "ctcae_grade": pd.array([None, None, None], dtype="Int64")})
    >>> flag_deaths(events).tolist()
    [True, False, <NA>]
    """
    grade = adverse_events["ctcae_grade"].astype("Int64")
    serious = adverse_events["serious"].astype("boolean")
    fatal = (grade == 5).astype("boolean")  # missing where the grade is
    fatal = fatal.mask(grade.isna() & (serious == False).fillna(False), False)  # noqa: E712
    return fatal.mask(flag_death(adverse_events["term"]), True)


def summarise_adverse_event_overview(
    adverse_events: pd.DataFrame,
    *,
    patients: Sequence[str] | pd.Series,
    patient_years: float | None = None,
    stopped_for_event: Collection[str] = (),
    completed: Collection[str] = (),
    died: pd.Series | None = None,
) -> pd.DataFrame:
    """Count patients and events in the rows that a report always shows.

    Parameters
    ----------
    adverse_events, patients, patient_years
        As in `summarise_adverse_events`.
    stopped_for_event, completed : collection of str
        Patients whose reason for stopping was an adverse event, and those who completed, so that
        an event without an action did not end their treatment.
    died : Series of boolean, optional
        From `helpers.derive.course.safety.derive_deaths`; by default the events alone say.

    Returns
    -------
    DataFrame
        One row per entry of `OVERVIEW_ROWS`, also where nobody is in it:

        - row
        - n_patients, percent, n_events
        - n_patients_unknown : patients not among them of whom it is not known
        - n_events_unknown : events of which the row's question was not answered (no grade,
          seriousness, relatedness or action given), so that they could belong to it
        - n_treated, patient_years

        Where anything is not known, n_patients and n_events are the least that there were, and
        percent is missing.

    Raises
    ------
    ValueError
        As `summarise_adverse_events`.

    Examples
    --------
    >>> events = pd.DataFrame({"patient_id": ["P1", "P1"], "term": "headache",
    ...     "system_organ_class": "nervous system", "ctcae_grade": [1, 3], "serious": False,
    ...     "related": False, "action": "none"})
    >>> overview = summarise_adverse_event_overview(events, patients=["P1", "P2"])
    >>> overview.set_index("row").loc["grade 3 or higher", ["n_patients", "n_events"]].tolist()
    [1, 1]
    """
    events, treated = _check_events(adverse_events, patients)
    here = pd.Index(treated)
    rows = []
    for row, belongs in _ask_overview(events, completed).items():
        yes = set(events.loc[belongs.fillna(False), "patient_id"])
        open_ones = set(events.loc[belongs.isna(), "patient_id"])
        if row == "leading to stopping treatment":
            yes |= set(here.intersection(list(stopped_for_event)))
        if row == "death" and died is not None:
            of_arm = died.reindex(here)
            yes = set(here[of_arm.fillna(False).astype(bool)])
            open_ones = set(here[of_arm.isna()])
        rows.append((row, len(yes), len(open_ones - yes), belongs.sum(), belongs.isna().sum()))
    counts = ["n_patients", "n_patients_unknown", "n_events", "n_events_unknown"]
    table = pd.DataFrame(rows, columns=["row", *counts]).astype(dict.fromkeys(counts, "Int64"))
    known = table["n_patients_unknown"] == 0
    table["percent"] = _percent(table["n_patients"], len(treated)).where(known)
    table["n_treated"] = pd.Series(len(treated), index=table.index, dtype="Int64")
    table["patient_years"] = np.nan if patient_years is None else float(patient_years)
    columns = ["row", "n_patients", "n_patients_unknown", "percent", *counts[2:], "n_treated"]
    return keep_text(table[[*columns, "patient_years"]], ["row"])


def _ask_overview(events: pd.DataFrame, completed: Collection[str]) -> dict[str, pd.Series]:
    grade, action, death = events["ctcae_grade"], events["action"], flag_deaths(events)
    fatal = death.fillna(False).astype(bool)
    ended = (action == "stopped").astype("boolean").mask(action.isna())
    ended = ended.mask(action.isna() & events["patient_id"].isin(list(completed)), False)
    answers = (
        pd.Series(True, index=events.index, dtype="boolean"),
        events["related"],
        events["serious"].mask(fatal, True),
        (grade >= 3).astype("boolean").mask(fatal, True),
        ended,
        death,
    )
    return dict(zip(OVERVIEW_ROWS, answers, strict=True))


def list_worst_grades(adverse_events: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """List who had which event, once each, at its worst grade.

    Parameters
    ----------
    adverse_events : DataFrame
        One row per event: patient_id, system_organ_class, term, ctcae_grade.
    patients : DataFrame
        patient_id and arm.

    Returns
    -------
    DataFrame
        One row per patient, class and term: patient_id, arm, system_organ_class, term, grade (0
        where none is known).

    Examples
    --------
    >>> events = pd.DataFrame({"patient_id": ["A", "A"], "system_organ_class": "Skin",
    ...                        "term": "rash", "ctcae_grade": [1, 2]})
    >>> list_worst_grades(events, pd.DataFrame({"patient_id": ["A"], "arm": "x"}))["grade"].tolist()
    [2]
    """
    keys = ["patient_id", "system_organ_class", "term"]
    grades = adverse_events.assign(grade=adverse_events["ctcae_grade"].astype("Int64").fillna(0))
    worst = grades.groupby(keys, sort=False)["grade"].max().reset_index()
    return worst.merge(patients[["patient_id", "arm"]], on="patient_id").astype({"grade": int})
