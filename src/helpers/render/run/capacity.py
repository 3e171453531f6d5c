"""How much this machine can do at one time: cores and memory that are ours to use.

In a container both may be less than the machine has: cores by affinity, memory by control groups,
which the usual figures of free memory know nothing of.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MIB = 1024**2

BASE_MIB = 450
"""What the runner and the server of warm kernels hold, measured as proportional set size."""

CHAPTER_MIB = 250
"""What one chapter adds: about 130 as a warm kernel, 240 as an ordinary one."""

KERNEL_FILES, RUNNER_FILES, CHAPTER_FILES = 128, 64, 20
"""Open files: of a kernel 77 were counted, of the runner 97 with three chapters at one time."""

FILES = 1024
"""What we ask for: some systems give 256 until asked."""

CONTROL_GROUPS = Path("/sys/fs/cgroup")
GROUP_FILES = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""Limit, use, and in memory.stat the part of the use that is only kept files; version 2 and 1."""


@dataclass(frozen=True)
class Capacity:
    """How many chapters may run at one time, and why not more.

    Attributes
    ----------
    cores : int
        Cores that this process may use.
    free_mib : int
        Memory that is free for us, in MiB.
    """

    cores: int
    free_mib: int

    @property
    def workers(self) -> int:
        """As many as keep the cores busy, but no more than the memory holds, and at least one."""
        return max(1, min(self.wanted, (self.free_mib - BASE_MIB) // CHAPTER_MIB))

    @property
    def wanted(self) -> int:
        """One more than cores: a chapter that starts or ends waits, and leaves its core free."""
        return self.cores + 1

    def describe_limit(self) -> str:
        """Say what memory costs us; empty when it costs nothing.

        >>> Capacity(cores=8, free_mib=1000).describe_limit()
        '2 chapters run at one time, not 9: 1000 MiB of memory are free (--jobs decides otherwise)'
        >>> Capacity(cores=2, free_mib=8000).describe_limit()
        ''
        """
        if self.workers == self.wanted:
            return ""
        chapters = "1 chapter runs" if self.workers == 1 else f"{self.workers} chapters run"
        return (
            f"{chapters} at one time, not {self.wanted}: {self.free_mib} MiB of memory are free "
            "(--jobs decides otherwise)"
        )


def read_capacity() -> Capacity:
    """Look what this process may use now."""
    rooms = [room for group in _list_groups() for room in _list_room(group)]
    free = min([_read_free_memory(), *rooms])
    return Capacity(_count_cores(), int(free // MIB))


def find_file_shortage(chapters: int) -> str:
    """Let this process and its children open as many files as they may; say when that is too few.

    Parameters
    ----------
    chapters : int
        How many run at one time; each has sockets, which are files to the system.

    Returns
    -------
    str
        What is wanted, found, and to be done; empty when there is no shortage.
    """
    if os.name != "posix":
        return ""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < FILES:
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = max(KERNEL_FILES, RUNNER_FILES + CHAPTER_FILES * chapters)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return ""
    fewer = (soft - RUNNER_FILES) // CHAPTER_FILES
    ask = f"ask for at most {fewer} with -j, or " if soft >= KERNEL_FILES else ""
    return (
        f"to run {chapters} chapters at one time a process must have {needed} files open, and may "
        f"have {soft}; {ask}allow more with: ulimit -n {max(FILES, needed)}"
    )


def _read_free_memory() -> int:
    """Read the free memory of the machine; where it does not tell, say what one chapter needs."""
    with suppress(OSError, psutil.Error):
        return int(psutil.virtual_memory().available)
    return (BASE_MIB + CHAPTER_MIB) * MIB


def _count_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _list_groups() -> list[Path]:
    """List the folders of the control groups that this process is in."""
    try:
        lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    fields = [line.split(":", 2) for line in lines]
    return [
        CONTROL_GROUPS / ("memory" if controllers else "") / path.lstrip("/")
        for _, controllers, path in fields
        if controllers in ("", "memory")
    ]


def _list_room(group: Path) -> list[int]:
    """List what is left, in bytes, in a control group and in each above it that has a limit."""
    return [
        room
        for folder in (group, *group.parents)
        for files in GROUP_FILES
        if (room := _read_room(folder, *files)) is not None
    ]


def _read_room(folder: Path, limit: str, used: str, kept: str) -> int | None:
    try:
        texts = [(folder / name).read_text(encoding="utf-8") for name in (limit, used)]
        statistics = (folder / "memory.stat").read_text(encoding="utf-8")
    except OSError:
        return None
    if texts[0].strip() == "max":
        return None
    files = re.search(rf"^{kept} (\d+)$", statistics, re.MULTILINE)
    return max(0, int(texts[0]) - int(texts[1]) + (int(files[1]) if files else 0))
