"""What stands before the events of an FCS file: HEADER and TEXT, read and held against each other.

The layout is that of the Data File Standard for Flow Cytometry, versions 2.0, 3.0 and 3.1 (Spidlen
et al., Cytometry A 2010; 77:97-100).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from helpers.quantify.flow.refusals import refuse

OffsetsFrom = Literal["agree", "header", "text"]
"""Whose word is taken for where the events stand: both, which must agree, or one of them."""

VERSIONS = ("2.0", "3.0", "3.1")
LITTLE, BIG = ("1,2,3,4", "1,2"), ("4,3,2,1", "2,1")
_FIRST_LARGE = 99_999_999
"""The last byte that HEADER can name; a segment beyond it has 0 there."""

_EXPORT = "export the file again from the cytometer's software"
_COPY = "copy the file again, in binary mode: it may have been cut or changed on its way"


@dataclass(frozen=True)
class Layout:
    """Where the events of an FCS file stand, and how they are written.

    Attributes
    ----------
    version : str
        ``2.0``, ``3.0`` or ``3.1``.
    keywords : mapping of str to str
        TEXT, names in capitals with their ``$``.
    start, events, channels, width : int
        First byte of the events; how many there are, of how many channels, and the bytes of each.
    """

    version: str
    keywords: Mapping[str, str]
    start: int
    events: int
    channels: int
    width: int

    @property
    def stop(self) -> int:
        """The first byte after the events."""
        return self.start + self.events * self.width


def read_layout(content: bytes, *, file: str, offsets: OffsetsFrom = "agree") -> Layout:
    """Read HEADER and TEXT of an FCS file, and check that they place the events.

    Parameters
    ----------
    content : bytes
        The whole file.
    file : str
        How messages name it.
    offsets : {"agree", "header", "text"}
        HEADER and TEXT both say where the events begin and end. ``agree`` refuses a file in which
        they differ, or in which the events do not fill the place; the others take one's word, and
        the number of events from ``$TOT``.

    Returns
    -------
    Layout

    Raises
    ------
    StudyDataError
        When it is no FCS file of versions 2.0 to 3.1, lacks a keyword, holds what is not a list of
        events, or names a wrong place; both offsets are named.

    Examples
    --------
    >>> read_layout(b"PK..", file="a.fcs")
    Traceback (most recent call last):
    helpers.contracts.faults.StudyDataError: a.fcs: 1 fault found...
    """
    version, places = _read_header(content, file)
    keywords = _read_text(content, places["TEXT"], file)
    _refuse_other_kinds(keywords, file)
    channels = _read_count(keywords, "$PAR", file)
    events = _read_count(keywords, "$TOT", file)
    width = _measure_event(keywords, channels, file)
    start, stop = _place_events(keywords, places["DATA"], version, offsets, file)
    layout = Layout(version, keywords, start, events, channels, width)
    _check_place(layout, stop, len(content), offsets, file)
    return layout


def _read_header(content: bytes, file: str) -> tuple[str, dict[str, tuple[int, int]]]:
    if content[:3] != b"FCS":
        found = "an empty file" if not content else f"a file that begins with {content[:6]!r}"
        raise refuse(file, found, "an FCS file, which begins with FCS and its version", _COPY)
    version = content[3:6].decode("latin-1")
    if version not in VERSIONS:
        expected = "one of the versions " + ", ".join(VERSIONS)
        raise refuse(file, f"FCS version {version!r}", expected, "export the file as FCS 3.1")
    text = _read_offsets(content[10:26], "TEXT", file)
    if not 58 <= text[0] < text[1] < len(content):
        found = f"TEXT from byte {text[0]} to {text[1]} in a file of {len(content)} bytes"
        raise refuse(file, found, "a place after HEADER and inside the file", _COPY)
    return version, {"TEXT": text, "DATA": _read_offsets(content[26:42], "DATA", file)}


def _read_offsets(digits: bytes, segment: str, file: str) -> tuple[int, int]:
    try:
        return int(digits[:8] or b"x"), int(digits[8:] or b"x")
    except ValueError:
        found = f"{digits!r} for where {segment} begins and ends"
        raise refuse(file, found, "two numbers of 8 digits in HEADER", _COPY) from None


def _read_text(content: bytes, place: tuple[int, int], file: str) -> dict[str, str]:
    segment = content[place[0] : place[1] + 1]
    try:
        text = segment.decode()
    except UnicodeDecodeError:
        text = segment.decode("latin-1")
    mark = text[0]
    if mark.isalnum() or mark in "$ ":
        raise refuse(file, f"TEXT that begins with {mark!r}", "the mark between keywords", _COPY)
    words = _split_escaped(text, mark)
    if any(mark in name for name in words[::2]):  # two marks stand for an empty value here
        words = text[1:].split(mark)
    return {
        name.strip().upper(): value for name, value in zip(words[::2], words[1::2], strict=False)
    }


def _split_escaped(text: str, mark: str) -> list[str]:
    """Split at single marks; two together are one that belongs to the word."""
    one = re.escape(mark)
    words = re.split(f"(?<!{one}){one}(?!{one})", text[1:].removesuffix(mark))
    return [word.replace(2 * mark, mark) for word in words]


def _refuse_other_kinds(keywords: Mapping[str, str], file: str) -> None:
    mode = _require(keywords, "$MODE", file).strip().upper()
    if mode != "L":
        raise refuse(file, f"$MODE {mode}, a histogram", "L, a list of events", _EXPORT)
    kind = _require(keywords, "$DATATYPE", file).strip().upper()
    if kind not in {"I", "F", "D"}:
        raise refuse(file, f"$DATATYPE {kind}", "I, F or D (whole numbers or floats)", _EXPORT)
    order = _require(keywords, "$BYTEORD", file).replace(" ", "")
    if order not in LITTLE + BIG:
        expected = "1,2,3,4 or 4,3,2,1: no other order of bytes is guessed"
        raise refuse(file, f"$BYTEORD {order}", expected, _EXPORT)


def _require(keywords: Mapping[str, str], name: str, file: str) -> str:
    try:
        return keywords[name]
    except KeyError:
        raise refuse(file, f"TEXT without {name}", f"the keyword {name}", _EXPORT) from None


def _read_count(keywords: Mapping[str, str], name: str, file: str) -> int:
    text = _require(keywords, name, file).strip()
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise refuse(file, f"{name} {text[:40]!r}", "a whole number", _EXPORT)
    return int(text)


def _measure_event(keywords: Mapping[str, str], channels: int, file: str) -> int:
    if not 0 < channels <= len(keywords):
        found = f"$PAR {channels}, and {len(keywords)} keywords"
        raise refuse(file, found, "at least one channel, each with its keywords", _EXPORT)
    kind = keywords["$DATATYPE"].strip().upper()
    allowed = {"I": (8, 16, 32), "F": (32,), "D": (64,)}[kind]
    bits = [_read_count(keywords, f"$P{number}B", file) for number in range(1, channels + 1)]
    for number, wide in enumerate(bits, start=1):
        if wide not in allowed:
            expected = f"{' or '.join(map(str, allowed))} bits for $DATATYPE {kind}"
            raise refuse(file, f"$P{number}B {wide}", expected, _EXPORT, column=f"$P{number}B")
    return sum(bits) // 8


def _place_events(
    keywords: Mapping[str, str],
    header: tuple[int, int],
    version: str,
    offsets: OffsetsFrom,
    file: str,
) -> tuple[int, int]:
    """Give the first byte of the events and the first after them, as the file says."""
    if offsets == "header" or (version == "2.0" and offsets == "agree"):
        return header[0], header[1] + 1
    text = _read_count(keywords, "$BEGINDATA", file), _read_count(keywords, "$ENDDATA", file)
    large = header == (0, 0) and text[1] > _FIRST_LARGE
    if offsets == "agree" and text != header and not large:
        raise refuse(
            file,
            f"events from byte {header[0]} to {header[1]} by HEADER, "
            f"{text[0]} to {text[1]} by TEXT",
            "one place: a wrong one gives other numbers, not an error",
            f"{_EXPORT}; or, where you know which is right, read it with offsets header or text",
        )
    return text[0], text[1] + 1


def _check_place(layout: Layout, stop: int, size: int, offsets: OffsetsFrom, file: str) -> None:
    says = f"events from byte {layout.start} to {stop - 1}"
    if not 58 <= layout.start <= stop <= size + (offsets != "agree"):
        found = f"{says} in a file of {size} bytes"
        raise refuse(file, found, "a place after HEADER and inside the file", _COPY)
    room = stop - layout.start
    # Some programs name the byte after the last: one too many is read where somebody asked for it.
    if layout.stop <= size and stop - layout.stop in ({0} if offsets == "agree" else {0, 1}):
        return
    wanted = f"{layout.events} x {layout.width} bytes ($TOT x the bits of all channels)"
    raise refuse(
        file,
        f"{says}, room for {room} bytes",
        f"byte {layout.start} to {layout.stop - 1}, {wanted}",
        f"{_EXPORT}; or, where $TOT is right, read it with offsets header or text",
    )
