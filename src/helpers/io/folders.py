"""Look through a study's folder: a report names every file in it, and tells each by its bytes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from helpers.characters import describe_unseen, show_unseen
from helpers.contracts import Fault
from helpers.io.files import UnreadableError

HIDDEN = (".", "~$")
"""How the names of files begin that are no part of a study: those of editors and the system."""


def find_folder_faults(folder: Path, *, known: Collection[Path] = ()) -> list[Fault]:
    """List files and folders of a study that a report could not name or read.

    Parameters
    ----------
    folder : Path
        The study folder.
    known : collection of Path
        Files that are judged elsewhere, by what they hold.

    Returns
    -------
    list of Fault
        In the order of their paths.
    """
    errors: list[OSError] = []
    paths = sorted(set(_walk(folder, errors)) - set(known))
    faults = [
        fault for path in paths if (fault := _judge_name(path, folder) or _judge_file(path, folder))
    ]
    return faults + [_describe(Path(error.filename), folder, error) for error in errors]


def _walk(folder: Path, errors: list[OSError]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        yield from (Path(place, name) for name in files if not name.startswith(HIDDEN))


def _judge_name(path: Path, folder: Path) -> Fault | None:
    unseen = describe_unseen(path.relative_to(folder).as_posix())
    if not unseen:
        return None
    shown = show_unseen(path.relative_to(folder).as_posix())
    mend = "rename the file, or move it out of the study's folder"
    return Fault(shown, f"a file name with {unseen}", "a name in UTF-8 that can be seen", mend)


def _judge_file(path: Path, folder: Path) -> Fault | None:
    if not path.is_file():  # a report does not read it
        return None
    try:
        with path.open("rb"):
            return None
    except OSError as error:
        return _describe(path, folder, error)


def _describe(path: Path, folder: Path, error: OSError) -> Fault:
    told = UnreadableError.from_error(path, error)
    name = path.relative_to(folder).as_posix()
    return Fault(show_unseen(name), told.found, told.expected, told.mend)
