"""Chapters: the notebooks of a report, read as files without starting a kernel."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.io.bounds import LARGEST_NOTEBOOK
from helpers.io.files import read_text
from helpers.render.plan.parameters import NotebookError, Parameter, read_parameters

CHAPTER_NAME = re.compile(r"[0-9]{2}(_[a-z0-9]+)+\.ipynb")
"""A chapter's file: its place in the report and its topic. Other notebooks are no chapters."""


MOVED_TO_STUDY = frozenset(
    {"improvement_percent", "worsening_percent", "measures_needed", "worsened_allowed"}
)
"""Limits that one chapter had as parameters once: a chapter with its own would disagree with the
others."""


@dataclass(frozen=True)
class Chapter:
    """One notebook of the report.

    Attributes
    ----------
    path : Path
        Absolute path of the notebook.
    title : str
        Its first heading.
    needs, uses : tuple of str
        Tables without which the chapter is left out, and tables that it reads where there are any.
    parameters : tuple of Parameter
        What its parameters cell declares.
    owner : str
        The study that alone gets it; empty for a chapter that all studies share.
    """

    path: Path
    title: str
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    owner: str = ""

    @property
    def tables(self) -> tuple[str, ...]:
        """All tables that it may read."""
        return (*self.needs, *self.uses)

    @property
    def name(self) -> str:
        """File name without its ending, ``01_clinical_response``."""
        return self.path.stem

    @property
    def anchor(self) -> str:
        """The chapter's id on a page, ``clinical-response``."""
        return self.name[3:].replace("_", "-")


def read_chapters(folder: Path) -> tuple[Chapter, ...]:
    """Read every chapter of a notebooks folder, in the order of their file names.

    Parameters
    ----------
    folder : Path
        Folder with files named ``NN_topic.ipynb``.

    Returns
    -------
    tuple of Chapter

    Raises
    ------
    NotebookError
        When there is no chapter, or one cannot be read.
    """
    paths = list_chapter_files(folder.resolve())
    if not paths:
        raise NotebookError(
            f"{folder}: expected notebooks named NN_topic.ipynb, found none; "
            "run from the project's folder or name one with --notebooks"
        )
    return tuple(read_chapter(path) for path in paths)


def list_chapter_files(folder: Path) -> tuple[Path, ...]:
    """List the files of a folder that are chapters by their names; there need not be a folder."""
    return tuple(path for path in _list_notebooks(folder) if CHAPTER_NAME.fullmatch(path.name))


def describe_passed_over(folder: Path) -> str:
    """Say which notebooks of a folder are no chapters, such as a copy; empty where all are."""
    names = [path.name for path in _list_notebooks(folder)]
    others = ", ".join(name for name in names if not CHAPTER_NAME.fullmatch(name))
    rule = "a chapter is named NN_topic.ipynb, in small letters, digits and _"
    return f"{folder}: passed over {others}: {rule}" if others else ""


def _list_notebooks(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    paths = (path for path in folder.iterdir() if path.suffix.lower() == ".ipynb")
    return sorted(path for path in paths if not path.name.startswith("."))


def read_chapter(path: Path, *, owner: str = "") -> Chapter:
    """Read what a notebook says about itself: title, tables and parameters.

    Parameters
    ----------
    path : Path
        A notebook with one cell tagged ``parameters``.
    owner : str
        The study that alone gets it.

    Returns
    -------
    Chapter

    Raises
    ------
    NotebookError
        When the file is no notebook, has no heading, or its parameters cell or the tables that it
        declares break the rules.
    """
    notebook = _read_json(path)
    cells = notebook.get("cells", [])
    needs, uses = _read_tables(notebook, path)
    return Chapter(
        path=path,
        title=_find_title(cells, path),
        needs=needs,
        uses=uses,
        parameters=_read_own_parameters(cells, path),
        owner=owner,
    )


def _read_tables(notebook: dict[str, Any], path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    about = notebook.get("metadata", {}).get("chapter", {})
    held = [about.get(key, []) for key in ("needs", "uses")] if isinstance(about, dict) else [about]
    for names in held:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise NotebookError(
                f'{path.name}: metadata: expected "chapter": {{"needs": ["patients", ...], '
                f'"uses": [...]}}, found {names!r}'
            )
    needs, uses = held
    return tuple(needs), tuple(uses)


def _read_own_parameters(cells: Sequence[dict[str, Any]], path: Path) -> tuple[Parameter, ...]:
    parameters = read_parameters(_find_parameters_cell(cells, path), notebook=path.name)
    moved = [parameter.name for parameter in parameters if parameter.name in MOVED_TO_STUDY]
    if moved:
        raise NotebookError(
            f"{path.name}: parameters cell: {', '.join(moved)} belong to the whole study and now "
            "stand in study.yml under response; delete the lines here and ask the study, "
            "trial.config.response"
        )
    return parameters


def find_missing_tables(chapter: Chapter, tables: Collection[str]) -> tuple[str, ...]:
    """Name the tables that a chapter needs and a study does not have.

    Parameters
    ----------
    chapter : Chapter
        The chapter.
    tables : collection of str
        Names of the tables that the study measured.

    Returns
    -------
    tuple of str
        Empty when the chapter can be built.
    """
    return tuple(name for name in chapter.needs if name not in tables)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_text(path, at_most=LARGEST_NOTEBOOK))
    except (ValueError, RecursionError) as error:
        raise NotebookError(f"{path.name}: expected a notebook (JSON), found {error}") from error
    if not isinstance(content, dict):
        raise NotebookError(f"{path.name}: expected a notebook, found a JSON {type(content)}")
    return content


def _find_title(cells: Sequence[dict[str, Any]], path: Path) -> str:
    for cell in cells:
        heading = re.search(r"^#+\s+(.+?)\s*#*$", _source(cell), re.MULTILINE)
        if cell.get("cell_type") == "markdown" and heading:
            return heading[1]
    raise NotebookError(f"{path.name}: expected a first cell with a heading, found none")


def _find_parameters_cell(cells: Sequence[dict[str, Any]], path: Path) -> str:
    tagged = [
        _source(cell) for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", ())
    ]
    if len(tagged) != 1:
        raise NotebookError(
            f"{path.name}: expected one cell tagged 'parameters', found {len(tagged)}"
        )
    return tagged[0]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)
