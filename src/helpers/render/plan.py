"""What to build: which chapters of which study, with which values, under which name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.names import FAILED, fold_name
from helpers.render.chapters import Chapter, find_missing_tables
from helpers.render.parameters import ParameterError, Value, match_parameters
from helpers.render.partial import is_partial_name
from helpers.render.study_card import StudyCard
from helpers.render.study_values import find_absent_values

MissingTables = tuple[tuple[Chapter, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Plan:
    """One report to build: which chapters with which values, and which are left out and why.

    Attributes
    ----------
    study : StudyCard
        The study.
    name : str
        Name of the report and of its folder; the study's own, but for rows of a grid.
    chapters : tuple of Chapter
        The chapters whose tables the study has.
    not_measured : tuple of (Chapter, tuple of str)
        The others, each with the tables it lacks.
    values : mapping of str to mapping
        By chapter name, the values given for its parameters.
    """

    study: StudyCard
    name: str
    chapters: tuple[Chapter, ...]
    not_measured: MissingTables
    values: Mapping[str, Mapping[str, Value]]


@dataclass(frozen=True)
class Outcome:
    """What became of one report.

    Attributes
    ----------
    study : str
        Name of the report.
    page : Path
        Its page, which need not exist when there are errors.
    errors : tuple of str
        The reasons why an earlier report was left as it was.
    is_unchanged : bool
        Whether there was nothing to do.
    partial : Path or None
        Page of what came out and why the rest did not, where there are errors and it was written.
    is_replaced : bool
        Whether another run has published its report in this one's place; the error says so.
    note : str
        What else a person should know of a report that was published.
    """

    study: str
    page: Path
    errors: tuple[str, ...]
    is_unchanged: bool = False
    partial: Path | None = None
    is_replaced: bool = False
    note: str = ""


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
        When a parameter is unknown to every chapter that will be built, or its value is no good or
        names what a study does not have.
    ValueError
        When a study has the tables of no chapter, two have one name, or one has a name that
        reports cannot have.
    """
    studies = tuple(studies)
    _check_names(studies)
    wanted = {study.name: _split_chapters(study, chapters) for study in studies}
    built = {chapter.name: chapter for measured, _ in wanted.values() for chapter in measured}
    values = match_parameters(given, tuple(built.values()))
    absent = [
        fault
        for study in studies
        for fault in find_absent_values(study, wanted[study.name][0], values)
    ]
    if absent:
        raise ParameterError(tuple(dict.fromkeys(absent)))
    return tuple(Plan(study, study.name, *wanted[study.name], values) for study in studies)


def _check_names(studies: Sequence[StudyCard]) -> None:
    first: dict[str, StudyCard] = {}
    for study in studies:
        if is_partial_name(study.name):
            raise ValueError(
                f"{study.name}: expected another name, because what a failed run leaves of the "
                f"report {study.name[: -len(FAILED)]} would have this one; rename {study.folder}"
            )
        other = first.setdefault(fold_name(study.name), study)
        if other is not study:
            raise ValueError(
                f"{study.name}: expected one study of this name, found {other.folder} and "
                f"{study.folder}; their reports would have one folder: rename one, or name the "
                "reports in a grid"
            )


def _split_chapters(
    study: StudyCard, chapters: Sequence[Chapter]
) -> tuple[tuple[Chapter, ...], MissingTables]:
    missing = [(chapter, find_missing_tables(chapter, study.tables)) for chapter in chapters]
    measured = tuple(chapter for chapter, tables in missing if not tables)
    if not measured:
        raise ValueError(
            f"{study.name}: expected the tables of at least one chapter, found "
            f"{', '.join(sorted(study.tables)) or 'none'} in {study.folder / 'tables'}"
        )
    return measured, tuple((chapter, tables) for chapter, tables in missing if tables)
