"""Functional Index of myositis (FI): change from baseline, and the tasks of its short form FI-2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from helpers.derive.baseline import derive_change_from_baseline
from helpers.derive.checks import VISIT, check_range, check_table, keep_text, round_for_comparison


@dataclass(frozen=True)
class FunctionalIndexImprovement:
    """When the Functional Index counts as improved.

    Attributes
    ----------
    name, source : str
        How the report names the definition, and where it comes from.
    improvement_percent : float
        Improved by at least this much.
    relative_to : {"baseline", "maximum"}
        What the percentage is of: the patient's own baseline, or the largest possible total. The
        trial publications give the percentage without the formula; the patient's baseline is the
        reading that later exercise trials use.
    maximum : float
        Largest possible total.
    """

    name: str
    source: str
    improvement_percent: float = 20.0
    relative_to: Literal["baseline", "maximum"] = "baseline"
    maximum: float = 64.0


FI_IMPROVED_20 = FunctionalIndexImprovement(
    name="Functional Index improved by at least 20 %",
    source="Josefson et al, J Rheumatol 1996;23:1380, for the index; Dorph et al, ACR 2006, for "
    "the limit",
)


def describe_functional_index_improvement(definition: FunctionalIndexImprovement) -> str:
    """Write the definition as one plain sentence.

    Examples
    --------
    >>> print(describe_functional_index_improvement(
    ...     FunctionalIndexImprovement(name="FI", source="the protocol")))
    Improved: Functional Index higher by at least 20 % of the patient's own baseline (the protocol).
    """
    base = {"baseline": "the patient's own baseline", "maximum": f"{definition.maximum:g} points"}
    return (
        f"Improved: Functional Index higher by at least {definition.improvement_percent:g} % of "
        f"{base[definition.relative_to]} ({definition.source})."
    )


def flag_functional_index_improvement(
    functional_index: pd.DataFrame,
    *,
    definition: FunctionalIndexImprovement = FI_IMPROVED_20,
    baseline_month: float = 0.0,
) -> pd.DataFrame:
    """Flag at which visits the Functional Index had improved.

    Parameters
    ----------
    functional_index : DataFrame
        One row per patient and month: patient_id, month, fi (higher = better).
    definition : FunctionalIndexImprovement
    baseline_month : float, default 0

    Returns
    -------
    DataFrame
        One row per patient and later month, in the order of the input:

        - baseline, value, change : points
        - change_percent : of what the definition names; missing when relative to a baseline of 0
        - improved : boolean, missing when change_percent is
        - reason : empty, or why it is missing

    Raises
    ------
    ValueError
        When a column is absent, a visit is repeated or a total is outside 0 to the maximum.

    References
    ----------
    Josefson A et al. J Rheumatol 1996;23:1380.

    Examples
    --------
    >>> fi = pd.DataFrame({"patient_id": "P1", "month": [0.0, 6.0], "fi": [30.0, 36.0]})
    >>> flag_functional_index_improvement(fi)[["change_percent", "improved"]].values.tolist()
    [[20.0, True]]
    """
    check_table(functional_index, name="functional_index", columns=["fi"], key=VISIT)
    check_range(functional_index["fi"], name="functional_index, column fi", high=definition.maximum)
    flags = derive_change_from_baseline(functional_index, value="fi", baseline_month=baseline_month)
    if definition.relative_to == "maximum":
        flags["change_percent"] = round_for_comparison(flags["change"] / definition.maximum * 100)
        flags["reason"] = flags["reason"].mask(flags["change"].notna(), "")
    improved = (flags["change_percent"] >= definition.improvement_percent).astype("boolean")
    flags["improved"] = improved.mask(flags["change_percent"].isna())
    columns = ["baseline", "value", "change", "change_percent", "improved", "reason"]
    return flags[[*VISIT, *columns]]


def derive_functional_index_response(flags: pd.DataFrame) -> pd.DataFrame:
    """Say for each patient whether the Functional Index had improved at any visit.

    Parameters
    ----------
    flags : DataFrame
        One row per patient and month, from `flag_functional_index_improvement`.

    Returns
    -------
    DataFrame
        One row per patient, in the order of the input:

        - improved : True if improved at any visit, False if judged and never improved, missing if
          no visit could be judged
        - first_improved_month : missing if never
        - best_change_percent : largest improvement over the visits
        - n_evaluable : visits that could be judged

    Raises
    ------
    ValueError
        When a column is absent or a visit is repeated.

    Examples
    --------
    >>> flags = pd.DataFrame({"patient_id": "P1", "month": [3.0, 6.0],
    ...                       "improved": pd.array([False, True], dtype="boolean"),
    ...                       "change_percent": [10.0, 25.0]})
    >>> response = derive_functional_index_response(flags)
    >>> response[["improved", "first_improved_month"]].values.tolist()
    [[True, 6.0]]
    """
    check_table(flags, name="flags", columns=["improved", "change_percent"], key=VISIT)
    judged = flags.assign(improved_month=flags["month"].where(flags["improved"].fillna(False)))
    response = judged.groupby("patient_id", sort=False).agg(
        first_improved_month=("improved_month", "min"),
        best_change_percent=("change_percent", "max"),
        n_evaluable=("improved", "count"),
    )
    improved = response["first_improved_month"].notna().astype("boolean")
    response.insert(0, "improved", improved.mask(response["n_evaluable"] == 0))
    return response.reset_index().astype({"n_evaluable": "Int64"})


@dataclass(frozen=True)
class Task:
    """One task of the FI-2, scored as the number of correct repetitions.

    Attributes
    ----------
    name : str
        Its name in the column `test` of performance tests.
    label : str
        Its name in reports.
    maximum : float
        Repetitions at which the task ends. Recalled with moderate certainty: check the protocol.
    """

    name: str
    label: str
    maximum: float


FI2_TASKS: tuple[Task, ...] = (
    Task("fi2_shoulder_flexion", "shoulder flexion", 60),
    Task("fi2_shoulder_abduction", "shoulder abduction", 60),
    Task("fi2_head_lift", "head lift", 60),
    Task("fi2_hip_flexion", "hip flexion", 60),
    Task("fi2_step_test", "step test", 60),
    Task("fi2_heel_lift", "heel lift", 120),
    Task("fi2_toe_lift", "toe lift", 120),
)
"""The seven tasks of the FI-2 (Alexanderson et al 2006). It has no total, so none is made here."""


def derive_fi2_tasks(
    performance_tests: pd.DataFrame, *, tasks: Sequence[Task] = FI2_TASKS
) -> pd.DataFrame:
    """Express the repetitions of each FI-2 task in per cent of the task's maximum.

    Parameters
    ----------
    performance_tests : DataFrame
        One row per patient, month and test: patient_id, month, test, value. Tests that are no
        task of `tasks` are left out. When both sides were tested, give each side its own name
        and task.
    tasks : sequence of Task
        Names and maxima.

    Returns
    -------
    DataFrame
        One row per patient, month and task, in the order of the input: patient_id, month, test,
        label, repetitions, maximum, percent_of_maximum, reason (empty, or "not measured"). There
        is no total.

    Raises
    ------
    ValueError
        When a column is absent, a test is repeated at a visit, or a count is negative or above
        the task's maximum.

    References
    ----------
    Alexanderson H et al. Arthritis Rheum 2006;55:114.

    Examples
    --------
    >>> tests = pd.DataFrame({"patient_id": ["P1"], "month": [0.0], "test": ["fi2_heel_lift"],
    ...                       "value": [30.0]})
    >>> derive_fi2_tasks(tests)["percent_of_maximum"].tolist()
    [25.0]
    """
    check_table(
        performance_tests, name="performance_tests", columns=["value"], key=[*VISIT, "test"]
    )
    by_name = {task.name: task for task in tasks}
    counts = performance_tests[performance_tests["test"].isin(list(by_name))].reset_index(drop=True)
    for name, rows in counts.groupby("test", sort=False):
        task = by_name[str(name)]
        check_range(rows["value"], name=f"performance_tests, {task.name}", high=task.maximum)
    table = counts[[*VISIT, "test"]].assign(
        label=counts["test"].map(lambda name: by_name[name].label),
        repetitions=counts["value"].astype("float64"),
        maximum=counts["test"].map(lambda name: by_name[name].maximum).astype("float64"),
    )
    share = table["repetitions"] / table["maximum"] * 100
    table["percent_of_maximum"] = round_for_comparison(share)
    table["reason"] = np.where(table["repetitions"].isna(), "not measured", "")
    return keep_text(table, ["label", "reason"])
