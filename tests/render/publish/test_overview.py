"""One page lists every report of a batch, with its state and what can be compared."""

import pytest

from helpers.render.keep.record import KeyResult
from helpers.render.page.check_page import check_page
from helpers.render.publish.overview import (
    Entry,
    group_shared_results,
    render_overview,
    write_overview,
)
from helpers.render.publish.targets import TargetError


def make_entry(name, *results, **other):
    given = {
        "study": "A <small> study",
        "data_origin": "published",
        "status": "ready",
        "errors": (),
        "has_page": True,
        "given": (),
        "key_results": tuple(KeyResult(*result) for result in results),
    }
    return Entry(name=name, **(given | other))


SHARE, COUNT = ("response.share", "01_clinical", "47 %"), ("entered", "00_overview", "15")
ALONE = ("case.crp", "06_case", "179")


def test_results_that_two_reports_have_are_compared_by_chapter():
    entries = [make_entry("a", SHARE, COUNT), make_entry("b", COUNT, SHARE, ALONE)]
    assert group_shared_results(entries) == [
        ("00_overview", ["entered"]),
        ("01_clinical", ["response.share"]),
    ]


def test_a_single_report_shows_all_its_results():
    assert group_shared_results([make_entry("a", ALONE)]) == [("06_case", ["case.crp"])]
    assert group_shared_results([]) == []


def test_the_old_numbers_of_a_failed_report_are_not_shown_beside_those_of_others():
    failed = make_entry("b", SHARE, status="failed", errors=("01.ipynb, cell 3: <1/0>",))
    page = render_overview([make_entry("a", SHARE), failed, make_entry("c", SHARE)], title="g")
    assert "b/index.html#result" not in page
    assert '<a href="b/index.html">b</a>' in page
    assert "01.ipynb, cell 3: &lt;1/0&gt;" in page
    assert "3 reports: 2 ready, 1 failed." in page


def test_a_failed_report_leads_to_what_came_out(tmp_path):
    failed = make_entry(
        "my b", status="failed", errors=("no good",), partial="my%20b.failed/index.html"
    )
    page = render_overview([make_entry("a"), failed], title="g")
    assert '<dt><a href="my%20b.failed/index.html">my b</a></dt>' in page
    assert check_page(page) == []


def test_a_report_that_never_was_has_no_link():
    page = render_overview([make_entry("b", status="failed", has_page=False)], title="g")
    assert "b/index.html" not in page
    assert "1 report: 1 failed." in page


def test_the_page_stands_alone_and_names_the_origin_of_the_data():
    entries = [
        make_entry("my cohort", SHARE, given=("cutoff=30", "visit=month=3")),
        make_entry("b", SHARE, data_origin="reconstructed", given=("alpha=0.1",)),
    ]
    page = render_overview(entries, title="grid & more.csv")
    assert check_page(page) == []
    assert "grid &amp; more.csv" in page
    assert "A &lt;small&gt; study" in page
    assert 'href="my%20cohort/index.html#result-response.share"' in page
    assert '<td class="origin">reconstructed</td>' in page
    assert 'b<br><small class="origin">reconstructed</small></th>' in page
    for name in ("cutoff", "visit", "alpha"):
        assert f'<th scope="col">{name}</th>' in page
    assert '<td class="num">month=3</td>' in page


def test_a_page_that_says_the_same_is_not_written_again(tmp_path):
    entries = [make_entry("a", SHARE)]
    page = write_overview(entries, tmp_path / "reports", title="g")
    before = page.stat()
    write_overview(entries, tmp_path / "reports", title="g")
    assert (page.stat().st_ino, page.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    write_overview([], tmp_path / "reports", title="g")
    assert page.stat().st_ino != before.st_ino
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]


def test_a_page_of_somebody_else_is_never_replaced(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<title>My home page</title>")
    with pytest.raises(TargetError, match="what no batch wrote"):
        write_overview([], tmp_path, title="g")
    assert page.read_text() == "<title>My home page</title>"


@pytest.mark.parametrize("name", ["a", "ö"])
def test_links_lead_to_the_folder_of_that_name(name):
    from urllib.parse import unquote

    assert unquote(make_entry(name).link) == f"{name}/index.html"
