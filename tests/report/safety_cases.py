"""Small studies with adverse events and stops, with everything of them recorded."""

from helpers.derive import safety
from helpers.report import safety as safety_report
from helpers.report.numbers import Numbers
from helpers.study import read_study

ARMS = {"drug": "Drug", "usual care": "Usual care"}
EVENT_HEAD = "patient_id,start_month,term,system_organ_class,ctcae_grade,serious,related,action\n"
EVENTS = EVENT_HEAD + (
    "P1,1,Injection site rash,General disorders,2,false,true,stopped\n"
    "P1,2,headache,Nervous system disorders,1,false,false,none\n"
    "P1,3,headache,Nervous system disorders,3,true,false,none\n"
    "P2,1,Migraine,Nervous system disorders,1,false,false,none\n"
)
DISPOSITION = (
    "patient_id,last_month,completed,stop_reason\n"
    "P1,2,false,rash\nP2,12,true,\nP3,10,false,moved away\n"
)
ONE_ARM = "patient_id,arm\nP1,drug\nP2,drug\nP3,drug\n"
TWO_ARMS = "patient_id,arm\nP1,drug\nP2,drug\nP3,usual care\n"


class Case:
    """A chapter with everything recorded, and the frames behind it."""

    def __init__(self, folder):
        self.chapter = Numbers(read_study(folder))
        tables = self.chapter.study.tables
        self.patients, disposition = tables["patients"], tables.get("disposition")
        events = tables.get("adverse_events")
        self.exposure = safety.derive_exposure_by_arm(
            self.patients, disposition, tables.get("medications")
        )
        self.outcomes = safety.derive_outcomes_by_arm(self.patients, disposition)
        self.stops = safety.classify_stops(disposition, events)
        self.summaries = safety.summarise_events_by_arm(events, self.patients, self.exposure)
        self.local = safety.summarise_local_reactions(events, self.patients)
        self.chapter.record("entered", len(self.patients), source="patients")
        safety_report.record_safety(
            self.chapter, self.stops, self.exposure, self.summaries, self.local
        )
