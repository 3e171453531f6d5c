"""Find the place in our tables that a column is for, by its name, label and surroundings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from helpers.intake.propose.redcap import Box, Field, find_box, find_field
from helpers.intake.read.source_table import SourceTable
from helpers.intake.words.names import fold_name, split_visit
from helpers.intake.words.vocabulary import (
    AMBIGUOUS,
    ANALYTE,
    COLUMNS,
    CONTEXTS,
    IN_CONTEXT,
    NOISE,
)

_LOWER = {"alpha", "beta", "gamma", "lambda"}


@dataclass(frozen=True)
class Guess:
    """What a column may be.

    Attributes
    ----------
    column : str
    places : tuple of str
        Empty where nothing fits; several where the name means one of them.
    rank : int
        How early the name stands in the vocabulary; the lowest wins a place.
    visit : str
        What the name says of a visit, folded; empty where nothing.
    analyte : str
        Name of a protein in serum, where it is one.
    box : Box or None
        For a column of REDCap that is one of several boxes.
    options : tuple of str
        The places that an ambiguous name can mean.
    """

    column: str
    places: tuple[str, ...] = ()
    rank: int = 0
    visit: str = ""
    analyte: str = ""
    box: Box | None = None
    options: tuple[str, ...] = ()

    @property
    def ambiguous(self) -> bool:
        """Whether only the study's people can say which place is meant."""
        return bool(self.options)


@cache
def _index() -> Mapping[str, tuple[tuple[str, int], ...]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for place, names in COLUMNS.items():
        for rank, name in enumerate(names):
            found.setdefault(name, []).append((place, rank))
            found.setdefault(name.replace(" ", ""), []).append((place, rank))
    return {name: tuple(dict(pairs).items()) for name, pairs in found.items()}


def list_contexts(*texts: str) -> frozenset[str]:
    """List the tables that the names of a file, sheet or form speak of."""
    words = {word for text in texts for word in fold_name(text).split()}
    words |= {fold_name(text).replace(" ", "") for text in texts}
    return frozenset(table for table, names in CONTEXTS.items() if words & set(names))


def guess_column(
    column: str, table: SourceTable, contexts: Collection[str], fields: Mapping[str, Field]
) -> Guess:
    """Guess what a column is.

    Parameters
    ----------
    column : str
    table : SourceTable
        Its labels count too.
    contexts : collection of str
        Tables that the surroundings speak of.
    fields : mapping of str to Field
        Of a REDCap dictionary.

    Returns
    -------
    Guess
    """
    field, box = find_field(column, fields), find_box(column)
    label = table.sheet.labels.get(column, "") or (field.label if field else "")
    if field:
        contexts = {*contexts, *list_contexts(field.form)}
    best: Guess | None = None
    for text in filter(None, (box.field if box else column, label)):
        found = _guess_name(column, text, contexts, box)
        if found and (best is None or (best.ambiguous and not found.ambiguous)):
            best = found
    return best or Guess(column, visit=split_visit(column)[1], box=box)


def _guess_name(column: str, text: str, contexts: Collection[str], box: Box | None) -> Guess | None:
    base, visit = split_visit(text)
    trailing = re.fullmatch(r"(.*[a-z].*?) ?(\d+)", base)
    tries = [(fold_name(text), ""), (base, visit)]
    tries += [(trailing[1].strip(), trailing[2])] if trailing and not visit else []
    tries += [(_drop_noise(base), visit)]
    tries += [(_drop_noise(trailing[1]), trailing[2])] if trailing and not visit else []
    for name, when in tries:
        places = _look_up(name, contexts)
        if places:
            ranks = [rank for _, rank in places]
            return Guess(column, tuple(place for place, _ in places), min(ranks), when, box=box)
        if name in AMBIGUOUS:
            return Guess(column, AMBIGUOUS[name], 0, when, box=box, options=AMBIGUOUS[name])
    for name, when in tries:
        if re.fullmatch(ANALYTE, name) and re.search(
            r"\d|alpha|beta|gamma|tnf|ifn|vegf|baff", name
        ):
            return Guess(column, ("cytokines.concentration",), 0, when, _write_analyte(name))
    return None


def _look_up(name: str, contexts: Collection[str]) -> tuple[tuple[str, int], ...]:
    if not name:
        return ()
    found = _index().get(name) or _index().get(name.replace(" ", ""), ())
    if found:
        return found
    for table in contexts:
        words = name.split()
        if words[0] in CONTEXTS[table]:
            words = words[1:]
        short = " ".join(words)
        for place, names in IN_CONTEXT.items():
            if place.startswith(f"{table}.") and short in names:
                return ((place, 100 + names.index(short)),)
    first, _, rest = name.partition(" ")
    for table, prefixes in CONTEXTS.items():  # ae_start: the column itself says what it is about
        if first in prefixes[:2] and rest and table not in contexts:
            return _look_up(name, [table])
    return ()


def _drop_noise(name: str) -> str:
    kept = [word for word in name.split() if word not in NOISE]
    return " ".join(kept)


def _write_analyte(name: str) -> str:
    """Write a protein's name as the field does: IL-6, TNF-alpha, IL-1Ra.

    >>> _write_analyte("il 1ra"), _write_analyte("tnf alpha"), _write_analyte("cxcl10")
    ('IL-1Ra', 'TNF-alpha', 'CXCL10')
    """
    parts = re.sub(r"^(il|tnf|ifn)(?=\d|[abg]$|alpha|beta|gamma)", r"\1 ", name).split()
    parts = re.sub(r"^il 1 ?([ab])$", r"il 1 \1", " ".join(parts)).split()
    short = {"a": "alpha", "b": "beta", "g": "gamma"}
    if parts[0] in ("tnf", "ifn") or parts[:2] == ["il", "1"]:
        parts = [short.get(part, part) for part in parts]
    written = "-".join(part if part in _LOWER else part.upper() for part in parts)
    return re.sub(r"-?R[AN]?$", "Ra", written) if re.search(r"1-?RA?N?$", written) else written
