"""Run one chapter in a kernel of its own, and keep nothing of the machine that ran it."""

# mypy: allow-untyped-calls

from __future__ import annotations

import os
import re
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import nbformat
import papermill
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from helpers.render.chapters import Chapter
from helpers.render.parameters import Value

KERNEL = "python3"
"""Kernel of every chapter, whichever way its process is started."""

Engine = Literal["warm", "ordinary"]
"""How a chapter's process is started: see `helpers.render.warm`. What comes of it is the same."""

CELL_SECONDS = 1800
"""A cell that takes longer is stuck; its chapter fails, and the others go on."""

LANGUAGE_KEYS = ("name", "file_extension", "mimetype", "pygments_lexer")


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
    """Run a chapter for a study.

    The working folder of the caller is the kernel's: nothing changes folder, so chapters can run
    in several threads.

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
        When a cell fails or the kernel dies.
    """
    try:
        notebook = _run_papermill(chapter, {"study": study, **values}, engine)
    except PapermillExecutionError as error:
        raise ChapterError(_describe_failure(chapter, error, hidden_paths)) from error
    except Exception as error:  # what a dying kernel raises is not ours to list
        text = _hide_paths(str(error), hidden_paths)
        raise ChapterError(f"{chapter.path.name}: {type(error).__name__}: {text}") from error
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
            cell.outputs = _order_streams(cell.outputs)
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
        tempfile.gettempdir(): "<temporary>",
        os.environ.get("TMPDIR", tempfile.gettempdir()): "<temporary>",
        os.path.expanduser("~"): "~",
    }
    ordered = sorted(paths.items(), key=lambda item: -len(item[0]))
    return {path: name for path, name in ordered if len(path) > 1}


def _run_papermill(
    chapter: Chapter, parameters: Mapping[str, Value], engine: Engine
) -> NotebookNode:
    with _thread_event_loop():
        notebook: NotebookNode = papermill.execute_notebook(
            str(chapter.path),
            None,
            parameters=parameters,
            engine_name=None if engine == "ordinary" else engine,
            kernel_name=KERNEL,
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            shutdown_kernel="immediate",
            execution_timeout=CELL_SECONDS,
            config=_kernel_settings(),
        )
    return notebook


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
    """Talk to the kernel through files, not ports: nothing to race for, nothing to listen to."""
    if os.name != "posix":
        return Config()
    sockets = Path(jupyter_runtime_dir()) / uuid.uuid4().hex[:8]
    return Config({"KernelManager": {"transport": "ipc", "ip": str(sockets)}})


def _describe_failure(
    chapter: Chapter, error: PapermillExecutionError, hidden_paths: Mapping[str, str]
) -> str:
    number, first_line = _locate_cell(chapter, error.source)
    cause = _hide_paths(f"{error.ename}: {error.evalue}", hidden_paths)
    return f"{chapter.path.name}, cell {number}: {first_line}\n  {cause}"


def _locate_cell(chapter: Chapter, source: str) -> tuple[str, str]:
    """Find a failing cell in the notebook as it is kept: papermill has put one cell into it."""
    lines = [line for line in source.splitlines() if line.strip()]
    cells = nbformat.read(chapter.path, as_version=4).cells
    numbers = [n for n, cell in enumerate(cells, start=1) if cell.source == source]
    return (str(numbers[0]) if numbers else "of given parameters"), (lines[0] if lines else "")


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
    if "at 0x" in text:
        text = re.sub(r"\bat 0x[0-9a-fA-F]{6,}", "at 0x…", text)
    return text


def iterate_outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Go through every output of an executed notebook, in order."""
    for cell in notebook.cells:
        yield from cell.get("outputs", ())
