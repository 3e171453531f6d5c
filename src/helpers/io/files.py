"""Read a file that a person named: a regular file, of a size that it can have, or a reason why not.

A folder, a pipe or a device in the place of a table would fail late, wait for ever or never end.
Nothing here needs pandas.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from helpers.io.bounds import MEGABYTE

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_COPY = "put the file itself here"
_MENDS = {
    errno.EACCES: "ask who keeps the file for the right to read it (chmod u+r)",
    errno.EPERM: "ask who keeps the file for the right to read it (chmod u+r)",
    errno.ENOENT: f"the file is gone, or is a link to nothing: {_COPY}",
    errno.ELOOP: f"the link leads back to itself: {_COPY}",
    errno.ENAMETOOLONG: "give the file a shorter name",
}


class UnreadableError(ValueError):
    """Raised when something is not a file that can be read.

    Attributes
    ----------
    path : Path
        What is there in its place.
    found, expected, mend : str
        Plain words for the person who keeps the file.
    """

    def __init__(self, path: Path, found: str, expected: str, mend: str) -> None:
        self.path, self.found, self.expected, self.mend = path, found, expected, mend
        super().__init__(f"{path}: expected {expected}, found {found}; {mend}")

    @classmethod
    def from_error(cls, path: Path, error: OSError) -> UnreadableError:
        """Say in words why the system did not give a file."""
        reason = (error.strerror or type(error).__name__).lower()
        mend = _MENDS.get(error.errno or 0, f"copy the file here again: {_COPY}")
        return cls(path, f"a file that cannot be read ({reason})", "a file", mend)


def require_file(path: Path, *, at_most: int) -> None:
    """Refuse what is not a regular file, and what is too large, before it is opened.

    Parameters
    ----------
    path : Path
        A link is followed to what it leads to.
    at_most : int
        Bytes; a bound of `helpers.io.bounds`.

    Raises
    ------
    UnreadableError
        Saying what is there in its place.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise UnreadableError.from_error(path, error) from error
    except ValueError as error:  # a name that no system can hold
        raise UnreadableError(path, f"a name with {error}", "a file", "rename it") from error
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no regular file")
        raise UnreadableError(path, kind, "a file", f"{_COPY}, or take this away")
    if found.st_size > at_most:
        _refuse_size(path, f"{found.st_size / MEGABYTE:.0f} MB", at_most)


def read_bytes(path: Path, *, at_most: int) -> bytes:
    """Read a regular file.

    Parameters
    ----------
    path : Path
    at_most : int
        Bytes; a bound of `helpers.io.bounds`.

    Returns
    -------
    bytes

    Raises
    ------
    UnreadableError
        When it is no regular file, cannot be read, or is larger.

    Examples
    --------
    >>> read_bytes(Path("/dev/zero"), at_most=1)
    Traceback (most recent call last):
    helpers.io.files.UnreadableError: /dev/zero: expected a file, found a device; put the file ...
    """
    require_file(path, at_most=at_most)
    try:
        with path.open("rb") as file:
            content = file.read(at_most + 1)
    except OSError as error:
        raise UnreadableError.from_error(path, error) from error
    if len(content) > at_most:  # it grew, or its size was not told
        _refuse_size(path, "more", at_most)
    return content


def read_text(path: Path, *, at_most: int) -> str:
    """Read a regular file of UTF-8 text, with or without a byte order mark.

    Parameters
    ----------
    path : Path
    at_most : int
        Bytes; a bound of `helpers.io.bounds`.

    Returns
    -------
    str

    Raises
    ------
    UnreadableError
        When it is no regular file, cannot be read, is larger, or is no UTF-8 text.
    """
    try:
        return read_bytes(path, at_most=at_most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 (0x{error.object[error.start]:02x})"
        mend = "save the file again with the encoding UTF-8"
        raise UnreadableError(path, found, "text in UTF-8", mend) from error


def _refuse_size(path: Path, size: str, at_most: int) -> None:
    mend = "leave out what the analysis does not read, or look whether this is the right file"
    raise UnreadableError(path, f"a file of {size}", f"at most {at_most / MEGABYTE:g} MB", mend)
