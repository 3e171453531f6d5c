"""Where the report says what a trial's report should say: CONSORT 2025, and TREND for one arm.

Item numbers are those of the guidelines; what each asks is put in our own words. Sources: Hopewell
et al, CONSORT 2025 (PLoS Med 2025;22:e1004587); Des Jarlais et al, TREND (Am J Public Health
2004;94:361).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.study import Study

NOT_REPORTED = "not reported"
OVERVIEW, RESPONSE, PREDICTORS = "Study overview", "Clinical response", "Predictive biomarkers"


@dataclass(frozen=True)
class Item:
    """One item of a reporting guideline.

    Attributes
    ----------
    number : str
        As the guideline counts.
    asks : str
        What it asks for.
    place : str
        Where this report says it; empty where it never does.
    needs : tuple of str
        Tables, or settings of study.yml as ``study.yml: plan.registration``, without which it is
        not reported here either.
    """

    number: str
    asks: str
    place: str = ""
    needs: tuple[str, ...] = ()


def _setting(key: str) -> tuple[str, ...]:
    return (f"study.yml: {key}",)


CONSORT_2025: tuple[Item, ...] = (
    Item("1a", "title says that the trial was randomised", "title, as the study gives it"),
    Item("1b", "structured summary", "summary at the top of the page"),
    Item("2", "registry, number and date of registration", OVERVIEW, _setting("plan.registration")),
    Item("3", "where protocol and analysis plan are", OVERVIEW, _setting("plan.document")),
    Item("4", "where data, dictionary and code are", "files and software at the end of the page"),
    Item("5a", "funding and the part of the funders"),
    Item("5b", "conflicts of interest"),
    Item("6", "background and rationale"),
    Item("7", "objectives, benefit and harm", "question at the head of the page"),
    Item("8", "part of patients and public in the trial"),
    Item("9", "design, allocation ratio, framework", OVERVIEW),
    Item("10", "changes after the start, with reasons", OVERVIEW, _setting("plan.results")),
    Item("11", "settings and places"),
    Item("12a", "who could enter"),
    Item("12b", "which sites and therapists could take part"),
    Item("13", "treatment and comparison in detail", OVERVIEW, _setting("treatment")),
    Item("14", "outcomes: measure, time, summary", OVERVIEW, _setting("primary_outcome")),
    Item("15", "how harms were defined and asked for"),
    Item("16a", "how the sample size was chosen"),
    Item("16b", "interim analyses and rules for stopping"),
    Item("17a", "how the random sequence was made"),
    Item("17b", "kind of randomisation and its restrictions"),
    Item("18", "how allocation was concealed"),
    Item("19", "who could see the sequence"),
    Item("20a", "who did not know the allocation", OVERVIEW),
    Item("20b", "how that was achieved"),
    Item("21a", "statistical methods", "methods at the end of the page"),
    Item("21b", "who is counted in each analysis", OVERVIEW),
    Item("21c", "how missing data were dealt with", RESPONSE, ("core_set",)),
    Item("21d", "additional analyses, told as such", PREDICTORS, ("core_set",)),
    Item("22a", "flow of patients by arm", OVERVIEW, ("disposition",)),
    Item("22b", "losses and exclusions by arm, with reasons", OVERVIEW, ("disposition",)),
    Item("23a", "dates of recruitment and follow-up"),
    Item("23b", "why the trial ended"),
    Item("24a", "how the treatment was delivered and taken", OVERVIEW, ("medications",)),
    Item("24b", "other care in each arm", OVERVIEW, ("medications",)),
    Item("25", "patients at entry, by arm", OVERVIEW),
    Item("26", "counts, results and intervals of each outcome", OVERVIEW,
         _setting("primary_outcome")),
    Item("27", "harms by arm", OVERVIEW, ("adverse_events",)),
    Item("28", "other analyses, subgroups", PREDICTORS, ("core_set",)),
    Item("29", "interpretation, benefit against harm", "conclusion of each chapter"),
    Item("30", "limits of the trial", "limits of each chapter"),
)  # fmt: skip
"""For a trial with more than one arm."""

TREND: tuple[Item, ...] = (
    Item("1", "title and structured summary", "summary at the top of the page"),
    Item("2", "background and theory"),
    Item("3", "who could enter, how and where recruited"),
    Item("4", "treatment in detail", OVERVIEW, _setting("treatment")),
    Item("5", "objectives", "question at the head of the page"),
    Item("6", "primary and secondary outcomes", OVERVIEW, _setting("primary_outcome")),
    Item("7", "how the sample size was chosen"),
    Item("8", "how patients came to their group", OVERVIEW),
    Item("9", "who did not know the treatment", OVERVIEW),
    Item("10", "unit of analysis", OVERVIEW),
    Item("11", "statistical methods, missing data", "methods at the end of the page"),
    Item("12", "flow of patients", OVERVIEW, ("disposition",)),
    Item("13", "dates of recruitment and follow-up"),
    Item("14", "patients at entry", OVERVIEW),
    Item("15", "whether groups were alike at entry (not applicable to one arm)"),
    Item("16", "who is counted in each analysis", OVERVIEW),
    Item("17", "results and intervals of each outcome", OVERVIEW, _setting("primary_outcome")),
    Item("18", "other analyses, told as such", PREDICTORS, ("core_set",)),
    Item("19", "harms", OVERVIEW, ("adverse_events",)),
    Item("20", "interpretation and other explanations", RESPONSE, ("core_set",)),
    Item("21", "whom the results apply to"),
    Item("22", "the results beside other evidence"),
)
"""For a trial of one arm."""


def choose_items(config: StudyConfig) -> tuple[str, tuple[Item, ...]]:
    """Choose the guideline by the number of arms: its name and items."""
    return ("CONSORT 2025", CONSORT_2025) if len(config.arms) > 1 else ("TREND", TREND)


def find_place(item: Item, study: Study) -> str:
    """Say where an item is reported, or that it is not and what is missing."""
    if not item.place:
        return NOT_REPORTED
    missing = [need for need in item.needs if not _has(need, study)]
    return f"{NOT_REPORTED}: no {', '.join(missing)}" if missing else item.place


def _has(need: str, study: Study) -> bool:
    if not need.startswith("study.yml: "):
        return study.has(need)
    said: object = study.config
    for key in need.removeprefix("study.yml: ").split("."):
        said = getattr(said, key)
    return said not in (None, ())


def tabulate_items(study: Study) -> pd.DataFrame:
    """Lay out every item and where the report answers it."""
    _, items = choose_items(study.config)
    return pd.DataFrame(
        [
            {"item": one.number, "asks for": one.asks, "reported in": find_place(one, study)}
            for one in items
        ]
    )


def describe_items(study: Study) -> str:
    """Say how many items the report does not answer."""
    name, items = choose_items(study.config)
    absent = [one.number for one in items if find_place(one, study).startswith(NOT_REPORTED)]
    return (
        f"Of the {len(items)} items of {name}, this report answers {len(items) - len(absent)}; "
        f"not reported: {', '.join(absent) or 'none'}."
    )
