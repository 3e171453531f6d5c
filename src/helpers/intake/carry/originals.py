"""Keep what people sent, as it came, with its sha256."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from helpers.contracts import Fault, StudyDataError
from helpers.contracts.mapping import FILE
from helpers.intake.carry.mapping_file import read_mapping
from helpers.intake.read.files import HASHES, RAW, read_hashes
from helpers.io.bounds import LARGEST_TABLE
from helpers.io.files import UnreadableError, require_file
from helpers.io.hashes import hash_file


def find_file_faults(files: Sequence[Path]) -> list[Fault]:
    """Find files that are not there, cannot be read, or have one name."""
    faults = []
    for path in files:
        try:
            require_file(path, at_most=LARGEST_TABLE)
        except UnreadableError as error:
            faults.append(Fault(str(path), error.found, error.expected, error.mend))
    names = Counter(path.name for path in files)
    mend = "rename one of them"
    return faults + [
        Fault(name, f"{count} files of this name", "one", mend)
        for name, count in names.items()
        if count > 1
    ]


def keep_originals(folder: Path, files: Sequence[Path]) -> None:
    """Copy files into raw/ and note the sha256 of each; a file that is there stays as it is.

    Parameters
    ----------
    folder : Path
        The study folder.
    files : sequence of Path
    """
    raw = folder / RAW
    raw.mkdir(exist_ok=True)
    hashes = read_hashes(folder)
    for path in files:
        if not (raw / path.name).exists():
            shutil.copyfile(path, raw / path.name)
        hashes[path.name] = hash_file(raw / path.name)
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items()))
    (raw / HASHES).write_text(lines, encoding="utf-8", newline="\n")


def take_transfer(folder: Path, files: Sequence[Path]) -> list[str]:
    """Take newer transfers into raw/, where the study's mapping reads them in place of the older.

    Parameters
    ----------
    folder : Path
        A study folder with a mapping.yml.
    files : sequence of Path

    Returns
    -------
    list of str
        What was taken, in words.

    Raises
    ------
    StudyDataError
        When no line of the mapping fits a file, or raw/ has another file of its name.
    """
    mapping, faults = read_mapping(folder / FILE)
    faults += find_file_faults(files)
    patterns = [source.file for source in mapping.mapping.sources] if mapping else []
    for path in files if not faults else ():
        there = folder / RAW / path.name
        if not any(fnmatchcase(path.name, pattern) for pattern in patterns):
            mend = "rename it so that it fits, or change the line file: in mapping.yml"
            expected = f"a name that fits one of {', '.join(patterns)}"
            faults.append(
                Fault(path.name, "a file that no line of mapping.yml reads", expected, mend)
            )
        elif there.exists() and hash_file(there) != hash_file(path):
            mend = "rename it, for example with its date: an original is never written over"
            faults.append(
                Fault(path.name, "another file of a name that raw/ has", "a new name", mend)
            )
    if faults:
        raise StudyDataError(folder.name, faults)
    keep_originals(folder, files)
    return [f"{RAW}/{path.name}" for path in files]
