"""Parameters are read without running anything, and refused with the way to mend them."""

from pathlib import Path

import pytest

from helpers.render.plan.chapters import Chapter
from helpers.render.plan.given import (
    ParameterError,
    describe_parameters,
    match_parameters,
    split_given,
)
from helpers.render.plan.parameters import NotebookError, Parameter, convert_value, read_parameters

CELL = """\
study: str = "endurance_training_iim"  # study folder below data/, or a path to one
marker_percent: float = 20  # marker cutoff, percent of baseline | 1 to 100
measures: int = 3  # measures that must improve | 1 to 6
scale: Literal["linear", "log"] = "log"  # axis of the enzyme
analyte: str = "IL-1Ra"  # analyte shown | IL-1Ra, CCL5
show_labels: bool = False  # name every line
"""


def make_chapter(name: str, source: str = CELL) -> Chapter:
    """Give a chapter that declares what a cell declares."""
    path = Path("/notebooks") / f"{name}.ipynb"
    return Chapter(path, name, (), (), read_parameters(source, notebook=path.name))


CHAPTER = make_chapter("01_clinical_response")


def refuse(*given: str, chapters: tuple[Chapter, ...] = (CHAPTER,)) -> str:
    """Give the message with which parameters are refused."""
    with pytest.raises(ParameterError, match="found") as caught:
        match_parameters(given, chapters)
    return str(caught.value)


def test_a_cell_gives_name_type_default_help_range_and_choices():
    _, percent, measures, scale, analyte, labels = CHAPTER.parameters
    assert percent == Parameter(
        "marker_percent", "float", 20, "marker cutoff, percent of baseline", 1.0, 100.0
    )
    assert (measures.kind, measures.minimum, measures.maximum) == ("int", 1.0, 6.0)
    assert scale.choices == ("linear", "log")
    assert analyte.choices == ("IL-1Ra", "CCL5")
    assert labels == Parameter("show_labels", "bool", False, "name every line")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("alpha = 0.05", r"line 1: expected `name: type = literal"),
        ("alpha: float = 1 / 20", "expected a literal default"),
        ("alpha: float", "default None is not a number"),
        ("alpha: list = []", r"expected a type of str, int, float, bool or Literal\[...\]"),
        ("alpha: int = 0.5", "default 0.5 is not a whole number"),
        ("alpha: int = True", "default True is not a whole number"),
        ('alpha: float = "a"', "default 'a' is not a number"),
        ("alpha: float = 5.0  # error | 0 to 1", "default is 5.0, which is out of range"),
        ('arm: str = "c"  # arm | a, b', "default is 'c', which is not a choice"),
        ("alpha: float = (", "01_x.ipynb: parameters cell, line 1"),
    ],
)
def test_a_line_that_breaks_the_rules_is_named(line, message):
    with pytest.raises(NotebookError, match=message):
        read_parameters(line, notebook="01_x.ipynb")


def test_values_are_converted_to_the_declared_type():
    given = ["marker_percent=15", "measures=4", "scale=linear", "show_labels=yes"]
    assert match_parameters(given, [CHAPTER]) == {
        "01_clinical_response": {
            "marker_percent": 15.0,
            "measures": 4,
            "scale": "linear",
            "show_labels": True,
        }
    }


def test_a_value_goes_to_every_chapter_that_declares_its_name_and_to_no_other():
    other = make_chapter("02_other", "measures: int = 2  # measures | 1 to 6")
    assert match_parameters(["measures=5", "scale=log"], [CHAPTER, other]) == {
        "01_clinical_response": {"measures": 5, "scale": "log"},
        "02_other": {"measures": 5},
    }


def test_a_misspelt_name_is_answered_with_the_parameter_meant():
    message = refuse("markr_percent=20")
    assert "did you mean marker_percent?" in message
    assert "a number from 1 to 100" in message
    assert "01_clinical_response.ipynb" in message


def test_a_misspelt_setting_of_the_study_is_answered_with_the_setting_meant():
    for given in ("improvment_percent=20", "response.improvment_percent=20"):
        message = refuse(given)
        assert "did you mean improvement_percent?" in message
        assert "improvement_percent (a number from 1 to 100; " in message
        assert "in study.yml" in message


def test_the_nearest_name_wins_whether_a_chapter_or_the_study_has_it():
    near = make_chapter("01_near", "visit: int = 1  # visit shown | 1 to 9")
    assert "did you mean visit?" in refuse("vist=2", chapters=(near,))
    assert "did you mean visits?" in refuse("visitss=last", chapters=(near,))


def test_settings_of_the_study_are_parted_from_parameters_of_chapters():
    given = ["improvement_percent = 40", "scale=log", "response.visits=last", "zzz=1", "alone"]
    assert split_given(given, {"scale"}) == (
        {"improvement_percent": "40", "response.visits": "last"},
        ("scale=log", "zzz=1", "alone"),
    )


def test_a_name_that_a_chapter_declares_stays_the_chapters():
    assert split_given(["visits=2"], {"visits"}) == ({}, ("visits=2",))


def test_a_setting_given_twice_is_refused_under_whichever_name():
    with pytest.raises(ParameterError, match=r"visits=any\n .*response.visits given twice"):
        split_given(["visits=last", "response.visits=any"], set())


def test_a_word_of_the_help_leads_to_the_parameter_too():
    assert "did you mean marker_percent?" in refuse("cutof=20")


def test_a_name_like_no_other_is_answered_with_all_names_and_types():
    message = refuse("zzz=1")
    for words in ("marker_percent (a number", "measures (a whole number", "true or false"):
        assert words in message
    assert "study (" not in message


def test_a_value_of_the_wrong_type_says_what_is_expected():
    message = refuse("marker_percent=banana")
    assert "'banana', which is not a number" in message
    assert "expected: a number from 1 to 100: marker cutoff, percent of baseline" in message


@pytest.mark.parametrize("text", ["nan", "inf", "1_0", "", "1 0", "0x10"])
def test_what_only_python_takes_for_a_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        convert_value(Parameter("x", "float", 1.0), text)


def test_a_decimal_comma_is_answered_with_the_point():
    assert "write a decimal point" in refuse("marker_percent=12,5")


@pytest.mark.parametrize(
    ("text", "fits"), [("1", True), ("100", True), ("0.99", False), ("100.01", False)]
)
def test_the_ends_of_a_range_are_inside(text, fits):
    parameter = CHAPTER.parameters[1]
    if fits:
        assert convert_value(parameter, text) == float(text)
    else:
        with pytest.raises(ValueError, match="out of range"):
            convert_value(parameter, text)


def test_all_faults_are_told_at_once():
    message = refuse(
        "zzz=1", "measures=2.5", "scale=cubic", "show_labels=maybe", "study=x", "alone"
    )
    assert message.startswith("6 faults found.")
    for words in ("not a whole number", "one of linear, log", "neither true nor false"):
        assert words in message
    assert "give the study itself: render STUDY" in message
    assert "for example: -p name=20" in message


def test_a_parameter_given_twice_is_refused():
    assert "measures given twice" in refuse("measures=2", "measures=3")


def test_chapters_without_parameters_say_so():
    bare = make_chapter("00_bare", 'study: str = "x"  # study')
    assert "these chapters have no parameters" in refuse("cutoff=1", chapters=(bare,))


def test_the_list_of_parameters_has_name_meaning_and_default():
    listed = describe_parameters([CHAPTER])
    assert listed.startswith("study.yml, for every chapter\n  zero_baseline (one of ")
    assert "\n  improvement_percent (a number from 1 to 100; a measure counts as better" in listed
    assert "\n01_clinical_response.ipynb\n  marker_percent (a number from 1" in listed
    assert listed.endswith("show_labels (true or false; name every line) [False]")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("marker_percent=1e999", "1e999, which is too large to compute with"),
        ("marker_percent=inf", "'inf', which is not a number"),
        ("marker_percent=nan", "'nan', which is not a number"),
        ("marker_percent=٣", "which is not a number"),
        ("measures=" + "1" * 5_000, "a number of 5000 digits, which is too large"),
        ("analyte=a\x07", "a text with U+0007 (a control character) as character 2"),
        ("analyte=\udcff", "a text with U+DCFF"),
        ("measures", "no value"),
        ("=3", "no value"),
    ],
)
def test_a_value_that_no_notebook_can_hold_is_refused(given, found):
    said = refuse(given)
    assert found in said
    said.encode()


def test_a_comment_goes_on_below_and_may_name_columns():
    cell = (
        'person: str = ""  # who is shown |\n# in labs.patient_id, case_events.patient_id\n'
        'arm: str = "a"  # one of two\n# arms | a,\n# b\n'
    )
    person, arm = read_parameters(cell, notebook="01_x.ipynb")
    assert (person.help, person.columns) == (
        "who is shown",
        ("labs.patient_id", "case_events.patient_id"),
    )
    assert person.expected == "text that stands in labs.patient_id or case_events.patient_id"
    assert (arm.help, arm.choices) == ("one of two arms", ("a", "b"))
