"""Figure of adverse events: a dot for each patient, by term and worst grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from helpers.contracts.rows import list_rows
from helpers.plots.patients import mark_patients
from helpers.plots.style import INK, NARROW, house_style, new_figure

GRADE_LOOKS: dict[int, tuple[str, str]] = {
    0: (".", INK),
    1: ("o", "none"),
    2: ("o", INK),
    3: ("s", INK),
    4: ("D", INK),
    5: ("X", INK),
}
"""Mark and filling of each grade; 0 stands for an event without one."""

ROW = 0.21
"""Height of a row, inches."""


def plot_adverse_events(
    worst: pd.DataFrame, order: Sequence[tuple[str, str]], *, arms: Mapping[str, str]
) -> Figure | None:
    """Draw who had which adverse event, a row for each term below its class, a dot a patient.

    Parameters
    ----------
    worst : DataFrame
        One row per patient, class and term: patient_id, arm, system_organ_class, term, grade (0
        where none is known).
    order : sequence of (str, str)
        Class and term from top to bottom; an empty term is the class's own heading.
    arms : mapping of str to str
        Arms with patients and their labels; a panel for each.

    Returns
    -------
    Figure or None
        None where nobody had an event.
    """
    if worst.empty:
        return None
    most = worst.groupby(["arm", "system_organ_class", "term"]).size().max()
    with house_style():
        figure, axes = new_figure(1, len(arms), width=NARROW, height=ROW * len(order) + 0.8)
        for ax, (arm, label) in zip(axes, arms.items(), strict=True):
            _draw_arm(ax, worst[worst["arm"] == arm], order)
            ax.set(xlim=(0.4, most + 0.6), ylim=(len(order) - 0.4, -0.6), xlabel="patients")
            ax.set_title(label if len(arms) > 1 else "")
            _name_rows(ax, order, shown=ax is axes[0])
        grades = sorted(set(worst["grade"]))
        figure.legend(
            handles=[_draw_key(grade) for grade in grades],
            loc="outside upper left",
            ncols=len(grades),
        )
    return figure


def _draw_arm(ax: Axes, worst: pd.DataFrame, order: Sequence[tuple[str, str]]) -> None:
    row_of = {event: row for row, event in enumerate(order)}
    events = worst.sort_values("grade", ascending=False)
    keys = ["system_organ_class", "term"]
    places = events.assign(
        x=events.groupby(keys).cumcount() + 1,
        y=[row_of[row["system_organ_class"], row["term"]] for row in list_rows(events)],
    )
    for grade, part in places.groupby("grade"):
        mark, face = GRADE_LOOKS[int(str(grade))]
        mark_patients(
            ax,
            part["patient_id"],
            part["x"],
            part["y"],
            marker=mark,
            s=34,
            facecolors=face,
            edgecolors=INK,
            linewidths=1.2,
        )


def _name_rows(ax: Axes, order: Sequence[tuple[str, str]], *, shown: bool) -> None:
    names = [term for _, term in order]
    ax.set_yticks(range(len(order)), names if shown else [])
    for row, (organ_class, term) in enumerate(order):
        if shown and not term:  # from the left edge of the figure over all its width
            place = blended_transform_factory(ax.figure.transFigure, ax.transData)
            text = ax.text(0.01, row, organ_class, transform=place, va="center", clip_on=False)
            text.set(fontweight="bold", in_layout=False)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True))


def _draw_key(grade: int) -> mpl.lines.Line2D:
    mark, face = GRADE_LOOKS[grade]
    words = f"grade {grade}" if grade else "no grade"
    return mpl.lines.Line2D(
        [], [], ls="", marker=mark, color=INK, markerfacecolor=face, markersize=6, label=words
    )
