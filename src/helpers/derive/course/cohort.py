"""Who was studied, who was seen when, what was measured and judged, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from helpers.derive.course.disposition import HAD_LEFT, IN_STUDY, NOT_DUE, derive_presence
from helpers.derive.response.core_set import MEASURE_NAMES

VISIT_TABLES = (
    "core_set",
    "functional_index",
    "questionnaires",
    "performance_tests",
    "biopsies",
    "cytokines",
    "t_cells",
)
"""Tables with one or more values per patient and visit, in the order of the report's chapters."""

ALL = "all"
"""The group of everybody, which stands last in every summary."""

MEASURED, NOT_MEASURED = "measured", "not measured"
"""What a planned visit of one patient gave, if the patient had not left and it was due."""

_NUMBERS = ("age_years", "disease_duration_years")
_CATEGORIES = ("sex", "diagnosis")


def summarise_cohort(
    patients: pd.DataFrame,
    core_set: pd.DataFrame | None = None,
    *,
    groups: Sequence[pd.Series] = (),
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """Describe the patients at entry, group by group and all together.

    Numbers are summed up by median and range: with so few patients every value counts, and no
    distribution is assumed. There are no p-values, because groups at entry differ by chance or by
    selection, not by treatment.

    Parameters
    ----------
    patients : DataFrame
        One row per patient; characteristics that the study did not record may be absent.
    core_set : DataFrame, optional
        One row per patient and month; its baseline values are described too.
    groups : sequence of Series
        Ways to divide the patients, such as by arm and by response: the group of each patient,
        index patient_id. A way that puts everybody into one group adds nothing and is left out.
    baseline_month : float
        Month of the baseline visit.

    Returns
    -------
    DataFrame
        One row per characteristic (and category) and group, all patients last: group,
        characteristic, category ("" for numbers), n (patients with a value), n_missing, median,
        low, high (numbers), count (categories).

    Examples
    --------
    >>> patients = pd.DataFrame({"patient_id": ["A", "B"], "sex": ["female", "male"]})
    >>> summarise_cohort(patients)[["category", "count"]].values.tolist()
    [['female', 1], ['male', 1]]
    """
    wide = patients.set_index("patient_id")
    numbers = [name for name in _NUMBERS if name in wide]
    if core_set is not None:
        baseline = core_set[core_set["month"] == baseline_month].set_index("patient_id")
        wide = wide.join(baseline[list(MEASURE_NAMES)])
        numbers += MEASURE_NAMES
    rows = []
    for group, part in _divide(wide, groups):
        for name in _CATEGORIES:
            if name in wide:
                rows += _count_categories(part[name], list(wide[name].dropna().unique()), group)
        rows += [_describe_number(part[name], group) for name in numbers]
    columns = ["group", "characteristic", "category", "n", "n_missing", "median", "low", "high"]
    return pd.DataFrame(rows, columns=[*columns, "count"]).astype({"count": "Int64"})


def _divide(wide: pd.DataFrame, groupings: Sequence[pd.Series]) -> list[tuple[str, pd.DataFrame]]:
    parts: list[tuple[str, pd.DataFrame]] = []
    for groups in groupings:
        of_patient = groups.reindex(wide.index)
        names = list(groups.dropna().unique())
        if len(names) > 1:
            parts += [(str(name), wide[of_patient == name]) for name in names]
    return [*parts, (ALL, wide)]


def _describe_number(values: pd.Series, group: str) -> dict[str, object]:
    known = values.dropna()
    return {
        "group": group,
        "characteristic": values.name,
        "category": "",
        "n": len(known),
        "n_missing": int(values.isna().sum()),
        "median": known.median(),
        "low": known.min(),
        "high": known.max(),
    }


def _count_categories(
    values: pd.Series, categories: Sequence[str], group: str
) -> list[dict[str, object]]:
    return [
        {
            "group": group,
            "characteristic": values.name,
            "category": category,
            "n": int(values.notna().sum()),
            "n_missing": int(values.isna().sum()),
            "count": int((values == category).sum()),
        }
        for category in categories
    ]


def derive_availability(
    tables: Mapping[str, pd.DataFrame],
    *,
    patients: Sequence[str],
    months: Sequence[float],
    disposition: pd.DataFrame | None = None,
    window: float = 0.0,
) -> pd.DataFrame:
    """Count what was measured of every patient at every planned visit, table by table.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The study's tables; those that are not by visit are passed over.
    patients : sequence of str
        Everybody who entered.
    months : sequence of float
        The planned visits.
    disposition : DataFrame, optional
        One row per patient: last_month, status or completed. Without it nobody is known to have
        left, or to be still in the study.
    window : float
        See `helpers.derive.course.disposition.derive_presence`.

    Returns
    -------
    DataFrame
        One row per table, patient and planned visit: table, patient_id, month, n_values, status
        (`MEASURED`; `NOT_MEASURED`; `HAD_LEFT` or `NOT_DUE` without a value, when the visit is
        after the last month of somebody who left or is still in the study). A table
        that never has a value at some visit was not planned there and has no rows for it.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "fi": [40.0]})
    >>> derive_availability({"functional_index": table}, patients=["A", "B"], months=[0, 6])
                  table patient_id  month  n_values        status
    0  functional_index          A    0.0         1      measured
    1  functional_index          B    0.0         0  not measured
    """
    frames = []
    for name in VISIT_TABLES:
        if name in tables:
            counts = _count_values(tables[name])
            visited = [float(month) for month in months if counts.get(float(month)) is not None]
            frame = counts.reindex(index=list(patients), columns=visited)
            frame = frame.fillna(0).astype(int).rename_axis("patient_id").reset_index()
            long = frame.melt(id_vars="patient_id", var_name="month", value_name="n_values")
            frames.append(long.astype({"month": float}).assign(table=name))
    columns = ["table", "patient_id", "month", "n_values", "status"]
    if not any(len(frame) for frame in frames):
        return _no_rows(columns)
    table = pd.concat(frames, ignore_index=True)
    presence = _place_visits(disposition, months, window)
    return table.assign(status=_judge_visits(table, presence))[columns]


def _place_visits(
    disposition: pd.DataFrame | None, months: Sequence[float], window: float
) -> dict[tuple[str, float], str]:
    if disposition is None:
        return {}
    presence = derive_presence(disposition, months=months, window=window)
    return dict(
        zip(
            zip(presence["patient_id"], presence["month"], strict=True),
            presence["presence"],
            strict=True,
        )
    )


def _judge_visits(table: pd.DataFrame, presence: Mapping[tuple[str, float], str]) -> list[str]:
    absent = {IN_STUDY: NOT_MEASURED, HAD_LEFT: HAD_LEFT, NOT_DUE: NOT_DUE}
    return [
        MEASURED if n else absent[presence.get((patient, month), IN_STUDY)]
        for patient, month, n in zip(
            table["patient_id"], table["month"], table["n_values"], strict=True
        )
    ]


def _count_values(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["patient_id", "month"]
    names = {"reader", "unit", "bound", "parent", "instrument", "item", "marker", "analyte"}
    names |= {"population", "test", "events"}  # cells counted are how, not what
    values = [c for c in table if c not in keys and c not in names]
    counts = table[values].notna().sum(axis=1).groupby([table[key] for key in keys]).sum()
    return counts[counts > 0].unstack("month")


def summarise_availability(
    availability: pd.DataFrame, *, baseline_month: float = 0.0
) -> pd.DataFrame:
    """Count the patients with a value at each visit, and those who can be compared with baseline.

    Parameters
    ----------
    availability : DataFrame
        From `derive_availability`.
    baseline_month : float
        Month of the baseline visit.

    Returns
    -------
    DataFrame
        One row per table and planned visit: table, month, n_measured, n_paired (patients with a
        value both here and at baseline), n_patients.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": ["A", "B", "B"], "month": [0.0, 0.0, 6.0], "fi": 40.0})
    >>> seen = derive_availability(
    ...     {"functional_index": table}, patients=["A", "B"], months=[0, 6])
    >>> summarise_availability(seen)[["n_measured", "n_paired"]].values.tolist()
    [[2, 2], [1, 1]]
    """
    rows = []
    for name, table in availability.groupby("table", sort=False):
        measured = table[table["n_values"] > 0]
        first = set(measured.loc[measured["month"] == baseline_month, "patient_id"])
        for month, visit in table.groupby("month"):
            here = set(measured.loc[measured["month"] == month, "patient_id"])
            rows.append((name, month, len(here), len(here & first), len(visit)))
    return pd.DataFrame(rows, columns=["table", "month", "n_measured", "n_paired", "n_patients"])


def _no_rows(columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})


def summarise_missing(core_set: pd.DataFrame | None, *, patients: Sequence[str]) -> pd.DataFrame:
    """List what is missing from the core set at visits that took place, with the patients.

    Parameters
    ----------
    core_set : DataFrame or None
        One row per patient and month. None, where it was not measured, misses nothing.
    patients : sequence of str
        Everybody who entered, for the order of the names.

    Returns
    -------
    DataFrame
        One row per month and measure with anything missing: month, measure, n_missing, n_seen,
        patients (names joined by commas).

    Examples
    --------
    >>> visit = {"patient_id": ["A"], "month": 0.0, **dict.fromkeys(MEASURE_NAMES, 1)}
    >>> summarise_missing(pd.DataFrame(visit), patients=["A"]).empty
    True
    """
    rows = []
    if core_set is not None:
        seen = _keep_visits(core_set)
        for (month, measure), values in _lengthen(seen).groupby(["month", "measure"], sort=False):
            absent = set(values.loc[values["value"].isna(), "patient_id"])
            names = [patient for patient in patients if patient in absent]
            if names:
                rows.append((month, measure, len(names), len(values), ", ".join(names)))
    return pd.DataFrame(rows, columns=["month", "measure", "n_missing", "n_seen", "patients"])


def _keep_visits(core_set: pd.DataFrame) -> pd.DataFrame:
    return core_set[core_set[list(MEASURE_NAMES)].notna().any(axis=1)]


def _lengthen(core_set: pd.DataFrame) -> pd.DataFrame:
    return core_set.sort_values("month", kind="stable").melt(
        id_vars=["patient_id", "month"], value_vars=list(MEASURE_NAMES), var_name="measure"
    )


def count_seen(
    patients: pd.DataFrame,
    *,
    months: Sequence[float],
    disposition: pd.DataFrame | None = None,
    availability: pd.DataFrame | None = None,
    window: float = 0.0,
) -> pd.DataFrame:
    """Count the patients of each arm who were still in the study at each planned visit.

    Everybody is in the study at the first visit. At a later one a patient is when the disposition
    says so (completed, or last month at or after it); without a disposition, when any table has a
    value of the patient there. Where no table has a value of anybody, the number is not known.

    Parameters
    ----------
    patients : DataFrame
        patient_id and arm of everybody who entered.
    months : sequence of float
        The planned visits.
    disposition : DataFrame, optional
        One row per patient: last_month, status or completed.
    availability : DataFrame, optional
        From `derive_availability`.
    window : float
        See `helpers.derive.course.disposition.derive_presence`.

    Returns
    -------
    DataFrame
        One row per arm and month: arm, month, n_entered, n_not_due (patients still in the study
        for whom the visit is yet to come; they are in no denominator), n_seen (missing where not
        known, or where the visit is due for nobody).

    Examples
    --------
    >>> entered = pd.DataFrame({"patient_id": ["A", "B"], "arm": "drug"})
    >>> stop = pd.DataFrame({"patient_id": ["A", "B"], "last_month": [6.0, 2.0],
    ...                      "status": ["completed", "left"], "stop_reason": [None, "rash"]})
    >>> count_seen(entered, months=[0, 6], disposition=stop)["n_seen"].tolist()
    [2, 1]
    """
    presence = _place_visits(disposition, months, window)
    rows = []
    for month in months:
        present = _find_seen(
            float(month), patients["patient_id"], months[0], presence, availability
        )
        coming = _list_coming(float(month), presence) if month != months[0] else []
        for arm, members in patients.groupby("arm", sort=False)["patient_id"]:
            later = int(members.isin(coming).sum())
            n_seen: object = pd.NA
            if present is not None and later < len(members):
                n_seen = int(members.isin(present).sum())
            rows.append((arm, float(month), len(members), later, n_seen))
    table = pd.DataFrame(rows, columns=["arm", "month", "n_entered", "n_not_due", "n_seen"])
    order = {arm: place for place, arm in enumerate(patients["arm"].unique())}
    table = table.sort_values("arm", key=lambda arm: arm.map(order), kind="stable")
    return table.reset_index(drop=True).astype({"n_seen": "Int64"})


def _list_coming(month: float, presence: Mapping[tuple[str, float], str]) -> list[str]:
    return [p for (p, m), what in presence.items() if m == month and what == NOT_DUE]


def _find_seen(
    month: float,
    everybody: pd.Series,
    first_month: float,
    presence: Mapping[tuple[str, float], str],
    availability: pd.DataFrame | None,
) -> pd.Series | list[str] | None:
    if month == first_month:
        return everybody
    if presence:
        return [p for (p, m), what in presence.items() if m == month and what == IN_STUDY]
    if availability is not None:
        here = (availability["month"] == month) & (availability["n_values"] > 0)
        return availability.loc[here, "patient_id"] if here.any() else None
    return None


def list_measured(availability: pd.DataFrame, table: str) -> pd.DataFrame | None:
    """List the visits at which one table has a value; None where it has none at all.

    Parameters
    ----------
    availability : DataFrame
        From `derive_availability`.
    table : str
        Name of the table, ``biopsies``.

    Returns
    -------
    DataFrame or None
        One row per patient and month: patient_id, month.

    Examples
    --------
    >>> table = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "fi": [40.0]})
    >>> seen = derive_availability({"functional_index": table}, patients=["A", "B"], months=[0])
    >>> list_measured(seen, "functional_index").values.tolist()
    [['A', 0.0]]
    """
    here = availability[(availability["table"] == table) & (availability["status"] == MEASURED)]
    return here[["patient_id", "month"]].reset_index(drop=True) if len(here) else None
