"""The folders of a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Where a project keeps its notebooks and data, and where its reports go.

    Attributes
    ----------
    root, notebooks, data : Path
        The project, and its folders of notebooks and of studies.
    reports : Path
        Where the reports are built.
    address : str
        Where they are brought from there, ``s3://bucket/reports``; empty when they stay.
    """

    root: Path
    notebooks: Path
    data: Path
    reports: Path
    address: str = ""
