"""What a failed run leaves beside the report: a folder of its own, gone with the next whole run."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from helpers.names import FAILED
from helpers.render.publish.manifest import MANIFEST, list_strangers, read_manifest


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
    return target.with_name(target.name + FAILED)


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
        manifest = read_manifest(folder)
    except OSError:
        return False
    return manifest is not None and bool(manifest.failed)


def remove_partial(target: Path) -> None:
    """Remove what failed runs left beside a report that is whole again.

    The manifest goes last, so that what a stopped run leaves of the folder is still ours.

    Parameters
    ----------
    target : Path
        Folder of the report. What is in the place of the other folder and not ours stays, and so
        does the whole folder when somebody keeps something in it.
    """
    folder = name_partial(target)
    with suppress(OSError):  # what cannot be removed now is tried again by the next run
        manifest = read_manifest(folder) if is_partial(folder) else None
        if manifest is None or list_strangers(folder, manifest.outputs):
            return
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != MANIFEST:
                path.unlink()
        shutil.rmtree(folder)
