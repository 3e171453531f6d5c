"""Counts as dots: one for each patient, with the whole denominator; a bar above forty."""

import pytest

from helpers.report.glance.dots import MOST_DOTS, Row, write_rows
from helpers.report.ledger import Ledger


def make_count(value, **about):
    return Ledger("c", {}).record("a.n", value, source="t", **about)


def test_a_dot_for_each_patient_filled_for_each_counted():
    html = write_rows([Row("Month 3", make_count(2), 5)])
    assert html.count('<i class="yes"></i>') == 2
    assert html.count("<i") == 5
    assert "</b> of 5</td>" in html


@pytest.mark.parametrize(("n", "is_bar"), [(MOST_DOTS, False), (MOST_DOTS + 1, True)])
def test_above_forty_patients_the_dots_are_a_bar_with_the_count(n, is_bar):
    html = write_rows([Row("Any visit", make_count(10), n)])
    assert ("bar-of" in html) is is_bar
    assert f"of {n}" in html


def test_a_count_that_is_not_known_has_no_dots_and_is_never_told_as_none():
    html = write_rows([Row("Primary", make_count(None, reason="nobody judged"), 4)])
    assert "not known of 4" in html
    assert "<i" not in html


def test_no_row_is_no_table_and_labels_are_escaped():
    assert write_rows([]) == ""
    assert "a &lt; b" in write_rows([Row("a < b", make_count(0), 1)])
