"""Time the reading of photographs, and how often the interval between fields holds the truth.

Run with ``python benchmarks/instruments_ihc.py``. It prints the time of four photographs of 2
megapixels from file to measurement, the memory of the process, and a table of coverage by
simulation: a piece of tissue with a known stained share, of which so many fields are photographed.
"""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.quantify.ihc import measure
from helpers.quantify.ihc.biopsies import Reading, combine_fields
from helpers.quantify.ihc.nuclei import lacks_extra
from helpers.quantify.ihc.settings import IhcSettings

HEIGHT, WIDTH = 1224, 1632  # 2 megapixels
ROUNDS = 4000
HEADER = "file,biopsy,patient_id,month,marker,field,reader\n"


def make_photograph(rng):
    """Paint blurred spots of two dyes on glass, with the noise of a camera."""
    coarse = rng.random((3, HEIGHT // 24 + 1, WIDTH // 24 + 1))
    spots = np.kron(coarse, np.ones((24, 24)))[:, :HEIGHT, :WIDTH, None]
    density = spots[0] * [0.26, 0.28, 0.11] + (spots[1] > 0.7) * spots[2] * [0.13, 0.28, 0.39]
    noise = rng.normal(0, 3, (HEIGHT, WIDTH, 3))
    return np.clip(255 * 10**-density + noise, 0, 255).astype(np.uint8)


def time_photographs(kind, settings):
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        for number in range(4):
            name = f"{number}.{kind.lower()}"
            Image.fromarray(make_photograph(rng)).save(Path(folder) / name, kind)
            rows.append(f"{name},A,P01,0,CD163,{number},camera\n")
        table = Path(folder) / "fields.csv"
        table.write_text(HEADER + "".join(rows))
        start = time.perf_counter()
        measure(table, settings)
        return time.perf_counter() - start


def simulate(n_fields, share, spread, sizes, rng):
    """Give how often the interval of a biopsy holds the share of its tissue.

    A field's share is drawn from a beta distribution of the given mean and SD; its tissue fills
    all of it, or an evenly drawn part between a fifth and all.
    """
    total = share * (1 - share) / spread**2 - 1
    held = given = 0
    for _ in range(ROUNDS):
        shares = rng.beta(share * total, (1 - share) * total, n_fields)
        tissue = np.ones(n_fields) if sizes == "whole" else rng.uniform(0.2, 1, n_fields)
        fields = [
            Reading(
                patient_id="P",
                month=0,
                marker="M",
                reader="R",
                biopsy="A",
                field=str(i),
                size=size,
                amount=size * part,
                low=size * part,
                high=size * part,
                unit="% positive area",
                file="",
                sha256="",
            )
            for i, (size, part) in enumerate(zip(tissue, shares, strict=True))
        ]
        (amount,) = combine_fields(fields)
        if amount.lower is not None:
            given += 1
            held += amount.lower <= 100 * share <= amount.upper
    return held / given


def main():
    print("four photographs of 2 megapixels, from file to measurement:")
    for kind in ("PNG", "JPEG", "TIFF"):
        print(f"  {kind:5} area    {time_photographs(kind, IhcSettings()):6.2f} s")
    measured = IhcSettings(background="measured")
    print(f"  PNG   area, glass measured {time_photographs('PNG', measured):6.2f} s")
    if lacks_extra():
        print("  nuclei: the extra images is not installed")
    else:
        nuclei = IhcSettings(measures="nuclei", um_per_pixel=0.5)
        print(f"  PNG   nuclei  {time_photographs('PNG', nuclei):6.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MB\n")
    print(f"coverage of the 95 % interval between fields, {ROUNDS} biopsies each:")
    print("  share   SD between fields   fields   whole fields   tissue fills a fifth to all")
    rng = np.random.default_rng(20261128)
    for share, spread in ((0.30, 0.08), (0.10, 0.04), (0.03, 0.03)):
        for n_fields in (3, 5, 10, 20):
            whole, part = (
                simulate(n_fields, share, spread, sizes, rng) for sizes in ("whole", "part")
            )
            print(
                f"  {100 * share:4.0f} %  {100 * spread:10.0f} points  {n_fields:10}"
                f"  {100 * whole:11.1f} %  {100 * part:18.1f} %"
            )


if __name__ == "__main__":
    main()
