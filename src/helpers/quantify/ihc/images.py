"""Read one photograph of a stained section, or say why it is not one."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from helpers.contracts import Fault, StudyDataError
from helpers.io.bounds import LARGEST_IMAGE, MOST_PIXELS
from helpers.io.files import UnreadableError, read_bytes
from helpers.quantify.ihc.stains import Pixels

FORMATS = ("PNG", "JPEG", "TIFF")
ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
EXTRA = ("tifffile", "imagecodecs")
"""What reads OME-TIFF; part of the extra `images`."""

_SAVE = "save the photograph as it left the microscope again, as PNG or TIFF with 8-bit RGB"
_COPY = "copy the file again from the microscope"
_TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_DESCRIPTION, _BITS = 270, 258
"""Tags of a TIFF."""

_MODES = {
    "1": "black and white",
    "L": "grey",
    "LA": "grey",
    "P": "a palette of at most 256 colours",
    "PA": "a palette of at most 256 colours",
    "CMYK": "the four inks of a printer (CMYK)",
    "YCbCr": "YCbCr",
    "LAB": "L*a*b*",
    "I": "grey, 32 bits",
    "F": "grey, decimal numbers",
    "I;16": "grey, 16 bits",
    "I;16B": "grey, 16 bits",
}


def read_image(path: Path, *, file: str) -> Pixels:
    """Read a photograph: what it is stands in its bytes, not in its name.

    Parameters
    ----------
    path : Path
        PNG, JPEG or TIFF of one picture in 8-bit RGB; OME-TIFF and what else Pillow does not know
        of TIFF with the extra `images`.
    file : str
        How messages name the file.

    Returns
    -------
    array of uint8, shape (height, width, 3)
        Red, green, blue. A profile of colours or a turn noted by the camera is not applied.

    Raises
    ------
    StudyDataError
        With one fault: no such file, too large, no picture, cut off, not RGB, or the extra is
        absent.
    """
    data = _read_bytes(path, file)
    if needs_extra(data):
        require_extra(file)
        return _read_tiff(data, file)
    with _tell(file), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        _require_size(picture.size, file)
        _require_rgb(picture, file)
        picture.load()
        return _take_colours(picture, file)


def find_header_fault(path: Path, *, file: str) -> Fault | None:
    """Say what is wrong with a photograph that its first bytes tell, before any is read in full.

    Parameters
    ----------
    path : Path
    file : str
        How the fault names the file.

    Returns
    -------
    Fault or None
        None may still be a picture that is cut off further on.
    """
    try:
        data = _read_bytes(path, file)
        if needs_extra(data):
            require_extra(file)
            return None
        with _tell(file), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _require_size(picture.size, file)
            _require_rgb(picture, file)
    except StudyDataError as error:
        return error.faults[0]
    return None


def needs_extra(data: bytes) -> bool:
    """Tell whether a file is an OME-TIFF, or a TIFF packed as JPEG, that Pillow does not read.

    >>> needs_extra(b"no picture at all")
    False
    """
    if data[:4] not in _TIFF_MARKS:
        return False
    try:
        with _quietly(), Image.open(io.BytesIO(data), formats=("TIFF",)) as picture:
            tags = getattr(picture, "tag_v2", {})
            if "<OME" not in str(tags.get(_DESCRIPTION, "")) and not _is_jpeg(picture):
                return False
            return picture.width * picture.height <= MOST_PIXELS and not _loads(picture)
    except Exception:  # noqa: BLE001 - Pillow raises many kinds; the reader says what is wrong
        return False


def _is_jpeg(picture: Image.Image) -> bool:
    return picture.info.get("compression") == "jpeg"


def _loads(picture: Image.Image) -> bool:
    try:
        picture.load()
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def require_extra(file: str) -> None:
    """Refuse a file that only the extra `images` reads, where that is absent.

    Raises
    ------
    StudyDataError
        With what to install.
    """
    absent = [name for name in EXTRA if find_spec(name) is None]
    if absent:
        found = "an OME-TIFF or a TIFF packed as JPEG, with " + " and ".join(absent) + " absent"
        mend = "install the extra: pip install '.[images]', or save the photograph as PNG"
        raise _one(file, found, "a picture that the installed packages read", mend)


def _read_bytes(path: Path, file: str) -> bytes:
    try:
        data = read_bytes(path, at_most=LARGEST_IMAGE)
    except UnreadableError as error:
        raise _one(file, error.found, error.expected, error.mend) from None
    if not data:
        raise _one(file, "an empty file", "a photograph", _COPY)
    return data


@contextmanager
def _quietly() -> Iterator[None]:
    """Drop the warnings of a decoder: what it cannot read it raises, sizes are judged by us."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _tell(file: str) -> Iterator[None]:
    """Turn whatever a decoder raises into a fault of the file."""
    try:
        with _quietly():
            yield
    except StudyDataError:
        raise
    except UnidentifiedImageError:
        expected = "a photograph as PNG, JPEG or TIFF"
        raise _one(file, "no picture of a known kind", expected, _SAVE) from None
    except Image.DecompressionBombError:
        raise _too_large("far too many points", file) from None
    except Exception as error:  # noqa: BLE001 - decoders raise many kinds for a broken file
        found = f"a picture that is cut off or broken ({error or type(error).__name__})"
        raise _one(file, found, "a whole picture", _COPY) from None


def _require_size(size: tuple[int, int], file: str) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(f"{width} x {height} points", file)


def _too_large(found: str, file: str) -> StudyDataError:
    expected = f"a field of at most {MOST_PIXELS / 1e6:.0f} million points"
    return _one(file, found, expected, "cut the field out of the scan, and save it by itself")


def _require_rgb(picture: Image.Image, file: str) -> None:
    pages = getattr(picture, "n_frames", 1)
    if pages > 1 and picture.format == "TIFF":
        raise _one(file, f"{pages} pages", "one picture in a file", "save each field by itself")
    if picture.mode not in ("RGB", "RGBA"):
        found = f"a picture in {_MODES.get(picture.mode, picture.mode)}"
        raise _one(file, found, "8-bit RGB: the colours tell the stain", _SAVE)
    if _is_deep(picture):
        raise _one(file, "more than 8 bits a colour", "8 bits a colour", _SAVE)


def _is_deep(picture: Image.Image) -> bool:
    tiles = getattr(picture, "tile", [])
    raw = str(tiles[0].args) if tiles else ""
    bits = getattr(picture, "tag_v2", {}).get(_BITS, (8,))
    return "16" in raw or max(bits) > 8


def _take_colours(picture: Image.Image, file: str) -> Pixels:
    pixels = np.asarray(picture)
    if pixels.shape[2] == 4:
        if pixels[..., 3].min() < 255:
            mend = f"flatten it onto white, or {_SAVE}"
            raise _one(file, "a picture with transparent points", "8-bit RGB", mend)
        pixels = np.ascontiguousarray(pixels[..., :3])
    return pixels


def _read_tiff(data: bytes, file: str) -> Pixels:
    """Read the first page of a TIFF; its XML may name other files, and is not followed."""
    from tifffile import TiffFile

    with _tell(file), TiffFile(io.BytesIO(data), is_ome=False) as tiff:
        page = tiff.pages.first
        _require_size((page.imagewidth, page.imagelength), file)
        if page.tilewidth * page.tilelength > MOST_PIXELS:
            raise _too_large(f"tiles of {page.tilewidth} x {page.tilelength} points", file)
        _require_plain_page(page.samplesperpixel, page.bitspersample, page.imagedepth, file)
        same = sum(other.shape == page.shape for other in tiff.pages)
        if same > 1:
            found, mend = f"{same} pages of one size", "save each field by itself"
            raise _one(file, found, "one picture in a file", mend)
        return _arrange(page.asarray(), file)


def _require_plain_page(samples: int, bits: int, depth: int, file: str) -> None:
    if samples != 3 or bits != 8 or depth != 1:
        found = f"{samples} colour{'s' * (samples != 1)} of {bits} bits"
        raise _one(file, found, "8-bit RGB: the colours tell the stain", _SAVE)


def _arrange(pixels: Pixels, file: str) -> Pixels:
    if pixels.ndim == 3 and pixels.shape[0] == 3 and pixels.shape[2] != 3:
        pixels = np.moveaxis(pixels, 0, -1)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise _one(file, f"a picture of shape {pixels.shape}", "8-bit RGB", _SAVE)
    return np.ascontiguousarray(pixels)


def _one(file: str, found: str, expected: str, mend: str) -> StudyDataError:
    return StudyDataError(file, [Fault(file, found, expected, mend)])
