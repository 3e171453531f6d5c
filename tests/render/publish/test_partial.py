"""What a failed run left is told from everything else by its manifest, and only that is removed."""

import json

import pytest
from tests.report_folders import seal_report

from helpers.render.publish.partial import is_partial, name_partial, remove_partial

FAILED = ("02_second",)


@pytest.fixture
def target(tmp_path):
    """A report with what a later, failed run left beside it."""
    for name in ("toy", "toy.failed"):
        (tmp_path / name / "chapters").mkdir(parents=True)
        (tmp_path / name / "index.html").write_text(name)
        (tmp_path / name / "chapters" / "01.html").write_text(name)
    seal_report(tmp_path / "toy.failed", failed=FAILED)
    return tmp_path / "toy"


def write_manifest(folder, content):
    (folder / "manifest.json").write_text(json.dumps(content))


def test_it_is_removed_and_the_report_is_not(target):
    remove_partial(target)
    assert [path.name for path in target.parent.iterdir()] == ["toy"]
    assert (target / "index.html").read_text() == "toy"
    remove_partial(target)


@pytest.mark.parametrize(
    "content",
    [[], {}, {"name": "an app"}, {"failed": True, "outputs": 0}, {"failed": ["x"]}, "failed"],
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
    (left / "index.html").touch()
    seal_report(left, failed=FAILED)
    (left / "index.html").unlink()
    (left / "index.html").symlink_to(elsewhere, target_is_directory=True)
    remove_partial(target)
    assert not left.exists()
    assert (elsewhere / "index.html").is_file()


def test_a_whole_report_of_such_a_name_stays(target):
    seal_report(name_partial(target))
    remove_partial(target)
    assert (name_partial(target) / "index.html").is_file()


@pytest.mark.parametrize("name", ["thesis.docx", "chapters/study.yml", ".git/config", ".hidden"])
def test_a_folder_in_which_somebody_keeps_something_stays_whole(target, name):
    path = name_partial(target) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    remove_partial(target)
    assert path.read_text() == "mine"
    assert (name_partial(target) / "chapters" / "01.html").is_file()
    path.unlink()
