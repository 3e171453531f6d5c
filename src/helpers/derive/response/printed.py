"""Response from printed lists of measures that improved or worsened."""

from __future__ import annotations

import pandas as pd

from helpers.contracts.outcomes import CORE_MEASURES
from helpers.contracts.response import ImprovementDefinition

COLUMNS = ("patient_id", "month", "improved", "better", "worse", "not_printed", "reason")


def judge_printed_changes(
    printed: pd.DataFrame, *, definition: ImprovementDefinition
) -> pd.DataFrame:
    """Judge improvement by how many measures were printed as improved and worsened.

    Parameters
    ----------
    printed : DataFrame
        patient_id, month, measure, change (improved, unchanged or worsened), as in the table
        ``published_changes``. The print decides what improved, by whatever limit it used.
    definition : ImprovementDefinition
        How many measures must improve, how many may worsen, and which may not.

    Returns
    -------
    DataFrame
        One row per patient and month: improved (boolean), better, worse, not_printed (names of
        measures), reason. A measure that is not in the print is not known: improved is missing
        where it could decide.

    Examples
    --------
    >>> lists = pd.DataFrame({"patient_id": "A", "month": 3.0, "change": "improved",
    ...                       "measure": ["physician_global", "patient_global", "haq_di"]})
    >>> from helpers.contracts.response import IMACS_2004
    >>> judge_printed_changes(lists, definition=IMACS_2004)["improved"].isna().tolist()
    [True]
    """
    rows = [
        (
            patient,
            month,
            *_judge(dict(zip(part["measure"], part["change"], strict=True)), definition),
        )
        for (patient, month), part in printed.groupby(["patient_id", "month"], sort=False)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"improved": "boolean"})


def _judge(
    changes: dict[str, str], definition: ImprovementDefinition
) -> tuple[bool | None, str, str, str, str]:
    better = [name for name in CORE_MEASURES if changes.get(name) == "improved"]
    worse = [name for name in CORE_MEASURES if changes.get(name) == "worsened"]
    open_ = [name for name in CORE_MEASURES if changes.get(name) is None]
    vetoed = [name for name in worse if name in definition.must_not_worsen]
    may_veto = [name for name in open_ if name in definition.must_not_worsen]
    few = len(better) + len(open_) < definition.measures_needed
    improved: bool | None = None
    reason = f"{len(open_)} measures are not in the print, and they could decide"
    if few or len(worse) > definition.worsened_allowed or vetoed:
        improved = False
        reason = f"{len(better)} better, {len(worse)} worse"
    elif (
        len(better) >= definition.measures_needed
        and len(worse) + len(open_) <= definition.worsened_allowed
        and not may_veto
    ):
        improved = True
        reason = f"{len(better)} better, {len(worse)} worse"
    return improved, ", ".join(better), ", ".join(worse), ", ".join(open_), reason
