"""The finished report in a browser: from a file, with nothing from outside, for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

WIDTHS = {"wide": 1280, "phone": 390}


@pytest.fixture(params=["index.html", "chapters/01_first.html"])
def path(request, toy_report):
    return toy_report / request.param


def count(page, selector):
    return page.locator(selector).count()


def unfold(page):
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")


def list_chosen(page):
    return page.eval_on_selector_all(
        ".chosen", "marks => marks.map(mark => mark.tagName.toLowerCase())"
    )


def test_a_page_opens_from_a_file_asks_for_nothing_and_complains_of_nothing(visit, path):
    opened = visit(path)
    opened.page.wait_for_load_state("networkidle")
    assert opened.requests == [path.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(visit, path, scheme):
    page = visit(path, color_scheme=scheme).page
    page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
    found = Axe().run(page)
    serious = [
        (fault["id"], [node["html"][:120] for node in fault["nodes"]])
        for fault in found.response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_no_page_scrolls_sideways(visit, path, width):
    page = visit(path, viewport={"width": width, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_one_switch_shows_all_code(visit, path, script):
    page = visit(path, java_script_enabled=script).page
    for summary in page.locator("details.chapter > summary").all():
        summary.click()
    code = page.locator(".code pre").first
    assert not code.is_visible()
    page.get_by_label("Show code").check()
    assert code.is_visible()


def test_everything_is_folded_and_one_button_opens_it(visit, toy_report):
    page = visit(toy_report / "index.html").page
    assert count(page, "main details[open]") == 0
    page.get_by_role("button", name="Open everything").click()
    assert count(page, "main details:not([open])") == 0


def test_choosing_a_patient_lights_the_patient_up_everywhere(visit, toy_report):
    page = visit(toy_report / "index.html").page
    unfold(page)
    page.locator("#figure-first a[href='#patient-P1']").click()
    chosen = list_chosen(page)
    assert chosen.count("tr") == 2
    assert count(page, "svg a.chosen") == 2
    assert count(page, "a.chosen:not([href='#patient-P1'])") == 0
    page.wait_for_timeout(300)
    dimmed = page.locator("#figure-first a[href='#patient-P2']")
    assert float(dimmed.evaluate("mark => getComputedStyle(mark).opacity")) < 0.2
    assert "Patient P 1 is lit up in 4 figures and tables" in page.inner_text("[role=status]")


@pytest.mark.parametrize("way", ["Escape", "again", "button"])
def test_a_choice_is_cleared(visit, toy_report, way):
    page = visit(toy_report / "index.html").page
    unfold(page)
    mark = page.locator("#figure-first a[href='#patient-P1']")
    mark.click()
    assert list_chosen(page)
    if way == "Escape":
        page.keyboard.press("Escape")
    elif way == "again":
        mark.click()
    else:
        page.get_by_role("button", name="Clear").click()
    assert list_chosen(page) == []
    assert page.inner_text("[role=status]") == ""


def test_the_keyboard_reaches_each_patient_once_in_each_figure(visit, toy_report):
    page = visit(toy_report / "index.html").page
    unfold(page)
    stops = page.locator("#figure-first svg a[tabindex='0']")
    assert stops.count() == 2
    stops.first.focus()
    page.keyboard.press("Enter")
    assert count(page, "svg a.chosen") == 2


def test_a_link_to_a_patient_arrives_with_the_patient_lit_up(visit, toy_report):
    opened = visit(toy_report / "index.html")
    opened.page.goto((toy_report / "index.html").as_uri() + "#patient-P2")
    opened.page.reload()
    assert count(opened.page, "svg a.chosen") == 2


def test_a_number_leads_to_its_record_and_opens_the_list(visit, toy_report):
    page = visit(toy_report / "index.html").page
    page.locator("details.chapter summary").first.click()
    page.locator("a.number[href='#result-first.n']").first.click()
    row = page.locator("[id='result-first.n']")
    row.wait_for(state="visible")
    assert page.locator("details#results").evaluate("one => one.open")


def test_without_scripts_marks_are_plain_links(visit, toy_report):
    page = visit(toy_report / "index.html", java_script_enabled=False).page
    page.locator("details.chapter summary").first.click()
    page.locator("#table-first a[href='#patient-P1']").click()
    assert page.url.endswith("#patient-P1")
    assert page.locator("#patient-P1").is_visible()


def test_the_banner_stays_in_sight(visit, toy_report):
    page = visit(toy_report / "index.html").page
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = page.locator(".bar").bounding_box()
    assert box["y"] == 0
    assert "no one's data" in page.inner_text(".banner")


def count_sheets(page, path):
    return page.pdf(path=str(path), prefer_css_page_size=True).count(b"/Type /Page\n")


def test_the_page_of_a_chapter_does_not_begin_with_an_empty_sheet(visit, toy_report, tmp_path):
    page = visit(toy_report / "chapters/01_first.html").page
    found = count_sheets(page, tmp_path / "page.pdf")
    page.add_style_tag(content=".chapter { break-before: auto !important; }")
    assert 0 < found == count_sheets(page, tmp_path / "unbroken.pdf")


def test_what_is_folded_is_not_printed_and_what_is_open_begins_a_sheet(visit, toy_report):
    page = visit(toy_report / "index.html").page
    page.locator("details.chapter summary").first.click()
    page.emulate_media(media="print")
    assert page.locator("details.chapter").first.is_visible()
    assert not page.locator("details.chapter").nth(1).is_visible()
    breaks = "one => getComputedStyle(one).breakBefore"
    assert page.locator("details.chapter").first.evaluate(breaks) == "page"


def test_the_contents_show_where_the_reader_is(visit, toy_report):
    page = visit(
        toy_report / "chapters/01_first.html", viewport={"width": 1280, "height": 300}
    ).page
    links = page.locator(".contents > ol > li > a")
    name = links.first.inner_text()
    links.first.click()
    page.wait_for_function(
        "name => document.querySelector('.contents [aria-current]')?.textContent === name",
        arg=name,
    )
    assert page.locator(".contents [aria-current]").count() == 1


def test_the_contents_mark_nothing_above_the_first_section(visit, toy_report):
    page = visit(
        toy_report / "chapters/01_first.html", viewport={"width": 1280, "height": 300}
    ).page
    assert count(page, ".follows") == 1
    assert count(page, ".contents [aria-current]") == 0


def test_the_head_of_a_table_stays_in_sight_below_the_banner(visit, toy_report):
    page = visit(toy_report / "index.html").page
    unfold(page)
    table = page.locator("#table-first table")
    table.evaluate("table => scrollTo(0, table.getBoundingClientRect().bottom - 85)")
    banner = page.locator(".bar").bounding_box()
    head = table.locator("thead th").first.bounding_box()
    assert table.bounding_box()["y"] < 0
    assert head["y"] == pytest.approx(banner["height"], abs=1)


def test_on_a_phone_the_contents_of_a_chapter_are_one_tap_away(visit, toy_report):
    page = visit(toy_report / "chapters/01_first.html", viewport={"width": 390, "height": 844}).page
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(".contents .up").click()
    assert page.locator(".contents > p").bounding_box()["y"] >= 0
    assert page.evaluate("scrollY") < 844


def test_a_page_prints_with_the_banner_and_without_code(visit, path, tmp_path):
    opened = visit(path)
    opened.page.pdf(path=str(tmp_path / "page.pdf"), prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    opened.page.emulate_media(media="print")
    assert opened.page.locator(".banner").is_visible()
    assert not opened.page.locator(".code").first.is_visible()
    assert opened.page.locator("nav:visible").count() == 0
