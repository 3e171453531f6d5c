"""Run the chapter on predictors, up to its sentences, on a small study in memory."""

import pandas as pd
from tests.report.cohorts import make_core_set, make_study

from helpers.derive import biomarkers as derive
from helpers.derive import response_groups, specifications
from helpers.report import (
    candidate_comparison,
    planning,
    power_curve,
    predictor_reach,
    responders,
    robustness,
)
from helpers.report.cohort import group_by_arm
from helpers.report.numbers import Numbers
from helpers.stats import biomarkers as stats
from helpers.stats import planning as power_of
from helpers.stats import specification_curve

SIDES = {"first": response_groups.RESPONDERS, "second": response_groups.NON_RESPONDERS}


def make_fi(**baselines):
    """Functional Index of each patient at baseline, a table that makes a candidate."""
    rows = [{"patient_id": name, "month": 0.0, "fi": fi} for name, fi in baselines.items()]
    return {"functional_index": pd.DataFrame(rows)}


BETTER, SAME = list("ABCDEFG"), list("HIJKLMNO")
SEPARATED = make_fi(
    **{name: 40.0 + i for i, name in enumerate(BETTER)},
    **{name: 10.0 + i for i, name in enumerate(SAME)},
)
FI = {name: float(30 - i) for i, name in enumerate(BETTER + SAME)}


class Run:
    """The chapter as the notebook makes it; `better` improve, `same` do not."""

    def __init__(self, better, same, *, tables=None, study=None, arms=None, predictor="age"):
        fates = {name: ["better"] for name in better} | {name: ["same"] for name in same}
        arms = arms or dict.fromkeys(fates, "treated")
        self.study = study or make_study(make_core_set(fates), arms, tables=tables)
        self.chapter = chapter = Numbers(self.study)
        self.config, self.tables = self.study.config, self.study.tables
        core_set, patients = self.tables["core_set"], self.tables["patients"]
        self.arms = group_by_arm(chapter)
        self.best = response_groups.derive_best_responses(core_set, patients, self.config)
        self.groups = response_groups.group_by_response(self.best)
        responders.record_groups(chapter, self.groups)
        self._compare()
        self._vary(core_set, patients, predictor)

    def _compare(self):
        self.values = derive.derive_candidate_values(self.tables)
        self.left_out = stats.leave_out_patients(self.values, self.groups, **SIDES)
        compared = stats.compare_candidates(self.values, self.groups, **SIDES)
        summary = stats.summarise_left_out(self.left_out, compared)
        self.comparison = candidate_comparison.complete_comparison(compared, summary, self.config)
        candidate_comparison.record_candidates(self.chapter, self.comparison)
        chance = stats.judge_best_of_many(self.values, self.groups, first=SIDES["first"])
        predictor_reach.record_chance(self.chapter, chance, ["core_set"])
        predictor_reach.record_reach(self.chapter, self.groups, self.comparison)

    def _vary(self, core_set, patients, predictor):
        self.predictor = predictor
        self.chosen = robustness.pick_values(self.values, predictor, self.groups)
        flags = specifications.flag_by_definition(core_set, patients, self.config)
        variants = specifications.derive_responder_variants(
            flags, self.groups.index, last_month=self.config.months[-1]
        )
        self.curve = specification_curve.compute_specification_curve(
            variants,
            self.chosen.set_index("patient_id")["value"],
            choices=specifications.CHOICES,
        )
        self.together = specification_curve.summarise_curve(self.curve)
        robustness.record_curve(self.chapter, self.together, predictor)

    def plan(self, *, placebo_share=0.2, power=0.8, largest_arm=60):
        """Plan a trial on the run's responders; give what the notebook has then."""
        improved = self.groups == response_groups.RESPONDERS
        shares = planning.assume_shares(
            improved, self.arms, self.config, placebo_share=placebo_share
        )
        targets = planning.list_targets(power)
        curve = power_of.compute_power_curve(
            planning.list_sizes(largest_arm), shares.treated, control=placebo_share
        )
        found = power_of.find_arm_sizes(curve, targets=targets)
        simulated = power_of.simulate_power(
            power_curve.choose_simulated_sizes(found, largest_arm),
            treated=shares.treated["observed"],
            control=placebo_share,
            simulations=200,
        )
        planning.record_planning(self.chapter, shares, found, simulated, largest_arm=largest_arm)
        planning.record_certainty(self.chapter, shares, found, target=power)
        return shares, targets, curve, found, simulated
