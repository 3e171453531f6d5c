"""Put a finished report in the place of the old one, whole or not at all."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""What Linux calls the working folder, and a renaming that exchanges two names: linux/fs.h."""


@contextmanager
def scratch_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside a report, and put it in the report's place when the block ends.

    A block that raises leaves the report as it was. On Linux the two change places in one step, so
    that there is a whole report at every moment, whoever is stopped. Where the system or the file
    system cannot do that, a run that was stopped between taking the old report away and putting
    the new one in place is mended by the next.

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
    if target.exists() and _exchange(scratch, target):
        return
    previous = _previous(target)
    if target.exists():
        target.rename(previous)
    scratch.rename(target)
    shutil.rmtree(previous, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; tell whether that could be done."""
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    if call is None:
        return False
    paths = [os.fsencode(path) for path in (one, other)]
    return bool(call(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE) == 0)


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
