"""An executed chapter as HTML, through nbconvert and a template of our own."""

# mypy: allow-untyped-calls

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from jinja2 import Environment
from markupsafe import Markup, escape
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from helpers.render.page.outputs import choose_form, output_kind, read_html

TEMPLATES = Path(__file__).parents[1] / "templates"
HIDDEN_KINDS = frozenset({"ledger"})
"""Outputs that are read by the runner and shown elsewhere on the page."""

SHARED_ANCHORS = ("result-", "patient-", "figure-", "table-")
"""Ids that are unique on a page already; links to others lead to a heading of the same chapter."""

COLOURED = "k|kn|kc|kd|ow|s|s1|s2|sa|sd|si|se|m|mi|mf|c|c1|cm|nb|nf|nc|bp"
"""Kinds of a word of code that report.css gives a colour; spans around others weigh for nothing."""

_PLAIN_SPAN = re.compile(rf'<span(?: class="(?!(?:{COLOURED})")[^"]*")?>([^<]*)</span>')

KEPT_CELLS = 1024

PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
FORMULA = re.compile(r"[\\^_={}]|^[A-Za-z]$")
"""What between two dollar signs makes a formula of it."""


@dataclass(frozen=True)
class Heading:
    """One heading of a page: its level there, its id and its words."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True)
class Body:
    """A chapter's HTML, without the page around it."""

    html: Markup
    headings: tuple[Heading, ...]


class MarkdownFilter:
    """Render the markdown cells of one chapter: ids carry its name, HTML in the text is escaped.

    Parameters
    ----------
    anchor : str
        Name of the chapter on the page; starts every heading's id, and is the first heading's.
    demote : int
        How many levels the headings move down.
    """

    def __init__(self, anchor: str, *, demote: int) -> None:
        self.headings: list[Heading] = []
        self._renderer = _ChapterRenderer(anchor, demote, self.headings)
        self._markdown = MarkdownWithMath(renderer=self._renderer)

    def __call__(
        self, source: str, attachments: Mapping[str, Mapping[str, str]] | None = None
    ) -> Markup:
        """Give the HTML of one markdown text and of the pictures attached to it."""
        self._renderer.attachments = {
            name: {**forms} for name, forms in (attachments or {}).items()
        }
        return Markup(self._markdown.render(source))


class _ChapterRenderer(IPythonRenderer):
    def __init__(self, anchor: str, demote: int, headings: list[Heading]) -> None:
        super().__init__(escape=True, exclude_anchor_links=True, allow_harmful_protocols=False)
        self._anchor, self._demote, self._headings = anchor, demote, headings

    def heading(self, text: str, level: int, **_: object) -> str:
        level = min(level + self._demote, 6)
        plain = unescape(re.sub(r"<[^>]+>", "", text))
        anchor = self._name_heading(plain)
        self._headings.append(Heading(level, anchor, plain))
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("#") and len(url) > 1 and not url[1:].startswith(SHARED_ANCHORS):
            url = f"#{self._anchor}-{make_slug(url[1:])}"
        html: str = super().link(text, url, title)
        return html

    def image(self, text: str, url: str, title: str | None = None) -> str:
        kind, _, name = url.partition(":")
        attached = self.attachments.get(unquote(name), {}) if kind == "attachment" else {}
        found = next((form for form in PICTURES if form in attached), None)
        if found:
            url = f"data:{found};base64,{''.join(str(attached[found]).split())}"
        if not url.startswith(tuple(f"data:{form}" for form in PICTURES)):
            return f'<span class="absent">Picture not shown: {text or escape(url)}</span>'
        return f'<img src="{escape(url)}" alt="{escape(unescape(text))}">'

    def inline_math(self, body: str) -> str:
        if body != body.strip() or not FORMULA.search(body):
            return f"${escape(body)}$"  # sums of money, say
        return write_formula(body)

    def block_math(self, body: str) -> str:
        return write_formula(body)

    def latex_environment(self, name: str, body: str) -> str:
        return write_formula(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def _name_heading(self, text: str) -> str:
        if not self._headings:
            return self._anchor
        anchor = f"{self._anchor}-{make_slug(text)}"
        same = sum(
            re.fullmatch(rf"{re.escape(anchor)}(-\d+)?", h.anchor) is not None
            for h in self._headings
        )
        return f"{anchor}-{same + 1}" if same else anchor


class ReportExporter(TemplateExporter):
    """nbconvert's exporter for the template ``report``; what is not marked safe is escaped."""

    def __init__(self) -> None:
        super().__init__(
            template_name="report",
            template_file="chapter.html.j2",
            extra_template_basedirs=[str(TEMPLATES)],
            default_preprocessors=[],  # each would validate the whole notebook again
        )
        self.register_filter("highlight_code", highlight_code)
        self.register_filter("output_kind", output_kind)
        self.register_filter("read_html", read_html)
        self.register_filter("encode_text", encode_text)
        self.register_filter("write_formula", lambda source: Markup(write_formula(source)))
        self.register_filter("name_place", name_place)
        self.register_filter("bind_hyphens", bind_hyphens)
        self.register_filter("inside", drop_paragraph)

    def _file_extension_default(self) -> str:
        return ".html"

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()
        environment.autoescape = True
        environment.trim_blocks = environment.lstrip_blocks = True
        return environment

    def convert_chapter(
        self,
        notebook: NotebookNode,
        *,
        anchor: str,
        demote: int = 0,
        hidden: Collection[str] = (),
        results_only: bool = False,
    ) -> Body:
        """Turn an executed chapter into HTML.

        Parameters
        ----------
        notebook : NotebookNode
            Executed and scrubbed.
        anchor : str
            Name of the chapter on the page.
        demote : int
            How many levels its headings move down.
        hidden : collection of str
            Kinds of output that the page collects elsewhere.
        results_only : bool
            See `arrange_cells`.

        Returns
        -------
        Body
        """
        markdown = MarkdownFilter(anchor, demote=demote)
        self.register_filter("markdown", markdown)
        arranged = arrange_cells(notebook, hidden=hidden, results_only=results_only)
        html, _ = self.from_notebook_node(arranged)
        return Body(Markup(html), tuple(markdown.headings))

    def render_page(self, **content: object) -> str:
        """Render a whole page around converted chapters."""
        html: str = self.environment.get_template("page.html.j2").render(**content)
        return html


def arrange_cells(
    notebook: NotebookNode, *, hidden: Collection[str] = (), results_only: bool = False
) -> NotebookNode:
    """Arrange an executed notebook for reading.

    Hidden outputs go; a cell whose outputs have all gone goes too, and so does a heading that then
    has nothing below it. So do the words of a section that put out nothing but empty pieces: it
    had nothing to say of this study. Code cells that show nothing join the next one, so that one
    toggle opens the code of one result.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    hidden : collection of str
        Kinds of output to leave out.
    results_only : bool
        Leave out the words of sections that only prepare (parameters, reading the data); their
        code joins that of the next result.

    Returns
    -------
    NotebookNode
        A new notebook.
    """
    arranged = copy.copy(notebook)
    unwanted = HIDDEN_KINDS.union(hidden)
    cells = [
        copy.copy(cell) for cell in notebook.cells if not _is_collected(cell, frozenset(hidden))
    ]
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if output_kind(o) not in unwanted]
    cells = _drop_idle_words(cells, results_only=results_only)
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [
                output if output_kind(output) else choose_form(output)
                for output in cell.outputs
                if not _is_empty(output)
            ]
    joined = _join_silent_cells(cells, across_text=results_only)
    arranged.cells = _drop_empty_sections(joined)
    return arranged


@lru_cache(maxsize=KEPT_CELLS)
def highlight_code(source: str) -> str:
    """Colour the code of a cell, which is the same in every report.

    Parameters
    ----------
    source : str
        Python, with or without IPython's magics.

    Returns
    -------
    str
        HTML.
    """
    html: str = Highlight2HTML(pygments_lexer="ipython3")(source)
    return drop_plain_spans(html)


def write_formula(source: str) -> str:
    r"""Write a formula as its source, which is not typeset here.

    >>> write_formula(r"\frac12")
    '<span class="formula">formula, not typeset: <code>\\frac12</code></span>'
    """
    source = re.sub(r"\A(\$\$?)([^$]*)\1\Z", r"\2", source.strip()).strip()
    return f'<span class="formula">formula, not typeset: <code>{escape(source)}</code></span>'


def drop_plain_spans(html: str) -> str:
    """Leave of highlighted code only the spans that have a colour.

    >>> drop_plain_spans('<span class="n">n</span> <span class="mi">1</span>')
    'n <span class="mi">1</span>'
    """
    return _PLAIN_SPAN.sub(r"\1", html)


def make_slug(text: str) -> str:
    """Make a readable id of a heading's words.

    >>> make_slug("Did MMT-8 rise by week 12?")
    'did-mmt-8-rise-by-week-12'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"


def _is_collected(cell: NotebookNode, hidden: frozenset[str]) -> bool:
    kinds = {output_kind(output) for output in cell.get("outputs", [])}
    return bool(kinds & hidden) and kinds <= hidden | HIDDEN_KINDS


def _drop_idle_words(cells: list[NotebookNode], *, results_only: bool) -> list[NotebookNode]:
    """Drop the words of sections that show nothing; those that only prepare where asked for."""
    sections: list[list[NotebookNode]] = [[]]
    for cell in cells:
        if _heading_levels(cell)[1]:
            sections.append([])
        sections[-1].append(cell)
    kept: list[NotebookNode] = []
    for section in sections:
        code = [cell for cell in section if cell.cell_type == "code"]
        is_silent = bool(code) and not any(map(_is_shown, code))
        is_idle = is_silent and (
            results_only or any(_is_empty(o) for cell in code for o in cell.outputs)
        )
        is_below_title = bool(section) and _heading_levels(section[0])[1] > 1
        kept += code if is_idle and is_below_title else section
    return kept


def _is_shown(cell: NotebookNode) -> bool:
    shown = [output for output in cell.outputs if not _is_empty(output)]
    return any(output.output_type != "stream" or output.name != "stderr" for output in shown)


def _is_empty(output: NotebookNode) -> bool:
    return bool(output_kind(output)) and output.data.get("text/html") == ""


def _join_silent_cells(cells: list[NotebookNode], *, across_text: bool) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    waiting: list[NotebookNode] = []
    for cell in cells:
        if cell.cell_type == "code":
            waiting.append(cell)
            if _is_shown(cell):
                joined.append(_join_cells(waiting))
                waiting = []
            continue
        if waiting and not across_text:
            joined.append(_join_cells(waiting))
            waiting = []
        joined.append(cell)
    return joined + ([_join_cells(waiting)] if waiting else [])


def _join_cells(cells: list[NotebookNode]) -> NotebookNode:
    joined = copy.copy(cells[-1])
    joined.source = "\n\n".join(cell.source.strip("\n") for cell in cells if cell.source.strip())
    joined.outputs = [output for cell in cells for output in cell.outputs]
    return joined


def _drop_empty_sections(cells: list[NotebookNode]) -> list[NotebookNode]:
    kept: list[NotebookNode] = []
    below = 1  # level of the heading that comes next, 0 for content; the end is like a title
    for cell in reversed(cells):
        only, first = _heading_levels(cell)
        if only > 1 and 0 < below <= only:
            continue
        kept.append(cell)
        below = first
    return kept[::-1]


def _heading_levels(cell: NotebookNode) -> tuple[int, int]:
    """Give the level of a cell that is a heading and no more, and of one that starts with one."""
    match = re.match(r"(#+)\s[^\n]*", cell.source.strip())
    if cell.cell_type != "markdown" or match is None:
        return 0, 0
    alone = match.end() == len(cell.source.strip())
    return (len(match[1]) if alone else 0), len(match[1])


def encode_text(text: str) -> str:
    """Give a text as base64, for an image that is text (SVG)."""
    return base64.b64encode(text.encode()).decode()


def bind_hyphens(text: str) -> Markup:
    """Keep words with a hyphen on one line, where they are short enough for a phone.

    >>> bind_hyphens("refractory anti-MDA5 & more")
    Markup('refractory <span class="nowrap">anti-MDA5</span> &amp; more')
    """
    words = r"(?<![\w-])(?=[\w-]{3,16}(?![\w-]))(\w+(?:-\w+)+)"
    return Markup(re.sub(words, r'<span class="nowrap">\1</span>', str(escape(text))))


def drop_paragraph(html: str) -> Markup:
    """Give what stands in a paragraph, to be put into a line with other words.

    >>> print(drop_paragraph("<p>One arm</p>"))
    One arm
    """
    return Markup(re.sub(r"</?p>", "", html))


def name_place(anchor: str) -> str:
    """Name a figure or table from its id, in words.

    >>> name_place("table-core_set")
    'core set (table)'
    """
    kind, _, name = anchor.partition("-")
    return f"{name.replace('_', ' ').replace('-', ' ')}{' (table)' if kind == 'table' else ''}"
