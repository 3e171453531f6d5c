"""Values before and after: what the pairs are called, who can be compared, and in which groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.configuration import EndpointFamily
from helpers.contracts.response import Response
from helpers.derive.response.response_groups import NON_RESPONDERS, RESPONDERS
from helpers.report.numbers import Numbers
from helpers.report.response.response_rule import name_rule, say_when
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    join_words,
    link_by_reason,
    link_patients,
    name_group,
)
from helpers.stats.paired import ADJUSTMENT_WORDS, Scale, adjust_p_values

EVERYBODY = "all patients"


@dataclass(frozen=True)
class PairWords:
    """What the pairs of a chapter are called.

    Attributes
    ----------
    topic : str
        First word of the names in the ledger, ``biopsy``.
    table : str
        Table that the values come from.
    specimen, specimens : str
        What was taken, ``biopsy`` and ``biopsies``.
    measure, measures : str
        What a panel is, ``stain`` and ``stains``.
    labels : mapping of str to str
        How the report writes each panel.
    units : mapping of str to str
        Unit of each panel.
    ends : (str, str)
        The two visits.
    scale : {"linear", "log"}
        Differences or fold changes.
    were : {"were", "was"}
        The verb that follows `specimens`.
    """

    topic: str
    table: str
    specimen: str
    specimens: str
    measure: str
    measures: str
    labels: Mapping[str, str]
    units: Mapping[str, str]
    ends: tuple[str, str]
    scale: Scale = "linear"
    were: str = "were"

    def name(self, what: str, panel: str, group: str) -> str:
        """Name a result: ``biopsy.change.cd3.responders``."""
        return f"{self.topic}.{what}.{name_group(panel)}.{name_group(group)}"

    def title_panels(self) -> dict[str, str]:
        """Title each panel by its label and unit."""
        return {
            panel: ", ".join(filter(None, [capitalise(label), self.units.get(panel, "")]))
            for panel, label in self.labels.items()
        }


def pool_patients(numbers: Numbers, groups: pd.Series) -> pd.Series:
    """Put everybody in one group for the tests of change; several arms are tested one by one.

    Patients of two treatments in one test of change would answer no question.
    """
    if len(numbers.study.config.arms) > 1:
        return numbers.study.arms.rename("arm")
    return pd.Series(EVERYBODY, index=groups.index, name="everybody", dtype="str")


def order_groups(groups: pd.Series) -> list[str]:
    """Give the groups in the order of their colours, which is the same in every chapter."""
    if groups.name == "response":
        return [RESPONDERS, NON_RESPONDERS]
    return [str(group) for group in groups.unique()]


def describe_grouping(numbers: Numbers, groups: pd.Series) -> str:
    """Say how the groups were made, and who is a non-responder for want of a judgement."""
    if groups.name != "response":
        return "The study has no core set, so the patients are shown by arm, not by response."
    responder, rule = numbers.study.responses.responder, numbers.study.config.response
    unjudged = responder.index[responder.isna()].to_series()
    counts = groups.value_counts()
    yes, no = (count_noun(int(counts.get(g, 0)), "patient") for g in (RESPONDERS, NON_RESPONDERS))
    named = f"{name_rule(rule)} {say_when(rule)} (chapter on clinical response)"
    return (
        f"Responders improved by {named}: {yes}. Everybody else who entered is a non-responder: "
        f"{no}.{_name_unjudged(unjudged, rule)}"
    )


def _name_unjudged(patients: pd.Series, rule: Response) -> str:
    if patients.empty:
        return ""
    counts = "counts as a non-responder" if len(patients) == 1 else "count as non-responders"
    if rule.unjudged == "left_out":
        counts = "is left out" if len(patients) == 1 else "are left out"
    return (
        f" {count_noun(len(patients), 'patient')} could not be judged and {counts}: "
        f"{link_patients(patients)}."
    )


def record_comparable(numbers: Numbers, comparable: pd.DataFrame, words: PairWords) -> None:
    """Record how many patients have a value both before and after."""
    numbers.record(
        f"{words.topic}.comparable",
        int((comparable["n_comparable"] > 0).sum()),
        n=len(comparable),
        unit="patients",
        source=[words.table, "patients"],
        method=f"patients with {words.specimens} at both visits",
    )


def describe_comparable(numbers: Numbers, comparable: pd.DataFrame, words: PairWords) -> str:
    """Say how many patients can be compared, and name those who cannot with the reason."""
    known = numbers[f"{words.topic}.comparable"]
    before, after = (escape(end) for end in words.ends)
    sentence = f"{known} of {known.n} patients can be compared between {before} and {after}"
    absent = comparable[comparable["n_comparable"] == 0]
    if absent.empty:
        return f"{sentence}: everybody has {words.specimens} of both visits."
    absent = absent.sort_values("patient_id")
    reasons = absent["reason"].map(lambda reason: _write_reason(str(reason), words))
    named = link_by_reason(absent["patient_id"], reasons)
    return f"{sentence}. Not comparable, and left out of every change: {named}."


def _write_reason(reason: str, words: PairWords) -> str:
    missing = {
        "no baseline value": f"no baseline {words.specimen}",
        "no value after treatment": f"no {words.specimen} after treatment",
    }
    return " or ".join(missing.get(part, part) for part in reason.split(" or "))


def find_family(config: StudyConfig, words: PairWords) -> EndpointFamily | None:
    """Find the declared family of endpoints that a chapter's panels belong to.

    The family that is named as the table comes first, because a protein may be an endpoint in
    serum and in biopsies; otherwise the one that holds most of the panels.
    """
    panels = set(words.labels)
    if words.table in config.endpoint_families:
        return config.endpoint_families[words.table]
    shared = [(len(panels & set(f.endpoints)), f) for f in config.endpoint_families.values()]
    most, family = max(shared, key=lambda pair: pair[0], default=(0, None))
    return family if most else None


def describe_family(family: EndpointFamily | None) -> list[tuple[str, str]]:
    """Describe a family of endpoints as a method; nothing where none is declared."""
    if family is None or family.adjustment == "none":
        return []
    name = f"Family of tests: {family.title}"
    return [
        (
            name,
            f"{join_words(family.endpoints)}: p-values adjusted together "
            f"({ADJUSTMENT_WORDS[family.adjustment]}).",
        )
    ]


def adjust_family(changes: pd.DataFrame, config: StudyConfig, words: PairWords) -> pd.DataFrame:
    """Add the p-values adjusted within the declared family, and how they were adjusted.

    Parameters
    ----------
    changes : DataFrame
        One row per panel: panel, p_value.
    config : StudyConfig
        With endpoint_families.
    words : PairWords

    Returns
    -------
    DataFrame
        As given, with adjusted_p (missing outside a family or where none is declared) and
        adjustment (words for a caption, empty where nothing was adjusted). Where there are several
        groups, each group is a family of its own.
    """
    family = find_family(config, words)
    if family is None or family.adjustment == "none":
        return changes.assign(adjusted_p=float("nan"), adjustment="")
    inside = changes["p_value"].where(changes["panel"].isin(family.endpoints))
    group = changes.get("group", pd.Series(EVERYBODY, index=changes.index))
    parts = [
        adjust_p_values(inside[group == name], adjustment=family.adjustment)
        for name in group.unique()
    ]
    return changes.assign(
        adjusted_p=pd.concat(parts) if parts else float("nan"),
        adjustment=f"{ADJUSTMENT_WORDS[family.adjustment]}, family “{family.title}”",
    )


def describe_left_early(
    numbers: Numbers, pairs: pd.DataFrame, words: PairWords, *, month: float
) -> str:
    """Name those who had left the study before the later visit but have a value under it."""
    if not numbers.study.has("disposition"):
        return ""
    last = numbers.study.table("disposition").set_index("patient_id")["last_month"]
    measured = pairs.loc[pairs["after"].notna(), "patient_id"].unique()
    early = sorted(patient for patient in measured if last.get(patient, month) < month)
    if not early:
        return ""
    whose = "this patient's" if len(early) == 1 else "their"
    return (
        f"{link_patients(early)} had left the study before {escape(words.ends[1])}; {whose} "
        f"{words.specimens} listed under it {words.were} taken earlier."
    )


def describe_group_limits(numbers: Numbers, groups: pd.Series, words: PairWords) -> str:
    """Say what a division by response cannot show."""
    if groups.name != "response":
        return ""
    arms = numbers.study.config.arms
    mixed = " Patients of all arms are taken together." if len(arms) > 1 else ""
    return (
        "Response counts an improvement at any visit, also one after the later "
        f"{words.specimen}, and also one that did not last.{mixed}"
    )
