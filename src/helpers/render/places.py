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
    here : Path, optional
        Folder in which the command was typed: paths are told from there.
    """

    root: Path
    notebooks: Path
    data: Path
    reports: Path
    address: str = ""
    here: Path | None = None

    def shorten(self, path: Path) -> Path:
        """Give a path from where the command was typed, or whole where it leads elsewhere."""
        if self.here is None or not path.is_relative_to(self.here):
            return path
        return path.relative_to(self.here)
