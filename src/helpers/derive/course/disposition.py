"""Who took part until when, and why some stopped; every patient is counted exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.checks import check_range, check_table, keep_text, list_some

COMPLETED, ONGOING, LEFT, DIED = "completed", "ongoing", "left", "died"
"""A patient's part in the study; everybody has exactly one."""

REASON_NOT_GIVEN = "reason not given"

IN_STUDY, HAD_LEFT, NOT_DUE = "in the study", "had left", "not yet due"
"""What a planned visit is to a patient: one that was due, one after leaving, one yet to come."""


_KIN = "family|relative|husband|wife|spouse|partner|parent|mother|father|brother|sister|child"


@dataclass(frozen=True)
class DeathRule:
    """Which words make a reason for stopping, or the term of an event, a death.

    Attributes
    ----------
    words : tuple of str
        Any of these at the start of a word, capitals or not.
    unless : tuple of str
        Patterns that give such a word another meaning: somebody else's death, or a cell's.
    """

    words: tuple[str, ...] = ("death", "died", "dead", "deceased", "fatal")
    unless: tuple[str, ...] = (
        rf"deaths? (?:of|in) (?:(?:a|the|his|her|their) )?(?:{_KIN})",
        rf"(?:{_KIN})(?:'s)? (?:death|died)",
        *("cell death", "fear of death", "near[- ]death", "non-fatal", "not fatal"),
    )


DEATHS = DeathRule()


def flag_death(texts: pd.Series, *, rule: DeathRule = DEATHS) -> pd.Series:
    """Tell which reasons or terms say that the patient died.

    Parameters
    ----------
    texts : Series of str
        A missing text says nothing.
    rule : DeathRule
        The words that decide.

    Returns
    -------
    Series of bool, same index

    Examples
    --------
    >>> flag_death(pd.Series(["Sudden death", "death of his wife", None])).tolist()
    [True, False, False]
    """
    plain = texts.fillna("").astype("str").str.casefold()
    plain = plain.str.replace("|".join(rule.unless), "", regex=True)
    return plain.str.contains(rf"\b(?:{'|'.join(rule.words)})", regex=True).astype(bool)


def derive_status(disposition: pd.DataFrame) -> pd.Series:
    """Give every patient's part in the study: completed, ongoing, left or died.

    Parameters
    ----------
    disposition : DataFrame
        One row per patient: status, or else completed (boolean); stop_reason. Who is not said to
        have completed has left, or died where the reason says so.

    Returns
    -------
    Series of str
        Index of `disposition`.

    Examples
    --------
    >>> disposition = pd.DataFrame({"completed": [True, False, False],
    ...                             "stop_reason": [None, "headache", "death from pneumonia"]})
    >>> derive_status(disposition).tolist()
    ['completed', 'left', 'died']
    """
    nothing = pd.Series(pd.NA, index=disposition.index)
    if "status" in disposition:
        status = disposition["status"].astype("str")
    else:
        completed = disposition.get("completed", nothing).astype("boolean").fillna(False)
        left = pd.Series(LEFT, index=disposition.index, dtype="str")
        status = left.mask(completed.astype(bool), COMPLETED)
    died = (status == LEFT) & flag_death(disposition.get("stop_reason", nothing))
    return status.mask(died, DIED)


def derive_presence(
    disposition: pd.DataFrame, *, months: Sequence[float], window: float = 0.0
) -> pd.DataFrame:
    """Say what each planned visit is to each patient: due, after leaving, or yet to come.

    Parameters
    ----------
    disposition : DataFrame
        One row per patient: patient_id, last_month, and status or completed (else all left).
    months : sequence of float
        The planned visits.
    window : float
        A last month so many months before a visit still reaches it.

    Returns
    -------
    DataFrame
        One row per patient and visit: patient_id, month, presence (`IN_STUDY`, `HAD_LEFT` or
        `NOT_DUE`). Who completed had every visit, whatever the last month is; a visit that
        somebody who is still in the study has not reached is not yet due.

    Examples
    --------
    >>> disposition = pd.DataFrame({"patient_id": ["A", "B"], "last_month": [5.9, 5.9],
    ...                             "status": ["completed", "ongoing"], "stop_reason": None})
    >>> derive_presence(disposition, months=[0, 6])["presence"].tolist()
    ['in the study', 'in the study', 'in the study', 'not yet due']
    """
    beyond = {COMPLETED: IN_STUDY, ONGOING: NOT_DUE, LEFT: HAD_LEFT, DIED: HAD_LEFT}
    rows = [
        (
            row["patient_id"],
            float(month),
            IN_STUDY if month <= row["last_month"] + window + 1e-9 else beyond[row["status"]],
        )
        for row in list_rows(disposition.assign(status=derive_status(disposition)))
        for month in months
    ]
    columns = ["patient_id", "month", "presence"]
    return keep_text(pd.DataFrame(rows, columns=columns), ["patient_id", "presence"])


def derive_disposition(
    disposition: pd.DataFrame, *, patients: Sequence[str] | pd.Series | None = None
) -> pd.DataFrame:
    """Give every patient one outcome: completed, ongoing, or the reason for stopping.

    Parameters
    ----------
    disposition : DataFrame
        One row per patient: patient_id, last_month, status or completed (boolean), stop_reason
        (missing when completed or ongoing).
    patients : sequence of str, optional
        Everybody who entered the study; each must have a row.

    Returns
    -------
    DataFrame
        One row per patient, in the order of the input: patient_id, last_month, status (see
        `derive_status`), outcome ("completed", "ongoing", the reason for stopping as written,
        "died" of somebody who did without a reason, or "reason not given").

    Raises
    ------
    ValueError
        Listing all patients repeated, absent, not enrolled, completed with a reason for stopping,
        or without last month or status.

    Examples
    --------
    >>> disposition = pd.DataFrame({"patient_id": ["P1", "P2"], "last_month": [12.0, 3.0],
    ...                             "completed": [True, False], "stop_reason": [None, "headache"]})
    >>> derive_disposition(disposition)["outcome"].tolist()
    ['completed', 'headache']
    """
    kept = "status" if "status" in disposition else "completed"
    columns = ["last_month", kept, "stop_reason"]
    check_table(disposition, name="disposition", columns=columns, key=["patient_id"])
    check_range(disposition["last_month"], name="disposition, column last_month")
    _refuse_contradictions(disposition, patients, kept)
    status = derive_status(disposition)
    unsaid = pd.Series(REASON_NOT_GIVEN, index=status.index).mask(status == DIED, DIED)
    reason = disposition["stop_reason"].astype("str").fillna(unsaid)
    table = disposition[["patient_id", "last_month"]].reset_index(drop=True)
    table["status"] = status.to_numpy()
    table["outcome"] = reason.mask(status.isin([COMPLETED, ONGOING]), status).to_numpy()
    return keep_text(table.astype({"last_month": "float64"}), ["status", "outcome"])


def _refuse_contradictions(
    disposition: pd.DataFrame, patients: Sequence[str] | pd.Series | None, kept: str
) -> None:
    names = disposition["patient_id"]
    enrolled = names if patients is None else pd.Series(list(patients), dtype="str")
    stayed = derive_status(disposition).isin([COMPLETED, ONGOING])
    faults = {
        "enrolled but absent": enrolled[~enrolled.isin(names)],
        "present but not enrolled": names[~names.isin(enrolled)],
        "completed or ongoing yet with a reason for stopping": names[
            stayed & disposition["stop_reason"].notna()
        ],
        f"without last month or {kept}": names[
            disposition["last_month"].isna() | disposition[kept].isna()
        ],
    }
    found = [f"{what}: {list_some(who)}" for what, who in faults.items() if len(who)]
    if found:
        raise ValueError(
            f"disposition: expected one row per enrolled patient with last_month and {kept}, "
            f"and stop_reason only for those who stopped; {'; '.join(found)}."
        )
