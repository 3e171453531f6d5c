"""The bounds of `throughput.py`: the notebooks' own code and HTML without any runner.

``python limits.py code NOTEBOOKS STUDIES CORES``: libraries are loaded first and not counted; each
notebook then runs in a fork, without kernel, messages, kept outputs or HTML.

``python limits.py together NOTEBOOKS STUDIES CORES``: one process a core loads everything once and
runs its share of the notebooks in one and the same shell, one after the other, with outputs and a
page of HTML each. Nothing keeps the notebooks apart: no runner that isolates them can do less.

Both print seconds. NOTEBOOKS and STUDIES are lists with commas.
"""

import json
import os
import sys
import time
from pathlib import Path


def load_libraries():
    from helpers.render.warm.libraries import load_all

    load_all()


def run_notebook(path, study):
    """Run a notebook's cells in IPython's shell; give each cell's outputs."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.reset()
    outputs = []
    for cell in json.loads(Path(path).read_text())["cells"]:
        if cell["cell_type"] != "code":
            continue
        tagged = "parameters" in cell["metadata"].get("tags", ())
        source = "".join(cell["source"]) + (f"\nstudy = {study!r}" if tagged else "")
        with capture_output() as shown:
            shell.run_cell(source).raise_error()
        outputs.append(shown.outputs)
    return outputs


def write_page(path, outputs, exporter, target):
    """Convert a notebook with its outputs by the report's own exporter."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell, shown in zip(code, outputs, strict=True):
        cell.outputs = [
            nbformat.v4.new_output("display_data", data=one.data, metadata=one.metadata or {})
            for one in shown
        ]
    body = exporter.convert_chapter(notebook, anchor=Path(path).stem)
    target.write_text(body.html)


def run_share(jobs, folder):
    from helpers.render.convert import ReportExporter

    load_libraries()
    exporter = ReportExporter()
    for path, study in jobs:
        target = Path(folder) / f"limit-{study}-{Path(path).stem}.html"
        write_page(path, run_notebook(path, study), exporter, target)


def wait_for_one():
    _, status = os.wait()
    if status:
        raise SystemExit("a notebook failed")


def measure_code(jobs, cores):
    load_libraries()
    start = time.perf_counter()
    for number, (path, study) in enumerate(jobs):
        if number >= cores:
            wait_for_one()
        if os.fork() == 0:
            run_notebook(path, study)
            os._exit(0)
    for _ in jobs[-cores:]:
        wait_for_one()
    return time.perf_counter() - start


def measure_together(jobs, cores):
    start = time.perf_counter()
    for number in range(cores):
        if os.fork() == 0:
            run_share(jobs[number::cores], ".")
            os._exit(0)
    for _ in range(cores):
        wait_for_one()
    return time.perf_counter() - start


def main():
    way, notebooks, studies, cores = sys.argv[1:]
    jobs = [(path, study) for study in studies.split(",") for path in notebooks.split(",")]
    measure = {"code": measure_code, "together": measure_together}[way]
    print(measure(jobs, int(cores)))


if __name__ == "__main__":
    main()
