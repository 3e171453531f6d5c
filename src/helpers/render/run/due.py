"""What would run and why: the plans beside what earlier runs left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.render.keep.cache import Cache, open_cache
from helpers.render.keep.reader import Reader
from helpers.render.keep.record import Record, read_record
from helpers.render.places import Places
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.plan import Plan
from helpers.render.publish.manifest import MANIFEST, hash_published, read_manifest, read_provenance
from helpers.render.run.keys import Fingerprint, fingerprint_chapter, fingerprint_report

FORCED = "asked for by --force"
NEVER = "never run here"
LOST = "its kept result is gone or damaged"
LISTED = 3


@dataclass(frozen=True)
class ChapterDue:
    """One chapter of a plan: what it depends on, and why it must run, if it must.

    Attributes
    ----------
    chapter : Chapter
        The notebook.
    fingerprint : Fingerprint
        Everything its result depends on.
    digest : str
        sha256 of the executed notebook that is kept; empty when the chapter must run.
    reason : str
        Why it must run; empty when its result is kept.
    """

    chapter: Chapter
    fingerprint: Fingerprint
    digest: str
    reason: str


@dataclass(frozen=True)
class ReportDue:
    """One report: its chapters, and why its pages must be written, if they must.

    Attributes
    ----------
    plan : Plan
        The report.
    target : Path
        Its folder.
    chapters : tuple of ChapterDue
        In the order of the report.
    record : Record or None
        What was last published there.
    reason : str
        Why there is something to do; empty when the report stands as it is.
    """

    plan: Plan
    target: Path
    chapters: tuple[ChapterDue, ...]
    record: Record | None
    reason: str

    @property
    def page(self) -> Path:
        """The report's first page."""
        return self.target / "index.html"

    @property
    def waiting(self) -> tuple[ChapterDue, ...]:
        """The chapters that must run."""
        return tuple(one for one in self.chapters if one.reason)


def find_all_due(
    plans: Sequence[Plan], places: Places, *, force: bool = False
) -> tuple[ReportDue, ...]:
    """Compare plans with what earlier runs left, all with one state of the project's files.

    Parameters
    ----------
    plans : sequence of Plan
        The reports asked for.
    places : Places
        The project's folders.
    force : bool
        Run every chapter, whatever is kept.

    Returns
    -------
    tuple of ReportDue
        One per plan.
    """
    cache, reader = open_cache(places.root), Reader(places.root)
    return tuple(
        find_due(plan, places.reports, cache=cache, reader=reader, force=force) for plan in plans
    )


def find_due(
    plan: Plan, reports: Path, *, cache: Cache, reader: Reader, force: bool = False
) -> ReportDue:
    """Compare a plan with what earlier runs left.

    Parameters
    ----------
    plan : Plan
        The report asked for.
    reports : Path
        Folder of all reports.
    cache : Cache
        Results of earlier runs.
    reader : Reader
        The project's files as they are now.
    force : bool
        Run every chapter, whatever is kept.

    Returns
    -------
    ReportDue
    """
    target = reports / plan.name
    record = read_record(cache, target)
    chapters = tuple(
        _find_chapter(plan, one, record, cache, reader, force) for one in plan.chapters
    )
    waiting = sum(1 for one in chapters if one.reason)
    if waiting:
        reason = f"{waiting} of {len(chapters)} chapters would run"
    else:
        digests = {one.chapter.name: one.digest for one in chapters}
        reason = find_stale_pages(plan, target, digests, record, reader)
    return ReportDue(plan, target, chapters, record, reason)


def find_stale_pages(
    plan: Plan, target: Path, digests: Mapping[str, str], record: Record | None, reader: Reader
) -> str:
    """Say why a report's pages must be written, once the digest of every chapter is known.

    Parameters
    ----------
    plan : Plan
        The report.
    target : Path
        Its folder.
    digests : mapping of str to str
        By chapter, the digest of its executed notebook.
    record : Record or None
        What was last published there.
    reader : Reader
        The project's files.

    Returns
    -------
    str
        Empty when the published pages are what they would be again, and nobody touched them.
    """
    if record is None:
        return "pages: never published here"
    changed = _list_changes(record.pages, fingerprint_pages(plan, digests, reader).parts)
    if changed:
        return f"pages: {changed}"
    manifest = read_manifest(target)
    expected = {MANIFEST: record.manifest, **(manifest.outputs if manifest else {})}
    touched = _list_changes(expected, hash_published(target))
    return f"published files were touched: {touched}" if touched else ""


def fingerprint_pages(plan: Plan, digests: Mapping[str, str], reader: Reader) -> Fingerprint:
    """Give everything that the pages of a plan depend on.

    Parameters
    ----------
    plan : Plan
        The report.
    digests : mapping of str to str
        By chapter, the digest of its executed notebook.
    reader : Reader
        The project's files.

    Returns
    -------
    Fingerprint
    """
    return fingerprint_report(
        plan.name,
        chapters=digests,
        not_measured=plan.not_measured,
        provenance=read_provenance(plan.study, plan.chapters, plan.values),
        reader=reader,
    )


def describe_due(reports: Iterable[ReportDue]) -> str:
    """Say what would run and why.

    Parameters
    ----------
    reports : iterable of ReportDue
        From `find_due`.

    Returns
    -------
    str
        One line for each report, and one below it for each chapter that would run.
    """
    lines = []
    for due in reports:
        lines.append(f"{due.plan.name}: {due.reason or 'nothing to do'}")
        lines += [f"  {one.chapter.name}: {one.reason}" for one in due.waiting]
    return "\n".join(lines)


def _find_chapter(
    plan: Plan, chapter: Chapter, record: Record | None, cache: Cache, reader: Reader, force: bool
) -> ChapterDue:
    values = plan.values.get(chapter.name, {})
    fingerprint = fingerprint_chapter(
        chapter, plan.study.folder, values, reader, settings=plan.study.settings
    )
    stored = None if force else cache.load("chapters", fingerprint.key)
    if stored is not None:
        return ChapterDue(chapter, fingerprint, stored.digest, "")
    before = record.chapters.get(chapter.name) if record else None
    if force:
        reason = FORCED
    elif before is None:
        reason = NEVER
    else:
        reason = _list_changes(before, fingerprint.parts) or LOST
    return ChapterDue(chapter, fingerprint, "", reason)


def _list_changes(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Name what differs, ``changed: notebook, parameters``; the first few of a long list."""
    names = [*before, *(name for name in now if name not in before)]
    changed = [name for name in names if before.get(name) != now.get(name)]
    if not changed:
        return ""
    more = f" and {len(changed) - LISTED} more" if len(changed) > LISTED else ""
    return f"changed: {', '.join(changed[:LISTED])}{more}"
