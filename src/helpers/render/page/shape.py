"""The shape of the study page: answers first, a few figures as evidence, all else folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from helpers.render.page.collect import BuiltChapter, Piece, collect_pieces
from helpers.render.page.convert import Body

ANSWER_KINDS = ("design", "headline", "cell", "everybody")
"""Outputs that make the first screen, in its order; chapters on the study page do without them."""

CELL_ORDER = ("work", "whom", "sure", "safe")
"""The cells of the first screen, from left to right."""

_CELL_TITLE = re.compile(r"<h4>(?P<words>.*?)</h4>")
_PIECE = re.compile(r'<figure class="(?P<kind>figure|table)" id="(?P<anchor>[^"]+)">')
_FIGURE = re.compile(r'<figure class="figure" id="figure-(?P<name>[^"]+)">.*?</figure>', re.DOTALL)
_CAPTION = re.compile(r"<figcaption>")
_FINDING = re.compile(r'<p class="finding">(?P<words>.*?)</p>', re.DOTALL)
_TITLE = r'<h\d id="{anchor}">(?P<words>.*?)</h\d>\s*'


@dataclass(frozen=True)
class Folded:
    """A chapter as the record holds it: its title on the fold, the rest below.

    `is_open` is for a chapter that failed: nobody should have to look for the cause.
    """

    anchor: str
    title: Markup
    html: Markup
    is_open: bool = False


@dataclass(frozen=True)
class Evidence:
    """A figure that stays open, under the heading that says what it shows."""

    anchor: str
    html: Markup


def collect_answers(built: Sequence[BuiltChapter]) -> dict[str, list[Piece]]:
    """Collect the pieces of the first screen by kind, without empty ones."""
    found = {kind: collect_pieces(built, kind) for kind in ANSWER_KINDS}
    kept = {kind: [piece for piece in pieces if piece.html] for kind, pieces in found.items()}
    return {kind: pieces for kind, pieces in kept.items() if pieces}


def join_cells(pieces: Sequence[Piece]) -> list[Markup]:
    """Join what several chapters say in the cells of the first screen, each under its title once.

    Parameters
    ----------
    pieces : sequence of Piece
        Each begins with its cell's title; several may have one name.

    Returns
    -------
    list of Markup
        In the order of `CELL_ORDER`.
    """
    joined = []
    for name in CELL_ORDER:
        mine = [piece.html for piece in pieces if piece.name == name]
        if mine:
            title = _CELL_TITLE.search(mine[0])
            head = f"<h2>{title['words']}</h2>" if title else ""
            joined.append(Markup(head + "".join(_CELL_TITLE.sub("", html) for html in mine)))
    return joined


def number_pieces(built: Sequence[BuiltChapter], evidence: Sequence[str]) -> dict[str, str]:
    """Give figures and tables the numbers that the study page shows, evidence first.

    Parameters
    ----------
    built : sequence of BuiltChapter
        All executed chapters, in their order.
    evidence : sequence of str
        Names of the figures that stay open, in order.

    Returns
    -------
    dict of str to str
        ``Figure 3`` by ``figure-candidates``; every page of a report uses the same.
    """
    figures = [p.name for p in collect_pieces(built, "figure")]
    first = [name for name in evidence if name in figures]
    ordered = first + [name for name in figures if name not in first]
    tables = [p.name for p in collect_pieces(built, "table") if "<table" in p.html]
    return {
        f"{kind}-{name}": f"{kind.capitalize()} {number}"
        for kind, names in (("figure", ordered), ("table", tables))
        for number, name in enumerate(names, start=1)
    }


def write_numbers(html: str, numbers: Mapping[str, str]) -> Markup:
    """Begin each caption with the number of its figure or table, which is a link to it.

    >>> html = '<figure class="table" id="table-a"><figcaption>Doses'
    >>> print(write_numbers(html, {"table-a": "Table 1"}).partition("<figcaption>")[2])
    <a class="permalink" href="#table-a">Table 1</a> Doses
    """
    parts, end = [], 0
    for piece in _PIECE.finditer(html):
        caption = _CAPTION.search(html, piece.end())
        number = numbers.get(piece["anchor"])
        if caption is None or number is None:
            continue
        link = f'<a class="permalink" href="#{piece["anchor"]}">{number}</a> '
        parts += [html[end : caption.end()], link]
        end = caption.end()
    return Markup("".join([*parts, html[end:]]))


def take_evidence(
    bodies: Iterable[Body], names: Sequence[str], numbers: Mapping[str, str]
) -> tuple[list[Body], list[Evidence]]:
    """Take the figures that stay open out of their chapters, and leave a link where each stood.

    Parameters
    ----------
    bodies : iterable of Body
        Chapters as HTML.
    names : sequence of str
        Names of figures, in the order in which they are shown.
    numbers : mapping of str to str
        From `number_pieces`.

    Returns
    -------
    (list of Body, list of Evidence)
        A name that no chapter drew has no evidence.
    """
    taken: dict[str, Evidence] = {}

    def take(figure: re.Match[str]) -> str:
        name = figure["name"]
        if name not in names:
            return figure[0]
        anchor = f"figure-{name}"
        heading = _FINDING.sub(lambda m: f'<h3 class="finding">{m["words"]}</h3>', figure[0])
        taken[name] = Evidence(anchor, Markup(heading))
        shown = numbers.get(anchor, "The figure")
        return f'<p class="moved"><a href="#{anchor}">{shown}</a> is shown under Evidence.</p>'

    rest = [Body(Markup(_FIGURE.sub(take, body.html)), body.headings) for body in bodies]
    return rest, [taken[name] for name in names if name in taken]


def fold_chapter(body: Body, *, is_open: bool = False) -> Folded:
    """Put a chapter's title on the fold that the chapter lies under."""
    title = body.headings[0]
    pattern = re.compile(_TITLE.format(anchor=re.escape(title.anchor)), re.DOTALL)
    found = pattern.search(body.html)
    words = found["words"] if found else title.text
    return Folded(
        title.anchor, Markup(words), Markup(pattern.sub("", body.html, count=1)), is_open=is_open
    )
