"""Chapters that only one study gets: notebooks in its folder, among the shared ones by number.

They are code. A study that came from an address runs them only where a person has said that they
can be trusted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from helpers.contracts.faults import Fault, describe_faults
from helpers.io.files import UnreadableError
from helpers.render.plan.chapters import Chapter, list_chapter_files, read_chapter
from helpers.render.plan.parameters import NotebookError

FOLDER = "notebooks"

TAKEN_BY_PAGE = (
    *("about", "answers", "content", "contents", "evidence", "evidence-heading"),
    *("failed", "failed-heading", "methods", "not-measured", "patients", "provenance"),
    *("record", "record-heading", "reports", "reports-heading", "results", "results-heading"),
    *("show-code", "unfold"),
)
"""Places of the page that no chapter's name may take."""


class ChapterFaults(NotebookError):
    """Raised when a study's own chapters cannot be used; carries every fault, not the first."""

    def __init__(self, study: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{study}: {describe_faults(self.faults)}")


def list_own_files(study: Path) -> tuple[Path, ...]:
    """List the chapters that lie in a study's folder, as files; most studies have none."""
    return list_chapter_files(study.resolve() / FOLDER)


def join_chapters(shared: Iterable[Chapter], study: Path) -> tuple[Chapter, ...]:
    """Put a study's own chapters among the shared ones, by number and name.

    Parameters
    ----------
    shared : iterable of Chapter
        The chapters that every study gets.
    study : Path
        The study folder.

    Returns
    -------
    tuple of Chapter
        The shared ones unchanged where the study has none.

    Raises
    ------
    ChapterFaults
        When one of its own cannot be read, or has the name of another chapter.
    """
    shared = tuple(shared)
    files = list_own_files(study)
    if not files:
        return shared
    own, faults = _read_own(files, study.resolve().name)
    faults += _find_taken_names(shared, files)
    if faults:
        raise ChapterFaults(study.resolve().name, faults)
    return tuple(sorted((*shared, *own), key=lambda chapter: chapter.name))


def list_all_chapters(shared: Iterable[Chapter], studies: Iterable[Path]) -> tuple[Chapter, ...]:
    """List the shared chapters and those of some studies, each once; see `join_chapters`."""
    shared = tuple(shared)
    own = (one for study in dict.fromkeys(studies) for one in join_chapters(shared, study))
    return tuple(dict.fromkeys((*shared, *(one for one in own if one.owner))))


def find_own_faults(shared: Iterable[Chapter], study: Path) -> tuple[Fault, ...]:
    """List what is wrong with a study's own chapters; empty when there is nothing."""
    try:
        join_chapters(shared, study)
    except ChapterFaults as error:
        return error.faults
    return ()


def _read_own(files: Iterable[Path], owner: str) -> tuple[list[Chapter], list[Fault]]:
    chapters, faults = [], []
    for path in files:
        try:
            chapters.append(read_chapter(path, owner=owner))
        except UnreadableError as error:
            faults.append(Fault(_name(path), error.found, error.expected, error.mend))
        except NotebookError as error:
            found = str(error).removeprefix(f"{path.name}: ")
            mend = "mend the notebook, or begin anew with: ./run_all.sh new --chapter NAME STUDY"
            faults.append(Fault(_name(path), found, "a chapter", mend))
    return chapters, faults


def _find_taken_names(shared: Iterable[Chapter], files: Iterable[Path]) -> Iterator[Fault]:
    """Refuse names that differ from another chapter's in the number only: links use the rest."""
    owners = {one.name[3:]: f"the shared chapter {one.name}" for one in shared}
    owners |= {place.replace("-", "_"): "a part of every page" for place in TAKEN_BY_PAGE}
    for path in files:
        if owner := owners.get(path.stem[3:]):
            expected = "a name of its own behind the number"
            yield Fault(_name(path), f"the name of {owner}", expected, "rename the file")
        owners.setdefault(path.stem[3:], f"the study's own chapter {path.stem}")


def _name(path: Path) -> str:
    return f"{FOLDER}/{path.name}"
