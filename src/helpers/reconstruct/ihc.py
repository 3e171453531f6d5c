"""The invented muscle biopsies: seven stains before and after treatment, scored by one reader."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.reconstruct.courses import draw_courses
from helpers.reconstruct.draws import SEED, Draws, draw_until, mix, scale_percent
from helpers.reconstruct.figures import Numbers, correlate, is_met, measure_biopsies, measure_il1ra
from helpers.reconstruct.separation import list_courses, sets_apart
from helpers.reconstruct.skeleton import NO_BASELINE_BIOPSY, list_patients
from helpers.reconstruct.write import Row
from helpers.stats.exact.exact import signed_rank_test

READER = "reader 1"
CELLS = "cells/mm2"
AREA = "% positive area"


@dataclass(frozen=True)
class Stain:
    """One marker: its unit, the whole units it is drawn in, and what the publications fix.

    Attributes
    ----------
    marker, unit : str
    low, high : int
        Range at baseline; small values are drawn more often.
    parts : int
        1 for whole numbers, 10 for tenths.
    correlated : bool
        Whether its baseline falls with the Functional Index of month 6.
    """

    marker: str
    unit: str
    low: int
    high: int
    parts: int = 1
    correlated: bool = False


INFILTRATE = Stain("mononuclear infiltrate", CELLS, 0, 0)
"""All mononuclear cells, so T cells, macrophages and others together; it is not drawn but added."""

STAINS: tuple[Stain, ...] = (
    Stain("CD163", CELLS, 25, 240, correlated=True),
    Stain("IL-1alpha", AREA, 4, 70, parts=10, correlated=True),
    Stain("CD3", CELLS, 8, 150),
    Stain("IL-1beta", AREA, 2, 45, parts=10),
    Stain("MHC class I", AREA, 60, 780, parts=10),
)
"""In the order in which they are drawn: a stain shares with one drawn before."""

IL1RA = Stain("IL-1Ra", AREA, 3, 60, parts=10)

IL1RA_AFTER = (*list_patients(responder=True), "P08", "P11", "P15")
"""All seven responders and three of eight non-responders."""

IL1RA_BEFORE = ("P01", "P02", "P03", "P07", "P08", "P12", "P14")
"""Nothing is printed of the first biopsies; two who had some lose it."""

CORRELATION = (-0.80, -0.65)
"""Spearman's rho with the Functional Index; at n = 11 exact p about 0.004 to 0.03."""

SLICES = ((0.06, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1))
"""Exact signed-rank p of each stain's change, dealt out by lot: where nothing changes, p is spread
evenly between 0 and 1, so each part of what is not significant has one stain."""

SHARED: dict[str, tuple[tuple[str, int], ...]] = {
    "CD3": (("CD163", 25),),
    "IL-1beta": (("IL-1alpha", 50),),
    "MHC class I": (("CD3", 35), ("CD163", 15)),
}
"""Of which stain a stain takes how many per cent of its rank at baseline and of its change."""

OTHER_CELLS = (8, 70)
"""Mononuclear cells that are neither, in per cent of T cells and macrophages."""

Percents = dict[str, int]
Counts = dict[tuple[str, int], int]
Biopsies = dict[Stain, Counts]
"""Values by patient and month, by stain."""

MARKERS = (
    "mononuclear infiltrate",
    "CD3",
    "CD163",
    "IL-1alpha",
    "IL-1beta",
    "MHC class I",
    "IL-1Ra",
)
"""Order of the rows."""


def build_biopsies(*, seed: int = SEED) -> list[Row]:
    """Write one row for each patient, biopsy and stain.

    >>> len(build_biopsies())
    203
    """
    before = [name for name in list_patients() if name != NO_BASELINE_BIOPSY]
    draws = Draws("biopsies", seed=seed)

    def accept(values: Biopsies) -> bool:
        courses = list_courses(_as_numbers(values[INFILTRATE]), what="infiltrate")
        if any(sets_apart(course) for course in courses.values()):
            return False
        return is_met(measure_biopsies(_write_all(values)))

    values = draw_until(
        lambda: _draw_stains(before, seed, draws), accept, what="the six stains together"
    )
    return _write_all({**values, IL1RA: _draw_il1ra(before, seed)})


def _write_all(values: Biopsies) -> list[Row]:
    order = sorted(values, key=lambda stain: MARKERS.index(stain.marker))
    return [
        _write(stain, name, month, values[stain][name, month])
        for name in list_patients()
        for month in (0, 6)
        for stain in order
        if (name, month) in values[stain]
    ]


def _draw_stains(before: list[str], seed: int, draws: Draws) -> Biopsies:
    """Draw the stains one after the other, and add up the infiltrate."""
    index = {
        name: visits[6]["fi"] for name, visits in draw_courses(seed=seed).items() if 6 in visits
    }
    places: dict[str, Percents] = {}
    factors: dict[str, Percents] = {}
    values: Biopsies = {}
    for stain, ends in zip(STAINS, draws.shuffle(SLICES), strict=True):
        name, given = stain.marker, SHARED.get(stain.marker, ())
        shared = [(weight, places[giver]) for giver, weight in given]
        first, places[name] = _draw_baseline(stain, before, shared, index, draws)
        moved = [(weight, factors[giver]) for giver, weight in given]
        after, factors[name] = _draw_after(stain, first, moved, ends, draws)
        values[stain] = _join(first, after)
    macrophages, _, t_cells, *_ = (values[stain] for stain in STAINS)
    others = {name: draws.between(*OTHER_CELLS) for name in list_patients()}
    values[INFILTRATE] = {
        key: scale_percent(count + t_cells[key], 100 + others[key[0]] + draws.between(-6, 6))
        for key, count in macrophages.items()
    }
    return values


def _as_numbers(values: Counts) -> Numbers:
    return {(name, float(month)): float(value) for (name, month), value in values.items()}


def _draw_baseline(
    stain: Stain,
    before: list[str],
    shared: list[tuple[int, Percents]],
    index: dict[str, int],
    draws: Draws,
) -> tuple[Percents, Percents]:
    """Draw distinct amounts and deal them out by a score that stains share in part.

    Where the stain is correlated, the other part goes by a low Functional Index.
    """

    def draw() -> tuple[Percents, Percents]:
        amounts = sorted(draws.skewed(stain.low, stain.high) for _ in before)
        scores = {}
        for name in before:
            low = (58, 100 - 2 * index.get(name, 33)) if stain.correlated else (0, 0)
            scores[name] = _share(name, [*shared, (low[0], {name: low[1]})], draws)
        ordered = sorted(before, key=lambda name: scores[name])
        return dict(zip(ordered, amounts, strict=True)), scores

    def accept(drawn: tuple[Percents, Percents]) -> bool:
        amounts, _ = drawn
        if len(set(amounts.values())) < len(amounts) or sets_apart(amounts):
            return False
        rho = correlate(amounts, index)
        return not stain.correlated or CORRELATION[0] <= rho <= CORRELATION[1]

    return draw_until(draw, accept, what=f"baseline of {stain.marker}")


def _draw_after(
    stain: Stain,
    first: Percents,
    shared: list[tuple[int, Percents]],
    ends: tuple[float, float],
    draws: Draws,
) -> tuple[Percents, Percents]:
    """Draw between a third and the triple of each first value until p lies in its slice."""

    def draw() -> tuple[Percents, Percents]:
        scores = {name: _share(name, shared, draws) for name in first}
        after = {
            name: max(1, scale_percent(value, _multiply(scores[name])))
            for name, value in first.items()
        }
        return after | {NO_BASELINE_BIOPSY: draws.skewed(stain.low, stain.high)}, scores

    def accept(drawn: tuple[Percents, Percents]) -> bool:
        after, _ = drawn
        changes = {name: after[name] - value for name, value in first.items()}
        if 0 in changes.values():
            return False
        p_value = signed_rank_test(list(changes.values())).p_value or 0.0
        return ends[0] <= p_value <= ends[1] and not (sets_apart(after) or sets_apart(changes))

    return draw_until(draw, accept, what=f"change of {stain.marker}")


def _share(name: str, shared: list[tuple[int, Percents]], draws: Draws) -> int:
    """Mix what one patient has of other scores with a part of its own, from 0 to 100."""
    parts = [(weight, scores[name]) for weight, scores in shared]
    own = 100 - sum(weight for weight, _ in parts)
    return mix(*parts, (own, draws.between(0, 100)))


def _multiply(score: int) -> int:
    """Give per cent of the first value: 30 for a score of 0, 100 for 50 and 280 for 100.

    >>> _multiply(0), _multiply(50), _multiply(100)
    (30, 100, 280)
    """
    return 30 + score * 7 // 5 if score < 50 else 100 + (score - 50) * 18 // 5


def _draw_il1ra(before: list[str], seed: int) -> Counts:
    draws = Draws("biopsies, IL-1Ra", seed=seed)

    def draw() -> Counts:
        first = {name: _draw_if(name in IL1RA_BEFORE, draws) for name in before}
        after = {name: _draw_if(name in IL1RA_AFTER, draws) for name in list_patients()}
        return _join(first, after)

    def accept(values: Counts) -> bool:
        first = {name: value for (name, month), value in values.items() if month == 0}
        return is_met(measure_il1ra(_write_all({IL1RA: values}))) and not sets_apart(first)

    return draw_until(draw, accept, what="IL-1Ra in biopsies")


def _draw_if(is_seen: bool, draws: Draws) -> int:
    """Draw an amount whether it is seen or not, so that one patient moves no other."""
    amount = draws.skewed(IL1RA.low, IL1RA.high)
    return amount if is_seen else 0


def _join(before: dict[str, int], after: dict[str, int]) -> Counts:
    first = {(name, 0): value for name, value in before.items()}
    return first | {(name, 6): value for name, value in after.items()}


def _write(stain: Stain, patient: str, month: int, value: int) -> Row:
    return {
        "patient_id": patient,
        "month": month,
        "marker": stain.marker,
        "value": value / stain.parts,
        "unit": stain.unit,
        "expressed": value > 0,
        "reader": READER,
    }
