"""The 2016 ACR/EULAR total improvement score (TIS): 0 to 100 points from six weighted changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.baseline import pair_with_baseline
from helpers.derive.checks import (
    VISIT,
    check_allowed,
    check_range,
    check_table,
    keep_text,
    list_some,
    round_for_comparison,
)
from helpers.derive.response.core_set import (
    HIGHER_IS_BETTER,
    MEASURE_NAMES,
    MEASURES,
    lengthen_core_set,
    spread_measures,
)

TIS_CATEGORIES: tuple[str, ...] = ("none", "minimal", "moderate", "major", "not evaluable")
"""Every visit of every patient is in exactly one of these."""


@dataclass(frozen=True)
class PointScale:
    """Points for an improvement in per cent of the instrument's range.

    Attributes
    ----------
    edges : tuple of float
        Upper edges of all bins but the last, rising. A bin holds its upper edge and not its lower.
    points : tuple of float
        Points of each bin, one more than edges. The first bin holds every worsening.
    """

    edges: tuple[float, ...]
    points: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.points) != len(self.edges) + 1 or sorted(set(self.edges)) != list(self.edges):
            raise ValueError(
                "PointScale: expected rising edges and one more number of points than edges, "
                f"found edges {self.edges} and points {self.points}."
            )


_EDGES = (5.0, 15.0, 25.0, 40.0)
_EDGES_STRENGTH = (2.0, 10.0, 20.0, 30.0)


@dataclass(frozen=True)
class TotalImprovementScore:
    """The points of each measure, and the totals from which an improvement has a name.

    The points are the same for adult and juvenile disease; the names are not.

    Attributes
    ----------
    name, source : str
        How the report names the score, and where it was published.
    minimal, moderate, major : float
        Smallest total of each category.
    physician_global, patient_global, mmt8, haq_di, ck, extramuscular : PointScale
        The points of each measure. In juvenile disease the columns may hold CMAS, CHAQ, and so on.
    """

    name: str
    source: str
    minimal: float
    moderate: float
    major: float
    physician_global: PointScale = PointScale(_EDGES, (0.0, 7.5, 15.0, 17.5, 20.0))
    patient_global: PointScale = PointScale(_EDGES, (0.0, 2.5, 5.0, 7.5, 10.0))
    mmt8: PointScale = PointScale(_EDGES_STRENGTH, (0.0, 10.0, 20.0, 27.5, 32.5))
    haq_di: PointScale = PointScale(_EDGES, (0.0, 5.0, 7.5, 7.5, 10.0))
    ck: PointScale = PointScale(_EDGES, (0.0, 2.5, 5.0, 7.5, 7.5))
    extramuscular: PointScale = PointScale(_EDGES, (0.0, 7.5, 12.5, 15.0, 20.0))

    def scale_of(self, measure: str) -> PointScale:
        """Give the points of one measure."""
        scale: PointScale = getattr(self, measure)
        return scale


TIS_ADULT = TotalImprovementScore(
    name="total improvement score, adult dermatomyositis and polymyositis",
    source="Aggarwal et al, Ann Rheum Dis 2017;76:792",
    minimal=20.0,
    moderate=40.0,
    major=60.0,
)

TIS_JUVENILE = TotalImprovementScore(
    name="total improvement score, juvenile dermatomyositis",
    source="Rider et al, Ann Rheum Dis 2017;76:782",
    minimal=30.0,
    moderate=45.0,
    major=70.0,
)


@dataclass(frozen=True)
class InstrumentRanges:
    """How far each instrument reaches: the denominator of an absolute percentage.

    Attributes
    ----------
    vas_maximum : float
        Of physician and patient global activity, 10 (cm) or 100 (mm).
    mmt8_maximum : float
        80 (one side) or 150 (both sides).
    extramuscular_maximum : float
        The score was made for a visual analogue scale; an index of 0 to 1 may be given with
        maximum 1, and is then a departure that the report must state.
    haq_di_maximum : float
        3.
    enzyme_multiplier : float
        The range of an enzyme is so many times its upper limit of normal: 15 for creatine kinase
        (recalled: 6 aldolase, 3 LDH, AST and ALT). Uncertain: the footnote of the published table
        that defines it was not available.
    """

    vas_maximum: float
    mmt8_maximum: float
    extramuscular_maximum: float
    haq_di_maximum: float = 3.0
    enzyme_multiplier: float = 15.0

    def __post_init__(self) -> None:
        wrong = [field.name for field in fields(self) if not 0 < getattr(self, field.name) < np.inf]
        if wrong:
            raise ValueError(f"InstrumentRanges: expected numbers above 0 for {', '.join(wrong)}.")

    def range_of(self, measure: str) -> float:
        """Give the range of a measure; for creatine kinase as multiple of its upper limit."""
        return {
            "physician_global": self.vas_maximum,
            "patient_global": self.vas_maximum,
            "mmt8": self.mmt8_maximum,
            "haq_di": self.haq_di_maximum,
            "ck": self.enzyme_multiplier,
            "extramuscular": self.extramuscular_maximum,
        }[measure]


def describe_tis_definition(definition: TotalImprovementScore) -> str:
    """Write the score and its thresholds as plain sentences; its name stands beside them.

    Examples
    --------
    >>> print(describe_tis_definition(TIS_ADULT))
    Up to 20 points for physician global activity, 10 for patient global activity, 32.5 for \
manual muscle testing (MMT-8), 10 for Health Assessment Questionnaire (HAQ-DI), 7.5 for creatine \
kinase, 20 for extramuscular activity, by change in per cent of the instrument's range; a worse \
measure gives 0. Minimal improvement from 20, moderate from 40, major from 60 (Aggarwal et al, Ann \
Rheum Dis 2017;76:792).
    """
    points = [max(definition.scale_of(measure.name).points) for measure in MEASURES]
    parts = [
        f"{best:g} for {measure.label}" for best, measure in zip(points, MEASURES, strict=True)
    ]
    parts[0] = f"{points[0]:g} points for {MEASURES[0].label}"
    return (
        f"Up to {', '.join(parts)}, by change in per cent of the instrument's range; a worse "
        f"measure gives 0. Minimal improvement from {definition.minimal:g}, moderate from "
        f"{definition.moderate:g}, major from {definition.major:g} ({definition.source})."
    )


def derive_ck_upper_limit(
    patients: pd.DataFrame, *, female: float | None, male: float | None
) -> pd.Series:
    """Give each patient the upper limit of normal of creatine kinase that fits their sex.

    Parameters
    ----------
    patients : DataFrame
        One row per patient: patient_id, sex ("female" or "male").
    female, male : float or None
        The laboratory's limits; None when not known.

    Returns
    -------
    Series of float64
        Indexed by patient_id; missing where sex or limit is not known.

    Raises
    ------
    ValueError
        When a column is absent, a patient is repeated or sex is another word.

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["P1", "P2"], "sex": ["female", "male"]})
    >>> derive_ck_upper_limit(patients, female=2.5, male=3.3).to_dict()
    {'P1': 2.5, 'P2': 3.3}
    """
    check_table(patients, name="patients", columns=["sex"], key=["patient_id"])
    check_allowed(patients["sex"], name="patients, column sex", allowed=["female", "male"])
    limits = {"female": female, "male": male}
    known = patients.set_index("patient_id")["sex"].map(limits)
    return known.astype("float64").rename("ck_upper_limit")


def derive_tis_components(
    core_set: pd.DataFrame,
    *,
    ranges: InstrumentRanges,
    ck_upper_limit: pd.Series | Mapping[str, float] | float,
    definition: TotalImprovementScore = TIS_ADULT,
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """Give each measure its points for the change since baseline.

    The change is ``(baseline - value) / range * 100``, for muscle strength with the sign turned,
    rounded to 1e-9 before it is put in a bin: positive is better.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month: patient_id, month and the six measures.
    ranges : InstrumentRanges
    ck_upper_limit : Series, mapping or float
        Upper limit of normal of creatine kinase in the unit of the table: by patient_id, or one
        number for all. The published score takes the most abnormal of several enzymes at baseline;
        the core set table holds creatine kinase alone.
    definition : TotalImprovementScore
    baseline_month : float, default 0

    Returns
    -------
    DataFrame
        One row per patient, later month and measure, in the order of the input and of `MEASURES`:

        - baseline, value, range : in the measure's own unit
        - change_percent : of the range, positive = better
        - points : missing where the two values or the range are not known
        - reason : empty, or why points are missing

    Raises
    ------
    ValueError
        As `check_core_set`; when a value lies beyond its instrument's range, as millimetres do in
        a study that declares centimetres; or when an upper limit is not a positive number.

    References
    ----------
    Aggarwal R et al. Ann Rheum Dis 2017;76:792. Rider LG et al. Ann Rheum Dis 2017;76:782.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": "P1", "month": [0.0, 6.0], "mmt8": [62.0, 70.0]})
    >>> visits = visits.reindex(columns=["patient_id", "month", *MEASURE_NAMES])
    >>> components = derive_tis_components(visits, ranges=InstrumentRanges(10, 80, 10),
    ...                                    ck_upper_limit=3.3)
    >>> components.set_index("measure").loc["mmt8", ["change_percent", "points"]].tolist()
    [10.0, 10.0]
    """
    values = lengthen_core_set(core_set)
    _refuse_values_beyond_range(core_set, ranges)
    pairs = pair_with_baseline(values, by=["measure"], baseline_month=baseline_month)
    pairs["range"] = pairs["measure"].map(ranges.range_of).astype("float64")
    limits = _limit_by_patient(pairs["patient_id"], ck_upper_limit)
    pairs["range"] = pairs["range"].mask(pairs["measure"] == "ck", pairs["range"] * limits)
    direction = pairs["measure"].isin(HIGHER_IS_BETTER).map({True: 1.0, False: -1.0})
    gain = direction * (pairs["value"] - pairs["baseline"])
    pairs["change_percent"] = round_for_comparison(gain / pairs["range"] * 100)
    pairs["points"] = _award_points(pairs, definition)
    no_range = pairs["range"].isna() & gain.notna()
    pairs["reason"] = pairs["reason"].mask(no_range, "upper limit of normal not known")
    columns = ["measure", "baseline", "value", "range", "change_percent", "points", "reason"]
    return keep_text(pairs[[*VISIT, *columns]], ["measure", "reason"])


def _refuse_values_beyond_range(core_set: pd.DataFrame, ranges: InstrumentRanges) -> None:
    """Millimetres taken for centimetres would pass as enormous changes; enzymes have no ceiling."""
    for name in MEASURE_NAMES:
        if name != "ck":
            check_range(core_set[name], name=f"core_set, column {name}", high=ranges.range_of(name))


def _limit_by_patient(
    patients: pd.Series, ck_upper_limit: pd.Series | Mapping[str, float] | float
) -> pd.Series:
    if isinstance(ck_upper_limit, pd.Series | Mapping):
        limits = patients.map(dict(ck_upper_limit)).astype("float64")
    else:
        limits = pd.Series(float(ck_upper_limit), index=patients.index)
    wrong = patients[(limits <= 0) | np.isinf(limits)].unique()
    if len(wrong):
        raise ValueError(
            "ck_upper_limit: expected numbers above 0 in the unit of the table, "
            f"found others for {list_some(wrong)}."
        )
    return limits


def _award_points(pairs: pd.DataFrame, definition: TotalImprovementScore) -> pd.Series:
    points = pd.Series(np.nan, index=pairs.index)
    for name in MEASURE_NAMES:
        scale = definition.scale_of(name)
        known = pairs.loc[(pairs["measure"] == name) & pairs["change_percent"].notna()]
        # side="left" puts a change that lies on an edge into the lower bin.
        bins = np.searchsorted(scale.edges, known["change_percent"], side="left")
        points.loc[known.index] = np.asarray(scale.points)[bins]
    return points


def derive_tis(
    components: pd.DataFrame,
    *,
    definition: TotalImprovementScore = TIS_ADULT,
    missing_measure: Literal["zero_points", "not_evaluable"] = "zero_points",
    required_measures: Sequence[str] = ("physician_global", "mmt8"),
) -> pd.DataFrame:
    """Add up the points of each visit, and name the size of the improvement.

    Parameters
    ----------
    components : DataFrame
        One row per patient, month and measure, from `derive_tis_components`.
    definition : TotalImprovementScore
        Thresholds of the categories; give the same as for the components.
    missing_measure : {"zero_points", "not_evaluable"}
        What a measure without points does: give none (common practice), or leave the visit
        without a score. Not settled by the publications.
    required_measures : sequence of str
        Measures without which there is no score whatever `missing_measure` says. The official
        calculators ask for a smallest set that begins with these two; the rest was not available.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of the input:

        - tis : 0 to 100, missing when not evaluable
        - category : one of `TIS_CATEGORIES`
        - n_evaluable : measures with points
        - missing_measures : names of the others, separated by commas
        - reason : empty, or why there is no score, or that missing measures gave no points

    Raises
    ------
    ValueError
        When a column is absent, a measure is repeated at a visit or is not of the core set.

    Examples
    --------
    >>> components = pd.DataFrame({"patient_id": "P1", "month": 6.0, "measure": MEASURE_NAMES,
    ...                            "points": [17.5, 2.5, 10.0, 7.5, 7.5, 7.5]})
    >>> derive_tis(components)[["tis", "category"]].values.tolist()
    [[52.5, 'moderate']]
    """
    check_allowed(
        pd.Series(list(required_measures)), name="required_measures", allowed=MEASURE_NAMES
    )
    wide = spread_measures(components, "points")
    needed = list(MEASURE_NAMES if missing_measure == "not_evaluable" else required_measures)
    evaluable = wide.notna().any(axis=1) & wide[needed].notna().all(axis=1)
    scores = pd.DataFrame({"tis": round_for_comparison(wide.sum(axis=1)).where(evaluable)})
    scores["category"] = classify_tis(scores["tis"], definition=definition)
    scores["n_evaluable"] = wide.notna().sum(axis=1).astype("Int64")
    lost = [
        [name for name in MEASURE_NAMES if absent[name]] for _, absent in wide.isna().iterrows()
    ]
    scores["missing_measures"] = [", ".join(names) for names in lost]
    scores["reason"] = [
        _explain_score(names, needed, known) for names, known in zip(lost, evaluable, strict=True)
    ]
    return keep_text(scores.reset_index(), ["category", "missing_measures", "reason"])


def classify_tis(scores: pd.Series, *, definition: TotalImprovementScore = TIS_ADULT) -> pd.Series:
    """Name the size of each improvement; a threshold belongs to the category above it.

    Parameters
    ----------
    scores : Series of float
        Total improvement scores.
    definition : TotalImprovementScore

    Returns
    -------
    Series of str
        One of `TIS_CATEGORIES`; a missing score is "not evaluable".

    Examples
    --------
    >>> classify_tis(pd.Series([17.5, 20.0, 60.0])).tolist()
    ['none', 'minimal', 'major']
    """
    rounded = round_for_comparison(scores)
    category = np.select(
        [
            rounded.isna(),
            rounded >= definition.major,
            rounded >= definition.moderate,
            rounded >= definition.minimal,
        ],
        ["not evaluable", "major", "moderate", "minimal"],
        default="none",
    )
    return pd.Series(category, index=scores.index, dtype="str", name="category")


def _explain_score(lost: list[str], needed: list[str], evaluable: bool) -> str:
    if evaluable:
        return f"no points for missing {', '.join(lost)}" if lost else ""
    if len(lost) == len(MEASURE_NAMES):
        return "no measure can be compared with baseline"
    return f"cannot be scored without {', '.join(name for name in lost if name in needed)}"
