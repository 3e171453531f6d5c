"""The bounds of `throughput.py`: the notebooks' own code and the same reports without isolation.

``python limits.py code NOTEBOOKS STUDIES CORES``: libraries are loaded first and not counted; each
notebook then runs in a fork, without kernel, messages, kept outputs or HTML.

``python limits.py bare NOTEBOOKS STUDIES CORES``: one process a core loads everything once, runs
its share of the notebooks in IPython's shell, one after the other in one and the same process,
without kernel, messages or streams, and then writes its share of the reports. What the runner costs
above this is what it costs to keep notebooks apart and results for later.

Both print seconds. NOTEBOOKS and STUDIES are lists with commas.
"""

import multiprocessing
import os
import sys
import time
from pathlib import Path

FOLDER = "bare"


def load_libraries():
    from helpers.render.warm.libraries import load_all

    load_all()


def run_bare(path, study):
    """Run a notebook's cells in IPython's shell; give it with its outputs."""
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    shell.reset()
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        tagged = "parameters" in cell.metadata.get("tags", ())
        with capture_output() as shown:
            shell.run_cell(cell.source + (f"\nstudy = {study!r}" if tagged else "")).raise_error()
        cell.outputs = [
            nbformat.v4.new_output("display_data", data=one.data, metadata=one.metadata or {})
            for one in shown.outputs
        ]
    return notebook


def save_notebook(notebook, target):
    """Write an executed notebook as the runner keeps it."""
    import nbformat

    from helpers.render.run.execute import scrub_notebook

    failed = [out for cell in notebook.cells for out in cell.get("outputs", ()) if "ename" in out]
    if failed:
        raise SystemExit(f"{failed[0].ename}: {failed[0].evalue}")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(nbformat.writes(scrub_notebook(notebook, hidden_paths={})))


def write_pages(study, notebooks):
    """Write a study's report from its executed notebooks."""
    import nbformat

    from helpers.render.keep.study_card import read_study_card
    from helpers.render.page.assemble import Report, write_report
    from helpers.render.page.collect import BuiltChapter
    from helpers.render.plan.chapters import read_chapters
    from helpers.render.plan.plan import plan_reports
    from helpers.render.publish.manifest import read_provenance, write_manifest

    card = read_study_card(Path("data", study).resolve())
    [plan] = plan_reports([card], read_chapters(Path("notebooks").resolve()), [])
    built = []
    for chapter in plan.chapters:
        text = (notebooks / f"{chapter.name}.ipynb").read_text()
        built.append(BuiltChapter(chapter, nbformat.reads(text, as_version=4), text))
    provenance = read_provenance(card.folder, plan.chapters, plan.values)
    folder = notebooks / "report"
    outputs = write_report(Report(card, tuple(built), plan.not_measured, provenance), folder)
    write_manifest(folder, provenance, outputs, root=Path.cwd())


def run_share(jobs, studies, barrier):
    load_libraries()
    for path, study in jobs:
        save_notebook(run_bare(path, study), Path(FOLDER, study, Path(path).name))
    barrier.wait()
    for study in studies:
        write_pages(study, Path(FOLDER, study))


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
            run_bare(path, study)
            os._exit(0)
    for _ in jobs[-cores:]:
        wait_for_one()
    return time.perf_counter() - start


def measure_bare(jobs, cores):
    start = time.perf_counter()
    studies = list(dict.fromkeys(study for _, study in jobs))
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(cores)
    processes = [
        context.Process(target=run_share, args=(jobs[n::cores], studies[n::cores], barrier))
        for n in range(cores)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        if process.exitcode:
            raise SystemExit("a report failed")
    return time.perf_counter() - start


def main():
    way, notebooks, studies, cores = sys.argv[1:]
    jobs = [(path, study) for study in studies.split(",") for path in notebooks.split(",")]
    measure = {"code": measure_code, "bare": measure_bare}[way]
    print(measure(jobs, int(cores)))


if __name__ == "__main__":
    main()
