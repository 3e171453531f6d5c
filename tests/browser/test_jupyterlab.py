"""The notebooks in JupyterLab, as an analyst runs them: every figure there, and no error."""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(path.name for path in ROOT.glob("notebooks/*.ipynb"))
SECONDS = 120

SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells out of sight are there too
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}

OPEN = """async path => {
    const app = window.jupyterapp;
    await app.restored;
    const panel = await app.commands.execute("docmanager:open", {path});
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.revealed;
    app.shell.activateById(panel.id);
}"""
RUN = """async () => {
    const app = window.jupyterapp;
    const panel = app.shell.currentWidget;
    await app.commands.execute("notebook:run-all-cells");
    while (panel.sessionContext.session.kernel.status !== "idle")
        await new Promise(resolve => setTimeout(resolve, 50));
    await panel.context.save();
}"""
CLOSE = """async () => {
    const app = window.jupyterapp;
    await app.shell.currentWidget.sessionContext.shutdown();
    app.shell.currentWidget.dispose();
}"""
TRUSTED = """() => {
    const cells = [...window.jupyterapp.shell.currentWidget.model.cells];
    return cells.filter(cell => cell.type === "code").every(cell => cell.trusted);
}"""
FIGURES = """async () => {
    const images = [...document.querySelectorAll(".jp-Notebook figure.figure img")];
    await Promise.all(images.map(image => image.decode().catch(() => {})));
    return images.map(image => image.naturalWidth * image.naturalHeight * image.clientWidth);
}"""
ERRORS = """() => ["[data-mime-type='application/vnd.jupyter.stderr']", ".jp-mod-error"]
    .flatMap(kind => [...document.querySelectorAll(`.jp-Notebook ${kind}`)])
    .map(one => one.textContent.slice(0, 300))"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab and the folder that it shows."""

    folder: Path
    address: str


def wait_for_address(process, runtime):
    """Give the address that the server has written down, as soon as it has."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "JupyterLab ended while it was starting"
        for path in runtime.glob("jpserver-*.json"):
            told = json.loads(path.read_text() or "{}")
            if told:
                return f"{told['url']}lab?token={told['token']}&reset"
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start within {SECONDS} s")


def write_settings(folder):
    for name, settings in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on this machine only, with copies of the notebooks and settings of its own."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "project"
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "data", folder / "data")
    nbformat.write(
        nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "P"}}),
        folder / "empty.ipynb",
    )
    write_settings(home / "settings")
    own = {
        **{f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")},
        **{f"JUPYTERLAB_{n.upper()}_DIR": str(home / n) for n in ("settings", "workspaces")},
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": str(ROOT / "src"),
    }
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.root_dir": str(folder),
        "IdentityProvider.token": secrets.token_hex(),
        "LabApp.expose_app_in_browser": "True",
        "LabApp.news_url": "",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    with (
        (home / "log").open("w") as log,
        subprocess.Popen(
            command, env=os.environ | own, cwd=folder, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield Lab(folder, wait_for_address(process, home / "RUNTIME"))
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def page(lab, browser):
    """One window for all notebooks; ``page.complaints`` grows."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    page.complaints = []
    page.on(
        "console",
        lambda message: page.complaints.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(lab.address)
    page.wait_for_function("window.jupyterapp !== undefined")
    yield page
    context.close()


def open_notebook(page, path):
    page.complaints.clear()
    page.evaluate(OPEN, path)


def run_notebook(page, path):
    open_notebook(page, path)
    page.evaluate(RUN)


def count_figures(path):
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    return sum(
        output.get("metadata", {}).get("report", {}).get("kind") == "figure" for output in outputs
    )


@pytest.fixture(scope="module")
def usual_complaints(page):
    """What the browser says of a notebook in which nothing stands."""
    run_notebook(page, "empty.ipynb")
    usual = {*page.complaints}
    page.evaluate(CLOSE)
    return usual


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_shows_every_figure(lab, page, usual_complaints, name):
    path = f"notebooks/{name}"
    run_notebook(page, path)
    expected = count_figures(lab.folder / path)
    figures = page.evaluate(FIGURES)
    errors, complaints = page.evaluate(ERRORS), {*page.complaints}
    if pictures := os.environ.get("PICTURES"):
        page.locator(".jp-Notebook figure.figure").first.scroll_into_view_if_needed()
        page.screenshot(path=f"{pictures}/{name}.png")
    page.evaluate(CLOSE)
    assert errors == []
    assert complaints <= usual_complaints
    shown = [one for one in figures if one]  # a drawing for phones is hidden here
    assert len(shown) == expected > 0


def test_a_notebook_that_is_not_trusted_shows_every_figure_too(lab, page, usual_complaints):
    path = lab.folder / "notebooks" / "01_clinical_response.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["changed"] = True  # so that its signature is another
    nbformat.write(notebook, lab.folder / "strange.ipynb")
    open_notebook(page, "strange.ipynb")
    assert not page.evaluate(TRUSTED)
    figures = page.evaluate(FIGURES)
    assert len(figures) == count_figures(path) > 0
    assert all(figures)
    assert page.evaluate(ERRORS) == []
    assert {*page.complaints} <= usual_complaints
    if pictures := os.environ.get("PICTURES"):
        page.locator(".jp-Notebook figure.figure").first.scroll_into_view_if_needed()
        page.screenshot(path=f"{pictures}/untrusted.png")
    page.evaluate(CLOSE)
