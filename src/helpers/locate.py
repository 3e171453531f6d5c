"""How a study is named and where its folder is; nothing is loaded, so an idle run is short."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode


def list_study_roots() -> tuple[Path, ...]:
    """List the folders in whose ``data/`` a study is looked for, nearest first."""
    here = Path.cwd()
    return (here, *here.parents, Path(__file__).resolve().parents[2])


def locate_study(study: str | Path) -> Path | None:
    """Find a study's folder from its name or a path to it.

    Parameters
    ----------
    study : str or Path
        ``"endurance_training_iim"``, or a path to a folder that holds a study.yml.

    Returns
    -------
    Path or None
        Absolute; None when there is none.
    """
    candidates = [Path(study), *(root / "data" / study for root in list_study_roots())]
    # Whatever stands there is looked at when it is read; a name of any length is asked for safely.
    found = (folder.resolve() for folder in candidates if os.path.lexists(folder / "study.yml"))
    return next(found, None)


def split_study(value: str) -> tuple[str, dict[str, str]]:
    """Part a study's name or path from what is set otherwise.

    >>> split_study("my_study?response.improvement_percent=40")
    ('my_study', {'response.improvement_percent': '40'})
    >>> split_study("../a?b/my_study")
    ('../a?b/my_study', {})
    """
    name, mark, query = value.rpartition("?")
    if not mark or "=" not in query or "/" in query:
        return value, {}
    return name, dict(parse_qsl(query, keep_blank_values=True))


def join_study(name: str, overrides: Mapping[str, str]) -> str:
    """Write a study's name or path with what is set otherwise, in one order.

    >>> join_study("my_study", {"response.visits": "last"})
    'my_study?response.visits=last'
    """
    if not overrides:
        return name
    return f"{name}?{urlencode({path: overrides[path] for path in sorted(overrides)})}"
