"""The papermill engines ``warm`` and ``fast``."""

# mypy: allow-untyped-calls, allow-subclassing-any

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.log import logger

from helpers.render.warm.follow import Child, Limits, follow_notebook, start_notebook
from helpers.render.warm.manager import WarmKernelManager
from helpers.render.warm.process import Surroundings
from helpers.render.warm.server import find_obstacle, read_module_path, start_server

PAPERMILL_OPTIONS = frozenset(
    {
        *("input_path", "log_output", "stdout_file", "stderr_file"),
        *("start_timeout", "execution_timeout", "timeout", "startup_timeout"),
    }
)
"""Options that papermill's engine keeps from nbclient, or gives another name."""

END_SECONDS = 5.0
"""What jupyter_client gives a kernel that is asked to end."""

NOT_IN_ONE_PROCESS = (
    "log_output",
    "stdout_file",
    "stderr_file",
    "interrupt_on_timeout",
    "timeout_func",
    "km",
    "kernel_manager_class",
)
"""Options that need the client here: to log while a cell runs, to interrupt one."""


class WarmEngine(NBClientEngine):
    """papermill's ordinary engine, with kernels forked from the server."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: object
    ) -> NotebookNode:
        """Execute a notebook.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            papermill's account of the run.
        kernel_name : str
            The kernel asked for.
        **kwargs
            papermill's options, and those of nbclient's client.
        """
        kwargs.setdefault("kernel_manager_class", WarmKernelManager)
        executed: NotebookNode = super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        return executed


class FastEngine(WarmEngine):
    """Execute a notebook whole in one forked process; as ``warm`` does where that cannot be.

    A cell that runs out of time shows nothing of what it had put out by then.
    """

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: object
    ) -> NotebookNode:
        """Execute a notebook.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            papermill's account of the run.
        kernel_name : str
            The kernel asked for.
        **kwargs
            papermill's options, and those of nbclient's client.
        """
        start_server("fast")
        child = _start_or_explain(nb_man.nb, kernel_name, kwargs)
        if isinstance(child, str):
            logger.warning("Not run in one process: %s", child)
            return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        patience = 0.0
        try:
            follow_notebook(child, nb_man, _read_limits(kwargs))
            patience = 0.0 if kwargs.get("shutdown_kernel") == "immediate" else END_SECONDS
        finally:
            child.end(patience)
        executed: NotebookNode = nb_man.nb
        return executed


def _start_or_explain(
    notebook: NotebookNode, kernel_name: str, given: Mapping[str, Any]
) -> Child | str:
    """Start a notebook's process, or say why that cannot be."""
    environment = {**os.environ, "JPY_PARENT_PID": str(os.getpid())}
    options = {name: value for name, value in given.items() if name not in PAPERMILL_OPTIONS}
    obstacle = (
        _find_option_obstacle(given, options)
        or _find_kernel_obstacle(kernel_name)
        or find_obstacle(_read_command(kernel_name), environment, os.getcwd(), ())
    )
    if obstacle:
        return obstacle
    surroundings = Surroundings(environment, os.getcwd(), read_module_path())
    try:
        return start_notebook(notebook, options, surroundings)
    except (OSError, EOFError) as error:
        return f"the server is gone ({type(error).__name__}: {error})"


def _read_limits(given: Mapping[str, Any]) -> Limits:
    """Read the time limits by nbclient's rule that none, 0 and less are for ever."""
    seconds = given.get("execution_timeout") or given.get("timeout") or -1
    return Limits(start=given.get("start_timeout", 60), cell=seconds if seconds > 0 else None)


def _find_kernel_obstacle(kernel_name: str) -> str:
    spec = AsyncKernelManager(kernel_name=kernel_name).kernel_spec
    if spec is None or spec.env or "kernel_provisioner" in spec.metadata:
        return f"the kernel {kernel_name} says how its process is to be started"
    return ""


def _find_option_obstacle(given: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    if asked := [name for name in NOT_IN_ONE_PROCESS if given.get(name)]:
        return f"{', '.join(asked)} cannot be honoured there"
    try:
        pickle.dumps(options)
    except Exception as error:  # noqa: BLE001 - any object decides how it refuses
        return f"an option cannot be handed to another process ({error})"
    return ""


def _read_command(kernel_name: str) -> list[str]:
    command: list[str] = AsyncKernelManager(kernel_name=kernel_name).format_kernel_cmd()
    return command
