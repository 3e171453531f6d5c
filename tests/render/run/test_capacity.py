"""How many chapters run at one time: cores, and what memory holds of them."""

import os
import subprocess
import sys

import pytest

from helpers.render.run import capacity
from helpers.render.run.capacity import BASE_MIB, CHAPTER_MIB, MIB, Capacity, read_capacity


@pytest.mark.parametrize(
    ("free_mib", "workers"),
    [
        (BASE_MIB + 2 * CHAPTER_MIB - 1, 1),
        (BASE_MIB + 2 * CHAPTER_MIB, 2),
        (BASE_MIB + 4 * CHAPTER_MIB - 1, 3),
        (BASE_MIB + 4 * CHAPTER_MIB, 4),
        (BASE_MIB + 5 * CHAPTER_MIB, 5),
        (BASE_MIB + 9 * CHAPTER_MIB, 5),
        (0, 1),
    ],
)
def test_there_are_no_more_workers_than_cores_keep_busy_and_memory_holds_and_always_one(
    free_mib, workers
):
    assert Capacity(cores=4, free_mib=free_mib).workers == workers


def test_less_memory_than_cores_is_said():
    assert "1 chapter runs at one time, not 3: 500 MiB" in Capacity(2, 500).describe_limit()
    assert Capacity(2, BASE_MIB + 3 * CHAPTER_MIB).describe_limit() == ""


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """A control group without a limit inside one that has 1,000 MiB and uses 700."""
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    monkeypatch.setattr(capacity, "_list_groups", lambda: [inner])
    return inner


def write_group(folder, limit, used, inactive, names):
    for name, text in zip(names[:2], (limit, used), strict=True):
        (folder / name).write_text(f"{text}\n")
    (folder / "memory.stat").write_text(f"anon 5\n{names[2]} {inactive}\nactive_file 7\n")


@pytest.mark.parametrize("names", capacity.GROUP_FILES)
def test_the_limit_of_a_control_group_holds_and_kept_files_are_no_use(groups, names):
    write_group(groups, 4000 * MIB, 0, 0, names)
    write_group(groups.parent, 1000 * MIB, 700 * MIB, 200 * MIB, names)
    assert read_capacity().free_mib == 500


def test_a_group_may_have_no_limit_or_be_full(groups):
    write_group(groups, "max", 10**15, 0, capacity.GROUP_FILES[0])
    unlimited = read_capacity().free_mib
    assert unlimited > 0
    write_group(groups.parent, 100 * MIB, 200 * MIB, 0, capacity.GROUP_FILES[0])
    assert read_capacity().free_mib == 0


def test_without_control_groups_the_machine_decides(monkeypatch):
    monkeypatch.setattr(capacity, "_list_groups", list)
    found = read_capacity()
    assert found.free_mib > 0
    assert found.cores >= 1


@pytest.mark.skipif(os.name != "posix", reason="only there is such a limit")
def test_a_limit_of_open_files_is_raised_or_told():
    code = (
        "import resource, sys\n"
        "from helpers.render.run.capacity import find_file_shortage\n"
        "soft, hard, chapters = map(int, sys.argv[1:])\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))\n"
        "print(find_file_shortage(chapters) or resource.getrlimit(resource.RLIMIT_NOFILE))"
    )

    def run(soft, hard, chapters=3):
        words = [sys.executable, "-c", code, str(soft), str(hard), str(chapters)]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    assert run(64, 128) == "(128, 128)"
    assert run(100, 127) == (
        "to run 3 chapters at one time a process must have 128 files open, and may have 127; "
        "allow more with: ulimit -n 1024"
    )
    assert run(200, 200, 6).startswith("(")
    assert run(200, 200, 60).endswith(
        "1264 files open, and may have 200; ask for at most 6 with -j, or allow more with: "
        "ulimit -n 1264"
    )


def test_a_machine_that_does_not_tell_its_memory_runs_one_chapter(monkeypatch):
    def refuse():
        raise FileNotFoundError("/proc/meminfo")

    monkeypatch.setattr(capacity.psutil, "virtual_memory", refuse)
    monkeypatch.setattr(capacity, "_list_groups", list)
    assert read_capacity().workers == 1
