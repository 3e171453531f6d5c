import pytest
import yaml
from tests.study_folders import make_settings

from helpers.contracts import StudyConfig
from helpers.io.bounds import LARGEST_SETTINGS
from helpers.io.settings import read_settings

ORIGINS = "'published', 'reconstructed' or 'collected'"
KEYS = "see data/README.md for the keys of study.yml"


def write(tmp_path, text):
    path = tmp_path / "study.yml"
    path.write_text(text, encoding="utf-8")
    return path


def write_changed(tmp_path, **changes):
    return write(tmp_path, yaml.safe_dump(make_settings(**changes), sort_keys=False))


def find_only_fault(path):
    settings, faults = read_settings(path)
    assert settings is None
    [fault] = faults
    return fault


def test_a_valid_file_gives_its_configuration(tmp_path):
    settings, faults = read_settings(write_changed(tmp_path, instruments={"vas_maximum": 100}))
    assert faults == []
    assert settings.planned == settings.used
    config = settings.used
    assert config.title == "A study of two patients"
    assert config.instruments.vas_maximum == 100
    assert config.months == (0, 3)


def test_a_byte_order_mark_and_swedish_letters_are_read(tmp_path):
    path = tmp_path / "study.yml"
    text = yaml.safe_dump(make_settings(title="Träning vid myosit"), allow_unicode=True)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    settings, faults = read_settings(path)
    assert faults == []
    assert settings.used.title == "Träning vid myosit"


# The rows below count the lines that make_settings gives: title 1, short_title 2, question 3,
# design 4, data_origin 5, provenance 6, arms 7, treated 8, visits 9, then two lines per visit.
@pytest.mark.parametrize(
    ("changes", "place", "found", "expected", "mend"),
    [
        (
            {"instrumnts": {}},
            "row 14, key instrumnts",
            "an unknown key",
            "one of " + ", ".join(StudyConfig.model_fields),
            "did you mean instruments? rename or delete it",
        ),
        (
            {"instruments": {"vas_maximun": 100}},
            "row 15, key instruments.vas_maximun",
            "an unknown key",
            "one of vas_maximum, mmt8_maximum, haq_di_precision, extramuscular, ck, "
            "functional_index_maximum",
            "did you mean vas_maximum? rename or delete it",
        ),
        (
            {"instruments": {"ck": {"units": "U/L"}}},
            "row 16, key instruments.ck.units",
            "an unknown key",
            "one of unit, report_unit, upper_limit_female, upper_limit_male",
            "did you mean unit? rename or delete it",
        ),
        (
            {"visits": [{"month": 0, "label": "Baseline", "weeks": 0}]},
            "row 12, key visits.0.weeks",
            "an unknown key",
            "one of month, label",
            "rename or delete it",
        ),
        (
            {"endpoint_families": {"main": {"title": "Main", "endpoints": [], "adjust": "holm"}}},
            "row 18, key endpoint_families.main.adjust",
            "an unknown key",
            "one of title, endpoints, adjustment",
            "did you mean adjustment? rename or delete it",
        ),
        (
            {"title": None},
            "row 1, key title",
            "no such key",
            "full title on the report's first page",
            "add the key",
        ),
        (
            {"visits": [{"month": 0, "label": "Baseline"}, {"month": 3}]},
            "row 12, key visits.1.label",
            "no such key",
            "how the report names the visit, for example '12 weeks'",
            "add the key",
        ),
        (
            {"title": 2013},
            "row 1, key title",
            "2013",
            "Input should be a valid string",
            "put the text into quotation marks",
        ),
        (
            {"data_origin": "invented"},
            "row 5, key data_origin",
            "'invented'",
            f"Input should be {ORIGINS}",
            KEYS,
        ),
        (
            {"instruments": {"vas_maximum": 50}},
            "row 15, key instruments.vas_maximum",
            "50",
            "Input should be 10 or 100",
            KEYS,
        ),
        (
            {"visits": [{"month": "baseline", "label": "Baseline"}]},
            "row 10, key visits.0.month",
            "'baseline'",
            "Input should be a valid number, unable to parse string as a number",
            KEYS,
        ),
        (
            {"visits": [{"month": 3, "label": "3 months"}, {"month": 0, "label": "Baseline"}]},
            "row 9, key visits",
            "[{'month': 3, 'label': '3 months'}, {'month': 0, 'label': 'Baseline'}]",
            "visits must be listed once each, in order of month",
            KEYS,
        ),
        ({"arms": {}}, "row 7, key arms", "{}", "arms must name at least one arm", KEYS),
        (
            {"arms": ["treated"]},
            "row 7, key arms",
            "['treated']",
            "Input should be a valid dictionary",
            KEYS,
        ),
        (
            {"instruments": {"ck": {"upper_limit_male": -3}}},
            "row 16, key instruments.ck.upper_limit_male",
            "-3",
            "Input should be greater than 0",
            KEYS,
        ),
    ],
)
def test_a_wrong_setting_is_named_with_row_and_key(tmp_path, changes, place, found, expected, mend):
    fault = find_only_fault(write_changed(tmp_path, **changes))
    assert fault.place == f"study.yml, {place}"
    assert (fault.found, fault.expected, fault.mend) == (found, expected, mend)


def test_a_long_value_is_shortened_in_the_message(tmp_path):
    visits = [{"month": 12 - n, "label": f"visit {n}"} for n in range(12)]
    fault = find_only_fault(write_changed(tmp_path, visits=visits))
    assert len(fault.found) == 80
    assert fault.found.endswith("…")


def test_an_arm_named_no_is_a_text_and_no_false(tmp_path):
    written = make_settings()
    del written["arms"]
    text = "arms:\n  no: Control\n" + yaml.safe_dump(written)
    settings, faults = read_settings(write(tmp_path, text))
    assert faults == []
    assert settings.used.arms == {"no": "Control"}


@pytest.mark.parametrize("word", ["yes", "true", "on"])
def test_a_yes_is_not_read_as_the_number_one(tmp_path, word):
    text = yaml.safe_dump(make_settings(), sort_keys=False).replace("month: 3", f"month: {word}")
    fault = find_only_fault(write(tmp_path, text))
    assert (fault.found, fault.column) == (repr(word), "visits.1.month")


@pytest.mark.parametrize("number", ["020", "1:20", "1" + ":0" * 250 + ".0"])
def test_a_number_of_another_meaning_is_a_fault_with_its_row(tmp_path, number):
    fault = find_only_fault(write(tmp_path, f"title: x\nvisits: [{number}]\n"))
    assert fault.row == 2
    assert fault.found.endswith("which some programs read as another number")
    assert fault.mend.startswith("write the number plainly")


def test_a_key_given_twice_is_a_fault_of_the_second(tmp_path):
    text = yaml.safe_dump(make_settings(), sort_keys=False) + "title: Another\n"
    fault = find_only_fault(write(tmp_path, text))
    assert fault.place == "study.yml, row 14, key title"
    assert fault.found == "a key given twice, first in row 1"
    assert (fault.expected, fault.mend) == ("each key once", "delete one")


def test_every_wrong_setting_is_listed(tmp_path):
    _, faults = read_settings(
        write_changed(tmp_path, title=None, data_origin="x", notes="one", rule={})
    )
    assert {fault.column for fault in faults} == {"title", "data_origin", "notes", "rule"}


@pytest.mark.parametrize(
    ("text", "row", "found"),
    [
        ("title: A study: part two\n", 1, "mapping values are not allowed here"),
        ("title: x\narms:\n\ttreated: x\n", 3, "found character '\\t' that cannot start any token"),
        ('title: x\ndesign: "open\n', 3, "found unexpected end of stream"),
        ("title: x\nvisits: [1, 2\n", 3, "expected ',' or ']', but got '<stream end>'"),
        ("title: x\ncitation: 2013-99-99\n", None, "month must be in 1..12"),
    ],
)
def test_text_that_is_not_yaml_is_named_with_its_row(tmp_path, text, row, found):
    fault = find_only_fault(write(tmp_path, text))
    assert (fault.file, fault.row, fault.found) == ("study.yml", row, found)
    assert fault.expected == "YAML text in UTF-8"
    assert fault.mend == (
        "indent with spaces only, and put a text that holds a colon into quotation marks"
    )


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused(tmp_path, encoding):
    path = tmp_path / "study.yml"
    path.write_bytes("title: Träning\n".encode(encoding))
    fault = find_only_fault(path)
    assert fault.found.startswith("a byte that is not UTF-8 (0x")
    assert fault.expected == "text in UTF-8"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "just words\n", "- a\n- list\n"])
def test_a_file_without_keys_is_refused(tmp_path, text):
    fault = find_only_fault(write(tmp_path, text))
    assert fault.place == "study.yml"
    assert (fault.found, fault.expected) == ("no settings", "keys such as title and visits")
    assert fault.mend.endswith("make one with: ./run_all.sh new NAME")


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("title: a\u202eb\n", "study.yml, row 1", "U+202E (RIGHT-TO-LEFT OVERRIDE) as character 9"),
        ("# a \x07\n", "study.yml, row 1", "U+0007 (a control character) as character 5"),
        ("a: b\r\nc: \ufdd0\n", "study.yml, row 2", "U+FDD0 (not a character) as character 4"),
    ],
)
def test_a_character_nobody_sees_is_named_with_its_row(tmp_path, text, place, found):
    path = tmp_path / "study.yml"
    path.write_bytes(text.encode())
    fault = find_only_fault(path)
    assert (fault.place, fault.found) == (place, found)
    assert fault.mend.startswith("delete the character")


def test_a_character_that_is_asked_for_by_its_number_is_named_with_its_key(tmp_path):
    path = write_changed(tmp_path, arms={"treated": "T\u200b"})
    assert "\\u200b" in path.read_text().lower()
    fault = find_only_fault(path)
    assert fault.place == "study.yml, row 8, key arms.treated"
    assert fault.found == "U+200B (ZERO WIDTH SPACE) as character 2"


def test_a_file_that_is_no_file_or_too_large_is_refused(tmp_path):
    (tmp_path / "study.yml").mkdir()
    assert find_only_fault(tmp_path / "study.yml").found == "a folder"
    large = write(tmp_path / "study.yml", "#" * (LARGEST_SETTINGS + 1))
    assert "at most 0.5 MB" in find_only_fault(large).expected


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: " + "[" * 50, "a: !!set {x}\n"])
def test_yaml_that_unfolds_is_refused_with_its_row(tmp_path, text):
    assert find_only_fault(write(tmp_path, text)).row == 1


class TestOverrides:
    def test_a_run_may_set_otherwise_and_the_plan_is_kept(self, tmp_path):
        path = write_changed(tmp_path, response={"visits": "last"})
        settings, faults = read_settings(path, {"improvement_percent": "40"})
        assert faults == []
        assert settings.planned.response.improvement_percent == 20
        assert settings.used.response.improvement_percent == 40
        assert settings.used.response.visits == settings.planned.response.visits == "last"

    def test_the_value_of_the_plan_changes_nothing(self, tmp_path):
        settings, _ = read_settings(write_changed(tmp_path), {"improvement_percent": "20.0"})
        assert settings.planned == settings.used

    @pytest.mark.parametrize(
        ("overrides", "file", "expected"),
        [
            (
                {"improvement_percent": "101"},
                "improvement_percent=101",
                "a number from 1 to 100",
            ),
            (
                {"response.measures_needed": "many"},
                "response.measures_needed=many",
                "a whole number from 1 to 6",
            ),
            ({"visits": "first"}, "visits=first", "one of any, last"),
        ],
    )
    def test_a_value_that_does_not_fit_is_named_as_typed(self, tmp_path, overrides, file, expected):
        settings, [fault] = read_settings(write_changed(tmp_path), overrides)
        assert settings is None
        assert (fault.file, fault.row, fault.column) == (file, None, None)
        assert fault.expected.startswith(expected)

    def test_faults_of_study_yml_are_told_before_those_of_the_run(self, tmp_path):
        settings, [fault] = read_settings(write_changed(tmp_path, title=None), {"visits": "first"})
        assert settings is None
        assert fault.place == "study.yml, row 1, key title"
