"""Make small tables of biopsies in memory, and ask who can be compared."""

import pandas as pd
from tests.report.cohorts import make_cohort

from helpers.answers import biopsies
from helpers.study import read_study

COLUMNS = ["patient_id", "month", "marker", "value", "unit", "expressed", "reader"]


def stain(patient, month, value, *, marker="CD163", seen=True, reader="one", unit="cells/mm2"):
    return (patient, float(month), marker, float(value), unit, seen, reader)


def make_biopsies(*rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"expressed": "boolean", "value": "float64"})


def compare(*rows, fates=None, tables=None, **options):
    """Compare biopsies of baseline and month 6 of a small study."""
    fates = fates or {"A": ("better",), "B": ("same",)}
    tables = {"biopsies": make_biopsies(*rows)} | (tables or {})
    return biopsies.compare_visits(make_cohort(fates, months=(6.0,), tables=tables, **options))


def compare_anakinra():
    """Compare those of the reconstructed cohort."""
    return biopsies.compare_visits(read_study("anakinra_iim", tables=biopsies.TABLES))
