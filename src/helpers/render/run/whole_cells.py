"""In a kernel: tell after each cell whether what ran is what the cell holds, and can be shown.

A cell may tell IPython to read later cells in another way, even as nothing at all; they run then,
are counted, and show no error. What a cell does to the kernel in ways of its own, such as another
``run_ast_nodes``, cannot be told apart: it is a program like any other.

A cell may also put something else in the place of the outputs. Where IPython cannot work with that,
it does not answer to the next cell, or to this one, and nobody would know why. A text with half a
character, which no file can hold, would be lost with all that is said after it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

SOURCE = "helpers.render.run.whole_cells"
"""Tells what we add to a kernel's answer from what others add."""

WATCH = f"__import__({SOURCE!r}, fromlist=['watch']).watch(get_ipython())"
"""The line of Python that begins it in a kernel, and leaves no name behind."""

CHANGED = "CellChanged"
FAULTS = {
    CHANGED: "IPython was told to run something else than the cell holds; take that out",
    "OutputsGone": "sys.stdout or sys.stderr can no longer be written to; put them back",
}
"""What is said of a cell, by the name of its fault."""


def watch(shell: Any) -> None:  # noqa: ANN401 - IPython's shell, which only kernels load
    """Add to the answer to each cell whether it was run as it stands and left its outputs there.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    session = shell.kernel.session
    session.pack = replace_halves(session.pack)
    usual, trees = TransformerManager(), list(shell.ast_transformers)
    outputs = sys.stdout, sys.stderr

    def tell(result: Any) -> None:  # noqa: ANN401
        ran, held = result.info.transformed_cell, usual.transform_cell(result.info.raw_cell)
        fault = "" if ran == held and shell.ast_transformers == trees else CHANGED
        if not _can_write():
            sys.stdout, sys.stderr = outputs  # for the answer itself
            fault = "OutputsGone"
        shell.payload_manager.write_payload({"source": SOURCE, "fault": fault})

    shell.events.register("post_run_cell", tell)


def replace_halves(pack: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    r"""Let what writes a message put a sign in the place of half a character.

    >>> pack = replace_halves(lambda message: message.encode())
    >>> pack("a\ud800b") == '"a\N{REPLACEMENT CHARACTER}b"'.encode()
    True
    """

    def pack_any(message: Any) -> bytes:  # noqa: ANN401
        try:
            return pack(message)
        except UnicodeEncodeError:
            text = json.dumps(message, default=str, ensure_ascii=False)
            return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text).encode()

    return pack_any


def _can_write() -> bool:
    """Do to the outputs what IPython does at every cell."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.write = stream.write  # type: ignore[method-assign]
            stream.flush()
    except Exception:  # noqa: BLE001 - whatever a notebook put there may raise anything
        return False
    return True


def find_fault(payload: Iterable[Mapping[str, Any]]) -> str:
    """Give the name of the fault that a kernel told of a cell; no answer is one too.

    >>> find_fault([{"source": SOURCE, "fault": ""}])
    ''
    >>> find_fault([])
    'CellChanged'
    """
    told = [str(part.get("fault")) for part in payload if part.get("source") == SOURCE]
    return told[0] if told else CHANGED
