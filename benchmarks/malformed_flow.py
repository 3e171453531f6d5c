"""Damage cytometers' files and read them: ``python malformed_flow.py [FILES] [SEED]``.

Every damaged file must be read, or be refused by faults that name its place; anything else that is
raised is printed as a failure. Real files beside the checkout are damaged too where they are there.
Prints how many were read and refused, the largest memory and the slowest file; ends with 1 on a
failure, or when the memory passes a gigabyte.
"""

import collections
import random
import resource
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.quantify.flow import made_files as make  # noqa: E402

from helpers.contracts import StudyDataError  # noqa: E402
from helpers.quantify.flow.membership import find_members  # noqa: E402
from helpers.quantify.flow.read.fcs import read_fcs  # noqa: E402
from helpers.quantify.flow.read.gate_counts import read_gate_counts  # noqa: E402
from helpers.quantify.flow.read.gating_ml import read_gating_ml  # noqa: E402
from helpers.quantify.flow.read.workspace import read_workspace  # noqa: E402

FILES, SEED = 600, 7
GIGABYTE = 2**20  # in the kilobytes that the system tells
LARGEST_REAL = 2**20


def read_workspace_and_gates(path, events):
    for one in read_workspace(path).samples:
        find_members(events, one.tree)


def list_sound(folder):
    """Give the name, content and reader of every sound file."""
    fcs = make.write_fcs(folder / "sound.fcs", make.make_events(300))
    events = read_fcs(fcs)
    sample = make.sample("a.fcs", [make.make_t_cells()], make.SCALES, make.MATRIX)
    yield "made.fcs", fcs.read_bytes(), read_fcs
    text = make.workspace(sample).encode()
    yield "made.wsp", text, lambda path: read_workspace_and_gates(path, events)
    yield "made.csv", b"file,gate,count\na,L,100\na,L/M,50\n", read_gate_counts
    shared = [ROOT.parent / "shared", ROOT.parent.parent / "shared"]
    real = next((one / "data" / "flow" for one in shared if one.is_dir()), None)
    if real is None:
        return
    for path in sorted(real.rglob("*")):
        if path.suffix == ".fcs" and path.stat().st_size < LARGEST_REAL:
            yield path.name, path.read_bytes(), read_fcs
        elif path.suffix == ".wsp":
            yield path.name, path.read_bytes(), read_workspace
        elif path.suffix == ".xml" and path.parent.name == "gml":
            yield path.name, path.read_bytes(), read_gating_ml


def try_one(read, path):
    """Give what became of a file: read, refused, or what went wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(path)
    except StudyDataError as error:
        sound = all(one.file and one.found and one.expected and one.mend for one in error.faults)
        return ("refused" if sound else "a fault without a place"), error.faults[0].found
    except Exception:  # noqa: BLE001 - what must not happen is what is looked for
        return "failed", traceback.format_exc()
    return "read", ""


def main():
    files = int(sys.argv[1]) if len(sys.argv) > 1 else FILES
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    draws = random.Random(seed)
    tally, slowest, failed = collections.Counter(), (0.0, ""), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = collections.defaultdict(list)
        for one in list_sound(folder):
            kinds[Path(one[0]).suffix].append(one)
        for number in range(files):
            original, content, read = draws.choice(kinds[sorted(kinds)[number % len(kinds)]])
            path = folder / f"damaged{Path(original).suffix}"
            path.write_bytes(make.damage(content, draws))
            start = time.perf_counter()
            outcome, words = try_one(read, path)
            slowest = max(slowest, (time.perf_counter() - start, original))
            tally[path.suffix, outcome] += 1
            if outcome not in {"read", "refused"}:
                failed.append(f"{number} {original}: {words}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for (kind, outcome), count in sorted(tally.items()):
        print(f"{kind:<6}{outcome:<26}{count:>6}")
    print(
        f"{files} files, seed {seed}; largest memory {memory / 1024:.0f} MB; "
        f"slowest {slowest[0]:.2f} s ({slowest[1]})"
    )
    print("\n".join(failed[:10]))
    return 1 if failed or memory > GIGABYTE else 0


if __name__ == "__main__":
    sys.exit(main())
