"""Run the program where it can do no harm, and see everything that it leaves behind.

A shelter is a folder with a project, a home folder and, where Linux lets us, a ``/tmp`` of its own.
Every process started in it carries a mark in its environment, which its children inherit, or works
in its project, so that none is missed, whatever session or parent it has given itself.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from attacks.attack import Failure, divide
from attacks.projects import ROOT, copy_project, write_project

SECONDS = 120
"""Longer than this is a hang; a small report takes about three seconds on an idle machine."""
GRACE = 5
"""Seconds in which the processes of a run may end after it."""
MARK = "ATTACK_MARK"
MISSPELT = re.compile(
    r": error: (?:unrecogni[sz]ed arguments|ambiguous option|the following arguments are required"
    r"|argument \S+: (?:invalid choice|expected)).*"
)
"""What the program says of words that it does not have; no case means to use such."""
KEPT = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
ENTER = """\
for kept in "$SHELTER" "$CHECKOUT" "$PREFIX"; do
  case "$kept" in /tmp/*)
    mkdir -p "$PRIVATE/${kept#/tmp/}"
    mount --bind "$kept" "$PRIVATE/${kept#/tmp/}" || exit 99
  esac
done
mount --rbind "$PRIVATE" /tmp && cd "$PROJECT" || exit 99
"""


@dataclass(frozen=True)
class Done:
    """A run that has ended; the code is None where it had to be ended."""

    code: int | None
    text: str
    left: tuple[str, ...]

    @property
    def fault(self) -> str:
        """What no run may do, whatever its code."""
        if self.code is None:
            return "a hang"
        if "Traceback (most recent call last)" in self.text:
            last = re.findall(r"^\S*(?:Error|Exception|Interrupt)\b.{,80}", self.text, re.MULTILINE)
            return f"a traceback: {(last or ['?'])[-1]}"
        return f"left running: {', '.join(self.left)}" if self.left else ""


class Shelter:
    """One folder to attack in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project, self.home, self.tmp = (folder / name for name in ("project", "home", "tmp"))
        for made in (self.home, self.tmp):
            made.mkdir(parents=True)
        self.mark = uuid.uuid4().hex

    def build(self, studies: Iterable[str]) -> "Shelter":
        """Make a project with whole reports, and keep a copy of it."""
        write_project(self.project, studies)
        start = time.monotonic()
        done = self.run("render")
        self.seconds = time.monotonic() - start
        if done.code:
            raise RuntimeError(f"the sound project is not rendered:\n{done.text}")
        copy_project(self.project, self.folder / "sound")
        return self

    def reset(self) -> None:
        """Put everything as it was after `build`."""
        self.end_all()
        for folder in (self.home, self.tmp):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(exist_ok=True)
        copy_project(self.folder / "sound", self.project)

    def start(self, *words, env=None, shell="", redirect="") -> subprocess.Popen:
        """Start the program in the project.

        ``shell`` stands before it and ``redirect`` behind it on its line; its own output goes to
        files, because what it leaves running could keep a pipe open.
        """
        script = f'{ENTER if can_hide() else ""}{shell}\nexec "$@" {redirect}'
        program = [sys.executable, "-m", "helpers", *words]
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen(
                [*can_hide(), "sh", "-c", script, "sh", *program],
                cwd=self.project,
                env=self.environment() | (env or {}),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def run(self, *words, seconds=SECONDS, **how) -> Done:
        """Run the program to its end.

        Raises
        ------
        ValueError
            When it does not know the words: then nothing was attacked.
        """
        done = self.finish(self.start(*words, **how), seconds=seconds)
        if found := MISSPELT.search(done.text):
            raise ValueError(f"the attack must be mended, {' '.join(words)}{found[0]}")
        return done

    def finish(self, process, *, seconds=SECONDS, grace=GRACE) -> Done:
        """Wait for a run, and for what it started; end what does not end."""
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        left = self.wait_for_quiet(grace if code is not None else 0)
        self.end_all()
        process.wait()
        return Done(code, (self.folder / "said").read_text(errors="replace"), tuple(left))

    def environment(self):
        """Give what its processes inherit: little of ours, and the mark."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        places = {"SHELTER": self.folder, "PRIVATE": self.tmp, "PROJECT": self.project}
        places |= {"CHECKOUT": ROOT, "PREFIX": sys.prefix, "HOME": self.home}
        hidden = {} if can_hide() else {"TMPDIR": str(self.tmp)}
        return (
            kept
            | hidden
            | {name: str(place) for name, place in places.items()}
            | {
                "PYTHONPATH": str(ROOT / "src"),
                "SOURCE_DATE_EPOCH": "1600000000",
                MARK: self.mark,
            }
        )

    def list_processes(self) -> dict[int, str]:
        """Give every process that carries our mark or works in our project, with its command."""
        here = (self.project if self.project.exists() else self.folder).stat()
        mark, found = f"{MARK}={self.mark}".encode(), {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                ours = mark in (entry / "environ").read_bytes()
                if ours or os.path.samestat(here, (entry / "cwd").stat()):
                    words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
                    name = " ".join([Path(words[0]).name, *words[1:]])
                    found[int(entry.name)] = re.sub(r"\d+", "N", name)[:70]
            except OSError:
                continue
        return found

    def wait_for_quiet(self, seconds: float) -> list[str]:
        """Wait until no process is left; give those that are."""
        end = time.monotonic() + seconds
        while self.list_processes() and time.monotonic() < end:
            time.sleep(0.05)
        return sorted(set(self.list_processes().values()))

    def end_all(self) -> None:
        """End every process of this shelter."""
        for number in self.list_processes():
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def list_scratch(self) -> list[str]:
        """Name what lies in the temporary folder, without the way to what stays visible there."""
        ways = [
            place for place in (self.folder, ROOT, Path(sys.prefix)) if place.is_relative_to("/tmp")
        ]
        first = {place.relative_to("/tmp").parts[0] for place in ways}
        return sorted(path.name for path in self.tmp.iterdir() if path.name not in first)


@cache
def can_hide() -> tuple[str, ...]:
    """Give the command that hides ``/tmp`` from a program; empty where there is none."""
    for options in (["--mount"], ["--user", "--map-root-user", "--mount"]):
        command = ["unshare", *options]
        try:
            subprocess.run(
                [*command, "mount", "--bind", "/tmp", "/tmp"], check=True, capture_output=True
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return tuple(command)
    return ()


def share(
    cases: Iterable[Any],
    folder: Path,
    try_case: Callable[[Any, Shelter], Failure | None],
    *,
    studies: Iterable[str] = ("one",),
) -> list[Failure]:
    """Try cases in shelters side by side; give the failures in the order of their numbers."""

    def serve(some: list[Any], place: int) -> list[Failure | None]:
        shelter = Shelter(folder / f"shelter-{place}").build(studies)
        return [try_case(case, shelter) for case in some]

    return divide(cases, serve)
