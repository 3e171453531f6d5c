"""Figures of how much a result hangs on: one patient, or the analyst's choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.contracts.rows import list_rows
from helpers.plots.patients import jitter_patients, link_labels, mark_patients
from helpers.plots.style import (
    COLOURS,
    INK,
    WIDTH,
    colour_groups,
    house_style,
    mark_groups,
    new_figure,
)


def plot_one_predictor(
    values: pd.DataFrame,
    left_out: pd.DataFrame,
    *,
    groups: Sequence[str],
    whole: float,
    axis_label: str,
) -> Figure | None:
    """Draw one predictor's values by group, and its AUC without each patient.

    Parameters
    ----------
    values : DataFrame
        One row per patient with a value: patient_id, group, value.
    left_out : DataFrame
        One row per patient left out: left_out, auc, p_text.
    groups : sequence of str
        Groups from left to right; they decide colour and mark.
    whole : float
        AUC with everybody.
    axis_label : str
        The predictor with its unit.

    Returns
    -------
    Figure or None
        None when one of the groups has no value.
    """
    if set(groups) - set(values["group"]):
        return None
    with house_style():
        height = 0.24 * len(left_out) + 1.5
        figure, axes = new_figure(1, 2, height=height, width_ratios=[1, 1.3])
        _draw_values(axes[0], values, groups, axis_label)
        _draw_absences(axes[1], left_out, values, groups, whole)
    return figure


def _draw_values(ax: Axes, values: pd.DataFrame, groups: Sequence[str], axis_label: str) -> None:
    colours, marks = colour_groups(groups), mark_groups(groups)
    for place, group in enumerate(groups):
        part = values[values["group"] == group]
        patients = list(part["patient_id"])
        x = place + np.array(jitter_patients(patients, width=0.3))
        mark_patients(
            ax, patients, x, part["value"], color=colours[group], marker=marks[group], s=34
        )
        median = part["value"].median()
        ax.plot([place - 0.28, place + 0.28], [median, median], color=INK, linewidth=1.6)
    names = [f"{group}\n(n = {(values['group'] == group).sum()})" for group in groups]
    ax.set_xticks(range(len(groups)), names)
    ax.set(xlim=(-0.6, len(groups) - 0.4), ylabel="", title=f"Values\n{axis_label}")
    low, high = ax.get_ylim()
    ax.set_ylim(min(low, 0) if 0 <= values["value"].min() < 0.5 * high else low, high)


def _draw_absences(
    ax: Axes, left_out: pd.DataFrame, values: pd.DataFrame, groups: Sequence[str], whole: float
) -> None:
    of_patient = values.set_index("patient_id")["group"]
    colours, marks = colour_groups(groups), mark_groups(groups)
    ax.axvline(whole, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
    rows = left_out.assign(place=range(len(left_out)), group=left_out["left_out"].map(of_patient))
    for group, part in rows.dropna(subset=["auc"]).groupby("group"):
        looks = {"color": colours[str(group)], "marker": marks[str(group)]}
        mark_patients(ax, part["left_out"], part["auc"], part["place"], **looks, s=34, zorder=3)
    for row in list_rows(rows):
        ax.text(1.03, row["place"], row["p_text"], va="center", clip_on=False, fontsize=8)
    ax.set_yticks(range(len(left_out)), list(left_out["left_out"]))
    link_labels(ax.get_yticklabels(), left_out["left_out"])
    shown = [whole, *left_out["auc"].dropna()]
    low, high = (0.5, 1.0) if whole >= 0.5 else (0.0, 0.5)
    ax.set_xlim(min(low, *shown) - 0.01, max(high, *shown) + 0.01)
    ax.set(ylim=(len(left_out) - 0.4, -0.6), xlabel="AUC", ylabel="")
    ax.set_title("Without this patient\n(dashed: with everybody)")
    ax.tick_params(axis="y", length=0)


def plot_specification_curve(
    curve: pd.DataFrame,
    options: Mapping[str, Mapping[str, str]],
    *,
    headings: Mapping[str, str],
    level: float,
) -> Figure | None:
    """Draw all specifications sorted by their estimate, with the choices behind each below.

    Parameters
    ----------
    curve : DataFrame
        One row per specification, sorted: a column per choice, estimate, low, high, p_value,
        is_main. Rows without an estimate are not drawn.
    options : mapping of str to mapping
        For each choice, its options in order and their labels.
    headings : mapping of str to str
        How each choice is named.
    level : float
        p below which a point is filled.

    Returns
    -------
    Figure or None
        None when no specification has an estimate.
    """
    drawn = curve.dropna(subset=["estimate"]).reset_index(drop=True)
    if drawn.empty:
        return None
    rows = [(choice, option) for choice in options for option in ("", *options[choice])]
    with house_style():
        figure = Figure(figsize=(WIDTH, 0.19 * len(rows) + 3.4))
        axes = figure.subplots(2, 1, height_ratios=[2.5, 0.19 * len(rows)])
        _draw_estimates(axes[0], drawn, level)
        _draw_choices(axes[1], drawn, rows, options, headings)
        for ax in axes:
            ax.set_xlim(-1, len(drawn))
        figure.legend(handles=_explain_curve(level), loc="outside upper left", ncols=3)
    return figure


def _draw_estimates(ax: Axes, drawn: pd.DataFrame, level: float) -> None:
    ax.vlines(drawn.index, drawn["low"], drawn["high"], color=INK, linewidth=0.8, alpha=0.45)
    ax.axhline(0.5, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
    within = drawn["p_value"] < level
    for part, filled in ((drawn[within], True), (drawn[~within], False)):
        ax.scatter(
            part.index,
            part["estimate"],
            s=26,
            linewidths=1.2,
            edgecolors=COLOURS[0],
            facecolors=COLOURS[0] if filled else "white",
            zorder=3,
        )
    main = drawn[drawn["is_main"]]
    ax.scatter(main.index, main["high"] + 0.05, marker="v", s=34, color=COLOURS[1], clip_on=False)
    ax.set(ylim=(0, 1.08), ylabel="AUC", xticks=[])
    ax.spines["bottom"].set_visible(False)


def _draw_choices(
    ax: Axes,
    drawn: pd.DataFrame,
    rows: Sequence[tuple[str, str]],
    options: Mapping[str, Mapping[str, str]],
    headings: Mapping[str, str],
) -> None:
    places = {row: place for place, row in enumerate(rows)}
    points = pd.DataFrame(
        [
            {"x": x, "y": places[choice, str(drawn.loc[x, choice])]}
            for choice in options
            for x in drawn.index
        ]
    )
    ax.scatter(points["x"], points["y"], marker="s", s=16, color=INK, linewidths=0)
    labels = [options[choice][option] if option else headings[choice] for choice, option in rows]
    ax.set_yticks(range(len(rows)), labels)
    for label, (_, option) in zip(ax.get_yticklabels(), rows, strict=True):
        label.set_fontweight("normal" if option else "bold")
        label.set_fontsize(8)
    ax.set(ylim=(len(rows) - 0.4, -0.6), ylabel="", xticks=[])
    ax.set_xlabel("specifications, sorted by their estimate")
    ax.tick_params(axis="y", length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _explain_curve(level: float) -> list[mpl.lines.Line2D]:
    line = mpl.lines.Line2D
    point = partial(line, [], [], marker="o", linestyle="", markeredgecolor=COLOURS[0])
    return [
        point(markerfacecolor=COLOURS[0], label=f"p < {level:g}"),
        point(markerfacecolor="white", label=f"p ≥ {level:g}"),
        line([], [], color=COLOURS[1], marker="v", linestyle="", label="main analysis"),
    ]
