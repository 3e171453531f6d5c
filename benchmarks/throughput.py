"""Time whole batches: the plain loop against the runner, all in one run, taking turns.

``python benchmarks/throughput.py`` measures one cohort and writes docs/performance.md;
``--cohorts 1 10 50 --repeats 3 --memory --dask`` measures all there is. Cohorts are copies of the
reconstructed study with other CK values, in a temporary folder that is deleted at the end.

The plain loop is what people type: ``papermill`` and then ``jupyter nbconvert --to html``, one
notebook after the other. Its processes know nothing of each other, so that its time grows with the
number of notebooks; above ``--loop-up-to`` cohorts it is not run but reckoned from its own time
per notebook, and marked so. The limit is the time of the notebooks' own code: each in a fork of a
process that has all libraries loaded, without kernel, messages or HTML, over all cores.
"""

import argparse
import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

from helpers.render.capacity import read_capacity
from helpers.render.chapters import read_chapters
from helpers.render.plan import plan_reports
from helpers.render.study_card import read_study_card

ROOT = Path(__file__).resolve().parents[1]
COHORT = "anakinra_iim"
CORES = read_capacity().cores
BIN = Path(sys.executable).parent
PACKAGES = ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "matplotlib", "seaborn")
LOOP, LIMIT = "plain loop", "limit: the notebooks' own code"
RUNNER = {
    "runner, ordinary kernels": ("--engine", "ordinary"),
    "runner": (),
    "runner, --engine fast": ("--engine", "fast"),
}
IDLE, DASK = "runner, nothing to do", "runner, Dask workers on this machine"
SAMPLES_PER_SECOND = 8

OWN_CODE = """
import json, os, sys, time
from pathlib import Path

from helpers.render.warm.libraries import load_all

load_all()

start = time.perf_counter()

folder, study, cores = sys.argv[1], sys.argv[2], int(sys.argv[3])
jobs = [(path, name) for name in study.split(",") for path in json.loads(folder)]


def run(path, study):
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    cells = [c for c in json.loads(Path(path).read_text())["cells"] if c["cell_type"] == "code"]
    with capture_output():
        for cell in cells:
            tagged = "parameters" in cell["metadata"].get("tags", ())
            source = "".join(cell["source"]) + (f"\\nstudy = {study!r}" if tagged else "")
            result = shell.run_cell(source)
            result.raise_error()


def end_one():
    pid, status = os.wait()
    assert status == 0, "a notebook failed"


for number, (path, name) in enumerate(jobs):
    if number >= cores:
        end_one()
    if os.fork() == 0:
        run(path, name)
        os._exit(0)
for _ in jobs[-cores:]:
    end_one()
print(time.perf_counter() - start)
"""


def make_project(folder, cohorts):
    """Make a project whose studies differ in their CK values, and the grid of its reports."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copy(ROOT / "requirements.lock", folder)
    names = [f"cohort_{number:02d}" for number in range(1, cohorts + 1)]
    for number, name in enumerate(names):
        shutil.copytree(ROOT / "data" / COHORT, folder / "data" / name)
        change_ck(folder / "data" / name / "tables" / "core_set.csv", by=1 + number / 1000)
    (folder / "grid.csv").write_text("study\n" + "".join(f"{name}\n" for name in names))
    return names


def change_ck(path, *, by):
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["ck"]:
            row["ck"] = f"{float(row['ck']) * by:.2f}"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def list_notebooks(folder):
    """List the chapters that the cohort has the tables for."""
    card = read_study_card(folder / "data" / "cohort_01")
    [plan] = plan_reports([card], read_chapters(folder / "notebooks"), [])
    return [str(chapter.path) for chapter in plan.chapters]


class Bench:
    """One project with some cohorts, and the ways to make its reports."""

    def __init__(self, folder, cohorts):
        self.folder = folder
        self.names = make_project(folder, cohorts)
        self.notebooks = list_notebooks(folder)
        self.count = len(self.notebooks) * cohorts

    def clear(self):
        for name in (".cache", "reports", "loop"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def run_loop(self):
        (self.folder / "loop").mkdir()
        for name in self.names:
            for path in self.notebooks:
                out = self.folder / "loop" / f"{name}-{Path(path).name}"
                self.call(BIN / "papermill", path, out, "-p", "study", name)
                self.call(BIN / "jupyter", "nbconvert", "--to", "html", out)

    def run_batch(self, *words):
        self.call(sys.executable, "-m", "helpers", "batch", "grid.csv", *words)

    def run_limit(self):
        names = ",".join(self.names)
        words = (json.dumps(self.notebooks), names, str(CORES))
        return float(self.call(sys.executable, "-c", OWN_CODE, *words))

    def call(self, *command):
        done = subprocess.run(
            [*map(str, command)], cwd=self.folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stderr[-3000:]}")
        return done.stdout

    def count_bytes(self):
        """Give the bytes of one finished report, all files together."""
        files = (self.folder / "reports" / self.names[0]).rglob("*")
        return sum(path.stat().st_size for path in files if path.is_file())


def list_ways(bench, *, with_loop, dask):
    """Name the ways to measure; those that the others need come first."""
    ways = {LOOP: bench.run_loop} if with_loop else {}
    for name, words in RUNNER.items():
        ways[name] = lambda words=words: bench.run_batch(*words)
    if dask:
        ways[DASK] = lambda: bench.run_batch("--cluster", dask)
    return ways | {LIMIT: bench.run_limit}


def time_call(call):
    """Time a call; the limit times itself, because its libraries are loaded before it counts."""
    start = time.perf_counter()
    own = call()
    return own or time.perf_counter() - start


def measure_times(bench, repeats, *, with_loop, dask):
    """Time every way in turns, so that a busy machine slows all of them alike."""
    seconds = {}
    for number in range(repeats):
        for name, way in list_ways(bench, with_loop=with_loop, dask=dask).items():
            bench.clear()
            seconds.setdefault(name, []).append(time_call(way))
            shown = f"{len(bench.names)} x {name}, round {number + 1}"
            print(f"{shown}: {seconds[name][-1]:.1f} s", file=sys.stderr)
            if name == "runner":
                seconds.setdefault(IDLE, []).append(time_call(bench.run_batch))
    return {name: median(times) for name, times in seconds.items()}


def measure_memory(bench, *, with_loop):
    """Measure the largest memory of all processes together, in runs of their own."""
    ways = list_ways(bench, with_loop=with_loop, dask=None)
    ways.pop(LIMIT)
    peaks = {}
    for name, way in ways.items():
        bench.clear()
        with sample_memory() as peak:
            way()
        peaks[name] = peak[0] / 1024
    return peaks


@contextmanager
def sample_memory():
    """Watch the memory of the processes below this one; shared pages count once (PSS)."""
    peak, stop = [0], threading.Event()

    def watch():
        while not stop.wait(1 / SAMPLES_PER_SECOND):
            peak[0] = max(peak[0], sum(map(read_pss, list_descendants(os.getpid()))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def list_descendants(process):
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    below = {process}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return below - {process}


def read_pss(process):
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line[:4] == "Pss:"), 0)


@contextmanager
def open_dask(wanted):
    """Start a Dask cluster of one worker for each core; give its address."""
    if not wanted:
        yield None
        return
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=CORES, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
    ) as cluster:
        yield cluster.scheduler_address


def describe(bench, seconds, peaks, *, loop):
    """Give the table of one number of cohorts, with the ratios."""
    cohorts = len(bench.names)
    lines = [
        f"## {cohorts} cohort{'s' if cohorts > 1 else ''}, {bench.count} notebooks",
        "",
        "| | wall, s | s per notebook | times faster than the loop | times the limit | peak, MiB |",
        "|---|---|---|---|---|---|",
    ]
    for name, wall in seconds.items():
        each = "" if name == IDLE else f"{wall / bench.count:.2f}"
        over = "" if name == IDLE else f"{wall / seconds[LIMIT]:.2f}"
        peak = f"{peaks[name]:.0f}" if name in peaks else ""
        lines.append(f"| {name} | {wall:.2f} | {each} | {loop / wall:.1f} | {over} | {peak} |")
    return [*lines, "", f"Bytes of one report: {bench.count_bytes():,}.", ""]


def measure(cohorts, options, loop_each, folder, dask):
    """Measure one number of cohorts; give the lines of its table, and the loop's own time."""
    bench = Bench(folder, cohorts)
    with_loop = cohorts <= options.loop_up_to
    seconds = measure_times(bench, options.repeats, with_loop=with_loop, dask=dask)
    if with_loop:
        loop_each = seconds[LOOP] / bench.count
    loop = loop_each * bench.count
    if not with_loop:
        seconds = {f"{LOOP} (reckoned)": loop, **seconds}
    peaks = measure_memory(bench, with_loop=with_loop) if options.memory else {}
    bench.clear()
    bench.run_batch()
    return describe(bench, seconds, peaks, loop=loop), loop_each


def write_head(options):
    command = "python benchmarks/throughput.py " + " ".join(sys.argv[1:])
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        "# Throughput",
        "",
        f"Written by the command below; medians over rounds ({options.repeats}) in which all rows "
        "took turns. Memory is the largest PSS of all processes together, from runs of its own.",
        "",
        "```",
        command.strip(),
        "```",
        "",
        f"{CORES} cores, {platform.machine()}, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}.",
        "",
    ]


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, nargs="+", default=[1], metavar="N")
    parser.add_argument("--repeats", type=int, default=1, metavar="N")
    parser.add_argument("--loop-up-to", type=int, default=1, metavar="COHORTS")
    parser.add_argument("--memory", action="store_true", help="measure the peak memory too")
    parser.add_argument("--dask", action="store_true", help="measure workers of Dask too")
    parser.add_argument("--write", type=Path, default=ROOT / "docs/performance.md", metavar="FILE")
    options = parser.parse_args()
    if min(options.cohorts) > options.loop_up_to:
        parser.error("the loop must be run for at least one number of cohorts: --loop-up-to")
    return options


def main():
    options = read_options()
    lines, loop_each = write_head(options), None
    with open_dask(options.dask) as dask:
        for cohorts in sorted(options.cohorts):
            with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
                more, loop_each = measure(
                    cohorts, options, loop_each, Path(folder) / "project", dask
                )
                lines += more
    text = "\n".join(lines)
    print(text)
    options.write.write_text(text)


if __name__ == "__main__":
    main()
