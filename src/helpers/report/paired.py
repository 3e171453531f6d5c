"""Sentences and tables about values before and after: who can be compared, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.configuration import EndpointFamily
from helpers.contracts.rows import list_rows
from helpers.derive.response_groups import (
    NON_RESPONDERS,
    RESPONDERS,
    derive_best_responses,
    group_by_response,
)
from helpers.report.chapter import Chapter
from helpers.report.clinical_response import slug_group
from helpers.report.study_overview import group_by_arm
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_number,
    format_p_value,
    is_missing,
    join_words,
    link_patient,
)
from helpers.stats.paired import ADJUSTMENT_WORDS, Scale, adjust_p_values

EVERYBODY = "all patients"
LEVEL = 0.05
"""A p-value below this counts as more than chance easily explains."""

CHANCE_WORDS = "by more than chance easily explains"


@dataclass(frozen=True)
class PairWords:
    """What the pairs of a chapter are called.

    Attributes
    ----------
    topic : str
        First word of the names in the ledger, ``biopsy``.
    table : str
        Table that the values come from.
    specimen, specimens : str
        What was taken, ``biopsy`` and ``biopsies``.
    measure, measures : str
        What a panel is, ``stain`` and ``stains``.
    labels : mapping of str to str
        How the report writes each panel.
    units : mapping of str to str
        Unit of each panel.
    ends : (str, str)
        The two visits.
    scale : {"linear", "log"}
        Differences or fold changes.
    """

    topic: str
    table: str
    specimen: str
    specimens: str
    measure: str
    measures: str
    labels: Mapping[str, str]
    units: Mapping[str, str]
    ends: tuple[str, str]
    scale: Scale = "linear"

    def name(self, what: str, panel: str, group: str) -> str:
        """Name a result: ``biopsy.change.cd3.responders``."""
        return f"{self.topic}.{what}.{slug_group(panel)}.{slug_group(group)}"

    def title_panels(self) -> dict[str, str]:
        """Title each panel by its label and unit."""
        return {
            panel: ", ".join(filter(None, [capitalise(label), self.units.get(panel, "")]))
            for panel, label in self.labels.items()
        }


def group_patients(chapter: Chapter) -> pd.Series:
    """Divide everybody who entered in responders and non-responders; without core set, by arm.

    Parameters
    ----------
    chapter : Chapter

    Returns
    -------
    Series of str
        Index patient_id; responders before non-responders. Its name is ``response`` or ``arm``.
    """
    if not chapter.study.has("core_set"):
        return group_by_arm(chapter).rename("arm")
    groups = group_by_response(_find_best(chapter))
    first = groups != RESPONDERS
    return groups.loc[first.sort_values(kind="stable").index].rename("response")


def _find_best(chapter: Chapter) -> pd.DataFrame:
    study = chapter.study
    return derive_best_responses(study.table("core_set"), study.table("patients"), study.config)


def pool_patients(groups: pd.Series) -> pd.Series:
    """Put everybody in one group."""
    return pd.Series(EVERYBODY, index=groups.index, name="everybody", dtype="str")


def order_groups(groups: pd.Series) -> list[str]:
    """Give the groups in the order of their colours, which is the same in every chapter."""
    if groups.name == "response":
        return [RESPONDERS, NON_RESPONDERS]
    return [str(group) for group in groups.unique()]


def describe_grouping(chapter: Chapter, groups: pd.Series) -> str:
    """Say how the groups were made, and who is a non-responder for want of a judgement."""
    if groups.name != "response":
        return "The study has no core set, so the patients are shown by arm, not by response."
    best = _find_best(chapter)
    unjudged = best.loc[best["best_response"] == "not evaluable", "patient_id"]
    counts = groups.value_counts()
    late = (
        f" {count_noun(len(unjudged), 'patient')} could not be judged and "
        f"{'counts' if len(unjudged) == 1 else 'count'} as non-responder: "
        f"{join_words(link_patient(patient) for patient in unjudged)}."
        if len(unjudged)
        else ""
    )
    return (
        "Responders improved by the IMACS definition at any visit (chapter on clinical response): "
        f"{counts.get(RESPONDERS, 0)} patients. Everybody else who entered is a non-responder: "
        f"{counts.get(NON_RESPONDERS, 0)} patients.{late}"
    )


def record_comparable(chapter: Chapter, comparable: pd.DataFrame, words: PairWords) -> None:
    """Record how many patients have a value both before and after."""
    chapter.record(
        f"{words.topic}.comparable",
        int((comparable["n_comparable"] > 0).sum()),
        n=len(comparable),
        unit="patients",
        source=[words.table, "patients"],
        method=f"patients with {words.specimens} at both visits",
    )


def describe_comparable(chapter: Chapter, comparable: pd.DataFrame, words: PairWords) -> str:
    """Say how many patients can be compared, and name those who cannot with the reason."""
    known = chapter[f"{words.topic}.comparable"]
    before, after = (escape(end) for end in words.ends)
    sentence = (
        f"{known} of {known.n} patients have {words.specimens} both at {before} and at {after}"
    )
    absent = comparable[comparable["n_comparable"] == 0]
    if absent.empty:
        return f"{sentence}; everybody can be compared."
    named = join_words(
        f"{link_patient(row['patient_id'])} ({_write_reason(row['reason'], words)})"
        for row in list_rows(absent)
    )
    return f"{sentence}. Not comparable, and left out of every change: {named}."


def _write_reason(reason: str, words: PairWords) -> str:
    return escape(reason.replace("value", words.specimen))


def find_family(config: StudyConfig, panels: Sequence[str]) -> EndpointFamily | None:
    """Find the declared family of endpoints to which any of the panels belongs."""
    families = config.endpoint_families.values()
    return next((f for f in families if set(f.endpoints) & set(panels)), None)


def adjust_family(changes: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Add the p-values adjusted within the declared family, and how they were adjusted.

    Parameters
    ----------
    changes : DataFrame
        One row per panel: panel, p_value.
    config : StudyConfig
        With endpoint_families.

    Returns
    -------
    DataFrame
        As given, with adjusted_p (missing outside a family or where none is declared) and
        adjustment (words for a caption, empty where nothing was adjusted).
    """
    family = find_family(config, list(changes["panel"]))
    if family is None or family.adjustment == "none":
        return changes.assign(adjusted_p=float("nan"), adjustment="")
    inside = changes["panel"].isin(family.endpoints)
    adjusted = adjust_p_values(changes["p_value"].where(inside), adjustment=family.adjustment)
    return changes.assign(
        adjusted_p=adjusted,
        adjustment=f"{ADJUSTMENT_WORDS[family.adjustment]}, family “{family.title}”",
    )


def record_changes(chapter: Chapter, changes: pd.DataFrame, words: PairWords) -> None:
    """Record the centre of the change of each panel and group, with its test and adjusted p."""
    unit = "fold change" if words.scale == "log" else ""
    for row in list_rows(changes):
        chapter.record(
            words.name("change", row["panel"], row["group"]),
            row["change"],
            n=row["n"],
            low=row["low"],
            high=row["high"],
            p_value=row["p_value"],
            method=row["method"],
            reason=row["reason"],
            unit=unit or words.units.get(row["panel"], ""),
            digits=choose_digits(row["change"], row["low"], row["high"]),
            source=words.table,
        )
        if not is_missing(row.get("adjusted_p")):
            chapter.record(
                words.name("adjusted_p", row["panel"], row["group"]),
                row["adjusted_p"],
                n=row["n"],
                p_value=row["adjusted_p"],
                unit="adjusted p-value",
                method=row["adjustment"],
                source=words.table,
            )


def choose_digits(*numbers: float) -> int:
    """Choose decimals so that the largest of some numbers shows about three figures.

    >>> choose_digits(0.4, 3.2), choose_digits(12.5, -3.0), choose_digits(100.0, float("nan"))
    (2, 1, 0)
    """
    largest = max((abs(number) for number in numbers if not is_missing(number)), default=0.0)
    return 0 if largest >= 99.95 else 1 if largest >= 9.995 else 2


def write_interval(centre: float, low: float, high: float) -> str:
    """Write a centre and its interval for a table, with the same decimals."""
    if is_missing(centre):
        return "not defined"
    digits = choose_digits(centre, low, high)
    middle, *ends = (format_number(number, digits=digits) for number in (centre, low, high))
    return f"{middle} (no interval)" if is_missing(low) else f"{middle} ({ends[0]} to {ends[1]})"


def tabulate_changes(changes: pd.DataFrame, words: PairWords) -> pd.DataFrame:
    """Lay out the change of each panel: n, medians, centre with interval, p and adjusted p.

    Groups get a column where there are several; p-values are left out of a table of groups, which
    describes them. A single group that is not everybody has no table of its own: no rows.
    """
    several = changes["group"].nunique() > 1
    if not several and set(changes["group"]) != {EVERYBODY}:
        return pd.DataFrame()
    adjusted = "adjusted_p" in changes and changes["adjusted_p"].notna().any()
    before, after = words.ends
    what = "fold change" if words.scale == "log" else "change"
    rows = [
        {
            words.measure: _write_panel(row["panel"], words),
            **({"group": row["group"]} if several else {}),
            "pairs": row["n"],
            f"median, {before}": format_number(row["median_before"]),
            f"median, {after}": format_number(row["median_after"]),
            f"{what} (95 % interval)": write_interval(row["change"], row["low"], row["high"]),
            **({} if several else {"exact p": format_p_value(row["p_value"])}),
            **({"adjusted p": format_p_value(row["adjusted_p"])} if adjusted else {}),
        }
        for row in list_rows(changes)
    ]
    return pd.DataFrame(rows)


def _write_panel(panel: str, words: PairWords) -> str:
    return ", ".join(filter(None, [words.labels.get(panel, panel), words.units.get(panel, "")]))


def caption_changes(changes: pd.DataFrame, words: PairWords) -> str:
    """Caption the table of changes, with n, interval, test and number of tests."""
    what = _explain_change(words)
    who = (
        "in each group"
        if changes["group"].nunique() > 1
        else f"in {escape(changes['group'].iloc[0])}"
    )
    start = (
        f"{capitalise(words.measures)} at {escape(words.ends[0])} and {escape(words.ends[1])} "
        f"{who}. Pairs: patients with both values ({_span(changes['n'])}). {what} with its exact "
        "95 % interval."
    )
    if changes["group"].nunique() > 1:
        return f"{start} No tests: the groups are described."
    methods = [method for method in changes["method"] if method]
    test = f" p: {escape(methods[0].split(';')[0])}," if methods else " p:"
    return f"{start}{test} {_count_tests(changes)}."


def _explain_change(words: PairWords) -> str:
    if words.scale == "log":
        return (
            "Fold change: Hodges-Lehmann centre of the patients' ratios (after divided by before, "
            "from logarithms; 1 is no change)"
        )
    return "Change: Hodges-Lehmann centre of the patients' differences (after minus before)"


def _span(numbers: pd.Series) -> str:
    low, high = int(numbers.min()), int(numbers.max())
    return f"n = {low}" if low == high else f"n = {low} to {high}"


def _count_tests(changes: pd.DataFrame) -> str:
    tests = count_noun(int(changes["p_value"].notna().sum()), "test")
    if "adjusted_p" not in changes or changes["adjusted_p"].isna().all():
        return f"not adjusted for the {tests} in this table"
    return f"also adjusted for the {tests} ({escape(changes['adjustment'].iloc[0])})"


def caption_pairs(changes: pd.DataFrame, words: PairWords, *, more: str = "") -> str:
    """Caption the figure of pairs."""
    sizes = [
        f"{escape(group)} {_span(part['n'])} pairs"
        for group, part in changes.groupby("group", sort=False)
    ]
    what = _explain_change(words)
    axis = "; logarithmic axes" if words.scale == "log" else ""
    return (
        f"Each line is a patient from {escape(words.ends[0])} to {escape(words.ends[1])}; the "
        f"narrow axis shows each patient's {what[0].lower()}{what.split(':')[0][1:]} as a point"
        f"{axis} ({join_words(sizes)}). Black: {what.split(': ')[1]} with its exact 95 % interval."
        f"{more}"
    )


def describe_pairs(changes: pd.DataFrame, words: PairWords) -> str:
    """Describe the figure of pairs in plain words, for a reader who cannot see it."""
    parts = [
        f"{words.labels.get(row['panel'], row['panel'])}, {row['group']}: {row['n']} pairs, "
        f"{row['n_higher']} higher and {row['n_lower']} lower after, median "
        f"{format_number(row['median_before'])} before and {format_number(row['median_after'])} "
        "after"
        for row in list_rows(changes)
    ]
    return f"Lines from {words.ends[0]} to {words.ends[1]}. {'; '.join(parts)}."


def describe_changes(chapter: Chapter, changes: pd.DataFrame, words: PairWords) -> str:
    """Say which panels changed by more than chance easily explains, and which did not."""
    tested = changes.dropna(subset=["p_value"])
    if tested.empty:
        return f"No {words.measure} could be tested: {escape(_list_reasons(changes))}."
    moved = [row for row in list_rows(tested) if _decide(row) < LEVEL]
    if not moved:
        return _describe_none(chapter, tested, words)
    listed = "; ".join(_describe_moved(chapter, row, words) for row in moved)
    rest = len(tested) - len(moved)
    others = f" The other {rest} did not." if rest > 1 else " The other did not." if rest else ""
    return f"{capitalise(CHANCE_WORDS)} changed: {listed}.{others}"


def _decide(row: Mapping[str, float]) -> float:
    adjusted = row.get("adjusted_p")
    return row["p_value"] if adjusted is None or is_missing(adjusted) else adjusted


def _list_reasons(changes: pd.DataFrame) -> str:
    return join_words(dict.fromkeys(filter(None, changes["reason"]))) or "nothing to compare"


def _describe_none(chapter: Chapter, tested: pd.DataFrame, words: PairWords) -> str:
    least = min(list_rows(tested), key=_decide)
    label = escape(words.labels.get(least["panel"], least["panel"]))
    several = (
        f"None of the {len(tested)} {words.measures}"
        if len(tested) > 1
        else f"{capitalise(label)} did not change {CHANCE_WORDS}"
    )
    found = _link_p(chapter, least, words)
    if len(tested) == 1:
        return f"{several} ({found})."
    return f"{several} changed {CHANCE_WORDS}; the smallest p-value is that of {label} ({found})."


def _describe_moved(chapter: Chapter, row: Mapping[str, object], words: PairWords) -> str:
    panel = str(row["panel"])
    change = chapter[words.name("change", panel, str(row["group"]))]
    label = escape(words.labels.get(panel, panel))
    assert isinstance(change.value, (int, float))
    if words.scale == "log":
        way = "rose" if change.value > 1 else "fell"
        size = f"to {change} times the baseline"
    else:
        way = "rose" if change.value > 0 else "fell"
        amount = change.link(format_number(abs(change.value), digits=change.digits))
        size = f"by {amount} {escape(words.units.get(panel, ''))}".rstrip()
    return f"{label} {way} {size} ({change.interval}; {_link_p(chapter, row, words)})"


def _link_p(chapter: Chapter, row: Mapping[str, object], words: PairWords) -> str:
    panel, group = str(row["panel"]), str(row["group"])
    raw = chapter[words.name("change", panel, group)].p_text
    name = words.name("adjusted_p", panel, group)
    return f"{raw}, adjusted {chapter[name].p_text}" if name in chapter.ledger else raw
