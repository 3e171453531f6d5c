"""The tables of a study, as pandera contracts: columns, units, ranges, allowed values, keys.

Ranges depend on the instruments that a study declares, so each table is a function of its
configuration. The data dictionary and every message about bad data are read from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa

from helpers.contracts.configuration import DAYS_IN_MONTH, LATEST_MONTH, StudyConfig
from helpers.contracts.outcomes import CORE_MEASURES

Kind = Literal["text", "number", "integer", "flag"]

STATUSES = ("completed", "ongoing", "left", "died")
"""What a patient's part in a study can be."""

HAQ_DI_STEP = 0.125
HAQ_CATEGORIES = (6, 7, 8)
"""How many of the eight categories of the HAQ-DI may be answered; the index is their mean."""

DRUG_ROLES = ("study", "background", "rescue", "not_allowed")
PRINTED_CHANGES = ("improved", "unchanged", "worsened")
DIAGNOSES = ("PM", "DM", "IBM", "JDM", "CADM", "IMNM", "ASyS", "overlap")
MARKERS = (
    "CD3",
    "CD163",
    "mononuclear infiltrate",
    "IL-1alpha",
    "IL-1beta",
    "IL-1Ra",
    "MHC class I",
)
_DTYPES: dict[Kind, Any] = {"text": "str", "number": float, "integer": "Int64", "flag": "boolean"}
_LEAVE_EMPTY = "correct the value, or leave the cell empty if it was not measured"


def _column(
    kind: Kind,
    description: str,
    checks: Sequence[pa.Check] = (),
    *,
    unit: str = "",
    required: bool = True,
    filled: bool = False,
    mend: str = _LEAVE_EMPTY,
    example: str = "",
) -> pa.Column:
    expected = "; ".join(str(check.error) for check in checks)
    return pa.Column(
        _DTYPES[kind],
        checks=list(checks),
        nullable=not filled,
        required=required,
        description=description,
        metadata={
            "kind": kind,
            "unit": unit,
            "expected": expected,
            "mend": mend,
            "example": example,
            "filled": filled,
        },
    )


def _between(low: float, high: float | None, unit: str = "") -> pa.Check:
    if high is None:
        return pa.Check.ge(low, error=f"{low:g} or more")
    return pa.Check.in_range(low, high, error=f"{low:g} to {high:g} {unit}".strip())


def _one_of(allowed: Sequence[str]) -> pa.Check:
    return pa.Check.isin(list(allowed), error="one of " + ", ".join(allowed))


def _patient() -> pa.Column:
    return _column(
        "text", "pseudonym of the patient, the same in every table", filled=True, example="P01"
    )


def _month(config: StudyConfig) -> pa.Column:
    visits = ", ".join(f"{visit.month:g} ({visit.label})" for visit in config.visits)
    return _column(
        "number",
        "nominal month of the visit, as listed in study.yml",
        [pa.Check.isin(list(config.months), error=f"a planned visit: {visits}")],
        unit="months",
        filled=True,
        mend="use the nominal month of a planned visit, or add the visit to visits in study.yml",
        example=f"{config.baseline_month:g}",
    )


def _time(description: str, *, example: str, filled: bool = False, low: float = 0) -> pa.Column:
    return _column(
        "number",
        description,
        [_between(low, LATEST_MONTH)],
        unit="months",
        filled=filled,
        example=example,
    )


def _day(description: str, *, example: str = "", filled: bool = False) -> pa.Column:
    last = LATEST_MONTH * DAYS_IN_MONTH
    return _column("number", description, [_between(-last, last)], filled=filled, example=example)


def _table(
    one_row_per: str,
    key: Sequence[str],
    columns: dict[str, pa.Column],
    *,
    may_be_empty: bool = False,
) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        columns,
        strict=True,
        metadata={"one_row_per": one_row_per, "key": tuple(key), "may_be_empty": may_be_empty},
    )


def _patients(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient",
        ["patient_id"],
        {
            "patient_id": _patient(),
            "arm": _column(
                "text",
                "arm of the study",
                [_one_of(list(config.arms))],
                filled=True,
                mend="use the name of an arm in study.yml, or add the arm there",
                example=next(iter(config.arms)),
            ),
            "sex": _column(
                "text",
                "sex, which decides the upper limit of normal of CK",
                [_one_of(["female", "male"])],
                required=False,
                example="female",
            ),
            "age_years": _column(
                "number",
                "age at entry",
                [_between(0, 120)],
                unit="years",
                required=False,
                example="57",
            ),
            "diagnosis": _column(
                "text",
                "type of myositis",
                [_one_of(DIAGNOSES)],
                required=False,
                example="PM",
            ),
            "disease_duration_years": _column(
                "number",
                "time since diagnosis at entry",
                [_between(0, 90)],
                unit="years",
                required=False,
                example="6",
            ),
        },
    )


def _disposition(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient",
        ["patient_id"],
        {
            "patient_id": _patient(),
            "last_month": _time(
                "month of the last dose or visit; of a patient still in the study, the month "
                "reached at the data cut",
                example="12",
                filled=True,
            ),
            "status": _column(
                "text",
                "completed, ongoing (still in the study at the data cut), left or died",
                [_one_of(STATUSES)],
                required=False,
                filled=True,
                example="completed",
            ),
            "completed": _column(
                "flag",
                "took part to the planned end; may stand instead of status when nobody is ongoing",
                required=False,
                filled=True,
                example="true",
            ),
            "stop_reason": _column(
                "text", "why the patient stopped, as written in the source; else empty"
            ),
        },
    )


def _vas(config: StudyConfig, who: str) -> pa.Column:
    maximum = config.instruments.vas_maximum
    unit = "cm" if maximum == 10 else "mm"
    other = (
        ", or set instruments.vas_maximum to 100 in study.yml if the whole study uses mm"
        if maximum == 10
        else ""
    )
    return _column(
        "number",
        f"global disease activity as judged by the {who}, visual analogue scale; lower is better",
        [_between(0, maximum, unit)],
        unit=unit,
        mend=f"the study declares a scale of 0 to {maximum} {unit}: convert the value{other}",
        example="3.5" if maximum == 10 else "35",
    )


def _haq_di(config: StudyConfig) -> pa.Column:
    rounded = config.instruments.haq_di_precision == "two_decimals"
    words = "a multiple of 0.125, or a mean of 6 or 7 categories"
    words += ", rounded to two decimals" if rounded else ""

    def is_a_mean(values: pd.Series) -> pd.Series:
        # Eighths are exact as decimals; sixths and sevenths never are.
        found = [
            (values - np.round(values * categories) / categories).abs()
            <= (0.005 if rounded else 0.0 if categories == 8 else 0.0005) + 1e-9
            for categories in HAQ_CATEGORIES
        ]
        return pd.concat(found, axis=1).any(axis=1)

    return _column(
        "number",
        "Health Assessment Questionnaire Disability Index; lower is better",
        [_between(0, 3), pa.Check(is_a_mean, error=words)],
        mend="check the score sheet; if values were rounded for publication, set "
        "instruments.haq_di_precision to two_decimals in study.yml",
        example="0.875",
    )


def _core_set(config: StudyConfig) -> pa.DataFrameSchema:
    instruments = config.instruments
    ck = instruments.ck
    other = "U/L" if ck.unit == "ukat/L" else "ukat/L"
    return _table(
        "patient and month",
        ["patient_id", "month"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "physician_global": _vas(config, "physician"),
            "patient_global": _vas(config, "patient"),
            "haq_di": _haq_di(config),
            "ck": _column(
                "number",
                "creatine kinase in serum; lower is better",
                [_between(0, 2000 if ck.unit == "ukat/L" else 120_000)],
                unit=ck.unit,
                mend=f"the study declares {ck.unit}: convert the value (1 ukat/L = 60 U/L), or set "
                f"instruments.ck.unit to {other} if the whole column is in that unit",
                example="4.2" if ck.unit == "ukat/L" else "252",
            ),
            "extramuscular": _column(
                "number",
                "extramuscular disease activity "
                f"({instruments.extramuscular.instrument.upper()}); lower is better",
                [_between(0, instruments.extramuscular_maximum)],
                mend="convert the value, or declare the instrument and its maximum under "
                "instruments.extramuscular in study.yml",
                example=f"{instruments.extramuscular_maximum / 5:g}",
            ),
            "mmt8": _column(
                "number",
                "manual muscle test of 8 muscle groups; higher is better",
                [_between(0, instruments.mmt8_maximum)],
                unit="points",
                mend="check the sum; if both sides were tested, set instruments.mmt8_maximum "
                "to 150 in study.yml",
                example=f"{0.9 * instruments.mmt8_maximum:g}",
            ),
        },
    )


def _functional_index(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient and month",
        ["patient_id", "month"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "fi": _column(
                "number",
                "Functional Index, total; higher is better",
                [_between(0, config.instruments.functional_index_maximum)],
                unit="points",
                example="38",
            ),
        },
    )


def _questionnaires(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, month, instrument and item",
        ["patient_id", "month", "instrument", "item"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "instrument": _column(
                "text",
                "questionnaire",
                [_one_of(["haq", "sf36", "map"])],
                filled=True,
                example="haq",
            ),
            "item": _column(
                "text",
                "item number; HAQ aids and help as aid_<category> and help_<category>",
                filled=True,
                example="1",
            ),
            "response": _column(
                "number", "response as coded on the form", [_between(0, 7)], example="1"
            ),
        },
    )


def _adverse_events(config: StudyConfig) -> pa.DataFrameSchema:
    actions = ("none", "interrupted", "reduced", "stopped")
    return _table(
        "adverse event",
        [],
        {
            "patient_id": _patient(),
            "start_month": _time("month in which the event began", example="0.5"),
            "term": _column(
                "text", "event in standard words", filled=True, example="Injection site reaction"
            ),
            "system_organ_class": _column(
                "text",
                "body system of the event",
                filled=True,
                example="General disorders and administration site conditions",
            ),
            "ctcae_grade": _column(
                "integer", "severity, CTCAE grade", [_between(1, 5)], example="1"
            ),
            "serious": _column(
                "flag", "serious adverse event; empty when not recorded", example="false"
            ),
            "related": _column("flag", "judged related to treatment", example="true"),
            "action": _column(
                "text", "action taken with the treatment", [_one_of(actions)], example="none"
            ),
        },
        may_be_empty=True,
    )


def _medications(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "course of a drug",
        [],
        {
            "patient_id": _patient(),
            "drug": _column("text", "generic name", filled=True, example="prednisolone"),
            "dose": _column("number", "dose", [_between(0, None)], example="10"),
            "unit": _column("text", "unit of the dose", example="mg/day"),
            "start_month": _time(
                "first month; negative when begun before the study",
                example="-24",
                low=-LATEST_MONTH,
            ),
            "end_month": _time("last month; empty when still taken", example="", low=-LATEST_MONTH),
            "role": _column(
                "text",
                "what the drug was given as",
                [_one_of(DRUG_ROLES)],
                required=False,
                example="background",
            ),
        },
        may_be_empty=True,
    )


def _biopsies(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, month, marker and reader",
        ["patient_id", "month", "marker", "reader"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "marker": _column("text", "stain", [_one_of(MARKERS)], filled=True, example="CD163"),
            "value": _column("number", "amount of stain", [_between(0, None)], example="4.2"),
            "unit": _column(
                "text", "unit of the value", example="% positive area", mend="name the unit"
            ),
            "expressed": _column("flag", "marker seen at all", example="true"),
            "reader": _column("text", "who scored the section", filled=True, example="reader 1"),
        },
    )


def _cytokines(config: StudyConfig) -> pa.DataFrameSchema:
    bounds = ("in_range", "below", "above")
    return _table(
        "patient, month and analyte",
        ["patient_id", "month", "analyte"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "analyte": _column("text", "protein measured", filled=True, example="IL-1Ra"),
            "concentration": _column(
                "number",
                "concentration; for below and above, the limit of quantification itself",
                [_between(0, None)],
                example="512",
            ),
            "unit": _column("text", "unit of the concentration", filled=True, example="pg/mL"),
            "bound": _column(
                "text",
                "in_range, or outside the assay's limits of quantification",
                [_one_of(bounds)],
                filled=True,
                example="in_range",
            ),
        },
    )


def _t_cells(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, month and population",
        ["patient_id", "month", "population"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "population": _column("text", "cells counted", filled=True, example="CD4+ CD45RO+"),
            "parent": _column(
                "text", "population they are a fraction of", filled=True, example="CD4+ T cells"
            ),
            "percent": _column(
                "number", "per cent of the parent", [_between(0, 100)], unit="%", example="54.1"
            ),
            "events": _column(
                "integer", "parent events acquired", [_between(0, None)], example="18250"
            ),
        },
    )


def _in_vitro(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "donor, condition and analyte",
        ["donor", "condition", "analyte"],
        {
            "donor": _column("text", "pseudonym of the blood donor", filled=True, example="D1"),
            "condition": _column("text", "what was added", filled=True, example="stimulated"),
            "analyte": _column("text", "protein measured", filled=True, example="IL-17A"),
            "concentration": _column("number", "concentration", [_between(0, None)], example="410"),
            "unit": _column("text", "unit of the concentration", filled=True, example="pg/mL"),
        },
    )


def _performance_tests(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, month and test",
        ["patient_id", "month", "test"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "test": _column("text", "name of the test", filled=True, example="cycling time"),
            "value": _column("number", "result", [_between(0, None)], example="18"),
            "unit": _column("text", "unit of the result", filled=True, example="min"),
        },
    )


def _published_flags(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, month and flag",
        ["patient_id", "month", "flag"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "flag": _column("text", "what was printed", filled=True, example="imacs_improvement"),
            "value": _column("flag", "as printed", filled=True, example="true"),
        },
    )


def _published_changes(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, month and measure",
        ["patient_id", "month", "measure"],
        {
            "patient_id": _patient(),
            "month": _month(config),
            "measure": _column(
                "text",
                "measure of the core set that was printed as better, worse or unchanged",
                [_one_of(CORE_MEASURES)],
                filled=True,
                example="mmt8",
            ),
            "change": _column(
                "text",
                "as printed",
                [_one_of(PRINTED_CHANGES)],
                filled=True,
                example="improved",
            ),
        },
    )


def _labs(config: StudyConfig) -> pa.DataFrameSchema:
    return _table(
        "patient, day and test",
        ["patient_id", "day", "test"],
        {
            "patient_id": _patient(),
            "day": _day("day from the start of treatment", filled=True, example="8"),
            "test": _column("text", "name of the test", filled=True, example="CRP"),
            "value": _column("number", "result", [_between(0, None)], example="31"),
            "unit": _column("text", "unit of the result", filled=True, example="mg/L"),
        },
    )


def _case_events(config: StudyConfig) -> pa.DataFrameSchema:
    kinds = ("treatment", "finding", "imaging", "outcome")
    return _table(
        "event of a single case",
        [],
        {
            "patient_id": _patient(),
            "day": _day("first day, from the start of treatment", example="0"),
            "end_day": _day("last day; empty for one day or until the end"),
            "kind": _column(
                "text", "kind of event", [_one_of(kinds)], filled=True, example="imaging"
            ),
            "event": _column("text", "what happened", filled=True, example="PET scan"),
        },
    )


CONTRACTS: dict[str, Callable[[StudyConfig], pa.DataFrameSchema]] = {
    "patients": _patients,
    "disposition": _disposition,
    "core_set": _core_set,
    "functional_index": _functional_index,
    "questionnaires": _questionnaires,
    "adverse_events": _adverse_events,
    "medications": _medications,
    "biopsies": _biopsies,
    "cytokines": _cytokines,
    "t_cells": _t_cells,
    "in_vitro": _in_vitro,
    "performance_tests": _performance_tests,
    "published_flags": _published_flags,
    "published_changes": _published_changes,
    "labs": _labs,
    "case_events": _case_events,
}
"""Every table that a study may have; only ``patients`` must be there."""


def table_contract(name: str, config: StudyConfig) -> pa.DataFrameSchema:
    """Give the contract of one table under a study's declared instruments and visits.

    Parameters
    ----------
    name : str
        A key of `CONTRACTS`.
    config : StudyConfig
        The study's configuration, for ranges, visits and arms.

    Returns
    -------
    pandera.DataFrameSchema
        With descriptions, units and expected values in its metadata.
    """
    return CONTRACTS[name](config)
