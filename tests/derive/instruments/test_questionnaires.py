import numpy as np
import pandas as pd
import pytest

from helpers.derive.instruments.questionnaires import spread_items

ITEMS = ["1", "2", "10"]
ALLOWED = dict.fromkeys(ITEMS, (1, 2, 3))


def answers(*rows, instrument="map"):
    table = pd.DataFrame(rows, columns=["patient_id", "month", "item", "response"])
    return table.assign(instrument=instrument)


def spread(table):
    return spread_items(table, "map", items=ITEMS, allowed=ALLOWED)


def test_items_become_columns_in_the_order_of_the_form_and_gaps_stay_missing():
    wide = spread(answers(("P2", 6.0, "10", 3.0), ("P2", 6.0, "1", 1.0), ("P1", 0.0, "2", np.nan)))
    assert wide.columns.tolist() == ITEMS
    assert wide.index.tolist() == [("P2", 6.0), ("P1", 0.0)]
    np.testing.assert_equal(wide.to_numpy(), [[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])


def test_other_instruments_are_left_out():
    assert spread(answers(("P1", 0.0, "99", 9.0), instrument="haq")).empty


def test_every_fault_is_named_at_once():
    table = answers(("P1", 0.0, "11", 1.0), ("P1", 0.0, "1", 4.0), ("P2", 3.0, "2", 1.5))
    with pytest.raises(
        ValueError,
        match=r"item 11 is not one of 1 to 10; P1, month 0, item 1: 4 is not one of 1, 2, 3; "
        r"P2, month 3, item 2: 1\.5 is not one of 1, 2, 3",
    ):
        spread(table)


def test_a_repeated_item_is_refused():
    with pytest.raises(ValueError, match="one row per patient_id x month x instrument x item"):
        spread(answers(("P1", 0.0, "1", 1.0), ("P1", 0.0, "1", 2.0)))
