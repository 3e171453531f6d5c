"""What one run sets otherwise than study.yml: carried by the value of ``study`` itself.

``my_study?response.improvement_percent=40`` is the study with that limit, wherever a study can be
named. Every notebook hands the value on, so no chapter can pass an override over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from helpers.contracts.configuration import StudyConfig
from helpers.contracts.faults import Fault, suggest_name
from helpers.contracts.keys import list_settings

SECTIONS = ("response", "rules")
"""Groups of study.yml that hold choices. The others describe the data, which no run can change."""


@dataclass(frozen=True)
class Choice:
    """One setting that a run may override.

    Attributes
    ----------
    path : str
        Its place in study.yml, ``response.improvement_percent``.
    help : str
        What it means.
    default : object
        Its value where study.yml says nothing.
    allowed : str
        What a value must be, in words.
    """

    path: str
    help: str
    default: object
    allowed: str

    @property
    def name(self) -> str:
        """The short name, ``improvement_percent``."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Departure:
    """A choice that a run made otherwise than study.yml.

    Attributes
    ----------
    path, help : str
        See `Choice`.
    planned, used : object
        As study.yml has it, and as the run does.
    """

    path: str
    help: str
    planned: object
    used: object

    def __str__(self) -> str:
        return f"{self.help}: {write_value(self.used)} instead of {write_value(self.planned)}"


def list_choices() -> tuple[Choice, ...]:
    """List every setting that a run may override, in the order of study.yml."""
    return tuple(
        Choice(setting.key, setting.description, setting.default, setting.allowed)
        for setting in list_settings()
        if setting.key in _list_paths()
    )


def apply_overrides(
    settings: Mapping[str, Any], overrides: Mapping[str, str]
) -> tuple[dict[str, Any], list[Fault]]:
    """Put overrides into the settings as study.yml gave them.

    Parameters
    ----------
    settings : mapping
        The content of study.yml.
    overrides : mapping of str to str
        Typed values by dotted path or short name.

    Returns
    -------
    (dict, list of Fault)
        New settings, to be validated like any others; one fault for each name that is none.
    """
    changed, faults = dict(settings), []
    for given, value in overrides.items():
        path = find_path(given)
        if path is None:
            faults.append(_describe_unknown(given, value))
            continue
        changed = _put(changed, path.split("."), value)
    return changed, faults


def _put(settings: Mapping[str, Any], keys: Sequence[str], value: str) -> dict[str, Any]:
    """Give settings with one of them replaced, however deep it stands."""
    if len(keys) == 1:
        return {**settings, keys[0]: value}
    inner = settings.get(keys[0]) or {}
    return {**settings, keys[0]: _put(inner, keys[1:], value)}


def find_path(name: str) -> str | None:
    """Give the dotted path of a choice from its path or short name; None where there is none.

    >>> find_path("improvement_percent"), find_path("response.visits"), find_path("title")
    ('response.improvement_percent', 'response.visits', None)
    """
    return next((path for path in _list_paths() if name in (path, path.rpartition(".")[2])), None)


def list_departures(planned: StudyConfig, used: StudyConfig) -> tuple[Departure, ...]:
    """List what a run did otherwise than study.yml, in the order of study.yml."""
    return tuple(
        Departure(path, help, before, after)
        for path, help in _list_paths().items()
        if (before := _find(planned, path)) != (after := _find(used, path))
    )


def _find(config: StudyConfig, path: str) -> object:
    return reduce(getattr, path.split("."), config)


@cache
def _list_paths() -> dict[str, str]:
    """List every single choice of the sections with its description, in order of study.yml."""
    return {
        path: help
        for section in SECTIONS
        for path, help in _walk(_model_of(StudyConfig.model_fields[section]), section)
    }


def _walk(model: type[BaseModel] | None, path: str) -> Iterator[tuple[str, str]]:
    assert model is not None, "a section is a group of settings"
    for name, field in model.model_fields.items():
        inner = _model_of(field)
        if inner is None:
            yield f"{path}.{name}", field.description or name
        else:
            yield from _walk(inner, f"{path}.{name}")


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _describe_unknown(given: str, value: str) -> Fault:
    names = _list_names()
    return Fault(
        f"{given}={value}",
        "no setting of this name that a run may change",
        f"one of {', '.join(names)}",
        suggest_name(given, names) + "list them: ./run_all.sh render --parameters",
    )


def _list_names() -> Iterable[str]:
    return [path.rpartition(".")[2] for path in _list_paths()]


def write_value(value: object) -> str:
    """Write a setting as a person would type it.

    >>> write_value(40.0), write_value(33.333333), write_value(True), write_value("last")
    ('40', '33.333333', 'true', 'last')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
