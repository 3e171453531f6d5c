"""How sure the data make a reader is told by one standard, and never for more than it is."""

import pytest
from tests.report.cohorts import read_words
from tests.statements.studies import build, find, make_arms

from helpers.answers import response
from helpers.report.pieces import Text


def read(answer):
    """Give all paragraphs of an answer as a reader sees them."""
    pieces = [piece for piece in answer.list_pieces() if isinstance(piece, Text)]
    return " ".join(read_words(text) for piece in pieces for text in piece.paragraphs)


def ask_share(folder, *fates, **arms):
    chosen = make_arms(**(arms or {"drug": len(fates)}))
    return response.share(
        build(folder, chosen, fates=dict(zip(chosen, ([fate] for fate in fates), strict=True)))
    )


class TestConfidence:
    def test_is_said_by_mid_p_with_the_exact_value_in_its_record(self, tmp_path):
        answer = ask_share(tmp_path, "better", "better", "same", "same")
        # By hand, in 81ths at a true third: 48 below 2 of 4, and 24 at it.
        row = find(answer, "response.drug.confidence")
        assert float(row["value"]) == pytest.approx(60 / 81)
        assert "mid-p; exact: 59.3" in read_words(row["method"])
        exact = find(answer, "response.drug.confidence_exact")["value"]
        assert float(exact) == pytest.approx(48 / 81)
        assert "The confidence that more than a third improve is 74 % (mid-p)" in read(answer)

    def test_is_never_the_probability_that_the_drug_works(self, tmp_path):
        told = read(ask_share(tmp_path, "better", "better", "better", "same"))
        assert "not the probability that the treatment works" in told
        assert "probability that the drug" not in told

    def test_of_an_arm_without_anybody_judged_is_not_said(self, tmp_path):
        answer = ask_share(tmp_path, "unknown", "unknown")
        assert "confidence that" not in read(answer)
