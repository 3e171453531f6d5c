"""Simulated ELISA plates: how often the intervals hold the truth.

A plate has eight standards in duplicate (0, and 47 to 3000 pg/mL), three controls in duplicate
and 32 samples in duplicate. A well's signal varies by 0.004 + 5 % (two components). A plate may
shift all its concentrations by a factor, 8 % from plate to plate. ``flat noise`` takes the curve's
own usual interval as rival: residuals of the standards, one variance for all.
"""

import math
from dataclasses import dataclass

import numpy as np

from helpers.contracts.elisa import ElisaSettings
from helpers.quantify.elisa.assay import evaluate
from helpers.quantify.elisa.change import compare_plates, measure_change
from helpers.quantify.elisa.conclusion import conclude
from helpers.quantify.elisa.curve import Curve
from helpers.quantify.elisa.layout import Well
from helpers.quantify.elisa.read.plate import Plate, name_well
from helpers.quantify.elisa.uncertainty import Spread, calibrate, student

TRUTH = Curve("4pl", (0.05, 1.2, 1200.0, 3.2, 1.0))
STANDARDS = (0.0, 46.875, 93.75, 187.5, 375.0, 750.0, 1500.0, 3000.0)
CONTROLS = {"low": 120.0, "middle": 500.0, "high": 1800.0}
FLOOR, SHARE = 0.004, 0.05
BETWEEN = 0.08
SETTINGS = ElisaSettings(lloq=20, uloq=3000)
FLAT = "flat noise"


def make_plate(rng, named, *, wells=2, shift=0.0, name="Plate1"):
    """Make one plate and its layout: standards, controls, the named samples, and others."""
    contents = [("standard", "", x, x) for x in STANDARDS for _ in range(2)]
    contents += [("control", key, None, x) for key, x in CONTROLS.items() for _ in range(2)]
    contents += [("sample", key, None, x) for key, x in named.items() for _ in range(wells)]
    others = np.exp(rng.uniform(math.log(30), math.log(2500), (96 - len(contents)) // 2))
    contents += [("sample", f"other {i}", None, x) for i, x in enumerate(others) for _ in range(2)]
    signals, layout = {}, []
    for at, (role, sample, nominal, x) in enumerate(contents):
        well = name_well(at % 8, at // 8)
        # A plate's shift is that of its samples against its standards.
        mean = float(TRUTH.signal(x * (1 if role == "standard" else math.exp(shift))))
        signals[well] = mean + rng.normal() * math.hypot(FLOOR, SHARE * mean)
        layout.append(Well(name, well, role, sample, "P01", 0.0, "il6", nominal, 1.0, at + 2))
    return Plate(name, "simulated", "simulation", 8, 12, {"450": signals}), layout


def evaluate_plate(rng, named, **options):
    plate, layout = make_plate(rng, named, **options)
    found = conclude(evaluate(plate, layout, "il6", SETTINGS))
    return {one.sample: one for one in found}, found


@dataclass(frozen=True)
class Case:
    """One row of the table; ``run`` gives what held, how many gave nothing, the median width."""

    name: str
    draw: object
    judged: bool = True
    share: float = 1.0

    def run(self, repeats, seed):
        rng = np.random.default_rng([seed, sum(map(ord, self.name))])
        drawn = [self.draw(rng) for _ in range(max(int(repeats * self.share), 1))]
        given = [one for one in drawn if one is not None]
        held = np.array([low <= truth <= high for low, high, truth in given])
        width = float(np.median([math.log(high / low) for low, high, _ in given]))
        return held, len(drawn) - len(given), width


def value_at(truth, *, wells=2):
    def draw(rng):
        found = evaluate_plate(rng, {"it": truth}, wells=wells)[0]["it"]
        return None if found.value is None else (found.lower, found.upper, truth)

    return draw


def flat_value_at(truth):
    """Give the usual interval: one variance, from the standards' distances to the curve."""

    def draw(rng):
        plate, layout = make_plate(rng, {"it": truth})
        signals = plate.signals["450"]
        pairs = [(one.nominal, signals[one.well]) for one in layout if one.role == "standard"]
        x, y = map(np.array, zip(*pairs, strict=True))
        none = Spread(0.0, 0.0, 12, "")
        curve = calibrate(x, y, shape="4pl", weights="none", fit_to="wells", spread=none).curve
        variance = float(np.sum((y - curve.signal(x)) ** 2)) / (y.size - 4)
        flat = Spread(variance, 0.0, y.size - 4, "")
        found = calibrate(x, y, shape="4pl", weights="none", fit_to="wells", spread=flat)
        read = np.mean([signals[one.well] for one in layout if one.sample == "it"])
        one = found.estimate(float(read), 2)
        if one is None:
            return None
        reach = min(student(flat.df) * math.sqrt(one.log_variance), 700)
        x = one.concentration
        return x * math.exp(-reach), x * math.exp(reach), truth

    return draw


def change_on_one_plate(first, second):
    def draw(rng):
        found, _ = evaluate_plate(rng, {"a": first, "b": second})
        change = measure_change(found["a"], found["b"])
        return None if change.ratio is None else (change.lower, change.upper, second / first)

    return draw


def change_on_two_plates(first, second, *, plates, included=True):
    def draw(rng):
        found, everything = [], []
        for at in range(plates):
            named = {0: {"a": first}, 1: {"b": second}}.get(at, {})
            shift = rng.normal() * BETWEEN
            one, all_of_it = evaluate_plate(rng, named, shift=shift, name=f"Plate{at}")
            found.append(one)
            everything += all_of_it
        between = compare_plates(everything) if included else None
        change = measure_change(found[0]["a"], found[1]["b"], between)
        return None if change.ratio is None else (change.lower, change.upper, second / first)

    return draw


COVERAGE = (
    Case("value, 40 pg/mL in duplicate", value_at(40.0)),
    Case("value, 200 pg/mL in duplicate", value_at(200.0)),
    Case("value, 1500 pg/mL in duplicate", value_at(1500.0)),
    Case("value, 40 pg/mL in one well", value_at(40.0, wells=1)),
    Case("value, 1500 pg/mL in triplicate", value_at(1500.0, wells=3)),
    Case("change, 40 to 60 pg/mL, one plate", change_on_one_plate(40.0, 60.0)),
    Case("change, 1500 to 700 pg/mL, one plate", change_on_one_plate(1500.0, 700.0)),
    Case("change, none at 300 pg/mL, one plate", change_on_one_plate(300.0, 300.0)),
    Case(
        "change, 300 to 600 pg/mL, two of 6 plates",
        change_on_two_plates(300.0, 600.0, plates=6),
        share=0.5,
    ),
    Case(
        "change, 1500 to 700 pg/mL, two of 12 plates",
        change_on_two_plates(1500.0, 700.0, plates=12),
        share=0.25,
    ),
    Case(
        "change, 300 to 600 pg/mL, two plates, their controls only",
        change_on_two_plates(300.0, 600.0, plates=2),
        judged=False,
    ),
    Case(
        "change, 300 to 600 pg/mL, two plates, between not included",
        change_on_two_plates(300.0, 600.0, plates=2, included=False),
        judged=False,
    ),
    Case("flat noise (the usual way), 40 pg/mL", flat_value_at(40.0), judged=False),
    Case("flat noise (the usual way), 1500 pg/mL", flat_value_at(1500.0), judged=False),
)
