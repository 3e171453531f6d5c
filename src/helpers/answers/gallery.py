"""The page of what analysts call: each question, its options, what comes back, an example.

``docs/answers.md`` is this module's text; ``python -m helpers.answers.gallery`` writes it anew.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType, ModuleType
from typing import get_type_hints

import helpers.answers
from helpers.answers.answer import Answer
from helpers.report.pieces import Piece

PAGE = Path(__file__).resolve().parents[3] / "docs" / "answers.md"

HAND_WRITTEN = "<!-- What follows is written by python -m helpers.answers.gallery. -->"
"""The line of the page above which people write."""


def list_topics() -> Iterator[tuple[ModuleType, list[FunctionType]]]:
    """Find the modules that ask questions, each with its questions in the order of the file."""
    for found in iter_modules(helpers.answers.__path__, f"{helpers.answers.__name__}."):
        module = import_module(found.name)
        questions = [value for value in vars(module).values() if _is_question(value, module)]
        if questions:
            yield module, questions


def write_gallery() -> str:
    """Write the page as Markdown, below the words that people wrote.

    Returns
    -------
    str
    """
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(HAND_WRITTEN)
    parts = [head + HAND_WRITTEN, _list_contents()]
    for module, questions in list_topics():
        parts += [f"## {_name(module)}", inspect.getdoc(module) or ""]
        parts += [_describe(question, _name(module)) for question in questions]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def list_frames(answer: type) -> Iterator[tuple[str, str]]:
    """Give what an answer computed, by name, with the first line that describes it."""
    for name, value in inspect.getmembers(answer):
        if isinstance(value, cached_property) and name != "ledger" and not name.startswith("_"):
            yield name, _first_line(value)


def split_sections(question: FunctionType) -> dict[str, str]:
    """Part a numpydoc docstring at its headings; what stands before the first is ``""``."""
    parts = re.split(r"^(\w+)\n-+\n", inspect.getdoc(question) or "", flags=re.M)
    return {"": parts[0].strip()} | dict(zip(parts[1::2], map(str.strip, parts[2::2]), strict=True))


def _is_question(value: object, module: ModuleType) -> bool:
    if not isinstance(value, FunctionType) or value.__name__.startswith("_"):
        return False
    gives = get_type_hints(value).get("return")
    own = value.__module__ == module.__name__
    return own and isinstance(gives, type) and issubclass(gives, Answer | Piece)


def _list_contents() -> str:
    """Name every question once, in words, with a link to its place on the page."""
    return "\n".join(
        f"- [{_name(module)}.{question.__name__}](#{_name(module)}{question.__name__}): "
        f"{_first_line(question)}"
        for module, questions in list_topics()
        for question in questions
    )


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _describe(question: FunctionType, topic: str) -> str:
    sections = split_sections(question)
    gives = get_type_hints(question)["return"]
    parts = [
        f"### {topic}.{question.__name__}",
        sections[""],
        f"```python\n{_write_signature(question)}\n```",
        _write_options(sections.get("Parameters", "")),
        f"Gives `{gives.__name__}`: {_first_line(gives)}",
        "\n".join(f"- `{name}`: {text}" for name, text in list_frames(gives)),
        f"```pycon\n{sections['Examples']}\n```" if "Examples" in sections else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _write_signature(question: FunctionType) -> str:
    [node] = ast.parse(inspect.getsource(question)).body
    assert isinstance(node, ast.FunctionDef)
    assert node.returns is not None
    arguments = re.sub(r"(?<=\w)=(?=\S)", " = ", ast.unparse(node.args))
    return f"{node.name}({arguments}) -> {ast.unparse(node.returns)}"


def _write_options(parameters: str) -> str:
    """Make a list of the section on parameters: each name with its words on one line."""
    blocks = re.split(r"\n(?=\S)", parameters) if parameters else []
    lines = (" ".join(block.split("\n")[1:]) for block in blocks)
    names = (block.partition("\n")[0].partition(" : ")[0] for block in blocks)
    return "\n".join(
        f"- `{name}`: {' '.join(words.split())}".replace("``", "`")
        for name, words in zip(names, lines, strict=True)
    )


if __name__ == "__main__":
    PAGE.write_text(write_gallery(), encoding="utf-8")
