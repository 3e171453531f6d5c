"""Responders and non-responders, by the one chain of rules that every chapter shares."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.core_set import derive_relative_change
from helpers.derive.imacs import (
    IMACS_2004,
    ImprovementDefinition,
    flag_imacs_improvement,
    flag_imacs_worsening,
)
from helpers.derive.response import derive_best_response, derive_response_category
from helpers.derive.tis import (
    InstrumentRanges,
    derive_ck_upper_limit,
    derive_tis,
    derive_tis_components,
)

RESPONDERS = "responders"
NON_RESPONDERS = "non-responders"


def derive_best_responses(
    core_set: pd.DataFrame,
    patients: pd.DataFrame,
    config: StudyConfig,
    *,
    definition: ImprovementDefinition = IMACS_2004,
) -> pd.DataFrame:
    """Find each patient's best response over all visits, from the core set to the category.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month with the six measures.
    patients : DataFrame
        Everybody who entered; somebody never seen after baseline gets a row too.
    config : StudyConfig
        Baseline month, scales, and the rule for a baseline of 0.
    definition : ImprovementDefinition
        Limits and counts of improvement.

    Returns
    -------
    DataFrame
        One row per patient, as `helpers.derive.response.derive_best_response` gives it.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> study = read_study("endurance_training_iim", tables=["core_set"])
    >>> best = derive_best_responses(
    ...     study.table("core_set"), study.table("patients"), study.config)
    >>> int((best["best_response"] == "improved").sum())
    7
    """
    categories = derive_visit_categories(core_set, config, definition=definition)
    return derive_best_response(categories, patients=patients["patient_id"])


def derive_visit_categories(
    core_set: pd.DataFrame,
    config: StudyConfig,
    *,
    definition: ImprovementDefinition = IMACS_2004,
) -> pd.DataFrame:
    """Judge each visit after baseline as improved, unchanged, worsened or not evaluable.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month with the six measures.
    config : StudyConfig
        Baseline month, scales, and the rule for a baseline of 0.
    definition : ImprovementDefinition
        Limits and counts of improvement.

    Returns
    -------
    DataFrame
        One row per patient and month: patient_id, month, category, reason.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> study = read_study("endurance_training_iim", tables=["core_set"])
    >>> judged = derive_visit_categories(study.table("core_set"), study.config)
    >>> int((judged["category"] == "improved").sum())
    7
    """
    change = derive_relative_change(
        core_set,
        baseline_month=config.baseline_month,
        zero_baseline=config.rules.zero_baseline,
    )
    return derive_response_category(
        flag_imacs_improvement(change, definition=definition),
        flag_imacs_worsening(
            change,
            vas_maximum=config.instruments.vas_maximum,
            extramuscular_is_vas=config.instruments.extramuscular.instrument == "vas",
        ),
    )


def group_by_response(best: pd.DataFrame) -> pd.Series:
    """Divide the patients in responders and non-responders.

    Somebody who could not be judged at any visit counts as a non-responder, as everybody who
    entered must be counted; `best` says who that is.

    Parameters
    ----------
    best : DataFrame
        From `derive_best_responses`.

    Returns
    -------
    Series of str
        Index patient_id, in the order of `best`.

    Examples
    --------
    >>> best = pd.DataFrame({"patient_id": ["A", "B"], "best_response": ["improved", "worsened"]})
    >>> group_by_response(best).tolist()
    ['responders', 'non-responders']
    """
    response = best.set_index("patient_id")["best_response"]
    return response.map(lambda best_of: RESPONDERS if best_of == "improved" else NON_RESPONDERS)


def derive_tis_scores(
    core_set: pd.DataFrame, patients: pd.DataFrame, config: StudyConfig
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score every visit by the adult total improvement score, with the scales the study declares.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month, CK in the unit that the report shows.
    patients : DataFrame
        patient_id and, where known, sex, which decides the upper limit of normal of CK. Without a
        limit CK has no range and gives no points.
    config : StudyConfig
        Scales, limits of CK and its range as a multiple of the limit.

    Returns
    -------
    (DataFrame, DataFrame)
        Components, one row per patient, month and measure; scores, one row per patient and month.
        See `helpers.derive.tis`.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> study = read_study("endurance_training_iim", tables=["core_set"])
    >>> _, scores = derive_tis_scores(
    ...     study.table("core_set"), study.table("patients"), study.config)
    >>> len(scores)
    15
    """
    instruments = config.instruments
    ranges = InstrumentRanges(
        vas_maximum=instruments.vas_maximum,
        mmt8_maximum=instruments.mmt8_maximum,
        extramuscular_maximum=instruments.extramuscular_maximum,
        enzyme_multiplier=config.rules.enzyme_multiplier,
    )
    components = derive_tis_components(
        core_set,
        ranges=ranges,
        ck_upper_limit=_find_ck_limits(patients, config),
        baseline_month=config.baseline_month,
    )
    return components, derive_tis(components)


def _find_ck_limits(patients: pd.DataFrame, config: StudyConfig) -> pd.Series:
    ck = config.instruments.ck
    if "sex" not in patients:
        return pd.Series(float("nan"), index=patients["patient_id"])
    limits = derive_ck_upper_limit(patients, female=ck.upper_limit_female, male=ck.upper_limit_male)
    return limits * ck.factor
