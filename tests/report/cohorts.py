"""Make small cohorts in memory, and read what is said of them."""

import re
from functools import cache
from pathlib import Path

import pandas as pd
from tests.study_folders import make_config

from helpers.report.words import NBSP
from helpers.study import Study

NA = float("nan")
BASELINE = {
    "physician_global": 5.0,
    "patient_global": 6.0,
    "mmt8": 60.0,
    "haq_di": 1.0,
    "ck": 300.0,
    "extramuscular": 4.0,
}
FATES = {
    "better": BASELINE
    | {"physician_global": 2.0, "patient_global": 3.0, "mmt8": 78.0, "haq_di": 0.5},
    "same": BASELINE,
    "worse": BASELINE | {"physician_global": 9.0, "mmt8": 40.0, "haq_di": 2.0, "ck": 900.0},
    "unknown": dict.fromkeys(BASELINE, NA),
}
"""What may become of a patient at a visit; a visit that was not held has no row."""

UNWRITTEN = re.compile(r"\bnan\b|\bNone\b(?! of)|<NA>|&lt;NA&gt;|\bNaT\b|\(\)|\(,|\(;|: \.|\binf\b")
"""What no sentence may hold: a value that was not put in words, or a place left empty."""

TWO_ARMS = {"A": "exercise", "B": "exercise", "C": "control", "D": "control"}


def make_core_set(fates, *, months=(3.0,)):
    """Make a core set from each patient's fate at each visit; None is a visit not held."""
    rows = []
    for patient, of_patient in fates.items():
        rows.append({"patient_id": patient, "month": 0.0} | BASELINE)
        for month, fate in zip(months, of_patient, strict=True):
            if fate is not None:
                rows.append({"patient_id": patient, "month": month} | FATES[fate])
    return pd.DataFrame(rows, columns=["patient_id", "month", *BASELINE])


def make_study(core_set, arms, *, months=(3.0,), tables=None, **settings):
    """Make a study in memory: its core set and the arm of each patient."""
    visits = [{"month": 0, "label": "Baseline"}]
    visits += [{"month": month, "label": f"Month {month:g}"} for month in months]
    names = {arm: arm for arm in dict.fromkeys(arms.values())}
    patients = pd.DataFrame({"patient_id": list(arms), "arm": list(arms.values())})
    config = make_config(**{"visits": visits, "arms": names} | settings)
    given = {"patients": patients, "core_set": core_set} | (tables or {})
    hashes = dict.fromkeys(given, "0123456789abcdef" * 4)
    return Study("mini", Path("mini"), config, given, hashes)


def make_cohort(fates, *, months=(3.0,), arms=None, tables=None, **settings):
    """Make a study from each patient's fate at each visit; one arm unless arms are given."""
    arms = arms or dict.fromkeys(fates, "treated")
    return make_study(
        make_core_set(fates, months=months), arms, months=months, tables=tables, **settings
    )


def read_words(html):
    """Give what a reader sees of HTML."""
    return re.sub(r"<[^>]+>", "", html).replace(NBSP, " ")


def strip_tags(html):
    """Give what a reader sees of HTML, in one line."""
    return " ".join(read_words(html).split())


@cache
def two_arms(*fates):
    """Make two patients of each of two arms, given the fate of A, B, C and D."""
    cohort = dict(zip("ABCD", ([fate] for fate in fates), strict=True))
    return make_cohort(cohort, arms=TWO_ARMS, reference_arm="control")


@cache
def one_arm(*fates):
    """Make one arm of patients A, B, and so on."""
    return make_cohort({chr(65 + place): [fate] for place, fate in enumerate(fates)})
