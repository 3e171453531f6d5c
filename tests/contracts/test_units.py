from fractions import Fraction

import pytest

from helpers.contracts.units import UNITS, find_factor, find_unit, name_unit


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("µkat/L", "ukat/L"),
        ("\N{GREEK SMALL LETTER MU}kat/l", "ukat/L"),
        ("ukat/l", "ukat/L"),
        ("mikrokat/L", "ukat/L"),
        ("IU/L", "U/L"),
        ("pg/ml", "pg/mL"),
        ("ng/L", "pg/mL"),
        ("ng / ml", "ng/mL"),
        ("µg/mL", "mg/L"),
        ("cells/mm²", "cells/mm2"),
        ("/mm2", "cells/mm2"),
        ("procent", "%"),
        ("Poäng", "points"),
        ("MFI  units", "MFI units"),
    ],
)
def test_a_unit_has_one_name_however_it_is_spelt(spelt, name):
    assert name_unit(spelt) == name


@pytest.mark.parametrize(
    ("given", "wanted", "factor"),
    [
        # 1 U = 1 umol/min and 1 kat = 1 mol/s, so 1 U/L = 1/60 ukat/L.
        ("U/L", "µkat/L", Fraction(1, 60)),
        ("ukat/L", "U/L", Fraction(60)),
        ("ng/mL", "pg/mL", Fraction(1000)),
        ("ng/L", "pg/mL", Fraction(1)),
        ("mg/dL", "mg/L", Fraction(10)),
        ("mm", "cm", Fraction(1, 10)),
        ("fraction", "%", Fraction(100)),
        ("months", "years", Fraction(1, 12)),
        ("min", "s", Fraction(60)),
        ("MFI", "MFI", Fraction(1)),
    ],
)
def test_units_of_one_quantity_convert_exactly(given, wanted, factor):
    assert find_factor(given, wanted) == factor


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("pg/mL", "U/L"), ("days", "months"), ("MFI", "pg/mL"), ("mmol/L", "mg/dL"), ("%", "cm")],
)
def test_no_factor_is_made_up(given, wanted):
    assert find_factor(given, wanted) is None


def test_no_spelling_means_two_units():
    seen = {}
    for unit in UNITS:
        for word in (unit.name, *unit.spellings):
            assert find_unit(word) is unit, word
            assert seen.setdefault(word.casefold(), unit) is unit
