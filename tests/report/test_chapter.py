"""What a chapter puts out: labelled outputs, and an origin that cannot be left off."""

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import get_args
from unittest.mock import patch

import pandas as pd
import pytest
from helpers.report.chapter import ORIGIN_NOTES, reserve_summary
from tests.report.cohorts import make_cohort, read_words

from helpers.contracts.configuration import DataOrigin
from helpers.plots.style import house_style, new_figure
from helpers.report.ledger import LEDGER_MIME
from helpers.stats.result import Interval, StatisticResult

NOTE = '<span class="origin">Invented values (reconstructed cohort)'


def make_chapter(origin="published", **settings):
    study = make_cohort({"A": ["better"]}, data_origin=origin, **settings)
    return Numbers(study)


@pytest.fixture
def chapter():
    return make_chapter()


@pytest.fixture
def invented():
    return make_chapter("reconstructed")


@dataclass
class Output:
    """One thing shown, as the notebook would store it."""

    data: dict
    metadata: dict
    display_id: str | None = None
    update: bool = False


@contextmanager
def capture():
    """Keep what is shown; outside a kernel IPython prints it only."""
    outputs = []

    def keep(data, *, raw, metadata, **options):
        assert raw is True
        outputs.append(Output(data, metadata, **options))

    with (
        patch("helpers.report.chapter.display", keep),
        patch("IPython.core.display_functions.display", keep),
    ):
        yield outputs


def show(call, *args, **options):
    """Give the outputs of one call."""
    with capture() as outputs:
        call(*args, **options)
    return outputs


def show_one(call, *args, **options):
    [output] = show(call, *args, **options)
    return output


def about(output):
    return output.metadata["report"]


def draw():
    with house_style():
        figure, (ax,) = new_figure(1, 1, width=2, height=1)
        ax.plot([0, 1])
    return figure


def show_figure(chapter, **options):
    given = {"name": "f", "caption": "Courses.", "alt": "One line"}
    return show_one(chapter.show_figure, draw(), **given | options)


def show_table(chapter, frame=None, **options):
    frame = pd.DataFrame({"a": [1]}) if frame is None else frame
    return show_one(chapter.show_table, frame, **{"name": "t", "caption": "Rows."} | options)


class TestText:
    def test_paragraphs_are_shown_and_empty_ones_left_out(self, chapter):
        output = show_one(chapter.show_text, "One.", "", "n = 2.")
        assert about(output) == {"kind": "text", "name": ""}
        assert output.data["text/html"] == "<p>One.</p><p>n\xa0=\xa02.</p>"
        assert read_words(output.data["text/plain"]).split() == ["One.", "n", "=", "2."]

    def test_a_conclusion_is_labelled_as_one(self, chapter):
        output = show_one(chapter.show_conclusion, "It holds.", "")
        assert (about(output)["kind"], output.data["text/html"]) == (
            "conclusion",
            "<p>It holds.</p>",
        )

    def test_methods_are_a_list_of_names_and_plain_words(self, chapter):
        output = show_one(chapter.show_methods, ("rule <1>", "a & b"), ("unused", ""))
        assert about(output)["kind"] == "methods"
        assert output.data["text/html"] == (
            '<dl class="methods"><dt>Rule &lt;1&gt;</dt><dd>a &amp; b</dd></dl>'
        )


class TestSummary:
    def test_a_place_is_kept_and_filled_at_the_end(self, chapter):
        with capture() as outputs:
            place = reserve_summary()
            chapter.summarise(place, "One patient.", "", "n = 2 & more.")
        kept, filled = outputs
        assert kept.data["text/html"] == (
            "<p>The summary appears here when the chapter has run.</p>"
        )
        assert filled.data["text/html"] == (
            '<ul class="summary"><li>One patient.</li><li>n\xa0=\xa02 & more.</li></ul>'
        )
        assert about(kept) == about(filled) == {"kind": "summary", "name": ""}
        assert kept.display_id == filled.display_id == "chapter-summary"
        assert (kept.update, filled.update) == (False, True)


class TestFigure:
    def test_a_figure_is_labelled_by_kind_and_name(self, chapter):
        output = show_figure(chapter)
        assert about(output) == {"kind": "figure", "name": "f"}
        assert output.data["text/plain"] == "One line"
        assert output.data["text/html"].startswith('<figure class="figure" id="figure-f"><img')

    def test_a_figure_of_pyplot_is_shown_once(self, chapter):
        from matplotlib import pyplot

        figure, ax = pyplot.subplots()
        ax.plot([0, 1])
        with capture() as outputs:
            chapter.show_figure(figure, name="f", caption="c", alt="a")
        assert len(outputs) == 1
        assert pyplot.get_fignums() == []

    def test_nothing_to_draw_is_said_in_words(self, chapter):
        output = show_one(chapter.show_figure, None, name="f", caption="c", alt="a < b.")
        assert about(output) == {"kind": "text", "name": ""}
        assert output.data["text/html"] == '<p class="absent">No figure: a &lt; b.</p>'

    def test_where_nothing_is_to_be_said_the_output_is_empty(self, chapter):
        output = show_one(chapter.show_figure, None, name="f", caption="c", alt="")
        assert output.data["text/html"] == ""


class TestTable:
    def test_a_table_is_labelled_and_has_its_file(self, chapter):
        output = show_table(chapter, pd.DataFrame({"a": [0.1 + 0.2]}), digits={"a": 1})
        assert about(output) == {"kind": "table", "name": "t"}
        assert ">0.3<" in output.data["text/html"]
        assert output.data["text/csv"] == "a\n0.30000000000000004\n"

    def test_the_file_may_hold_more_than_the_page(self, chapter):
        output = show_table(chapter, data=pd.DataFrame({"a": [1, 2], "b": [3, 4]}))
        assert output.data["text/csv"] == "a,b\n1,3\n2,4\n"
        assert output.data["text/html"].count("<tr>") == 2

    def test_what_groupby_and_describe_put_into_the_index_is_shown(self, chapter):
        patients = pd.DataFrame({"arm": ["a", "a", "b"], "ck_level": [1.0, 3.0, 5.0]})
        output = show_table(chapter, patients.groupby("arm").describe())
        assert output.data["text/csv"].splitlines()[:2] == [
            "arm,ck_level count,ck_level mean,ck_level std,ck_level min,ck_level 25%,"
            "ck_level 50%,ck_level 75%,ck_level max",
            "a,2.0,2.0,1.4142135623730951,1.0,1.5,2.0,2.5,3.0",
        ]
        assert '<th scope="row">a</th>' in output.data["text/html"]
        assert ">ck level mean</th>" in output.data["text/html"]

    def test_labels_and_formats_reach_the_page(self, chapter):
        html = show_table(chapter, labels={"a": "A, mm"}, formats={"a": lambda v: f"<i>{v}</i>"})
        assert "A, mm" in html.data["text/html"]
        assert "<i>1</i>" in html.data["text/html"]

    def test_a_table_without_rows_says_so(self, chapter):
        nothing = pd.DataFrame({"a": []})
        assert show_table(chapter, nothing).data["text/html"] == '<p class="absent">No rows.</p>'
        said = show_table(chapter, nothing, empty="Nobody <left>.").data["text/html"]
        assert said == '<p class="absent">Nobody &lt;left&gt;.</p>'

    def test_or_says_nothing_but_keeps_its_file(self, chapter):
        output = show_table(chapter, pd.DataFrame({"a": []}), empty="")
        assert (output.data["text/html"], output.data["text/csv"]) == ("", "a\n")


class TestOrigin:
    def test_every_caption_of_an_invented_cohort_says_so(self, invented):
        for output in (show_figure(invented), show_table(invented)):
            [caption] = re.findall(r"<figcaption>.*?</figcaption>", output.data["text/html"], re.S)
            assert NOTE in caption

    def test_no_argument_takes_it_away(self, invented):
        assert NOTE in show_figure(invented, caption="").data["text/html"]
        assert NOTE in show_table(invented, caption="").data["text/html"]
        for refused in ({"origin": ""}, {"note": None}):
            with pytest.raises(TypeError, match="unexpected keyword"):
                show_figure(invented, **refused)
            with pytest.raises(TypeError, match="unexpected keyword"):
                show_table(invented, **refused)

    def test_a_study_cannot_be_told_to_be_something_else_in_place(self, invented):
        with pytest.raises(ValueError, match="frozen"):
            invented.study.config.data_origin = "published"
        with pytest.raises(AttributeError, match="cannot assign"):
            invented.study.config = None

    @pytest.mark.parametrize("origin", ["published", "collected"])
    def test_real_data_carry_no_such_note(self, origin):
        chapter = make_chapter(origin)
        for output in (show_figure(chapter), show_table(chapter)):
            assert "origin" not in output.data["text/html"]

    def test_every_origin_that_a_study_may_declare_is_known(self):
        assert set(ORIGIN_NOTES) == set(get_args(DataOrigin))


class TestLedger:
    def test_a_statistic_is_recorded_with_all_it_found(self, chapter):
        found = StatisticResult(
            estimate=1.5,
            interval=Interval(0.5, 2.5),
            p_value=0.25,
            n_used=4,
            method="a test",
        )
        result = chapter.record_statistic("a", found, source="core_set", unit="mm", digits=1)
        assert (result.value, result.low, result.high, result.p_value) == (1.5, 0.5, 2.5, 0.25)
        assert (result.n, result.method, result.unit, result.text) == (4, "a test", "mm", "1.5")
        assert chapter["a"] is result

    def test_a_statistic_hands_on_what_its_interval_covers(self, chapter):
        interval = Interval(0.5, 2.5, achieved=0.9375)
        found = StatisticResult(estimate=1.5, interval=interval, method="a test")
        assert chapter.record_statistic("a", found, source="core_set").coverage == 0.9375

    def test_an_undefined_statistic_keeps_its_reason(self, chapter):
        found = StatisticResult(reason="no values", n_missing=2)
        result = chapter.record_statistic("a", found, source="core_set")
        assert (result.value, result.low, result.reason) == (None, None, "no values")

    def test_the_end_hands_over_the_ledger_and_where_it_comes_from(self, chapter):
        chapter.record("a", 1, source="core_set")
        provenance, ledger = show(chapter.close, cutoff="<20>")
        assert [about(output)["kind"] for output in (provenance, ledger)] == [
            "provenance",
            "ledger",
        ]
        words = read_words(provenance.data["text/html"])
        assert "core_set: sha256 0123456789ab" in words
        assert "cutoff = &lt;20&gt;" in words
        assert re.search(r"Computed with pandas \d\S*, numpy \d", words)
        assert "Study mini (published data). Invented for a test." in words
        [record] = ledger.data[LEDGER_MIME]["records"]
        assert (record["id"], record["source"]) == ("a", "core_set@0123456789ab")
        assert ledger.data["text/plain"] == "1 results recorded"
        json.dumps(ledger.data, allow_nan=False)

    def test_without_parameters_none_are_listed(self, chapter):
        assert "Parameters" not in show(chapter.close)[0].data["text/html"]

    def test_a_notebook_alone_names_its_question_and_its_source(self):
        chapter = make_chapter(question="Does x help?", citation="Zong 2014 <1>")
        words = show(chapter.close)[0].data["text/html"]
        assert "<p>Question: Does x help?</p><p>Source: Zong 2014 &lt;1&gt;</p>" in words

    def test_a_provenance_that_could_act_cannot(self):
        chapter = make_chapter(provenance="<script>")
        chapter.study = replace(chapter.study, name="<b>")
        html = show(chapter.close)[0].data["text/html"]
        assert "&lt;script&gt;" in html
        assert "Study &lt;b&gt;" in html
