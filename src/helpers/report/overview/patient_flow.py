"""Who stayed in the study: visit by visit, with the reasons of those who left."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.overview.cohort import count_entered, list_arms
from helpers.report.words import capitalise, escape, join_words, name_group


def list_who_left(
    patients: pd.DataFrame, disposition: pd.DataFrame | None, *, months: list[float]
) -> pd.DataFrame:
    """Count the patients who stopped before each visit, by arm and reason.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm.
    disposition : DataFrame or None
        One row per patient: last_month, completed, stop_reason; None where not recorded.
    months : list of float
        Planned visits.

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
    gone = disposition[~disposition["completed"].astype(bool)].merge(patients, on="patient_id")
    missed = [min([m for m in months if m > last], default=None) for last in gone["last_month"]]
    reasons = gone["stop_reason"].astype("str").fillna("reason not recorded").map(capitalise)
    gone = gone.assign(month=pd.Series(missed, index=gone.index, dtype="float64"), reason=reasons)
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
    parts = [
        f"{numbers[name]} of {numbers[name].n}"
        + (f" ({escape(arms[arm])})" if len(arms) > 1 else "")
        for arm, name in names.items()
    ]
    if single:
        stayed = "was" if numbers[next(iter(names.values()))].value else "was not"
        return f"The patient {stayed} in the study at the last planned visit ({label})."
    return f"{join_words(parts)} patients were in the study at the last planned visit ({label})."


def caption_flow(numbers: Numbers, left: pd.DataFrame) -> str:
    """Caption the flow of patients, saying how being in the study was decided."""
    how = (
        "by the recorded last month"
        if numbers.study.has("disposition")
        else "by having at least one value there"
    )
    reasons = " Reasons stand below the first visit not reached." if len(left) else ""
    return (
        f"Flow of patients (n = {numbers['entered']} entered). In the study at a visit: {how}."
        f"{reasons}"
    )


def describe_flow(seen: pd.DataFrame, left: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the flow of patients in words, or say why there is none; empty for one patient."""
    if seen.loc[seen["month"] == seen["month"].min(), "n_entered"].sum() == 1:
        return ""
    known = seen.dropna(subset=["n_seen"])
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
    return f"Flow of patients. {'; '.join(parts)}.{stopped}"


def conclude_retention(numbers: Numbers, seen: pd.DataFrame) -> str:
    """Say what it means for later visits who had left before them."""
    config = numbers.study.config
    last = seen[seen["month"] == config.months[-1]]
    if len(config.months) == 1:
        return "With one visit there is no later state to compare."
    if last["n_seen"].isna().any():
        return (
            "Who stayed to the last visit was not recorded, so later visits may describe a "
            "selection of those who entered."
        )
    stayed, entered = int(last["n_seen"].sum()), int(last["n_entered"].sum())
    if stayed == entered:
        return (
            "Every patient was in the study to the last visit, so later visits describe the same "
            "patients as the first."
        )
    if stayed == 0:
        return "No patient was in the study at the last visit, which can therefore tell nothing."
    return (
        f"{entered - stayed} of {entered} patients had left by the last visit: later visits "
        "describe those who stayed, and every analysis of response counts those who left."
    )
