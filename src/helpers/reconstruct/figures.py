"""Figures of the invented tables that the targets are about, one function a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median, stdev
from typing import TypeVar

from helpers.reconstruct.targets import TARGETS
from helpers.reconstruct.write import Cell, Row
from helpers.stats.exact.exact import signed_rank_test

Key = TypeVar("Key")
Numbers = dict[tuple[str, float], float]
"""Values by patient and month; what was not measured is absent."""

CK_LIMITS = {"female": 2.5, "male": 3.3}
"""Upper limits of normal in ukat/L, as in the study's settings."""

LOW_GOOD = ("physician_global", "patient_global", "haq_di", "ck", "extramuscular")
SIX_STAINS = ("mononuclear infiltrate", "CD3", "CD163", "IL-1alpha", "IL-1beta", "MHC class I")
AT_THE_SITE = "Injection site"
INFECTIONS = "Infections and infestations"


def is_met(figures: Mapping[str, float]) -> bool:
    """Tell whether every figure that has a target lies in its range.

    >>> is_met({"serious events": 0}), is_met({"serious events": 1})
    (True, False)
    """
    ranges = {target.figure: (target.low, target.high) for target in TARGETS}
    return all(ranges[name][0] <= value <= ranges[name][1] for name, value in figures.items())


def correlate(first: Mapping[Key, float], second: Mapping[Key, float]) -> float:
    """Give Spearman's rho (midranks) over what both have.

    The sums are whole numbers, so that the result is the same on every machine.

    >>> correlate({"a": 1, "b": 2, "c": 3}, {"a": 5, "b": 9, "c": 7, "d": 1})
    0.5
    """
    shared = [key for key in first if key in second]
    a, b = ([_rank(of[key], of, shared) for key in shared] for of in (first, second))
    total = sum(a), sum(b)
    n = len(shared)
    covariance = n * sum(x * y for x, y in zip(a, b, strict=True)) - total[0] * total[1]
    spreads = [n * sum(x * x for x in ranks) - sum(ranks) ** 2 for ranks in (a, b)]
    return float(covariance / (spreads[0] * spreads[1]) ** 0.5)


def _rank(value: float, of: Mapping[Key, float], keys: Iterable[Key]) -> int:
    """Give twice the midrank, a whole number."""
    return sum((of[key] < value) * 2 + (of[key] == value) for key in keys) + 1


def pick(rows: Sequence[Row], column: str, **where: Cell) -> Numbers:
    """Give a column's numbers by patient and month, from the rows that `where` describes.

    >>> pick([{"patient_id": "P01", "month": 0, "fi": 34}], "fi")
    {('P01', 0.0): 34.0}
    """
    return {
        (str(row["patient_id"]), float(row["month"] or 0)): float(row[column] or 0)
        for row in rows
        if row[column] is not None and all(row[name] == cell for name, cell in where.items())
    }


def at(numbers: Numbers, month: float) -> dict[str, float]:
    """Give the numbers of one month by patient.

    >>> at({("P01", 0.0): 34.0, ("P01", 3.0): 38.0}, 3)
    {'P01': 38.0}
    """
    return {patient: value for (patient, when), value in numbers.items() if when == month}


def change(numbers: Numbers) -> Numbers:
    """Give the difference from month 0 at each later visit.

    >>> change({("P01", 0.0): 34.0, ("P01", 3.0): 38.0})
    {('P01', 3.0): 4.0}
    """
    return {
        (patient, month): value - numbers[patient, 0]
        for (patient, month), value in numbers.items()
        if month > 0 and (patient, 0) in numbers
    }


def measure_all(tables: Mapping[str, Sequence[Row]]) -> dict[str, float]:
    """Compute every figure that has a target, from the cohort's tables.

    Parameters
    ----------
    tables : mapping of str to sequence of Row

    Returns
    -------
    dict of str to float
        One entry for each of `helpers.reconstruct.targets.TARGETS`.
    """
    core_set, index, patients = (
        tables[name] for name in ("core_set", "functional_index", "patients")
    )
    return {
        **measure_baseline(core_set, index, patients),
        **measure_changes(core_set, index),
        **measure_biopsies(tables["biopsies"]),
        **measure_il1ra(tables["biopsies"]),
        **measure_cytokines(tables["cytokines"]),
        **measure_t_cells(tables["t_cells"]),
        **measure_medications(tables["medications"]),
        **measure_adverse_events(tables["adverse_events"], patients),
    }


def measure_baseline(
    core_set: Sequence[Row], functional_index: Sequence[Row], patients: Sequence[Row]
) -> dict[str, float]:
    """Spreads and correlations of the core set at baseline."""
    first = {name: at(pick(core_set, name), 0) for name in (*LOW_GOOD, "mmt8")}
    index = at(pick(functional_index, "fi"), 0)
    physician, patient = first["physician_global"], first["patient_global"]
    limits = {str(row["patient_id"]): CK_LIMITS[str(row["sex"])] for row in patients}
    ck = first["ck"]
    return {
        "sd of physician global": stdev(physician.values()),
        "sd of patient global": stdev(patient.values()),
        "sd of mmt8": stdev(first["mmt8"].values()),
        "sd of haq_di": stdev(first["haq_di"].values()),
        "sd of extramuscular": stdev(first["extramuscular"].values()),
        "largest ck / smallest ck": max(ck.values()) / min(ck.values()),
        "ck at or below its limit": sum(ck[name] <= limits[name] for name in ck),
        "rho physician, patient": correlate(physician, patient),
        "rho physician, extramuscular": correlate(physician, first["extramuscular"]),
        "rho patient, haq_di": correlate(patient, first["haq_di"]),
        "rho patient, mmt8": correlate(patient, first["mmt8"]),
        "rho mmt8, haq_di": correlate(first["mmt8"], first["haq_di"]),
        "rho mmt8, fi": correlate(first["mmt8"], index),
    }


def measure_changes(core_set: Sequence[Row], functional_index: Sequence[Row]) -> dict[str, float]:
    """Sizes and correlations of all changes from baseline."""
    values = {name: pick(core_set, name) for name in (*LOW_GOOD, "mmt8")}
    moved = {name: change(numbers) for name, numbers in values.items()}
    percents = [
        abs(step) / values[name][patient, 0] * 100
        for name in LOW_GOOD
        for (patient, _), step in moved[name].items()
    ]
    haq = list(moved["haq_di"].values())
    return {
        "share of haq_di that moved": sum(step != 0 for step in haq) / len(haq),
        "share of changes by 12 to 25 %": sum(12 <= x <= 25 for x in percents) / len(percents),
        "share of changes by over 44 %": sum(x > 44 for x in percents) / len(percents),
        "rho change physician, patient": correlate(
            moved["physician_global"], moved["patient_global"]
        ),
        "rho change mmt8, haq_di": correlate(moved["mmt8"], moved["haq_di"]),
        "rho change mmt8, fi": correlate(moved["mmt8"], change(pick(functional_index, "fi"))),
        "sd of change of mmt8": stdev(moved["mmt8"].values()),
    }


def measure_biopsies(biopsies: Sequence[Row]) -> dict[str, float]:
    """Exact p of the six stains' changes, and what moves with what."""
    stains = {name: pick(biopsies, "value", marker=name) for name in SIX_STAINS}
    p_values = sorted(
        signed_rank_test(list(change(numbers).values())).p_value or 0.0
        for numbers in stains.values()
    )
    first = {name: at(numbers, 0) for name, numbers in stains.items()}
    cells = first["mononuclear infiltrate"]
    both = stains["mononuclear infiltrate"]
    return {
        "most of CD3 + CD163 / infiltrate": max(
            (stains["CD3"][key] + stains["CD163"][key]) / both[key] for key in both
        ),
        "smallest p of six stains": p_values[0],
        "middle p of six stains": median(p_values),
        "largest p of six stains": p_values[-1],
        "rho infiltrate, CD3": correlate(cells, first["CD3"]),
        "rho infiltrate, CD163": correlate(cells, first["CD163"]),
        "rho IL-1alpha, IL-1beta": correlate(first["IL-1alpha"], first["IL-1beta"]),
        "rho infiltrate, MHC class I": correlate(cells, first["MHC class I"]),
        "rho change infiltrate, CD3": correlate(
            change(stains["mononuclear infiltrate"]), change(stains["CD3"])
        ),
    }


def measure_il1ra(biopsies: Sequence[Row]) -> dict[str, float]:
    """Exact p of the change of IL-1Ra in the biopsies; those without any twice count nothing."""
    steps = change(pick(biopsies, "value", marker="IL-1Ra"))
    return {"p of the IL-1Ra stain": signed_rank_test(list(steps.values())).p_value or 0.0}


def measure_cytokines(cytokines: Sequence[Row]) -> dict[str, float]:
    """How far IL-1Ra rises in whom it rises least."""
    levels = pick(cytokines, "concentration", analyte="IL-1Ra")
    rises = change(levels)
    return {
        "smallest rise of IL-1Ra": min(rises.values()),
        "smallest IL-1Ra on the drug / before": min(
            levels[key] / levels[key[0], 0] for key in rises
        ),
    }


def measure_t_cells(t_cells: Sequence[Row]) -> dict[str, float]:
    """Smallest exact p of the populations of which no change was printed."""
    p_values = (
        signed_rank_test(list(change(pick(t_cells, "percent", population=name)).values())).p_value
        for name in ("CD4+ CD45RO+", "CD4+ CD45RA+", "CD4+ TNF+")
    )
    return {"smallest p of other populations": min(p or 0.0 for p in p_values)}


def measure_medications(medications: Sequence[Row]) -> dict[str, float]:
    """When steroids began, how doses vary and who had tried another drug before."""
    steroids = [row for row in medications if row["drug"] == "prednisolone"]
    first: dict[str, float] = {}
    for row in steroids:
        name, month = str(row["patient_id"]), float(row["start_month"] or 0)
        first[name] = min(month, first.get(name, month))
    months = sorted(first.values())
    ended = [row for row in medications if row["end_month"] is not None]
    before = {
        row["patient_id"]
        for row in ended
        if row["drug"] != "prednisolone" and float(row["end_month"] or 0) <= 0
    }
    return {
        "first steroid, earliest month": months[0],
        "first steroid, middle month": median(months),
        "first steroid, latest month": months[-1],
        "different steroid doses at entry": len(
            {row["dose"] for row in steroids if row["end_month"] is None}
        ),
        "patients with a drug tried before": len(before),
    }


def measure_adverse_events(events: Sequence[Row], patients: Sequence[Row]) -> dict[str, float]:
    """Who had which event, and when reactions at the injection site began."""
    everybody = [str(row["patient_id"]) for row in patients]
    counts = [sum(row["patient_id"] == name for row in events) for name in everybody]
    at_the_site = [row for row in events if str(row["term"]).startswith(AT_THE_SITE)]
    early = sum(float(row["start_month"] or 0) <= 1 for row in at_the_site)

    def count(is_meant: Callable[[Row], bool]) -> int:
        return len({row["patient_id"] for row in events if is_meant(row)})

    return {
        "patients with a reaction at the site": len({row["patient_id"] for row in at_the_site}),
        "patients with an infection": count(lambda row: row["system_organ_class"] == INFECTIONS),
        "patients with headache": count(lambda row: row["term"] == "Headache"),
        "patients without any event": counts.count(0),
        "most events of one patient": max(counts),
        "share of reactions by month 1": early / max(1, len(at_the_site)),
        "serious events": sum(bool(row["serious"]) for row in events),
    }
