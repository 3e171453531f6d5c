"""What a report was made from: files, parameters, software; and, in its manifest only, when."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
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

MANIFEST = "manifest.json"

SIGNS = {"study", "inputs", "notebooks", "versions", "outputs", "created"}
"""Keys by which our manifest is told from another program's ``manifest.json``."""

LATEST = 253_402_300_799
"""The last second of the year 9999, in seconds since 1970: no later time can be written down."""


class BuildTimeError(ValueError):
    """Raised when the time that a reproducible build declares is none."""


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


def write_manifest(
    folder: Path, provenance: Provenance, outputs: Mapping[str, str], *, root: Path
) -> str:
    """Write ``manifest.json`` beside a finished report: its provenance, its files, commit and time.

    Parameters
    ----------
    folder : Path
        The report's folder, whole but for this file.
    provenance : Provenance
        What the report was made from.
    outputs : mapping of str to str
        sha256 by path of what was to be written: what the disk kept of it is seen by
        `list_damage`.
    root : Path
        The project's folder, for the commit.

    Returns
    -------
    str
        sha256 of the manifest itself.
    """
    content = {
        **asdict(provenance),
        "outputs": [asdict(HashedFile(name, outputs[name])) for name in sorted(outputs)],
        "git_commit": _read_commit(root),
        "created": read_build_time().isoformat(timespec="seconds"),
    }
    data = f"{json.dumps(content, indent=2, ensure_ascii=False)}\n".encode()
    (folder / MANIFEST).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def read_outputs(folder: Path) -> dict[str, str] | None:
    """Give the sha256 of every file that a report's manifest lists, by path.

    Parameters
    ----------
    folder : Path
        Folder of a report.

    Returns
    -------
    dict of str to str or None
        None where there is no manifest of ours.

    Raises
    ------
    OSError
        When there is one that cannot be read.
    """
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    return parse_outputs(path.read_bytes())


def parse_outputs(manifest: bytes) -> dict[str, str] | None:
    """Give the sha256 of every file that a manifest lists, by path.

    Parameters
    ----------
    manifest : bytes
        Content of ``manifest.json``, also of one that says that its report is unfinished.

    Returns
    -------
    dict of str to str or None
        None when it is not a manifest of ours.

    Examples
    --------
    >>> parse_outputs(b'{"name": "an app", "icons": []}') is None
    True
    """
    try:
        content = json.loads(manifest)
        if content.get("unfinished") is not True and not content.keys() >= SIGNS:
            return None
        return {str(file["path"]): str(file["sha256"]) for file in content["outputs"]}
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        return None


def hash_published(target: Path) -> dict[str, str]:
    """Give the sha256 of every file of a published report, by path; empty when there is none."""
    return {file.path: file.sha256 for file in hash_folder(target)}


def list_damage(folder: Path) -> list[str]:
    """Name the files of a report that are not what its manifest says, or that it does not list.

    Parameters
    ----------
    folder : Path
        Folder of a report.

    Returns
    -------
    list of str
        Paths in it; the manifest's own where there is none of ours.
    """
    listed, found = read_outputs(folder), hash_published(folder)
    if listed is None:
        return [MANIFEST]
    del found[MANIFEST]
    return sorted(name for name in listed | found if listed.get(name) != found.get(name))


def describe_rival(manifest: bytes, outputs: Mapping[str, str]) -> str:
    """Say that another run has published its report where this one's should stand.

    Parameters
    ----------
    manifest : bytes
        Content of the manifest that stands there; empty when none does.
    outputs : mapping of str to str
        sha256 by path of every file that this run has published there.

    Returns
    -------
    str
        Empty while this run's report stands, or one with the same files in it.
    """
    try:
        content = json.loads(manifest)
        found = {file["path"]: file["sha256"] for file in content["outputs"]}
        changed = [p for p in content["parameters"] if p["value"] != p["default"]]
        settings = [f"{p['name']}={p['value']}".removesuffix(".0") for p in changed]
        settings += map(str, content.get("departures", ()))
    except (ValueError, LookupError, TypeError, AttributeError):
        return "this run's report was published, and has been taken away since"
    if found == dict(outputs):
        return ""
    told = ", ".join(dict.fromkeys(settings)) or "all as planned"
    return f"another run has published this report meanwhile (its settings: {told})"


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


def read_build_time() -> datetime:
    """Give the time of the build: now, or what ``SOURCE_DATE_EPOCH`` declares for it.

    Returns
    -------
    datetime
        In universal time.

    Raises
    ------
    BuildTimeError
        When what is declared is not a time.
    """
    declared = os.environ.get("SOURCE_DATE_EPOCH")
    if declared is None:
        return datetime.now(UTC)
    if not re.fullmatch(r"[0-9]{1,12}", declared) or int(declared) > LATEST:
        raise BuildTimeError(
            f"SOURCE_DATE_EPOCH\n     found:    {declared!r}\n"
            f"     expected: whole seconds since 1970, from 0 to {LATEST}\n"
            "     to mend:  correct this environment variable, or take it away: unset "
            "SOURCE_DATE_EPOCH"
        )
    return datetime.fromtimestamp(int(declared), UTC)
