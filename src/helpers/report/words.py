"""Write numbers and lists the way a reader expects them; every sentence uses these."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from numbers import Integral

import numpy as np
import pandas as pd

from helpers.contracts.patients import patient_anchor

NBSP = "\N{NO-BREAK SPACE}"
MISSING = "–"
"""What stands in a table where there is no value; the reason is beside it or in a note."""


def is_missing(value: object) -> bool:
    """Tell whether a single value is missing (None, NaN of any width, NA or NaT)."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def format_number(value: object, *, digits: int | None = None) -> str:
    """Write a value for a reader: no trailing zeros unless digits are asked for.

    Parameters
    ----------
    value : object
        A number, a text, a truth value, or missing.
    digits : int, optional
        Decimals to show; where not given, as many as the value needs, at most 4 significant.

    Returns
    -------
    str
        A dash for a missing value; a true minus sign for a negative one.

    Examples
    --------
    >>> format_number(6), format_number(0.66666), format_number(41.5, digits=2)
    ('6', '0.6667', '41.50')
    >>> format_number(-25.0), format_number(float("nan")), format_number(True)
    ('−25', '–', 'yes')
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, str):
        return value
    if value is True or value is False or str(type(value)).endswith("bool'>"):
        return "yes" if value else "no"
    number = float(str(value))
    if math.isinf(number):
        text = "∞" if number > 0 else "−∞"
    elif digits is not None:
        text = f"{number:.{digits}f}"
    elif isinstance(value, Integral) or number.is_integer():
        text = f"{number:.0f}"
    else:
        # Through Decimal, because a reader should not meet 1.2e-05.
        text = f"{Decimal(f'{number:.4g}'):f}" if abs(number) < 1000 else f"{number:.0f}"
    if text.startswith("-") and float(text) == 0:
        text = text[1:]
    return text.replace("-", "−")


def format_figures(value: object, *, figures: int) -> str:
    """Write a number with so many significant figures, for values that span orders of magnitude.

    >>> [format_figures(ratio, figures=3) for ratio in (8.4131, 0.7384, 269.72, 9.996, 1234.5)]
    ['8.41', '0.738', '270', '10.0', '1234']
    >>> format_figures(math.inf, figures=3), format_figures(0.0, figures=3)
    ('∞', '0')
    """
    if not isinstance(value, (int, float)) or not math.isfinite(value) or value == 0:
        return format_number(value)
    rounded = float(f"{value:.{figures - 1}e}")  # 9.996 has one decimal less than 9.99
    decimals = figures - 1 - math.floor(math.log10(abs(rounded)))
    return format_number(value, digits=max(decimals, 0))


def format_p_value(p_value: float | None) -> str:
    """Write a p-value with its sign: three decimals, never ``p = 0.000``; it does not break.

    >>> for p_value in (0.04371, 0.0002, None):
    ...     print(format_p_value(p_value).replace(NBSP, " "))
    p = 0.044
    p < 0.001
    p not defined
    """
    if is_missing(p_value):
        return "p not defined"
    assert p_value is not None
    if p_value < 0.001:
        return f"p{NBSP}<{NBSP}0.001"
    return f"p{NBSP}={NBSP}{p_value:.3f}" if p_value < 0.9995 else f"p{NBSP}={NBSP}1"


def shorten_p_value(p_value: float | None) -> str:
    """Write a p-value for a column whose head says that it is one.

    >>> shorten_p_value(0.04371), shorten_p_value(0.0002), shorten_p_value(None)
    ('0.044', '< 0.001', 'not defined')
    """
    return format_p_value(p_value).removeprefix("p").strip(f" {NBSP}=").replace(NBSP, " ")


def format_percent(share: float | None, *, digits: int = 0) -> str:
    """Write a share of 1 as per cent; it does not break at the end of a line.

    >>> format_percent(6 / 9).replace(NBSP, " "), format_percent(None)
    ('67 %', '–')
    """
    if is_missing(share):
        return MISSING
    assert share is not None
    return f"{format_number(100 * share, digits=digits)}{NBSP}%"


def count_noun(number: int, noun: str, plural: str | None = None) -> str:
    """Put a number before its noun in singular or plural.

    >>> count_noun(1, "patient"), count_noun(0, "patient"), count_noun(2, "biopsy", "biopsies")
    ('1 patient', '0 patients', '2 biopsies')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def join_words(words: Iterable[str], *, conjunction: str = "and") -> str:
    """Join words as in a sentence; nothing at all is an empty text.

    >>> join_words(["A", "B", "C"]), join_words(["A", "B"]), join_words([])
    ('A, B and C', 'A and B', '')
    """
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {conjunction} {listed[-1]}"


def capitalise(text: str) -> str:
    """Make the first letter a capital and leave the rest alone.

    >>> capitalise("serum IL-1Ra")
    'Serum IL-1Ra'
    """
    return text[:1].upper() + text[1:]


def keep_together(text: str) -> str:
    """Keep what must not part at the end of a line: ``n = 15``, ``20 %``, ``100 mm``.

    >>> keep_together("n = 15, 20 % of 100 mm").replace(NBSP, "~")
    'n~=~15, 20~% of 100~mm'
    """
    text = re.sub(r"\bn = (?=[\d<])", f"n{NBSP}={NBSP}", text)
    return re.sub(r"(?<=\d) (?=(%|mm|cm|mg|pg|kg|mL)\b|%)", NBSP, text)


def name_group(group: str) -> str:
    """Make a group's label fit for a result's name.

    >>> name_group("Endurance exercise (12 weeks)")
    'endurance-exercise-12-weeks'

    A label without any letter or digit of ASCII gets the numbers of its characters.

    >>> name_group("α")
    'u3b1'
    """
    kept = "".join(c.lower() if c.isascii() and c.isalnum() else "-" for c in group)
    return "-".join(filter(None, kept.split("-"))) or "-".join(f"u{ord(c):x}" for c in group)


def escape(text: object) -> str:
    """Make a text from the data safe to stand in HTML.

    >>> escape("a < b & c")
    'a &lt; b &amp; c'
    """
    return html.escape(str(text), quote=True)


def link_patient(patient_id: object) -> str:
    """Name a patient as a link that lights the patient up in every figure and table.

    >>> link_patient("A")
    '<a class="patient" href="#patient-A">A</a>'
    """
    return f'<a class="patient" href="#{patient_anchor(patient_id)}">{escape(patient_id)}</a>'


def link_by_reason(patients: pd.Series, reasons: pd.Series) -> str:
    """List patients as links, those with one reason together, as in a sentence.

    >>> left = pd.Series(["moved", "rash", "moved"])
    >>> re.sub("<[^>]+>", "", link_by_reason(pd.Series(["A", "B", "C"]), left))
    'A and C (moved) and B (rash)'
    """
    return join_words(
        f"{link_patients(part)} ({escape(reason)})"
        for reason, part in patients.groupby(reasons, sort=False)
    )


def link_patients(patients: Iterable[object]) -> str:
    """List patients as links, as in a sentence.

    >>> link_patients(["A", "B"]).count("patient-")
    2
    """
    return join_words(link_patient(patient) for patient in patients)
