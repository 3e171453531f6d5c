"""The invented adverse events: those behind the published stops, and mild ones."""

from __future__ import annotations

from helpers.reconstruct.write import Row

SITE = "General disorders and administration site conditions"
INFECTIONS = "Infections and infestations"
MUSCLE = "Musculoskeletal and connective tissue disorders"
NERVES = "Nervous system disorders"

EVENTS: tuple[tuple[str, float, str, str, int, bool, str], ...] = (
    ("P01", 0.5, "Injection site erythema", SITE, 1, True, "none"),
    ("P02", 4, "Nasopharyngitis", INFECTIONS, 1, False, "none"),
    ("P03", 0.5, "Injection site reaction", SITE, 2, True, "none"),
    ("P03", 9, "Urinary tract infection", INFECTIONS, 2, False, "interrupted"),
    ("P04", 0.5, "Injection site rash", SITE, 2, True, "stopped"),
    ("P05", 3, "Muscular weakness", MUSCLE, 2, False, "stopped"),
    ("P06", 1, "Injection site erythema", SITE, 1, True, "none"),
    ("P07", 0.5, "Injection site pruritus", SITE, 1, True, "none"),
    ("P08", 2, "Fall", "Injury, poisoning and procedural complications", 1, False, "none"),
    ("P09", 1, "Injection site rash", SITE, 2, True, "stopped"),
    ("P10", 0.5, "Injection site reaction", SITE, 1, True, "none"),
    ("P10", 7, "Nasopharyngitis", INFECTIONS, 1, False, "none"),
    ("P11", 5.5, "Myalgia", MUSCLE, 2, False, "stopped"),
    ("P12", 1, "Injection site erythema", SITE, 1, True, "none"),
    ("P13", 4, "Headache", NERVES, 2, True, "stopped"),
    ("P14", 6, "Nasopharyngitis", INFECTIONS, 1, False, "none"),
    ("P15", 0.5, "Injection site reaction", SITE, 1, True, "none"),
    ("P15", 8, "Headache", NERVES, 1, False, "none"),
)
"""Patient, month, term, body system, CTCAE grade, related, action. None was serious.

Lack of efficacy, the reason of one stop, is no adverse event.
"""


def build_adverse_events() -> list[Row]:
    """Write the table of adverse events.

    >>> sum(row["action"] == "stopped" for row in build_adverse_events())
    5
    """
    return [
        {
            "patient_id": patient,
            "start_month": month,
            "term": term,
            "system_organ_class": system,
            "ctcae_grade": grade,
            "serious": False,
            "related": related,
            "action": action,
        }
        for patient, month, term, system, grade, related, action in EVENTS
    ]
