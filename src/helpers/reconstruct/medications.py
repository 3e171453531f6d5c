"""The invented drug courses: anakinra, what stayed as it was, and what had been tried before."""

from __future__ import annotations

from helpers.reconstruct.clinical_response import build_patients
from helpers.reconstruct.draws import SEED, Draws, draw_until
from helpers.reconstruct.figures import is_met, measure_medications
from helpers.reconstruct.separation import list_treatments, sets_apart
from helpers.reconstruct.skeleton import MEMBERS, Member
from helpers.reconstruct.write import Row

ANAKINRA_DOSE = 100
HIGH_DOSES = (0.8, 0.9, 1)
"""mg/kg/day; the entry criterion asks for more than 0.75 for at least one month."""

TAPER_DOSES = (17.5, 20, 25, 30)
PREDNISOLONE_DOSES = (2.5, 5, 5, 7.5, 7.5, 10, 10, 12.5, 15)
"""mg/day; a dose that stands twice is taken twice as often."""

SECOND_DRUGS: dict[str, tuple[str, tuple[float, ...]]] = {
    "methotrexate": ("mg/week", (10, 12.5, 15, 17.5, 20, 25)),
    "azathioprine": ("mg/day", (75, 100, 125, 150)),
}
"""Those that the entry criteria name."""

TRIED_BEFORE = SECOND_DRUGS | {
    "ciclosporin": ("mg/day", (150, 200, 250)),
    "mycophenolate mofetil": ("g/day", (1, 1.5, 2)),
}

Course = tuple[str, float, str, int, int | None]
"""Drug, dose, unit, first and last month."""


def build_medications(*, seed: int = SEED) -> list[Row]:
    """Write every patient's courses: steroid from its high dose down, drugs before, anakinra.

    >>> sum(row["drug"] == "anakinra" for row in build_medications())
    15
    """
    draws = Draws("medications", seed=seed)
    years = {str(row["patient_id"]): row for row in build_patients(seed=seed)}

    def draw() -> list[Row]:
        return [
            _write(member, *course)
            for member in MEMBERS
            for course in _draw_courses(
                member, int(years[member.patient_id]["disease_duration_years"] or 0), draws
            )
        ]

    def accept(rows: list[Row]) -> bool:
        if not is_met(measure_medications(rows)):
            return False
        return not any(sets_apart(values) for values in list_treatments(rows).values())

    return draw_until(draw, accept, what="drug courses")


def _draw_courses(member: Member, years: int, draws: Draws) -> list[Course]:
    anakinra = ("anakinra", ANAKINRA_DOSE, "mg/day", 0, member.last_month)
    # Treatment began between the first year of the disease and half a year before the trial.
    began = -draws.between(min(12 * years - 12, 60) or 6, 12 * years - 2)
    return [*_draw_steroid(began, draws), *_draw_second(began, draws), anakinra]


def _draw_steroid(began: int, draws: Draws) -> list[Course]:
    """High dose, in some a taper, then the dose that stays."""
    changed = min(began + draws.between(1, 5), -2)
    courses: list[Course] = [
        ("prednisolone", draws.choose(HIGH_DOSES), "mg/kg/day", began, changed)
    ]
    if draws.between(0, 1) and changed < -8:
        lowered = changed + draws.between(2, 6)
        courses.append(("prednisolone", draws.choose(TAPER_DOSES), "mg/day", changed, lowered))
        changed = lowered
    return [*courses, ("prednisolone", draws.choose(PREDNISOLONE_DOSES), "mg/day", changed, None)]


def _draw_second(began: int, draws: Draws) -> list[Course]:
    """In half of them another drug first, then the one that stays."""
    current = draws.choose(list(SECOND_DRUGS))
    since = -draws.between(3, max(3, min(-began - 1, 48)))
    unit, doses = SECOND_DRUGS[current]
    courses: list[Course] = []
    if draws.between(0, 1) and since - began >= 4:
        other = draws.choose([name for name in TRIED_BEFORE if name != current])
        started = since - draws.between(3, min(since - began, 24))
        amount = draws.choose(TRIED_BEFORE[other][1])
        courses.append((other, amount, TRIED_BEFORE[other][0], started, since))
    return [*courses, (current, draws.choose(doses), unit, since, None)]


def _write(member: Member, drug: str, dose: float, unit: str, start: int, end: int | None) -> Row:
    return {
        "patient_id": member.patient_id,
        "drug": drug,
        "dose": dose,
        "unit": unit,
        "start_month": start,
        "end_month": end,
    }
