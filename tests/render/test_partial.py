"""What a failed run left is told from everything else by its manifest, and only that is removed."""

import json

import pytest

from helpers.render.partial import is_partial, is_partial_name, name_partial, remove_partial

OURS = {"study": "toy", "outputs": [], "failed": ["02_second"]}


@pytest.fixture
def target(tmp_path):
    """A report with what a later, failed run left beside it."""
    for name in ("toy", "toy.failed"):
        (tmp_path / name / "chapters").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text(name)
        (tmp_path / name / "chapters" / "01.html").write_text(name)
    write_manifest(tmp_path / "toy.failed", OURS)
    return tmp_path / "toy"


def write_manifest(folder, content):
    (folder / "manifest.json").write_text(json.dumps(content))


def test_it_is_removed_and_the_report_is_not(target):
    remove_partial(target)
    assert [path.name for path in target.parent.iterdir()] == ["toy"]
    assert (target / "index.html").read_text() == "toy"
    remove_partial(target)


@pytest.mark.parametrize(
    "content", [[], {}, {"name": "an app"}, OURS | {"failed": []}, {"failed": ["x"]}, "failed"]
)
def test_the_folder_of_somebody_else_stays(target, content):
    left = name_partial(target)
    write_manifest(left, content)
    assert not is_partial(left)
    remove_partial(target)
    assert (left / "index.html").is_file()


@pytest.mark.parametrize("manifest", [b"", b"\xff{", b"[" * 100_000])
def test_a_folder_without_a_manifest_that_can_be_read_stays(target, manifest):
    left = name_partial(target)
    (left / "manifest.json").write_bytes(manifest)
    remove_partial(target)
    (left / "manifest.json").unlink()
    remove_partial(target)
    assert (left / "index.html").is_file()


def test_a_link_and_what_links_in_it_lead_to_stay(target, tmp_path):
    elsewhere = name_partial(target).rename(tmp_path / "elsewhere")
    left = name_partial(target)
    left.symlink_to(elsewhere, target_is_directory=True)
    remove_partial(target)
    assert (elsewhere / "index.html").is_file()
    left.unlink()
    left.mkdir()
    write_manifest(left, OURS)
    (left / "link").symlink_to(elsewhere, target_is_directory=True)
    remove_partial(target)
    assert not left.exists()
    assert (elsewhere / "index.html").is_file()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("toy.failed", True), ("toy.FAILED", True), ("toy.failed 2", False), ("failed", False)],
)
def test_names_that_no_report_may_have(name, expected):
    assert is_partial_name(name) == expected
