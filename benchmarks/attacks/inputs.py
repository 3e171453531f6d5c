"""Spoilt study folders through ``check`` and ``render --dry-run``, in two watched processes."""

import contextlib
import faulthandler
import io
import multiprocessing
import os
import resource
import shutil
import signal
import traceback
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

from attacks import projects, spoil
from attacks.attack import Attack, Failure, divide, draw, tell

SECONDS, BLOCKED = 5, 60
"""More time of the processor than this is a hang, a twentieth of a second being enough for a sound
study; so is more time of the clock, which a busy machine stretches."""
PATIENCE = 5 * BLOCKED
"""What a case may take with all its steps before its process is ended."""
BYTES = 1 << 30
"""Memory that may be taken beyond what the libraries need."""
ACCEPTED, REFUSED = 0, 2


class HangError(BaseException):
    """Raised in the middle of whatever takes too long; nothing of the project may catch it."""


def run(numbers: Iterable[int], folder: Path):
    """Try cases."""
    make_bases(folder / "bases")
    return divide(numbers, partial(serve, folder))


def serve(folder, numbers, place):
    """Try cases in a process; one that dies or hangs is told, and another takes over."""
    pool = None
    for number in numbers:
        pool = pool or open_pool(folder, folder / f"worker-{place}")
        try:
            yield pool.submit(try_case, number, folder).result()
        except BrokenProcessPool:
            yield Failure(number, "the process died or hung", describe(number, folder), "")
            pool = None
    if pool:
        pool.shutdown()


def open_pool(folder, place):
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, context, initializer=begin, initargs=(folder, place))


def begin(folder, place):
    """Make the process ready: a project of its own, all libraries, and no more memory than fair."""
    shutil.rmtree(place, ignore_errors=True)
    projects.write_project(place, studies=())
    os.chdir(place)
    load_libraries(folder)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + BYTES, resource.RLIM_INFINITY))


def make_bases(folder):
    """Make the sound studies that are spoilt: small ones, one of every table, and the shipped."""
    folder.mkdir()
    projects.write_study(folder / "small")
    projects.write_study(folder / "every_table", projects.list_example_tables())
    for study in sorted((projects.ROOT / "data").glob("*/study.yml")):
        shutil.copytree(study.parent, folder / study.parent.name)


def load_libraries(folder):
    """Load what the first case of a kind would load, so that it counts against no case."""
    import openpyxl  # noqa: F401
    import pyreadstat  # noqa: F401

    judge(folder / "bases" / "small", is_dry_run=False)


def try_case(number, folder):
    """Try one case; where it fails, find the first single change that fails in the same way."""
    faulthandler.dump_traceback_later(PATIENCE, exit=True)  # where even a signal is not heard
    base, steps = plan(number, folder)
    kind, case, seen = try_steps(base, steps)
    for step in steps if kind and len(steps) > 1 else ():
        alone = try_steps(base, [step])
        if alone[0] == kind:
            _, case, seen = alone
            break
    faulthandler.cancel_dump_traceback_later()
    return tell(number, kind, f"{base.name}: {case}", seen)


def plan(number, folder):
    """Decide a case: the study, and one to three changes, each with chance of its own."""
    chance = draw("inputs", number)
    bases = sorted((folder / "bases").iterdir())
    weights = [1 if base.name == "anakinra_iim" else 3 for base in bases]
    [base] = chance.choices(bases, weights)
    ways = [chance.choice(spoil.WAYS) for _ in range(chance.choice([1, 1, 1, 2, 3]))]
    if chance.random() < 0.04:
        base, ways = folder / "bases" / "small", [spoil.spoil_grid]
    return base, [(way, f"{number} {at}") for at, way in enumerate(ways)]


def describe(number, folder):
    base, steps = plan(number, folder)
    return f"{base.name}: " + ", ".join(way.__name__ for way, _ in steps)


def try_steps(base, steps):
    """Spoil a copy of a study step by step and judge it; give kind, case and what was seen."""
    study = Path.cwd() / "data" / "one"
    remove(study)
    shutil.copytree(base, study)
    is_grid = steps[0][0] is spoil.spoil_grid
    spoilt = write_grids(Path.cwd() / "grids") if is_grid else study
    said = []
    for at, (way, seed) in enumerate(steps):
        # A later change may find that an earlier one has taken away what it needs.
        with contextlib.suppress(Exception) if at else contextlib.nullcontext():
            said.append(way(spoilt, draw("step", seed)))
    kind, seen = judge(study, is_grid=is_grid)
    return kind, "; ".join(said), seen


def write_grids(folder):
    folder.mkdir(exist_ok=True)
    (folder / "grid.csv").write_text("study,name,cutoff\none,first,30\none,second,\n")
    (folder / "grid.yml").write_text("- {study: one, name: first, cutoff: 30}\n")
    return folder


def remove(folder):
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def judge(study, *, is_grid=False, is_dry_run=True):
    """Check a folder as the command would; give kind and detail of what broke the promise."""
    try:
        with limit_time():
            return judge_grids() if is_grid else judge_study(study, is_dry_run=is_dry_run)
    except (Exception, HangError, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is the finding
        return describe_error(error)


def judge_study(study, *, is_dry_run):
    from helpers.study import check_study

    with contextlib.redirect_stderr(io.StringIO()):  # remarks of libraries
        faults = check_study(study)
    nameless = [fault for fault in faults if not is_named(fault.file, study)]
    if nameless:
        return "a fault that names no file", repr(nameless[0])
    commands = [("check", "one")] if faults else []
    if is_dry_run:
        commands.append(("render", "one", "--dry-run"))
    for words in commands:
        code, text = call_command(*words)
        if code != (REFUSED if faults else ACCEPTED) and "at least one chapter" not in text:
            return f"{'faults' if faults else 'no fault'}, but {words[0]} gives {code}", text[-200:]
    return "", ""


def is_named(file, study):
    return bool(file) and (
        file in ("study.yml", study.name, str(study)) or (study / file).parent.is_relative_to(study)
    )


def judge_grids():
    for grid in ("grids/grid.csv", "grids/grid.yml"):
        code, text = call_command("batch", grid, "--dry-run")
        if code not in (ACCEPTED, REFUSED):
            return f"exit code {code} of batch", text
        if code == REFUSED and "grid" not in text and "study" not in text:
            return "a fault that names no file", text
    return "", ""


def call_command(*words):
    """Run a command in this process; give its exit code and what it said."""
    from helpers import cli

    out, err = (  # as Python opens them: only the error stream takes every character
        io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors=errors, write_through=True)
        for errors in ("strict", "backslashreplace")
    )
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(words)
    return code, (out.buffer.getvalue() + err.buffer.getvalue()).decode()


def describe_error(error):
    """Name an exception by its type and the place in the project that let it through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/helpers/" in frame.filename]
    where = "outside the project"
    if ours:
        where = f"helpers/{ours[-1].filename.rpartition('/helpers/')[2]}, {ours[-1].name}"
    doors = [frame.name for frame in frames if frame.name in ("check_study", "call_command")][:1]
    name = "a hang" if isinstance(error, HangError) else type(error).__name__
    door = "render --dry-run" if doors == ["call_command"] else "check"
    return f"{name} in {where} ({door})", str(error)[:200]


@contextlib.contextmanager
def limit_time():
    """Stop what takes too long; again and again, should somebody catch the first."""

    def stop(*_):
        raise HangError(f"more than {SECONDS} s of the processor, or {BLOCKED} s of the clock")

    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)
    signal.setitimer(signal.ITIMER_REAL, BLOCKED, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


ATTACK = Attack(
    "inputs",
    "spoilt folders are accepted or refused, with a file named, in 5 s and 1 GB; nothing is raised",
    10_000,
    run,
)
