"""The chapter on serum proteins as a whole: their names, methods, summary, conclusion, limits."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.report.numbers import Numbers
from helpers.report.p_values import keep_clear
from helpers.report.panels.paired import (
    PairWords,
    describe_family,
    find_family,
)
from helpers.report.words import escape, join_words


def name_cytokines(cytokines: pd.DataFrame, *, ends: tuple[str, str]) -> PairWords:
    """Name what the chapter's pairs are: proteins in the order of the table, each with its unit.

    Parameters
    ----------
    cytokines : DataFrame
        One row per patient, month and analyte.
    ends : (str, str)
        The two visits.

    Returns
    -------
    PairWords
    """
    units = cytokines.groupby("analyte", sort=False)["unit"].first()
    return PairWords(
        topic="serum",
        table="cytokines",
        specimen="serum",
        specimens="serum",
        measure="protein",
        measures="proteins",
        labels={str(name): str(name) for name in units.index},
        units={str(name): str(unit) for name, unit in units.items()},
        ends=ends,
        scale="log",
        were="was",
    )


def list_methods(words: PairWords, config: StudyConfig) -> list[tuple[str, str]]:
    """List the rules in force by name, for the chapter and the study report's methods."""
    return [
        (
            "Serum proteins",
            "Changes are fold changes (after divided by before), computed from logarithms: exact "
            "signed-rank test, patients without change left out, Hodges-Lehmann centre. Groups are "
            "compared by the exact rank-sum test.",
        ),
        (
            "Values outside quantification",
            "A value below quantification ties with the others at the lowest rank of its visit, "
            "one above at the highest. A change from or to such a value counts with the limit, the "
            "smallest change that is possible; where not even its direction is known, it is left "
            "out and named.",
        ),
        *describe_family(find_family(config, words)),
    ]


def describe_interference(numbers: Numbers, words: PairWords) -> str:
    """Warn where an assay also measures the study's drug; nothing where none does."""
    return " ".join(
        f"<strong>Warning: the {escape(analyte)} assay also measures the drug.</strong> "
        f"{escape(why[0].upper() + why[1:])}. A value under treatment is the sum of both: a "
        "rise shows that the drug was taken, not that the body makes more of it."
        for analyte, why in _list_interferences(numbers, words).items()
    )


def conclude_changes(numbers: Numbers, changes: pd.DataFrame, words: PairWords) -> list[str]:
    """Say what the change of proteins allows to conclude, and what it leaves open."""
    measured = _list_interferences(numbers, words)
    clear = [row["panel"] for row in keep_clear(changes)]
    drug = [
        f"The change of {escape(panel)} shows that the drug was in the blood; it says nothing of "
        "the patients' own production."
        for panel in clear
        if panel in measured
    ]
    others = [escape(words.labels[panel]) for panel in clear if panel not in measured]
    own = (
        f"The change of {join_words(others)} fits an effect of the treatment, but without "
        "untreated patients time and other drugs may explain it too."
        if others and len(numbers.study.config.arms) == 1
        else ""
    )
    none = (
        ""
        if clear
        else "No clear change is not the same as no change: every value inside the intervals "
        "remains possible."
    )
    if changes["p_value"].isna().all():
        none = "What treatment does to these proteins cannot be told from these samples."
    return [*drug, own, none]


def _list_interferences(numbers: Numbers, words: PairWords) -> dict[str, str]:
    """Give the measured proteins whose assay also measures the drug, and why."""
    declared = numbers.study.config.analytes
    found = {name: declared[name].measures_drug for name in words.labels if name in declared}
    return {name: why for name, why in found.items() if why}


def describe_limits(numbers: Numbers, words: PairWords) -> list[str]:
    """Say what the serum proteins cannot show."""
    return [
        "Serum tells of the whole body: a protein in it may come from elsewhere than the muscle.",
        *(
            f"{escape(analyte)} under treatment cannot be told from the drug."
            for analyte in _list_interferences(numbers, words)
        ),
        "The healthy people were measured in another laboratory, with another assay: the band is "
        "for orientation and no test uses it."
        if set(numbers.study.config.references) & set(words.labels)
        else "",
    ]
