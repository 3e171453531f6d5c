"""A short form of benchmarks/malformed.py and coverage.py, and proof that they can see."""

import importlib
import math
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
CASES = 40


@pytest.fixture
def load(monkeypatch):
    """Import a module of the benchmarks; their folder is on the path, as when they are run."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_spoilt_plates_are_read_or_refused_with_a_place(load, tmp_path):
    door, plates = load("malformed"), load("instruments.elisa_spoilt")
    seen = set()
    for number in range(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        case, became = door.run_case(plates, 5_000_000 + number, folder)
        assert became in ("read", "refused"), f"case {5_000_000 + number}, {case.way}: {became}"
        seen.add(became)
    assert seen == {"read", "refused"}


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (KeyError("x"), "wrong: Traceback"),
        (MemoryError(), "wrong: more than 1 GB"),
        (None, "wrong: a change that must be seen was read"),
    ],
)
def test_what_goes_wrong_is_told(load, tmp_path, monkeypatch, outcome, told):
    door, plates = load("malformed"), load("instruments.elisa_spoilt")

    def read(case):
        if outcome is not None:
            raise outcome
        return []

    monkeypatch.setattr(plates, "read", read)
    monkeypatch.setattr(plates, "WAYS", {"missing row": plates.WAYS["missing row"]})
    assert door.run_case(plates, 1, tmp_path)[1].startswith(told)


def test_a_good_plate_of_each_base_is_read(load, tmp_path, monkeypatch):
    plates = load("instruments.elisa_spoilt")
    monkeypatch.setattr(plates, "WAYS", {"nothing": lambda *given: False})
    for number in range(14):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert plates.read(plates.spoil(number, folder)) == []


def test_simulated_intervals_have_a_truth_and_two_limits(load):
    plates = load("instruments.elisa")
    case = plates.Case("value", plates.value_at(200.0))
    held, none, width = case.run(3, 1)
    assert (held.size, none) == (3, 0)
    assert 0.1 < width < 0.5
    named = plates.evaluate_plate(np.random.default_rng(1), {"it": 200.0})[0]["it"]
    assert named.lower < named.value < named.upper
    assert math.isfinite(named.se)
