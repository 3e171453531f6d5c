import math
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.quantify.elisa.change import BetweenPlates, compare_plates, measure_change
from helpers.quantify.elisa.uncertainty import student


@pytest.fixture
def simulate(monkeypatch):
    """Give a simulated plate's conclusions, by sample and listed."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / "benchmarks"))
    from instruments.elisa import evaluate_plate

    yield lambda named, seed=1, **options: evaluate_plate(
        np.random.default_rng(seed), named, **options
    )
    sys.modules.pop("instruments.elisa", None)


def test_on_one_plate_what_both_share_cancels(simulate):
    found, _ = simulate({"a": 300.0, "b": 330.0})
    a, b = found["a"].estimate, found["b"].estimate
    change = measure_change(found["a"], found["b"])
    assert change.ratio == pytest.approx(found["b"].value / found["a"].value)
    expected = a.log_variance + b.log_variance - 2 * a.log_covariance(b)
    assert change.log_se == pytest.approx(math.sqrt(expected))
    assert change.log_se < math.sqrt(a.log_variance + b.log_variance)
    reach = student(a.calibration.spread.df) * change.log_se
    assert change.upper == pytest.approx(change.ratio * math.exp(reach))
    assert "one plate" in change.method


def test_a_change_of_nothing_is_one_and_within_the_assay(simulate):
    found, _ = simulate({"a": 300.0})
    change = measure_change(found["a"], found["a"])
    assert (change.ratio, change.beyond_assay) == (1.0, False)


def test_a_large_change_is_beyond_the_assay(simulate):
    found, _ = simulate({"a": 300.0, "b": 1500.0})
    assert measure_change(found["a"], found["b"]).beyond_assay is True


def test_two_plates_say_what_is_not_included(simulate):
    one, _ = simulate({"a": 300.0}, 1, name="Plate1")
    two, _ = simulate({"b": 300.0}, 2, name="Plate2")
    change = measure_change(one["a"], two["b"])
    assert "not included" in change.method
    variance = one["a"].estimate.log_variance + two["b"].estimate.log_variance
    assert change.log_se == pytest.approx(math.sqrt(variance))


def test_controls_on_both_plates_widen_the_interval(simulate):
    one, all_one = simulate({"a": 300.0}, 1, name="Plate1", shift=0.2)
    two, all_two = simulate({"b": 300.0}, 2, name="Plate2", shift=-0.2)
    between = compare_plates([*all_one, *all_two])
    assert (len(between.plates), between.controls) == (2, 3)
    # The plates' means are 0.4 apart: half the squared distance is the variance between them.
    assert between.observed == pytest.approx(0.4**2 / 2, rel=0.5)
    assert 0 < between.variance < between.observed
    bare = measure_change(one["a"], two["b"])
    full = measure_change(one["a"], two["b"], between)
    assert full.log_se**2 == pytest.approx(bare.log_se**2 + 2 * between.variance)
    assert "3 controls on 2 plates" in full.method


def test_a_plate_without_controls_leaves_fewer_degrees_of_freedom(simulate):
    one, _ = simulate({"a": 300.0}, 1, name="Plate1")
    two, _ = simulate({"b": 300.0}, 2, name="Plate2")
    among = BetweenPlates(0.01, 0.01, frozenset({"Plate1", "Plate2", "Plate3"}), 2)
    beyond = BetweenPlates(0.01, 0.01, frozenset({"Plate1", "Plate3", "Plate4"}), 2)
    narrow = measure_change(one["a"], two["b"], among)
    wide = measure_change(one["a"], two["b"], beyond)
    assert narrow.log_se == wide.log_se
    assert narrow.upper < wide.upper


def test_plates_that_agree_have_no_variance_between_them(simulate):
    _, one = simulate({}, 1, name="Plate1")
    _, same = simulate({}, 1, name="Plate2")
    assert compare_plates([*one, *same]).variance == 0


def test_controls_of_one_plate_compare_nothing(simulate):
    _, one = simulate({}, 1)
    assert compare_plates(one) is None
    assert compare_plates([]) is None


def test_a_sample_without_a_value_has_no_change(simulate):
    found, _ = simulate({"a": 300.0, "b": 0.1})
    change = measure_change(found["a"], found["b"])
    assert (change.ratio, change.beyond_assay) == (None, None)
    assert change.why.startswith("b: below quantification")
