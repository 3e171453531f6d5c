"""Improvement and worsening of myositis as the IMACS group defines them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.contracts.response import ImprovementDefinition
from helpers.derive.checks import (
    check_allowed,
    keep_text,
    round_for_comparison,
)
from helpers.derive.response.core_set import MEASURE_NAMES, MEASURES, SHORT_LABELS, spread_measures


@dataclass(frozen=True)
class WorseningDefinition:
    """When a patient counts as worsened: any one of three criteria.

    Attributes
    ----------
    name, source : str
        How the report names the definition, and where it was published.
    physician_global_rise_cm, mmt8_worsening_percent : float
        First criterion: physician global activity higher by at least so many cm of a 10 cm scale,
        and muscle strength lower by at least so many per cent of baseline.
    extramuscular_rise_cm : float
        Second criterion: extramuscular activity higher by at least so many cm of a 10 cm scale.
    measures_needed, worsening_percent : int, float
        Third criterion: so many of `measures` worse by at least so many per cent of baseline.
    measures : tuple of str
        The measures of the third criterion.
    minimum_measures : int
        With fewer of them comparable to baseline the third criterion cannot be judged.
    """

    name: str
    source: str
    physician_global_rise_cm: float = 2.0
    mmt8_worsening_percent: float = 20.0
    extramuscular_rise_cm: float = 2.0
    measures_needed: int = 3
    worsening_percent: float = 30.0
    measures: tuple[str, ...] = MEASURE_NAMES
    minimum_measures: int = 3

    def __post_init__(self) -> None:
        check_allowed(pd.Series(self.measures, dtype="str"), name="measures", allowed=MEASURE_NAMES)


ODDIS_2005 = WorseningDefinition(
    name="IMACS definition of worsening",
    source="Oddis et al, Arthritis Rheum 2005;52:2607",
)

PRODERM_WORSENING = WorseningDefinition(
    name="worsening as in the ProDERM trial (without enzymes)",
    source="ProDERM trial, Arthritis Res Ther 2023, figure 1",
    measures=tuple(name for name in MEASURE_NAMES if name != "ck"),
)


def describe_improvement_definition(definition: ImprovementDefinition) -> str:
    """Write a definition of improvement as one plain sentence.

    Parameters
    ----------
    definition : ImprovementDefinition

    Returns
    -------
    str

    Examples
    --------
    >>> from helpers.contracts.response import IMACS_2004
    >>> print(describe_improvement_definition(IMACS_2004))
    Improved: at least 3 of the 6 core set measures better by at least 20 % of the patient's own \
baseline, at most 2 worse by at least 25 %, MMT-8 not among the worse; judged when at least \
3 measures can be compared (Rider et al, Arthritis Rheum 2004;50:2281).
    """
    veto = ""
    if definition.must_not_worsen:
        veto = f", {_join_labels(definition.must_not_worsen)} not among the worse"
    judged = f"at least {_count(definition.minimum_measures, 'measure')} can be compared"
    if definition.veto_must_be_measured:
        judged += f", {_join_labels(definition.must_not_worsen)} among them"
    return (
        f"Improved: at least {definition.measures_needed} of the {len(MEASURES)} core set measures "
        f"better by at least {definition.improvement_percent:g} % of the patient's own baseline, "
        f"at most {definition.worsened_allowed} worse by {_worse_by(definition)}{veto}; "
        f"judged when {judged} ({definition.source})."
    )


def describe_worsening_definition(definition: WorseningDefinition) -> str:
    """Write a definition of worsening as one plain sentence.

    Parameters
    ----------
    definition : WorseningDefinition

    Returns
    -------
    str

    Examples
    --------
    >>> print(describe_worsening_definition(ODDIS_2005))
    Worsened, any one of: physician global activity higher by at least 2 cm of 10 cm together \
with MMT-8 lower by at least 20 %; extramuscular activity higher by at least 2 cm of 10 cm; \
at least 3 of 6 core set measures worse by at least 30 % \
(Oddis et al, Arthritis Rheum 2005;52:2607).
    """
    return (
        "Worsened, any one of: physician global activity higher by at least "
        f"{definition.physician_global_rise_cm:g} cm of 10 cm together with MMT-8 lower by at "
        f"least {definition.mmt8_worsening_percent:g} %; extramuscular activity higher by at least "
        f"{definition.extramuscular_rise_cm:g} cm of 10 cm; at least {definition.measures_needed} "
        f"of {len(definition.measures)} core set measures worse by at least "
        f"{definition.worsening_percent:g} % ({definition.source})."
    )


def _worse_by(definition: ImprovementDefinition) -> str:
    limit = "at least" if definition.worsening_inclusive else "more than"
    return f"{limit} {definition.worsening_percent:g} %"


def _join_labels(names: Iterable[str]) -> str:
    return ", ".join(SHORT_LABELS[name] for name in names)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def judge_improvement(percent: pd.DataFrame, *, definition: ImprovementDefinition) -> pd.DataFrame:
    """Apply a definition of improvement to a table with a column for each measure.

    Parameters
    ----------
    percent : DataFrame of float
        One row per case to judge, on any index; improvement in per cent of baseline by measure,
        positive = better, missing = cannot be compared. See `spread_measures`.
    definition : ImprovementDefinition

    Returns
    -------
    DataFrame
        Same index: improved (boolean, missing when not evaluable), n_evaluable, n_better, n_worse.

    Examples
    --------
    >>> from helpers.contracts.response import IMACS_2004
    >>> percent = pd.DataFrame([[20, 20, 0, 20, -25, -25]], columns=MEASURE_NAMES)
    >>> judge_improvement(percent, definition=IMACS_2004)["improved"].tolist()
    [True]
    """
    better, worse = _compare_with_limits(percent, definition)
    veto = list(definition.must_not_worsen)
    judged = pd.DataFrame(
        {
            "n_evaluable": percent.notna().sum(axis=1).astype("Int64"),
            "n_better": better.sum(axis=1).astype("Int64"),
            "n_worse": worse.sum(axis=1).astype("Int64"),
        }
    )
    improved = (
        (judged["n_better"] >= definition.measures_needed)
        & (judged["n_worse"] <= definition.worsened_allowed)
        & ~worse[veto].any(axis=1)
    ).astype("boolean")
    judged.insert(0, "improved", improved.mask(~_is_evaluable(percent, definition)))
    return judged


def _compare_with_limits(
    percent: pd.DataFrame, definition: ImprovementDefinition
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rounded = percent.apply(round_for_comparison)
    better = rounded >= definition.improvement_percent
    if definition.worsening_inclusive:
        return better, rounded <= -definition.worsening_percent
    return better, rounded < -definition.worsening_percent


def _is_evaluable(percent: pd.DataFrame, definition: ImprovementDefinition) -> pd.Series:
    known = percent.notna()
    enough = known.sum(axis=1) >= definition.minimum_measures
    if definition.veto_must_be_measured:
        return enough & known[list(definition.must_not_worsen)].all(axis=1)
    return enough


def flag_imacs_improvement(
    change: pd.DataFrame, *, definition: ImprovementDefinition
) -> pd.DataFrame:
    """Flag which patients had improved at each visit, and say why.

    Parameters
    ----------
    change : DataFrame
        One row per patient, month and measure, from `derive_relative_change`.
    definition : ImprovementDefinition
        Limits and counts; the study's own are `config.response.limits`.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of the input:

        - improved : boolean, missing when the visit is not evaluable
        - n_evaluable, n_better, n_worse : how many measures could be compared, were better, worse
        - better, worse : their names, separated by commas
        - reason : the same in plain words

    Raises
    ------
    ValueError
        See `spread_measures`.

    Notes
    -----
    Measures without a baseline or a value are left out and the number needed stays as it is, so a
    missing measure can only cost a response, never make one, except that a worsening goes unseen.
    Do not use the flag as a measure of size: it says nothing of how much a patient improved.

    References
    ----------
    1. Rider LG et al. Arthritis Rheum 2004;50:2281.
    2. Alemo Munters L et al. Arthritis Res Ther 2013;15:R83, table 4: the 15 published flags are
       reproduced by this function.

    Examples
    --------
    >>> change = pd.DataFrame({"patient_id": "P1", "month": 3.0,
    ...                        "measure": ["physician_global", "patient_global", "haq_di", "ck"],
    ...                        "improvement_percent": [20.0, 50.0, 33.3, -30.0]})
    >>> from helpers.contracts.response import IMACS_2004
    >>> flags = flag_imacs_improvement(change, definition=IMACS_2004)
    >>> print(flags["reason"].item())
    3 measures better by at least 20 %; 1 worse by at least 25 %; MMT-8 could not be compared
    """
    percent = spread_measures(change)
    better, worse = _compare_with_limits(percent, definition)
    flags = judge_improvement(percent, definition=definition)
    flags["better"] = _name_true(better)
    flags["worse"] = _name_true(worse)
    flags["reason"] = [
        _explain_improvement(row, dict(values), dict(worsened), definition)
        for (_, row), (_, values), (_, worsened) in zip(
            flags.iterrows(), percent.iterrows(), worse.iterrows(), strict=True
        )
    ]
    return keep_text(flags.reset_index(), ["better", "worse", "reason"])


def _name_true(flags: pd.DataFrame) -> list[str]:
    names = flags.columns.to_numpy()
    return [", ".join(names[row]) for row in flags.to_numpy(dtype=bool)]


def _explain_improvement(
    row: pd.Series,
    percent: dict[Hashable, float],
    worse: dict[Hashable, bool],
    definition: ImprovementDefinition,
) -> str:
    unknown = [name for name in definition.must_not_worsen if pd.isna(percent[name])]
    lost = f"{_join_labels(unknown)} could not be compared" if unknown else ""
    if pd.isna(row["improved"]):
        return _explain_not_evaluable(int(row["n_evaluable"]), lost, definition)
    short = int(row["n_better"]) < definition.measures_needed
    parts = [
        f"{_count(int(row['n_better']), 'measure')} better by at least "
        f"{definition.improvement_percent:g} %"
        + (f" ({definition.measures_needed} needed)" if short else ""),
        f"{row['n_worse'] or 'none'} worse by {_worse_by(definition)}"
        + _allowance(int(row["n_worse"]), definition),
    ]
    vetoed = [name for name in definition.must_not_worsen if worse[name]]
    if vetoed:
        parts.append(f"{_join_labels(vetoed)} worse by {_worse_by(definition)} (must not be)")
    return "; ".join(part for part in (*parts, lost) if part)


def _allowance(n_worse: int, definition: ImprovementDefinition) -> str:
    if n_worse <= definition.worsened_allowed:
        return ""
    return f" (at most {definition.worsened_allowed} allowed)"


def _explain_not_evaluable(n_evaluable: int, lost: str, definition: ImprovementDefinition) -> str:
    if n_evaluable >= definition.minimum_measures:
        return lost
    number = f"only {n_evaluable} of {len(MEASURES)} measures" if n_evaluable else "no measure"
    return f"{number} can be compared with baseline ({definition.minimum_measures} needed)"


def flag_imacs_worsening(
    change: pd.DataFrame,
    *,
    vas_maximum: float,
    extramuscular_is_vas: bool,
    definition: WorseningDefinition = ODDIS_2005,
) -> pd.DataFrame:
    """Flag which patients had worsened at each visit, by which criterion, and which went unjudged.

    Parameters
    ----------
    change : DataFrame
        One row per patient, month and measure, from `derive_relative_change`; its baselines and
        values give the change in cm.
    vas_maximum : float
        Top of the visual analogue scales, 10 (cm) or 100 (mm).
    extramuscular_is_vas : bool
        Whether extramuscular activity is a scale of that kind. An index such as MITAX has no cm,
        so its own criterion cannot be judged; it still counts in the third.
    definition : WorseningDefinition
        Limits and counts; all limits are inclusive.

    Returns
    -------
    DataFrame
        One row per patient and month, in the order of the input:

        - worsened : boolean; missing only when no criterion could be judged
        - n_evaluable, n_worse : of the measures of the third criterion
        - worse : names of the measures worse by the third criterion's percentage
        - criteria_met : "physician_global_and_mmt8", "extramuscular", "several_measures",
          separated by commas
        - criteria_not_judged : the same names
        - reason : in plain words, what was met and what could not be judged and why

    Raises
    ------
    ValueError
        See `spread_measures`; also for a `vas_maximum` that is not positive.

    Notes
    -----
    A patient not known to be worse counts as not worsened as soon as one criterion was judged. One
    visit is enough here; some trials ask for two visits in a row. A measure that rises from 0
    counts as worse in the third criterion however little it rises, unless the changes were derived
    with ``zero_baseline="not_evaluable"``.

    References
    ----------
    Oddis CV et al. Arthritis Rheum 2005;52:2607.

    Examples
    --------
    >>> change = pd.DataFrame({"patient_id": "P1", "month": 3.0,
    ...                        "measure": ["physician_global", "mmt8"], "baseline": [2.0, 70.0],
    ...                        "value": [4.0, 56.0], "improvement_percent": [-100.0, -20.0]})
    >>> flags = flag_imacs_worsening(change, vas_maximum=10, extramuscular_is_vas=True)
    >>> flags[["worsened", "criteria_met"]].values.tolist()
    [[True, 'physician_global_and_mmt8']]
    """
    if not vas_maximum > 0:
        raise ValueError(f"vas_maximum: expected 10 (cm) or 100 (mm), found {vas_maximum!r}.")
    percent = spread_measures(change).apply(round_for_comparison)
    rise = _rise_in_cm(change, vas_maximum)
    worse = (percent <= -definition.worsening_percent)[list(definition.measures)]
    if not extramuscular_is_vas:
        rise = rise.assign(extramuscular=np.nan)
    criteria = _judge_worsening(percent, rise, worse, definition)
    flags = pd.DataFrame(
        {
            "worsened": criteria.any(axis=1).mask(criteria.isna().all(axis=1)),
            "n_evaluable": percent[list(definition.measures)].notna().sum(axis=1).astype("Int64"),
            "n_worse": worse.sum(axis=1).astype("Int64"),
            "worse": _name_true(worse),
            "criteria_met": _name_true(criteria.fillna(False)),
            "criteria_not_judged": _name_true(criteria.isna()),
        }
    )
    flags["reason"] = [
        _explain_worsening(row, extramuscular_is_vas, definition) for _, row in flags.iterrows()
    ]
    text = ["worse", "criteria_met", "criteria_not_judged", "reason"]
    return keep_text(flags.astype({"worsened": "boolean"}).reset_index(), text)


def _rise_in_cm(change: pd.DataFrame, vas_maximum: float) -> pd.DataFrame:
    rise = spread_measures(change, "value") - spread_measures(change, "baseline")
    return (rise / vas_maximum * 10).apply(round_for_comparison)


def _judge_worsening(
    percent: pd.DataFrame, rise: pd.DataFrame, worse: pd.DataFrame, definition: WorseningDefinition
) -> pd.DataFrame:
    """Judge each criterion as true, false or missing (cannot be judged).

    One half known to be false settles the first criterion without the other half.
    """
    physician = _at_least(rise["physician_global"], definition.physician_global_rise_cm)
    strength = _at_least(-percent["mmt8"], definition.mmt8_worsening_percent)
    n_known = percent[list(definition.measures)].notna().sum(axis=1)
    several = (worse.sum(axis=1) >= definition.measures_needed).astype("boolean")
    return pd.DataFrame(
        {
            "physician_global_and_mmt8": physician & strength,
            "extramuscular": _at_least(rise["extramuscular"], definition.extramuscular_rise_cm),
            "several_measures": several.mask(n_known < definition.minimum_measures),
        }
    )


def _at_least(values: pd.Series, limit: float) -> pd.Series:
    return (values >= limit).astype("boolean").mask(values.isna())


def _explain_worsening(
    row: pd.Series, extramuscular_is_vas: bool, definition: WorseningDefinition
) -> str:
    met = {
        "physician_global_and_mmt8": (
            f"physician global activity higher by at least "
            f"{definition.physician_global_rise_cm:g} cm and MMT-8 lower by at least "
            f"{definition.mmt8_worsening_percent:g} %"
        ),
        "extramuscular": (
            f"extramuscular activity higher by at least {definition.extramuscular_rise_cm:g} cm"
        ),
        "several_measures": (
            f"{row['n_worse']} measures worse by at least {definition.worsening_percent:g} %"
        ),
    }
    not_judged = {
        "physician_global_and_mmt8": "physician global activity or MMT-8 missing",
        "extramuscular": (
            "extramuscular activity missing"
            if extramuscular_is_vas
            else "the extramuscular measure is not a visual analogue scale"
        ),
        "several_measures": (
            f"only {row['n_evaluable']} of {len(definition.measures)} measures can be compared "
            f"({definition.minimum_measures} needed)"
        ),
    }
    parts = [met[name] for name in _split(row["criteria_met"])] or ["no criterion met"]
    parts += [f"not judged: {not_judged[name]}" for name in _split(row["criteria_not_judged"])]
    return "; ".join(parts)


def _split(names: str) -> list[str]:
    return names.split(", ") if names else []
