import pytest

from helpers.quantify.elisa.read.plate import (
    Plate,
    find_shape,
    fits_plate,
    name_apart,
    nearest_well,
    spell_well,
)

SMALL = Plate("p", "f", "", 8, 12, {"450": {"B10": 1.0, "B9": 1.0, "A1": 1.0}})


@pytest.mark.parametrize(
    ("text", "well"),
    [("A1", "A1"), ("a01", "A1"), ("H12", "H12"), ("P24", "P24"), ("B 7", "B7")],
)
def test_wells_are_spelt_one_way(text, well):
    assert spell_well(text) == well


@pytest.mark.parametrize("text", ["Q1", "A0", "A25", "A", "1A", "A1x", "", "Å1", "A١"])
def test_what_is_no_well(text):
    assert spell_well(text) is None


def test_a_plate_has_its_own_wells_only():
    assert fits_plate("H12", SMALL)
    assert not fits_plate("H13", SMALL)
    assert not fits_plate("I12", SMALL)


def test_the_nearest_well_is_named():
    assert nearest_well("H13", SMALL) == "H12"
    assert nearest_well("I2", SMALL) == "H2"
    assert nearest_well("B7x", SMALL) == "B7"
    assert nearest_well("?", SMALL) == ""


def test_wells_stand_in_the_order_of_the_plate():
    assert SMALL.wells == ("A1", "B9", "B10")


def test_shapes_and_names():
    assert find_shape(["H12"]) == (8, 12)
    assert find_shape(["H13"]) == find_shape(["I12"]) == (16, 24)
    assert name_apart(["x", "x", "y", "x"]) == ["x", "x (2)", "y", "x (3)"]
