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
    BETTER,
    INK,
    NARROW,
    WIDTH,
    WORSE,
    colour_groups,
    house_style,
    keep_inside,
    mark_groups,
    new_figure,
)

DEEPEST, CAP_PERCENT, CAP_WRITTEN = 0.6, 60.0, 200
"""Opacity of the deepest tile, the change from which no tile is deeper, the largest written."""

WORSE_TO_BETTER = mpl.colors.LinearSegmentedColormap.from_list(
    "worse_to_better",
    [
        mpl.colors.to_rgba(WORSE, DEEPEST),
        mpl.colors.to_rgba(WORSE, 0),
        mpl.colors.to_rgba(BETTER, 0),
        mpl.colors.to_rgba(BETTER, DEEPEST),
    ],
    N=13,
)
"""No change is the page's own colour, light or dark; the words on a tile stay legible."""

LIMIT_LINE = (0, (4, 2))

LETTERS_BELOW = 18
"""Letters of the visits' names that fit below a narrow panel; else their months stand there."""

CATEGORY_MARKS = {"improved": "●", "unchanged": "–", "worsened": "▼", "not evaluable": "?"}
CATEGORY_COLOURS = {"●": BETTER, "▼": WORSE}


def plot_trajectories(
    values: pd.DataFrame,
    groups: pd.Series,
    *,
    panels: Sequence[str],
    titles: Mapping[str, str],
    visits: Mapping[float, str],
    limits: Mapping[str, Sequence[float]] | None = None,
    columns: int = 2,
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
    limits : mapping of str to sequence of float, optional
        Limits of normal of a panel, drawn as broken lines.
    columns : int
        Panels side by side.

    Returns
    -------
    Figure
    """
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    colours, marks = colour_groups(groups.unique()), mark_groups(groups.unique())
    with house_style():
        figure, axes = new_figure(rows, columns, width=NARROW, height=1.85 * rows + 0.5)
        for ax, panel in zip(axes, panels, strict=False):
            for limit in (limits or {}).get(panel, ()):
                ax.axhline(limit, color=INK, linewidth=0.9, linestyle=LIMIT_LINE)
            for group, colour in colours.items():
                members = values[values["patient_id"].map(groups) == group]
                _draw_courses(ax, members, panel, colour, marks[group])
            _finish_course_panel(ax, titles[panel], visits)
        for ax in axes[len(panels) :]:
            ax.set_visible(False)
        figure.legend(
            handles=_explain_courses(groups, colours, marks, limited=bool(limits)),
            loc="outside upper left",
            ncols=2,
        )
    return figure


def _explain_courses(
    groups: pd.Series, colours: Mapping[str, str], marks: Mapping[str, str], *, limited: bool
) -> list[mpl.lines.Line2D]:
    counts = groups.value_counts()
    handles = [
        mpl.lines.Line2D(
            [], [], color=colours[name], marker=marks[name], label=f"{name} (n = {counts[name]})"
        )
        for name in colours
    ]
    if limited:
        line = mpl.lines.Line2D([], [], color=INK, linewidth=0.9, linestyle=LIMIT_LINE)
        line.set_label("upper limit of normal")
        handles.append(line)
    return handles


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
            markersize=4,
            markeredgewidth=0,
            linewidth=1,
            alpha=0.85,
        )
        line.set_url(patient_url(str(patient)))


def _finish_course_panel(ax: Axes, title: str, visits: Mapping[float, str]) -> None:
    months = list(visits)
    ax.set(title=title, xlabel="", ylabel="")
    letters = sum(len(label) for label in visits.values())
    short = letters > LETTERS_BELOW
    ax.set_xticks(months, [f"{m:g}" if short else visits[m] for m in months])
    if short:
        ax.set_xlabel("month", labelpad=1)
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
    is_narrow: bool = False,
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
    is_narrow : bool
        Put the visits below each other, as a phone needs it.

    Returns
    -------
    Figure or None
        None when nobody was seen after baseline.
    """
    if change.empty:
        return None
    rows, columns = (len(visits), 1) if is_narrow else (1, len(visits))
    width = NARROW if is_narrow else min(WIDTH, 1.0 + 2.9 * columns)
    height = rows * (0.25 * len(patients) + 0.6) + 0.7
    with house_style():
        figure, axes = new_figure(rows, columns, width=width, height=height)
        for ax, (month, label) in zip(axes, visits.items(), strict=True):
            percent = _spread(change, month, patients, list(labels))
            marks = _mark_changes(percent, better_percent, worse_percent)
            _draw_tiles(ax, percent, marks)
            heads = list(labels.values()) if not is_narrow or ax is axes[-1] else []
            ax.set_xticks(np.arange(len(heads)) + 0.5, heads, rotation=35, ha="right")
            ax.set_title(label, pad=4)
            _write_categories(ax, categories, month, patients)
            _name_rows(ax, patients, shown=is_narrow or ax is axes[0])
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
        far = "" if abs(value) <= CAP_WRITTEN else ("<" if value < 0 else ">")
        number = f"{min(abs(value), CAP_WRITTEN):.0f}"
        number = f"{far}−{number}" if value < 0 and number != "0" else f"{far}{number}"
        return ("▲ " if value >= better else "▼ " if value <= -worse else "") + number

    return percent.map(mark)


def _draw_tiles(ax: Axes, percent: pd.DataFrame, marks: pd.DataFrame) -> None:
    sns.heatmap(
        percent.clip(-CAP_PERCENT, CAP_PERCENT),
        annot=marks,
        fmt="",
        mask=percent.isna(),
        vmin=-CAP_PERCENT,
        vmax=CAP_PERCENT,
        cmap=WORSE_TO_BETTER,
        cbar=False,
        linewidths=1,
        linecolor="none",
        annot_kws={"fontsize": 9, "color": INK},
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
        colour = CATEGORY_COLOURS.get(mark, INK)
        text = ax.text(
            right + 0.35, row + 0.5, mark, va="center", ha="center", clip_on=False, color=colour
        )
        text.set_url(patient_url(patient))


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
        y, colour = row_of[row["patient_id"]], BETTER
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
    """Draw each patient's course of the Functional Index, responders in their colour.

    Parameters
    ----------
    functional_index : DataFrame or None
        One row per patient and month: fi. None where it was not measured.
    groups : Series of str
        Group of each patient, index patient_id; decides colour and mark.
    visits : mapping of float to str
        Planned visits and their labels.

    Returns
    -------
    Figure or None
        None when there is no value.
    """
    if functional_index is None or functional_index["fi"].isna().all():
        return None
    return plot_courses(
        functional_index.rename(columns={"fi": "value"}),
        groups,
        visits=visits,
        label="Functional Index, points",
    )


def plot_courses(
    values: pd.DataFrame, groups: pd.Series, *, visits: Mapping[float, str], label: str
) -> Figure | None:
    """Draw each patient's course of one measure, all groups in one pair of axes.

    Parameters
    ----------
    values : DataFrame
        One row per patient and month: value.
    groups : Series of str
        Group of each patient, index patient_id; decides colour and mark.
    visits : mapping of float to str
        Planned visits and their labels.
    label : str
        What was measured, with its unit.

    Returns
    -------
    Figure or None
        None when there is no value.
    """
    if values["value"].isna().all():
        return None
    names = list(groups.unique())
    colours, marks = colour_groups(names), mark_groups(names)
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=NARROW, height=3.0)
        for name in reversed(names):
            members = values[values["patient_id"].map(groups) == name]
            _draw_courses(ax, members, "value", colours[name], marks[name])
        _finish_course_panel(ax, "", visits)
        ax.set_ylabel(label)
        handles = _explain_courses(groups, colours, marks, limited=False)
        figure.legend(handles=handles, loc="outside upper left", ncols=2)
    return figure
