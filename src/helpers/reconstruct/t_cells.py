"""The invented flow cytometry of CD4 T cells, and IL-17A secretion in culture."""

from __future__ import annotations

from itertools import pairwise

from helpers.reconstruct.courses import CK_WITH_CELLS
from helpers.reconstruct.draws import SEED, Draws, draw_until, fit_to_total, scale_percent
from helpers.reconstruct.figures import is_met, measure_t_cells, pick
from helpers.reconstruct.separation import list_courses, sets_apart
from helpers.reconstruct.skeleton import CELLS_AT_BASELINE, CELLS_AT_SIX, IL17A_RISES
from helpers.reconstruct.write import Row
from helpers.stats.exact.exact import signed_rank_test

PARENT = "CD4+ T cells"
MEMORY, NAIVE = "CD4+ CD45RO+", "CD4+ CD45RA+"
IFN_GAMMA, TNF, IL17A = "CD4+ IFN-gamma+", "CD4+ TNF+", "CD4+ IL-17A+"

HUNDREDTHS = 100
"""Percentages are drawn in hundredths of 1 %."""

MEMORY_ORDER = ("P02", "P06", "P10", "P01", "P14", "P15", "P03", "P11")
"""From the fewest memory cells to the most. By the fall of CK, largest first, it would run P06,
P02, P01, P10, P15, P14, P03, P11: three neighbouring pairs are swapped, which makes Spearman's rho
1 - 6 * 162 / 504 = -0.929, the only value of eight ranks that prints as R = -0.9, p = 0.001."""

IFN_GAMMA_ENDS = (8, 496)
IFN_GAMMA_TOTAL = 880
"""Hundredths of 1 %: a mean of 1.1 % in eight, range 0.08 to 4.96 %."""

IL17A_ENDS = (3, 40)
IL17A_TOTAL = 128
"""A mean of 0.16 % in eight, range 0.03 to 0.40 %."""

DONORS = tuple(f"D{number}" for number in range(1, 9))
STIMULATED, TREATED = "stimulated", "stimulated + anakinra"
FALL_P = (0.01, 0.045)

Percents = dict[str, int]
Samples = dict[int, dict[str, Percents]]
"""Percentages by month, patient and population."""


def build_t_cells(*, seed: int = SEED) -> list[Row]:
    """Write one row for each patient, blood sample and population.

    >>> len(build_t_cells())
    70
    """
    assert sorted(MEMORY_ORDER) == sorted(CELLS_AT_BASELINE) == sorted(CK_WITH_CELLS)
    draws = Draws("t_cells", seed=seed)
    samples = draw_until(lambda: _draw_samples(draws), _accept, what="T cells")
    events = Draws("t_cells, events", seed=seed)
    return [
        row
        for name in CELLS_AT_BASELINE
        for month in (0, 6)
        if name in samples[month]
        for row in _write(name, month, samples[month][name], events)
    ]


def _draw_samples(draws: Draws) -> Samples:
    """Draw both samples."""
    baseline = _draw_baseline(draws)
    first = {
        name: {population: baseline[population][name] for population in baseline}
        for name in CELLS_AT_BASELINE
    }
    return {0: first, 6: {name: _draw_change(name, first[name], draws) for name in CELLS_AT_SIX}}


def _accept(samples: Samples) -> bool:
    """Tell whether targets are met and no population sets responders apart at any time."""
    rows: list[Row] = [
        {"patient_id": name, "month": month, "population": population, "percent": percent}
        for month, sample in samples.items()
        for name, percents in sample.items()
        for population, percent in percents.items()
    ]
    if not is_met(measure_t_cells(rows)):
        return False
    courses = (
        list_courses(pick(rows, "percent", population=population), what=population)
        for population in (MEMORY, NAIVE, IFN_GAMMA, TNF, IL17A)
    )
    return not any(sets_apart(values) for course in courses for values in course.values())


def build_in_vitro(*, seed: int = SEED) -> list[Row]:
    """Write IL-17A in the culture of eight donors' cells, with and without anakinra.

    >>> len(build_in_vitro())
    16
    """
    draws = Draws("in_vitro", seed=seed)

    def draw() -> dict[str, tuple[int, int]]:
        secreted = {donor: draws.skewed(220, 2_400) for donor in DONORS}
        return {
            donor: (level, scale_percent(level, draws.between(45, 112)))
            for donor, level in secreted.items()
        }

    def accept(levels: dict[str, tuple[int, int]]) -> bool:
        result = signed_rank_test([treated - alone for alone, treated in levels.values()])
        return (result.estimate or 0.0) < 0 and FALL_P[0] <= (result.p_value or 1.0) <= FALL_P[1]

    levels = draw_until(draw, accept, what="IL-17A in vitro")
    return [
        {
            "donor": donor,
            "condition": condition,
            "analyte": "IL-17A",
            "concentration": level,
            "unit": "pg/mL",
        }
        for donor, pair in levels.items()
        for condition, level in zip((STIMULATED, TREATED), pair, strict=True)
    ]


def _draw_baseline(draws: Draws) -> dict[str, Percents]:
    memory = _draw_memory(draws)
    return {
        MEMORY: memory,
        NAIVE: {
            name: 100 * HUNDREDTHS - value - draws.between(200, 800)
            for name, value in memory.items()
        },
        IFN_GAMMA: _draw_around_ends(IFN_GAMMA_ENDS, IFN_GAMMA_TOTAL, (20, 130), draws),
        TNF: {name: draws.skewed(150, 1_400) for name in CELLS_AT_BASELINE},
        IL17A: _draw_around_ends(IL17A_ENDS, IL17A_TOTAL, (7, 26), draws),
    }


def _draw_memory(draws: Draws) -> Percents:
    """Draw eight shares at least 2 % apart, in the order written down above."""
    shares = draw_until(
        lambda: sorted(draws.between(280, 820) * 10 for _ in MEMORY_ORDER),
        lambda drawn: all(b - a >= 200 for a, b in pairwise(drawn)),
        what="share of memory cells",
    )
    return dict(zip(MEMORY_ORDER, shares, strict=True))


def _draw_around_ends(
    ends: tuple[int, int], total: int, middle: tuple[int, int], draws: Draws
) -> Percents:
    """Place the ends of the printed range, and between them values that add up to the mean."""
    drawn = [draws.skewed(*middle) for _ in CELLS_AT_BASELINE[2:]]
    fitted = fit_to_total(drawn, total=total - sum(ends), low=ends[0] + 1, high=ends[1] - 1)
    return dict(zip(draws.shuffle(CELLS_AT_BASELINE), [*ends, *fitted], strict=True))


def _draw_change(patient: str, first: Percents, draws: Draws) -> Percents:
    """IFN-gamma rises in all six; IL-17A falls in all but one; the rest moves little."""
    memory = scale_percent(first[MEMORY], draws.between(93, 107))
    il17a = draws.between(130, 170) if patient == IL17A_RISES else draws.between(45, 80)
    return {
        MEMORY: memory,
        NAIVE: 100 * HUNDREDTHS - memory - draws.between(200, 800),
        IFN_GAMMA: first[IFN_GAMMA]
        + max(2, scale_percent(first[IFN_GAMMA], draws.between(15, 90))),
        TNF: scale_percent(first[TNF], draws.between(70, 150)),
        IL17A: scale_percent(first[IL17A], il17a),
    }


def _write(patient: str, month: int, percents: Percents, events: Draws) -> list[Row]:
    acquired = events.between(18_000, 64_000)
    return [
        {
            "patient_id": patient,
            "month": month,
            "population": population,
            "parent": PARENT,
            "percent": percent / HUNDREDTHS,
            "events": acquired,
        }
        for population, percent in percents.items()
    ]
