"""Propose what study.yml says of files that came in: arms, visits, scales and units."""

from __future__ import annotations

from typing import Any

from helpers.contracts.tables import HAQ_DI_STEP
from helpers.contracts.units import name_unit
from helpers.intake.propose.draft import Line
from helpers.intake.propose.proposal import Proposal
from helpers.intake.words.names import fold_name, read_visit

_ONE_SIDE, _LARGEST_CM = 80, 10
_TOLERANCE = 1e-6


def propose_settings(proposal: Proposal) -> dict[str, Any]:
    """Give the settings of study.yml that the files tell, by dotted key.

    Parameters
    ----------
    proposal : Proposal

    Returns
    -------
    dict of str to object
        A key that the files do not tell is left out.
    """
    settings: dict[str, Any] = {}
    if proposal.arms:
        settings["arms"] = {arm: arm for arm in proposal.arms}
    if visits := _list_visits(proposal):
        settings["visits"] = visits
    ck = name_unit(proposal.ck_unit or _unit(proposal, "core_set.ck"))
    if ck in ("U/L", "ukat/L"):
        settings["instruments.ck.unit"] = ck
    scales = {_unit(proposal, f"core_set.{who}_global") for who in ("physician", "patient")}
    numbers = proposal.numbers
    globals_ = [
        *numbers.get("core_set.physician_global", ()),
        *numbers.get("core_set.patient_global", ()),
    ]
    if "mm" in scales or max(globals_, default=0) > _LARGEST_CM:
        settings["instruments.vas_maximum"] = 100
    if max(numbers.get("core_set.mmt8", ()), default=0) > _ONE_SIDE:
        settings["instruments.mmt8_maximum"] = 150
    if instrument := _find_index(proposal):
        settings["instruments.extramuscular.instrument"] = instrument
    if any(_is_off(value) for value in numbers.get("core_set.haq_di", ())):
        settings["instruments.haq_di_precision"] = "two_decimals"
    return settings


def _find_index(proposal: Proposal) -> str:
    """Give the index that stands in the place of a line for extramuscular activity."""
    names = [
        fold_name(column)
        for columns in proposal.chosen.values()
        for column, guess in columns.items()
        if "core_set.extramuscular" in guess.places
    ]
    return next((one for one in ("myoact", "mitax") if any(one in name for name in names)), "")


def _unit(proposal: Proposal, place: str) -> str:
    return str(proposal.draft.units.get(place, Line("")).value)


def _is_off(haq_di: float) -> bool:
    return abs(haq_di / HAQ_DI_STEP - round(haq_di / HAQ_DI_STEP)) > _TOLERANCE


def _list_visits(proposal: Proposal) -> list[dict[str, Any]]:
    found: dict[float, str] = {}
    for word, line in proposal.draft.visits.items():
        if isinstance(line.value, (int, float)):
            found.setdefault(float(line.value), _label(word, float(line.value)))
    labels = list(found.values())
    return [
        {"month": _whole(month), "label": label if labels.count(label) == 1 else f"Month {month:g}"}
        for month, label in sorted(found.items())
    ]


def _label(word: str, month: float) -> str:
    """Name a visit for a reader: as the files do, where that is more than a short form."""
    name = read_visit(word)
    if not month:
        return "Baseline"
    if name and name.kind in ("month", "week"):
        return f"{name.number:g} {name.kind}{'s' * (name.number != 1)}"
    counted = word.isdigit() or (name is not None and name.kind == "visit")
    return f"{month:g} months" if counted else word


def _whole(month: float) -> float | int:
    return int(month) if month == int(month) else month
