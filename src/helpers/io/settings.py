"""Read study.yml, and say of each setting that does not fit where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from helpers.contracts import Fault, StudyConfig, suggest_name

KeyPath = tuple[str, ...]


def read_settings(path: Path) -> tuple[StudyConfig | None, list[Fault]]:
    """Read a study.yml: the configuration, or every fault of it with row and key.

    Parameters
    ----------
    path : Path
        The study.yml.

    Returns
    -------
    (StudyConfig or None, list of Fault)
        None when there are faults.
    """
    try:
        text = path.read_text(encoding="utf-8")
        settings = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        row = mark.line + 1 if mark else None
        found = str(getattr(error, "problem", None) or error)
        return None, [Fault("study.yml", found, "YAML text in UTF-8", "see data/README.md", row)]
    if not isinstance(settings, dict):
        mend = "copy the study.yml of another study, or make one with: ./run_all.sh new NAME"
        return None, [Fault("study.yml", "no settings", "keys such as title and visits", mend)]
    try:
        return StudyConfig.model_validate(settings), []
    except ValidationError as error:
        rows = dict(_walk_yaml(yaml.compose(text)))
        return None, [_describe_setting(problem, rows) for problem in error.errors()]


def _walk_yaml(
    node: yaml.Node | None, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], int]]:
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, str(key.value)), key.start_mark.line + 1
            yield from list(_walk_yaml(value, (*path, str(key.value))))[1:]
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from _walk_yaml(value, (*path, str(position)))


def _describe_setting(problem: ErrorDetails, rows: Mapping[tuple[str, ...], int]) -> Fault:
    path = tuple(str(part) for part in problem["loc"])
    row = next((rows[path[:end]] for end in range(len(path), -1, -1) if path[:end] in rows), None)
    model = _model_at(path[:-1])
    known = ", ".join(model.model_fields) if model else ""
    mend = "see data/README.md for the keys of study.yml"
    found, expected = repr(problem["input"]), str(problem["msg"])
    if problem["type"] == "extra_forbidden":
        found, expected = "an unknown key", f"one of {known}"
        mend = suggest_name(path[-1], model.model_fields if model else ()) + "rename or delete it"
    elif problem["type"] == "missing":
        field = model.model_fields.get(path[-1]) if model else None
        found, expected = "no such key", (field.description or "") if field else "this key"
        mend = "add the key"
    return Fault("study.yml", found, expected, mend, row, ".".join(path) or None)


def _model_at(path: tuple[str, ...]) -> type[BaseModel] | None:
    model: type[BaseModel] | None = StudyConfig
    for part in path:
        if model is None or part not in model.model_fields:
            return model
        annotation = model.model_fields[part].annotation
        model = (
            annotation
            if isinstance(annotation, type) and issubclass(annotation, BaseModel)
            else None
        )
    return model
