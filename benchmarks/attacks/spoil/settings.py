"""study.yml and grids: values of every kind that YAML knows, wherever one stands."""

from itertools import pairwise

import yaml

from attacks.spoil.common import LONG, short
from attacks.spoil.tables import CELLS
from attacks.spoil.texts import spoil_bytes

DEEP, MANY = 3_000, 2_000
BOMB = [(new, ", ".join([f"*{old}"] * 9)) for old, new in pairwise("abcdefghi")]
YAML_TEXTS = {
    "deep list": "[" * DEEP,
    "deep mapping": "\n".join(" " * n + "a:" for n in range(300)),
    "deep flow mapping": "{a: " * DEEP + "1" + "}" * DEEP,
    "cycle": "&a [*a]",
    "cycle in a mapping": "&a {b: *a}",
    "alias bomb": f"[&a [x, x], {', '.join(f'&{b} [{a9}]' for b, a9 in BOMB)}]",
    "merge bomb": "{<<: &a {x: 1}, <<: *a, y: {<<: [*a, *a]}}",
    "merge of no mapping": "{<<: 3}",
    "unknown alias": "*nobody",
    "python object": "!!python/object/apply:os.system ['true']",
    "binary": "!!binary '####'",
    "timestamp": "!!timestamp 9999-99-99",
    "set": "!!set {a, b}",
    "odd date": "2013-99-99",
    "long integer": "9" * 5_000,
    "long hexadecimal": "0x" + "f" * 9_000,
    "base 60": "190:20:30",
    "infinite": ".inf",
    "minus infinite": "-.inf",
    "not a number": ".nan",
    "too large": "1e400",
    "null": "~",
    "flag": "yes",
    "key that is a list": "{[1, 2]: 3}",
    "key that is a mapping": "{{a: 1}: 3}",
    "keys of many kinds": "{1: a, true: b, null: c, 2013-01-01: d, 1.5: e}",
    "empty text": "''",
    "spaces": "'  '",
    "control characters": '"a\\0b\\x07c\\e[31m"',
    "lone surrogate": '"\\ud800"',
    "direction override": '"\\u202Eabc"',
    "markup": '"<script>alert(1)</script>"',
    "maths": "'$\\foo{$'",
    "long text": "x" * LONG,
    "many entries": "[" + "1, " * MANY + "1]",
    "second document": "1\n---\ntitle: 2\n...\n",
    "directive": "1\n%YAML 9.9\n---\n",
    "tab": "\t1",
    "block text": "|9\n  a",
    "list of lists": "[[1], [2]]",
    "mapping of months": "{month: 0, label: x}",
}


def spoil_settings(folder, chance):
    """Change one value of study.yml, wherever it stands, or its text."""
    path = folder / "study.yml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    places = list(walk(settings))
    place = chance.choice(places)
    what = chance.choice(list(YAML_TEXTS))
    mark = "PUT-HERE"
    way = chance.choice(["value", "value", "value", "key", "end", "deleted"])
    change(settings, place, way, mark)
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    spoilt = text.replace(mark, YAML_TEXTS[what]) if mark in text else f"{text}{YAML_TEXTS[what]}\n"
    path.write_text(spoilt, encoding="utf-8")
    return f"study.yml: {'.'.join(map(str, place))}: {way}" + f" {what}" * (way != "deleted")


def walk(value, place=()):
    """Give every place below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in pairs:
        yield (*place, key)
        if isinstance(below, dict | list) and len(place) < 6:
            yield from walk(below, (*place, key))


def change(settings, place, way, mark):
    for key in place[:-1]:
        settings = settings[key]
    key = place[-1]
    if way == "value":
        settings[key] = mark
    elif way == "deleted":
        del settings[key]
    elif way == "key" and isinstance(settings, dict):
        settings[mark] = settings.pop(key)


def spoil_grid(folder, chance):
    """Spoil a grid of reports, as CSV or YAML."""
    if chance.random() < 0.5:
        return spoil_bytes(folder, chance)
    path = folder / chance.choice(["grid.csv", "grid.yml"])
    what = chance.choice(list(YAML_TEXTS)) if path.suffix == ".yml" else chance.choice(CELLS)
    text = path.read_text()
    old = chance.choice(["one", "first", "30", "cutoff", "name", "study"])
    new = YAML_TEXTS[what] if path.suffix == ".yml" else what
    path.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))
    return f"{path.name}: {short(what)} for {old}"
