"""Read mapping.yml, and say of each line that does not fit where it stands."""

from __future__ import annotations

from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from helpers.contracts import Fault, suggest_name
from helpers.contracts.mapping import FILE, IGNORE, TODO, Mapping, list_model_keys
from helpers.io.bounds import LARGEST_SETTINGS
from helpers.io.files import UnreadableError, read_text
from helpers.io.plain_yaml import KeyPath, find_repeats, load_yaml, walk_keys, walk_scalars

_LONGEST_FOUND = 80


@dataclass(frozen=True)
class MappingFile:
    """A mapping, and the row of each of its keys."""

    mapping: Mapping
    rows: Lookup[KeyPath, int]

    def find_row(self, *path: object) -> int | None:
        """Give the row of a key, or of the nearest group above it that has one."""
        keys = tuple(str(part) for part in path)
        found = (
            self.rows[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self.rows
        )
        return next(found, None)


def has_mapping(folder: Path) -> bool:
    """Tell whether a study's tables come from files of another shape."""
    return (folder / FILE).is_file()


def read_mapping(path: Path) -> tuple[MappingFile | None, list[Fault]]:
    """Read a mapping.yml.

    Parameters
    ----------
    path : Path

    Returns
    -------
    (MappingFile or None, list of Fault)
        None when there are faults; a line that still says TODO is one.
    """
    try:
        text = read_text(path, at_most=LARGEST_SETTINGS)
        content, node = load_yaml(text)
    except UnreadableError as error:
        return None, [Fault(FILE, error.found, error.expected, error.mend)]
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        found = str(getattr(error, "problem", None) or error)
        mend = "indent with spaces, and put what holds a colon or begins with a sign into quotes"
        return None, [Fault(FILE, found, "YAML text", mend, mark.line + 1 if mark else None)]
    if not isinstance(content, dict):
        mend = "make one with: ./run_all.sh new NAME --from FILE"
        return None, [Fault(FILE, "no mapping", "keys such as sources and visits", mend)]
    rows = dict(walk_keys(node))
    faults = [
        Fault(FILE, f"a key given twice, first in row {first}", "each key once", "delete one", row)
        for _, first, row in find_repeats(node)
    ]
    open_lines = [(path, row) for path, scalar, row in walk_scalars(node) if scalar == TODO]
    faults += [_describe_todo(path, row) for path, row in dict.fromkeys(open_lines)]
    try:
        mapping = Mapping.model_validate(content)
    except ValidationError as error:
        todo = {row for _, row in open_lines}
        told = [_describe(problem, rows) for problem in error.errors()]
        return None, faults + [fault for fault in told if fault.row not in todo]
    return (None if faults else MappingFile(mapping, rows)), faults


def _describe_todo(path: KeyPath, row: int) -> Fault:
    group, name = path[0], path[-1]
    answers = {
        "visits": ("a month, 0 being the first dose", f"write its month, or {IGNORE}"),
        "units": ("the unit of the files", "write the unit, for example U/L or ukat/L"),
        "words": (f"what {name} means", "write what it means; nothing means missing"),
        "constants": ("what holds for all rows", "write it; nothing means not recorded"),
    }
    expected, mend = answers.get(group, ("an answer", "see the comment of the line"))
    if group == "sources":
        mend = "see the comment of the line; a column that is not used goes to ignore"
    where = " > ".join(part for part in path if not part.isdigit() or group != "sources")
    return Fault(FILE, f"a line that is not filled yet ({where})", expected, mend, row, name)


def _describe(problem: ErrorDetails, rows: Lookup[KeyPath, int]) -> Fault:
    path = tuple(str(part) for part in problem["loc"] if part not in ("float", "literal['ignore']"))
    row = next((rows[path[:end]] for end in range(len(path), 0, -1) if path[:end] in rows), None)
    found, expected = _shorten(problem["input"]), problem["msg"].removeprefix("Value error, ")
    mend = "see data/README.md for the keys of mapping.yml"
    if problem["type"] == "extra_forbidden":
        found, expected = "an unknown key", f"one of {', '.join(list_model_keys())}"
        mend = suggest_name(path[-1], list_model_keys()) + "rename or delete it"
    elif problem["type"] == "missing":
        found, expected, mend = "no such key", "this key", "add the key"
    return Fault(FILE, found, expected, mend, row, ".".join(path) or None)


def _shorten(value: Any) -> str:  # noqa: ANN401 - whatever stood in the file
    text = repr(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"
