"""Chapters on other machines: a Dask cluster in place of this machine's own threads.

The machines have the project's folder and the study folders under the same paths, and the same
locked environment; a study that has an address is fetched by each machine. A worker that finds
anything else refuses the work, so that a report never mixes versions. A worker that dies has its
chapter run by another.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

import atexit
import logging
import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock

from helpers.render.distribute.fetch import fetch_study
from helpers.render.remote import RemoteError
from helpers.render.run.environment import kernel_environment
from helpers.render.run.execute import ChapterError
from helpers.render.run.how import ClusterError
from helpers.render.run.job import Job, list_moved_parts, run_job

SECONDS_TO_CONNECT = 30
RETRIES = 2
"""How often a chapter is given to another worker when its own cannot be reached."""

_preparing = Lock()


@contextmanager
def cluster_pool(address: str) -> Iterator[Executor]:
    """Give the workers of a Dask cluster as a pool, for as long as the block runs.

    Parameters
    ----------
    address : str
        Address of the scheduler, ``tcp://node7:8786``, or path of its scheduler file.

    Yields
    ------
    Executor
        What is submitted to it and is not done when the block ends is given up.

    Raises
    ------
    ClusterError
        When Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            "--cluster needs Dask, which is not installed. Install it with\n"
            f"  {sys.executable} -m pip install --no-deps --require-hashes -r requirements-dev.lock"
        ) from error
    try:
        client = Client(
            **_name_scheduler(address), timeout=SECONDS_TO_CONNECT, set_as_default=False
        )
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"--cluster {address}: expected the address of a running Dask scheduler, such as "
            f"tcp://node7:8786, or its scheduler file; found {error}"
        ) from error
    with client, _quiet_logs():
        _say_when_empty(client, address)
        yield client.get_executor(pure=False, retries=RETRIES)


def run_on_worker(job: Job, source: str = "") -> str:
    """Run a chapter on a worker of the cluster.

    Parameters
    ----------
    job : Job
        What to run, as the runner described it.
    source : str
        Address that the runner fetched the study from; the worker fetches it from there too, if
        it does not see the runner's folder.

    Returns
    -------
    str
        The executed notebook, byte for byte what the runner's own machine would give.

    Raises
    ------
    ChapterError
        When this machine has other files or versions than the runner, or the chapter fails.
    """
    if source and not job.study.is_dir():
        job = _move(job, _fetch(job, source))
    moved = list_moved_parts(job)
    if moved:
        raise ChapterError(
            f"{job.chapter.path.name}: this worker does not have what the runner has: "
            f"{', '.join(moved)}; give both the same project folder and the same environment"
        )
    with _preparing:
        _prepare_worker(job.root)
    # The working folder of a worker is not the project's: the study is named by its path.
    return run_job(replace(job, by_path=True))


def _fetch(job: Job, source: str) -> Path:
    """Fetch a study; a snapshot of the same content has the same name as the runner's."""
    try:
        found = fetch_study(source, job.root)
    except RemoteError as error:
        raise ChapterError(f"{job.chapter.path.name}: this worker cannot fetch {error}") from error
    if found.parent.name != job.study.parent.name:
        raise ChapterError(
            f"{job.chapter.path.name}: {source} has changed since this run began; run it again"
        )
    return found


def _move(job: Job, study: Path) -> Job:
    """Give the same job with the study, and what chapters it has of its own, in another folder."""
    chapter = job.chapter
    if chapter.path.is_relative_to(job.study):
        chapter = replace(chapter, path=study / chapter.path.relative_to(job.study))
    return replace(job, study=study, chapter=chapter)


@cache
def _prepare_worker(root: Path) -> None:
    """Set up the kernels of this process once, and clear up when it ends."""
    # Dask starts workers as daemons, which may have no children; warm kernels are children, and
    # they end with the process that asked for them.
    multiprocessing.current_process().daemon = False
    stack = ExitStack()
    stack.enter_context(kernel_environment(root / ".cache"))
    atexit.register(stack.close)


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """Keep Dask's tracebacks of lost connections away: each lost chapter is told by name."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _name_scheduler(address: str) -> dict[str, str]:
    if not address.endswith(".json"):
        return {"address": address}
    if not Path(address).is_file():  # Dask would wait for it, for ever
        raise FileNotFoundError("no such file")
    return {"scheduler_file": address}


def _say_when_empty(client: object, address: str) -> None:
    workers = client.scheduler_info()["workers"]  # type: ignore[attr-defined]
    if not workers:
        print(f"{address} has no worker yet; waiting for the first", file=sys.stderr, flush=True)
