"""A report's folder from executed chapters: pages, notebooks, results, figures, tables."""

# mypy: allow-untyped-calls

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from helpers.io.sheets import write_sheet
from helpers.render.keep.settings import Settings
from helpers.render.keep.study_card import StudyCard
from helpers.render.page.check_page import check_page, drop_dead_links, find_patients
from helpers.render.page.collect import (
    BuiltChapter,
    ReportError,
    collect_figures,
    collect_methods,
    collect_records,
    collect_tables,
)
from helpers.render.page.convert import TEMPLATES, Body, Heading, ReportExporter
from helpers.render.page.shape import (
    ANSWER_KINDS,
    collect_answers,
    fold_chapter,
    join_cells,
    number_pieces,
    take_evidence,
    write_numbers,
)
from helpers.render.plan.chapters import Chapter
from helpers.render.publish.manifest import Provenance

COLLECTED_KINDS = (*ANSWER_KINDS, "methods", "provenance")
"""Outputs that the study page shows once, at its own place, instead of in each chapter."""

STYLES = ("report.css", "answers.css")

FAILED_CHAPTER = """\
<h3 id="{anchor}">{title} (failed)</h3>
<p>This chapter failed, so nothing of it is shown. The cause:</p>
<pre class="output cause" tabindex="0">{cause}</pre>
"""

_HASH = re.compile(r"@\w+")
"""Of a source's file; the provenance has them in full."""

RESULT_COLUMNS = (
    "id",
    "chapter",
    "text",
    "value",
    "unit",
    "n",
    "population",
    "state",
    "share_of",
    "low",
    "high",
    "p_value",
    "method",
    "reason",
    "source",
    "plan",
)


ON_RESPONSE = ("response.", "over_time.")
"""How the names of results begin that another rule for response moves."""


@dataclass(frozen=True)
class Failures:
    """Why a report is not whole.

    Attributes
    ----------
    planned : tuple of Chapter
        Every chapter that it should have, in order.
    causes : mapping of str to str
        By chapter name, why it failed.
    problem : str
        Why no pages could be made of the chapters that ran; empty where they could.
    """

    planned: tuple[Chapter, ...]
    causes: Mapping[str, str]
    problem: str = ""

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters that failed, in order."""
        return tuple(chapter for chapter in self.planned if chapter.name in self.causes)


@dataclass(frozen=True)
class Report:
    """What a report is made of.

    Attributes
    ----------
    study : StudyCard
        The study.
    built : tuple of BuiltChapter
        Its executed chapters, in their order.
    not_measured : tuple of (Chapter, tuple of str)
        Chapters left out, each with the tables that the study does not have.
    provenance : Provenance
        Files, parameters and software.
    failures : Failures or None
        None for a whole report; else every page says that it is not one.
    """

    study: StudyCard
    built: tuple[BuiltChapter, ...]
    not_measured: tuple[tuple[Chapter, tuple[str, ...]], ...]
    provenance: Provenance
    failures: Failures | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the contents list."""

    anchor: str
    text: str


def write_report(report: Report, folder: Path) -> dict[str, str]:
    """Write every file of a report but its manifest.

    Parameters
    ----------
    report : Report
        What to write.
    folder : Path
        An empty folder.

    Returns
    -------
    dict of str to str
        sha256 by path of what was to be written, whatever the disk made of it.

    Raises
    ------
    ReportError
        When a page would not be whole: an id twice, a link to nowhere, something loaded from
        elsewhere.
    """
    # Collected before any page: two of one name are told apart here by their notebooks.
    texts = {
        **{f"figures/{name}.svg": svg for name, svg in collect_figures(report.built).items()},
        **{f"tables/{name}.csv": text for name, text in collect_tables(report.built).items()},
        "results.csv": format_results(
            mark_planned(collect_records(report.built), report.study.settings)
        ),
    }
    exporter = _open_exporter()
    texts["index.html"] = render_study_page(report, exporter)
    for one in report.built:
        name = one.chapter.name
        texts[f"chapters/{name}.html"] = render_chapter_page(report, one, exporter)
        texts[f"notebooks/{name}.ipynb"] = one.text + "\n"
    return {path: _write(folder / path, text) for path, text in texts.items()}


@cache
def _open_exporter() -> ReportExporter:
    """Compile the templates once for all reports of a run."""
    return ReportExporter()


def render_study_page(report: Report, exporter: ReportExporter) -> str:
    """Render the page that holds the whole report.

    Parameters
    ----------
    report : Report
        What to show.
    exporter : ReportExporter
        The converter, kept for all pages of a run.

    Returns
    -------
    str
        HTML that needs no other file.
    """
    bodies = {
        one.chapter.name: exporter.convert_chapter(
            one.notebook,
            anchor=one.chapter.anchor,
            demote=2,
            hidden=COLLECTED_KINDS,
            results_only=True,
        )
        for one in report.built
    }
    if report.failures:
        bodies = _add_failed(bodies, report.failures)
    numbers = number_pieces(report.built, report.study.evidence)
    chapters, evidence = take_evidence(bodies.values(), report.study.evidence, numbers)
    failed = {chapter.anchor for chapter in report.failures.chapters} if report.failures else set()
    answers = collect_answers(report.built)
    content = {
        "title": report.study.short_title,
        "part": False,
        "has_failed": report.failures is not None,
        "answers": answers,
        "cells": join_cells(answers.get("cell", ())),
        "evidence": evidence,
        "chapters": [
            fold_chapter(body, is_open=body.headings[0].anchor in failed) for body in chapters
        ],
        "not_measured": report.not_measured,
        "methods": collect_methods(report.built),
        "contents": (),
    }
    return _render_page(report, report.built, numbers, exporter, content)


def _add_failed(bodies: Mapping[str, Body], failures: Failures) -> dict[str, Body]:
    """Put the cause in the place of each chapter that failed."""
    return {
        chapter.name: bodies.get(chapter.name) or _explain_failed(chapter, failures)
        for chapter in failures.planned
        if chapter.name in bodies or chapter.name in failures.causes
    }


def _explain_failed(chapter: Chapter, failures: Failures) -> Body:
    cause = failures.causes[chapter.name]
    html = Markup(FAILED_CHAPTER).format(anchor=chapter.anchor, title=chapter.title, cause=cause)
    return Body(html, (Heading(3, chapter.anchor, f"{chapter.title} (failed)"),))


def render_chapter_page(report: Report, one: BuiltChapter, exporter: ReportExporter) -> str:
    """Render the page of one chapter, in its own order and with its own results.

    Parameters
    ----------
    report : Report
        The report it belongs to.
    one : BuiltChapter
        The chapter.
    exporter : ReportExporter
        The converter.

    Returns
    -------
    str
        HTML that needs no other file.
    """
    body = exporter.convert_chapter(
        one.notebook, anchor=one.chapter.anchor, hidden=("provenance", "design", "headline", "cell")
    )
    title = f"{one.chapter.title} | {report.study.short_title}"
    content = {
        "title": title,
        "part": True,
        "anchor": one.chapter.anchor,
        "body": body,
        "contents": _list_contents(body, has_records=bool(collect_records((one,)))),
        "neighbours": _find_neighbours([other.chapter for other in report.built], one.chapter),
    }
    numbers = number_pieces(report.built, report.study.evidence)
    return _render_page(report, (one,), numbers, exporter, content)


def mark_planned(
    records: Iterable[Mapping[str, Any]], settings: Settings
) -> Iterator[dict[str, Any]]:
    """Say of each record whether the study's plan has it: planned, changed or exploratory.

    Parameters
    ----------
    records : iterable of mapping
        Records of the ledger.
    settings : Settings
        Of this run. Where it departs from study.yml, a result on response is changed by it.

    Yields
    ------
    dict
        The record with ``plan``: the status, with the reason of a change; empty where study.yml
        has no plan.
    """
    from helpers.contracts.outcomes import Plan  # loads pydantic

    plan = Plan.model_validate(settings.used.get("plan") or {})
    for record in records:
        found = plan.judge(record["id"])
        status = "" if found is None else ": ".join(filter(None, (found.status, found.reason)))
        if settings.departures and status == "planned" and record["id"].startswith(ON_RESPONSE):
            status = f"changed: {'; '.join(settings.departures)}"
        yield {**record, "plan": status}


def format_results(records: Iterable[Mapping[str, Any]]) -> str:
    """Write the ledger as CSV: one row per reported number, with all digits.

    Parameters
    ----------
    records : iterable of mapping
        Records of the ledger.

    Returns
    -------
    str
        CSV with a header; a missing value is an empty cell.
    """
    rows = ([record.get(column) for column in RESULT_COLUMNS] for record in records)
    return write_sheet(RESULT_COLUMNS, rows)


def _render_page(
    report: Report,
    built: Sequence[BuiltChapter],
    numbers: Mapping[str, str],
    exporter: ReportExporter,
    content: Mapping[str, Any],
) -> str:
    script = _read_asset("report.js")
    names = {one.chapter.name for one in built}
    patients = find_patients("".join(_list_html(content)))
    page = exporter.render_page(
        study=report.study,
        records=[_describe_record(record) for record in collect_records(built)],
        patients=patients,
        places=list(dict.fromkeys(place for patient in patients for place in patient.places)),
        provenance=_select_provenance(report.provenance, names),
        failures=report.failures,
        policy=_security_policy(script),
        style=Markup("".join(map(_read_asset, STYLES))),
        script=Markup(script),
        **content,
    )
    page = write_numbers(page, numbers)
    if report.failures:
        page = drop_dead_links(page)
    faults = check_page(page)
    if faults:
        listed = "\n  ".join(faults)
        raise ReportError(
            f"{report.study.name}: the page {content['title']!r} is not whole:\n  {listed}"
        )
    return page


def _list_html(content: Mapping[str, Any]) -> list[str]:
    """List the parts of a page that may mark patients."""
    if content["part"]:
        return [content["body"].html]
    answers = [piece.html for pieces in content["answers"].values() for piece in pieces]
    return answers + [part.html for part in (*content["evidence"], *content["chapters"])]


def _list_contents(body: Body, *, has_records: bool) -> list[Entry]:
    """List the sections of a chapter's own page."""
    top, *others = body.headings
    sections = [
        Entry(heading.anchor, heading.text) for heading in others if heading.level == top.level + 1
    ]
    records = [Entry("results", "Results in full")] if has_records else []
    return [*sections, *records, Entry("provenance", "Provenance")]


def _find_neighbours(chapters: Sequence[Chapter], one: Chapter) -> list[tuple[str, Chapter]]:
    at = chapters.index(one)
    before = [("Before", chapters[at - 1])] if at else []
    return before + [("Next", chapter) for chapter in chapters[at + 1 : at + 2]]


def _select_provenance(provenance: Provenance, names: set[str]) -> Provenance:
    return replace(
        provenance,
        notebooks=tuple(f for f in provenance.notebooks if Path(f.path).stem in names),
        parameters=tuple(p for p in provenance.parameters if p.chapter in names),
    )


def _describe_record(record: Mapping[str, Any]) -> dict[str, str]:
    words = {
        key: "" if _is_missing(record.get(key)) else str(record[key]) for key in RESULT_COLUMNS
    }
    low, high = record.get("low"), record.get("high")
    interval = f"{_short(low)} to {_short(high)}" if not _is_missing(low) else ""
    return {
        **words,
        "text": words["text"] or _short(record.get("value")),
        "interval": interval,
        "source": _HASH.sub("", words["source"]),
        "p_value": _short(record.get("p_value")),
    }


def _short(value: object) -> str:
    if _is_missing(value):
        return ""
    if not isinstance(value, float):
        return str(value)
    return f"{value + 0.0:.3g}".replace("-", "−")  # adding 0 makes a negative zero a zero


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _security_policy(script: str) -> str:
    """Allow the page's own style, its images and this one script; nothing from anywhere else."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def _read_asset(name: str) -> str:
    return (TEMPLATES / "report" / name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> str:
    """Write a file and give the sha256 of what was to be written."""
    content = text.encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()
