"""The reports that ship, in a browser: what a clinician opens has no serious fault."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).resolve().parents[2]
STUDIES = sorted(path.parent.name for path in ROOT.glob("data/*/study.yml"))

pytestmark = pytest.mark.browser


@pytest.fixture(params=STUDIES)
def page_path(request, shipped_reports):
    return shipped_reports / request.param / "index.html"


def test_a_shipped_report_opens_from_a_file_and_stands_alone(visit, page_path):
    opened = visit(page_path)
    opened.page.wait_for_load_state("networkidle")
    assert opened.requests == [page_path.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_in_a_shipped_report(visit, page_path, scheme):
    page = visit(page_path, color_scheme=scheme).page
    page.eval_on_selector_all("details.results", "all => all.forEach(one => { one.open = true; })")
    serious = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_a_shipped_report_fits_a_phone(visit, page_path):
    page = visit(page_path, viewport={"width": 390, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_patient_of_a_shipped_report_lights_up_in_a_figure_and_a_table(visit, page_path):
    page = visit(page_path).page
    page.locator(".patients a.patient").first.click()
    assert page.locator("svg a.chosen").count() > 0
    assert page.locator("tr.chosen").count() > 0
    page.keyboard.press("Escape")
    assert page.locator(".chosen").count() == 0
