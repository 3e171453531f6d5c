"""The kernel manager of warm kernels: jupyter_client's own, with the warm provisioner."""

# mypy: allow-untyped-calls, allow-subclassing-any

from __future__ import annotations

import time
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from traitlets import Type

from helpers.render.run.last_words import QuietKernelManager

PROVISIONER = "warm-provisioner"

REPLY_SECONDS = 1.0
OUTPUT_SECONDS = 0.2


class WarmKernelClient(AsyncKernelClient):
    """jupyter_client's own client, ready as soon as the kernel is.

    The original then listens another fifth of a second for messages left over from the greeting.
    nbclient takes none but those that answer its own requests, so there is nothing to wait for.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its outputs arrive.

        Parameters
        ----------
        timeout : float, optional
            Seconds to wait at most; for ever where not given.

        Raises
        ------
        RuntimeError
            When the kernel dies or does not answer in time.
        """
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._is_greeted():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _is_greeted(self) -> bool:
        self.kernel_info()
        try:
            reply = await self.shell_channel.get_msg(timeout=REPLY_SECONDS)
            if reply["msg_type"] != "kernel_info_reply":
                return False
            await self.iopub_channel.get_msg(timeout=OUTPUT_SECONDS)
        except Empty:
            return False
        self._handle_kernel_info_reply(reply)
        return True


class WarmKernelManager(QuietKernelManager):
    """Manage kernels by the warm provisioner, unless the kernel's own file names another."""

    client_factory = Type(WarmKernelClient)

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernel's description, with the provisioner."""
        spec = super().kernel_spec
        if spec is not None:
            spec.metadata.setdefault("kernel_provisioner", {"provisioner_name": PROVISIONER})
        return spec
