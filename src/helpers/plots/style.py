"""How every figure looks: sizes, colours, marks that mean the same thing everywhere.

Colours are from Okabe and Ito's palette, which people with colour-blindness can tell apart; each
colour also has a mark and a line of its own. What is drawn in `INK` follows the page's text colour,
in light and in dark.
"""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import Formatter, LogFormatterMathtext, LogitFormatter, ScalarFormatter

INK = "#0a0b0c"
"""Stands for the page's text colour; `helpers.report.figures` replaces it by ``currentColor``."""

BETTER, WORSE, OTHER = "#0072B2", "#D55E00", "#7B858E"
"""Blue is improved and orange is worse, in every figure and nowhere else; grey is neither."""

RESPONSE_COLOURS = {"responders": BETTER, "improved": BETTER, "non-responders": OTHER}

COLOURS = ("#1B8A6B", "#9467BD", "#B07D12", "#C2588F")
"""Of arms, scenarios and whatever else is no response."""

MARKS = ("o", "s", "D", "^")
LINES: tuple[str | tuple[int, tuple[int, ...]], ...] = (
    "-",
    (0, (4, 2)),
    (0, (1, 1)),
    (0, (5, 1, 1, 1)),
)
WIDTH = 9.6
"""Widest figure, inches."""

NARROW = 4.0
"""Width of a figure that a phone shows at full size, inches; on a desk two stand side by side."""

LONGEST_LINE = 120
"""Letters of our size that stand side by side in the widest figure."""

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,
    "axes.labelsize": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "figure.constrained_layout.use": True,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.8,
    "ytick.major.width": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "legend.handlelength": 1.4,
    "legend.columnspacing": 1.2,
    "legend.borderaxespad": 0.1,
    "lines.linewidth": 1.2,
    "hatch.linewidth": 0.5,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Set how every figure is drawn, for a ``with`` statement.

    A sign that our typeface lacks is no fault: the SVG keeps it as text, and the reader's own
    typefaces draw it. Nor is a label that leaves its axes no room: it is drawn all the same.
    """
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        for known in (r"Glyph \d+ .*missing from", "constrained_layout not applied"):
            warnings.filterwarnings("ignore", known)
        yield


def take_text_literally(figure: Figure) -> None:
    r"""Draw every text as it is written: in data, ``cost $5 then $10`` holds no formula.

    Lines that are wider than any figure are broken. The numbers that matplotlib itself writes as
    formulas at the ticks of an axis (10² of a logarithmic one) stay formulas.

    Parameters
    ----------
    figure : Figure
        Ready to be drawn; its texts are changed in place.
    """
    for text in figure.findobj(Text):
        text.set_parse_math(False)
        text.set_text(_break_lines(text.get_text()))
    for axis in figure.findobj(Axis):
        _keep_formulas(axis)


def _break_lines(words: str) -> str:
    if len(words) <= LONGEST_LINE:
        return words
    return "\n".join(textwrap.fill(line, LONGEST_LINE) for line in words.split("\n"))


def _keep_formulas(axis: Axis) -> None:
    major, minor = axis.get_major_formatter(), axis.get_minor_formatter()
    axis.offsetText.set_parse_math(_writes_formulas(major))
    for formatter, ticks in ((major, axis.get_major_ticks()), (minor, axis.get_minor_ticks())):
        if _writes_formulas(formatter):
            for tick in ticks:
                tick.label1.set_parse_math(True)
                tick.label2.set_parse_math(True)


def _writes_formulas(formatter: Formatter) -> bool:
    if isinstance(formatter, ScalarFormatter):
        return bool(formatter.get_useMathText())
    return isinstance(formatter, LogFormatterMathtext | LogitFormatter)


def colour_groups(groups: Iterable[str]) -> dict[str, str]:
    """Give each group its colour: responders theirs, any other by its place.

    >>> colour_groups(["exercise", "control"])["control"], colour_groups(["responders"])
    ('#9467BD', {'responders': '#0072B2'})
    """
    return {
        group: RESPONSE_COLOURS.get(group, COLOURS[i % len(COLOURS)])
        for i, group in enumerate(groups)
    }


def mark_groups(groups: Iterable[str]) -> dict[str, str]:
    """Give each group its mark, in the order of the groups."""
    return {group: MARKS[i % len(MARKS)] for i, group in enumerate(groups)}


def keep_inside(ax: Axes) -> None:
    """Tell the layout that nothing written in the axes so far reaches out: it need not look."""
    for text in ax.texts:
        text.set_in_layout(False)


def new_figure(
    rows: int,
    columns: int,
    *,
    width: float = WIDTH,
    height: float,
    width_ratios: Sequence[float] | None = None,
) -> tuple[Figure, list[Axes]]:
    """Make a figure outside pyplot's global list, with its axes in reading order.

    Parameters
    ----------
    rows, columns : int
        Grid of axes.
    width, height : float
        Inches.
    width_ratios : sequence of float, optional
        Relative widths of the columns.

    Returns
    -------
    (Figure, list of Axes)
    """
    figure = Figure(figsize=(width, height))
    axes = figure.subplots(rows, columns, squeeze=False, width_ratios=width_ratios)
    return figure, [ax for row in axes for ax in row]
