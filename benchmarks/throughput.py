"""Time whole batches: the plain loop against the runner, all in one run, taking turns.

``python benchmarks/throughput.py`` measures one cohort and writes docs/performance.md;
``--cohorts 1 10 50 --repeats 3 --memory --dask`` measures all there is. Cohorts are copies of the
reconstructed study with other CK values, in a temporary folder that is deleted at the end.

The plain loop is what people type: ``papermill`` and then ``jupyter nbconvert --to html``, one
notebook after the other, all bytecode compiled. Its processes know nothing of each other, so that
its time grows with the number of notebooks; above ``--loop-up-to`` cohorts it is not run but
reckoned from its own time per notebook, and marked so; ordinary kernels go with the loop. Above
``--slow-up-to`` cohorts the limits and Dask are left out.

Our lock leaves out rfc3987-syntax, which comes with JupyterLab and builds a grammar on every
``import nbformat``; so this environment's loop is faster than that of most users. Theirs is
measured too, with the package in a folder of its own on its path: fetched by pip, or
``--rfc3987 FOLDER`` where pip is not here; made by
``pip install --target FOLDER --no-deps rfc3987-syntax lark``.

The limits are those of ``limits.py``.
"""

import argparse
import compileall
import csv
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

from helpers.io.sheets import write_sheet
from helpers.render.keep.study_card import read_study_card
from helpers.render.plan.chapters import read_chapters
from helpers.render.plan.plan import plan_reports
from helpers.render.run.capacity import read_capacity

ROOT = Path(__file__).resolve().parents[1]
COHORT = "anakinra_iim"
CORES = read_capacity().cores
BIN = Path(sys.executable).parent
PACKAGES = ("papermill", "nbclient", "nbconvert", "ipykernel", "pandas", "matplotlib", "seaborn")
HERE = Path(__file__).parent
LOOP = "plain loop, JupyterLab as pip installs it"
LEAN_LOOP = "plain loop, this environment"
LIMIT = "limit: the notebooks' own code, over the cores"
TOGETHER = "the same reports from one process a core, no kernel, nothing kept apart"
ORDINARY = "runner, ordinary kernels"
RUNNER = {
    ORDINARY: ("--engine", "ordinary"),
    "runner": (),
}
IDLE, DASK = "runner, nothing to do", "runner, Dask workers on this machine"
LEGEND = (
    f"- {LOOP}: `papermill` and `jupyter nbconvert --to html` for each notebook, with "
    "rfc3987-syntax installed, which every `import nbformat` then spends time on.",
    f"- {LEAN_LOOP}: the same without it, as our lock file leaves it out.",
    "- runner: `python -m helpers batch`, cold, in its own process: from the check of the grid to "
    "the finished study reports with their pages, notebooks, figures and tables.",
    f"- {LIMIT}: libraries loaded beforehand, each notebook in a fork, no outputs kept, no HTML.",
    f"- {TOGETHER}: IPython's shell alone, used again and again; what the runner needs beyond it "
    "is the price of a kernel and a process of its own for each notebook, and of results kept.",
)
SAMPLES_PER_SECOND = 8


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
    path.write_text(write_sheet(rows[0], (row.values() for row in rows)), newline="")


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
        for name in (".cache", "reports", "loop", "bare"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    def run_loop(self, extra_path=""):
        environment = {**os.environ, "PYTHONPATH": extra_path}
        (self.folder / "loop").mkdir()
        for name in self.names:
            for path in self.notebooks:
                out = self.folder / "loop" / f"{name}-{Path(path).name}"
                self.call(BIN / "papermill", path, out, "-p", "study", name, env=environment)
                self.call(BIN / "jupyter", "nbconvert", "--to", "html", out, env=environment)

    def run_batch(self, *words):
        self.call(sys.executable, "-m", "helpers", "batch", "grid.csv", *words)

    def run_limit(self, kind):
        words = (",".join(self.notebooks), ",".join(self.names), CORES)
        return float(self.call(sys.executable, HERE / "limits.py", kind, *words))

    def call(self, *command, env=None):
        words = [*map(str, command)]
        done = subprocess.run(
            words, cwd=self.folder, capture_output=True, text=True, check=False, env=env
        )
        if done.returncode:
            raise SystemExit(f"{command}: exit code {done.returncode}\n{done.stderr[-3000:]}")
        return done.stdout

    def count_bytes(self):
        """Note the bytes of one finished report, all files together, and of its page."""
        folder = self.folder / "reports" / self.names[0]
        files = [path for path in folder.rglob("*") if path.is_file()]
        self.bytes = sum(path.stat().st_size for path in files)
        self.page_bytes = (folder / "index.html").stat().st_size


def list_ways(bench, *, with_loop, with_slow, rfc3987, dask):
    """Name the ways to measure; those that the others need come first."""
    ways = {}
    if with_loop and rfc3987:
        ways[LOOP] = lambda: bench.run_loop(str(rfc3987.resolve()))
    if with_loop:
        ways[LEAN_LOOP] = bench.run_loop
    for name, words in RUNNER.items():
        if with_loop or name != ORDINARY:
            ways[name] = lambda words=words: bench.run_batch(*words)
    if dask and with_slow:
        ways[DASK] = lambda: bench.run_batch("--cluster", dask)
    if with_slow:
        ways[LIMIT] = lambda: bench.run_limit("code")
        ways[TOGETHER] = lambda: bench.run_limit("bare")
    return ways


def time_call(call):
    """Time a call; the limit times itself, because its libraries are loaded before it counts."""
    start = time.perf_counter()
    own = call()
    return own or time.perf_counter() - start


def measure_times(bench, repeats, **wanted):
    """Time every way in turns, so that a busy machine slows all of them alike."""
    seconds = {}
    for number in range(repeats):
        for name, way in list_ways(bench, **wanted).items():
            bench.clear()
            seconds.setdefault(name, []).append(time_call(way))
            shown = f"{len(bench.names)} x {name}, round {number + 1}"
            print(f"{shown}: {seconds[name][-1]:.1f} s", file=sys.stderr)
            if name == "runner":
                seconds.setdefault(IDLE, []).append(time_call(bench.run_batch))
                bench.count_bytes()
    return {name: median(times) for name, times in seconds.items()}


def measure_memory(bench, names):
    """Measure the largest memory of all processes together, in runs of their own."""
    peaks = {}
    for name in names:
        bench.clear()
        with sample_memory() as peak:
            bench.run_batch(*RUNNER[name])
        peaks[name] = peak[0] / 1024
    return peaks


@contextmanager
def sample_memory():
    """Watch the memory of the processes started from now on; shared pages count once (PSS)."""
    peak, stop = [0], threading.Event()
    others = list_descendants(os.getpid())

    def watch():
        while not stop.wait(1 / SAMPLES_PER_SECOND):
            ours = list_descendants(os.getpid()) - others
            peak[0] = max(peak[0], sum(map(read_pss, ours)))

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


def describe(bench, seconds, peaks, loops, repeats):
    """Give the table of one number of cohorts, with the ratios."""
    cohorts = len(bench.names)
    heads = ["", "wall, s", "s per notebook", *(f"times as fast as the {name}" for name in loops)]
    heads += ["times the own code", "peak, MiB"]
    lines = [
        f"## {cohorts} cohort{'s' if cohorts > 1 else ''}, {bench.count} notebooks",
        "",
        f"Rounds: {repeats}.",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for name, wall in seconds.items():
        faster = [f"{each * bench.count / wall:.1f}" for each in loops.values()]
        each = f"{wall / bench.count:.2f}"
        over = f"{wall / seconds[LIMIT]:.2f}" if LIMIT in seconds else ""
        own = ["", *faster, ""] if name == IDLE else [each, *faster, over]
        peak = f"{peaks[name]:.0f}" if name in peaks else ""
        lines.append(f"| {' | '.join([name, f'{wall:.2f}', *own, peak])} |")
    size = f"One report has {bench.bytes:,} bytes, its page index.html {bench.page_bytes:,}."
    return [*lines, "", size, ""]


def measure(cohorts, repeats, options, loops, folder, dask):
    """Measure one number of cohorts; give the lines of its table, and the loops' times."""
    bench = Bench(folder, cohorts)
    with_loop = cohorts <= options.loop_up_to
    with_slow = cohorts <= options.slow_up_to
    wanted = {"with_loop": with_loop, "with_slow": with_slow, "rfc3987": options.rfc3987}
    seconds = measure_times(bench, repeats, **wanted, dask=dask)
    if with_loop:
        loops = {name: seconds[name] / bench.count for name in (LOOP, LEAN_LOOP) if name in seconds}
    else:
        reckoned = {f"{name} (reckoned)": each * bench.count for name, each in loops.items()}
        seconds = reckoned | seconds
    measured = [name for name in RUNNER if name in seconds and (with_slow or name == "runner")]
    peaks = measure_memory(bench, measured) if options.memory else {}
    return describe(bench, seconds, peaks, loops, repeats), loops


def fetch_rfc3987(folder):
    """Fetch what JupyterLab brings and our lock leaves out; None where that cannot be."""
    words = ("pip", "install", "--quiet", "--no-deps", "--target", folder, "rfc3987-syntax", "lark")
    done = subprocess.run(
        [sys.executable, "-m", *map(str, words)], capture_output=True, check=False
    )
    if done.returncode:
        print("rfc3987-syntax is not here: the loop of most users is left out", file=sys.stderr)
    return folder if done.returncode == 0 else None


def write_head(options):
    command = "python benchmarks/throughput.py " + " ".join(sys.argv[1:])
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        "# Throughput",
        "",
        "Written by the command below; medians over rounds in which all rows took turns. "
        "Memory is the largest PSS of all processes together, from runs of its own.",
        "",
        "```",
        command.strip(),
        "```",
        "",
        f"{CORES} cores, {platform.machine()}, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}.",
        "",
        *LEGEND,
        "",
    ]


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, nargs="+", default=[1], metavar="N")
    parser.add_argument(
        "--repeats", type=int, nargs="+", default=[1], metavar="N", help="one for each of --cohorts"
    )
    parser.add_argument("--loop-up-to", type=int, default=1, metavar="COHORTS")
    parser.add_argument("--slow-up-to", type=int, default=10, metavar="COHORTS")
    parser.add_argument("--rfc3987", type=Path, metavar="FOLDER", help="see the head of this file")
    parser.add_argument("--memory", action="store_true", help="measure the peak memory too")
    parser.add_argument("--dask", action="store_true", help="measure workers of Dask too")
    parser.add_argument("--write", type=Path, default=ROOT / "docs/performance.md", metavar="FILE")
    options = parser.parse_args()
    if options.cohorts[0] > options.loop_up_to:
        parser.error("the loop must be run for the first number of cohorts: --loop-up-to")
    return options


def main():
    options = read_options()
    compileall.compile_dir(ROOT / "src" / "helpers", quiet=1)
    lines, loops = write_head(options), {}
    with open_dask(options.dask) as dask, tempfile.TemporaryDirectory() as extra:
        options.rfc3987 = options.rfc3987 or fetch_rfc3987(Path(extra))
        compileall.compile_dir(options.rfc3987 or extra, quiet=1)
        repeats = options.repeats * (len(options.cohorts) if len(options.repeats) == 1 else 1)
        for cohorts, times in zip(options.cohorts, repeats, strict=True):
            with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
                more, loops = measure(
                    cohorts, times, options, loops, Path(folder) / "project", dask
                )
                lines += more
                options.write.write_text("\n".join(lines))  # a long run may be stopped
    print("\n".join(lines))


if __name__ == "__main__":
    main()
