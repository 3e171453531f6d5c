"""Check what a study's publications claim against the study's own tables."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import fields

import pandas as pd

from helpers.contracts import Fault, StudyDataError
from helpers.io.sheets import take_off_mark
from helpers.report import (
    claims_case,
    claims_clinical_response,
    claims_cytokines,
    claims_design,
    claims_endurance,
    claims_ihc,
    claims_t_cells,
)
from helpers.report.claims_rules import (
    VERDICTS,
    Claim,
    Evidence,
    Finding,
    Rule,
    Verdict,
    match_digits,
)
from helpers.report.words import format_number, join_words
from helpers.study import Study

FILE = "published_claims.csv"

RULES: dict[str, Rule] = {
    **claims_design.RULES,
    **claims_clinical_response.RULES,
    **claims_ihc.RULES,
    **claims_cytokines.RULES,
    **claims_t_cells.RULES,
    **claims_case.RULES,
    **claims_endurance.RULES,
}
"""How each claim is computed, by its id."""

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
        When a column is absent, or a claim has no id or one that is taken.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> read_claims(read_study("endurance_training_iim", tables=[]))[3].value
    '6'
    """
    path = study.folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        _check_header(study, list(reader.fieldnames or []))
        names = [field.name for field in fields(Claim)]
        claims = [Claim(*(_clean_cell(row[name]) for name in names)) for row in reader]
    _check_ids(study, claims)
    return claims


def _clean_cell(cell: str | None) -> str:
    return take_off_mark(cell or "").strip()


def _check_header(study: Study, found: list[str]) -> None:
    absent = [field.name for field in fields(Claim) if field.name not in found]
    if absent:
        mend = "add the columns; leave cells empty where the publication gives nothing"
        expected = ", ".join(field.name for field in fields(Claim))
        raise StudyDataError(
            study.name, [Fault(FILE, f"no column {join_words(absent)}", expected, mend, 1)]
        )


def _check_ids(study: Study, claims: list[Claim]) -> None:
    faults, seen = [], set[str]()
    for row, claim in enumerate(claims, start=2):
        if not claim.claim_id or claim.claim_id in seen:
            found = claim.claim_id or "an empty claim_id"
            mend = "give every claim an id of its own"
            faults.append(Fault(FILE, found, "each claim_id once", mend, row, "claim_id"))
        seen.add(claim.claim_id)
    if faults:
        raise StudyDataError(study.name, faults)


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

        No rows where the study has no such file. A claim without a rule is not computable; none
        is left out. The id decides the rule (see `RULES`), so a new claim needs a new id.

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
    evidence = Evidence(study)
    claims = [claim for claim in read_claims(study) if only is None or claim.claim_id in only]
    rows = [_check(claim, evidence) for claim in claims]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


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
    [0, 0, 0, 0, 0, 1]
    """
    counts = checked["verdict"].value_counts()
    rows = [(verdict, int(counts.get(verdict, 0)), text) for verdict, text in VERDICTS.items()]
    return pd.DataFrame(rows, columns=["verdict", "claims", "meaning"])


def _check(claim: Claim, evidence: Evidence) -> tuple[str, ...]:
    computed, verdict, reason = _judge(claim, evidence)
    return (
        claim.claim_id,
        claim.source,
        claim.published,
        computed,
        verdict,
        reason,
        claim.topic,
        claim.claim,
    )


def _judge(claim: Claim, evidence: Evidence) -> tuple[str, Verdict, str]:
    if claim.kind == "external":
        return "", "external", f"not about this study: {claim.note.split(';')[0]}"
    rule = RULES.get(claim.claim_id)
    if rule is None:
        if claim.kind == "impossible":
            return "", "impossible in the source", _explain_impossible(claim)
        return "", "not computable from these data", "no rule is written for this claim"
    missing = [name for name in rule.tables if not evidence.study.has(name)]
    if claim.kind == "impossible":
        computed = "" if missing else rule.compute(evidence).text
        return computed, "impossible in the source", _explain_impossible(claim)
    if missing:
        tables = join_words(missing)
        return "", "not computable from these data", f"the study has no table {tables}"
    finding = rule.compute(evidence)
    verdict = finding.verdict or _compare(claim, finding, with_n=rule.with_n)
    if verdict == "not computable from these data":
        return "", verdict, finding.note or "a value that the claim needs is missing"
    return finding.text, verdict, "; ".join(part for part in (rule.how, finding.note) if part)


def _compare(claim: Claim, finding: Finding, *, with_n: bool) -> Verdict:
    names = ["value", "low", "high", "p_value"] + (["n"] if with_n else [])
    printed = {name: getattr(claim, name) for name in names if getattr(claim, name)}
    computed = {name: getattr(finding, name) for name in printed}
    if any(value is None or pd.isna(value) for value in computed.values()):
        return "not computable from these data"
    same = all(match_digits(float(computed[name]), printed[name]) for name in printed)
    return "reproduced" if same else "not reproduced"


def _explain_impossible(claim: Claim) -> str:
    low, high = float(claim.low), float(claim.high)
    if low > high:
        return (
            f"the printed range runs from {format_number(low)} down to {format_number(high)}: "
            "its low end exceeds its high end, so no data can have it; the tables do not imitate it"
        )
    return f"marked as impossible: {claim.note}"
