"""Is a finished page whole? Ids once, links that lead somewhere, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

LOADING_ATTRIBUTES = frozenset(
    {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest"}
)
STYLE_URL = re.compile(
    r"url\(\s*['\"]?(?!#|data:|['\"])([^)'\"]*)|@import\s+([^;]+)", re.IGNORECASE
)

PATIENT_PREFIX = "patient-"


@dataclass(frozen=True)
class MarkedPatient:
    """A patient on a page: where the marks lead, the name, the figures and tables with marks.

    `has_target` tells whether the page has an element that the marks lead to.
    """

    anchor: str
    name: str
    places: tuple[str, ...]
    has_target: bool


@dataclass
class _PageReader(HTMLParser):
    ids: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    figures: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    _inside: str = ""
    _patient: str = ""
    _in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        if "id" in given:
            self.ids[given["id"]] += 1
        if tag == "figure":
            self._inside = given.get("id", "")
        for name, value in given.items():
            self._read_attribute(tag, name, value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
        if tag == "a":
            self._patient = ""
        if tag == "figure":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._read_style(data)
        if self._patient and data.strip():
            self.names.setdefault(self._patient, data.strip())

    def _read_attribute(self, tag: str, name: str, value: str) -> None:
        is_link = name in {"href", "xlink:href"}
        if is_link and value.startswith("#"):
            self._read_link(value[1:])
        elif name in LOADING_ATTRIBUTES or (is_link and tag != "a"):
            if not value.startswith("data:"):
                self.loads.append(f"<{tag} {name}={value[:80]!r}>")
        elif name == "style":
            self._read_style(value)

    def _read_link(self, target: str) -> None:
        self.links.append(target)
        if target.startswith(PATIENT_PREFIX):
            self._patient = target
            places = self.figures.setdefault(target, [])
            if self._inside:
                places.append(self._inside)

    def _read_style(self, text: str) -> None:
        self.loads += [f"style: {match[0][:80]}" for match in STYLE_URL.finditer(text)]


def check_page(html: str) -> list[str]:
    """List what is wrong with a finished page.

    Parameters
    ----------
    html : str
        The whole page.

    Returns
    -------
    list of str
        Empty when the page stands alone: every id once, every link inside it leads to an id, and
        nothing is loaded from anywhere.

    Examples
    --------
    >>> check_page('<p id="a"><a href="#b">x</a><img src="https://example.org/x.png">')
    ['a link leads to #b, which is not on the page', "loads <img src='https://example.org/x.png'>"]
    """
    page = _read(html)
    twice = [f"id {name} stands {n} times on the page" for name, n in page.ids.items() if n > 1]
    missing = dict.fromkeys(link for link in page.links if link and link not in page.ids)
    dangling = [f"a link leads to #{link}, which is not on the page" for link in missing]
    return twice + dangling + [f"loads {load}" for load in page.loads]


def find_patients(html: str) -> tuple[MarkedPatient, ...]:
    """Find the patients that a page marks.

    Parameters
    ----------
    html : str
        Page or part of one; every mark of a patient is a link to ``#patient-<anchor>``.

    Returns
    -------
    tuple of MarkedPatient
        In the order of their names.

    Examples
    --------
    >>> [found] = find_patients('<figure id="table-t"><a href="#patient-p-1">P 1</a></figure>')
    >>> found.name, found.places
    ('P 1', ('table-t',))
    """
    page = _read(html)
    marked = (
        MarkedPatient(
            anchor,
            page.names.get(anchor, anchor.removeprefix(PATIENT_PREFIX)),
            tuple(dict.fromkeys(places)),
            has_target=anchor in page.ids,
        )
        for anchor, places in page.figures.items()
    )
    return tuple(sorted(marked, key=lambda patient: _natural_order(patient.name)))


def _natural_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _read(html: str) -> _PageReader:
    reader = _PageReader()
    reader.feed(html)
    reader.close()
    return reader
