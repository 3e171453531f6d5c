"""Who responded, by the study's own rule: the one chain that every chapter shares."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.response import BY_MEASURES
from helpers.derive.checks import VISIT
from helpers.derive.course.disposition import DIED, LEFT, derive_status
from helpers.derive.response.core_set import derive_relative_change
from helpers.derive.response.imacs import flag_imacs_improvement, flag_imacs_worsening
from helpers.derive.response.intercurrent import apply_drug_strategies
from helpers.derive.response.populations import count_responders, derive_standing
from helpers.derive.response.response import (
    derive_best_response,
    derive_responders,
    derive_response_category,
)
from helpers.derive.response.tis import (
    TIS_ADULT,
    InstrumentRanges,
    derive_ck_upper_limit,
    derive_tis,
    derive_tis_components,
)

RESPONDERS = "responders"
NON_RESPONDERS = "non-responders"


@dataclass(frozen=True)
class Responses:
    """What the study's rule makes of its core set.

    Attributes
    ----------
    change : DataFrame
        One row per patient, month and measure: see `helpers.derive.response.core_set`.
    improvement, worsening : DataFrame
        One row per patient and month after baseline, with the reason of each judgement.
    categories : DataFrame
        The same visits: improved, unchanged, worsened or not evaluable.
    best : DataFrame
        One row for everybody who entered: the best response over all visits, and when.
    responder : Series of boolean
        Index patient_id: who responded by the rule of study.yml; missing where not judged.
    standing : Series of str
        The same people: judged, not yet due, or why not judged; see
        `helpers.derive.response.populations`.
    counted : Series of boolean
        The same people as every share counts them: who could not be judged as not improved, where
        study.yml says so; missing for those who are in no denominator.
    groups : Series of str
        Those counted as responders and non-responders, as every comparison takes them.
    """

    change: pd.DataFrame
    improvement: pd.DataFrame
    worsening: pd.DataFrame
    categories: pd.DataFrame
    best: pd.DataFrame
    responder: pd.Series
    standing: pd.Series
    counted: pd.Series
    groups: pd.Series


def derive_responses(
    core_set: pd.DataFrame,
    patients: pd.DataFrame,
    config: StudyConfig,
    *,
    disposition: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> Responses:
    """Judge every visit and every patient by the rule of study.yml.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month with the six measures.
    patients : DataFrame
        patient_id and arm of everybody who entered; somebody never seen after baseline gets a row
        too.
    config : StudyConfig
        The rule (`response`), baseline month, scales, and the rule for a baseline of 0.
    disposition : DataFrame, optional
        One row per patient: who had left, and whose visits are not yet due.
    events : DataFrame, optional
        From `helpers.derive.response.intercurrent.derive_intercurrent_events`; visits after rescue
        or a drug not allowed count as the study says.

    Returns
    -------
    Responses

    Examples
    --------
    >>> from helpers.study import read_study
    >>> study = read_study("endurance_training_iim", tables=["core_set"])
    >>> responses = derive_responses(
    ...     study.table("core_set"), study.table("patients"), study.config)
    >>> int(responses.responder.sum())
    7
    """
    change = derive_relative_change(
        core_set,
        baseline_month=config.baseline_month,
        zero_baseline=config.rules.zero_baseline,
    )
    improvement = flag_imacs_improvement(change, definition=config.response.limits)
    if config.response.definition not in BY_MEASURES:
        improvement = _judge_by_score(improvement, core_set, patients, config)
    if events is not None:
        improvement = apply_drug_strategies(
            improvement, events, config.response.intercurrent, flag="improved"
        )
    worsening = flag_imacs_worsening(
        change,
        vas_maximum=config.instruments.vas_maximum,
        extramuscular_is_vas=config.instruments.extramuscular.instrument == "vas",
    )
    categories = derive_response_category(improvement, worsening)
    everybody = patients["patient_id"]
    responder = derive_responders(
        categories, patients=everybody, months=config.months, visits=config.response.visits
    )
    standing = derive_standing(
        responder,
        core_set,
        disposition,
        months=config.months,
        last_only=config.response.visits == "last",
        window=config.visit_window,
    )
    arms = patients.set_index("patient_id")["arm"]
    counted = count_responders(
        responder,
        standing,
        arms,
        unjudged=config.response.unjudged,
        left_out=_list_left_out(disposition, config),
    )
    return Responses(
        change=change,
        improvement=improvement,
        worsening=worsening,
        categories=categories,
        best=derive_best_response(categories, patients=everybody),
        responder=responder,
        standing=standing,
        counted=counted,
        groups=group_by_response(counted),
    )


def _list_left_out(disposition: pd.DataFrame | None, config: StudyConfig) -> list[str]:
    """List who died or withdrew, where that does not count as not improved."""
    if disposition is None:
        return []
    strategies = config.response.intercurrent
    kinds = {DIED: strategies.death, LEFT: strategies.withdrawal}
    aside = [status for status, strategy in kinds.items() if strategy != "not_improved"]
    return list(disposition.loc[derive_status(disposition).isin(aside), "patient_id"])


def _judge_by_score(
    improvement: pd.DataFrame,
    core_set: pd.DataFrame,
    patients: pd.DataFrame,
    config: StudyConfig,
) -> pd.DataFrame:
    """Put the total improvement score's judgement in the place of the count of measures."""
    _, scores = derive_tis_scores(core_set, patients, config)
    least = getattr(TIS_ADULT, config.response.tis_category)
    here = improvement[VISIT].merge(scores, on=VISIT, how="left")
    improved = (here["tis"] >= least).astype("boolean").mask(here["tis"].isna())
    scored = "total improvement score " + here["tis"].map("{:g}".format)
    reason = (scored + f" ({least:g} needed)").mask(here["tis"].isna(), here["reason"])
    return improvement.assign(improved=improved.array, reason=reason.array)


def group_by_response(counted: pd.Series) -> pd.Series:
    """Divide the patients who are counted in responders and non-responders.

    Parameters
    ----------
    counted : Series of boolean
        Index patient_id, from `helpers.derive.response.populations.count_responders`; who is
        missing is left out.

    Returns
    -------
    Series of str
        Index patient_id, in the order of `counted`.

    Examples
    --------
    >>> group_by_response(pd.Series({"A": True, "B": False}, dtype="boolean")).tolist()
    ['responders', 'non-responders']
    """
    known = counted.dropna()
    return known.map(lambda yes: RESPONDERS if yes else NON_RESPONDERS).astype("str")


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
        See `helpers.derive.response.tis`.

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
