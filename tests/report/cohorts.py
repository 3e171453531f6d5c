"""Make small cohorts in memory, and run the clinical response from end to end over them."""

import re
from functools import cache
from pathlib import Path

import pandas as pd
from tests.study_folders import make_config

from helpers.derive import core_set as core
from helpers.derive import dropouts, imacs, response, response_groups, robustness
from helpers.derive.response_definitions import compare_response_definitions
from helpers.plots import clinical_response as plots
from helpers.plots.groups import plot_two_groups
from helpers.report import clinical_response as report
from helpers.report import core_set as core_report
from helpers.report import extramuscular as extramuscular_report
from helpers.report import functional_index as fi
from helpers.report import published_flags as flags_report
from helpers.report import response_definitions as score
from helpers.report import response_robustness as checks
from helpers.report.cohort import group_by_arm
from helpers.report.numbers import Numbers
from helpers.report.study_overview import label_visits
from helpers.report.words import NBSP
from helpers.stats import groups as compare
from helpers.study import Study

NA = float("nan")
BASELINE = {
    "physician_global": 5.0,
    "patient_global": 6.0,
    "mmt8": 60.0,
    "haq_di": 1.0,
    "ck": 300.0,
    "extramuscular": 4.0,
}
FATES = {
    "better": BASELINE
    | {"physician_global": 2.0, "patient_global": 3.0, "mmt8": 78.0, "haq_di": 0.5},
    "same": BASELINE,
    "worse": BASELINE | {"physician_global": 9.0, "mmt8": 40.0, "haq_di": 2.0, "ck": 900.0},
    "unknown": dict.fromkeys(BASELINE, NA),
}
"""What may become of a patient at a visit; a visit that was not held has no row."""

TWO_ARMS = {"A": "exercise", "B": "exercise", "C": "control", "D": "control"}


def make_core_set(fates, *, months=(3.0,)):
    """Make a core set from each patient's fate at each visit; None is a visit not held."""
    rows = []
    for patient, of_patient in fates.items():
        rows.append({"patient_id": patient, "month": 0.0} | BASELINE)
        for month, fate in zip(months, of_patient, strict=True):
            if fate is not None:
                rows.append({"patient_id": patient, "month": month} | FATES[fate])
    return pd.DataFrame(rows, columns=["patient_id", "month", *BASELINE])


def make_study(core_set, arms, *, months=(3.0,), tables=None, **settings):
    """Make a study in memory: its core set and the arm of each patient."""
    visits = [{"month": 0, "label": "Baseline"}]
    visits += [{"month": month, "label": f"Month {month:g}"} for month in months]
    names = {arm: arm for arm in dict.fromkeys(arms.values())}
    patients = pd.DataFrame({"patient_id": list(arms), "arm": list(arms.values())})
    config = make_config(**{"visits": visits, "arms": names} | settings)
    given = {"patients": patients, "core_set": core_set} | (tables or {})
    hashes = dict.fromkeys(given, "0123456789abcdef" * 4)
    return Study("mini", Path("mini"), config, given, hashes)


def make_cohort(fates, *, months=(3.0,), arms=None, tables=None, **settings):
    """Make a study from each patient's fate at each visit; one arm unless arms are given."""
    arms = arms or dict.fromkeys(fates, "treated")
    return make_study(
        make_core_set(fates, months=months), arms, months=months, tables=tables, **settings
    )


def read_words(html):
    """Give what a reader sees of HTML."""
    return re.sub(r"<[^>]+>", "", html).replace(NBSP, " ")


def strip_tags(html):
    """Give what a reader sees of HTML, in one line."""
    return " ".join(read_words(html).split())


class Run:
    """The clinical response of one study, step by step as the notebook does it."""

    def __init__(self, study, definition=imacs.IMACS_2004):
        self.chapter = Numbers(study)
        self.config, self.core_set = study.config, study.table("core_set")
        self.patients = study.table("patients")
        self.definition = definition
        self.groups = group_by_arm(self.chapter)
        self.visits = label_visits(self.config, after_baseline=True)
        self.checked = False
        self._judge()
        self._compare()

    def _judge(self):
        rules = self.config.rules
        self.change = core.derive_relative_change(self.core_set, zero_baseline=rules.zero_baseline)
        self.improvement = imacs.flag_imacs_improvement(self.change, definition=self.definition)
        self.worsening = imacs.flag_imacs_worsening(
            self.change,
            vas_maximum=self.config.instruments.vas_maximum,
            extramuscular_is_vas=True,
        )
        self.categories = response.derive_response_category(self.improvement, self.worsening)
        self.best = response.derive_best_response(self.categories, patients=self.groups.index)
        self.response_of = response_groups.group_by_response(self.best)

    def _compare(self):
        changes = compare.summarise_change(self.change, self.groups)
        self.changes = core_report.adjust_changes(changes, self.config)
        core_report.record_change(self.chapter, self.changes)
        self.improved = report.flag_ever_improved(self.best)
        self.shares = compare.summarise_share(self.improved, self.groups)
        self.test = compare.compare_shares(self.improved, self.groups)
        report.record_response(self.chapter, self.shares, self.test, sources=["core_set"])
        flags = self.chapter.study.tables.get("published_flags")
        self.comparison = flags_report.compare_with_published(self.improvement, flags)
        flags_report.record_agreement(self.chapter, self.comparison)
        baseline = extramuscular_report.pick_baseline(self.core_set, "extramuscular", self.config)
        self.shift = extramuscular_report.compare_responders(baseline, self.response_of)
        extramuscular_report.record_extramuscular(self.chapter, self.shift)
        self.extramuscular = baseline

    def check(self):
        """Add what takes longer: dropouts, robustness, the score and the Functional Index."""
        if self.checked:
            return self
        self.checked = True
        self.rules = dropouts.summarise_dropout_rules(
            self.categories, patients=self.patients["patient_id"], months=list(self.visits)
        )
        checks.record_dropout_rules(self.chapter, self.rules)
        scenarios = robustness.derive_response_scenarios(
            self.core_set, mmt8_maximum=80, definition=self.definition
        )
        self.firmness = robustness.derive_response_robustness(scenarios, self.improvement)
        checks.record_robustness(self.chapter, self.firmness)
        self.left_out = compare.leave_one_out_share(self.improved, self.groups)
        checks.record_leave_one_out(self.chapter, self.left_out)
        components, self.scores = response_groups.derive_tis_scores(
            self.core_set, self.patients, self.config
        )
        self.definitions = compare_response_definitions(
            self.improvement, self.scores, change=self.change, components=components
        )
        score.record_definitions(self.chapter, self.definitions)
        index = self.chapter.study.tables.get("functional_index")
        self.fi_flags = fi.judge_functional_index(index, self.config)
        self.fi_changes = fi.summarise_functional_index(self.fi_flags)
        fi.record_functional_index(self.chapter, self.fi_flags, self.fi_changes, self.best)
        return self

    def tell(self):
        """Give every sentence, caption and alternative text of the chapter."""
        return [text for part in (self.say, self.describe, self.caption) for text in part()]

    def say(self):
        """Give every sentence."""
        self.check()
        yield from report.summarise_response(self.chapter, self.shares, self.best, self.comparison)
        yield from report.conclude_response(self.chapter, self.shares)
        yield from report.describe_response_limits(self.chapter, self.improvement, self.worsening)
        yield report.describe_definition_change(self.definition)
        yield report.describe_time_to_response(self.best, self.config)
        yield report.describe_reach(self.test)
        yield flags_report.describe_agreement(self.chapter, self.comparison)
        yield extramuscular_report.describe_extramuscular(self.chapter)
        yield checks.describe_dropout_rules(self.chapter, self.rules)
        yield checks.describe_robustness(self.chapter)
        yield checks.describe_leave_one_out(self.chapter, self.left_out)
        yield checks.summarise_robustness(self.chapter, self.left_out)
        yield score.describe_definitions(self.chapter)
        yield fi.describe_functional_index(self.chapter, self.fi_changes)
        yield fi.describe_primary_outcome(self.chapter)

    def describe(self):
        """Give every alternative text."""
        self.check()
        yield core_report.describe_courses(self.core_set, self.groups, self.config)
        yield core_report.describe_change_tiles(self.improvement, self.config)
        yield report.describe_shares(self.shares)
        yield extramuscular_report.describe_extramuscular(self.chapter, plain=True)
        yield score.describe_scores(self.scores, self.config)
        yield fi.describe_functional_index_courses(self.fi_flags, self.config)

    def caption(self):
        """Give every caption."""
        self.check()
        yield core_report.caption_courses(self.core_set, self.groups)
        yield core_report.caption_change(self.changes, self.config)
        yield core_report.caption_change_tiles(self.definition, self.groups)
        yield report.caption_responses(self.improvement)
        yield report.caption_shares(self.shares, self.test)
        yield extramuscular_report.caption_extramuscular(self.shift)
        yield checks.caption_leave_one_out(self.left_out)
        yield checks.caption_fragile(self.firmness)
        yield checks.caption_dropout_rules()
        yield score.caption_scores(self.scores)
        yield score.caption_disagreements()
        yield fi.caption_functional_index(self.fi_flags, self.config)
        yield fi.caption_functional_index_change(self.fi_changes)

    def tabulate(self):
        """Give every table of the chapter."""
        self.check()
        config = self.config
        return [
            core_report.tabulate_change(self.changes, config),
            report.tabulate_responses(
                self.improvement, self.categories, self.best, self.groups, config
            ),
            report.tabulate_shares(self.shares),
            flags_report.list_disagreements(self.comparison),
            checks.tabulate_dropout_rules(self.rules, config),
            checks.tabulate_fragile(self.firmness, config),
            checks.tabulate_leave_one_out(self.left_out),
            score.tabulate_disagreements(self.definitions, config),
            fi.tabulate_functional_index(self.fi_changes, self.fi_flags, config),
        ]

    def draw(self):
        """Draw every figure of the chapter."""
        self.check()
        patients = self.groups.index
        index = self.chapter.study.tables.get("functional_index")
        all_visits = label_visits(self.config)
        return [
            plots.plot_trajectories(
                self.core_set,
                self.groups,
                panels=core.MEASURE_NAMES,
                titles=core_report.title_measures(self.config),
                visits=all_visits,
            ),
            plots.plot_change_by_measure(
                self.change,
                self.categories,
                patients=patients,
                labels=core_report.SHORT_LABELS,
                visits=self.visits,
                better_percent=20,
                worse_percent=25,
            ),
            plots.plot_response_by_group(self.shares, axis_label="patients improved"),
            plots.plot_total_improvement(
                self.scores, self.definitions, patients=patients, visits=self.visits
            ),
            plots.plot_functional_index(index, self.response_of, visits=all_visits),
            plot_two_groups(
                self.extramuscular,
                self.response_of,
                label=extramuscular_report.label_extramuscular(self.config),
                shift=extramuscular_report.read_shift(self.shift),
                shift_label="shift",
            ),
        ]


@cache
def run_arms(*fates):
    """Run two patients of each of two arms, given the fate of A, B, C and D."""
    cohort = dict(zip("ABCD", ([fate] for fate in fates), strict=True))
    return Run(make_cohort(cohort, arms=TWO_ARMS))


@cache
def run_one(*fates):
    """Run one arm of patients A, B, and so on."""
    return Run(make_cohort({chr(65 + place): [fate] for place, fate in enumerate(fates)}))
