"""A short form of benchmarks/attack.py: a few cases of each attack, and proof that it can see."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def door(monkeypatch):
    """The tool as a module; its own folder is on the path, as when it is run."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("attack")


def try_cases(door, name, cases, tmp_path):
    attack = door.ATTACKS[name]
    return [(one.number, one.kind, one.case, one.seen) for one in attack.run(cases, tmp_path)]


@pytest.mark.parametrize(
    ("name", "cases"),
    [
        ("inputs", range(1_000_000, 1_000_030)),
        ("kills", [1_000_000]),
        ("settings", [1_000_000]),
        ("notebooks", [1_000_000]),
        ("cache", range(1_000_000, 1_000_010)),
    ],
)
def test_a_few_cases_of_each_attack_find_nothing(door, name, cases, tmp_path):
    assert try_cases(door, name, cases, tmp_path) == []
