"""Processes that others started: find them all, whatever they did to get away, and end them.

A process that takes a session of its own, or whose parent ends, leaves its group and its parent;
nothing is left to find it by. On Linux a process may ask to become the parent of all such below it;
kernels, their server and the runner do. Elsewhere, and where ``/proc`` cannot be read, a notebook's
process group is all that is ended with it.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress

import psutil  # type: ignore[import-untyped]

PR_SET_CHILD_SUBREAPER = 36
"""What Linux calls it: linux/prctl.h."""

SECONDS_TO_END = 5.0
"""A killed process may wait for a disk before it ends; nothing else keeps it."""


def adopt_orphans() -> bool:
    """Become the parent of processes below this one whose own parent ends; tell whether it could.

    It holds until this process ends, and is not handed on to processes that it starts.
    """
    if sys.platform != "linux":
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    return False


def list_children(process: int) -> set[int]:
    """List the processes that have this one as parent, without those that have ended.

    Parameters
    ----------
    process : int
        Number of the process.

    Returns
    -------
    set of int
        Empty where the system does not tell.
    """
    return _list_below(process, recursive=False)


def end_descendants(process: int, *, but: Collection[int] = ()) -> None:
    """Kill all processes below one, and those that they start meanwhile.

    Parameters
    ----------
    process : int
        It is left alone itself.
    but : collection of int
        Children of it that are left alone, with all below them.
    """
    last = time.monotonic() + SECONDS_TO_END
    looks = 1
    while looks and time.monotonic() < last:
        children = list_children(process) - set(but)
        for one in children.union(*(_list_below(child, recursive=True) for child in children)):
            with suppress(OSError):
                os.kill(one, signal.SIGKILL)
        # A list is not made in one moment: one that changes hands meanwhile may not be on it.
        looks = 2 if children else looks - 1
        if looks:
            time.sleep(0.002)


@contextmanager
def no_orphans(*, but: Callable[[], Collection[int]] = tuple) -> Iterator[None]:
    """End whatever was started while the block ran, when it ends.

    Parameters
    ----------
    but : callable
        Gives, at the end, the children that are left alone: they serve later blocks too. By their
        numbers, because a fork has the same command as what it was forked from.
    """
    adopt_orphans()
    before = list_children(os.getpid())
    try:
        yield
    finally:
        end_descendants(os.getpid(), but=before.union(but()))


def _list_below(process: int, *, recursive: bool) -> set[int]:
    try:
        below = psutil.Process(process).children(recursive=recursive)
    except (psutil.Error, OSError):
        return set()
    return {one.pid for one in below if not _has_ended(one)}


def _has_ended(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except (psutil.Error, OSError):
        return True
