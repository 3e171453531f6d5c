"""The folders of a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """Where a project keeps its notebooks and data, and where its reports go."""

    root: Path
    notebooks: Path
    data: Path
    reports: Path
