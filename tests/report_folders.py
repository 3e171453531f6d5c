"""Make small folders that the runner takes for reports of its own."""

import json
from pathlib import Path

from helpers.render.publish.manifest import SIGNATURE, hash_published


def write_report(folder: Path, text: str = "old") -> Path:
    """Write a report of two files and its manifest."""
    (folder / "chapters").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text)
    (folder / "chapters" / "01.html").write_text(text)
    return seal_report(folder)


def seal_report(folder: Path, *, failed: tuple[str, ...] = ()) -> Path:
    """Write the manifest of a report for the files that are there."""
    (folder / "manifest.json").unlink(missing_ok=True)
    outputs = [{"path": name, "sha256": sha256} for name, sha256 in hash_published(folder).items()]
    content = SIGNATURE | {
        "study": folder.name,
        "inputs": [],
        "notebooks": [],
        "parameters": [],
        "versions": {},
        "failed": failed,
        "outputs": outputs,
        "created": "2026-01-01T00:00:00+00:00",
    }
    (folder / "manifest.json").write_text(json.dumps(content))
    return folder
