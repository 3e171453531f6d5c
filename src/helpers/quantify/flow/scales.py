"""Whether the numbers of a scale make a scale: other programs' files may hold any."""

from __future__ import annotations

from helpers.quantify.flow.refusals import refuse
from helpers.quantify.flow.transforms import (
    Asinh,
    Biex,
    Bounded,
    FlowJoLog,
    Grid,
    Linear,
    Log,
    Logicle,
    Transform,
)

MOST_DECADES = 20.0
"""No cytometer spans more; beyond it floats run out."""


MOST_STEPS = 4096
"""Of a polygon's grid; FlowJo writes 256."""


def check_scale(scale: Transform, *, file: str, place: str) -> None:
    """Refuse a scale whose numbers make none.

    Parameters
    ----------
    scale : Transform
    file, place : str
        How messages name where it stands.

    Raises
    ------
    StudyDataError
        Naming the numbers and what they must be.

    Examples
    --------
    >>> check_scale(Linear(262144), file="a.wsp", place="scale of FSC-A")
    """
    if wrong := _find_wrong(scale):
        raise refuse(file, f"{place}: {scale}", wrong, "set the scale again and save the file")


def _find_wrong(scale: Transform) -> str:
    """Say what the numbers of a scale must be; empty where they are."""
    wrong = ""
    match scale:
        case Linear(t, a) if not t + a > 0:
            wrong = "an upper end above the lower"
        case Log(t, m) if not (t > 0 and 0 < m <= MOST_DECADES):
            wrong = "a top above 0 and decades above 0"
        case FlowJoLog(offset, decades) if not (offset > 0 and 0 < decades <= MOST_DECADES):
            wrong = "an offset above 0 and decades above 0"
        case Asinh(t, m, a) if not (t > 0 and 0 < m <= MOST_DECADES and 0 <= a <= MOST_DECADES):
            wrong = "T above 0, M above 0, A of 0 or more"
        case Logicle(t, w, m, a) if not (
            t > 0 and 0 < m <= MOST_DECADES and 0 <= w <= m / 2 and -w <= a <= m - 2 * w
        ):
            wrong = "T above 0, M above 0, W from 0 to M / 2, A from -W to M - 2 W"
        case Biex() if not _is_biex(scale):
            wrong = "a top above 0, a width of -1 or below, and decades for it"
        case Grid(inner, steps):
            wrong = _find_wrong(inner) or ("" if 2 <= steps <= MOST_STEPS else "2 to 4096 steps")
        case Bounded(inner, lower, upper):
            wrong = _find_wrong(inner) or ("" if lower < upper else "boundMin below boundMax")
    return wrong


def _is_biex(scale: Biex) -> bool:
    """Half the decades of the width are taken from the positive ones: some must be left."""
    return (
        scale.top > 0
        and -(10 ** min(scale.positive, MOST_DECADES)) < scale.width <= -1
        and 0 < scale.positive <= MOST_DECADES
        and scale.negative <= MOST_DECADES
    )
