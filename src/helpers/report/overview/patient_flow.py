"""Who stayed in the study: visit by visit, with the reasons of those who left."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.course.disposition import DIED, LEFT, derive_disposition
from helpers.report.numbers import Numbers
from helpers.report.overview.cohort import count_entered, list_arms
from helpers.report.words import capitalise, count_noun, escape, join_words, name_group


def list_who_left(
    patients: pd.DataFrame,
    disposition: pd.DataFrame | None,
    *,
    months: list[float],
    window: float = 0.0,
) -> pd.DataFrame:
    """Count the patients who stopped before each visit, by arm and reason.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm.
    disposition : DataFrame or None
        One row per patient: last_month, status or completed, stop_reason; None where not recorded.
    months : list of float
        Planned visits.
    window : float
        See `helpers.derive.course.disposition.derive_presence`.

    Returns
    -------
    DataFrame
        One row per arm, month and reason: arm, month (first visit not reached), reason, n.
        Somebody who stopped after the last planned visit missed none and is not listed.

    Examples
    --------
    >>> stop = pd.DataFrame({"patient_id": ["A"], "last_month": [2.0], "completed": [False],
    ...                      "stop_reason": ["headache"]})
    >>> entered = pd.DataFrame({"patient_id": ["A"], "arm": ["drug"]})
    >>> list_who_left(entered, stop, months=[0.0, 3.0]).values.tolist()
    [['drug', 3.0, 'Headache', 1]]
    """
    columns = ["arm", "month", "reason", "n"]
    if disposition is None:
        return pd.DataFrame(columns=columns)
    outcomes = derive_disposition(disposition)
    gone = outcomes[outcomes["status"].isin([LEFT, DIED])].merge(patients, on="patient_id")
    reached = gone["last_month"] + window
    missed = [min([m for m in months if m > last], default=None) for last in reached]
    gone = gone.assign(
        month=pd.Series(missed, index=gone.index, dtype="float64"),
        reason=gone["outcome"].map(capitalise),
    )
    counts = gone.groupby(["arm", "month", "reason"], sort=False).size()
    return counts.rename("n").reset_index()[columns]


def name_seen(arm: str, month: float) -> str:
    """Name the record of how many patients of an arm were in the study at a visit.

    >>> name_seen("control", 3.0)
    'seen.control.month_3'
    """
    return f"seen.{name_group(arm)}.month_{f'{month:g}'.replace('.', '-')}"


def describe_retention(numbers: Numbers) -> str:
    """Say how many patients of each arm were still in the study at the last planned visit."""
    config = numbers.study.config
    last, label = config.months[-1], escape(config.label_month(config.months[-1]))
    if len(config.months) == 1:
        return "One visit was planned."
    arms = list_arms(numbers.study)
    names = {arm: name_seen(arm, last) for arm in arms}
    single = count_entered(numbers.study) == 1
    if not all(name in numbers for name in names.values()):
        if single:
            return f"No table by visit says whether the patient was seen at {label}."
        return f"Who was still in the study at the last planned visit ({label}) was not recorded."
    if single:
        return _say_single(numbers, next(iter(names.values())), label)
    reached = {arm: name for arm, name in names.items() if numbers[name].value is not None}
    parts = [
        _say_seen(numbers, name) + (f" ({escape(arms[arm])})" if len(arms) > 1 else "")
        for arm, name in reached.items()
    ]
    waiting = [f"“{escape(arms[arm])}”" for arm in arms if arm not in reached]
    whose = f" of {join_words(waiting, conjunction='or')}" if reached else ""
    later = f"nobody{whose} has reached the last planned visit ({label}) yet" if waiting else ""
    what = "were in the study" if numbers.study.has("disposition") else "had a value"
    said = f"{join_words(parts)} patients {what} at the last planned visit ({label})"
    return "; ".join(filter(None, [said if parts else "", later])) + "."


def name_not_due(seen: str) -> str:
    """Name the record of how many have a visit yet to come, from that of who was seen at it.

    >>> name_not_due(name_seen("control", 3.0))
    'not_due.control.month_3'
    """
    return seen.replace("seen.", "not_due.", 1)


def _say_seen(numbers: Numbers, name: str) -> str:
    seen, later = numbers[name], name_not_due(name)
    if later not in numbers or not numbers[later].value:
        return f"{seen} of {seen.n}"
    return f"{seen} of {seen.n} (for {numbers[later]} more it is not yet due)"


def _say_single(numbers: Numbers, name: str, label: str) -> str:
    if name_not_due(name) in numbers and numbers[name_not_due(name)].value:
        return f"The patient has not yet reached the last planned visit ({label})."
    if not numbers.study.has("disposition"):
        had = "has a" if numbers[name].value else "has no"
        return f"The patient {had} value at the last planned visit ({label})."
    stayed = "was" if numbers[name].value else "was not"
    return f"The patient {stayed} in the study at the last planned visit ({label})."


def caption_flow(numbers: Numbers, left: pd.DataFrame) -> str:
    """Caption the flow of patients, saying how being in the study was decided."""
    how = (
        "who was in the study by the recorded last month or status"
        if numbers.study.has("disposition")
        else "who has at least one value there"
    )
    reasons = " Reasons stand below the first visit not reached." if len(left) else ""
    return (
        f"Flow of patients (n = {numbers['entered']} entered). Counted at a visit: {how}.{reasons}"
    )


def describe_flow(seen: pd.DataFrame, left: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the flow of patients in words, or say why there is none; empty for one patient."""
    if seen.loc[seen["month"] == seen["month"].min(), "n_entered"].sum() == 1:
        return ""
    known = seen.dropna(subset=["n_seen"])
    waiting = seen[seen["n_not_due"] > 0]
    if known["month"].nunique() < 2:
        return "who was seen at which visit was not recorded."
    parts = []
    for arm, rows in known.groupby("arm", sort=False):
        steps = [f"{r['n_seen']} at {config.label_month(r['month'])}" for r in list_rows(rows)]
        parts.append(f"{config.arms[str(arm)]}: {join_words(steps)}")
    gone = [
        f"{r['n']} before {config.label_month(r['month'])} ({r['reason']})" for r in list_rows(left)
    ]
    stopped = f" Stopped: {join_words(gone)}." if gone else ""
    later = [f"{r['n_not_due']} at {config.label_month(r['month'])}" for r in list_rows(waiting)]
    coming = f" Not yet due: {join_words(later)}." if later else ""
    return f"Flow of patients. {'; '.join(parts)}.{stopped}{coming}"


def conclude_retention(numbers: Numbers, seen: pd.DataFrame) -> str:
    """Say what it means for later visits who had left before them."""
    config = numbers.study.config
    last = seen[seen["month"] == config.months[-1]]
    if len(config.months) == 1:
        return "With one visit there is no later state to compare."
    if (last["n_seen"].isna() & (last["n_not_due"] == 0)).any():
        return (
            "Who stayed to the last visit was not recorded, so later visits may describe a "
            "selection of those who entered."
        )
    stayed, due = int(last["n_seen"].sum()), int((last["n_entered"] - last["n_not_due"]).sum())
    later = int(last["n_not_due"].sum())
    if later:
        return (
            f"For {count_noun(later, 'patient')} the last visit is not yet due, so what is said of "
            "later visits is preliminary and describes those who came first."
        )
    if stayed == due:
        return (
            "Every patient was in the study to the last visit, so later visits describe the same "
            "patients as the first."
        )
    if not numbers.study.has("disposition"):
        return (
            f"{due - stayed} of {due} patients have no value at the last visit, and whether they "
            "had left was not recorded: later visits describe those who were measured."
        )
    if stayed == 0:
        return "No patient was in the study at the last visit, which can therefore tell nothing."
    counted = numbers.study.config.response.unjudged == "not_improved"
    analysed = (
        ", and every share of responders counts all who entered"
        if counted and numbers.study.has("core_set")
        else ""
    )
    return (
        f"{due - stayed} of {due} patients had left by the last visit: later visits describe those "
        f"who stayed{analysed}."
    )
