"""One study: its configuration and its validated tables.

A study is a folder: ``study.yml``, ``tables/`` and, where its publication made claims,
``published_claims.csv``. Reading it either gives a `Study` in which every value is inside its
contract, or raises one error that lists every fault of the folder.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from helpers.characters import show_unseen
from helpers.check.identity import FINDERS_OF_PEOPLE, find_two_spellings
from helpers.check.rules import FINDERS_BETWEEN_CELLS
from helpers.contracts import (
    CONTRACTS,
    Fault,
    MissingTableError,
    StudyConfig,
    StudyDataError,
    UnreadTableError,
    keep_first,
    suggest_name,
    table_contract,
)
from helpers.contracts.outcomes import RESPONSE
from helpers.contracts.overrides import Departure, list_departures
from helpers.declared import list_undeclared
from helpers.derive.laboratory.biomarkers import CANDIDATES
from helpers.derive.response.intercurrent import ROLES, derive_intercurrent_events
from helpers.derive.response.outcomes import derive_outcome, find_measure, list_measures
from helpers.derive.response.populations import NOT_YET_DUE, find_not_due
from helpers.derive.response.printed import judge_printed_changes
from helpers.derive.response.response_groups import RESPONDERS, Responses, derive_responses
from helpers.intake.carry.mapping_file import has_mapping
from helpers.intake.carry.tables import Intake, MappedTable, read_intake
from helpers.io.bounds import MOST_FAULTS
from helpers.io.claims import CONTRADICTIONS, find_file_faults
from helpers.io.claims import FILE as CLAIMS
from helpers.io.contracted import judge_cells, read_contracted
from helpers.io.disposition import find_disposition_faults
from helpers.io.folders import find_folder_faults
from helpers.io.hashes import hash_file, hash_text
from helpers.io.mapped import MAPPING, list_mapped_files, list_mapped_tables
from helpers.io.settings import read_settings
from helpers.io.tables import READERS, read_table
from helpers.io.values import find_empty_bounds
from helpers.locate import list_study_roots, locate_study, split_study
from helpers.names import RULE as NAME_RULE
from helpers.names import describe_name

CLAIMS_FILES = (CLAIMS, CONTRADICTIONS)


class ReadTables(Mapping[str, pd.DataFrame]):
    """The tables that were read, by name. To ask for one that is there unread is an error.

    Otherwise a chapter that forgot a table would take it for one that was not measured, and say so.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        What was read.
    unread : collection of str
        Tables that the study has beside these.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame], *, unread: Collection[str] = ()) -> None:
        self._frames, self._unread = frames, unread

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name in self._unread:
            raise UnreadTableError(
                f"the study has a table {name}, which this chapter did not read; "
                f"name it in read_study(..., tables=...) and among the chapter's tables"
            )
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


@dataclass(frozen=True)
class Study:
    """One study's configuration and tables; every value is inside its contract.

    Attributes
    ----------
    name : str
        Name of the folder.
    folder : Path
        The folder itself.
    config : StudyConfig
        What study.yml says.
    tables : mapping of str to DataFrame
        The tables that the study measured, typed; CK in the unit the report shows.
    hashes : mapping of str to str
        sha256 of the file behind each table.
    planned : StudyConfig or None
        What study.yml itself says, where this run sets something otherwise.
    """

    name: str
    folder: Path
    config: StudyConfig
    tables: Mapping[str, pd.DataFrame]
    hashes: Mapping[str, str] = field(default_factory=dict)
    planned: StudyConfig | None = None

    @property
    def departures(self) -> tuple[Departure, ...]:
        """What this run does otherwise than study.yml; empty as a rule."""
        return list_departures(self.planned or self.config, self.config)

    @property
    def patients(self) -> list[str]:
        """Everybody who entered, in the order of the table."""
        return list(self.tables["patients"]["patient_id"])

    @cached_property
    def arms(self) -> pd.Series:
        """Each patient's arm as the report names it; index patient_id, named ``arm``."""
        patients = self.tables["patients"].set_index("patient_id")["arm"]
        return patients.map(self.config.arms)

    @cached_property
    def not_due(self) -> frozenset[tuple[str, float]]:
        """Patients and planned visits that are yet to come; none where no trial still runs.

        A visit held early is none of them: its core set is there.
        """
        return find_not_due(
            self.tables.get("disposition"),
            self.tables.get("core_set"),
            months=self.config.months,
            window=self.config.visit_window,
        )

    @cached_property
    def responses(self) -> Responses:
        """Who responded, and why, by the rule of study.yml.

        Raises
        ------
        MissingTableError
            When the study has no core set.
        """
        strategies = self.config.response.intercurrent
        plain = all(getattr(strategies, kind) == "as_observed" for kind in ROLES.values())
        return derive_responses(
            self.table("core_set"),
            self.table("patients"),
            self.config,
            disposition=self.tables.get("disposition"),
            events=None if plain else self.events,
        )

    @cached_property
    def events(self) -> pd.DataFrame:
        """Rescue, drugs not allowed, deaths and withdrawals, each with its month.

        One row per event, see `helpers.derive.response.intercurrent`.

        Raises
        ------
        UnreadTableError
            When the study has the tables and they were not read.
        """
        return derive_intercurrent_events(
            self._find("medications"),
            self._find("disposition"),
            baseline_month=self.config.baseline_month,
        )

    def _find(self, name: str) -> pd.DataFrame | None:
        """Give a table, or None where the study did not measure it; unread is an error."""
        try:
            return self.tables[name]
        except KeyError:
            return None

    def judge_outcome(self, name: str) -> pd.DataFrame:
        """Say of everybody who entered whether a declared outcome was reached.

        Parameters
        ----------
        name : str
            ``primary``, or the name of an endpoint in study.yml.

        Returns
        -------
        DataFrame
            One row per patient: see `helpers.derive.response.outcomes.derive_outcome`.

        Examples
        --------
        >>> study = read_study("endurance_training_iim")
        >>> int(study.judge_outcome("primary")["reached"].sum())
        10
        """
        outcome = self.config.outcomes[name]
        wanted = outcome.measure == RESPONSE
        judged = derive_outcome(
            outcome,
            self.tables,
            self.config,
            events=self.events,
            improvement=self._judge_visits() if wanted else None,
        )
        coming = [(patient, outcome.month) in self.not_due for patient in judged["patient_id"]]
        later = judged["reached"].isna() & pd.Series(coming, index=judged.index)
        reason = judged["reason"].mask(later, NOT_YET_DUE)
        return judged.assign(counted=judged["counted"].mask(later), reason=reason)

    def _judge_visits(self) -> pd.DataFrame | None:
        """Judge every visit by the study's rule: from values, or else from printed lists."""
        if self.has("core_set"):
            return self.responses.improvement
        printed = self._find("published_changes")
        if printed is None:
            return None
        return judge_printed_changes(printed, definition=self.config.response.limits)

    @cached_property
    def can_judge_response(self) -> bool:
        """Whether the study has a core set of a visit after baseline."""
        return self.has("core_set") and bool(
            (self.tables["core_set"]["month"] > self.config.baseline_month).any()
        )

    @cached_property
    def groups(self) -> pd.Series:
        """How the study divides its patients: by response, or by arm where none can be judged.

        Index patient_id; the name of the series, ``response`` or ``arm``, says which. Responders
        stand before non-responders.
        """
        groups = self.responses.groups if self.has("core_set") else pd.Series(dtype="str")
        if groups.empty:
            return self.arms.rename("arm")
        first = groups != RESPONDERS
        return groups.loc[first.sort_values(kind="stable").index].rename("response")

    @property
    def compared(self) -> pd.Series:
        """Responders and non-responders, or the arms where nobody could be judged.

        Index patient_id, in the order of the patients; who is in no denominator is left out.
        """
        return self.arms if self.responses.groups.empty else self.responses.groups

    def has(self, name: str) -> bool:
        """Tell whether the study measured a table."""
        return name in self.tables

    def table(self, name: str) -> pd.DataFrame:
        """Give a copy of one table.

        Parameters
        ----------
        name : str
            Name of the table, ``core_set``.

        Returns
        -------
        DataFrame

        Raises
        ------
        MissingTableError
            When the study did not measure it.
        UnreadTableError
            When it did, and the table was not read.
        """
        if name not in self.tables:
            measured = ", ".join(self.tables)
            raise MissingTableError(f"{self.name} has no table {name}; it has {measured}")
        return self.tables[name].copy()


def find_study(study: str | Path) -> Path:
    """Find a study's folder from its name or a path to it.

    A name is looked for in ``data/`` of the working folder and of the folders above it, then in
    the checkout that holds this package, so that notebooks find it from anywhere.

    Parameters
    ----------
    study : str or Path
        ``"my_study"``, or a path to a folder that holds a study.yml; with or without settings
        behind a question mark (`helpers.contracts.overrides`).

    Returns
    -------
    Path
        Absolute.

    Raises
    ------
    StudyDataError
        When there is none, with the names that there are; or when the name came as a number.
    """
    given: object = study
    if not isinstance(given, (str, os.PathLike)):
        mend = "papermill turns 007 into 7 after -p: write -r study 007"
        fault = Fault(str(given), "a number or a flag", "a study's name as text", mend)
        raise StudyDataError(str(given), [fault])
    study, _ = split_study(str(study))
    folder = locate_study(study)
    if folder is not None:
        return folder
    roots = list_study_roots()
    known = sorted({path.parent.name for root in roots for path in root.glob("data/*/study.yml")})
    fault = Fault(
        str(study),
        "no folder of this name with a study.yml",
        f"one of {', '.join(known)}, or a path" if known else "a folder with a study.yml",
        suggest_name(str(study), known) + "make one with: ./run_all.sh new NAME",
    )
    raise StudyDataError(str(study), [fault])


def read_study(study: str | Path, *, tables: Collection[str] | None = None) -> Study:
    """Read a study and check every value of it against its contract.

    Parameters
    ----------
    study : str or Path
        Name below ``data/`` or path to the folder; what a run sets otherwise stands behind a
        question mark: ``my_study?response.improvement_percent=40``.
    tables : collection of str, optional
        Read these only (and ``patients``); all that the study has where not given.

    Returns
    -------
    Study

    Raises
    ------
    StudyDataError
        Carrying every fault of the folder.

    Examples
    --------
    >>> study = read_study("endurance_training_iim", tables=["core_set"])
    >>> study.table("core_set").shape
    (30, 8)
    """
    folder, (_, overrides) = find_study(study), split_study(str(study))
    _refuse_undeclared(folder, tables)
    only = None if tables is None else {"patients", *tables}
    loaded, faults = _load(folder, overrides, only=only)
    if faults or loaded is None:
        raise StudyDataError(folder.name, faults)
    return loaded


def _refuse_undeclared(folder: Path, tables: Collection[str] | None) -> None:
    """Refuse tables that the running chapter did not declare: its result would be kept too long."""
    asked = _list_table_names(folder) if tables is None else tables
    if undeclared := list_undeclared({"patients", *asked}):
        mend = (
            "add each to needs (without it the chapter is left out) or to uses, under chapter in "
            "the notebook's metadata"
        )
        found = f"{', '.join(undeclared)} asked of read_study and not declared"
        fault = Fault("the chapter", found, "every table that it reads declared", mend)
        raise StudyDataError(folder.name, [fault])


def check_study(study: str | Path) -> list[Fault]:
    """List every fault of a study's folder; an empty list means that it can be reported.

    Parameters
    ----------
    study : str or Path
        Name below ``data/`` or path to the folder.

    Returns
    -------
    list of Fault
    """
    try:
        folder = find_study(study)
    except StudyDataError as error:
        return list(error.faults)
    return _load(folder, split_study(str(study))[1], only=None)[1]


def _load(
    folder: Path, overrides: Mapping[str, str], *, only: Collection[str] | None
) -> tuple[Study | None, list[Fault]]:
    settings, faults = read_settings(folder / "study.yml", overrides)
    files, found = _find_table_files(folder)
    mapped = list_mapped_tables(folder)
    found += _find_second_homes(files, mapped) + _find_absent_patients(folder, files, mapped)
    claims = _find_claims(folder)
    faults += _find_name_faults(folder) + found
    known = {folder / "study.yml", *claims, *(folder / "tables").glob("*")}
    faults += find_folder_faults(folder, known=known)
    if settings is None:  # without visits, arms and instruments no value can be judged
        return None, _sort_faults(faults + _find_form_faults([*claims, *files.values()]))
    config = settings.used
    intake = read_intake(folder, config, only=only) if has_mapping(folder) else Intake()
    faults += intake.faults
    tables: dict[str, pd.DataFrame] = {}
    for name in CONTRACTS:
        if name in files and (only is None or name in only):
            contract, file = table_contract(name, config), f"tables/{files[name].name}"
            tables[name], found = read_contracted(files[name], contract, file=file)
            faults += found
        elif name in intake.tables:
            tables[name], found = _judge_mapped(intake.tables[name], intake.faults, config)
            faults += found
    labels = {name: f"tables/{path.name}" for name, path in files.items()}
    labels |= {name: table.label for name, table in intake.tables.items()}
    faults += _find_identity_faults(tables, labels, config, faults)
    faults += _find_contradictions(tables, labels, config, faults)
    if only is None:
        faults += find_file_faults(folder, config) + _find_unknown_reported(config)
        faults += _find_outcome_faults(config, tables)
        faults += _find_rule_faults(tables, labels, config, faults)
    else:
        faults += _find_form_faults(claims)
    if faults:
        return None, _sort_faults([_locate(fault, intake) for fault in faults])
    originals = hash_text("".join(hash_file(path) for path in list_mapped_files(folder)))
    hashes = {name: hash_file(files[name]) if name in files else originals for name in tables}
    study = Study(
        name=folder.name,
        folder=folder,
        config=config,
        tables=ReadTables(
            _drop_empty_counts(_convert_units(_plain_index(tables), config)),
            unread={*files, *mapped} - tables.keys(),
        ),
        hashes=hashes,
        planned=settings.planned,
    )
    return study, []


def _find_identity_faults(
    tables: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    config: StudyConfig,
    told: Collection[Fault],
) -> list[Fault]:
    """Compare the names in all tables; of a cell that is told already nothing more is said."""
    faults = keep_first(find_two_spellings(tables, labels, config), MOST_FAULTS)
    for find in FINDERS_OF_PEOPLE:
        faults += keep_first(find(tables, labels), MOST_FAULTS)
    places = {(fault.file, fault.row, fault.column) for fault in told if fault.row}
    return [fault for fault in faults if (fault.file, fault.row, fault.column) not in places]


def _find_rule_faults(
    tables: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str],
    config: StudyConfig,
    told: Collection[Fault],
) -> list[Fault]:
    """Hold rows, tables and settings against one another; a row with a fault is not judged."""
    found = [
        keep_first(find(tables, labels, config), MOST_FAULTS) for find in FINDERS_BETWEEN_CELLS
    ]
    rows = {(fault.file, fault.row) for fault in told if fault.row}
    return [fault for faults in found for fault in faults if (fault.file, fault.row) not in rows]


def _sort_faults(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: (fault.file, fault.row or 0))


def _find_name_faults(folder: Path) -> list[Fault]:
    """Judge the study's own name, which is that of its report."""
    wrong = describe_name(folder.name)
    if not wrong:
        return []
    return [Fault(show_unseen(folder.name), wrong, NAME_RULE, "rename the folder")]


def _find_claims(folder: Path) -> list[Path]:
    return [path for name in CLAIMS_FILES if os.path.lexists(path := folder / name)]


def _find_table_files(folder: Path) -> tuple[dict[str, Path], list[Fault]]:
    try:
        paths = sorted((folder / "tables").iterdir())
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            return {}, []
        mend = "put the tables into a folder of this name that you may read"
        found = f"no folder that can be read ({(error.strerror or '').lower()})"
        return {}, [Fault("tables", found, "a folder with the study's tables", mend)]
    files: dict[str, Path] = {}
    faults: list[Fault] = []
    for path in paths:
        if not path.name.startswith((".", "~$")) and not _is_plain_folder(path):
            fault = _judge_file(path, files)
            if fault:
                faults.append(fault)
            else:
                files[path.stem] = path
    return files, faults


def _list_table_names(folder: Path) -> set[str]:
    return {*_find_table_files(folder)[0], *list_mapped_tables(folder)}


def _find_absent_patients(
    folder: Path, files: Mapping[str, Path], mapped: Collection[str]
) -> list[Fault]:
    """Say that no table lists the patients; of a mapping, its own check says it better."""
    there = (folder / "tables").glob("patients.*")
    if "patients" in files or "patients" in mapped or any(there) or has_mapping(folder):
        return []
    mend = "list every patient of the study once, with patient_id and arm"
    return [Fault("tables/patients.csv", "no such table", "one row per patient", mend)]


def _find_second_homes(files: Mapping[str, Path], mapped: Collection[str]) -> list[Fault]:
    mend = "delete the file, or take the table out of mapping.yml"
    return [
        Fault(f"tables/{files[name].name}", f"a table that {MAPPING} makes too", "one", mend)
        for name in mapped
        if name in files
    ]


def _is_plain_folder(path: Path) -> bool:
    """Tell whether this is a folder that nobody can take for a table."""
    return path.suffix.lower() not in READERS and os.path.isdir(path)


def _judge_file(path: Path, files: Mapping[str, Path]) -> Fault | None:
    file = f"tables/{path.name}"
    if path.stem not in CONTRACTS:
        near = suggest_name(path.stem, CONTRACTS)
        known = "a table named one of " + ", ".join(CONTRACTS)
        return Fault(file, "an unknown table", known, near + "rename or move the file")
    if path.stem in files:
        found = f"a second file for one table, beside {files[path.stem].name}"
        return Fault(file, found, "one file", "delete one")
    if path.suffix.lower() not in READERS:
        endings = ", ".join(READERS)
        return Fault(file, f"a {path.suffix} file", endings, "export the table as CSV")
    return None


def _find_form_faults(files: Iterable[Path]) -> list[Fault]:
    faults: list[Fault] = []
    for path in files:
        file = path.name if path.name in CLAIMS_FILES else f"tables/{path.name}"
        try:
            read_table(path, file=file)
        except StudyDataError as error:
            faults += error.faults
    return faults


def _judge_mapped(
    table: MappedTable, told: Collection[Fault], config: StudyConfig
) -> tuple[pd.DataFrame, list[Fault]]:
    """Hold a table that a mapping made against its contract.

    Where a cell did not fit the mapping, it is missing; that a required one is missing then is no
    second fault.
    """
    contract = table_contract(table.name, config)
    frame, faults = judge_cells(table.cells, contract, file=table.label)
    if table.cells.empty and not contract.metadata["may_be_empty"]:
        mend = "look at keep, leave_out and visits in mapping.yml, or take the table out of it"
        faults.append(Fault(table.label, "no rows", "at least one row", mend))
    if told:
        faults = [fault for fault in faults if fault.found != "an empty cell"]
    return frame, faults


def _locate(fault: Fault, intake: Intake) -> Fault:
    """Name the place of a fault in the original, where its table was made from one."""
    table = next((one for one in intake.tables.values() if one.label == fault.file), None)
    return table.locate(fault) if table else fault


def _find_contradictions(
    tables: Mapping[str, pd.DataFrame],
    places: Mapping[str, str],
    config: StudyConfig,
    known: Iterable[Fault],
) -> list[Fault]:
    """Judge cells and rows against each other in tables whose every cell is sound."""
    spoilt = {fault.file for fault in known}
    sound = {name for name in tables if places[name] not in spoilt}
    found: list[Fault] = []
    if {"disposition", "patients"} <= sound:
        found += keep_first(
            find_disposition_faults(
                tables["disposition"], tables["patients"], config, file=places["disposition"]
            ),
            MOST_FAULTS,
        )
    if "cytokines" in sound:
        empty = find_empty_bounds(tables["cytokines"], file=places["cytokines"])
        found += keep_first(empty, MOST_FAULTS)
    return found


def _find_unknown_reported(config: StudyConfig) -> list[Fault]:
    """Refuse what study.yml says of a candidate, table or column that there is not."""
    known = {candidate.name for candidate in CANDIDATES}
    reported, faults = config.reported, []

    def refuse(key: str, found: str, allowed: Collection[str]) -> None:
        mend = suggest_name(found, allowed) + "correct the name"
        expected = "one of " + ", ".join(sorted(allowed))
        faults.append(Fault("study.yml", found, expected, mend, None, f"reported.{key}"))

    for name in set(reported.candidates) - known:
        refuse("candidates", name, known)
    for relation in reported.relations:
        if relation.predictor not in known:
            refuse("relations.predictor", relation.predictor, known)
        if relation.table not in CONTRACTS:
            refuse("relations.table", relation.table, CONTRACTS)
        elif relation.column not in table_contract(relation.table, config).columns:
            columns = table_contract(relation.table, config).columns
            refuse("relations.column", relation.column, columns)
        if relation.month not in config.months:
            months = [f"{month:g}" for month in config.months]
            refuse("relations.month", f"{relation.month:g}", months)
    return faults


def _find_outcome_faults(
    config: StudyConfig, tables: Mapping[str, pd.DataFrame]
) -> Iterator[Fault]:
    """Refuse an outcome whose measure no table holds, or whose limit its table cannot answer."""
    for name, outcome in config.outcomes.items():
        key = f"{'primary_outcome' if name == 'primary' else f'endpoints.{name}'}.measure"
        if outcome.measure == RESPONSE:
            if not {"core_set", "published_changes"} & set(tables):
                found = "response, and neither of the tables core_set and published_changes"
                mend = "add one of the tables, or name another measure"
                yield Fault("study.yml", found, "a table it can be judged by", mend, None, key)
            continue
        measured = find_measure(outcome.measure, tables)
        if not measured.table:
            known = list_measures(tables)
            mend = suggest_name(outcome.measure, known) + "name a measure as its table does"
            expected = f"response, or one of {', '.join(known)}"
            yield Fault("study.yml", outcome.measure, expected, mend, None, key)
        elif (measured.table == "published_flags") != (outcome.direction is None):
            found = f"{outcome.measure} of {measured.table}"
            expected = "limit and direction of a measure, neither of them of a printed yes or no"
            yield Fault("study.yml", found, expected, "give them or leave them out", None, key)


def _plain_index(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: frame.reset_index(drop=True) for name, frame in tables.items()}


def _drop_empty_counts(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Take a percentage of no cells for what it is: not measured."""
    if {"percent", "events"} <= set(tables.get("t_cells", pd.DataFrame())):
        cells = tables["t_cells"]
        nothing = (cells["events"] == 0).fillna(False).astype(bool)
        tables["t_cells"] = cells.assign(percent=cells["percent"].mask(nothing))
    return tables


def _convert_units(tables: dict[str, pd.DataFrame], config: StudyConfig) -> dict[str, pd.DataFrame]:
    factor = config.instruments.ck.factor
    if "ck" in tables.get("core_set", pd.DataFrame()) and factor != 1:
        core_set = tables["core_set"]
        tables["core_set"] = core_set.assign(ck=core_set["ck"] * factor)
    return tables
