"""Inside a process that was forked for one notebook: make it as good as new."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait

from helpers.render.family import adopt_orphans, end_descendants
from helpers.render.warm.libraries import set_by_kernels


@dataclass(frozen=True)
class Surroundings:
    """What an ordinary kernel's process would have been started with.

    Attributes
    ----------
    environment : mapping of str to str
        All of its variables.
    folder : str
        Its working folder.
    module_path : sequence of str
        Where it looks for modules.
    words : str
        File that its standard output and error go to, outside of cells.
    """

    environment: Mapping[str, str]
    folder: str
    module_path: Sequence[str]
    words: str


def start_afresh(surroundings: Surroundings) -> None:
    """Make a forked process what a newly started one would be.

    It leads a process group of its own and adopts what leaves that group, so that all that the
    notebook started is found and ended with it; it ends with the process that asked for it; and its
    random state is its own.

    Parameters
    ----------
    surroundings : Surroundings
        What was asked for.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # the terminal's no longer reach it
    adopt_orphans()
    _end_with_parent()
    process = multiprocessing.current_process()
    process.name, process.daemon = "MainProcess", False  # it may start processes of its own
    multiprocessing.set_start_method(None, force=True)
    os.environ.clear()
    os.environ.update({**set_by_kernels, **surroundings.environment})
    tempfile.tempdir = None  # to be read again from the environment
    _redirect(surroundings.words)
    os.chdir(surroundings.folder)
    sys.path[:] = surroundings.module_path
    _seed_numpy()


def _redirect(words: str) -> None:
    file = os.open(words, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for output in (1, 2):
        os.dup2(file, output)
    os.close(file)


def _seed_numpy() -> None:
    """Forks share the state of NumPy's global generator; Python's own seeds itself anew."""
    import numpy as np

    np.random.seed()  # noqa: NPY002 - the generator that notebooks without one draw from


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "forked by the server for a process"
    watcher = threading.Thread(name="Parent", target=_watch, args=(parent.sentinel,), daemon=True)
    watcher.start()


def _watch(sentinel: int) -> None:
    wait([sentinel])
    end_descendants(os.getpid())
    os.killpg(os.getpgrp(), signal.SIGKILL)
