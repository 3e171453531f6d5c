"""The invented drug courses: anakinra, and the immunosuppression that stays as it was."""

from __future__ import annotations

from helpers.reconstruct.draws import SEED, Draws
from helpers.reconstruct.skeleton import MEMBERS, Member
from helpers.reconstruct.write import Row

ANAKINRA_DOSE = 100
PREDNISOLONE_DOSES = (5, 7.5, 10, 12.5, 15)
HIGH_DOSES = (0.8, 0.9, 1)
"""mg/kg/day; the entry criterion asks for more than 0.75 for at least one month."""

SECOND_DRUGS: dict[str, tuple[str, tuple[float, ...]]] = {
    "methotrexate": ("mg/week", (10, 12.5, 15, 17.5, 20, 25)),
    "azathioprine": ("mg/day", (75, 100, 125, 150)),
}


def build_medications(*, seed: int = SEED) -> list[Row]:
    """Write four courses for each patient: high-dose and low-dose steroid, second drug, anakinra.

    >>> len(build_medications())
    60
    """
    draws = Draws("medications", seed=seed)
    rows: list[Row] = []
    for member in MEMBERS:
        high_start = -draws.between(18, 23)
        high_end = high_start + draws.between(1, 4)
        second = draws.choose(list(SECOND_DRUGS))
        unit, doses = SECOND_DRUGS[second]
        rows += [
            _write(
                member,
                "prednisolone",
                draws.choose(HIGH_DOSES),
                "mg/kg/day",
                high_start,
                high_end,
            ),
            _write(
                member, "prednisolone", draws.choose(PREDNISOLONE_DOSES), "mg/day", high_end, None
            ),
            _write(member, second, draws.choose(doses), unit, -draws.between(5, 16), None),
            _write(member, "anakinra", ANAKINRA_DOSE, "mg/day", 0, member.last_month),
        ]
    return rows


def _write(member: Member, drug: str, dose: float, unit: str, start: int, end: int | None) -> Row:
    return {
        "patient_id": member.patient_id,
        "drug": drug,
        "dose": dose,
        "unit": unit,
        "start_month": start,
        "end_month": end,
    }
