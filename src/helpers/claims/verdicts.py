"""The verdict on every published claim: whether the study's own tables give what was printed."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Literal

import pandas as pd

from helpers.claims.evidence import Evidence, NotKnown
from helpers.claims.verbs import VERBS, Finding
from helpers.contracts import StudyDataError
from helpers.contracts.claims import NOT_CHECKED, Claim, Contradiction
from helpers.contracts.response import BY_MEASURES
from helpers.io.claims import load_claims, load_contradictions
from helpers.report.words import format_number, join_words
from helpers.study import Study

Verdict = Literal[
    "reproduced",
    "compatible",
    "not reproduced",
    "not computable from these data",
    "not checked",
    "impossible in the source",
    "external",
]

VERDICTS: dict[Verdict, str] = {
    "reproduced": "the tables give the published value, to the digits that were printed",
    "compatible": "the tables do not contradict the claim, but do not prove it either",
    "not reproduced": "the tables give another value",
    "not computable from these data": "a table, or a row in it, that the claim needs is absent",
    "not checked": "no rule fits the claim; the reason is given",
    "impossible in the source": "the printed numbers contradict themselves",
    "external": "the claim is about other people, not about this study",
}

Basis = Literal["constructed", "transcribed", "computed"]

BASES: dict[Basis, str] = {
    "constructed": "the cohort was built so that the claim holds",
    "transcribed": "the study folder repeats what the source prints",
    "computed": "the claim was computed from values that do not contain it",
}
"""What it is worth that a claim holds."""

JUDGED: tuple[Verdict, ...] = ("reproduced", "compatible", "not reproduced")
"""Verdicts of a claim that was compared with the tables."""

REPEATING = ("value", "time", "change")
"""Verbs that, of published data, compare a printed number with its own transcription."""

COLUMNS = ("claim_id", "source", "published", "computed", "verdict", "reason", "topic", "claim")


def read_claims(study: Study) -> list[Claim]:
    """Read a study's published claims, with every number as it was printed.

    Parameters
    ----------
    study : Study

    Returns
    -------
    list of Claim
        Empty where the study has no published_claims.csv.

    Raises
    ------
    StudyDataError
        With every fault of the file.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> read_claims(read_study("endurance_training_iim", tables=[]))[3].value
    '6'
    """
    claims, faults = load_claims(study.folder, study.config)
    if faults:
        raise StudyDataError(study.name, faults)
    return claims


def read_contradictions(study: Study) -> list[Contradiction]:
    """Read where a study's sources seem to disagree; empty where it has no contradictions.csv.

    Raises
    ------
    StudyDataError
        With every fault of the file.
    """
    claims = {claim.claim_id for claim in read_claims(study)}
    contradictions, faults = load_contradictions(study.folder, claims)
    if faults:
        raise StudyDataError(study.name, faults)
    return contradictions


def check_claims(study: Study, *, only: Collection[str] | None = None) -> pd.DataFrame:
    """Compute every published claim from the study's tables and say whether it holds.

    Numbers are compared with the digits that were printed. A direction without a printed p holds
    when an exact two-sided test agrees at 5 %, and is called compatible when it only points the
    same way. "No change" and "unrelated" hold when every exact p is 0.05 or more; that is all the
    sources can mean by it, and it proves no equality.

    Parameters
    ----------
    study : Study
    only : collection of str, optional
        Ids of the claims to check; all of them where not given.

    Returns
    -------
    DataFrame
        One row per claim of published_claims.csv, in its order:

        - claim_id, source : as in the file
        - published, computed : in words, with units and n; computed is empty where it cannot be
        - verdict : one of `VERDICTS`
        - reason : how it was computed, or what is absent
        - topic, claim : as in the file
        - basis : one of `BASES`, what the verdict is worth; empty where nothing was compared

        No rows where the study has no such file; no claim is left out.

    Raises
    ------
    StudyDataError
        See `read_claims`.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> check_claims(read_study("endurance_training_iim")).loc[3, ["computed", "verdict"]].tolist()
    ['6 of 9', 'reproduced']
    """
    claims = [claim for claim in read_claims(study) if only is None or claim.claim_id in only]
    find_evidence = cache(lambda definition: Evidence(study, definition))
    rows = []
    for claim in claims:
        computed, verdict, reason = _judge(claim, find_evidence(claim.definition))
        rows.append(
            {
                "claim_id": claim.claim_id,
                "source": claim.source,
                "published": describe_published(claim),
                "computed": computed,
                "verdict": verdict,
                "reason": reason,
                "topic": claim.topic,
                "claim": claim.claim,
                "basis": name_basis(claim, study.config.data_origin) if verdict in JUDGED else "",
            }
        )
    return pd.DataFrame(rows, columns=[*COLUMNS, "basis"], dtype="str")


def name_basis(claim: Claim, data_origin: str) -> Basis:
    """Name what it is worth that a claim holds, from the origin of the data and the verb.

    Parameters
    ----------
    claim : Claim
    data_origin : str
        As study.yml declares it.

    Returns
    -------
    str
        One of `BASES`.
    """
    if claim.verb == "stated" or (data_origin == "published" and claim.verb in REPEATING):
        return "transcribed"
    return "constructed" if data_origin == "reconstructed" else "computed"


def summarise_verdicts(checked: pd.DataFrame) -> pd.DataFrame:
    """Count the verdicts.

    Parameters
    ----------
    checked : DataFrame
        From `check_claims`.

    Returns
    -------
    DataFrame
        One row per verdict, in the order of `VERDICTS`, those that did not occur with 0:
        verdict, claims, meaning.

    Examples
    --------
    >>> summarise_verdicts(pd.DataFrame({"verdict": ["external"]}))["claims"].tolist()
    [0, 0, 0, 0, 0, 0, 1]
    """
    return _count(checked["verdict"], VERDICTS, "verdict")


def summarise_bases(checked: pd.DataFrame) -> pd.DataFrame:
    """Count, of the reproduced claims, what each rests on: basis, claims, meaning."""
    return _count(checked.loc[checked["verdict"] == "reproduced", "basis"], BASES, "basis")


def _count(
    found: pd.Series, known: dict[Verdict, str] | dict[Basis, str], name: str
) -> pd.DataFrame:
    counts = found.value_counts()
    rows = [(word, int(counts.get(word, 0)), text) for word, text in known.items()]
    return pd.DataFrame(rows, columns=[name, "claims", "meaning"])


def _judge(claim: Claim, evidence: Evidence) -> tuple[str, Verdict, str]:
    if claim.kind == "external":
        return "", "external", f"not about this study: {claim.note.split(';')[0]}"
    finding, why = _find(claim, evidence)
    if claim.kind == "impossible":
        return finding.text if finding else "", "impossible in the source", _explain(claim)
    if claim.verb in ("", NOT_CHECKED):
        return "", "not checked", claim.how or "the file names no verb for this claim"
    if finding is None:
        return "", "not computable from these data", why
    verdict = finding.verdict or _compare(claim, finding)
    if verdict == "not computable from these data":
        return "", verdict, "a value that the claim needs is missing"
    notes = (claim.how, finding.note, _name_definition(claim, evidence))
    return finding.text, verdict, "; ".join(part for part in notes if part)


def _find(claim: Claim, evidence: Evidence) -> tuple[Finding | None, str]:
    if claim.verb not in VERBS:
        return None, ""
    missing = [name for name in claim.tables if not evidence.study.has(name)]
    if missing:
        return None, f"the study has no table {join_words(missing)}"
    try:
        return VERBS[claim.verb](claim, evidence), ""
    except NotKnown as unknown:
        return None, str(unknown)


def _compare(claim: Claim, finding: Finding) -> Verdict:
    names = ["value", "low", "high", "p_value"] + (["n"] if finding.n is not None else [])
    printed = {name: getattr(claim, name) for name in names if getattr(claim, name)}
    computed = {name: getattr(finding, name) for name in printed}
    if any(value is None or pd.isna(value) for value in computed.values()):
        return "not computable from these data"
    same = all(match_digits(float(computed[name]), printed[name]) for name in printed)
    return "reproduced" if same else "not reproduced"


def _name_definition(claim: Claim, evidence: Evidence) -> str:
    if not claim.needs_response or evidence.follows_study:
        return ""
    named = BY_MEASURES.get(claim.definition)
    return f"judged by the {named.name if named else claim.definition}, not by this study's rule"


def _explain(claim: Claim) -> str:
    if claim.low and claim.high and float(claim.low) > float(claim.high):
        low, high = format_number(float(claim.low)), format_number(float(claim.high))
        return (
            f"the printed range runs from {low} down to {high}: its low end exceeds its high end, "
            "so no data can have it; the tables do not imitate it"
        )
    return f"marked as impossible: {claim.note}"


_WORDS = {
    "direction": "direction only",
    "no_change": "no significant change",
    "no_association": "no relation",
}
"""What stands for the published value of a claim without numbers, by its statistic."""


def describe_published(claim: Claim) -> str:
    """Write what was printed in words.

    >>> describe_published(Claim("X", "", "", "", "mean", "14", "2559", "467", "6937", "pg/mL",
    ...     "", "exact", ""))
    '2559 pg/mL, range 467 to 6937'
    """
    parts = []
    unit = claim.unit.removesuffix("s") if claim.value == "1" else claim.unit
    if claim.value:
        least = "at least " if claim.statistic == "threshold" else ""
        parts.append(f"{least}{claim.value} {unit}".strip())
    if claim.low and claim.high:
        words = "{} to {}" if claim.statistic in ("change", "list") else "range {} to {}"
        limits = words.format(claim.low, claim.high)
        parts.append(limits if claim.value else f"{limits} {unit}".strip())
    if claim.p_value:
        parts.append(f"p = {claim.p_value}")
    if not parts:
        parts.append(_WORDS.get(claim.statistic, "in words only"))
    return ", ".join(parts).replace("-", "−")


def match_digits(computed: float, printed: str) -> bool:
    """Tell whether a number prints as the publication printed it, halves rounded up.

    Parameters
    ----------
    computed : float
    printed : str
        With its digits: "0.40" asks for two decimals, "0.4" for one.

    Examples
    --------
    >>> match_digits(2558.6, "2559"), match_digits(-0.929, "-0.9"), match_digits(1.15, "1.1")
    (True, True, False)
    """
    return round_as_printed(computed, printed) == Decimal(printed)


def round_as_printed(computed: float, printed: str) -> Decimal:
    """Round a number to the digits of a printed one, halves up, free of float noise.

    >>> round_as_printed(0.00506203, "0.005")
    Decimal('0.005')
    """
    step = Decimal(1).scaleb(int(Decimal(printed).as_tuple().exponent))
    return Decimal(str(round(computed, 9))).quantize(step, rounding=ROUND_HALF_UP)
