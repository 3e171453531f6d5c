"""How a command ends before its time: stopped by a signal, without room, without a reader."""

from __future__ import annotations

import atexit
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn

STOPS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""What asks a command to end, beside an interrupt from the keyboard."""

SIGNAL_CODE = 128
"""A command that a signal has ended has the exit code of this and the signal's number."""

ADVICE = {
    errno.ENOSPC: "the disk is full; make room and run this again",
    errno.EDQUOT: "your share of the disk is full; make room and run this again",
    errno.EMFILE: "too many files are open; allow more with: ulimit -n 1024",
    errno.ENFILE: "too many files are open on this machine; end other programs",
    errno.EROFS: "this disk cannot be written to; choose another place with --reports",
    errno.EACCES: "no permission; ask for it, or choose another place with --reports",
    errno.EPERM: "no permission; ask for it, or choose another place with --reports",
}
"""What to do about what the system refuses."""


_Handler = Callable[[int, FrameType | None], Any] | signal.Handlers


class Stopped(BaseException):
    """Raised where the command is when a signal asks it to end.

    Attributes
    ----------
    code : int
        The exit code.
    """

    def __init__(self, number: int) -> None:
        self.code = SIGNAL_CODE + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a signal that asks to end raise `Stopped`, so that what is half done is cleared up.

    An interrupt from the keyboard raises `KeyboardInterrupt` as ever. Whoever asks again while
    things are cleared up is not heard. A signal that this process was told to ignore, as by
    ``nohup``, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual: dict[int, _Handler] = dict.fromkeys(STOPS, signal.SIG_DFL)
    usual[signal.SIGINT] = signal.default_int_handler
    ours = [number for number in usual if signal.getsignal(number) == usual[number]]

    def end(number: int, _: FrameType | None) -> NoReturn:
        for one in ours:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt if number == signal.SIGINT else Stopped(number)

    for number in ours:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, usual[number])


def run_to_the_end(run: Callable[[], int]) -> NoReturn:
    """Run a command and end this process; a signal is heard until all that is temporary has gone.

    Python would take signals by their usual effect again before it clears up.

    Parameters
    ----------
    run : callable
        Gives the exit code.
    """
    with stoppable():
        try:
            leave(_find_code(run))
        except KeyboardInterrupt:
            leave(SIGNAL_CODE + signal.SIGINT)
        except Stopped as stop:
            leave(stop.code)


def _find_code(run: Callable[[], int]) -> int:
    """Give the exit code of a command, also where it asks for the end itself, as argparse does."""
    try:
        return run()
    except SystemExit as end:
        if isinstance(end.code, str):
            tell(end.code)
        return end.code if isinstance(end.code, int) else int(bool(end.code))


def leave(code: int) -> NoReturn:
    """End this process now, after all that was registered for its end.

    Chapters still run in threads that nothing can interrupt, and Python would wait for those.

    Parameters
    ----------
    code : int
        The exit code.
    """
    for number in (signal.SIGINT, *STOPS):
        signal.signal(number, signal.SIG_IGN)
    import logging  # which an idle run does without

    logging.disable()  # of chapters whose kernels end now
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


def tell(text: str) -> None:
    """Write a line to standard error, if anybody can still read it."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def print_any_name() -> None:
    """Let a name that standard output cannot encode be printed by the numbers of its characters.

    Standard error does so already.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def flush_output() -> None:
    """Write out what was printed.

    Raises
    ------
    OSError
        When that cannot be; what is left is dropped then, and Python's own end is silent.
    """
    if sys.stdout is None:  # closed before we began
        return
    try:
        sys.stdout.flush()
    except OSError:
        drop_output()
        raise


def drop_output() -> None:
    """Drop what was printed and not written, and what will be."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def describe_refusal(error: OSError) -> str:
    """Say what the system refused, and what to do.

    >>> describe_refusal(OSError(errno.ENOSPC, "No space left on device", "reports/toy"))
    'reports/toy: the disk is full; make room and run this again'
    >>> describe_refusal(OSError("no such scheduler"))
    'no such scheduler'
    """
    advice = ADVICE.get(error.errno or 0)
    if advice is None:
        return str(error)
    return f"{error.filename or 'what this command writes'}: {advice}"
