"""What every instrument's file becomes: one value, how sure it is, and where it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

import pandas as pd


@dataclass(frozen=True)
class Measurement:
    """One value read off one instrument's file.

    Attributes
    ----------
    patient_id : str
        Whose sample it was.
    month : float
        Months since the first dose.
    what : str
        The analyte, the population or the marker.
    value : float or None
        None where there is no number (below quantification, masked); `flag` says why.
    unit : str
        Unit of `value`, `se`, `lower` and `upper`.
    n : int
        What the value was read from: wells, parent events, fields.
    se, lower, upper : float or None
        Standard error and limits of the interval at 95 %; None where none can be given.
    interval_method : str
        How the interval was made, in words; empty where there is none.
    flag : str
        What a reader must know before using the value (``below quantification``); empty if nothing.
    qc : str
        What quality control found wrong; empty if everything passed.
    source_file, sha256 : str
        The instrument's file, below the study folder, and its hash.
    """

    patient_id: str
    month: float
    what: str
    value: float | None
    unit: str
    n: int
    se: float | None
    lower: float | None
    upper: float | None
    interval_method: str
    flag: str
    qc: str
    source_file: str
    sha256: str


def to_frame(measurements: Iterable[Measurement]) -> pd.DataFrame:
    """Put measurements into a table, one row per measurement, columns as in `Measurement`.

    >>> list(to_frame([]).columns)[:3]
    ['patient_id', 'month', 'what']
    """
    columns = [field.name for field in fields(Measurement)]
    return pd.DataFrame([asdict(one) for one in measurements], columns=columns)
