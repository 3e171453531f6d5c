"""What people write, or label a code with, where there is no value."""

from __future__ import annotations

import re
import unicodedata

MISSING = frozenset(
    {
        ".",
        "-",
        "--",
        "nd",
        "n d",
        "n/d",
        "n/a",
        "na",
        "nan",
        "null",
        "not done",
        "missing",
        "saknas",
    }
    | {"ej utfort", "ej gjort", "unknown", "okand", "uppgift saknas", "not available", "?", "nk"}
    | {"ej besvarad", "no answer", "not recorded", "fehlt", "k a", "unk", "ej kand"}
)
"""What stands for a missing value in a column of numbers."""

_SURE = frozenset({"missing", "saknas", "fehlt"})
"""Words that say so in any label."""


def means_missing(label: str) -> bool:
    """Tell whether the label of a code says that the code is no value.

    >>> [means_missing(label) for label in ("Missing value", "N/A", "Ej utfört", "none", "severe")]
    [True, True, True, False, False]
    """
    plain = unicodedata.normalize("NFKD", label.casefold())
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = re.findall(r"[a-z0-9]+", kept)
    return kept.strip() in MISSING or " ".join(words) in MISSING or bool(_SURE & {*words})
