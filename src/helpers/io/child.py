"""Read in a child process what a library may crash on: its end is a fault, and not ours.

A compiled reader trusts what a file says of itself; a broken file makes it ask for all memory, or
end the process. The child has little memory and little time, and answers with JSON. This file is
also what starts in the child; it imports nothing of the project.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import subprocess
import sys
from typing import Any

GIGABYTE = 2**30
LONGEST_WAIT = 60
"""Seconds; the largest file that is read takes a few."""


class BrokenFileError(ValueError):
    """Raised when a child process cannot read a file; the message says why, in a few words."""


def read_in_child(script: str, *arguments: str, most_memory: int = GIGABYTE) -> dict[str, Any]:
    """Run a script in a limited process of its own, and give what it answers.

    Parameters
    ----------
    script : str
        Path of a Python file that prints one JSON object: ``{"fault": words}`` where it cannot
        read the file.
    arguments : str
        What the script gets.
    most_memory : int
        Bytes; not held on Windows.

    Returns
    -------
    dict

    Raises
    ------
    BrokenFileError
        When the script tells a fault, crashes, or takes too long.
    """
    command = [sys.executable, "-P", __file__, str(most_memory), script, *arguments]
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # each thread takes address space
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=LONGEST_WAIT, check=False, env=alone
        )
    except subprocess.TimeoutExpired as error:
        raise BrokenFileError("it takes longer than a minute") from error
    if done.returncode != 0:
        raise BrokenFileError("its parts do not fit together")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "fault" in answer:
        raise BrokenFileError(str(answer["fault"]))
    return answer


def _main() -> None:
    most_memory, script = int(sys.argv[1]), sys.argv[2]
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no file behind
    sys.argv = sys.argv[2:]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    _main()
