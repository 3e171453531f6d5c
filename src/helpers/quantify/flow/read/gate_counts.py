"""A table of gate counts, where no FCS file is at hand: what another program counted in each gate.

Two forms are read. Long: ``file, gate, count``, a row per tube and gate. Wide, as programs export
it: ``file`` and a column ``gate | Count`` (or ``gate,Count``) for each gate. A gate is written with
the names from the outermost one on, joined by ``/``; ``/`` alone stands for all events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from helpers.contracts import Fault, StudyDataError, keep_first, suggest_name
from helpers.io.bounds import MOST_FAULTS
from helpers.io.contracted import compare_columns
from helpers.io.tables import read_table
from helpers.quantify.flow.refusals import refuse

NOT_COUNTED = -1
"""What programs write where they have not counted: missing, not a count."""

_WIDE = re.compile(r"(?P<gate>.*?)\s*[,|]\s*(?P<statistic>Count|#Cells)", re.IGNORECASE)
_SIGNED = re.compile(r"([^+/-]+)([+-])")
_WHOLE = re.compile(r"-?[0-9]{1,12}(\.0+)?")
_MEND = "correct the count, or leave the cell empty where nothing was counted"


def _column(dtype: str, kind: str, description: str, *, filled: bool) -> pa.Column:
    about = {"kind": kind, "unit": "", "expected": description, "mend": _MEND, "filled": filled}
    return pa.Column(dtype, nullable=not filled, description=description, metadata=about)


GATE_COUNTS = pa.DataFrameSchema(
    {
        "file": _column("str", "text", "the tube, as in tubes.csv", filled=True),
        "gate": _column(
            "str", "text", "names from the outermost gate on, joined by /", filled=True
        ),
        "count": _column("Int64", "integer", "events in the gate", filled=False),
    },
    strict=True,
    metadata={"one_row_per": "tube and gate", "key": ("file", "gate"), "may_be_empty": False},
)
"""Contract of the long form: one row per tube and gate."""


@dataclass(frozen=True, eq=False)
class GateCounts:
    """What another program counted.

    Attributes
    ----------
    file : str
        How messages name the table.
    counts : mapping of (str, str) to int or None
        By tube and gate; None where nothing was counted. All events have the gate ``""``.
    """

    file: str
    counts: Mapping[tuple[str, str], int | None]

    @property
    def tubes(self) -> tuple[str, ...]:
        """The tubes of the table."""
        return tuple(dict.fromkeys(tube for tube, _ in self.counts))

    def list_gates(self, tube: str) -> list[str]:
        """List the gates of a tube."""
        return [gate for one, gate in self.counts if one == tube]

    def find(self, tube: str, gate: str) -> int | None:
        """Give the count of a gate in a tube; None where nothing was counted.

        Raises
        ------
        StudyDataError
            When the table has no such tube or gate; the nearest is named.
        """
        path = gate.strip("/")
        if (tube, path) in self.counts:
            return self.counts[tube, path]
        if tube not in self.tubes:
            known = ", ".join(self.tubes[:40])
            mend = suggest_name(tube, self.tubes) + "write the tube in both tables alike"
            raise refuse(self.file, f"no tube {tube}", f"one of {known}", mend)
        known = ", ".join(self.list_gates(tube)[:40])
        mend = suggest_name(path, self.list_gates(tube)) + "write the gate as the table does"
        raise refuse(self.file, f"no gate {path or '/'} in tube {tube}", f"one of {known}", mend)

    def add_positive(self, tube: str, gate: str, marker: str) -> int | None:
        """Add up the Boolean fields in a gate that are positive for a marker.

        Parameters
        ----------
        tube, gate : str
        marker : str
            As the fields' names write it: ``IFNg`` in ``IFNg+2-10-``.

        Returns
        -------
        int or None
            None where one of the fields was not counted.

        Raises
        ------
        StudyDataError
            When no field in the gate is of the marker, or the fields are not all of one set of
            markers, so that events could be counted twice or left out.
        """
        fields = {
            one: dict(_SIGNED.findall(one.rpartition("/")[2]))
            for one in self.list_gates(tube)
            if one.rpartition("/")[0] == gate.strip("/") and _is_field(one.rpartition("/")[2])
        }
        fields = {one: signs for one, signs in fields.items() if len(signs) > 1 or marker in signs}
        sets = {tuple(signs) for signs in fields.values()}
        complete = len(sets) == 1 and len(fields) == 2 ** len(next(iter(sets)))
        if not complete or marker not in next(iter(sets)):
            known = sorted({name for signs in sets for name in signs})
            found = f"{len(fields)} Boolean fields in {gate} of tube {tube}, of " + ", ".join(known)
            expected = f"all combinations of one set of markers, {marker} among them"
            mend = suggest_name(marker, known) + "export the counts of all combinations"
            raise refuse(self.file, found, expected, mend)
        counted = [self.counts[tube, one] for one, signs in fields.items() if signs[marker] == "+"]
        known_counts = [count for count in counted if count is not None]
        return sum(known_counts) if len(known_counts) == len(counted) else None


def _is_field(name: str) -> bool:
    return bool(name) and "".join("".join(part) for part in _SIGNED.findall(name)) == name


def read_gate_counts(path: Path, *, file: str = "") -> GateCounts:
    """Read a table of gate counts in its long or wide form.

    Parameters
    ----------
    path : Path
        CSV or Excel.
    file : str
        How messages name it; its name where nothing is given.

    Returns
    -------
    GateCounts

    Raises
    ------
    StudyDataError
        With every fault: unknown columns, counts that are no whole numbers, a gate with more events
        than the one it is drawn in, a tube or gate twice.
    """
    file = file or path.name
    frame = read_table(path, file=file)
    wide = any(_WIDE.fullmatch(name) for name in frame.columns)
    faults = (
        _find_other_columns(frame, file) if wide else compare_columns(frame, GATE_COUNTS, file=file)
    )
    if faults:
        raise StudyDataError(file, faults)
    counts, faults = _take_counts(_list_wide(frame) if wide else _list_long(frame), file)
    faults = faults or list(_find_larger(counts, file))
    if not counts:
        mend = "fill it, or name another file of gates"
        faults = [*faults, Fault(file, "a header without rows", "at least one row", mend)]
    if faults:
        raise StudyDataError(file, keep_first(faults, MOST_FAULTS))
    return GateCounts(file, counts)


Counts = dict[tuple[str, str], int | None]
Cell = tuple[int, str, str | None, str | None, str | None]
"""Row, column, tube, gate and count as they stand in the table."""


def _find_other_columns(frame: pd.DataFrame, file: str) -> list[Fault]:
    faults = (
        []
        if "file" in frame
        else [Fault(file, "no column file", "the tubes' names", "add it", 1, "file")]
    )
    for name in frame.columns:
        if name != "file" and not _WIDE.fullmatch(name):
            mend = "take the column out, or name it file where it holds the tubes"
            expected = "file, or a gate and Count: gate | Count"
            faults.append(Fault(file, "a column that is no count", expected, mend, 1, name))
    return faults


def _list_long(frame: pd.DataFrame) -> Iterator[Cell]:
    for row, *cells in frame[["file", "gate", "count"]].itertuples(name=None):
        tube, gate, count = (None if pd.isna(cell) else str(cell) for cell in cells)
        yield int(row), "count", tube, gate, count


def _list_wide(frame: pd.DataFrame) -> Iterator[Cell]:
    gates = {str(name): match["gate"] for name in frame if (match := _WIDE.fullmatch(str(name)))}
    for row, *cells in frame.itertuples(name=None):
        named = dict(zip(map(str, frame), cells, strict=True))
        texts = {name: None if pd.isna(cell) else str(cell) for name, cell in named.items()}
        for name, gate in gates.items():
            yield int(row), str(name), texts["file"], gate, texts[name]


def _take_counts(cells: Iterable[Cell], file: str) -> tuple[Counts, list[Fault]]:
    counts: Counts = {}
    faults: list[Fault] = []
    for row, column, tube, gate, text in cells:
        if tube is None or gate is None:
            empty = "file" if tube is None else "gate"
            faults.append(Fault(file, "an empty cell", f"a {empty}", "fill it", row, empty))
            continue
        key = (tube, gate.strip("/"))
        if key in counts:
            found = f"gate {gate} of tube {tube} a second time"
            faults.append(Fault(file, found, "once", "take one of them out", row, column))
        if text is not None and (not _WHOLE.fullmatch(text) or float(text) < NOT_COUNTED):
            expected = "a whole number of 0 or more, or -1 for not counted"
            faults.append(Fault(file, repr(text), expected, _MEND, row, column))
            text = None
        known = text is not None and float(text) != NOT_COUNTED
        counts[key] = int(float(text)) if text is not None and known else None
    return counts, faults


def _find_larger(counts: Counts, file: str) -> Iterator[Fault]:
    """List gates with more events than the nearest one that they are drawn in."""
    for (tube, gate), count in counts.items():
        outer = gate
        while outer:
            outer = outer.rpartition("/")[0]
            around = counts.get((tube, outer))
            if count is not None and around is not None:
                if count > around:
                    found = f"tube {tube}: {count} events in {gate}, {around} in {outer or '/'}"
                    mend = "correct one of the counts, or the names of the gates"
                    yield Fault(file, found, "no more than in the gate around it", mend)
                break
