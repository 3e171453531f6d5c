"""Read study.yml, and say of each setting that does not fit where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from helpers.characters import MEND, describe_unseen
from helpers.contracts import Fault, StudyConfig, suggest_name
from helpers.contracts.overrides import apply_overrides, find_path, list_choices
from helpers.io.bounds import LARGEST_SETTINGS
from helpers.io.files import UnreadableError, read_text
from helpers.io.plain_yaml import KeyPath, find_repeats, load_yaml, walk_keys, walk_scalars

_LONGEST_FOUND = 80


@dataclass(frozen=True)
class Settings:
    """A study's settings: as planned in study.yml, and as one run uses them."""

    planned: StudyConfig
    used: StudyConfig


def read_settings(
    path: Path, overrides: Mapping[str, str] | None = None
) -> tuple[Settings | None, list[Fault]]:
    """Read a study.yml: the configuration, or every fault of it with row and key.

    Parameters
    ----------
    path : Path
        The study.yml.
    overrides : mapping of str to str, optional
        What this run sets otherwise, by dotted path or short name.

    Returns
    -------
    (Settings or None, list of Fault)
        None when there are faults.
    """
    try:
        text = read_text(path, at_most=LARGEST_SETTINGS)
    except UnreadableError as error:
        return None, [Fault("study.yml", error.found, error.expected, error.mend)]
    faults = _find_unseen_lines(text)
    if faults:
        return None, faults
    try:
        settings, node = load_yaml(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: no date, 2013-99-99
        return None, [_describe_form(error)]
    if not isinstance(settings, dict):
        mend = "copy the study.yml of another study, or make one with: ./run_all.sh new NAME"
        return None, [Fault("study.yml", "no settings", "keys such as title and visits", mend)]
    faults = _find_repeats(node) + _find_unseen_texts(node)
    try:
        planned = StudyConfig.model_validate(settings)
    except ValidationError as error:
        rows = dict(walk_keys(node))
        return None, faults + [_describe_setting(problem, rows) for problem in error.errors()]
    if faults:
        return None, faults
    used, faults = _override(planned, settings, overrides or {})
    return (Settings(planned, used) if used else None), faults


def _override(
    planned: StudyConfig, settings: Mapping[str, Any], overrides: Mapping[str, str]
) -> tuple[StudyConfig | None, list[Fault]]:
    if not overrides:
        return planned, []
    changed, faults = apply_overrides(settings, overrides)
    if faults:
        return None, faults
    try:
        return StudyConfig.model_validate(changed), []
    except ValidationError as error:
        given = {find_path(name): f"{name}={value}" for name, value in overrides.items()}
        return None, [
            _describe_override(_describe_setting(problem, {}), given) for problem in error.errors()
        ]


def _describe_override(fault: Fault, given: Mapping[str | None, str]) -> Fault:
    """Say of a setting that does not fit what was typed for it, not where study.yml has it."""
    choice = next((one for one in list_choices() if one.path == fault.column), None)
    return Fault(
        given.get(fault.column, fault.file),
        fault.found,
        choice.allowed if choice else fault.expected,
        f"for example: -p {choice.name}={choice.default}" if choice else fault.mend,
    )


def _describe_form(error: yaml.YAMLError | ValueError) -> Fault:
    mark = getattr(error, "problem_mark", None)
    row = mark.line + 1 if mark else None
    found = str(getattr(error, "problem", None) or error)
    mend = "indent with spaces only, and put a text that holds a colon into quotation marks"
    mend = getattr(error, "note", None) or mend
    return Fault("study.yml", found, "YAML text in UTF-8", mend, row)


def _find_unseen_lines(text: str) -> list[Fault]:
    """Find what nobody sees in the file itself, comments included."""
    lines = enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
    return [
        Fault("study.yml", found, "characters that can be seen", MEND, row)
        for row, line in lines
        if (found := describe_unseen(line, lines=True))
    ]


def _find_unseen_texts(node: yaml.Node | None) -> list[Fault]:
    """Find what nobody sees and a text asks for by its number, in quotation marks."""
    return [
        Fault("study.yml", found, "characters that can be seen", MEND, row, ".".join(path))
        for path, scalar, row in walk_scalars(node)
        if (found := describe_unseen(scalar, lines=True))
    ]


def _find_repeats(node: yaml.Node | None) -> list[Fault]:
    return [
        Fault(
            "study.yml",
            f"a key given twice, first in row {first}",
            "each key once",
            "delete one",
            row,
            ".".join(path),
        )
        for path, first, row in find_repeats(node)
    ]


def _describe_setting(problem: ErrorDetails, rows: Mapping[KeyPath, int]) -> Fault:
    place = problem["loc"][:-2] if problem["loc"][-1:] == ("[key]",) else problem["loc"]
    path = tuple(str(part) for part in place)  # a key that is no text stands for its group
    row = next((rows[path[:end]] for end in range(len(path), -1, -1) if path[:end] in rows), None)
    model = _model_at(path[:-1])
    known = ", ".join(model.model_fields) if model else ""
    mend = "see data/README.md for the keys of study.yml"
    found, expected = _shorten(problem["input"]), problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        found, expected = "an unknown key", f"one of {known}"
        mend = suggest_name(path[-1], model.model_fields if model else ()) + "rename or delete it"
    elif problem["type"] == "missing":
        field = model.model_fields.get(path[-1]) if model else None
        found, expected = "no such key", (field.description or "") if field else "this key"
        mend = "add the key"
    elif problem["type"] == "string_type":
        mend = "put the text into quotation marks"
    return Fault("study.yml", found, expected, mend, row, ".".join(path) or None)


def _shorten(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"


def _model_at(path: KeyPath) -> type[BaseModel] | None:
    """Find the model whose keys stand at a place of study.yml."""
    place: object = StudyConfig
    for part in path:
        model = _as_model(place)
        if model is None:  # a list or mapping of models, of which `part` is one
            place = next(filter(_as_model, get_args(place)), None)
        else:
            place = model.model_fields[part].annotation if part in model.model_fields else None
    return _as_model(place)


def _as_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return None
