"""What changed from before to after: recorded, in tables and captions, and in words."""

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
    join_words,
    shorten_p_value,
)


def record_changes(numbers: Numbers, changes: pd.DataFrame, words: PairWords) -> None:
    """Record the centre of the change of each panel and group, with its test and adjusted p."""
    unit = "fold change" if words.scale == "log" else ""
    for row in list_rows(changes):
        record_estimate(
            numbers,
            words.name("change", row["panel"], row["group"]),
            row,
            value="change",
            unit=unit or words.units.get(row["panel"], ""),
            digits=choose_digits(row["change"], row["low"], row["high"], scale=words.scale),
            source=words.table,
        )
        adjusted = words.name("adjusted_p", row["panel"], row["group"])
        record_adjusted_p(numbers, adjusted, row, source=words.table)


def tabulate_changes(changes: pd.DataFrame, words: PairWords) -> pd.DataFrame:
    """Lay out the change of each panel: n, medians, centre with interval.

    Groups get a column where there are several. Changes that went through `adjust_family` were
    tested and get their p-values; others are described only.
    """
    several = changes["group"].nunique() > 1
    tested = "adjusted_p" in changes
    adjusted = tested and changes["adjusted_p"].notna().any()
    before, after = words.ends
    what = "fold change" if words.scale == "log" else "change"
    rows = [
        {
            words.measure: _write_panel(row["panel"], words),
            **({"group": row["group"]} if several else {}),
            "pairs": row["n"],
            f"median, {before}": format_number(row["median_before"]),
            f"median, {after}": format_number(row["median_after"]),
            f"{what} (95 % interval)": write_rounded(
                row["change"],
                row["low"],
                row["high"],
                achieved=row["achieved"],
                scale=words.scale,
            ),
            **({"exact p": shorten_p_value(row["p_value"])} if tested else {}),
            **({"adjusted p": shorten_p_value(row["adjusted_p"])} if adjusted else {}),
        }
        for row in list_rows(changes)
    ]
    return pd.DataFrame(rows)


def tabulate_groups(
    by_group: pd.DataFrame, changes: pd.DataFrame, words: PairWords
) -> pd.DataFrame:
    """Lay out the changes of each group, unless the table of tests shows the same groups."""
    if by_group["group"].nunique() < 2 or set(by_group["group"]) == set(changes["group"]):
        return pd.DataFrame()
    return tabulate_changes(by_group, words)


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
        f"95 % interval.{caption_coverage(changes)}"
    )
    if "adjusted_p" not in changes:
        return f"{start} No tests: the groups are described."
    test = name_test(changes)
    each = " within each group" if changes["group"].nunique() > 1 else ""
    adjusted = say_adjusted(changes, where=" in this table", each=each)
    return f"{start} p: {test}, {adjusted}." if test else f"{start} p: {adjusted}."


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
        f"{axis} ({join_words(sizes)}). Dot with bar: {what.split(': ')[1]} with its exact "
        f"95 % interval.{caption_coverage(changes)}{more}"
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


def describe_changes(numbers: Numbers, changes: pd.DataFrame, words: PairWords) -> str:
    """Say which panels changed clearly, and of none that it did not change."""
    tested = changes.dropna(subset=["p_value"])
    if tested.empty:
        return f"No {words.measure} could be tested: {escape(_list_reasons(changes))}."
    moved = keep_clear(tested)
    if not moved:
        return _describe_none(numbers, tested, words)
    several = _is_several(tested)
    listed = "; ".join(_describe_moved(numbers, row, words, several=several) for row in moved)
    counted = _count_moved(len(moved), len(tested), words, several=several)
    return f"{counted} changed clearly {_name_time(words)}{say_unadjusted(tested)}: {listed}."


def _name_time(words: PairWords) -> str:
    return f"from {escape(words.ends[0])} to {escape(words.ends[1])}"


def _is_several(changes: pd.DataFrame) -> bool:
    return bool(changes["group"].nunique() > 1)


def _count_moved(moved: int, tested: int, words: PairWords, *, several: bool) -> str:
    if several:
        return f"{moved} of {count_noun(tested, words.measure, words.measures)} by group"
    if tested == 1:
        return f"The one {words.measure} tested"
    if moved == tested:
        return f"Both {words.measures}" if tested == 2 else f"All {tested} {words.measures}"
    return f"{moved} of the {tested} {words.measures}"


def _list_reasons(changes: pd.DataFrame) -> str:
    return join_words(dict.fromkeys(filter(None, changes["reason"]))) or "nothing to compare"


def _describe_none(numbers: Numbers, tested: pd.DataFrame, words: PairWords) -> str:
    least = find_least(tested)
    assert least is not None, "something was tested"
    label = _name_row(least, words, several=_is_several(tested))
    found = _link_p(numbers, least, words)
    if len(tested) == 1:
        return f"There is no clear change of {label} {_name_time(words)} ({found})."
    panels = tested["panel"].nunique()
    none = {1: f"The {words.measure}", 2: f"Neither of the 2 {words.measures}"}
    who = none.get(panels, f"None of the {panels} {words.measures}")
    verb = "changed clearly in no group" if panels == 1 else "changed clearly"
    return (
        f"{who} {verb} {_name_time(words)}{say_unadjusted(tested)}; the "
        f"smallest p-value is that of {label} ({found})."
    )


def _name_row(row: Mapping[str, object], words: PairWords, *, several: bool) -> str:
    label = escape(words.labels.get(str(row["panel"]), str(row["panel"])))
    return f"{label} in “{escape(row['group'])}”" if several else label


def _describe_moved(
    numbers: Numbers, row: Mapping[str, object], words: PairWords, *, several: bool
) -> str:
    panel = str(row["panel"])
    change = numbers[words.name("change", panel, str(row["group"]))]
    label = _name_row(row, words, several=several)
    assert isinstance(change.value, (int, float))
    if words.scale == "log":
        way = "rose" if change.value > 1 else "fell"
        size = f"to {change} times the baseline"
    else:
        way = "rose" if change.value > 0 else "fell"
        amount = change.link(format_number(abs(change.value), digits=change.digits))
        size = f"by {amount} {escape(words.units.get(panel, ''))}".rstrip()
    return f"{label} {way} {size} ({change.interval}; {_link_p(numbers, row, words)})"


def _link_p(numbers: Numbers, row: Mapping[str, object], words: PairWords) -> str:
    panel, group = str(row["panel"]), str(row["group"])
    change, adjusted = (words.name(what, panel, group) for what in ("change", "adjusted_p"))
    return f"{link_p(numbers, change, adjusted)}; n = {numbers[change].n}"
