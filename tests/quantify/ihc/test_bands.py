"""What another threshold would change."""

from tests.quantify.ihc.fields_of_biopsies import (
    band,
    reading,
)

from helpers.quantify.ihc.bands import find_small_changes, find_turns
from helpers.quantify.ihc.biopsies import combine_fields


def test_a_change_smaller_than_the_band_is_flagged_on_both_sides():
    start = band(0.10, 0.20, 0.30)
    inside, outside = band(0.30, 0.40, 0.50, month=6), band(0.301, 0.40, 0.50, month=12)
    flags = find_small_changes([start, inside, outside], baseline=0)
    assert flags == {inside: "change from month 0 is smaller than the threshold band"}


def test_a_ranking_that_turns_inside_the_band_names_the_other():
    one = band(0.10, 0.20, 0.40)
    turned, apart = band(0.15, 0.25, 0.35, patient="P02"), band(0.5, 0.6, 0.7, patient="P03")
    elsewhere = band(0.15, 0.25, 0.35, patient="P04", marker="CD3")
    flags = find_turns([one, turned, apart, elsewhere])
    words = "ranking turns inside the threshold band: {} at month 0"
    assert flags == {one: words.format("P02"), turned: words.format("P01")}


def test_amounts_without_a_threshold_have_no_band():
    amounts = combine_fields([reading(0.1), reading(0.1, month=6, biopsy="B")])
    assert find_small_changes(amounts, baseline=0) == {}
    assert find_turns(amounts) == {}
