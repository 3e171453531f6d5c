"""The picture of all patients: a row each, with time in the study, response, and why they left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.derive.course.everybody import STANDINGS
from helpers.report.glance.dots import MOST_DOTS
from helpers.report.words import capitalise, count_noun, escape, is_missing, link_patient

MARKS = {"improved": "better", "unchanged": "same", "worsened": "worse", "not evaluable": "unknown"}
"""Class of the mark for each category; every one has a shape of its own."""

MARK_WORDS = {
    "better": "improved",
    "same": "seen, not improved",
    "worse": "worse",
    "unknown": "could not be judged",
}
REACHED = {True: "yes", False: "no"}
NOT_SEEN = "not seen"


@dataclass(frozen=True)
class Picture:
    """What the picture of all patients is made of.

    Attributes
    ----------
    everybody : DataFrame
        From `helpers.derive.course.everybody.list_everybody`.
    categories : DataFrame
        One row per patient and month: category; no rows where response was not judged.
    visits : mapping of float to str
        Planned visits and their labels; the first is the baseline.
    arms : mapping of str to str
        Arms with patients and their labels.
    primary : str
        Heading of the column of the primary outcome; empty where none was declared.
    """

    everybody: pd.DataFrame
    categories: pd.DataFrame
    visits: Mapping[float, str]
    arms: Mapping[str, str]
    primary: str

    @property
    def has_reasons(self) -> bool:
        """Whether anybody left for a reason that is known."""
        return bool((self.everybody["reason"] != "").any())

    @property
    def has_diagnoses(self) -> bool:
        """Whether any diagnosis is known."""
        return bool((self.everybody["diagnosis"] != "").any())


def write_everybody(picture: Picture) -> str:
    """Write the picture as a table whose cells hold marks, and the same in words.

    Parameters
    ----------
    picture : Picture

    Returns
    -------
    str
        HTML. Above `helpers.report.glance.dots.MOST_DOTS` patients the rows are folded by group,
        each fold with its count.
    """
    groups = [
        (arm, standing, part)
        for arm in picture.arms
        for standing in STANDINGS
        if len(part := _select(picture.everybody, arm, standing))
    ]
    if len(picture.everybody) > MOST_DOTS:
        body = "".join(_fold_group(picture, *group) for group in groups)
    else:
        body = _write_table(picture, groups)
    shown = set(picture.categories["category"])
    return (
        f'<div class="everybody"><p class="legend"><strong>Every patient</strong>'
        f"{_write_legend(shown, picture)}</p>{body}</div>"
    )


def _select(everybody: pd.DataFrame, arm: str, standing: str) -> pd.DataFrame:
    return everybody[(everybody["arm"] == arm) & (everybody["standing"] == standing)]


def _write_legend(shown: set[str], picture: Picture) -> str:
    marks = [MARKS[category] for category in MARKS if category in shown]
    keys = [f'<span class="key"><i class="{mark}"></i> {MARK_WORDS[mark]}</span>' for mark in marks]
    if picture.has_reasons:
        keys.append('<span class="key"><i class="left"></i> left the study</span>')
    return "".join(f" {key}" for key in keys)


def _fold_group(picture: Picture, arm: str, standing: str, part: pd.DataFrame) -> str:
    whose = f"{picture.arms[arm]}: " if len(picture.arms) > 1 else ""
    head = escape(f"{whose}{count_noun(len(part), 'patient')} {standing}")
    table = _write_table(picture, [(arm, standing, part)])
    return f"<details><summary>{head}</summary>{table}</details>"


def _write_table(picture: Picture, groups: list[tuple[str, str, pd.DataFrame]]) -> str:
    bodies = "".join(_write_group(picture, *group) for group in groups)
    primary = f'<th scope="col" class="reached">{escape(picture.primary)}</th>'
    reasons = '<th scope="col" class="reason">Left because of</th>'
    return (
        '<table class="patients-picture"><thead><tr><th scope="col" colspan="2">Patient</th>'
        f'<th scope="col" class="course">{_write_axis(picture.visits)}</th>'
        f"{primary if picture.primary else ''}{reasons if picture.has_reasons else ''}"
        f"</tr></thead>{bodies}</table>"
    )


def _write_axis(visits: Mapping[float, str]) -> str:
    last = len(visits) - 1
    ticks = "".join(
        f'<span{" class=last" if place == last else ""} style="left:{_place(month, visits)}">'
        f"{escape('Start' if not place else label)}</span>"
        for place, (month, label) in enumerate(visits.items())
    )
    return f'<span class="axis">{ticks}</span>'


def _write_group(picture: Picture, arm: str, standing: str, part: pd.DataFrame) -> str:
    several = len(picture.arms) > 1
    head = f"{picture.arms[arm]}: {standing}" if several else capitalise(standing)
    named = f'<th scope="rowgroup" rowspan="{len(part)}">{escape(head)}</th>'
    first, *rest = (_write_patient(picture, row) for row in list_rows(part))
    rows = "".join([first.replace(">", f">{named}", 1), *rest])
    return f'<tbody class="{standing.replace(" ", "-")}">{rows}</tbody>'


def _write_patient(picture: Picture, row: Mapping[str, object]) -> str:
    diagnosis = f" <small>{escape(row['diagnosis'])}</small>" if row["diagnosis"] else ""
    cells = [
        f'<th scope="row">{link_patient(row["patient_id"])}{diagnosis}</th>',
        f'<td class="course">{_draw_course(picture, row)}</td>',
    ]
    if picture.primary:
        flag = row["reached"]
        words = NOT_SEEN if is_missing(flag) else REACHED[bool(flag)]
        cells.append(f'<td class="reached {words.replace(" ", "-")}">{words}</td>')
    if picture.has_reasons:
        cells.append(f'<td class="reason">{escape(row["reason"])}</td>')
    return f'<tr data-patient="{escape(row["patient_id"])}">{"".join(cells)}</tr>'


def _draw_course(picture: Picture, row: Mapping[str, object]) -> str:
    visits, end = picture.visits, row["last_month"]
    known = not is_missing(end)
    stop = float(str(end)) if known else list(visits)[-1]
    line = f'<i class="line" style="width:{_place(stop, visits)}"></i>'
    left = f'<i class="left" style="left:{_place(stop, visits)}"></i>' if row["reason"] else ""
    marks, words = [], []
    here = picture.categories[picture.categories["patient_id"] == row["patient_id"]]
    for seen in list_rows(here.sort_values("month")):
        mark = MARKS[seen["category"]]
        month = min(float(seen["month"]), stop) if row["reason"] else float(seen["month"])
        marks.append(f'<i class="{mark}" style="left:{_place(month, visits)}"></i>')
        words.append(f"{visits.get(seen['month'], seen['month'])}: {MARK_WORDS[mark]}")
    said = "; ".join(words) or "no visit judged"
    return (
        f'<span class="track" aria-hidden="true">{line}{left}{"".join(marks)}</span>'
        f'<span class="unseen">{escape(said)}</span>'
    )


def _place(month: float, visits: Mapping[float, str]) -> str:
    """Give a month's place between the first and the last visit, in per cent of the width."""
    first, last = min(visits), max(visits)
    share = (month - first) / (last - first) if last > first else 0.0
    return f"{100 * min(max(share, 0.0), 1.0):.3g}%"
