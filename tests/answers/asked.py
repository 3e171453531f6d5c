"""Every question of every chapter, asked of the shipped studies and of small ones."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from helpers.answers import (
    biomarkers,
    biopsies,
    case_timeline,
    cohort,
    core_set,
    cytokines,
    extramuscular,
    functional_index,
    outcomes,
    planning,
    published_claims,
    response,
    response_matrix,
    robustness,
    safety,
    t_cells,
)
from helpers.contracts import StudyConfig
from helpers.study import read_study

SHIPPED = COHORT, CONTROLLED, CASE = "anakinra_iim", "endurance_training_iim", "anti_mda5_case"
PREDICTOR = "physician_global"


def _keep(column, wanted):
    """Make the reconstructed cohort with the rows only whose cell of a column is wanted."""
    study = read_study(COHORT)
    tables = {
        name: table[table[column].map(wanted)].reset_index(drop=True) if column in table else table
        for name, table in study.tables.items()
    }
    return replace(study, tables=tables)


def _keep_baseline():
    study = _keep("month", lambda month: month == 0)
    settings = study.config.model_dump(mode="json")
    settings["visits"] = settings["visits"][:1]
    settings["primary_outcome"] = None
    # Its claims are about visits that this study has not planned.
    return replace(study, config=StudyConfig.model_validate(settings), folder=Path("no claims"))


def _judge_nobody():
    study = read_study(COHORT)
    core_set = study.table("core_set")
    values = [name for name in core_set if name not in ("patient_id", "month")]
    core_set.loc[core_set["month"] > 0, values] = float("nan")
    return replace(study, tables={**study.tables, "core_set": core_set})


STUDIES = {
    COHORT: lambda: read_study(COHORT),
    CONTROLLED: lambda: read_study(CONTROLLED),
    CASE: lambda: read_study(CASE),
    "one patient": lambda: _keep("patient_id", "P01".__eq__),
    "baseline only": _keep_baseline,
    "nobody judged": _judge_nobody,
}
"""The shipped studies; and the cohort with one patient, with one visit, with no visit judged."""

FACTORIES = {
    "cohort.design": cohort.design,
    "cohort.at_entry": cohort.at_entry,
    "cohort.availability": cohort.availability,
    "cohort.flow": lambda study: cohort.flow(cohort.availability(study)),
    "cohort.missing": lambda study: cohort.missing(cohort.availability(study)),
    "safety.treatment": lambda study: safety.treatment(_ask("cohort.flow", study)),
    "safety.adverse_events": lambda study: safety.adverse_events(_ask("safety.treatment", study)),
    "safety.tolerability": lambda study: safety.tolerability(_ask("safety.treatment", study)),
    "outcomes.primary": outcomes.primary,
    "outcomes.headline": outcomes.headline,
    "outcomes.endpoints": outcomes.endpoints,
    "outcomes.over_time": outcomes.over_time,
    "outcomes.printed": outcomes.printed,
    "outcomes.planned": outcomes.planned,
    "outcomes.reporting": outcomes.reporting,
    "response.definition": response.definition,
    "response.responders": response.responders,
    "response.share": response.share,
    "response.dropouts": response.dropouts,
    "response.firmness": response.firmness,
    "response.leave_one_out": response.leave_one_out,
    "response.total_improvement": response.total_improvement,
    "response.published_flags": response.published_flags,
    "core_set.change": core_set.change,
    "core_set.between_arms": core_set.between_arms,
    "functional_index.performance": functional_index.performance,
    "extramuscular.baseline": extramuscular.baseline,
    "biopsies.compare_visits": biopsies.compare_visits,
    "biopsies.change": lambda study: biopsies.change(biopsies.compare_visits(study)),
    "biopsies.expression": lambda study: biopsies.expression(biopsies.compare_visits(study)),
    "biopsies.predict_functional_index": lambda study: biopsies.predict_functional_index(
        biopsies.compare_visits(study)
    ),
    "biopsies.agreement": biopsies.agreement,
    "cytokines.compare_visits": cytokines.compare_visits,
    "cytokines.levels": lambda study: cytokines.levels(cytokines.compare_visits(study)),
    "cytokines.interference": lambda study: cytokines.interference(cytokines.compare_visits(study)),
    "cytokines.change": lambda study: cytokines.change(cytokines.compare_visits(study)),
    "cytokines.reference": lambda study: cytokines.reference(cytokines.compare_visits(study)),
    "cytokines.compare_groups": lambda study: cytokines.compare_groups(
        cytokines.compare_visits(study)
    ),
    "t_cells.compare_visits": t_cells.compare_visits,
    "t_cells.change": lambda study: t_cells.change(t_cells.compare_visits(study)),
    "t_cells.shift": lambda study: t_cells.shift(t_cells.compare_visits(study)),
    "t_cells.counting": lambda study: t_cells.counting(t_cells.compare_visits(study)),
    "t_cells.memory": lambda study: t_cells.memory(t_cells.compare_visits(study)),
    "t_cells.cultures": t_cells.cultures,
    "response_matrix.groups": response_matrix.groups,
    "response_matrix.matrix": response_matrix.matrix,
    "biomarkers.list_candidates": biomarkers.list_candidates,
    "biomarkers.compare": lambda study: biomarkers.compare(
        biomarkers.list_candidates(study), response_matrix.groups(study)
    ),
    "biomarkers.reach": lambda study: biomarkers.reach(_ask("biomarkers.compare", study)),
    "biomarkers.reported_relations": lambda study: biomarkers.reported_relations(
        biomarkers.list_candidates(study)
    ),
    "biomarkers.one_predictor": lambda study: biomarkers.one_predictor(
        _ask("biomarkers.compare", study), predictor=PREDICTOR
    ),
    "biomarkers.leave_one_out": lambda study: biomarkers.leave_one_out(
        _ask("biomarkers.compare", study)
    ),
    "robustness.try_all_choices": lambda study: robustness.try_all_choices(
        _ask("biomarkers.one_predictor", study)
    ),
    "planning.plan_trial": lambda study: planning.plan_trial(study, simulations=200),
    "planning.confirm": lambda study: planning.confirm(
        _ask("biomarkers.compare", study), predictor=PREDICTOR
    ),
    "case_timeline.course": case_timeline.course,
    "case_timeline.treatments": lambda study: case_timeline.treatments(case_timeline.course(study)),
    "case_timeline.changes": lambda study: case_timeline.changes(case_timeline.course(study)),
    "published_claims.claims": published_claims.claims,
    "published_claims.printed_p_values": published_claims.printed_p_values,
    "published_claims.printed_means": published_claims.printed_means,
    "published_claims.contradictions": published_claims.contradictions,
}
"""How each answer is asked for, from a study alone."""

_RESPONSE = ("response", "core_set", "response_matrix", "biomarkers", "robustness", "planning")
NEEDS = {
    **dict.fromkeys((*_RESPONSE, "functional_index", "extramuscular"), "core_set"),
    "outcomes.over_time": "core_set",
    "biopsies": "biopsies",
    "cytokines": "cytokines",
    "t_cells": "t_cells",
    "case_timeline": "case_events",
}
"""The table without which a topic has nothing to answer."""


@cache
def read(name):
    """Give a study of `STUDIES`, made once."""
    return STUDIES[name]()


@cache
def ask(question, name):
    """Ask one question of one study, once."""
    return FACTORIES[question](read(name))


def _ask(question, study):
    """Ask again what another answer builds on; of a study of `STUDIES` the same object."""
    known = [name for name in STUDIES if read(name) is study]
    return ask(question, known[0]) if known else FACTORIES[question](study)


def has_tables(question, study):
    """Tell whether a study measured what a question is about."""
    topic = question.split(".")[0]
    if topic == "published_claims":
        return (study.folder / "published_claims.csv").is_file()
    needed = NEEDS.get(question, NEEDS.get(topic))
    return needed is None or (study.has(needed) and not study.tables[needed].empty)


def list_questions(*topics):
    """List the questions of topics, ``response.share``; all where no topic is given."""
    return [name for name in FACTORIES if not topics or name.split(".")[0] in topics]


def ask_chapter(study, *topics):
    """Ask a study every question of topics, where it has the tables."""
    return [
        FACTORIES[question](study)
        for question in list_questions(*topics)
        if has_tables(question, study)
    ]
