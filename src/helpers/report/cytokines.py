"""Sentences and tables about proteins in serum: healthy ranges, changes, and response."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.cytokines import AssayInterference, find_interferences
from helpers.report.chapter import Chapter
from helpers.report.estimates import caption_coverage, choose_digits, record_estimate, write_rounded
from helpers.report.p_values import (
    CHANCE_WORDS,
    find_least,
    keep_clear,
    link_p,
    name_test,
    record_adjusted_p,
    say_adjusted,
)
from helpers.report.paired import (
    PairWords,
    describe_changes,
    describe_comparable,
    describe_family,
    describe_group_limits,
    describe_left_early,
    find_family,
)
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_number,
    format_p_value,
    join_words,
    link_by_reason,
    link_patient,
    name_group,
)


def name_cytokines(cytokines: pd.DataFrame, *, ends: tuple[str, str]) -> PairWords:
    """Name what the chapter's pairs are: proteins in the order of the table, each with its unit.

    Parameters
    ----------
    cytokines : DataFrame
        One row per patient, month and analyte.
    ends : (str, str)
        The two visits.

    Returns
    -------
    PairWords
    """
    units = cytokines.groupby("analyte", sort=False)["unit"].first()
    return PairWords(
        topic="serum",
        table="cytokines",
        specimen="serum",
        specimens="serum",
        measure="protein",
        measures="proteins",
        labels={str(name): str(name) for name in units.index},
        units={str(name): str(unit) for name, unit in units.items()},
        ends=ends,
        scale="log",
        were="was",
    )


def list_methods(words: PairWords, config: StudyConfig) -> list[tuple[str, str]]:
    """List the rules in force by name, for the chapter and the study report's methods."""
    return [
        (
            "Serum proteins",
            "Changes are fold changes (after divided by before), computed from logarithms: exact "
            "signed-rank test, patients without change left out, Hodges-Lehmann centre. Groups are "
            "compared by the exact rank-sum test.",
        ),
        (
            "Values outside quantification",
            "A value below quantification ties with the others at the lowest rank of its visit, "
            "one above at the highest. A change from or to such a value counts with the limit, the "
            "smallest change that is possible; where not even its direction is known, it is left "
            "out and named.",
        ),
        *describe_family(find_family(config, words)),
    ]


def describe_interference(chapter: Chapter, words: PairWords) -> str:
    """Warn where an assay also measures the study's drug; nothing where none does."""
    found = find_interferences(chapter.study.config.treatment, list(words.labels))
    return " ".join(
        f"<strong>Warning: the {escape(i.analyte)} assay also measures the drug.</strong> "
        f"{escape(i.why[0].upper() + i.why[1:])}. A value under treatment is the sum of both: a "
        "rise shows that the drug was taken, not that the body makes more of it."
        for i in found
    )


def record_outside(chapter: Chapter, cytokines: pd.DataFrame, outside: pd.DataFrame) -> None:
    """Record how many values of each protein lie outside quantification."""
    for analyte, values in cytokines.groupby("analyte", sort=False):
        chapter.record(
            f"serum.outside.{name_group(str(analyte))}",
            int((outside["analyte"] == analyte).sum()),
            n=int(values["concentration"].notna().sum()),
            unit="values outside quantification",
            source="cytokines",
        )


def describe_outside(chapter: Chapter, outside: pd.DataFrame, config: StudyConfig) -> str:
    """Say how many values lie outside quantification, and whose they are."""
    if outside.empty:
        return "Every value lies within the limits of quantification."
    parts = []
    for analyte, rows in outside.groupby("analyte", sort=False):
        counted = chapter[f"serum.outside.{name_group(str(analyte))}"]
        who = join_words(_name_outside(row, config) for row in list_rows(rows))
        parts.append(f"{counted} of {counted.n} values of {escape(analyte)} ({who})")
    return (
        f"Outside quantification: {join_words(parts)}. Such a value is drawn as a triangle at the "
        "limit and keeps its place as lowest or highest; it is never replaced by a guess."
    )


def _name_outside(row: Mapping[str, object], config: StudyConfig) -> str:
    visit = escape(config.label_month(float(str(row["month"]))))
    limit = f"{format_number(row['limit'])} {escape(row['unit'])}"
    return f"{link_patient(row['patient_id'])} at {visit}: {row['bound']} {limit}"


def record_levels(chapter: Chapter, levels: pd.DataFrame, words: PairWords) -> None:
    """Record the mean level of each protein at each visit, with its range in the method."""
    for row in list_rows(levels):
        chapter.record(
            words.name("mean", row["analyte"], chapter.study.config.label_month(row["month"])),
            row["mean"],
            n=row["n"],
            unit=words.units.get(row["analyte"], ""),
            method=f"mean of the patients; range {_write_range(row)}",
            source="cytokines",
        )


def tabulate_levels(levels: pd.DataFrame, words: PairWords, config: StudyConfig) -> pd.DataFrame:
    """Lay out the levels of each protein at each visit: n, mean, median and range."""
    return pd.DataFrame(
        [
            {
                "protein": ", ".join(
                    filter(None, [row["analyte"], words.units.get(row["analyte"], "")])
                ),
                "visit": config.label_month(row["month"]),
                "patients": row["n"],
                "outside quantification": row["n_outside"],
                "mean": format_number(row["mean"]),
                "median": format_number(row["median"]),
                "range": _write_range(row),
            }
            for row in list_rows(levels)
        ]
    )


def _write_range(row: Mapping[str, object]) -> str:
    low, high = format_number(row["lowest"]), format_number(row["highest"])
    low = f"below {low}" if row["lowest_is_limit"] else low
    return f"{low} to above {high}" if row["highest_is_limit"] else f"{low} to {high}"


def caption_levels(levels: pd.DataFrame) -> str:
    """Caption the table of levels."""
    n = int(levels["n"].max()) if len(levels) else 0
    return (
        f"Levels of everybody with serum at a visit, also of those without a pair (n = {n} at "
        "most). Values outside quantification count with their limit. No tests: the levels are "
        "described."
    )


def record_reference(chapter: Chapter, flags: pd.DataFrame, words: PairWords) -> None:
    """Record how many patients had more than any of the healthy people, at each visit compared."""
    config = chapter.study.config
    for (analyte, month), part in flags.groupby(["analyte", "month"], sort=False):
        known = part["above"].dropna().astype(bool)
        visit = config.label_month(float(str(month)))
        chapter.record(
            words.name("above_healthy", str(analyte), visit),
            int(known.sum()),
            n=len(known),
            unit="patients",
            method=f"above {config.references[str(analyte)].high:g} "
            f"{config.references[str(analyte)].unit}",
            source="cytokines",
        )


def describe_reference(chapter: Chapter, flags: pd.DataFrame, words: PairWords) -> str:
    """Say how many patients lay above the range of healthy people before treatment."""
    references = chapter.study.config.references
    parts = []
    for analyte in words.labels:
        name = words.name("above_healthy", analyte, words.ends[0])
        if name in chapter.ledger:
            healthy, above = references[analyte], chapter[name]
            mean = "" if healthy.mean is None else f"; mean {format_number(healthy.mean)}"
            parts.append(
                f"At {escape(words.ends[0])}, {above} of {above.n} patients had more "
                f"{escape(analyte)} than any of the healthy people measured elsewhere "
                f"({format_number(healthy.low)} to {format_number(healthy.high)} "
                f"{escape(healthy.unit)}{mean}; {escape(healthy.source)})."
            )
    unknown = [escape(analyte) for analyte in words.labels if analyte not in references]
    if unknown:
        parts.append(f"For {join_words(unknown)} the study gives no range of healthy people.")
    return " ".join(parts)


def name_band(config: StudyConfig, words: PairWords) -> dict[str, tuple[float, float]]:
    """Give the range of healthy people of each protein that has one, for the figure."""
    return {
        analyte: (config.references[analyte].low, config.references[analyte].high)
        for analyte in words.labels
        if analyte in config.references
    }


def explain_band(config: StudyConfig, words: PairWords, outside: pd.DataFrame) -> str:
    """Explain the band and the triangles of the figure, for its caption."""
    known = [analyte for analyte in words.labels if analyte in config.references]
    band = "".join(
        f" Band: lowest to highest value of healthy people for {escape(analyte)} "
        f"({escape(config.references[analyte].source)})."
        for analyte in known
    )
    if outside.empty:
        return band
    return f"{band} Triangle: a limit of quantification; the value itself lies beyond it."


def record_ratios(chapter: Chapter, comparison: pd.DataFrame, words: PairWords) -> None:
    """Record each comparison of the two groups, with its exact test and adjusted p."""
    sources = ["cytokines", "core_set" if chapter.study.has("core_set") else "patients"]
    for row in list_rows(comparison):
        name = words.name("ratio", row["panel"], row["what"])
        both = row | {"n": row["n_first"] + row["n_second"]}
        record_estimate(
            chapter,
            name,
            both,
            value="ratio",
            unit="ratio of the first group to the second",
            digits=choose_digits(row["ratio"], row["low"], row["high"], scale="log"),
            source=sources,
        )
        adjusted = words.name("ratio_adjusted_p", row["panel"], row["what"])
        record_adjusted_p(chapter, adjusted, both, source=sources)


def tabulate_ratios(comparison: pd.DataFrame, groups: pd.Series, words: PairWords) -> pd.DataFrame:
    """Lay out the comparison of two groups: n of each, ratio with interval, p and adjusted p."""
    if comparison.empty:
        return pd.DataFrame()
    first, second = groups.unique()
    adjusted = comparison["adjusted_p"].notna().any()
    return pd.DataFrame(
        [
            {
                "protein": words.labels[row["panel"]],
                "compared": row["what"],
                f"n, {first}": row["n_first"],
                f"n, {second}": row["n_second"],
                "ratio (95 % interval)": write_rounded(
                    row["ratio"], row["low"], row["high"], achieved=row["achieved"], scale="log"
                ),
                "exact p": format_p_value(row["p_value"]),
                **({"adjusted p": format_p_value(row["adjusted_p"])} if adjusted else {}),
            }
            for row in list_rows(comparison)
        ]
    )


def caption_ratios(comparison: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the comparison of two groups, with interval, test and number of tests."""
    if comparison.empty:
        return ""
    first, second = (escape(group) for group in groups.unique())
    return (
        f"Levels and fold changes of {first} against {second} (n as listed; patients with a "
        "value). Ratio: how many times higher, Hodges-Lehmann estimate from logarithms with its "
        f"exact 95 % interval; 1 is no difference.{caption_coverage(comparison)} p: "
        f"{name_test(comparison)}, {say_adjusted(comparison)}."
    )


def caption_ratios_figure(comparison: pd.DataFrame, groups: pd.Series) -> str:
    """Caption the figure of ratios; the table below it names the tests."""
    if comparison.empty:
        return ""
    first, second = (escape(group) for group in groups.unique())
    return (
        f"How many times higher the levels and fold changes of {first} are than those of {second}: "
        "Hodges-Lehmann ratio and its exact 95 % interval, logarithmic axis; 1 is no difference. "
        f"Patients: {first} and {second} with a value.{caption_coverage(comparison)}"
    )


def describe_ratios_figure(comparison: pd.DataFrame, words: PairWords) -> str:
    """Describe the figure of ratios in plain words; where there is nothing to draw, say why."""
    known = comparison.dropna(subset=["ratio"])
    if known.empty:
        return "there are not two groups with values to compare."
    parts = [
        f"{words.labels[row['panel']]}, {row['what']}: {format_number(row['ratio'], digits=2)}, "
        f"interval {format_number(row['low'], digits=2)} to {format_number(row['high'], digits=2)}"
        for row in list_rows(known)
    ]
    return f"Ratio of one group to the other. {'; '.join(parts)}."


def describe_ratios(
    chapter: Chapter, comparison: pd.DataFrame, groups: pd.Series, words: PairWords
) -> str:
    """Say whether levels or changes differ between the groups."""
    tested = comparison.dropna(subset=["p_value"])
    if tested.empty:
        return "There are not two groups with values, so nothing can be held against response."
    first, second = (escape(group) for group in groups.unique())
    clear = keep_clear(tested)
    if clear:
        listed = "; ".join(_describe_ratio(chapter, row, words) for row in clear)
        return f"{capitalise(first)} and {second} differ {CHANCE_WORDS} in {listed}."
    least = find_least(tested)
    assert least is not None, "something was tested"
    return (
        f"No level and no change differs between {first} and {second} {CHANCE_WORDS} "
        f"({count_noun(len(tested), 'test')}; the smallest p-value is that of "
        f"{_describe_ratio(chapter, least, words)})."
    )


def _describe_ratio(chapter: Chapter, row: Mapping[str, object], words: PairWords) -> str:
    panel, what = str(row["panel"]), str(row["what"])
    name = words.name("ratio", panel, what)
    p_values = link_p(chapter, name, words.name("ratio_adjusted_p", panel, what))
    label = f"{escape(words.labels[panel])}, {escape(what)}"
    return f"{label}: ratio {chapter[name]}, {chapter[name].interval}, {p_values}"


def describe_open_changes(pairs: pd.DataFrame) -> str:
    """Name those whose change is not known although both values are there."""
    known = ["", "never measured", "no baseline value", "no value after treatment"]
    rows = pairs[~pairs["reason"].isin(known)]
    named = link_by_reason(rows["patient_id"], rows["panel"] + ": " + rows["reason"])
    return f"Left out of the changes: {named}." if named else ""


def summarise_cytokines(
    chapter: Chapter,
    comparable: pd.DataFrame,
    changes: pd.DataFrame,
    comparison: pd.DataFrame,
    flags: pd.DataFrame,
    groups: pd.Series,
    words: PairWords,
) -> list[str]:
    """Sum the chapter up in a few sentences, from the ledger."""
    return [
        describe_comparable(chapter, comparable, words),
        describe_reference(chapter, flags, words) if len(flags) else "",
        describe_changes(chapter, changes, words),
        describe_interference(chapter, words),
        describe_ratios(chapter, comparison, groups, words),
    ]


def conclude_cytokines(
    chapter: Chapter, changes: pd.DataFrame, comparison: pd.DataFrame, words: PairWords
) -> list[str]:
    """Say what the serum proteins allow to conclude, and what they leave open."""
    measured = {i.analyte for i in _list_interferences(chapter, words)}
    clear = [row["panel"] for row in keep_clear(changes)]
    drug = [
        f"The change of {escape(panel)} shows that the drug was in the blood; it says nothing of "
        "the patients' own production."
        for panel in clear
        if panel in measured
    ]
    others = [escape(words.labels[panel]) for panel in clear if panel not in measured]
    own = (
        f"The change of {join_words(others)} fits an effect of the treatment, but without "
        "untreated patients time and other drugs may explain it too."
        if others and len(chapter.study.config.arms) == 1
        else ""
    )
    none = (
        ""
        if clear
        else "No clear change is not the same as no change: every value inside the intervals "
        "remains possible."
    )
    if changes["p_value"].isna().all():
        none = "What treatment does to these proteins cannot be told from these samples."
    return [*drug, own, none, _conclude_ratios(comparison)]


def _list_interferences(chapter: Chapter, words: PairWords) -> tuple[AssayInterference, ...]:
    return find_interferences(chapter.study.config.treatment, list(words.labels))


def _conclude_ratios(comparison: pd.DataFrame) -> str:
    tested = comparison.dropna(subset=["p_value", "low"])
    if tested.empty:
        return ""
    if keep_clear(tested):
        return (
            "A difference between the groups in so few patients is a question for other patients, "
            "not yet a marker."
        )
    widest = max(list_rows(tested), key=lambda row: row["high"] / max(row["low"], 1e-9))
    low, high = (format_number(widest[end], digits=2) for end in ("low", "high"))
    return (
        "No clear difference is not the same as no difference: the widest interval still allows a "
        f"ratio between {low} and {high}."
    )


def describe_serum_limits(
    chapter: Chapter,
    pairs: pd.DataFrame,
    comparison: pd.DataFrame,
    groups: pd.Series,
    words: PairWords,
    *,
    month: float,
) -> list[str]:
    """Say what the serum proteins cannot show."""
    references = chapter.study.config.references
    drugs = _list_interferences(chapter, words)
    return [
        "Serum tells of the whole body: a protein in it may come from elsewhere than the muscle.",
        *(f"{escape(i.analyte)} under treatment cannot be told from the drug." for i in drugs),
        "The healthy people were measured in another laboratory, with another assay: the band is "
        "for orientation and no test uses it."
        if set(references) & set(words.labels)
        else "",
        _describe_reach(comparison),
        describe_left_early(chapter, pairs, words, month=month),
        describe_group_limits(chapter, groups, words),
    ]


def _describe_reach(comparison: pd.DataFrame) -> str:
    known = comparison.dropna(subset=["smallest_p"])
    if known.empty:
        return ""
    least = format_number(float(f"{known['smallest_p'].max():.1g}"))
    return (
        "With so few patients in each group even complete separation could not have given a "
        f"p-value below {least} in the smallest comparison, before any adjustment."
    )


def name_ratio(groups: pd.Series) -> str:
    """Say which group stands against which on the axis of ratios."""
    names = [str(group) for group in groups.unique()]
    if len(names) != 2:
        return "ratio"
    return f"how many times higher in {names[0]} than in {names[1]}"
