"""End a run at a moment that chance decides, while a whole report lies there; then run again."""

import os
import re
import signal
import time

from attacks.attack import Attack, draw, tell
from attacks.projects import is_whole, make_chapter, read_tree, write_chapter
from attacks.shelter import SECONDS, share

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
ENDED = {0, 130, 143, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT}
NEW = "A new chapter"
LONGEST = 1.2
"""Within how much of the time of a whole run it is stopped."""
END = 10
"""Seconds that a run may take to end once it has been told to."""
ORPHANED = 20
"""Seconds after which children of a killed process must have seen that they are alone."""


def run(numbers, folder):
    """Try kills."""
    return share(numbers, folder, try_case)


def try_case(number, shelter):
    """Kill one run, and look at what is there at once and after the next run."""
    chance = draw("kills", number)
    how, to_all = chance.choice(SIGNALS), chance.random() < 0.5
    moment = chance.uniform(0, LONGEST) * shelter.seconds
    case = f"{how.name} to {'all of it' if to_all else 'the runner'} after {moment:.2f} s"
    shelter.reset()
    edited = make_chapter("01_first", "import time\ntime.sleep(0.5)", f"# {NEW}")
    write_chapter(shelter.project, "01_first", edited)
    report = shelter.project / "reports" / "one"
    before = read_tree(report)
    process = shelter.start("render", "--jobs", "2")
    time.sleep(moment)
    send(process, how, to_all=to_all)
    grace = ORPHANED if how == signal.SIGKILL else 1
    done = shelter.finish(process, seconds=END, grace=grace)
    kind = find_fault_now(done, report, before) or find_fault_later(shelter, report)
    return tell(number, kind and f"{how.name}: {kind}", case, done.text)


def send(process, how, *, to_all):
    """Send a signal as ``kill`` does, or as a terminal does."""
    try:
        os.killpg(process.pid, how) if to_all else os.kill(process.pid, how)
    except ProcessLookupError:
        return  # it had ended


def find_fault_now(done, report, before):
    if done.fault:
        return done.fault
    if done.code not in ENDED:
        return f"exit code {done.code}"
    if not is_whole(report):
        return "the report is not whole"
    if read_tree(report) != before and done.code not in (0, -signal.SIGKILL) and not is_new(report):
        return "the report is neither the old one nor the new one"
    return ""


def is_new(report):
    return NEW in (report / "notebooks" / "01_first.ipynb").read_text()


def find_fault_later(shelter, report):
    """Run again, and say what is not as if nothing had happened."""
    done = shelter.run("render", seconds=SECONDS)
    if done.code or done.fault:
        return f"the next run: {done.fault or f'exit code {done.code}'}"
    if not is_whole(report) or not is_new(report):
        return "the next run leaves the report as it was"
    beside = [path.name for path in report.parent.iterdir() if path != report]
    if beside:
        return f"the next run leaves beside the report: {strip(beside)}"
    scratch = shelter.list_scratch()
    return f"the next run leaves in /tmp: {strip(scratch)}" if scratch else ""


def strip(names):
    """Name what is left by how its name begins, which is the same every time."""
    return ", ".join(sorted({re.match(r"\.?(tmp|[a-z]*)", name)[0] for name in names}))


ATTACK = Attack(
    "kills",
    "whoever is killed: a whole report at once, no process left, and no trace after the next run",
    100,
    run,
)
