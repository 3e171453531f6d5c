"""Figures of the candidate predictors: patients by methods, and how each one separates."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from helpers.contracts.rows import list_rows
from helpers.plots.clinical_response import CATEGORY_MARKS
from helpers.plots.patients import patient_url
from helpers.plots.style import INK, NARROW, WIDTH, house_style, keep_inside, new_figure

LOW_TO_HIGH = mpl.colors.LinearSegmentedColormap.from_list(
    "low_to_high", ["#f7f4e9", "#c7dcec", "#7fb2d9", "#2f74b5", "#08306b"]
)
"""Pale is low, dark is high: lightness alone tells them apart, whatever the colour vision."""

ROW, TILE, HEADING_LINE = 0.265, 0.62, 0.125
"""Height and width of a tile, and height of a line of the headings below, inches."""

HEADING_LETTERS = 9
"""Letters of a heading that fit below a tile; a longer word reaches beyond it on both sides."""

CANDIDATE = 0.2
"""Height of a candidate's row, inches."""


def plot_response_matrix(
    matrix: pd.DataFrame,
    categories: Mapping[str, str],
    members: Mapping[str, Sequence[str]],
    *,
    headings: Mapping[int, str],
) -> Figure | None:
    """Draw patients by methods as tiles, coloured by the rank within each column.

    Parameters
    ----------
    matrix : DataFrame
        One row per position (of the column) and patient: position, domain, when, patient_id, value,
        rank (0 to 1). A missing value leaves the tile empty.
    categories : mapping of str to str
        Best response of each patient, for the mark at the right.
    members : mapping of str to sequence of str
        Groups from top to bottom and their patients.
    headings : mapping of int to str
        Heading of each column by its position.

    Returns
    -------
    Figure or None
        None when no column was measured.
    """
    if matrix.empty:
        return None
    rows = [row for name, patients in members.items() for row in (f"\n{name}", *patients)]
    domains = list(dict.fromkeys(matrix["domain"]))
    headings = {position: _break_heading(heading) for position, heading in headings.items()}
    below = HEADING_LINE * (1.5 + max(heading.count("\n") for heading in headings.values()))
    with house_style():
        widths = [matrix.loc[matrix["domain"] == name, "position"].nunique() for name in domains]
        figure, axes = new_figure(
            1,
            len(domains),
            width=min(WIDTH, TILE * sum(widths) + 1.8),
            height=ROW * len(rows) + below + 0.2,
            width_ratios=widths,
        )
        for ax, domain in zip(axes, domains, strict=True):
            _draw_domain(ax, matrix[matrix["domain"] == domain], rows, headings)
            ax.set_title(domain, pad=4)
        _name_patients(axes[0], rows, members)
        _write_responses(axes[-1], rows, categories)
        _reserve_headings(figure, axes, below)
    return figure


def _draw_domain(
    ax: Axes, part: pd.DataFrame, rows: Sequence[str], headings: Mapping[int, str]
) -> None:
    positions = list(dict.fromkeys(part["position"]))
    ranks, values, changes = (
        part.pivot(index="patient_id", columns="position", values=name).reindex(
            index=list(rows), columns=positions
        )
        for name in ("rank", "value", "when")
    )
    texts = values.copy().astype("object")
    for column in positions:
        signed = (changes[column] == "change").any()
        texts[column] = [_write_value(value, signed=signed) for value in values[column]]
    sns.heatmap(
        ranks.astype(float),
        annot=texts.to_numpy(),
        fmt="",
        mask=ranks.isna().to_numpy(),
        vmin=0,
        vmax=1,
        cmap=LOW_TO_HIGH,
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
    ax.set_yticks([])
    names = [headings[column] for column in positions]
    ax.set_xticks(np.arange(len(positions)) + 0.5, names, fontsize=7.5, linespacing=1.1)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _mark_missing(ax, ranks, set(part["patient_id"]))


def _break_heading(heading: str) -> str:
    """Break a heading at its commas and between words, so that it fits below a tile."""
    parts = heading.split(", ")
    return "\n".join(
        line
        for part in parts
        for line in textwrap.wrap(part, HEADING_LETTERS, break_long_words=False)
    )


def _reserve_headings(figure: Figure, axes: Sequence[Axes], below: float) -> None:
    """Keep room below by hand: a heading wider than its tile would push the blocks apart."""
    for ax in axes:
        for label in ax.get_xticklabels():
            label.set_in_layout(False)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    share = below / figure.get_figheight()
    engine.set(rect=(0, share, 1, 1 - share), wspace=0.03)


def _mark_missing(ax: Axes, ranks: pd.DataFrame, patients: set[str]) -> None:
    for row, patient in enumerate(ranks.index):
        if patient in patients:
            for column in np.flatnonzero(ranks.loc[patient].isna()):
                ax.text(column + 0.5, row + 0.5, "·", ha="center", va="center", color=INK)


def _write_value(value: float, *, signed: bool) -> str:
    if np.isnan(value):
        return ""
    text = f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    return ("+" if signed and value > 0 else "") + text.replace("-", "−")


def _name_patients(ax: Axes, rows: Sequence[str], members: Mapping[str, Sequence[str]]) -> None:
    for row, name in enumerate(rows):
        if name.strip() in members:
            _write_beside(ax, (0, row + 0.72), name.strip(), shift=-34, fontweight="bold")
            continue
        text = _write_beside(ax, (0, row + 0.5), name, shift=-5, ha="right")
        text.set_url(patient_url(name))


def _write_beside(
    ax: Axes,
    place: tuple[float, float],
    words: str,
    *,
    shift: float,
    **style: Any,  # noqa: ANN401 - matplotlib's own text properties
) -> mpl.text.Annotation:
    """Write beside a place, so many points away however wide a tile is."""
    return ax.annotate(
        words,
        place,
        xytext=(shift, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **style,
    )


def _write_responses(ax: Axes, rows: Sequence[str], categories: Mapping[str, str]) -> None:
    right = ax.get_xlim()[1]
    for row, patient in enumerate(rows):
        if patient in categories:
            mark = CATEGORY_MARKS[categories[patient]]
            text = _write_beside(ax, (right, row + 0.5), mark, shift=15, ha="center")
            text.set_url(patient_url(patient))
    _write_beside(ax, (right, 0.72), "resp.", shift=15, ha="center", fontsize=7.5)


def plot_candidates(comparison: pd.DataFrame) -> Figure | None:
    """Draw how well each candidate separates the groups: a line each, its name and p beside it.

    Parameters
    ----------
    comparison : DataFrame
        One row per candidate: candidate, label, domain, auc, auc_low, auc_high, p_text. Candidates
        of one domain stand together.

    Returns
    -------
    Figure or None
        None when no candidate has an AUC.
    """
    known = comparison.dropna(subset=["auc"])
    if known.empty:
        return None
    places = _place_rows(known)
    bottom = max(places.values())
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=NARROW, height=CANDIDATE * (bottom + 2) + 0.6)
        ax.axvline(0.5, color=INK, linewidth=0.8, linestyle=(0, (2, 2)))
        for row in list_rows(known):
            _draw_candidate(ax, row, places[row["candidate"]])
        _name_candidates(ax, known, places)
        ax.set(xlim=(-0.02, 1.02), ylim=(bottom + 0.7, -1.6))
        ax.set_xticks([0, 0.5, 1])
        ax.set_xlabel("chance that a responder has the higher value", loc="right")
        ax.spines["left"].set_visible(False)
    return figure


def _place_rows(known: pd.DataFrame) -> dict[str, float]:
    """Give each candidate its height, with room for a heading above every domain."""
    places, height, domain = {}, -1.0, None
    for row in list_rows(known):
        height += 2.0 if row["domain"] != domain else 1.0
        domain = row["domain"]
        places[row["candidate"]] = height
    first = min(places.values())
    return {name: place - first for name, place in places.items()}


def _name_candidates(ax: Axes, known: pd.DataFrame, places: Mapping[str, float]) -> None:
    """Write each name on its line, and the names of the domains above theirs."""
    heads = {
        min(places[name] for name in part["candidate"]) - 1.0: str(domain)
        for domain, part in known.groupby("domain", sort=False)
    }
    names = {places[row["candidate"]]: row["label"] for row in list_rows(known)} | heads
    ax.set_yticks(list(names), list(names.values()))
    ax.tick_params(axis="y", length=0)
    for place, label in zip(names, ax.get_yticklabels(), strict=True):
        label.set_fontweight("bold" if place in heads else "normal")
    ax.text(1.04, -1.0, "p", va="center", clip_on=False)


def _draw_candidate(ax: Axes, row: Mapping[str, Any], place: float) -> None:
    ax.plot([row["auc_low"], row["auc_high"]], [place, place], color=INK, linewidth=1.4)
    ax.plot(row["auc"], place, marker="o", color=INK, markersize=5)
    ax.text(1.04, place, row["p_text"], va="center", ha="left", clip_on=False)
