"""What the pages for people name is there: modules, functions, files, links."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import helpers

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "data" / "README.md"])
WITHOUT_HISTORY = [page for page in PAGES if page.name != "CHANGELOG.md"]
MADE_BY_RECIPES = {f"tests/{room}/test_lasting.py" for room in ("derive", "report", "answers")}
FOLDERS = ("", "src/helpers/", "docs/", "tests/", "notebooks/")

each_page = pytest.mark.parametrize("page", WITHOUT_HISTORY, ids=lambda page: page.name)


def read_prose(page):
    """Give a page without its blocks of code."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def find(name):
    """Find what a dotted name stands for: a module, or what a module holds."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise AssertionError(f"no module {name}")


@each_page
def test_every_dotted_name_is_there(page):
    for name in re.findall(r"`(helpers(?:\.\w+)+)`", read_prose(page)):
        assert find(name) is not None, name


@each_page
def test_every_file_of_the_project_is_there(page):
    file = r"`((?:[\w-]+/)*[\w-]+\.(?:py|ipynb|md|sh|cff|toml))`"
    named = set(re.findall(file, read_prose(page)))
    absent = {
        name
        for name in named - MADE_BY_RECIPES
        if "NN_" not in name  # stands for the number that a chapter gets
        and not any((ROOT / folder / name).exists() for folder in FOLDERS)
    }
    assert absent == set()


@each_page
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", read_prose(page)):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_citation_names_this_version_and_the_authors_of_the_licence():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    [authors] = cited["authors"]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert cited["version"] == helpers.__version__
    assert f"Copyright (c) 2026 {authors['name']}" in licence
    assert licence.startswith(f"{cited['license']} License")


def test_a_name_that_is_not_there_is_found_out():
    with pytest.raises(AttributeError, match="read_nothing"):
        find("helpers.study.read_nothing")
    with pytest.raises(AssertionError, match="no module nowhere"):
        find("nowhere.at_all")
