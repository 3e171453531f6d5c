"""What a kernel says outside of cells: kept from the console, and asked why it did not start.

IPython and its libraries write to standard error what belongs to no cell, such as the traceback of
an output that cannot be sent. Among the lines of a run it tells a person nothing: a cell that fails
is told by its chapter. Where a kernel does not start, its last line is the best there is.
"""

# mypy: allow-untyped-calls, allow-subclassing-any

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

TAIL = 4096
"""Bytes at the end that are read of what a kernel said."""

LONGEST = 200
"""Characters of its last line that are told."""


class QuietKernelManager(AsyncKernelManager):
    """jupyter_client's own manager, of kernels that say nothing on the console."""

    async def start_kernel(self, **settings: Any) -> None:  # type: ignore[override]  # noqa: ANN401
        """Start a kernel, as the base class does by the same words.

        Parameters
        ----------
        **settings
            Of its process.
        """
        with name_words(self.connection_file).open("ab") as words:
            await super().start_kernel(**{"stdout": words, "stderr": words, **settings})


def name_words(connection_file: str) -> Path:
    """Name the file that has what a kernel says: beside its connection file, if that has a name.

    >>> name_words("/tmp/k/1234.json").name
    '1234.said'
    """
    return Path(connection_file).with_suffix(".said") if connection_file else Path(os.devnull)


def read_last_words(connection_file: str) -> str:
    """Give the last line that a kernel said outside of cells.

    Parameters
    ----------
    connection_file : str
        The kernel's.

    Returns
    -------
    str
        Empty when it said nothing.
    """
    try:
        with name_words(connection_file).open("rb") as words:
            words.seek(max(0, os.fstat(words.fileno()).st_size - TAIL))
            lines = words.read().decode(errors="replace").split("\n")
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return said[-1][:LONGEST] if said else ""
