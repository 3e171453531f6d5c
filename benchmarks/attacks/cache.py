"""Damage what earlier runs have kept; the reports must come out as if nothing had been kept.

Damage is done in rounds of ten, because a run takes seconds; a round that fails is repeated with
each damage alone, and the first that fails by itself is told.
"""

import os
import shutil
from collections.abc import Iterable
from functools import partial
from itertools import groupby
from pathlib import Path

from attacks.attack import Attack, Failure, draw, tell
from attacks.projects import read_tree
from attacks.shelter import Shelter, share

STUDIES = ("one", "two")
ROUND = 10
NOTHING = "nothing"


def run(numbers: Iterable[int], folder: Path):
    """Try damages, ten at a time."""
    rounds = [tuple(some) for _, some in groupby(numbers, lambda number: number // ROUND)]
    return share(rounds, folder, try_round, studies=STUDIES)


def try_round(numbers: tuple[int, ...], shelter: Shelter) -> Failure | None:
    """Do all damages of a round and render; where it fails, find the one that does it alone."""
    failure = try_damages(numbers, shelter)
    if failure and len(numbers) > 1:
        alone = (try_damages([number], shelter) for number in numbers)
        return next(filter(None, alone), failure)
    return failure


def try_damages(numbers, shelter):
    shelter.reset()
    sound = read_tree(shelter.project / "reports")
    said = [damage(shelter.project / ".cache", draw("cache", number)) for number in numbers]
    is_rebuilt = numbers[0] // ROUND % 2 == 0
    if is_rebuilt:  # from what is kept; else what is published is compared with what is kept
        shutil.rmtree(shelter.project / "reports")
    done = shelter.run("render")
    kind = done.fault or compare(done, sound, shelter)
    case = f"{'; '.join(said)}{'; no reports' * is_rebuilt}"
    return tell(numbers[0], kind, case, done.text)


def compare(done, sound, shelter):
    if done.code:
        return f"exit code {done.code}"
    reports = read_tree(shelter.project / "reports")
    changed = [path for path in sound.keys() | reports if sound.get(path) != reports.get(path)]
    return "a report is not what it should be" if changed else ""


def damage(cache, chance):
    """Damage one thing that is kept; say what."""
    entries = sorted(path for path in cache.glob("*/*") if path.is_file() and not path.is_symlink())
    if not entries:
        return NOTHING
    entry, other = chance.choice(entries), chance.choice(entries)
    near = chance.choice([path for path in entries if path.parent == entry.parent])
    ways = {
        "swapped with one of its drawer": partial(swap, entry, near),
        "swapped with any other": partial(swap, entry, other),
        "written over by one of its drawer": lambda: entry.write_bytes(near.read_bytes()),
        "written over by any other": lambda: entry.write_bytes(other.read_bytes()),
        "moved to another drawer": lambda: entry.replace(other.parent / entry.name),
        "a link to one of its drawer": lambda: relink(entry, near.name),
        "a link to nothing": lambda: relink(entry, "nothing"),
        "a link to itself": lambda: relink(entry, entry.name),
        "a folder": lambda: (entry.unlink(), (entry / "x").mkdir(parents=True)),
        "a pipe": lambda: (entry.unlink(), os.mkfifo(entry)),
        "deleted": entry.unlink,
        "unreadable": lambda: entry.chmod(0),
        "its drawer deleted": lambda: shutil.rmtree(entry.parent),
        "its drawer a file": lambda: (shutil.rmtree(entry.parent), entry.parent.touch()),
        "its drawer a link to another": lambda: move_drawer(entry.parent, other.parent),
        **{name: partial(change, entry, chance, name) for name in BYTES},
    }
    weights = [1 if name.startswith("its drawer") else 6 for name in ways]
    [way] = chance.choices(list(ways), weights)
    ways[way]()
    return f"{entry.parent.name}/{entry.name[:8]}: {way}"


BYTES = {
    "a bit flipped": lambda data, at, _: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
    "cut": lambda data, at, _: data[:at],
    "emptied": lambda data, at, _: b"",
    "longer": lambda data, at, _: data + data[at:],
    "a run of zeros": lambda data, at, _: data[:at] + bytes(512) + data[at + 512 :],
    "only its end": lambda data, at, _: data[at:],
    "chance": lambda data, at, chance: chance.randbytes(400),
}


def change(entry, chance, name):
    data = entry.read_bytes() or b"\n"
    entry.write_bytes(BYTES[name](data, chance.randrange(len(data)), chance))


def swap(one, other):
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def relink(entry, target):
    entry.unlink()
    entry.symlink_to(target)


def move_drawer(one, other):
    if one != other:
        shutil.rmtree(one)
        one.symlink_to(other.name)


ATTACK = Attack("cache", "the reports are the same bytes as from nothing kept", 1_000, run)
