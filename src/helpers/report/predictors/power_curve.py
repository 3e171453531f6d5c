"""The figure of power: which sizes are simulated, drawn and named, and what it shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.report.numbers import Numbers
from helpers.report.predictors.planning import Shares
from helpers.report.words import NBSP, format_number, format_percent
from helpers.stats.topics.planning import ArmSize

SIMULATED_SIZES = 8


def choose_simulated_sizes(found: Sequence[ArmSize], largest_arm: int) -> list[int]:
    """Choose some sizes to play by simulation: those found, and others spread around them."""
    sizes = [size.n_per_arm for size in found if size.scenario == "observed" and size.n_per_arm]
    top = min(largest_arm, round(1.4 * max(sizes, default=largest_arm)))
    step = max(top // SIMULATED_SIZES, 1)
    return sorted({*sizes, *range(step, top + 1, step)} - {1})


def crop_curve(curve: pd.DataFrame, found: Sequence[ArmSize]) -> pd.DataFrame:
    """Keep the sizes that a figure needs: somewhat more than the largest one found."""
    sizes = [size.n_per_arm for size in found if size.n_per_arm and size.scenario != "low"]
    most = 1.5 * max(sizes, default=int(curve["n_per_arm"].max()))
    return curve[curve["n_per_arm"] <= most]


def point_out(found: Sequence[ArmSize], curve: pd.DataFrame) -> list[tuple[str, int, float]]:
    """List the sizes that the figure names: those found and drawn."""
    most = curve["n_per_arm"].max()
    return [
        (size.scenario, size.n_per_arm, size.power)
        for size in found
        if size.n_per_arm is not None and size.power is not None and size.n_per_arm <= most
    ]


def label_scenarios(shares: Shares) -> dict[str, str]:
    """Name the scenarios of the figure."""
    order = ("observed", "low", "high")
    words = {"observed": "as observed", "low": "lower end", "high": "upper end"}
    return {
        name: f"{format_percent(shares.treated[name]).replace(NBSP, ' ')} respond, {words[name]}"
        for name in order
    }


def caption_power(shares: Shares, simulated: pd.DataFrame) -> str:
    """Caption the figure of power."""
    return (
        f"Power of a controlled trial when {format_percent(shares.control)} respond without "
        f"treatment (n = {shares.n} observed). Dots: sizes that reach the power wanted."
    )


def explain_power(shares: Shares, simulated: pd.DataFrame) -> str:
    """Say how the figure of power is made."""
    played = (
        f" Crosses: {simulated['simulations'].iloc[0]} simulated trials each, with 95 % Monte "
        "Carlo error."
        if len(simulated)
        else ""
    )
    return (
        "Lines: exact power of Fisher's exact test, two-sided, 0.05, for three shares of "
        f"responders under treatment: the observed one and both ends of its interval.{played}"
    )


def describe_power(found: Sequence[ArmSize], shares: Shares) -> str:
    """Describe the figure of power in plain words."""
    parts = [
        f"{format_percent(shares.treated[size.scenario])} under treatment: "
        + (
            f"{size.n_per_arm} per arm for {format_percent(size.target)}"
            if size.n_per_arm
            else f"{format_percent(size.target)} not reached"
        )
        for size in found
    ]
    return f"Power against patients per arm. {'; '.join(parts)}."


def record_simulation(
    numbers: Numbers, simulated: pd.DataFrame, curve: pd.DataFrame, shares: Shares
) -> None:
    """Record how closely the simulation agrees with the exact power; nothing where none was run."""
    if not _is_told(simulated, shares):
        return
    exact = curve[curve["scenario"] == "observed"].set_index("n_per_arm")["power"]
    gap = (simulated.set_index("n_per_arm")["power"] - exact).abs().max()
    numbers.record(
        "planning.simulation_gap",
        100 * gap,
        n=int(simulated["simulations"].iloc[0]),
        digits=1,
        unit="percentage points",
        method="largest difference between exact and simulated power",
        source=["core_set", "patients"],
    )


def describe_simulation(numbers: Numbers, simulated: pd.DataFrame, shares: Shares) -> str:
    """Say how closely the simulation agrees with the exact power."""
    if not _is_told(simulated, shares):
        return ""
    return (
        f"The exact power and {simulated['simulations'].iloc[0]} simulated trials per size differ "
        f"by at most {numbers['planning.simulation_gap']} percentage points; the simulation's own "
        f"standard error is up to {format_number(100 * simulated['error'].max(), digits=1)}."
    )


def _is_told(simulated: pd.DataFrame, shares: Shares) -> bool:
    return not simulated.empty and shares.treated["observed"] > shares.control
