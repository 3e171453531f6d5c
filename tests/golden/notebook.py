"""Run one shipped notebook in this process, as papermill would, and read what it put out."""

import atexit
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook
from tests.golden.drawn import list_drawn, watch_drawing
from traitlets.config import Config

from helpers.render.page.collect import BuiltChapter
from helpers.render.plan.chapters import Chapter
from helpers.render.run.execute import list_hidden_paths, scrub_notebook


@dataclass(frozen=True)
class Ran:
    """A chapter that ran: its notebook with outputs, what was drawn, and how it failed."""

    built: BuiltChapter
    drawn: Mapping[str, list[dict[str, Any]]]
    warned: tuple[str, ...]
    error: str = ""


class _Publisher(DisplayPublisher):
    """Keeps what is displayed as a notebook's file would, updates included."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.outputs: list[NotebookNode] = []
        self._places: dict[str, list[NotebookNode]] = {}

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **_):
        place = (transient or {}).get("display_id")
        if update:
            for output in self._places.get(place, []):
                output.update(nbformat.from_dict({"data": data, "metadata": metadata or {}}))
            return
        output = nbformat.v4.new_output("display_data", data=data, metadata=metadata or {})
        self._places.setdefault(place, []).append(output)
        self.outputs.append(output)

    def clear_output(self, wait=False):
        self.outputs.clear()


class _Hook(DisplayHook):
    """Keeps what the last line of a cell shows."""

    def write_output_prompt(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.shell.display_pub.publish(format_dict, md_dict)


class _Shell(InteractiveShell):
    """An IPython without terminal, history or tracebacks on the screen."""

    def __init__(self, **options: Any) -> None:
        config = Config({"HistoryManager": {"enabled": False}})
        super().__init__(
            config=config, display_pub_class=_Publisher, displayhook_class=_Hook, **options
        )

    def enable_gui(self, gui=None):
        pass

    def _showtraceback(self, etype, evalue, stb):
        pass


def run_chapter(
    chapter: Chapter, study: Path, values: Mapping[str, Any], *, root: Path, draws: bool
) -> Ran:
    """Run every cell of a chapter for a study; stop at a cell that fails."""
    notebook = load_notebook_node(str(chapter.path))
    notebook = parameterize_notebook(notebook, values, kernel_name="python3", language="python")
    with _quiet() as warned, watch_drawing(really=draws) as figures, _open_shell() as shell:
        error = next((fault for fault in _run_cells(shell, notebook) if fault), "")
        drawn = {name: list_drawn(figure) for name, figure in figures.items()}
    hidden = list_hidden_paths(study, root=root)
    clean = scrub_notebook(notebook, hidden_paths=hidden)
    for path, name in hidden.items():
        error = error.replace(path, name)
    told = dict.fromkeys(f"{one.category.__name__}: {one.message}" for one in warned)
    return Ran(BuiltChapter(chapter, clean, ""), drawn, tuple(told), error)


def _run_cells(shell: _Shell, notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shell.display_pub.outputs = cell.outputs = []
            with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                result = shell.run_cell(cell.source, store_history=False)
            failed = result.error_before_exec or result.error_in_exec
            yield f"{type(failed).__name__}: {_shorten(str(failed))}" if failed else ""


def _shorten(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", text.strip())


@contextmanager
def _open_shell() -> Iterator[_Shell]:
    """Open a shell of its own for one notebook; `display` finds it as the shell in force."""
    InteractiveShell.clear_instance()
    shell = _Shell.instance(user_ns={})
    try:
        yield shell
    finally:
        atexit.unregister(shell.atexit_operations)
        shell.restore_sys_module_state()
        _Shell.clear_instance()


@contextmanager
def _quiet() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as warned, mpl.rc_context({"backend": "agg"}):
        warnings.simplefilter("always")
        yield warned
