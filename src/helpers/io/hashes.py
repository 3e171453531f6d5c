"""Fingerprints of files and texts: what a report was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from helpers.io.files import UnreadableError


def hash_file(path: Path) -> str:
    """Give the sha256 of a file's bytes, in hexadecimal.

    Parameters
    ----------
    path : Path
        A regular file, of any size.

    Returns
    -------
    str

    Raises
    ------
    UnreadableError
        When the system does not give it.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableError.from_error(path, error) from error


def hash_text(text: str) -> str:
    """Give the sha256 of a text, in hexadecimal; also of a path that is not UTF-8."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
