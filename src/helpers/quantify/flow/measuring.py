"""From a folder of tubes to percents, each with its counting error, its flags and its file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.quantify.flow.counting import TubeCount, count_tubes
from helpers.quantify.flow.percents import Percent, Share, find_change, find_net, find_percent
from helpers.quantify.flow.settings import FlowSettings, Population
from helpers.quantify.measurement import Measurement

NOT_COUNTED = "not counted"
_MISSING = Percent(None, None, None, None, "", (NOT_COUNTED,))


@dataclass(frozen=True)
class Change:
    """How one population of one patient changed between two visits, counting error only.

    Attributes
    ----------
    patient_id, what : str
    from_month, to_month : float
    percent : Percent
        In percentage points, later minus earlier.
    """

    patient_id: str
    what: str
    from_month: float
    to_month: float
    percent: Percent


def measure(folder: Path, settings: FlowSettings) -> list[Measurement]:
    """Measure every population in a folder of tubes.

    Parameters
    ----------
    folder : Path
        Holds `tubes.csv`, the gates' file and the FCS files.
    settings : FlowSettings

    Returns
    -------
    list of Measurement
        One per population, patient and month, in that order: per cent of the parent, or percentage
        points that a stimulus adds. The interval holds the counting error only. `n` are the events
        of the (stimulated tube's) parent; a pair names both files and both hashes.

    Raises
    ------
    StudyDataError
        With every fault of every file.
    """
    counts = count_tubes(folder, settings)
    return [
        _describe(population, visit, settings)
        for population in settings.populations
        for visit in _group_visits(counts, population)
    ]


def measure_changes(
    folder: Path, settings: FlowSettings, *, from_month: float, to_month: float
) -> list[Change]:
    """Measure how every population of every patient changed between two months.

    Parameters
    ----------
    folder : Path
    settings : FlowSettings
    from_month, to_month : float

    Returns
    -------
    list of Change
        One per population and patient with tubes of both months.

    Raises
    ------
    StudyDataError
        With every fault of every file.
    """
    counts = count_tubes(folder, settings)
    changes = []
    for population in settings.populations:
        visits = {
            (visit[0].tube.patient_id, visit[0].tube.month): visit
            for visit in _group_visits(counts, population)
        }
        for patient in dict.fromkeys(patient for patient, _ in visits):
            before, after = (visits.get((patient, month)) for month in (from_month, to_month))
            if before and after:
                percent = _change(before, after)
                changes.append(Change(patient, population.name, from_month, to_month, percent))
    return changes


Visit = tuple[TubeCount, ...]
"""The counts of one population, patient and month: one tube, or stimulated and unstimulated."""


def _group_visits(counts: Sequence[TubeCount], population: Population) -> list[Visit]:
    visits: dict[tuple[str, float], dict[str, TubeCount]] = {}
    for one in counts:
        if one.population == population:
            key = (one.tube.patient_id, one.tube.month)
            visits.setdefault(key, {})[one.tube.condition] = one
    return [
        tuple(tubes[condition] for condition in population.conditions) for tubes in visits.values()
    ]


def _list_shares(visit: Visit) -> list[Share] | None:
    shares = [one.share for one in visit if one.share is not None]
    return shares if len(shares) == len(visit) else None


def _find(visit: Visit) -> Percent:
    shares = _list_shares(visit)
    if shares is None:
        return _MISSING
    return find_percent(shares[0]) if len(shares) == 1 else find_net(shares[0], shares[1])


def _change(before: Visit, after: Visit) -> Percent:
    first, second = _list_shares(before), _list_shares(after)
    if first is None or second is None:
        return _MISSING
    if len(first) == 1:
        return find_change(first[0], second[0])
    return find_change((first[0], first[1]), (second[0], second[1]))


def _describe(population: Population, visit: Visit, settings: FlowSettings) -> Measurement:
    percent = _find(visit)
    first = visit[0]
    parent = first.parent.rpartition("/")[2] or "all events"
    unit = f"% of {parent}" if len(visit) == 1 else f"percentage points of {parent}"
    return Measurement(
        patient_id=first.tube.patient_id,
        month=first.tube.month,
        what=population.name,
        value=percent.value,
        unit=unit,
        n=first.parent_count or 0,
        se=percent.se,
        lower=percent.lower,
        upper=percent.upper,
        interval_method=percent.method,
        flag="; ".join([*percent.flags, *_flag_parents(visit, settings)]),
        qc="; ".join(dict.fromkeys(_list_problems(visit))),
        source_file="; ".join(dict.fromkeys(one.source_file for one in visit)),
        sha256="; ".join(dict.fromkeys(one.sha256 for one in visit)),
    )


def _flag_parents(visit: Visit, settings: FlowSettings) -> list[str]:
    least = settings.least_parent_events
    known = [one.parent_count for one in visit if one.parent_count is not None]
    fewest = min(known, default=0)
    few = bool(known) and 0 < fewest < least
    return [f"{fewest} events in the parent, fewer than {least}"] if few else []


def _list_problems(visit: Visit) -> list[str]:
    beyond = [
        f"{one.tube.file}: {one.vendor.words}"
        for one in visit
        if one.vendor is not None and one.vendor.is_beyond
    ]
    return beyond + [f"{one.tube.file}: {note}" for one in visit for note in one.notes]
