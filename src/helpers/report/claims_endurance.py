"""Claims of the endurance training trial, of which single values were published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from helpers.report.claims_design import count_patients, count_with
from helpers.report.claims_rules import Evidence, Finding, Rule, count

CYCLING = "cycling time to exhaustion"
CYCLING_GAIN_PERCENT = 20
"""The paper prints no limit in its table; 20 % of baseline agrees with all 15 printed marks."""


def count_improved(arm: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts the improved of one arm, by the IMACS definition."""

    def compute(evidence: Evidence) -> Finding:
        members = _list_arm(evidence, arm)
        return count(evidence.responders & members, of=len(members))

    return compute


def compare_control(evidence: Evidence) -> Finding:
    """Set the improved controls beside the abstract, which reports no improvement of the group."""
    found = count_improved("control")(evidence)
    if found.value == 0:
        return replace(found, verdict="reproduced")
    names = ", ".join(sorted(evidence.responders & _list_arm(evidence, "control")))
    return replace(
        found,
        verdict="compatible",
        note=f"table 4 of the same paper marks patient {names} as improved: both can be true if "
        "the abstract speaks of the group as a whole, not of every member",
    )


def count_cycling(arm: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts those of one arm who cycled longer."""

    def compute(evidence: Evidence) -> Finding:
        members = _list_arm(evidence, arm)
        return count(_list_cyclists(evidence) & members, of=len(members))

    return compute


def compare_flags(flag: str) -> Callable[[Evidence], Finding]:
    """Make a rule that counts printed marks that the definition gives too."""

    def compute(evidence: Evidence) -> Finding:
        flags = evidence.table("published_flags")
        printed = flags[flags["flag"] == flag].set_index("patient_id")["value"].astype(bool)
        computed = evidence.responders if flag == "imacs_improvement" else _list_cyclists(evidence)
        agree = printed.index[printed == printed.index.isin(computed)]
        return count(agree, of=len(printed))

    return compute


def _list_arm(evidence: Evidence, arm: str) -> frozenset[str]:
    patients = evidence.table("patients")
    return frozenset(patients.loc[patients["arm"] == arm, "patient_id"])


def _list_cyclists(evidence: Evidence) -> frozenset[str]:
    tests = evidence.table("performance_tests")
    times: pd.DataFrame = tests[tests["test"] == CYCLING].pivot(
        index="patient_id", columns="month", values="value"
    )
    times = times.reindex(columns=[0.0, 3.0])
    gain = ((times[3.0] - times[0.0]) / times[0.0] * 100).round(9)
    return frozenset(gain.index[gain >= CYCLING_GAIN_PERCENT])


_RESPONSE = ("patients", "core_set")
_CYCLED = ("patients", "performance_tests")
_IMPROVED = "improved by the IMACS definition at 12 weeks, "
_LONGER = f"cycling time longer by at least {CYCLING_GAIN_PERCENT} % at 12 weeks, "

RULES: dict[str, Rule] = {
    "END-01": Rule(count_patients, ("patients",), "rows of the table patients"),
    "END-02": Rule(count_with("arm", "exercise"), ("patients",), "patients of the arm exercise"),
    "END-03": Rule(count_with("arm", "control"), ("patients",), "patients of the arm control"),
    "END-04": Rule(
        count_improved("exercise"), _RESPONSE, _IMPROVED + "exercise group", with_n=True
    ),
    "END-05": Rule(count_improved("control"), _RESPONSE, _IMPROVED + "control group", with_n=True),
    "END-06": Rule(compare_control, _RESPONSE, _IMPROVED + "control group"),
    "END-07": Rule(
        compare_flags("imacs_improvement"),
        ("core_set", "published_flags"),
        "printed marks that the IMACS definition gives from the printed values",
        with_n=True,
    ),
    "END-08": Rule(count_cycling("exercise"), _CYCLED, _LONGER + "exercise group", with_n=True),
    "END-09": Rule(count_cycling("control"), _CYCLED, _LONGER + "control group", with_n=True),
    "END-10": Rule(
        compare_flags("cycling_improvement"),
        ("performance_tests", "published_flags"),
        f"printed marks that a gain of {CYCLING_GAIN_PERCENT} % gives from the printed times",
        with_n=True,
    ),
}
"""Claims of the endurance training trial."""
