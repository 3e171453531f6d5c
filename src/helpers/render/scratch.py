"""The one folder for temporary files of this process, and what dead processes left of theirs.

Whatever is made for a short time carries a mark in its name: the machine with its boot and its
process namespace, the process, and when that started. So a later run can tell what nobody needs any
more, and two containers that share a folder never take each other's.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from threading import Lock

IS_LINUX = platform.system() == "Linux"

PREFIX = "msr-"
MARK = re.compile(r"(?P<host>[0-9a-f]{8})-(?P<process>\d+)-(?P<start>\d+)(?![0-9])")

UNKNOWN_HOST = "0" * 8
"""Stands in a mark where the machine does not tell its namespace: nobody removes what has it."""

SHORT = 24
"""The path of a socket may have 104 bytes on macOS, 108 on Linux; ours, and those that a notebook's
own processes make, add up to 80 to the name of the folder that all is in."""

SHORT_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm")

LAST = -1000
"""What `multiprocessing` does at the end of a process, it does from high numbers to low ones."""

_lock = Lock()
_roots: dict[int, Path] = {}
"""The folder of this process, by its number: a fork has none yet."""


def scratch_root(*, otherwise: Path | None = None) -> Path:
    """Give this process's folder for temporary files; it is removed when the process ends.

    The first call makes it, and removes those of processes on this machine that are dead.

    Parameters
    ----------
    otherwise : Path, optional
        Where to make it when none of the machine's own folders for temporary files can be written
        to.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        When no folder can be written to; says which variable to set.
    """
    with _lock:
        root = _roots.get(os.getpid())
        if root is None or not root.is_dir():
            base = _choose_base(otherwise)
            remove_left(base, f"{PREFIX}*")
            root = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{own_mark()}-", dir=base))
            _roots[os.getpid()] = root
            # Among what `multiprocessing` does at the end, also at that of its children, which
            # leave without `atexit`; its own folders go at -100, whenever they were made.
            Finalize(None, _remove_root, [os.getpid()], exitpriority=LAST)
    return root


def clear_left() -> None:
    """Remove what dead processes of this machine left where this one would make its folder."""
    with suppress(OSError):
        remove_left(_choose_base(None), f"{PREFIX}*")


def own_mark() -> str:
    """Give the mark of this process: machine, process, start; in letters that any name may have."""
    return f"{_name_host()}-{os.getpid()}-{_read_start(os.getpid()) or 0}"


def is_left(name: str) -> bool:
    """Tell whether a name carries the mark of a process of this machine that is dead.

    Parameters
    ----------
    name : str
        Of a file or folder.

    Returns
    -------
    bool
        False for a name without a mark, and wherever it cannot be told.
    """
    mark = MARK.search(name)
    if mark is None or mark["host"] != _name_host() or mark["host"] == UNKNOWN_HOST:
        return False
    start = _read_start(int(mark["process"]))
    return start is None or (int(mark["start"]) not in (0, start))


def remove_left(folder: Path, pattern: str) -> None:
    """Remove what dead processes of this machine left in a folder, and nothing else.

    Parameters
    ----------
    folder : Path
        Looked through, not below.
    pattern : str
        Of names, as in ``glob``.
    """
    for path in folder.glob(pattern):
        if is_left(path.name) and _is_ours(path):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):
                    path.unlink()


def _remove_root(process: int) -> None:
    if process == os.getpid() and (root := _roots.pop(process, None)):
        shutil.rmtree(root, ignore_errors=True)


def _choose_base(otherwise: Path | None) -> Path:
    """Choose a folder for the folder: what the machine says, unless a socket's path is too long."""
    folders = [_find_usual_folder(), *map(Path, SHORT_FOLDERS), otherwise]
    usable = [folder for folder in folders if folder and _is_usable(folder)]
    if not usable:
        raise OSError(
            "no folder for temporary files can be written to; set TMPDIR to one that can, such as "
            f"TMPDIR={Path.home() / 'tmp'}"
        )
    short = [folder for folder in usable if len(os.fsencode(folder)) <= SHORT]
    return short[0] if os.name == "posix" and short else usable[0]


def _find_usual_folder() -> Path | None:
    try:
        return Path(tempfile.gettempdir())
    except OSError:
        return None


def _is_usable(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _is_ours(path: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    try:
        return path.lstat().st_uid == os.getuid()
    except OSError:
        return False


@cache
def _name_host() -> str:
    """Name what process numbers mean something in: this boot of this machine, this container."""
    parts = [platform.node()]
    if IS_LINUX:
        try:
            parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"))
            parts.append(os.readlink("/proc/self/ns/pid"))
        except OSError:
            return UNKNOWN_HOST
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _read_start(process: int) -> int | None:
    """Read when a process started, in a unit that does not change while it runs; None: no such."""
    if IS_LINUX:
        try:
            fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return None
        return int(fields[19])  # in ticks since the boot; the first here is the third of all
    import psutil  # type: ignore[import-untyped]

    try:
        return int(psutil.Process(process).create_time())
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return 0
