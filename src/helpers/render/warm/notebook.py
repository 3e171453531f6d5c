"""The fast route, in the forked process: run one notebook from its first cell to its last."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from helpers.render.warm.process import Surroundings, start_afresh

if TYPE_CHECKING:
    from nbformat import NotebookNode


def run_notebook(
    notebook: NotebookNode,
    options: Mapping[str, Any],
    surroundings: Surroundings,
    connection: Connection,
) -> None:
    """Run a notebook and report what came of it.

    Parameters
    ----------
    notebook : NotebookNode
        With its parameters in place.
    options : mapping
        Options of nbclient's client.
    surroundings : Surroundings
        What was asked of the process.
    connection : Connection
        Where to report to.
    """
    start_afresh(surroundings)
    import ipykernel_launcher  # type: ignore[import-untyped]

    from helpers.render.warm.memory_kernel import ARGUMENTS, execute_in_memory

    sys.argv[:] = [str(ipykernel_launcher.__file__), *ARGUMENTS]
    execute_in_memory(notebook, options, connection)
    atexit._run_exitfuncs()  # a forked process leaves without; the notebook may have asked for some
