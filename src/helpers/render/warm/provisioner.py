"""A jupyter_client kernel provisioner that forks kernels, and starts others where it cannot."""

# mypy: allow-untyped-calls, allow-subclassing-any

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from typing import Any

import psutil  # type: ignore[import-untyped]
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from helpers.render.warm.kernel import run_kernel
from helpers.render.warm.process import Surroundings
from helpers.render.warm.server import (
    before_the_stop,
    end_strays,
    find_obstacle,
    fork_process,
    read_module_path,
)

POLL_SECONDS = 0.005


class ForkedKernel:
    """A forked process with the part of `subprocess.Popen` that `LocalProvisioner` uses."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        assert process.pid is not None, "started"
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        """Give the exit code, None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Wait for the end and give the exit code."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class WarmProvisioner(LocalProvisioner):
    """Fork Python kernels of this environment from the server; start all others as ever."""

    _server: int | None = None

    async def launch_kernel(
        self,
        cmd: list[str],
        **kwargs: Any,  # noqa: ANN401 - the base class says so
    ) -> KernelConnectionInfo:
        """Launch a kernel and give its connection.

        Parameters
        ----------
        cmd : list of str
            The command of an ordinary kernel.
        **kwargs
            Settings for its process.
        """
        environment = {**kwargs.get("env", os.environ), "JPY_PARENT_PID": str(os.getpid())}
        folder = os.path.abspath(kwargs.get("cwd") or os.getcwd())
        words, asked = _take_words(kwargs)
        obstacle = find_obstacle(cmd, environment, folder, asked)
        if not obstacle:
            surroundings = Surroundings(environment, folder, read_module_path(), words)
            try:
                process = fork_process(run_kernel, cmd[3:], surroundings)
            except (OSError, EOFError) as error:
                obstacle = f"the server of warm kernels is gone ({type(error).__name__}: {error})"
            else:
                self._adopt(process, folder)
                return self.connection_info
        self.log.info("An ordinary kernel is started: %s", obstacle)
        with before_the_stop():
            return await super().launch_kernel(cmd, **kwargs)

    async def wait(self) -> int | None:
        """Wait for the kernel's end; look more often than for an ordinary one."""
        while await self.poll() is None:
            await asyncio.sleep(POLL_SECONDS)
        code: int | None = await super().wait()
        return code

    async def cleanup(self, restart: bool = False) -> None:
        """Clear up after a kernel, whichever way it ended.

        Parameters
        ----------
        restart : bool
            Whether another will take its place.
        """
        if self._server and self.pid:
            end_strays(self._server, self.pid)
        await super().cleanup(restart=restart)

    def _adopt(self, process: BaseProcess, folder: str) -> None:
        kernel = ForkedKernel(process)
        self.process = kernel  # type: ignore[assignment]
        self.pid = self.pgid = kernel.pid  # the fork makes a group of its own
        self.cwd = folder
        self._server = _read_parent(kernel.pid)


def _take_words(settings: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Give the file for what a kernel says, as `QuietKernelManager` asks for it, and the rest."""
    words = getattr(settings.get("stderr"), "name", None)
    if not isinstance(words, str | os.PathLike) or settings.get("stdout") is not settings["stderr"]:
        return os.devnull, dict(settings)
    return os.fspath(words), {
        name: settings[name] for name in settings if name not in ("stdout", "stderr")
    }


def _read_parent(process: int) -> int | None:
    """Give the number of a process's parent; None where the system does not tell."""
    try:
        parent: int | None = psutil.Process(process).ppid()
    except (psutil.Error, OSError):
        return None
    return parent
