"""Who counts as a responder under every defensible reading: definition, zero rule, dropouts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.response import IMACS_2004, PRINTO_JDM, ImprovementDefinition
from helpers.derive.checks import VISIT, keep_text
from helpers.derive.response.core_set import ZeroBaseline, derive_relative_change, spread_measures
from helpers.derive.response.dropouts import RESPONDER_RULES, DropoutRule
from helpers.derive.response.imacs import judge_improvement
from helpers.derive.response.response_groups import derive_tis_scores
from helpers.derive.response.tis import TIS_ADULT

RULE_NOT_USED = "not used"
"""Zero rule of a definition that divides by the instrument's range and needs none."""

TIS_MINIMAL = "TIS, at least minimal"

DEFINITIONS: dict[str, ImprovementDefinition] = {"IMACS": IMACS_2004, "PRINTO": PRINTO_JDM}
"""Definitions by percentages of the patient's own baseline."""

ZERO_RULES: dict[str, str] = {
    "infinite_worsening": "rise from 0 counts as worse",
    "not_evaluable": "measure left out",
    RULE_NOT_USED: "not needed",
}


CHOICES = ("definition", "zero_baseline", "dropouts")
"""Columns that name how the patients were divided."""


def flag_by_definition(
    core_set: pd.DataFrame, patients: pd.DataFrame, config: StudyConfig
) -> pd.DataFrame:
    """Flag each visit as improved under every definition and zero rule.

    Parameters
    ----------
    core_set : DataFrame
        One row per patient and month with the six measures.
    patients : DataFrame
        patient_id and, where recorded, sex, which decides the limit of creatine kinase.
    config : StudyConfig
        Scales, baseline and limits.

    Returns
    -------
    DataFrame
        One row per definition, zero rule, patient and month after baseline: definition,
        zero_baseline, patient_id, month, improved (boolean, missing when not evaluable).

    Notes
    -----
    The total improvement score takes percentages of the range and needs no rule for zeros. Where
    the limit of creatine kinase is not known that measure gives it no points.
    """
    parts = []
    for rule in _order_rules(config.rules.zero_baseline):
        change = derive_relative_change(
            core_set, baseline_month=config.baseline_month, zero_baseline=rule
        )
        percent = spread_measures(change)
        for name, definition in DEFINITIONS.items():
            flags = judge_improvement(percent, definition=definition)["improved"].reset_index()
            parts.append(flags.assign(definition=name, zero_baseline=rule))
    parts.append(_flag_by_score(core_set, patients, config))
    columns = ["definition", "zero_baseline", *VISIT, "improved"]
    flags = pd.concat(parts, ignore_index=True)[columns].astype({"improved": "boolean"})
    return keep_text(flags, ["definition", "zero_baseline"])


def _order_rules(first: ZeroBaseline) -> list[ZeroBaseline]:
    return [first, *(rule for rule in get_args(ZeroBaseline) if rule != first)]


def _flag_by_score(
    core_set: pd.DataFrame, patients: pd.DataFrame, config: StudyConfig
) -> pd.DataFrame:
    _, scores = derive_tis_scores(core_set, patients, config)
    improved = (scores["tis"] >= TIS_ADULT.minimal).astype("boolean")
    return scores[VISIT].assign(
        improved=improved.mask(scores["tis"].isna()),
        definition=TIS_MINIMAL,
        zero_baseline=RULE_NOT_USED,
    )


def derive_responder_variants(
    flags: pd.DataFrame,
    patients: Sequence[str],
    *,
    last_month: float,
    rules: Sequence[DropoutRule] = RESPONDER_RULES,
) -> pd.DataFrame:
    """Divide the patients once for every definition, zero rule and dropout rule.

    Parameters
    ----------
    flags : DataFrame
        From `flag_by_definition`. Without any visit nobody could be judged.
    patients : sequence of str
        Everybody who entered.
    last_month : float
        The last planned visit.
    rules : sequence of DropoutRule
        How visits and dropouts are dealt with.

    Returns
    -------
    DataFrame
        One row per definition, zero rule, dropout rule and patient: definition, zero_baseline,
        dropouts, patient_id, responder (boolean; missing where the patient is left out). A choice
        that changes nobody's group under any of the others is not repeated.

    Examples
    --------
    >>> flags = pd.DataFrame({"definition": "IMACS", "zero_baseline": "not_evaluable",
    ...                       "patient_id": ["A", "A"], "month": [3.0, 6.0],
    ...                       "improved": pd.array([True, False], dtype="boolean")})
    >>> variants = derive_responder_variants(flags, ["A", "B"], last_month=6.0)
    >>> variants[variants["patient_id"] == "A"].set_index("dropouts")["responder"].to_dict()
    {'any_all': True, 'any_judged': True, 'last_all': False, 'last_observed': False}
    """
    parts = []
    flags = flags if len(flags) else _judge_nobody(patients, last_month)
    for (definition, zero_rule), visits in flags.groupby(list(CHOICES[:2]), sort=False):
        for rule in rules:
            responder = _judge_patients(visits, rule, last_month).reindex(list(patients))
            if rule.unjudged_counts:
                responder = responder.fillna(False)
            about = {"definition": definition, "zero_baseline": zero_rule, "dropouts": rule.name}
            who = {"patient_id": list(patients), "responder": responder.array}
            parts.append(pd.DataFrame(about | who))
    return _drop_idle_choices(pd.concat(parts, ignore_index=True))


def _judge_nobody(patients: Sequence[str], last_month: float) -> pd.DataFrame:
    nobody = pd.Series(pd.NA, index=range(len(patients)), dtype="boolean")
    flags = pd.DataFrame({"patient_id": list(patients), "month": last_month, "improved": nobody})
    return flags.assign(definition=next(iter(DEFINITIONS)), zero_baseline=next(iter(ZERO_RULES)))


def _judge_patients(visits: pd.DataFrame, rule: DropoutRule, last_month: float) -> pd.Series:
    judged = visits.dropna(subset=["improved"]).sort_values("month", kind="stable")
    if rule.visits == "one":
        judged = judged[judged["month"] == last_month]
    if rule.visits != "any":
        judged = judged.drop_duplicates("patient_id", keep="last")
    return judged.groupby("patient_id")["improved"].any().astype("boolean")


def _drop_idle_choices(variants: pd.DataFrame) -> pd.DataFrame:
    """Keep one of several options that divide the patients alike whatever else is chosen."""
    kept = variants
    for choice in CHOICES[1:]:
        seen: dict[tuple[object, ...], str] = {}
        for option, rows in kept.groupby(choice, sort=False):
            others = [name for name in CHOICES if name != choice]
            ordered = rows.sort_values([*others, "patient_id"], kind="stable")
            division = tuple(
                ordered["responder"].astype("object").where(ordered["responder"].notna(), None)
            )
            context = tuple(ordered[others].itertuples(index=False, name=None))
            seen.setdefault((context, division), str(option))
        kept = kept[kept[choice].isin(seen.values())]
    return kept.reset_index(drop=True)
