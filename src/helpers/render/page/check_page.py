"""Is a finished page whole? Ids once, links that arrive, nothing fetched, one script, one frame."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from xml.parsers import expat

LOADING_ATTRIBUTES = frozenset(
    {"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "manifest"}
)
LINK_ATTRIBUTES = frozenset({"href", "xlink:href"})
READ_ATTRIBUTES = LOADING_ATTRIBUTES | LINK_ATTRIBUTES | {"id", "style"}
ACTING_TAGS = frozenset({"applet", "base", "embed", "form", "frame", "iframe", "link", "object"})
"""Elements that fetch, embed or send; a report has none."""

SINGLE_TAGS = frozenset({"html", "head", "body", "main", "script"})
"""Elements of the page's own frame: a second one, or a second end, breaks it."""

STYLE_URL = re.compile(
    r"url\(\s*['\"]?(?!#|data:|['\"])([^)'\"]*)|@import\s+([^;]+)", re.IGNORECASE
)

LINK = re.compile(r'<a\b[^>]*\bhref="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
"""A link inside the page, with its target and its words."""

SCRIPT_ADDRESS = re.compile(r"\s*(?:javascript|vbscript|data:text/html)\b", re.IGNORECASE)

PIECE = re.compile(r"<(?P<tag>figure|pre)\b.*?</(?P=tag)>", re.DOTALL)
"""A figure, a table or a piece of code: most of a page, and the same on several pages."""

DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
"""Most of a figure. It is XML too, which is read ten times as fast."""

_READ_TAGS = "|".join(sorted({"a", "figure", "style"} | ACTING_TAGS | SINGLE_TAGS))
PLAIN_TAG = re.compile(rf'<(?!/?(?:{_READ_TAGS})\b)/?[a-z][a-z0-9]*(?: class="[^"<>=]*")?>')
"""A tag that only says how something looks: four of five. No class holds an equals sign, but text
in an attribute that ends at the wrong quote may."""

KEPT_PIECES = 256

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
class _Marks:
    """What a page or a piece of one refers to.

    `places` lists for each patient's anchor the figures with its marks, `names` what it is called.
    """

    ids: Counter[str] = field(default_factory=Counter)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    frame: Counter[str] = field(default_factory=Counter)
    acts: list[str] = field(default_factory=list)
    places: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, other: _Marks) -> None:
        self.ids.update(other.ids)
        self.links += other.links
        self.loads += other.loads
        self.frame.update(other.frame)
        self.acts += other.acts
        for patient, places in other.places.items():
            self.places.setdefault(patient, []).extend(places)
        self.names = other.names | self.names


@dataclass
class _Reader(HTMLParser):
    marks: _Marks = field(default_factory=_Marks)
    _inside: str = ""
    _patient: str = ""
    _in_style: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag == "figure":
            self._inside = dict(attrs).get("id") or ""
        self._read_tag(tag)
        for name, value in attrs:
            if name in READ_ATTRIBUTES:
                self._read_attribute(tag, name, value or "")
            elif name.startswith("on"):
                self.marks.acts.append(f"<{tag} {name}>")

    def _read_tag(self, tag: str) -> None:
        if tag in SINGLE_TAGS:
            self.marks.frame[f"<{tag}>"] += 1
        elif tag in ACTING_TAGS:
            self.marks.acts.append(f"<{tag}>")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False
        if tag in SINGLE_TAGS:
            self.marks.frame[f"</{tag}>"] += 1
        if tag == "a":
            self._patient = ""
        if tag == "figure":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._read_style(data)
        if self._patient and data.strip():
            self.marks.names.setdefault(self._patient, data.strip())

    def _read_attribute(self, tag: str, name: str, value: str) -> None:
        is_link = name in LINK_ATTRIBUTES
        if name == "id":
            self.marks.ids[value] += 1
        elif is_link and value.startswith("#"):
            self._read_link(value[1:])
        elif name == "style":
            self._read_style(value)
        elif SCRIPT_ADDRESS.match(value):
            self.marks.acts.append(f"<{tag} {name}={value[:80]!r}>")
        elif not (is_link and tag == "a") and not value.startswith("data:"):
            self.marks.loads.append(f"<{tag} {name}={value[:80]!r}>")

    def _read_link(self, target: str) -> None:
        self.marks.links.append(target)
        if target.startswith(PATIENT_PREFIX):
            self._patient = target
            places = self.marks.places.setdefault(target, [])
            if self._inside:
                places.append(self._inside)

    def _read_style(self, text: str) -> None:
        self.marks.loads += [f"style: {match[0][:80]}" for match in STYLE_URL.finditer(text)]

    def read_drawing(self, svg: str) -> None:
        """Read a drawing as XML, or as the HTML it is all the same where it is not well formed."""
        try:
            expat.ParserCreate().Parse(svg, True)
        except expat.ExpatError:
            self.feed(svg)
            return
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, given: self.handle_starttag(tag, [*given.items()])
        parser.EndElementHandler = self.handle_endtag
        parser.CharacterDataHandler = self.handle_data
        parser.Parse(svg, True)


def check_page(html: str) -> list[str]:
    """List what is wrong with a finished page.

    Parameters
    ----------
    html : str
        The whole page.

    Returns
    -------
    list of str
        Empty when the page stands alone: every id once, every link inside it leads to an id,
        nothing is loaded from anywhere, and nothing acts but the page's one script.

    Examples
    --------
    >>> check_page('<p id="a"><a href="#b">x</a><img src="https://example.org/x.png">')
    ['a link leads to #b, which is not on the page', "loads <img src='https://example.org/x.png'>"]
    """
    page = _read(html)
    twice = [f"id {name} stands {n} times on the page" for name, n in page.ids.items() if n > 1]
    missing = dict.fromkeys(link for link in page.links if link and link not in page.ids)
    dangling = [f"a link leads to #{link}, which is not on the page" for link in missing]
    broken = [f"{tag} stands {n} times on the page" for tag, n in page.frame.items() if n > 1]
    acting = [f"{what} acts or sends" for what in dict.fromkeys(page.acts)]
    return twice + dangling + broken + acting + [f"loads {load}" for load in page.loads]


def drop_dead_links(html: str) -> str:
    """Make plain text of the links that lead to nothing on a page.

    Parameters
    ----------
    html : str
        The whole page, of a report that lacks chapters.

    Returns
    -------
    str
        The page with the words of such links, and all other links as they were.

    Examples
    --------
    >>> drop_dead_links('<p id="a"><a href="#a">here</a>, <a class="number" href="#b">95 %</a>')
    '<p id="a"><a href="#a">here</a>, 95 %'
    """
    page = _read(html)
    return LINK.sub(lambda link: link[0] if unescape(link[1]) in page.ids else link[2], html)


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
        for anchor, places in page.places.items()
    )
    return tuple(sorted(marked, key=lambda patient: _natural_order(patient.name)))


def _natural_order(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _read(html: str) -> _Marks:
    """Read a page in pieces; those that were on an earlier page are known already."""
    rest = _Reader()
    marks = rest.marks
    for text, piece in _cut(html, PIECE):
        rest.feed(PLAIN_TAG.sub("", text))
        if piece:
            marks.add(_read_piece(piece))
    rest.close()
    return marks


@lru_cache(maxsize=KEPT_PIECES)
def _read_piece(html: str) -> _Marks:
    reader = _Reader()
    for text, drawing in _cut(html, DRAWING):
        reader.feed(PLAIN_TAG.sub("", text))
        if drawing:
            reader.read_drawing(drawing)
    reader.close()
    return reader.marks


def _cut(html: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Cut a text at what matches: what lies before each match, and the match; at last the rest."""
    end = 0
    for match in pattern.finditer(html):
        yield html[end : match.start()], match[0]
        end = match.end()
    yield html[end:], ""
