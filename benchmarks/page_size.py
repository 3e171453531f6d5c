"""How much there is to read: screens, words and sheets of each study's page as it is opened.

    python benchmarks/page_size.py                        the reports in reports/
    python benchmarks/page_size.py FOLDER [STUDY ...]     those of another folder

Needs Chromium and what requirements-dev.lock installs. A screen is 1440 x 900 or 390 x 844 CSS
pixels; words are those that can be seen without opening anything, in the text and in the drawings;
a sheet is A4, printed as opened and with everything unfolded.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

SCREENS = {"desktop": (1440, 900), "phone": (390, 844)}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

COUNT_WORDS = """() => {
    const words = {text: 0, svg: 0};
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!element.checkVisibility({visibilityProperty: true})) continue;
        const box = element.getBoundingClientRect();
        if (box.width <= 1 || box.height <= 1) continue;
        const count = (walker.currentNode.data.match(/\\S+/g) ?? []).length;
        words[element.closest("svg") ? "svg" : "text"] += count;
    }
    return words;
}"""
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@dataclass(frozen=True)
class Measured:
    """One page: its screens, its words that can be seen, its sheets and its bytes."""

    study: str
    desktop_screens: float
    phone_screens: float
    words: int
    words_in_figures: int
    sheets: int
    sheets_with_record: int
    kilobytes: float


def measure(browser: Any, page_path: Path) -> Measured:
    """Open a page as a reader does, on a desktop, on a phone and on paper."""
    screens = {}
    for name, (width, height) in SCREENS.items():
        page = _open(browser, page_path, width, height)
        screens[name] = round(page.evaluate("document.documentElement.scrollHeight") / height, 1)
        page.close()
    page = _open(browser, page_path, *SCREENS["desktop"])
    words = page.evaluate(COUNT_WORDS)
    as_opened = _count_sheets(page)
    page.evaluate(UNFOLD)
    return Measured(
        study=page_path.parent.name,
        desktop_screens=screens["desktop"],
        phone_screens=screens["phone"],
        words=words["text"] + words["svg"],
        words_in_figures=words["svg"],
        sheets=as_opened,
        sheets_with_record=_count_sheets(page),
        kilobytes=round(page_path.stat().st_size / 1000, 1),
    )


def _open(browser: Any, path: Path, width: int, height: int) -> Any:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(path.resolve().as_uri())
    return page


def _count_sheets(page: Any) -> int:
    with tempfile.TemporaryDirectory() as folder:
        printed: bytes = page.pdf(path=f"{folder}/page.pdf", prefer_css_page_size=True)
    return printed.count(b"/Type /Page\n")


def main(arguments: list[str]) -> int:
    """Print one line for each study."""
    folder = Path(arguments[0]) if arguments else Path("reports")
    pages = [folder / name / "index.html" for name in arguments[1:]]
    pages = pages or sorted(folder.glob("*/index.html"))
    if not pages:
        print(f"no report in {folder}; make one with: ./run_all.sh render", file=sys.stderr)
        return 2
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        print("  ".join(field.name for field in fields(Measured)))
        for path in pages:
            print("  ".join(map(str, astuple(measure(browser, path)))))
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
