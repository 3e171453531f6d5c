"""The fast route, in the forked process: kernel and client side by side, messages in memory.

The kernel is started by IPython's own application, so profile, start-up files, streams and display
hook are those of an ordinary kernel; only the sockets are replaced by queues. Messages are packed
and unpacked as for a socket, so that what JSON changes is changed here too.
"""

# mypy: allow-untyped-calls, allow-subclassing-any, allow-untyped-decorators

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.session import Session
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import PapermillNotebookClient
from papermill.log import logger
from tornado.ioloop import IOLoop
from traitlets import Any as AnyTrait

CONNECTION_FILE = "in-memory.json"
new_output("stream")  # compiles the schema of outputs: once in the server, not in every fork

ARGUMENTS = ("-f", CONNECTION_FILE, "--HistoryManager.hist_file=:memory:")
"""What nbclient gives to a kernel: its cells are nobody's history."""


class Mailbox:
    """Stands where a socket would: takes packed messages, gives them out unpacked and in order."""

    def __init__(self, session: Session) -> None:
        # The threads that ipykernel starts are woken by sockets of their own.
        self.context: zmq.Context[Any] = zmq.Context.instance()
        self._session = session
        self._messages: SimpleQueue[dict[str, Any]] = SimpleQueue()

    def send_multipart(self, parts: Sequence[Any], **_options: object) -> None:
        """Take a message as the kernel packs it."""
        _, packed = self._session.feed_identities([bytes(part) for part in parts])
        self._messages.put(self._session.deserialize(packed))

    def flush(self, *_: object) -> None:
        """Do nothing: a message has arrived when it was sent."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Give the next message, waiting for it."""
        return self._messages.get(timeout=timeout)


class MemoryKernel(IPythonKernel):
    """The IPython kernel, with its requests answered one by one in the main thread."""

    shell_stream = AnyTrait()

    # A cell with `await` asks the channel's thread which thread is the main one; nothing more of
    # that thread exists here, and no subshells.
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Drop nothing: the next request is not sent before the last was answered."""


class MemoryKernelApp(IPKernelApp):
    """Start a kernel as ``python -m ipykernel_launcher`` does, but for its sockets."""

    published: Mailbox
    replies: Mailbox

    def init_connection_file(self) -> None:
        """Read none."""

    def write_connection_file(self, **_: object) -> None:
        """Write none."""

    def log_connection_info(self) -> None:
        """Have none to tell."""

    def init_heartbeat(self) -> None:
        """Need none: who waits for this process sees its end."""

    def init_sockets(self) -> None:
        """Put mailboxes where the sockets would be."""
        self.published, self.replies = Mailbox(self.session), Mailbox(self.session)
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(self.published, pipe=True, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_kernel(self) -> None:
        """Make the kernel."""
        ensure_event_loop()
        kernel = MemoryKernel.instance(
            parent=self,
            session=self.session,
            shell_stream=self.replies,
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        kernel.io_loop = IOLoop.current()
        self.kernel = kernel
        self.displayhook.get_execution_count = lambda: kernel.execution_count


class MemoryClient:
    """The part of a kernel's client that nbclient uses to execute cells."""

    allow_stdin = False

    def __init__(self, app: MemoryKernelApp) -> None:
        self._kernel, self._session = app.kernel, app.session
        self.iopub_channel, self.shell_channel = app.published, app.replies

    async def execute(self, code: str, **options: object) -> str:
        """Execute code and give the number of its request."""
        asked = {"silent": False, "user_expressions": {}, "allow_stdin": self.allow_stdin}
        message = self._session.msg("execute_request", {"code": code, **asked, **options})
        packed = self._session.serialize(message)
        await self._kernel.dispatch_shell([zmq.Frame(part) for part in packed])
        number: str = message["header"]["msg_id"]
        return number

    def is_alive(self) -> bool:
        """Tell that the kernel lives, as long as anybody can ask here."""
        return True


class Reporter:
    """What papermill's client tells of its progress, sent to the process that asked for it."""

    def __init__(self, notebook: NotebookNode, connection: Connection) -> None:
        self.nb = notebook
        self._connection = connection
        self._failed = False

    def cell_start(self, cell: NotebookNode, cell_index: int) -> None:
        """Tell that a cell begins."""
        self._failed = False
        self._connection.send(("start", cell_index))

    def cell_exception(self, cell: NotebookNode, cell_index: int, **_: object) -> None:
        """Note that it failed."""
        self._failed = True

    def cell_complete(self, cell: NotebookNode, cell_index: int) -> None:
        """Tell that it has ended, and how."""
        self._connection.send(("complete", cell_index, cell, self._failed))

    def autosave_cell(self) -> None:
        """Leave saving to the process that asked."""

    def finish(self) -> None:
        """Send the notebook: a later cell may have changed what an earlier one shows."""
        self._connection.send(("done", self.nb))


class MemoryNotebookClient(PapermillNotebookClient):
    """papermill's client, with a kernel in this process."""

    def __init__(self, reporter: Reporter, app: MemoryKernelApp, **options: object) -> None:
        super().__init__(reporter, km=SimpleNamespace(), log=logger, **options)
        self.kc = MemoryClient(app)
        self._language = app.kernel.language_info

    def execute(self, **_: object) -> NotebookNode:
        """Execute all cells."""
        self.reset_execution_trackers()
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = self._language
        self.set_widgets_metadata()
        notebook: NotebookNode = self.nb
        return notebook


def execute_in_memory(
    notebook: NotebookNode, options: Mapping[str, Any], connection: Connection
) -> None:
    """Execute a notebook in this process.

    Parameters
    ----------
    notebook : NotebookNode
        With its parameters in place.
    options : mapping
        Options of nbclient's client.
    connection : Connection
        Where to report to.
    """
    app = MemoryKernelApp.instance()
    app.initialize(list(ARGUMENTS))
    reporter = Reporter(notebook, connection)
    MemoryNotebookClient(reporter, app, **options).execute()
    reporter.finish()
