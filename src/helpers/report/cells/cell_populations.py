"""Which T cells were measured, in whom, and what so few pairs can show."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from helpers.derive.laboratory.t_cells import POPULATIONS
from helpers.report.numbers import Numbers
from helpers.report.panels.paired import PairWords
from helpers.report.panels.paired_changes import caption_changes
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_p_value,
    join_words,
    link_patients,
    name_group,
)

LABELS = {population.name: population.label for population in POPULATIONS}

SHOWS = {population.name: population.shows for population in POPULATIONS}

POINTS = "percentage points"


def name_cells(t_cells: pd.DataFrame, *, ends: tuple[str, str]) -> PairWords:
    """Name what the chapter's pairs are: populations, each in per cent of its parent.

    Parameters
    ----------
    t_cells : DataFrame
        One row per patient, month and population.
    ends : (str, str)
        The two visits.

    Returns
    -------
    PairWords
        Known populations first, in the field's order; others by their own names.
    """
    parents = t_cells.groupby("population", sort=False)["parent"].first()
    known = [name for name in LABELS if name in parents]
    names = [*known, *(str(name) for name in parents.index if name not in LABELS)]
    return PairWords(
        topic="t_cells",
        table="t_cells",
        specimen="cells",
        specimens="cells",
        measure="population",
        measures="populations",
        labels={name: LABELS.get(name, name) for name in names},
        units={name: f"% of {parents[name]}" for name in names},
        ends=ends,
    )


def name_points(words: PairWords) -> PairWords:
    """Name the same pairs with the unit of a difference between two percentages."""
    return replace(words, units=dict.fromkeys(words.labels, POINTS))


def title_populations(words: PairWords) -> dict[str, str]:
    """Title the panel of each population by its label, with the unit on a line of its own."""
    return {
        name: f"{capitalise(label)},\n{words.units[name]}" for name, label in words.labels.items()
    }


def describe_populations(words: PairWords) -> str:
    """Say what each population is, and which of the usual ones were not measured."""
    parts = [
        f"{escape(label)}: {escape(SHOWS[name])}" if name in SHOWS else escape(label)
        for name, label in words.labels.items()
    ]
    absent = [escape(label) for name, label in LABELS.items() if name not in words.labels]
    missing = f" Not measured in this study: {join_words(absent)}." if absent else ""
    return f"The populations are {'; '.join(parts)}.{missing}"


def record_measured(numbers: Numbers, measured: pd.DataFrame, groups: pd.Series) -> None:
    """Record how many patients have cells at the first visit, at both, and at both by group."""
    both = measured["before"] & measured["after"]
    of_patient = measured["patient_id"].map(groups)
    counts = {"before": measured["before"], "both": both} | {
        f"both.{name_group(group)}": both[of_patient == group] for group in groups.unique()
    }
    for name, flags in counts.items():
        numbers.record(
            f"t_cells.measured.{name}",
            int(flags.sum()),
            n=len(flags),
            unit="patients",
            source=["t_cells", "patients"],
        )


def describe_measured(
    numbers: Numbers, measured: pd.DataFrame, groups: pd.Series, words: PairWords
) -> str:
    """Say whose cells were measured, and name everybody whose were not."""
    before, both = numbers["t_cells.measured.before"], numbers["t_cells.measured.both"]
    first, second = (escape(end) for end in words.ends)
    sizes = [
        f"{escape(group)} {numbers[f't_cells.measured.both.{name_group(group)}']}"
        for group in groups.unique()
    ]
    by_group = f" ({join_words(sizes)})" if both.value and len(sizes) > 1 else ""
    named = {
        f"Only at {first}": "first visit only",
        f"Only at {second}": "second visit only",
        "Never measured": "never",
    }
    absent = [
        f"{start}: {link_patients(measured.loc[measured['measured'] == which, 'patient_id'])}."
        for start, which in named.items()
        if (measured["measured"] == which).any()
    ]
    return (
        f"Living cells were measured in {before} of {before.n} patients at {first}, and in {both} "
        f"both then and at {second}{by_group}. {' '.join(absent or ['Nobody is missing.'])}"
    )


def tabulate_measured(measured: pd.DataFrame, groups: pd.Series, words: PairWords) -> pd.DataFrame:
    """Lay out whose cells were measured, a row per patient."""
    first, second = words.ends
    yes = {True: "measured", False: "not measured"}
    return pd.DataFrame(
        {
            "patient": measured["patient_id"],
            "group": measured["patient_id"].map(groups),
            first: measured["before"].map(yes),
            second: measured["after"].map(yes),
        }
    )


def caption_measured(measured: pd.DataFrame) -> str:
    """Caption the list of whose cells were measured."""
    return (
        f"Whose cells were measured (n = {len(measured)} patients). Cells that were not "
        "sampled, or not alive, cannot be measured; nothing is filled in."
    )


def record_reach(numbers: Numbers, changes: pd.DataFrame) -> None:
    """Record the smallest p-value that the largest number of pairs could ever give."""
    most = int(changes["n"].max()) if len(changes) else 0
    numbers.record(
        "t_cells.smallest_p",
        2.0 ** (1 - most) if most else None,
        n=most,
        unit="p-value",
        source="t_cells",
        method="exact signed-rank test, all pairs moving the same way",
        reason="" if most else "nobody has cells at both visits",
    )


def describe_reach(numbers: Numbers) -> str:
    """Say the smallest p-value that so many pairs could ever give."""
    least = numbers["t_cells.smallest_p"]
    if not isinstance(least.value, float) or least.n is None:
        return "Nobody has cells at both visits, so no change can be judged."
    shown = format_p_value(least.value).removeprefix("p").replace("=", "").strip()
    return (
        f"With {count_noun(least.n, 'pair')} the smallest p-value that an exact test can give is "
        f"{least.link(shown)}, when all move the same way."
    )


def name_members(group: str, groups: pd.Series) -> str:
    """Name the patients of a group in a sentence: by response, or by their arm."""
    return escape(group) if groups.name == "response" else f"patients of the arm “{escape(group)}”"


def caption_populations(changes: pd.DataFrame, words: PairWords) -> str:
    """Caption the table of changes; see `helpers.report.panels.paired_changes.caption_changes`."""
    return caption_changes(changes, words).replace(
        "(after minus before)", "(after minus before, in percentage points)"
    )
