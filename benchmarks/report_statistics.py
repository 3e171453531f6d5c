"""How much of a full report is statistics? CPU seconds spent in helpers.stats, chapter by chapter.

Runs the cells of every chapter of one study in this process, with a clock round each call into
helpers.stats that comes from outside of it.

    python benchmarks/report_statistics.py anakinra_iim
"""

import argparse
import functools
import importlib
import json
import pkgutil
import sys
import time
import types
from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"


class Clock:
    """CPU time inside wrapped calls; a call within a call counts once."""

    def __init__(self):
        self.seconds = 0.0
        self.by_function = Counter()
        self.running = False

    def wrap(self, function):
        @functools.wraps(function)
        def timed(*arguments, **options):
            if self.running:
                return function(*arguments, **options)
            self.running = True
            start = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                spent = time.process_time() - start
                self.seconds += spent
                self.by_function[function.__qualname__] += spent
                self.running = False

        return timed


def wrap_statistics(clock):
    """Put the clock round every function of helpers.stats, before anything imports one."""
    import helpers.stats

    modules = [
        importlib.import_module(f"helpers.stats.{found.name}")
        for found in pkgutil.iter_modules(helpers.stats.__path__)
    ]
    wrapped = {}
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, types.FunctionType) and value.__module__.startswith(
                "helpers.stats"
            ):
                timed = wrapped.setdefault(value, clock.wrap(value))
                setattr(module, name, timed)


def open_shell():
    """Open a shell that computes what the last line of a cell shows, as a notebook would."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.display_pub.publish = lambda *_, **__: None
    return shell


def run_chapter(shell, path, study):
    from helpers.locate import locate_study

    notebook = json.loads(path.read_text(encoding="utf-8"))
    folder = locate_study(study)
    tables = {file.stem for file in (folder / "tables").glob("*.csv")}
    tables |= {file.stem for file in folder.glob("published_claims.csv")}
    if not set(notebook["metadata"]["chapter"]["needs"]) <= tables:
        return False
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            with redirect_stdout(StringIO()):
                shell.run_cell("".join(cell["source"]), store_history=False).raise_error()
            if "parameters" in cell["metadata"].get("tags", []):
                shell.push({"study": study})
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="?", default="anakinra_iim")
    study = parser.parse_args().study
    clock = Clock()
    wrap_statistics(clock)
    shell = open_shell()
    print(f"{'chapter':28}{'CPU s in helpers.stats':>24}")
    for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
        before = clock.seconds
        if run_chapter(shell, path, study):
            print(f"{path.stem:28}{clock.seconds - before:24.3f}")
    print(f"{'whole report':28}{clock.seconds:24.3f}")
    for name, seconds in clock.by_function.most_common(6):
        print(f"    {name:34}{seconds:14.3f}", file=sys.stdout)


if __name__ == "__main__":
    main()
