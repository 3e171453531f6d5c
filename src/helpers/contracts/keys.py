"""Every key that study.yml may hold, with what it takes, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo

from helpers.contracts.configuration import StudyConfig, require_address, require_words

GROUP = "a group of keys"
"""What a key takes that has keys of its own."""


@dataclass(frozen=True)
class Setting:
    """One key of study.yml.

    Attributes
    ----------
    key : str
        Dotted path: ``visits[].month`` is a key of every entry of a list, and
        ``endpoint_families.NAME.title`` one of every entry that the study names itself.
    description, allowed : str
        What it says, and which values it takes, in words.
    required : bool
        Whether it must be given.
    default : object
        Its value where it is not given.
    choices : tuple
        The allowed values, where they are a closed list.
    """

    key: str
    description: str
    allowed: str
    required: bool
    default: Any
    choices: tuple[Any, ...] = ()


def list_settings(model: type[BaseModel] = StudyConfig, *, prefix: str = "") -> list[Setting]:
    """List every key that study.yml may hold, each group before the keys inside it.

    Parameters
    ----------
    model : type of BaseModel
        Where to begin.
    prefix : str
        What the keys stand under, with its final point.

    Returns
    -------
    list of Setting

    Examples
    --------
    >>> [setting.key for setting in list_settings() if setting.key.startswith("rules")]
    ['rules', 'rules.zero_baseline', 'rules.enzyme_multiplier']
    """
    settings = []
    for name, field in model.model_fields.items():
        settings.append(_describe_field(prefix + name, field))
        for inner, entry in _find_group(field.annotation):
            settings += list_settings(inner, prefix=f"{prefix}{name}{entry}.")
    return settings


_RULES: dict[object, str] = {
    require_words: "not empty",
    require_address: "beginning with https:// or http://",
}


def _describe_field(key: str, field: FieldInfo) -> Setting:
    annotation, limits = _without_none(field.annotation), field.metadata
    if get_origin(annotation) is Annotated:
        annotation, *notes = get_args(annotation)
        limits = [part for note in notes for part in getattr(note, "metadata", [note])]
    return Setting(
        key=key,
        description=field.description or "",
        allowed=_describe_allowed(_describe_type(annotation), limits),
        required=field.is_required(),
        default=field.get_default(call_default_factory=True),
        choices=get_args(annotation) if get_origin(annotation) is Literal else (),
    )


def _without_none(annotation: object) -> object:
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _describe_type(annotation: object) -> str:
    plain: dict[type, str] = {str: "text", float: "a number", int: "a whole number"}
    plain |= {bool: "true or false", date: "a day as year-month-day"}
    if isinstance(annotation, type) and annotation in plain:
        return plain[annotation]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "one of " + ", ".join(str(choice) for choice in parts)
    if origin is tuple:
        return "a list of texts" if parts[0] is str else "a list of groups of keys"
    if origin is dict:
        return "NAME: text, as often as needed" if _is_text(parts[1]) else "NAME: a group of keys"
    return GROUP


def _is_text(annotation: object) -> bool:
    return annotation is str or (
        get_origin(annotation) is Annotated and get_args(annotation)[0] is str
    )


def _describe_allowed(kind: str, limits: Sequence[object]) -> str:
    """Say what a value must be: ``a number from 1 to 100``, ``a number, 0 or more``."""
    ends = [getattr(limit, end) for end in ("ge", "le") for limit in limits if hasattr(limit, end)]
    if len(ends) == 2 and len(limits) == 2:
        return f"{kind} from {ends[0]:g} to {ends[1]:g}"
    return ", ".join(filter(None, [kind, *map(_describe_limit, limits)]))


def _describe_limit(limit: object) -> str:
    if isinstance(limit, AfterValidator):
        return _RULES.get(limit.func, "")
    if hasattr(limit, "min_length"):
        return "not empty"
    if hasattr(limit, "max_length"):
        return f"at most {limit.max_length} letters"
    if hasattr(limit, "le"):
        return f"at most {limit.le:g}"
    if hasattr(limit, "ge"):
        return f"{limit.ge:g} or more"
    return f"above {limit.gt:g}" if hasattr(limit, "gt") else str(limit)


def _find_group(annotation: object) -> Iterator[tuple[type[BaseModel], str]]:
    """Yield the model behind a field, if any, and how a path names one entry of it."""
    entries: dict[object, str] = {tuple: "[]", dict: ".NAME"}
    entry = entries.get(get_origin(annotation), "")
    for part in (annotation, *get_args(annotation)):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part, entry
