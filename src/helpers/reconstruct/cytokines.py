"""The invented sera: IL-1Ra with the printed means and range, and G-CSF."""

from __future__ import annotations

from helpers.reconstruct.draws import SEED, Draws, draw_until, fit_to_total, scale_percent
from helpers.reconstruct.figures import is_met, measure_cytokines
from helpers.reconstruct.separation import find_p
from helpers.reconstruct.skeleton import NO_SERUM, list_on_study_at_six, list_patients
from helpers.reconstruct.write import Row
from helpers.stats.exact.exact import signed_rank_test

BASELINE_MEAN, BASELINE_LOW, BASELINE_HIGH = 2559, 467, 6937
AFTER_MEAN = 19_571
"""pg/mL, as printed. The printed range of month 6 is impossible and is not used."""

AFTER_LOW, AFTER_HIGH = 7_000, 48_000
"""A serum on the drug holds far more than one without it, since the drug is IL-1Ra."""

UNRELATED_P = 0.2
"""Comparisons of responders with non-responders are at or above this exact p: the publication
says that neither protein is related to response."""

FALL_P = (0.01, 0.045)
GCSF_LLOQ = 100
"""Lower limit of quantification of G-CSF, in tenths of 1 pg/mL."""

Levels = dict[str, int]


def build_cytokines(*, seed: int = SEED) -> list[Row]:
    """Write one row for each patient, serum and protein.

    >>> len(build_cytokines())
    48
    """
    before = [name for name in list_patients() if name != NO_SERUM]
    after = [name for name in list_on_study_at_six() if name != NO_SERUM]
    il1ra, gcsf = _draw_il1ra(before, after, seed), _draw_gcsf(before, after, seed)
    rows = []
    for name in before:
        for month in (0, 6) if name in after else (0,):
            rows.append(_write(name, month, "IL-1Ra", il1ra[month][name], parts=1, lloq=0))
            rows.append(_write(name, month, "G-CSF", gcsf[month][name], parts=10, lloq=GCSF_LLOQ))
    return rows


def _draw_il1ra(before: list[str], after: list[str], seed: int) -> dict[int, Levels]:
    draws = Draws("cytokines, IL-1Ra", seed=seed)

    def draw() -> dict[int, Levels]:
        return {0: _draw_baseline(before, draws), 6: _draw_risen(after, draws)}

    def accept(levels: dict[int, Levels]) -> bool:
        rows = [
            _write(name, month, "IL-1Ra", level, parts=1, lloq=0)
            for month, of in levels.items()
            for name, level in of.items()
        ]
        return is_met(measure_cytokines(rows)) and min(_compare_groups(levels)) >= UNRELATED_P

    return draw_until(draw, accept, what="serum IL-1Ra")


def _draw_baseline(before: list[str], draws: Draws) -> Levels:
    """Place the ends of the printed range, and between them values that add up to the mean."""
    between = [draws.skewed(600, 5_800) for _ in before[2:]]
    total = BASELINE_MEAN * len(before) - BASELINE_LOW - BASELINE_HIGH
    # Squeezed towards the sum first, so that the last correction is small.
    squeezed = [value * total // sum(between) for value in between]
    fitted = fit_to_total(squeezed, total=total, low=BASELINE_LOW + 1, high=BASELINE_HIGH - 1)
    return dict(zip(draws.shuffle(before), [BASELINE_LOW, BASELINE_HIGH, *fitted], strict=True))


def _draw_risen(after: list[str], draws: Draws) -> Levels:
    total = AFTER_MEAN * len(after)
    drawn = [draws.skewed(AFTER_LOW, AFTER_HIGH) for _ in after]
    squeezed = [value * total // sum(drawn) for value in drawn]
    fitted = fit_to_total(squeezed, total=total, low=AFTER_LOW, high=AFTER_HIGH)
    return dict(zip(after, fitted, strict=True))


def _draw_gcsf(before: list[str], after: list[str], seed: int) -> dict[int, Levels]:
    draws = Draws("cytokines, G-CSF", seed=seed)

    def draw() -> dict[int, Levels]:
        first = {name: draws.skewed(150, 900) for name in before}
        second = {
            name: max(GCSF_LLOQ, scale_percent(first[name], draws.between(45, 115)))
            for name in after
        }
        return {0: first, 6: second}

    def accept(levels: dict[int, Levels]) -> bool:
        changes = [levels[6][name] - levels[0][name] for name in after]
        p_value = signed_rank_test(changes).p_value or 1.0
        falls = sum(change < 0 for change in changes) > len(changes) / 2
        some_below = GCSF_LLOQ in levels[6].values()
        if not (falls and some_below and FALL_P[0] <= p_value <= FALL_P[1]):
            return False
        return min(_compare_groups(levels)) >= UNRELATED_P

    return draw_until(draw, accept, what="serum G-CSF")


def _compare_groups(levels: dict[int, Levels]) -> list[float]:
    """Exact p of responders against others at baseline, at month 6 and in the change."""
    change = {name: value - levels[0][name] for name, value in levels[6].items()}
    return [find_p(values) for values in (levels[0], levels[6], change)]


def _write(patient: str, month: int, analyte: str, level: int, *, parts: int, lloq: int) -> Row:
    return {
        "patient_id": patient,
        "month": month,
        "analyte": analyte,
        "concentration": level / parts,
        "unit": "pg/mL",
        "bound": "below" if level <= lloq else "in_range",
    }
