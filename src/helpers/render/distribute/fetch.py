"""Bring studies that have an address to this machine, where the rest of the program finds them.

A fetched study is a snapshot: a folder below ``.cache/studies`` named by the address and by the
content, which nothing changes once it is there. So nobody ever reads a study that is half there,
and two processes may fetch one study at the same time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from helpers.io.hashes import hash_file, hash_text
from helpers.render.publish.manifest import hash_folder, is_hidden
from helpers.render.remote import RemoteError, open_address, shorten_address, tell_faults

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

SETTINGS = "study.yml"
EXPECTED = f"a study folder, which holds {SETTINGS} and tables/"
NOTE = "fetched.json"
NAME_PATTERN = re.compile(r"\w[\w .+-]*")

CONTENT_KEYS = ("ETag", "etag", "md5", "md5Hash", "content_md5", "checksum", "generation", "sha")
"""What file systems call the mark of a file's content; a time is none."""

TIME_KEYS = ("mtime", "LastModified", "last_modified", "modified", "updated", "created")

AT_ONCE = 8
"""Studies that are fetched at one time: what takes long is waiting for answers."""

SECONDS_KEPT = 24 * 60 * 60
"""A snapshot that no run has asked for in a day is deleted: it may hold patients' data."""


@dataclass(frozen=True)
class _File:
    """A file of a study where it lies: its path there, its size, and what tells its content."""

    path: str
    size: int | None
    mark: str
    times: str


@dataclass(frozen=True)
class _Kept:
    """A file of a snapshot: the mark it had where it came from, and its sha256."""

    mark: str
    sha256: str


def fetch_studies(addresses: Iterable[str], root: Path) -> dict[str, Path | RemoteError]:
    """Bring studies to this machine, or say of each why it cannot be brought.

    Parameters
    ----------
    addresses : iterable of str
        ``s3://bucket/studies/site_01``; one that comes twice is fetched once.
    root : Path
        The project's folder.

    Returns
    -------
    dict of str to Path or RemoteError
        By address, the study's folder on this machine, or its fault.
    """

    def fetch(address: str) -> Path | RemoteError:
        try:
            return fetch_study(address, root)
        except RemoteError as error:
            return error

    wanted = list(dict.fromkeys(addresses))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return dict(zip(wanted, threads.map(fetch, wanted), strict=True))


def fetch_study(address: str, root: Path) -> Path:
    """Bring a study to this machine, as it is now.

    Where the file system tells a content by a mark (an object store's etag), files with the mark
    of an earlier snapshot are taken from it; all others are fetched.

    Parameters
    ----------
    address : str
        ``s3://bucket/studies/site_01``; the last part is the study's name.
    root : Path
        The project's folder.

    Returns
    -------
    Path
        The study's folder, the same for the same content.

    Raises
    ------
    RemoteError
        When there is no study, it cannot be read, or it changed while it was read.
    """
    name = _name_study(address)
    system, path = open_address(address)
    with tell_faults(address, EXPECTED):
        files = _list_study(system, path, address)
        shelf = _find_shelf(root)
        shelf.mkdir(parents=True, exist_ok=True)
        scratch = shelf / f".fetching-{uuid4().hex[:8]}"
        try:
            study = scratch / name
            count = _fill(study, files, system, _find_kept(shelf, address))
            system.invalidate_cache()
            if count and _list_study(system, path, address) != files:
                raise RemoteError(
                    address,
                    found="files that changed while they were fetched",
                    expected="a study that nobody is writing",
                    mend="run this again when it is whole",
                )
            _write_note(scratch, address, files)
            found = _keep(scratch, shelf, address)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    _drop_old(shelf)
    return found / name


def find_source(study: Path, root: Path) -> str:
    """Give the address that a study was fetched from.

    Parameters
    ----------
    study : Path
        A study folder.
    root : Path
        The project's folder.

    Returns
    -------
    str
        Empty for a study that was not fetched.
    """
    snapshot = study.resolve().parent
    if snapshot.parent != _find_shelf(root):
        return ""
    return str(json.loads((snapshot / NOTE).read_text(encoding="utf-8"))["address"])


def _find_shelf(root: Path) -> Path:
    return (root / ".cache" / "studies").resolve()


def _name_study(address: str) -> str:
    name = address.rstrip("/").rpartition("/")[2]
    if "::" in address or not NAME_PATTERN.fullmatch(name):
        raise RemoteError(
            address,
            found=f"{name!r} as the name of the study",
            expected="an address that ends in the study folder's name: letters, digits, . _ + -",
            mend="name the folder that holds study.yml",
        )
    return name


def _list_study(system: AbstractFileSystem, path: str, address: str) -> dict[str, _File]:
    """List a study's files by their paths in it."""
    files = {}
    for info in _list_files(system, path):
        name = str(info["name"])
        below = _check_path(name[len(path) :].lstrip("/"), address)
        marks = (_mark(info, keys) for keys in (CONTENT_KEYS, TIME_KEYS))
        files[below] = _File(name, info.get("size"), *marks)
    if SETTINGS not in files:
        raise RemoteError(
            address,
            found=f"a folder without {SETTINGS} (files: {len(files)})",
            expected=EXPECTED,
            mend="correct the address, or copy the study folder there",
        )
    return files


def _list_files(system: AbstractFileSystem, folder: str) -> Iterator[Mapping[str, Any]]:
    """List files below a folder, without hidden ones, which are no part of a study.

    fsspec's own ``find`` leaves out a folder that it fails to list. A study without one of its
    tables would be reported as one that did not measure it.
    """
    for info in system.ls(folder, detail=True):
        path = str(info["name"]).rstrip("/")
        if path == folder or is_hidden(Path(path.rpartition("/")[2])):
            continue  # object stores may list a folder in itself
        if info["type"] == "directory":
            yield from _list_files(system, path)
        else:
            yield info


def _check_path(below: str, address: str) -> str:
    """Refuse a name that would be written outside the study: object stores allow ``../``."""
    if ".." in PurePosixPath(below).parts or "\\" in below or ":" in below:
        raise RemoteError(
            address,
            found=f"a file named {below!r}",
            expected="names that every file system takes",
            mend="rename the file",
        )
    return below


def _mark(info: Mapping[str, Any], keys: Iterable[str]) -> str:
    return " ".join(f"{key}={info[key]}" for key in keys if info.get(key))


def _fill(
    study: Path,
    files: Mapping[str, _File],
    system: AbstractFileSystem,
    kept: Mapping[tuple[str, str], Path],
) -> int:
    """Copy or fetch the files of a study, and count those that had to be fetched."""
    count = 0
    for below, file in files.items():
        target = study / below
        target.parent.mkdir(parents=True, exist_ok=True)
        source = kept.get((below, file.mark)) if file.mark else None
        if source:
            shutil.copyfile(source, target)
        else:
            system.get_file(file.path, str(target))
            count += 1
    return count


def _find_kept(shelf: Path, address: str) -> dict[tuple[str, str], Path]:
    """Find files of earlier snapshots by path and mark, if they are still what was fetched."""
    found = {}
    for note in sorted(shelf.glob(f"{shorten_address(address)}-*/{NOTE}")):
        with suppress(OSError, ValueError, KeyError, TypeError):
            content = json.loads(note.read_text(encoding="utf-8"))
            for below, entry in content["files"].items():
                kept, path = _Kept(**entry), note.parent / content["name"] / below
                if kept.mark and hash_file(path) == kept.sha256:
                    found[below, kept.mark] = path
    return found


def _write_note(scratch: Path, address: str, files: Mapping[str, _File]) -> None:
    name = _name_study(address)
    entries = {
        below: asdict(_Kept(file.mark, hash_file(scratch / name / below)))
        for below, file in files.items()
    }
    content = {"address": address, "name": name, "files": entries}
    (scratch / NOTE).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _keep(scratch: Path, shelf: Path, address: str) -> Path:
    """Put a snapshot in its place, unless it is there already."""
    digest = _hash_study(scratch, address)
    target = shelf / f"{shorten_address(address)}-{digest[:16]}"
    if target.is_dir() and _hash_study(target, address) != digest:  # somebody edited it
        shutil.rmtree(target)
    if target.is_dir():
        os.replace(scratch / NOTE, target / NOTE)  # the same content may have new marks
        os.utime(target)
        return target
    try:
        scratch.rename(target)
    except OSError:  # another process was first
        if not target.is_dir():
            raise
    return target


def _hash_study(snapshot: Path, address: str) -> str:
    files = hash_folder(snapshot / _name_study(address))
    return hash_text(json.dumps([asdict(file) for file in files]))


def _drop_old(shelf: Path) -> None:
    oldest = time.time() - SECONDS_KEPT
    for snapshot in shelf.iterdir():
        with suppress(OSError):
            if snapshot.stat().st_mtime < oldest:
                shutil.rmtree(snapshot, ignore_errors=True)
