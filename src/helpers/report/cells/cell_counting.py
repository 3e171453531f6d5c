"""How exactly percentages are known from the cells that were counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.report.cells.cell_populations import LABELS
from helpers.report.estimates import write_limits
from helpers.report.numbers import Numbers
from helpers.report.panels.paired import PairWords
from helpers.report.words import count_noun, escape, format_number, link_patients


def tabulate_counting(counted: pd.DataFrame, words: PairWords) -> pd.DataFrame:
    """Lay out how exactly percentages are known: a row per population, from its fewest cells.

    The row shows the sample with the fewest cells of the population, where counting says least.
    """
    known = counted.dropna(subset=["cells"])
    rows = []
    for name, label in words.labels.items():
        part = known[known["population"] == name]
        if len(part):
            fewest = list_rows(part.sort_values("cells").head(1))[0]
            digits = 2 if fewest["percent"] < 10 else 1
            rows.append(
                {
                    "population": label,
                    "samples": len(part),
                    "median cells counted": part["cells"].median(),
                    "fewest cells": int(fewest["cells"]),
                    "that sample, %": format_number(fewest["percent"], digits=digits),
                    "its 95 % interval, %": write_limits(
                        fewest["low"], fewest["high"], digits=digits
                    ),
                }
            )
    columns = ["population", "samples", "median cells counted", "fewest cells"]
    return pd.DataFrame(rows, columns=[*columns, "that sample, %", "its 95 % interval, %"])


def record_counting(numbers: Numbers, counted: pd.DataFrame) -> None:
    """Record the fewest cells on which any percentage rests, and that percentage's interval."""
    known = counted.dropna(subset=["cells"]).sort_values("cells", kind="stable")
    absent = "no number of events is recorded"
    row: dict[str, Any] = list_rows(known.head(1))[0] if len(known) else {}
    numbers.record(
        "t_cells.counting.fewest_cells",
        int(row["cells"]) if row else None,
        n=len(known),
        unit="cells",
        source="t_cells",
        method="per cent of the parent events, in whole cells",
        reason="" if row else absent,
    )
    numbers.record(
        "t_cells.counting.least_certain",
        row.get("percent"),
        n=int(row["events"]) if row else 0,
        low=row.get("low"),
        high=row.get("high"),
        unit="% of the parent; n: cells of the parent",
        source="t_cells",
        method="exact (Clopper-Pearson) binomial interval",
        reason="" if row else absent,
        digits=2,
    )


def describe_counting(numbers: Numbers, counted: pd.DataFrame) -> str:
    """Say on how few cells the weakest percentage rests, and what that means for it."""
    fewest = numbers["t_cells.counting.fewest_cells"]
    if fewest.value is None:
        return "How many cells were counted is not recorded, so this error cannot be given."
    share = numbers["t_cells.counting.least_certain"]
    known = counted.dropna(subset=["cells"]).sort_values("cells", kind="stable")
    row = list_rows(known.head(1))[0]
    label = escape(LABELS.get(row["population"], row["population"]))
    uncounted = int((counted["reason"] == "cells not counted").sum())
    more = f" Of {count_noun(uncounted, 'percentage')} no events are recorded." if uncounted else ""
    return (
        f"The least certain percentage rests on {fewest} cells ({label} of "
        f"{link_patients([row['patient_id']])}): {share} % ({share.interval}).{more}"
    )


def caption_counting(counted: pd.DataFrame) -> str:
    """Caption the table of counting."""
    n = int(counted["cells"].notna().sum())
    return (
        f"How exactly percentages are known from the cells counted (n = {n} percentages). "
        "Interval: exact binomial (Clopper-Pearson) from the cells of the population and of its "
        "parent."
    )
