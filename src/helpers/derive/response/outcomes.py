"""Who reached a declared outcome: better by its limit, at its visit, or why that is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.outcomes import CORE_MEASURES, FUNCTIONAL_INDEX, RESPONSE, Outcome
from helpers.derive.baseline import derive_change_from_baseline
from helpers.derive.checks import round_for_comparison
from helpers.derive.response.intercurrent import (
    EVENT_WORDS,
    ROLES,
    apply_drug_strategies,
    find_event_before,
)

Tables = Mapping[str, pd.DataFrame]
COLUMNS = ("baseline", "value", "change", "change_percent", "reached", "reason")
NOT_SEEN = "not seen at this visit"


@dataclass(frozen=True)
class Measured:
    """Where an outcome's measure stands.

    Attributes
    ----------
    table : str
        Name of the table; empty where the study has none that holds it.
    values : DataFrame
        patient_id, month, value.
    unit : str
        Unit of the values, where the table names one.
    """

    table: str
    values: pd.DataFrame
    unit: str = ""


def find_measure(measure: str, tables: Tables) -> Measured:
    """Find the values of an outcome's measure in a study's tables.

    Parameters
    ----------
    measure : str
        A measure of the core set, ``functional_index``, a test, or a flag that was printed.
    tables : mapping of str to DataFrame

    Returns
    -------
    Measured
        Without a table where no table holds it.
    """
    nothing = pd.DataFrame({"patient_id": pd.Series(dtype="str"), "month": 0.0, "value": 0.0})
    if measure in CORE_MEASURES or measure == FUNCTIONAL_INDEX:
        table, column = (
            ("core_set", measure) if measure in CORE_MEASURES else (FUNCTIONAL_INDEX, "fi")
        )
        if table not in tables:
            return Measured("", nothing)
        values = tables[table][["patient_id", "month", column]]
        return Measured(table, values.rename(columns={column: "value"}))
    for table, column in (("performance_tests", "test"), ("published_flags", "flag")):
        if table in tables and (tables[table][column] == measure).any():
            rows = tables[table][tables[table][column] == measure]
            unit = str(rows["unit"].iloc[0]) if "unit" in rows else ""
            return Measured(table, rows[["patient_id", "month", "value"]], unit)
    return Measured("", nothing)


def list_measures(tables: Tables) -> list[str]:
    """List every measure that an outcome of the study may name, beside response."""
    core = tables.get("core_set", pd.DataFrame())
    named = [name for name in CORE_MEASURES if name in core]
    named += [FUNCTIONAL_INDEX] if FUNCTIONAL_INDEX in tables else []
    for table, column in (("performance_tests", "test"), ("published_flags", "flag")):
        if column in tables.get(table, pd.DataFrame()):
            named += list(tables[table][column].dropna().unique())
    return named


def derive_outcome(
    outcome: Outcome,
    tables: Tables,
    config: StudyConfig,
    *,
    events: pd.DataFrame,
    improvement: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Say of everybody who entered whether the outcome was reached.

    Parameters
    ----------
    outcome : Outcome
        Measure, limit, direction and visit.
    tables : mapping of str to DataFrame
        With ``patients`` and the measure's table.
    config : StudyConfig
        Baseline month, and what intercurrent events and unjudged patients count as.
    events : DataFrame
        From `helpers.derive.response.intercurrent.derive_intercurrent_events`.
    improvement : DataFrame, optional
        Judgement of every visit by the study's rule, for an outcome that is response.

    Returns
    -------
    DataFrame
        One row per patient, in the order of ``patients``: patient_id, baseline, value, change,
        change_percent (positive is better), reached (boolean, missing where not judged), reason
        (why not judged), counted (boolean: what the patient counts as among all who entered;
        missing where left out), event (a death or a withdrawal before the visit, or empty).
    """
    strategies = config.response.intercurrent
    judged = _judge(outcome, tables, config, improvement)
    here = tables["patients"][["patient_id"]].merge(judged, on="patient_id", how="left")
    here = here.assign(
        month=outcome.month,
        reached=here["reached"].astype("boolean"),
        reason=here["reason"].fillna(NOT_SEEN),
    )
    here = apply_drug_strategies(here, events, strategies, flag="reached")
    put_aside = tuple(kind for kind in ROLES.values() if getattr(strategies, kind) == "not_judged")
    before = find_event_before(events, here, kinds=("death", "withdrawal", *put_aside))
    unknown = here["reached"].isna()
    event = before["event"].where(unknown, "")
    detail = before["detail"].map(lambda words: f": {words}" if words else "")
    told = "after " + event.map(EVENT_WORDS) + detail
    reason = here["reason"].mask(event != "", told).where(unknown, "")
    here = here.assign(reason=reason, event=event)
    return here.assign(counted=_count(here, config))[["patient_id", *COLUMNS, "counted", "event"]]


def _judge(
    outcome: Outcome, tables: Tables, config: StudyConfig, improvement: pd.DataFrame | None
) -> pd.DataFrame:
    empty = pd.DataFrame(columns=["patient_id", *COLUMNS])
    if outcome.measure == RESPONSE:
        if improvement is None:
            return empty
        here = improvement[improvement["month"] == outcome.month]
        here = here.rename(columns={"improved": "reached"})
        return here.reindex(columns=["patient_id", *COLUMNS])
    values = find_measure(outcome.measure, tables).values
    if outcome.direction is None:
        here = values[values["month"] == outcome.month]
        here = here.assign(reached=here["value"].astype("boolean"), reason="")
        return here.reindex(columns=["patient_id", *COLUMNS])
    change = derive_change_from_baseline(values, baseline_month=config.baseline_month)
    here = change[change["month"] == outcome.month]
    sign = 1 if outcome.direction == "higher" else -1
    here = here.assign(change_percent=round_for_comparison(sign * here["change_percent"]))
    gain, limit = here["change_percent"], outcome.improvement_percent
    if limit is None:
        assert outcome.improvement is not None, "the contract asks for one of the two"
        factor = config.instruments.ck.factor if outcome.measure == "ck" else 1.0
        gain, limit = sign * here["change"], outcome.improvement * factor
        here = here.assign(reason=here["reason"].mask(gain.notna(), ""))
    reached = (gain >= round(limit, 9)).astype("boolean").mask(gain.isna())
    return here.assign(reached=reached)[["patient_id", *COLUMNS]]


def _count(here: pd.DataFrame, config: StudyConfig) -> pd.Series:
    """Say what each patient counts as among all who entered."""
    rule, strategies = config.response, config.response.intercurrent
    counted = here["reached"].copy()
    for kind in ("death", "withdrawal"):
        if getattr(strategies, kind) == "not_improved":
            counted = counted.mask(here["event"] == kind, False)
    if rule.unjudged == "not_improved":
        counted = counted.mask(counted.isna() & (here["event"] == ""), False)
    return counted
