"""Stains before treatment against muscle performance after it."""

import pandas as pd
import pytest
from tests.report.biopsy_cohorts import compare, stain
from tests.report.cohorts import read_words

from helpers.answers import biopsies
from helpers.report.biopsies import biopsy_predictors as report


def with_index(levels, index):
    patients = list("ABCDEFGHIJ")[: len(levels)]
    rows = [stain(p, 0, level) for p, level in zip(patients, levels, strict=True)]
    fi = pd.DataFrame({"patient_id": patients, "month": 6.0, "fi": [float(i) for i in index]})
    fates = dict.fromkeys(patients, ("same",))
    return biopsies.predict_functional_index(
        compare(*rows, fates=fates, tables={"functional_index": fi})
    )


def describe(answer):
    return read_words(answer.sentence)


def conclude(answer):
    [said] = answer.conclusion
    return read_words(said)


def test_more_stain_and_better_performance_is_said_the_right_way_round():
    rising = with_index([1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60])
    assert "the higher the Functional Index" in describe(rising)
    assert "a clear relation (rho 1.00; p = 0.003, not adjusted for other tests; 6 patients)" in (
        describe(rising)
    )
    assert "CD163" in conclude(rising)


def test_a_weak_relation_is_left_to_chance_and_the_question_stays_open():
    weak = with_index([1, 2, 3], [30, 20, 10])
    assert "but that is no clear relation" in describe(weak)
    assert conclude(weak).endswith("foretells muscle performance stays open.")


@pytest.mark.parametrize(("levels", "index"), [([1], [10]), ([2, 2, 2], [1, 2, 3])])
def test_a_relation_that_is_not_defined_says_why(levels, index):
    assert "cannot be held against the Functional Index" in (describe(with_index(levels, index)))


def test_without_functional_index_there_is_nothing_to_say_or_draw():
    found = biopsies.predict_functional_index(compare(stain("A", 0, 1)))
    assert found.sentence == ""
    figure = found.find("biopsy_functional_index")
    assert figure.caption == ""
    assert "no Functional Index" in figure.alt
    assert report.describe_left_out(found.outcome) == ""
