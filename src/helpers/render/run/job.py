"""One chapter to run, as something that can be handed to another thread, process or machine."""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from helpers.locate import join_study
from helpers.render.keep.reader import Reader
from helpers.render.keep.settings import SETTINGS_FILE, Settings
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.parameters import Value
from helpers.render.run.execute import ChapterError, Engine, execute_chapter, list_hidden_paths
from helpers.render.run.keys import Fingerprint, describe_moved, hash_tables, list_moved


@dataclass(frozen=True)
class Job:
    """One chapter with what it is run for.

    Attributes
    ----------
    report : str
        Name of the report it belongs to.
    chapter : Chapter
        The notebook.
    study : Path
        The study folder.
    root : Path
        The project's folder.
    values : mapping of str to value
        Values given for the chapter's parameters.
    settings : Settings
        The study's settings in this run.
    fingerprint : Fingerprint
        Everything the result depends on, as the runner found it.
    by_path : bool
        Name the study to the notebook by its path, not by its name below ``data/``; the executed
        notebook shows its name either way.
    engine : {"warm", "ordinary"}
        How its process is started.
    """

    report: str
    chapter: Chapter
    study: Path
    root: Path
    values: Mapping[str, Value]
    settings: Settings
    fingerprint: Fingerprint
    by_path: bool = False
    engine: Engine = "warm"

    @property
    def label(self) -> str:
        """Report and chapter, for a person who watches."""
        return f"{self.report}: {self.chapter.name}"


def run_job(job: Job) -> str:
    """Run a chapter.

    Parameters
    ----------
    job : Job
        What to run.

    Returns
    -------
    str
        The executed notebook as the text of a file: the same wherever it was run.

    Raises
    ------
    ChapterError
        When the study is no longer what was checked, a cell fails or the kernel dies.
    """
    _refuse_moved_tables(job)
    by_path = job.by_path or job.study.parent != job.root / "data"
    notebook = execute_chapter(
        job.chapter,
        study=join_study(str(job.study) if by_path else job.study.name, job.settings.overrides),
        values=job.values,
        hidden_paths=list_hidden_paths(job.study, root=job.root),
        engine=job.engine,
    )
    text: str = nbformat.writes(notebook)
    return text


def list_moved_parts(job: Job) -> tuple[str, ...]:
    """Name what is no longer, or not here, as the runner found it.

    A result is kept only if nothing moved while it was computed: otherwise it would be kept under
    the key of files that it was not computed from.

    Parameters
    ----------
    job : Job
        What was run, or is about to be.

    Returns
    -------
    tuple of str
        Empty when everything that the result depends on is the same.
    """
    return list_moved(
        job.fingerprint,
        job.chapter,
        job.study,
        job.values,
        Reader(job.root),
        settings=job.settings,
    )


def _refuse_moved_tables(job: Job) -> None:
    """Keep a study that was edited since it was checked from the kernel."""
    reader = Reader(job.root)
    tables = hash_tables(job.study, job.chapter.tables, reader)
    moved = [name for name, digest in tables.items() if job.fingerprint.parts.get(name) != digest]
    if job.settings.is_moved(reader.hash(job.study / SETTINGS_FILE)):
        moved.append(SETTINGS_FILE)
    if moved:
        raise ChapterError(describe_moved(job.chapter.path.name, moved))
