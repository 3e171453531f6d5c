"""Sentences about how much one predictor hangs on: single patients, and the analyst's choices."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.derive.laboratory.biomarkers import CANDIDATES
from helpers.derive.response.dropouts import RESPONDER_RULES
from helpers.derive.response.specifications import (
    CHOICES,
    DEFINITIONS,
    RULE_NOT_USED,
    TIS_MINIMAL,
    ZERO_RULES,
)
from helpers.report.estimates import explain_missing, write_estimate
from helpers.report.numbers import Numbers
from helpers.report.p_values import LEVEL
from helpers.report.predictors.candidates import BY_NAME, label_candidate
from helpers.report.words import (
    NBSP,
    capitalise,
    escape,
    format_number,
    format_p_value,
    is_missing,
    join_words,
    link_patients,
    shorten_p_value,
)
from helpers.stats.topics.specification_curve import COMPARISONS, CurveSummary

CURVE_CHOICES = (*CHOICES, "comparison")

IDLE_WORDS = {
    "definition": "the definition of response",
    "zero_baseline": "the rule for a baseline of 0",
    "dropouts": "the choice of visit with its rule for dropouts",
}

HEADINGS = {
    "definition": "Response by",
    "zero_baseline": "Baseline of 0",
    "dropouts": "Visits and dropouts",
    "comparison": "Compared by",
}

OPTION_LABELS: dict[str, dict[str, str]] = {
    "definition": {
        "IMACS": "IMACS 2004",
        "PRINTO": "PRINTO limits",
        TIS_MINIMAL: "TIS ≥ 20",
    },
    "zero_baseline": ZERO_RULES,
    "dropouts": {rule.name: rule.label for rule in RESPONDER_RULES},
    "comparison": COMPARISONS,
}

assert {*DEFINITIONS, TIS_MINIMAL} == set(OPTION_LABELS["definition"])


def pick_values(values: pd.DataFrame, predictor: str, groups: pd.Series) -> pd.DataFrame:
    """Take the values of one candidate, with the group of each patient.

    Parameters
    ----------
    values : DataFrame
        From `helpers.derive.laboratory.biomarkers.derive_candidate_values`.
    predictor : str
        Name of the candidate.
    groups : Series of str
        Group of each patient, index patient_id.

    Returns
    -------
    DataFrame
        One row per patient with a value, in the order of `groups`: patient_id, group, value. Empty
        where the study did not measure it.

    Raises
    ------
    ValueError
        When there is no candidate of that name.
    """
    if predictor not in BY_NAME:
        known = ", ".join(candidate.name for candidate in CANDIDATES)
        raise ValueError(
            f"predictor: no candidate is called {predictor!r}; expected one of {known}"
        )
    part = values[values["candidate"] == predictor].set_index("patient_id")["value"]
    part = part.reindex([name for name in groups.index if name in part.index])
    rows = part.rename_axis("patient_id").reset_index()
    return rows.assign(group=rows["patient_id"].map(groups))[["patient_id", "group", "value"]]


def title_predictor(predictor: str, tables: Mapping[str, pd.DataFrame], config: StudyConfig) -> str:
    """Name the predictor with its unit, for an axis."""
    return capitalise(label_candidate(BY_NAME[predictor], tables, config))


def pick_left_out(left_out: pd.DataFrame, values: pd.DataFrame, predictor: str) -> pd.DataFrame:
    """Take the leave-one-out results of one candidate, group by group, with the p in words."""
    part = left_out[left_out["candidate"] == predictor].set_index("left_out")
    ordered = values.sort_values("group", ascending=False, kind="stable")["patient_id"]
    part = part.reindex(list(ordered)).rename_axis("left_out").reset_index()
    return part.assign(p_text=[format_p_value(p_value) for p_value in part["p_value"]])


def find_area(comparison: pd.DataFrame, predictor: str) -> float:
    """Give the AUC of a candidate with everybody; missing where it was not compared."""
    found = comparison.loc[comparison["candidate"] == predictor, "auc"]
    return float(found.iloc[0]) if len(found) else float("nan")


def caption_one_predictor(values: pd.DataFrame, predictor: str) -> str:
    """Caption the figure of one predictor."""
    return (
        f"Left: {escape(BY_NAME[predictor].label)} before treatment, one mark per patient "
        f"(n = {len(values)}), with the median of each group. Right: AUC and exact rank-sum p, "
        "two-sided and unadjusted, when that patient is left out; the dashed line is the AUC with "
        "everybody."
    )


def describe_one_predictor(values: pd.DataFrame, left_out: pd.DataFrame, predictor: str) -> str:
    """Describe the figure of one predictor in plain words."""
    label = BY_NAME[predictor].label
    medians = values.groupby("group")["value"].median()
    if len(medians) < 2:
        return f"{label} was not measured in both responders and non-responders."
    shown = ", ".join(f"{name} {format_number(value)}" for name, value in medians.items())
    least, most = (
        format_number(v, digits=2) for v in (left_out["auc"].min(), left_out["auc"].max())
    )
    return f"{label} by group, medians: {shown}. Without one patient the AUC is {least} to {most}."


def describe_dependence(numbers: Numbers, comparison: pd.DataFrame, predictor: str) -> str:
    """Say how far the result of one predictor moves without one patient, and without whom."""
    row = comparison[comparison["candidate"] == predictor]
    label = escape(BY_NAME[predictor].label)
    if row.empty or is_missing(float(row["auc"].iloc[0])):
        return f"{capitalise(label)} could not be compared in this study."
    name = f"predictor.{predictor}"
    area, worst = numbers[f"{name}.auc"], numbers[f"{name}.p_left_out_most"]
    ends = numbers[f"{name}.auc_left_out_least"], numbers[f"{name}.auc_left_out_most"]
    whole = f"{capitalise(label)}: AUC {area} ({area.interval}; {area.p_text})"
    if is_missing(worst.value):
        return f"{whole}. {capitalise(worst.reason)}."
    who = [patient for patient in str(row["matters_most"].iloc[0]).split(", ") if patient]
    whom = f", most without {link_patients(who)}" if who else ""
    return (
        f"{whole}. Without one patient it lies between {ends[0]} and {ends[1]}{whom}; the largest "
        f"p is {worst}."
    )


def summarise_choices(numbers: Numbers, summary: CurveSummary, predictor: str) -> str:
    """Sum the specifications up in one sentence without technical words."""
    if not summary.n_defined:
        return ""
    side = "higher" if summary.n_above >= summary.n_below else "lower"
    return (
        f"Analysed in {numbers['specification.defined']} defensible ways, "
        f"{escape(BY_NAME[predictor].label)} was {side} in responders in "
        f"{numbers['specification.agreeing']} of them, with p below {summary.level:g} in "
        f"{numbers['specification.significant']}."
    )


def list_options(curve: pd.DataFrame) -> dict[str, dict[str, str]]:
    """List the options of each choice that the curve holds, leaving out choices without any."""
    defined = curve.dropna(subset=["estimate"])
    shown = curve if defined.empty else defined
    options = {
        choice: {
            option: label
            for option, label in OPTION_LABELS[choice].items()
            if (shown[choice] == option).any() and option != RULE_NOT_USED
        }
        for choice in CURVE_CHOICES
    }
    return {choice: found for choice, found in options.items() if len(found) > 1}


def record_curve(numbers: Numbers, summary: CurveSummary, predictor: str) -> None:
    """Record what all specifications together say."""
    source = sorted({"core_set", "patients", BY_NAME[predictor].source.table})
    reason = "no specification has an estimate"
    counts = {
        "specification.n": (summary.n, "specifications tried"),
        "specification.defined": (summary.n_defined, "specifications with an estimate"),
        "specification.divisions": (summary.n_divisions, "different divisions of the patients"),
        "specification.agreeing": (summary.n_agreeing, "estimates on the side of most"),
        "specification.significant": (summary.n_significant, f"with p below {summary.level:g}"),
    }
    for name, (value, method) in counts.items():
        numbers.record(name, value, unit="specifications", source=source, method=method)
    numbers.record(
        "specification.auc",
        summary.middle,
        low=summary.lowest,
        high=summary.highest,
        digits=2,
        unit="AUC",
        method="median over the specifications; the limits are the least and the largest estimate, "
        "no confidence interval",
        source=source,
        reason=explain_missing(summary.middle, reason),
    )


def describe_curve(numbers: Numbers, summary: CurveSummary) -> str:
    """Say how many specifications agree in direction and how many have a small p."""
    if not summary.n_defined:
        return "No specification gives an estimate: one of the groups has no values."
    n, defined = numbers["specification.n"], numbers["specification.defined"]
    agreeing = numbers["specification.agreeing"]
    significant = numbers["specification.significant"]
    area = numbers["specification.auc"]
    ends = (format_number(area.low, digits=2), format_number(area.high, digits=2))
    side = "higher" if summary.n_above >= summary.n_below else "lower"
    undefined = (
        f" {n.value - defined.value} of {n} could not be computed."  # type: ignore[operator]
        if summary.n > summary.n_defined
        else ""
    )
    return (
        f"{agreeing} of {defined} specifications agree that responders have the {side} values, and "
        f"{significant} reach p below {summary.level:g}; the AUC lies between "
        f"{area.link(f'{ends[0]} and {ends[1]}')}.{undefined} {_describe_divisions(numbers)}"
    )


def _describe_divisions(numbers: Numbers) -> str:
    divisions = numbers["specification.divisions"]
    if divisions.value == 1:
        return "All of them divide the patients alike."
    return (
        f"They divide the patients in {divisions} different ways, so they are far from independent."
    )


def describe_idle_choices(curve: pd.DataFrame) -> str:
    """Say which choices make no difference in this study and are therefore not repeated."""
    shown = list_options(curve)
    idle = [IDLE_WORDS[choice] for choice in CHOICES if choice not in shown]
    if not idle:
        return ""
    return (
        f"{capitalise(join_words(idle))} {'makes' if len(idle) == 1 else 'make'} no difference "
        "here: every option divides the patients alike, and only one is counted."
    )


def caption_curve(curve: pd.DataFrame, predictor: str) -> str:
    """Caption the specification curve."""
    drawn = curve["estimate"].notna().sum()
    sizes = curve["n_first"] + curve["n_second"]
    return (
        f"{capitalise(escape(BY_NAME[predictor].label))} before treatment, responders against the "
        f"others, under {drawn} specifications (n = {sizes.min()} to {sizes.max()} patients). "
        "Above: AUC with its 95 % interval (by ranks: Newcombe's score interval, exact rank-sum "
        "p; by means: standardised difference on the same scale, interval from the noncentral t, "
        f"Student's t test); p two-sided, unadjusted for {drawn} specifications. Below: "
        "the choices behind each."
    )


def caption_curve_table(curve: pd.DataFrame, predictor: str) -> str:
    """Caption the table of specifications."""
    return (
        f"The {len(curve)} specifications of the figure for "
        f"{escape(BY_NAME[predictor].label)}, in the same order. TIS: total improvement score. n: "
        "responders + others. "
        "p: two-sided, unadjusted. The main analysis is marked."
    )


def describe_curve_figure(summary: CurveSummary) -> str:
    """Describe the specification curve in plain words."""
    if not summary.n_defined:
        return "no specification gives an estimate, because one of the groups has no values."
    return (
        f"{summary.n_defined} specifications sorted by AUC, from "
        f"{format_number(summary.lowest, digits=2)} to {format_number(summary.highest, digits=2)}; "
        f"{summary.n_significant} with p below {summary.level:g}."
    )


def tabulate_curve(curve: pd.DataFrame) -> pd.DataFrame:
    """Lay all specifications out, a row for each, in the order of the figure."""
    choices = [choice for choice in CURVE_CHOICES if choice in list_options(curve)]
    rows = [
        {
            "no.": f"{place} (main)" if row["is_main"] else str(place),
            **{HEADINGS[choice].lower(): OPTION_LABELS[choice][row[choice]] for choice in choices},
            "n": f"{row['n_first']}{NBSP}+{NBSP}{row['n_second']}",
            "AUC (95 % interval)": write_estimate(
                row["estimate"], row["low"], row["high"], digits=2
            ),
            "p": row["reason"] or shorten_p_value(row["p_value"]),
        }
        for place, row in enumerate(list_rows(curve), start=1)
    ]
    return pd.DataFrame(rows)


def conclude_curve(numbers: Numbers, summary: CurveSummary, predictor: str) -> str:
    """Say whether the result of the predictor stands whatever the analyst chooses."""
    label = capitalise(escape(BY_NAME[predictor].label))
    if not summary.n_defined:
        return ""
    if summary.n_agreeing < summary.n_defined:
        return f"{label}: even the direction depends on the analyst's choices."
    if summary.n_significant == summary.n_defined:
        return f"{label}: direction and small p hold under every choice tried."
    if not summary.n_significant:
        return f"{label}: the direction holds under every choice tried, a small p under none."
    return (
        f"{label}: the direction holds under every choice tried, but a p below {LEVEL:g} depends "
        f"on them ({numbers['specification.significant']} of {numbers['specification.defined']}). "
        "It must not be quoted as if the data had forced it."
    )


def list_curve_methods() -> list[tuple[str, str]]:
    """Name the choices of the specification curve, for the study report's methods."""
    return [
        (
            "Specification curve",
            "The question of one predictor under every combination of: the definition of response "
            "(IMACS; the limits of PRINTO for juvenile dermatomyositis on the same six measures; "
            "total improvement score of 20 or more), what a baseline of 0 means, which visit "
            "decides and how dropouts count, and whether groups are compared by ranks, by means or "
            "by means of logarithms. A standardised difference g of means is shown as "
            "Phi(g / square root of 2), the AUC it would have with normal values.",
        )
    ]
