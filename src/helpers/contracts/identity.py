"""When two names are one: the one home of how names of people and of things are compared.

Nobody sees whether an A is Latin or Greek, a hyphen the long or the short one, a letter with its
accent one sign or two. What differs by such things only is one name written in two ways.
"""

from __future__ import annotations

import re
import unicodedata

_CAPITALS = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕЅІЈКМНОРСТХУ",
    "ABEZHIKMNOPTYXABESIJKMHOPCTXY",
)
_SMALL = str.maketrans(
    "αβγδεζηικλμνορτυχаеорсухіјѕ",
    "abgdezhiklunoptyxaeopcyxijs",
)
_MINUS = "\N{MINUS SIGN}"
_SPELT = re.compile("alpha|beta|gamma|delta|kappa|lambda")
_NO_HYPHEN = re.compile(r"-(?=$|[\s,;/)+-])")
"""A minus behind a word, ``CD8-``: it says that cells lack it, and is no hyphen."""


def fold_person(name: str) -> str:
    r"""Give what is left of a person's name when it is compared with another.

    Case, form of letters, kind of hyphen and space, Greek or Cyrillic letters that look like Latin
    ones, and characters that nobody sees make no second person. Hyphens and spaces stay: ``1-12``
    and ``11-2`` are two.

    Parameters
    ----------
    name : str
        A patient, donor or reader.

    Returns
    -------
    str

    Examples
    --------
    >>> fold_person("P\N{EN DASH}01") == fold_person("p-01"), fold_person("Reader  1")
    (True, 'reader 1')
    """
    plain = unicodedata.normalize("NFKC", name).translate(_CAPITALS).casefold()
    plain = unicodedata.normalize("NFKC", plain).translate(_SMALL)
    kept = (_fold_sign(sign) for sign in plain)
    return " ".join("".join(kept).split()) or name


def _fold_sign(sign: str) -> str:
    if sign == _MINUS or unicodedata.category(sign) == "Pd":
        return "-"
    return "" if unicodedata.category(sign) in ("Cc", "Cf") and not sign.isspace() else sign


def fold_thing(name: str) -> str:
    """Give what is left of an analyte's, marker's, population's or test's name when compared.

    As `fold_person`; and hyphens, spaces and spelt Greek letters make no second thing either. The
    minus of cells that lack a marker (``CD8-``) stays.

    >>> fold_thing("TNF-alpha") == fold_thing("TNF α") == fold_thing("tnfa")
    True
    >>> fold_thing("CD4+ CD8-") == fold_thing("CD4+ CD8")
    False
    """
    plain = _NO_HYPHEN.sub(_MINUS, fold_person(name))
    kept = _SPELT.sub(lambda found: found[0][0], plain.replace("-", "").replace(" ", ""))
    return kept or name


def show_difference(first: str, second: str) -> tuple[str, str]:
    r"""Write two names that look alike, each with the code points in which it differs.

    >>> show_difference("P01", "p01")
    ('P01 (U+0050)', 'p01 (U+0070)')
    >>> show_difference("IL-6", "IL6")
    ('IL-6 (U+002D)', 'IL6 (without it)')
    """
    start = _count_common(first, second)
    end = _count_common(first[start:][::-1], second[start:][::-1])
    return _show(first, start, end), _show(second, start, end)


def _count_common(first: str, second: str) -> int:
    pairs = zip(first, second, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


def _show(name: str, start: int, end: int) -> str:
    points = " ".join(f"U+{ord(sign):04X}" for sign in name[start : len(name) - end])
    return f"{name} ({points or 'without it'})"


_DAY = r"\d{1,2}"
_MONTH = r"(?i:jan|feb|mar|apr|ma[iyj]|jun|jul|aug|sept?|o[ck]t|nov|de[cz])"
_SPREADSHEET = (
    (re.compile(r"\d{4}-\d\d-\d\d( .*)?"), "a date"),
    (re.compile(rf"{_DAY}[-/. ]{_MONTH}([-/. ]\d{{2,4}})?|{_MONTH}[-/. ]\d{{2,4}}"), "a date"),
    (re.compile(rf"{_DAY}([/.]){_DAY}\1\d{{2,4}}"), "a date"),
    (re.compile(r"\d(\.\d+)?[eE]\+\d+"), "a rounded number"),
)


def describe_spreadsheet_id(name: str) -> str:
    """Say what a spreadsheet has made of an id; empty where it looks like one that a person gave.

    >>> [describe_spreadsheet_id(name) for name in ("2024-02-01", "01-Feb", "1.00E+05", "01-012")]
    ['a date', 'a date', 'a rounded number', '']
    """
    found = (what for pattern, what in _SPREADSHEET if pattern.fullmatch(name))
    return next(found, "")


def drop_zeros(name: str) -> str:
    """Take the zeros off the front of each number of a name, as a spreadsheet does.

    >>> drop_zeros("001"), drop_zeros("P01-010"), drop_zeros("P0")
    ('1', 'P1-10', 'P0')
    """
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)
