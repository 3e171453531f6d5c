"""Put a finished report in the place of the old one, whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.render.publish.manifest import list_damage
from helpers.render.publish.targets import find_content_obstacle
from helpers.render.publish.workspace import FINISHED, PREVIOUS, REPORT, open_workspace

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""What Linux calls the working folder, and a renaming that exchanges two names: linux/fs.h."""

ATTEMPTS = 10
"""How often a report is put in its place again, because another run was quicker each time."""


class PublishError(OSError):
    """Raised when a report cannot be put in its place; what was there is there."""


@contextmanager
def scratch_folder(target: Path) -> Iterator[Path]:
    """Give an empty folder beside a report, and put it in the report's place when the block ends.

    A block that raises leaves the report as it was, and so does a new report that is not what its
    manifest says. On Linux the two change places in one step, so that there is a whole report at
    every moment, whoever is stopped. Where the system or the file system cannot do that, a run
    that was stopped between taking the old report away and putting the new one in place is mended
    by the next.

    Nothing is locked: each run builds in a folder of its own and moves whole reports only, and what
    it took away it looks at again. Of two runs that publish at once, on whatever hosts, the report
    of one remains, whole, and nobody waits for a host that hangs.

    Parameters
    ----------
    target : Path
        Folder of the report; need not exist.

    Yields
    ------
    Path
        A folder on the same file system, to be filled with a report and its manifest.

    Raises
    ------
    PublishError
        When the new report is damaged, or what stands in its place is not a report.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with open_workspace(target) as workspace:
        scratch, finished = workspace / REPORT, workspace / FINISHED
        scratch.mkdir()
        yield scratch
        _check_whole(scratch, target)
        scratch.rename(finished)
        _publish(finished, target)


def _check_whole(scratch: Path, target: Path) -> None:
    damage = list_damage(scratch)
    if damage:
        raise PublishError(
            f"{target}: the new report was damaged while it was written, and was not published: "
            f"{', '.join(damage[:3])}; see whether the disk is full or another program cleans "
            "this folder, and run this again"
        )


def _publish(finished: Path, target: Path) -> None:
    for attempt in range(ATTEMPTS):
        _refuse_stranger(target)
        if _swap(finished, target, away=finished.with_name(f"{PREVIOUS}{attempt}")):
            return
    raise PublishError(f"{target}: other runs publish here all the time; run this again alone")


def _swap(finished: Path, target: Path, *, away: Path) -> bool:
    """Put a report in its place; False when another run was quicker."""
    if not os.path.lexists(target):
        return _move(finished, target)
    if _exchange(finished, target):
        try:
            _refuse_stranger(finished)
        except PublishError:  # put there since it was looked at
            _exchange(finished, target)
            raise
        return True
    try:
        target.rename(away)
    except FileNotFoundError:
        return False
    try:
        _refuse_stranger(away)
    except PublishError:
        _move(away, target)
        raise
    return _move(finished, target)


def _move(folder: Path, target: Path) -> bool:
    """Give a folder a name that is free; False when it is no longer."""
    try:
        folder.rename(target)
    except OSError as error:
        # Another run may have put a report there, and taken it away again since.
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST) or os.path.lexists(target):
            return False
        raise
    return True


def _refuse_stranger(folder: Path) -> None:
    if obstacle := find_content_obstacle(folder):
        raise PublishError(obstacle)


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; tell whether that could be done."""
    if sys.platform != "linux":
        return False
    call = getattr(ctypes.CDLL(None), "renameat2", None)
    if call is None:
        return False
    paths = [os.fsencode(path) for path in (one, other)]
    return bool(call(AT_FDCWD, paths[0], AT_FDCWD, paths[1], RENAME_EXCHANGE) == 0)
