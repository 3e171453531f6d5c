"""What the forkserver loads for all notebooks, loaded as a new kernel would load it.

Nothing here may start a thread or open a ZeroMQ context: neither survives a fork. Libraries that
look round when they are imported must see what they would see in a kernel: pandas asks whether
IPython has a kernel and else cuts tables to a terminal's width, matplotlib reads ``MPLBACKEND``.
The inline backend itself is not loaded, because loading it is what hooks it into IPython.

The forkserver swallows import errors, so they are told here; the kernel that needs the library
will then import it, and fail, in its own cell.
"""

from __future__ import annotations

import builtins
import gc
import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from helpers.render.run.environment import THREAD_VARIABLES

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"

KERNEL_LIBRARIES = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
)
"""What every kernel loads, some of it late."""

LIBRARIES = (
    "pandas",
    "pandas.io.formats.string",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_svg",
    "matplotlib.backends.backend_agg",
    "scipy.stats",
    "seaborn",
    "pingouin",
    "statsmodels.stats.inter_rater",
    "pandera.pandas",
    "pandera.backends.pandas.builtin_checks",
    "pydantic",
    "yaml",
)
"""Third-party only. Our own code changes between runs of a server that outlives them, and loading
it beforehand would save each notebook less than a tenth of a second."""

set_by_kernels: dict[str, str] = {}
"""Environment variables that `KERNEL_LIBRARIES` have set: every kernel has them."""


def load_all() -> None:
    """Load every library, then set all apart from what garbage collection goes through."""
    with kernel_surroundings():
        before = set(os.environ)
        load(KERNEL_LIBRARIES)
        set_by_kernels.update({k: v for k, v in os.environ.items() if k not in before})
        load(LIBRARIES)
    gc.collect()
    gc.freeze()


def load(modules: Iterable[str]) -> None:
    """Import modules; tell what could not be imported and go on.

    Parameters
    ----------
    modules : iterable of str
        Names of modules.
    """
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - whatever a library raises, kernels must start
            print(
                f"warm kernels: {name} could not be loaded beforehand "
                f"({type(error).__name__}: {error})",
                file=sys.stderr,
            )


@contextmanager
def kernel_surroundings() -> Iterator[None]:
    """Let libraries see, while they are imported, what they would see in a kernel."""
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    os.environ.setdefault("MPLBACKEND", INLINE_BACKEND)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    names = vars(builtins)
    names["get_ipython"] = lambda: SimpleNamespace(kernel=None)
    try:
        yield
    finally:
        del names["get_ipython"]
