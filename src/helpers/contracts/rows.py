"""Walk over a table's rows with names and types that a reader and a type checker can follow."""

from __future__ import annotations

from typing import Any

import pandas as pd


def list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give each row of a frame as a dictionary of its columns, in order.

    >>> list_rows(pd.DataFrame({"arm": ["drug"], "n": [9]}))
    [{'arm': 'drug', 'n': 9}]
    """
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
