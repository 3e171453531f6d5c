"""Which of our own files stand behind an import, found by reading code and never by running it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2]
"""The ``helpers`` package that notebooks import."""


def _list_modules() -> dict[str, Path]:
    """List our own modules by their dotted names; a package's name stands for its first file."""
    modules = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


@dataclass
class Modules:
    """Our own modules and what each of them imports, every file read once.

    Attributes
    ----------
    hash : callable
        Gives a file's sha256.
    known : dict of str to list of str
        What files of a sha256 import, by package and sha256; what is found out is added. Finding
        it out is most of an idle run.
    """

    hash: Callable[[Path], str]
    known: dict[str, list[str]]
    _modules: dict[str, Path] = field(default_factory=_list_modules)
    _imported: dict[Path, frozenset[Path]] = field(default_factory=dict)

    def list_files(self, names: Iterable[str], *, with_data: bool = True) -> dict[str, Path]:
        """List our own files behind modules, behind all that those import, and beside them.

        Parameters
        ----------
        names : iterable of str
            Dotted names, each of which may be a module or a name inside one; those of other
            packages are left out: the lock stands for them.
        with_data : bool
            List the files that lie beside the modules too, which they may read.

        Returns
        -------
        dict of str to Path
            By path as a person writes it, ``helpers/derive/laboratory/ihc.py``, in that order.
        """
        found: set[Path] = set()
        waiting = {path for name in names for path in self._find(name)}
        while waiting:
            found |= waiting
            waiting = {below for path in waiting for below in self._follow(path)} - found
        if with_data:
            folders = {path.parent for path in found}
            found |= {path for folder in folders for path in _list_data_files(folder)}
        return {path.relative_to(PACKAGE.parent).as_posix(): path for path in sorted(found)}

    def _find(self, name: str) -> Iterator[Path]:
        """Find a module's file and those of the packages above; all of a package for its star."""
        parts = name.split(".")
        if parts[0] != PACKAGE.name:
            return
        for end in range(1, len(parts) + 1):
            if parts[end - 1] == "*":
                yield from self._find_all(".".join(parts[: end - 1]))
            elif path := self._modules.get(".".join(parts[:end])):
                yield path

    def _find_all(self, package: str) -> Iterator[Path]:
        for name, path in self._modules.items():
            if package in (PACKAGE.name, name, name.rpartition(".")[0]):
                yield path

    def _follow(self, path: Path) -> frozenset[Path]:
        if path not in self._imported:
            package = ".".join(path.parent.relative_to(PACKAGE.parent).parts)
            key = f"{package} {self.hash(path)}"
            if key not in self.known:
                source = path.read_text(encoding="utf-8")
                self.known[key] = list(list_imports(source, package=package))
            names = self.known[key]
            self._imported[path] = frozenset(file for name in names for file in self._find(name))
        return self._imported[path]


def list_notebook_imports(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """List the modules that a notebook imports.

    Parameters
    ----------
    notebook : mapping
        The notebook's JSON.

    Returns
    -------
    tuple of str
        Dotted names; the whole package where a cell is not plain Python, as we cannot know then.
    """
    names: dict[str, None] = {}
    for cell in notebook.get("cells", ()):
        if cell["cell_type"] == "code":
            source = _without_magics(join_source(cell))
            names |= dict.fromkeys(list_imports(source, package=""))
    return tuple(names)


@cache
def list_imports(source: str, *, package: str) -> tuple[str, ...]:
    """List the modules that a piece of Python imports, at its top or inside functions.

    Parameters
    ----------
    source : str
        Python text.
    package : str
        The package it lies in, for relative imports.

    Returns
    -------
    tuple of str
        Dotted names, each of which may be a module or a name inside one; ``helpers.*`` where the
        text is no Python.

    Examples
    --------
    >>> list_imports("from helpers.derive import ihc, paired", package="")
    ('helpers.derive', 'helpers.derive.ihc', 'helpers.derive.paired')
    >>> list_imports("from . import haq", package="helpers.derive")
    ('helpers.derive', 'helpers.derive.haq')
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ("helpers.*",)
    names: list[str] = []
    for node in _walk_statements(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = _resolve_relative(node, package)
            names += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return tuple(dict.fromkeys(names))


def join_source(cell: Mapping[str, Any]) -> str:
    """Give the text of a cell, which files hold as one text or as a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _list_data_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.is_file() and path.suffix not in {".py", ".pyc"}:
            yield path
        elif path.is_dir() and not any(path.glob("*.py")):
            yield from _list_data_files(path)


def _walk_statements(node: ast.AST) -> Iterator[ast.AST]:
    """Go through statements only, where imports are: a tenth of all that `ast.walk` visits."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for statement in getattr(node, block, ()):
            yield statement
            yield from _walk_statements(statement)


def _resolve_relative(node: ast.ImportFrom, package: str) -> str:
    above = package.split(".")
    kept = above[: len(above) - node.level + 1] if node.level else []
    return ".".join([*kept, *([node.module] if node.module else [])])


def _without_magics(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))
