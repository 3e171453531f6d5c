import pytest
from pydantic import ValidationError

from helpers.contracts.mapping import Mapping, Target, list_model_keys

SOURCE = {"file": "a.csv", "patient": "id"}


def test_a_place_alone_is_enough_and_numbers_are_words():
    mapping = Mapping.model_validate(
        {
            "sources": [SOURCE | {"columns": {"sex": "patients.sex", "x": ["core_set.ck"]}}],
            "words": {"patients.sex": {1: "female", 2: None}},
            "visits": {3: 6, "extra": "ignore"},
            "missing": -99,
        }
    )
    assert mapping.sources[0].columns["sex"] == (Target(to="patients.sex"),)
    assert mapping.words == {"patients.sex": {"1": "female", "2": ""}}
    assert mapping.visits == {"3": 6.0, "extra": "ignore"}
    assert mapping.missing == ("-99",)
    assert mapping.tables == ("patients", "core_set")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"columns": {"a": "ck"}}, "a table and its column"),
        ({"columns": {"a": {"to": "core_set.ck", "below": "zero"}}}, "'bound', 'limit' or 'empty'"),
        ({"columnx": {}}, "Extra inputs"),
        ({"decimal": ";"}, "Input should be"),
    ],
)
def test_what_is_no_mapping_is_refused(source, message):
    with pytest.raises(ValidationError, match=message):
        Mapping.model_validate({"sources": [SOURCE | source]})


def test_a_table_may_be_made_of_constants_alone():
    mapping = Mapping.model_validate(
        {"sources": [SOURCE], "constants": {"patients.arm": "treated"}}
    )
    assert mapping.tables == ("patients",)
    assert mapping.lists_everybody


def test_every_key_is_known_by_its_name_in_the_file():
    assert {"sources", "with", "to", "rows", "days_in_month"} <= set(list_model_keys())
    assert "fixed" not in list_model_keys()
