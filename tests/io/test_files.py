"""A file is a file: everything else is named, on every kind of reading, and nothing waits."""

import errno
import os
import socket
from pathlib import Path

import pytest

from helpers.io.files import UnreadableError, read_bytes, read_text, require_file


def find_fault(path, read=read_bytes):
    with pytest.raises(UnreadableError, match="expected") as caught:
        read(path, at_most=10)
    return caught.value


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


OBJECTS = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a socket": make_socket,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_what_is_no_regular_file_is_named_and_not_waited_for(tmp_path, kind, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    OBJECTS[kind](Path("t.csv"))
    fault = find_fault(Path("t.csv"))
    assert (fault.found, fault.expected) == (kind, "a file")
    assert fault.mend == "put the file itself here, or take this away"


@pytest.mark.parametrize(
    ("target", "reason", "mend"),
    [
        ("nothing", "no such file", "the file is gone, or is a link to nothing"),
        ("link", "too many levels of symbolic links", "the link leads back to itself"),
    ],
)
def test_a_link_that_leads_to_no_file_is_refused(tmp_path, target, reason, mend):
    (tmp_path / "link").symlink_to(tmp_path / target)
    fault = find_fault(tmp_path / "link")
    assert reason in fault.found
    assert fault.mend.startswith(mend)


def test_a_link_to_a_file_is_that_file(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert read_bytes(tmp_path / "link", at_most=10) == b"abc"


@pytest.mark.parametrize(
    ("name", "found"), [("a" * 300, "file name too long"), ("a\0b", "a name with embedded null")]
)
def test_a_name_that_no_system_takes_is_refused(tmp_path, name, found):
    assert found in find_fault(tmp_path / name).found


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.EACCES, "ask who keeps the file for the right to read it (chmod u+r)"),
        (errno.EIO, "copy the file here again: put the file itself here"),
    ],
)
def test_a_file_that_the_system_does_not_give_is_refused(tmp_path, monkeypatch, number, mend):
    # A simulation: whoever runs the tests may be allowed to read everything.
    def refuse(self, *options, **more):
        raise OSError(number, os.strerror(number))

    (tmp_path / "t.csv").write_bytes(b"abc")
    monkeypatch.setattr(Path, "open", refuse)
    fault = find_fault(tmp_path / "t.csv")
    assert fault.found == f"a file that cannot be read ({os.strerror(number).lower()})"
    assert fault.mend == mend


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_a_file_without_the_right_to_read_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"abc")
    path.chmod(0)
    assert find_fault(path).found == "a file that cannot be read (permission denied)"


def test_a_file_is_read_up_to_the_bound_and_refused_beyond(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"x" * 10)
    assert read_bytes(path, at_most=10) == b"x" * 10
    path.write_bytes(b"x" * 11)
    assert "at most" in find_fault(path).expected


def test_a_file_of_untold_size_is_refused_once_it_goes_beyond(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b"x" * 11)
    monkeypatch.setattr("helpers.io.files.require_file", lambda path, at_most: None)
    assert find_fault(path).found == "a file of more"


def test_a_huge_file_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("wb") as file:
        file.truncate(2**40)  # a file of holes: it takes no room
    with pytest.raises(UnreadableError, match="a file of 1048576 MB"):
        require_file(path, at_most=10)


@pytest.mark.parametrize(
    ("content", "text"), [(b"\xef\xbb\xbfab", "ab"), ("ä\r\n".encode(), "ä\r\n")]
)
def test_text_is_read_as_it_is_without_its_mark(tmp_path, content, text):
    (tmp_path / "t.txt").write_bytes(content)
    assert read_text(tmp_path / "t.txt", at_most=10) == text


def test_text_of_another_encoding_names_its_first_byte(tmp_path):
    (tmp_path / "t.txt").write_bytes("ä".encode("latin-1"))
    fault = find_fault(tmp_path / "t.txt", read_text)
    assert (fault.found, fault.expected) == ("a byte that is not UTF-8 (0xe4)", "text in UTF-8")
