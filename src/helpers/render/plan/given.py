"""Values given for parameters and settings, checked before a kernel starts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from helpers.contracts.faults import Fault, describe_faults
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.parameters import RESERVED, Parameter, Value, convert_value


def place_given(text: str) -> str:
    """Name what was given as a place, ``-p improvement_percent=40``."""
    return f"-p {text}"


class ParameterError(ValueError):
    """Raised when parameters cannot be used; carries every fault found, not the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(describe_faults(self.faults))


def split_given(
    given: Sequence[str], declared: Collection[str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Part what is set in the study, for all chapters, from what single chapters declare.

    Parameters
    ----------
    given : sequence of str
        ``name=value`` as typed.
    declared : collection of str
        Names that chapters declare.

    Returns
    -------
    (dict of str to str, tuple of str)
        Values of settings of study.yml that a run may override, by name as typed; and the rest.

    Raises
    ------
    ParameterError
        When a setting is given twice, by whichever of its names.
    """
    overrides: dict[str, str] = {}
    paths: set[str] = set()
    rest, faults = [], []
    for text in given:
        name, mark, value = (part.strip() for part in text.partition("="))
        path = _find_setting(name) if mark and name not in declared else None
        if path is None:
            rest.append(text)
        elif path in paths:
            faults.append(_describe_twice(text, path))
        else:
            paths.add(path)
            overrides[name] = value
    if faults:
        raise ParameterError(faults)
    return overrides, tuple(rest)


def _find_setting(name: str) -> str | None:
    from helpers.contracts.overrides import find_path  # loads pydantic

    return find_path(name)


def match_parameters(
    given: Iterable[str], chapters: Sequence[Chapter]
) -> dict[str, dict[str, Value]]:
    """Give each chapter the values meant for it, after checking all of them.

    Parameters
    ----------
    given : iterable of str
        ``name=value`` as typed.
    chapters : sequence of Chapter
        The chapters that will be built; a value goes to each one that declares its name.

    Returns
    -------
    dict of str to dict
        By chapter name; a chapter without a value has an empty dict.

    Raises
    ------
    ParameterError
        Carrying every fault: unknown name, given twice, wrong type, out of range, not a choice.
    """
    matched: dict[str, dict[str, Value]] = {chapter.name: {} for chapter in chapters}
    faults: list[Fault] = []
    seen: set[str] = set()
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        declared = [(c, p) for c in chapters for p in c.parameters if p.name == name]
        fault = _find_name_fault(text, name, seen, bool(declared), chapters)
        seen.add(name)
        if fault:
            faults.append(fault)
            continue
        for chapter, parameter in declared:
            try:
                matched[chapter.name][name] = convert_value(parameter, value)
            except ValueError as error:
                faults.append(_describe_value_fault(text, str(error), parameter, chapters))
    if faults:
        raise ParameterError(tuple(dict.fromkeys(faults)))
    return matched


def describe_parameters(chapters: Sequence[Chapter]) -> str:
    """List every parameter of every chapter, for a person who wants to set one.

    Parameters
    ----------
    chapters : sequence of Chapter
        In their order.

    Returns
    -------
    str
        A heading per chapter and a line per parameter, with its default.
    """
    from helpers.contracts.overrides import list_choices

    lines = ["study.yml, for every chapter"]
    lines += [f"  {c.name} ({c.allowed}; {c.help}) [{c.default}]" for c in list_choices()]
    for chapter in chapters:
        lines.append(chapter.path.name + f" (only {chapter.owner})" * bool(chapter.owner))
        declared = [p for p in chapter.parameters if p.name != RESERVED]
        lines += [f"  {p.summary} [{p.default}]" for p in declared] or ["  none"]
    return "\n".join(lines)


def _find_name_fault(
    text: str, name: str, seen: set[str], declared: bool, chapters: Sequence[Chapter]
) -> Fault | None:
    if "=" not in text or not name:
        return Fault(place_given(text), "no value", "name=value", "for example: -p name=20")
    if name == RESERVED:
        return Fault(
            place_given(text),
            "the study",
            "a parameter of the analysis",
            "give the study itself: render STUDY",
        )
    if name in seen:
        return _describe_twice(text, name)
    if not declared:
        return _describe_unknown(text, name, chapters)
    return None


def _describe_twice(text: str, name: str) -> Fault:
    return Fault(place_given(text), f"{name} given twice", "one value", "leave one out")


def _describe_unknown(text: str, name: str, chapters: Sequence[Chapter]) -> Fault:
    from helpers.contracts.overrides import list_choices

    known = {p.name: p for c in chapters for p in c.parameters if p.name != RESERVED}
    found = "no parameter of this name in the chapters to be built, and no setting of the study"
    settings = {choice.name: choice for choice in list_choices()}
    names = [*known, *(setting for setting in settings if setting not in known)]
    near = get_close_matches(name.rpartition(".")[2], names, n=1, cutoff=0.75)
    if near and near[0] not in known:
        choice = settings[near[0]]
        expected = f"{choice.name} ({choice.allowed}; {choice.help}), in study.yml"
        return Fault(place_given(text), found, expected, f"did you mean {choice.name}?")
    nearest = _find_nearest(name, known.values())
    if nearest is not None:
        where = _name_notebooks(nearest.name, chapters)
        return Fault(
            place_given(text),
            found,
            f"{nearest.summary}, in {where}",
            f"did you mean {nearest.name}?",
        )
    listed = "; ".join(parameter.summary for parameter in known.values())
    return Fault(
        place_given(text),
        found,
        f"one of: {listed}" if listed else "none: these chapters have no parameters",
        "use a name from this list" if listed else "leave it out",
    )


def _find_nearest(name: str, parameters: Iterable[Parameter]) -> Parameter | None:
    """Find the parameter meant, by its name, then by a part of it, then by a word of its help."""
    declared = list(parameters)
    for split in (
        lambda p: [p.name],
        lambda p: p.name.split("_"),
        lambda p: re.findall(r"[a-z]{4,}", p.help.lower()),
    ):
        words = {word: parameter for parameter in declared for word in split(parameter)}
        near = get_close_matches(name.lower(), list(words), n=1, cutoff=0.75)
        if near:
            return words[near[0]]
    return None


def _describe_value_fault(
    text: str, found: str, parameter: Parameter, chapters: Sequence[Chapter]
) -> Fault:
    where = _name_notebooks(parameter.name, chapters)
    meaning = f": {parameter.help}" if parameter.help else ""
    return Fault(
        place_given(text),
        found,
        f"{parameter.expected}{meaning} ({where})",
        f"for example: -p {parameter.name}={parameter.default}",
    )


def _name_notebooks(name: str, chapters: Sequence[Chapter]) -> str:
    declaring = (c.path.name for c in chapters if any(p.name == name for p in c.parameters))
    return ", ".join(declaring)
