"""What a cell put out: ours or its author's own; bounded, readable, and inert on the page."""

# mypy: allow-untyped-calls

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

import nbformat
from markupsafe import Markup
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode

TEXT_LIMIT = 20_000
"""Characters of printed text that a reader may still look through."""

FORM_LIMITS = {"text/html": 200_000, "image/svg+xml": 2_000_000, "image/png": 4_000_000}
"""Characters of one output in a form of its own; other forms of data have the last limit."""

OUTPUTS_LIMIT = 100
CELL_LIMIT = 8_000_000
"""Outputs of one cell that are not ours, and their characters together."""

INJECTED = "injected-parameters"
"""How papermill tags the cell with the given values."""

SHOWN_TYPES = (
    *("image/svg+xml", "image/png", "image/jpeg"),
    *("text/html", "text/markdown", "text/latex", "text/plain"),
)
"""Forms that the page can show, the best first."""

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
SAFE_TAGS = [
    *("a", "abbr", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "hr", "i", "li"),
    *("h3", "h4", "h5", "h6", "ol", "p", "pre", "small", "span", "strong", "sub", "sup", "ul"),
    *("caption", "col", "colgroup", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
]
SAFE_ATTRIBUTES = {"*": ["title", "scope", "colspan", "rowspan", "class"], "a": ["href"]}

_SVG_IMAGE = re.compile(r'<img src="data:image/svg\+xml,(?P<svg>[^"]*)"[^>]*>')
_SILENT = re.compile(r"<(style|script)\b.*?(</\1\s*>|$)", re.DOTALL | re.IGNORECASE)
_ACTING = re.compile(
    r"<(script|iframe|img|svg|video|audio|object|embed|canvas|form|input|button)\b", re.IGNORECASE
)
_LINK_INSIDE = re.compile(r"""(<a\b[^>]*?)\shref=(["'])(?!https?:|mailto:).*?\2""", re.IGNORECASE)
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\n\r])")
_NOT_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")
_OBJECT = re.compile(r"<[\w.]+ (?:object|at 0x|object at 0x|size ).*>", re.DOTALL)


def output_kind(output: NotebookNode) -> str:
    """Name the kind of an output, empty when it is not one of ours."""
    about = output.get("metadata", {}).get("report")
    kind = about.get("kind") if isinstance(about, Mapping) else None
    return kind if isinstance(kind, str) and "data" in output else ""


def read_html(output: NotebookNode) -> str:
    """Give the HTML of an output of ours as the page holds it.

    Parameters
    ----------
    output : NotebookNode
        One output. Notebooks show a figure as an image, because JupyterLab shows no SVG with links;
        on the page the image's SVG itself stands in its place.

    Returns
    -------
    str
        Empty where the output has no HTML.
    """
    html = str(output.data.get("text/html", ""))
    return _SVG_IMAGE.sub(lambda image: _take_out(image["svg"]), html)


def bound_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Cut what no reader looks through, and say how much was cut.

    Parameters
    ----------
    outputs : list of NotebookNode
        Of one cell. Ours stay as they are.

    Returns
    -------
    list of NotebookNode
        Texts cut at `TEXT_LIMIT`, larger forms of data left out in favour of smaller ones, and no
        more than `OUTPUTS_LIMIT` outputs and `CELL_LIMIT` characters together.
    """
    kept, left_out, number, size = [], 0, 0, 0
    for output in outputs:
        if output_kind(output):
            kept.append(output)
            continue
        bounded = _bound_output(output)
        number, size = number + 1, size + _measure(bounded)
        if number > OUTPUTS_LIMIT or size > CELL_LIMIT:
            left_out += 1
        else:
            kept.append(bounded)
    if left_out:
        note = f"… {left_out:,} further outputs left out\n"
        kept.append(nbformat.v4.new_output("stream", name="stdout", text=note))
    return kept


def choose_form(output: NotebookNode) -> NotebookNode:
    """Leave of an output that is not ours the one form that the page shows.

    Parameters
    ----------
    output : NotebookNode
        Of any type.

    Returns
    -------
    NotebookNode
        Its texts can be read; its data hold one form of `SHOWN_TYPES`, the words beside it, and as
        ``note`` what is not shown.
    """
    shown = copy.copy(output)
    if output.output_type == "stream":
        shown.text = make_readable(output.text)
    elif output.output_type == "error":
        shown.text = make_readable(
            "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        )
    else:
        shown.data = NotebookNode(_choose_data(output.data))
    return shown


def make_readable(text: str) -> str:
    r"""Take out what steers a terminal; of a line that was overwritten the last state stays.

    >>> make_readable("\x1b[31mred\x1b[0m\n10 %\r20 %")
    'red\n20 %'
    """
    text = _OVERWRITTEN.sub("", text.replace("\r\n", "\n"))
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", _ESCAPES.sub("", text)).replace("\r", "")


def sanitise_html(html: str) -> Markup:
    """Keep the structure of foreign HTML (a plain data frame's, say) and nothing that acts.

    Parameters
    ----------
    html : str
        Output of a cell that is not marked as ours.

    Returns
    -------
    Markup
        Without scripts, styles, frames, images, event handlers and links into the page.
    """
    cleaner = SanitizeHTML(tags=SAFE_TAGS, attributes=SAFE_ATTRIBUTES, strip=True)
    return Markup(_LINK_INSIDE.sub(r"\1", cleaner.sanitize_html_tags(_SILENT.sub("", html))))


def _take_out(address: str) -> str:
    """Take an SVG out of the address of an image; inside HTML it needs no namespace."""
    return unquote(address).replace(f' xmlns="{SVG_NAMESPACE}"', "", 1)


def _bound_output(output: NotebookNode) -> NotebookNode:
    bounded = copy.copy(output)
    if output.output_type == "stream":
        bounded.text = _cut(output.text)
    elif output.output_type == "error":
        bounded.traceback = [_cut("\n".join(output.traceback))]
        bounded.evalue = _cut(output.evalue)
    else:
        bounded.data = NotebookNode(_bound_data(output.data))
    return bounded


def _bound_data(data: Mapping[str, object]) -> dict[str, object]:
    *_, otherwise = FORM_LIMITS.values()
    bounded: dict[str, object] = {}
    notes = []
    for kind, value in data.items():
        size = len(_write_value(value))
        if kind != "text/plain" and size > FORM_LIMITS.get(kind, otherwise):
            notes.append(f"… {kind} of {size:,} characters left out")
        else:
            bounded[kind] = _cut(_write_value(value)) if kind == "text/plain" else value
    if notes:
        words = _describe(str(bounded.get("text/plain", "")), alone=False)
        bounded["text/plain"] = "\n".join([*filter(None, [words]), *notes])
    return bounded


def _cut(text: str) -> str:
    if len(text) <= TEXT_LIMIT:
        return text
    return f"{text[:TEXT_LIMIT]}\n… {len(text) - TEXT_LIMIT:,} further characters left out\n"


def _measure(output: NotebookNode) -> int:
    return sum(len(_write_value(value)) for value in output.get("data", {}).values())


def _write_value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _choose_data(data: Mapping[str, object]) -> dict[str, str]:
    texts = {kind: _write_value(value) for kind, value in data.items()}
    texts["text/plain"] = _describe(texts.get("text/plain", ""), alone=len(texts) < 2)
    if "xmlns" not in (svg := texts.get("image/svg+xml", "")) and svg:  # an image needs it
        texts["image/svg+xml"] = svg.replace("<svg", f'<svg xmlns="{SVG_NAMESPACE}"', 1)
    best = [kind for kind in SHOWN_TYPES if texts.get(kind, "").strip()]
    chosen = {kind: texts[kind] for kind in {*best[:1], "text/plain"}}
    if best[:1] == ["text/html"]:
        return chosen | _choose_html(texts["text/html"])
    if best[:1] in ([], ["text/plain"]):
        unknown = [kind for kind in texts if kind not in SHOWN_TYPES]
        return chosen | _note(unknown)
    return chosen


def _choose_html(html: str) -> dict[str, str]:
    try:
        safe = sanitise_html(html)
    except RecursionError:
        return {"text/html": "", **_note(["HTML nested too deeply to be read"])}
    acting = dict.fromkeys(name.lower() for name in _ACTING.findall(html))
    return {"text/html": safe, **_note([f"{name} (HTML)" for name in acting])}


def _note(what: list[str]) -> dict[str, str]:
    return {"note": f"Not shown here: {', '.join(what)}."} if what else {}


def _describe(plain: str, *, alone: bool) -> str:
    """Give the words beside an output; the name of a Python object says nothing about it."""
    return "" if not alone and _OBJECT.fullmatch(plain.strip()) else make_readable(plain)


def iterate_outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Go through every output of an executed notebook, in order."""
    for _, output in iterate_by_cell(notebook):
        yield output


def iterate_by_cell(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Go through every output with the number of its cell in the chapter's file.

    papermill adds a cell that holds the given values; the file does not have it.
    """
    number = 0
    for cell in notebook.cells:
        number += INJECTED not in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ()):
            yield number, output
