"""What nobody sees is named; what people write in any script is left alone."""

import sys
import unicodedata

import pytest

from helpers.characters import describe_unseen, show_unseen

VISIBLE_FORMATS = {
    *range(0x600, 0x606),  # Arabic number signs
    *(0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD),
}
BLANK_LETTERS = {0x115F, 0x1160, 0x3164, 0xFFA0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("P\x0001", "U+0000 (NULL) as character 2"),
        ("\x1b[31m", "U+001B (a control character) as character 1"),
        ("a\x7f", "U+007F (a control character) as character 2"),
        ("a\x85", "U+0085 (a control character) as character 2"),
        ("a\tb", "U+0009 (TAB) as character 2"),
        ("a\nb", "U+000A (LINE FEED) as character 2"),
        ("P02\u200b", "U+200B (ZERO WIDTH SPACE) as character 4"),
        ("a\u202eb", "U+202E (RIGHT-TO-LEFT OVERRIDE) as character 2"),
        ("so\u00adlid", "U+00AD (SOFT HYPHEN) as character 3"),
        ("\u3164", "U+3164 (HANGUL FILLER) as character 1"),
        ("\ufeffid", "U+FEFF (ZERO WIDTH NO-BREAK SPACE) as character 1"),
        ("a\ud800", "U+D800 (half a character) as character 2"),
        ("\ufdd0", "U+FDD0 (not a character) as character 1"),
        ("\ufffe", "U+FFFE (not a character) as character 1"),
        ("\U0010ffff", "U+10FFFF (not a character) as character 1"),
        ("a\u200db", "U+200D (ZERO WIDTH JOINER) as character 2"),
    ],
)
def test_a_character_nobody_sees_is_named_with_its_place(text, said):
    assert describe_unseen(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P 01",
        "Å1 and A\u030a1",
        "10\N{NO-BREAK SPACE}mg",
        "5\N{NARROW NO-BREAK SPACE}%",
        "患者",
        "می\u200cخواهم",  # Persian: "I want", whose prefix does not join
        "क्\u200dष",  # Hindi: a half letter
        "👩\u200d⚕\ufe0f",
        "葛\U000e0100",  # a variant of a character in Japanese names
        "µ ≤ ± √ 🙂",
    ],
)
def test_what_people_write_is_left_alone(text):
    assert describe_unseen(text) == ""


def test_lines_and_tabs_are_text_where_a_text_may_have_lines():
    assert describe_unseen("a\tb\r\nc", lines=True) == ""
    assert describe_unseen("a\tb\x0bc", lines=True).startswith("U+000B")


def test_every_character_is_judged_by_its_kind():
    judged = {sign for code in range(sys.maxunicode + 1) if describe_unseen(sign := chr(code))}
    for sign in map(chr, range(sys.maxunicode + 1)):
        kind = unicodedata.category(sign)
        if kind in ("Cc", "Cs", "Zl", "Zp"):
            assert sign in judged, hex(ord(sign))
        elif kind == "Cf":
            assert (sign in judged) != (ord(sign) in VISIBLE_FORMATS), hex(ord(sign))
        elif kind not in ("Cn", "Co"):
            assert (sign in judged) == (ord(sign) in BLANK_LETTERS), hex(ord(sign))


def test_a_message_shows_code_points_in_place_of_what_nobody_sees():
    assert show_unseen("a\x1b[31m\u202e\udcffé") == "a<U+001B>[31m<U+202E><U+DCFF>é"
