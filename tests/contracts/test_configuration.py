import pytest
from pydantic import ValidationError
from tests.study_folders import make_config, make_settings

from helpers.contracts import StudyConfig


def test_visits_give_months_in_order_and_the_first_is_the_baseline():
    config = make_config()
    assert config.months == (0.0, 3.0)
    assert config.baseline_month == 0.0


def test_a_month_is_named_as_its_visit_and_by_number_without_one():
    config = make_config()
    assert config.label_month(3.0) == "3\N{NO-BREAK SPACE}months"
    assert config.label_month(4.5) == "month\N{NO-BREAK SPACE}4.5"


def test_a_long_name_of_a_visit_may_break():
    config = make_config(visits=[{"month": 0, "label": "Start of anakinra"}])
    assert config.label_month(0.0) == "Start of anakinra"


@pytest.mark.parametrize(
    ("unit", "report_unit", "shown", "factor"),
    [
        ("ukat/L", None, "ukat/L", 1),
        ("U/L", None, "U/L", 1),
        ("ukat/L", "U/L", "U/L", 60),
        ("U/L", "ukat/L", "ukat/L", 1 / 60),
        ("U/L", "U/L", "U/L", 1),
    ],
)
def test_one_microkatal_is_sixty_units(unit, report_unit, shown, factor):
    ck = make_config(instruments={"ck": {"unit": unit, "report_unit": report_unit}}).instruments.ck
    assert (ck.shown_unit, ck.factor) == (shown, factor)


@pytest.mark.parametrize(
    ("instruments", "maximum"),
    [
        ({}, 10),
        ({"vas_maximum": 100}, 100),
        ({"vas_maximum": 100, "extramuscular": {"instrument": "mitax"}}, 1),
        ({"extramuscular": {"instrument": "myoact"}}, 1),
        ({"extramuscular": {"instrument": "myoact", "maximum": 10}}, 10),
    ],
)
def test_the_extramuscular_scale_follows_its_instrument(instruments, maximum):
    assert make_config(instruments=instruments).instruments.extramuscular_maximum == maximum


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("visits", [], "visits must be listed once each, in order of month"),
        ("arms", {}, "arms must name at least one arm"),
        ("title", "", "at least 1 character"),
        ("planned_months", 0, "greater than 0"),
        ("data_origin", "invented", "'published', 'reconstructed' or 'collected'"),
        ("instruments", {"vas_maximum": 50}, "10 or 100"),
        ("instruments", {"mmt8_maximum": 260}, "80 or 150"),
        ("instruments", {"ck": {"upper_limit_female": 0}}, "greater than 0"),
    ],
)
def test_a_setting_outside_its_limits_is_refused(key, value, words):
    with pytest.raises(ValidationError, match=words):
        StudyConfig.model_validate(make_settings(**{key: value}))


@pytest.mark.parametrize("months", [[3, 0], [0, 0], [0, 3, 1]])
def test_visits_out_of_order_or_repeated_are_refused(months):
    visits = [{"month": month, "label": "visit"} for month in months]
    with pytest.raises(ValidationError, match="once each, in order of month"):
        make_config(visits=visits)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["Drug", "Drug"], "the label 'Drug' stands twice; give each its own"),
        (["Drug", " drug\N{NO-BREAK SPACE}"], "stands twice"),
        (["Drug", ""], "a label is empty"),
        ([" ", "Drug"], "a label is empty"),
    ],
)
def test_labels_that_no_reader_can_tell_apart_are_refused(labels, words):
    with pytest.raises(ValidationError, match=f"arms: {words}|arms: the label .* {words}"):
        make_config(arms=dict(zip("ab", labels, strict=True)))
    visits = [{"month": month, "label": label} for month, label in enumerate(labels)]
    with pytest.raises(ValidationError, match=f"visits: {words}|visits: the label .* {words}"):
        make_config(visits=visits)


def test_labels_that_differ_are_kept():
    assert make_config(arms={"a": "$5", "b": "$50"}).arms == {"a": "$5", "b": "$50"}


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        make_config().title = "another"


@pytest.mark.parametrize("high", [10, 11])
def test_a_reference_range_runs_from_low_to_high(high):
    healthy = {"low": 11, "high": high, "unit": "pg/mL", "source": "Son 2000"}
    with pytest.raises(ValidationError, match="low must be less than high"):
        make_config(references={"IL-1Ra": healthy})
    assert (
        make_config(references={"IL-1Ra": healthy | {"high": 839}}).references["IL-1Ra"].low == 11
    )
