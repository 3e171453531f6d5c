"""The invented muscle biopsies: seven stains before and after treatment, scored by one reader."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.reconstruct.draws import SEED, Draws, draw_until, scale_percent
from helpers.reconstruct.skeleton import (
    MEMBERS,
    NO_BASELINE_BIOPSY,
    list_patients,
)
from helpers.reconstruct.write import Row
from helpers.stats.association import spearman_test
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
    unchanged : bool
        Whether its change must not be significant.
    """

    marker: str
    unit: str
    low: int
    high: int
    parts: int = 1
    correlated: bool = False
    unchanged: bool = True


STAINS: tuple[Stain, ...] = (
    Stain("mononuclear infiltrate", CELLS, 20, 260),
    Stain("CD3", CELLS, 8, 150),
    Stain("CD163", CELLS, 25, 240, correlated=True),
    Stain("IL-1alpha", AREA, 4, 70, parts=10, correlated=True),
    Stain("IL-1beta", AREA, 2, 45, parts=10),
    Stain("MHC class I", AREA, 60, 780, parts=10),
)

IL1RA = Stain("IL-1Ra", AREA, 3, 40, parts=10, unchanged=False)

IL1RA_AFTER = (*list_patients(responder=True), "P08", "P11", "P15")
"""All seven responders and three of eight non-responders."""

IL1RA_BEFORE = ("P01", "P03", "P07", "P08", "P12")

CORRELATION = (-0.78, -0.66)
"""Spearman's rho with the Functional Index; at n = 11 exact p about 0.006 to 0.03."""

NO_CHANGE_P = (0.12, 0.25)
"""Exact signed-rank p: no significant change, and close enough to 0.05 to notice an edit."""


def build_biopsies(*, seed: int = SEED) -> list[Row]:
    """Write one row for each patient, biopsy and stain.

    >>> len(build_biopsies())
    203
    """
    before = [name for name in list_patients() if name != NO_BASELINE_BIOPSY]
    values = {stain.marker: _draw_stain(stain, before, seed) for stain in STAINS}
    values[IL1RA.marker] = _draw_il1ra(before, seed)
    return [
        _write(stain, name, month, values[stain.marker][name, month])
        for name in list_patients()
        for month in (0, 6)
        for stain in (*STAINS, IL1RA)
        if (name, month) in values[stain.marker]
    ]


def _draw_stain(stain: Stain, before: list[str], seed: int) -> dict[tuple[str, int], int]:
    draws = Draws(f"biopsies, {stain.marker}", seed=seed)
    baseline = _draw_baseline(stain, before, draws)

    def draw() -> dict[str, int]:
        changed = {
            name: max(1, scale_percent(value, draws.between(45, 180)))
            for name, value in baseline.items()
        }
        return changed | {NO_BASELINE_BIOPSY: draws.skewed(stain.low, stain.high)}

    def accept(after: dict[str, int]) -> bool:
        changes = [after[name] - value for name, value in baseline.items()]
        p_value = signed_rank_test(changes).p_value or 0.0
        return 0 not in changes and NO_CHANGE_P[0] <= p_value <= NO_CHANGE_P[1]

    after = draw_until(draw, accept, what=f"change of {stain.marker}")
    return _join(baseline, after)


def _draw_baseline(stain: Stain, before: list[str], draws: Draws) -> dict[str, int]:
    """Draw distinct values; where correlated, high ones tend to go to a low Functional Index."""
    index = {member.patient_id: member.fi.get(6) for member in MEMBERS}

    def draw() -> dict[str, int]:
        amounts = sorted(draws.skewed(stain.low, stain.high) for _ in before)
        if not stain.correlated:
            return dict(zip(draws.shuffle(before), amounts, strict=True))
        places = {name: -(index[name] or 33) + draws.between(-16, 16) for name in before}
        return dict(zip(sorted(before, key=lambda name: places[name]), amounts, strict=True))

    def accept(amounts: dict[str, int]) -> bool:
        if len(set(amounts.values())) < len(amounts):
            return False
        known = [name for name in before if index[name] is not None]
        rho = spearman_test([amounts[n] for n in known], [index[n] for n in known]).estimate
        return not stain.correlated or CORRELATION[0] <= (rho or 0.0) <= CORRELATION[1]

    return draw_until(draw, accept, what=f"baseline of {stain.marker}")


def _draw_il1ra(before: list[str], seed: int) -> dict[tuple[str, int], int]:
    draws = Draws("biopsies, IL-1Ra", seed=seed)
    baseline = {
        name: draws.skewed(IL1RA.low, IL1RA.high) if name in IL1RA_BEFORE else 0 for name in before
    }
    after = {
        name: draws.skewed(IL1RA.low, 2 * IL1RA.high) if name in IL1RA_AFTER else 0
        for name in list_patients()
    }
    return _join(baseline, after)


def _join(before: dict[str, int], after: dict[str, int]) -> dict[tuple[str, int], int]:
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
