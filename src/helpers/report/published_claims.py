"""Sentences and tables about what the publications claim, and whether these tables give it."""

from __future__ import annotations

import pandas as pd

from helpers.contracts.rows import list_rows
from helpers.plots.published_claims import VERDICT_TILES
from helpers.report.numbers import Numbers
from helpers.report.words import count_noun, escape, format_number, join_words

TOPICS = {
    "design": "Design",
    "disposition": "Flow of patients",
    "clinical_response": "Clinical response",
    "biopsy": "Muscle biopsy",
    "serum": "Serum",
    "t_cell": "T cells",
    "case": "Case",
}
"""Topics of claims in the order of the report's chapters; others follow under their own name."""

PLAIN_VERDICT = "reproduced"
"""The verdict that most claims have; the list gives it as a sign."""

OPEN_VERDICTS = ("not reproduced", "not computable from these data", "compatible", "not checked")


def label_topics(checked: pd.DataFrame) -> dict[str, str]:
    """Name the topics that occur, in the report's order; an unknown one keeps its own name."""
    others = [topic for topic in checked["topic"].unique() if topic not in TOPICS]
    return TOPICS | {topic: str(topic).replace("_", " ") for topic in others}


BASIS_WORDS = {
    "constructed": "because the cohort was built so that they hold",
    "transcribed": "because the study folder repeats the printed number",
    "computed": "computed independently",
}
"""What a reproduced claim rests on, as the first sentence says it."""


def record_claims(numbers: Numbers, verdicts: pd.DataFrame, bases: pd.DataFrame) -> None:
    """Record how many claims have each verdict, and what those that are reproduced rest on.

    Parameters
    ----------
    numbers : Numbers
    verdicts, bases : DataFrame
        From `helpers.claims.verdicts`: ``summarise_verdicts`` and ``summarise_bases``.
    """
    total = int(verdicts["claims"].sum())
    for row in list_rows(verdicts):
        numbers.record(
            f"claims.{row['verdict'].replace(' ', '_')}",
            row["claims"],
            n=total,
            unit="published claims",
            method=row["meaning"],
            source=list(numbers.study.tables),
        )
    reproduced = int(bases["claims"].sum())
    for row in list_rows(bases) if reproduced else []:
        numbers.record(
            f"claims.{row['basis']}",
            row["claims"],
            n=reproduced,
            unit="reproduced claims",
            method=row["meaning"],
            source=list(numbers.study.tables),
        )


def tabulate_claims(checked: pd.DataFrame) -> pd.DataFrame:
    """Lay out the claims for a reader: what was said, printed, computed, and the verdict.

    The first cell holds the claim's name and, after a line break, its source.
    """
    named = checked.assign(name=checked["claim_id"] + "\n" + checked["source"])
    shown = ["name", "claim", "published", "computed", "verdict", "basis", "reason"]
    return named[shown].rename(columns={"name": "id and source", "reason": "how and why"})


def format_claim_name(name: object) -> str:
    r"""Write a claim's name and below it its sources, a line each that does not break.

    >>> format_claim_name("DES-01\nA 2014")
    '<span class="nowrap">DES-01<br><small>A 2014</small></span>'
    """
    claim_id, _, source = str(name).partition("\n")
    sources = escape(source).replace("; ", ";<br>")
    return f'<span class="nowrap">{escape(claim_id)}<br><small>{sources}</small></span>'


def format_verdict(verdict: object) -> str:
    """Write the verdict that most claims have as its sign, which is read out as the word.

    >>> format_verdict("reproduced")
    '<span role="img" aria-label="reproduced" title="reproduced">✓</span>'
    """
    if verdict != PLAIN_VERDICT:
        return escape(verdict)
    sign = VERDICT_TILES[PLAIN_VERDICT][1]
    return f'<span role="img" aria-label="{verdict}" title="{verdict}">{sign}</span>'


def format_reason(reason: object) -> str:
    """Write how a claim was computed, the longest text of a row, in a cell wide enough for it."""
    return f'<div class="how">{escape(reason)}</div>'


def keep_claim_file(checked: pd.DataFrame) -> pd.DataFrame:
    """Keep the columns of the file that goes beside the report."""
    shown = ["claim_id", "source", "published", "computed", "verdict", "reason", "basis"]
    return checked[shown]


def describe_claims(numbers: Numbers, verdicts: pd.DataFrame, bases: pd.DataFrame) -> str:
    """Say how many claims have each verdict, and what those that are reproduced rest on."""
    total = int(verdicts["claims"].sum())
    if not total:
        return "No claims of a publication are listed for this study."
    worth = _weigh_reproduced(numbers, bases)
    parts = [
        f"{numbers['claims.' + row['verdict'].replace(' ', '_')]} {escape(row['verdict'])}"
        f"{worth if row['verdict'] == PLAIN_VERDICT else ''}"
        for row in list_rows(verdicts)
        if row["claims"]
    ]
    return f"Of {count_noun(total, 'published claim')}, {join_words(parts)}."


def _weigh_reproduced(numbers: Numbers, bases: pd.DataFrame) -> str:
    """Say in brackets what reproduced claims rest on, so that no count of them stands alone."""
    worth = [
        f"{numbers['claims.' + row['basis']]} {BASIS_WORDS[row['basis']]}"
        for row in list_rows(bases)
        if row["claims"] or row["basis"] == "computed"
    ]
    return f" ({join_words(worth)})" if bases["claims"].any() else ""


def describe_open_claims(checked: pd.DataFrame) -> str:
    """Name the claims that are not plainly reproduced, with the reason of each."""
    rest = checked[checked["verdict"].isin(OPEN_VERDICTS)]
    if checked.empty:
        return ""
    if rest.empty:
        return "No claim is left open: none is contradicted, and none lacks the data to compute it."
    parts = [
        f"{escape(row['claim_id'])} ({escape(row['claim'])}): {escape(row['verdict'])}, "
        f"{escape(row['reason'])}"
        for row in list_rows(rest)
    ]
    return f"Not plainly reproduced: {'; '.join(parts)}."


def describe_impossible_claims(checked: pd.DataFrame) -> str:
    """Name the claims that no data can have, and those about other people."""
    parts = []
    for verdict in ("impossible in the source", "external"):
        for row in list_rows(checked[checked["verdict"] == verdict]):
            parts.append(
                f"{escape(row['claim_id'])} ({escape(row['claim'])}) is {escape(verdict)}: "
                f"{escape(row['reason'])}"
            )
    return f"{'. '.join(parts)}." if parts else ""


def caption_claims_figure(checked: pd.DataFrame) -> str:
    """Caption the figure of claims."""
    return f"One tile per published claim (n = {len(checked)}), in the order of the list below."


def caption_claims_table(checked: pd.DataFrame) -> str:
    """Caption the list of claims, with what its sign means where it stands."""
    signed = (checked["verdict"] == PLAIN_VERDICT).any()
    sign = f" {VERDICT_TILES[PLAIN_VERDICT][1]}: {PLAIN_VERDICT}." if signed else ""
    return (
        f"Published claims (n = {len(checked)}), each computed from this study's tables and "
        f"compared to the digits that were printed.{sign}"
    )


def describe_claims_figure(verdicts: pd.DataFrame, checked: pd.DataFrame) -> str:
    """Describe the figure of claims in plain words."""
    if checked.empty:
        return "no published claims are listed."
    counts = [f"{row['claims']} {row['verdict']}" for row in list_rows(verdicts) if row["claims"]]
    return (
        f"{count_noun(len(checked), 'published claim')} in "
        f"{count_noun(checked['topic'].nunique(), 'topic')}: {join_words(counts)}."
    )


def tabulate_p_values(methods: pd.DataFrame) -> pd.DataFrame:
    """Lay out which test could have printed each p-value."""
    return pd.DataFrame(
        {
            "claim": methods["claim_id"],
            "printed": methods["printed"],
            "test tried": methods["method"],
            "closest p": [format_number(p, digits=6) for p in methods["p_value"]],
            "prints so": methods["fits"],
            "when": methods["outcome"],
        }
    )


def describe_p_values(methods: pd.DataFrame) -> str:
    """Say which test fits each printed p-value."""
    if methods.empty:
        return "No p-value was printed that could be traced to its test."
    parts = []
    for claim, rows in methods.groupby("claim_id", sort=False):
        fitting = rows.loc[rows["fits"].astype(bool), "method"]
        by = join_words(map(escape, fitting), conjunction="or") or "none of the tests tried"
        parts.append(f"{escape(rows['printed'].iloc[0])} ({escape(claim)}): {by}")
    return f"What could have printed each p-value: {'; '.join(parts)}."


def tabulate_means(means: pd.DataFrame) -> pd.DataFrame:
    """Lay out whether each printed mean is possible."""
    return pd.DataFrame(
        {
            "claim": means["claim_id"],
            "printed mean": means["printed"],
            "n": [format_number(n) for n in means["n"]],
            "from whole numbers": means["grim"],
            "beside its range": means["remark"],
        }
    )


def tabulate_contradictions(contradictions: pd.DataFrame) -> pd.DataFrame:
    """Lay out where sources seem to disagree, and how all can be true."""
    return contradictions[
        ["title", "claims", "sources", "tension", "resolution", "together"]
    ].rename(
        columns={
            "title": "seems to disagree",
            "tension": "how",
            "resolution": "can all be true?",
            "together": "in these tables",
        }
    )


def describe_contradictions(contradictions: pd.DataFrame) -> str:
    """Say how many apparent contradictions there are."""
    if contradictions.empty:
        return "No two printed statements about this study seem to disagree."
    number = count_noun(len(contradictions), "place")
    return f"The sources seem to disagree in {number}; each is taken apart below."


def conclude_claims(numbers: Numbers, checked: pd.DataFrame) -> str:
    """Say what the comparison means, which depends on where the tables come from."""
    if checked.empty:
        return "Without published claims there is nothing to compare."
    if numbers.study.config.data_origin == "reconstructed":
        return (
            "These tables were built so that the claims hold. That they do shows that the printed "
            "statements can all be true at the same time, and that this report computes them as "
            "they were meant; it is no evidence that they are true."
        )
    broken = checked["verdict"].isin(["not reproduced", "impossible in the source"]).any()
    if broken:
        return "Not every printed statement follows from the printed values; see the list."
    rests_on = set(checked.loc[checked["verdict"] == PLAIN_VERDICT, "basis"])
    if "computed" not in rests_on:
        return (
            "No printed statement could be computed from other printed values. That the numbers "
            "agree shows that they were copied right, and nothing about the case or the trial."
        )
    return "The printed statements follow from the printed values, as far as those were printed."


def describe_claims_limits(checked: pd.DataFrame) -> list[str]:
    """Say what comparing printed numbers cannot show."""
    return [
        "A claim is compared to the digits that were printed; rounding hides differences smaller "
        "than that.",
        "A direction without a printed p-value counts as reproduced when the exact test agrees "
        "with it, which the source may not have used.",
        "The claims were taken from abstracts and a registry entry where the full text was not at "
        "hand."
        if (checked["source"].str.contains("abstract|regist", case=False)).any()
        else "",
    ]
