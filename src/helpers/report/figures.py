"""Figures as a reader sees them: vector, with a caption, and in words for a screen reader."""

from __future__ import annotations

import io
import re
from itertools import groupby
from urllib.parse import quote
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from helpers.plots.style import INK, house_style, take_text_literally
from helpers.report.words import escape

_DEFAULT_STYLES = {
    "font-family: 'DejaVu Sans', sans-serif",
    "text-anchor: start",
    "stroke-linecap: butt",
    "stroke-width: 1",
}
_ROOT_STYLE = "stroke-linejoin:round;font-family:system-ui,sans-serif"
UNSEEN = ("fill:none", "fill:none;stroke-linejoin:miter")
"""Styles of a path that nobody sees."""

_NAMESPACE = "http://www.w3.org/2000/svg"
_SHOWN = " !$()*+,-./:;=?@[]_~"
"""What may stand in a data address as it is: paths and names in it stay readable and findable."""

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def write_figure(
    figure: Figure,
    *,
    name: str,
    caption: str,
    alt: str,
    finding: str = "",
    limit: str = "",
    note: str = "",
    narrow: Figure | None = None,
) -> str:
    """Write a drawn figure as an HTML ``figure``: an SVG as image, caption, alternative text.

    As an image it shows in every front end of notebooks, trusted or not; an inline SVG with links
    stops JupyterLab. The report takes the SVG out of the image's address and puts it into the page:
    there its links to patients work, its ids are unique among many figures, and what was drawn in
    `INK` takes the page's colour. The SVG is the same byte for byte whenever the data are, its text
    is text, and it names no address but the namespace that makes it a picture.

    Parameters
    ----------
    figure : Figure
        Drawn under `helpers.plots.style.house_style`.
    name : str
        Name of the figure, also of its SVG file; letters, digits and underscores.
    caption : str
        HTML: what is shown, n, units, interval and test.
    alt : str
        Plain words for what the figure shows, computed from the data.
    finding, limit, note : str
        HTML: what it shows, above it; what to keep in mind, below; how it was made, folded.
    narrow : Figure, optional
        The same for a narrow screen; hidden where the page does not choose.

    Returns
    -------
    str
    """
    title = f'<p class="finding">{finding}</p>' if finding else ""
    second = _embed(narrow, name=f"{name}-narrow", alt=alt) if narrow is not None else ""
    below = f'<p class="limit">{limit}</p>' if limit else ""
    how = f"<summary>How to read it</summary><p>{note}</p>" if note else ""
    return (
        f'<figure class="figure" id="figure-{escape(name)}">{title}'
        f"{_embed(figure, name=name, alt=alt)}"
        + (f'<div class="narrow" hidden>{second}</div>' if second else "")
        + f"<figcaption>{caption}</figcaption>{below}"
        + (f'<details class="how">{how}</details>' if how else "")
        + "</figure>"
    )


def _embed(figure: Figure, *, name: str, alt: str) -> str:
    svg = draw_svg(figure, name=name, alt=alt)
    width = round(float(_find_view(svg)["width"]) * 96 / 72)
    picture = quote(svg.replace("<svg ", f'<svg xmlns="{_NAMESPACE}" ', 1), safe=_SHOWN)
    return (
        f'<img src="data:image/svg+xml,{picture}" alt="{escape(alt)}" width="{width}" '
        'style="max-width: 100%; height: auto; background: white">'
    )


def draw_svg(figure: Figure, *, name: str, alt: str) -> str:
    """Draw a figure as the SVG element that stands in the report.

    Parameters
    ----------
    figure : Figure
        Drawn under `helpers.plots.style.house_style`.
    name : str
        Name of the figure.
    alt : str
        Plain words for what the figure shows.

    Returns
    -------
    str
        Without namespaces, which an element inside HTML does not need.
    """
    with house_style():
        take_text_literally(figure)
        svg = _draw(figure, name)
    svg = _slim_down(_strip_prolog(svg)).replace(INK, "currentColor")
    svg = _make_ids_own(svg, name)
    svg = _label_patients(svg)
    return _label_figure(svg, name, alt)


def _draw(figure: Figure, name: str) -> str:
    buffer = io.StringIO()
    # What ticks are made while drawing are those of numbers; all texts made before are settled.
    with mpl.rc_context({"svg.hashsalt": name, "text.parse_math": True}):
        # `savefig` would draw a figure with a layout twice, the first time to place everything;
        # drawing places everything too.
        FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
            buffer, metadata=_NO_METADATA
        )
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", buffer.getvalue())


def _strip_prolog(svg: str) -> str:
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.S)
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    svg = re.sub(r"<style.*?</style>\s*", "", svg, flags=re.S)  # it would style the whole page
    return re.sub(r"\n\s*", "\n", svg.replace("xlink:href", "href")).strip()


def _slim_down(svg: str) -> str:
    """Leave out what matplotlib writes and nobody sees: about half of the bytes.

    Hundredths of a point are finer than any screen; a group without attributes groups nothing; the
    typeface is the page's own.
    """
    root = ElementTree.fromstring(svg)
    used = set(re.findall(r"#([\w.-]+)", svg))
    for element in root.iter():
        if element.get("id") not in used:
            element.attrib.pop("id", None)
        for name, text in element.attrib.items():
            element.set(name, _shorten_attribute(name, text))
        if element.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        element.attrib = {name: text for name, text in element.attrib.items() if text}
    _drop_unseen(root)
    _unwrap_groups(root)
    _share_looks(root)
    _unwrap_groups(root)
    for element in root.iter():
        if element.tag not in ("text", "tspan", "style") and not (element.text or "").strip():
            element.text = None
        element.tail = None if not (element.tail or "").strip() else element.tail
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _shorten_attribute(name: str, text: str) -> str:
    if name in ("d", "x", "y") or text.startswith("translate("):
        text = re.sub(r"(\d+)\.(\d)\d*", _shorten_number, text)
    text = re.sub(r"(\d+\.\d{2})\d+", r"\1", text)
    if name == "d":
        return _shorten_path(re.sub(r"\s*([A-Za-z])\s*", r"\1", text).strip())
    if name == "style":
        kept = [part for part in text.split("; ") if part and part not in _DEFAULT_STYLES]
        return ";".join(kept).replace(": ", ":")
    return text


def _shorten_path(path: str) -> str:
    """Write lines along an axis with one number instead of two.

    >>> _shorten_path("M1 2L3 2L3 4L1 4L1 2")
    'M1 2H3V4H1V2'
    """
    here: tuple[str, str] | None = None
    written = []
    for step in re.findall(r"[A-Za-z][^A-Za-z]*", path):
        ends = tuple(step[1:].split())
        if step[0] == "L" and len(ends) == 2 and here is not None and here != ends:
            along = f"H{ends[0]}" if ends[1] == here[1] else f"V{ends[1]}"
            written.append(along if here[0] == ends[0] or here[1] == ends[1] else step)
        else:
            written.append(step)
        here = (ends[0], ends[1]) if step[0] in "ML" and len(ends) == 2 else None
    return "".join(written)


def _shorten_number(number: re.Match[str]) -> str:
    """Keep tenths of a point, which is less than a fifth of a pixel."""
    return number[1] if number[2] == "0" else f"{number[1]}.{number[2]}"


def _drop_unseen(parent: ElementTree.Element) -> None:
    """Drop what has neither filling nor line: backgrounds, and tiles in the page's own colour."""
    for child in list(parent):
        if child.tag == "path" and child.get("style") in UNSEEN:
            parent.remove(child)
        elif child.tag != "defs":
            _drop_unseen(child)


def _share_looks(parent: ElementTree.Element) -> None:
    """Give neighbours that look the same one group with that look, instead of one look each."""
    children = list(parent)
    for child in children:
        if child.tag != "defs":
            _share_looks(child)
    parent[:] = []
    for look, run in groupby(children, _find_look):
        alike = list(run)
        if look is None or len(alike) < 2:
            parent.extend(alike)
            continue
        about = {
            name: text for name, text in zip(("style", "clip-path"), look, strict=True) if text
        }
        group = ElementTree.SubElement(parent, "g", about)
        for element in alike:
            for inner in element.iter():
                inner.attrib.pop("style", None)
                inner.attrib.pop("clip-path", None)
        group.extend(alike)


def _find_look(element: ElementTree.Element) -> tuple[str, str] | None:
    """Give style and clip of an element's only drawn thing; None where there are several looks."""
    style, clip = element.get("style", ""), element.get("clip-path", "")
    if element.tag in ("path", "use", "text"):
        return (style, clip) if style else None
    inner = {_find_look(child) for child in element}
    if element.tag not in ("a", "g") or style or len(inner) != 1 or None in inner:
        return None
    [(style, below)] = [look for look in inner if look is not None]
    return None if clip and below else (style, clip or below)


def _unwrap_groups(parent: ElementTree.Element) -> None:
    for child in list(parent):
        _unwrap_groups(child)
        if child.tag == "g" and not child.attrib:
            place = list(parent).index(child)
            parent[place : place + 1] = list(child)


def _make_ids_own(svg: str, name: str) -> str:
    """Give each id a number in order of appearance, below the name of the figure.

    matplotlib hashes coordinates into its ids, and their last binary digit is not the same in every
    process; links to patients are no ids of the figure and stay.
    """
    ids = dict.fromkeys(re.findall(r'\sid="([^"]+)"', svg))
    own = {old: f"{name}-{number}" for number, old in enumerate(ids, start=1)}

    def rename(match: re.Match[str]) -> str:
        return match["before"] + own.get(match["id"], match["id"])

    return re.sub(r'(?P<before>\sid="|href="#|url\(#)(?P<id>[^")]+)', rename, svg)


def _label_patients(svg: str) -> str:
    def label(match: re.Match[str]) -> str:
        anchor = match["anchor"]
        return f'<a tabindex="-1" aria-label="{anchor}" href="#patient-{anchor}"'

    return re.sub(r'<a href="#patient-(?P<anchor>[^"]*)"(\s+target="[^"]*")?', label, svg)


def _label_figure(svg: str, name: str, alt: str) -> str:
    head, rest = svg.split(">", 1)
    view = _find_view(head)
    head = re.sub(r'\s(width|height|version)="[^"]*"', "", head)
    width = round(float(view["width"]) * 96 / 72)
    style = f"max-width: {width}px; {_ROOT_STYLE}"
    return (
        f'{head} role="group" aria-labelledby="{name}-alt" style="{style}">'
        f'<title id="{name}-alt">{escape(alt)}</title>{rest}'
    )


def _find_view(svg: str) -> re.Match[str]:
    view = re.search(r'viewBox="[\d.]+ [\d.]+ (?P<width>[\d.]+) [\d.]+"', svg)
    assert view is not None, "matplotlib always writes a viewBox"
    return view
