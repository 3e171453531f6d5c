"""What a failed run leaves beside the report: a folder of its own, gone with the next whole run."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

ENDING = ".failed"
"""Ends the name of such a folder, and no report's."""

MANIFEST = "manifest.json"


def name_partial(target: Path) -> Path:
    """Name the folder beside a report that holds what a failed run has to show.

    Parameters
    ----------
    target : Path
        Folder of the report.

    Returns
    -------
    Path

    Examples
    --------
    >>> name_partial(Path("reports/my_study")).as_posix()
    'reports/my_study.failed'
    """
    return target.with_name(target.name + ENDING)


def is_partial_name(name: str) -> bool:
    """Tell whether a report of this name could be taken for what is left of another one."""
    return name.lower().endswith(ENDING)


def is_partial(folder: Path) -> bool:
    """Tell whether a folder is what a failed run of ours left, by the manifest in it.

    Parameters
    ----------
    folder : Path
        Need not exist.

    Returns
    -------
    bool
        False for a link, whatever it leads to.
    """
    if folder.is_symlink():
        return False
    try:
        content = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and bool(content.get("failed")) and "outputs" in content


def remove_partial(target: Path) -> None:
    """Remove what failed runs left beside a report that is whole again.

    The manifest goes last, so that what a stopped run leaves of the folder is still ours.

    Parameters
    ----------
    target : Path
        Folder of the report. What is in the place of the other folder and not ours stays.
    """
    folder = name_partial(target)
    if not is_partial(folder):
        return
    with suppress(OSError):  # what cannot be removed now is tried again by the next run
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != MANIFEST:
                path.unlink()
        shutil.rmtree(folder)
