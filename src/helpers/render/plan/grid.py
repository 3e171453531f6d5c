"""A grid of reports: one row for each, read and checked as a whole before anything starts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path

import yaml

from helpers.characters import MEND, describe_unseen, show_unseen
from helpers.contracts.faults import Fault, StudyDataError, describe_faults
from helpers.io.bounds import LARGEST_SETTINGS
from helpers.io.files import UnreadableError, read_text
from helpers.io.plain_yaml import find_repeats, is_empty, load_yaml
from helpers.locate import split_study
from helpers.names import describe_name, fold_name
from helpers.render.keep.study_card import StudyCard, read_study_card
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.given import ParameterError, place_given
from helpers.render.plan.own_chapters import join_chapters
from helpers.render.plan.parameters import RESERVED, NotebookError
from helpers.render.plan.plan import Plan, plan_reports
from helpers.render.remote import RemoteError

NAME = "name"
NAME_PATTERN = re.compile(r"\w[\w .+-]{0,79}")
"""Names that every file system takes, and that no path can be made of."""

LAYOUT = "one row per report with the columns study, name, and one for each parameter"


@dataclass(frozen=True)
class GridRow:
    """One report that a grid asks for.

    Attributes
    ----------
    number : int
        Row as the person's program counts it (the header is row 1), or place in a YAML list.
    study : str
        Name below ``data/``, path to the folder, or its address.
    name : str
        Name of the report; the study's where none was given.
    given : tuple of str
        Parameters, ``name=value``.
    """

    number: int
    study: str
    name: str
    given: tuple[str, ...]


class GridError(ValueError):
    """Raised when a grid cannot be used; carries every fault found, not the first."""

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(replace(fault, file=file) for fault in faults)
        super().__init__(f"{file}: {describe_faults(self.faults)}")


def read_grid(path: Path) -> tuple[GridRow, ...]:
    """Read the reports that a grid asks for.

    Parameters
    ----------
    path : Path
        CSV with a header, or a YAML list of mappings; columns ``study``, ``name`` and parameters.
        An empty cell leaves the parameter at its default.

    Returns
    -------
    tuple of GridRow
        In the order of the file.

    Raises
    ------
    GridError
        Carrying every fault of the file's form: no rows, no study, a name twice or no good.
    """
    readers = {".csv": _read_csv, ".yml": _read_yaml, ".yaml": _read_yaml}
    if path.suffix.lower() not in readers:
        fault = _fault(None, None, f"a {path.suffix} file", "CSV or YAML", "export it as CSV")
        raise GridError(path.name, [fault])
    try:
        cells = readers[path.suffix.lower()](read_text(path, at_most=LARGEST_SETTINGS))
    except UnreadableError as error:
        fault = _fault(None, None, error.found, error.expected, error.mend)
        raise GridError(path.name, [fault]) from error
    except (ValueError, csv.Error, yaml.YAMLError) as error:
        mend = getattr(error, "note", None) or "see ./run_all.sh batch --help"
        fault = _fault(None, None, _describe_form(error), LAYOUT, mend)
        raise GridError(path.name, [fault]) from error
    unseen = [fault for number, row in cells for fault in _find_unseen(number, row)]
    if unseen:
        raise GridError(path.name, unseen)
    rows = tuple(_make_row(number, row) for number, row in cells)
    faults = _find_row_faults(rows)
    if faults:
        raise GridError(path.name, faults)
    return rows


def plan_grid(
    rows: Iterable[GridRow],
    chapters: Sequence[Chapter],
    *,
    find_study: Callable[[str], Path],
    file: str,
    read_card: Callable[[Path, Mapping[str, str]], StudyCard] = read_study_card,
    studies: Iterable[Path] = (),
) -> tuple[Plan, ...]:
    """Decide what to build for every row, before any kernel starts.

    Parameters
    ----------
    rows : iterable of GridRow
        From `read_grid`.
    chapters : sequence of Chapter
        Every chapter there is.
    find_study : callable
        Gives the folder of a study; raises ValueError when there is none.
    file : str
        The grid's name, for the message.
    read_card : callable
        Reads what a page says of a study, with the settings of this run.
    studies : iterable of Path
        Folders of the studies that the project has: no row takes the name of another one.

    Returns
    -------
    tuple of Plan
        One per row.

    Raises
    ------
    GridError
        Carrying every fault: an unknown study or parameter, a value that is no good.
    """
    rows = tuple(rows)
    faults = _find_column_faults(rows, _list_chapters(rows, chapters, find_study))
    unknown = {fault.column for fault in faults}
    owners = {fold_name(folder.name): folder.resolve() for folder in studies}
    plans: list[Plan] = []
    for row in rows:
        given = [text for text in row.given if text.partition("=")[0] not in unknown]
        try:
            name, overrides = split_study(row.study)
            card = read_card(find_study(name), overrides)
            [plan] = plan_reports([card], chapters, given)
            plans.append(replace(plan, name=row.name))
            if owners.get(fold_name(row.name), card.folder) != card.folder:
                found = f"{row.name}, the name of another study, whose report it would replace"
                mend = "add or change the name"
                faults.append(_fault(row.number, NAME, found, "a name of its own", mend))
        except ParameterError as error:
            faults += [
                _fault(row.number, _name_column(f), f.found, f.expected, f.mend)
                for f in error.faults
            ]
        except StudyDataError as error:
            faults += [
                _fault(row.number, RESERVED, f"{f.place}: {f.found}", f.expected, f.mend)
                for f in error.faults
            ]
        except NotebookError as error:
            mend = "list its faults: ./run_all.sh check STUDY"
            faults.append(_fault(row.number, RESERVED, str(error), "chapters that can run", mend))
        except RemoteError as error:
            faults.append(_fault(row.number, RESERVED, error.found, error.expected, error.mend))
        except ValueError as error:
            mend = "correct the name, or make the study with: ./run_all.sh new NAME"
            faults.append(_fault(row.number, RESERVED, str(error), "a study to report", mend))
    if faults:
        raise GridError(file, faults)
    return tuple(plans)


def _list_chapters(
    rows: Iterable[GridRow], chapters: Sequence[Chapter], find_study: Callable[[str], Path]
) -> tuple[Chapter, ...]:
    """List the chapters that all studies share, and those of the grid's studies themselves."""
    found = list(chapters)
    for row in rows:
        with suppress(ValueError):  # told with the row
            found += join_chapters(chapters, find_study(split_study(row.study)[0]))
    return tuple(dict.fromkeys(found))


def _read_csv(text: str) -> list[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    # Where the comma is the decimal sign, spreadsheets separate columns by semicolons.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = [name.strip() for name in next(lines, [])]
    for name in header:
        if not name:
            raise ValueError("row 1: a column without a name")
        if header.count(name) > 1:
            raise ValueError(f"row 1: the column {name} is given twice")
    rows = []
    for cells in lines:
        if len(cells) > len(header):
            raise ValueError(f"row {lines.line_num}: more cells than the header has")
        row = dict(zip_longest(header, map(str.strip, cells), fillvalue=""))
        if any(row.values()):
            rows.append((lines.line_num, row))
    return rows


def _read_yaml(text: str) -> list[tuple[int, dict[str, str]]]:
    _, node = load_yaml(text)
    items = node.value if isinstance(node, yaml.SequenceNode) else [None]
    if not all(isinstance(item, yaml.MappingNode) for item in items):
        raise ValueError("no list of mappings")
    for path, first, row in find_repeats(node):
        raise ValueError(f"line {row}: {path[-1]} is given twice, first in line {first}")
    rows = []
    for number, item in enumerate(items, start=1):
        nested = [key for key, value in item.value if not isinstance(value, yaml.ScalarNode)]
        if nested:
            raise ValueError(f"row {number}: {nested[0].value} is not a single value")
        # As it was typed, like a cell of a CSV: 1.50 does not become 1.5.
        cells = {key.value: "" if is_empty(v) else v.value.strip() for key, v in item.value}
        rows.append((number, cells))
    return rows


def _describe_form(error: Exception) -> str:
    """Say what is wrong with a file's form, of YAML in which line."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem}" if mark and problem else str(error)


def _fault(row: int | None, column: str | None, found: str, expected: str, mend: str) -> Fault:
    """Describe a fault in a file that the error will name."""
    return Fault("", found, expected, mend, row, column)


def _name_column(fault: Fault) -> str:
    """Give the column of a grid that holds a given value, from its place ``-p name=value``."""
    return fault.file.removeprefix(place_given("")).partition("=")[0]


def _find_unseen(number: int, row: Mapping[str, str]) -> list[Fault]:
    return [
        _fault(number, show_unseen(column), found, "characters that can be seen", MEND)
        for column, cell in row.items()
        if (found := describe_unseen(column) or describe_unseen(cell))
    ]


def _make_row(number: int, cells: Mapping[str, str]) -> GridRow:
    study = cells.get(RESERVED, "")
    name = cells.get(NAME, "") or Path(split_study(study)[0]).name
    given = (f"{key}={cell}" for key, cell in cells.items() if cell and key not in (RESERVED, NAME))
    return GridRow(number, study, name, tuple(given))


def _find_row_faults(rows: Sequence[GridRow]) -> list[Fault]:
    if not rows:
        return [_fault(None, None, "no rows", LAYOUT, "see ./run_all.sh batch --help")]
    faults = []
    first: dict[str, int] = {}
    for row in rows:
        if not row.study:
            mend = "name the study, or delete the row"
            faults.append(_fault(row.number, RESERVED, "nothing", "a study", mend))
            continue
        if (wrong := describe_name(row.name)) or not NAME_PATTERN.fullmatch(row.name):
            expected = "letters, digits, spaces and . _ + - for the name of a folder"
            mend = "choose another" + (f": this is {wrong}" if wrong else "")
            faults.append(_fault(row.number, NAME, repr(row.name), expected, mend))
        earlier = first.setdefault(fold_name(row.name), row.number)
        if earlier != row.number:
            found, expected = f"{row.name}, as in row {earlier}", "each name once"
            faults.append(_fault(row.number, NAME, found, expected, "add or change the name"))
    return faults


def _find_column_faults(rows: Sequence[GridRow], chapters: Sequence[Chapter]) -> list[Fault]:
    """Find columns that no chapter and no setting knows: one fault for each, not for each row."""
    declared = {p.name for chapter in chapters for p in chapter.parameters} - {RESERVED}
    columns = dict.fromkeys(text.partition("=")[0] for row in rows for text in row.given)
    others = [column for column in columns if column not in declared]
    if not others:
        return []
    from helpers.contracts.overrides import find_path, list_choices  # loads pydantic

    known = declared | {choice.name for choice in list_choices()}
    return [_describe_column(column, known) for column in others if find_path(column) is None]


def _describe_column(column: str, known: Collection[str]) -> Fault:
    near = get_close_matches(column, [*known, NAME, RESERVED], n=1)
    mend = f"did you mean {near[0]}?" if near else "list them: ./run_all.sh render --parameters"
    found = "no parameter of this name"
    return _fault(None, column, found, ", ".join(sorted(known)), mend)
