"""Sentences about the trial that would settle it: how many patients, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.rows import list_rows
from helpers.report.numbers import Numbers
from helpers.report.words import (
    capitalise,
    count_noun,
    escape,
    format_percent,
    is_missing,
    join_words,
)
from helpers.stats.exact.exact import binomial_interval
from helpers.stats.topics.planning import ArmSize, compute_power

HIGH_POWER = 0.9
"""Beside the power asked for, the numbers are always given for this one."""

POWER_METHOD = (
    "exact power of Fisher's exact test (two-sided, 0.05) with two equal arms, summed over all "
    "outcomes in which the treatment is better"
)

SCENARIO_WORDS = {
    "observed": "observed",
    "low": "lower end",
    "high": "upper end",
}


@dataclass(frozen=True)
class Shares:
    """Shares of responders that the planning assumes.

    Attributes
    ----------
    arm : str
        The arm that was observed.
    n_improved, n : int
        Responders and patients in it.
    treated : dict of str to float
        Share under treatment: as observed, and at both ends of its exact interval.
    control : float
        Share without treatment: of the trial's own reference arm, or else assumed.
    against : str
        The reference arm; empty where the share is assumed.
    control_improved, control_n : int
        Responders and patients in it.
    """

    arm: str
    n_improved: int
    n: int
    treated: dict[str, float]
    control: float
    against: str = ""
    control_improved: int = 0
    control_n: int = 0


ALL_ARMS = "all arms together"
"""What is planned on where several arms are not told apart by a declared reference."""


NOBODY_JUDGED = (
    "Nobody on the treatment could be judged yet, so no share of responders is known on which a "
    "controlled trial could be planned."
)


def assume_shares(
    improved: pd.Series, arms: pd.Series, config: StudyConfig, *, placebo_share: float
) -> Shares | None:
    """Take the share of responders under treatment and without it, as far as the trial tells both.

    Parameters
    ----------
    improved : Series of boolean
        One per patient, index patient_id; who is missing is in no denominator.
    arms : Series of str
        Arm of each patient as the report names it.
    config : StudyConfig
        The first declared contrast whose arms have patients gives treatment and control. Without
        one no arm is taken for the control.
    placebo_share : float
        Share assumed without treatment, where the trial has no declared control of its own.

    Returns
    -------
    Shares or None
        None where nobody under treatment is counted.
    """
    known = improved.dropna().astype(bool)
    of_arm = arms.reindex(known.index)
    present = set(arms)
    pair = next((pair for pair in config.comparisons if set(pair) <= present), None)
    arm = pair[0] if pair else str(arms.iloc[0]) if len(present) == 1 else ALL_ARMS
    treated = known[of_arm == arm] if pair else known
    if treated.empty:
        return None
    held = known[of_arm == pair[1]] if pair else known[:0]
    if pair is None or held.empty:
        return Shares(arm, *_observe(treated), control=placebo_share)
    events, total, control = _observe(held)
    return Shares(
        arm,
        *_observe(treated),
        control=control["observed"],
        against=pair[1],
        control_improved=events,
        control_n=total,
    )


def _observe(improved: pd.Series) -> tuple[int, int, dict[str, float]]:
    """Give responders, patients, and the share with both ends of its exact interval."""
    events, total = int(improved.sum()), len(improved)
    result = binomial_interval(events, total)
    assert result.estimate is not None, "the arm was chosen for having patients"
    assert result.interval is not None
    low, high = result.interval
    return events, total, {"observed": result.estimate, "low": low, "high": high}


def list_sizes(largest_arm: int) -> range:
    """List the sizes of an arm that are tried."""
    return range(2, largest_arm + 1)


def list_targets(power: float) -> list[float]:
    """List the powers that are reported: the one asked for, and 90 %.

    >>> list_targets(0.8), list_targets(0.9)
    ([0.8, 0.9], [0.9])
    """
    return sorted({power, HIGH_POWER})


def name_target(target: float) -> str:
    """Name a power in the ledger.

    >>> name_target(0.8)
    'power_80'
    """
    return f"power_{100 * target:g}".replace(".", "-")


def record_planning(
    numbers: Numbers,
    shares: Shares,
    found: Sequence[ArmSize],
    simulated: pd.DataFrame,
    *,
    largest_arm: int,
) -> None:
    """Record the assumed shares, the number per arm for each power, and the simulated power."""
    source = ["core_set", "patients"]
    numbers.record(
        "planning.observed",
        shares.treated["observed"],
        n=shares.n,
        low=shares.treated["low"],
        high=shares.treated["high"],
        unit="share of patients",
        method="exact (Clopper-Pearson) interval",
        source=source,
    )
    if shares.against:
        own = binomial_interval(shares.control_improved, shares.control_n)
        numbers.record_statistic("planning.placebo", own, unit="share of patients", source=source)
    else:
        assumed = "assumed, a parameter of the chapter"
        numbers.record("planning.placebo", shares.control, method=assumed, source=source)
    for size in found:
        numbers.record(
            f"planning.{size.scenario}.{name_target(size.target)}",
            size.n_per_arm,
            unit="patients per arm",
            method=POWER_METHOD,
            reason=_explain_no_size(shares, size, largest_arm),
            source=source,
        )
    for played in list_rows(simulated):
        numbers.record(
            f"planning.simulated.arm_{played['n_per_arm']}",
            played["power"],
            n=played["simulations"],
            low=played["power"] - 1.96 * played["error"],
            high=played["power"] + 1.96 * played["error"],
            digits=3,
            method="share of simulated trials with p of 0.05 or less, with its Monte Carlo error",
            source=source,
        )


def _explain_no_size(shares: Shares, size: ArmSize, largest_arm: int) -> str:
    if size.n_per_arm is not None:
        return ""
    if shares.treated[size.scenario] <= shares.control:
        return "the share under treatment is not above the one assumed without"
    return f"more than {largest_arm} patients per arm"


def record_certainty(
    numbers: Numbers, shares: Shares, found: Sequence[ArmSize], *, target: float
) -> None:
    """Record the power that the trial planned on the observed share has at both ends of it."""
    planned = [
        size
        for size in found
        if size.scenario == "observed" and round(size.target - target, 9) == 0
    ]
    for size in planned:
        if size.n_per_arm is None:
            continue
        for end in ("low", "high"):
            power = compute_power(
                size.n_per_arm, treated=shares.treated[end], control=shares.control
            )
            numbers.record(
                f"planning.power_at.{end}",
                power,
                method=f"{POWER_METHOD}; {size.n_per_arm} per arm",
                source=["core_set", "patients"],
            )


def tabulate_sizes(
    found: Sequence[ArmSize], shares: Shares, *, targets: Sequence[float], largest_arm: int
) -> pd.DataFrame:
    """Lay out the patients per arm: a row for each assumed share, a column for each power."""
    rows = []
    for scenario, share in shares.treated.items():
        row: dict[str, object] = {
            "share under treatment": f"{format_percent(share)} ({SCENARIO_WORDS[scenario]})",
            "share without": format_percent(shares.control),
        }
        for target in targets:
            size = next(s for s in found if (s.scenario, s.target) == (scenario, target))
            heading = f"patients per arm for {format_percent(target)} power"
            row[heading] = (
                str(size.n_per_arm)
                if size.n_per_arm
                else _explain_no_size(shares, size, largest_arm).removesuffix(" patients per arm")
            )
        rows.append(row)
    return pd.DataFrame(rows)


def caption_sizes(shares: Shares) -> str:
    """Caption the table of sizes."""
    return (
        "Patients in each of two equal arms, by the share that responds under treatment "
        f"({shares.n_improved} of {shares.n} observed, exact 95 % interval). Power: "
        "exact, Fisher's exact test, two-sided, 0.05; the number given is the one from which the "
        "power stays at or above the target. Nobody is added for dropouts, who count as not "
        "improved."
    )


def describe_planning(
    numbers: Numbers, shares: Shares, *, targets: Sequence[float], wanted: float
) -> list[str]:
    """Say how many patients a trial needs, and how sure that number is."""
    observed, placebo = numbers["planning.observed"], numbers["planning.placebo"]
    here = f"in “{escape(shares.arm)}”" if shares.against else "here"
    without = (
        f", as {shares.control_improved} of {shares.control_n} did in “{escape(shares.against)}”"
        if shares.against
        else " (an assumption)"
    )
    start = (
        f"If {observed.percent} respond under treatment, as {shares.n_improved} of {shares.n} did "
        f"{here}, and {placebo.percent} without{without}"
    )
    if shares.treated["observed"] <= shares.control:
        return [
            f"{start}, there is nothing for a trial to find: the share under treatment is not "
            "above the one without.",
            _describe_control(numbers, shares),
        ]
    needed = [
        f"{_write_size(numbers, 'observed', target)} for {format_percent(target)} power"
        for target in targets
    ]
    return [
        f"{start}, a trial needs {join_words(needed)}.",
        _describe_ends(numbers, wanted),
        _describe_control(numbers, shares),
    ]


def _describe_control(numbers: Numbers, shares: Shares) -> str:
    """Say how sure the share without treatment is, where it is the trial's own."""
    if shares.against:
        placebo = numbers["planning.placebo"]
        return (
            f"The share without treatment is that of the trial's own control, of "
            f"{count_noun(shares.control_n, 'patient')} only ({placebo.interval_percent})."
        )
    if shares.arm == ALL_ARMS:
        return "No reference arm is declared, so no arm is taken for the control."
    return ""


def _write_size(numbers: Numbers, scenario: str, target: float) -> str:
    size = numbers[f"planning.{scenario}.{name_target(target)}"]
    return f"{size} patients per arm" if not is_missing(size.value) else escape(size.reason)


def _describe_ends(numbers: Numbers, target: float) -> str:
    observed = numbers["planning.observed"]
    ends = [
        f"at the {word} end ({format_percent(share)}) {_write_size(numbers, scenario, target)}"
        for scenario, word, share in (
            ("low", "lower", observed.low),
            ("high", "upper", observed.high),
        )
    ]
    sentence = (
        f"That number is only as sure as the observed share ({observed.interval_percent}). For "
        f"{format_percent(target)} power: {'; '.join(ends)}."
    )
    if "planning.power_at.low" not in numbers:
        return sentence
    low, high = (numbers[f"planning.power_at.{end}"] for end in ("low", "high"))
    return (
        f"{sentence} The trial planned on the observed share has {low.percent} power at the lower "
        f"end and {high.percent} at the upper end."
    )


def summarise_planning(
    numbers: Numbers, shares: Shares, *, targets: Sequence[float], wanted: float
) -> list[str]:
    """Sum the planning up in one sentence."""
    return describe_planning(numbers, shares, targets=targets, wanted=wanted)[:1]


def conclude_planning(numbers: Numbers, shares: Shares, *, target: float) -> str:
    """Say what the planning means for the next study."""
    if shares.treated["observed"] <= shares.control:
        return "On these data a controlled trial has nothing to aim at."
    size = numbers[f"planning.observed.{name_target(target)}"]
    low = numbers[f"planning.low.{name_target(target)}"]
    if is_missing(size.value):
        return (
            "The difference that these data suggest is too small for a trial of a size that a rare "
            "disease allows."
        )
    unsure = (
        "which at the lower end of what these data allow would not be enough by far"
        if is_missing(low.value)
        else f"or {low} if the truth lies at the lower end of what these data allow"
    )
    return (
        f"“To be confirmed in a larger trial” means about {size} patients in each arm here, "
        f"{unsure}."
    )


def describe_planning_limits(shares: Shares) -> list[str]:
    """Say what the planning takes for granted."""
    return [
        f"The share of responders without treatment ({format_percent(shares.control)}) is that of "
        f"{count_noun(shares.control_n, 'patient')} of this trial."
        if shares.against
        else f"The share of responders on placebo ({format_percent(shares.control)}) is an "
        "assumption; change the parameter to see what it does.",
        "The observed share counts improvement at any visit by assessors who knew the treatment; a "
        "blinded trial may see less."
        if not shares.against
        else "",
    ]


def list_planning_methods(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Name the methods of the planning, for the study report's methods."""
    shown = "; ".join(labels.values())
    return [
        (
            "Power of a controlled trial",
            f"{capitalise(POWER_METHOD)}; checked by simulation. Scenarios: {shown}. "
            f"{count_noun(len(labels), 'scenario')}: the observed share and both ends of its exact "
            "interval.",
        )
    ]
