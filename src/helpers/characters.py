"""Characters that nobody sees, and that change what everybody reads.

A control character in a name moves the cursor of a terminal, a bidirectional override turns a word
round, and a space of no width makes two patients of one. Letters of every script, combining marks,
spaces that do not break and signs of any kind are not among them.
"""

from __future__ import annotations

import re
import unicodedata

LINE_SIGNS = "\t\n\r"
"""Control characters that are text where a text may have lines."""

_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17)
)
_UNSEEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # direction of writing
    "\u00ad\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"  # no width
    "\u115f\u1160\u3164\uffa0"  # letters of Hangul that are blank
    "\u2028\u2029"  # line and paragraph separators
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # layout of old scripts
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # halves of a character
    f"{_NONCHARACTERS}]"
)
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_VIRAMA = 9  # combining class of the sign that joins letters in the scripts of India
_CONTROL_NAMES = {"\x00": "NULL", "\t": "TAB", "\n": "LINE FEED", "\r": "CARRIAGE RETURN"}

MEND = "delete the character: retype the text here, without copying it from elsewhere"


def describe_unseen(text: str, *, lines: bool = False) -> str:
    r"""Name the first character of a text that nobody sees and that may not be there.

    Parameters
    ----------
    text : str
    lines : bool
        Whether tabs and line breaks are text here.

    Returns
    -------
    str
        Its code point, name and place, counted from 1; empty when there is none.

    Examples
    --------
    >>> describe_unseen("P\u202e01")
    'U+202E (RIGHT-TO-LEFT OVERRIDE) as character 2'
    >>> describe_unseen("Åsa\N{NO-BREAK SPACE}1"), describe_unseen("a\nb", lines=True)
    ('', '')
    """
    for found in _UNSEEN.finditer(text):
        if not (lines and found[0] in LINE_SIGNS) and not _joins(text, found.start()):
            return f"U+{ord(found[0]):04X} ({_name(found[0])}) as character {found.start() + 1}"
    return ""


def show_unseen(text: str) -> str:
    r"""Write characters that nobody sees as their code points, for a message.

    >>> print(show_unseen("a\x1b[31m"))
    a<U+001B>[31m
    """
    return _UNSEEN.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def _joins(text: str, at: int) -> bool:
    """Tell whether a joiner stands where words need one: Persian, the scripts of India, emoji."""
    if text[at] not in _JOINERS or not at:
        return False
    before = text[at - 1]
    return (
        unicodedata.bidirectional(before) == "AL"
        or unicodedata.combining(before) == _VIRAMA
        or unicodedata.category(before) in ("So", "Sk")
        or before == "\N{VARIATION SELECTOR-16}"
    )


def _name(sign: str) -> str:
    if "\ud800" <= sign <= "\udfff":
        return "half a character"
    kind = "a control character" if unicodedata.category(sign) == "Cc" else "not a character"
    return _CONTROL_NAMES.get(sign, unicodedata.name(sign, kind))
