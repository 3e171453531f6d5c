"""The forkserver as the process that runs notebooks sees it: start it, and have it fork."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from types import ModuleType
from typing import Any

from helpers.render.family import end_descendants, list_children
from helpers.render.run.environment import THREAD_VARIABLES
from helpers.render.scratch import scratch_root

PRELOAD = "helpers.render.warm.preload"
KERNEL_MODULE = ("-m", "ipykernel_launcher")

FIXED_AT_START = ("PYTHON", "LD_", "LANG", "LC_", "TZ", "MPL", "SCIPY_", "NPY_")
"""How the names of variables start that Python and the libraries read only when they are loaded."""

LAUNCH_SETTINGS = frozenset({"env", "cwd", "kernel_id", "extra_arguments"})
"""What may be asked of a kernel's process beside its command; the rest is for `subprocess`."""

PRINT_PATH = "import sys; print(*filter(None, sys.path), sep='\\n')"

SECONDS_TO_LOOK = 0.01
"""Between two looks whether a thread has let go of the server."""

_lock = threading.Lock()
_environment: dict[str, str] = {}
"""What the server was started with; empty when it was not. It is one per process, as it is in
`multiprocessing`."""

_running: set[int] = set()
"""The processes forked from it that have not been cleared up after."""

_stopped = threading.Event()
"""Set when a run was stopped: its threads still live, and may yet ask for kernels."""

_owner: list[int] = []
"""The process that started it; forks of that one know of the server and must not end it."""


def can_fork() -> bool:
    """Tell whether this system has a forkserver that is safe to use.

    Windows has no fork. On macOS a fork of a process that has used the system's own libraries may
    crash, and NumPy uses them; ordinary kernels are used there too.
    """
    return "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"


def start_server() -> None:
    """Start loading libraries in the background; return at once, and do nothing when it runs.

    To be called first thing in a run, so that the libraries load while this process still imports
    its own.
    """
    if can_fork():
        _stopped.clear()
        with _lock, suppress(OSError):  # the first notebook will say why, and start another kernel
            _ensure_running()


@contextmanager
def no_stray_kernels() -> Iterator[None]:
    """End the server with a block that is stopped; no kernel starts until the next block.

    A kernel that outlives the folder that its sockets are to be in would say so, at length.
    """
    _stopped.clear()
    try:
        yield
    except Exception:
        raise
    except BaseException:
        _stopped.set()
        if can_fork():
            stop_server()
        raise


@contextmanager
def before_the_stop() -> Iterator[None]:
    """Start a kernel of any kind in the block, so that a run that is stopped sees and ends it.

    Raises
    ------
    RuntimeError
        When the run was stopped.
    """
    with _lock:
        refuse_when_stopped()
        yield


def fork_process(target: Callable[..., None], *arguments: object) -> BaseProcess:
    """Run a function in a new process forked from the server.

    Parameters
    ----------
    target : callable
        A module-level function of this package.
    *arguments : object
        Its arguments, which are pickled.

    Returns
    -------
    Process
        Running; it is ended when this process ends.

    Raises
    ------
    OSError, EOFError
        When the server is gone.
    RuntimeError
        When the run was stopped.
    """
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=target, args=arguments, daemon=True)
    with _lock:
        _ensure_running()
        with _hidden_main():
            process.start()
        assert process.pid is not None, "started"
        _running.add(process.pid)
    return process


@cache
def read_module_path() -> tuple[str, ...]:
    """Give the module search path of an ordinary kernel, before IPython adds to it.

    Returns
    -------
    tuple of str
        Without the folder or program that this process was started from.
    """
    command = [sys.executable, "-c", PRINT_PATH]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(done.stdout.splitlines())


def end_strays(server: int, ended: int) -> None:
    """End what a notebook left when its kernel ended.

    Parameters
    ----------
    server : int
        Number of the server's process, which adopts what a kernel leaves.
    ended : int
        Number of the kernel's process; all other kernels, and what is below those, go on.
    """
    with _lock:
        _running.discard(ended)
        end_descendants(server, but=_running)


def list_servers() -> set[int]:
    """List the processes that serve later runs of this process too, and end with it."""
    if not can_fork():
        return set()
    from multiprocessing import forkserver, resource_tracker  # not everywhere

    server: Any = forkserver._forkserver
    tracker: Any = resource_tracker._resource_tracker
    return {number for number in (server._forkserver_pid, tracker._pid) if number}


def stop_server() -> None:
    """End the server and all that it runs; do nothing when it does not run.

    A thread that waits for a fork, while the server still loads libraries, holds the lock: the
    server's end is what lets go of it.
    """
    if _owner not in ([], [os.getpid()]):
        return
    while not _lock.acquire(timeout=SECONDS_TO_LOOK):
        _kill_server()
    try:
        _clear_up()
    finally:
        _lock.release()


def _clear_up() -> None:
    if not _environment:
        return
    from multiprocessing import forkserver  # not everywhere

    _environment.clear()
    _kill_server()
    server: Any = forkserver._forkserver
    with suppress(OSError, AttributeError):
        server._stop()
    # A signal to all of a group has ended the server first: its kernels are ours by now.
    for orphan in list_children(os.getpid()) & _running:
        end_descendants(orphan)
        _kill(orphan)
    _running.clear()


def _kill_server() -> None:
    from multiprocessing import forkserver  # not everywhere

    server: Any = forkserver._forkserver
    if number := server._forkserver_pid:
        end_descendants(number)
        _kill(number)  # it may be loading libraries for seconds yet


def _kill(process: int) -> None:
    with suppress(OSError):
        os.kill(process, signal.SIGKILL)


def _stop_all() -> None:
    """End the server, and then what clears up after its forks: it waits for the last of those."""
    from multiprocessing import resource_tracker  # not everywhere

    stop_server()
    tracker: Any = resource_tracker._resource_tracker
    with suppress(OSError, AttributeError):
        tracker._stop()


def find_obstacle(
    command: Sequence[str], environment: Mapping[str, str], folder: str, settings: Collection[str]
) -> str:
    """Say why a kernel cannot be a fork of the server and yet be what was asked for.

    Parameters
    ----------
    command : sequence of str
        The command that would start an ordinary kernel.
    environment : mapping of str to str
        The environment asked for.
    folder : str
        The working folder asked for.
    settings : collection of str
        Names of all settings for the new process.

    Returns
    -------
    str
        The reason, in words; empty when there is none.
    """
    if not can_fork():
        return "this system has no safe fork"
    if not _is_own_python(command[0]) or tuple(command[1:3]) != KERNEL_MODULE:
        return f"{' '.join(command[:3])} is not the Python kernel of this environment"
    if sys.flags.optimize or sys.flags.dev_mode or sys.warnoptions or sys._xoptions:
        return "this process runs with interpreter options that a kernel would not have"
    if extra := set(settings) - LAUNCH_SETTINGS:
        return f"a forked process has no {', '.join(sorted(extra))}"
    if Path(folder, "matplotlibrc").exists():
        return f"{folder} has settings for matplotlib, which are read when it is loaded"
    try:
        changed = list_changed_variables(environment)
    except OSError as error:
        return f"the server of warm kernels cannot be started ({error})"
    if changed:
        return f"{', '.join(changed)} must be set before the libraries are loaded"
    return ""


def list_changed_variables(environment: Mapping[str, str]) -> list[str]:
    """List the variables that differ from the server's and are read when a library is loaded.

    Parameters
    ----------
    environment : mapping of str to str
        The environment asked for.

    Returns
    -------
    list of str
        In alphabetical order. The server computes in one thread, so no other number will do.
    """
    with _lock:
        _ensure_running()
    fixed = {
        name
        for name in (*environment, *_environment)
        if name.startswith(FIXED_AT_START) and environment.get(name) != _environment.get(name)
    }
    threads = {name for name in THREAD_VARIABLES if environment.get(name, "1") != "1"}
    return sorted(fixed | threads)


def refuse_when_stopped() -> None:
    """Let no thread of a run that was stopped go on.

    Raises
    ------
    RuntimeError
        When the run was stopped.
    """
    if _stopped.is_set():
        raise RuntimeError("the run was stopped")


def _ensure_running() -> None:
    refuse_when_stopped()
    if _environment:
        return
    from multiprocessing import forkserver, resource_tracker  # not everywhere

    forkserver.set_forkserver_preload([PRELOAD])
    with _hidden_main(), _own_temporary_files():
        resource_tracker.ensure_running()  # it would hear interrupts again below
        with _no_interrupts():
            forkserver.ensure_running()
    _environment.update(os.environ)
    if _owner != [os.getpid()]:
        _owner[:] = [os.getpid()]
        Finalize(None, _stop_all, exitpriority=10)  # before the folder of its files is removed


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Let what is started not hear an interrupt, until it says that it does not mind one.

    A terminal sends an interrupt to all; the server would show where it was in loading libraries.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _own_temporary_files() -> Iterator[None]:
    """Let `multiprocessing` make its socket in our folder, whose name is short enough for one.

    It would make a folder for it otherwise, and remove that at a time of its own; and it would hand
    that on to the forks, whose own sockets belong to their own temporary files.
    """
    settings: dict[str, object] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = settings.get("tempdir")
    settings["tempdir"] = str(scratch_root())
    try:
        yield
    finally:
        settings["tempdir"] = before


@contextmanager
def _hidden_main() -> Iterator[None]:
    """Hide the running program, which `multiprocessing` would import again in each new process."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _is_own_python(executable: str) -> bool:
    """Compare folders too: the interpreters of two environments may link to one file."""
    own, other = Path(sys.executable), Path(executable)
    return own == other or (
        own.parent == other.parent and other.exists() and own.resolve() == other.resolve()
    )
