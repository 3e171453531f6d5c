"""A folder beside a report in which its successor is built, and which tells whether it is in use.

Its name is drawn by chance, because two hosts, or two containers, may have one name and one process
number. A run holds a lock on a file in it for as long as it works there, and a system takes a lock
back from whoever dies. So a folder whose lock can be had was left by a run that is dead. Where
nothing can be locked, it may be in use, and is left alone.

========================  =========================================================================
``owner``                 the locked file, which holds the name of the report
``report``                the new report while it is written
``finished``              the new report when it is whole; after an exchange, the one before it
``previous-0`` to ``-9``  what stood in the report's place, where two folders cannot be exchanged
``removed-0`` to ``-10``  one of those that was found to be a report, and is being removed
========================  =========================================================================
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from helpers.render.ending import tell
from helpers.render.publish.targets import find_content_obstacle

OWNER, REPORT, FINISHED, PREVIOUS = "owner", "report", "finished", "previous-"
REMOVED = "removed-"
RETRY = "give yourself the right to write there, and the next run will remove it"
NAME = re.compile(r"\.building-[0-9a-f]{32}")
CONTENT = re.compile(f"{OWNER}|{REPORT}|{FINISHED}|{PREVIOUS}[0-9]|{REMOVED}[0-9]+")


@contextmanager
def open_workspace(target: Path) -> Iterator[Path]:
    """Give a folder that no other run uses, beside a report; it is removed when the block ends.

    Parameters
    ----------
    target : Path
        Folder of the report; need not exist, but the folder that it lies in must.

    Yields
    ------
    Path
        A folder on the same file system.
    """
    workspace, owner = _make_workspace(target.parent)
    try:
        owner.write(os.fsencode(target.name))
        owner.flush()
        yield workspace
    finally:
        _close(workspace, owner, target)


def clear_workspaces(reports: Path) -> None:
    """Finish or undo what runs that are dead left among reports; what may be in use is left alone.

    Parameters
    ----------
    reports : Path
        Folder of all reports; need not exist.
    """
    with suppress(OSError):
        for workspace in [Path(e.path) for e in os.scandir(reports) if NAME.fullmatch(e.name)]:
            if _is_ours(workspace):
                _clear(workspace)


def _make_workspace(reports: Path) -> tuple[Path, BinaryIO]:
    while True:
        workspace = reports / f".building-{uuid4().hex}"
        workspace.mkdir()
        with suppress(BlockingIOError, FileNotFoundError):  # another run took it for a dead one's
            return workspace, _own(workspace)


def _own(workspace: Path) -> BinaryIO:
    owner = (workspace / OWNER).open("a+b")
    try:
        _lock(owner, workspace)
    except (BlockingIOError, FileNotFoundError):
        owner.close()
        raise
    except OSError:  # nothing can be locked here, by anybody: nobody will take it for a dead one's
        pass
    return owner


def _clear(workspace: Path) -> None:
    with suppress(OSError), (workspace / OWNER).open("a+b") as owner:
        _lock(owner, workspace)
        owner.seek(0)
        name = os.fsdecode(owner.read())
        _close(workspace, owner, workspace.parent / Path(name).name)


def _close(workspace: Path, owner: BinaryIO, target: Path) -> None:
    """Remove a workspace, but no report that has no place, and nothing that is not a report."""
    previous = sorted(workspace.glob(f"{PREVIOUS}*"))
    if previous and not os.path.lexists(target):
        with suppress(OSError):
            previous.pop().rename(target)
    reports = [path for path in (workspace / FINISHED, *previous) if path.exists()]
    is_safe = os.path.lexists(target) or not previous
    if is_safe and not any(map(find_content_obstacle, reports)) and _empty(workspace, reports):
        owner.close()  # some systems remove no folder with an open file in it
        shutil.rmtree(workspace, ignore_errors=True)
    owner.close()


def _empty(workspace: Path, reports: Iterable[Path]) -> bool:
    """Remove all but the owner, which tells a later run that the rest is ours; tell if all is gone.

    Half a report can no longer be told from somebody's folder: it has another name before.
    """
    taken = len(list(workspace.glob(f"{REMOVED}*")))
    for number, report in enumerate(reports, start=taken):
        with suppress(OSError):
            report.rename(workspace / f"{REMOVED}{number}")
    try:
        for path in (workspace / REPORT, *workspace.glob(f"{REMOVED}*")):
            shutil.rmtree(path, ignore_errors=True)
            if path.exists():
                shutil.rmtree(path)  # says why it cannot be
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        tell(f"{path}: an old report that could not be removed ({reason}); {RETRY}")
        return False
    return not any(map(Path.exists, reports))


def _is_ours(workspace: Path) -> bool:
    """Tell a folder that can hold nothing but what a run put there."""
    if workspace.is_symlink() or not workspace.is_dir():
        return False
    is_plain = not (workspace / OWNER).is_symlink()
    return is_plain and all(CONTENT.fullmatch(path.name) for path in workspace.iterdir())


def _lock(owner: BinaryIO, workspace: Path) -> None:
    """Lock a workspace until the file is closed or the process ends.

    Raises
    ------
    BlockingIOError, FileNotFoundError
        When another process has locked it, or removed it since the file was opened.
    OSError
        When nothing can be locked here.
    """
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(owner.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError(str(error)) from error
    else:
        import fcntl

        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not os.path.samestat(os.fstat(owner.fileno()), (workspace / OWNER).stat()):
        raise FileNotFoundError(workspace)
