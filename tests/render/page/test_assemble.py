"""The finished report of the toy study: one file that stands alone, and the files beside it."""

import base64
import csv
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from helpers.render.keep.settings import Settings
from helpers.render.page.assemble import format_results, mark_planned
from helpers.render.page.check_page import check_page

BANNER = (
    "Reconstructed cohort: invented patients built from published aggregates, no one&#39;s data"
)


@pytest.fixture(scope="module")
def page(toy_report):
    return (toy_report / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chapter_page(toy_report):
    return (toy_report / "chapters" / "01_first.html").read_text(encoding="utf-8")


@pytest.fixture
def not_as_planned(build_toy):
    """The toy's report with two settings that its study.yml has otherwise."""
    [outcome] = build_toy("visits=last", "improvement_percent=40")
    assert outcome.errors == ()
    return outcome.page.parent


class Headings(HTMLParser):
    def __init__(self):
        super().__init__()
        self.levels = []
        self.tags = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


def read_headings(html):
    reader = Headings()
    reader.feed(html)
    return reader


def test_a_report_has_all_its_files(toy_report):
    names = sorted(p.relative_to(toy_report).as_posix() for p in toy_report.rglob("*.*"))
    assert names == [
        "chapters/01_first.html",
        "chapters/02_second.html",
        "figures/first.svg",
        "figures/second.svg",
        "index.html",
        "manifest.json",
        "notebooks/01_first.ipynb",
        "notebooks/02_second.ipynb",
        "results.csv",
        "tables/first.csv",
        "tables/second.csv",
    ]


def test_every_page_stands_alone_and_weighs_little(toy_report):
    for path in (toy_report / "index.html", *toy_report.glob("chapters/*.html")):
        html = path.read_text(encoding="utf-8")
        assert check_page(html) == []
        assert len(html.encode()) < 56_000


def test_every_page_carries_the_banner(page, chapter_page):
    assert BANNER in page
    assert BANNER in chapter_page


def test_levels_of_headings_are_in_order_with_one_h1(page, chapter_page):
    for html in (page, chapter_page):
        levels = read_headings(html).levels
        assert levels.count(1) == 1
        assert levels[0] == 1
        steps = [after - before for before, after in pairwise(levels)]
        assert max(steps) == 1


def test_landmarks_language_and_skip_link_are_there(page):
    assert {"aside", "header", "nav", "main", "footer"} <= set(read_headings(page).tags)
    assert '<html lang="en-GB">' in page
    assert '<a class="skip" href="#content">' in page


def test_the_policy_allows_the_script_of_the_page_and_no_other(page):
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.replace("&#39;", "'") == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert page.count("<script") == 1


def test_text_from_the_study_is_escaped(page):
    assert "<h1>A &lt;toy&gt; study</h1>" in page


def test_a_chapter_is_folded_under_its_title_and_holds_its_own_summary(page):
    fold = '<summary><h3 id="first">The first chapter</h3></summary>'
    assert page.count(fold) == 1
    assert page.index(fold) < page.index("There were")


def test_figures_and_tables_are_numbered_the_same_on_every_page(page, chapter_page):
    for html in (page, chapter_page):
        assert '<a class="permalink" href="#figure-first">Figure 1</a>' in html
        assert '<a class="permalink" href="#table-first">Table 1</a>' in html
    assert '<a class="permalink" href="#table-second">Table 2</a>' in page


def test_no_link_of_the_study_page_leads_to_another_file(page):
    assert not re.search(r'<a\b[^>]* href="(?!#|https?:|mailto:)', page)


def test_methods_are_listed_once_and_chapters_lose_what_is_collected(page, chapter_page):
    assert page.count("At least 20 %") == 1
    assert "From the toy study" not in page
    assert "At least 20 %" in chapter_page
    assert "There were" in chapter_page


def test_a_chapter_that_was_not_measured_is_named_with_its_table(page, chapter_page):
    assert "<li>Serum cytokines: no cytokines</li>" in page
    assert "Serum cytokines" not in chapter_page


def test_every_number_leads_to_its_record(page):
    assert '<a class="number" href="#result-first.n">' in page
    assert '<tr id="result-first.n"><th scope="row">first.<wbr>n</th><td>2</td>' in page


def test_patients_without_an_anchor_of_their_own_get_one_and_their_places_are_listed(page):
    assert '<li id="patient-P1"><a class="patient" href="#patient-P1">P 1</a></li>' in page
    assert '<a href="#figure-first">first</a>, <a href="#table-first">first (table)</a>' in page


def test_a_chapter_page_names_the_question_and_the_source_of_its_study(chapter_page):
    origin = chapter_page.split('<dl class="about">')[1].split("</dl>")[0]
    for words in ("Does the runner work?", "Typed by hand.", "Nobody N. A study of nothing. 2020."):
        assert words in origin


def test_provenance_has_files_parameters_and_versions_but_no_clock(page):
    assert '<th scope="row">tables/patients.csv</th>' in page
    assert '<tr class="changed"><th scope="row">cutoff</th><td>30.0</td><td>20.0</td>' in page
    assert "nbconvert 7." in page
    assert not re.search(r"\d{4}-\d{2}-\d{2}", page)


NOT_AS_PLANNED = "<strong>Not as planned.</strong>"


def test_a_report_as_planned_has_no_note_of_departures(page, chapter_page):
    assert "Not as planned" not in page
    assert "Not as planned" not in chapter_page


def test_what_a_run_did_otherwise_stands_above_the_title_of_every_page(not_as_planned):
    for path in (not_as_planned / "index.html", *not_as_planned.glob("chapters/*.html")):
        html = path.read_text(encoding="utf-8")
        assert check_page(html) == []
        assert html.count(NOT_AS_PLANNED) == 1
        assert html.index(NOT_AS_PLANNED) < html.index("<h1")
        note = html[html.index(NOT_AS_PLANNED) :].partition("</p>")[0]
        assert ": 40 instead of 20; " in note
        assert note.index("40 instead of 20") < note.index("last instead of any")


def test_what_a_run_did_otherwise_is_part_of_its_provenance(not_as_planned):
    html = (not_as_planned / "index.html").read_text(encoding="utf-8")
    listed = html.split("<h4>Not as planned</h4>")[1].split("</ul>")[0]
    assert listed.count("<li>") == 2
    assert "a measure counts as better from this change, % of baseline: 40 instead of 20" in listed


def test_an_executed_notebook_names_the_study_with_what_was_set_otherwise(not_as_planned, toys):
    notebook = toys.read_json(not_as_planned / "notebooks" / "01_first.ipynb")
    named = 'study = "toy?response.improvement_percent=40&response.visits=last"\n'
    assert named in notebook["cells"][2]["source"]


def test_one_switch_shows_the_code_which_is_highlighted(page):
    assert page.count('<input type="checkbox" id="show-code">') == 1
    assert '<div class="code">' in page
    assert '<span class="kn">from</span>' in page


def test_a_chapter_page_leads_back_to_the_study(chapter_page):
    assert '<a href="../index.html">Toy</a>' in chapter_page
    assert 'The whole report: <a href="../index.html#first">Toy</a>' in chapter_page


def test_a_chapter_page_leads_to_its_neighbours(chapter_page):
    assert 'Next: <a href="02_second.html">' in chapter_page
    assert "Before:" not in chapter_page


PLAN = {
    "results": [
        {"name": "response", "status": "planned"},
        {"name": "change.ck", "status": "changed", "reason": "no serum was left"},
    ]
}


def test_results_of_all_chapters_are_one_table(toy_report):
    with (toy_report / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["chapter"], row["value"]) for row in rows] == [
        ("first.n", "01_first", "2"),
        ("second.n", "02_second", "2"),
    ]


def test_a_missing_value_is_an_empty_cell_and_other_keys_are_left_out(toys):
    record = toys.make_record("a", value=None, low=float("nan"), extra="x")
    header, row = format_results([record]).splitlines()
    assert header == (
        "id,chapter,text,value,unit,n,population,state,share_of,low,high,p_value,method,reason,"
        "source,plan"
    )
    assert row == "a,,2,,,2,,,,,,,,,,"


@pytest.mark.parametrize(
    ("plan", "departures", "expected"),
    [
        ({}, (), ["", "", ""]),
        (PLAN, (), ["planned", "changed: no serum was left", "exploratory"]),
        (PLAN, ("40 %",), ["changed: 40 %", "changed: no serum was left", "exploratory"]),
    ],
)
def test_each_result_says_what_the_plan_has_of_it(plan, departures, expected):
    settings = Settings({"plan": plan}, {}, departures, "")
    names = ("response.drug.share", "change.ck", "fi.change")
    marked = mark_planned([{"id": name} for name in names], settings)
    assert [record["plan"] for record in marked] == expected


def test_executed_notebooks_carry_the_parameters_in_force(toy_report, toys):
    notebook = toys.read_json(toy_report / "notebooks" / "01_first.ipynb")
    assert "cutoff = 30.0\n" in "".join(notebook["cells"][2]["source"])
