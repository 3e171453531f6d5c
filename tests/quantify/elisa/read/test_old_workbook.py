import subprocess
import sys
from pathlib import Path

import pytest

from helpers.io import child
from helpers.quantify.elisa.read.old_workbook import (
    BrokenWorkbookError,
    lacks_extra,
    read_old_workbook,
)

SHARED = Path("/work/shared/data/elisa/bioplex_tiny/02-14A22-IgA-Biotin-tiny.xls")


def answer(monkeypatch, code):
    """Let the other process run the code instead."""
    run = subprocess.run
    monkeypatch.setattr(
        child.subprocess,
        "run",
        lambda command, **options: run([sys.executable, "-c", code], **options),
    )


def test_sheets_come_from_the_other_process(monkeypatch):
    answer(monkeypatch, """print('{"sheets": {"one": [["A1", 0.5]]}}')""")
    assert read_old_workbook(Path("x.xls"), most_cells=10) == {"one": [["A1", 0.5]]}


def test_what_ends_the_other_process_is_told(monkeypatch):
    answer(monkeypatch, "import os; os.abort()")
    with pytest.raises(BrokenWorkbookError, match="do not fit together"):
        read_old_workbook(Path("x.xls"), most_cells=10)


def test_an_absent_extra_is_known(monkeypatch):
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    assert lacks_extra()


@pytest.mark.shared
@pytest.mark.skipif(lacks_extra(), reason="the extra 'plates' is not installed")
@pytest.mark.skipif(not SHARED.is_file(), reason="real files are not part of the project")
def test_a_real_workbook_and_a_bound_of_its_cells():
    ((name, rows),) = read_old_workbook(SHARED, most_cells=2000).items()
    assert (name, len(rows)) == ("ENV1 (31)", 67)
    with pytest.raises(BrokenWorkbookError, match="67 rows and 16 columns"):
        read_old_workbook(SHARED, most_cells=67 * 16 - 1)
