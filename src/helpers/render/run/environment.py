"""The process environment of a run: the same results and the same speed on every machine."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.render.scratch import scratch_root

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""One chapter computes on one core: our tables are tiny, and chapters run side by side."""

NOISY_LOGGERS = ("papermill", "traitlets", "jupyter_client", "nbclient", "asyncio")


@contextmanager
def kernel_environment(cache: Path) -> Iterator[None]:
    """Set what kernels inherit, for as long as the block runs.

    Their sockets, IPython settings and temporary files live in a private folder, as do those that
    this process makes for them, so that neither another user, a taken port, nor a start-up file of
    this user reaches a report, and nothing of them is left.

    Parameters
    ----------
    cache : Path
        Folder that may keep matplotlib's font list when the home folder cannot be written to, and
        temporary files when no other folder can.
    """
    private = Path(tempfile.mkdtemp(prefix="k", dir=scratch_root(otherwise=cache / "temporary")))
    (private / "t").mkdir()
    settings = {
        "TMPDIR": str(private / "t"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_RUNTIME_DIR": str(private),
        "IPYTHONDIR": str(private / "ipython"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        **dict.fromkeys(THREAD_VARIABLES, "1"),
        **_matplotlib_folder(cache),
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    # What writes temporary files for kernels in this process asked for the folder long ago.
    usual, tempfile.tempdir = tempfile.tempdir, settings["TMPDIR"]
    levels = {name: logging.getLogger(name).level for name in NOISY_LOGGERS}
    for name in NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        tempfile.tempdir = usual
        _restore(before, levels)
        shutil.rmtree(private, ignore_errors=True)


def _restore(variables: dict[str, str | None], levels: dict[str, int]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _matplotlib_folder(cache: Path) -> dict[str, str]:
    if "MPLCONFIGDIR" in os.environ or os.access(Path.home(), os.W_OK):
        return {}
    folder = cache / "matplotlib"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return {}  # matplotlib finds a folder for itself, and its fonts again each time
    return {"MPLCONFIGDIR": str(folder)}
