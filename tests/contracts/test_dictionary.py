import re

import pytest
from tests.study_folders import make_config

from helpers.contracts import CONTRACTS, StudyConfig, table_contract
from helpers.contracts.dictionary import (
    README,
    describe_tables,
    list_settings,
    start_settings,
)
from helpers.io.tables import MISSING_TEXTS, READERS


def read_rows(heading):
    """Give the cells of each row below one heading of the dictionary."""
    part = describe_tables().split(f"\n{heading}\n")[1].split("\n## ")[0].split("\n### ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_readme_of_the_data_folder_is_what_the_contracts_say():
    expected = describe_tables()
    assert README.read_text(encoding="utf-8") == expected, (
        "data/README.md differs from the contracts: python -m helpers.contracts.dictionary"
    )


@pytest.mark.parametrize("table", CONTRACTS)
def test_every_column_of_a_table_has_its_row(table):
    columns = table_contract(table, make_config()).columns
    assert [row[0] for row in read_rows(f"### {table}")] == [f"`{name}`" for name in columns]


def test_a_column_is_described_with_unit_range_need_and_example():
    rows = {row[0]: row[1:] for row in read_rows("### core_set")}
    assert rows["`physician_global`"] == [
        "global disease activity as judged by the physician, visual analogue scale; "
        "lower is better",
        "number",
        "cm or mm",
        "0 to 10 cm; or 0 to 100 mm with `instruments.vas_maximum: 100`",
        "yes; cells may be empty",
        "`3.5`",
    ]
    assert rows["`month`"][3] == "a month listed under `visits` in study.yml"


def test_a_range_is_listed_with_each_setting_that_changes_it():
    allowed = {row[0]: row[4] for row in read_rows("### core_set")}
    assert allowed["`mmt8`"] == "0 to 80; or 0 to 150 with `instruments.mmt8_maximum: 150`"
    assert allowed["`ck`"] == "0 to 120000; or 0 to 2000 with `instruments.ck.unit: ukat/L`"
    assert allowed["`extramuscular`"] == (
        "0 to 10; or 0 to 100 with `instruments.vas_maximum: 100`; or 0 to 1 with "
        "`instruments.extramuscular.instrument: myoact` or "
        "`instruments.extramuscular.instrument: mitax`; or another maximum with "
        "`instruments.extramuscular.maximum`"
    )


def test_needs_are_told_apart():
    needs = {row[0]: row[5] for row in read_rows("### patients")}
    assert needs["`arm`"] == "yes, in every row"
    assert needs["`sex`"] == "optional"


def test_tables_that_may_be_empty_say_so():
    text = describe_tables()
    allowed = re.findall(r"### (\w+)\n\n[^\n]*A header without rows is allowed", text)
    assert allowed == ["adverse_events", "medications"]


def test_every_key_of_the_settings_is_described():
    keys = [row[0] for row in read_rows("## study.yml")]
    assert keys[:3] == ["`title`", "`short_title`", "`question`"]
    for key in (
        "visits[].month",
        "instruments.extramuscular.maximum",
        "instruments.ck.upper_limit_female",
        "endpoint_families.NAME.adjustment",
        "notes",
    ):
        assert f"`{key}`" in keys
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("key", "allowed", "absent"),
    [
        ("title", "text, not empty", "**must be given**"),
        ("data_origin", "one of published, reconstructed, collected", "**must be given**"),
        ("planned_months", "a number, above 0, at most 1200", "none"),
        ("visits[].month", "a number from 0 to 1200", "**must be given**"),
        ("instruments", "a group of keys", "as its keys below"),
        ("instruments.vas_maximum", "one of 10, 100", "10"),
        ("rules.enzyme_multiplier", "a number, above 0, at most 1e+06", "15"),
        ("endpoint_families", "NAME: a group of keys", "none"),
        ("notes", "a list of texts", "none"),
    ],
)
def test_a_key_is_described_with_what_it_allows_and_its_default(key, allowed, absent):
    rows = {row[0]: row[1:] for row in read_rows("## study.yml")}
    assert rows[f"`{key}`"][1:] == [allowed, absent]


def test_every_setting_has_a_description():
    assert [setting.key for setting in list_settings() if not setting.description] == []


def test_the_starting_settings_are_valid_and_ask_for_what_is_not_written():
    config = StudyConfig.model_validate(start_settings("my study"))
    assert config.title == config.short_title == "my study"
    assert config.question == "Not yet written (the study's question in one sentence)"
    assert config.months == (0, 3, 6, 12)
    assert list(config.arms) == ["treated"]


def test_every_format_and_every_word_for_missing_is_in_the_dictionary():
    text = describe_tables()
    for ending in READERS:
        assert f"| `{ending}` |" in text
    for word in MISSING_TEXTS - {""}:
        assert f"`{word}`" in text
