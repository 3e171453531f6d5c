"""Read YAML as a person writes it: keys, lists, texts and numbers, and nothing that unfolds.

An alias can stand for the thing that holds it, or for a thousand copies of it; a tag asks for an
object of a program. Settings need neither. Nothing here needs pandas.

Numbers are read as YAML 1.2 reads them. What older programs take for another number than a person
does (020 for 16, 1:20 for 80, 1_000, 0x10, 0b1) is refused. The words ``yes``, ``no``, ``on``,
``off``, ``true`` and ``false`` are texts like any other, so that none is taken for the number 1 or
0; where a setting is a yes or a no, its model reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from helpers.io.bounds import DEEPEST_SETTINGS, LARGEST_WHOLE_NUMBER

KeyPath = tuple[str, ...]

MEND_NUMBER = "write the number plainly, as 16 or 0.5; put what is a text into quotation marks"

_BOOL, _INT, _FLOAT = (f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float"))
_PLAIN = {
    _INT: re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    _FLOAT: re.compile(r"[^_:]*"),  # of what is resolved as one
}
_LONGEST_SHOWN = 40
_EXPONENT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+")
"""What only YAML 1.2 takes for a number: 1e3, .5e3."""


class _PlainLoader(yaml.SafeLoader):
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        found = ""
        if isinstance(event, yaml.AliasEvent):
            found = f"an alias (*{event.anchor}): write the value itself in its place"
        elif getattr(event, "tag", None):
            found = f"a tag ({event.tag}): write the value without it"
        elif self.depth == DEEPEST_SETTINGS:
            found = f"more than {DEEPEST_SETTINGS} groups within groups"
        if found:
            raise ComposerError(None, None, found, event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        _refuse_ambiguous(node)
        number = super().construct_yaml_int(node)
        if abs(number) > LARGEST_WHOLE_NUMBER:
            found = "a whole number that is too large to compute with"
            raise ConstructorError(None, None, found, node.start_mark)
        return number

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        _refuse_ambiguous(node)
        return super().construct_yaml_float(node)


_PlainLoader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != _BOOL]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver(_FLOAT, _EXPONENT, list("-+.0123456789"))
_PlainLoader.add_constructor(_INT, _PlainLoader.construct_yaml_int)
_PlainLoader.add_constructor(_FLOAT, _PlainLoader.construct_yaml_float)


def load_yaml(text: str) -> tuple[Any, yaml.Node | None]:
    """Read one YAML document.

    Parameters
    ----------
    text : str

    Returns
    -------
    (object, yaml.Node or None)
        Its content, and where each part of it stands; None twice for an empty text.

    Raises
    ------
    yaml.YAMLError
        When it is no YAML, or holds an alias, a tag, too deep a nesting or a number that not all
        programs read alike.
    ValueError
        When a value cannot be read, as the date 2013-99-99.

    Examples
    --------
    >>> load_yaml("visits: [0, 6]")[0]
    {'visits': [0, 6]}
    >>> load_yaml("a: &all [*all]")
    Traceback (most recent call last):
    yaml.composer.ComposerError: an alias (*all): write the value itself in its place
    ...
    """
    loader = _PlainLoader(text)
    try:
        node = loader.get_single_node()
        return (None if node is None else loader.construct_document(node)), node
    finally:
        loader.dispose()


def is_empty(node: yaml.Node) -> bool:
    """Tell whether a value was left out: nothing, ``~`` or ``null``."""
    return node.tag == "tag:yaml.org,2002:null"


def _refuse_ambiguous(node: yaml.ScalarNode) -> None:
    if not _PLAIN[node.tag].fullmatch(node.value):
        found = f"{node.value[:_LONGEST_SHOWN]}, which some programs read as another number"
        raise ConstructorError(None, None, found, node.start_mark, MEND_NUMBER)


def walk_keys(node: yaml.Node | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, int]]:
    """Give every place of a document, a key given twice twice, with its row.

    >>> list(walk_keys(load_yaml("a: [1]")[1]))
    [((), 1), (('a',), 1), (('a', '0'), 1)]
    """
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, str(key.value)), key.start_mark.line + 1
            yield from list(walk_keys(value, (*path, str(key.value))))[1:]
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from walk_keys(value, (*path, str(position)))


def walk_scalars(node: yaml.Node | None, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str, int]]:
    """Give every single value of a document as its text, keys too, with its place and row.

    >>> list(walk_scalars(load_yaml("a: 1")[1]))
    [((), 'a', 1), (('a',), '1', 1)]
    """
    if isinstance(node, yaml.ScalarNode):
        yield path, node.value, node.start_mark.line + 1
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from walk_scalars(key, path)
            yield from walk_scalars(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            yield from walk_scalars(value, (*path, str(position)))


def find_repeats(node: yaml.Node | None) -> list[tuple[KeyPath, int, int]]:
    """Find keys given twice, of which YAML would silently keep the last.

    Parameters
    ----------
    node : yaml.Node or None
        From `load_yaml`.

    Returns
    -------
    list of (tuple of str, int, int)
        The key's path, its first row, and the row of each repetition.
    """
    first_rows: dict[KeyPath, int] = {}
    found = []
    for path, row in walk_keys(node):
        if path in first_rows:
            found.append((path, first_rows[path], row))
        first_rows.setdefault(path, row)
    return found
