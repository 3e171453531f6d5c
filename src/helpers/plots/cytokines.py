"""Figures of the serum proteins beside the pairs: one group against another."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from helpers.contracts.rows import list_rows
from helpers.plots.style import INK, house_style, new_figure

_LEAST_SPAN = 4.0
"""The axis reaches at least from a quarter to four times, so that small ratios look small."""


def plot_ratios(
    comparison: pd.DataFrame, *, labels: Mapping[str, str], axis_label: str
) -> Figure | None:
    """Draw how many times higher one group is than the other, with its interval, row by row.

    Parameters
    ----------
    comparison : DataFrame
        One row per panel and what: panel, what, ratio, low, high, n_first, n_second. Rows without
        a ratio are left out.
    labels : mapping of str to str
        How each panel is written.
    axis_label : str
        Which group against which.

    Returns
    -------
    Figure or None
        None where there is no ratio.
    """
    rows = list_rows(comparison.dropna(subset=["ratio"]))
    if not rows:
        return None
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=7.2, height=0.36 * len(rows) + 0.9)
        ax.set_xscale("log")
        for place, row in enumerate(rows):
            ax.plot([row["low"], row["high"]], [place, place], color=INK, linewidth=1.6)
            ax.plot(row["ratio"], place, marker="o", color=INK, markersize=6)
        ax.axvline(1, color=INK, linewidth=0.8, linestyle=(0, (2, 2)), zorder=0)
        names = [f"{labels.get(row['panel'], row['panel'])}, {row['what']}" for row in rows]
        ax.set_yticks(range(len(rows)), names)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_xlabel(axis_label)
        _finish_axis(ax)
        for place, row in enumerate(rows):
            sizes = f"{row['n_first']} and {row['n_second']}"
            ax.annotate(
                sizes,
                (1.01, place),
                xycoords=("axes fraction", "data"),
                va="center",
                annotation_clip=False,
            )
        ax.annotate("patients", (1.01, -0.55), xycoords=("axes fraction", "data"), va="bottom")
    return figure


def _finish_axis(ax: Axes) -> None:
    low, high = ax.get_xlim()
    span = max(high, 1 / low, _LEAST_SPAN)
    ax.set_xlim(1 / span, span)
    steps = (1, 2, 5) if np.log10(span) < 1.5 else (1,)
    ax.xaxis.set_major_locator(LogLocator(subs=steps))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
