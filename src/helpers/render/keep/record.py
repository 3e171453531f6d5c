"""What was last published in a folder: from what, and which results stand out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.io.hashes import hash_text
from helpers.render.keep.cache import Cache


@dataclass(frozen=True)
class KeyResult:
    """A number that a report's summary names.

    Attributes
    ----------
    id : str
        Its id in the ledger.
    chapter : str
        The chapter that computed it.
    text : str
        As the report prints it.
    """

    id: str
    chapter: str
    text: str


@dataclass(frozen=True)
class Record:
    """What a published report was made of.

    Attributes
    ----------
    chapters : mapping of str to mapping
        By chapter, everything that its executed notebook depended on.
    pages : mapping of str to str
        Everything that the pages depended on.
    manifest : str
        sha256 of the published manifest, which lists every file: of another run's report it is
        another.
    results : tuple of KeyResult
        The numbers of the summary.
    """

    chapters: Mapping[str, Mapping[str, str]]
    pages: Mapping[str, str]
    manifest: str
    results: tuple[KeyResult, ...] = ()


def read_record(cache: Cache, target: Path) -> Record | None:
    """Read what was last published in a folder.

    Parameters
    ----------
    cache : Cache
        The project's cache.
    target : Path
        Folder of the report.

    Returns
    -------
    Record or None
        None when nothing is known.
    """
    stored = cache.load("reports", _key(target))
    if stored is None:
        return None
    try:
        content = json.loads(stored.text)
        results = tuple(KeyResult(**result) for result in content.pop("results"))
        return Record(**content, results=results)
    except (ValueError, TypeError, KeyError):  # kept by a version with other fields
        return None


def write_record(
    cache: Cache,
    target: Path,
    *,
    chapters: Mapping[str, Mapping[str, str]],
    pages: Mapping[str, str],
    manifest: str,
    results: Sequence[KeyResult],
) -> None:
    """Remember what has just been published in a folder.

    Parameters
    ----------
    cache : Cache
        The project's cache.
    target : Path
        Folder of the report.
    chapters, pages, manifest, results
        See `Record`.
    """
    record = Record(chapters, pages, manifest, tuple(results))
    cache.save("reports", _key(target), json.dumps(asdict(record), sort_keys=True))


def _key(target: Path) -> str:
    return hash_text(str(target.resolve()))
