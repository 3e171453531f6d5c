"""What was planned: status of each result, departures, and the estimand of each endpoint."""

from __future__ import annotations

import pandas as pd

from helpers.contracts import StudyConfig
from helpers.contracts.outcomes import Strategy
from helpers.report.outcomes.outcome import PRIMARY, name_outcome
from helpers.report.words import capitalise, escape, join_words
from helpers.study import Study

NO_PLAN = (
    "Which results were planned is not recorded for this study (plan in study.yml), so none can be "
    "told from one that was looked for afterwards."
)

STRATEGIES: dict[Strategy, str] = {
    "not_improved": "counts as not improved (composite strategy)",
    "as_observed": "counts as observed (treatment policy strategy)",
    "not_judged": "is not judged (while-on-treatment strategy)",
}
"""What ICH E9(R1) calls each way to count."""

EVENTS = {
    "rescue": "a visit after rescue treatment",
    "drug_not_allowed": "a visit after a drug that was not allowed",
    "death": "a visit that a death prevented",
    "withdrawal": "a visit not held after leaving",
}


def describe_plan(study: Study) -> str:
    """Say how many results were planned and changed, and where the plan stands."""
    plan = study.config.plan
    where = join_words([escape(text) for text in (plan.registration, plan.document) if text])
    stands = f" The plan: {where}." if where else ""
    if not plan.results:
        return NO_PLAN + stands
    counts = {
        status: [one for one in plan.results if one.status == status]
        for status in ("planned", "changed")
    }
    parts = [
        f"{status}: {join_words(escape(one.name) for one in named)}"
        for status, named in counts.items()
        if named
    ]
    said = capitalise("; ".join(parts)) or "No result was planned"
    rest = {
        "exploratory": "all other results are exploratory",
        "not_known": "of all other results it is not known whether they were planned",
    }[plan.rest]
    return f"{said}; {rest}.{stands}"


def describe_departures(study: Study) -> str:
    """Say what was changed after the plan was fixed, and what this run sets otherwise."""
    changed = [one for one in study.config.plan.results if one.status == "changed"]
    told = [f"{escape(one.name)}: {escape(one.reason)}" for one in changed]
    told += [f"in this run, {escape(str(departure))}" for departure in study.departures]
    if told:
        return f"Departures from the plan: {'; '.join(told)}."
    if study.config.plan.results:
        return "No departure from the plan is recorded."
    return ""


def tabulate_plan(study: Study) -> pd.DataFrame:
    """List what the plan says of results, by their names in results.csv."""
    return pd.DataFrame(
        [
            {"results": one.name, "status": one.status, "reason": one.reason or ""}
            for one in study.config.plan.results
        ]
    )


def tabulate_estimands(study: Study) -> pd.DataFrame:
    """Lay out the five parts of each endpoint's estimand, a column for each endpoint.

    Returns
    -------
    DataFrame
        One row per part: treatment, population, variable, intercurrent events, summary. No row
        where no outcome is declared.
    """
    config = study.config
    if not config.outcomes:
        return pd.DataFrame()
    columns = {
        _head(name): [
            _say_treatment(config),
            "everybody who entered the study",
            name_outcome(outcome, config),
            _say_events(config),
            _say_summary(config),
        ]
        for name, outcome in config.outcomes.items()
    }
    parts = ["treatment", "population", "variable", "intercurrent events", "summary"]
    return pd.DataFrame({"part": parts} | columns)


def _head(name: str) -> str:
    return "primary outcome" if name == PRIMARY else name.replace("_", " ")


def _say_treatment(config: StudyConfig) -> str:
    if config.comparisons:
        return "; ".join(f"{arm} against {against}" for arm, against in config.comparisons)
    arms = "; ".join(config.arms.values())
    return f"{arms}, without a comparison" if len(config.arms) > 1 else f"{arms}, no control"


def _say_events(config: StudyConfig) -> str:
    rule = config.response
    told = [
        f"{EVENTS[name]} {STRATEGIES[getattr(rule.intercurrent, name)]}"
        for name in type(rule.intercurrent).model_fields
    ]
    other = "counts as not improved" if rule.unjudged == "not_improved" else "is left out"
    told.append(f"a patient not judged for another reason {other}")
    return "; ".join(told)


def _say_summary(config: StudyConfig) -> str:
    if config.comparisons:
        return "difference of the shares of patients who reached it, with an exact interval"
    return "share of patients who reached it, with an exact interval"


def caption_estimands() -> str:
    """Caption the estimands."""
    return "What each declared outcome estimates, in the five parts that ICH E9(R1) asks for."
