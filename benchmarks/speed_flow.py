"""How long a tube takes: ``python speed_flow.py``. 65,000 events of 16 channels, 49 gates.

Reading the file, the workspace, compensation, scales and all gates, in one process after import;
and what importing the readers adds to what reading any study imports.
"""

import itertools
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from tests.quantify.flow import made_files as make  # noqa: E402

from helpers.quantify.flow.membership import find_members  # noqa: E402
from helpers.quantify.flow.read.fcs import read_fcs  # noqa: E402
from helpers.quantify.flow.read.workspace import read_workspace  # noqa: E402

EVENTS, DYES, LIMIT = 65_000, 13, 0.5


def write_tube(folder):
    names = ["FSC-A", "FSC-H", "SSC-A", *(f"D{number}-A" for number in range(DYES))]
    draws = np.random.default_rng(3)
    values = np.column_stack(
        [draws.normal(90_000, 30_000, (EVENTS, 3)), draws.lognormal(6, 2, (EVENTS, DYES))]
    ).clip(0, 262_143)
    make.write_fcs(folder / "a.fcs", values, names, [""] * len(names), spill="")
    dyes = names[3:]
    kinds = (
        lambda name: make.biex(name),
        lambda name: make.scale("logicle", name, length=256, T=262144, A=0, W=1, M=4.4),
        lambda name: make.scale("log", name, offset=1, decades=5.4),
    )
    scales = [make.linear(name) for name in names[:3]]
    scales += [kinds[number % 3](f"Comp-{name}") for number, name in enumerate(dyes)]
    eye = np.eye(DYES) + 0.02 * (1 - np.eye(DYES))
    matrix = make.spillover({name: tuple(row) for name, row in zip(dyes, eye, strict=True)})
    inner = []
    for number in range(48):
        x, y = (f"Comp-{dyes[(number + step) % DYES]}" for step in (0, 5))
        corners = ((10, 10), (9000, 30), (20000, 9000), (4000, 20000), (50, 8000))
        kind = number % 3
        drawn = (
            make.rectangle((x, 100, 5000), (y, 50, None)),
            make.polygon(x, y, *corners),
            make.ellipse(
                x, y, ((110, 110), (150, 150)), ((100, 100), (160, 160), (140, 120), (120, 140))
            ),
        )[kind]
        inner.append(make.population(f"g{number}", drawn))
    square = ((10_000, 10_000), (200_000, 10_000), (200_000, 200_000), (10_000, 200_000))
    outer = make.population("Cells", make.polygon("FSC-A", "SSC-A", *square), *inner)
    (folder / "a.wsp").write_text(make.workspace(make.sample("a.fcs", [outer], scales, matrix)))


def time_tube(folder):
    clocks = [(time.process_time(), time.perf_counter())]

    def look():
        clocks.append((time.process_time(), time.perf_counter()))

    events = read_fcs(folder / "a.fcs")
    look()
    tree = read_workspace(folder / "a.wsp").samples[0].tree
    look()
    found = find_members(events, tree)
    look()
    assert len(found.inside) == 49
    total = [end - start for start, end in zip(clocks[0], clocks[-1], strict=True)]
    steps = [after[0] - before[0] for before, after in itertools.pairwise(clocks)]
    return *total, steps


def time_import(statement):
    code = (
        "import time, pandas, pandera.pandas, pydantic, helpers.contracts.tables\n"
        f"start = time.perf_counter()\n{statement}\nprint(time.perf_counter() - start)"
    )
    runs = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    return min(runs)


def main():
    with tempfile.TemporaryDirectory() as name:
        write_tube(Path(name))
        time_tube(Path(name))  # C libraries are loaded at their first use
        best = min(time_tube(Path(name)) for _ in range(5))
    total, wall, (read, opened, gated) = best
    print(f"{EVENTS} events x 16 channels, 49 gates: {total:.3f} s of the processor")
    print(f"  (limit {LIMIT} s; {wall:.3f} s by the clock, with what else runs here)")
    print(f"  FCS file {read:.3f} s, workspace {opened:.3f} s, gates {gated:.3f} s")
    for statement in ("import helpers.quantify.flow", "import flowio, flowutils.gating"):
        print(f"{statement}, beyond the tables' contracts: {time_import(statement):.3f} s")
    return 0 if total < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
