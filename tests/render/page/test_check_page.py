"""A page stands alone: ids once, links that arrive, nothing fetched."""

import pytest

from helpers.render.page.check_page import check_page, drop_dead_links, find_patients


def test_a_whole_page_has_no_fault():
    assert (
        check_page(
            '<p id="a"><a href="#a">x</a> <a href="#">top</a> <a href="https://example.org">y</a>'
            '<img src="data:image/png;base64,AAAA" alt="z"><svg><use href="#a"/></svg>'
        )
        == []
    )


def test_an_id_that_stands_twice_is_named():
    assert check_page('<p id="a"><p id="a">') == ["id a stands 2 times on the page"]


def test_a_link_to_nowhere_is_named_once():
    fault = "a link leads to #result-n, which is not on the page"
    assert check_page('<a href="#result-n">1</a><a href="#result-n">2</a>') == [fault]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://example.org/a.png">',
        '<img src="a.png">',
        '<img srcset="a.png 2x">',
        '<script src="//example.org/a.js"></script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<svg><image xlink:href="https://example.org/a.png"/></svg>',
        '<svg><use href="other.svg#a"/></svg>',
        '<p style="background: url(https://example.org/a.png)">',
        "<style>@import 'a.css';</style>",
        "<style>p { background: url('https://example.org/a.png') }</style>",
        '<iframe src="https://example.org"></iframe>',
        '<object data="a.swf"></object>',
        '<form action="https://example.org"></form>',
        '<img title="<b class="x src=https://example.org/a.png">',
        '<figure><svg><image href="a.png"/></figure>',
        '<pre><b class="k"><img src="a.png"></b></pre>',
    ],
)
def test_whatever_would_be_fetched_is_named(html):
    assert len([fault for fault in check_page(html) if fault.startswith("loads")]) == 1


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<script>a</script><script>b</script>", "<script> stands 2 times on the page"),
        ("<main>a</main></main>", "</main> stands 2 times on the page"),
        ("<body><figure></body></figure></body>", "</body> stands 2 times on the page"),
        ("<p onclick='a'>", "<p onclick> acts or sends"),
        ("<figure><svg><a onload='a'/></svg></figure>", "<a onload> acts or sends"),
        ('<a href=" JavaScript:a">b</a>', "<a href=' JavaScript:a'> acts or sends"),
        ('<a href="data:text/html,a">b</a>', "<a href='data:text/html,a'> acts or sends"),
        ("<iframe></iframe>", "<iframe> acts or sends"),
        ("<form></form>", "<form> acts or sends"),
        ('<base href="#">', "<base> acts or sends"),
    ],
)
def test_whatever_acts_or_breaks_the_page_is_named(html, fault):
    assert fault in check_page(html)


def test_the_frame_and_one_script_are_no_fault():
    page = "<html><head></head><body><main></main><script>a</script></body></html>"
    assert check_page(page) == []


def test_patients_are_found_with_their_names_and_places():
    html = (
        '<figure id="figure-f"><svg><a href="#patient-P-10"></a><a href="#patient-P-2"></a>'
        '<a href="#patient-P-2"></a></svg></figure>'
        '<figure id="table-t"><a href="#patient-P-2">P 2</a></figure>'
        '<p><a id="patient-P-10" href="#patient-P-10">P 10</a></p>'
    )
    second, tenth = find_patients(html)
    assert (second.name, second.places, second.has_target) == (
        "P 2",
        ("figure-f", "table-t"),
        False,
    )
    assert (tenth.name, tenth.places, tenth.has_target) == ("P 10", ("figure-f",), True)


def test_only_links_that_lead_nowhere_become_plain_text():
    kept = '<p id="result-a">x</p><a href="#result-a">a</a><a href="../index.html">up</a>'
    svg = '<svg><a xlink:href="#no"><circle r="6"/></a></svg>'
    assert drop_dead_links(kept) == kept
    assert drop_dead_links(f'{kept}<a class="number" href="#b &amp; c"><b>2\n %</b></a>{svg}') == (
        f'{kept}<b>2\n %</b><svg><circle r="6"/></svg>'
    )
    assert drop_dead_links('<p id="b &amp; c"><a href="#b &amp; c">b</a>') == (
        '<p id="b &amp; c"><a href="#b &amp; c">b</a>'
    )
