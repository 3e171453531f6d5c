"""The core set measures: their names, their courses, and how far each one changed."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.response import ImprovementDefinition
from helpers.contracts.rows import list_rows
from helpers.derive.response.core_set import MEASURES
from helpers.report.estimates import caption_coverage, record_estimate, write_estimate
from helpers.report.numbers import Numbers
from helpers.report.p_values import name_test
from helpers.report.words import (
    count_noun,
    escape,
    format_number,
    is_missing,
    join_words,
    name_group,
    shorten_p_value,
)
from helpers.stats.paired import ADJUSTMENT_WORDS, adjust_p_values

FAMILY = "core_set"
"""Name of the endpoint family in study.yml that holds the core set measures."""

SHORT_LABELS = {measure.name: measure.short_label for measure in MEASURES}

BETTER = {measure.name: measure.better for measure in MEASURES}


def label_measures(config: StudyConfig) -> dict[str, str]:
    """Name each core set measure with its unit and range, as the study declares them.

    Parameters
    ----------
    config : StudyConfig

    Returns
    -------
    dict of str to str
        Column and label, in the order of the field.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> label_measures(read_study("endurance_training_iim", tables=[]).config)["ck"]
    'creatine kinase, µkat/L'
    """
    instruments = config.instruments
    vas = "mm" if instruments.vas_maximum == 100 else "cm"
    units = {
        "physician_global": f"0 to {instruments.vas_maximum} {vas}",
        "patient_global": f"0 to {instruments.vas_maximum} {vas}",
        "mmt8": f"0 to {instruments.mmt8_maximum}",
        "haq_di": "0 to 3",
        "ck": name_ck_unit(config),
        "extramuscular": f"{instruments.extramuscular.instrument.upper()} "
        f"0 to {instruments.extramuscular_maximum:g}",
    }
    names = {"mmt8": "muscle strength (MMT-8)", "haq_di": "disability (HAQ-DI)"}
    return {m.name: f"{names.get(m.name, m.label)}, {units[m.name]}" for m in MEASURES}


def name_ck_unit(config: StudyConfig) -> str:
    """Name the unit of creatine kinase as it is printed."""
    return config.instruments.ck.shown_unit.replace("ukat", "µkat")


def title_measures(config: StudyConfig) -> dict[str, str]:
    """Title each measure's panel: short name, unit, and which way is better."""
    arrows = {"higher": "↑ better", "lower": "↓ better"}
    return {
        name: f"{SHORT_LABELS[name]}\n{label.rpartition(', ')[2]}, {arrows[BETTER[name]]}"
        for name, label in label_measures(config).items()
    }


def list_limits(config: StudyConfig) -> dict[str, list[float]]:
    """Give the limits of normal that the study declares, in the unit that the report shows."""
    ck = config.instruments.ck
    known = {limit for limit in (ck.upper_limit_female, ck.upper_limit_male) if limit is not None}
    return {"ck": sorted(limit * ck.factor for limit in known)} if known else {}


def find_change(numbers: Numbers, changes: pd.DataFrame, config: StudyConfig) -> str:
    """Say how creatine kinase and muscle strength had moved by the last visit; a figure's title."""
    if changes.empty:
        return ""
    last = changes["month"].max()
    labels = {"ck": f"creatine kinase {{}} {name_ck_unit(config)}", "mmt8": "MMT-8 {} points"}
    parts = []
    for group in changes["group"].unique():
        said = []
        for measure, words in labels.items():
            result = numbers[f"change.{measure}.{name_group(group)}.month_{last:g}"]
            if result.value is not None:
                said.append(f"{words.format(result)} ({result.interval})")
        whose = f"{escape(group)}: " if changes["group"].nunique() > 1 else ""
        parts.append(f"{whose}{join_words(said)}")
    return f"Change by {escape(config.label_month(last))}: {'; '.join(parts)}."


def limit_change(changes: pd.DataFrame, config: StudyConfig) -> str:
    """Say how many patients the changes rest on."""
    if changes.empty:
        return ""
    last = changes[changes["month"] == changes["month"].max()]
    low, high = int(last["n"].min()), int(last["n"].max())
    n = f"{low}" if low == high else f"{low} to {high}"
    return f"The changes rest on {n} patients with both values, in each measure and group."


def record_change(numbers: Numbers, changes: pd.DataFrame) -> None:
    """Record the centre of the change of each measure, group and visit, with its exact test."""
    for row in list_rows(changes):
        record_estimate(
            numbers,
            f"change.{row['measure']}.{name_group(row['group'])}.month_{row['month']:g}",
            row,
            value="change",
            unit="change from baseline",
            source="core_set",
        )


def adjust_changes(changes: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Add p-values adjusted within the declared family of core set measures.

    Parameters
    ----------
    changes : DataFrame
        From `helpers.stats.groups.summarise_change`.
    config : StudyConfig
        Its endpoint family ``core_set`` says which measures are adjusted together, and how.

    Returns
    -------
    DataFrame
        As given, with adjusted_p: over all visits, each group for itself. Missing where no family
        is declared or a measure is not in it.
    """
    family = config.endpoint_families.get(FAMILY)
    if family is None or changes.empty:
        return changes.assign(adjusted_p=float("nan"))
    inside = changes["p_value"].where(changes["measure"].isin(family.endpoints))
    parts = [
        adjust_p_values(part, adjustment=family.adjustment)
        for _, part in inside.groupby(changes["group"], sort=False)
    ]
    return changes.assign(adjusted_p=pd.concat(parts))


def tabulate_change(changes: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out the change of each measure for a reader: medians, centre with interval, p.

    Visits and groups get a column where there are several.
    """
    labels = label_measures(config)
    several = changes["month"].nunique() > 1
    grouped = changes["group"].nunique() > 1
    rows = [
        {
            "measure": labels[row["measure"]],
            **({"visit": config.label_month(row["month"])} if several else {}),
            **({"group": row["group"]} if grouped else {}),
            "n": row["n"],
            "median before": format_number(row["median_baseline"]),
            "median after": format_number(row["median_value"]),
            "change (95 % interval)": write_estimate(
                row["change"], row["low"], row["high"], achieved=row["achieved"]
            ),
            "exact p": shorten_p_value(row["p_value"]),
            "adjusted p": shorten_p_value(row["adjusted_p"]),
        }
        for row in list_rows(changes)
    ]
    table = pd.DataFrame(rows)
    adjusted = changes["adjusted_p"].notna().any()
    return table if adjusted or table.empty else table.drop(columns="adjusted p")


def describe_courses(values: pd.DataFrame, groups: pd.Series, config: StudyConfig) -> str:
    """Describe the figure of courses in plain words: medians of each measure at first and last."""
    first, last = config.visits[0], config.visits[-1]
    parts = []
    for name, label in label_measures(config).items():
        medians = [values.loc[values["month"] == v.month, name].median() for v in (first, last)]
        ends = ["no value" if is_missing(median) else format_number(median) for median in medians]
        parts.append(f"{label}: median {ends[0]} at {first.label}, {ends[1]} at {last.label}")
    patients = values["patient_id"].nunique()
    shown = "; ".join(parts)
    return (
        f"Lines of {count_noun(patients, 'patient')} in {count_noun(groups.nunique(), 'group')}, "
        f"one panel per measure. All patients together: {shown}."
    )


def describe_change_tiles(improvement: pd.DataFrame, config: StudyConfig) -> str:
    """Describe the patient by measure table of colours in plain words, visit by visit."""
    if improvement.empty:
        return "nobody was seen after baseline."
    parts = []
    for month, visit in improvement.groupby("month"):
        improved = visit.loc[visit["improved"].fillna(False).astype(bool), "patient_id"]
        who = join_words(improved) or "nobody"
        counts = visit[["n_better", "n_worse"]].sum()
        parts.append(
            f"at {config.label_month(float(str(month)))}, "
            f"{count_noun(int(counts['n_better']), 'measure')} better and {counts['n_worse']} "
            f"worse by the limits; improved: {who}"
        )
    return f"Change from baseline of each patient and measure: {'; '.join(parts)}."


def caption_courses(core_set: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the figure of courses."""
    n = core_set["patient_id"].nunique()
    marks = "colour and mark tell the group" if groups.nunique() > 1 else "a gap is a missing value"
    return f"One line per patient (n = {n}); {marks}."


def caption_change(changes: pd.DataFrame, config: StudyConfig) -> str:
    """Caption the table of changes, with interval, test and number of tests."""
    if changes.empty:
        return "Change from baseline: nobody was seen after it."
    visits = [escape(config.label_month(month)) for month in changes["month"].unique()]
    names = changes["group"].unique()
    who = "each group" if len(names) > 1 else f"the arm “{escape(names[0])}”"
    return (
        f"Change from baseline in {who} at {join_words(visits)}. Change: Hodges-Lehmann "
        "centre of the patients' differences (after minus before) with its exact interval; p: "
        f"{name_test(changes)}, {_say_adjusted(changes, config)}. "
        f"n: patients with both values.{caption_coverage(changes)}"
    )


def _say_adjusted(changes: pd.DataFrame, config: StudyConfig) -> str:
    family = config.endpoint_families.get(FAMILY)
    if family is None or changes["adjusted_p"].isna().all():
        return f"unadjusted for the {len(changes)} tests in this table"
    per_group = len(changes) // changes["group"].nunique()
    return (
        f"adjusted p: {ADJUSTMENT_WORDS[family.adjustment]} over the {per_group} tests of a group"
    )


def caption_change_tiles(definition: ImprovementDefinition, groups: pd.Series) -> str:
    """Caption the table of colours."""
    return (
        f"Per cent better than baseline (n = {len(groups)}). ▲ by at least "
        f"{definition.improvement_percent:g}; ▼ worse by at least "
        f"{definition.worsening_percent:g}. Right: ● improved, ▼ worse."
    )


def explain_change_tiles() -> str:
    """Say how the table of colours is made."""
    return (
        "Positive and blue is better, negative and orange is worse, whatever the measure's own "
        "direction. Colours are capped, so that one large change does not bleach the rest. Rows: "
        "responders first, within each arm. – unchanged, ? could not be judged, · not known."
    )


def find_improved(best: pd.DataFrame, when: str) -> str:
    """Say how many improved and how many got worse; the title of the table of colours."""
    counts = best["best_response"].value_counts()
    improved, worse = (int(counts.get(name, 0)) for name in ("improved", "worsened"))
    return (
        f"{improved} of {len(best)} patients improved {when}; {worse} got worse and never improved."
    )
