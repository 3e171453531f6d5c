"""Claims about who took part, how they were treated and who stayed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from helpers.report.claims_rules import Evidence, Finding, Rule, absent, count, judge_all
from helpers.report.words import format_number

AGE_LIMITS = (18, 80)
ENTRY_DEFICIT_PERCENT = 20
STEROID_DOSE, STEROID_MONTHS = 0.75, 1
SECOND_DRUGS, SECOND_DRUG_MONTHS = ("azathioprine", "methotrexate"), 2
STEROIDS = ("prednisolone", "prednisone", "methylprednisolone")


def count_patients(evidence: Evidence) -> Finding:
    """Count the patients enrolled."""
    return count(evidence.table("patients")["patient_id"])


def count_with(column: str, value: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients with one value in a column of `patients`."""

    def compute(evidence: Evidence) -> Finding:
        recorded = evidence.characteristic(column)
        if recorded.isna().all():
            return absent(f"no {column} in the table patients")
        return count(recorded.index[recorded == value])

    return compute


def find_duration_range(evidence: Evidence) -> Finding:
    """Find the shortest and the longest disease duration."""
    years = evidence.characteristic("disease_duration_years").dropna()
    if years.empty:
        return absent("no disease duration in the table patients")
    return Finding(
        low=years.min(), high=years.max(), text=f"{years.min():g} to {years.max():g} years"
    )


def find_dose(drug: str, unit: str) -> Callable[[Evidence], Finding]:
    """Make a rule that finds the one dose of a drug that all its courses share."""

    def compute(evidence: Evidence) -> Finding:
        courses = evidence.table("medications")
        courses = courses[courses["drug"].str.casefold() == drug.casefold()]
        known = courses.dropna(subset=["dose"])
        if known.empty:
            return absent(f"no dose of {drug} in the table medications")
        doses = sorted({f"{row.dose:g} {row.unit}" for row in known.itertuples()})
        if len(doses) > 1 or len(known) < len(courses) or set(known["unit"]) != {unit}:
            return judge_all(holds=False, text=", ".join(doses), note="not one dose for all")
        return Finding(value=known["dose"].iloc[0], text=doses[0], n=known["patient_id"].nunique())

    return compute


def find_planned_months(evidence: Evidence) -> Finding:
    """Find the planned time on study."""
    months = evidence.config.planned_months
    if months is None:
        return absent("study.yml gives no planned_months")
    return Finding(value=months, text=f"{months:g} months")


def find_primary_month(evidence: Evidence) -> Finding:
    """Find the month of the primary outcome, when that is the Functional Index."""
    words = evidence.config.primary_outcome or ""
    month = re.search(r"Functional Index.*month (\d+)", words)
    if not words:
        return absent("study.yml names no primary_outcome")
    if month is None:
        return judge_all(holds=False, text=words, note="not the Functional Index at some month")
    return Finding(value=float(month.group(1)), text=words)


def check_ages(evidence: Evidence) -> Finding:
    """Check that everybody was of the age that the entry criteria ask for."""
    ages = evidence.characteristic("age_years")
    if ages.isna().all():
        return absent("no age in the table patients")
    holds = bool(ages.between(*AGE_LIMITS).all())
    return judge_all(holds=holds, text=f"{ages.min():g} to {ages.max():g} years")


def check_weakness(evidence: Evidence) -> Finding:
    """Check that everybody was weak enough to enter: strength, function or both."""
    instruments, month = evidence.config.instruments, evidence.config.baseline_month
    scores = {
        "fi": ("functional_index", instruments.functional_index_maximum),
        "mmt8": ("core_set", float(instruments.mmt8_maximum)),
    }
    deficits = pd.DataFrame(
        {
            column: 100 - _at_month(evidence.table(table), column, month) / maximum * 100
            for column, (table, maximum) in scores.items()
        }
    ).reindex(evidence.table("patients")["patient_id"])
    larger = deficits.max(axis=1).round(9)
    holds = bool((larger >= ENTRY_DEFICIT_PERCENT).all())
    text = f"least deficit of any patient {format_number(larger.min())} %"
    return judge_all(holds=holds, text=text)


def _at_month(table: pd.DataFrame, column: str, month: float) -> pd.Series:
    return table[table["month"] == month].set_index("patient_id")[column]


def check_earlier_treatment(evidence: Evidence) -> Finding:
    """Check that everybody had been treated enough before entry to count as refractory."""
    courses = evidence.table("medications")
    before = courses["end_month"].fillna(0).clip(upper=0) - courses["start_month"]
    high = courses["drug"].isin(STEROIDS) & courses["unit"].eq("mg/kg/day")
    high &= courses["dose"].gt(STEROID_DOSE) & before.ge(STEROID_MONTHS)
    second = courses["drug"].isin(SECOND_DRUGS) & before.ge(SECOND_DRUG_MONTHS)
    everybody = set(evidence.table("patients")["patient_id"])
    enough = set(courses.loc[high, "patient_id"]) & set(courses.loc[second, "patient_id"])
    text = f"{len(enough & everybody)} of {len(everybody)} patients"
    return judge_all(holds=everybody <= enough, text=text)


def count_stable(evidence: Evidence) -> Finding:
    """Count patients whose other drugs stayed the same while they took the study drug."""
    courses = evidence.table("medications")
    ends = evidence.table("disposition").set_index("patient_id")["last_month"]
    others = courses[courses["drug"].str.casefold() != "anakinra"]
    others = others[others["end_month"].isna() | (others["end_month"] > 0)]
    stays = others["start_month"].le(0) & (
        others["end_month"].isna() | others["end_month"].ge(others["patient_id"].map(ends))
    )
    steady = stays.groupby(others["patient_id"]).all()
    return count(steady.index[steady])


def count_staying(months: float) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients still on study at a month."""

    def compute(evidence: Evidence) -> Finding:
        disposition = evidence.table("disposition")
        return count(disposition.loc[disposition["last_month"] >= months, "patient_id"])

    return compute


def count_stopped(reason: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts patients who stopped for one reason."""

    def compute(evidence: Evidence) -> Finding:
        disposition = evidence.table("disposition")
        stopped = disposition["stop_reason"].str.casefold().str.strip() == reason
        return count(disposition.loc[stopped, "patient_id"])

    return compute


_PATIENTS = ("patients",)
_DRUGS = ("medications",)
_WEAKNESS = ("patients", "functional_index", "core_set")
_STAYING = ("disposition",)

RULES: dict[str, Rule] = {
    "DES-01": Rule(count_patients, _PATIENTS, "rows of the table patients"),
    "DES-02": Rule(count_with("diagnosis", "PM"), _PATIENTS, "patients with diagnosis PM"),
    "DES-03": Rule(count_with("diagnosis", "DM"), _PATIENTS, "patients with diagnosis DM"),
    "DES-04": Rule(count_with("diagnosis", "IBM"), _PATIENTS, "patients with diagnosis IBM"),
    "DES-05": Rule(count_with("sex", "female"), _PATIENTS, "patients of female sex"),
    "DES-06": Rule(count_with("sex", "male"), _PATIENTS, "patients of male sex"),
    "DES-07": Rule(find_duration_range, _PATIENTS, "least and largest disease duration"),
    "DES-08": Rule(find_dose("anakinra", "mg/day"), _DRUGS, "one dose in all anakinra courses"),
    "DES-09": Rule(find_planned_months, (), "planned_months in study.yml"),
    "DES-10": Rule(
        check_ages, _PATIENTS, f"entry criterion: all ages {AGE_LIMITS[0]} to {AGE_LIMITS[1]}"
    ),
    "DES-11": Rule(
        check_weakness,
        _WEAKNESS,
        "entry criterion: Functional Index or MMT-8 at baseline at least "
        f"{ENTRY_DEFICIT_PERCENT} % below the maximum, which stands for the predicted value",
    ),
    "DES-12": Rule(find_primary_month, (), "primary_outcome in study.yml"),
    "DES-13": Rule(
        check_earlier_treatment,
        ("patients", "medications"),
        f"entry criterion: a steroid course of more than {STEROID_DOSE:g} mg/kg/day for at least "
        f"{STEROID_MONTHS} month, and {' or '.join(SECOND_DRUGS)} for at least "
        f"{SECOND_DRUG_MONTHS} months, before month 0",
    ),
    "DES-14": Rule(
        count_stable,
        ("medications", "disposition"),
        "patients of whom every other course began by month 0 and lasts beyond the study drug",
    ),
    "DIS-01": Rule(count_staying(3), _STAYING, "patients with last_month of 3 or more"),
    "DIS-02": Rule(count_staying(6), _STAYING, "patients with last_month of 6 or more"),
    "DIS-03": Rule(count_staying(12), _STAYING, "patients with last_month of 12 or more"),
    "DIS-04": Rule(
        count_stopped("local skin rash at the injection site"), _STAYING, "stop_reason as printed"
    ),
    "DIS-05": Rule(count_stopped("increased muscle symptoms"), _STAYING, "stop_reason as printed"),
    "DIS-06": Rule(count_stopped("headache"), _STAYING, "stop_reason as printed"),
    "DIS-07": Rule(count_stopped("lack of efficacy"), _STAYING, "stop_reason as printed"),
}
"""Claims of the anakinra trial about design and disposition."""
