"""A mapping.yml that is being written: every line with the reason that stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from helpers.contracts.mapping import TODO

_COMMENT_AT = 40


@dataclass(frozen=True)
class Line:
    """What one line of a mapping says, and why."""

    value: Any
    why: str = ""


@dataclass
class DraftSource:
    """One source that is being written."""

    keys: dict[str, Line] = field(default_factory=dict)
    keep: dict[str, Line] = field(default_factory=dict)
    columns: dict[str, Line] = field(default_factory=dict)
    tests: dict[str, Line] = field(default_factory=dict)
    rows: dict[str, Line] = field(default_factory=dict)
    unused_rows: dict[str, Line] = field(default_factory=dict)
    ignore: dict[str, Line] = field(default_factory=dict)

    @property
    def targets(self) -> list[dict[str, Any]]:
        """Where its cells go, each as written in full."""
        values = [line.value for line in (*self.columns.values(), *self.rows.values())]
        flat = [one for value in values for one in (value if isinstance(value, list) else [value])]
        return [{"to": one} if isinstance(one, str) else one for one in flat]

    @property
    def decimal(self) -> str:
        """Decimal sign of its numbers."""
        return str(self.keys["decimal"].value) if "decimal" in self.keys else "."

    @property
    def dates(self) -> str:
        """Order in which its dates are written."""
        return str(self.keys["dates"].value) if "dates" in self.keys else "year first"


@dataclass
class Draft:
    """A whole mapping that is being written."""

    sources: list[DraftSource] = field(default_factory=list)
    visits: dict[str, Line] = field(default_factory=dict)
    words: dict[str, dict[str, Line]] = field(default_factory=dict)
    units: dict[str, Line] = field(default_factory=dict)
    convert: dict[str, dict[str, Line]] = field(default_factory=dict)
    missing: dict[str, Line] = field(default_factory=dict)
    constants: dict[str, Line] = field(default_factory=dict)
    kept: dict[str, Line] = field(default_factory=dict)


def write_draft(draft: Draft, *, name: str) -> str:
    """Write a mapping.yml that a person can read and change line by line.

    Parameters
    ----------
    draft : Draft
    name : str
        Name of the study.

    Returns
    -------
    str
    """
    lines = _HEAD.format(name=name, todo=TODO).splitlines()
    lines += _write_group("visits", draft.visits, _VISITS)
    lines += ["", *_comment(_WORDS)] if draft.words else []
    lines += ["words:"] if draft.words else []
    for place, words in draft.words.items():
        lines += [f"  {place}:", *_write_lines(words, 4)]
    lines += _write_group("units", draft.units, _UNITS)
    if draft.convert:
        lines += ["", *_comment(_CONVERT), "convert:"]
        for table, names in draft.convert.items():
            lines += [f"  {table}:", *_write_lines(names, 4)]
    lines += _write_list("missing", draft.missing, _MISSING)
    lines += _write_group("constants", draft.constants, _CONSTANTS)
    lines += ["", *_comment(_SOURCES), "sources:"]
    for source in draft.sources:
        lines += _write_source(source)
    lines += _write_list("kept", draft.kept, _KEPT)
    return "\n".join(lines) + "\n"


def _write_source(source: DraftSource) -> Iterator[str]:
    first, *others = _write_lines(source.keys, 4)
    yield "  - " + first.lstrip()
    yield from others
    if source.keep:
        yield "    keep:"
        yield from _write_lines(source.keep, 6)
    if source.columns:
        yield "    columns:"
        yield from _write_lines(source.columns, 6)
    if source.tests:
        yield "    tests:"
        yield from _write_lines(source.tests, 6)
        yield "      rows:"
        yield from _write_lines(source.rows, 8)
        yield from _write_items("ignore", source.unused_rows, 6)
    yield from _write_items("ignore", source.ignore, 4)


def _write_group(key: str, lines: Mapping[str, Line], about: str) -> list[str]:
    return ["", *_comment(about), f"{key}:", *_write_lines(lines, 2)] if lines else []


def _write_list(key: str, lines: Mapping[str, Line], about: str) -> list[str]:
    return ["", *_comment(about), *_write_items(key, lines, 0)] if lines else []


def _write_items(key: str, lines: Mapping[str, Line], indent: int) -> Iterator[str]:
    if lines:
        yield " " * indent + f"{key}:"
        for name, line in lines.items():
            yield _explain(" " * (indent + 2) + f"- {_scalar(name)}", line)


def _write_lines(lines: Mapping[str, Line], indent: int) -> list[str]:
    return [
        _explain(" " * indent + f"{_scalar(name)}: {_flow(line.value)}".rstrip(), line)
        for name, line in lines.items()
    ]


def _explain(text: str, line: Line) -> str:
    mark = f"{TODO}: " if _is_open(line.value) else ""
    return f"{text.ljust(_COMMENT_AT)}  # {mark}{line.why}".rstrip() if line.why or mark else text


def _is_open(value: Any) -> bool:  # noqa: ANN401 - a line holds any value of YAML
    if isinstance(value, dict):
        return any(_is_open(part) for part in value.values())
    if isinstance(value, list):
        return any(_is_open(part) for part in value)
    return bool(value == TODO)


def _comment(text: str) -> Iterable[str]:
    return [f"# {line}" for line in text.strip().splitlines()]


def _scalar(text: str) -> str:
    return _flow(str(text)) or "''"


def _flow(value: Any) -> str:  # noqa: ANN401
    if value in (None, ""):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"true|false|0|[1-9]\d{0,14}", value):
        return value  # our reader takes it for the same text
    text: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=10**6, sort_keys=False
    )
    return text.strip().removesuffix("...").strip()


_HEAD = """\
# How the files in raw/ become the tables of {name}. It was proposed from the files themselves: each
# line is a guess that you can change, and says why it was made where that is not plain.
# {todo} stands where the files do not say it. `./run_all.sh check {name}` names every such line,
# and every column, word, unit and visit that is not covered. data/README.md explains each key.
"""
_VISITS = "Visits as the files name them, and the month of each from the first dose; or ignore."
_WORDS = "What the files' words mean, by the place that they are for. Nothing: a missing value."
_UNITS = "Units of the files' numbers, where no column says them."
_CONVERT = "One unit for each test that came in several; only exact factors are used."
_MISSING = "What stands for a missing value, in every column."
_CONSTANTS = (
    "What no file says: one value for all rows; nothing, where it was not measured or recorded."
)
_SOURCES = (
    "The files: which column goes to which table.column, and which are not used.\n"
    "A newer transfer goes into raw/ beside the first; the last by name is read."
)
_KEPT = "Files of raw/ that are kept and not read."
