"""The answers of the chapter on response, from any fates of any patients in any arms."""

import re

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.answers.asked import ask_chapter
from tests.answers.shown import list_alts, list_captions, list_sentences, list_tables
from tests.report.cohorts import UNWRITTEN, make_cohort, one_arm, read_words, two_arms

from helpers.answers import core_set, extramuscular, functional_index, response
from helpers.report.pieces import Figure
from helpers.report.words import escape
from helpers.study import read_study

CHAPTER = ("response", "core_set", "functional_index", "extramuscular")


def list_texts(study):
    answers = ask_chapter(study, *CHAPTER)
    return [*list_sentences(*answers), *list_captions(*answers), *list_alts(*answers)]


class TestEverySentence:
    def check(self, study):
        for text in list_texts(study):
            assert not UNWRITTEN.search(read_words(text)), text
            assert text == text.strip()
            assert not text or text.endswith((".", ")"))

    @settings(deadline=None, max_examples=6, derandomize=True, phases=[Phase.generate])
    @given(
        st.lists(
            st.lists(
                st.sampled_from(["better", "same", "worse", "unknown", None]),
                min_size=2,
                max_size=2,
            ),
            min_size=1,
            max_size=5,
        ),
        st.integers(1, 3),
        st.booleans(),
    )
    def test_holds_no_value_that_is_not_put_in_words(self, fates, n_arms, with_index):
        patients = [f"P&{place}" for place in range(len(fates))]
        arms = {patient: f"arm & {place % n_arms}" for place, patient in enumerate(patients)}
        index = pd.DataFrame({"patient_id": patients, "month": 0.0, "fi": 30.0})
        later = index.assign(month=6.0, fi=[40.0 if f[1] == "better" else None for f in fates])
        tables = {"functional_index": pd.concat([index, later], ignore_index=True)}
        study = make_cohort(
            dict(zip(patients, fates, strict=True)),
            months=(3.0, 6.0),
            arms=arms,
            tables=tables if with_index else None,
        )
        self.check(study)
        for html in list_tables(*ask_chapter(study, *CHAPTER)):
            assert not UNWRITTEN.search(read_words(html.replace("<", " <"))), html

    @pytest.mark.parametrize("fate", ["better", "same", "worse", "unknown", None])
    def test_holds_where_all_patients_fare_the_same(self, fate):
        self.check(two_arms(fate, fate, fate, fate))

    @pytest.mark.parametrize("visits", ["last", "two_in_a_row"])
    @pytest.mark.parametrize("definition", ["imacs_2004", "printo_jdm", "tis_adult"])
    def test_holds_whatever_the_rule(self, visits, definition):
        rule = {"visits": visits, "definition": definition, "unjudged": "left_out"}
        fates = {"A": ["better", "better"], "B": ["same", "better"], "C": ["unknown", None]}
        self.check(make_cohort(fates, months=(3.0, 6.0), response=rule))

    @pytest.mark.parametrize("fate", ["unknown", None])
    def test_goes_with_a_figure_or_with_the_reason_why_there_is_none(self, fate):
        study = one_arm(fate, fate)
        share = response.share(study).find("response_by_group", Figure)
        assert share.draw() is None
        assert share.alt.endswith("treated: nobody could be judged.")
        assert response.total_improvement(study).find("total_improvement").draw() is None
        assert functional_index.performance(study).find("functional_index", Figure).draw() is None
        tiles = response.responders(study).find("change_tiles").draw()
        assert (tiles is None) is (fate is None)
        baseline = extramuscular.baseline(study).find("extramuscular_by_response")
        assert baseline.draw() is None

    def test_of_a_patient_escapes_the_name(self):
        study = make_cohort({"<i>A</i>": ["better"]}, arms={"<i>A</i>": "<b>x</b>"})
        answers = ask_chapter(study, *CHAPTER)
        shown = " ".join([*list_sentences(*answers), *list_captions(*answers)])
        assert not re.search(r"<[ib]>", shown)
        assert escape("<i>A</i>") in response.responders(study).sentence

    def test_of_the_published_trial_holds(self):
        self.check(read_study("endurance_training_iim", tables=response.TABLES))


OTHERS = pd.Series({"A": "x", "B": "y", "C": "x", "D": "y"})


@pytest.mark.parametrize(
    ("ask", "table"),
    [
        (response.share, "shares"),
        (core_set.change, "changes"),
    ],
)
def test_groups_may_be_others_than_the_arms(ask, table):
    study = two_arms("better", "same", "better", "same")
    assert set(getattr(ask(study), table)["group"]) == {"exercise", "control"}
    assert set(getattr(ask(study, groups=OTHERS), table)["group"]) == {"x", "y"}


def test_other_groups_have_other_numbers():
    study = two_arms("better", "same", "better", "same")
    share = response.share(study, groups=OTHERS)
    assert (
        share.ledger["response.x.improved"].value,
        share.ledger["response.y.improved"].value,
    ) == (
        2,
        0,
    )
    assert "response.exercise.improved" not in share.ledger
    assert "2 of 2 patients in the arm" in read_words(share.sentence)
    left = response.leave_one_out(study, groups=OTHERS)
    assert left.rows["estimate"].tolist() != response.leave_one_out(study).rows["estimate"].tolist()
    by_patient = response.responders(study, groups=OTHERS).find("response_by_patient").frame
    assert by_patient["group"].tolist() == ["x", "y", "x", "y"]
