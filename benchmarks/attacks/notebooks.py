"""Notebooks that misbehave; each takes the place of a chapter in a project with a whole report."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import nbformat

from attacks.attack import Attack, Failure, draw, tell
from attacks.projects import is_whole, make_chapter, read_tree, write_chapter
from attacks.shelter import Shelter, share

CHAPTER = "02_second"
ENGINES = ("warm", "warm", "warm", "ordinary")
DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 143
MOST = 8_000_000
"""Bytes of a page, whatever a notebook puts out; a report with all chapters has about 4 MB."""
SIGN = "attacked"
"""Stands in everything of a notebook that a page must not run or fetch."""
CELLS = (Path(__file__).parent / "misbehaving.txt").read_text(encoding="utf-8")
NOTEBOOKS = dict(re.findall(r"^# %% (.+)\n((?:(?!# %%).*\n)+)", CELLS, re.MULTILINE))
TOUCHES_REPORTS = (
    "writes into the reports",
    "deletes the report",
    "fills the place of the next report",
)
"""What these do to a report is their own doing; the run must end well all the same."""
ENDS_THE_RUN = ("ends its parent", "ordinary")
"""With this engine the parent is the run, which ends as when anybody else asks it to."""
CELLS_UNKNOWN = {"deletes its study": "changed since this run began"}
"""What these do is seen at the end, when no cell can be blamed; the cause must be this one."""


def tag(book, source, **metadata):
    book.cells.insert(2, nbformat.v4.new_code_cell(source, metadata=metadata))


def keep_output(book):
    output = nbformat.v4.new_output("display_data", {"text/html": f"<script>{SIGN}()</script>"})
    tag(book, "1")
    book.cells[2].outputs = [output]


SHAPES = {
    "an error that is allowed": lambda book: tag(book, "1 / 0", tags=["raises-exception"]),
    "empty": lambda book: book.cells.clear(),
    "without parameters": lambda book: book.cells.pop(1),
    "odd metadata": lambda book: book.metadata.update(chapter=[1], kernelspec="x", language_info=3),
    "another kernel": lambda book: book.metadata.update(
        kernelspec={"name": "no_such_kernel", "display_name": "x"}
    ),
    "outputs kept": keep_output,
    "a raw cell": lambda book: book.cells.append(
        nbformat.v4.new_raw_cell(f"<script>{SIGN}()</script>")
    ),
    "markup in its text": lambda book: book.cells.append(
        nbformat.v4.new_markdown_cell(
            f"<script>{SIGN}()</script>\n\n[x](javascript:{SIGN}) ![y](//{SIGN}/a.png)\n\n$\\alpha$"
        )
    ),
}
NAMES = (*NOTEBOOKS, *SHAPES)


def run(numbers: Iterable[int], folder: Path):
    """Try notebooks, each in its turn."""
    return share(numbers, folder, try_case)


def try_case(number: int, shelter: Shelter) -> Failure | None:
    """Render with one such notebook, and look at the report and at what is left."""
    name = NAMES[number % len(NAMES)]
    engine = draw("notebooks", number).choice(ENGINES)
    shelter.reset()
    write_chapter(shelter.project, CHAPTER, make_book(name))
    before = read_tree(shelter.project / "reports" / "one")
    done = shelter.run("render", "one", "--engine", engine)
    report = shelter.project / "reports" / "one"
    kind = done.fault or (
        find_fault_stopped(done, before, report)
        if (name, engine) == ENDS_THE_RUN
        else find_fault(done, name, before, report)
    )
    return tell(number, kind and f"{name}: {kind}", f"--engine {engine}", done.text)


def make_book(name):
    book = make_chapter(CHAPTER, *([NOTEBOOKS[name]] if name in NOTEBOOKS else []))
    if name in SHAPES:
        SHAPES[name](book)
    return book


def find_fault_stopped(done, before, report):
    if done.code != STOPPED:
        return f"exit code {done.code}"
    return "" if read_tree(report) == before else "it was stopped, but the old report was touched"


def find_fault(done, name, before, report):
    after = read_tree(report)
    if done.code == DONE:
        if not is_whole(report) or after == before:
            return "exit code 0 without a new and whole report"
        return find_unwanted(report) or find_lost_cells(report)
    if done.code not in (FAILED, REFUSED):
        return f"exit code {done.code}"
    if after != before and name not in TOUCHES_REPORTS:
        return "it failed, but the old report was touched"
    clue = CELLS_UNKNOWN.get(name, "cell" if name in NOTEBOOKS else "")
    if CHAPTER not in done.text or clue not in done.text:
        return "the cause is named without notebook and cell"
    return ""


def find_lost_cells(report):
    """Find cells that never ran, or that ended in an error, in what was published as whole."""
    book = nbformat.read(report / "notebooks" / f"{CHAPTER}.ipynb", as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code" and cell.source.strip()]
    if any(cell.execution_count is None for cell in code):
        return "published although a cell never ran"
    if any(out.output_type == "error" for cell in code for out in cell.outputs):
        return "published although a cell ended in an error"
    return ""


def find_unwanted(report):
    """Find what a page must not have of a notebook: scripts, fetches, bulk, control characters."""
    for page in sorted(report.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        if len(text) > MOST:
            return f"a page of {len(text) / 1e6:.0f} MB"
        if found := re.search(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", text):
            return f"a page with {found[0]!r}"
        reader = Reader()
        reader.feed(text)
        if reader.found:
            return f"a page with {reader.found[0]}"
    return ""


class Reader(HTMLParser):
    """Collects elements and attributes that would run or fetch what a notebook has put out."""

    FORBIDDEN = ("iframe", "object", "embed", "base", "form", "meta", "link", "script", "style")

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attributes):
        self.inside = tag
        for name, value in attributes:
            runs = name.startswith("on") or (value or "").strip().lower().startswith("javascript:")
            fetches = name in ("src", "srcset", "data", "action") or tag in self.FORBIDDEN
            if SIGN in (value or "") and (runs or fetches):
                self.found.append(f"<{tag} {name}={value[:40]}>")

    def handle_data(self, data):
        if SIGN in data and self.inside in ("script", "style"):
            self.found.append(f"<{self.inside}> {data[:40]}")

    def handle_endtag(self, tag):
        self.inside = ""


ATTACK = Attack(
    "notebooks",
    "a whole report or exit code 1, the old report and the cell; no process, no script of theirs",
    len(NAMES),
    run,
)
