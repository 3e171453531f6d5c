"""The papermill engine ``warm``."""

# mypy: allow-untyped-calls, allow-subclassing-any

from __future__ import annotations

from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager

from helpers.render.warm.manager import WarmKernelManager


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
