"""The invented patients and their clinical course: patients, disposition, core set, index."""

from __future__ import annotations

from helpers.reconstruct.courses import draw_courses, write_core_set, write_index
from helpers.reconstruct.draws import SEED, Draws, draw_until
from helpers.reconstruct.separation import list_characteristics, sets_apart
from helpers.reconstruct.skeleton import MEMBERS, PLANNED_MONTHS
from helpers.reconstruct.write import Row

AGE_RANGES = {"PM": (32, 72), "DM": (28, 70), "IBM": (52, 79)}

DURATION_RANGE = (2, 18)
"""Years, as published; the shortest and the longest occur."""


def build_patients(*, seed: int = SEED) -> list[Row]:
    """Write the table of patients.

    >>> len(build_patients())
    15
    """
    draws = Draws("patients", seed=seed)
    return draw_until(lambda: _draw_patients(draws), _accept, what="age and duration")


def _draw_patients(draws: Draws) -> list[Row]:
    longest = len(MEMBERS) - 2
    years = [*DURATION_RANGE, *(draws.skewed(3, 16) for _ in range(longest))]
    durations = draws.shuffle(years)
    return [
        {
            "patient_id": member.patient_id,
            "arm": "anakinra",
            "sex": member.sex,
            "age_years": draws.between(*AGE_RANGES[member.diagnosis]),
            "diagnosis": member.diagnosis,
            "disease_duration_years": duration,
        }
        for member, duration in zip(MEMBERS, durations, strict=True)
    ]


def _accept(patients: list[Row]) -> bool:
    return not any(sets_apart(values) for values in list_characteristics(patients).values())


def build_disposition() -> list[Row]:
    """Write how long each took part and why some stopped.

    >>> sum(row["completed"] for row in build_disposition())
    9
    """
    return [
        {
            "patient_id": member.patient_id,
            "last_month": member.last_month,
            "completed": member.last_month >= PLANNED_MONTHS,
            "stop_reason": member.stop_reason or None,
        }
        for member in MEMBERS
    ]


def build_functional_index(*, seed: int = SEED) -> list[Row]:
    """Write the Functional Index of every visit.

    >>> len(build_functional_index())
    49
    """
    return write_index(draw_courses(seed=seed))


def build_core_set(*, seed: int = SEED) -> list[Row]:
    """Write the six measures at every visit.

    >>> len(build_core_set())
    50
    """
    return write_core_set(draw_courses(seed=seed))
