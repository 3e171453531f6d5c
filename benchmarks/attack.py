"""Attack the project: ``python benchmarks/attack.py``; prints what was tried and what failed.

``--scale 0.01`` tries a hundredth of each, ``--only inputs kills`` some of them, ``--seed`` other
cases than last time, and ``--replay inputs 4711`` one case again. Everything happens in a temporary
folder and on this machine; the project's own data, reports and cache are never touched. The exit
code is 1 if anything failed.
"""

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from attacks import cache, inputs, kills, notebooks, settings

MODULES = (inputs, kills, settings, notebooks, cache)
ATTACKS = {module.ATTACK.name: module.ATTACK for module in MODULES}
STRIDE = 1_000_000
"""Cases of one seed; the next seed begins behind them."""


def read_options(words):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", choices=ATTACKS, default=list(ATTACKS))
    parser.add_argument("--replay", nargs=2, metavar=("KIND", "NUMBER"))
    return parser.parse_args(words)


def main(words=None):
    """Run the attacks asked for, print the table and every failure; give the exit code."""
    options = read_options(words)
    if options.replay:
        kind, number = options.replay
        chosen = {kind: [int(number)]}
    else:
        first = options.seed * STRIDE
        counts = {name: max(1, round(ATTACKS[name].cases * options.scale)) for name in options.only}
        chosen = {name: range(first, first + count) for name, count in counts.items()}
    failures = {name: try_cases(ATTACKS[name], numbers) for name, numbers in chosen.items()}
    print_table(chosen, failures)
    print_failures(failures)
    return int(any(failures.values()))


def try_cases(attack, numbers):
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="attack-", ignore_cleanup_errors=True) as folder:
        failures = attack.run(numbers, Path(folder).resolve())
    print(f"{attack.name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return failures


def print_table(chosen, failures):
    print(f"{'what':<10} {'tried':>6} {'failed':>6}  must hold")
    for name, numbers in chosen.items():
        print(f"{name:<10} {len(numbers):>6} {len(failures[name]):>6}  {ATTACKS[name].promise}")


def print_failures(failures):
    """Print failures by kind: how often, the shortest case, and how to see it again."""
    for name, found in failures.items():
        groups = defaultdict(list)
        for failure in found:
            groups[failure.kind].append(failure)
        for kind, same in sorted(groups.items(), key=lambda group: -len(group[1])):
            smallest = min(same, key=lambda failure: (len(failure.case), failure.number))
            print(f"\n{name}: {kind} ({len(same)} times)\n  {smallest.case}")
            print(f"  {smallest.seen}\n  again: --replay {name} {smallest.number}")


if __name__ == "__main__":
    sys.exit(main())
