"""Extramuscular activity of responders and others before treatment."""

from dataclasses import replace

import pandas as pd
import pytest
from tests.report.cohorts import one_arm, read_words

from helpers.answers import extramuscular
from helpers.report.response import extramuscular as report


class TestExtramuscular:
    def tell(self, fates, values):
        study = one_arm(*fates)
        core_set = study.table("core_set")
        at_baseline = core_set["month"] == 0
        core_set.loc[at_baseline, "extramuscular"] = pd.Series(values, dtype="float64").to_numpy()
        study = replace(study, tables={**study.tables, "core_set": core_set})
        groups = one_arm(*fates).responses.groups
        answer = extramuscular.baseline(study, groups=groups)
        figure = answer.find("extramuscular_by_response")
        html, plain = answer.sentence, figure.alt
        assert "<" not in plain.replace(" < ", "").replace("\xa0<\xa0", "")
        return (
            read_words(html),
            read_words(plain),
            answer.find("extramuscular_by_response").caption,
            answer.shift,
        )

    @pytest.mark.parametrize(
        ("values", "told"),
        [
            # all differences of 2 x 2: median by hand; p of 1 in 6 orders on either side: 2/6, so
            # the widest interval covers 4/6
            ([6, 8, 1, 3], "Responders began 5 points above the others (67 % CI 3 to 7; p = 0.333"),
            (
                [1, 3, 6, 8],
                "Responders began 5 points below the others (67 % CI −7 to −3; p = ",
            ),
            ([4, 4, 4, 4], "Responders began 0 points away from the others (67 % CI 0 to 0; p = 1"),
            ([3, 5, 2, 4], "Responders began 1 point above the others"),
        ],
    )
    def test_the_direction_is_told(self, values, told):
        html, plain, _, _ = self.tell(["better", "better", "same", "same"], values)
        assert html.startswith(told)
        assert plain == html

    def test_one_against_one_has_no_interval_and_no_second_panel(self):
        html, _, caption, shift = self.tell(["better", "same"], [3, 1])
        assert html == "Responders began 2 points above the others (no interval; p = 1, n = 2)."
        assert "Right:" not in caption
        assert report.read_shift(shift) is None

    @pytest.mark.parametrize("fates", [["better", "better"], ["same", "same"]])
    def test_a_group_without_anybody_cannot_be_compared(self, fates):
        html, plain, caption, _ = self.tell(fates, [1, 2])
        assert html == plain
        assert html == (
            "Responders and others cannot be compared: one of the two groups has no value."
        )
        assert "Right:" not in caption

    def test_missing_values_are_counted_in_the_caption(self):
        *_, caption, shift = self.tell(["better", "better", "same", "same"], [6, None, 1, 3])
        assert "(n = 3)" in caption
        assert caption.endswith(" 1 patient without a value.")
        assert report.read_shift(shift)[0] == 4.0

    def test_a_tiny_p_is_not_escaped_twice_in_the_alternative_text(self):
        values = [*range(10, 20), *range(10)]
        html, plain, _, _ = self.tell(["better"] * 10 + ["same"] * 10, values)
        assert "p &lt; 0.001" in html
        assert "p < 0.001" in plain
