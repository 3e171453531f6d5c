"""What a piece hands to Jupyter: its HTML, its plain text, and the label of the report."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.answers.shown import bundle
from tests.report.cohorts import read_words

from helpers.plots.style import house_style, new_figure
from helpers.report.pieces import Bullets, Figure, Methods, Table, Text, label_piece

NOTE = '<span class="origin">Invented &lt;all&gt;.</span>'


def draw():
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=2, height=1)
        ax.plot([0, 1])
    return figure


FIGURE = Figure("f", draw, "Courses.", "One line")
NO_FIGURE = replace(FIGURE, draw=lambda: None)
TABLE = Table("t", pd.DataFrame({"a": [1]}), "Rows.")
NO_TABLE = replace(TABLE, frame=pd.DataFrame({"a": []}))


class TestText:
    def test_paragraphs_are_shown_and_empty_ones_left_out(self):
        shown = bundle(Text(("One.", "", "n = 2.")))
        assert shown.label == ("text", "")
        assert shown.html == "<p>One.</p><p>n\xa0=\xa02.</p>"
        assert read_words(shown.data["text/plain"]).split() == ["One.", "n", "=", "2."]

    @pytest.mark.parametrize("kind", ["conclusion", "summary", "provenance"])
    def test_where_it_stands_is_in_its_label(self, kind):
        assert bundle(Text(("It holds.",), kind=kind)).label == (kind, "")

    def test_nothing_to_say_is_an_empty_text(self):
        assert bundle(Text(("", ""))).data == {"text/html": "", "text/plain": ""}


def test_bullets_are_the_summary():
    shown = bundle(Bullets(("One patient.", "", "n = 2 &amp; more.")))
    assert shown.label == ("summary", "")
    assert shown.html == (
        '<ul class="summary"><li>One patient.</li><li>n\xa0=\xa02 &amp; more.</li></ul>'
    )


def test_methods_are_a_list_of_names_and_plain_words():
    shown = bundle(Methods((("rule <1>", "a & b"), ("unused", ""))))
    assert shown.label == ("methods", "")
    assert shown.html == ('<dl class="methods"><dt>Rule &lt;1&gt;</dt><dd>a &amp; b</dd></dl>')


class TestFigure:
    def test_a_figure_is_labelled_by_kind_and_name(self):
        shown = bundle(FIGURE)
        assert shown.label == ("figure", "f")
        assert shown.data["text/plain"] == "One line"
        assert shown.html.startswith(
            '<figure class="figure" id="figure-f"><img src="data:image/svg+xml,'
        )
        assert "origin" not in shown.html

    def test_nothing_to_draw_is_said_in_words(self):
        shown = bundle(replace(NO_FIGURE, alt="a < b."))
        assert shown.label == ("text", "")
        assert shown.html == '<p class="absent">No figure: a &lt; b.</p>'
        assert shown.data["text/plain"] == "No figure: a &lt; b."

    def test_where_nothing_is_to_be_said_the_output_is_empty(self):
        assert bundle(replace(NO_FIGURE, alt="")).html == ""

    def test_nothing_is_drawn_before_it_is_shown(self):
        drawn = []
        piece = replace(NO_FIGURE, draw=lambda: drawn.append(1))
        assert drawn == []
        bundle(piece)
        assert drawn == [1]


class TestTable:
    def test_a_table_is_labelled_and_has_its_file(self):
        shown = bundle(replace(TABLE, frame=pd.DataFrame({"a": [0.1 + 0.2]}), digits={"a": 1}))
        assert shown.label == ("table", "t")
        assert ">0.3<" in shown.html
        assert shown.data["text/csv"] == "a\n0.30000000000000004\n"
        assert shown.data["text/plain"] == shown.data["text/csv"]

    def test_the_file_may_hold_more_than_the_page(self):
        shown = bundle(replace(TABLE, data=pd.DataFrame({"a": [1, 2], "b": [3, 4]})))
        assert shown.data["text/csv"] == "a,b\n1,3\n2,4\n"
        assert shown.html.count("<tr>") == 2

    def test_labels_and_formats_reach_the_page(self):
        formats = {"a": lambda value: f"<i>{value}</i>"}
        html = bundle(replace(TABLE, labels={"a": "A, mm"}, formats=formats)).html
        assert "A, mm" in html
        assert "<i>1</i>" in html

    def test_a_table_without_rows_says_so(self):
        assert bundle(NO_TABLE).html == '<p class="absent">No rows.</p>'
        said = bundle(replace(NO_TABLE, empty="Nobody <left>.")).html
        assert said == '<p class="absent">Nobody &lt;left&gt;.</p>'

    def test_or_says_nothing_but_keeps_its_file(self):
        shown = bundle(replace(NO_TABLE, empty=""))
        assert (shown.html, shown.data["text/csv"]) == ("", "a\n")


@pytest.mark.parametrize("piece", [FIGURE, TABLE], ids=["figure", "table"])
@pytest.mark.parametrize("caption", ["Rows.", ""])
def test_the_origin_stands_in_every_caption_even_an_empty_one(piece, caption):
    html = bundle(replace(piece, caption=caption, origin="Invented <all>.")).html
    [words] = html.split("<figcaption>")[1].split("</figcaption>")[:1]
    assert words.endswith(NOTE)


def test_a_label_is_found_by_the_report():
    assert label_piece("figure", "f") == {"report": {"kind": "figure", "name": "f"}}
