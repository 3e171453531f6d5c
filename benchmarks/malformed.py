"""Spoil instruments' files and see what is said: ``python benchmarks/malformed.py elisa``.

Each case takes a good file, changes one thing, and reads it as a study's. Well: either it is read,
or every fault names its file, what was found and how to mend it. Not well: any other error, more
than 1 GB, or a change that must be seen and was not. ``--cases`` says how many, ``--seed`` which,
``--replay 4711`` does one again. The exit code is 1 if a case was not well.
"""

import argparse
import importlib
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1])]

INSTRUMENTS = ("elisa",)
MOST_MEMORY = 2**30


def run_case(module, number, folder):
    """Give what became of one case: ``read``, ``refused``, or what went wrong."""
    case = module.spoil(number, folder)
    try:
        faults = module.read(case)
    except MemoryError:
        return case, "wrong: more than 1 GB"
    except Exception:  # noqa: BLE001 - this is what is looked for
        return case, f"wrong: {traceback.format_exc(limit=-3)}"
    if not faults:
        return case, "wrong: a change that must be seen was read" if case.must_be_seen else "read"
    bare = [fault for fault in faults if not (fault.file and fault.found and fault.mend)]
    return case, f"wrong: a fault that does not say enough, {bare[0]}" if bare else "refused"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("instrument", choices=INSTRUMENTS)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", type=int)
    options = parser.parse_args()
    module = importlib.import_module(f"instruments.{options.instrument}_spoilt")
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    numbers = range(options.seed * 1_000_000, options.seed * 1_000_000 + options.cases)
    counts, wrong, start = Counter(), 0, time.perf_counter()
    for number in numbers if options.replay is None else [options.replay]:
        with tempfile.TemporaryDirectory() as folder:
            case, became = run_case(module, number, Path(folder))
        counts[case.way, became.partition(":")[0]] += 1
        if became.startswith("wrong") or options.replay is not None:
            wrong += became.startswith("wrong")
            print(f"case {number}, {case.way} in {case.base}: {became}")
    for way in sorted({way for way, _ in counts}):
        said = ", ".join(
            f"{counts[way, what]} {what}"
            for what in ("read", "refused", "wrong")
            if counts[way, what]
        )
        print(f"{way:32} {said}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{sum(counts.values())} cases, {wrong} wrong, {time.perf_counter() - start:.0f} s, "
          f"at most {memory:.0f} MB, seed {options.seed}")  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
