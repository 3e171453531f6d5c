"""What another threshold would change: a patient's change inside the band, a ranking that turns."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

from helpers.quantify.ihc.biopsies import Amount


def find_small_changes(amounts: Iterable[Amount], *, baseline: float) -> dict[Amount, str]:
    """Tell whose change from baseline is smaller than the threshold band.

    Parameters
    ----------
    amounts : iterable of Amount
        Those counted without a threshold have no band, and are passed over.
    baseline : float
        Month that changes are taken from.

    Returns
    -------
    dict of Amount to str
        The later visit and the sentence. A change is told when the bands of the two visits, from
        the value at the high threshold to that at the low one, have a point in common: then
        thresholds that could both be defended make it nothing.
    """
    listed = [amount for amount in amounts if _has_band(amount)]
    first = {
        (amount.patient_id, amount.marker, amount.reader): amount
        for amount in listed
        if amount.month == baseline
    }
    flags = {}
    for amount in listed:
        start = first.get((amount.patient_id, amount.marker, amount.reader))
        if start is not None and amount.month != baseline and _bands_meet(start, amount):
            words = f"change from month {baseline:g} is smaller than the threshold band"
            flags[amount] = words
    return flags


def find_turns(amounts: Iterable[Amount]) -> dict[Amount, str]:
    """Tell whose place among the biopsies of its marker depends on the threshold.

    Parameters
    ----------
    amounts : iterable of Amount

    Returns
    -------
    dict of Amount to str
        The amount and the sentence, which names the biopsies that it changes places with at the
        low or the high threshold.
    """
    groups: dict[tuple[str, str], list[Amount]] = defaultdict(list)
    for amount in amounts:
        if _has_band(amount):
            groups[amount.marker, amount.reader].append(amount)
    flags = {}
    for members in groups.values():
        for amount in members:
            turned = [other.name for other in members if _turns(amount, other)]
            if turned:
                flags[amount] = f"ranking turns inside the threshold band: {_name(turned)}"
    return flags


def _has_band(amount: Amount) -> bool:
    return None not in (amount.value, amount.least, amount.most) and amount.least != amount.most


def _bands_meet(one: Amount, other: Amount) -> bool:
    ends = (one.least, one.most, other.least, other.most)
    least, most, other_least, other_most = (math.nan if end is None else end for end in ends)
    return least <= other_most and other_least <= most


def _turns(one: Amount, other: Amount) -> bool:
    pairs = ((one.least, other.least), (one.value, other.value), (one.most, other.most))
    signs = {(a > b) - (a < b) for a, b in pairs if a is not None and b is not None}
    return {-1, 1} <= signs


def _name(turned: Sequence[str]) -> str:
    shown = ", ".join(turned[:3])
    return f"{shown} and {len(turned) - 3} more" if len(turned) > 3 else shown
