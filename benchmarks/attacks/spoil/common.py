"""What all ways to spoil a study have in common."""

BIG = 10_000_000
LONG = 200_000


def pick_file(folder, chance, pattern="*"):
    """Choose one of the files that an earlier change left to be read."""
    paths = (path for path in sorted(folder.rglob(pattern)) if not path.is_symlink())
    return chance.choice([path for path in paths if path.is_file() and path.stat().st_size < BIG])


def short(value):
    """Give a value as a message can show it."""
    text = ascii(value)
    return text if len(text) < 60 else f"{text[:40]}... ({len(text)} signs)"
