"""HTML as a reader can compare it: plain words, each number with the record that it links."""

import re
from html import unescape
from html.parser import HTMLParser

NUMBER_LINK = "#result-"
BLOCKS = frozenset({"p", "li", "dt", "dd", "figcaption", "tr"})
CELLS = frozenset({"td", "th"})


class _Reader(HTMLParser):
    """Collects blocks of text; cells of a table are parted by bars."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[tuple[str, str]] = []
        self._text = ""
        self._links: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "svg":
            self._hidden += 1
        elif tag == "a":
            self._links.append(about.get("href") or "")
        elif tag in BLOCKS:
            self.end_block("")
        elif tag in CELLS:
            self._text += " | " if self._text.strip() else ""

    def handle_endtag(self, tag):
        if tag == "svg":
            self._hidden -= 1
        elif tag == "a" and self._links:
            link = self._links.pop()
            if link.startswith(NUMBER_LINK):
                self._text += f"{{{link.removeprefix(NUMBER_LINK)}}}"
        elif tag in BLOCKS:
            self.end_block(tag)

    def handle_data(self, data):
        if not self._hidden:
            self._text += data

    def end_block(self, tag: str) -> None:
        text = " ".join(self._text.split())
        if text:
            self.blocks.append((tag, text))
        self._text = ""


def read_blocks(html: str) -> list[tuple[str, str]]:
    """List an HTML text's paragraphs, list items, captions and rows, each with its tag."""
    reader = _Reader()
    reader.feed(html)
    reader.end_block("")
    return reader.blocks


def read_paragraphs(html: str) -> list[str]:
    """List the texts alone."""
    return [text for _, text in read_blocks(html)]


def read_caption(html: str) -> str:
    """Give the caption of a figure or table."""
    return " ".join(text for tag, text in read_blocks(html) if tag == "figcaption")


def read_alt(svg: str) -> str:
    """Give the alternative text of a figure: its title."""
    found = re.search(r"<title[^>]*>(.*?)</title>", svg, re.DOTALL)
    return " ".join(unescape(found[1]).split()) if found else ""
