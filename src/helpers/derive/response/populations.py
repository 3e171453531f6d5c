"""Of whom a response is known, of whom not and why, and who is therefore counted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import pandas as pd

from helpers.derive.course.disposition import DIED, LEFT, NOT_DUE, derive_presence, derive_status
from helpers.derive.response.core_set import MEASURE_NAMES

JUDGED = "judged"
NOT_YET_DUE = "not yet due"
HAD_LEFT, NOT_SEEN = "had left before", "not measured then"
NO_BASELINE, TOO_LITTLE = "without a baseline", "with too few measures"
STANDINGS = (JUDGED, NOT_YET_DUE, HAD_LEFT, NOT_SEEN, NO_BASELINE, TOO_LITTLE)
"""Everybody who entered has one: judged, to be judged later, or why not judged."""


def derive_standing(
    responder: pd.Series,
    core_set: pd.DataFrame,
    disposition: pd.DataFrame | None,
    *,
    months: Sequence[float],
    last_only: bool = False,
    window: float = 0.0,
) -> pd.Series:
    """Say of everybody who entered whether the response is known, or why it is not.

    Parameters
    ----------
    responder : Series of boolean
        Index patient_id, everybody who entered; missing where not judged.
    core_set : DataFrame
        One row per patient and month.
    disposition : DataFrame or None
        One row per patient; without it nobody is known to have left or to be still in the study.
    months : sequence of float
        The planned visits, baseline first.
    last_only : bool
        Whether only the last planned visit decides.
    window : float
        See `helpers.derive.course.disposition.derive_presence`.

    Returns
    -------
    Series of str
        Index patient_id, one of `STANDINGS`. While a visit that can decide is not yet due, and was
        not held early, a response is not known, also where somebody has improved already: those
        who can only be counted later must not be missing from one side.

    Examples
    --------
    >>> responder = pd.Series({"A": True, "B": pd.NA}, dtype="boolean")
    >>> core_set = pd.DataFrame({"patient_id": ["A"], "month": [0.0]}).reindex(
    ...     columns=["patient_id", "month", *MEASURE_NAMES])
    >>> derive_standing(responder, core_set, None, months=[0, 3]).tolist()
    ['judged', 'not measured then']
    """
    seen = _find_held(core_set)
    deciding = [float(month) for month in (months[-1:] if last_only else months[1:])]
    coming = find_not_due(disposition, core_set, months=deciding, window=window)
    waiting = {patient for patient, _ in coming}
    gone: set[str] = set()
    if disposition is not None:
        status = derive_status(disposition)
        gone = set(disposition.loc[status.isin([LEFT, DIED]), "patient_id"])
    baseline = {patient for patient, month in seen if month == float(months[0])}
    after = {patient for patient, month in seen if not last_only or month in deciding}
    after &= {patient for patient, month in seen if month > float(months[0])}

    def stand(patient: str, flag: object) -> str:
        if patient in waiting:
            return NOT_YET_DUE
        if flag is not pd.NA:
            return JUDGED
        if patient not in after:
            return HAD_LEFT if patient in gone else NOT_SEEN
        return TOO_LITTLE if patient in baseline else NO_BASELINE

    found = [stand(str(patient), flag) for patient, flag in responder.items()]
    return pd.Series(found, index=responder.index, dtype="str", name="standing")


def find_not_due(
    disposition: pd.DataFrame | None,
    core_set: pd.DataFrame | None,
    *,
    months: Sequence[float],
    window: float = 0.0,
) -> frozenset[tuple[str, float]]:
    """List the patients and planned visits that are yet to come, unless held early.

    Parameters
    ----------
    disposition : DataFrame or None
        One row per patient; without it no visit is known to be yet to come.
    core_set : DataFrame or None
        One row per patient and month; a visit with a value was held.
    months : sequence of float
        The planned visits.
    window : float
        See `helpers.derive.course.disposition.derive_presence`.

    Returns
    -------
    frozenset of (str, float)

    Examples
    --------
    >>> running = pd.DataFrame({"patient_id": ["A"], "last_month": [4.0], "status": ["ongoing"],
    ...                         "stop_reason": [None]})
    >>> sorted(find_not_due(running, None, months=[0, 3, 6]))
    [('A', 6.0)]
    """
    if disposition is None:
        return frozenset()
    presence = derive_presence(disposition, months=months, window=window)
    coming = presence[presence["presence"] == NOT_DUE]
    held = frozenset[tuple[str, float]]() if core_set is None else _find_held(core_set)
    return frozenset(zip(coming["patient_id"], coming["month"], strict=True)) - held


def _find_held(core_set: pd.DataFrame) -> frozenset[tuple[str, float]]:
    measured = core_set[core_set[list(MEASURE_NAMES)].notna().any(axis=1)]
    return frozenset(zip(measured["patient_id"], measured["month"].astype(float), strict=True))


def count_responders(
    responder: pd.Series,
    standing: pd.Series,
    arms: pd.Series,
    *,
    unjudged: Literal["not_improved", "left_out"],
    left_out: Collection[str] = (),
) -> pd.Series:
    """Say of everybody who is counted whether the patient responded.

    Parameters
    ----------
    responder, standing : Series
        Index patient_id, from `helpers.derive.response.response.derive_responders` and
        `derive_standing`.
    arms : Series of str
        Arm of each patient, same index.
    unjudged : {"not_improved", "left_out"}
        What somebody counts as who could not be judged.
    left_out : collection of str
        Patients who are in no denominator if not judged, whatever `unjudged` says: those who died
        or withdrew, where the study does not count that as not improved.

    Returns
    -------
    Series of boolean
        Index patient_id. Missing where the patient is in no denominator: the response is not yet
        due, the patient is left out, or nobody of the arm could be judged.

    Examples
    --------
    >>> responder = pd.Series({"A": True, "B": pd.NA, "C": pd.NA}, dtype="boolean")
    >>> standing = pd.Series({"A": JUDGED, "B": HAD_LEFT, "C": NOT_YET_DUE})
    >>> arms = pd.Series("drug", index=["A", "B", "C"])
    >>> count_responders(responder, standing, arms, unjudged="not_improved").tolist()
    [True, False, <NA>]
    """
    judged = standing == JUDGED
    counted = responder.mask(~judged)
    if unjudged == "not_improved":
        known_arm = judged.groupby(arms.reindex(standing.index)).transform("any")
        aside = ~judged & counted.index.isin(list(left_out))
        counted = counted.fillna(False).mask((standing == NOT_YET_DUE) | ~known_arm | aside)
    return counted.astype("boolean").rename("responder")


def summarise_standing(
    standing: pd.Series, groups: pd.Series, responder: pd.Series | None = None
) -> pd.DataFrame:
    """Count how many of each group were judged, are not yet due, and were not judged for what.

    Parameters
    ----------
    standing : Series of str
        Index patient_id, from `derive_standing`.
    groups : Series of str
        Group of each patient, same index.
    responder : Series of boolean, optional
        Who has improved so far, same index.

    Returns
    -------
    DataFrame
        One row per group in order of appearance: group, n_entered, a column for each of
        `STANDINGS`, which add up to it, and n_early (not yet due, and improved already).

    Examples
    --------
    >>> standing = pd.Series({"A": JUDGED, "B": HAD_LEFT})
    >>> summarise_standing(standing, pd.Series({"A": "x", "B": "x"}))[JUDGED].tolist()
    [1]
    """
    so_far = pd.Series(False, index=standing.index) if responder is None else responder
    early = so_far.fillna(False).astype(bool) & (standing == NOT_YET_DUE)
    rows = []
    for group in groups.unique():
        members = standing[groups.reindex(standing.index) == group]
        counts = {name: int((members == name).sum()) for name in STANDINGS}
        n_early = int(early[members.index].sum())
        rows.append({"group": group, "n_entered": len(members)} | counts | {"n_early": n_early})
    return pd.DataFrame(rows, columns=["group", "n_entered", *STANDINGS, "n_early"])
