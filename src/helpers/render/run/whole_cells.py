"""In a kernel: tell after each cell whether what ran is what the cell holds.

A cell may tell IPython to read later cells in another way, even as nothing at all; they run then,
are counted, and show no error. What a cell does to the kernel in ways of its own, such as another
``run_ast_nodes``, cannot be told apart: it is a program like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SOURCE = "helpers.render.run.whole_cells"
"""Tells what we add to a kernel's answer from what others add."""

WATCH = f"__import__({SOURCE!r}, fromlist=['watch']).watch(get_ipython())"
"""The line of Python that begins it in a kernel, and leaves no name behind."""


def watch(shell: Any) -> None:  # noqa: ANN401 - IPython's shell, which only kernels load
    """Add to the answer to each cell whether it was run as it stands.

    Parameters
    ----------
    shell : InteractiveShell
        The kernel's.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    usual, trees = TransformerManager(), list(shell.ast_transformers)

    def tell(result: Any) -> None:  # noqa: ANN401
        ran, held = result.info.transformed_cell, usual.transform_cell(result.info.raw_cell)
        is_whole = ran == held and shell.ast_transformers == trees
        shell.payload_manager.write_payload({"source": SOURCE, "is_whole": is_whole})

    shell.events.register("post_run_cell", tell)


def is_told_whole(payload: Iterable[Mapping[str, object]]) -> bool:
    """Tell whether a kernel answered that a cell was run as it stands; no answer is none.

    >>> is_told_whole([{"source": SOURCE, "is_whole": True}])
    True
    >>> is_told_whole([])
    False
    """
    return any(part.get("source") == SOURCE and part.get("is_whole") for part in payload)
