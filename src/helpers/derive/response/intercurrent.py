"""What happened to a patient beside the treatment, and what the visits after it count as."""

from __future__ import annotations

import pandas as pd

from helpers.contracts.outcomes import Intercurrent
from helpers.derive.course.disposition import DIED, LEFT, derive_status

ROLES = {"rescue": "rescue", "not_allowed": "drug_not_allowed"}
"""Roles of a drug in medications that are an intercurrent event, and their setting."""

EVENT_WORDS = {
    "rescue": "rescue treatment",
    "drug_not_allowed": "a drug that was not allowed",
    "death": "death",
    "withdrawal": "leaving the study",
}

COLUMNS = {"patient_id": "str", "month": "float64", "event": "str", "detail": "str"}


def derive_intercurrent_events(
    medications: pd.DataFrame | None,
    disposition: pd.DataFrame | None,
    *,
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """List rescue drugs, drugs that were not allowed, deaths and withdrawals, each with its month.

    Parameters
    ----------
    medications : DataFrame or None
        Courses of drugs; only a column ``role`` tells rescue from background treatment.
    disposition : DataFrame or None
        last_month, completed, stop_reason of each patient.
    baseline_month : float
        A drug that was begun up to then is no event.

    Returns
    -------
    DataFrame
        One row per event: patient_id, month, event (a field of
        `helpers.contracts.outcomes.Intercurrent`), detail (drug or reason as written). A month
        that is not known is missing.

    Examples
    --------
    >>> left = pd.DataFrame({"patient_id": ["A"], "last_month": [2.0], "completed": [False],
    ...                      "stop_reason": ["sudden death"]})
    >>> derive_intercurrent_events(None, left)[["month", "event"]].values.tolist()
    [[2.0, 'death']]
    """
    parts = [_list_drugs(medications, baseline_month), _list_departures(disposition)]
    events = pd.concat([part for part in parts if not part.empty] or parts, ignore_index=True)
    return events.astype(COLUMNS).sort_values(
        ["patient_id", "month"], kind="stable", ignore_index=True
    )


def _list_drugs(medications: pd.DataFrame | None, baseline_month: float) -> pd.DataFrame:
    if medications is None or "role" not in medications:
        return pd.DataFrame(columns=list(COLUMNS))
    drugs = medications[medications["role"].isin(list(ROLES))]
    drugs = drugs[~(drugs["start_month"] <= baseline_month)]
    return pd.DataFrame(
        {
            "patient_id": drugs["patient_id"],
            "month": drugs["start_month"],
            "event": drugs["role"].map(ROLES),
            "detail": drugs["drug"],
        }
    )


def _list_departures(disposition: pd.DataFrame | None) -> pd.DataFrame:
    if disposition is None:
        return pd.DataFrame(columns=list(COLUMNS))
    status = derive_status(disposition)
    gone = status.isin([LEFT, DIED])
    left = disposition[gone]
    return pd.DataFrame(
        {
            "patient_id": left["patient_id"],
            "month": left["last_month"],
            "event": status[gone].map({DIED: "death", LEFT: "withdrawal"}),
            "detail": left["stop_reason"].fillna("").astype("str"),
        }
    )


def find_event_before(
    events: pd.DataFrame, visits: pd.DataFrame, *, kinds: tuple[str, ...]
) -> pd.DataFrame:
    """Find for each visit the first event of some kinds that lies before it.

    Parameters
    ----------
    events : DataFrame
        From `derive_intercurrent_events`.
    visits : DataFrame
        patient_id, month.
    kinds : tuple of str
        Events that matter.

    Returns
    -------
    DataFrame
        event and detail, index of `visits`; empty texts where there was none. An event in the
        month of a visit, or whose month is not known, counts as before it.

    Examples
    --------
    >>> events = pd.DataFrame({"patient_id": ["A"], "month": [2.0], "event": ["rescue"],
    ...                        "detail": ["rituximab"]})
    >>> visits = pd.DataFrame({"patient_id": ["A", "A"], "month": [1.0, 3.0]})
    >>> find_event_before(events, visits, kinds=("rescue",))["event"].tolist()
    ['', 'rescue']
    """
    wanted = events[events["event"].isin(kinds)].assign(month=lambda e: e["month"].fillna(-1.0))
    here = visits[["patient_id", "month"]].reset_index(names="visit")
    both = here.merge(wanted, on="patient_id", suffixes=("", "_event"))
    both = both[both["month_event"] <= both["month"]].sort_values("month_event", kind="stable")
    first = both.drop_duplicates("visit").set_index("visit")[["event", "detail"]]
    return first.reindex(visits.index).fillna("").astype("str")


def apply_drug_strategies(
    judged: pd.DataFrame, events: pd.DataFrame, strategies: Intercurrent, *, flag: str
) -> pd.DataFrame:
    """Judge visits after rescue or a drug that was not allowed as the study says they count.

    Parameters
    ----------
    judged : DataFrame
        One row per patient and month, with a boolean column `flag` and a column reason.
    events : DataFrame
        From `derive_intercurrent_events`.
    strategies : Intercurrent
        As observed leaves a visit as it is; not improved makes it False; not judged missing.
    flag : str
        Name of the column.

    Returns
    -------
    DataFrame
        The same rows; reason says what was done.
    """
    for kind in ROLES.values():
        strategy = getattr(strategies, kind)
        if strategy == "as_observed" or events.empty:
            continue
        before = find_event_before(events, judged, kinds=(kind,))
        hit = before["event"] != ""
        value = False if strategy == "not_improved" else pd.NA
        words = "counts as not improved" if strategy == "not_improved" else "is not judged"
        told = f"after {EVENT_WORDS[kind]} (" + before["detail"] + f") the visit {words}"
        judged = judged.assign(
            **{
                flag: judged[flag].astype("boolean").mask(hit, value),
                "reason": judged["reason"].mask(hit, told),
            }
        )
    return judged
