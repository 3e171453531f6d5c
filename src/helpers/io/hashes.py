"""Fingerprints of files and texts: what a report was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path


def hash_file(path: Path) -> str:
    """Give the sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_text(text: str) -> str:
    """Give the sha256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
