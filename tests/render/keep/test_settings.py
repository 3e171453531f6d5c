"""A study's settings: read through their one model, kept by what they are, set otherwise by a run.

What they come out as decides which chapters run, not how study.yml says it.
"""

import json

import pytest
import yaml
from tests.study_folders import write_study

from helpers.contracts import StudyDataError
from helpers.render.keep import settings as module
from helpers.render.keep.cache import open_cache
from helpers.render.keep.reader import Reader
from helpers.render.keep.settings import load_settings

PERCENT = "response.improvement_percent"
BOTH = ["01_first", "02_second"]


@pytest.fixture
def study(tmp_path):
    return write_study(tmp_path / "data" / "mine")


@pytest.fixture
def load(study, tmp_path, monkeypatch):
    """Load the settings as the program does; ``load.read`` counts how often study.yml was read."""
    read = module._read_settings

    def count(folder, overrides):
        load.read += 1
        return read(folder, overrides)

    def load(overrides=None):
        cache, reader = open_cache(tmp_path), Reader(tmp_path)
        return load_settings(study, overrides, reader=reader, cache=cache)

    load.read = 0
    monkeypatch.setattr(module, "_read_settings", count)
    return load


def edit_study(folder, **response):
    """Write a response into a study.yml, in place of what is there."""
    path = folder / "study.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(content | {"response": response}), encoding="utf-8")


def test_every_setting_has_a_value_whether_study_yml_gives_it_or_not(study):
    used = load_settings(study).used
    assert used["title"] == "A study of two patients"
    assert used["response"]["improvement_percent"] == 20.0
    assert used["rules"]["zero_baseline"] == "infinite_worsening"


def test_settings_are_kept_and_taken_from_where_they_were_kept(load):
    first = load()
    assert load() == first
    assert load.read == 1


def test_kept_settings_are_not_those_of_another_study_yml_or_override(load, study):
    first = load()
    edit_study(study, improvement_percent=30)
    assert load().used["response"]["improvement_percent"] == 30.0
    assert load({PERCENT: "40"}).used["response"]["improvement_percent"] == 40.0
    assert load.read == 3
    assert first.used["response"]["improvement_percent"] == 20.0


def test_kept_settings_that_were_damaged_are_read_again(load, tmp_path):
    first = load()
    [kept] = (tmp_path / ".cache" / "settings").iterdir()
    kept.write_text("nonsense")
    assert load() == first
    assert load.read == 2


def test_kept_settings_are_not_those_of_another_model(load, tmp_path, monkeypatch):
    load()
    (tmp_path / "requirements.lock").write_text("pydantic==9\n")
    load()
    monkeypatch.setattr(module, "MODEL_MODULES", ("helpers.names",))
    load()
    assert load.read == 3


def test_faults_are_told_each_time_and_never_kept(load, study, tmp_path):
    (study / "study.yml").write_text("title: x\n")
    for _ in range(2):
        with pytest.raises(StudyDataError, match="key visits"):
            load()
    assert not (tmp_path / ".cache" / "settings").exists()


def test_an_override_is_named_by_its_path_and_told_in_words(study):
    settings = load_settings(study, {"improvement_percent": "40"})
    assert settings.overrides == {PERCENT: "40"}
    assert settings.departures == (
        "a measure counts as better from this change, % of baseline: 40 instead of 20",
    )


@pytest.mark.parametrize("value", ["20", "20.0", "2e1"])
def test_a_value_that_the_plan_has_is_no_override_and_changes_no_key(study, value):
    settings = load_settings(study, {PERCENT: value})
    assert (settings.overrides, settings.departures) == ({}, ())
    assert settings.key == load_settings(study).key


@pytest.mark.parametrize(
    "overrides",
    [
        {PERCENT: "33.33333333"},
        {"visits": "last", "unjudged": "left_out"},
        {"definition": "printo_jdm"},
        {"definition": "tis_adult", "tis_category": "major"},
        {"veto_must_be_measured": "true", "enzyme_multiplier": "0.1"},
    ],
)
def test_what_a_notebook_is_handed_gives_the_settings_of_the_run(study, overrides):
    settings = load_settings(study, overrides)
    assert settings.overrides
    assert load_settings(study, settings.overrides) == settings


def test_the_key_is_that_of_the_settings_not_of_how_they_are_said(study):
    before = load_settings(study).key
    edit_study(study, improvement_percent=20.0, visits="any")
    assert load_settings(study).key == before
    assert load_settings(study, {PERCENT: "20.5"}).key != before
    edit_study(study, improvement_percent=20.5)
    assert load_settings(study).key != before


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ({PERCENT: "0.9"}, ["response.improvement_percent=0.9", "a number from 1 to 100"]),
        ({PERCENT: "100.1"}, ["a number from 1 to 100", "-p improvement_percent=20"]),
        ({"visits": "first"}, ["visits=first", "one of any, last, two_in_a_row"]),
        ({"improvment_percent": "40"}, ["no setting of this name", "improvement_percent"]),
        ({"title": "x"}, ["no setting of this name that a run may change"]),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_what_is_allowed(study, override, words):
    with pytest.raises(StudyDataError, match="1 fault found") as caught:
        load_settings(study, override)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("value", ["1", "100"])
def test_the_ends_of_the_range_are_inside(study, value):
    assert load_settings(study, {PERCENT: value}).overrides == {PERCENT: value}


def test_a_comment_in_study_yml_runs_no_chapter_but_writes_the_pages(runner, project):
    runner.run()
    with (project / "data" / "toy" / "study.yml").open("a") as file:
        file.write("# checked by two\n")
    assert runner.describe() == ["toy: pages: changed: provenance"]
    ran, outcome = runner.run()
    assert (ran, outcome.errors, outcome.is_unchanged) == ([], (), False)
    assert runner.describe() == ["toy: nothing to do"]


def test_a_limit_changed_in_study_yml_runs_every_chapter_of_the_study(runner, project):
    runner.run()
    edit_study(project / "data" / "toy", improvement_percent=40)
    assert runner.describe() == [
        "toy: 2 of 2 chapters would run",
        "  01_first: changed: settings",
        "  02_second: changed: settings",
    ]
    assert runner.run()[0] == BOTH
    assert runner.describe() == ["toy: nothing to do"]


def test_a_limit_set_by_the_run_runs_every_chapter_and_going_back_runs_none(runner):
    runner.run()
    assert runner.describe("improvement_percent=40")[1:] == [
        "  01_first: changed: parameters, settings",
        "  02_second: changed: parameters, settings",
    ]
    assert runner.run("improvement_percent=40")[0] == BOTH
    assert runner.describe(f"{PERCENT}=40.0") == ["toy: nothing to do"]
    assert runner.run()[0] == []


def test_a_limit_that_the_plan_has_changes_nothing(runner):
    runner.run()
    assert runner.describe("improvement_percent=20.0") == ["toy: nothing to do"]


def test_a_report_not_as_planned_says_so_on_its_pages_and_in_its_manifest(runner):
    runner.run("improvement_percent=40", "visits=last")
    report = runner.places.reports / "toy"
    departures = json.loads((report / "manifest.json").read_text())["departures"]
    assert [words.rpartition(": ")[2] for words in departures] == [
        "40 instead of 20",
        "last instead of any",
    ]
    for path in (report / "index.html", *report.glob("chapters/*.html")):
        assert "<strong>Not as planned.</strong>" in path.read_text(), path
    runner.run()
    assert "Not as planned" not in (report / "index.html").read_text()
