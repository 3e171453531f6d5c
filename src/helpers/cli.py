"""The command line. Each command imports only what it needs."""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from helpers import __version__
from helpers.locate import split_study
from helpers.render.ending import (
    Stopped,
    describe_refusal,
    drop_output,
    flush_output,
    leave,
    print_any_name,
    stoppable,
    tell,
)

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from helpers.contracts import Fault
    from helpers.render.keep.study_card import StudyCard
    from helpers.render.places import Places
    from helpers.render.plan.chapters import Chapter
    from helpers.render.plan.plan import Outcome, Plan
    from helpers.render.publish.overview import Entry
    from helpers.render.run.due import ReportDue
    from helpers.render.run.how import How

DONE, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130
OWN = "notebooks"
"""Folder of a study's own chapters, in the study's."""

EPILOG = """\
examples:
  ./run_all.sh                                   render every study in data/
  ./run_all.sh render endurance_training_iim     render one
  ./run_all.sh batch grid.csv                    render one report for each row
  ./run_all.sh check ../my_study                 look for faults, write nothing
  ./run_all.sh new my_study                      start a study folder in data/

exit codes: 0 done, 1 a report failed, 2 the input has faults
"""
RENDER_EPILOG = """\
examples:
  ./run_all.sh render endurance_training_iim
  ./run_all.sh render ../my_study -p name=20     set a parameter of the chapters
  ./run_all.sh render s3://bucket/my_study --reports s3://bucket/reports
  ./run_all.sh render --parameters               list every parameter there is
  ./run_all.sh render --dry-run                  say what would run and why

A chapter whose notebook, parameters, tables, helpers and locked versions are
unchanged is not run again.
"""
BATCH_EPILOG = """\
example, grid.csv:
  study,name,improvement_percent
  endurance_training_iim,as_published,
  endurance_training_iim,strict,30
  s3://bucket/studies/my_study,mine,20

  ./run_all.sh batch grid.csv

YAML is a list of such rows. A row without a name has its study's. An empty cell
leaves the parameter at its default. All reports are listed, with their key
results side by side, in reports/index.html.
"""
NO_FAULT = "no fault found"
IN_MEMORY = "memory:"
DEV_INSTALL = (
    "this environment has no pytest. Install what the tests need with\n"
    "  {python} -m pip install --no-deps --require-hashes -r requirements-dev.lock\n"
    "or leave the environment and run ./run_all.sh test, which makes one of its own"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; those of this process where not given.

    Returns
    -------
    int
        0 done, 1 a report failed, 2 bad input. A command that is stopped does not return: it ends
        the process, with 130 or 128 and the signal's number.
    """
    options = argparse.Namespace(reports=None)
    print_any_name()
    with stoppable():
        try:
            return _run(arguments, options)
        except KeyboardInterrupt:
            _stop(STOPPED, options.reports)
        except Stopped as stop:
            _stop(stop.code, options.reports)
        except BrokenPipeError:  # whoever read this has read enough
            drop_output()
        except OSError as error:
            if error.filename is None:  # what was being printed
                drop_output()
            tell(describe_refusal(error))
    return FAILED


class _Parser(argparse.ArgumentParser):
    """Says what argparse passes over: that help or version could not be written."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if message and file is not None and file is sys.stdout:
            file.write(message)
            flush_output()
        else:
            super()._print_message(message, file)


def _run(arguments: Sequence[str] | None, options: argparse.Namespace) -> int:
    parser = build_parser()
    _, rest = parser.parse_known_args(arguments, options)
    if rest and options.command not in {"lab", "test"}:
        parser.error(f"unrecognised arguments: {' '.join(rest)}")
    options.rest = rest
    code: int = options.run(options)
    with suppress(BrokenPipeError):
        flush_output()
    return code


def _stop(code: int, reports: str | None) -> NoReturn:
    if reports and "://" in reports:
        tell(f"stopped; the next run finishes what was on its way to {reports}")
    else:
        tell("stopped; no report was changed in part")
    leave(code)


def build_parser() -> argparse.ArgumentParser:
    """Build the parser of all commands; without a command, every study is rendered."""
    parser = _Parser(
        prog="run_all.sh",
        description="Small myositis trials: from a study's tables to a report to read and print.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(
        run=run_render,
        command=None,
        studies=[],
        given=[],
        list=False,
        jobs=None,
        reports=None,
        force=False,
        dry_run=False,
        trust=False,
        cluster=None,
        engine="warm",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_render(commands)
    _add_batch(commands)
    _add_check(commands)
    _add_new(commands)
    _add_reconstruct(commands)
    _add_passing(commands, "lab", run_lab, "open the notebooks in JupyterLab")
    _add_passing(commands, "test", run_test, "run the tests; further words go to pytest")
    return parser


def run_render(options: argparse.Namespace) -> int:
    """Check the studies and parameters, then build the reports of the studies without a fault."""
    from helpers.render.plan.chapters import read_chapters
    from helpers.render.publish.manifest import read_build_time

    places = find_places(options.reports)
    try:
        chapters = read_chapters(places.notebooks)
        if options.list:
            return _print_parameters(chapters, options.studies, places)
        read_build_time()
        refused = _check_address(places, options.studies)
        studies = _find_studies(options.studies, places, trust=options.trust)
        folders = list(studies)
        if not refused:
            _check_targets([folder.name for folder in folders], places, folders)
        faults, checked = _check_changed(folders, places.root)
        _add_chapter_faults(faults, chapters)
        _tell_passed_over([places.notebooks, *(folder / OWN for folder in folders)])
        sound = {folder: studies[folder] for folder in folders if not faults[folder]}
        plans = _plan(sound, chapters, options.given, places)
    except ValueError as error:
        return _refuse(error)
    code = _report_faults(faults)
    if refused:
        return BAD_INPUT
    return max(code, _render(plans, places, options, checked)[0]) if plans else code


def run_batch(options: argparse.Namespace) -> int:
    """Build one report for each row of a grid, after all of it was found sound."""
    from helpers.render.keep.cache import open_cache
    from helpers.render.plan.chapters import read_chapters
    from helpers.render.plan.grid import plan_grid, read_grid
    from helpers.render.publish.manifest import read_build_time
    from helpers.render.publish.overview import list_entries

    places, grid = find_places(options.reports), Path(options.grid)
    try:
        rows = read_grid(grid)
        chapters = read_chapters(places.notebooks)
        read_build_time()
        refused = _check_address(places, [row.study for row in rows])
        asked = [split_study(row.study)[0] for row in rows]
        found = _locate_studies(asked, places.root, trust=options.trust)
        plans = plan_grid(
            rows,
            chapters,
            find_study=partial(_give_folder, found),
            file=grid.name,
            read_card=_card_reader(places.root),
            studies=_list_studies(places),
        )
        folders = list(dict.fromkeys(plan.study.folder for plan in plans))
        if not refused:
            _check_targets([plan.name for plan in plans], places, folders, page=True)
        faults, checked = _check_changed(folders, places.root)
    except ValueError as error:
        return _refuse(error)
    _add_chapter_faults(faults, chapters)
    _tell_passed_over([places.notebooks, *(folder / OWN for folder in folders)])
    if _report_faults(faults) != DONE or refused:
        return BAD_INPUT
    code, outcomes = _render(plans, places, options, checked)
    if outcomes:
        if places.address:  # what failed stays on this machine
            outcomes = tuple(replace(outcome, partial=None) for outcome in outcomes)
        entries = list_entries(rows, plans, outcomes, cache=open_cache(places.root))
        code = max(code, _publish_overview(entries, grid.name, places))
    return code


def run_check(options: argparse.Namespace) -> int:
    """Look for faults in studies; write nothing."""
    from helpers.render.plan.chapters import read_chapters

    places = find_places(None)
    try:
        folders = list(_find_studies(options.studies, places, trust=True))  # nothing is run
        chapters = read_chapters(places.notebooks)
    except ValueError as error:
        return _refuse(error)
    faults = _check_all(folders)
    _add_chapter_faults(faults, chapters)
    _tell_passed_over([folder / OWN for folder in folders])
    for folder, found in faults.items():
        for line in _describe_intake(folder):
            print(f"{folder.name}: {line}")
        if not found:
            print(f"{folder.name}: {NO_FAULT}")
    return _report_faults(faults)


def _describe_intake(folder: Path) -> Sequence[str]:
    """Say what was read of a study whose tables come through a mapping; nothing of others."""
    from helpers.io.mapped import MAPPING

    if not (folder / MAPPING).is_file():
        return ()
    from helpers.intake.carry.tables import read_intake
    from helpers.io.settings import read_settings

    settings, _ = read_settings(folder / "study.yml")
    return read_intake(folder, settings.used).notes if settings else ()


def run_new(options: argparse.Namespace) -> int:
    """Make a new study folder in data/, or a chapter of a study's own."""
    if options.chapter is not None:
        return _new_chapter(options.chapter, options.name)
    if options.files:
        return _new_from(options.name, [Path(file) for file in options.files])
    from helpers.scaffold import create_study

    places = find_places(None)
    try:
        folder = create_study(options.name, places.data)
    except (ValueError, FileExistsError) as error:
        return _refuse(error)
    shown = places.shorten(folder)
    print(
        f"made {shown}\nfill in its study.yml and tables/, then: ./run_all.sh check {folder.name}"
    )
    return DONE


def _new_from(name: str, files: Sequence[Path]) -> int:
    """Make a study from people's own files, or take newer transfers of them into one."""
    from helpers.intake.carry.mapping_file import has_mapping
    from helpers.intake.carry.originals import take_transfer
    from helpers.scaffold import create_study_from

    places = find_places(None)
    try:
        if has_mapping(places.data / name):
            print("\n".join(f"took in {file}" for file in take_transfer(places.data / name, files)))
            return DONE
        folder = create_study_from(name, places.data, files)
    except ValueError as error:
        return _refuse(error)
    shown = places.shorten(folder)
    print(f"made {shown}; the originals are in raw/, each with its sha256")
    open_lines = (folder / "mapping.yml").read_text(encoding="utf-8").count("  # TODO: ")
    if open_lines:
        print(f"lines of mapping.yml that wait for your answer (TODO): {open_lines}")
    print(f"read {shown / 'mapping.yml'} through, then: ./run_all.sh check {name}")
    return DONE


def _new_chapter(topic: str, study: str) -> int:
    from helpers.render.plan.chapters import list_chapter_files
    from helpers.scaffold import create_chapter

    places = find_places(None)
    try:
        folder = _find_study(study)
        shared = [path.stem for path in list_chapter_files(places.notebooks)]
        path = create_chapter(topic, folder, shared=shared)
    except ValueError as error:
        return _refuse(error)
    print(f"made {places.shorten(path)}\nit runs as it is: ./run_all.sh render {study}")
    return DONE


def run_reconstruct(options: argparse.Namespace) -> int:
    """Write the tables of the reconstructed cohort again, the same bytes each time."""
    from helpers.reconstruct import STUDY, rebuild_tables

    places = find_places(None)
    for path in rebuild_tables(places.data / STUDY):
        print(places.shorten(path))
    return DONE


def run_lab(options: argparse.Namespace) -> int:
    """Open the notebooks folder in JupyterLab."""
    notebooks = find_places(None).notebooks
    return _run_module("jupyterlab", [str(notebooks), *options.rest], None)


def run_test(options: argparse.Namespace) -> int:
    """Run the tests with pytest."""
    if importlib.util.find_spec("pytest") is None:
        print(DEV_INSTALL.format(python=sys.executable), file=sys.stderr)
        return BAD_INPUT
    return _run_module("pytest", options.rest, find_places(None).root)


def find_places(reports: str | None) -> Places:
    """Find the project's folders: above the working folder, or else where this package lies.

    Parameters
    ----------
    reports : str or None
        Folder or address for the reports; ``reports`` of the project where not given.

    Returns
    -------
    Places
    """
    from helpers.render.places import Places
    from helpers.render.remote import is_address, shorten_address, trim_address

    here = _find_here()
    projects = (
        f for f in (here, *here.parents) if (f / "notebooks").is_dir() and (f / "data").is_dir()
    )
    root = next(projects, Path(__file__).resolve().parents[2])
    address = trim_address(reports) if reports and is_address(reports) else ""
    if address:  # built here, then brought there
        target = root / ".cache" / "published" / shorten_address(address)
    else:
        target = Path(os.path.realpath(reports or root / "reports"))
    return Places(root, root / "notebooks", root / "data", target, address, here)


def _find_here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        words = "this folder has been deleted; go to one that is there, with cd, and run this again"
        raise OSError(words) from error


def _add_render(commands: argparse._SubParsersAction[_Parser]) -> None:
    words = "build the reports of the named studies, or of all"
    parser = _add_command(commands, "render", run_render, words, RENDER_EPILOG)
    parser.add_argument(
        "studies",
        nargs="*",
        metavar="STUDY",
        help="name below data/, or a path to a study folder, or its address (s3://...)",
    )
    parser.add_argument(
        "-p",
        "--parameter",
        action="append",
        dest="given",
        default=[],
        metavar="name=value",
        help="set a parameter in every chapter that has it; may be repeated",
    )
    parser.add_argument(
        "--parameters", action="store_true", dest="list", help="list the parameters and stop"
    )
    _add_how(parser)


def _add_batch(commands: argparse._SubParsersAction[_Parser]) -> None:
    words = "build one report for each row of a grid"
    parser = _add_command(commands, "batch", run_batch, words, BATCH_EPILOG)
    parser.add_argument("grid", metavar="GRID", help="CSV or YAML: study, name, parameters")
    _add_how(parser)


def _add_how(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reports",
        metavar="FOLDER",
        help="where the reports go, a folder or an address such as s3://bucket/reports "
        "(docs/cluster.md; default: reports/)",
    )
    parser.add_argument(
        "-j",
        "--jobs",
        type=_read_jobs,
        metavar="N",
        help="chapters that run at one time (default: one for each core)",
    )
    parser.add_argument("--force", action="store_true", help="run chapters that are unchanged too")
    parser.add_argument("--dry-run", action="store_true", help="say what would run and why; stop")
    parser.add_argument(
        "--trust",
        action="store_true",
        help="run the chapters that a study brings from an address: they are code",
    )
    parser.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="run chapters on the workers of this Dask scheduler (docs/cluster.md)",
    )
    parser.add_argument(
        "--engine",
        choices=("warm", "ordinary"),
        default="warm",
        help="how a chapter's process is started; the results are the same (default: warm)",
    )


def _add_check(commands: argparse._SubParsersAction[_Parser]) -> None:
    epilog = "example:\n  ./run_all.sh check ../my_study\n"
    parser = _add_command(commands, "check", run_check, "look for faults, write nothing", epilog)
    parser.add_argument("studies", nargs="*", metavar="STUDY", help="all of data/ where not given")


def _add_new(commands: argparse._SubParsersAction[_Parser]) -> None:
    epilog = (
        "examples:\n  ./run_all.sh new my_study\n"
        "  ./run_all.sh new my_study --from data.xlsx    a study from your own files\n"
        "  ./run_all.sh new --chapter skin my_study      a chapter that only my_study gets\n"
    )
    words = "start a new study folder in data/, or a chapter of a study's own"
    parser = _add_command(commands, "new", run_new, words, epilog)
    parser.add_argument("name", metavar="NAME", help="name of the folder: small letters, digits, _")
    parser.add_argument(
        "--chapter",
        metavar="TOPIC",
        help="start a chapter of this topic that only the study NAME gets",
    )
    parser.add_argument(
        "--from",
        dest="files",
        nargs="+",
        metavar="FILE",
        help="begin with your own files (Excel, CSV, SPSS, SAS, REDCap, CDISC), or add newer ones",
    )


def _add_reconstruct(commands: argparse._SubParsersAction[_Parser]) -> None:
    words = "write the reconstructed cohort's tables again"
    epilog = "example:\n  ./run_all.sh reconstruct     how: docs/reconstruction.md\n"
    _add_command(commands, "reconstruct", run_reconstruct, words, epilog)


def _add_passing(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    run: object,
    words: str,
) -> None:
    examples = {"lab": "./run_all.sh lab --no-browser", "test": "./run_all.sh test -q -k exact"}
    _add_command(commands, name, run, words, f"example:\n  {examples[name]}\n")


def _add_command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    run: object,
    words: str,
    epilog: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=words,
        description=words[0].upper() + words[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def _read_jobs(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def _find_study(name: str) -> Path:
    from helpers.locate import locate_study

    folder = locate_study(name)
    if folder is None:
        from helpers.study import find_study  # loads pandas; it says which studies there are

        return find_study(name)
    return folder


def _locate_studies(
    names: Sequence[str], root: Path, *, trust: bool
) -> dict[str, Path | ValueError]:
    """Give the folder of every study, or what is wrong; what has an address is fetched first."""
    from helpers.render.remote import is_address

    found: dict[str, Path | ValueError] = {}
    addresses = [name for name in names if is_address(name)]
    if addresses:
        from helpers.render.distribute.fetch import fetch_studies

        found |= fetch_studies(addresses, root)
    for name in names:
        if name not in found:
            try:
                found[name] = _find_study(name)
            except ValueError as error:
                found[name] = error
    return found if trust else {n: _find_untrusted(n, place, root) for n, place in found.items()}


def _find_untrusted(name: str, found: Path | ValueError, root: Path) -> Path | ValueError:
    """Refuse a study that brings code from an address, however its folder here was named."""
    from helpers.render.plan.own_chapters import list_own_files

    if isinstance(found, ValueError) or not (own := list_own_files(found)):
        return found
    from helpers.render.distribute.fetch import find_source
    from helpers.render.remote import RemoteError

    if not find_source(found, root):
        return found
    return RemoteError(
        name,
        found="chapters of its own, which are code: " + ", ".join(path.name for path in own),
        expected="a study without code, or one that you trust",
        mend="read them; then add --trust, or take its folder notebooks away",
    )


def _give_folder(found: Mapping[str, Path | ValueError], name: str) -> Path:
    folder = found[name]
    if isinstance(folder, ValueError):
        raise folder
    return folder


def _check_address(places: Places, studies: Sequence[str]) -> bool:
    """Tell what is wrong with the address for the reports, and whether anything is."""
    if places.address:
        from helpers.render.distribute.upload import check_address
        from helpers.render.remote import RemoteError

        try:
            if places.address.lower().startswith(IN_MEMORY):
                raise RemoteError(
                    places.address,
                    found="the memory of this command, which is gone when it ends",
                    expected="an address that lasts, such as s3://bucket/reports",
                    mend="choose another with --reports",
                )
            check_address(places.address, studies=studies)
        except RemoteError as error:
            _refuse(error)
            return True
    return False


def _check_targets(
    names: Sequence[str], places: Places, studies: Sequence[Path], *, page: bool = False
) -> None:
    """Refuse reports that would take the place of something else, here or at their address."""
    from helpers.render.publish.targets import check_targets
    from helpers.render.remote import find_local_folder

    check_targets(names, places, studies, page=page)
    if places.address and (folder := find_local_folder(places.address)):
        there = replace(places, reports=folder, address="")
        check_targets(names, there, studies, page=page, file_by_file=True)


def _find_studies(
    names: Sequence[str], places: Places, *, trust: bool
) -> dict[Path, dict[str, str]]:
    """Give the folder of every study asked for, and what its name sets otherwise."""
    if names:
        asked = [split_study(name) for name in names]
        found = _locate_studies([name for name, _ in asked], places.root, trust=trust)
        faults = [str(fault) for fault in found.values() if isinstance(fault, ValueError)]
        if faults:
            raise ValueError("\n".join(faults))
        studies: dict[Path, dict[str, str]] = {}
        for name, overrides in asked:
            if studies.setdefault(_give_folder(found, name), overrides) != overrides:
                raise ValueError(
                    f"{name}: expected the study once, found it with two sets of settings; "
                    "their reports would have one folder: name the reports in a grid"
                )
        return studies
    folders = _list_studies(places)
    if not folders:
        raise ValueError(
            f"{places.data}: expected study folders with a study.yml, found none; "
            "make one with: ./run_all.sh new NAME"
        )
    return {folder: {} for folder in folders}


def _list_studies(places: Places) -> list[Path]:
    return sorted(path.parent for path in places.data.glob("*/study.yml"))


def _check_all(folders: Sequence[Path]) -> dict[Path, list[Fault]]:
    from helpers.study import check_study

    return {folder: check_study(folder) for folder in folders}


def _add_chapter_faults(faults: Mapping[Path, list[Fault]], shared: Sequence[Chapter]) -> None:
    """Add what is wrong with the chapters that studies bring themselves: read anew each time."""
    from helpers.render.plan.own_chapters import find_own_faults, list_own_files

    for folder, found in faults.items():
        if list_own_files(folder):
            from helpers.contracts import Fault

            told = find_own_faults(shared, folder)
            found += [Fault(one.file, one.found, one.expected, one.mend) for one in told]
            found += [] if told else _find_unknown_tables(folder)


def _find_unknown_tables(folder: Path) -> list[Fault]:
    """Find tables that a study's own chapters declare and no study can have."""
    from helpers.render.keep.study_card import find_table_file
    from helpers.render.plan.chapters import read_chapter
    from helpers.render.plan.own_chapters import list_own_files

    faults = []
    for path in list_own_files(folder):
        for name in read_chapter(path).tables:
            if not find_table_file(folder, name):
                faults += _judge_table(name, f"{OWN}/{path.name}")
    return faults


def _judge_table(name: str, file: str) -> list[Fault]:
    from helpers.contracts import CONTRACTS, Fault, suggest_name

    known = [*CONTRACTS, "published_claims"]
    if name in known:
        return []
    mend = suggest_name(name, known) + "correct it in the notebook's metadata, under chapter"
    return [Fault(file, f"an unknown table {name}", f"one of {', '.join(known)}", mend)]


def _tell_passed_over(folders: Sequence[Path]) -> None:
    from helpers.render.plan.chapters import describe_passed_over

    for folder in folders:
        if words := describe_passed_over(folder):
            print(words, file=sys.stderr)


def _check_changed(
    folders: Sequence[Path], root: Path
) -> tuple[dict[Path, list[Fault]], dict[Path, str]]:
    """Check studies, but not again those without a fault of which no file has changed since.

    Give the faults of each, and the key of the state in which each without one was found.
    """
    from helpers.render.keep.cache import open_cache
    from helpers.render.keep.reader import Reader
    from helpers.render.run.keys import fingerprint_check

    cache, reader = open_cache(root), Reader(root)
    keys = {folder: fingerprint_check(folder, reader).key for folder in folders}
    changed = [folder for folder in folders if cache.load("checks", keys[folder]) is None]
    found = _check_all(changed) if changed else {}
    after = Reader(root)
    for folder in changed:
        # Edited while it was read: what was found is true of no one state.
        if not found[folder] and fingerprint_check(folder, after).key == keys[folder]:
            cache.save("checks", keys[folder], NO_FAULT)
    faults = {folder: found.get(folder, []) for folder in folders}
    return faults, {folder: keys[folder] for folder in folders if not faults[folder]}


def _report_faults(faults: dict[Path, list[Fault]]) -> int:
    faulty = {folder: found for folder, found in faults.items() if found}
    if faulty:
        from helpers.contracts import describe_faults
    for folder, found in faulty.items():
        print(f"{folder.name}: {describe_faults(found)}", file=sys.stderr)
    return BAD_INPUT if faulty else DONE


def _plan(
    studies: Mapping[Path, Mapping[str, str]],
    chapters: Sequence[Chapter],
    given: Sequence[str],
    places: Places,
) -> tuple[Plan, ...]:
    from helpers.render.plan.plan import plan_reports

    cards = [_card_reader(places.root)(folder, overrides) for folder, overrides in studies.items()]
    return plan_reports(cards, chapters, given)


def _card_reader(root: Path) -> Callable[[Path, Mapping[str, str]], StudyCard]:
    """Give what reads a study's settings, or takes them from where they were kept."""
    from helpers.render.keep.cache import open_cache
    from helpers.render.keep.reader import Reader
    from helpers.render.keep.study_card import read_study_card

    return partial(read_study_card, reader=Reader(root), cache=open_cache(root))


def _render(
    plans: Sequence[Plan], places: Places, options: argparse.Namespace, checked: Mapping[Path, str]
) -> tuple[int, tuple[Outcome, ...]]:
    from helpers.render.remote import RemoteError
    from helpers.render.run.due import describe_due, find_all_due
    from helpers.render.run.how import ClusterError, MachineError, StudyChangedError
    from helpers.render.run.run import run_plans

    try:
        if options.dry_run:
            due = find_all_due(plans, places, force=options.force)
            print("\n".join([describe_due(due), *_describe_uploads(due, places)]))
            return DONE, ()
        outcomes = run_plans(plans, places, _read_how(options), checked=checked)
    except (ClusterError, MachineError, RemoteError, StudyChangedError) as error:
        return _refuse(error), ()
    for outcome in outcomes:
        _print_outcome(outcome, places)
    return (FAILED if any(outcome.errors for outcome in outcomes) else DONE), outcomes


def _describe_uploads(reports: Sequence[ReportDue], places: Places) -> list[str]:
    """Name the reports that are as they should be here, but not at the address they go to."""
    finished = [due for due in reports if places.address and not due.reason]
    if not finished:
        return []
    from helpers.render.distribute.upload import is_uploaded

    addresses = [(due.target, f"{places.address}/{due.plan.name}") for due in finished]
    return [f"{to}: would be brought there" for at, to in addresses if not is_uploaded(at, to)]


def _read_how(options: argparse.Namespace) -> How:
    from helpers.render.run.how import How

    return How(options.jobs, options.force, options.cluster, options.engine)


def _print_outcome(outcome: Outcome, places: Places) -> None:
    if not outcome.errors:
        page = _name_page(outcome.page, places)
        print(f"{page}{' (unchanged)' if outcome.is_unchanged else ''}")
        if outcome.note:
            tell(f"{outcome.study}: {outcome.note}")
        return
    if outcome.is_replaced:
        tell(f"{outcome.study}: {outcome.errors[0]}")
        return
    kept = "the report of the last good run was kept" if outcome.page.exists() else "no report yet"
    print(f"{outcome.study}: failed{'' if places.address else f'; {kept}'}", file=sys.stderr)
    for error in outcome.errors:
        print(f"  {error}".replace("\n", "\n  "), file=sys.stderr)
    if outcome.partial:
        folder = places.shorten(outcome.partial.parent)
        print(f"  what came out, and each cause: {folder}", file=sys.stderr)


def _name_page(page: Path, places: Places) -> str:
    """Name a page by where a person finds it: its address, or its path from here."""
    if places.address:
        return f"{places.address}/{page.relative_to(places.reports).as_posix()}"
    return str(places.shorten(page))


def _publish_overview(entries: Sequence[Entry], title: str, places: Places) -> int:
    from helpers.render.distribute.upload import upload_page
    from helpers.render.publish.overview import write_overview

    try:
        page = write_overview(entries, places.reports, title=title)
        if places.address:
            upload_page(page, places.address)
    except (ValueError, OSError) as error:  # put there while the reports were built
        print(error, file=sys.stderr)
        return FAILED
    print(_name_page(page, places))
    return DONE


def _print_parameters(chapters: Sequence[Chapter], names: Sequence[str], places: Places) -> int:
    from helpers.render.plan.given import describe_parameters
    from helpers.render.plan.own_chapters import list_all_chapters

    if names:
        studies = list(_find_studies(names, places, trust=True))  # nothing is run
    else:
        studies = sorted(path.parent for path in places.data.glob("*/study.yml"))
    print(describe_parameters(list_all_chapters(chapters, studies)))
    return DONE


def _refuse(error: Exception) -> int:
    print(error, file=sys.stderr)
    return BAD_INPUT


def _run_module(name: str, words: Sequence[str], folder: Path | None) -> int:
    return subprocess.run([sys.executable, "-m", name, *words], cwd=folder, check=False).returncode
