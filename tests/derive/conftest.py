"""The one published table of single patients with their IMACS flags, typed from the paper."""

import pandas as pd
import pytest

NA = float("nan")

# Alemo Munters L et al, Arthritis Res Ther 2013;15:R83, table 4 (open access): 0 and 12 weeks.
# patient: MMT-8 (0-80), HAQ-DI, CK (ukat/L), physician and patient VAS (0-100 mm), MITAX (0-1),
# each as baseline, follow-up; then the published flag and, by hand, measures better and worse.
MUNTERS_2013 = {
    "A": ((79, 79), (0.00, 0.25), (6.2, 1.2), (5, 0), (3, 1), (0.05, 0.00), True, 4, 1),
    "B": ((70, 75), (0.50, 0.38), (2.2, 1.9), (4, 0), (72, 5), (0.11, 0.07), True, 4, 0),
    "C": ((75, 77), (0.25, 0.00), (1.8, 1.3), (0, 0), (9, 0), (0.24, 0.19), True, 4, 0),
    "D": ((76, 80), (0.38, 0.00), (4.2, 2.3), (0, 0), (0, 9), (0.10, 0.06), True, 3, 1),
    "E": ((42, 57), (NA, 1.63), (6.8, 5.2), (NA, 3), (NA, 43), (0.02, 0.22), False, 2, 1),
    "F": ((76, 75), (0.50, 0.50), (NA, NA), (14, 0), (15, 0), (0.16, 0.04), True, 3, 0),
    "G": ((71, 76), (0.38, 0.38), (1.5, 2.0), (3, 0), (32, 11), (0.00, 0.00), False, 2, 1),
    "H": ((76, 78), (0.50, 0.50), (1.0, 1.1), (11, 7), (54, 53), (0.06, 0.02), False, 2, 0),
    "I": ((77, 77), (1.38, 0.63), (1.3, 1.3), (10, 3), (24, 13), (0.11, 0.02), True, 4, 0),
    "J": ((77, 77), (0.38, 0.63), (1.6, 3.1), (0, 0), (44, 26), (0.19, 0.11), False, 2, 2),
    "K": ((72, 74), (0.38, 0.00), (1.8, 1.8), (1, 0), (13, 5), (0.06, 0.10), True, 3, 1),
    "L": ((66, 73), (0.50, 0.13), (1.3, 1.2), (0, 0), (77, 52), (0.09, 0.21), False, 2, 1),
    "M": ((75, 70), (0.50, 0.38), (3.7, 1.9), (3, 5), (20, 44), (0.14, 0.13), False, 2, 2),
    "N": ((57, 75), (1.75, 2.00), (NA, NA), (NA, 5), (59, 69), (NA, 0.24), False, 1, 0),
    "O": ((75, 72), (0.63, 0.88), (1.2, 1.6), (10, 6), (39, 59), (0.13, NA), False, 1, 3),
}
_MEASURES = ("mmt8", "haq_di", "ck", "physician_global", "patient_global", "extramuscular")
COLUMNS = (
    "patient_id",
    "month",
    "physician_global",
    "patient_global",
    "mmt8",
    "haq_di",
    "ck",
    "extramuscular",
)


@pytest.fixture
def munters_core_set():
    """Core set of the 15 patients at month 0 and month 3 (12 weeks)."""
    rows = [
        {"patient_id": patient, "month": 3.0 * visit}
        | {name: values[place][visit] for place, name in enumerate(_MEASURES)}
        for patient, values in MUNTERS_2013.items()
        for visit in (0, 1)
    ]
    return pd.DataFrame(rows)[list(COLUMNS)].astype(dict.fromkeys(COLUMNS[1:], "float64"))


@pytest.fixture
def munters_expected():
    """Published flag, and the measures better and worse counted by hand."""
    rows = [(patient, *values[6:]) for patient, values in MUNTERS_2013.items()]
    return pd.DataFrame(rows, columns=["patient_id", "improved", "n_better", "n_worse"])


@pytest.fixture
def make_core_set():
    """Build a core set from visits: values default to unchanged mid-range ones."""

    def make(*visits):
        usual = {
            "patient_id": "P1",
            "physician_global": 5.0,
            "patient_global": 5.0,
            "mmt8": 60.0,
            "haq_di": 1.0,
            "ck": 10.0,
            "extramuscular": 5.0,
        }
        table = pd.DataFrame([usual | visit for visit in visits], columns=list(COLUMNS))
        return table.astype(dict.fromkeys(COLUMNS[1:], "float64"))

    return make


@pytest.fixture
def make_change():
    """Build the long table of changes for one visit from improvement in per cent by measure."""

    def make(*, patient_id="P1", month=3.0, **improvement):
        known = dict.fromkeys(COLUMNS[2:], 0.0) | improvement
        return pd.DataFrame(
            {
                "patient_id": patient_id,
                "month": month,
                "measure": list(known),
                "baseline": 10.0,
                "value": 10.0,
                "improvement_percent": list(known.values()),
            }
        )

    return make
