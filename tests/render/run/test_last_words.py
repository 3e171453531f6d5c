"""What a kernel said outside of cells lies beside its connection file; its last line is told."""

import os

import pytest

from helpers.render.run.last_words import LONGEST, TAIL, name_words, read_last_words


@pytest.mark.parametrize(
    ("said", "last"),
    [
        (b"", ""),
        (b"Traceback:\n  x\nImportError: no zmq\n\n", "ImportError: no zmq"),
        (b"first\n" + b"x" * TAIL + b"\nlast", "last"),
        (b"\xffodd", "\N{REPLACEMENT CHARACTER}odd"),
        (b"y" * (LONGEST + 1), "y" * LONGEST),
    ],
)
def test_the_last_line_that_says_something_is_read(tmp_path, said, last):
    (tmp_path / "k.said").write_bytes(said)
    assert read_last_words(str(tmp_path / "k.json")) == last


def test_a_kernel_without_files_said_nothing(tmp_path):
    assert str(name_words("")) == os.devnull
    assert read_last_words("") == ""
    assert read_last_words(str(tmp_path / "absent.json")) == ""
