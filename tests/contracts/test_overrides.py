"""What a run may set otherwise than study.yml: names, faults, and how it is told."""

import pytest
from tests.study_folders import make_config

from helpers.contracts.overrides import (
    SECTIONS,
    apply_overrides,
    find_path,
    list_choices,
    list_departures,
    write_value,
)


def depart(**response):
    return list_departures(make_config(), make_config(response=response))


class TestNames:
    @pytest.mark.parametrize(
        ("name", "path"),
        [
            ("improvement_percent", "response.improvement_percent"),
            ("response.improvement_percent", "response.improvement_percent"),
            ("zero_baseline", "rules.zero_baseline"),
            ("title", None),
            ("response", None),
            ("rules.improvement_percent", None),
            ("", None),
        ],
    )
    def test_a_short_name_and_a_path_lead_to_the_choice(self, name, path):
        assert find_path(name) == path

    def test_short_names_are_of_one_choice_each(self):
        names = [choice.name for choice in list_choices()]
        assert len(names) == len(set(names))
        assert {find_path(name) for name in names} == {choice.path for choice in list_choices()}

    def test_only_choices_may_be_set_and_each_has_its_help(self):
        for choice in list_choices():
            assert choice.path.split(".")[0] in SECTIONS
            assert choice.help
            assert choice.allowed


class TestApplying:
    def test_values_join_what_study_yml_says(self):
        given = {"title": "x", "response": {"visits": "last"}}
        changed, faults = apply_overrides(given, {"improvement_percent": "40"})
        assert faults == []
        assert changed == {
            "title": "x",
            "response": {"visits": "last", "improvement_percent": "40"},
        }
        assert given == {"title": "x", "response": {"visits": "last"}}

    @pytest.mark.parametrize("settings", [{}, {"rules": None}, {"rules": {}}])
    def test_a_section_that_is_absent_or_empty_is_made(self, settings):
        changed, _ = apply_overrides(settings, {"zero_baseline": "not_evaluable"})
        assert changed["rules"] == {"zero_baseline": "not_evaluable"}

    def test_every_name_that_is_none_is_a_fault_with_a_suggestion(self):
        _, faults = apply_overrides({}, {"improvment_percent": "40", "title": "x"})
        assert [fault.file for fault in faults] == ["improvment_percent=40", "title=x"]
        first, second = faults
        assert first.mend.startswith("did you mean improvement_percent? ")
        assert "render --parameters" in second.mend
        assert "improvement_percent" in second.expected
        assert "title" not in second.expected.replace("one of ", "").split(", ")


class TestDepartures:
    def test_a_run_as_planned_departs_in_nothing(self):
        assert depart() == ()
        assert depart(improvement_percent=20) == ()

    def test_a_departure_is_told_in_words(self):
        [departure] = depart(improvement_percent=40)
        assert departure.path == "response.improvement_percent"
        assert (departure.planned, departure.used) == (20, 40)
        assert str(departure) == (
            "a measure counts as better from this change, % of baseline: 40 instead of 20"
        )

    def test_a_switch_is_told_as_it_is_typed(self):
        [departure] = depart(veto_must_be_measured=True)
        assert str(departure).endswith(": true instead of false")

    def test_another_definition_brings_its_limits_along(self):
        paths = [departure.path for departure in depart(definition="printo_jdm")]
        assert paths == [
            "response.definition",
            "response.worsening_percent",
            "response.worsened_allowed",
        ]

    def test_what_describes_the_data_is_no_choice(self):
        assert list_departures(make_config(), make_config(title="Another title")) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [(40.0, "40"), (0.5, "0.5"), (3, "3"), (True, "true"), (False, "false"), ("last", "last")],
)
def test_values_are_written_as_a_person_types_them(value, text):
    assert write_value(value) == text
