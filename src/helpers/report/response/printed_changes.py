"""Printed lists of improved and worsened measures: judged, and held against print and values."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import SHORT_LABELS
from helpers.report.response.published_flags import PUBLISHED_FLAG
from helpers.report.response.response_rule import name_rule
from helpers.report.words import count_noun
from helpers.study import Study

VISIT = ["patient_id", "month"]
FIRST = "printed_changes"
TOLD = {True: "improved", False: "not improved"}


def compare_printed(judged: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Put the printed outcome and that of the values beside the one that the lists give.

    Parameters
    ----------
    judged : DataFrame
        From `helpers.derive.response.printed.judge_printed_changes`.
    study : Study

    Returns
    -------
    DataFrame
        `judged` with printed_outcome and from_values, boolean; missing where there is none.
    """
    flags = study.tables.get("published_flags")
    nothing = pd.DataFrame({"patient_id": pd.Series(dtype="str"), "month": 0.0, "value": True})
    printed = nothing if flags is None else flags[flags["flag"] == PUBLISHED_FLAG]
    printed = printed[[*VISIT, "value"]].rename(columns={"value": "printed_outcome"})
    values = (
        study.responses.improvement[[*VISIT, "improved"]]
        if study.has("core_set")
        else nothing.rename(columns={"value": "improved"})
    )
    both = judged.merge(printed, on=VISIT, how="left")
    both = both.merge(values.rename(columns={"improved": "from_values"}), on=VISIT, how="left")
    return both.astype({"printed_outcome": "boolean", "from_values": "boolean"})


def record_printed(numbers: Numbers, judged: pd.DataFrame) -> None:
    """Record how many visits the lists judge, and how often print and values agree with them."""
    known = judged["improved"].notna()
    numbers.record(
        f"{FIRST}.improved",
        int(judged["improved"].fillna(False).sum()) if known.any() else None,
        n=int(known.sum()),
        unit="patient visits",
        reason="" if known.any() else "the lists leave every visit open",
        source="published_changes",
    )
    numbers.record(f"{FIRST}.open", int((~known).sum()), n=len(judged), source="published_changes")
    for column, table in (("printed_outcome", "published_flags"), ("from_values", "core_set")):
        both = judged[known & judged[column].notna()]
        if both.empty:
            continue
        numbers.record(
            f"{FIRST}.agrees.{column}",
            int((both["improved"] == both[column]).sum()),
            n=len(both),
            unit="patient visits",
            source=["published_changes", table],
        )


def describe_printed(numbers: Numbers, config: StudyConfig) -> str:
    """Say what the printed lists give, and whether it agrees with print and values."""
    improved, left_open = numbers[f"{FIRST}.improved"], numbers[f"{FIRST}.open"]
    if improved.value is None:
        return "The printed lists of measures leave every visit open."
    said = (
        f"By the printed lists of measures, {improved} of "
        f"{count_noun(improved.n or 0, 'patient visit')} improved by {name_rule(config.response)}"
    )
    if left_open.value:
        said += f"; {left_open} more cannot be told, because the lists are not complete"
    names = {
        "printed_outcome": "the outcome that was printed",
        "from_values": "what the values themselves give",
    }
    for column, name in names.items():
        if f"{FIRST}.agrees.{column}" in numbers:
            agrees = numbers[f"{FIRST}.agrees.{column}"]
            said += f"; {agrees} of {agrees.n} agree with {name}"
    return f"{said}."


def tabulate_printed(judged: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out each visit: measures printed as better and worse, and the three judgements."""
    rows = []
    for row in list_rows(judged):
        cells: dict[str, object] = {
            "patient": row["patient_id"],
            "visit": config.label_month(row["month"]),
            "printed as better": _shorten(row["better"]),
            "printed as worse": _shorten(row["worse"]),
            "by the lists": _tell(row["improved"]),
        }
        for column, label in (("printed_outcome", "as printed"), ("from_values", "by the values")):
            if judged[column].notna().any():
                cells[label] = _tell(row[column])
        rows.append(cells | {"why": row["reason"]})
    return pd.DataFrame(rows)


def _tell(flag: object) -> str:
    return "not known" if pd.isna(flag) else TOLD[bool(flag)]  # type: ignore[call-overload]


def _shorten(names: str) -> str:
    return ", ".join(SHORT_LABELS[name] for name in names.split(", ") if name)


def caption_printed(config: StudyConfig) -> str:
    """Caption the table of printed lists."""
    limits = config.response.limits
    return (
        f"Measures printed as better and worse, judged by {name_rule(config.response)}: "
        f"{limits.measures_needed} better, at most {limits.worsened_allowed} worse. What counts "
        "as better or worse is the print's own limit."
    )
