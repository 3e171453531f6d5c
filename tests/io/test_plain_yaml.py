"""YAML without what unfolds: aliases, tags, nesting and numbers without end."""

import datetime as dt

import pytest
import yaml

from helpers.io.bounds import DEEPEST_SETTINGS, LARGEST_WHOLE_NUMBER
from helpers.io.plain_yaml import find_repeats, load_yaml, walk_keys, walk_scalars

LAUGHS = "a: &a [x]\n" + "".join(f"b{n}: [{'*a, ' * 9}]\n" for n in range(9))


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", None),
        ("# a comment", None),
        ("a: 1", {"a": 1}),
        ("a: [1.5, ~, 'x: y']", {"a": [1.5, None, "x: y"]}),
        ("a: [yes, No, on, OFF, true]", {"a": ["yes", "No", "on", "OFF", "true"]}),
        ("no: 1", {"no": 1}),
        ("a: [0, -0, +5, -20, '020', '1:20']", {"a": [0, 0, 5, -20, "020", "1:20"]}),
        (
            "a: [.5, 5., 0.50, 010.5, .5e3, 1e3, -1.5E+3]",
            {"a": [0.5, 5, 0.5, 10.5, 5e2, 1e3, -1500]},
        ),
        ("a: [08, 1e, e3, 0o17, 1.2.3]", {"a": ["08", "1e", "e3", "0o17", "1.2.3"]}),
        ("a: 2024-01-03", {"a": dt.date(2024, 1, 3)}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        (f"a: {LARGEST_WHOLE_NUMBER}", {"a": LARGEST_WHOLE_NUMBER}),
    ],
)
def test_what_a_person_writes_is_read(text, content):
    assert load_yaml(text)[0] == content


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: &x [*x]", r"an alias \(\*x\)"),
        (LAUGHS, r"an alias \(\*a\)"),
        ("a: &x\n  b: 1\nc:\n  <<: *x", r"an alias \(\*x\)"),
        ("a: !!python/object/apply:os.getcwd []", "a tag .*python/object"),
        ("a: !!bool maybe", "a tag"),
        ("a: !!timestamp x", "a tag"),
        ("! a", "a tag"),
        ("[" * 100_000, "20 groups within groups"),
        ("- " * 5_000, "20 groups within groups"),
        ("{a: " * 5_000, "20 groups within groups"),
        (f"a: {LARGEST_WHOLE_NUMBER + 1}", "too large to compute with"),
        (f"a: -{LARGEST_WHOLE_NUMBER + 1}", "too large to compute with"),
        ("a: 1\n---\nb: 2", "a single document"),
        ("{}: 1", "unhashable key"),
        ("a: =", "could not determine"),
    ],
)
def test_what_unfolds_or_does_not_end_is_refused(text, found):
    with pytest.raises(yaml.YAMLError, match=found):
        load_yaml(text)


@pytest.mark.parametrize("text", ["a: 2013-99-99", "a: " + "1" * 5_000])
def test_a_value_that_is_none_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"month|limit"):
        load_yaml(text)


@pytest.mark.parametrize(
    "number",
    [
        "020",
        "-010",
        "00",
        "1:20",
        "1:20.5",
        "0b1",
        "1_000",
        "1_000.5",
        "0x10",
        "1" + ":0" * 250 + ".0",
    ],
)
@pytest.mark.parametrize("text", ["a:\n  b: {}", "a:\n - {}", "a: 1\n{}: 2"])
def test_a_number_that_not_all_programs_read_alike_is_refused_where_it_stands(text, number):
    with pytest.raises(yaml.MarkedYAMLError, match="some programs read as another") as caught:
        load_yaml(text.format(number))
    assert caught.value.problem.startswith(number[:40])
    assert len(caught.value.problem) < 100
    assert caught.value.problem_mark.line == 1
    assert "write the number plainly" in caught.value.note


def test_groups_are_read_to_the_depth_that_is_allowed():
    nested = "[" * DEEPEST_SETTINGS + "]" * DEEPEST_SETTINGS
    assert load_yaml(nested)[0] is not None
    with pytest.raises(yaml.YAMLError, match="groups within groups"):
        load_yaml(f"[{nested}]")


def test_every_place_has_its_row():
    node = load_yaml("a: 1\nb:\n  - x\n  - {c: y}\n")[1]
    assert dict(walk_keys(node)) == {
        (): 1,
        ("a",): 1,
        ("b",): 2,
        ("b", "0"): 3,
        ("b", "1"): 4,
        ("b", "1", "c"): 4,
    }
    assert list(walk_scalars(node)) == [
        ((), "a", 1),
        (("a",), "1", 1),
        ((), "b", 2),
        (("b", "0"), "x", 3),
        (("b", "1"), "c", 4),
        (("b", "1", "c"), "y", 4),
    ]


def test_keys_given_twice_are_found_and_an_empty_text_has_none():
    assert find_repeats(load_yaml("a: 1\nb: 2\na: 3\n")[1]) == [(("a",), 1, 3)]
    assert find_repeats(load_yaml("[{a: 1, b: 2, a: 3}, {a: 1}]")[1]) == [(("0", "a"), 1, 1)]
    assert find_repeats(None) == []
