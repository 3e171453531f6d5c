"""Figures of the clinical response: courses, change by measure, response by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.contracts.rows import list_rows
from helpers.derive.response.tis import TIS_ADULT
from helpers.plots.patients import link_labels, patient_url
from helpers.plots.style import (
    COLOURS,
    INK,
    colour_groups,
    house_style,
    keep_inside,
    mark_groups,
    new_figure,
)

WORSE_TO_BETTER = mpl.colors.LinearSegmentedColormap.from_list(
    "worse_to_better", ["#b35806", "#fee0b6", "#f7f7f7", "#d1e5f0", "#2166ac"]
)
"""Orange is worse, blue is better: told apart with every kind of colour vision."""

CATEGORY_MARKS = {"improved": "●", "unchanged": "–", "worsened": "▼", "not evaluable": "?"}


def plot_trajectories(
    values: pd.DataFrame,
    groups: pd.Series,
    *,
    panels: Sequence[str],
    titles: Mapping[str, str],
    visits: Mapping[float, str],
) -> Figure:
    """Draw each patient's course of each measure, one panel per measure.

    Parameters
    ----------
    values : DataFrame
        One row per patient and month, with a column for each panel. Missing values leave a gap.
    groups : Series
        Group of each patient, index patient_id; decides colour and mark.
    panels : sequence of str
        Columns of `values`, in reading order.
    titles : mapping of str to str
        Title of each panel, with unit and direction.
    visits : mapping of float to str
        Month of each visit and its label.

    Returns
    -------
    Figure
    """
    columns = min(3, len(panels))
    rows = -(-len(panels) // columns)
    colours, marks = colour_groups(groups.unique()), mark_groups(groups.unique())
    with house_style():
        figure, axes = new_figure(rows, columns, height=2.6 * rows + 0.5)
        for ax, panel in zip(axes, panels, strict=False):
            for group, colour in colours.items():
                members = values[values["patient_id"].map(groups) == group]
                _draw_courses(ax, members, panel, colour, marks[group])
            _finish_course_panel(ax, titles[panel], visits)
        for ax in axes[len(panels) :]:
            ax.set_visible(False)
        handles = [
            mpl.lines.Line2D([], [], color=colours[group], marker=marks[group], label=group)
            for group in colours
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=len(handles))
    return figure


def _draw_courses(ax: Axes, members: pd.DataFrame, panel: str, colour: str, mark: str) -> None:
    courses = members.pivot(index="month", columns="patient_id", values=panel)
    # A visit at which nobody was to be measured leaves no gap; one missing value does. seaborn's
    # lines would run through it.
    courses = courses.dropna(how="all").dropna(axis="columns", how="all").sort_index()
    for patient, course in courses.items():
        (line,) = ax.plot(
            course.index,
            course,
            color=colour,
            marker=mark,
            markersize=4.5,
            markeredgewidth=0,
            alpha=0.85,
        )
        line.set_url(patient_url(str(patient)))


def _finish_course_panel(ax: Axes, title: str, visits: Mapping[float, str]) -> None:
    months = list(visits)
    ax.set(title=title, xlabel="", ylabel="")
    ax.set_xticks(months, [visits[month] for month in months])
    room = 0.06 * (months[-1] - months[0] or 1)
    ax.set_xlim(months[0] - room, months[-1] + room)
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, 0) if low < 0.3 * high else low, high)


def plot_change_by_measure(
    change: pd.DataFrame,
    categories: pd.DataFrame,
    *,
    patients: Sequence[str],
    labels: Mapping[str, str],
    visits: Mapping[float, str],
    better_percent: float,
    worse_percent: float,
) -> Figure | None:
    """Draw a table of colours: patients by measures, per cent better or worse than baseline.

    Parameters
    ----------
    change : DataFrame
        One row per patient, month and measure: improvement_percent, positive is better.
    categories : DataFrame
        One row per patient and month: category.
    patients : sequence of str
        Rows, from top to bottom.
    labels : mapping of str to str
        Columns, from left to right: measure and heading.
    visits : mapping of float to str
        Visits after baseline and their labels; a block of columns for each.
    better_percent, worse_percent : float
        Limits from which a change counts, marked by ▲ and ▼.

    Returns
    -------
    Figure or None
        None when nobody was seen after baseline.
    """
    if change.empty:
        return None
    with house_style():
        figure, axes = new_figure(1, len(visits), height=0.27 * len(patients) + 1.4)
        for ax, (month, label) in zip(axes, visits.items(), strict=True):
            percent = _spread(change, month, patients, list(labels))
            marks = _mark_changes(percent, better_percent, worse_percent)
            _draw_tiles(ax, percent, marks)
            ax.set_xticks(
                np.arange(len(labels)) + 0.5, list(labels.values()), rotation=35, ha="right"
            )
            ax.set_title(label, pad=16)
            _write_categories(ax, categories, month, patients)
            _name_rows(ax, patients, shown=ax is axes[0])
    return figure


def _spread(
    change: pd.DataFrame, month: float, patients: Sequence[str], measures: Sequence[str]
) -> pd.DataFrame:
    here = change[change["month"] == month]
    wide = here.pivot(index="patient_id", columns="measure", values="improvement_percent")
    return wide.reindex(index=list(patients), columns=list(measures))


def _mark_changes(percent: pd.DataFrame, better: float, worse: float) -> pd.DataFrame:
    def mark(value: float) -> str:
        if np.isnan(value):
            return ""
        number = "∞" if np.isinf(value) else f"{abs(value):.0f}"
        number = f"−{number}" if value < 0 and number != "0" else number
        return ("▲ " if value >= better else "▼ " if value <= -worse else "") + number

    return percent.map(mark)


def _draw_tiles(ax: Axes, percent: pd.DataFrame, marks: pd.DataFrame) -> None:
    sns.heatmap(
        percent.clip(-100, 100),
        annot=marks,
        fmt="",
        mask=percent.isna(),
        vmin=-100,
        vmax=100,
        cmap=WORSE_TO_BETTER,
        cbar=False,
        linewidths=1,
        linecolor="none",
        annot_kws={"fontsize": 7.5},
        xticklabels=False,
        yticklabels=False,
        ax=ax,
    )
    keep_inside(ax)
    ax.set(xlabel="", ylabel="")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    absent = np.argwhere(percent.isna().to_numpy())
    for row, column in absent:
        ax.text(column + 0.5, row + 0.5, "·", ha="center", va="center", color=INK)


def _write_categories(
    ax: Axes, categories: pd.DataFrame, month: float, patients: Sequence[str]
) -> None:
    here = categories[categories["month"] == month].set_index("patient_id")["category"]
    right = ax.get_xlim()[1]
    for row, patient in enumerate(patients):
        mark = CATEGORY_MARKS[here[patient]] if patient in here else "·"
        text = ax.text(right + 0.25, row + 0.5, mark, va="center", ha="center", clip_on=False)
        text.set_url(patient_url(patient))
    ax.text(right + 0.25, -0.35, "resp.", ha="center", va="bottom", fontsize=7.5)


def _name_rows(ax: Axes, patients: Sequence[str], *, shown: bool) -> None:
    ax.set_yticks(np.arange(len(patients)) + 0.5, list(patients) if shown else [], rotation=0)
    link_labels(ax.get_yticklabels(), patients)


def plot_response_by_group(summary: pd.DataFrame, *, axis_label: str) -> Figure | None:
    """Draw the share of responders in each group with its interval, and each count beside it.

    Parameters
    ----------
    summary : DataFrame
        One row per group: group, n_improved, n, share, low, high (shares of 1).
    axis_label : str
        What the share is, in words.

    Returns
    -------
    Figure or None
        None when nobody could be judged.
    """
    if not summary["n"].sum():
        return None
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=7.2, height=0.42 * len(summary) + 0.9)
        for row, group in enumerate(list_rows(summary)):
            ax.plot([100 * group["low"], 100 * group["high"]], [row, row], color=INK, linewidth=1.6)
            ax.plot(100 * group["share"], row, marker="o", color=INK, markersize=7)
            known = f"{group['n_improved']} of {group['n']}"
            counts = known if group["n"] else "not judged"
            ax.text(103, row, counts, va="center", clip_on=False)
        ax.set_yticks(range(len(summary)), summary["group"])
        ax.set_ylim(len(summary) - 0.5, -0.5)
        ax.set(xlim=(0, 100), xlabel=axis_label)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        ax.xaxis.set_major_formatter("{x:.0f} %")
    return figure


def plot_total_improvement(
    scores: pd.DataFrame,
    definitions: pd.DataFrame,
    *,
    patients: Sequence[str],
    visits: Mapping[float, str],
) -> Figure | None:
    """Draw each patient's total improvement score at each visit against the score's thresholds.

    Parameters
    ----------
    scores : DataFrame
        One row per patient and month: tis (0 to 100), missing where not evaluable.
    definitions : DataFrame
        The same visits: imacs_improved; decides whether a point is filled.
    patients : sequence of str
        Rows, from top to bottom.
    visits : mapping of float to str
        Visits after baseline and their labels; a panel for each.

    Returns
    -------
    Figure or None
        None when no visit has a score.
    """
    if scores["tis"].isna().all():
        return None
    both = scores.merge(definitions[["patient_id", "month", "imacs_improved"]])
    row_of = {patient: row for row, patient in enumerate(patients)}
    with house_style():
        figure, axes = new_figure(1, len(visits), height=0.21 * len(patients) + 1.0)
        for ax, (month, label) in zip(axes, visits.items(), strict=True):
            here = both[(both["month"] == month) & both["tis"].notna()]
            _draw_scores(ax, here, row_of)
            shown = list(patients) if ax is axes[0] else [""] * len(patients)
            ax.set_yticks(range(len(patients)), shown)
            link_labels(ax.get_yticklabels(), patients)
            ax.set(title=label, xlim=(-4, 104), ylim=(len(patients) - 0.4, -0.6))
        figure.supxlabel("total improvement score", fontsize=9)
    return figure


def _draw_scores(ax: Axes, here: pd.DataFrame, row_of: Mapping[str, int]) -> None:
    for threshold in (TIS_ADULT.minimal, TIS_ADULT.moderate, TIS_ADULT.major):
        ax.axvline(threshold, color=INK, linewidth=0.7, linestyle=(0, (2, 2)))
    for row in list_rows(here):
        improved = bool(row["imacs_improved"]) if not pd.isna(row["imacs_improved"]) else False
        y, colour = row_of[row["patient_id"]], COLOURS[0]
        url = patient_url(row["patient_id"])
        (line,) = ax.plot([0, row["tis"]], [y, y], color=colour, linewidth=1)
        face = colour if improved else "none"
        (point,) = ax.plot(row["tis"], y, "o", markersize=6, color=colour, markerfacecolor=face)
        line.set_url(url)
        point.set_url(url)
    ax.tick_params(axis="y", length=0)


def plot_functional_index(
    functional_index: pd.DataFrame | None, groups: pd.Series, *, visits: Mapping[float, str]
) -> Figure | None:
    """Draw each patient's course of the Functional Index, responders and others side by side.

    Parameters
    ----------
    functional_index : DataFrame or None
        One row per patient and month: fi. None where it was not measured.
    groups : Series of str
        Group of each patient, index patient_id; a panel for each group.
    visits : mapping of float to str
        Planned visits and their labels.

    Returns
    -------
    Figure or None
        None when there is no value.
    """
    if functional_index is None or functional_index["fi"].isna().all():
        return None
    names = list(groups.unique())
    colours, marks = colour_groups(names), mark_groups(names)
    with house_style():
        figure = Figure(figsize=(7.6, 3.0))
        axes = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
        for ax, name in zip(axes, names, strict=True):
            members = functional_index[functional_index["patient_id"].map(groups) == name]
            _draw_courses(ax, members, "fi", colours[name], marks[name])
            n = members["patient_id"].nunique()
            _finish_course_panel(ax, f"{name.capitalize()} (n = {n})", visits)
            ax.autoscale(axis="y")
        axes[0].set_ylabel("Functional Index, points")
    return figure
