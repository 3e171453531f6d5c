"""Look through a study's folder: a report names every file in it, and tells each by its bytes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from helpers.characters import describe_unseen, show_unseen
from helpers.contracts import Fault
from helpers.io.files import UnreadableError
from helpers.io.sizes import find_excess, walk_files


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
    paths = sorted(set(walk_files(folder, errors.append)) - set(known))
    faults = [
        fault for path in paths if (fault := _judge_name(path, folder) or _judge_file(path, folder))
    ]
    faults += [_describe(Path(error.filename), folder, error) for error in errors]
    excess = find_excess(folder)
    return [*faults, _put(excess, folder)] if excess else faults


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
    return _put(UnreadableError.from_error(path, error), folder)


def _put(told: UnreadableError, folder: Path) -> Fault:
    name = told.path.relative_to(folder).as_posix()
    return Fault(show_unseen(name), told.found, told.expected, told.mend)
