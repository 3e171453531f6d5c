"""The Functional Index of responders and others."""

import pandas as pd
from tests.report.cohorts import make_cohort

from helpers.answers import functional_index


def ask(**settings):
    index = pd.DataFrame(
        {"patient_id": list("ABAB"), "month": [0.0, 0.0, 3.0, 3.0], "fi": [20.0, 20, 30, 30]}
    )
    study = make_cohort(
        {"A": ["better"], "B": ["same"]}, tables={"functional_index": index}, **settings
    )
    return functional_index.performance(study)


def test_who_improved_is_counted_among_responders_and_others():
    ledger = ask().ledger
    assert (ledger["fi.improved.responders"].value, ledger["fi.improved.responders"].n) == (1, 1)
    assert (ledger["fi.improved.others"].value, ledger["fi.improved.others"].n) == (1, 1)


def test_responders_are_those_of_the_studys_rule():
    ledger = ask(response={"measures_needed": 5}).ledger
    assert ledger["fi.improved.responders"].n == 0
    assert ledger["fi.improved.others"].n == 2
