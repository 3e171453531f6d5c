"""Figure of the published claims: one tile for each, by topic and verdict."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.contracts.rows import list_rows
from helpers.plots.style import COLOURS, INK, house_style, new_figure

VERDICT_TILES: Mapping[str, tuple[str, str]] = {
    "reproduced": (COLOURS[0], "✓"),
    "compatible": (COLOURS[2], "~"),
    "not reproduced": (COLOURS[1], "✗"),
    "not computable from these data": ("none", "?"),
    "not checked": ("none", "–"),
    "impossible in the source": (COLOURS[3], "!"),
    "external": ("none", "○"),
}
"""Colour and sign of each verdict; the sign alone is enough to tell them apart."""


def plot_claims(checked: pd.DataFrame, *, topics: Mapping[str, str]) -> Figure | None:
    """Draw a tile for each claim, a row for each topic, with the sign of its verdict.

    Parameters
    ----------
    checked : DataFrame
        One row per claim: claim_id, topic, verdict.
    topics : mapping of str to str
        Topics in order, and their labels.

    Returns
    -------
    Figure or None
        None without a claim.
    """
    if checked.empty:
        return None
    shown = [topic for topic in topics if (checked["topic"] == topic).any()]
    most = int(checked["topic"].value_counts().max())
    with house_style():
        width = min(9.6, 1.9 + 0.48 * most)
        figure, (ax,) = new_figure(1, 1, width=width, height=0.44 * len(shown) + 0.8)
        for row, topic in enumerate(shown):
            for column, claim in enumerate(list_rows(checked[checked["topic"] == topic])):
                colour, sign = VERDICT_TILES[claim["verdict"]]
                place = (column + 0.06, row - 0.4)
                ax.add_patch(Rectangle(place, 0.88, 0.8, facecolor=colour, edgecolor=INK, lw=0.6))
                ink = INK if colour == "none" else "white"
                ax.text(column + 0.5, row, sign, ha="center", va="center", color=ink, fontsize=9)
        ax.set_yticks(range(len(shown)), [topics[topic] for topic in shown])
        ax.set(xlim=(-0.1, most + 0.1), ylim=(len(shown) - 0.45, -0.55), xticks=[])
        ax.tick_params(length=0)
        ax.spines[["left", "bottom"]].set_visible(False)
        _add_legend(figure, [v for v in VERDICT_TILES if (checked["verdict"] == v).any()])
    return figure


def _add_legend(figure: Figure, verdicts: list[str]) -> None:
    handles = [
        mpl.patches.Patch(
            facecolor=VERDICT_TILES[verdict][0],
            edgecolor=INK,
            label=f"{VERDICT_TILES[verdict][1]} {verdict}",
        )
        for verdict in verdicts
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=min(3, len(handles)))
