"""Files of claims: read as printed, and every fault with its row, column and mend."""

import pytest

from helpers.contracts.claims import PRINTED, Claim
from helpers.io.claims import find_claim_faults, load_claims, load_contradictions
from helpers.study import find_study, read_study


@pytest.fixture(scope="module")
def config():
    return read_study("anakinra_iim", tables=[]).config


def make_claim(**cells):
    return Claim(**dict.fromkeys(PRINTED, "") | {"claim_id": "A"} | cells)


@pytest.mark.parametrize("name", ["anakinra_iim", "anti_mda5_case", "endurance_training_iim"])
def test_shipped_claims_have_no_fault(name):
    claims, faults = load_claims(find_study(name), read_study(name, tables=[]).config)
    assert faults == []
    assert all(claim.verb and claim.how for claim in claims if claim.kind != "external")


def test_digits_stay_as_they_were_printed(config):
    claims, _ = load_claims(find_study("anakinra_iim"), config)
    assert {claim.value for claim in claims if claim.claim_id in ("TCE-03", "SER-01")} == {
        *("-0.9", "2559"),
    }


COUNT = {"verb": "count", "table": "biopsies"}


@pytest.mark.parametrize(
    ("cells", "column", "found", "mend"),
    [
        ({"value": "1,5"}, "value", "1,5", "with a point"),
        ({"p_value": "<0.001"}, "p_value", "<0.001", "as printed"),
        ({"n": "14.5"}, "n", "14.5", "correct it"),
        ({"n": "0"}, "n", "0", "correct it"),
        ({"verb": "cuont"}, "verb", "cuont", "did you mean count?"),
        ({"verb": "count"}, "table", "nothing", "fill the cell"),
        ({"verb": "mean", "table": "labs"}, "column", "nothing", "fill the cell"),
        ({"verb": "count", "table": "biopsy"}, "table", "biopsy", "did you mean biopsies?"),
        (COUNT | {"where": "labz: day=1"}, "table", "labz", "did you mean labs?"),
        (COUNT | {"where": "markr=CD3"}, "where", "markr", "did you mean marker?"),
        (COUNT | {"where": "marker=CD33"}, "where", "marker=CD33", "did you mean CD3?"),
        (COUNT | {"where": "month=7"}, "where", "month=7", "correct the condition"),
        (COUNT | {"where": "value>much"}, "where", "value>much", "correct the condition"),
        (COUNT | {"where": "expressed=seen"}, "where", "expressed=seen", "correct the condition"),
        (COUNT | {"where": "deficit(value)>2"}, "where", "deficit(value)", "another measure"),
        (COUNT | {"where": "open()"}, "where", "'open()' is no comparison", "language"),
        (COUNT | {"of": "responders"}, "definition", "nothing", "name the definition"),
        (
            COUNT | {"of": "responders", "definition": "imacs"},
            *("definition", "imacs", "name the definition"),
        ),
        (
            {"verb": "mean", "table": "biopsies", "column": "valu"},
            *("column", "valu", "did you mean value?"),
        ),
        (
            {"verb": "no_change", "table": "biopsies", "column": "value", "times": "0|7"},
            *("times", "7", "name a planned visit"),
        ),
        (
            {"verb": "no_change", "table": "biopsies", "column": "value", "times": "0"},
            *("times", "0", "name both"),
        ),
        (
            {"verb": "direction", "table": "biopsies", "column": "value", "times": "0|6"}
            | {"expect": "more"},
            *("expect", "more", "which way"),
        ),
        (
            {"verb": "correlation", "table": "biopsies", "column": "value", "times": "0"}
            | {"against": "functional_index: fii at 6"},
            *("against", "fii", "name a column of functional_index"),
        ),
        (
            {"verb": "stated", "column": "planed_months"},
            *("column", "planed_months", "did you mean planned_months?"),
        ),
        ({"verb": "stated", "column": "notes", "where": "6 h"}, "where", "6 h", "with {} where"),
        ({"verb": "count", "table": "labs", "scale": "lg"}, "scale", "lg", "did you mean log?"),
    ],
)
def test_a_claim_that_cannot_be_checked_is_a_fault(config, cells, column, found, mend):
    [fault] = find_claim_faults(make_claim(**cells), config, row=5)
    assert (fault.file, fault.row, fault.column) == ("published_claims.csv", 5, column)
    assert found in fault.found
    assert mend in fault.mend


@pytest.mark.parametrize(
    "cells",
    [
        COUNT | {"where": "marker=CD3|CD163 & month=6 & expressed=Yes; not value<=1e2"},
        {"verb": "count", "table": "medications", "where": "drug=any name & until_month>=6"},
        {"verb": "stated", "column": "planned_months"},
        {"verb": "not checked", "how": "no full text"},
        {"value": "-0.40", "p_value": "1E-5"},
    ],
)
def test_what_is_right_has_no_fault(config, cells):
    assert find_claim_faults(make_claim(**cells), config, row=2) == []


def test_unknown_columns_are_named_with_the_nearest(tmp_path, config):
    header = ",".join([*PRINTED, "verbs"])
    (tmp_path / "published_claims.csv").write_text(f"{header}\nA{',' * len(PRINTED)}\n")
    _, [fault] = load_claims(tmp_path, config)
    assert (fault.column, fault.row) == ("verbs", 1)
    assert fault.mend.startswith("did you mean verb?")


def test_no_files_are_no_claims(tmp_path, config):
    assert load_claims(tmp_path, config) == ([], [])
    assert load_contradictions(tmp_path, []) == ([], [])
