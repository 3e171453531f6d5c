"""One patient's course on one time axis: treatments, events and tests above each other."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from helpers.contracts.rows import list_rows
from helpers.plots.patients import patient_url
from helpers.plots.style import COLOURS, INK, NARROW, WIDTH, house_style

KIND_MARKS = {
    "treatment": ("^", COLOURS[0]),
    "finding": ("o", COLOURS[2]),
    "imaging": ("s", COLOURS[3]),
    "outcome": ("D", COLOURS[1]),
}
"""Mark and colour of each kind of event; the kind is also written beside it."""

LINE = 0.19
"""Height of a line of text, inches."""
LETTER = 0.068
"""Width of a letter, inches; on the wide side, because the reader's font may be wider than ours."""
LEAST_LETTERS = 16
"""Letters that a label needs at least; with less room it crosses the line at the start."""
NAMES, NAMES_NARROW = 2.7, 1.5
"""Width that the names of the rows take beside the time axis, inches."""
STEPS = (1, 2, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650)
"""Distances between ticks of the time axis, days."""


def plot_timeline(
    courses: pd.DataFrame,
    events: pd.DataFrame,
    points: pd.DataFrame,
    *,
    span: tuple[float, float] | None,
    start_day: float = 0.0,
    axis_label: str = "days from the start of treatment",
    is_narrow: bool = False,
) -> Figure | None:
    """Draw a patient's treatments, events and tests above each other on one time axis.

    Every drug, every event and every test has a row of its own, so that no two labels can meet.

    Parameters
    ----------
    courses : DataFrame
        One row per course: label, start_day, end_day; missing days were not recorded. Courses with
        one label share a row.
    events : DataFrame
        One row per event: patient_id, day, end_day, kind, event. Those without a day are left out.
    points : DataFrame
        One row per value of a test: patient_id, test, unit, day, value, label (what is written
        beside the value).
    span : (float, float) or None
        First and last day of the axis.
    start_day : float
        First day of treatment, drawn as a line through all rows.
    axis_label : str
        What the axis counts.
    is_narrow : bool
        Draw it for a phone.

    Returns
    -------
    Figure or None
        None where nothing is dated.
    """
    if span is None:
        return None
    span = span if span[1] > span[0] else (span[0] - 1, span[1] + 1)
    width = NARROW if is_narrow else WIDTH
    room = width - (NAMES_NARROW if is_narrow else NAMES)
    dated = _wrap_events(events.dropna(subset=["day"]), span, start_day, room)
    tests = list(dict.fromkeys(points["test"]))
    drugs = list(dict.fromkeys(courses["label"]))
    with house_style():
        figure, axes = _lay_out(len(drugs), int(dated["lines"].sum()), len(tests), width)
        if drugs:
            _draw_courses(axes.pop(0), courses, drugs, span, 20 if is_narrow else 30)
        if len(dated):
            _draw_events(axes.pop(0), dated)
        for ax, test in zip(axes, tests, strict=True):
            _draw_test(ax, points[points["test"] == test])
        figure.align_ylabels(axes)
        _finish_time(figure.axes, span, start_day, axis_label, most=4 if is_narrow else 9)
    return figure


def _lay_out(drugs: int, lines: int, tests: int, width: float) -> tuple[Figure, list[Axes]]:
    heights = [2 * LINE * drugs] * (drugs > 0) + [LINE * lines + 0.1] * (lines > 0)
    heights += [0.85] * tests
    figure = Figure(figsize=(width, sum(heights) + 0.9))
    axes = figure.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)
    return figure, [ax for row in axes for ax in row]


def _wrap_events(
    events: pd.DataFrame, span: tuple[float, float], start_day: float, room: float
) -> pd.DataFrame:
    """Break each event's words to the wider side of its mark, short of the line at the start."""
    letters = room / LETTER / (span[1] - span[0])
    rows = []
    for event in list_rows(events):
        day = event["day"]
        left = (day - max(span[0], start_day if day > start_day else span[0])) * letters
        right = (min(span[1], start_day if day < start_day else span[1]) - day) * letters
        if max(left, right) < LEAST_LETTERS:
            left, right = (day - span[0]) * letters, (span[1] - day) * letters
        words = textwrap.fill(event["event"], int(max(left, right, LEAST_LETTERS)) - 2)
        lines = max(words.count("\n") + 1.4, 2.2)
        rows.append({**event, "words": words, "lines": lines, "leftwards": left > right})
    return pd.DataFrame(rows, columns=[*events.columns, "words", "lines", "leftwards"])


def _draw_courses(
    ax: Axes, courses: pd.DataFrame, drugs: list[str], span: tuple[float, float], longest: int
) -> None:
    for course in list_rows(courses):
        row = drugs.index(course["label"])
        known_start, known_end = pd.notna(course["start_day"]), pd.notna(course["end_day"])
        start = course["start_day"] if known_start else span[0]
        end = course["end_day"] if known_end else span[1]
        look: dict[str, Any] = {"color": COLOURS[0], "url": patient_url(course["patient_id"])}
        if start == end:
            ax.plot(start, row, marker="|", markersize=9, markeredgewidth=2.5, **look)
            continue
        style, width = ("-", 6.0) if known_start else ((0, (1.2, 0.8)), 3.0)
        ax.plot([start, end], [row, row], ls=style, lw=width, solid_capstyle="butt", **look)
        if not known_end:
            ax.plot(end, row, marker=">", markersize=9, clip_on=False, **look)
    _name_rows(ax, list(range(len(drugs))), [_break_name(drug, longest) for drug in drugs])
    ax.set_ylim(len(drugs) - 0.5, -0.5)
    ax.set_title("Treatments")


def _break_name(drug: str, longest: int) -> str:
    """Write a drug's name, as far as there is room, and its dose below."""
    name, _, dose = drug.partition(", ")
    return f"{name if len(name) <= longest else name[: longest - 1] + '…'}\n{dose}"


def _name_rows(ax: Axes, places: list[float] | list[int], names: list[str]) -> None:
    ax.set_yticks(places, names, fontsize=9)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _draw_events(ax: Axes, dated: pd.DataFrame) -> None:
    top = 0.0
    places, names = [], []
    for event in list_rows(dated):
        place = top + event["lines"] / 2
        top += event["lines"]
        mark, colour = KIND_MARKS[event["kind"]]
        look: dict[str, Any] = {"color": colour, "url": patient_url(event["patient_id"])}
        ends = [day for day in (event["day"], event["end_day"]) if pd.notna(day)]
        ax.plot(ends, [place] * len(ends), marker=mark, markersize=6, **look)
        ax.annotate(
            event["words"],
            (ends[0] if event["leftwards"] else ends[-1], place),
            xytext=(-8 if event["leftwards"] else 8, 0),
            textcoords="offset points",
            ha="right" if event["leftwards"] else "left",
            va="center",
            fontsize=9,
        )
        places.append(place)
        names.append(f"day {event['day']:g}\n{event['kind']}".replace("-", "−"))
    _name_rows(ax, places, names)
    ax.set_ylim(top, 0)
    ax.set_title("Findings, imaging and outcome")


def _draw_test(ax: Axes, points: pd.DataFrame) -> None:
    shown = points.dropna(subset=["value"]).sort_values("day")
    ax.plot(
        shown["day"],
        shown["value"],
        color=INK,
        marker="o",
        markersize=4.5,
        url=patient_url(points["patient_id"].iloc[0]),
    )
    last = len(shown) - 1
    for position, point in enumerate(list_rows(shown)):
        side = "left" if position == last else "right" if position == 0 else "center"
        shift = {"left": (7, 0), "right": (-7, 0), "center": (0, 7)}[side]
        ax.annotate(
            point["label"],
            (point["day"], point["value"]),
            xytext=shift,
            textcoords="offset points",
            ha=side,
            va="bottom" if side == "center" else "center",
            fontsize=9,
        )
    unit = textwrap.fill(points["unit"].iloc[0], 18)
    name = textwrap.fill(points["test"].iloc[0], 18)
    ax.set_ylabel(f"{name}\n{unit}", rotation=0, ha="right", va="center", fontsize=9)
    ax.set_ylim(0, 1.25 * (shown["value"].max() or 1))
    ax.yaxis.set_major_locator(MaxNLocator(3))


def _finish_time(
    axes: list[Axes], span: tuple[float, float], start_day: float, axis_label: str, *, most: int
) -> None:
    length = span[1] - span[0]
    step = next((step for step in STEPS if length / step <= most), STEPS[-1])
    for ax in axes:
        ax.axvline(start_day, color=INK, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0)
        ax.xaxis.set_major_locator(MultipleLocator(step))
        ax.xaxis.set_major_formatter(lambda day, _: f"{day:g}".replace("-", "−"))
    axes[-1].set_xlim(span[0] - 0.03 * length, span[1] + 0.03 * length)
    axes[-1].set_xlabel(axis_label)
