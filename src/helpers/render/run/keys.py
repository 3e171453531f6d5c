"""What a result depends on, as fingerprints: the same key means the same result.

Everything is hashed in full, every time. That takes milliseconds for files of this size, and
neither a clock nor a copied file can deceive it. Nothing here needs pandas.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers.io.bounds import LARGEST_STUDY
from helpers.io.files import UnreadableError, require_file
from helpers.io.hashes import hash_text
from helpers.io.mapped import list_mapped_files, list_mapped_tables
from helpers.io.sizes import find_excess, walk_files
from helpers.locate import join_study
from helpers.render.keep.imports import join_source, list_notebook_imports
from helpers.render.keep.reader import ABSENT, Reader
from helpers.render.keep.settings import SETTINGS_FILE, Settings
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.parameters import Value
from helpers.render.publish.manifest import Provenance, read_versions

RUNNER_MODULES = (
    "helpers.render.run.execute",
    "helpers.render.run.environment",
    "helpers.render.warm.*",  # found by papermill through its name, which no import shows
)
"""What runs a chapter; with what they import, they shape the executed notebook."""

CHECK_MODULES = ("helpers.study",)
"""What finds the faults of a study."""

PAGE_MODULES = ("helpers.render.*",)
"""What makes pages of executed notebooks; the templates lie beside it."""

LOCK = "requirements.lock"


@dataclass(frozen=True)
class Fingerprint:
    """Everything that one result depends on, each thing by name with what it was.

    Attributes
    ----------
    parts : mapping of str to str
        A file's sha256 by its path, ``tables/t_cells.csv``, or a short text, ``parameters``.
    """

    parts: Mapping[str, str]

    @property
    def key(self) -> str:
        """One sha256 for all parts."""
        return hash_text(json.dumps(dict(self.parts), sort_keys=True))


def fingerprint_chapter(
    chapter: Chapter,
    study: Path,
    values: Mapping[str, Value],
    reader: Reader,
    *,
    settings: Settings,
) -> Fingerprint:
    """Give everything that the executed notebook of a chapter depends on.

    Parameters
    ----------
    chapter : Chapter
        The notebook.
    study : Path
        The study folder.
    values : mapping of str to value
        Values given for the chapter's parameters.
    reader : Reader
        The project's files.
    settings : Settings
        The study's settings in this run. What they come out as counts, not how study.yml says it.

    Returns
    -------
    Fingerprint
    """
    named = join_study(study.name, settings.overrides)
    notebook = json.loads(chapter.path.read_text(encoding="utf-8"))
    return Fingerprint(
        {
            "notebook": hash_notebook(notebook),
            "parameters": json.dumps({"study": named, **values}, sort_keys=True),
            "settings": hash_text(settings.key),
            **hash_tables(study, chapter.tables, reader),
            **reader.hash_modules(list_notebook_imports(notebook)),
            **reader.hash_modules(RUNNER_MODULES, with_data=False),
            **_describe_software(reader),
        }
    )


def list_moved(
    before: Fingerprint,
    chapter: Chapter,
    study: Path,
    values: Mapping[str, Value],
    reader: Reader,
    *,
    settings: Settings,
) -> tuple[str, ...]:
    """Name what a chapter depends on and is no longer as it was.

    Parameters
    ----------
    before : Fingerprint
        As it was.
    chapter, study, values, reader
        See `fingerprint_chapter`; how it is now.
    settings : Settings
        As they were; another study.yml than that which they were read from has moved.

    Returns
    -------
    tuple of str
        Empty when everything is the same.
    """
    try:
        now = fingerprint_chapter(chapter, study, values, reader, settings=settings).parts
    except (OSError, ValueError):  # deleted, or caught while an editor writes it
        return ("notebook",)
    old = before.parts
    moved = {name for name in {*old, *now} if old.get(name) != now.get(name)}
    if settings.is_moved(reader.hash(study / SETTINGS_FILE)):
        moved.add(SETTINGS_FILE)
    return tuple(sorted(moved))


def describe_moved(what: str, moved: Iterable[str]) -> str:
    """Say that something was edited while it was being rendered, and what to do."""
    return f"{what}: changed since this run began: {', '.join(moved)}; run it again"


def fingerprint_check(study: Path, reader: Reader) -> Fingerprint:
    """Give everything that the faults found in a study depend on.

    Parameters
    ----------
    study : Path
        The study folder.
    reader : Reader
        The project's files.

    Returns
    -------
    Fingerprint
    """
    return Fingerprint(
        {
            "study": study.name,
            **_hash_study(study, reader),
            **reader.hash_modules(CHECK_MODULES),
            **_describe_software(reader),
        }
    )


def fingerprint_report(
    name: str,
    *,
    chapters: Mapping[str, str],
    not_measured: Iterable[tuple[Chapter, tuple[str, ...]]],
    provenance: Provenance,
    reader: Reader,
) -> Fingerprint:
    """Give everything that the pages of a report depend on, once its chapters have been run.

    Parameters
    ----------
    name : str
        Name of the report.
    chapters : mapping of str to str
        By chapter name, the digest of its executed notebook.
    not_measured : iterable of (Chapter, tuple of str)
        The chapters that are left out, and the tables they lack.
    provenance : Provenance
        Files, parameters and software that the page names.
    reader : Reader
        The project's files.

    Returns
    -------
    Fingerprint
        study.yml, from which the first page is written, is among the files of the provenance.
    """
    left_out = [(chapter.name, chapter.title, tables) for chapter, tables in not_measured]
    return Fingerprint(
        {
            "name": name,
            **{f"chapters/{chapter}": digest for chapter, digest in chapters.items()},
            "not measured": json.dumps(left_out),
            "provenance": json.dumps(asdict(provenance), sort_keys=True),
            **reader.hash_modules(PAGE_MODULES),
            **_describe_software(reader),
        }
    )


def hash_notebook(notebook: Mapping[str, Any]) -> str:
    """Hash what decides a notebook's results: sources, images in the text, tags and tables.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.

    Returns
    -------
    str
        The same whatever outputs, counts and notes on themselves editors and kernels leave in it.
    """
    cells = [
        (
            cell["cell_type"],
            join_source(cell),
            cell.get("metadata", {}).get("tags", []),
            cell.get("attachments", {}),
        )
        for cell in notebook.get("cells", ())
    ]
    declared = notebook.get("metadata", {}).get("chapter", {})
    return hash_text(json.dumps([cells, declared], sort_keys=True))


def hash_tables(study: Path, tables: Iterable[str], reader: Reader) -> dict[str, str]:
    """Hash the files of some tables; a table that is not there is a part too.

    Parameters
    ----------
    study : Path
        The study folder.
    tables : iterable of str
        Names of tables.
    reader : Reader
        Reads the files.

    Returns
    -------
    dict of str to str
        sha256 by path in the study.
    """
    parts: dict[str, str] = {}
    mapped = list_mapped_tables(study)
    for table in tables:
        found = [*(study / "tables").glob(f"{table}.*"), *study.glob(f"{table}.csv")]
        if table in mapped:  # each table of a mapping may take from each of its files
            found += list_mapped_files(study)
        parts |= {path.relative_to(study).as_posix(): reader.hash(path) for path in found}
        if not found:
            parts[f"tables/{table}"] = ABSENT
    return parts


def _hash_study(study: Path, reader: Reader) -> dict[str, str]:
    """Hash every file that a check reads, and name the kind of all else that it sees."""
    if excess := find_excess(study):  # which the check will find too
        return {"too large": str(excess)}
    errors: list[OSError] = []
    paths = list(walk_files(study, errors.append, with_folders=True))
    paths += study.glob("tables/*")  # a linked folder of tables is read all the same
    parts = {path.relative_to(study).as_posix(): _hash_or_name(path, reader) for path in paths}
    return parts | {f"unreadable {error.filename}": str(error) for error in errors}


def _hash_or_name(path: Path, reader: Reader) -> str:
    """Give a file's sha256, or say what stands there in the place of one."""
    try:
        require_file(path, at_most=LARGEST_STUDY)
        return reader.hash(path)
    except UnreadableError as error:
        return error.found


def _describe_software(reader: Reader) -> dict[str, str]:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {
        LOCK: reader.hash(reader.root / LOCK),
        "software": json.dumps(read_versions(), sort_keys=True),
        "python": f"{python} {platform.system()} {platform.machine()}",
    }
