"""What is kept is given back whole, or not at all."""

import os
import time

import pytest

from helpers.render.keep.cache import SECONDS_KEPT, Cache
from helpers.render.keep.record import KeyResult, read_record, write_record
from helpers.render.run.keys import hash_text

TEXT = "an executed notebook, 95 % of it\nand “more”\n"


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / ".cache")


@pytest.fixture
def kept(cache):
    """The file in which a text is kept."""
    cache.save("chapters", "key", TEXT)
    return cache.folder / "chapters" / "key"


def test_a_text_comes_back_with_its_digest(cache, kept):
    stored = cache.load("chapters", "key")
    assert stored.text == TEXT
    assert stored.digest == hash_text(TEXT)
    assert cache.load("checks", "key") is None


def test_what_was_never_kept_is_none(cache):
    assert cache.load("chapters", "key") is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:70],
        lambda content: content.replace(b"95", b"59"),
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"x" + content[1:],
        lambda content: content + b" ",
        lambda content: b"\xff" * len(content),
        lambda content: bytes(len(content)),
    ],
    ids=["empty", "cut", "cut-at-the-head", "edited", "line-ends", "digest", "longer", "ff", "0"],
)
def test_a_damaged_text_is_never_trusted_and_is_replaced(cache, kept, damage):
    kept.write_bytes(damage(kept.read_bytes()))
    assert cache.load("chapters", "key") is None
    cache.save("chapters", "key", TEXT)
    assert cache.load("chapters", "key").text == TEXT


@pytest.mark.parametrize("drawer", ["chapters", "checks", "reports"])
@pytest.mark.parametrize("other", ["chapters", "checks", "reports"])
def test_a_text_is_trusted_under_its_own_key_and_drawer_only(cache, drawer, other):
    cache.save(drawer, "key", TEXT)
    content = (cache.folder / drawer / "key").read_bytes()
    for path in (cache.folder / other / "another", cache.folder / other / "key"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert cache.load(other, "another") is None
    assert (cache.load(other, "key") is not None) == (other == drawer)


def test_a_text_of_an_earlier_version_is_not_found(cache, kept):
    kept.write_text(f"{hash_text(TEXT)}\n{TEXT}")
    assert cache.load("chapters", "key") is None


def test_a_folder_in_the_place_of_a_text_is_none(cache):
    (cache.folder / "chapters" / "key").mkdir(parents=True)
    assert cache.load("chapters", "key") is None
    cache.save("chapters", "key", TEXT)


def test_a_save_that_is_cut_short_leaves_the_old_text_and_no_half(cache, kept, monkeypatch):
    def fail(*paths):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    cache.save("chapters", "key", "other")
    assert cache.load("chapters", "key").text == TEXT
    assert [path.name for path in kept.parent.iterdir()] == ["key"]


def test_a_cache_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / ".cache").write_text("a file")
    cache = Cache(tmp_path / ".cache")
    cache.save("chapters", "key", TEXT)
    assert cache.load("chapters", "key") is None
    cache.drop_unused()


def test_what_nobody_asks_for_is_dropped_and_what_is_asked_for_stays(cache, kept):
    cache.save("chapters", "used", TEXT)
    used = kept.with_name("used")
    half = kept.with_name(".key.12345678")
    half.write_text("half")
    long_ago = time.time() - SECONDS_KEPT - 60
    for path in (kept, used, half):
        os.utime(path, (long_ago, long_ago))
    assert cache.load("chapters", "used").text == TEXT
    cache.drop_unused()
    assert [path.name for path in kept.parent.iterdir()] == ["used"]


def test_a_record_tells_what_was_published(cache, tmp_path):
    target = tmp_path / "reports" / "toy"
    result = KeyResult("response.share", "01_first", "47 %")
    chapters, pages = {"01": {"a": "b"}}, {"p": "q"}
    write_record(cache, target, chapters=chapters, pages=pages, manifest="c0", results=[result])
    record = read_record(cache, target)
    assert record.chapters == {"01": {"a": "b"}}
    assert record.pages == {"p": "q"}
    assert record.manifest == "c0"
    assert record.results == (result,)
    assert read_record(cache, tmp_path / "reports" / "other") is None


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"results": [{"id": 1}]}'])
def test_a_record_of_another_version_is_none(cache, tmp_path, text):
    target = tmp_path / "toy"
    write_record(cache, target, chapters={}, pages={}, manifest="", results=())
    [key] = (path.name for path in (cache.folder / "reports").iterdir())
    cache.save("reports", key, text)
    assert read_record(cache, target) is None
