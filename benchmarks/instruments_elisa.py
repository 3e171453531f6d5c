"""Time plates from file to measurements, after import: ``python benchmarks/instruments_elisa.py``.

A plate of 384 wells (16 standards, 368 wells of 184 samples) as a grid and from SoftMax Pro, and
the plate of 96 wells of the tests. Each row: median and least of the rounds, in seconds of the
processor and of the clock, and the memory of the process.
"""

import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests import plate_exports as made

from helpers.contracts.elisa import ElisaSettings
from helpers.quantify.elisa import measure
from helpers.quantify.elisa.read.plate import name_well

ROUNDS = 9


def large_plate():
    """Give signals and layout of a plate of 384 wells, every sample in duplicate."""
    signals, rows = {}, []
    contents = [("standard", "", x, x) for x in made.STANDARDS for _ in range(2)]
    contents += [("sample", f"S{at}", None, 35.0 * 1.02**at) for at in range(184) for _ in range(2)]
    for at, (role, sample, nominal, content) in enumerate(contents):
        well = name_well(at % 16, at // 16)
        signals[well] = round(float(made.TRUTH.signal(content)) * made.wobble(well), 4)
        whose = [f"P{sample}", "0"] if sample else ["", ""]
        known = "" if nominal is None else str(nominal)
        rows.append(["Plate1", well, role, sample, *whose, "IL-6", known, "1"])
    return signals, rows


def grid_of(signals):
    lines = ["Wavelength: 450 nm", "," + ",".join(map(str, range(1, 25)))]
    for row in range(16):
        cells = ",".join(str(signals[name_well(row, column)]) for column in range(24))
        lines.append(f"{'ABCDEFGHIJKLMNOP'[row]},{cells}")
    return "\n".join(lines)


def softmax_of(signals):
    head = "Plate:\tPlate1\t1.3\tTimeFormat\tEndpoint\tAbsorbance\tRaw\tFALSE\t1" + "\t" * 6
    values = "\t".join(map(str, signals.values()))
    lines = ["##BLOCKS= 1", f"{head}1\t450 \t1\t24\t384\t1\t16"]
    lines += ["\tTemperature\t" + "\t".join(signals), f"\t24.6\t{values}", "", "~End", ""]
    return "\n".join(lines)


def time_it(name, folder, text, rows):
    export = folder / f"{name.split(',')[0].replace(' ', '_')}.txt"
    export.write_text(text, encoding="utf-8")
    plate = "Plate1" if text.startswith("##") else export.stem
    layout = made.write_layout(folder / "layout.csv", [[plate, *row[1:]] for row in rows])
    spent, passed, found = [], [], []
    for _ in range(ROUNDS):
        clock, processor = time.perf_counter(), time.process_time()
        found = measure([export], layout, ElisaSettings(), folder=folder)
        passed.append(time.perf_counter() - clock)
        spent.append(time.process_time() - processor)
    values = sum(one.value is not None for one in found)
    print(
        f"{name:24} {len(found):4} samples, {values:4} values  "
        f"processor {statistics.median(spent):.3f} s (least {min(spent):.3f})  "
        f"clock {statistics.median(passed):.3f} s (least {min(passed):.3f})"
    )


def main():
    signals, rows = large_plate()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        time_it("384 wells, grid", folder, grid_of(signals), rows)
        time_it("384 wells of SoftMax Pro", folder, softmax_of(signals), rows)
        time_it("96 wells of SoftMax Pro", folder, made.softmax_text(), made.list_layout())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of the process, libraries included: {memory:.0f} MB")


if __name__ == "__main__":
    main()
