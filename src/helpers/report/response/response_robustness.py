"""Sentences and tables on how much the response depends on single measurements and patients."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.response.dropouts import DROPOUT_RULES
from helpers.report.numbers import Numbers
from helpers.report.shares import ODDS_FIGURES
from helpers.report.words import (
    count_noun,
    escape,
    format_figures,
    format_p_value,
    format_percent,
    is_missing,
    join_words,
    link_patient,
    link_patients,
    shorten_p_value,
)

RULE_LABELS = {rule.name: rule.label for rule in DROPOUT_RULES}


NOT_ASKED = (
    "How firm a response is cannot be tried out by dropping measures: the definition in force adds "
    "points and does not count measures."
)


def record_dropout_rules(numbers: Numbers, counts: pd.DataFrame) -> None:
    """Record how many had improved at each visit under each rule for absent patients."""
    for row in list_rows(counts):
        numbers.record(
            f"dropouts.{row['rule']}.month_{row['month']:g}",
            row["n_improved"],
            n=row["n"],
            unit="patients improved",
            method=RULE_LABELS[row["rule"]],
            source=["core_set", "patients"],
        )


def tabulate_dropout_rules(counts: pd.DataFrame, config: StudyConfig) -> pd.DataFrame:
    """Lay out the responders at each visit, a column for each rule for absent patients."""
    rows = []
    for month in counts["month"].unique():
        cells = {"visit": config.label_month(month)}
        for rule in DROPOUT_RULES:
            at = counts[(counts["month"] == month) & (counts["rule"] == rule.name)].iloc[0]
            share = at["n_improved"] / at["n"] if at["n"] else None
            cells[rule.label] = f"{at['n_improved']} of {at['n']} ({format_percent(share)})"
        rows.append(cells)
    return pd.DataFrame(rows, columns=["visit", *RULE_LABELS.values()])


def describe_dropout_rules(numbers: Numbers, counts: pd.DataFrame) -> str:
    """Say whether patients who were not seen could change the answer at the last visit."""
    if counts.empty:
        return "No visit after baseline was held."
    month = counts["month"].max()
    shares = counts[counts["month"] == month]
    visit = escape(numbers.study.config.label_month(month))
    if not shares["n_replaced"].sum() and shares["n"].nunique() == 1:
        return f"Everybody was judged at {visit}, so the rule for absent patients changes nothing."
    parts = []
    for rule in DROPOUT_RULES:
        result = numbers[f"dropouts.{rule.name}.month_{month:g}"]
        parts.append(f"{result} of {result.n} ({rule.label})")
    return f"At {visit} the count of improved patients is {join_words(parts, conjunction='or')}."


def record_robustness(numbers: Numbers, robustness: pd.DataFrame) -> None:
    """Record how many judged visits one measurement alone could have turned."""
    judged = robustness[robustness["robustness"] != "not evaluable"]
    method = "each measure dropped, each missing value imagined, MMT-8 one grade either way"
    for flag, name in ((True, "improved"), (False, "not_improved")):
        part = judged[judged["improved"].astype("boolean").fillna(False) == flag]
        numbers.record(
            f"fragile.{name}",
            int((part["robustness"] == "fragile").sum()),
            n=len(part),
            unit="patient visits",
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
    with_it, without = (count_noun(part.n or 0, "visit") for part in (improved, others))
    return (
        f"One measurement alone could have turned {improved} of {with_it} with improvement and "
        f"{others} of {without} without."
    )


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
