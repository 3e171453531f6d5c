"""The fast route, seen from the process that asks: start a notebook's process and follow it."""

# mypy: allow-untyped-calls

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager

from helpers.render.warm.notebook import run_notebook
from helpers.render.warm.process import Surroundings
from helpers.render.warm.server import fork_process

NOTEBOOK_RESULTS = ("language_info", "widgets")


@dataclass(frozen=True)
class Limits:
    """Seconds that may pass before the next cell begins, and, None for ever, until one ends."""

    start: float
    cell: float | None


@dataclass(frozen=True)
class Child:
    """A process that runs one notebook, and the line on which it reports."""

    process: BaseProcess
    connection: Connection

    def receive(self, seconds: float | None) -> tuple[Any, ...]:
        """Give the next report.

        Parameters
        ----------
        seconds : float or None
            How long to wait.

        Raises
        ------
        TimeoutError
            When there was none in time.
        DeadKernelError
            When there will be none.
        """
        ready = wait([self.connection, self.process.sentinel], seconds)
        if not ready:
            raise TimeoutError
        try:
            if self.connection.poll():
                report: tuple[Any, ...] = self.connection.recv()
                return report
        except (EOFError, OSError):
            pass  # it ended while it was telling
        raise DeadKernelError("Kernel died")

    def end(self, seconds: float) -> None:
        """End the process and all that it has started.

        Parameters
        ----------
        seconds : float
            How long it may take to do what the notebook registered for its end.
        """
        self.process.join(seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.join()
        self.connection.close()


def start_notebook(
    notebook: NotebookNode, options: Mapping[str, Any], surroundings: Surroundings
) -> Child:
    """Start running a notebook in a process of its own.

    Parameters
    ----------
    notebook : NotebookNode
        With its parameters in place.
    options : mapping
        Options of nbclient's client.
    surroundings : Surroundings
        What the process should be.

    Returns
    -------
    Child

    Raises
    ------
    OSError, EOFError
        When the server is gone.
    """
    ours, theirs = Pipe()
    with theirs:
        try:
            process = fork_process(run_notebook, notebook, dict(options), surroundings, theirs)
        except (OSError, EOFError):
            ours.close()
            raise
    return Child(process, ours)


def follow_notebook(child: Child, account: NotebookExecutionManager, limits: Limits) -> None:
    """Take over what a notebook's process reports, until it is done.

    Parameters
    ----------
    child : Child
        The process.
    account : NotebookExecutionManager
        papermill's account of the run; its notebook is filled in.
    limits : Limits
        How long to wait.

    Raises
    ------
    CellTimeoutError
        When a cell takes too long.
    DeadKernelError
        When the process dies.
    RuntimeError
        When no cell begins in time.
    """
    cells = account.nb.cells
    while True:
        match _receive_start(child, limits):
            case ("done", notebook):
                _take_results(account.nb, notebook)
                return
            case ("start", int(index)):
                account.cell_start(cells[index], index)
                with _completed(account, index):
                    _, _, cell, failed = _receive_end(child, limits, cells[index])
                    _take_outputs(cells[index], cell)
                    if failed:
                        account.cell_exception(cells[index], cell_index=index)


def _receive_start(child: Child, limits: Limits) -> tuple[Any, ...]:
    try:
        return child.receive(limits.start)
    except TimeoutError:
        raise RuntimeError(f"Kernel didn't respond in {limits.start:g} seconds") from None


def _receive_end(child: Child, limits: Limits, cell: NotebookNode) -> tuple[Any, ...]:
    try:
        return child.receive(limits.cell)
    except TimeoutError:
        raise CellTimeoutError.error_from_timeout_and_cell(
            "Cell execution timed out", int(limits.cell or 0), cell
        ) from None


@contextmanager
def _completed(account: NotebookExecutionManager, index: int) -> Iterator[None]:
    try:
        yield
    finally:
        account.cell_complete(account.nb.cells[index], cell_index=index)


def _take_results(notebook: NotebookNode, executed: NotebookNode) -> None:
    for cell, done in zip(notebook.cells, executed.cells, strict=True):
        _take_outputs(cell, done)
    for name in NOTEBOOK_RESULTS:
        if name in executed.metadata:
            notebook.metadata[name] = executed.metadata[name]


def _take_outputs(cell: NotebookNode, executed: NotebookNode) -> None:
    """Take what running has changed; papermill's own account of the cell stays."""
    if cell.cell_type != "code":
        return
    cell.outputs = executed.outputs
    cell.execution_count = executed.execution_count
    if "execution" in executed.metadata:
        cell.metadata["execution"] = executed.metadata["execution"]
