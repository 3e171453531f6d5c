"""How much the answer depends on what is assumed of patients who left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_month, keep_text
from helpers.derive.response.response import check_categories, list_patients


@dataclass(frozen=True)
class DropoutRule:
    """Which visits decide, and what a patient counts for whom they do not judge.

    Attributes
    ----------
    name : str
        Name in tables.
    label : str
        How the report names it.
    visits : {"any", "one", "carried"}
        Improved at any visit; at one visit; at the last visit up to it that could be judged.
    unjudged_counts : bool
        Whether a patient who could not be judged counts as a non-responder, or is left out.
    """

    name: str
    label: str
    visits: Literal["any", "one", "carried"]
    unjudged_counts: bool


DROPOUT_RULES: tuple[DropoutRule, ...] = (
    DropoutRule("non_response", "everybody, absent = not improved", "one", True),
    DropoutRule("observed", "only those seen", "one", False),
    DropoutRule("last_observation", "last observation carried forward", "carried", False),
)
"""The rules for one visit, shown side by side; the first is the usual main analysis."""

RESPONDER_RULES: tuple[DropoutRule, ...] = (
    DropoutRule("any_all", "any visit, all patients", "any", True),
    DropoutRule("any_judged", "any visit, judged only", "any", False),
    DropoutRule("last_all", "last visit, all patients", "one", True),
    DropoutRule("last_carried", "last visit judged", "carried", True),
    DropoutRule("last_observed", "last visit, seen only", "one", False),
)
"""The rules that make a patient a responder; the first is the main analysis."""


def derive_response_at_month(
    categories: pd.DataFrame,
    *,
    month: float,
    patients: Sequence[str] | pd.Series,
    rule: DropoutRule,
) -> pd.DataFrame:
    """Say for every patient whether improved at one visit, under a rule for missing visits.

    Parameters
    ----------
    categories : DataFrame
        One row per patient and month: patient_id, month, category.
    month : float
        The visit asked about.
    patients : sequence of str
        Everybody who entered the study; nobody may be left out by having left it.
    rule : DropoutRule
        What stands in for a visit that is absent or not evaluable, one of `DROPOUT_RULES`.

    Returns
    -------
    DataFrame
        One row per patient, in the order of `patients`:

        - month : the month asked about
        - improved : boolean
        - category : as observed or carried forward, else "not evaluable"
        - source : "observed", "counted as non-response", "carried forward" or "missing"
        - source_month : the visit that was used; missing where none was

    Raises
    ------
    ValueError
        When nobody was seen at `month`, or as in
        `helpers.derive.response.response.derive_best_response`.

    Examples
    --------
    >>> categories = pd.DataFrame({"patient_id": ["P1"], "month": [6.0], "category": ["improved"]})
    >>> response = derive_response_at_month(
    ...     categories, month=6, patients=["P1", "P2"], rule=DROPOUT_RULES[0])
    >>> response["improved"].tolist()
    [True, False]
    """
    check_categories(categories)
    check_month(categories, month, name="categories")
    everybody = list_patients(categories, patients)
    earliest = -np.inf if rule.visits == "carried" else month
    used = categories[
        categories["month"].between(earliest, month) & (categories["category"] != "not evaluable")
    ]
    used = used.sort_values("month", kind="stable").drop_duplicates("patient_id", keep="last")
    response = pd.DataFrame(
        {"patient_id": pd.Series(everybody, dtype="str"), "month": float(month)}
    )
    found = used.set_index("patient_id").reindex(everybody)
    response["category"] = found["category"].fillna("not evaluable").to_numpy()
    response["source_month"] = found["month"].astype("float64").to_numpy()
    return _fill_missing_response(response, unjudged_counts=rule.unjudged_counts)


def _fill_missing_response(response: pd.DataFrame, *, unjudged_counts: bool) -> pd.DataFrame:
    absent = response["source_month"].isna()
    improved = (response["category"] == "improved").astype("boolean")
    response["improved"] = improved if unjudged_counts else improved.mask(absent)
    response["source"] = np.select(
        [absent, response["source_month"] < response["month"]],
        ["counted as non-response" if unjudged_counts else "missing", "carried forward"],
        default="observed",
    )
    columns = [*VISIT, "improved", "category", "source", "source_month"]
    return keep_text(response[columns], ["patient_id", "category", "source"])


def summarise_dropout_rules(
    categories: pd.DataFrame,
    *,
    groups: pd.Series,
    months: Sequence[float],
    not_due: Collection[tuple[str, float]] = (),
) -> pd.DataFrame:
    """Count who of each group had improved at each visit, by rule for those who were not seen.

    Parameters
    ----------
    categories : DataFrame
        One row per patient and month, from
        `helpers.derive.response.response.derive_response_category`.
    groups : Series of str
        Group of everybody who entered, index patient_id.
    months : sequence of float
        Visits after baseline; one at which nobody was seen is left out.
    not_due : collection of (str, float)
        Patients and visits that are yet to come; no rule counts them.

    Returns
    -------
    DataFrame
        One row per month, group and rule: month, group, rule, n_improved (missing where nobody of
        the group could be judged by it), n (patients counted), n_replaced (counted without having
        been judged at that visit), n_not_due.

    Examples
    --------
    >>> categories = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "category": ["improved"]})
    >>> arms = pd.Series("drug", index=["A", "B"])
    >>> counts = summarise_dropout_rules(categories, groups=arms, months=[6.0])
    >>> counts[["rule", "n_improved", "n"]].values.tolist()
    [['non_response', 1, 2], ['observed', 1, 1], ['last_observation', 1, 1]]
    """
    held, rows = set(categories["month"]), []
    for month in (month for month in months if month in held):
        coming = {patient for patient, later in not_due if later == month}
        for rule in DROPOUT_RULES:
            at_month = derive_response_at_month(
                categories, month=month, patients=list(groups.index), rule=rule
            )
            for group in groups.unique():
                here = at_month["patient_id"].map(groups) == group
                due = at_month[here & ~at_month["patient_id"].isin(coming)]
                rows.append(
                    (month, group, rule.name, *_count_rule(due), int(here.sum()) - len(due))
                )
    columns = ["month", "group", "rule", "n_improved", "n", "n_replaced", "n_not_due"]
    return pd.DataFrame(rows, columns=columns).astype({"n_improved": "Int64"})


def _count_rule(due: pd.DataFrame) -> tuple[object, int, int]:
    """Count improved, counted and replaced; nothing is known where nobody was judged."""
    known = due["improved"].dropna()
    replaced = (due["source"] != "observed") & due["improved"].notna()
    if due["source_month"].isna().all():
        return pd.NA, len(known), int(replaced.sum())
    return int(known.sum()), len(known), int(replaced.sum())
