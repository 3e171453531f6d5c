"""How often the intervals of counted cells hold the true value: ``python coverage_flow.py [RUNS]``.

For each number of cells and each true share, tubes are drawn at random with a fixed seed and the
share of intervals that hold the truth is printed, with its own error (two standard errors).
Counting is the only source of chance here, as in the intervals: the assay's own variation is in
neither.
"""

import sys
import time

import numpy as np

from helpers.quantify.flow.percents import Share, find_change, find_net, find_percent

RUNS = 2000
SEED = 20260601
CELLS = (5_000, 20_000, 60_000)
"""Parent events of one tube."""

SINGLE = (0.0005, 0.005, 0.05, 0.4)
NETS = ((0.0010, 0.0002), (0.005, 0.0005), (0.02, 0.002), (0.002, 0.002))
"""True shares of stimulated and unstimulated cells."""

CHANGES = (
    ((0.0010, 0.0002), (0.0030, 0.0002)),
    ((0.005, 0.0005), (0.005, 0.0005)),
    ((0.02, 0.002), (0.01, 0.003)),
)
"""True shares before and after, stimulated and unstimulated."""


def draw(draws, cells, share):
    return Share(int(draws.binomial(cells, share)), cells)


def find_coverage(make, truth, runs):
    """Give the share of intervals that hold the truth, and their mean width."""
    made = [make() for _ in range(runs)]
    held = np.mean([one.lower <= truth <= one.upper for one in made])
    return held, np.mean([one.upper - one.lower for one in made])


def list_cases(draws):
    for cells in CELLS:
        for share in SINGLE:
            yield (
                f"percent  {100 * share:g} %",
                cells,
                100 * share,
                lambda n=cells, p=share: find_percent(draw(draws, n, p)),
            )
        for pair in NETS:
            yield (
                f"net      {100 * pair[0]:g} - {100 * pair[1]:g} %",
                cells,
                100 * (pair[0] - pair[1]),
                lambda n=cells, p=pair: find_net(*(draw(draws, n, one) for one in p)),
            )
        for before, after in CHANGES:
            truth = 100 * ((after[0] - after[1]) - (before[0] - before[1]))
            words = " to ".join(f"({100 * a:g} - {100 * b:g})" for a, b in (before, after))
            yield (
                f"change   {words} %",
                cells,
                truth,
                lambda n=cells, b=before, a=after: find_change(
                    tuple(draw(draws, n, one) for one in b), tuple(draw(draws, n, one) for one in a)
                ),
            )


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    draws = np.random.default_rng(SEED)
    start = time.perf_counter()
    print(f"{runs} runs of each line, seed {SEED}; 95 % asked for")
    print(f"{'what, true shares':<45}{'cells':>8}{'truth':>9}{'held %':>9}{'+-':>5}{'width':>9}")
    for what, cells, truth, make in list_cases(draws):
        held, width = find_coverage(make, truth, runs)
        error = 200 * np.sqrt(held * (1 - held) / runs)
        print(f"{what:<45}{cells:>8}{truth:>9.3f}{100 * held:>9.1f}{error:>5.1f}{width:>9.4f}")
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
