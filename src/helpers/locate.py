"""Where a study's folder is; no table is loaded to find it, so that an idle run is short."""

from __future__ import annotations

import os
from pathlib import Path


def list_study_roots() -> tuple[Path, ...]:
    """List the folders in whose ``data/`` a study is looked for, nearest first."""
    here = Path.cwd()
    return (here, *here.parents, Path(__file__).resolve().parents[2])


def locate_study(study: str | Path) -> Path | None:
    """Find a study's folder from its name or a path to it.

    Parameters
    ----------
    study : str or Path
        ``"anakinra_iim"``, or a path to a folder that holds a study.yml.

    Returns
    -------
    Path or None
        Absolute; None when there is none.
    """
    candidates = [Path(study), *(root / "data" / study for root in list_study_roots())]
    # Whatever stands there is looked at when it is read; a name of any length is asked for safely.
    found = (folder.resolve() for folder in candidates if os.path.lexists(folder / "study.yml"))
    return next(found, None)
