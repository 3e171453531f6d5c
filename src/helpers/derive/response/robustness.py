"""Does a response stand on one measurement? Each visit judged again with one thing changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.contracts.response import ImprovementDefinition
from helpers.derive.checks import VISIT, check_allowed, check_table, keep_text, list_some
from helpers.derive.response.core_set import (
    MEASURE_NAMES,
    SHORT_LABELS,
    ZeroBaseline,
    derive_relative_change,
    spread_measures,
)
from helpers.derive.response.imacs import judge_improvement

SCENARIOS: tuple[str, ...] = (
    "measure dropped",
    "one grade more",
    "one grade less",
    "missing measure had improved",
    "missing measure had worsened",
)
"""The single changes under which a visit is judged again."""

STATUSES: tuple[str, ...] = ("robust", "fragile", "not evaluable")
"""Every visit of every patient is in exactly one of these."""

_CASE = [*VISIT, "scenario", "measure"]


def derive_response_scenarios(
    core_set: pd.DataFrame,
    *,
    mmt8_maximum: float,
    definition: ImprovementDefinition,
    zero_baseline: ZeroBaseline = "infinite_worsening",
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """Judge each visit again with one measurement dropped, changed by one grade or filled in.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month: patient_id, month and the six measures.
    mmt8_maximum : float
        80 or 150; muscle strength is never raised above it nor lowered below 0.
    definition : ImprovementDefinition
    zero_baseline, baseline_month
        As in `derive_relative_change`.

    Returns
    -------
    DataFrame
        One row per patient, month and change that is possible there:

        - scenario : one of `SCENARIOS`. A measure that was compared is dropped as if it had not
          been measured; the follow-up of muscle strength is one grade higher or lower; a measure
          that could not be compared had improved, or had worsened, by any amount that counts
        - measure : the measure that is changed
        - improved : the flag as it stands (boolean)
        - improved_then : the flag under the change (boolean)
        - flips : True when a responder would not be one any longer (not evaluable included), or
          another evaluable patient would be one

        A visit that is not evaluable has no row: it has no status to lose.

    Raises
    ------
    ValueError
        See `derive_relative_change`.

    Notes
    -----
    One change at a time: two together may flip what no single one does.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient_id": "P1", "month": [0.0, 3.0], "mmt8": [60.0, 72.0],
    ...                        "ck": [10.0, 8.0], "haq_di": [1.0, 0.5]})
    >>> visits = visits.reindex(columns=["patient_id", "month", *MEASURE_NAMES])
    >>> from helpers.contracts.response import IMACS_2004
    >>> scenarios = derive_response_scenarios(visits, mmt8_maximum=80, definition=IMACS_2004)
    >>> scenarios.loc[scenarios["scenario"] == "one grade less", "flips"].tolist()
    [True]
    """
    change = derive_relative_change(
        core_set, zero_baseline=zero_baseline, baseline_month=baseline_month
    )
    percent = spread_measures(change)
    flags = judge_improvement(percent, definition=definition)["improved"]
    percent = percent[flags.notna()]
    one_grade = [
        _shift_strength(core_set, step, mmt8_maximum, zero_baseline, baseline_month)
        for step in (1.0, -1.0)
    ]
    parts = [_replace(percent, "measure dropped", np.nan)]
    parts += [
        _replace_strength(percent, scenario, shifted)
        for scenario, shifted in zip(SCENARIOS[1:3], one_grade, strict=True)
    ]
    parts += [
        _replace(percent, "missing measure had improved", np.inf),
        _replace(percent, "missing measure had worsened", -np.inf),
    ]
    cases = pd.concat(parts)
    return _compare_with_status(cases, flags, definition)


def _replace(percent: pd.DataFrame, scenario: str, new: float) -> pd.DataFrame:
    """One case per visit and measure: known measures are dropped, unknown ones filled in."""
    dropping = bool(np.isnan(new))
    parts = []
    for name in MEASURE_NAMES:
        affected = percent[percent[name].notna() if dropping else percent[name].isna()]
        parts.append(_label(affected.assign(**{name: new}), scenario, name))
    return pd.concat(parts)


def _replace_strength(percent: pd.DataFrame, scenario: str, shifted: pd.DataFrame) -> pd.DataFrame:
    new = shifted["mmt8"].reindex(percent.index)
    return _label(percent[new.notna()].assign(mmt8=new.dropna()), scenario, "mmt8")


def _label(cases: pd.DataFrame, scenario: str, measure: str) -> pd.DataFrame:
    labelled = cases.assign(scenario=scenario, measure=measure)
    return labelled.set_index(["scenario", "measure"], append=True)


def _shift_strength(
    core_set: pd.DataFrame,
    step: float,
    maximum: float,
    zero_baseline: ZeroBaseline,
    baseline_month: float,
) -> pd.DataFrame:
    """Muscle strength one grade off at every follow-up; missing where the scale ends before."""
    shifted = core_set["mmt8"].astype("float64") + step
    shifted = shifted.where(shifted.between(0, maximum))
    later = core_set["month"].astype("float64") > baseline_month
    moved = core_set.assign(mmt8=core_set["mmt8"].astype("float64").mask(later, shifted))
    return spread_measures(
        derive_relative_change(moved, zero_baseline=zero_baseline, baseline_month=baseline_month)
    )


def _compare_with_status(
    cases: pd.DataFrame, flags: pd.Series, definition: ImprovementDefinition
) -> pd.DataFrame:
    judged = judge_improvement(cases, definition=definition)["improved"].rename("improved_then")
    scenarios = judged.reset_index().astype({"improved_then": "boolean"})
    scenarios = scenarios.merge(flags.reset_index(), on=VISIT, how="left", validate="many_to_one")
    then = scenarios["improved_then"].fillna(False).astype(bool)
    scenarios["flips"] = then != scenarios["improved"].astype(bool)
    order = flags.index.get_indexer(pd.MultiIndex.from_frame(scenarios[VISIT]))
    scenarios = scenarios.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)
    columns = [*_CASE, "improved", "improved_then", "flips"]
    return keep_text(scenarios[columns], ["scenario", "measure"]).astype({"flips": "boolean"})


def derive_response_robustness(scenarios: pd.DataFrame, improvement: pd.DataFrame) -> pd.DataFrame:
    """Call each flag robust, or fragile where one measurement alone could have changed it.

    Parameters
    ----------
    scenarios : DataFrame
        From `derive_response_scenarios`.
    improvement : DataFrame
        One row per patient and month, from `flag_imacs_improvement` under the same definition.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of `improvement`:

        - improved : the flag as it stands
        - robustness : "fragile" when at least one scenario flips the flag, "robust" when none
          does, "not evaluable" where there is no flag
        - n_scenarios, n_flips : how many were tried, and how many flip
        - flipped_by : the latter in words, separated by "; "

    Raises
    ------
    ValueError
        When a visit or a scenario is repeated, a scenario is unknown, or the flags of the two
        tables differ.

    Examples
    --------
    >>> visit = {"patient_id": ["P1"], "month": [3.0]}
    >>> improvement = pd.DataFrame(visit | {"improved": pd.array([True], dtype="boolean")})
    >>> scenarios = improvement.assign(scenario="one grade less", measure="mmt8", flips=True)
    >>> derive_response_robustness(scenarios, improvement)[["robustness", "flipped_by"]].values
    array([['fragile', 'MMT-8 one grade less']], dtype=object)
    """
    check_table(improvement, name="improvement", columns=["improved"], key=VISIT)
    check_table(scenarios, name="scenarios", columns=["improved", "flips"], key=_CASE)
    check_allowed(scenarios["scenario"], name="scenarios, scenario", allowed=SCENARIOS)
    visits = pd.MultiIndex.from_frame(improvement[VISIT])
    table = improvement[[*VISIT, "improved"]].reset_index(drop=True)
    _refuse_other_flags(scenarios, table)
    flips = scenarios[scenarios["flips"].astype(bool)]
    table["n_scenarios"] = _count_by_visit(scenarios, visits)
    table["n_flips"] = _count_by_visit(flips, visits)
    table["flipped_by"] = _describe_flips(flips, visits)
    table["robustness"] = np.select(
        [table["improved"].isna(), table["n_flips"] > 0],
        ["not evaluable", "fragile"],
        default="robust",
    )
    columns = ["improved", "robustness", "n_scenarios", "n_flips", "flipped_by"]
    return keep_text(table[[*VISIT, *columns]], ["robustness", "flipped_by"])


def _refuse_other_flags(scenarios: pd.DataFrame, improvement: pd.DataFrame) -> None:
    flags = scenarios[[*VISIT, "improved"]].drop_duplicates()
    both = flags.merge(improvement, on=VISIT, how="left", suffixes=("", "_flag"))
    differ = both[~(both["improved"] == both["improved_flag"]).fillna(False).astype(bool)]
    if not differ.empty:
        found = [f"({row.patient_id}, {row.month})" for row in differ.itertuples(index=False)]
        raise ValueError(
            "scenarios and improvement: expected the same flags in both, found others for "
            f"{list_some(found)}; derive both from the same core set and definition."
        )


def _count_by_visit(cases: pd.DataFrame, visits: pd.MultiIndex) -> pd.Series:
    counts = cases.groupby(VISIT).size().reindex(visits).fillna(0)
    return counts.reset_index(drop=True).astype("Int64")


def _describe_flips(flips: pd.DataFrame, visits: pd.MultiIndex) -> list[str]:
    words: dict[tuple[object, ...], list[str]] = {visit: [] for visit in visits}
    for row in flips.itertuples(index=False):
        words[row.patient_id, row.month].append(_describe_flip(str(row.scenario), str(row.measure)))
    return ["; ".join(words[visit]) for visit in visits]


def _describe_flip(scenario: str, measure: str) -> str:
    label = SHORT_LABELS[measure]
    if scenario.startswith("missing measure"):
        return f"{label}, missing, if it {scenario.removeprefix('missing measure ')}"
    return f"{label} {scenario.removeprefix('measure ')}"
