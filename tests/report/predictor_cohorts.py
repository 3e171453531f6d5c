"""Compare predictors in small studies in memory, and plan the trial that follows from them."""

import pandas as pd
from tests.report.cohorts import make_cohort

from helpers.answers import biomarkers, planning, response_matrix


def make_fi(**baselines):
    """Functional Index of each patient at baseline, a table that makes a candidate."""
    rows = [{"patient_id": name, "month": 0.0, "fi": fi} for name, fi in baselines.items()]
    return {"functional_index": pd.DataFrame(rows)}


BETTER, SAME = list("ABCDEFG"), list("HIJKLMNO")
SEPARATED = make_fi(
    **{name: 40.0 + i for i, name in enumerate(BETTER)},
    **{name: 10.0 + i for i, name in enumerate(SAME)},
)
FI = {name: float(30 - i) for i, name in enumerate(BETTER + SAME)}


def compare(better, same, *, tables=None):
    """Compare the candidates of a study in which `better` improve and `same` do not."""
    fates = {name: ["better"] for name in better} | {name: ["same"] for name in same}
    return compare_in(make_cohort(fates, tables=tables))


def compare_in(study):
    """Compare the candidates of a study, as its chapter does."""
    return biomarkers.compare(biomarkers.list_candidates(study), response_matrix.groups(study))


def plan(compared, *, largest_arm=60, **options):
    """Plan a trial on the responders of a comparison."""
    return planning.plan_trial(compared.study, largest_arm=largest_arm, simulations=200, **options)
