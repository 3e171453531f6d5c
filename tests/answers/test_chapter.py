"""The frame of a chapter: its summary, conclusion, limits, and where its numbers come from."""

import re
from dataclasses import replace

import pytest
from tests.answers.shown import bundle, capture
from tests.report.cohorts import make_cohort, one_arm, read_words

from helpers.answers import response
from helpers.answers.chapter import Summary, conclude, state_limits, state_provenance
from helpers.study import read_study


class TestSummary:
    def test_a_place_is_kept_and_filled_at_the_end(self):
        with capture() as outputs:
            summary = Summary()
            summary._ipython_display_()
            summary.fill("One patient.", "", "n = 2 &amp; more.")
        kept, filled = outputs
        assert "The summary appears here when the chapter has run." in kept.html
        assert filled.html == (
            '<ul class="summary"><li>One patient.</li><li>n\xa0=\xa02 &amp; more.</li></ul>'
        )
        assert kept.label == filled.label == ("summary", "")
        assert kept.display_id == filled.display_id == "chapter-summary"
        assert (kept.update, filled.update) == (False, True)

    def test_each_answer_gives_what_it_says_of_itself(self):
        share = response.share(one_arm("better", "same"))
        with capture() as outputs:
            summary = Summary()
            summary._ipython_display_()
            summary.fill(share, response.published_flags(share.study))
        said = re.findall(r"<li>(.*?)</li>", outputs[-1].html)
        assert len(said) == 1
        assert read_words(said[0]).startswith("1 of 2 patients improved (50 %")

    def test_a_summary_that_was_never_shown_has_no_place(self):
        with pytest.raises(RuntimeError, match="no place on the page; show it first"):
            Summary().fill("One patient.")


def test_a_conclusion_is_labelled_as_one_and_has_a_paragraph_each():
    share = response.share(one_arm("better"))
    shown = bundle(conclude(share, "And <b>more</b>."))
    assert shown.label == ("conclusion", "")
    assert shown.html.count("<p>") == len([*share.conclusion, "And more"])


def test_what_two_answers_cannot_show_is_said_once_in_their_order():
    one, two = (response.responders(one_arm("better")) for _ in range(2))
    limits = state_limits(one, "Short.", two, "Short.")
    assert limits.paragraphs == tuple(dict.fromkeys([*one.limits, "Short."]))
    assert bundle(limits).label == ("text", "")


class TestProvenance:
    def read(self, parameters=None, **settings):
        return bundle(state_provenance(make_cohort({"A": ["better"]}, **settings), parameters))

    def test_study_files_parameters_and_software_are_named(self):
        shown = self.read({"cutoff": "<20>"}, data_origin="published")
        words = read_words(shown.html)
        assert shown.label == ("provenance", "")
        assert "Study mini (published data). Invented for a test." in words
        assert "core_set: sha256 0123456789ab" in words
        assert "cutoff = &lt;20&gt;" in words
        assert re.search(r"Computed with pandas \d\S*, numpy \d", words)

    def test_without_parameters_and_departures_none_are_listed(self):
        html = self.read().html
        assert "Parameters" not in html
        assert "Not as planned" not in html

    def test_each_departure_is_listed_once(self):
        study = read_study("endurance_training_iim?improvement_percent=40", tables=["core_set"])
        words = read_words(bundle(state_provenance(study)).html)
        assert words.count("a measure counts as better from this change") == 1
        assert "40 instead of 20" in words

    def test_a_notebook_alone_names_its_question_and_its_source(self):
        words = self.read(question="Does x help?", citation="Zong 2014 <1>").html
        assert "<p>Question: Does x help?</p><p>Source: Zong 2014 &lt;1&gt;</p>" in read_paragraphs(
            words
        )

    def test_a_provenance_that_could_act_cannot(self):
        study = make_cohort({"A": ["better"]}, provenance="<script>")
        html = bundle(state_provenance(replace(study, name="<b>"))).html
        assert "&lt;script&gt;" in html
        assert "Study &lt;b&gt;" in html


def read_paragraphs(html):
    return html.replace("\N{NO-BREAK SPACE}", " ")
