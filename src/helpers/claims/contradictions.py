"""Statements of the sources that seem to exclude each other, and whether they hold together."""

from __future__ import annotations

import pandas as pd

from helpers.claims.verdicts import check_claims, read_contradictions
from helpers.report.words import join_words
from helpers.study import Study


def list_contradictions(study: Study) -> pd.DataFrame:
    """List statements that seem to exclude each other, and whether this study shows them together.

    Parameters
    ----------
    study : Study
        Its contradictions.csv lists them, by claim.

    Returns
    -------
    DataFrame
        One row per line of contradictions.csv: title, claims (ids), sources, tension, resolution,
        together (what the check of each claim says in this study's tables; if all are reproduced,
        the tables are one example in which all are true).

    Examples
    --------
    >>> from helpers.study import read_study
    >>> list_contradictions(read_study("endurance_training_iim")).empty
    True
    """
    listed = read_contradictions(study)
    concerned = {name for case in listed for name in case.claim_ids}
    checked = check_claims(study, only=concerned).set_index("claim_id")
    rows = [
        {
            "title": case.title,
            "claims": case.claims,
            "sources": "; ".join(_list_sources(checked.loc[case.claim_ids, "source"])),
            "tension": case.tension,
            "resolution": case.resolution,
            "together": _describe_together(checked.loc[case.claim_ids, "verdict"]),
        }
        for case in listed
    ]
    columns = ["title", "claims", "sources", "tension", "resolution", "together"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _list_sources(sources: pd.Series) -> list[str]:
    return list(dict.fromkeys(part for text in sources for part in text.split("; ")))


def _describe_together(verdicts: pd.Series) -> str:
    if (verdicts == "reproduced").all():
        return "all reproduced at once in these tables"
    groups = {
        str(verdict): [str(name) for name in part.index]
        for verdict, part in verdicts.groupby(verdicts, sort=False)
    }
    return "; ".join(f"{join_words(names)} {verdict}" for verdict, names in groups.items())
