"""The warm route, in the forked process: become an ordinary IPython kernel."""

# mypy: allow-untyped-calls

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence

from helpers.render.warm.process import Surroundings, start_afresh


def run_kernel(arguments: Sequence[str], surroundings: Surroundings) -> None:
    """Run a kernel until it is told to stop, as ``python -m ipykernel_launcher`` would.

    Parameters
    ----------
    arguments : sequence of str
        Words after the program's name.
    surroundings : Surroundings
        What was asked of the process.
    """
    start_afresh(surroundings)
    import ipykernel_launcher  # type: ignore[import-untyped]
    from ipykernel.kernelapp import IPKernelApp

    sys.argv[:] = [str(ipykernel_launcher.__file__), *arguments]
    # The parent's number was read when the class was made, in the server, where there was none.
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
    atexit._run_exitfuncs()  # a forked process leaves without; a notebook may have asked for some
