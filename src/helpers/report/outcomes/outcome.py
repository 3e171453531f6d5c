"""One declared outcome in words and tables: its rule, who reached it, how arms compare."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.outcomes import CORE_MEASURES, FUNCTIONAL_INDEX, RESPONSE, Outcome
from helpers.contracts.rows import list_rows
from helpers.report.ledger import Result
from helpers.report.numbers import Numbers
from helpers.report.response.core_set import label_measures
from helpers.report.response.response_rule import name_rule
from helpers.report.shares import ODDS_FIGURES, in_points, record_share
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_figures,
    format_number,
    format_percent,
    join_words,
    link_patients,
    name_group,
    shorten_p_value,
)
from helpers.stats.exact.exact import binomial_interval, fisher_test
from helpers.stats.exact.risk_difference import risk_difference
from helpers.stats.multiplicity import holm
from helpers.stats.result import StatisticResult

LEVEL = 0.05
"""The outcome of a controlled trial is reached below this p of the declared contrast."""

PRIMARY = "primary"
NOT_DECLARED = "No primary outcome is declared for this study, so none is judged."


@dataclass(frozen=True)
class ArmShare:
    """One arm's outcome: all who entered by the study's rule, and those judged.

    Attributes
    ----------
    arm : str
        As the report names it.
    entered, counted, judged : int
        Patients; `counted` leaves out whom the study's rule leaves out.
    reached, reached_judged : int
        Of those counted, and of those judged.
    """

    arm: str
    entered: int
    counted: int
    judged: int
    reached: int
    reached_judged: int


@dataclass(frozen=True)
class ArmContrast:
    """Two arms compared on one outcome: difference of shares, and Fisher's test.

    Attributes
    ----------
    arm, against : str
        Labels; the second is the declared reference.
    difference, test : StatisticResult
        Difference of shares with its interval; odds ratio with p.
    adjusted_p : float or None
        Holm over the declared contrasts, where there are several.
    """

    arm: str
    against: str
    difference: StatisticResult
    test: StatisticResult
    adjusted_p: float | None = None


def name_measure(outcome: Outcome, config: StudyConfig) -> str:
    """Name an outcome's measure as a sentence does."""
    if outcome.label:
        return outcome.label
    if outcome.measure == RESPONSE:
        return f"improvement by {name_rule(config.response)}"
    if outcome.measure in CORE_MEASURES:
        return label_measures(config)[outcome.measure].partition(",")[0]
    named = {FUNCTIONAL_INDEX: "Functional Index"}
    return named.get(outcome.measure, outcome.measure.replace("_", " "))


def name_outcome(outcome: Outcome, config: StudyConfig) -> str:
    """Name an outcome: measure, limit and visit.

    Examples
    --------
    >>> from helpers.study import read_study
    >>> config = read_study("endurance_training_iim", tables=[]).config
    >>> name_outcome(config.primary_outcome, config).partition(" at ")[0]
    'cycling time to exhaustion'
    """
    visit = config.label_month(outcome.month)
    return f"{name_measure(outcome, config)}{_say_limit(outcome)} at {visit}"


def _say_limit(outcome: Outcome) -> str:
    if outcome.improvement_percent is not None:
        return f" at least {outcome.improvement_percent:g} % better"
    return f" at least {outcome.improvement:g} better" if outcome.improvement is not None else ""


def describe_rule(outcome: Outcome, config: StudyConfig) -> str:
    """Write an outcome's rule in one or two plain sentences."""
    what = name_measure(outcome, config)
    visit = config.label_month(outcome.month)
    if outcome.measure == RESPONSE:
        rule = f"Reached: {what} at {visit}."
    elif outcome.direction is None:
        rule = f"Reached: {what} at {visit}, as it was printed for each patient."
    else:
        limit = (
            f"{outcome.improvement_percent:g} % of the patient's own baseline"
            if outcome.improvement_percent is not None
            else f"{outcome.improvement:g} in its own unit"
        )
        rule = f"Reached: {what} {outcome.direction} by at least {limit} at {visit}."
    return f"{rule} {outcome.note}" if outcome.note else rule


def count_arms(judged: pd.DataFrame, arms: pd.Series) -> list[ArmShare]:
    """Count an outcome in each arm.

    Parameters
    ----------
    judged : DataFrame
        From `helpers.derive.response.outcomes.derive_outcome`.
    arms : Series of str
        Label of each patient's arm, index patient_id.

    Returns
    -------
    list of ArmShare
        In the order in which the arms first appear.
    """
    of_patient = judged["patient_id"].map(arms)
    return [
        ArmShare(
            arm=str(arm),
            entered=len(part),
            counted=int(part["counted"].notna().sum()),
            judged=int(part["reached"].notna().sum()),
            reached=int(part["counted"].fillna(False).sum()),
            reached_judged=int(part["reached"].fillna(False).sum()),
        )
        for arm, part in judged.groupby(of_patient, sort=False)
    ]


def compare_arms(shares: list[ArmShare], config: StudyConfig) -> list[ArmContrast]:
    """Compare the arms that the study declared a contrast of; an arm without patients has none.

    Returns
    -------
    list of ArmContrast
        Empty where no contrast is declared, or where nobody in one of the arms was judged.
    """
    known = {share.arm: share for share in shares if share.judged}
    found = [
        _compare(known[arm], known[against])
        for arm, against in config.comparisons
        if arm in known and against in known
    ]
    if len(found) < 2:
        return found
    adjusted = holm([contrast.test.p_value for contrast in found])
    return [replace(c, adjusted_p=float(p)) for c, p in zip(found, adjusted, strict=True)]


def _compare(arm: ArmShare, against: ArmShare) -> ArmContrast:
    counts = (arm.reached, arm.counted, against.reached, against.counted)
    table = [[n, total - n] for n, total in (counts[:2], counts[2:])]
    return ArmContrast(arm.arm, against.arm, risk_difference(*counts), fisher_test(table))


def name_contrast(contrast: ArmContrast) -> str:
    """Name a contrast in the ledger."""
    return f"{name_group(contrast.arm)}.against.{name_group(contrast.against)}"


def record_outcome(
    numbers: Numbers,
    name: str,
    shares: list[ArmShare],
    contrasts: list[ArmContrast],
    *,
    source: list[str],
) -> None:
    """Record an outcome's counts and shares by arm, and how declared contrasts compare.

    Parameters
    ----------
    numbers : Numbers
    name : str
        ``primary``, or the endpoint's name in study.yml: first word of the names in the ledger.
    shares, contrasts
        From `count_arms` and `compare_arms`.
    source : list of str
        Tables behind them.
    """
    for share in shares:
        _record_arm(numbers, f"{name}.{name_group(share.arm)}", share, source)
    record_contrasts(numbers, name, contrasts, source=source)


def record_contrasts(
    numbers: Numbers, name: str, contrasts: list[ArmContrast], *, source: list[str]
) -> None:
    """Record the difference of shares of each declared contrast, and its odds ratio."""
    for contrast in contrasts:
        first = f"{name}.{name_contrast(contrast)}"
        points = in_points(contrast.difference)
        numbers.record_statistic(
            f"{first}.difference",
            replace(points, p_value=contrast.test.p_value),
            unit="percentage points",
            digits=0,
            source=source,
        )
        numbers.record_statistic(
            f"{first}.odds_ratio",
            contrast.test,
            unit="odds ratio",
            figures=ODDS_FIGURES,
            source=source,
        )
        if contrast.adjusted_p is not None:
            numbers.record(
                f"{first}.adjusted_p",
                contrast.adjusted_p,
                digits=3,
                method="Holm over the declared contrasts",
                source=source,
            )


def _record_arm(numbers: Numbers, first: str, share: ArmShare, source: list[str]) -> None:
    """Record the counts and shares of one arm."""
    numbers.record(f"{first}.entered", share.entered, unit="patients", source=source)
    numbers.record(f"{first}.judged", share.judged, n=share.entered, unit="patients", source=source)
    if not share.judged:
        for row in ("reached", "share", "reached_judged", "share_judged"):
            numbers.record(f"{first}.{row}", None, n=0, source=source, reason="nobody was judged")
        return
    everybody = share.counted == share.entered
    who = "all who entered" if everybody else f"those counted, of {share.entered} who entered"
    for row, count, n, population in (
        ("", share.reached, share.counted, who),
        ("_judged", share.reached_judged, share.judged, "those who could be judged"),
    ):
        reached = numbers.record(
            f"{first}.reached{row}",
            count,
            n=n,
            unit="patients",
            population=population,
            source=source,
        )
        record_share(numbers, f"{first}.share{row}", of=reached, source=source)


def _in_points(difference: StatisticResult) -> StatisticResult:
    """Give a difference of shares in percentage points, with the p of Fisher's test beside it."""
    assert difference.estimate is not None, "both arms have somebody judged"
    assert difference.interval is not None
    low, high = (100 * end for end in difference.interval)
    return replace(
        difference,
        estimate=100 * difference.estimate,
        interval=replace(difference.interval, low=low, high=high),
        method=f"{difference.method}; p: Fisher's exact test, two-sided by minimum likelihood",
    )


def describe_outcome(
    numbers: Numbers,
    name: str,
    outcome: Outcome,
    shares: list[ArmShare],
    contrasts: list[ArmContrast],
) -> str:
    """Say in one sentence who reached an outcome: of all who entered, and of those judged."""
    config = numbers.study.config
    what = escape(name_outcome(outcome, config))
    lead = f"The primary outcome, {what}," if name == PRIMARY else capitalise(what)
    if not any(share.judged for share in shares):
        return f"{lead} could not be judged: nobody was assessed for it."
    parts = [_describe_share(numbers, name, share, alone=len(shares) == 1) for share in shares]
    compared = describe_contrasts(numbers, name, contrasts)
    return f"{lead} was reached by {join_words(parts)}{compared}{_say_undeclared(config, shares)}."


def _describe_share(numbers: Numbers, name: str, share: ArmShare, *, alone: bool) -> str:
    first = f"{name}.{name_group(share.arm)}"
    whom = "" if alone else f" in the arm “{escape(share.arm)}”"
    if not share.judged:
        return f"an unknown number of {share.entered} patients{whom}, of whom nobody was judged"
    reached, whole = numbers[f"{first}.reached"], numbers[f"{first}.share"]
    among = f"{reached} of {_say_counted(share, alone=alone)}{whom}"
    said = f"{among} ({whole.percent}, {whole.interval_percent}"
    judged = numbers[f"{first}.judged"]
    if share.judged == share.entered:
        return f"{said}; all were judged)" if alone else f"{said})"
    known = numbers[f"{first}.reached_judged"]
    return f"{said}; {known} of the {judged} who were judged)"


def _say_counted(share: ArmShare, *, alone: bool) -> str:
    if share.counted < share.entered:
        return f"{share.counted} counted patients (of {share.entered})"
    patients = count_noun(share.counted, "patient")
    if not alone:
        return patients
    return f"{'all ' if share.counted > 1 else ''}{patients} who entered"


def describe_contrasts(numbers: Numbers, name: str, contrasts: list[ArmContrast]) -> str:
    """Say how each declared contrast came out, to stand behind a sentence; empty without one."""
    parts = []
    for contrast in contrasts:
        difference = numbers[f"{name}.{name_contrast(contrast)}.difference"]
        whom = (
            f"“{escape(contrast.arm)}” against “{escape(contrast.against)}”: "
            if len(contrasts) > 1
            else ""
        )
        adjusted = (
            f", {shorten_p_value(contrast.adjusted_p)} after Holm's correction"
            if contrast.adjusted_p is not None
            else ""
        )
        parts.append(
            f"{whom}difference {difference} percentage points ({difference.interval}; "
            f"{difference.p_text}{adjusted}, Fisher's exact test)"
        )
    return "; " + "; ".join(parts) if parts else ""


def _say_undeclared(config: StudyConfig, shares: list[ArmShare]) -> str:
    if len(shares) < 2 or config.comparisons:
        return ""
    return "; no reference arm is declared, so the arms are not compared"


def record_printed(numbers: Numbers, name: str, outcome: Outcome, judged: pd.DataFrame) -> None:
    """Record how many printed marks of the outcome are the ones that its rule gives."""
    flags = numbers.study.tables.get("published_flags")
    if outcome.printed_flag is None or flags is None:
        return
    marks = flags[(flags["flag"] == outcome.printed_flag) & (flags["month"] == outcome.month)]
    both = judged.merge(marks, on="patient_id", suffixes=("", "_printed")).dropna(
        subset=["reached", "value_printed"]
    )
    numbers.record(
        f"{name}.printed_agree",
        int((both["reached"] == both["value_printed"]).sum()) if len(both) else None,
        n=len(both),
        unit="printed marks",
        reason="" if len(both) else "no printed mark of a patient who was judged",
        source=["patients", "published_flags"],
    )


def describe_printed(numbers: Numbers, name: str, outcome: Outcome) -> str:
    """Say whether the printed marks of an outcome follow from its rule; empty where none were."""
    if f"{name}.printed_agree" not in numbers:
        return ""
    agree = numbers[f"{name}.printed_agree"]
    if agree.value is None:
        return f"The printed marks cannot be compared: {escape(agree.reason)}."
    return f"The rule gives {agree} of {agree.n} marks as the publication printed them."


def judge_trial(
    outcome: Outcome,
    shares: list[ArmShare],
    contrasts: list[ArmContrast],
    numbers: Numbers,
) -> tuple[str, str]:
    """Say whether the trial reached its outcome, and by which criterion.

    Returns
    -------
    (str, str)
        "reached", "not reached" or "not judged"; the reason in a sentence, HTML.
    """
    if not any(share.judged for share in shares):
        return "not judged", "Nobody was assessed for it."
    if contrasts:
        return _judge_contrasts(contrasts)
    if len(shares) > 1:
        return "not judged", "No contrast of arms is declared that could be tested."
    if outcome.success_share is None:
        return (
            "not judged",
            "No share of patients is declared that would count as success, and there is no "
            "control group.",
        )
    [share] = shares
    whole = numbers[f"{PRIMARY}.{name_group(share.arm)}.share"]
    aim = format_percent(outcome.success_share)
    is_above = whole.low is not None and whole.low > outcome.success_share
    words = "above" if is_above else "not above"
    return (
        "reached" if is_above else "not reached",
        f"The interval of the share ({whole.interval_percent}) lies {words} the declared {aim}.",
    )


def _judge_contrasts(contrasts: list[ArmContrast]) -> tuple[str, str]:
    verdicts = []
    for contrast in contrasts:
        p_value = contrast.test.p_value if contrast.adjusted_p is None else contrast.adjusted_p
        better = (contrast.difference.estimate or 0) > 0
        verdicts.append(better and p_value is not None and p_value < LEVEL)
    criterion = f"Criterion: a larger share than in the reference arm with p below {LEVEL:g}"
    holm_words = " after Holm's correction" if len(contrasts) > 1 else ""
    if len(contrasts) == 1:
        return ("reached" if verdicts[0] else "not reached"), f"{criterion}{holm_words}."
    told = join_words(
        f"“{escape(c.arm)}”: {'reached' if yes else 'not reached'}"
        for c, yes in zip(contrasts, verdicts, strict=True)
    )
    return "reached" if any(verdicts) else "not reached", f"{criterion}{holm_words}; {told}."


def describe_verdict(verdict: str, criterion: str) -> str:
    """Say whether the trial reached its primary outcome."""
    return (
        f"For the trial as a whole the primary outcome was <strong>{verdict}</strong>. {criterion}"
    )


def describe_not_judged(judged: pd.DataFrame) -> str:
    """Say who was not judged, why, and what these patients count as; empty where all were."""
    lost = judged[judged["reached"].isna()]
    if lost.empty:
        return ""
    by_reason = [
        f"{link_patients(part['patient_id'])} ({escape(reason)})"
        for reason, part in lost.groupby("reason", sort=False)
    ]
    left_out = int(lost["counted"].isna().sum())
    counted = [
        f"{count_noun(n, 'patient')} {verb if n == 1 else plural}"
        for n, verb, plural in (
            (len(lost) - left_out, "counts as not improved", "count as not improved"),
            (left_out, "is left out", "are left out"),
        )
        if n
    ]
    return f"Not judged: {join_words(by_reason)}; by the study's rule {join_words(counted)}."


def tabulate_outcome(shares: list[ArmShare]) -> pd.DataFrame:
    """Lay out an outcome by arm: reached, not reached, not judged; both shares with intervals."""
    return pd.DataFrame(
        [
            {
                "arm": share.arm,
                "entered": share.entered,
                "reached": share.reached_judged,
                "not reached": share.judged - share.reached_judged,
                "not judged": share.entered - share.judged,
                "share of all who entered": _write_share(share.reached, share.counted, share),
                "share of those judged": _write_share(share.reached_judged, share.judged, share),
            }
            for share in shares
        ]
    )


def _write_share(count: int, n: int, share: ArmShare) -> str:
    if not share.judged:
        return "not known"
    result = binomial_interval(count, n)
    assert result.interval is not None
    low, high = (format_percent(end) for end in result.interval)
    return f"{count} of {n}, {format_percent(count / n)} ({low} to {high})"


def caption_outcome(outcome: Outcome, config: StudyConfig) -> str:
    """Caption the table of an outcome."""
    return (
        f"{capitalise(escape(name_outcome(outcome, config)))}. Intervals: exact "
        "(Clopper-Pearson), 95 %."
    )


def label_axis(outcome: Outcome | None, config: StudyConfig, unit: str) -> str:
    """Label the axis of an outcome's measure, with its unit."""
    assert outcome is not None, "drawn only where one is declared"
    return f"{name_measure(outcome, config)}{f', {unit}' if unit else ''}"


def caption_courses(judged: pd.DataFrame) -> str:
    """Caption the figure of an outcome's measure."""
    n = int(judged["reached"].notna().sum())
    return f"One line per patient before and after (n = {n} judged); colour and mark tell the arm."


def describe_courses(judged: pd.DataFrame, arms: pd.Series) -> str:
    """Describe the figure of an outcome's measure in plain words: the same patients twice."""
    both = judged.dropna(subset=["baseline", "value"])
    parts = [
        f"{arm}: median {format_number(part['baseline'].median())} before, "
        f"{format_number(part['value'].median())} after, in {count_noun(len(part), 'patient')}"
        for arm, part in both.groupby(both["patient_id"].map(arms), sort=False)
    ]
    return f"{'; '.join(parts)}."


def limit_courses(outcome: Outcome | None) -> str:
    """Say where the limit comes from."""
    return escape(outcome.note) if outcome is not None and outcome.note else ""


def tabulate_contrasts(numbers: Numbers, name: str, contrasts: list[ArmContrast]) -> pd.DataFrame:
    """Lay out how the arms compare: difference of shares first, then the odds ratio."""
    rows = []
    for contrast in contrasts:
        first = f"{name}.{name_contrast(contrast)}"
        difference, ratio = numbers[f"{first}.difference"], numbers[f"{first}.odds_ratio"]
        row = {
            "contrast": f"{contrast.arm} against {contrast.against}",
            "difference of shares, percentage points": _write_result(difference),
            "odds ratio": _write_result(ratio),
            "p (Fisher)": shorten_p_value(contrast.test.p_value),
        }
        if contrast.adjusted_p is not None:
            row["p adjusted (Holm)"] = shorten_p_value(contrast.adjusted_p)
        rows.append(row)
    return pd.DataFrame(rows)


def _write_result(result: Result) -> str:
    if result.value is None:
        return "not defined"
    low, high = (
        format_number(end, digits=result.digits)
        if result.figures is None
        else format_figures(end, figures=result.figures)
        for end in (result.low, result.high)
    )
    return f"{result.text} ({low} to {high})"


def caption_contrasts(contrasts: list[ArmContrast]) -> str:
    """Caption the table of contrasts."""
    methods = dict.fromkeys([c.difference.method for c in contrasts])
    return (
        f"Declared contrasts of arms. {capitalise(join_words(methods))}; odds ratio with the "
        "interval of Fisher's exact test."
    )


def list_patients_judged(judged: pd.DataFrame, arms: pd.Series) -> pd.DataFrame:
    """List each patient: value before and after, change, and whether the outcome was reached."""
    words = {True: "reached", False: "not reached"}
    reached = [words.get(flag, "not judged") for flag in judged["reached"].astype("object")]
    table = pd.DataFrame({"patient": judged["patient_id"]})
    if arms.nunique() > 1:
        table["arm"] = judged["patient_id"].map(arms)
    for column, label in (("baseline", "before"), ("value", "after")):
        if judged[column].notna().any():
            table[label] = judged[column].astype("object").map(format_number)
    if judged["change_percent"].notna().any():
        table["better by"] = [
            format_percent(None if pd.isna(p) else p / 100) for p in judged["change_percent"]
        ]
    return table.assign(outcome=reached, why=judged["reason"].to_numpy())


def tabulate_endpoints(
    found: dict[str, tuple[Outcome, list[ArmShare]]], config: StudyConfig
) -> pd.DataFrame:
    """Lay out the secondary endpoints, a row each arm."""
    rows = []
    for outcome, shares in found.values():
        for row in list_rows(tabulate_outcome(shares)):
            rows.append({"endpoint": name_outcome(outcome, config)} | row)
    return pd.DataFrame(rows)
