"""What a report was made from: files, parameters, software; and, in its manifest only, when."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from helpers.io.files import UnreadableError
from helpers.io.hashes import hash_file
from helpers.render.keep.study_card import StudyCard
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.parameters import RESERVED, Value

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

SIGNATURE = {"generator": "myositis-study-report", "format": 1}
"""Tells our manifest from another program's ``manifest.json``, and from one of another form."""

LISTS = {"inputs": list, "notebooks": list, "outputs": list}
SHAPE = LISTS | {"study": str, "parameters": list, "versions": dict, "failed": list, "created": str}
UNFINISHED = {"outputs": list, "run": str}
"""Fields of the manifest of a report that is on its way to an address."""

LARGEST_MANIFEST = 20_000_000
"""Bytes; ours list some hundred files."""

SHA256 = re.compile(r"[0-9a-f]{64}")

EMPTY = "an empty folder"

DROPPINGS = re.compile(
    r"(?i)\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*|\.directory"
    r"|\.nfs[0-9a-f]+|\.fuse_hidden.*"
)
"""Files that systems and office programs leave wherever somebody looks; nobody's work."""

CHECKPOINTS = ".ipynb_checkpoints"
"""Folder of the copies that JupyterLab makes of a notebook that is opened and saved."""

DECLARED = ("plan", "primary_outcome", "endpoints", "reference_arm", "contrasts")
"""Keys of study.yml that say what was fixed beforehand."""

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
    departures: tuple[str, ...] = ()
    """What was set otherwise than study.yml plans it, in words."""
    failed: tuple[str, ...] = ()
    """Chapters that are not in the report because they failed; none of a whole report."""
    plan: str = ""
    """sha256 of what study.yml declares beforehand: plan, outcomes and contrasts."""


@dataclass(frozen=True)
class Manifest:
    """What a report's manifest says of its folder.

    Attributes
    ----------
    outputs : mapping of str to str
        sha256 by path of every file; empty for one that is about to change at an address.
    failed : tuple of str
        Chapters that failed, none of a whole report.
    """

    outputs: Mapping[str, str]
    failed: tuple[str, ...]


def read_provenance(
    study: StudyCard, chapters: Iterable[Chapter], values: Mapping[str, Mapping[str, Value]]
) -> Provenance:
    """Read what a report of a study is made from.

    Parameters
    ----------
    study : StudyCard
        The study, with its settings in this run.
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
        inputs=tuple(f for f in hash_folder(study.folder) if not f.path.startswith("notebooks/")),
        notebooks=tuple(HashedFile(_name_notebook(c), hash_file(c.path)) for c in chapters),
        parameters=tuple(
            GivenParameter(
                c.name, p.name, values.get(c.name, {}).get(p.name, p.default), p.default, p.help
            )
            for c in chapters
            for p in c.parameters
            if p.name != RESERVED
        ),
        versions=read_versions(),
        departures=study.settings.departures,
        plan=hash_plan(study.settings.used),
    )


def hash_plan(settings: Mapping[str, Any]) -> str:
    """Give the sha256 of what a study declares beforehand; how study.yml writes it is no matter.

    >>> one = hash_plan({"plan": {"registration": "R1"}, "title": "A"})
    >>> one == hash_plan({"title": "B", "plan": {"registration": "R1"}})
    True
    """
    declared = {key: settings.get(key) for key in DECLARED}
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()


def _name_notebook(chapter: Chapter) -> str:
    """Name a chapter's file, with its study where it is one study's own."""
    place = f"{chapter.owner}/notebooks/" if chapter.owner else ""
    return place + chapter.path.name


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
        **SIGNATURE,
        **asdict(provenance),
        "outputs": [asdict(HashedFile(name, outputs[name])) for name in sorted(outputs)],
        "git_commit": _read_commit(root),
        "created": read_build_time().isoformat(timespec="seconds"),
    }
    data = f"{json.dumps(content, indent=2, ensure_ascii=False)}\n".encode()
    (folder / MANIFEST).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def read_manifest(folder: Path, *, unfinished: bool = False) -> Manifest | None:
    """Read the manifest of a report.

    Parameters
    ----------
    folder : Path
        Folder of a report.
    unfinished : bool
        Take that of a report on its way to an address too.

    Returns
    -------
    Manifest or None
        None where there is no manifest of ours.

    Raises
    ------
    OSError
        When there is one that cannot be read.
    """
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST_MANIFEST:
        return None
    return parse_manifest(path.read_bytes(), unfinished=unfinished)


def parse_manifest(data: bytes, *, unfinished: bool = False) -> Manifest | None:
    """Read a manifest, and take nothing for ours that we would not have written.

    Parameters
    ----------
    data : bytes
        Content of ``manifest.json``.
    unfinished : bool
        Take that of a report on its way to an address too.

    Returns
    -------
    Manifest or None
        None when it is not a manifest of ours.

    Examples
    --------
    >>> parse_manifest(b'{"name": "an app", "icons": []}') is None
    True
    """
    try:
        content = json.loads(data)
        is_part = unfinished and content.get("unfinished") is True
        if not _is_ours(content, UNFINISHED if is_part else SHAPE):
            return None
        lists = [content.get(name, ()) for name in LISTS]
        if not all(_is_entry(entry, may_lack=is_part) for one in lists for entry in one):
            return None
        if not is_part:
            datetime.fromisoformat(content["created"])
        outputs = {entry["path"]: entry["sha256"] for entry in content["outputs"]}
        return Manifest(outputs, tuple(content.get("failed", ())))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _is_ours(content: Mapping[str, Any], shape: Mapping[str, type]) -> bool:
    texts = (*content.get("failed", ()), *dict(content.get("versions", {})).values())
    return (
        all(content.get(name) == value for name, value in SIGNATURE.items())
        and all(type(content.get(name)) is kind for name, kind in shape.items())
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(parameter, dict) for parameter in content.get("parameters", ()))
        and isinstance(content.get("git_commit"), str | None)
    )


def _is_entry(entry: object, *, may_lack: bool) -> bool:
    """Tell whether a file is named as we name one: by its path below a folder, and its sha256."""
    if not isinstance(entry, dict) or entry.keys() != {"path", "sha256"}:
        return False
    name, sha256 = entry["path"], entry["sha256"]
    if not isinstance(name, str) or not isinstance(sha256, str):
        return False
    path = PurePosixPath(name)
    is_below = path.parts and path.as_posix() == name and not path.root and ".." not in path.parts
    return bool(is_below and (SHA256.fullmatch(sha256) or (may_lack and not sha256)))


def hash_published(target: Path) -> dict[str, str]:
    """Give everything in a published report, by path: of a file its sha256, else what it is.

    Parameters
    ----------
    target : Path
        Folder of a report.

    Returns
    -------
    dict of str to str
        Hidden files too, but not `DROPPINGS` and `CHECKPOINTS`. Links are not followed.
        Empty when there is none.
    """
    found = dict(sorted(_list_entries(target)))
    for name in found:
        if not found[name]:
            try:
                found[name] = hash_file(target / name)
            except UnreadableError:
                found[name] = "what cannot be read"
    return found


def list_strangers(folder: Path, outputs: Mapping[str, str]) -> list[str]:
    """Name what lies in a report and no run put there: files, links, empty folders.

    Parameters
    ----------
    folder : Path
        Folder of a report.
    outputs : mapping of str to str
        What its manifest lists, by path.

    Returns
    -------
    list of str
        Paths in it. A listed file that was edited is ours, and so is a folder of listed files
        that were deleted.
    """
    ours = {MANIFEST, *outputs}
    folders = {parent.as_posix() for name in outputs for parent in PurePosixPath(name).parents}
    entries = _list_entries(folder)
    return sorted(n for n, what in entries if n not in ours and (what != EMPTY or n not in folders))


def list_damage(folder: Path) -> list[str]:
    """Name what is in a report and not what its manifest says, or what it does not list.

    Parameters
    ----------
    folder : Path
        Folder of a report.

    Returns
    -------
    list of str
        Paths in it; the manifest's own where there is none of ours.
    """
    manifest, found = read_manifest(folder), hash_published(folder)
    if manifest is None:
        return [MANIFEST]
    del found[MANIFEST]
    listed = manifest.outputs
    return sorted(n for n in {*listed, *found} if listed.get(n) != found.get(n))


def _list_entries(folder: Path) -> Iterator[tuple[str, str]]:
    """Give the path of everything below a folder but folders with something in them.

    With it goes what it is; nothing for a regular file.
    """
    if not folder.is_dir():
        return
    for place, folders, files in os.walk(folder, onerror=_raise):
        links = [name for name in folders if os.path.islink(os.path.join(place, name))]
        folders[:] = [name for name in folders if name in links or name != CHECKPOINTS]
        kept = [name for name in files if not DROPPINGS.fullmatch(name)]
        for path in (Path(place, name) for name in (*links, *kept)):
            yield path.relative_to(folder).as_posix(), _describe_kind(path.lstat().st_mode)
        if not (kept or folders or Path(place) == folder):
            yield Path(place).relative_to(folder).as_posix(), EMPTY


def _describe_kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    return "a link" if stat.S_ISLNK(mode) else "no regular file"


def _raise(error: OSError) -> NoReturn:
    raise error


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
