"""Figure of each patient's time on treatment, with what happened on the way (swimmer plot)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.contracts.rows import list_rows
from helpers.derive.course.disposition import COMPLETED
from helpers.plots.patients import link_labels, mark_patients, patient_url
from helpers.plots.style import INK, WIDTH, house_style

BAR_COLOURS = ("#56B4E9", "#E69F00", "#F0E442", "#BBBBBB")
"""The colours of Okabe and Ito's palette that no group of patients has in any other figure."""

HATCHES = ("", "//", "xx", "--", "||")
EDGE = "#1a1a1a"
"""Edge and hatch of a bar: dark on every page, because the bars are light on every page."""

RESPONSE_MARKS = {"improved": "o", "unchanged": "_", "worsened": "v", "not evaluable": "$?$"}
RESPONSE_WORDS = {"not evaluable": "could not be judged"}
LETTERS_OF_LEGEND = 118
"""Letters that fit in one row of the legend, marks included."""

LONGEST_REASON = 46
"""Letters of a reason for stopping that are shown beside a bar."""

_BAR, _ABOVE = 0.12, -0.32
"""Where the bar and the marks lie within a patient's row, which is 1 high and points down."""


def plot_swimmer(
    courses: pd.DataFrame | None,
    outcomes: pd.DataFrame | None,
    *,
    arms: Mapping[str, str],
    visits: Mapping[float, str],
    diagnoses: pd.Series | None = None,
    responses: pd.DataFrame | None = None,
    biopsies: pd.DataFrame | None = None,
) -> Figure | None:
    """Draw one bar per patient from the first dose, longest first, one panel per arm.

    Parameters
    ----------
    courses : DataFrame or None
        One row per course of treatment: patient_id, start_month, end_month.
    outcomes : DataFrame or None
        One row per patient: patient_id, arm, last_month, outcome ("completed" or the reason for
        stopping). None where it was not recorded.
    arms : mapping of str to str
        Name of each arm and its label.
    visits : mapping of float to str
        Planned visits and their labels.
    diagnoses : Series of str, optional
        Index patient_id; decides colour and hatch, and stands beside the patient's name.
    responses : DataFrame, optional
        One row per patient and month: category.
    biopsies : DataFrame, optional
        One row per patient and month with a biopsy.

    Returns
    -------
    Figure or None
        None where the disposition was not recorded.
    """
    if courses is None or outcomes is None:
        return None
    looks = style_diagnoses(diagnoses)
    orders = {
        arm: order_by_duration(courses, outcomes[outcomes["arm"] == arm]["patient_id"].tolist())
        for arm in arms
        if (outcomes["arm"] == arm).any()
    }
    span = max([*visits, outcomes["last_month"].max()]) or 1.0
    heights = [len(order) for order in orders.values()]
    with house_style():
        figure = Figure(figsize=(WIDTH, 0.31 * sum(heights) + 0.35 * len(heights) + 0.75))
        figure.set_layout_engine("constrained", w_pad=0.1)  # the page sets linked names in bold
        axes = figure.subplots(
            len(orders), 1, squeeze=False, sharex=True, height_ratios=[h + 0.3 for h in heights]
        )
        for ax, (arm, order) in zip(axes[:, 0], orders.items(), strict=True):
            row_of = {patient: row for row, patient in enumerate(order)}
            _shade_rows(ax, len(order))
            _draw_bars(ax, courses, row_of, diagnoses, looks)
            _draw_ends(ax, outcomes, courses, row_of, span)
            _draw_responses(ax, responses, row_of)
            _draw_biopsies(ax, biopsies, responses, row_of, 0.022 * span)
            _finish_panel(ax, order, diagnoses, visits, span)
            ax.set_title(arms[arm] if len(orders) > 1 else "")
        handles = _explain_marks(looks, responses, biopsies, outcomes)
        letters = sum(len(str(handle.get_label())) + 5 for handle in handles)
        rows = 1 + letters // LETTERS_OF_LEGEND
        figure.legend(handles=handles, loc="outside upper left", ncols=-(-len(handles) // rows))
    return figure


def order_by_duration(courses: pd.DataFrame, patients: Sequence[str]) -> list[str]:
    """Put the patients with the longest treatment first; ties stay in the order given.

    >>> courses = pd.DataFrame({"patient_id": ["A", "B"], "start_month": 0.0, "end_month": [3, 12]})
    >>> order_by_duration(courses, ["A", "B", "C"])
    ['B', 'A', 'C']
    """
    months = courses["end_month"] - courses["start_month"]
    total = months.groupby(courses["patient_id"]).sum()
    return sorted(patients, key=lambda patient: -float(total.get(patient, 0.0)))


def style_diagnoses(diagnoses: pd.Series | None) -> dict[str, tuple[str, str]]:
    """Give each diagnosis its colour and hatch; nothing where diagnoses are not known.

    >>> style_diagnoses(pd.Series(["PM", "DM"], index=["A", "B"]))
    {'PM': ('#56B4E9', ''), 'DM': ('#E69F00', '//')}
    """
    if diagnoses is None:
        return {}
    return {
        str(name): (BAR_COLOURS[i % len(BAR_COLOURS)], HATCHES[i % len(HATCHES)])
        for i, name in enumerate(diagnoses.dropna().unique())
    }


def _shade_rows(ax: Axes, n_rows: int) -> None:
    """Shade every second row, so that a mark beyond a bar still belongs to its patient."""
    for row in range(0, n_rows, 2):
        ax.axhspan(row - 0.55, row + 0.45, color=INK, alpha=0.05, linewidth=0, zorder=0)


def _draw_bars(
    ax: Axes,
    courses: pd.DataFrame,
    row_of: Mapping[str, int],
    diagnoses: pd.Series | None,
    looks: Mapping[str, tuple[str, str]],
) -> None:
    for course in list_rows(courses[courses["patient_id"].isin(list(row_of))]):
        patient = course["patient_id"]
        diagnosis = "" if diagnoses is None else str(diagnoses.get(patient, ""))
        colour, hatch = looks.get(diagnosis, (BAR_COLOURS[-1], ""))
        (bar,) = ax.barh(
            row_of[patient] + _BAR,
            course["end_month"] - course["start_month"],
            left=course["start_month"],
            height=0.4,
            color=colour,
            edgecolor=EDGE,
            hatch=hatch,
            linewidth=0.6,
        )
        bar.set_url(patient_url(patient))


def _draw_ends(
    ax: Axes,
    outcomes: pd.DataFrame,
    courses: pd.DataFrame,
    row_of: Mapping[str, int],
    span: float,
) -> None:
    """Mark who completed, write why others stopped, and draw time without treatment as a line."""
    treated = courses.groupby("patient_id")["end_month"].max()
    for row in list_rows(outcomes[outcomes["patient_id"].isin(list(row_of))]):
        y, end, url = row_of[row["patient_id"]] + _BAR, row["last_month"], patient_url
        begun = float(treated.get(row["patient_id"], 0.0))
        if begun < end:
            (line,) = ax.plot([begun, end], [y, y], color=INK, linewidth=0.9)
            line.set_url(url(row["patient_id"]))
        if row["outcome"] == COMPLETED:
            (mark,) = ax.plot(end, y, "|", color=INK, markersize=13, markeredgewidth=2.4)
            mark.set(url=url(row["patient_id"]), clip_on=False)
        else:
            reason = textwrap.shorten(row["outcome"], LONGEST_REASON, placeholder="…")
            reason = reason[:1].upper() + reason[1:]
            text = ax.text(end + 0.012 * span, y, reason, va="center", fontsize=8)
            text.set_url(url(row["patient_id"]))


def _draw_responses(ax: Axes, responses: pd.DataFrame | None, row_of: Mapping[str, int]) -> None:
    if responses is None:
        return
    here = responses[responses["patient_id"].isin(list(row_of))]
    for category, part in here.groupby("category"):
        mark_patients(
            ax,
            part["patient_id"],
            part["month"],
            part["patient_id"].map(row_of) + _ABOVE,
            marker=RESPONSE_MARKS[str(category)],
            s=30,
            color=INK,
            linewidths=1.6 if category == "unchanged" else 0.5,
            clip_on=False,
            zorder=3,
        )


def _draw_biopsies(
    ax: Axes,
    biopsies: pd.DataFrame | None,
    responses: pd.DataFrame | None,
    row_of: Mapping[str, int],
    shift: float,
) -> None:
    """Draw biopsies; where the same visit was judged, right of that mark."""
    if biopsies is None:
        return
    here = biopsies[biopsies["patient_id"].isin(list(row_of))]
    judged: set[tuple[str, float]] = set()
    if responses is not None:
        judged = set(zip(responses["patient_id"], responses["month"], strict=True))
    places = [
        month + shift * ((patient, month) in judged)
        for patient, month in zip(here["patient_id"], here["month"], strict=True)
    ]
    mark_patients(
        ax,
        here["patient_id"],
        places,
        here["patient_id"].map(row_of) + _ABOVE,
        marker="D",
        s=20,
        facecolors="none",
        edgecolors=INK,
        linewidths=1,
        clip_on=False,
        zorder=3,
    )


def _finish_panel(
    ax: Axes,
    order: Sequence[str],
    diagnoses: pd.Series | None,
    visits: Mapping[float, str],
    span: float,
) -> None:
    for month in visits:
        ax.axvline(month, color=INK, linewidth=0.5, linestyle=(0, (1, 4)), zorder=0)
    known = {} if diagnoses is None else diagnoses.dropna().to_dict()
    names = [f"{patient} · {known[patient]}" if patient in known else patient for patient in order]
    ax.set_yticks(range(len(order)), names)
    link_labels(ax.get_yticklabels(), order)
    ax.set_xticks(list(visits), list(visits.values()))
    ax.set(xlim=(0, 1.03 * span), ylim=(len(order) - 0.4, -0.7))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _explain_marks(
    looks: Mapping[str, tuple[str, str]],
    responses: pd.DataFrame | None,
    biopsies: pd.DataFrame | None,
    outcomes: pd.DataFrame,
) -> list[Artist]:
    """List the legend of what was drawn: diagnoses, response at a visit, biopsies, completed."""
    handles: list[Artist] = [
        mpl.patches.Patch(facecolor=colour, hatch=hatch, edgecolor=EDGE, label=name)
        for name, (colour, hatch) in looks.items()
    ]
    found = set() if responses is None else set(responses["category"])
    for category, mark in RESPONSE_MARKS.items():
        if category in found:
            words = RESPONSE_WORDS.get(category, category)
            handles.append(_draw_key(mark, words, size=5.5))
    if biopsies is not None and len(biopsies):
        handles.append(_draw_key("D", "muscle biopsy", size=4.5, face="none"))
    if (outcomes["outcome"] == COMPLETED).any():
        handles.append(_draw_key("|", "completed", size=11, edge=2.4))
    return handles


def _draw_key(mark: str, words: str, *, size: float, face: str = INK, edge: float = 1.0) -> Artist:
    return mpl.lines.Line2D(
        [],
        [],
        linestyle="",
        marker=mark,
        color=INK,
        markersize=size,
        markerfacecolor=face,
        markeredgewidth=edge,
        label=words,
    )
