"""All tables of the invented cohort, and the one command that writes them."""

from __future__ import annotations

from pathlib import Path

from helpers.reconstruct.adverse_events import build_adverse_events
from helpers.reconstruct.clinical_response import (
    build_core_set,
    build_disposition,
    build_functional_index,
    build_patients,
)
from helpers.reconstruct.cytokines import build_cytokines
from helpers.reconstruct.draws import SEED
from helpers.reconstruct.figures import is_met, measure_all
from helpers.reconstruct.ihc import build_biopsies
from helpers.reconstruct.medications import build_medications
from helpers.reconstruct.separation import list_separating
from helpers.reconstruct.t_cells import build_in_vitro, build_t_cells
from helpers.reconstruct.write import write_rows

FIXED = {
    "disposition": build_disposition,
}
"""Tables that are written down in full."""

DRAWN = {
    "patients": build_patients,
    "core_set": build_core_set,
    "functional_index": build_functional_index,
    "adverse_events": build_adverse_events,
    "medications": build_medications,
    "biopsies": build_biopsies,
    "cytokines": build_cytokines,
    "t_cells": build_t_cells,
    "in_vitro": build_in_vitro,
}
"""Tables of which the sizes are drawn."""


def build_tables(*, seed: int = SEED) -> dict[str, bytes]:
    """Build every table of the invented cohort as CSV, the same bytes each time.

    Parameters
    ----------
    seed : int
        Another seed gives another cohort for which the same published numbers hold.

    Returns
    -------
    dict of str to bytes
        File content by name of the table.

    Examples
    --------
    >>> build_tables()["disposition"].splitlines()[0]
    b'patient_id,last_month,completed,stop_reason'
    """
    rows = {name: build() for name, build in FIXED.items()}
    rows |= {name: build(seed=seed) for name, build in DRAWN.items()}
    assert is_met(measure_all(rows)), "a target is missed by tables that were drawn to meet it"
    assert not list_separating(rows), "something that no source reports sets responders apart"
    return {name: write_rows(table) for name, table in rows.items()}


def rebuild_tables(folder: Path, *, seed: int = SEED) -> list[Path]:
    """Write every table of the invented cohort below a study's folder.

    Parameters
    ----------
    folder : Path
        The study, ``data/anakinra_iim``. Its study.yml and claims are left alone.
    seed : int
        As in `build_tables`; the committed tables have the default.

    Returns
    -------
    list of Path
        The files, written or found to be the same already.
    """
    files = []
    for name, content in build_tables(seed=seed).items():
        path = folder / "tables" / f"{name}.csv"
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        files.append(path)
    return files
