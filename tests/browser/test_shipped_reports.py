"""The reports that ship, in a browser: what a clinician opens has no serious fault."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
STUDIES = sorted(path.parent.name for path in ROOT.glob("data/*/study.yml"))

PHONE = {"viewport": {"width": 390, "height": 844}}
LOOKS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "phone": PHONE}
ASKED = {  # dark differs in colours only, a phone in all else; what passes is long and not read
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
    "phone": {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": False}}},
}
A4_WIDTH = 672  # CSS pixels between margins of 16 mm: (210 - 32) / 25.4 * 96

UNMARKED = """all => all.filter(box => box.clientWidth && box.scrollWidth > box.clientWidth + 1)
    .filter(box => getComputedStyle(box, "::before").content === "none")
    .map(box => box.closest("figure")?.id ?? box.ariaLabel)"""
LETTERS = """all => all.filter(svg => svg.clientWidth).flatMap(svg => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const words = [...svg.querySelectorAll("text")];
    return words.map(word => parseFloat(getComputedStyle(word).fontSize) * scale);
})"""

pytestmark = pytest.mark.browser


@pytest.fixture(params=STUDIES)
def page_path(request, shipped_reports):
    return shipped_reports / request.param / "index.html"


def test_a_shipped_report_opens_from_a_file_and_stands_alone(visit, page_path):
    opened = visit(page_path)
    opened.page.wait_for_load_state("networkidle")
    assert opened.requests == [page_path.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_fault_in_a_shipped_report(visit, page_path, look):
    page = visit(page_path, **LOOKS[look]).page
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
    faults = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]])
        for fault in Axe().run(page, options=ASKED[look]).response["violations"]
    ]
    assert faults == []


def test_a_shipped_report_fits_a_phone(visit, page_path):
    page = visit(page_path, **PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_a_phone_what_scrolls_sideways_says_so(visit, page_path):
    page = visit(page_path, **PHONE).page
    page.locator("#unfold").click()
    assert page.locator(".scroll.wider").count() > 0
    assert page.eval_on_selector_all(".scroll", UNMARKED) == []


def test_the_words_of_a_figure_stay_legible_on_a_phone(visit, page_path):
    page = visit(page_path, **PHONE).page
    sizes = page.eval_on_selector_all("figure.figure svg", LETTERS)
    assert min(sizes) >= 6.7


def test_the_answer_and_every_patient_fit_the_first_screen(visit, page_path):
    page = visit(page_path, viewport={"width": 1440, "height": 900}).page
    box = page.locator("#answers").bounding_box()
    assert box["y"] + box["height"] <= 900


def test_no_evidence_scrolls_sideways_on_a_phone(visit, page_path):
    page = visit(page_path, **PHONE).page
    assert page.locator("#evidence .scroll.wider:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_stays_open_is_short(visit, page_path):
    page = visit(page_path, viewport={"width": 1440, "height": 900}).page
    assert page.evaluate("document.documentElement.scrollHeight") <= 12 * 900
    captions = page.eval_on_selector_all(
        "#evidence figcaption",
        "all => all.map(one => [...one.childNodes].filter(n => !n.className)"
        ".map(n => n.textContent).join(' ').trim().split(/\\s+/).length)",
    )
    assert max(captions, default=0) <= 25


def test_nothing_runs_over_the_edge_of_a_sheet(visit, page_path):
    folder = page_path.parent
    for path in (page_path, *sorted(folder.glob("chapters/*.html"))):
        page = visit(path, viewport={"width": A4_WIDTH, "height": 900}).page
        page.emulate_media(media="print")
        assert page.evaluate("document.documentElement.scrollWidth") <= A4_WIDTH, path.name


def test_a_patient_of_a_shipped_report_lights_up_in_a_figure_and_a_table(visit, page_path):
    page = visit(page_path).page
    page.locator("#unfold").click()
    page.locator(".patients a.patient").first.click()
    assert page.locator("svg a.chosen").count() > 0
    assert page.locator("tr.chosen").count() > 0
    page.keyboard.press("Escape")
    assert page.locator(".chosen").count() == 0
