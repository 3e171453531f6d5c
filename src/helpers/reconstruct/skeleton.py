"""Who is who in the invented cohort: the part that the publications fix, written down by hand.

Counts over counts (responders by diagnosis, by month, among those with serum and with cells)
leave little freedom, so this part is a table and not a draw. Everything in it can be checked
against the publications line by line; only the sizes of the measurements are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass

SKIN_RASH = "local skin rash at the injection site"
MUSCLE_SYMPTOMS = "increased muscle symptoms"
HEADACHE = "headache"
NO_EFFICACY = "lack of efficacy"

PLANNED_MONTHS = 12


@dataclass(frozen=True)
class Member:
    """One invented patient.

    Attributes
    ----------
    patient_id, diagnosis, sex : str
    responder : bool
        Meets the IMACS definition of improvement at one visit or more.
    last_month : int
        Month of the last dose; 12 for those who completed.
    stop_reason : str
        In the words of the publication; empty for those who completed.
    visits : dict of int to str
        Course of the six core set measures at each visit after baseline, one sign for each of
        `MEASURES`: see `helpers.reconstruct.clinical_response.COURSES`.
    fi : dict of int to int
        Functional Index by month, 0 to 64.
    """

    patient_id: str
    diagnosis: str
    sex: str
    responder: bool
    visits: dict[int, str]
    fi: dict[int, int]
    last_month: int = PLANNED_MONTHS
    stop_reason: str = ""

    @property
    def on_study_at_six(self) -> bool:
        """Whether still treated at month 6."""
        return self.last_month >= 6


MEASURES = ("physician_global", "patient_global", "mmt8", "haq_di", "ck", "extramuscular")
"""Order of the signs in `Member.visits`."""

MEMBERS: tuple[Member, ...] = (
    Member(
        "P01", "PM", "female", True,
        {3: "++=+==", 6: "++==+=", 12: "+====="},
        {0: 34, 3: 38, 6: 42, 12: 39},
    ),
    Member(
        "P02", "IBM", "male", False,
        {3: "======", 6: "=+====", 12: "======"},
        {0: 25, 3: 25, 6: 24, 12: 23},
    ),
    Member(
        "P03", "DM", "female", True,
        {3: "++===+", 6: "+====+", 12: "======"},
        {0: 40, 3: 44, 6: 43, 12: 41},
    ),
    Member(
        "P04", "PM", "female", False,
        {3: "===.=."},
        {0: 43, 3: 42},
        last_month=1, stop_reason=SKIN_RASH,
    ),
    Member(
        "P05", "IBM", "male", False,
        {3: "--=-=="},
        {0: 20, 3: 17},
        last_month=4, stop_reason=MUSCLE_SYMPTOMS,
    ),
    Member(
        "P06", "DM", "female", True,
        {3: "+====+", 6: "++==++", 12: "+===++"},
        {0: 30, 3: 33, 6: 38, 12: 40},
    ),
    Member(
        "P07", "PM", "male", True,
        {3: "======", 6: "+===+=", 12: "++==+="},
        {0: 28, 3: 29, 6: 32, 12: 35},
    ),
    Member(
        "P08", "IBM", "male", False,
        {3: "=+====", 6: "======"},
        {0: 18, 3: 18, 6: 17},
        last_month=8, stop_reason=NO_EFFICACY,
    ),
    Member(
        "P09", "DM", "male", False,
        {3: "=.=.=."},
        {0: 46},
        last_month=2, stop_reason=SKIN_RASH,
    ),
    Member(
        "P10", "IBM", "male", True,
        {3: "++=+==", 6: "====+=", 12: "======"},
        {0: 22, 3: 27, 6: 26, 12: 24},
    ),
    Member(
        "P11", "PM", "female", False,
        {3: "======", 6: "^=-=-="},
        {0: 36, 3: 35, 6: 29},
        last_month=7, stop_reason=MUSCLE_SYMPTOMS,
    ),
    Member(
        "P12", "DM", "female", True,
        {3: "++===+", 6: "+=====", 12: "======"},
        {0: 45, 3: 49, 6: 48, 12: 47},
    ),
    Member(
        "P13", "PM", "male", True,
        {3: "+==++="},
        {0: 37, 3: 41},
        last_month=5, stop_reason=HEADACHE,
    ),
    Member(
        "P14", "IBM", "female", False,
        {3: "======", 6: "======", 12: "=====^"},
        {0: 24, 3: 23, 6: 22, 12: 20},
    ),
    Member(
        "P15", "PM", "female", False,
        {3: "======", 6: "=+====", 12: "======"},
        {0: 47, 3: 48, 6: 49, 12: 48},
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
