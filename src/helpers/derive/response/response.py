"""Each patient's response to treatment: by visit, and at its best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.checks import (
    VISIT,
    check_allowed,
    check_table,
    keep_text,
    list_some,
)

CATEGORIES: tuple[str, ...] = ("improved", "unchanged", "worsened", "not evaluable")
"""Every visit of every patient is in exactly one of these."""


def derive_response_category(
    improvement: pd.DataFrame,
    worsening: pd.DataFrame,
    *,
    when_both: Literal["improved", "worsened"] = "improved",
) -> pd.DataFrame:
    """Put each visit in one of four classes: improved, unchanged, worsened or not evaluable.

    Parameters
    ----------
    improvement : DataFrame
        One row per patient and month, from `flag_imacs_improvement`.
    worsening : DataFrame
        The same visits, from `flag_imacs_worsening`.
    when_both : {"improved", "worsened"}
        The class of a visit that meets both definitions. "improved" by default, because the
        definition of improvement has its own limits on worsening and the publications divide
        only the non-responders into unchanged and worsened. The sources do not settle it.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of `improvement`: patient_id, month, category
        (one of `CATEGORIES`), reason.

    Raises
    ------
    ValueError
        When the two tables do not hold the same visits once each.

    Notes
    -----
    Known worsening settles the class even where improvement cannot be judged. Otherwise both must
    have been judged: a visit at which one of them could be true is not called unchanged.

    Examples
    --------
    >>> visit = {"patient_id": ["P1"], "month": [3.0], "reason": ["..."]}
    >>> improvement = pd.DataFrame(visit | {"improved": pd.array([False], dtype="boolean")})
    >>> worsening = pd.DataFrame(visit | {"worsened": pd.array([False], dtype="boolean")})
    >>> derive_response_category(improvement, worsening)["category"].tolist()
    ['unchanged']
    """
    check_table(improvement, name="improvement", columns=["improved", "reason"], key=VISIT)
    check_table(worsening, name="worsening", columns=["worsened", "reason"], key=VISIT)
    both = improvement[[*VISIT, "improved", "reason"]].merge(
        worsening[[*VISIT, "worsened", "reason"]],
        on=VISIT,
        how="outer",
        suffixes=("", "_worsening"),
        indicator="side",
        validate="one_to_one",
    )
    _refuse_unpaired(both)
    both = improvement[VISIT].merge(both, on=VISIT, how="left")
    improved = both["improved"].astype("boolean")
    worsened = both["worsened"].astype("boolean")
    both["category"] = _classify(improved, worsened, when_both)
    both["reason"] = _merge_reasons(both, improved, worsened)
    return keep_text(both[[*VISIT, "category", "reason"]], ["category", "reason"])


def _refuse_unpaired(both: pd.DataFrame) -> None:
    alone = both[both["side"] != "both"]
    if not alone.empty:
        found = [f"({row.patient_id}, {row.month})" for row in alone[VISIT].itertuples(index=False)]
        raise ValueError(
            "improvement and worsening: expected the same visits in both, found only in one: "
            f"{list_some(found)}; derive both from the same table of changes."
        )


def _classify(improved: pd.Series, worsened: pd.Series, when_both: str) -> pd.Series:
    yes, worse = improved.fillna(False).astype(bool), worsened.fillna(False).astype(bool)
    unknown = improved.isna() | worsened.isna()
    category = np.select(
        [yes & worse, yes, worse, unknown],
        [when_both, "improved", "worsened", "not evaluable"],
        default="unchanged",
    )
    return pd.Series(category, index=improved.index, dtype="str")


def _merge_reasons(both: pd.DataFrame, improved: pd.Series, worsened: pd.Series) -> pd.Series:
    text = "improvement: " + both["reason"] + "; worsening: " + both["reason_worsening"]
    meets_both = (improved & worsened).fillna(False).astype(bool)
    return text.mask(meets_both, "meets both definitions; " + text)


def derive_best_response(
    categories: pd.DataFrame,
    *,
    patients: Sequence[str] | pd.Series | None = None,
    worsened_when: Literal["any_visit", "last_evaluable_visit"] = "any_visit",
) -> pd.DataFrame:
    """Sum up each patient's visits as one best response, with when it came and how long it held.

    Parameters
    ----------
    categories : DataFrame
        One row per patient and month: patient_id, month, category.
    patients : sequence of str, optional
        Everybody who should have a row, so that a patient without any visit after baseline is
        not lost; by default those in `categories`.
    worsened_when : {"any_visit", "last_evaluable_visit"}
        When a patient who never improved counts as worsened rather than unchanged: worse at any
        visit, or at the last one that could be judged. The publications do not say.

    Returns
    -------
    DataFrame
        One row per patient, in the order of `patients`:

        - best_response : improved if improved at any visit, else worsened (see above), else
          unchanged if that was seen at any visit, else not evaluable
        - first_improved_month : time to response
        - last_improved_month
        - sustained_until_month : last of the unbroken run of improved visits that starts at the
          first; a visit that could not be judged ends the run
        - n_visits, n_evaluable : visits after baseline, and those that could be judged

        The three months are missing for patients who never improved.

    Raises
    ------
    ValueError
        When a visit is repeated, a category is unknown, or a patient is not in `patients`.

    Examples
    --------
    >>> categories = pd.DataFrame({"patient_id": "P1", "month": [3.0, 6.0, 12.0],
    ...                            "category": ["improved", "improved", "unchanged"]})
    >>> best = derive_best_response(categories)
    >>> best[["best_response", "first_improved_month", "sustained_until_month"]].values.tolist()
    [['improved', 3.0, 6.0]]
    """
    check_categories(categories)
    everybody = list_patients(categories, patients)
    visits = categories.sort_values("month", kind="stable")
    rows = [
        _summarise_visits(name, visits[visits["patient_id"] == name], worsened_when)
        for name in everybody
    ]
    columns = {
        "patient_id": "str",
        "best_response": "str",
        "first_improved_month": "float64",
        "last_improved_month": "float64",
        "sustained_until_month": "float64",
        "n_visits": "Int64",
        "n_evaluable": "Int64",
    }
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


def derive_responders(
    categories: pd.DataFrame,
    *,
    patients: Sequence[str] | pd.Series,
    months: Sequence[float],
    visits: Literal["any", "last", "two_in_a_row"],
) -> pd.Series:
    """Say of everybody who entered whether the patient responded.

    Parameters
    ----------
    categories : DataFrame
        One row per patient and month: patient_id, month, category.
    patients : sequence of str
        Everybody who entered.
    months : sequence of float
        The planned visits, baseline first.
    visits : {"any", "last", "two_in_a_row"}
        Improved at any visit, at the last planned one, or at two planned visits in a row.

    Returns
    -------
    Series of boolean
        Index patient_id, in the order of `patients`; missing where it could not be judged: no
        visit that counts was evaluable, and for two in a row no pair of neighbours was. One visit
        without improvement settles a pair.

    Examples
    --------
    >>> judged = pd.DataFrame({"patient_id": "A", "month": [3.0, 6.0],
    ...                        "category": ["improved", "unchanged"]})
    >>> for visits in ("any", "last", "two_in_a_row"):
    ...     derive_responders(judged, patients=["A"], months=[0, 3, 6], visits=visits).tolist()
    [True]
    [False]
    [False]
    """
    check_categories(categories)
    improved = categories.pivot(index="patient_id", columns="month", values="category")
    improved = improved.reindex(index=list_patients(categories, patients))
    yes = (improved == "improved").astype("boolean")
    flags = yes.mask(improved.isna() | (improved == "not evaluable"))
    if visits != "any":
        planned = [float(month) for month in months[1:]]
        flags = flags.reindex(columns=planned).astype("boolean")  # nobody may have come
    if visits == "last":
        flags = flags[flags.columns[-1:]]
    if visits == "two_in_a_row":
        flags = flags.iloc[:, :-1] & flags.iloc[:, 1:].set_axis(flags.columns[:-1], axis=1)
    known = flags.notna().any(axis=1)
    return flags.fillna(False).any(axis=1).astype("boolean").mask(~known).rename("responder")


def check_categories(categories: pd.DataFrame) -> None:
    """Raise unless every visit stands once and is in one of `CATEGORIES`.

    Raises
    ------
    ValueError
        When a visit is repeated or a category is unknown.
    """
    check_table(categories, name="categories", columns=["category"], key=VISIT)
    check_allowed(categories["category"], name="categories, column category", allowed=CATEGORIES)


def list_patients(
    categories: pd.DataFrame, patients: Sequence[str] | pd.Series | None
) -> list[str]:
    """List everybody who should have a row: those named, or else those in `categories`.

    Raises
    ------
    ValueError
        When somebody is named twice, or somebody in `categories` is not named.
    """
    seen = list(dict.fromkeys(categories["patient_id"]))
    if patients is None:
        return seen
    listed = list(patients)
    repeated = [name for name in dict.fromkeys(listed) if listed.count(name) > 1]
    strangers = [name for name in seen if name not in set(listed)]
    if repeated or strangers:
        raise ValueError(
            "patients: expected everybody in categories once; found "
            f"more than once: {list_some(repeated) or 'none'}; "
            f"not listed: {list_some(strangers) or 'none'}."
        )
    return listed


def _summarise_visits(patient: str, visits: pd.DataFrame, worsened_when: str) -> tuple[object, ...]:
    known = visits[visits["category"] != "not evaluable"]
    improved = visits.loc[visits["category"] == "improved", "month"]
    return (
        patient,
        _choose_best(known["category"].tolist(), worsened_when),
        improved.min(),
        improved.max(),
        _end_of_first_run(visits),
        len(visits),
        len(known),
    )


def _choose_best(known: list[str], worsened_when: str) -> str:
    if not known:
        return "not evaluable"
    if "improved" in known:
        return "improved"
    decisive = known if worsened_when == "any_visit" else known[-1:]
    return "worsened" if "worsened" in decisive else "unchanged"


def _end_of_first_run(visits: pd.DataFrame) -> float:
    end = float("nan")
    for month, category in zip(visits["month"], visits["category"], strict=True):
        if category == "improved":
            end = float(month)
        elif not np.isnan(end):
            break
    return end
