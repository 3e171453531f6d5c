"""Agreement of two readers."""

import pytest
from tests.quantify.ihc.fields_of_biopsies import (
    reading,
)

from helpers.quantify.ihc.biopsies import combine_fields
from helpers.quantify.ihc.measurements import describe_amounts
from helpers.quantify.ihc.readers import measure_agreement


def test_two_readers_are_kept_apart_and_compared():
    # The six specimens of Shrout and Fleiss (1979), their first two judges: ICC(2,1) by hand.
    pairs = [(9, 2), (6, 1), (8, 4), (7, 1), (10, 5), (6, 2)]
    fields = [
        reading(score / 100, patient=f"P{n}", biopsy=f"B{n}", reader=f"R{judge}")
        for n, pair in enumerate(pairs)
        for judge, score in enumerate(pair)
    ]
    amounts = combine_fields(fields)
    assert len(amounts) == 12
    named = {one.what for one in describe_amounts(amounts, baseline=0)}
    assert named == {"CD163, R0", "CD163, R1"}
    # MSR = 4.68333, MSC = 80.08333, MSE = 0.68333: (4) / (4.68333 + 0.68333 + 2 (79.4) / 6).
    result = measure_agreement(amounts)["CD163"]
    assert (result.estimate, result.n_used) == (pytest.approx(0.12563, abs=1e-4), 6)
    assert measure_agreement([one for one in amounts if one.reader == "R0"]) == {}
    assert measure_agreement([]) == {}
