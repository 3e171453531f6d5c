"""What kernels inherit lasts as long as the block, and lies in the folder for temporary files."""

import os
import tempfile
from pathlib import Path

from helpers.render.environment import kernel_environment
from helpers.render.execute import list_hidden_paths
from helpers.render.scratch import scratch_root


def test_temporary_files_of_kernels_and_for_them_lie_in_our_folder(tmp_path):
    before = tempfile.gettempdir(), os.environ.get("TMPDIR")
    with kernel_environment(tmp_path):
        assert tempfile.gettempdir() == os.environ["TMPDIR"]
        folder = Path(tempfile.mkdtemp())
        assert folder.is_relative_to(scratch_root())
    assert not folder.exists()
    assert (tempfile.gettempdir(), os.environ.get("TMPDIR")) == before


def test_no_result_shows_the_folder_that_the_machine_has_for_temporary_files(tmp_path):
    with kernel_environment(tmp_path):
        hidden = list_hidden_paths(tmp_path / "toy", root=tmp_path)
        assert hidden[str(scratch_root().parent)] == "<temporary>"
        assert hidden[os.environ["TMPDIR"]] == "<temporary>"
