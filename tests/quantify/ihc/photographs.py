"""Photographs made by code, whose stained area is known, and the same broken by a seeded hand.

Run as a program, with SEED COUNT FOLDER, it reads COUNT broken ones and prints what came of each
and how much memory it took.
"""

import json
import random
import resource
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from helpers.contracts import StudyDataError
from helpers.quantify.ihc.area import count_area
from helpers.quantify.ihc.images import read_image
from helpers.quantify.ihc.settings import IhcSettings

DAB = np.array([0.268, 0.570, 0.776])
HAEMATOXYLIN = np.array([0.650, 0.704, 0.286])


def paint(*parts, width=100, height=100):
    """Make a photograph of columns: (number of columns, density of haematoxylin, density of DAB).

    What is left of the width is glass.
    """
    density = np.zeros((height, width, 3))
    first = 0
    for columns, blue, brown in parts:
        dyes = [vector / np.linalg.norm(vector) for vector in (HAEMATOXYLIN, DAB)]
        density[:, first : first + columns] = blue * dyes[0] + brown * dyes[1]
        first += columns
    return np.rint(255 * 10**-density).astype(np.uint8)


def encode(pixels, kind="PNG", **options):
    buffer = BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def claim_size(png, width, height):
    """Give a PNG that says it is larger than it is, with a check sum that fits."""
    header = png[12:16] + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


def list_sources():
    pixels = paint((40, 0.3, 0.0), (20, 0.2, 0.5), width=80, height=60)
    picture = Image.fromarray(pixels)
    return [
        encode(pixels),
        encode(pixels, "JPEG"),
        encode(pixels, "TIFF"),
        encode(pixels, "TIFF", compression="tiff_lzw"),
        encode(pixels, "TIFF", compression="jpeg"),
        encode(picture.convert("CMYK"), "TIFF"),
        encode(picture.convert("L")),
        encode(picture.convert("P")),
        encode(pixels, "TIFF", save_all=True, append_images=[picture]),
    ]


def mutate(data, rng):
    """Break a file in one of seven ways."""
    broken = bytearray(data)
    kind = rng.randrange(7)
    if kind == 0:
        return bytes(broken[: rng.randrange(len(broken))])
    if kind == 1:
        for _ in range(rng.randint(1, 20)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
    elif kind == 2:
        for _ in range(rng.randint(1, 6)):
            broken[rng.randrange(min(120, len(broken)))] = rng.choice((0, 1, 127, 128, 255))
    elif kind == 3:
        place = rng.randrange(len(broken))
        broken[place:place] = rng.randbytes(rng.randint(1, 200))
    elif kind == 4:
        place = rng.randrange(len(broken))
        del broken[place : place + rng.randint(1, 200)]
    elif kind == 5:
        return claim_size(data, rng.choice((60_000, 2**31 - 1)), rng.choice((1, 60_000)))
    else:
        return rng.randbytes(rng.randint(0, 400))
    return bytes(broken)


def read_broken(seed, count, folder):
    """Read broken photographs: for each, the fault or the number of points of tissue."""
    rng, sources = random.Random(seed), list_sources()
    outcomes = []
    for number in range(count):
        name = f"broken_{number}.png"
        path = Path(folder) / name
        path.write_bytes(mutate(rng.choice(sources), rng))
        try:
            outcomes.append(count_area(read_image(path, file=name), IhcSettings()).counted)
        except StudyDataError as error:
            outcomes.append([[fault.file, fault.found, fault.mend] for fault in error.faults])
        path.unlink()
    return outcomes


if __name__ == "__main__":
    found = read_broken(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"outcomes": found, "peak": peak}))
