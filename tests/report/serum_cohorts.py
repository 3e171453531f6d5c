"""Make small tables of serum proteins in memory, and ask who can be compared."""

import pandas as pd
from tests.report.cohorts import make_cohort

from helpers.answers import cytokines
from helpers.study import read_study

HEALTHY = {"low": 11, "high": 839, "unit": "pg/mL", "source": "Son 2000"}
DRUG = {"analytes": {"IL-1Ra": {"measures_drug": "the drug is IL-1Ra"}}}


def serum(patient, month, concentration, bound="in_range", *, analyte="IL-1Ra"):
    return (patient, float(month), analyte, float(concentration), "pg/mL", bound)


def make_cytokines(*rows):
    columns = ["patient_id", "month", "analyte", "concentration", "unit", "bound"]
    return pd.DataFrame(rows, columns=columns)


def compare(*rows, fates=None, **options):
    """Compare serum of baseline and month 6 of a small study."""
    fates = fates or {"A": ("better",), "B": ("same",)}
    tables = {"cytokines": make_cytokines(*rows)}
    return cytokines.compare_visits(make_cohort(fates, months=(6.0,), tables=tables, **options))


def compare_many(before, after, *, n=4, **options):
    """Give n responders and n others each the same course of IL-1Ra."""
    fates = {f"R{i}": ("better",) for i in range(n)} | {f"N{i}": ("same",) for i in range(n)}
    rows = []
    for i, patient in enumerate(fates):
        rows += [serum(patient, 0, before(i)), serum(patient, 6, after(i))]
    return compare(*rows, fates=fates, **options)


def compare_anakinra():
    """Compare those of the reconstructed cohort."""
    return cytokines.compare_visits(read_study("anakinra_iim", tables=cytokines.TABLES))
