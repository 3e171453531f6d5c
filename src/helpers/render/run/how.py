"""How chapters are run, and what can stand in the way of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.render.run.execute import Engine


class ClusterError(ValueError):
    """Raised when there is no cluster to work with; a fault of what was asked for."""


class StudyChangedError(ValueError):
    """Raised when a study was edited after its check; its new state may have faults."""


class MachineError(ValueError):
    """Raised when this machine does not allow what a run needs."""


@dataclass(frozen=True)
class How:
    """How to run what is due.

    Attributes
    ----------
    jobs : int or None
        Chapters that run at one time on this machine; as many as cores and memory allow where not
        given.
    force : bool
        Run every chapter and write every page, whatever is kept.
    cluster : str or None
        Address of a Dask scheduler whose workers run the chapters instead.
    engine : {"warm", "ordinary"}
        How a chapter's process is started.
    """

    jobs: int | None = None
    force: bool = False
    cluster: str | None = None
    engine: Engine = "warm"
