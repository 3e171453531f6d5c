"""Parameters of a chapter, read from its tagged cell.

A parameters cell holds lines ``name: type = literal  # help | allowed`` and nothing else. The type
is ``str``, ``int``, ``float``, ``bool`` or ``Literal[...]``; ``| 1 to 100`` is an inclusive range
``| a, b`` a closed choice, and ``| in labs.patient_id, case_events.patient_id`` a value that one of
these columns of the study's tables holds. A comment goes on in the lines below that hold nothing
else. The cell is read as text: nothing in it runs.
"""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from helpers.characters import describe_unseen

Kind = Literal["str", "int", "float", "bool"]
Value = str | int | float | bool

KIND_WORDS: Mapping[Kind, str] = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
}
TRUTH = {"true": True, "yes": True, "false": False, "no": False}
LONGEST_NUMBER = 15
"""Digits of a whole number that can be computed with exactly."""

RESERVED = "study"
"""The runner sets this one itself, from the studies it is asked for."""


class NotebookError(ValueError):
    """Raised when a notebook breaks the rules for chapters; a fault of ours, not of the input."""


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell.

    Attributes
    ----------
    name : str
        Name of the variable.
    kind : {"str", "int", "float", "bool"}
        Type of its value.
    default : str, int, float or bool
        Value when nothing is given.
    help : str
        What it means, with its unit.
    minimum, maximum : float or None
        Inclusive range of a number.
    choices : tuple
        Allowed values; empty when not closed.
    columns : tuple of str
        Columns of the study's tables, ``labs.patient_id``, one of which must hold the value; a
        default is not looked for.
    """

    name: str
    kind: Kind
    default: Value
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Value, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What a value must be, in words.

        >>> Parameter("cutoff", "float", 20.0, minimum=1, maximum=100).expected
        'a number from 1 to 100'
        """
        if self.choices:
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.columns:
            return f"{KIND_WORDS[self.kind]} that stands in {' or '.join(self.columns)}"
        if self.minimum is not None and self.maximum is not None:
            return f"{KIND_WORDS[self.kind]} from {self.minimum:g} to {self.maximum:g}"
        return KIND_WORDS[self.kind]

    @property
    def summary(self) -> str:
        """Name, expected value and help in one line."""
        return f"{self.name} ({self.expected}{'; ' if self.help else ''}{self.help})"


def read_parameters(source: str, *, notebook: str) -> tuple[Parameter, ...]:
    """Read the parameters that a tagged cell declares.

    Parameters
    ----------
    source : str
        Text of the cell.
    notebook : str
        Name of the notebook, for the message.

    Returns
    -------
    tuple of Parameter
        In the order of the cell.

    Raises
    ------
    NotebookError
        When a line is not ``name: type = literal``, or a default is not allowed by its own line.

    Examples
    --------
    >>> [found] = read_parameters("alpha: float = 0.05  # error | 0 to 1", notebook="01_x.ipynb")
    >>> found.name, found.default, found.help, found.maximum
    ('alpha', 0.05, 'error', 1.0)
    """
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise NotebookError(
            f"{notebook}: parameters cell, line {error.lineno}: {error.msg}"
        ) from error
    comments = _read_comments(source)
    return tuple(
        _read_line(node, comments.get(node.end_lineno or 0, ""), f"{notebook}: parameters cell")
        for node in tree.body
    )


def convert_value(parameter: Parameter, text: str) -> Value:
    """Turn typed text into a parameter's value.

    Parameters
    ----------
    parameter : Parameter
        What is declared.
    text : str
        What was typed after ``name=``.

    Returns
    -------
    str, int, float or bool

    Raises
    ------
    ValueError
        Saying what was found, when the text is of another type, out of range or no choice.

    Examples
    --------
    >>> convert_value(Parameter("cutoff", "float", 20.0, minimum=1, maximum=100), "25")
    25.0
    """
    value = _convert_kind(parameter.kind, text)
    if parameter.choices and value not in parameter.choices:
        raise ValueError(f"{text!r}, which is not a choice")
    below = parameter.minimum is not None and value < parameter.minimum  # type: ignore[operator]
    above = parameter.maximum is not None and value > parameter.maximum  # type: ignore[operator]
    if below or above:
        raise ValueError(f"{text}, which is out of range")
    return value


def _convert_kind(kind: Kind, text: str) -> Value:
    if kind == "bool":
        if text.lower() not in TRUTH:
            raise ValueError(f"{text!r}, which is neither true nor false")
        return TRUTH[text.lower()]
    if kind == "int":
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise ValueError(f"{text!r}, which is not a whole number")
        if len(text) > LONGEST_NUMBER:
            raise ValueError(f"a number of {len(text)} digits, which is too large")
        return int(text)
    if kind == "float":
        if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
            comma = "; write a decimal point" if re.fullmatch(r"[+-]?\d+,\d+", text) else ""
            raise ValueError(f"{text!r}, which is not a number{comma}")
        if not math.isfinite(float(text)):
            raise ValueError(f"{text}, which is too large to compute with")
        return float(text)
    if unseen := describe_unseen(text):
        raise ValueError(f"a text with {unseen}")
    return text


def _read_comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments: dict[int, str] = {}
    last = 0
    for token in tokens:
        if token.type != tokenize.COMMENT:
            continue
        alone = not token.line[: token.start[1]].strip()
        text = token.string.lstrip("#").strip()
        if alone and last:  # it goes on from the line above
            comments[last] += f" {text}"
        elif not alone:
            last = token.start[0]
            comments[last] = text
    return comments


def _read_line(node: ast.stmt, comment: str, where: str) -> Parameter:
    place = f"{where}, line {node.lineno}"
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        raise NotebookError(f"{place}: expected `name: type = literal  # help`")
    try:
        default: Value = ast.literal_eval(node.value or ast.Constant(None))
    except ValueError as error:
        raise NotebookError(
            f"{place}: expected a literal default; derive in a later cell"
        ) from error
    kind, choices = _read_type(node.annotation, place)
    text, limits = _read_allowed(comment, kind)
    parameter = Parameter(node.target.id, kind, default, text, **({"choices": choices} | limits))
    _check_default(parameter, place)
    return parameter


def _check_default(parameter: Parameter, place: str) -> None:
    value = parameter.default
    types = {"str": str, "int": int, "float": (int, float), "bool": bool}[parameter.kind]
    wrong = not isinstance(value, types) or (isinstance(value, bool) and parameter.kind != "bool")  # type: ignore[arg-type]
    if wrong or (isinstance(value, float) and not math.isfinite(value)):
        raise NotebookError(f"{place}: default {value!r} is not {KIND_WORDS[parameter.kind]}")
    try:
        convert_value(parameter, str(value))
    except ValueError as error:
        raise NotebookError(f"{place}: default is {error}") from error


def _read_type(annotation: ast.expr, place: str) -> tuple[Kind, tuple[Value, ...]]:
    if isinstance(annotation, ast.Name) and annotation.id in KIND_WORDS:
        return annotation.id, ()  # type: ignore[return-value]
    subscript = annotation.value if isinstance(annotation, ast.Subscript) else None
    if isinstance(subscript, ast.Name) and subscript.id == "Literal":
        listed = ast.literal_eval(annotation.slice)  # type: ignore[attr-defined]
        choices = listed if isinstance(listed, tuple) else (listed,)
        if len({type(choice) for choice in choices}) == 1:
            return type(choices[0]).__name__, choices  # type: ignore[return-value]
    known = ", ".join(KIND_WORDS)
    raise NotebookError(
        f"{place}: expected a type of {known} or Literal[...], found {ast.unparse(annotation)}"
    )


def _read_allowed(comment: str, kind: Kind) -> tuple[str, dict[str, Any]]:
    """Divide a comment into its help and what stands behind the bar, by the name of its field."""
    text, bar, allowed = (part.strip() for part in comment.rpartition("|"))
    if not bar:
        return comment, {}
    if span := re.fullmatch(r"(-?[\d.]+) to (-?[\d.]+)", allowed):
        return text, {"minimum": float(span[1]), "maximum": float(span[2])}
    if re.fullmatch(r"in \w+\.\w+(, *\w+\.\w+)*", allowed):
        return text, {"columns": tuple(re.findall(r"\w+\.\w+", allowed))}
    choices = tuple(_convert_kind(kind, word.strip()) for word in allowed.split(","))
    return text, {"choices": choices}
