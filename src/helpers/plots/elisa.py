"""Figures of an ELISA plate: its wells as a heat map, its standard curve with residuals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import ScalarFormatter

from helpers.contracts.rows import list_rows
from helpers.plots.style import COLOURS, INK, house_style, new_figure

MARKS = {
    "masked": ("x", "taken out"),
    "no reading": ("_", "no reading"),
    "overflow": ("*", "beyond the reader"),
    "below": ("v", "below quantification"),
    "above": ("^", "above quantification"),
    "cv": ("D", "replicates too far apart"),
}
"""Mark of each flag of a well, and what it means."""

ROLES = {"standard": "S", "control": "C", "blank": "B", "spike": "+", "sample": ""}
"""Letter of each role in a well."""

_BAND_ALPHA = 0.2
_LARGE = 12
"""Columns beyond which a plate has too many wells to write in each."""


def plot_plate(wells: pd.DataFrame, *, rows: int, columns: int, signal_label: str) -> Figure | None:
    """Draw the wells of a plate in their places: signal as shade, role as letter, flag as mark.

    Parameters
    ----------
    wells : DataFrame
        One row per well in use: row, column (from 0), role, signal (missing where there is none),
        mark (a key of `MARKS` or empty).
    rows, columns : int
        Shape of the plate.
    signal_label : str
        Of the scale.

    Returns
    -------
    Figure or None
        None where no well has a signal.
    """
    if wells["signal"].isna().all():
        return None
    grid = np.full((rows, columns), np.nan)
    grid[wells["row"], wells["column"]] = wells["signal"].astype(float)
    small = columns > _LARGE
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=8.0, height=4.6 if not small else 5.6)
        sns.heatmap(
            pd.DataFrame(
                grid, index=list("ABCDEFGHIJKLMNOP"[:rows]), columns=range(1, columns + 1)
            ),
            ax=ax,
            cmap="Blues",
            mask=np.isnan(grid),
            square=True,
            linewidths=0.5,
            linecolor=INK,
            cbar_kws={"label": signal_label, "shrink": 0.8},
        )
        ax.tick_params(length=0, labeltop=True, labelbottom=False, rotation=0)
        middle = np.nanmax(grid) * 0.55
        for well in list_rows(wells):
            _write_well(ax, well["row"], well["column"], well["role"], grid, middle, small=small)
        handles = _mark_wells(ax, wells, grid, middle, small=small)
        letters = [f"{ROLES[role]} {role}" for role in ROLES if ROLES[role] and _has(wells, role)]
        handles += [Line2D([], [], ls="", label=text) for text in letters]
        if handles:
            figure.legend(handles=handles, loc="outside lower left", ncols=4)
    return figure


def _has(wells: pd.DataFrame, role: str) -> bool:
    return bool((wells["role"] == role).any())


def _ink(value: float, middle: float) -> str:
    """Give the colour that is read on a shade: ours on none, white on dark, black on light."""
    if np.isnan(value):
        return INK
    return "white" if value > middle else "black"


def _write_well(
    ax: Axes,
    row: int,
    column: int,
    role: str,
    grid: np.ndarray,
    middle: float,
    *,
    small: bool,
) -> None:
    value = grid[row, column]
    colour, letter = _ink(value, middle), ROLES.get(role, "")
    if small:
        ax.text(column + 0.5, row + 0.5, letter, ha="center", va="center", fontsize=6, color=colour)
        return
    ax.text(column + 0.06, row + 0.06, letter, ha="left", va="top", fontsize=6.5, color=colour)
    if not np.isnan(value):
        text = f"{value:.3f}" if value < 100 else f"{value:.0f}"
        ax.text(
            column + 0.5, row + 0.62, text, ha="center", va="center", fontsize=6.5, color=colour
        )


def _mark_wells(
    ax: Axes, wells: pd.DataFrame, grid: np.ndarray, middle: float, *, small: bool
) -> list[Line2D]:
    handles = []
    for key, (mark, meaning) in MARKS.items():
        part = wells[wells["mark"] == key]
        if part.empty:
            continue
        for row, column in zip(part["row"], part["column"], strict=True):
            colour = _ink(grid[row, column], middle)
            right, up = (0.5, 0.5) if small else (0.8, 0.24)
            ax.plot(column + right, row + up, mark, color=colour, ms=4, mfc="none", mew=1)
        handles.append(
            Line2D([], [], ls="", marker=mark, color=INK, mfc="none", ms=5, label=meaning)
        )
    return handles


def plot_curve(
    trace: pd.DataFrame,
    standards: pd.DataFrame,
    readings: pd.DataFrame,
    *,
    limits: Sequence[float | None],
    signal_label: str,
    unit: str,
) -> Figure | None:
    """Draw a standard curve with its band, standards, samples, and the standards' residuals.

    Parameters
    ----------
    trace : DataFrame
        concentration, signal, lower, upper of the curve.
    standards : DataFrame
        One row per well above zero: concentration, signal, residual in percent, masked.
    readings : DataFrame
        Samples and controls on the curve: concentration, signal, role.
    limits : (float or None, float or None)
        Limits of quantification in the well.
    signal_label, unit : str

    Returns
    -------
    Figure or None
        None without a curve.
    """
    if trace.empty:
        return None
    with house_style():
        figure, (ax, below) = new_figure(2, 1, width=6.4, height=5.6)
        ax.plot(trace["concentration"], trace["signal"], color=INK)
        band = trace.dropna()
        if not band.empty:
            ax.fill_between(
                band["concentration"],
                band["lower"],
                band["upper"],
                color=INK,
                alpha=_BAND_ALPHA,
                lw=0,
            )
        _draw_readings(ax, readings)
        _draw_standards(ax, standards, "signal")
        _draw_standards(below, standards, "residual")
        below.axhline(0, color=INK, lw=0.8)
        for panel in (ax, below):
            panel.set_xscale("log")
            panel.set_xlim(trace["concentration"].min(), trace["concentration"].max())
            panel.xaxis.set_major_formatter(ScalarFormatter())
            for limit in limits:
                if limit is not None:
                    panel.axvline(limit, color=INK, lw=0.8, ls=(0, (2, 2)))
        ax.set_ylabel(signal_label)
        below.set(xlabel=f"concentration in the well, {unit}", ylabel="read back, % off nominal")
        figure.legend(
            handles=_explain_curve(standards, readings, limits), loc="outside upper left", ncols=3
        )
    return figure


def _draw_standards(ax: Axes, standards: pd.DataFrame, column: str) -> None:
    for masked, face in ((False, COLOURS[0]), (True, "none")):
        part = standards[standards["masked"] == masked].dropna(subset=[column])
        ax.plot(part["concentration"], part[column], "o", color=COLOURS[0], mfc=face, ms=5)


def _draw_readings(ax: Axes, readings: pd.DataFrame) -> None:
    for role, colour, mark in (("sample", COLOURS[1], "|"), ("control", COLOURS[2], "D")):
        part = readings[readings["role"] == role]
        ax.plot(
            part["concentration"], part["signal"], mark, color=colour, ms=6 if mark == "|" else 4
        )


def _explain_curve(
    standards: pd.DataFrame, readings: pd.DataFrame, limits: Sequence[float | None]
) -> list[Line2D]:
    blue = COLOURS[0]
    handles = [Line2D([], [], ls="", marker="o", color=blue, label="standard, one well")]
    if standards["masked"].any():
        handles.append(
            Line2D([], [], ls="", marker="o", color=blue, mfc="none", label="standard, taken out")
        )
    for role, colour, mark in (("sample", COLOURS[1], "|"), ("control", COLOURS[2], "D")):
        if (readings["role"] == role).any():
            handles.append(Line2D([], [], ls="", marker=mark, color=colour, label=role))
    if any(limit is not None for limit in limits):
        label = "limits of quantification"
        handles.append(Line2D([], [], color=INK, lw=0.8, ls=(0, (2, 2)), label=label))
    return handles
