"""Write the golden results anew: ``python -m tests.golden``, or of the studies that are named."""

import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.golden.results import write_golden
from tests.golden.run import FOLDER, find_stems, list_pairs, run_pair
from tests.golden.variants import TRIALS


def write_trial(name: str, *, folder: Path) -> str:
    """Write a study's golden results, and tell how many chapters it has."""
    pairs = [(trial, chapter) for trial, chapter in list_pairs() if trial.name == name]
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    told = []
    for trial, chapter in pairs:
        golden = run_pair(trial, chapter, folder)
        write_golden(golden, *find_stems(trial, chapter))
        error = golden.said.get("error", "")
        told += [f"{chapter.name} fails: {error}"] if error else []
    return "\n  ".join([f"{name}: {len(pairs)} chapters", *told])


def main(names: list[str]) -> None:
    """Write the golden results of the studies named, of all where none is."""
    known = [trial.name for trial in TRIALS]
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise SystemExit(f"no study {', '.join(unknown)}; there are {', '.join(known)}")
    shipped = [trial.name for trial in TRIALS if trial.is_shipped]
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor() as pool:
        write = partial(write_trial, folder=Path(folder))
        for part in (shipped, [name for name in known if name not in shipped]):  # bases first
            for told in pool.map(write, [name for name in part if name in names or not names]):
                print(told)


if __name__ == "__main__":
    main(sys.argv[1:])
