"""The responses of one questionnaire, checked and laid out by item; wording is never stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_table, list_some


def spread_items(
    questionnaires: pd.DataFrame,
    instrument: str,
    *,
    items: Sequence[str],
    allowed: Mapping[str, Sequence[float]],
) -> pd.DataFrame:
    """Lay out one questionnaire with a column for each item.

    Parameters
    ----------
    questionnaires : DataFrame
        One row per patient, month, instrument and item: also response. Other instruments are
        left out.
    instrument : str
        The questionnaire wanted.
    items : sequence of str
        All its items, in order.
    allowed : mapping
        The responses each item can have.

    Returns
    -------
    DataFrame of float64
        One row per patient and month (the index), in the order of the input; an item without
        response is missing.

    Raises
    ------
    ValueError
        Listing every unknown item, repeated item and impossible response.

    Examples
    --------
    >>> answers = pd.DataFrame({"patient_id": "P1", "month": 0.0, "instrument": "map",
    ...                         "item": ["1", "2"], "response": [3.0, 5.0]})
    >>> spread_items(answers, "map", items=["1", "2"],
    ...              allowed=dict.fromkeys(["1", "2"], range(1, 8))).values.tolist()
    [[3.0, 5.0]]
    """
    key = [*VISIT, "instrument", "item"]
    check_table(questionnaires, name="questionnaires", columns=["response"], key=key)
    answers = questionnaires[questionnaires["instrument"] == instrument]
    answers = answers.astype({"month": "float64", "response": "float64"})
    _refuse_unknown(answers, instrument, items, allowed)
    visits = pd.MultiIndex.from_frame(answers[VISIT].drop_duplicates())
    wide = answers.set_index([*VISIT, "item"])["response"].unstack("item")
    return wide.reindex(index=visits, columns=list(items)).rename_axis(columns="item")


def _refuse_unknown(
    answers: pd.DataFrame,
    instrument: str,
    items: Sequence[str],
    allowed: Mapping[str, Sequence[float]],
) -> None:
    faults = []
    unknown = [item for item in answers["item"].unique() if item not in items]
    if unknown:
        faults.append(f"item {list_some(unknown)} is not one of {items[0]} to {items[-1]}")
    given = answers.dropna(subset="response")
    for row in given[given["item"].isin(list(items))].itertuples(index=False):
        choices = list(allowed[str(row.item)])
        if row.response not in choices:
            faults.append(
                f"{row.patient_id}, month {row.month:g}, item {row.item}: {row.response:g} is not "
                f"one of {', '.join(f'{choice:g}' for choice in choices)}"
            )
    if faults:
        raise ValueError(
            f"questionnaires, {instrument}: expected the items and responses of the form; "
            f"{'; '.join(faults[:10])}. Correct them against the form, or leave a response empty."
        )


def stack_scores(parts: Sequence[pd.DataFrame], visits: pd.Index) -> pd.DataFrame:
    """Put the scores of several scales below each other, visit by visit.

    Parameters
    ----------
    parts : sequence of DataFrame
        One per scale, each with one row per patient and month (the index).
    visits : Index
        Patients and months in the order wanted.

    Returns
    -------
    DataFrame
        One row per patient, month and scale: patient_id, month, then the columns of the parts.
        Scales keep their order within a visit.

    Examples
    --------
    >>> visits = pd.MultiIndex.from_tuples([("P2", 0.0), ("P1", 0.0)], names=VISIT)
    >>> part = pd.DataFrame({"score": [1.0, 2.0]}, index=visits)
    >>> stack_scores([part, part], visits)["patient_id"].tolist()
    ['P2', 'P2', 'P1', 'P1']
    """
    table = pd.concat(parts).reset_index()
    order = visits.get_indexer(pd.MultiIndex.from_frame(table[VISIT]))
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
