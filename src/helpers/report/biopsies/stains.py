"""What the stains of a biopsy are called, what they show, and their units."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.derive.laboratory.ihc import MARKERS
from helpers.report.panels.paired import PairWords
from helpers.report.words import escape, join_words

LABELS = {marker.name: marker.label for marker in MARKERS}

SHOWS = {marker.name: marker.shows for marker in MARKERS}


def name_biopsies(specimens: pd.DataFrame, *, ends: tuple[str, str]) -> PairWords:
    """Name what the chapter's pairs are: stains in the field's order, each with its unit.

    Parameters
    ----------
    specimens : DataFrame
        From `helpers.derive.laboratory.ihc.average_readers`.
    ends : (str, str)
        The two visits.

    Returns
    -------
    PairWords
    """
    done = set(specimens["marker"])
    units = specimens.dropna(subset=["unit"]).groupby("marker")["unit"].first()
    return PairWords(
        topic="biopsy",
        table="biopsies",
        specimen="biopsy",
        specimens="biopsies",
        measure="stain",
        measures="stains",
        labels={name: label for name, label in LABELS.items() if name in done},
        units={str(name): write_unit(str(unit)) for name, unit in units.items()},
        ends=ends,
    )


def write_unit(unit: str) -> str:
    """Write a unit as a reader expects it.

    >>> write_unit("cells/mm2")
    'cells/mm²'
    """
    return unit.replace("mm2", "mm²")


def describe_stains(words: PairWords, config: StudyConfig) -> str:
    """Say what each stain shows, in plain words; the study's own where it has some."""
    own = {name: stain.shows for name, stain in config.markers.items() if stain.shows}
    shows = SHOWS | own
    parts = [f"{escape(label)} ({escape(shows[name])})" for name, label in words.labels.items()]
    return f"Stained were: {join_words(parts)}."
