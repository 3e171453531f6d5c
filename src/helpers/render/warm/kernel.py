"""In the forked process: become an ordinary IPython kernel."""

# mypy: allow-untyped-calls

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers.render.warm.process import Surroundings, start_afresh

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp


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
    _end_control_thread(IPKernelApp.instance())
    atexit._run_exitfuncs()  # a forked process leaves without; a notebook may have asked for some


def _end_control_thread(app: IPKernelApp) -> None:
    """Let the thread that took the request to end finish its answer.

    The application's own closing, which comes with what was registered for the end, first stops
    the thread that sends outputs and then waits for this one, which may be waiting for outputs to
    be sent.
    """
    app.control_thread.stop()
    app.control_thread.join()
