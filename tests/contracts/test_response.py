"""The study's rule for response: its limits, where they come from, and what is refused."""

from dataclasses import fields

import pytest
from pydantic import ValidationError

from helpers.contracts.response import BY_MEASURES, IMACS_2004, PRINTO_JDM, Response


def test_without_a_word_the_rule_is_the_published_definition_of_imacs():
    rule = Response()
    assert (rule.definition, rule.visits, rule.unjudged) == ("imacs_2004", "any", "not_improved")
    assert rule.limits == rule.published == IMACS_2004


def test_the_published_limits_of_imacs_are_those_of_the_paper():
    # Rider et al 2004: three of six measures better by 20 %, at most two worse by 25 %, not MMT.
    assert (IMACS_2004.measures_needed, IMACS_2004.improvement_percent) == (3, 20)
    assert (IMACS_2004.worsening_percent, IMACS_2004.worsened_allowed) == (25, 2)
    assert IMACS_2004.must_not_worsen == ("mmt8",)
    assert IMACS_2004.worsening_inclusive


def test_limits_that_are_not_given_are_those_of_the_named_definition():
    rule = Response(definition="printo_jdm", measures_needed=2)
    assert (rule.worsening_percent, rule.worsened_allowed) == (30, 1)
    assert rule.published == PRINTO_JDM
    assert rule.limits.measures_needed == 2
    assert not rule.limits.worsening_inclusive
    assert rule.limits != rule.published


def test_a_limit_that_is_given_stands_even_where_it_is_that_of_another_definition():
    assert Response(definition="printo_jdm", worsening_percent=25).limits.worsening_percent == 25


def test_limits_have_the_name_and_source_of_what_was_published():
    limits = Response(improvement_percent=30).limits
    assert (limits.name, limits.source) == (IMACS_2004.name, IMACS_2004.source)


class TestScore:
    def test_the_score_counts_no_measures_and_shows_those_of_imacs(self):
        rule = Response(definition="tis_adult", tis_category="major")
        assert rule.tis_category == "major"
        assert rule.limits == rule.published == IMACS_2004
        assert rule.definition not in BY_MEASURES

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("measures_needed", 4),
            ("improvement_percent", 30),
            ("worsening_percent", 30),
            ("worsened_allowed", 1),
            ("minimum_measures", 4),
            ("veto_must_be_measured", True),
        ],
    )
    def test_a_limit_that_it_does_not_read_is_refused(self, name, value):
        with pytest.raises(ValidationError, match=f"tis_adult has no {name}; leave it out"):
            Response(definition="tis_adult", **{name: value})
        assert getattr(Response(**{name: value}), name) == value

    @pytest.mark.parametrize("definition", list(BY_MEASURES))
    def test_a_count_of_measures_has_no_category(self, definition):
        with pytest.raises(ValidationError, match=f"{definition} has no tis_category"):
            Response(definition=definition, tis_category="major")


@pytest.mark.parametrize(
    ("name", "lowest", "highest", "step"),
    [
        ("measures_needed", 1, 6, 1),
        ("improvement_percent", 1, 100, 0.5),
        ("worsening_percent", 1, 100, 0.5),
        ("worsened_allowed", 0, 5, 1),
        ("minimum_measures", 1, 6, 1),
    ],
)
def test_both_ends_of_a_range_belong_to_it(name, lowest, highest, step):
    for value in (lowest, highest):
        assert getattr(Response(**{name: value}), name) == value
    for value in (lowest - step, highest + step):
        with pytest.raises(ValidationError, match="than or equal to"):
            Response(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("definition", "imacs"),
        ("visits", "first"),
        ("unjudged", "improved"),
        ("tis_category", "none"),
    ],
)
def test_choices_are_closed(name, value):
    with pytest.raises(ValidationError, match="Input should be"):
        Response(**{name: value})


def test_an_unknown_key_is_refused_and_nothing_can_be_changed():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Response(improvement=30)
    with pytest.raises(ValidationError, match="frozen"):
        Response().visits = "last"


def test_what_is_no_mapping_is_refused():
    with pytest.raises(ValidationError, match="valid dictionary"):
        Response.model_validate("imacs_2004")


def test_every_limit_of_a_study_is_one_of_the_definition():
    own = {"definition", "tis_category", "visits", "unjudged", "intercurrent"}
    assert set(Response.model_fields) - own <= {field.name for field in fields(IMACS_2004)}
