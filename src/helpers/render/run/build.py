"""Many studies, many chapters: run what is due side by side, publish each report that is whole."""

# mypy: allow-untyped-calls

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from helpers.io.hashes import hash_text
from helpers.render.ending import describe_refusal
from helpers.render.family import no_orphans
from helpers.render.keep.cache import Cache, open_cache
from helpers.render.keep.reader import Reader
from helpers.render.keep.record import KeyResult, write_record
from helpers.render.page.assemble import Failures, Report, write_report
from helpers.render.page.collect import BuiltChapter, ReportError, collect_key_results
from helpers.render.places import Places
from helpers.render.plan.plan import Outcome, Plan, plan_reports
from helpers.render.publish.manifest import (
    MANIFEST,
    describe_rival,
    read_provenance,
    write_manifest,
)
from helpers.render.publish.partial import is_partial, name_partial
from helpers.render.publish.publish import scratch_folder
from helpers.render.run.due import (
    ChapterDue,
    ReportDue,
    find_all_due,
    find_stale_pages,
    fingerprint_pages,
)
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import ChapterError
from helpers.render.run.how import How
from helpers.render.run.job import Job, list_moved_parts, run_job
from helpers.render.run.keys import describe_moved, list_moved
from helpers.render.warm.server import list_servers, no_stray_kernels

Submit = Callable[[Job], Future[str]]

__all__ = ["Outcome", "Plan", "build_due", "build_reports", "plan_reports"]


@dataclass
class _Progress:
    """One report on its way: the executed notebooks there are, and what went wrong."""

    due: ReportDue
    texts: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    """sha256 by path of what was published; empty when nothing was."""
    standing: bytes = b""
    """The manifest that stood there when the run began."""
    note: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every chapter that had to run has ended."""
        return len(self.texts) + len(self.errors) == len(self.due.waiting)


@dataclass(frozen=True)
class _Written:
    """What was published: sha256 of the manifest, numbers of the summary, sha256 of all files."""

    manifest: str
    results: tuple[KeyResult, ...]
    outputs: Mapping[str, str]
    replaced: bytes
    """The manifest that stood there at the last moment."""


def build_reports(
    plans: Sequence[Plan],
    places: Places,
    *,
    workers: int,
    tell: Callable[[str], None],
    force: bool = False,
) -> tuple[Outcome, ...]:
    """Bring the reports of some plans up to date on this machine.

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
    force : bool
        Run every chapter and write every page, whatever is kept.

    Returns
    -------
    tuple of Outcome
        One per plan, in their order; a report with an error is left as it was.
    """
    reports = find_all_due(plans, places, force=force)
    return build_due(reports, places, How(jobs=workers, force=force), tell=tell)


def build_due(
    reports: Sequence[ReportDue], places: Places, how: How, *, tell: Callable[[str], None]
) -> tuple[Outcome, ...]:
    """Run the chapters that are due and publish every report that came out whole.

    A chapter is kept as soon as it has ended, so that a run that is stopped is taken up by the
    next; a report is published as soon as its last chapter has ended.

    Parameters
    ----------
    reports : sequence of ReportDue
        From `find_all_due`.
    places : Places
        The project's folders.
    how : How
        Where and how hard to run.
    tell : callable
        Called with the chapter's name each time one has ended.

    Returns
    -------
    tuple of Outcome
        One per report, in their order; a report with an error is left as it was.
    """
    cache = open_cache(places.root)
    progress = [_Progress(due, standing=_read_manifest(due.target)) for due in reports]
    done = {
        one.due.plan.name: _finish(one, places, cache, force=how.force)
        for one in progress
        if one.is_complete
    }
    waiting = [one for one in progress if not one.is_complete]
    if waiting:
        with _open_pool(places, how) as submit:
            for one in _run_waiting(waiting, places, how, cache, submit, tell):
                done[one.due.plan.name] = _finish(one, places, cache, force=how.force)
        cache.drop_unused()
    return tuple(_look_again(done[one.due.plan.name], one) for one in progress)


@contextmanager
def _open_pool(places: Places, how: How) -> Iterator[Submit]:
    """Give what submits a job to a worker; work that has not begun at the end never does."""
    if how.cluster:
        from helpers.render.distribute.cluster import cluster_pool, run_on_worker
        from helpers.render.distribute.fetch import find_source

        with cluster_pool(how.cluster) as pool:
            yield lambda job: pool.submit(run_on_worker, job, find_source(job.study, places.root))
    else:
        threads = ThreadPoolExecutor(how.jobs)
        environment = kernel_environment(places.root / ".cache")
        with environment, no_orphans(but=list_servers), no_stray_kernels():
            try:
                yield lambda job: threads.submit(run_job, job)
            finally:
                threads.shutdown(wait=False, cancel_futures=True)


def _run_waiting(
    reports: Sequence[_Progress],
    places: Places,
    how: How,
    cache: Cache,
    submit: Submit,
    tell: Callable[[str], None],
) -> Iterator[_Progress]:
    """Run all chapters that are due; give each report when its last chapter has ended.

    Rows of a grid that differ in another chapter's parameter only share the run of this one.
    """
    wanted: dict[str, list[tuple[_Progress, Job]]] = {}
    for one in reports:
        for chapter in one.due.waiting:
            job = _make_job(one.due.plan, chapter, places, how)
            wanted.setdefault(job.fingerprint.key, []).append((one, job))
    running = {submit(pairs[0][1]): key for key, pairs in wanted.items()}
    for future in as_completed(list(running)):
        for one, job in wanted.pop(running.pop(future)):
            _collect(future, one, job, cache)
            tell(job.label)
            if one.is_complete:
                yield one


def _make_job(plan: Plan, due: ChapterDue, places: Places, how: How) -> Job:
    return Job(
        report=plan.name,
        chapter=due.chapter,
        study=plan.study.folder,
        root=places.root,
        values=plan.values.get(due.chapter.name, {}),
        settings=plan.study.settings,
        fingerprint=due.fingerprint,
        engine=how.engine,
    )


def _collect(future: Future[str], one: _Progress, job: Job, cache: Cache) -> None:
    name = job.chapter.name
    try:
        text = future.result()
    except ChapterError as error:
        one.errors[name] = str(error)
        return
    except Exception as error:  # noqa: BLE001 - a lost machine stops its chapter and no other
        cause = f"{error}" or "its worker or the scheduler is gone"
        one.errors[name] = f"{job.chapter.path.name}: {type(error).__name__}: {cause}"
        return
    moved = list_moved_parts(job)
    if moved:  # while it ran: true of neither the old files nor the new
        one.errors[name] = describe_moved(job.chapter.path.name, moved)
        return
    one.texts[name] = text
    cache.save("chapters", job.fingerprint.key, text)


def _finish(one: _Progress, places: Places, cache: Cache, *, force: bool) -> Outcome:
    due = one.due
    errors = [one.errors[c.chapter.name] for c in due.chapters if c.chapter.name in one.errors]
    problem = ""
    if due.reason and not errors:
        try:
            _publish(one, places, cache, force=force)
        except (ReportError, OSError) as error:
            problem = describe_refusal(error) if isinstance(error, OSError) else str(error)
            errors.append(problem)
    partial = _publish_partial(one, problem, places, cache) if errors else None
    one.texts.clear()
    return Outcome(due.plan.name, due.page, tuple(errors), not due.reason, partial)


def _look_again(outcome: Outcome, one: _Progress) -> Outcome:
    """See at the end whether what was published is what a person will find."""
    if not one.outputs:
        return outcome
    rival = describe_rival(_read_manifest(one.due.target), one.outputs)
    if rival:
        return replace(outcome, errors=(rival,), is_replaced=True)
    return replace(outcome, note=f"{one.note}; this run's report stands" if one.note else "")


def _publish(one: _Progress, places: Places, cache: Cache, *, force: bool) -> None:
    """Write a report, unless what is published is what would be written again."""
    plan, target, record = one.due.plan, one.due.target, one.due.record
    texts = {c.chapter.name: _read_text(c, one.texts, cache) for c in one.due.chapters}
    digests = {name: hash_text(text) for name, text in texts.items()}
    reader = Reader(places.root)
    pages = fingerprint_pages(plan, digests, reader).parts
    if record and not force and not find_stale_pages(plan, target, digests, record, reader):
        manifest, results = record.manifest, record.results
    else:
        written = _write(one.due, target, texts, places)
        manifest, results, one.outputs = written.manifest, written.results, written.outputs
        if written.replaced not in (b"", one.standing):
            one.note = describe_rival(written.replaced, one.outputs)
    chapters = {c.chapter.name: c.fingerprint.parts for c in one.due.chapters}
    write_record(cache, target, chapters=chapters, pages=pages, manifest=manifest, results=results)


def _publish_partial(one: _Progress, problem: str, places: Places, cache: Cache) -> Path | None:
    """Write what a failed run has to show beside the report; None when that fails too."""
    target = name_partial(one.due.target)
    failures = Failures(one.due.plan.chapters, one.errors, problem)
    try:
        if os.path.lexists(target) and not is_partial(target):
            return None
        try:
            ran = [c for c in one.due.chapters if c.chapter.name not in one.errors]
            texts = (
                {} if problem else {c.chapter.name: _read_text(c, one.texts, cache) for c in ran}
            )
            _write(one.due, target, texts, places, failures)
        except ReportError as error:  # not even what came out can be put together
            _write(one.due, target, {}, places, replace(failures, problem=str(error)))
    except (ReportError, OSError):
        return None
    return target / one.due.page.name


def _write(
    due: ReportDue,
    target: Path,
    texts: Mapping[str, str],
    places: Places,
    failures: Failures | None = None,
) -> _Written:
    """Write a report and publish it."""
    plan = due.plan
    built = tuple(
        BuiltChapter(
            chapter, nbformat.reads(texts[chapter.name], as_version=4), texts[chapter.name]
        )
        for chapter in plan.chapters
        if chapter.name in texts
    )
    provenance = read_provenance(plan.study, plan.chapters, plan.values)
    if failures:
        absent = (chapter.name for chapter in plan.chapters if chapter.name not in texts)
        provenance = replace(provenance, failed=tuple(absent))
    with scratch_folder(target) as scratch:
        report = Report(plan.study, built, plan.not_measured, provenance, failures)
        outputs = write_report(report, scratch)
        manifest = write_manifest(scratch, provenance, outputs, root=places.root)
        if texts:
            _check_unmoved(due, Reader(places.root))
        replaced = _read_manifest(target)
    return _Written(manifest, collect_key_results(built), outputs, replaced)


def _read_manifest(target: Path) -> bytes:
    try:
        return (target / MANIFEST).read_bytes()
    except OSError:
        return b""


def _check_unmoved(due: ReportDue, reader: Reader) -> None:
    """Refuse to publish results under the names of files that they were not computed from."""
    plan = due.plan
    moved = {
        part: None
        for one in due.chapters
        for part in list_moved(
            one.fingerprint,
            one.chapter,
            plan.study.folder,
            plan.values.get(one.chapter.name, {}),
            reader,
            settings=plan.study.settings,
        )
    }
    if moved:
        raise ReportError(describe_moved(plan.name, moved))


def _read_text(due: ChapterDue, texts: dict[str, str], cache: Cache) -> str:
    """Give the executed notebook of a chapter, from this run or an earlier one."""
    name = due.chapter.name
    if name in texts:
        return texts[name]
    stored = cache.load("chapters", due.fingerprint.key)
    if stored is None:
        raise ReportError(f"{name}: its kept result has just been deleted; run this again")
    return stored.text
