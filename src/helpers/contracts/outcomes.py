"""What a study set out to show: outcomes with their limits, contrasts of arms, and its plan."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from helpers.contracts.model import Frozen

Direction = Literal["higher", "lower"]
Status = Literal["planned", "changed", "exploratory"]
Strategy = Literal["not_improved", "as_observed", "not_judged"]

RESPONSE = "response"
"""The measure of an outcome that is response by the study's own rule."""

FUNCTIONAL_INDEX = "functional_index"
CORE_MEASURES = ("physician_global", "patient_global", "mmt8", "haq_di", "ck", "extramuscular")


def _require_words(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not empty")
    return text


Text = Annotated[str, AfterValidator(_require_words)]
Percent = Annotated[float, Field(gt=0, le=1000)]
Month = Annotated[float, Field(ge=0, le=1200)]


class Outcome(Frozen):
    """One outcome that was fixed beforehand: which measure, how much better, when."""

    measure: Text = Field(
        description="response, functional_index, a measure of the core set, a test of "
        "performance_tests or a flag of published_flags"
    )
    label: Text | None = Field(None, description="how the report names the measure, in words")
    direction: Direction | None = Field(
        None, description="whether higher or lower values are better; a yes or no has none"
    )
    improvement_percent: Percent | None = Field(
        None, description="better by at least this much, % of the patient's own baseline"
    )
    improvement: Annotated[float, Field(gt=0)] | None = Field(
        None, description="better by at least this much, in the measure's own unit"
    )
    month: Month = Field(description="nominal month of the visit at which it is judged")
    success_share: Annotated[float, Field(ge=0, lt=1)] | None = Field(
        None,
        description="the outcome of a trial of one arm is reached when more than this share of "
        "patients reach it, by the lower end of the interval",
    )
    printed_flag: Text | None = Field(
        None, description="flag of published_flags that printed it, compared patient by patient"
    )
    note: Text | None = Field(None, description="where measure and limit come from")

    @model_validator(mode="before")
    @classmethod
    def _refuse_words(cls, given: Any) -> Any:  # noqa: ANN401 - whatever YAML held
        if isinstance(given, str):
            raise ValueError(
                "measure, limit, visit and direction as keys of their own, such as {measure: "
                "functional_index, improvement_percent: 20, direction: higher, month: 12}; words "
                "alone cannot be judged"
            )
        return given

    @model_validator(mode="after")
    def _check_limit(self) -> Outcome:
        limits = [self.improvement_percent, self.improvement]
        given = sum(limit is not None for limit in limits)
        if self.measure == RESPONSE and (given or self.direction):
            raise ValueError("response has the limits of response; leave out limit and direction")
        if given > 1:
            raise ValueError("improvement_percent or improvement, not both")
        if bool(given) != bool(self.direction):
            raise ValueError("a limit and its direction together, or neither of them")
        needs_limit = (FUNCTIONAL_INDEX, *CORE_MEASURES)
        if self.measure in needs_limit and not given:
            raise ValueError(f"improvement_percent or improvement, with direction: {self.measure}")
        return self


class Contrast(Frozen):
    """Two arms that are compared, and which of them is the reference."""

    arm: str = Field(description="name of the arm that is judged")
    against: str = Field(description="name of the arm that it is held against")


class Intercurrent(Frozen):
    """What happens to a patient besides the treatment, and what the visits after it count as."""

    rescue: Strategy = Field(
        "as_observed", description="visits after a drug with the role rescue in medications"
    )
    drug_not_allowed: Strategy = Field(
        "as_observed", description="visits after a drug with the role not_allowed in medications"
    )
    death: Strategy = Field("not_improved", description="visits that a death prevented")
    withdrawal: Strategy = Field(
        "not_improved", description="visits that were not held after a patient had left"
    )


class PlannedResult(Frozen):
    """What the plan says of one result, or of all whose names begin alike."""

    name: Text = Field(description="name in results.csv, or its first words: response, change.ck")
    status: Status = Field(description="planned, changed after the plan was fixed, or exploratory")
    reason: Text | None = Field(None, description="why it was changed; needed there")

    @model_validator(mode="after")
    def _ask_for_reason(self) -> PlannedResult:
        if self.status == "changed" and self.reason is None:
            raise ValueError("a reason for each result that was changed")
        return self


class Plan(Frozen):
    """What was fixed before the data were seen."""

    registration: Text | None = Field(None, description="registry and number of the trial")
    document: Text | None = Field(None, description="protocol or analysis plan, with its date")
    results: tuple[PlannedResult, ...] = Field(
        (), description="results that were planned or changed, by their names"
    )
    rest: Literal["exploratory", "not_known"] = Field(
        "exploratory",
        description="what all other results are: exploratory, or not_known where the plan itself "
        "is not known in full",
    )

    def judge(self, name: str) -> PlannedResult | None:
        """Find what the plan says of a result; the longest name that fits decides.

        Returns
        -------
        PlannedResult or None
            None where it is not known: there is no plan, or it is not known in full.

        Examples
        --------
        >>> plan = Plan(results=({"name": "response", "status": "planned"},))
        >>> plan.judge("response.drug.share").status, plan.judge("responsible").status
        ('planned', 'exploratory')
        >>> Plan().judge("response") is None
        True
        """
        if not self.results:
            return None
        fitting = [one for one in self.results if f"{name}.".startswith(f"{one.name}.")]
        if fitting:
            return max(fitting, key=lambda one: len(one.name))
        if self.rest == "not_known":
            return None
        return PlannedResult(name=name, status="exploratory")
