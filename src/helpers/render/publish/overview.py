"""One page over many reports: what became of each, and their key results side by side."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from helpers.render.keep.cache import Cache
from helpers.render.keep.record import KeyResult, read_record
from helpers.render.plan.grid import GridRow
from helpers.render.plan.plan import Outcome, Plan
from helpers.render.publish.targets import PAGE_MARK, TargetError, find_page_obstacle

Status = Literal["ready", "failed"]

TEMPLATES = Path(__file__).parents[1] / "templates" / "report"


@dataclass(frozen=True)
class Entry:
    """One report of a batch.

    Attributes
    ----------
    name : str
        Name of the report.
    study : str
        Its study, as the page names it.
    data_origin : str
        published, reconstructed or collected; no table may hide it.
    status : {"ready", "failed"}
        What became of it.
    errors : tuple of str
        Why it failed.
    has_page : bool
        Whether there is a report to open: for one that failed, that of the last good run.
    given : tuple of str
        Parameters of its row, ``name=value``.
    key_results : tuple of KeyResult
        The numbers of its summary.
    partial : str
        Address from the overview of what came out of a run that failed; empty when there is none.
    """

    name: str
    study: str
    data_origin: str
    status: Status
    errors: tuple[str, ...]
    has_page: bool
    given: tuple[str, ...]
    key_results: tuple[KeyResult, ...]
    partial: str = ""

    @property
    def link(self) -> str:
        """Address of the report from the overview; empty when there is none."""
        return f"{quote(self.name)}/index.html" if self.has_page else ""

    @property
    def parameters(self) -> Mapping[str, str]:
        """Values by name of the parameters that its row gives."""
        return dict(text.split("=", 1) for text in self.given)

    @property
    def results(self) -> Mapping[str, str]:
        """Printed numbers by id; the numbers of a failed run's old report are not this row's."""
        if self.status == "failed":
            return {}
        return {result.id: result.text for result in self.key_results}


def list_entries(
    rows: Sequence[GridRow],
    plans: Sequence[Plan],
    outcomes: Sequence[Outcome],
    *,
    cache: Cache,
) -> tuple[Entry, ...]:
    """Say what became of every row of a grid.

    Parameters
    ----------
    rows, plans, outcomes : sequence
        The rows, what was planned for each, and what became of it.
    cache : Cache
        Holds the records of what was published.

    Returns
    -------
    tuple of Entry
        One per row.
    """
    entries = []
    for row, plan, outcome in zip(rows, plans, outcomes, strict=True):
        record = read_record(cache, outcome.page.parent)
        entries.append(
            Entry(
                name=plan.name,
                study=plan.study.short_title,
                data_origin=plan.study.data_origin,
                status="failed" if outcome.errors else "ready",
                errors=outcome.errors,
                has_page=outcome.page.is_file(),
                given=row.given,
                key_results=record.results if record else (),
                partial=_link_partial(outcome),
            )
        )
    return tuple(entries)


def _link_partial(outcome: Outcome) -> str:
    page = outcome.partial
    return f"{quote(page.parent.name)}/{page.name}" if page else ""


def write_overview(entries: Sequence[Entry], reports: Path, *, title: str) -> Path:
    """Write ``index.html`` over all reports of a batch, unless it says the same already.

    Parameters
    ----------
    entries : sequence of Entry
        In the order of the grid.
    reports : Path
        Folder of all reports.
    title : str
        Heading of the page.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    TargetError
        When a page of somebody else stands there.
    """
    page = reports / "index.html"
    if obstacle := find_page_obstacle(page):
        raise TargetError(obstacle)
    html = render_overview(entries, title=title).encode()
    if not page.is_file() or page.read_bytes() != html:
        reports.mkdir(parents=True, exist_ok=True)
        half = reports / f".index.html.{uuid4().hex[:8]}"
        half.write_bytes(html)
        os.replace(half, page)
    return page


def render_overview(entries: Sequence[Entry], *, title: str) -> str:
    """Render the page over all reports of a batch.

    Parameters
    ----------
    entries : sequence of Entry
        In the order of the grid.
    title : str
        Heading of the page.

    Returns
    -------
    str
        HTML that needs no other file, and the same for the same entries.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    counts = Counter(entry.status for entry in entries)
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return environment.get_template("batch.html.j2").render(
        title=title,
        mark=Markup(PAGE_MARK),
        style=Markup(style),
        entries=entries,
        counts=", ".join(f"{counts[s]} {s}" for s in ("ready", "failed") if counts[s]),
        failures=[entry for entry in entries if entry.errors],
        parameters=list(dict.fromkeys(name for entry in entries for name in entry.parameters)),
        compared=[entry for entry in entries if entry.results],
        results=group_shared_results(entries),
    )


def group_shared_results(entries: Iterable[Entry]) -> list[tuple[str, list[str]]]:
    """List the key results to compare, by chapter.

    Parameters
    ----------
    entries : iterable of Entry
        The reports.

    Returns
    -------
    list of (str, list of str)
        Chapter and ids of its results: those that at least two reports have, or all of a single
        report.
    """
    shown = [entry for entry in entries if entry.results]
    seen = Counter(name for entry in shown for name in entry.results)
    needed = min(2, len(shown))
    grouped: dict[str, dict[str, None]] = {}
    for entry in shown:
        for result in entry.key_results:
            if seen[result.id] >= needed:
                grouped.setdefault(result.chapter, {})[result.id] = None
    return [(chapter, list(ids)) for chapter, ids in sorted(grouped.items())]
