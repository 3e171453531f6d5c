"""Files as bytes."""

from attacks.spoil.common import LONG, pick_file

SIGNS = (*b"\x00\x01\x07\x0b\x1b\x7f\x80\xc3\xff\"',;|=\r\n\t", *b"#&*!%@`{[-?:<>", *b"09eE.+-")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-7", "utf-8-sig", "cp037")


def spoil_bytes(folder, chance):
    """Change the bytes of a file: flip, cut, insert, repeat, encode again."""
    path = pick_file(folder, chance)
    data = path.read_bytes()
    at = chance.randrange(len(data) + 1)
    sign = bytes([chance.choice(SIGNS)])
    some = chance.randrange(1, 40)
    ways = {
        "flip": lambda: flip_bit(data, at, chance),
        "cut": lambda: data[:at],
        "cut the start": lambda: data[at:],
        f"put in {sign!r}": lambda: data[:at] + sign + data[at:],
        f"put in {some} x {sign!r}": lambda: data[:at] + sign * some + data[at:],
        "put in chance": lambda: data[:at] + chance.randbytes(some) + data[at:],
        "put in a long run": lambda: data[:at] + sign * LONG + data[at:],
        f"take out {some}": lambda: data[:at] + data[at + some :],
        "twice": lambda: data + data,
        "empty": lambda: b"",
        "only chance": lambda: chance.randbytes(500),
        "old Mac lines": lambda: data.replace(b"\n", b"\r"),
        "DOS lines": lambda: data.replace(b"\n", b"\r\n"),
        "double lines": lambda: data.replace(b"\n", b"\r\r\n"),
        "no end of line": lambda: data.rstrip(b"\n"),
        "mark in front": lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + data,
        "upper case": data.upper,
    }
    for name in ENCODINGS:
        ways[f"as {name}"] = lambda name=name: data.decode(errors="replace").encode(name, "replace")
    way = chance.choice(list(ways))
    path.write_bytes(ways[way]())
    return f"{path.relative_to(folder)}: {way} at byte {at}"


def flip_bit(data, at, chance):
    return (
        data[:at]
        + bytes(one ^ 1 << chance.randrange(8) for one in data[at : at + 1])
        + data[at + 1 :]
    )
