"""Published claims against the tables, and against each other."""

import pytest
from tests.answers.asked import COHORT, ask

from helpers.report.pieces import Table


@pytest.fixture(scope="module")
def claims():
    return ask("published_claims.claims", COHORT)


def test_every_claim_has_one_verdict_and_is_counted_once(claims):
    assert claims.numbers["id"].str.startswith("claims.").all()
    assert claims.numbers["value"].sum() == len(claims.checked)


def test_the_table_lists_every_claim_and_its_file_has_them_all(claims):
    table = claims.find("published_claims", Table)
    assert len(table.data) == len(claims.checked)


@pytest.mark.parametrize("question", ["printed_p_values", "printed_means", "contradictions"])
def test_what_is_looked_into_beside_the_data_has_no_number_of_its_own(question):
    assert ask(f"published_claims.{question}", COHORT).numbers.empty
