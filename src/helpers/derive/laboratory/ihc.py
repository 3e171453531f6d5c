"""Stains of muscle biopsies: one value per patient, visit and stain, and what two readers saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from helpers.derive.checks import VISIT, check_table, keep_text
from helpers.derive.laboratory.paired import PAIR, check_one_unit, derive_pairs

SPECIMEN = [*VISIT, "marker"]
"""What identifies one stained section: patient, visit and stain."""


@dataclass(frozen=True)
class Marker:
    """One stain.

    Attributes
    ----------
    name : str
        As in the table biopsies.
    label : str
        As the report writes it.
    shows : str
        What the stain shows, in plain words.
    """

    name: str
    label: str
    shows: str


MARKERS = (
    Marker("mononuclear infiltrate", "mononuclear infiltrate", "inflammatory cells of all kinds"),
    Marker("CD3", "CD3", "T cells"),
    Marker("CD163", "CD163", "macrophages"),
    Marker("IL-1alpha", "IL-1α", "a cytokine of inflammation"),
    Marker("IL-1beta", "IL-1β", "a cytokine of inflammation"),
    Marker("IL-1Ra", "IL-1Ra", "the body's own blocker of IL-1"),
    Marker("MHC class I", "MHC class I", "a sign of myositis on muscle fibres"),
)

EXPRESSION_MARKER = "IL-1Ra"
"""The stain whose expression after treatment is compared between responders and others."""

PREDICTORS = ("CD163", "IL-1alpha")
"""Stains whose baseline amount is held against the Functional Index after treatment."""


@dataclass(frozen=True)
class OrdinalScale:
    """When the values of a stain are steps of a scale rather than amounts.

    Attributes
    ----------
    units : tuple of str
        Words for a scale, as the unit may name it.
    most_steps : int
        A scale has at most so many steps above 0; more are treated as an amount.
    """

    units: tuple[str, ...] = ("grade", "score", "points")
    most_steps: int = 10


ORDINAL_SCALE = OrdinalScale()


def average_readers(biopsies: pd.DataFrame) -> pd.DataFrame:
    """Give each patient, visit and stain one value, whatever the number of readers.

    Parameters
    ----------
    biopsies : DataFrame
        One row per patient, month, marker and reader: value, unit, expressed.

    Returns
    -------
    DataFrame
        One row per patient, month and marker, in order of appearance: value (mean of the readers
        who gave one, in the stain's unit), expressed (true when any reader saw the stain; missing
        when none said), unit, n_readers (who gave a value).

    Raises
    ------
    ValueError
        When a column is absent, a reader scored a section twice, or a stain has two units.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": "A", "month": 0.0, "marker": "CD3", "unit": "cells/mm2",
    ...                       "value": [40.0, 50.0], "expressed": True, "reader": ["one", "two"]})
    >>> average_readers(table)["value"].tolist()
    [45.0]
    """
    key = [*SPECIMEN, "reader"]
    check_table(biopsies, name="biopsies", columns=["value", "unit", "expressed"], key=key)
    check_one_unit(biopsies, by="marker", name="biopsies")
    rows = biopsies.assign(expressed=biopsies["expressed"].astype("Float64"))
    grouped = rows.groupby(SPECIMEN, sort=False)
    result = grouped.agg(
        value=("value", "mean"),
        expressed=("expressed", "max"),
        unit=("unit", "first"),
        n_readers=("value", "count"),
    ).reset_index()
    result["expressed"] = result["expressed"].astype("boolean")
    return keep_text(result, ["patient_id", "marker", "unit"])


def derive_expression(
    specimens: pd.DataFrame, patients: Sequence[str], *, marker: str, months: Sequence[float]
) -> pd.DataFrame:
    """Say of everybody who entered whether a stain was seen at each visit.

    Parameters
    ----------
    specimens : DataFrame
        From `average_readers`.
    patients : sequence of str
        Everybody who entered.
    marker : str
        The stain.
    months : sequence of float
        Visits.

    Returns
    -------
    DataFrame
        One row per patient and month: patient_id, month, expressed (missing where there was no
        biopsy or nobody said).

    Examples
    --------
    >>> seen = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "marker": "IL-1Ra",
    ...                      "expressed": pd.array([True], dtype="boolean")})
    >>> derive_expression(seen, ["A", "B"], marker="IL-1Ra", months=[6.0])["expressed"].tolist()
    [True, <NA>]
    """
    stained = specimens[specimens["marker"] == marker].set_index(VISIT)["expressed"]
    everybody = pd.MultiIndex.from_product([list(patients), list(months)], names=VISIT)
    return keep_text(stained.reindex(everybody).reset_index(), ["patient_id"])


def pair_with_functional_index(
    specimens: pd.DataFrame,
    functional_index: pd.DataFrame | None,
    patients: Sequence[str],
    *,
    markers: Sequence[str],
    baseline_month: float,
    month: float,
) -> pd.DataFrame:
    """Put the amount of a stain at baseline beside the Functional Index of a later visit.

    Parameters
    ----------
    specimens : DataFrame
        From `average_readers`.
    functional_index : DataFrame or None
        One row per patient and month: fi. None where it was not measured: no rows then.
    patients : sequence of str
        Everybody who entered.
    markers : sequence of str
        Stains; one that was not done has no rows.
    baseline_month, month : float
        Month of the biopsy, and of the Functional Index.

    Returns
    -------
    DataFrame
        One row per stain and patient: panel, patient_id, level, fi, reason (empty, or which of the
        two is absent).

    Examples
    --------
    >>> biopsy = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "marker": "CD163",
    ...                        "value": [30.0]})
    >>> index = pd.DataFrame({"patient_id": ["A"], "month": [6.0], "fi": [42.0]})
    >>> pairs = pair_with_functional_index(biopsy, index, ["A"], markers=["CD163"],
    ...                                    baseline_month=0.0, month=6.0)
    >>> pairs[["level", "fi"]].values.tolist()
    [[30.0, 42.0]]
    """
    if functional_index is None:
        return pd.DataFrame(columns=[*PAIR, "level", "fi", "reason"])
    check_table(functional_index, name="functional_index", columns=["fi"], key=VISIT)
    later = functional_index[functional_index["month"] == month].set_index("patient_id")["fi"]
    chosen = specimens[specimens["marker"].isin(list(markers))]
    pairs = derive_pairs(
        chosen,
        patients,
        by="marker",
        value="value",
        baseline_month=baseline_month,
        month=month,
    )
    pairs = pairs.rename(columns={"before": "level"})[[*PAIR, "level"]]
    pairs["fi"] = pairs["patient_id"].map(later).astype(float)
    no_level, no_index = pairs["level"].isna(), pairs["fi"].isna()
    pairs["reason"] = np.select(
        [no_level & no_index, no_level, no_index],
        ["neither biopsy nor Functional Index", "no baseline biopsy", "no Functional Index"],
        default="",
    )
    return keep_text(pairs, ["reason"])


def pair_readers(biopsies: pd.DataFrame) -> pd.DataFrame:
    """Put what two readers saw in the same section side by side.

    Parameters
    ----------
    biopsies : DataFrame
        One row per patient, month, marker and reader.

    Returns
    -------
    DataFrame
        One row per section and pair of readers who both scored it: patient_id, month, marker, unit,
        first_reader, second_reader, first, second (values), first_expressed, second_expressed. No
        rows where every section had one reader.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": "A", "month": 0.0, "marker": "CD3", "unit": "cells/mm2",
    ...                       "value": [40.0, 50.0], "expressed": True, "reader": ["one", "two"]})
    >>> pair_readers(table)[["first", "second"]].values.tolist()
    [[40.0, 50.0]]
    """
    columns = [*SPECIMEN, "unit", "value", "expressed"]
    parts = []
    for first, second in combinations(dict.fromkeys(biopsies["reader"]), 2):
        mine = biopsies.loc[biopsies["reader"] == first, columns]
        theirs = biopsies.loc[biopsies["reader"] == second, [*SPECIMEN, "value", "expressed"]]
        mine = mine.rename(columns={"value": "first", "expressed": "first_expressed"})
        theirs = theirs.rename(columns={"value": "second", "expressed": "second_expressed"})
        both = mine.merge(theirs, on=SPECIMEN, validate="one_to_one")
        parts.append(both.assign(first_reader=first, second_reader=second))
    order = [*SPECIMEN, "unit", "first_reader", "second_reader", "first", "second"]
    order += ["first_expressed", "second_expressed"]
    return pd.concat(parts)[order].reset_index(drop=True) if parts else pd.DataFrame(columns=order)


def is_ordinal(values: pd.Series, *, unit: str, scale: OrdinalScale = ORDINAL_SCALE) -> bool:
    """Tell whether a stain was scored in steps, so that kappa fits, or as an amount.

    Parameters
    ----------
    values : Series of float
        All values of the stain.
    unit : str
        Its unit; empty counts as a scale when all values are small whole numbers.
    scale : OrdinalScale

    Returns
    -------
    bool

    Examples
    --------
    >>> is_ordinal(pd.Series([0.0, 2.0, 3.0]), unit="grade 0-3")
    True
    >>> is_ordinal(pd.Series([12.0, 40.0]), unit="cells/mm2")
    False
    """
    known = values.dropna()
    whole = bool((known == known.round()).all()) and bool((known <= scale.most_steps).all())
    named = not unit or any(word in unit.casefold() for word in scale.units)
    return whole and named
