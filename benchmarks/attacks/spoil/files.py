"""What is no ordinary file, in the place of one or beside it."""

import os
import shutil
import socket
from pathlib import Path

from attacks.spoil.common import pick_file


def spoil_files(folder, chance):
    """Put something that is no ordinary file in the place of a file, or beside it."""
    path = chance.choice([pick_file(folder, chance), folder / "tables", folder / "study.yml"])
    way = chance.choice(list(FILE_WAYS))
    FILE_WAYS[way](path, folder)
    return f"{path.relative_to(folder)}: {way}"


def replaced(make):
    def put(path, folder):
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(True)
        make(path)

    return put


def beside(name, make):
    def put(path, folder):
        place = (folder if path.is_dir() else path.parent) / name
        if not os.path.lexists(place):
            make(place)

    return put


def make_socket(path):
    here = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as one:  # by its folder, whose name may be too long
        one.bind(f"/proc/self/fd/{here}/{path.name}")
    os.close(here)


def make_holes(path):
    with path.open("wb") as file:
        file.truncate(1_100_000_000)


def make_deep(path):
    for _ in range(60):
        path = path / ("d" * 20)
    path.mkdir(parents=True)


def lock_away(path, folder):
    path.chmod(0)


FILE_WAYS = {
    "gone": replaced(lambda path: None),
    "a folder": replaced(Path.mkdir),
    "a pipe": replaced(os.mkfifo),
    "a socket": replaced(make_socket),
    "a link to nothing": replaced(lambda path: path.symlink_to("nothing")),
    "a link to itself": replaced(lambda path: path.symlink_to(path.name)),
    "a link to /dev/zero": replaced(lambda path: path.symlink_to("/dev/zero")),
    "a link to /dev/full": replaced(lambda path: path.symlink_to("/dev/full")),
    "a link to a folder": replaced(lambda path: path.symlink_to("/proc")),
    "1.1 GB of holes": replaced(make_holes),
    "unreadable": lock_away,
    "a folder beside it": beside("labs.csv", Path.mkdir),
    "a pipe beside it": beside("labs.csv", os.mkfifo),
    "a pipe of no meaning beside it": beside("notes.txt", os.mkfifo),
    "a name that is not UTF-8 beside it": beside(os.fsdecode(b"l\xe4bs.csv"), Path.touch),
    "a long name beside it": beside("n" * 250 + ".csv", Path.touch),
    "a name with a line break beside it": beside("a\nb.csv", Path.touch),
    "a name in capitals beside it": beside("Patients.csv", Path.touch),
    "an ending in capitals beside it": beside("patients.CSV", Path.touch),
    "a second form beside it": beside("patients.xlsx", Path.touch),
    "an empty name beside it": beside(".csv", Path.touch),
    "a loop beside it": beside("loop", lambda path: path.symlink_to("..")),
    "a deep folder beside it": beside("deep", make_deep),
    "a pipe as claims": beside("published_claims.csv", os.mkfifo),
    "a folder as claims": beside("published_claims.csv", Path.mkdir),
    "1.1 GB beside it": beside("raw.dat", make_holes),
}
