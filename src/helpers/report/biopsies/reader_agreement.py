"""How far the readers of the same biopsy sections agree."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.biopsies.stains import LABELS
from helpers.report.estimates import record_estimate, write_estimate
from helpers.report.numbers import Numbers
from helpers.report.words import escape, format_number, is_missing, join_words, name_group


def record_agreement(numbers: Numbers, agreement: pd.DataFrame) -> None:
    """Record how far each pair of readers agrees on each stain."""
    for row in list_rows(agreement):
        readers, question = name_group(row["readers"]), name_group(row["question"])
        record_estimate(
            numbers,
            f"biopsy.agreement.{name_group(row['marker'])}.{readers}.{question}",
            row,
            value="estimate",
            unit=row["measure"],
            digits=2,
            source="biopsies",
        )


def tabulate_agreement(agreement: pd.DataFrame) -> pd.DataFrame:
    """Lay out the agreement of readers: stain, question, n, coefficient with interval."""
    if agreement.empty:
        return pd.DataFrame(columns=["stain", "agreement"])
    return pd.DataFrame(
        [
            {
                "stain": LABELS[row["marker"]],
                "readers": row["readers"],
                "question": row["question"],
                "sections": row["n"],
                "measure": row["measure"],
                "agreement (95 % interval)": _write_agreement(row),
            }
            for row in list_rows(agreement)
        ]
    )


def _write_agreement(row: Mapping[str, float]) -> str:
    if is_missing(row["estimate"]):
        return f"not defined: {row['reason']}"
    return write_estimate(row["estimate"], row["low"], row["high"], digits=2)


def caption_agreement(agreement: pd.DataFrame) -> str:
    """Caption the table of agreement."""
    methods = dict.fromkeys(agreement["method"]) if len(agreement) else {}
    return (
        "Agreement of two readers on the same sections; 1 is complete, 0 is no better than "
        f"chance. {escape('; '.join(methods))}. The sections of one patient are not independent."
    )


def describe_readers(biopsies: pd.DataFrame, agreement: pd.DataFrame) -> str:
    """Say who scored the sections, and what two readers make of the same one."""
    readers = list(dict.fromkeys(biopsies["reader"]))
    if len(readers) == 1:
        return (
            f"Every section was scored by one reader ({escape(readers[0])}), so how far readers "
            "agree cannot be said."
        )
    names = join_words(escape(reader) for reader in readers)
    if agreement.empty:
        return (
            f"The sections were shared out among {names}; no section was scored by two of them, so "
            "how far they agree cannot be said."
        )
    known = agreement.dropna(subset=["estimate"])
    if known.empty:
        return f"The same sections were scored by {names}, but their agreement is not defined."
    least, most = (format_number(known["estimate"].agg(end), digits=2) for end in ("min", "max"))
    return (
        f"The same sections were scored by {names}. Their agreement lies between {least} and "
        f"{most} (1 is complete); the report uses the mean of the readers, and counts a stain as "
        "seen when any of them saw it."
    )
