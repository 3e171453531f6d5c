"""The golden results of one chapter of one study: its ledger as CSV, all that it says as JSON."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from io import StringIO
from pathlib import Path
from typing import Any

from tests.golden.notebook import Ran
from tests.golden.patch import apply_patch, make_patch
from tests.golden.said import read_alt, read_blocks, read_caption, read_paragraphs

from helpers.render.page.collect import (
    collect_methods,
    collect_pieces,
    collect_records,
    cut_svg,
)

TEXTS = ("summary", "text", "conclusion", "provenance")
VERSIONS = "Computed with "
DIGITS = 10
"""Significant digits that are compared: the last ones of a float are not the same everywhere."""

ABSENT = "absent records"
"""Where a variant's file lists the records that its base has and it has not."""

Records = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Golden:
    """What a chapter gave: records by id, and what it said by kind and name."""

    records: Records
    said: dict[str, Any]


def make_golden(ran: Ran) -> Golden:
    """Read what a chapter gave, as the page reads it."""
    built = (ran.built,)
    said: dict[str, Any] = {"error": ran.error, "warnings": list(ran.warned)}
    for kind in TEXTS:
        texts = [read_paragraphs(piece.html) for piece in collect_pieces(built, kind)]
        said[kind] = [text for part in texts for text in part if not text.startswith(VERSIONS)]
    said["methods"] = [
        ": ".join(" ".join(read_paragraphs(part)) for part in (one.name, one.text))
        for one in collect_methods(built)
    ]
    said["figures"] = {
        piece.name: {
            "caption": read_caption(piece.html),
            "alt": read_alt(cut_svg(piece)),
            "axes": ran.drawn[piece.name],
        }
        for piece in collect_pieces(built, "figure")
    }
    said["tables"] = {
        piece.name: _read_table(piece.html, piece.data.get("text/csv", ""))
        for piece in collect_pieces(built, "table")
    }
    said = {key: value for key, value in said.items() if value}
    return Golden({row["id"]: _write_record(row) for row in collect_records(built)}, said)


def _read_table(html: str, data: str) -> dict[str, Any]:
    rows = [text for tag, text in read_blocks(html) if tag != "figcaption"]
    return {
        "caption": read_caption(html),
        "rows": rows,
        "data": [_round_numbers(line) for line in data.splitlines()],
    }


def _write_record(record: Mapping[str, Any]) -> dict[str, str]:
    kept = {key: _write_value(value) for key, value in record.items() if key != "chapter"}
    return kept | {"source": re.sub(r"@\w+", "", kept["source"])}  # hashes are in the provenance


def _write_value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    return "" if value is None else str(value)


def _round_numbers(line: str) -> str:
    return re.sub(r"-?\d+\.\d{6,}(e-?\d+)?", lambda found: f"{float(found[0]):.6g}", line)


def read_golden(stem: Path, base: Path | None = None) -> Golden:
    """Read a chapter's golden files, a variant's on top of its base; an absent one is empty."""
    records, said = _read_csv(stem.with_suffix(".csv")), _read_json(stem.with_suffix(".json"))
    if base is None:
        return Golden(records, said)
    known = read_golden(base)
    absent = said.pop(ABSENT, [])
    kept = {name: row for name, row in known.records.items() if name not in absent}
    return Golden(kept | records, apply_patch(known.said, said))


def write_golden(golden: Golden, stem: Path, base: Path | None = None) -> None:
    """Write a chapter's golden files, sorted by id and name; a variant's as what differs."""
    known = Golden({}, {}) if base is None else read_golden(base)
    records = {name: row for name, row in golden.records.items() if row != known.records.get(name)}
    said = _sort_pieces(make_patch(known.said, golden.said))
    absent = sorted(set(known.records) - set(golden.records))
    said |= {ABSENT: absent} if absent else {}
    stem.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(said, ensure_ascii=False, indent=1)
    stem.with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")
    if records:
        text = _format_records(records)
        stem.with_suffix(".csv").write_text(text, encoding="utf-8", newline="")


def _sort_pieces(said: dict[str, Any]) -> dict[str, Any]:
    """Sort figures and tables by name; sentences stay as they are read."""
    return {
        kind: dict(sorted(about.items())) if isinstance(about, dict) else about
        for kind, about in said.items()
    }


def _read_csv(path: Path) -> Records:
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def _read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _format_records(records: Records) -> str:
    columns = list(dict.fromkeys(key for record in records.values() for key in record))
    target = StringIO()
    writer = csv.DictWriter(target, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records[name] for name in sorted(records))
    return target.getvalue()


def list_differences(expected: Golden, found: Golden) -> list[str]:
    """Say in a line each what moved: ``name: old -> new``."""
    failed = _compare(expected.said.get("error", ""), found.said.get("error", ""), "error")
    said = ({**golden.said, "error": ""} for golden in (expected, found))
    return [*failed, *_compare_records(expected.records, found.records), *_compare(*said, "")]


def _compare_records(expected: Records, found: Records) -> Iterator[str]:
    for name in sorted({*expected, *found}):
        old, new = expected.get(name), found.get(name)
        if old is None or new is None:
            yield f"{name}: {_shorten(old)} -> {_shorten(new)}"
            continue
        moved = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        for key in moved:
            yield f"{name} [{key}]: {_shorten(old.get(key))} -> {_shorten(new.get(key))}"


def _compare(expected: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in dict.fromkeys((*expected, *found)):
            yield from _compare(expected.get(key), found.get(key), f"{place} {key}".strip())
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _compare_lists(expected, found, place)
    elif expected != found:
        yield f"{place}: {_shorten(expected)} -> {_shorten(found)}"


def _compare_lists(expected: list[Any], found: list[Any], place: str) -> Iterator[str]:
    if len(expected) == len(found):
        for number, (old, new) in enumerate(zip(expected, found, strict=True), start=1):
            yield from _compare(old, new, f"{place} {number}")
        return
    old, new = ([json.dumps(one) for one in side] for side in (expected, found))
    for kind, low, high, start, end in SequenceMatcher(None, old, new, False).get_opcodes():
        if kind != "equal":
            yield from (f"{place}: {_shorten(one)} -> nothing" for one in expected[low:high])
            yield from (f"{place}: nothing -> {_shorten(one)}" for one in found[start:end])


def _shorten(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return repr(text if len(text) <= 160 else f"{text[:150]} ...")
