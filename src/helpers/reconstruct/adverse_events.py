"""The invented adverse events: those behind the published stops, and others drawn by how common."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.reconstruct.clinical_response import build_patients
from helpers.reconstruct.draws import SEED, Draws, draw_until
from helpers.reconstruct.figures import is_met, measure_adverse_events
from helpers.reconstruct.separation import list_events, sets_apart
from helpers.reconstruct.skeleton import MEMBERS, Member
from helpers.reconstruct.write import Row

SITE = "General disorders and administration site conditions"
INFECTIONS = "Infections and infestations"
MUSCLE = "Musculoskeletal and connective tissue disorders"
NERVES = "Nervous system disorders"
GUT = "Gastrointestinal disorders"
INJURY = "Injury, poisoning and procedural complications"


@dataclass(frozen=True)
class Event:
    """One adverse event of one patient, before it is a row. None was serious."""

    patient_id: str
    half_month: int
    term: str
    system: str
    grade: int
    related: bool
    action: str = "none"


BEHIND_STOPS = (
    Event("P04", 1, "Injection site rash", SITE, 2, True, "stopped"),
    Event("P05", 6, "Muscular weakness", MUSCLE, 2, False, "stopped"),
    Event("P09", 2, "Injection site rash", SITE, 2, True, "stopped"),
    Event("P11", 11, "Myalgia", MUSCLE, 2, False, "stopped"),
    Event("P13", 8, "Headache", NERVES, 2, True, "stopped"),
)
"""Lack of efficacy, the reason of the sixth stop, is no adverse event."""


@dataclass(frozen=True)
class Kind:
    """A kind of event: its terms, how many of 100 patients a year have it, and when it begins."""

    terms: tuple[str, ...]
    system: str
    percent: int
    related: bool
    within: int = 24


KINDS = (
    Kind(
        (
            "Injection site erythema",
            "Injection site reaction",
            "Injection site pruritus",
            "Injection site pain",
        ),
        SITE,
        71,
        True,
        within=3,
    ),
    Kind(("Nasopharyngitis", "Upper respiratory tract infection"), INFECTIONS, 28, False),
    Kind(("Sinusitis", "Bronchitis", "Urinary tract infection"), INFECTIONS, 18, False),
    Kind(("Headache",), NERVES, 14, False, within=10),
    Kind(("Nausea", "Diarrhoea"), GUT, 16, False),
    Kind(("Arthralgia",), MUSCLE, 14, False),
    Kind(("Fall", "Contusion"), INJURY, 12, False),
)
"""Reactions at the site, infections and headache by patients as in the targets; nausea, diarrhoea
and arthralgia by 16 to 20 events in 100 patient-years of rheumatoid arthritis (Fleischmann 2006,
table 3); falls, common in weak people, are assumed. `within` counts half months."""


def build_adverse_events(*, seed: int = SEED) -> list[Row]:
    """Write the table of adverse events.

    >>> sum(row["action"] == "stopped" for row in build_adverse_events())
    5
    """
    draws = Draws("adverse events", seed=seed)
    patients = build_patients(seed=seed)

    def accept(rows: list[Row]) -> bool:
        if not is_met(measure_adverse_events(rows, patients)):
            return False
        return not any(sets_apart(values) for values in list_events(rows).values())

    return draw_until(lambda: _draw_all(draws), accept, what="adverse events")


def _draw_all(draws: Draws) -> list[Row]:
    drawn = [event for member in MEMBERS for event in _draw_events(member, draws)]
    events = sorted((*BEHIND_STOPS, *drawn), key=lambda e: (e.patient_id, e.half_month, e.term))
    return [_write(event) for event in events]


def _draw_events(member: Member, draws: Draws) -> list[Event]:
    """Draw what one patient had besides the event behind a stop; less where time was short."""
    last = 2 * member.last_month
    own = {event.term.split()[0] for event in BEHIND_STOPS if event.patient_id == member.patient_id}
    events = []
    for kind in KINDS:
        had = draws.between(1, 100) <= kind.percent * min(last, kind.within) // kind.within
        term, half_month = draws.choose(kind.terms), draws.between(1, min(last, kind.within))
        grade = 1 + (draws.between(1, 4) == 1)
        action = "interrupted" if kind.system == INFECTIONS and grade > 1 else "none"
        if had and term.split()[0] not in own:
            events.append(
                Event(member.patient_id, half_month, term, kind.system, grade, kind.related, action)
            )
    return events


def _write(event: Event) -> Row:
    return {
        "patient_id": event.patient_id,
        "start_month": event.half_month / 2,
        "term": event.term,
        "system_organ_class": event.system,
        "ctcae_grade": event.grade,
        "serious": False,
        "related": event.related,
        "action": event.action,
    }
