"""Bring finished reports to an address.

An object store cannot swap a folder at once, as a file system can. So the order decides: first
``manifest.json`` says that the report is unfinished, then the files come, ``index.html`` last of
them, then those go that the new report no longer has, and the report's own manifest ends it. A
report with its own manifest is whole; one that was left unfinished is finished by the next run.
A run that does not find its own unfinished manifest at the end was not alone: it leaves the report
unfinished and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from helpers.render.plan.plan import Outcome
from helpers.render.publish.manifest import MANIFEST, SIGNATURE, hash_published, parse_manifest
from helpers.render.publish.targets import PAGE_MARK
from helpers.render.remote import RemoteError, is_inside, open_address, tell_faults

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

FIRST_PAGE = "index.html"
EXPECTED = "a folder for reports in which this user may read, write and delete"

AT_ONCE = 8
"""Reports that are brought at one time: what takes long is waiting for answers."""


@dataclass(frozen=True)
class _There:
    """What is at a report's address: sizes of all files, and what its manifest says."""

    sizes: Mapping[str, int | None]
    manifest: bytes
    hashes: Mapping[str, str]

    def check_ours(self, address: str) -> None:
        """Raise RemoteError when files are there and no manifest of ours."""
        strangers = sorted(name for name in self.sizes if name)
        if strangers and parse_manifest(self.manifest, unfinished=True) is None:
            raise RemoteError(
                address,
                found=f"files, and no {MANIFEST} of a report: {', '.join(strangers[:3])}",
                expected="nothing, or a report that this program made",
                mend="choose another address with --reports, or move the files away",
            )


@dataclass(frozen=True)
class _Lack:
    """What a report's address lacks: files to write, files to delete, and what stays as it is.

    The unfinished manifest vouches for no file that is about to change or to go.
    """

    changed: tuple[str, ...]
    gone: tuple[str, ...]
    vouched: tuple[Mapping[str, str], ...]
    is_nothing: bool


def check_address(address: str, *, studies: Iterable[str] = ()) -> None:
    """See whether reports can be looked for at an address; nothing is written.

    Parameters
    ----------
    address : str
        ``s3://bucket/reports``; need not exist.
    studies : iterable of str
        The studies, of which some may have addresses.

    Raises
    ------
    RemoteError
        When a package is missing, the protocol is unknown, access is denied, or the reports would
        lie in a study.
    """
    for study in studies:
        if is_inside(address, study):
            raise RemoteError(
                address,
                found=f"an address in the study {study}",
                expected="an address for reports apart from studies",
                mend="choose another address with --reports",
            )
    system, path = open_address(address)
    with tell_faults(address, EXPECTED), suppress(FileNotFoundError):
        system.ls(path, detail=True)


def check_writing(address: str, names: Iterable[str] = ()) -> None:
    """See whether reports can be written to an address, by a small file that is then deleted.

    Parameters
    ----------
    address : str
        ``s3://bucket/reports``; made where it does not exist, but for the bucket.
    names : iterable of str
        Names of the reports.

    Raises
    ------
    RemoteError
        When it cannot be written to, or what is not a report is where one of them would go.
    """
    system, path = open_address(address)

    def look(name: str) -> None:
        with tell_faults(address, EXPECTED):
            _look(system, f"{path}/{name}").check_ours(f"{address}/{name}")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(look, names))
    probe = f"{path}/.writable-{uuid4().hex[:8]}"
    with tell_faults(address, EXPECTED):
        _write(system, probe, b"may be deleted")
        system.rm_file(probe)


def upload_reports(outcomes: Sequence[Outcome], address: str) -> tuple[Outcome, ...]:
    """Bring every report that came out whole to an address, where it is not there already.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What became of the reports on this machine.
    address : str
        ``s3://bucket/reports``.

    Returns
    -------
    tuple of Outcome
        In their order; one that could not be brought has an error, and one that was brought is
        not unchanged.
    """

    def bring(outcome: Outcome) -> Outcome:
        if outcome.errors:
            return outcome
        try:
            was_there = not upload_report(outcome.page.parent, f"{address}/{outcome.study}")
        except RemoteError as error:
            words = "the report is finished here; the next run brings it where it is to go:"
            return replace(outcome, errors=(f"{words}\n{error}",))
        return replace(outcome, is_unchanged=outcome.is_unchanged and was_there)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return tuple(threads.map(bring, outcomes))


def upload_report(folder: Path, address: str) -> bool:
    """Bring a report to its address, unless it is there.

    Only files that a report's manifest there names are ever deleted.

    Parameters
    ----------
    folder : Path
        The report on this machine.
    address : str
        Its own address, ``s3://bucket/reports/site_01``.

    Returns
    -------
    bool
        Whether anything had to be brought.

    Raises
    ------
    RemoteError
        When it cannot be; what is there is then finished by the next run.
    """
    system, path = open_address(address)
    with tell_faults(address, EXPECTED):
        there = _look(system, path)
        there.check_ours(address)
        lack = _compare(folder, there)
        if lack.is_nothing:
            return False
        mark = _mark_unfinished(system, path, lack)
        for name in sorted(lack.changed, key=lambda name: name == FIRST_PAGE):
            _put(system, folder / name, f"{path}/{name}")
        for name in lack.gone:
            system.rm_file(f"{path}/{name}")
        if _read(system, f"{path}/{MANIFEST}") != mark:
            _mark_unfinished(system, path, lack)
            raise RemoteError(
                address,
                found="another run that brings this report at the same time",
                expected="one run at a time",
                mend="run this again when the other has ended",
            )
        _put(system, folder / MANIFEST, f"{path}/{MANIFEST}")
    return True


def is_uploaded(folder: Path, address: str) -> bool:
    """Tell whether a report is at its address; nothing is written.

    Parameters
    ----------
    folder : Path
        The report on this machine.
    address : str
        Its own address.

    Returns
    -------
    bool

    Raises
    ------
    RemoteError
        When that cannot be read.
    """
    system, path = open_address(address)
    with tell_faults(address, EXPECTED):
        return _compare(folder, _look(system, path)).is_nothing


def upload_page(page: Path, address: str) -> None:
    """Bring the page over all reports of a batch, unless it is there.

    Parameters
    ----------
    page : Path
        The page on this machine.
    address : str
        Address of all reports.

    Raises
    ------
    RemoteError
        When it cannot be brought.
    """
    system, path = open_address(address)
    target = f"{path}/{page.name}"
    with tell_faults(address, EXPECTED):
        there = _read(system, target)
        if there and PAGE_MARK.encode() not in there:
            raise RemoteError(
                f"{address}/{page.name}",
                found="a page that no batch wrote",
                expected="no page, or the page over a batch",
                mend="move it away, or choose another address with --reports",
            )
        if there != page.read_bytes():
            _put(system, page, target)


def _compare(folder: Path, there: _There) -> _Lack:
    hashes = hash_published(folder)
    del hashes[MANIFEST]
    changed = [name for name in hashes if not _is_there(name, hashes[name], folder, there)]
    gone = [name for name in there.hashes if name in there.sizes and name not in hashes]
    is_same = there.manifest == (folder / MANIFEST).read_bytes()
    known = hashes | dict.fromkeys([*changed, *gone], "")
    outputs = tuple({"path": name, "sha256": sha256} for name, sha256 in sorted(known.items()))
    return _Lack(tuple(changed), tuple(gone), outputs, is_same and not changed and not gone)


def _mark_unfinished(system: AbstractFileSystem, path: str, lack: _Lack) -> bytes:
    """Let the manifest say that a report is unfinished, in bytes that no other run writes."""
    content = SIGNATURE | {"unfinished": True, "run": uuid4().hex, "outputs": lack.vouched}
    mark = json.dumps(content, indent=2).encode()
    _write(system, f"{path}/{MANIFEST}", mark)
    return mark


def _look(system: AbstractFileSystem, path: str) -> _There:
    found: dict[str, Any] = {}
    with suppress(FileNotFoundError):
        found = system.find(path, detail=True)
    sizes = {name[len(path) :].lstrip("/"): info.get("size") for name, info in found.items()}
    manifest = _read(system, f"{path}/{MANIFEST}") if MANIFEST in sizes else b""
    parsed = parse_manifest(manifest, unfinished=True)
    return _There(sizes, manifest, parsed.outputs if parsed else {})


def _read(system: AbstractFileSystem, path: str) -> bytes:
    try:
        return bytes(system.cat_file(path))
    except FileNotFoundError:
        return b""


def _is_there(name: str, sha256: str, folder: Path, there: _There) -> bool:
    if name not in there.sizes or there.hashes.get(name) != sha256:
        return False
    return there.sizes[name] in (None, (folder / name).stat().st_size)


def _put(system: AbstractFileSystem, source: Path, target: str) -> None:
    """Write a file; object stores name its type by its ending, so that browsers show it."""
    try:
        system.put_file(str(source), target)
    except FileNotFoundError:
        _make_folder(system, system._parent(target))
        system.put_file(str(source), target)


def _write(system: AbstractFileSystem, target: str, content: bytes) -> None:
    try:
        system.pipe_file(target, content)
    except FileNotFoundError:
        _make_folder(system, system._parent(target))
        system.pipe_file(target, content)


def _make_folder(system: AbstractFileSystem, path: str) -> None:
    """Make a folder and those above it, but no bucket, which a wrong letter would ask for."""
    above = system._parent(path)
    if not above.strip("/"):
        return
    if not system.isdir(above):
        _make_folder(system, above)
    with suppress(FileExistsError):
        system.mkdir(path, create_parents=False)
