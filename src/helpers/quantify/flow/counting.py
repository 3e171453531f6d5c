"""From a folder of tubes to the events of each population, with every fault at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers.contracts import Fault, StudyDataError, keep_first
from helpers.io.bounds import MOST_FAULTS
from helpers.io.files import UnreadableError
from helpers.io.hashes import hash_file
from helpers.quantify.flow.compensation import Matrix, read_matrix
from helpers.quantify.flow.gates import GateTree
from helpers.quantify.flow.membership import CompensationSource, Membership, find_members
from helpers.quantify.flow.percents import Share
from helpers.quantify.flow.read.fcs import read_fcs
from helpers.quantify.flow.read.gate_counts import GateCounts, read_gate_counts
from helpers.quantify.flow.read.gating_ml import read_gating_ml
from helpers.quantify.flow.read.tubes import Tube, find_lacking, find_unused, read_tubes
from helpers.quantify.flow.read.workspace import Workspace, read_workspace
from helpers.quantify.flow.refusals import list_faults, refuse
from helpers.quantify.flow.settings import FlowSettings, Pair, Population
from helpers.quantify.flow.vendor import CountPair, compare_counts

FCS_ENDINGS = (".fcs", ".lmd")
"""A file of these endings must have its row, or be left out; a row may name one of another."""

_READERS = (".wsp", ".xml", ".csv", ".xlsx")

Source = Workspace | GateTree | GateCounts


@dataclass(frozen=True)
class TubeCount:
    """The events of one population in one tube.

    Attributes
    ----------
    tube : Tube
    population : Population
    parent : str
        Path of the gate of the denominator; empty for all events.
    count, parent_count : int or None
        None where the program whose counts are taken has not counted.
    vendor : CountPair or None
        Our count beside the program's, where both are there.
    source_file, sha256 : str
        Where it was counted, below the folder, and the file's hash.
    notes : tuple of str
        What that file leaves open.
    """

    tube: Tube
    population: Population
    parent: str
    count: int | None
    parent_count: int | None
    vendor: CountPair | None
    source_file: str
    sha256: str
    notes: tuple[str, ...] = ()

    @property
    def share(self) -> Share | None:
        """The count among its parent's; None where one of them is missing."""
        if self.count is None or self.parent_count is None:
            return None
        return Share(self.count, self.parent_count)


def count_tubes(folder: Path, settings: FlowSettings) -> list[TubeCount]:
    """Count every population in every tube that it needs.

    Parameters
    ----------
    folder : Path
        Holds `tubes.csv`, the gates' file and the FCS files.
    settings : FlowSettings

    Returns
    -------
    list of TubeCount
        One per population and tube of one of its conditions, in the order of the tubes.

    Raises
    ------
    StudyDataError
        With every fault of every file: those of the tables, unreadable FCS files, gates, channels
        and tubes that are not there (the nearest is named), and what is there and never used.
    """
    faults: list[Fault] = []
    counts: list[TubeCount] = []
    tubes: list[Tube] = []
    laboratory = None
    with _gather(faults, settings.tubes):
        tubes = read_tubes(folder / settings.tubes, file=settings.tubes)
    with _gather(faults, settings.gates):
        laboratory = _open(folder, settings)
    if tubes and laboratory:
        faults += _find_mismatches(tubes, laboratory)
        there = laboratory.list_there(tubes)
        for tube in tubes:
            if tube.file in there:
                counts += _count_tube(tube, laboratory, faults)
    if faults:
        raise StudyDataError(folder.name, keep_first(dict.fromkeys(faults), MOST_FAULTS))
    return counts


def compare_tubes(folder: Path, settings: FlowSettings) -> dict[str, list[CountPair]]:
    """Count every gate of every tube, beside what the workspace says.

    Parameters
    ----------
    folder : Path
    settings : FlowSettings

    Returns
    -------
    dict of str to list of CountPair
        By FCS file; empty where the gates' file is no workspace.

    Raises
    ------
    StudyDataError
        When a file cannot be read, or a channel or sample is not there.
    """
    laboratory = _open(folder, settings)
    if not isinstance(laboratory.source, Workspace):
        return {}
    tubes = read_tubes(folder / settings.tubes, file=settings.tubes)
    return {tube.file: compare_counts(laboratory.find_members(tube)[0]) for tube in tubes}


@contextmanager
def _gather(faults: list[Fault], file: str) -> Iterator[None]:
    """Put what a reader refuses to the other faults, and go on."""
    try:
        yield
    except (StudyDataError, UnreadableError) as error:
        faults += list_faults(error, file)


@dataclass(frozen=True)
class _Laboratory:
    """What all tubes are counted with."""

    folder: Path
    settings: FlowSettings
    source: Source
    compensation: CompensationSource | Matrix

    @property
    def counts_events(self) -> bool:
        """Whether we count, from FCS files; else the program's counts are taken."""
        return not isinstance(self.source, GateCounts) and self.settings.counted == "events"

    def list_there(self, tubes: Sequence[Tube]) -> list[str]:
        """List the tubes that can be counted: FCS files, or what the gates' file has."""
        if self.counts_events:
            named = [tube.file for tube in tubes if (self.folder / tube.file).is_file()]
            return list(dict.fromkeys([*named, *_list_files(self.folder, FCS_ENDINGS)]))
        if isinstance(self.source, Workspace):
            return [one.fcs or one.name for one in self.source.samples]
        return list(self.source.tubes) if isinstance(self.source, GateCounts) else []

    def find_tree(self, tube: Tube) -> GateTree:
        """Give the gates for a tube."""
        if isinstance(self.source, Workspace):
            return self.source.find(tube.file).tree
        assert isinstance(self.source, GateTree)
        return self.source

    def find_members(
        self, tube: Tube, only: list[str] | None = None
    ) -> tuple[Membership, tuple[str, ...]]:
        """Put the events of a tube inside its gates; give the notes of its file too."""
        events = read_fcs(self.folder / tube.file, file=tube.file, offsets=self.settings.offsets)
        tree = self.find_tree(tube)
        found = find_members(events, tree, compensation=self.compensation, only=only)
        return found, events.notes


def _list_files(folder: Path, endings: tuple[str, ...]) -> list[str]:
    """List files by their ending; a hidden one is a system's own."""
    files = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in endings)
    return [
        path.relative_to(folder).as_posix()
        for path in files
        if path.is_file() and not path.name.startswith(".")
    ]


def _open(folder: Path, settings: FlowSettings) -> _Laboratory:
    path, file = folder / settings.gates, settings.gates
    source: Source
    match path.suffix.lower():
        case ".wsp":
            source = read_workspace(path, file=file)
        case ".xml":
            source = read_gating_ml(path, file=file, spectrum_matrices=settings.spectrum_matrices)
        case ".csv" | ".xlsx":
            source = read_gate_counts(path, file=file)
        case _:
            expected = "one of " + ", ".join(_READERS)
            raise refuse(file, "gates in a file of another kind", expected, "export them again")
    if isinstance(source, GateTree) and settings.counted == "program":
        mend = "set counted to events, and put the FCS files into the folder"
        raise refuse(file, "Gating-ML, which holds no counts", "a workspace or a table", mend)
    compensation: CompensationSource | Matrix
    if settings.compensation in {"gates", "fcs", "none"}:
        compensation = settings.compensation  # type: ignore[assignment]
    else:
        compensation = read_matrix(folder / settings.compensation, file=settings.compensation)
    return _Laboratory(folder, settings, source, compensation)


def _find_mismatches(tubes: list[Tube], laboratory: _Laboratory) -> list[Fault]:
    """List what is there and never used, and what is used and not there."""
    settings = laboratory.settings
    conditions = {name for one in settings.populations for name in one.conditions}
    there = laboratory.list_there(tubes)
    faults: list[Fault] = []
    if laboratory.counts_events and isinstance(laboratory.source, Workspace):
        names = {tube.file.rpartition("/")[2] for tube in tubes} | set(settings.left_out)
        spare = [
            one.fcs or one.name
            for one in laboratory.source.samples
            if not {one.fcs, one.name} & names
        ]
        mend = "give it a row in the table of tubes, or name it in left_out"
        faults += [
            Fault(settings.gates, f"sample {name}, which no tube is", "a tube for each", mend)
            for name in spare
        ]
        there = [
            *there,
            *(
                one.fcs or one.name
                for one in laboratory.source.samples
                if {one.fcs, one.name} & set(settings.left_out)
            ),
        ]
    faults += find_unused(tubes, there=there, left_out=settings.left_out, file=settings.tubes)
    for name in _list_files(laboratory.folder, (".wsp",)):
        if name != settings.gates and name not in settings.left_out:
            mend = "name it as gates, or take it out of the folder"
            faults.append(Fault(name, "a workspace that is not used", "one workspace", mend))
    faults += find_lacking(tubes, conditions, file=settings.tubes)
    return faults + _find_torn_pairs(tubes, settings)


def _find_torn_pairs(tubes: list[Tube], settings: FlowSettings) -> list[Fault]:
    """List tubes of a pair whose other tube is not there."""
    there = {(tube.patient_id, tube.month, tube.condition) for tube in tubes}
    pairs = dict.fromkeys(
        one.condition for one in settings.populations if isinstance(one.condition, Pair)
    )
    return [
        Fault(
            settings.tubes,
            f"{tube.patient_id}, month {tube.month:g}: {tube.condition} without {other}",
            f"a tube of {other} too",
            "add its row; without it nothing can be subtracted",
            tube.row,
            "condition",
        )
        for pair in pairs
        for one, other in (
            (pair.stimulated, pair.unstimulated),
            (pair.unstimulated, pair.stimulated),
        )
        for tube in tubes
        if tube.condition == one and (tube.patient_id, tube.month, other) not in there
    ]


def _count_tube(tube: Tube, laboratory: _Laboratory, faults: list[Fault]) -> list[TubeCount]:
    wanted = [one for one in laboratory.settings.populations if tube.condition in one.conditions]
    if isinstance(laboratory.source, GateCounts):
        return _look_up(tube, wanted, laboratory.source, laboratory, faults)
    places: dict[Population, tuple[str, str]] = {}
    for population in wanted:
        with _gather(faults, laboratory.settings.gates):
            places[population] = _find_place(laboratory.find_tree(tube), population)
    if not places:
        return []
    if not laboratory.counts_events:
        return _take_program(tube, places, laboratory)
    counts = []
    with _gather(faults, tube.file):
        paths = [path for place in places.values() for path in place]
        members, notes = laboratory.find_members(tube, paths)
        digest = hash_file(laboratory.folder / tube.file)
        vendor = {pair.gate: pair for pair in compare_counts(members)}
        for population, (gate, parent) in places.items():
            with _gather(faults, tube.file):
                counts.append(
                    TubeCount(
                        tube,
                        population,
                        parent,
                        members.count(gate),
                        members.count(parent),
                        vendor[gate] if vendor[gate].vendor is not None else None,
                        tube.file,
                        digest,
                        notes,
                    )
                )
    return counts


def _find_place(tree: GateTree, population: Population) -> tuple[str, str]:
    """Give the paths of a population's gate and of its denominator, which must hold it."""
    if population.positive_for:
        mend = "name the Boolean gate itself; positive_for is for tables of counts"
        found = f"population {population.name} with positive_for"
        raise refuse(tree.file, found, "a table of gate counts", mend)
    gate = tree.find(population.gate)
    if population.parent is None:
        return gate.path, gate.parent
    if not population.parent.strip("/"):
        return gate.path, ""
    parent = tree.find(population.parent).path
    around = gate
    while around.parent:
        around = tree.gates[around.parent]
        if around.path == parent:
            return gate.path, parent
    found = f"population {population.name}: {gate.path} is not drawn in {parent}"
    mend = "name a gate that it is drawn in, or leave the parent out"
    raise refuse(tree.file, found, "a denominator that holds the events counted", mend)


def _take_program(
    tube: Tube, places: dict[Population, tuple[str, str]], laboratory: _Laboratory
) -> list[TubeCount]:
    """Take the counts that the workspace holds."""
    tree = laboratory.find_tree(tube)
    file = laboratory.settings.gates
    digest = hash_file(laboratory.folder / file)

    def count(path: str) -> int | None:
        return tree.gates[path].count if path else tree.total

    return [
        TubeCount(tube, population, parent, count(gate), count(parent), None, file, digest)
        for population, (gate, parent) in places.items()
    ]


def _look_up(
    tube: Tube,
    wanted: list[Population],
    table: GateCounts,
    laboratory: _Laboratory,
    faults: list[Fault],
) -> list[TubeCount]:
    """Look the counts up in a table."""
    counts = []
    digest = hash_file(laboratory.folder / laboratory.settings.gates)
    for population in wanted:
        gate = population.gate.strip("/")
        default = gate if population.positive_for else gate.rpartition("/")[0]
        parent = default if population.parent is None else population.parent.strip("/")
        with _gather(faults, table.file):
            if population.positive_for:
                count = table.add_positive(tube.file, gate, population.positive_for)
            else:
                count = table.find(tube.file, gate)
            around = table.find(tube.file, parent)
            if count is not None and around is not None and count > around:
                found = f"tube {tube.file}: {count} events in {gate}, {around} in {parent or '/'}"
                mend = "name a gate that holds the population"
                raise refuse(table.file, found, "no more than in its denominator", mend)
            counts.append(
                TubeCount(tube, population, parent, count, around, None, table.file, digest)
            )
    return counts
