"""Who is who in the invented cohort: the part that the publications fix, written down by hand.

Counts over counts (responders by diagnosis, by month, among those with serum and with cells)
leave little freedom, so this part is a table and not a draw. Everything in it can be checked
against the publications line by line; only the sizes of the measurements are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SKIN_RASH = "local skin rash at the injection site"
MUSCLE_SYMPTOMS = "increased muscle symptoms"
HEADACHE = "headache"
NO_EFFICACY = "lack of efficacy"

PLANNED_MONTHS = 12


Outcome = Literal[
    "improved", "unchanged", "three measures worse", "weaker", "worse outside the muscles"
]
"""What a visit comes to: the last three are the three criteria of worsening, one each."""


@dataclass(frozen=True)
class Member:
    """One invented patient.

    Attributes
    ----------
    patient_id, diagnosis, sex : str
    responder : bool
        Meets the IMACS definition of improvement at one visit or more.
    visits : dict of int to Outcome
        What each visit after baseline comes to.
    index_improved : tuple of int
        Months at which the Functional Index lies 20 % or more above baseline.
    last_month : int
        Month of the last dose; 12 for those who completed.
    stop_reason : str
        In the words of the publication; empty for those who completed.
    not_measured : tuple of str
        Measures left out at the assessment on leaving.
    """

    patient_id: str
    diagnosis: str
    sex: str
    responder: bool
    visits: dict[int, Outcome]
    index_improved: tuple[int, ...] = ()
    last_month: int = PLANNED_MONTHS
    stop_reason: str = ""
    not_measured: tuple[str, ...] = ()

    @property
    def on_study_at_six(self) -> bool:
        """Whether still treated at month 6."""
        return self.last_month >= 6


MEMBERS: tuple[Member, ...] = (
    Member(
        "P01", "PM", "female", True,
        {3: "improved", 6: "improved", 12: "unchanged"},
        index_improved=(6,),
    ),
    Member(
        "P02", "IBM", "male", False,
        {3: "unchanged", 6: "unchanged", 12: "unchanged"},
    ),
    Member(
        "P03", "DM", "female", True,
        {3: "improved", 6: "unchanged", 12: "unchanged"},
    ),
    Member(
        "P04", "PM", "female", False,
        {3: "unchanged"},
        last_month=1, stop_reason=SKIN_RASH, not_measured=("haq_di", "extramuscular"),
    ),
    Member(
        "P05", "IBM", "male", False,
        {3: "three measures worse"},
        last_month=4, stop_reason=MUSCLE_SYMPTOMS,
    ),
    Member(
        "P06", "DM", "female", True,
        {3: "unchanged", 6: "improved", 12: "improved"},
        index_improved=(6, 12),
    ),
    Member(
        "P07", "PM", "male", True,
        {3: "unchanged", 6: "unchanged", 12: "improved"},
        index_improved=(12,),
    ),
    Member(
        "P08", "IBM", "male", False,
        {3: "unchanged", 6: "unchanged"},
        last_month=8, stop_reason=NO_EFFICACY,
    ),
    Member(
        "P09", "DM", "male", False,
        {3: "unchanged"},
        last_month=2, stop_reason=SKIN_RASH,
        not_measured=("patient_global", "haq_di", "extramuscular", "fi"),
    ),
    Member(
        "P10", "IBM", "male", True,
        {3: "improved", 6: "unchanged", 12: "unchanged"},
        index_improved=(3,),
    ),
    Member(
        "P11", "PM", "female", False,
        {3: "unchanged", 6: "weaker"},
        last_month=7, stop_reason=MUSCLE_SYMPTOMS,
    ),
    Member(
        "P12", "DM", "female", True,
        {3: "improved", 6: "unchanged", 12: "unchanged"},
    ),
    Member(
        "P13", "PM", "male", True,
        {3: "improved"},
        last_month=5, stop_reason=HEADACHE,
    ),
    Member(
        "P14", "IBM", "female", False,
        {3: "unchanged", 6: "unchanged", 12: "worse outside the muscles"},
    ),
    Member(
        "P15", "PM", "female", False,
        {3: "unchanged", 6: "unchanged", 12: "unchanged"},
    ),
)  # fmt: skip

NO_BASELINE_BIOPSY = "P09"
"""15 biopsies after treatment but 14 repeated ones: this patient has the second only."""

NO_SERUM = "P12"
"""10 of 14 with serum, but 11 of all 15, were treated at month 6: this one has no serum."""

CELLS_AT_BASELINE = ("P01", "P02", "P03", "P06", "P10", "P11", "P14", "P15")
CELLS_AT_SIX = ("P01", "P02", "P06", "P10", "P11", "P15")

IL17A_RISES = "P10"
"""Of the three responders with two cell samples, the one whose IL-17A did not fall."""


def list_patients(*, responder: bool | None = None) -> list[str]:
    """List the pseudonyms, of everybody or of responders or non-responders only.

    >>> len(list_patients()), len(list_patients(responder=True))
    (15, 7)
    """
    return [
        member.patient_id
        for member in MEMBERS
        if responder is None or member.responder is responder
    ]


def list_on_study_at_six() -> list[str]:
    """List those still treated at month 6.

    >>> len(list_on_study_at_six())
    11
    """
    return [member.patient_id for member in MEMBERS if member.on_study_at_six]
