"""Sentences and tables on how much the response depends on single measurements and patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.response.dropouts import DROPOUT_RULES
from helpers.report.numbers import Numbers
from helpers.report.shares import ODDS_FIGURES
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_figures,
    format_p_value,
    format_percent,
    is_missing,
    join_words,
    link_patient,
    link_patients,
    name_group,
    shorten_p_value,
)

RULE_LABELS = {rule.name: rule.label for rule in DROPOUT_RULES}


NOT_ASKED = (
    "How firm a response is cannot be tried out by dropping measures: the definition in force adds "
    "points and does not count measures."
)


def record_dropout_rules(numbers: Numbers, counts: pd.DataFrame) -> None:
    """Record how many had improved at each visit under each rule for absent patients, by arm."""
    known = ("core_set", "patients", "disposition")
    source = [name for name in known if numbers.study.has(name)]
    for row in list_rows(counts):
        unknown = is_missing(row["n_improved"])
        numbers.record(
            _name_count(counts, row),
            row["n_improved"],
            n=row["n"],
            unit="patients improved",
            method=RULE_LABELS[row["rule"]],
            population=_POPULATIONS[row["rule"]]
            + (f"; {row['n_not_due']} not yet due" if row["n_not_due"] else ""),
            reason="nobody could be judged" if unknown else "",
            source=source,
        )


_POPULATIONS = {
    "non_response": "all who entered",
    "observed": "those judged at the visit",
    "last_observation": "those judged at the visit or before",
}


def _name_count(counts: pd.DataFrame, row: Mapping[str, Any]) -> str:
    arm = f"{name_group(row['group'])}." if counts["group"].nunique() > 1 else ""
    return f"dropouts.{arm}{row['rule']}.month_{row['month']:g}"


def tabulate_dropout_rules(counts: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out the responders at each visit (and arm), a column for each rule for the absent."""
    several, later = counts["group"].nunique() > 1, bool(counts["n_not_due"].any())
    rows = []
    for (month, group), part in counts.groupby(["month", "group"], sort=False):
        cells = {"visit": config.label_month(float(str(month)))}
        cells |= {"group": str(group)} if several else {}
        for row in list_rows(part):
            cells[RULE_LABELS[row["rule"]]] = _write_count(row)
        rows.append(cells | ({"not yet due": part["n_not_due"].iloc[0]} if later else {}))
    columns = ["visit", *["group"] * several, *RULE_LABELS.values(), *["not yet due"] * later]
    return pd.DataFrame(rows, columns=columns)


def _write_count(row: Mapping[str, Any]) -> str:
    if is_missing(row["n_improved"]):
        return "nobody judged"
    share = row["n_improved"] / row["n"] if row["n"] else None
    return f"{row['n_improved']} of {row['n']} ({format_percent(share)})"


def describe_dropout_rules(numbers: Numbers, counts: pd.DataFrame) -> str:
    """Say whether patients who were not seen could change the answer at the last visit."""
    if counts.empty:
        return "No visit after baseline was held."
    month = counts["month"].max()
    last = counts[counts["month"] == month]
    visit = escape(numbers.study.config.label_month(month))
    if last["n_improved"].isna().all():
        return f"Nobody could be judged at {visit}."
    later = int(last.loc[last["rule"] == "observed", "n_not_due"].sum())
    coming = f" {capitalise(count_noun(later, 'patient'))} had not reached it yet." if later else ""
    if not last["n_replaced"].sum() and (last.groupby("group")["n"].nunique() == 1).all():
        everybody = "Everybody who reached it" if later else "Everybody"
        return (
            f"{everybody} was judged at {visit}, so the rule for absent patients changes "
            f"nothing.{coming}"
        )
    parts = [_describe_arm(numbers, counts, part) for _, part in last.groupby("group", sort=False)]
    return f"At {visit} the count of improved patients is {'; '.join(parts)}.{coming}"


def _describe_arm(numbers: Numbers, counts: pd.DataFrame, part: pd.DataFrame) -> str:
    """Say the count of one arm under each rule."""
    several = counts["group"].nunique() > 1
    where = f" in “{escape(part['group'].iloc[0])}”" if several else ""
    if part["n_improved"].isna().all():
        return f"not known{where}, as nobody could be judged"
    results = [(numbers[_name_count(counts, row)], row["rule"]) for row in list_rows(part)]
    said = [
        f"{result} of {result.n} ({RULE_LABELS[rule]})"
        for result, rule in results
        if result.value is not None
    ]
    return f"{join_words(said, conjunction='or')}{where}"


def record_robustness(numbers: Numbers, robustness: pd.DataFrame) -> None:
    """Record how many judged visits one measurement alone could have turned."""
    judged = robustness[robustness["robustness"] != "not evaluable"]
    method = "each measure dropped, each missing value imagined, MMT-8 one grade either way"
    for flag, name in ((True, "improved"), (False, "not_improved")):
        part = judged[judged["improved"].astype("boolean").fillna(False) == flag]
        numbers.record(
            f"fragile.{name}",
            int((part["robustness"] == "fragile").sum()) if len(part) else None,
            n=len(part),
            unit="patient visits",
            population=f"judged visits {'with' if flag else 'without'} improvement",
            reason="" if len(part) else "there was no such visit",
            method=method,
            source="core_set",
        )


def tabulate_fragile(robustness: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """List the visits whose flag one measurement alone would have turned, and which."""
    fragile = robustness[robustness["robustness"] == "fragile"]
    visit = {"visit": fragile["month"].map(config.label_month)} if len(config.visits) > 2 else {}
    return pd.DataFrame(
        {
            "patient": fragile["patient_id"],
            **visit,
            "improved": fragile["improved"],
            "would turn with": fragile["flipped_by"],
        }
    )


def describe_robustness(numbers: Numbers) -> str:
    """Say how many responses and non-responses hang on one measurement."""
    improved, others = numbers["fragile.improved"], numbers["fragile.not_improved"]
    if not improved.n and not others.n:
        return "No visit could be judged, so none can be tried with another measurement."
    parts = [
        f"{part} of {count_noun(part.n, 'visit')} {kind}"
        for part, kind in ((improved, "with improvement"), (others, "without"))
        if part.n
    ]
    return f"One measurement alone could have turned {join_words(parts)}."


def record_leave_one_out(numbers: Numbers, rows: pd.DataFrame) -> None:
    """Record the range of the headline estimate and p-value when each patient is left out."""
    estimates, p_values = rows["estimate"].dropna(), rows["p_value"].dropna()
    method = "headline result computed again with each patient left out"
    about = {"n": len(rows), "method": method, "source": ["core_set", "patients"]}
    shown = {"digits": 2} if p_values.empty else {"figures": ODDS_FIGURES}
    for what, values, decimals, why in (
        ("estimate", estimates, shown, "not defined without any patient"),
        ("p_value", p_values, {"digits": 3}, "no test of two groups"),
    ):
        reason = why if values.empty else ""
        for name, value in (("lowest", values.min()), ("highest", values.max())):
            numbers.record(f"left_out.{what}.{name}", value, reason=reason, **decimals, **about)


def describe_leave_one_out(numbers: Numbers, rows: pd.DataFrame) -> str:
    """Say how far the headline result moves when one patient is left out, and who moves it most."""
    estimates = rows["estimate"].astype(float)
    if estimates.notna().sum() < 2:
        return "Leaving out one patient at a time gives no results that could be compared."
    ends = [numbers[f"left_out.estimate.{end}"] for end in ("lowest", "highest")]
    p_range = _write_p_range(numbers)
    what = "odds ratio" if p_range else "share of responders"
    low, high = (str(end) if p_range else end.percent for end in ends)
    same = ends[0].value == ends[1].value
    lies = f"stays {low}" if same else f"lies between {low} and {high}"
    movers = rows.loc[_find_movers(estimates), "left_out"]
    moves = f" The result moves most without {link_patients(movers)}."
    return (
        f"Leaving out one patient at a time, the {what} {lies}{p_range}."
        f"{moves if 1 <= len(movers) <= 3 else ''}"
    )


def _write_p_range(numbers: Numbers) -> str:
    ends = [numbers[f"left_out.p_value.{name}"] for name in ("lowest", "highest")]
    if is_missing(ends[0].value):
        return ""
    low, high = (format_p_value(float(str(end.value))) for end in ends)
    lowest = f", with {ends[0].link(low)}"
    return lowest if low == high else f"{lowest} to {ends[1].link(high)}"


def _find_movers(estimates: pd.Series) -> pd.Series:
    """Mark the estimates farthest from the middle one; none where all are the same."""
    middle = estimates.median()
    distance = (estimates - middle).abs().mask(estimates == middle, 0.0)  # inf - inf is no number
    far: pd.Series = (distance >= distance.max() - 1e-9) & (distance > 1e-9)
    return far


def tabulate_leave_one_out(rows: pd.DataFrame) -> pd.DataFrame:
    """List the comparison of two groups without each patient; one group has nothing to list."""
    if rows["p_value"].isna().all():
        return pd.DataFrame(columns=["without", "estimate", "95 % interval", "exact p"])
    return pd.DataFrame(
        {
            "without": rows["left_out"],
            "estimate": [_write_ratio(value) for value in rows["estimate"]],
            "95 % interval": [
                f"{_write_ratio(row['low'])} to {_write_ratio(row['high'])}"
                for row in list_rows(rows)
            ],
            "exact p": [shorten_p_value(value) for value in rows["p_value"]],
        }
    )


def _write_ratio(ratio: object) -> str:
    return format_figures(ratio, figures=ODDS_FIGURES)


def format_left_out(patient: object) -> str:
    """Write the patient who was left out as a link."""
    return link_patient(patient)


def caption_leave_one_out(rows: pd.DataFrame) -> str:
    """Caption the table of the comparison without each patient."""
    return (
        "Odds ratio of improvement between the two arms (Fisher's exact test), computed again "
        f"without each patient in turn (n = {len(rows)})."
    )


def caption_fragile(robustness: pd.DataFrame) -> str:
    """Caption the list of fragile visits."""
    n = int(robustness["n_scenarios"].sum())
    judged = int((robustness["robustness"] != "not evaluable").sum())
    return (
        f"Visits whose result one measurement alone would turn, of {count_noun(judged, 'visit')} "
        f"judged and {n} single changes tried: one measure dropped, one missing value imagined "
        "better or worse, MMT-8 one grade higher or lower."
    )


def caption_dropout_rules() -> str:
    """Caption the table of rules for absent patients."""
    rules = join_words(RULE_LABELS.values(), conjunction="or")
    return f"Patients improved at each visit, by who is counted: {rules}."
