"""Many studies, many chapters: run them side by side, publish each report that is whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers.render.assemble import Report, write_report
from helpers.render.chapters import Chapter, find_missing_tables
from helpers.render.collect import BuiltChapter, ReportError
from helpers.render.environment import kernel_environment
from helpers.render.execute import ChapterError, execute_chapter, list_hidden_paths
from helpers.render.manifest import read_provenance, write_manifest
from helpers.render.parameters import Value, match_parameters
from helpers.render.places import Places
from helpers.render.publish import scratch_folder
from helpers.render.study_card import StudyCard


@dataclass(frozen=True)
class Plan:
    """One report to build: which chapters with which values, and which are left out and why."""

    study: StudyCard
    chapters: tuple[Chapter, ...]
    not_measured: tuple[tuple[Chapter, tuple[str, ...]], ...]
    values: Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True)
class Outcome:
    """What became of one report: its page, or the reasons why the old one was left."""

    study: str
    page: Path
    errors: tuple[str, ...]


def plan_reports(
    studies: Iterable[StudyCard], chapters: Sequence[Chapter], given: Sequence[str]
) -> tuple[Plan, ...]:
    """Decide what to build, before any kernel starts.

    Parameters
    ----------
    studies : iterable of StudyCard
        The studies asked for.
    chapters : sequence of Chapter
        Every chapter there is.
    given : sequence of str
        Parameters as typed, ``name=value``.

    Returns
    -------
    tuple of Plan
        One per study.

    Raises
    ------
    ParameterError
        When a parameter is unknown to every chapter that will be built, or its value is no good.
    ValueError
        When a study has the tables of no chapter.
    """
    studies = tuple(studies)
    wanted = {study.name: _split_chapters(study, chapters) for study in studies}
    built = {chapter.name: chapter for measured, _ in wanted.values() for chapter in measured}
    values = match_parameters(given, tuple(built.values()))
    return tuple(Plan(study, *wanted[study.name], values) for study in studies)


def build_reports(
    plans: Sequence[Plan], places: Places, *, workers: int, tell: Callable[[str], None]
) -> tuple[Outcome, ...]:
    """Run all chapters of all plans and publish every report that came out whole.

    Parameters
    ----------
    plans : sequence of Plan
        From `plan_reports`.
    places : Places
        The project's folders.
    workers : int
        Chapters that run at one time.
    tell : callable
        Called with the chapter's name each time one has ended.

    Returns
    -------
    tuple of Outcome
        One per plan, in their order; a report with an error is left as it was.
    """
    pool = ThreadPoolExecutor(workers)
    with kernel_environment(places.root / ".cache"):
        running = [
            [pool.submit(_run_chapter, plan, chapter, places, tell) for chapter in plan.chapters]
            for plan in plans
        ]
        try:
            outcomes = [
                _finish(plan, futures, places) for plan, futures in zip(plans, running, strict=True)
            ]
        finally:  # stopped by the user: chapters that have not begun never do
            pool.shutdown(wait=False, cancel_futures=True)
    return tuple(outcomes)


def count_workers() -> int:
    """Count the chapters that run at one time: one for each core that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _split_chapters(
    study: StudyCard, chapters: Sequence[Chapter]
) -> tuple[tuple[Chapter, ...], tuple[tuple[Chapter, tuple[str, ...]], ...]]:
    missing = [(chapter, find_missing_tables(chapter, study.tables)) for chapter in chapters]
    measured = tuple(chapter for chapter, tables in missing if not tables)
    if not measured:
        raise ValueError(
            f"{study.name}: expected the tables of at least one chapter, found "
            f"{', '.join(sorted(study.tables)) or 'none'} in {study.folder / 'tables'}"
        )
    return measured, tuple((chapter, tables) for chapter, tables in missing if tables)


def _run_chapter(
    plan: Plan, chapter: Chapter, places: Places, tell: Callable[[str], None]
) -> NotebookNode:
    study = plan.study
    known = study.folder.parent == places.root / "data"
    try:
        return execute_chapter(
            chapter,
            study=study.name if known else str(study.folder),
            values=plan.values[chapter.name],
            hidden_paths=list_hidden_paths(study.folder, root=places.root),
        )
    finally:
        tell(f"{study.name}: {chapter.name}")


def _finish(plan: Plan, running: Sequence[Future[NotebookNode]], places: Places) -> Outcome:
    target = places.reports / plan.study.name
    page = target / "index.html"
    built: list[BuiltChapter] = []
    errors: list[str] = []
    for chapter, future in zip(plan.chapters, running, strict=True):
        try:
            built.append(BuiltChapter(chapter, future.result()))
        except ChapterError as error:
            errors.append(str(error))
    if not errors:
        try:
            _publish(plan, tuple(built), places, target)
        except (ReportError, OSError) as error:
            errors.append(str(error))
    return Outcome(plan.study.name, page, tuple(errors))


def _publish(plan: Plan, built: tuple[BuiltChapter, ...], places: Places, target: Path) -> None:
    provenance = read_provenance(plan.study.folder, plan.chapters, plan.values)
    report = Report(plan.study, built, plan.not_measured, provenance)
    with scratch_folder(target) as scratch:
        write_report(report, scratch)
        write_manifest(scratch, provenance, root=places.root)
