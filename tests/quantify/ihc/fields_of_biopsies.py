"""Folders of photographs with their `fields.csv`, readings of fields, and where real ones lie.

Real photographs are not part of the project: the tests that read them skip where they are absent.
"""

from pathlib import Path

import pytest
from tests.quantify.ihc.photographs import encode, paint

from helpers.quantify.ihc.biopsies import Reading, combine_fields
from helpers.quantify.ihc.nuclei import lacks_extra
from helpers.quantify.ihc.settings import IhcSettings

SHARED = Path("/work/shared/data/ihc")


REAL_DAB = SHARED / "skimage_ihc_FHL2_colon.png"


REAL_HE = SHARED / "OS-1-detail_HE_negative_control.ome.tif"


needs_photographs = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real photographs are not here"
)


needs_extra = pytest.mark.skipif(lacks_extra(), reason="the extra images is not installed")


SETTINGS = IhcSettings()


HEADER = "file,biopsy,patient_id,month,marker,field,reader\n"


ROWS = [
    "a1.png,A,P01,0,CD163,1,camera",
    "a2.png,A,P01,0,CD163,2,camera",
    "b/b1.png,B,P01,6,CD163,1,camera",
    "c.png,C,P01,0,negative control,1,camera",
]


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else encode(content))
    return path


def make_folder(folder, rows, pictures):
    (folder / "fields.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
    for name, pixels in pictures.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write(folder / name, pixels)
    return folder / "fields.csv"


def field_of(stained, tissue=60):
    """Paint a field with so many columns of tissue, of which so many are stained."""
    return paint((tissue - stained, 0.3, 0.0), (stained, 0.2, 0.6))


def make_study(folder, rows=ROWS):
    pictures = {
        "a1.png": field_of(12),
        "a2.png": field_of(18),
        "b/b1.png": field_of(6),
        "c.png": field_of(0),
    }
    return make_folder(folder, rows, pictures)


def write_counts(folder, text):
    path = folder / "field_counts.csv"
    path.write_text(text)
    return path


def reading(amount, *, size=1.0, patient="P01", month=0.0, biopsy="A", field="1", **other):
    amounts = {"low": amount, "high": amount} | other
    return Reading(
        patient_id=patient,
        month=month,
        marker=amounts.pop("marker", "CD163"),
        reader=amounts.pop("reader", "R1"),
        biopsy=biopsy,
        field=field,
        size=size,
        amount=amount,
        unit="% positive area",
        file="f",
        sha256="0",
        **amounts,
    )


def band(least, value, most, **other):
    return combine_fields([reading(value, low=most, high=least, **other)])[0]
