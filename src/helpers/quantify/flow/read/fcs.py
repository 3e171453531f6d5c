"""Read an FCS file: its channels, its events on their scale, its own spillover matrix."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.contracts import StudyDataError, suggest_name
from helpers.io.bounds import MEGABYTE
from helpers.io.files import UnreadableError, read_bytes
from helpers.quantify.flow.compensation import Matrix, read_spillover
from helpers.quantify.flow.read.keywords import Layout, OffsetsFrom, read_layout
from helpers.quantify.flow.refusals import list_faults, refuse

Floats = npt.NDArray[np.float64]

LARGEST_FCS = 256 * MEGABYTE
"""Bytes of one file: three million events of twenty channels, in a gigabyte of memory."""

_PLACED = ("$MODE", "$DATATYPE", "$BYTEORD", "$TOT", "$PAR")


@dataclass(frozen=True)
class Channel:
    """One channel of a cytometer.

    Attributes
    ----------
    name : str
        ``$PnN``, the detector.
    label : str
        ``$PnS``, the marker; empty where the file leaves it blank.
    decades, log_zero : float
        ``$PnE``: 0 decades is a linear channel.
    gain, top : float
        ``$PnG`` and ``$PnR``.
    """

    name: str
    label: str
    decades: float
    log_zero: float
    gain: float
    top: float


@dataclass(frozen=True, eq=False)
class Events:
    """The events of one tube.

    Attributes
    ----------
    file : str
        How messages name the file.
    version : str
        Of FCS.
    channels : tuple of Channel
        Columns of `values`.
    values : array, events x channels
        On the channel's scale: logarithmic channels raised, linear ones divided by their gain, time
        in seconds where ``$TIMESTEP`` says how long a step is. Not compensated.
    spill : Matrix or None
        The file's own spillover matrix.
    notes : tuple of str
        What the file leaves open, in words.
    keywords : mapping of str to str
        TEXT, names in capitals with their ``$``.
    time_step : float
        Seconds of one step of time; 1 where the file does not say.
    """

    file: str
    version: str
    channels: tuple[Channel, ...]
    values: Floats
    spill: Matrix | None
    notes: tuple[str, ...]
    keywords: Mapping[str, str]
    time_step: float = 1.0

    def __len__(self) -> int:
        return len(self.values)

    def scale_stored(self, gains: Mapping[str, float]) -> Floats:
        """Give the values as they were stored, linear channels times another gain than their own.

        Parameters
        ----------
        gains : mapping of str to float
            By channel, also spelt with ``_`` for ``/``; 1 where a channel is not there. For time, 1
            leaves the seconds of ``$TIMESTEP``.

        Returns
        -------
        array, events x channels
        """
        values = self.values
        for column, one in enumerate(self.channels):
            gain = gains.get(one.name, gains.get(one.name.replace("/", "_"), 1.0))
            if one.name.lower() == "time":
                factor = gain / self.time_step if gain != 1 else 1.0
            else:
                factor = gain * (1.0 if one.decades else one.gain)
            if factor != 1:
                values = values.copy() if values is self.values else values
                values[:, column] *= factor
        return values

    def find_channel(self, name: str) -> int:
        """Give the column of a channel by its ``$PnN``.

        FlowJo writes ``/`` as ``_``: a name is also found that way where only one fits.

        Raises
        ------
        StudyDataError
            When no channel, or more than one, has the name; the nearest is named.
        """
        names = [channel.name for channel in self.channels]
        for spelt in (names, [one.replace("/", "_") for one in names]):
            found = [column for column, one in enumerate(spelt) if one == name.strip()]
            if len(found) == 1:
                return found[0]
            if found:
                times = f"{len(found)} channels named {name}"
                raise refuse(self.file, times, "each name once", "rename one and export again")
        labels = {channel.label: channel.name for channel in self.channels if channel.label}
        near = suggest_name(name, names) or (
            f"{name} is the marker of {labels[name]}. " if name in labels else ""
        )
        raise refuse(
            self.file,
            f"no channel {name}",
            "one of " + ", ".join(names),
            f"{near}write the channel as the file does, or gate on a file that has it",
        )


def read_fcs(path: Path, *, file: str = "", offsets: OffsetsFrom = "agree") -> Events:
    """Read an FCS file of versions 2.0 to 3.1.

    Parameters
    ----------
    path : Path
    file : str
        How messages name it; its name where nothing is given.
    offsets : {"agree", "header", "text"}
        Whose word is taken for where the events stand; `read_layout` says more.

    Returns
    -------
    Events

    Raises
    ------
    StudyDataError
        When the file cannot be read, is damaged, or holds what this reader does not know: several
        data sets, histograms, other orders of bytes, values that are no numbers.

    Notes
    -----
    A channel with ``$PnE`` of ``d,z`` is ``z 10^(d x / $PnR)``, with 1 for a z of 0; a linear one
    is divided by ``$PnG`` (FCS 3.1, 3.2.20). Whole numbers keep only the bits below the next power
    of two of ``$PnR``. Read with flowio 1.4.
    """
    file = file or path.name
    try:
        content = read_bytes(path, at_most=LARGEST_FCS)
    except UnreadableError as error:
        raise StudyDataError(file, list_faults(error, file)) from None
    layout = read_layout(content, file=file, offsets=offsets)
    _refuse_more_sets(layout, len(content), file)
    channels = tuple(
        _read_channel(layout.keywords, number, file) for number in range(1, layout.channels + 1)
    )
    raw = _read_events(content, layout, file)
    step, notes = _read_time_step(layout.keywords, channels)
    values = _scale(raw, channels, step)
    _refuse_no_numbers(values, channels, file)
    spill, note = read_spillover(layout.keywords)
    notes += (note,) if note else ()
    return Events(file, layout.version, channels, values, spill, notes, layout.keywords, step)


def _refuse_more_sets(layout: Layout, size: int, file: str) -> None:
    text = layout.keywords.get("$NEXTDATA", "0").strip() or "0"
    if text.isdigit() and 0 < int(text) < size:
        found = f"a second set of events from byte {int(text)} ($NEXTDATA)"
        raise refuse(file, found, "one tube in each file", "export each tube as a file of its own")


def _read_channel(keywords: Mapping[str, str], number: int, file: str) -> Channel:
    def number_of(letter: str, text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = np.nan
        if not 0 <= value < 1e30:
            name = f"$P{number}{letter}"
            found, mend = f"{name} {text[:40]!r}", "export the file again"
            raise refuse(file, found, "a number of 0 or more", mend, column=name)
        return value

    name = keywords.get(f"$P{number}N", "").strip()
    if not name:
        found = f"channel {number} without a name ($P{number}N)"
        raise refuse(file, found, "a name for each channel", "export the file again")
    decades, _, zero = keywords.get(f"$P{number}E", "0,0").partition(",")
    return Channel(
        name=name,
        label=keywords.get(f"$P{number}S", "").strip(),
        decades=number_of("E", decades),
        log_zero=number_of("E", zero or "0") or 1.0,
        gain=number_of("G", keywords.get(f"$P{number}G", "").strip() or "1") or 1.0,
        top=number_of("R", keywords.get(f"$P{number}R", "").strip() or "missing"),
    )


def _read_events(content: bytes, layout: Layout, file: str) -> Floats:
    """Let flowio read the events, under a TEXT that holds only what it needs to place them."""
    from flowio import FlowData  # only who has FCS files waits for it
    from flowio.exceptions import FlowIOException

    if not layout.events:
        return np.empty((0, layout.channels))
    words = _write_words(layout)
    try:
        with io.BytesIO(_write_plain(content[layout.start : layout.stop], words)) as plain:
            flow = FlowData(plain)
    except (FlowIOException, ArithmeticError, LookupError, TypeError, ValueError) as error:
        found = f"events that flowio cannot read: {str(error)[:120]}"
        raise refuse(file, found, "a list of events", "export the file again") from None
    with np.errstate(invalid="ignore"):  # what is no number is refused once its channel is known
        values = np.array(flow.events, dtype=float)
    return values.reshape(layout.events, layout.channels)


def _write_words(layout: Layout) -> dict[str, str]:
    """Write the keywords that place the events, each as flowio understands it.

    A range is a whole number, and no larger than its bits can hold: 0, or one beyond, masks none.
    """
    words = {name: layout.keywords[name].strip() for name in _PLACED}
    words |= {"$BYTEORD": words["$BYTEORD"].replace(" ", ""), "$MODE": "L"}
    for number in range(1, layout.channels + 1):
        bits = int(layout.keywords[f"$P{number}B"])
        top = float(layout.keywords[f"$P{number}R"])
        most = 2**bits
        words[f"$P{number}B"] = str(bits)
        words[f"$P{number}R"] = str(int(top) if 1 <= top <= most else most)
        words[f"$P{number}N"] = f"c{number}"
    return words


def _write_plain(data: bytes, words: Mapping[str, str]) -> bytes:
    text = "|" + "".join(f"{name}|{value}|" for name, value in words.items())
    pad = 64  # room for the two offsets, of at most 12 digits
    start = 58 + len(text) + pad
    stop = start + len(data) - 1
    text += f"$BEGINDATA|{start}|$ENDDATA|{stop}|"
    places = (
        (58, 58 + len(text) - 1, 0, 0, 0, 0)
        if stop > 99_999_999
        else (58, 58 + len(text) - 1, start, stop, 0, 0)
    )
    header = "FCS3.1    " + "".join(f"{place:>8}" for place in places)
    return (header + text).encode("latin-1").ljust(start) + data


def _read_time_step(
    keywords: Mapping[str, str], channels: tuple[Channel, ...]
) -> tuple[float, tuple[str, ...]]:
    text = keywords.get("$TIMESTEP", "").strip()
    if not text or not any(channel.name.lower() == "time" for channel in channels):
        return 1.0, ()
    try:
        step = float(text)
    except ValueError:
        step = np.nan
    if 0 < step < 1e9:
        return step, ()
    return 1.0, (f"time is in the cytometer's own steps: $TIMESTEP is {text[:40]!r}",)


def _scale(raw: Floats, channels: tuple[Channel, ...], step: float) -> Floats:
    values = raw.copy()
    with np.errstate(all="ignore"):  # what is no number then is refused below
        for column, channel in enumerate(channels):
            part: Any = values[:, column]
            if channel.name.lower() == "time":
                part *= step
            elif channel.decades > 0:
                part[:] = 10 ** (channel.decades * part / channel.top) * channel.log_zero
            elif channel.gain != 1:
                part /= channel.gain
    return values


def _refuse_no_numbers(values: Floats, channels: tuple[Channel, ...], file: str) -> None:
    wrong = (~np.isfinite(values)).sum(axis=0)
    for channel, count in zip(channels, wrong, strict=True):
        if count:
            found = f"{count} of {len(values)} events without a finite value in {channel.name}"
            raise refuse(file, found, "a number for each event", "export the file again")
