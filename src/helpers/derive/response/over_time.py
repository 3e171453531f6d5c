"""Response over time: at each visit, at any, confirmed, kept; of everybody who entered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.contracts.response import Response
from helpers.derive.response.intercurrent import find_event_before
from helpers.derive.response.response import derive_responders

ANY, CONFIRMED, KEPT = "any", "confirmed", "kept"


@dataclass(frozen=True)
class Moment:
    """One way to say when a patient must have improved.

    Attributes
    ----------
    name : str
        First words in the ledger: ``month_6``, ``by_month_6``, ``any``, ``confirmed``, ``kept``.
    month : float
        The last visit that it looks at.
    """

    name: str
    month: float


def list_moments(months: Sequence[float]) -> list[Moment]:
    """List the moments that a trial with these visits after baseline can be asked for.

    Parameters
    ----------
    months : sequence of float
        Planned visits after baseline, in order.

    Returns
    -------
    list of Moment
        Each visit; with several visits also at any, at two in a row, kept to the end, and first
        improved by each visit but the first and the last.

    Examples
    --------
    >>> [moment.name for moment in list_moments([3.0, 6.0, 12.0])]
    ['month_3', 'month_6', 'month_12', 'any', 'confirmed', 'kept', 'by_month_6']
    >>> [moment.name for moment in list_moments([3.0])]
    ['month_3']
    """
    moments = [Moment(f"month_{month:g}", month) for month in months]
    if len(months) < 2:
        return moments
    moments += [Moment(name, months[-1]) for name in (ANY, CONFIRMED, KEPT)]
    return moments + [Moment(f"by_month_{month:g}", month) for month in months[1:-1]]


def judge_moments(
    categories: pd.DataFrame, *, patients: Sequence[str], months: Sequence[float]
) -> pd.DataFrame:
    """Say of each patient whether the response was there at each moment.

    Parameters
    ----------
    categories : DataFrame
        One row per patient and month: patient_id, month, category.
    patients : sequence of str
        Everybody who entered.
    months : sequence of float
        Planned visits after baseline, in order.

    Returns
    -------
    DataFrame of boolean
        Index patient_id, one column per moment; missing where it could not be judged. A response
        is kept when it is there at the last visit and at every visit from the first improvement;
        a visit in between that was not judged leaves it open.

    Examples
    --------
    >>> seen = pd.DataFrame({"patient_id": "A", "month": [3.0, 6.0, 12.0],
    ...                      "category": ["improved", "improved", "unchanged"]})
    >>> judge_moments(seen, patients=["A"], months=[3.0, 6.0, 12.0]).loc["A"].tolist()
    [True, True, False, True, True, False, True]
    """
    visits = _spread(categories, patients, months)
    found: dict[str, pd.Series] = {}
    for moment in list_moments(months):
        if moment.name.startswith("month_"):
            found[moment.name] = visits[moment.month]
        elif moment.name == KEPT:
            kept = [_is_kept(row) for row in visits.itertuples(index=False)]
            found[KEPT] = pd.Series(kept, index=visits.index, dtype="boolean")
        else:
            seen = categories[categories["month"] <= moment.month]
            found[moment.name] = derive_responders(
                seen,
                patients=patients,
                months=[float("-inf"), *months],
                visits="two_in_a_row" if moment.name == CONFIRMED else "any",
            )
    return pd.DataFrame(found, index=pd.Index(patients, name="patient_id"))


def _spread(
    categories: pd.DataFrame, patients: Sequence[str], months: Sequence[float]
) -> pd.DataFrame:
    wide = categories.pivot(index="patient_id", columns="month", values="category")
    wide = wide.reindex(index=list(patients), columns=list(months))
    yes = (wide == "improved").astype("boolean")
    return yes.mask(wide.isna() | (wide == "not evaluable"))


def _is_kept(visits: Iterable[Any]) -> bool | None:
    """Judge one patient's visits; None where it cannot be known."""
    flags = [None if pd.isna(flag) else bool(flag) for flag in visits]
    if not flags[-1]:
        return flags[-1]
    run = flags[flags.index(True) :]
    return False if False in run else None if None in run else True


def count_everybody(
    judged: pd.Series, events: pd.DataFrame, rule: Response, *, month: float
) -> pd.Series:
    """Say what each patient counts as where it is asked of everybody who entered.

    Parameters
    ----------
    judged : Series of boolean
        Index patient_id; missing where it could not be judged.
    events : DataFrame
        From `helpers.derive.response.intercurrent.derive_intercurrent_events`.
    rule : Response
        What deaths, withdrawals and other patients who were not judged count as.
    month : float
        The last visit that is looked at: who left later is no withdrawal yet.

    Returns
    -------
    Series of boolean
        Same index; missing for those whom the rule leaves out.

    Examples
    --------
    >>> judged = pd.Series({"A": True, "B": pd.NA}, dtype="boolean")
    >>> nothing = pd.DataFrame(columns=["patient_id", "month", "event", "detail"])
    >>> count_everybody(judged, nothing, Response(), month=6.0).tolist()
    [True, False]
    """
    visits = pd.DataFrame({"patient_id": judged.index, "month": month}, index=judged.index)
    event = find_event_before(events, visits, kinds=("death", "withdrawal"))["event"]
    counted, unknown = judged.copy(), judged.isna()
    for kind in ("death", "withdrawal"):
        if getattr(rule.intercurrent, kind) == "not_improved":
            counted = counted.mask(unknown & (event == kind), False)
    if rule.unjudged == "not_improved":
        counted = counted.mask(unknown & (event == ""), False)
    return counted


def label_flags(flags: pd.DataFrame, *, column: str) -> pd.DataFrame:
    """Write flags of visits as categories, so that they can be asked like a response.

    Parameters
    ----------
    flags : DataFrame
        patient_id, month and a boolean column.
    column : str
        Name of the boolean column.

    Returns
    -------
    DataFrame
        patient_id, month, category: improved, unchanged or not evaluable.
    """
    named = flags[column].astype("boolean").map({True: "improved", False: "unchanged"})
    category = named.astype("object").fillna("not evaluable").astype("str")
    return flags[["patient_id", "month"]].assign(category=category)
