"""Blood T cells: how exactly they were counted, which way they shifted, and cells in culture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from helpers.contracts.rows import list_rows
from helpers.derive.baseline import pair_with_baseline
from helpers.derive.checks import VISIT, check_range, check_table, keep_text, round_for_comparison

Shift = Literal["towards Th1", "towards Th17", "both rose", "both fell", "no shift"]


@dataclass(frozen=True)
class Population:
    """A population of T cells as flow cytometry tells it apart.

    Attributes
    ----------
    name : str
        Its name in the column population of the table t_cells.
    label : str
        How the report writes it.
    shows : str
        What it is, in plain words.
    """

    name: str
    label: str
    shows: str


MEMORY = Population(
    "CD4+ CD45RO+", "memory CD4 (CD45RO+)", "helper cells that have met their target before"
)
NAIVE = Population(
    "CD4+ CD45RA+", "naive CD4 (CD45RA+)", "helper cells that have not met their target yet"
)
IFN_GAMMA = Population(
    "CD4+ IFN-gamma+", "IFN-gamma+ CD4 (Th1)", "helper cells that make interferon gamma"
)
TNF = Population("CD4+ TNF+", "TNF+ CD4", "helper cells that make tumour necrosis factor")
IL17A = Population("CD4+ IL-17A+", "IL-17A+ CD4 (Th17)", "helper cells that make interleukin 17A")
CD8_MEMORY = Population(
    "CD8+ CD45RO+", "memory CD8 (CD45RO+)", "killer cells that have met their target before"
)
CD8_NAIVE = Population(
    "CD8+ CD45RA+", "naive CD8 (CD45RA+)", "killer cells that have not met their target yet"
)

POPULATIONS: tuple[Population, ...] = (
    MEMORY,
    NAIVE,
    IFN_GAMMA,
    TNF,
    IL17A,
    CD8_MEMORY,
    CD8_NAIVE,
)
"""Populations that the report can explain; a study may have others, shown by their own names."""

SHIFTS: dict[tuple[int, int], Shift] = {
    (1, -1): "towards Th1",
    (-1, 1): "towards Th17",
    (1, 1): "both rose",
    (-1, -1): "both fell",
}
"""Sign of the change of IFN-gamma+, sign of the change of IL-17A+: what the shift is called."""

MEASURED = {
    (True, True): "both visits",
    (True, False): "first visit only",
    (False, True): "second visit only",
    (False, False): "never",
}

_COUNTED = ["percent", "low", "high"]


def derive_measured(
    t_cells: pd.DataFrame, patients: Sequence[str], *, months: tuple[float, float]
) -> pd.DataFrame:
    """Say whose cells were measured at which of two visits, for everybody who entered.

    Parameters
    ----------
    t_cells : DataFrame
        One row per patient, month and population: percent.
    patients : sequence of str
        Everybody who entered.
    months : (float, float)
        The two visits.

    Returns
    -------
    DataFrame
        One row per patient: patient_id, before, after (truth values), measured ("both visits",
        "first visit only", "second visit only", "never").

    Examples
    --------
    >>> cells = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "percent": [1.0]})
    >>> derive_measured(cells, ["A", "B"], months=(0.0, 6.0))["measured"].tolist()
    ['first visit only', 'never']
    """
    known = t_cells.dropna(subset=["percent"])
    seen = [set(known.loc[known["month"] == month, "patient_id"]) for month in months]
    rows = [(patient, patient in seen[0], patient in seen[1]) for patient in patients]
    measured = pd.DataFrame(rows, columns=["patient_id", "before", "after"])
    words = [MEASURED[row["before"], row["after"]] for row in list_rows(measured)]
    return measured.assign(measured=pd.Series(words, dtype="str"))


def derive_counting_interval(t_cells: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Say how exactly each percentage is known from the number of cells counted.

    Parameters
    ----------
    t_cells : DataFrame
        One row per patient, month and population: percent (of the parent), events (cells of the
        parent that were acquired).
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        The rows of `t_cells` with cells (cells of the population, percent of events rounded to
        whole cells), low and high (limits in per cent), reason (empty, or why there are none).

    Raises
    ------
    ValueError
        When a column is absent, a key is doubled, or a percentage lies outside 0 to 100.

    Notes
    -----
    Exact binomial (Clopper-Pearson) limits, from quantiles of the beta distribution; the table
    holds rounded percentages, so the cells are the nearest whole number. This is the least error
    that there can be: staining, gates and the day of sampling add to it, and nothing here
    measures those.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404.

    Examples
    --------
    >>> cells = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "population": ["CD4+ TNF+"],
    ...                       "percent": [1.0], "events": [1000]})
    >>> derive_counting_interval(cells)[["cells", "low", "high"]].round(3).values.tolist()
    [[10.0, 0.481, 1.831]]
    """
    check_table(t_cells, name="t_cells", columns=["events", "percent"], key=[*VISIT, "population"])
    check_range(t_cells["percent"], name="t_cells, column percent", high=100)
    percent, events = (t_cells[name].astype("float64") for name in ("percent", "events"))
    cells = (percent / 100 * events).round().to_numpy(dtype=float)
    parent = events.to_numpy(dtype=float)
    known = ~np.isnan(cells) & (parent > 0)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(cells > 0, betaincinv(cells, parent - cells + 1, tail), 0.0)
        high = np.where(cells < parent, betaincinv(cells + 1, parent - cells, 1 - tail), 1.0)
    absent = np.select([percent.isna(), ~known], ["not measured", "cells not counted"], default="")
    counted = t_cells.assign(
        cells=np.where(known, cells, np.nan),
        low=np.where(known, 100 * low, np.nan),
        high=np.where(known, 100 * high, np.nan),
        reason=absent,
    )
    return keep_text(counted, ["reason"])


def derive_counted_change(
    counted: pd.DataFrame, *, population: str, months: tuple[float, float]
) -> pd.DataFrame:
    """Give one population before and after, and whether counting alone could make the difference.

    Parameters
    ----------
    counted : DataFrame
        From `derive_counting_interval`.
    population : str
        The population.
    months : (float, float)
        The visits before and after.

    Returns
    -------
    DataFrame
        One row per patient with both percentages, in the order of the table: patient_id, before,
        before_low, before_high, after, after_low, after_high, change (percentage points,
        rounded to 1e-9), low, high (counting interval of the change), beyond_counting (true when
        that interval leaves out 0; missing where cells were not counted).

    Notes
    -----
    The interval adds the two exact ones by squares, on each side of its own: the change less the
    root of (after - after_low)^2 + (before_high - before)^2, and so upwards. A change beyond
    counting can still come from staining, from gates or from time.

    References
    ----------
    Newcombe RG. Stat Med 1998;17:873 (method 10, with exact limits).

    Examples
    --------
    >>> cells = pd.DataFrame({"patient_id": "A", "month": [0.0, 6.0], "population": "CD4+ TNF+",
    ...                       "percent": [1.0, 2.0], "events": 10000})
    >>> change = derive_counted_change(
    ...     derive_counting_interval(cells), population="CD4+ TNF+", months=(0.0, 6.0))
    >>> change[["change", "beyond_counting"]].values.tolist()
    [[1.0, True]]
    """
    ours = counted[counted["population"] == population].set_index("patient_id")
    before, after = (
        ours.loc[ours["month"] == month, _COUNTED].astype("float64") for month in months
    )
    both = before.dropna(subset=["percent"]).index
    both = both[both.isin(after.dropna(subset=["percent"]).index)]
    before, after = before.loc[both], after.loc[both]
    change = round_for_comparison(after["percent"] - before["percent"])
    low = change - np.hypot(after["percent"] - after["low"], before["high"] - before["percent"])
    high = change + np.hypot(after["high"] - after["percent"], before["percent"] - before["low"])
    names = ["", "_low", "_high"]
    return pd.DataFrame(
        {
            **{f"before{end}": before[name] for end, name in zip(names, _COUNTED, strict=True)},
            **{f"after{end}": after[name] for end, name in zip(names, _COUNTED, strict=True)},
            "change": change,
            "low": low,
            "high": high,
            "beyond_counting": ((low > 0) | (high < 0)).astype("boolean").mask(low.isna()),
        }
    ).reset_index()


def derive_shift(ifn_gamma: pd.DataFrame, il17a: pd.DataFrame) -> pd.DataFrame:
    """Say which way each patient's helper cells shifted, between Th1 and Th17.

    Parameters
    ----------
    ifn_gamma, il17a : DataFrame
        From `derive_counted_change`, of the two populations.

    Returns
    -------
    DataFrame
        One row per patient with both: patient_id, the columns of both inputs with the prefixes
        ``ifn_gamma_`` and ``il17a_``, and shift: "towards Th1" (more IFN-gamma+, less IL-17A+),
        "towards Th17" (the reverse), "both rose", "both fell", or "no shift" where one of them is
        exactly the same.

    Examples
    --------
    >>> rose = pd.DataFrame({"patient_id": ["A"], "change": [0.2]})
    >>> fell = pd.DataFrame({"patient_id": ["A"], "change": [-0.1]})
    >>> derive_shift(rose, fell)["shift"].tolist()
    ['towards Th1']
    """
    both = (
        ifn_gamma.set_index("patient_id")
        .add_prefix("ifn_gamma_")
        .join(il17a.set_index("patient_id").add_prefix("il17a_"), how="inner")
        .reset_index()
    )
    signs = [np.sign(both[f"{name}_change"].astype("float64")) for name in ("ifn_gamma", "il17a")]
    shifts = [SHIFTS.get((int(x), int(y)), "no shift") for x, y in zip(*signs, strict=True)]
    return both.assign(shift=pd.Series(shifts, index=both.index, dtype="str"))


def derive_memory_and_ck(
    t_cells: pd.DataFrame,
    core_set: pd.DataFrame | None,
    *,
    baseline_month: float,
    month: float,
) -> pd.DataFrame:
    """Put the memory CD4 cells of baseline beside the fall of creatine kinase by a later visit.

    Parameters
    ----------
    t_cells : DataFrame
        One row per patient, month and population: percent.
    core_set : DataFrame or None
        One row per patient and month: ck; None where the study has none.
    baseline_month, month : float
        The visits before and after.

    Returns
    -------
    DataFrame
        One row per patient with all three numbers, in the order of `t_cells`: patient_id, memory
        (per cent of the parent), ck_before, ck_after, fall (before - after, positive is better),
        fall_percent (of the patient's baseline; missing where that is 0).

    Examples
    --------
    >>> cells = pd.DataFrame({"patient_id": ["A"], "month": [0.0], "population": "CD4+ CD45RO+",
    ...                       "percent": [40.0]})
    >>> ck = pd.DataFrame({"patient_id": "A", "month": [0.0, 6.0], "ck": [10.0, 4.0]})
    >>> derive_memory_and_ck(cells, ck, baseline_month=0.0, month=6.0)["fall"].tolist()
    [6.0]
    """
    columns = ["patient_id", "memory", "ck_before", "ck_after", "fall", "fall_percent"]
    if core_set is None:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in columns})
    at_baseline = (t_cells["population"] == MEMORY.name) & (t_cells["month"] == baseline_month)
    memory = t_cells.loc[at_baseline, ["patient_id", "percent"]].set_axis(columns[:2], axis=1)
    ck = pair_with_baseline(core_set, value="ck", baseline_month=baseline_month, name="core_set")
    ck = ck.loc[ck["month"] == month, ["patient_id", "baseline", "value"]]
    both = memory.merge(ck.set_axis(["patient_id", "ck_before", "ck_after"], axis=1))
    both = both.dropna().reset_index(drop=True)
    fall = both["ck_before"] - both["ck_after"]
    percent = fall / both["ck_before"].replace(0, np.nan) * 100
    return both.assign(fall=round_for_comparison(fall), fall_percent=round_for_comparison(percent))


def derive_culture_pairs(in_vitro: pd.DataFrame | None) -> pd.DataFrame:
    """Put each donor's culture with something added beside the same donor's culture without.

    The condition that the table names first is the one without; every other one is compared with
    it.

    Parameters
    ----------
    in_vitro : DataFrame or None
        One row per donor, condition and analyte: concentration, unit; None where the study has
        none.

    Returns
    -------
    DataFrame
        One row per donor, analyte and added condition: donor, panel (the analyte; with the
        condition where there are several), analyte, unit, without, with_added (names of the
        conditions), before, after (concentrations), reason (empty, or what is absent).

    Raises
    ------
    ValueError
        When a column is absent or a donor has two values of one condition.

    Examples
    --------
    >>> wells = pd.DataFrame({"donor": "D1", "condition": ["alone", "drug"], "analyte": "IL-17A",
    ...                       "concentration": [400.0, 300.0], "unit": "pg/mL"})
    >>> derive_culture_pairs(wells)[["panel", "before", "after"]].values.tolist()
    [['IL-17A', 400.0, 300.0]]
    """
    names = ["donor", "panel", "analyte", "unit", "without", "with_added"]
    columns = [*names, "before", "after", "reason"]
    if in_vitro is None or in_vitro.empty:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    key = ["donor", "analyte", "condition"]
    check_table(in_vitro, name="in_vitro", columns=["concentration", "unit"], key=key)
    without, *others = dict.fromkeys(in_vitro["condition"])
    levels = in_vitro.set_index(["donor", "analyte", "condition"])["concentration"]
    units = in_vitro.groupby("analyte")["unit"].first()
    cultures = in_vitro[["donor", "analyte"]].drop_duplicates()
    rows = [
        {
            "donor": culture["donor"],
            "panel": culture["analyte"] if len(others) == 1 else f"{culture['analyte']}, {other}",
            "analyte": culture["analyte"],
            "unit": units[culture["analyte"]],
            "without": without,
            "with_added": other,
            "before": levels.get((culture["donor"], culture["analyte"], without), np.nan),
            "after": levels.get((culture["donor"], culture["analyte"], other), np.nan),
        }
        for other in others
        for culture in list_rows(cultures)
    ]
    pairs = pd.DataFrame(rows, columns=columns[:-1])
    absent = pairs[["before", "after"]].isna().any(axis=1)
    reason = pd.Series(np.where(absent, "one culture of the pair is absent", ""), index=pairs.index)
    return keep_text(pairs.assign(reason=reason), [*names, "reason"])
