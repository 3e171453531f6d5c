"""How far readers agree on the same biopsies; kept apart from the spread between fields."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.quantify.ihc.biopsies import Amount
from helpers.stats.agreement import intraclass_correlation
from helpers.stats.result import StatisticResult


def measure_agreement(amounts: Iterable[Amount]) -> dict[str, StatisticResult]:
    """Give the intraclass correlation of the readers of each marker.

    Parameters
    ----------
    amounts : iterable of Amount

    Returns
    -------
    dict of str to StatisticResult
        By marker, where two readers or more read it: ICC(2,1) over patients' visits, each a row
        with one value of each reader. Visits that one reader did not read are counted as missing.
    """
    rows = [
        {
            "marker": amount.marker,
            "visit": (amount.patient_id, amount.month),
            "reader": amount.reader,
            "value": amount.value,
        }
        for amount in amounts
    ]
    found = {}
    for marker, part in pd.DataFrame(rows).groupby("marker") if rows else ():
        ratings = part.pivot(index="visit", columns="reader", values="value").astype(float)
        if ratings.shape[1] > 1:
            found[str(marker)] = intraclass_correlation(ratings)
    return found
