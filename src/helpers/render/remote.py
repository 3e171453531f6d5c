"""Addresses in place of folders, ``s3://bucket/studies/site_01``: opened through fsspec.

Nothing here loads fsspec before an address is opened, so that a run without addresses needs none.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
"""At least two letters before the colon: ``C:`` is a drive of Windows."""

LOCAL = {"file", "local"}

SECRET = re.compile(r"://[^/@]*:[^/@]*@")

EXPECTED = "an address that fsspec can open here, such as s3://bucket/studies/site_01"


class RemoteError(ValueError):
    """Raised when an address cannot be used; a fault of what was asked for.

    Parameters
    ----------
    address : str
        As it was given.
    found, expected, mend : str
        What is wrong with it, what it should be, and how to mend it.
    """

    def __init__(self, address: str, *, found: str, expected: str, mend: str) -> None:
        self.address = SECRET.sub("://***@", address)
        self.found, self.expected, self.mend = found, expected, mend
        super().__init__(
            f"{self.address}\n"
            f"     found:    {found}\n"
            f"     expected: {expected}\n"
            f"     to mend:  {mend}"
        )


def is_address(text: str) -> bool:
    """Tell an address from a path.

    Parameters
    ----------
    text : str
        As a person typed it.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_address("s3://bucket/reports")
    True
    >>> is_address("C:/reports"), is_address("../reports")
    (False, False)
    """
    return ADDRESS.match(text) is not None


def trim_address(address: str) -> str:
    """Give an address without slashes at its end.

    Parameters
    ----------
    address : str
        ``s3://bucket/reports/``.

    Returns
    -------
    str

    Examples
    --------
    >>> trim_address("s3://bucket/reports/"), trim_address("s3:///")
    ('s3://bucket/reports', 's3://')
    """
    protocol, mark, path = address.partition("://")
    return protocol + mark + path.rstrip("/")


def is_inside(address: str, folder: str) -> bool:
    """Tell whether an address is that of a folder, or of something in it.

    Parameters
    ----------
    address : str
        ``s3://bucket/my_study/reports``.
    folder : str
        Another address; a path is none, and holds no address.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_inside("s3://bucket/a/reports", "s3://bucket/a/")
    True
    >>> is_inside("s3://bucket/ab", "s3://bucket/a"), is_inside("s3://bucket/ab", "bucket")
    (False, False)
    """
    return is_address(folder) and f"{trim_address(address)}/".startswith(f"{trim_address(folder)}/")


def find_local_folder(address: str) -> Path | None:
    """Give the folder of this machine that an address names; None for any other address.

    Parameters
    ----------
    address : str
        ``file:///shared/reports``.

    Returns
    -------
    Path or None
        Absolute, without links.

    Examples
    --------
    >>> find_local_folder("s3://bucket/reports") is None
    True
    """
    protocol = address.partition("://")[0].lower()
    return Path(os.path.realpath(open_address(address)[1])) if protocol in LOCAL else None


def shorten_address(address: str) -> str:
    """Give sixteen digits for an address, the same with or without a slash at its end."""
    return hashlib.sha256(trim_address(address).encode(errors="surrogatepass")).hexdigest()[:16]


def open_address(address: str) -> tuple[AbstractFileSystem, str]:
    """Open the file system of an address; nothing is read there yet.

    Parameters
    ----------
    address : str
        ``s3://bucket/studies/site_01``.

    Returns
    -------
    tuple of (fsspec.AbstractFileSystem, str)
        The file system, which remembers no earlier listing, and the path in it.

    Raises
    ------
    RemoteError
        When fsspec or the package of the protocol is not installed, the protocol is unknown, or
        the address names no folder or holds a password.
    """
    if not address.partition("://")[2].strip("/"):
        mend = "add the folder, or the bucket and the folder"
        raise RemoteError(address, found="no folder in it", expected=EXPECTED, mend=mend)
    if SECRET.search(address):
        mend = "put the password where the protocol's package looks for it (docs/cluster.md)"
        raise RemoteError(address, found="a password", expected="none in an address", mend=mend)
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        mend = (
            f"{sys.executable} -m pip install fsspec, with s3fs for s3://, gcsfs for gs://, "
            "adlfs for abfs://"
        )
        raise RemoteError(
            address, found="fsspec is not installed", expected=EXPECTED, mend=mend
        ) from error
    with tell_faults(address):
        system, path = url_to_fs(address)
        system.invalidate_cache()
    return system, path.rstrip("/")


@contextmanager
def tell_faults(address: str, expected: str = EXPECTED) -> Iterator[None]:
    """Turn what goes wrong at an address into a fault of the address.

    Parameters
    ----------
    address : str
        As it was given.
    expected : str
        What should have been there.

    Raises
    ------
    RemoteError
        Saying which package to install where one is missing.
    """
    try:
        yield
    except RemoteError:
        raise
    except ImportError as error:
        protocol = address.partition("://")[0]
        found = f"what reads {protocol}:// is not installed: {error}"
        mend = _name_package(protocol)
        raise RemoteError(address, found=found, expected=expected, mend=mend) from error
    except Exception as error:  # the package of each protocol has exceptions of its own
        mend = "correct the address, or give this user access to it (docs/cluster.md)"
        raise RemoteError(address, found=_describe(error), expected=expected, mend=mend) from error


def _name_package(protocol: str) -> str:
    """Say how to get the package of a protocol, in the version that fits this fsspec."""
    import fsspec
    from fsspec.registry import known_implementations

    package = known_implementations.get(protocol, {}).get("class", "").partition(".")[0]
    if package in {"", "fsspec"}:  # fsspec's own words name what it misses
        return f"install what these words name with {sys.executable} -m pip install"
    # These two are published together with fsspec, and refuse another version of it.
    version = f"=={fsspec.__version__}" if package in {"s3fs", "gcsfs"} else ""
    return f"{sys.executable} -m pip install {package}{version}"


def _describe(error: Exception) -> str:
    words = str(error).strip() or "no further words"
    if isinstance(error, FileNotFoundError):
        return f"nothing there ({words})"
    if isinstance(error, PermissionError):
        return f"no permission ({words})"
    return words if type(error) is ValueError else f"{type(error).__name__}: {words}"
