"""From plans to reports; the software that runs notebooks is loaded only when one must run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from helpers.render.distribute.upload import check_writing, upload_reports
from helpers.render.ending import describe_refusal
from helpers.render.keep.reader import Reader
from helpers.render.places import Places
from helpers.render.plan.plan import Outcome, Plan
from helpers.render.publish.partial import remove_partial
from helpers.render.publish.workspace import clear_workspaces, open_workspace
from helpers.render.run.due import ReportDue, find_all_due
from helpers.render.run.how import How, MachineError, StudyChangedError
from helpers.render.run.keys import fingerprint_check
from helpers.render.scratch import clear_left


def run_plans(
    plans: Sequence[Plan], places: Places, how: How, *, checked: Mapping[Path, str] | None = None
) -> tuple[Outcome, ...]:
    """Bring every report up to date.

    Parameters
    ----------
    plans : sequence of Plan
        The reports asked for.
    places : Places
        The project's folders.
    how : How
        Where and how hard to run.
    checked : mapping of Path to str, optional
        By study folder, the key of the state in which no fault was found.

    Returns
    -------
    tuple of Outcome
        One per plan, in their order.

    Raises
    ------
    ClusterError, MachineError, RemoteError
        When there is no cluster to work with, this machine does not allow what a run needs, or the
        reports could not be brought where they are to go; nothing has been run then.
    StudyChangedError
        When a study is not what was checked; nothing has been run then.
    """
    clear_workspaces(places.reports)
    clear_left()
    reports = find_all_due(plans, places, force=how.force)
    outcomes = {
        due.plan.name: Outcome(due.plan.name, due.page, (), is_unchanged=True)
        for due in reports
        if not due.reason
    }
    waiting = [due for due in reports if due.reason]
    if waiting:
        _confirm_unchanged(checked or {}, places.root)
        _check_place(places.reports)
        if places.address:
            check_writing(places.address, [due.plan.name for due in waiting])
        built = _run(waiting, places, how)
        outcomes |= {outcome.study: outcome for outcome in built}
    ordered = tuple(outcomes[plan.name] for plan in plans)
    for outcome in ordered:
        if not outcome.errors:
            remove_partial(outcome.page.parent)
    return upload_reports(ordered, places.address) if places.address else ordered


def _check_place(reports: Path) -> None:
    """Refuse a folder in which no report can be made, by trying what publishing one begins with."""
    absent = [place for place in (reports, *reports.parents) if not os.path.lexists(place)]
    try:
        reports.mkdir(parents=True, exist_ok=True)
        with open_workspace(reports / reports.name):
            pass
    except OSError as error:
        for place in absent:
            with suppress(OSError):
                place.rmdir()
        raise MachineError(describe_refusal(error)) from error


def _confirm_unchanged(checked: Mapping[Path, str], root: Path) -> None:
    """Refuse what was edited between its check and now, when all inputs have been hashed."""
    reader = Reader(root)
    for folder, key in checked.items():
        if fingerprint_check(folder, reader).key != key:
            raise StudyChangedError(
                f"{folder.name}: changed since it was checked, a moment ago; run this again"
            )


def _run(waiting: Sequence[ReportDue], places: Places, how: How) -> tuple[Outcome, ...]:
    chapters = sum(len(due.waiting) for due in waiting)
    if not how.cluster:
        how = replace(how, jobs=_count_workers(how.jobs))
    if chapters and not how.cluster and how.engine != "ordinary":
        _start_server(places)
    from helpers.render.run.build import build_due
    from helpers.render.run.progress import show_progress

    with show_progress(chapters) as tell:
        return build_due(waiting, places, how, tell=tell)


def _count_workers(asked: int | None) -> int:
    from helpers.render.run.capacity import find_file_shortage, read_capacity

    jobs = asked
    if jobs is None:
        capacity = read_capacity()
        if limit := capacity.describe_limit():
            print(limit, file=sys.stderr)
        jobs = capacity.workers
    if shortage := find_file_shortage(jobs):
        raise MachineError(shortage)
    return jobs


def _start_server(places: Places) -> None:
    """Let the libraries of the notebooks load beside those that run notebooks."""
    from helpers.render.run.environment import kernel_environment
    from helpers.render.warm.server import start_server

    with kernel_environment(places.root / ".cache"):
        start_server()
