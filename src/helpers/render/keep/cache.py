"""What earlier runs left: texts kept under a key, each trusted only after its seal was checked.

The drawers lie in the project's ``.cache`` folder, and any of them may be deleted at any time:
``chapters`` holds executed notebooks, ``checks`` the studies without a fault, ``reports`` what was
last published where, ``settings`` what a study.yml came out as, ``imports`` which of our modules
imports what. The seal of a text binds it to its drawer and key, so that a file which was
copied or renamed is no other result.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

from helpers.io.hashes import hash_text

Drawer = Literal["chapters", "checks", "reports", "settings", "imports"]

SECONDS_KEPT = 60 * 24 * 60 * 60
"""A text that nobody asked for in two months is thrown away."""


@dataclass(frozen=True)
class Stored:
    """One text with the sha256 of it."""

    text: str
    digest: str


@dataclass(frozen=True)
class Cache:
    """Texts that were worth keeping.

    Attributes
    ----------
    folder : Path
        Need not exist, and is made when the first text is kept.
    """

    folder: Path

    def load(self, drawer: Drawer, key: str) -> Stored | None:
        """Give a text back.

        Parameters
        ----------
        drawer : {"chapters", "checks", "reports", "settings", "imports"}
            Where it was kept.
        key : str
            What it was kept under.

        Returns
        -------
        Stored or None
            None when it was never kept, or is not what was kept here: cut short, edited,
            unreadable, or brought from another key.
        """
        path = self.folder / drawer / key
        try:
            seal, _, text = path.read_bytes().decode("utf-8").partition("\n")
        except (OSError, UnicodeDecodeError):
            return None
        digest = hash_text(text)
        if seal != _seal(drawer, key, digest):
            return None
        with suppress(OSError):
            os.utime(path)
        return Stored(text, digest)

    def save(self, drawer: Drawer, key: str, text: str) -> None:
        """Keep a text, whole or not at all, in place of what was there.

        A folder that cannot be written to costs time in the next run, but not this report.

        Parameters
        ----------
        drawer : {"chapters", "checks", "reports", "settings", "imports"}
            Where to keep it.
        key : str
            What to keep it under.
        text : str
            What to keep.
        """
        with suppress(OSError), _whole_file(self.folder / drawer / key) as path:
            path.write_bytes(f"{_seal(drawer, key, hash_text(text))}\n{text}".encode())

    def drop_unused(self) -> None:
        """Throw away what no run has asked for in a long time, and what killed runs left half."""
        oldest = time.time() - SECONDS_KEPT
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                if path.is_file() and path.stat().st_mtime < oldest:
                    path.unlink()


def open_cache(root: Path) -> Cache:
    """Give the cache of a project; its folder is made when it is first needed."""
    return Cache(root / ".cache")


def _seal(drawer: Drawer, key: str, digest: str) -> str:
    return hash_text(f"{drawer}/{key}/{digest}")


@contextmanager
def _whole_file(target: Path) -> Iterator[Path]:
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.parent / f".{target.name}.{uuid4().hex[:8]}"
    try:
        yield half
        os.replace(half, target)
    finally:
        half.unlink(missing_ok=True)
