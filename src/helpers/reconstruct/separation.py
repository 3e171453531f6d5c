"""What would set responders apart in the invented tables, though no source says that it does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from helpers.reconstruct.figures import Numbers, at, change, pick
from helpers.reconstruct.skeleton import list_patients
from helpers.reconstruct.targets import RELATED, SMALLEST_P
from helpers.reconstruct.write import Row
from helpers.stats.exact.exact import rank_sum_test

Values = Mapping[str, float]
Quantities = dict[str, Values]
"""Numbers by patient, by what they are."""


def has_no_overlap(values: Values) -> bool:
    """Tell whether every responder lies above every other patient, or every one below.

    A group of fewer than two shows nothing.

    >>> has_no_overlap({"P01": 3, "P03": 4, "P02": 1, "P04": 2})
    True
    """
    yes, no = _split(values)
    if min(len(yes), len(no)) < 2:
        return False
    return min(yes) > max(no) or max(yes) < min(no)


def sets_apart(values: Values) -> bool:
    """Tell whether responders differ from the others: no overlap, or exact p below the limit.

    >>> sets_apart({"P01": 3, "P03": 1, "P02": 2, "P04": 4})
    False
    """
    return has_no_overlap(values) or find_p(values) < SMALLEST_P


def find_p(values: Values) -> float:
    """Give the exact two-sided rank-sum p of responders against others; 1 where all are alike.

    >>> find_p({"P01": 1, "P02": 1})
    1.0
    """
    result = rank_sum_test(*_split(values))
    return 1.0 if result.p_value is None else float(result.p_value)


def _split(values: Values) -> tuple[list[float], list[float]]:
    responders = list_patients(responder=True)
    yes = [value for name, value in values.items() if name in responders]
    return yes, [value for name, value in values.items() if name not in responders]


def list_courses(numbers: Numbers, *, what: str) -> Quantities:
    """List a measurement's values at each month, and its changes since month 0.

    >>> list(list_courses({("P01", 0.0): 1.0, ("P01", 6.0): 2.0}, what="CD3"))
    ['CD3, month 0', 'CD3, month 6', 'CD3, change to month 6']
    """
    months = sorted({month for _, month in numbers})
    found: Quantities = {f"{what}, month {month:g}": at(numbers, month) for month in months}
    steps = change(numbers)
    return found | {
        f"{what}, change to month {month:g}": at(steps, month) for month in months if month > 0
    }


def list_separating(tables: Mapping[str, Sequence[Row]]) -> dict[str, float]:
    """List what sets responders apart without a source that says so, with its exact p.

    What a source relates to response is listed only where the groups do not overlap at all.

    Parameters
    ----------
    tables : mapping of str to sequence of Row
        All tables of the cohort.

    Returns
    -------
    dict of str to float
        p by name of the quantity; empty where the cohort is as it should be.
    """
    return {
        name: find_p(values)
        for name, values in list_quantities(tables).items()
        if has_no_overlap(values) or (not is_related(name) and sets_apart(values))
    }


def is_related(name: str) -> bool:
    """Tell whether a source relates a quantity to response.

    >>> is_related("core_set, extramuscular, month 0"), is_related("core_set, ck, month 0")
    (True, False)
    """
    return any(re.fullmatch(pattern, name) for pattern, _ in RELATED)


def list_quantities(tables: Mapping[str, Sequence[Row]]) -> Quantities:
    """List everything in the tables that could set responders apart, by topic and month."""
    found: Quantities = {}
    for table, key, column in (
        ("biopsies", "marker", "value"),
        ("cytokines", "analyte", "concentration"),
        ("t_cells", "population", "percent"),
    ):
        for name in dict.fromkeys(str(row[key]) for row in tables[table]):
            numbers = pick(tables[table], column, **{key: name})
            found |= list_courses(numbers, what=f"{table}, {name}")
    for measure in ("physician_global", "patient_global", "haq_di", "ck", "extramuscular", "mmt8"):
        found |= list_courses(pick(tables["core_set"], measure), what=f"core_set, {measure}")
    found |= list_courses(pick(tables["functional_index"], "fi"), what="functional_index, fi")
    found |= list_characteristics(tables["patients"])
    found |= list_treatments(tables["medications"])
    return found | list_events(tables["adverse_events"])


def list_characteristics(patients: Sequence[Row]) -> Quantities:
    """List age, disease duration and sex (1 for women)."""
    names = [str(row["patient_id"]) for row in patients]
    columns = {
        "age": [float(row["age_years"] or 0) for row in patients],
        "disease duration": [float(row["disease_duration_years"] or 0) for row in patients],
        "sex": [float(row["sex"] == "female") for row in patients],
    }
    return {
        f"patients, {name}": dict(zip(names, column, strict=True))
        for name, column in columns.items()
    }


def list_treatments(medications: Sequence[Row]) -> Quantities:
    """List the first steroid, its dose at entry, the second drug, since when, and drugs before."""
    first: dict[str, float] = {}
    dose: dict[str, float] = {}
    second: dict[str, float] = {}
    since: dict[str, float] = {}
    before = dict.fromkeys(list_patients(), 0.0)
    for row in medications:
        name, start = str(row["patient_id"]), float(row["start_month"] or 0)
        if row["drug"] == "prednisolone":
            first[name] = min(start, first.get(name, start))
            if row["end_month"] is None:
                dose[name] = float(row["dose"] or 0)
        elif row["end_month"] is None:
            second[name], since[name] = float(row["drug"] == "methotrexate"), start
        elif float(row["end_month"] or 0) <= 0:
            before[name] += 1
    return {
        "medications, first steroid": first,
        "medications, steroid dose at entry": dose,
        "medications, methotrexate": second,
        "medications, second drug since": since,
        "medications, drugs before": before,
    }


def list_events(events: Sequence[Row]) -> Quantities:
    """List how many adverse events each patient had, the worst grade and reactions at the site."""
    count, worst, at_the_site = (dict.fromkeys(list_patients(), 0.0) for _ in range(3))
    for row in events:
        name = str(row["patient_id"])
        count[name] += 1
        worst[name] = max(worst[name], float(row["ctcae_grade"] or 0))
        at_the_site[name] += str(row["term"]).startswith("Injection site")
    return {
        "adverse_events, count": count,
        "adverse_events, worst grade": worst,
        "adverse_events, at the injection site": at_the_site,
    }
