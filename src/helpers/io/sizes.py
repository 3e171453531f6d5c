"""How large a study's folder is, told before any file in it is read. Nothing here needs pandas."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from helpers.io.bounds import LARGEST_STUDY, MEGABYTE
from helpers.io.files import UnreadableError

HIDDEN = (".", "~$")
"""How the names of files begin that are no part of a study: those of editors and the system."""


def walk_files(
    folder: Path,
    onerror: Callable[[OSError], object] | None = None,
    *,
    with_folders: bool = False,
) -> Iterator[Path]:
    """Give every file below a study's folder that is a part of the study.

    Parameters
    ----------
    folder : Path
        The study folder.
    onerror : callable, optional
        Called with what the system refuses.
    with_folders : bool
        Give the folders too, linked ones among them; what those lead to is not walked.

    Yields
    ------
    Path
        Links and pipes too.
    """
    for place, folders, files in os.walk(folder, onerror=onerror):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        if with_folders:
            yield from (Path(place, name) for name in folders)
        yield from (Path(place, name) for name in files if not name.startswith(HIDDEN))


def find_excess(folder: Path) -> UnreadableError | None:
    """Say that the files of a study are larger than a run can read each time.

    Parameters
    ----------
    folder : Path
        The study folder; a linked folder of tables counts too.

    Returns
    -------
    UnreadableError or None
        At the largest file.
    """
    sizes = {path: _read_size(path) for path in (*walk_files(folder), *folder.glob("tables/*"))}
    total = sum(sizes.values())
    if total <= LARGEST_STUDY:
        return None
    largest = max(sizes, key=lambda path: sizes[path])
    return UnreadableError(
        largest,
        f"{_write_size(sizes[largest])}; all files of the study take {_write_size(total)}",
        f"{_write_size(LARGEST_STUDY)} at most in all, because every run reads every file",
        "move what is not a table out of the study's folder",
    )


def _read_size(path: Path) -> int:
    """Give the bytes that would be read: none of what is not a regular file."""
    try:
        found = path.stat()
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def _write_size(size: int) -> str:
    return f"{size / MEGABYTE:,.0f} MB"
