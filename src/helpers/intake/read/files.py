"""Which file of raw/ a line of mapping.yml means, and the sheets of it that it names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from helpers.contracts import Fault, StudyDataError, suggest_name
from helpers.contracts.mapping import Mapping, Source
from helpers.intake.read.sheets import Sheet, TextForm, read_sheets
from helpers.intake.read.source_table import SourceTable, frame_sheet
from helpers.io.hashes import hash_file

RAW = "raw"
HASHES = "SHA256SUMS"
"""Beside the originals: the sha256 of each as it came, in the form that `sha256sum -c` reads."""


def choose_file(folder: Path, source: Source, mapping: Mapping) -> tuple[Path | None, list[Path]]:
    """Find the file that a source means.

    Parameters
    ----------
    folder : Path
        The study folder.
    source : Source
    mapping : Mapping
        A file that another line names outright is not taken by a pattern.

    Returns
    -------
    (Path or None, list of Path)
        The last one by its name, numbers compared as numbers; and the others that fit.
    """
    named = {one.file for one in mapping.sources if one.file != source.file} | set(mapping.kept)
    fit = [
        path
        for path in list_raw(folder)
        if path.name == source.file
        or (fnmatchcase(path.name, source.file) and path.name not in named)
    ]
    fit.sort(key=_natural)
    return (fit[-1], fit[:-1]) if fit else (None, [])


def list_raw(folder: Path) -> list[Path]:
    """List the files of people that lie in raw/, in order."""
    paths = sorted((folder / RAW).glob("[!.~]*"))
    return [path for path in paths if path.is_file() and path.name != HASHES]


def _natural(path: Path) -> list[tuple[int, str]]:
    """Order names as people do: 2 before 10, a name before the same name with more."""
    parts = re.findall(r"\d+|\D+", path.stem)
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def read_source(path: Path, source: Source) -> list[SourceTable]:
    """Read what a source names of a file: one table for each of its sheets.

    Parameters
    ----------
    path : Path
    source : Source

    Returns
    -------
    list of SourceTable

    Raises
    ------
    StudyDataError
        When it cannot be read, or lacks a sheet or the header.
    """
    file = f"{RAW}/{path.name}"
    form = TextForm(source.separator, source.encoding)
    sheets = {sheet.name: sheet for sheet in read_sheets(path, form, file=file)}
    if not sheets:
        fault = Fault(file, "an empty file", "a header and rows", "bring the file again")
        raise StudyDataError(file, [fault])
    names = source.sheets or tuple(sheets)[:1]
    faults = [_miss_sheet(file, name, sheets) for name in names if name not in sheets]
    chosen = [sheets[name] for name in names if name in sheets]
    faults += [_miss_header(file, one) for one in chosen if not _has_rows(one, source.header)]
    if faults:
        raise StudyDataError(file, faults)
    return [frame_sheet(sheet, source.header) for sheet in chosen]


def _has_rows(sheet: Sheet, header: Iterable[int]) -> bool:
    return max(header) in {number for number, _ in sheet.rows}


def _miss_header(file: str, sheet: Sheet) -> Fault:
    mend = "correct header in mapping.yml"
    return Fault(file, "an empty row", "the row that names the columns", mend, sheet.rows[0][0])


def _miss_sheet(file: str, name: str, sheets: Iterable[str]) -> Fault:
    mend = suggest_name(name, sheets) + "correct sheets in mapping.yml"
    return Fault(file, f"no sheet {name}", f"one of {', '.join(sheets)}", mend)


def name_sheet(path: Path, table: SourceTable) -> str:
    """Say where a row stands: the file, and its sheet where it has more than one."""
    name = table.sheet.name
    return f"{RAW}/{path.name}" + (f" ({name})" if name else "")


def read_hashes(folder: Path) -> dict[str, str]:
    """Give the sha256 of each original as it came, by its name."""
    path = folder / RAW / HASHES
    if not path.is_file():
        return {}
    lines = (line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines())
    return {parts[1].lstrip("*"): parts[0] for parts in lines if len(parts) == 2}


def describe_originals(
    folder: Path, read: Iterable[Path], older: Iterable[Path], mapping: Mapping
) -> list[str]:
    """Say of the originals what nobody may overlook: changed since they came, older, or not read.

    Parameters
    ----------
    folder : Path
        The study folder.
    read, older : iterable of Path
        What the mapping reads, and what fits it too and is older by its name.
    mapping : Mapping

    Returns
    -------
    list of str
    """
    known, lines = read_hashes(folder), []
    read, older = set(read), set(older)
    for path in list_raw(folder):
        if path.name in known and hash_file(path) != known[path.name]:
            lines.append(f"{RAW}/{path.name}: is not as it came ({HASHES})")
        if path in read and path.name not in known:
            lines.append(f"{RAW}/{path.name}: is not noted in {HASHES}; bring it with new --from")
        if path in older - read:
            lines.append(f"{RAW}/{path.name}: an older transfer, which is not read any more")
        elif path not in read and path.name not in mapping.kept:
            lines.append(f"{RAW}/{path.name}: is read by no line of mapping.yml")
    return lines
