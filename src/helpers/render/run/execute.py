"""Run one chapter in a kernel of its own, and keep nothing of the machine that ran it."""

# mypy: allow-untyped-calls

from __future__ import annotations

import os
import re
import tempfile
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NoReturn

import nbformat
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from traitlets.config import Config

from helpers.declared import write_declaration
from helpers.render.page.outputs import bound_outputs
from helpers.render.plan.chapters import Chapter
from helpers.render.plan.parameters import Value
from helpers.render.run.last_words import QuietKernelManager, read_last_words
from helpers.render.run.whole_cells import FAULTS, WATCH, find_fault
from helpers.render.scratch import scratch_root
from helpers.render.warm.server import refuse_when_stopped

KERNEL = "python3"
"""Kernel of every chapter, whichever way its process is started."""

Engine = Literal["warm", "ordinary"]
"""How a chapter's process is started: see `helpers.render.warm`. What comes of it is the same."""

CELL_SECONDS = 1800
"""A cell that takes longer is stuck; its chapter fails, and the others go on."""

LANGUAGE_KEYS = ("name", "file_extension", "mimetype", "pygments_lexer")


SKIPPING_TAG = "skip-execution"
"""A cell with this tag is passed over by nbclient without a word."""


class ChapterError(RuntimeError):
    """Raised when a chapter does not run to its end; names notebook, cell and cause."""


def execute_chapter(
    chapter: Chapter,
    *,
    study: str,
    values: Mapping[str, Value],
    hidden_paths: Mapping[str, str],
    engine: Engine = "warm",
) -> NotebookNode:
    """Run a chapter for a study, all of it.

    Every cell with code must have run, in order, and none may show an error: half a chapter is no
    chapter, however quietly the rest was left out. The working folder of the caller is the
    kernel's: nothing changes folder, so chapters can run in several threads.

    Parameters
    ----------
    chapter : Chapter
        The notebook.
    study : str
        Value of its parameter ``study``.
    values : mapping of str to value
        Checked values of its other parameters.
    hidden_paths : mapping of str to str
        Paths of this machine and what stands for them in the result.
    engine : {"warm", "ordinary"}
        How its process is started.

    Returns
    -------
    NotebookNode
        With outputs, the same on every run with unchanged input.

    Raises
    ------
    ChapterError
        When a cell fails, ends the notebook or does not run, or the kernel dies.
    """
    notebook, error = None, None
    settings = _kernel_settings()
    refuse_when_stopped()  # then those were the user's own folders
    try:
        notebook = _prepare_notebook(chapter, {"study": study, **values})
        _run_papermill(notebook, engine, settings, tables=chapter.tables)
    except Exception as raised:  # noqa: BLE001 - what a dying kernel raises is not ours to list
        error = raised
    end = _describe_end(error, settings) if error else ""
    failure = _find_failure(notebook, end)
    if failure:
        text = _hide_machine(_hide_paths(failure, hidden_paths))
        raise ChapterError(f"{chapter.path.name}{text}") from error
    assert notebook is not None
    return scrub_notebook(notebook, hidden_paths=hidden_paths)


def scrub_notebook(notebook: NotebookNode, *, hidden_paths: Mapping[str, str]) -> NotebookNode:
    """Take times, paths, process numbers and memory addresses out of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        As papermill leaves it.
    hidden_paths : mapping of str to str
        Paths of this machine and what stands for them.

    Returns
    -------
    NotebookNode
        A new notebook; two runs on unchanged input give the same bytes.
    """
    clean = _hide_in(notebook, hidden_paths)
    assert isinstance(clean, NotebookNode)
    language = clean.metadata.get("language_info", {})
    kept = {key: clean.metadata[key] for key in ("chapter",) if key in clean.metadata}
    clean.metadata = nbformat.from_dict(
        {
            **kept,
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
            "language_info": {key: language[key] for key in LANGUAGE_KEYS if key in language},
        }
    )
    clean.nbformat, clean.nbformat_minor = 4, 5
    for number, cell in enumerate(clean.cells, start=1):
        cell["id"] = f"cell-{number:02d}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if "outputs" in cell:
            cell.outputs = bound_outputs(_order_streams(cell.outputs))
    return clean


def list_hidden_paths(study: Path, *, root: Path) -> dict[str, str]:
    """List the paths that no result may show, longest first, with what stands for each.

    Parameters
    ----------
    study : Path
        The study folder; its name stands for it.
    root : Path
        The project's folder.

    Returns
    -------
    dict of str to str
    """
    paths = {
        str(study): study.name,
        str(root): "<project>",
        str(scratch_root().parent): "<temporary>",
        os.environ.get("TMPDIR", tempfile.gettempdir()): "<temporary>",
        os.path.expanduser("~"): "~",
    }
    ordered = sorted(paths.items(), key=lambda item: -len(item[0]))
    return {path: name for path, name in ordered if len(path) > 1}


def _prepare_notebook(chapter: Chapter, parameters: Mapping[str, Value]) -> NotebookNode:
    """Read a notebook and put the values in. Each cell of the file carries its number there."""
    notebook = load_notebook_node(str(chapter.path))
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata["number"] = number
    prepared: NotebookNode = parameterize_notebook(
        notebook, parameters, kernel_name=KERNEL, language="python"
    )
    return prepared


def _run_papermill(
    notebook: NotebookNode, engine: Engine, settings: Config, *, tables: Collection[str]
) -> None:
    """Execute a notebook in place, so that what ran is still known when its kernel has died."""
    quiet = {"kernel_manager_class": QuietKernelManager} if engine == "ordinary" else {}
    begin = f"--IPKernelApp.exec_lines={write_declaration(tables)}; {WATCH}"
    with _thread_event_loop():
        papermill_engines.execute_notebook_with_engine(
            None if engine == "ordinary" else engine,
            notebook,
            KERNEL,
            progress_bar=False,
            shutdown_kernel="immediate",
            execution_timeout=CELL_SECONDS,
            force_raise_errors=True,
            on_cell_executed=judge_cell,
            config=settings,
            extra_arguments=[begin],
            **quiet,
        )


def judge_cell(
    cell: NotebookNode, cell_index: int, execute_reply: Mapping[str, Mapping[str, Any]]
) -> None:
    """Make an error of a cell that asked the kernel to end, or has a fault of `FAULTS`.

    The kernel grants an ``exit()`` a tenth of a second later: which cells still run would be
    chance.

    Parameters
    ----------
    cell : NotebookNode
        The cell that was run; given an error output.
    cell_index : int
        Its place, which nbclient names too.
    execute_reply : mapping
        What the kernel answered.

    Raises
    ------
    CellExecutionError
        When the cell did one of these.
    """
    content = execute_reply["content"]
    payload = content.get("payload", ())
    if any(part.get("source") == "ask_exit" for part in payload):
        _fail(cell, "SystemExit", "")
    if content.get("status") == "ok" and (fault := find_fault(payload)):
        _fail(cell, fault, FAULTS.get(fault, ""))


def _fail(cell: NotebookNode, name: str, cause: str) -> NoReturn:
    error = {"ename": name, "evalue": cause, "traceback": []}
    cell.outputs.append(nbformat.v4.new_output("error", **error))
    raise CellExecutionError("", ename=name, evalue=cause)


@contextmanager
def _thread_event_loop() -> Iterator[None]:
    """Close the loop that papermill leaves in this thread, unless somebody else runs it."""
    loop = ensure_event_loop()
    try:
        yield
    finally:
        if not loop.is_running():
            loop.close()


def _kernel_settings() -> Config:
    """Talk to the kernel through files, not ports: nothing to race for, nothing to listen to.

    All of them lie in the run's own folder, and are never made when that is gone.
    """
    place = str(Path(jupyter_runtime_dir()) / uuid.uuid4().hex[:8])
    files = {"connection_file": f"{place}.json"}
    sockets = {"transport": "ipc", "ip": place} if os.name == "posix" else {}
    return Config({"KernelManager": files | sockets})


def _find_failure(notebook: NotebookNode | None, end: str) -> str:
    """Say where and why a notebook is not whole; empty when it is.

    `end` says why it did not run to its end; empty when it did.
    """
    all_cells = notebook.cells if notebook else []
    cells = [cell for cell in all_cells if cell.cell_type == "code" and cell.source.strip()]
    for cell in cells:
        if cause := _find_error(cell):
            return _place(cell, cause)
    started = [cell for cell in cells if cell.metadata.papermill.get("start_time")]
    if end:
        return _place(started[-1], end) if started else f": {end}"
    last = 0
    for cell in cells:
        if cause := _find_gap(cell, last):
            return _place(cell, cause)
        last = cell.execution_count
    return ""


def _find_error(cell: NotebookNode) -> str:
    for output in cell.outputs:
        if output.output_type == "error":
            if output.ename == "SystemExit":
                return "the cell ended the notebook with SystemExit"
            return f"{output.ename}: {output.evalue}" if output.evalue else str(output.ename)
    if cell.metadata.papermill.get("exception"):
        return "the cell raised an error and does not show it"
    return ""


def _find_gap(cell: NotebookNode, last: int) -> str:
    """Say why a cell did not run in its turn; `last` is the count of the cell before."""
    if cell.execution_count is None:
        tagged = SKIPPING_TAG in cell.metadata.get("tags", ())
        return f"the cell did not run{f': it is tagged {SKIPPING_TAG}' if tagged else ''}"
    if cell.execution_count <= last:
        return f"the cell did not run in order: its count is {cell.execution_count} after {last}"
    return ""


def _describe_end(error: Exception, settings: Config) -> str:
    if isinstance(error, DeadKernelError):
        return "the kernel died in this cell"
    if isinstance(error, CellTimeoutError):
        return f"the cell did not end within {CELL_SECONDS} seconds"
    cause = f"{type(error).__name__}: {error}"
    words = read_last_words(settings.KernelManager.connection_file)
    is_lost = isinstance(error, RuntimeError)  # before its first cell
    return f"{cause}; it said last: {words}" if is_lost and words else cause


def _place(cell: NotebookNode, cause: str) -> str:
    """Name a cell by its number in the file; papermill's own, which holds the values, has none."""
    number = cell.metadata.get("number", "of given parameters")
    return f", cell {number}: {cell.source.strip().splitlines()[0]}\n  {cause}"


def _order_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Put warnings last: printed lines and warnings reach us in an order that differs by run."""
    ordered: list[NotebookNode] = []
    for output in sorted(outputs, key=lambda o: o.get("name") == "stderr"):
        before = ordered[-1] if ordered else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            before["text"] += output.text
        else:
            ordered.append(output)
    return ordered


def _hide_in(value: object, hidden_paths: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return _hide_machine(_hide_paths(value, hidden_paths))
    if isinstance(value, Mapping):
        return NotebookNode({key: _hide_in(item, hidden_paths) for key, item in value.items()})
    if isinstance(value, list):
        return [_hide_in(item, hidden_paths) for item in value]
    return value


def _hide_paths(text: str, hidden_paths: Mapping[str, str]) -> str:
    for path, name in hidden_paths.items():
        if path in text:
            text = re.sub(re.escape(path) + r"(?![\w.-])", name.replace("\\", r"\\"), text)
    return text


def _hide_machine(text: str) -> str:
    if "ipykernel_" in text:
        text = re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "<cell>", text)
    if ".py, line" in text:
        text = re.sub(r"\(\d{5,}\.py, line", "(line", text)  # the file that IPython makes of a cell
    if "at 0x" in text:
        text = re.sub(r"\bat 0x[0-9a-fA-F]{6,}", "at 0x…", text)
    return text
