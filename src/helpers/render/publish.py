"""Put a finished report in the place of the old one, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside a report, and put it in the report's place when the block ends.

    A block that raises leaves the report as it was. A run that was stopped between taking the old
    report away and putting the new one in place is mended by the next.

    Parameters
    ----------
    target : Path
        Folder of the report; need not exist.

    Yields
    ------
    Path
        A folder on the same file system.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    recover_report(target)
    scratch = target.parent / f".{target.name}.building-{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        yield scratch
        _swap(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def recover_report(target: Path) -> None:
    """Finish or undo what a stopped run left beside a report.

    Parameters
    ----------
    target : Path
        Folder of the report.
    """
    previous = _previous(target)
    if previous.exists() and not target.exists():
        previous.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    for scratch in target.parent.glob(f".{target.name}.building-*"):
        if not _is_running(scratch.name.rpartition("-")[2]):
            shutil.rmtree(scratch, ignore_errors=True)


def _swap(scratch: Path, target: Path) -> None:
    previous = _previous(target)
    if target.exists():
        target.rename(previous)
    scratch.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _previous(target: Path) -> Path:
    return target.parent / f".{target.name}.previous"


def _is_running(process: str) -> bool:
    if os.name != "posix" or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
