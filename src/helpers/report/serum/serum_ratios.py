"""How many times higher proteins in serum, and their changes, are in one group than in another."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.estimates import caption_coverage, choose_digits, record_estimate, write_rounded
from helpers.report.numbers import Numbers
from helpers.report.p_values import (
    find_least,
    keep_clear,
    link_p,
    name_test,
    record_adjusted_p,
    say_adjusted,
    say_unadjusted,
)
from helpers.report.panels.paired import PairWords
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_number,
    shorten_p_value,
)


def record_ratios(numbers: Numbers, comparison: pd.DataFrame, words: PairWords) -> None:
    """Record each comparison of the two groups, with its exact test and adjusted p."""
    sources = ["cytokines", "core_set" if numbers.study.has("core_set") else "patients"]
    for row in list_rows(comparison):
        name = words.name("ratio", row["panel"], row["what"])
        both = row | {"n": row["n_first"] + row["n_second"]}
        record_estimate(
            numbers,
            name,
            both,
            value="ratio",
            unit="ratio of the first group to the second",
            digits=choose_digits(row["ratio"], row["low"], row["high"], scale="log"),
            source=sources,
        )
        adjusted = words.name("ratio_adjusted_p", row["panel"], row["what"])
        record_adjusted_p(numbers, adjusted, both, source=sources)


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
                "exact p": shorten_p_value(row["p_value"]),
                **({"adjusted p": shorten_p_value(row["adjusted_p"])} if adjusted else {}),
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
    numbers: Numbers, comparison: pd.DataFrame, groups: pd.Series, words: PairWords
) -> str:
    """Say whether levels or changes differ between the groups."""
    tested = comparison.dropna(subset=["p_value"])
    if tested.empty:
        return "There are not two groups with values, so nothing can be held against response."
    first, second = (escape(group) for group in groups.unique())
    clear, unadjusted = keep_clear(tested), say_unadjusted(tested)
    if clear:
        listed = "; ".join(_describe_ratio(numbers, row, words) for row in clear)
        return f"{capitalise(first)} and {second} differ clearly{unadjusted} in {listed}."
    least = find_least(tested)
    assert least is not None, "something was tested"
    return (
        f"No level and no change differs clearly between {first} and {second}{unadjusted} "
        f"({count_noun(len(tested), 'test')}; the smallest p-value is that of "
        f"{_describe_ratio(numbers, least, words)})."
    )


def _describe_ratio(numbers: Numbers, row: Mapping[str, object], words: PairWords) -> str:
    panel, what = str(row["panel"]), str(row["what"])
    name = words.name("ratio", panel, what)
    p_values = link_p(numbers, name, words.name("ratio_adjusted_p", panel, what))
    label = f"{escape(words.labels[panel])}, {escape(what)}"
    return f"{label}: ratio {numbers[name]}, {numbers[name].interval}, {p_values}"


def conclude_ratios(comparison: pd.DataFrame) -> str:
    """Say what the comparison of two groups allows to conclude; nothing where there was none."""
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


def describe_ratio_reach(comparison: pd.DataFrame) -> str:
    """Say the smallest p-value that so few patients in each group could have given."""
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
