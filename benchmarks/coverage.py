"""How often the intervals of measurements hold the truth: ``python benchmarks/coverage.py elisa``.

Every instrument simulates files of known content many times and counts. ``--repeats`` says how
often, ``--seed`` with which numbers. The exit code is 1 if a share lies outside 94 to 97 %, the
simulation's own error (two standard errors) allowed for.
"""

import argparse
import importlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

INSTRUMENTS = ("elisa",)
LEAST, MOST = 0.94, 0.97


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("instrument", choices=INSTRUMENTS)
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    module = importlib.import_module(f"instruments.{options.instrument}")
    start, outside = time.perf_counter(), 0
    print(f"{'case':58} {'n':>6} {'none':>5} {'covered':>8} {'± 2 SE':>7} {'width':>7}")
    for case in module.COVERAGE:
        held, none, width = case.run(options.repeats, options.seed)
        n = held.size
        share = held.mean()
        error = 2 * (share * (1 - share) / n) ** 0.5
        bad = case.judged and not LEAST - error <= share <= MOST + error
        outside += bad
        mark = "  outside 94 to 97 %" if bad else ""
        print(f"{case.name:58} {n:6} {none:5} {share:8.3f} {error:7.3f} {width:7.3f}{mark}")
    print(f"{time.perf_counter() - start:.0f} s, seed {options.seed}")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
