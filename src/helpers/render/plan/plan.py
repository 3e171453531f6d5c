"""What to build: which chapters of which study, with which values, under which name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.names import FAILED, fold_name, is_partial_name
from helpers.render.keep.study_card import StudyCard, read_study_card
from helpers.render.plan.chapters import Chapter, find_missing_tables
from helpers.render.plan.given import ParameterError, match_parameters, split_given
from helpers.render.plan.own_chapters import join_chapters
from helpers.render.plan.parameters import Value
from helpers.render.plan.study_values import find_absent_values

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
        The chapters that all studies share; those of a study's own come from its folder.
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
        reports cannot have, or chapters of its own that cannot be used.
    """
    studies = tuple(studies)
    _check_names(studies)
    every = {study.name: join_chapters(chapters, study.folder) for study in studies}
    declared = {p.name for all_ in every.values() for c in all_ for p in c.parameters}
    overrides, given = split_given(given, declared)
    if overrides:
        studies = tuple(_override(study, overrides) for study in studies)
    wanted = {study.name: _split_chapters(study, every[study.name]) for study in studies}
    built = dict.fromkeys(chapter for measured, _ in wanted.values() for chapter in measured)
    match_parameters(given, tuple(built))
    values = {name: _match_own(given, measured) for name, (measured, _) in wanted.items()}
    absent = [
        fault
        for study in studies
        for fault in find_absent_values(study, wanted[study.name][0], values[study.name])
    ]
    if absent:
        raise ParameterError(tuple(dict.fromkeys(absent)))
    return tuple(
        Plan(study, study.name, *wanted[study.name], values[study.name]) for study in studies
    )


def _match_own(given: Sequence[str], chapters: Sequence[Chapter]) -> dict[str, dict[str, Value]]:
    """Match what one study's chapters declare: those of its own may be unknown to the others."""
    known = {parameter.name for chapter in chapters for parameter in chapter.parameters}
    return match_parameters(
        [text for text in given if text.partition("=")[0].strip() in known], chapters
    )


def _override(study: StudyCard, overrides: Mapping[str, str]) -> StudyCard:
    """Read a study's settings again with what was typed in place of what study.yml says."""
    from helpers.contracts.faults import StudyDataError

    try:
        return read_study_card(study.folder, {**study.settings.overrides, **overrides})
    except StudyDataError as error:
        raise ParameterError(error.faults) from error


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
