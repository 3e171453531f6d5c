"""What the invented cohort should look like beyond the published claims, written down as data.

The targets were written before the values were drawn. `helpers.reconstruct.figures` computes each
figure from the tables; draws are repeated until every figure lies in its range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["published", "modelled", "assumption"]


@dataclass(frozen=True)
class Target:
    """The range that one figure of the invented tables must lie in.

    Attributes
    ----------
    figure : str
        Its name in `helpers.reconstruct.figures`.
    low, high : float
        Both ends are allowed.
    basis : {"published", "modelled", "assumption"}
        Printed of this trial, taken from other patients, or nobody's number.
    source : str
        Where the range comes from, or why it was chosen.
    """

    figure: str
    low: float
    high: float
    basis: Basis
    source: str


MUNTERS = "Alemo Munters 2013, table 4 (15 patients with quiet disease)"
FOUR_TRIALS = "Bresnihan 1998, Cohen 2002 and 2004, Fleischmann 2003"
TWO_TRIALS = "Fleischmann 2003, Cohen 2004"
RANKS = "Spearman's rho; two views of one disease agree in part"
NO_EFFECT = "where nothing changes, p is spread evenly between 0 and 1"

CORE_SET = (
    Target("sd of physician global", 14, 25, "assumption", "refractory disease, from mild to bad"),
    Target("sd of patient global", 15, 28, "modelled", f"{MUNTERS}: 25 mm"),
    Target("sd of mmt8", 6, 11, "modelled", f"{MUNTERS}: 9.7 of 80"),
    Target("sd of haq_di", 0.4, 0.75, "modelled", f"{MUNTERS}: 0.45"),
    Target("sd of extramuscular", 14, 26, "assumption", "from almost none to much"),
    Target("largest ck / smallest ck", 10, 40, "assumption", "CK spans more than one decade"),
    Target("ck at or below its limit", 1, 4, "modelled", f"{MUNTERS}: 10 of 13; fewer here"),
    Target("rho physician, patient", 0.35, 0.75, "assumption", RANKS),
    Target("rho physician, extramuscular", 0.2, 0.75, "assumption", RANKS),
    Target("rho patient, haq_di", 0.3, 0.75, "modelled", f"{MUNTERS}: 0.60"),
    Target("rho patient, mmt8", -0.7, -0.1, "modelled", f"{MUNTERS}: -0.53"),
    Target("rho mmt8, haq_di", -0.8, -0.3, "modelled", f"{MUNTERS}: -0.32; weak is disabled"),
    Target("rho mmt8, fi", 0.4, 0.85, "assumption", "strength and endurance of the same muscles"),
)
"""Spreads and correlations (Spearman) of the 15 at baseline."""

CHANGES = (
    Target("share of haq_di that moved", 0.6, 0.9, "modelled", f"{MUNTERS}: 11 of 14"),
    Target(
        "share of changes by 12 to 25 %", 0.2, 0.45, "assumption", "no gap beside the limit of 20 %"
    ),
    Target("share of changes by over 44 %", 0.03, 0.2, "modelled", f"{MUNTERS}: more than here"),
    Target("rho change physician, patient", 0.25, 0.7, "assumption", RANKS),
    Target("rho change mmt8, haq_di", -0.7, -0.2, "assumption", "who gains strength can do more"),
    Target("rho change mmt8, fi", 0.3, 0.8, "assumption", "strength and endurance together"),
    Target("sd of change of mmt8", 2.5, 6.5, "modelled", f"{MUNTERS}: 6.2"),
)
"""Changes from baseline of all visits."""

BIOPSIES = (
    Target("smallest p of six stains", 0.06, 0.3, "published", "no significant change"),
    Target("largest p of six stains", 0.7, 1, "assumption", NO_EFFECT),
    Target("middle p of six stains", 0.3, 0.7, "assumption", NO_EFFECT),
    Target("p of the IL-1Ra stain", 0.06, 1, "assumption", "its expression is printed, no change"),
    Target("rho infiltrate, CD3", 0.4, 0.9, "assumption", "T cells are part of the infiltrate"),
    Target("rho infiltrate, CD163", 0.2, 0.9, "assumption", "so are macrophages"),
    Target("most of CD3 + CD163 / infiltrate", 0.6, 1, "assumption", "parts are less than a whole"),
    Target("rho IL-1alpha, IL-1beta", 0.2, 0.8, "assumption", "one family of cytokines"),
    Target("rho infiltrate, MHC class I", 0.1, 0.8, "assumption", "inflamed fibres show it"),
    Target("rho change infiltrate, CD3", 0.2, 0.9, "assumption", "the same cells twice"),
)

CYTOKINES = (
    Target("smallest rise of IL-1Ra", 3000, 20_000, "assumption", "IL-1Ra is the drug itself"),
    Target("smallest IL-1Ra on the drug / before", 1.5, 10, "assumption", "in everybody treated"),
)

T_CELLS = (
    Target("smallest p of other populations", 0.1, 1, "assumption", "no change of them is printed"),
)
"""CD45RO, CD45RA and TNF: of IFN-gamma and IL-17A the changes are printed."""

MEDICATIONS = (
    Target("first steroid, latest month", -14, -4, "assumption", "some fell ill two years ago"),
    Target(
        "first steroid, middle month", -80, -24, "assumption", "within 2 to 18 years of disease"
    ),
    Target("first steroid, earliest month", -216, -84, "assumption", "within 2 to 18 years"),
    Target("different steroid doses at entry", 5, 7, "assumption", "each on their own dose"),
    Target("patients with a drug tried before", 5, 11, "assumption", "refractory to treatment"),
)

ADVERSE_EVENTS = (
    Target(
        "patients with a reaction at the site", 9, 13, "modelled", f"{FOUR_TRIALS}: 1235 of 1729"
    ),
    Target("patients with an infection", 4, 8, "modelled", f"{TWO_TRIALS}: 543 of 1366"),
    Target("patients with headache", 1, 4, "modelled", "Riente 2004: 13.6 %; here one left for it"),
    Target("patients without any event", 1, 3, "modelled", f"{TWO_TRIALS}: 114 of 1366"),
    Target("most events of one patient", 3, 6, "assumption", "unevenly spread"),
    Target(
        "share of reactions by month 1", 0.7, 1, "assumption", "in the first weeks of injections"
    ),
    Target("serious events", 0, 0, "assumption", "no abstract names one"),
)

"""Shares of patients treated with anakinra for rheumatoid arthritis, where a trial is named."""

TARGETS = (*CORE_SET, *CHANGES, *BIOPSIES, *CYTOKINES, *T_CELLS, *MEDICATIONS, *ADVERSE_EVENTS)

SMALLEST_P = 0.10
"""Exact p of responders against the others, for whatever no source relates to response.

At or above it, and never without overlap: of three against three even that has p = 0.10."""

RELATED: tuple[tuple[str, str], ...] = (
    ("core_set, extramuscular, month 0", "higher in responders (Zong 2014)"),
    ("biopsies, IL-1Ra, .*month 6", "expressed in all responders, 3 of 8 others (Zong 2014)"),
    ("core_set, .*month (3|6|12)", "these measures make up the definition of response"),
)
"""What a source relates to response, or makes follow from it: a pattern of names, and the reason.

It may differ between responders and others, but never without overlap."""
