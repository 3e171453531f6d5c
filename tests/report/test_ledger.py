"""Every number once, with its source; what leaves is plain."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from helpers.report.ledger import Ledger

SHA = "ab" * 32


@pytest.fixture
def ledger():
    return Ledger("01_clinical_response", {"core_set": SHA, "patients": "cd" * 32})


def read(html):
    return html.replace("\N{NO-BREAK SPACE}", " ")


def test_a_number_is_found_again_under_its_name(ledger):
    recorded = ledger.record("response.improved", 7, n=15, unit="patients", source="core_set")
    assert ledger["response.improved"] is recorded
    assert (recorded.value, recorded.n, recorded.unit) == (7, 15, "patients")
    assert recorded.chapter == "01_clinical_response"
    assert "response.improved" in ledger
    assert len(ledger) == 1


def test_the_same_number_may_be_recorded_again(ledger):
    for _ in range(2):
        ledger.record("a", 0.5, n=2, low=0.1, high=float("nan"), source="core_set")
    assert len(ledger) == 1


@pytest.mark.parametrize(
    "other", [{"value": 8}, {"value": 7.5}, {"n": 14}, {"low": 1.0}, {"source": "patients"}]
)
def test_another_number_under_a_taken_name_is_refused(ledger, other):
    first = {"value": 7, "n": 15, "source": "core_set"}
    ledger.record("response.improved", **first)
    with pytest.raises(ValueError, match=r"response\.improved is recorded already with 7, now"):
        ledger.record("response.improved", **first | other)


def test_a_flag_is_not_the_number_one(ledger):
    ledger.record("a", 1, source="core_set")
    with pytest.raises(ValueError, match="recorded already with 1, now yes"):
        ledger.record("a", True, source="core_set")


@pytest.mark.parametrize("name", ["", "A", "a b", "a..b", ".a", "a.", "a.<b>", "a.é", "a\n"])
def test_what_cannot_stand_in_a_link_is_no_name(ledger, name):
    with pytest.raises(ValueError, match="is no name of a result; expected words joined by points"):
        ledger.record(name, 1, source="core_set")


@pytest.mark.parametrize("name", ["a", "a_1.b-2.C", "change.ck.arm-a.month_3.5"])
def test_words_joined_by_points_are_a_name(ledger, name):
    assert ledger.record(name, 1, source="core_set").id == name


@pytest.mark.parametrize("missing", [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT])
def test_a_missing_value_needs_a_reason(ledger, missing):
    with pytest.raises(ValueError, match="a is missing or not known; expected a reason"):
        ledger.record("a", missing, source="core_set")
    result = ledger.record("a", missing, source="core_set", reason="nobody was seen")
    assert (result.value, result.text, result.reason) == (None, "–", "nobody was seen")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.int64(6), 6),
        (np.float64(0.5), 0.5),
        (np.bool_(True), True),
        (pd.Series([7], dtype="Int64")[0], 7),
        (pd.array([True], dtype="boolean")[0], True),
        ("improved", "improved"),
        (math.inf, math.inf),
    ],
)
def test_scalars_become_plain(ledger, value, plain):
    result = ledger.record("a", value, n=np.int64(3), low=np.float64(1), source="core_set")
    assert result.value == plain
    assert type(result.value) is type(plain)
    assert (type(result.n), type(result.low)) == (int, float)


def test_minus_zero_is_zero(ledger):
    result = ledger.record("a", -0.0, low=-0.0, high=0.0, source="core_set")
    assert [str(number) for number in (result.value, result.low)] == ["0.0", "0.0"]


@pytest.mark.parametrize("value", [[1], {"a": 1}, object(), pd.Timestamp("2020-01-01"), 1j])
def test_what_is_no_number_text_or_flag_is_refused(ledger, value):
    with pytest.raises(ValueError, match="expected one number, text or flag"):
        ledger.record("a", value, source="core_set")


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("core_set", "core_set@abababababab"),
        (["core_set", "patients"], "core_set@abababababab; patients@cdcdcdcdcdcd"),
        ("labs", "labs@unknown"),
        ([], ""),
    ],
)
def test_a_number_names_its_files_by_their_hashes(ledger, source, named):
    assert ledger.record("a", 1, source=source).source == named


def test_a_name_that_is_not_there_is_answered_by_the_nearest(ledger):
    ledger.record("response.improved", 7, source="core_set")
    with pytest.raises(KeyError, match=r"no result response\.improve.*response\.improved"):
        ledger["response.improve"]


class TestLinks:
    def test_a_link_carries_the_unrounded_value(self, ledger):
        result = ledger.record("a.b", 2 / 3, source="core_set", digits=1)
        assert str(result) == (
            '<a class="number" href="#result-a.b"><data value="0.6666666666666666">0.7</data></a>'
        )

    def test_text_and_value_are_escaped(self, ledger):
        html = str(ledger.record("a", '<b>"&', source="core_set"))
        assert '<data value="&lt;b&gt;&quot;&amp;">&lt;b&gt;&quot;&amp;</data>' in html

    def test_a_missing_value_links_to_its_reason(self, ledger):
        result = ledger.record("a", None, reason="why", source="core_set")
        assert '<data value="">–</data>' in str(result)
        assert '<data value="">–</data>' in result.percent

    def test_a_share_is_told_in_per_cent_with_its_interval(self, ledger):
        result = ledger.record("a", 6 / 9, low=0.2993, high=0.9251, source="core_set")
        assert ">67 %<" in read(result.percent)
        assert ">95 % CI 30 to 93 %<" in read(result.interval_percent)

    @pytest.mark.parametrize(
        ("low", "high", "digits", "text"),
        [
            (0.3, 0.9, None, ">95 % CI 0.3 to 0.9<"),
            (0.7448, 269.7166, 2, ">95 % CI 0.74 to 269.72<"),
            (-math.inf, math.inf, None, ">95 % CI −∞ to ∞<"),
            (0.0, 2.0, None, ">95 % CI 0 to 2<"),
        ],
    )
    def test_an_interval_has_the_digits_of_its_value(self, ledger, low, high, digits, text):
        result = ledger.record("a", 1.0, low=low, high=high, digits=digits, source="core_set")
        assert text in read(result.interval)

    def test_values_over_orders_of_magnitude_have_significant_figures(self, ledger):
        result = ledger.record("a", 8.4131, low=0.7448, high=269.7166, figures=3, source="core_set")
        assert result.text == "8.41"
        assert ">95 % CI 0.745 to 270<" in read(result.interval)
        assert not {"digits", "figures"} & set(ledger.publish()["records"][0])

    @pytest.mark.parametrize("limits", [{}, {"low": 1.0}, {"high": 1.0}, {"low": float("nan")}])
    def test_without_both_limits_there_is_no_interval(self, ledger, limits):
        result = ledger.record("a", 1, source="core_set", **limits)
        assert (result.interval, result.interval_percent) == ("", "")

    @pytest.mark.parametrize(
        ("coverage", "named"),
        [
            (0.9375, "94 %"),
            (0.5, "50 %"),
            (0.95, "95 %"),
            (0.9609375, "95 %"),
            (None, "95 %"),
            (float("nan"), "95 %"),
        ],
    )
    def test_an_interval_is_named_by_what_it_covers(self, ledger, coverage, named):
        # 0.9375 and 0.5: the widest exact signed-rank intervals of 5 and of 2 pairs, 1 - 2 / 2^n.
        result = ledger.record("a", 0.5, low=0.1, high=0.9, coverage=coverage, source="core_set")
        assert f">{named} CI 0.1 to 0.9<" in read(result.interval)
        assert f">{named} CI 10 to 90 %<" in read(result.interval_percent)

    def test_a_p_value_is_escaped_and_may_be_absent(self, ledger):
        tested = ledger.record("a", 1, p_value=0.0002, source="core_set")
        assert ">p &lt; 0.001<" in read(tested.p_text)
        assert "p not defined" in ledger.record("b", 1, source="core_set").p_text


def test_records_are_published_in_order_as_plain_json(ledger):
    ledger.record("b", math.inf, low=-math.inf, high=math.inf, source="core_set", digits=2)
    ledger.record("a", np.float64(0.25), n=4, p_value=0.5, source="core_set")
    ledger.record("c", None, reason="why", source="core_set")
    published = json.loads(json.dumps(ledger.publish(), allow_nan=False))
    first, second, third = published["records"]
    assert [record["id"] for record in (first, second, third)] == ["b", "a", "c"]
    assert (first["value"], first["low"], first["high"]) == ("inf", "-inf", "inf")
    assert (first["text"], second["value"], third["value"]) == ("∞", 0.25, None)
    assert list(second) == [
        *("id", "chapter", "value", "text", "unit", "n", "low", "high"),
        *("p_value", "method", "reason", "source", "coverage"),
        *("population", "state", "share_of"),
    ]


def test_results_are_walked_in_order(ledger):
    for name in ("b", "a"):
        ledger.record(name, 1, source="core_set")
    assert [result.id for result in ledger] == ["b", "a"]


def test_what_is_not_known_of_everybody_is_the_least_and_never_zero(ledger):
    least = ledger.record("a", 2, known=False, reason="not known of 1", source="core_set")
    assert (least.text, least.state, least.value) == ("at least 2", "unknown", 2)
    assert ledger.record("b", 0, source="core_set").state == "known"
    assert ledger.record("c", None, reason="why", source="core_set").state == "unknown"
    with pytest.raises(ValueError, match="d is 0, and it is not known that it is"):
        ledger.record("d", 0, known=False, reason="not known of 1", source="core_set")
