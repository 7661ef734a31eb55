"""What a file in `knowledge/` may say: one type per kind of record, unknown keys refused.

These are the forms people write. `compile` turns them into the forms the engine reads (`records`).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

__all__ = [
    "AgeBandFile",
    "CaseExample",
    "Cause",
    "Disposition",
    "Event",
    "Finding",
    "LikelihoodRatio",
    "Model",
    "Place",
    "Predicate",
    "RedFlag",
    "Screen",
    "SharedRatio",
    "Source",
    "SourceRef",
    "Stratum",
    "UnusedRow",
    "Vignette",
]

Id: TypeAlias = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=64)]
Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Date: TypeAlias = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Probability: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]
Ratio: TypeAlias = Annotated[float, Meta(ge=0)]
Basis: TypeAlias = Literal["published", "derived", "judgement"]
DispositionId: TypeAlias = Literal["emergency", "same_day", "urgent", "routine", "self_care"]
Scalar: TypeAlias = bool | int | float | str | list[str]


class Record(Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Common form: keyword fields only, nothing extra."""


class SourceRef(Record, kw_only=True, frozen=True):
    """Where a statement stands in a source; the id `judgement` means nobody published it."""

    id: Id
    at: str = ""


class Source(Record, kw_only=True, frozen=True):
    """A publication. One of its identifiers must be given; mirrors and web addresses are none."""

    id: Id
    title: Text
    cites_as: str = ""
    year: int | None = None
    kind: Literal["study", "review", "guideline", "service_page", "book"]
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    guideline: str | None = None
    identifier: str | None = None
    identifier_seen: bool
    note: str = ""


class Finding(Record, kw_only=True, frozen=True):
    """Something that can be asked, seen or measured."""

    id: Id
    type: Literal["boolean", "choice", "number", "regions"]
    supplied_by: Literal["person", "clinician", "device"]
    red_flag: bool = False
    lasting: bool = False
    only_if: str | None = None
    follows_from: str | None = None
    choices: list[Id] = []
    none: Id | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    summary: str = ""


class Screen(Record, kw_only=True, frozen=True):
    """Lines asked together. `stage` says why: danger before all else."""

    id: Id
    stage: Literal["danger", "about", "follow_up"]
    findings: Annotated[list[Id], Meta(min_length=1, max_length=8)]


class Predicate(Record, kw_only=True, frozen=True):
    """A named expression that several records share."""

    id: Id
    when: Text
    summary: Text


class Threshold(Record, kw_only=True, frozen=True):
    """A clinical number of a rule, with its unit and source."""

    value: float
    unit: Text
    source: Annotated[list[SourceRef], Meta(min_length=1)]


class Outcome(Record, kw_only=True, frozen=True):
    """What a rule asks for."""

    disposition: DispositionId
    see: Id
    within: str = ""


class RedFlag(Record, kw_only=True, frozen=True):
    """A rule: when it holds, advice is at least this urgent."""

    id: Id
    code: Annotated[str, Meta(pattern=r"^R(0[1-9]|[1-6][0-9]|70)[abc]?$")]
    title: Text
    why: Text
    when: Text
    thresholds: dict[str, Threshold] = {}
    then: Outcome
    suspects: list[Id] = []
    provisional: bool = False
    certainty: Literal["high", "moderate", "low", "very_low", "consensus"]
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False
    valid_from: Date
    valid_to: Date | None = None
    status: Literal["draft", "reviewed", "retired"]
    reviewed_by: str | None = None
    review_by: Date


class Expectation(Record, kw_only=True, frozen=True):
    """What a rule must do with the answers of an example."""

    fires: bool | Literal["unknown"]


class CaseExample(Record, kw_only=True, frozen=True):
    """One example of a rule: answers, and what the rule must say."""

    name: Text
    given: dict[str, Scalar]
    expect: Expectation


class Interval(Record, kw_only=True, frozen=True):
    """A number and its published or judged range."""

    value: Ratio
    low: Ratio | None = None
    high: Ratio | None = None


class LikelihoodRatio(Record, kw_only=True, frozen=True):
    """How much an expression, when true or false, multiplies the odds of a cause."""

    when: Text
    present: Interval | str | None = None
    absent: Interval | str | None = None
    group: Id | None = None
    basis: Basis
    source: list[SourceRef] = []
    row: int | list[int] | None = None
    from_memory: bool = False
    proxy: bool = False
    why: str = ""


class SharedRatio(Record, kw_only=True, frozen=True):
    """A ratio that all causes share but the named ones and those with a ratio of their own about the same findings."""

    when: Text
    present: str | None = None
    absent: str | None = None
    excepting: list[Id] = field(name="except")
    why: Text


class TestThreshold(Record, kw_only=True, frozen=True):
    """The probability above which a serious cause should be actively ruled out."""

    value: Probability
    basis: Basis
    source: list[SourceRef] = []
    why: str = ""


class Cause(Record, kw_only=True, frozen=True):
    """A condition that could explain the episode; exclusive with the other causes."""

    id: Id
    family: Id
    serious: bool = False
    test_threshold: TestThreshold | None = None
    likelihood_ratios: Annotated[list[LikelihoodRatio], Meta(min_length=1)]
    note: str = ""


class Prior(Record, kw_only=True, frozen=True):
    """A probability before any finding, with its range and where it comes from."""

    value: Probability
    low: Probability | None = None
    high: Probability | None = None
    basis: Basis
    source: list[SourceRef] = []
    why: str = ""


class Event(Record, kw_only=True, frozen=True):
    """A contributor, or a kind of episode."""

    id: Id
    prior: Prior
    evidence: Literal["supported", "weak", "contradicted", "association_only"]
    evidence_note: str = ""
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    likelihood_ratios: Annotated[list[LikelihoodRatio], Meta(min_length=1)]


AgeBandFile: TypeAlias = Annotated[list[int], Meta(min_length=2, max_length=2)]


class Stratum(Record, kw_only=True, frozen=True):
    """The priors of all causes for one setting and age band; written out, or derived from another stratum."""

    id: Id
    setting: Literal["community", "primary_care", "emergency_department"]
    ages: AgeBandFile
    priors: dict[str, Prior] | UnsetType = UNSET
    base: Id | None = None
    multiply: dict[str, float] = {}
    basis: Basis | None = None
    why: str = ""
    source: list[SourceRef] = []


class Disposition(Record, kw_only=True, frozen=True):
    """One level of urgency."""

    id: DispositionId
    within: Text
    within_hours: float | None


class Place(Record, kw_only=True, frozen=True):
    """Whom to see. Among rules that fire with one urgency, the place listed first wins."""

    id: Id


class Model(Record, kw_only=True, frozen=True):
    """Numbers of the calculation itself, each with its reason in `why`."""

    ratio_floor: Ratio
    ratio_cap: Ratio
    proxy_exponent: float
    spread_without_interval: float
    spread_of_judgement: float
    prior_spread_without_interval: float
    strengths: dict[str, Ratio]
    open_emergency_floor: DispositionId
    red_flag_strengths: dict[DispositionId, str]
    interview: InterviewModel
    why: dict[str, str]


class InterviewModel(Record, kw_only=True, frozen=True):
    """When the interview stops asking about causes."""

    base_rate: Probability
    least_gain_bits: float


class UnusedRow(Record, kw_only=True, frozen=True):
    """A row of the accuracy table that no likelihood ratio uses, and why not."""

    row: int
    reason: Text


class Vignette(Record, kw_only=True, frozen=True):
    """A whole person with the advice a guideline gives."""

    id: Id
    summary: Text
    case: dict[str, object]
    expect: VignetteExpectation
    source: Annotated[list[SourceRef], Meta(min_length=1)]


class VignetteExpectation(Record, kw_only=True, frozen=True):
    """The reference answer of a vignette."""

    disposition: DispositionId
    cause: Id
    also_acceptable_causes: list[Id] = []
