"""The invented patients and their clinical course: patients, disposition, core set, index."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.reconstruct.draws import SEED, Draws, draw_until, scale_percent
from helpers.reconstruct.skeleton import MEASURES, MEMBERS, PLANNED_MONTHS, Member, list_patients
from helpers.reconstruct.write import Row

COURSES: dict[str, tuple[int, int]] = {"+": (26, 42), "=": (-11, 11), "-": (-44, -33)}
"""Meaning of a sign of the skeleton: improvement in per cent of baseline, drawn from this range.

``^`` is a rise by 22 to 30 mm of 100 (worse by 2 cm of 10), ``.`` is not measured. The ranges keep
away from the limits of the definitions (20, 25 and 30 per cent).
"""

STRENGTH_COURSES: dict[str, tuple[int, int]] = {"=": (-4, 6), "-": (-25, -21)}
"""The same for the manual muscle test, which moves by few per cent."""

CK_DIGIT = 10
"""CK is drawn in tenths of 1 ukat/L, the digit that the laboratory prints."""

HAQ_STEPS = 8
"""HAQ-DI is drawn in eighths, its step."""

CK_WITH_CELLS: dict[str, tuple[int, int]] = {
    "P06": (240, 96),
    "P01": (185, 92),
    "P10": (124, 89),
    "P03": (86, 71),
    "P02": (95, 86),
    "P15": (62, 59),
    "P14": (70, 74),
    "P11": (103, 150),
}
"""CK at months 0 and 6 of the eight patients with T cells, in tenths of 1 ukat/L.

In order of the fall, which is the same in ukat/L and in per cent of baseline, so that the published
correlation does not hang on which of the two was meant.
"""

CK_RANGES = {"PM": (60, 260), "DM": (18, 150), "IBM": (40, 140)}
STRENGTH_RANGES = {"PM": (56, 70), "DM": (60, 72), "IBM": (46, 60)}
AGE_RANGES = {"PM": (38, 70), "DM": (34, 68), "IBM": (56, 77)}
EXTRAMUSCULAR_RANGES = {
    (True, "PM"): (22, 60),
    (True, "DM"): (26, 68),
    (True, "IBM"): (18, 40),
    (False, "PM"): (10, 46),
    (False, "DM"): (16, 54),
    (False, "IBM"): (4, 24),
}
"""mm of 100, by response and diagnosis."""

DURATION_RANGE = (2, 18)
"""Years, as published; the shortest and the longest occur."""

SEPARATION = (4, 8)
"""Pairs of a responder and a non-responder in which the non-responder has more extramuscular
activity, of 56: exact p about 0.004 to 0.02."""


BALANCE = (18, 30)
"""The same for muscle strength, which no source relates to response: exact p about 0.2 or more."""


@dataclass(frozen=True)
class Baseline:
    """One invented patient's core set at baseline, in the whole units it is drawn in."""

    physician_global: int
    patient_global: int
    mmt8: int
    haq_di: int
    ck: int
    extramuscular: int


def build_patients(*, seed: int = SEED) -> list[Row]:
    """Write the table of patients.

    >>> len(build_patients())
    15
    """
    draws = Draws("patients", seed=seed)
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


def build_functional_index() -> list[Row]:
    """Write the Functional Index, which the skeleton holds in full.

    >>> build_functional_index()[0]
    {'patient_id': 'P01', 'month': 0, 'fi': 34}
    """
    return [
        {"patient_id": member.patient_id, "month": month, "fi": fi}
        for member in MEMBERS
        for month, fi in member.fi.items()
    ]


def build_core_set(*, seed: int = SEED) -> list[Row]:
    """Write the six measures at every visit: drawn baselines, then the skeleton's courses.

    >>> len(build_core_set())
    50
    """
    draws = Draws("core_set", seed=seed)
    extramuscular = _draw_extramuscular(draws)
    strength = _draw_strength(Draws("mmt8", seed=seed))
    rows = []
    for member in MEMBERS:
        name = member.patient_id
        baseline = _draw_baseline(member, extramuscular[name], strength[name], draws)
        rows.append(_write_visit(member, 0, {name: getattr(baseline, name) for name in MEASURES}))
        for month, signs in member.visits.items():
            values = {
                name: _draw_value(name, sign, getattr(baseline, name), draws)
                for name, sign in zip(MEASURES, signs, strict=True)
            }
            if month == 6 and member.patient_id in CK_WITH_CELLS:
                values["ck"] = CK_WITH_CELLS[member.patient_id][1]
            rows.append(_write_visit(member, month, values))
    return rows


def _draw_extramuscular(draws: Draws) -> dict[str, int]:
    """Draw baselines until responders lie above non-responders as far as a small p asks for."""

    def draw() -> dict[str, int]:
        return {
            member.patient_id: draws.between(
                *EXTRAMUSCULAR_RANGES[member.responder, member.diagnosis]
            )
            for member in MEMBERS
        }

    def accept(values: dict[str, int]) -> bool:
        distinct = len(set(values.values())) == len(values)
        return distinct and SEPARATION[0] <= _count_against(values) <= SEPARATION[1]

    return draw_until(draw, accept, what="baseline extramuscular activity")


def _draw_strength(draws: Draws) -> dict[str, int]:
    """Draw baselines until strength does not set responders apart, which nobody reported."""

    def draw() -> dict[str, int]:
        return {m.patient_id: draws.between(*STRENGTH_RANGES[m.diagnosis]) for m in MEMBERS}

    def accept(values: dict[str, int]) -> bool:
        return BALANCE[0] <= _count_against(values) <= BALANCE[1]

    return draw_until(draw, accept, what="baseline muscle strength")


def _count_against(values: dict[str, int]) -> int:
    """Count pairs of a responder and a non-responder in which the non-responder has more."""
    responders = list_patients(responder=True)
    others = [value for name, value in values.items() if name not in responders]
    return sum(value > values[name] for value in others for name in responders)


def _draw_baseline(member: Member, extramuscular: int, mmt8: int, draws: Draws) -> Baseline:
    ck = draws.skewed(*CK_RANGES[member.diagnosis])
    return Baseline(
        physician_global=draws.between(32, 62),
        patient_global=draws.between(34, 70),
        mmt8=mmt8,
        haq_di=draws.between(7, 15),
        ck=CK_WITH_CELLS.get(member.patient_id, (ck, 0))[0],
        extramuscular=extramuscular,
    )


def _draw_value(name: str, sign: str, baseline: int, draws: Draws) -> int | None:
    """Turn a sign of the skeleton into a value; a draw is spent whatever the sign."""
    rise = draws.between(22, 30)
    if sign == ".":
        return None
    if sign == "^":
        return baseline + rise
    if name == "mmt8":
        return scale_percent(baseline, 100 + draws.between(*STRENGTH_COURSES[sign]))
    value = scale_percent(baseline, 100 - draws.between(*COURSES[sign]))
    if name == "haq_di":
        return _keep_course(sign, baseline)
    return value


def _keep_course(sign: str, baseline: int) -> int:
    """Move HAQ-DI by whole steps: the fewest that make 25 or 33 per cent, or none."""
    if sign == "+":
        return baseline - -(-baseline // 4)
    if sign == "-":
        return baseline + -(-baseline // 3)
    return baseline


def _write_visit(member: Member, month: int, values: dict[str, int | None]) -> Row:
    units = {"haq_di": HAQ_STEPS, "ck": CK_DIGIT}
    row: Row = {"patient_id": member.patient_id, "month": month}
    for name in ("physician_global", "patient_global", "haq_di", "ck", "extramuscular", "mmt8"):
        value = values[name]
        row[name] = None if value is None else value / units.get(name, 1)
    return row
