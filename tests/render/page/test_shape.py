"""The shape of the study page: evidence taken out once, cells joined, pieces numbered."""

from markupsafe import Markup

from helpers.render.page.collect import Piece
from helpers.render.page.convert import Body, Heading
from helpers.render.page.shape import fold_chapter, join_cells, take_evidence, write_numbers

FIGURE = (
    '<figure class="figure" id="figure-{name}"><p class="finding">It fell</p><svg></svg>'
    "<figcaption>Dots</figcaption></figure>"
)


def make_body(html):
    return Body(Markup(html), (Heading(3, "first", "First"),))


def test_evidence_leaves_its_chapter_and_a_link_where_it_stood():
    body = make_body(f"<p>a</p>{FIGURE.format(name='x')}{FIGURE.format(name='y')}")
    [rest], [taken] = take_evidence([body], ["x", "z"], {"figure-x": "Figure 1"})
    assert 'id="figure-x"' not in rest.html
    assert '<a href="#figure-x">Figure 1</a> is shown under Evidence.' in rest.html
    assert 'id="figure-y"' in rest.html
    assert '<h3 class="finding">It fell</h3>' in taken.html


def test_evidence_stands_in_the_order_of_the_study_and_not_of_the_chapters():
    body = make_body(FIGURE.format(name="x") + FIGURE.format(name="y"))
    _, taken = take_evidence([body], ["y", "x"], {})
    assert [one.anchor for one in taken] == ["figure-y", "figure-x"]


def test_a_chapter_lies_under_its_own_title_once():
    folded = fold_chapter(make_body('<h3 id="first">First <em>one</em></h3>\n<p>a</p>'))
    assert folded.title == "First <em>one</em>"
    assert folded.html == "<p>a</p>"


def test_lines_of_one_cell_from_several_chapters_stand_under_one_title():
    pieces = [
        Piece(None, 1, "sure", "<h4>How sure?</h4><p>a</p>", {}),
        Piece(None, 1, "work", "<h4>Did it work?</h4><p>b</p>", {}),
        Piece(None, 1, "sure", "<h4>How sure?</h4><p>c</p>", {}),
    ]
    assert join_cells(pieces) == [
        "<h2>Did it work?</h2><p>b</p>",
        "<h2>How sure?</h2><p>a</p><p>c</p>",
    ]


def test_a_piece_without_a_number_keeps_its_caption():
    html = FIGURE.format(name="x")
    assert write_numbers(html, {}) == html
    assert '<figcaption><a class="permalink" href="#figure-x">Figure 2</a> Dots' in write_numbers(
        html, {"figure-x": "Figure 2"}
    )
