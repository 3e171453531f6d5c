"""Fields combined to the biopsy, with the spread between them."""

import pytest
from tests.quantify.ihc.fields_of_biopsies import (
    reading,
)

from helpers.quantify.ihc.biopsies import combine_fields
from helpers.quantify.ihc.measurements import describe_amounts


def test_fields_of_one_size_have_the_mean_and_its_interval():
    # By hand: mean 15, SD / 2 = 2.48328, t(0.975, 3) = 3.18245; on the logit scale
    # -1.73460 -/+ 3.18245 x 0.0248328 / (0.15 x 0.85) = -1.73460 -/+ 0.61984.
    fields = [reading(x / 100, field=str(x)) for x in (10, 12, 17, 21)]
    (amount,) = combine_fields(fields)
    assert (amount.value, amount.se) == pytest.approx((15.0, 2.48328), abs=1e-4)
    assert (amount.lower, amount.upper) == pytest.approx((8.671, 24.698), abs=1e-3)


def test_fields_with_little_tissue_weigh_little():
    # By hand: (30 + 1) / (100 + 10) = 28.18 %; without one field 10 and 30 %, so the jackknife
    # gives sqrt(1/2 (10^2 + 10^2)) = 10.
    (amount,) = combine_fields([reading(30, size=100), reading(1, size=10, field="2")])
    assert (amount.value, amount.se) == pytest.approx((28.1818, 10.0), abs=1e-4)


def test_the_biopsy_is_the_unit_where_there_are_several():
    # Biopsies of 10 and 20 %: mean 15, se 5, whatever the number of fields in each.
    fields = [reading(0.1, field=str(n)) for n in range(8)] + [reading(0.2, biopsy="B")]
    (amount,) = combine_fields(fields)
    assert (amount.value, amount.se, amount.interval_method) == (
        pytest.approx(15.0),
        pytest.approx(5.0),
        "t over 2 biopsies, logit scale",
    )
    assert describe_amounts([amount], baseline=0)[0].n == 2


def test_fields_that_all_show_the_same_give_no_interval_without_width():
    fields = [reading(0.0, field=str(n)) for n in range(5)]
    (amount,) = combine_fields(fields)
    assert (amount.value, amount.se, amount.lower) == (0.0, None, None)
    assert amount.qc == "all fields show the same: no interval"
