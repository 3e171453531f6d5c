"""Names of studies and reports: those that every file system takes and nobody mistakes."""

from __future__ import annotations

import re
import unicodedata

from helpers.characters import describe_unseen

RULE = "a name that every computer takes as that of a folder"

LONGEST = 200
"""Bytes; file systems take 255, of which work in progress needs some for names of its own."""

RESERVED = re.compile(r"(?i)(con|prn|aux|nul|(com|lpt)[1-9¹²³])(\..*)?")
"""What Windows takes for a device, whatever follows the first point."""

FAILED = ".failed"
"""Ends the name of the folder that a failed run leaves beside a report, and no report's."""

TAKEN_ENDINGS = (FAILED, ".html")
"""What we write beside the reports ends so."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')


def describe_name(name: str) -> str:
    """Say what keeps a name from being that of a study or a report.

    Parameters
    ----------
    name : str
        Of a folder, without its path.

    Returns
    -------
    str
        Empty when the name is good.

    Examples
    --------
    >>> describe_name("rituximab_dm"), describe_name("nul"), describe_name("x.failed")
    ('', 'a name that Windows keeps for a device', 'a name that ends in .failed, as our own do')
    """
    if unseen := describe_unseen(name):
        return f"a name with {unseen}"
    if not name or name != name.strip(" .") or name.startswith(("-", "~")):
        return "a name that is empty, or begins or ends with a space, a point, - or ~"
    if sign := _FORBIDDEN.search(name):
        return f"a name with {sign[0]}"
    if RESERVED.fullmatch(name):
        return "a name that Windows keeps for a device"
    for ending in TAKEN_ENDINGS:
        if name.lower().endswith(ending):
            return f"a name that ends in {ending}, as our own do"
    if len(name.encode()) > LONGEST:
        return f"a name of more than {LONGEST} bytes"
    return ""


def fold_name(name: str) -> str:
    """Give what two names have in common that some file systems take for one.

    >>> fold_name("Å1") == fold_name("a\u030a1")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def is_partial_name(name: str) -> bool:
    """Tell whether a report of this name could be taken for what is left of another one."""
    return name.lower().endswith(FAILED)
