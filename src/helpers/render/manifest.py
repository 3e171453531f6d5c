"""What a report was made from: files, parameters, software; and, in its manifest only, when."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from helpers.io.hashes import hash_file
from helpers.render.chapters import Chapter
from helpers.render.parameters import RESERVED, Value

PACKAGES = (
    "myositis-study-report",
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "pingouin",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
)
"""Packages that a number, a figure or the page itself can depend on."""


@dataclass(frozen=True)
class HashedFile:
    """A file by its path below a named folder, with the sha256 of its bytes."""

    path: str
    sha256: str

    @property
    def short(self) -> str:
        """The first twelve digits, enough to compare by eye."""
        return self.sha256[:12]


@dataclass(frozen=True)
class GivenParameter:
    """A parameter in force in one chapter."""

    chapter: str
    name: str
    value: Value
    default: Value
    help: str


@dataclass(frozen=True)
class Provenance:
    """Everything that decides what a report says; the same input gives the same provenance."""

    study: str
    inputs: tuple[HashedFile, ...]
    notebooks: tuple[HashedFile, ...]
    parameters: tuple[GivenParameter, ...]
    versions: Mapping[str, str]
    failed: tuple[str, ...] = ()
    """Chapters that are not in the report because they failed; none of a whole report."""


def read_provenance(
    study: Path, chapters: Iterable[Chapter], values: Mapping[str, Mapping[str, Value]]
) -> Provenance:
    """Read what a report of a study is made from.

    Parameters
    ----------
    study : Path
        The study folder.
    chapters : iterable of Chapter
        The chapters that are built.
    values : mapping of str to mapping
        By chapter name, the values given for its parameters.

    Returns
    -------
    Provenance
    """
    chapters = tuple(chapters)
    return Provenance(
        study=study.name,
        inputs=hash_folder(study),
        notebooks=tuple(HashedFile(c.path.name, hash_file(c.path)) for c in chapters),
        parameters=tuple(
            GivenParameter(
                c.name, p.name, values.get(c.name, {}).get(p.name, p.default), p.default, p.help
            )
            for c in chapters
            for p in c.parameters
            if p.name != RESERVED
        ),
        versions=read_versions(),
    )


def hash_folder(folder: Path) -> tuple[HashedFile, ...]:
    """Give the sha256 of every file below a folder, in the order of their paths.

    Parameters
    ----------
    folder : Path
        Hidden files and the lock files of office programs are left out.

    Returns
    -------
    tuple of HashedFile
        Paths relative to the folder, with forward slashes on every system.
    """
    paths = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and not is_hidden(path.relative_to(folder))
    }
    return tuple(HashedFile(name, hash_file(paths[name])) for name in sorted(paths))


def write_manifest(folder: Path, provenance: Provenance, *, root: Path) -> None:
    """Write ``manifest.json`` beside a finished report: its provenance, its files, commit and time.

    Parameters
    ----------
    folder : Path
        The report's folder, whole but for this file.
    provenance : Provenance
        What the report was made from.
    root : Path
        The project's folder, for the commit.
    """
    content = {
        **asdict(provenance),
        "outputs": [asdict(file) for file in hash_folder(folder)],
        "git_commit": _read_commit(root),
        "created": _read_time().isoformat(timespec="seconds"),
    }
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def is_hidden(path: Path) -> bool:
    """Tell hidden files and the lock files of office programs, or what lies in such a folder."""
    return any(part.startswith((".", "~$")) for part in path.parts)


@cache
def read_versions() -> Mapping[str, str]:
    """Give the versions of the software that a result can depend on, read once for a run.

    Returns
    -------
    mapping of str to str
        By name; a package that is not installed is left out.
    """
    found = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _read_commit(root: Path) -> str | None:
    """Name the commit, with ``+changes`` where files differ from it; None outside a repository."""
    try:
        commit = _run_git(root, "rev-parse", "HEAD")
        return commit + ("+changes" if _run_git(root, "status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _run_git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    return done.stdout.strip()


def _read_time() -> datetime:
    """Give the time of the build, or the one that a reproducible build declares."""
    declared = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(declared), UTC) if declared else datetime.now(UTC)
