"""Read other programs' XML: no entities, no outside references, names without their namespaces."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from helpers.contracts import StudyDataError
from helpers.io.bounds import MEGABYTE
from helpers.io.files import UnreadableError, read_bytes
from helpers.quantify.flow.refusals import list_faults, refuse

LARGEST_DOCUMENT = 64 * MEGABYTE
"""Bytes of one workspace, as some hundred tubes fill; in memory it takes ten times as much."""

DEEPEST = 200
"""Elements within elements; a workspace has four for each gate drawn in another."""


def read_document(path: Path, *, file: str, kind: str) -> Element:
    """Read an XML file.

    Parameters
    ----------
    path : Path
    file : str
        How messages name it.
    kind : str
        What it should be, in words.

    Returns
    -------
    Element
        Its root.

    Raises
    ------
    StudyDataError
        When it cannot be read, is no XML, names entities of its own, or is nested too deeply.
    """
    mend = "save it again in the program that made it"
    try:
        content = read_bytes(path, at_most=LARGEST_DOCUMENT)
        root: Element = fromstring(content, forbid_dtd=True)
    except UnreadableError as error:
        raise StudyDataError(file, list_faults(error, file)) from None
    except ParseError as error:
        raise refuse(file, f"XML that breaks off: {error}", kind, mend) from None
    except DefusedXmlException as error:
        found = f"XML with {type(error).__name__.replace('Forbidden', '')} of its own"
        raise refuse(file, found, kind, mend) from None
    except (ValueError, LookupError) as error:  # an encoding that is not there, or is another
        raise refuse(file, f"XML that cannot be decoded: {error}", kind, mend) from None
    _refuse_depth(root, file, kind)
    return root


def _refuse_depth(root: Element, file: str, kind: str) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
        if not level:
            return
    raise refuse(file, f"elements more than {DEEPEST} deep", kind, "draw fewer gates in gates")


def local(name: str) -> str:
    """Give a name without its namespace.

    >>> local("{http://www.isac-net.org/std/Gating-ML/v2.0/gating}min")
    'min'
    """
    return name.rpartition("}")[2]


def read_attribute(element: Element, name: str) -> str | None:
    """Give an attribute whatever its namespace; None where it is not there."""
    return next((text for key, text in element.attrib.items() if local(key) == name), None)


def list_children(element: Element, *names: str) -> Iterator[Element]:
    """Give the children of these names, whatever their namespace; all without a name."""
    for child in element:
        if isinstance(child.tag, str) and (not names or local(child.tag) in names):
            yield child


def find_child(element: Element, name: str) -> Element | None:
    """Give the first child of this name; None where there is none."""
    return next(list_children(element, name), None)


def read_number(element: Element, name: str, *, file: str, place: str) -> float:
    """Give an attribute that must be a finite number.

    Raises
    ------
    StudyDataError
        Naming the place.
    """
    value = read_optional_number(element, name, file=file, place=place)
    if value is None:
        found = f"{place}: {local(element.tag)} without {name}"
        raise refuse(file, found, "a number", "save the file again")
    return value


def read_optional_number(element: Element, name: str, *, file: str, place: str) -> float | None:
    """Give an attribute that must be a finite number where it is there; None where it is not."""
    text = read_attribute(element, name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        found = f"{place}: {local(element.tag)} with {name} {text[:40]!r}"
        raise refuse(file, found, "a number", "save the file again")
    return value
