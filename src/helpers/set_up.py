"""Run pip on a lock and say how far it has come: ``python -I set_up.py LOCK COMMAND...``.

``run_all.sh`` runs this file with the Python of a new environment, before anything is installed
there: it needs the standard library only. On a terminal one line counts on; elsewhere, as in the
log of a continuous integration, a line is said at each quarter.
"""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_READY = re.compile(r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)")
_NOT_FOR_HERE = re.compile(r"Ignoring ([A-Za-z0-9._-]+): markers")
_OF_EVERY_ENVIRONMENT = frozenset({"pip", "setuptools", "wheel", "myositis-study-report"})
_SECONDS = 0.5


class Counter:
    """Says how many packages have gone through a step, no more often than is read."""

    def __init__(self) -> None:
        self._quarter = (" ", -1)

    def tell(self, step: str, done: int, total: int, name: str) -> None:
        """Say on the error stream that a step has come to a package.

        Parameters
        ----------
        step : str
            ``fetching`` or ``installing``.
        done, total : int
            Number of packages.
        name : str
            The last of them.
        """
        text = f"{step} {done} of {total}: {name}"
        if sys.stderr.isatty():
            print(f"\r  {text}\x1b[K", end="", file=sys.stderr, flush=True)
        elif (step, 4 * done // total) != self._quarter:
            self._quarter = (step, 4 * done // total)
            print(f"  {text}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leave the line on a terminal."""
        if sys.stderr.isatty():
            print(file=sys.stderr, flush=True)


def read_pins(lock: Path) -> dict[str, str]:
    """Read the version of every package of a lock, by its name in one spelling.

    Parameters
    ----------
    lock : Path
        Lines ``name==version``, with or without marker and hashes.

    Returns
    -------
    dict of str to str
        Also of packages that another system needs.
    """
    found = _PIN.findall(lock.read_text(encoding="utf-8"))
    return {_spell(name): version for name, version in found}


def list_added(lock: Path) -> list[str]:
    """List what the environment holds that neither its lock nor every environment has.

    Parameters
    ----------
    lock : Path
        The lock it was made from.

    Returns
    -------
    list of str
        ``name==version`` of what somebody has added, sorted.
    """
    known = read_pins(lock).keys() | _OF_EVERY_ENVIRONMENT
    return sorted(
        f"{one.name}=={one.version}" for one in distributions() if _spell(one.name) not in known
    )


def install(lock: Path, command: list[str]) -> int:
    """Run pip and count the packages of a lock as they are fetched, then as they are installed.

    Parameters
    ----------
    lock : Path
        What pip installs.
    command : list of str
        The words of ``pip install``, not quiet.

    Returns
    -------
    int
        The exit code of pip, whose errors go to the error stream as ever.
    """
    counter, pins = Counter(), read_pins(lock)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as pip:
        for number, name in enumerate(_follow_fetching(pip, pins), start=1):
            counter.tell("fetching", number, len(pins), name)
        name = ""
        while pip.poll() is None:
            time.sleep(_SECONDS)
            done = _list_installed(pins)
            name = next(iter(done), name)
            counter.tell("installing", len(done), len(pins), name)
    counter.end()
    return pip.returncode


def _follow_fetching(pip: subprocess.Popen[str], pins: dict[str, str]) -> Iterator[str]:
    """Give each package that pip has come to, until it begins to install them all at once.

    What is not for this system is taken out of the pins.
    """
    assert pip.stdout is not None
    for line in pip.stdout:
        if line.startswith("Installing collected packages"):
            return
        if absent := _NOT_FOR_HERE.match(line):
            pins.pop(_spell(absent[1]), None)
        elif ready := _READY.match(line):
            yield ready[1]


def _list_installed(pins: dict[str, str]) -> list[str]:
    """List the pinned packages that stand in the environment, the newest first."""
    folders = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    found = {folder: folder.name.removesuffix(".dist-info").split("-") for folder in folders}
    there = [at for at, (name, *version) in found.items() if [pins.get(_spell(name))] == version]
    there.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    return [_spell(found[folder][0]) for folder in there]


def _spell(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    given, *words = sys.argv[1:]
    try:
        if words:
            sys.exit(install(Path(given), words))
        print(" ".join(list_added(Path(given))))
    except KeyboardInterrupt:
        sys.exit(130)
