"""Who took part until when, and why some stopped; every patient is counted exactly once."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.derive.checks import check_range, check_table, keep_text, list_some

COMPLETED = "completed"
REASON_NOT_GIVEN = "reason not given"


def derive_disposition(
    disposition: pd.DataFrame, *, patients: Sequence[str] | pd.Series | None = None
) -> pd.DataFrame:
    """Give every patient one outcome: completed, or the reason for stopping.

    Parameters
    ----------
    disposition : DataFrame
        One row per patient: patient_id, last_month, completed (boolean), stop_reason (missing
        when completed).
    patients : sequence of str, optional
        Everybody who entered the study; each must have a row.

    Returns
    -------
    DataFrame
        One row per patient, in the order of the input: patient_id, last_month, outcome
        ("completed", the reason for stopping, or "reason not given").

    Raises
    ------
    ValueError
        Listing all patients repeated, absent, not enrolled, completed with a reason for stopping,
        or without last month or completion.

    Examples
    --------
    >>> disposition = pd.DataFrame({"patient_id": ["P1", "P2"], "last_month": [12.0, 3.0],
    ...                             "completed": [True, False], "stop_reason": [None, "headache"]})
    >>> derive_disposition(disposition)["outcome"].tolist()
    ['completed', 'headache']
    """
    columns = ["last_month", "completed", "stop_reason"]
    check_table(disposition, name="disposition", columns=columns, key=["patient_id"])
    check_range(disposition["last_month"], name="disposition, column last_month")
    _refuse_contradictions(disposition, patients)
    completed = disposition["completed"].astype(bool)
    outcome = disposition["stop_reason"].astype("str").fillna(REASON_NOT_GIVEN)
    table = disposition[["patient_id", "last_month"]].reset_index(drop=True)
    table["outcome"] = outcome.mask(completed, COMPLETED).to_numpy()
    return keep_text(table.astype({"last_month": "float64"}), ["outcome"])


def _refuse_contradictions(
    disposition: pd.DataFrame, patients: Sequence[str] | pd.Series | None
) -> None:
    names = disposition["patient_id"]
    enrolled = names if patients is None else pd.Series(list(patients), dtype="str")
    completed = disposition["completed"].astype("boolean")
    faults = {
        "enrolled but absent": enrolled[~enrolled.isin(names)],
        "present but not enrolled": names[~names.isin(enrolled)],
        "completed yet with a reason for stopping": names[
            completed.fillna(False) & disposition["stop_reason"].notna()
        ],
        "without last month or completion": names[
            disposition["last_month"].isna() | completed.isna()
        ],
    }
    found = [f"{what}: {list_some(who)}" for what, who in faults.items() if len(who)]
    if found:
        raise ValueError(
            "disposition: expected one row per enrolled patient with last_month and completed, "
            f"and stop_reason only for those who stopped; {'; '.join(found)}."
        )


def summarise_retention(disposition: pd.DataFrame, *, months: Sequence[float]) -> pd.DataFrame:
    """Count the patients still taking part at each month.

    Parameters
    ----------
    disposition : DataFrame
        As in `derive_disposition`.
    months : sequence of float
        The visits as the study declares them.

    Returns
    -------
    DataFrame
        One row per month, in the order given:

        - n_enrolled, n_retained : patients in all, and those whose last month is this one or later
        - percent : of the enrolled; missing when nobody was enrolled
        - left_since_previous : patients lost since the month before in the list, separated by
          commas

    Raises
    ------
    ValueError
        As `derive_disposition`; or when months are not rising.

    Examples
    --------
    >>> disposition = pd.DataFrame({"patient_id": ["P1", "P2"], "last_month": [12.0, 3.0],
    ...                             "completed": [True, False], "stop_reason": [None, "headache"]})
    >>> summarise_retention(disposition, months=[0, 6, 12])["n_retained"].tolist()
    [2, 1, 1]
    """
    outcomes = derive_disposition(disposition)
    if list(months) != sorted(set(months)):
        raise ValueError(f"months: expected rising months, found {list_some(months)}.")
    n_enrolled = len(outcomes)
    rows, previous = [], outcomes["patient_id"]
    for month in months:
        retained = outcomes.loc[outcomes["last_month"] >= month, "patient_id"]
        left = previous[~previous.isin(retained)]
        share = 100 * len(retained) / n_enrolled if n_enrolled else float("nan")
        rows.append((float(month), n_enrolled, len(retained), share, ", ".join(left)))
        previous = retained
    columns = {
        "month": "float64",
        "n_enrolled": "Int64",
        "n_retained": "Int64",
        "percent": "float64",
        "left_since_previous": "str",
    }
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def summarise_outcomes(disposition: pd.DataFrame) -> pd.DataFrame:
    """Count completion and each reason for stopping; the counts add up to everybody.

    Parameters
    ----------
    disposition : DataFrame
        As in `derive_disposition`.

    Returns
    -------
    DataFrame
        One row per outcome, "completed" first (also when nobody did), then reasons by falling
        number and by name: outcome, n, percent, patients (separated by commas).

    Raises
    ------
    ValueError
        As `derive_disposition`.

    Examples
    --------
    >>> disposition = pd.DataFrame({"patient_id": ["P1", "P2"], "last_month": [12.0, 3.0],
    ...                             "completed": [True, False], "stop_reason": [None, "headache"]})
    >>> summarise_outcomes(disposition)[["outcome", "n"]].values.tolist()
    [['completed', 1], ['headache', 1]]
    """
    outcomes = derive_disposition(disposition)
    grouped = outcomes.groupby("outcome")["patient_id"]
    table = pd.DataFrame({"n": grouped.size(), "patients": grouped.agg(", ".join)})
    reasons = table.drop(index=COMPLETED, errors="ignore")
    reasons = reasons.sort_index().sort_values("n", ascending=False, kind="stable")
    order = [COMPLETED, *reasons.index]
    table = table.reindex(pd.Index(order, name="outcome")).reset_index()
    table["n"] = table["n"].fillna(0).astype("Int64")
    table["patients"] = table["patients"].fillna("")
    table["percent"] = (
        (100 * table["n"] / len(outcomes)).astype("float64") if len(outcomes) else float("nan")
    )
    assert table["n"].sum() == len(outcomes), "every patient has one outcome"
    return keep_text(table[["outcome", "n", "percent", "patients"]], ["outcome", "patients"])
