"""What a file in `knowledge/` may say: one type per kind of record, unknown keys refused.

These are the forms people write. `compile` turns them into the forms the engine reads (`records`).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType, field

from unclench.knowledge.claim_records import ClaimVerdict

__all__ = [
    "AgeBandFile",
    "CaseExample",
    "Cause",
    "Certainty",
    "Chart",
    "ChartPoint",
    "ChartSeries",
    "Claim",
    "ClaimText",
    "Condition",
    "Criterion",
    "Disposition",
    "Effect",
    "Event",
    "Exercise",
    "ExerciseDose",
    "Finding",
    "GuidelinePosition",
    "LayQuestion",
    "LikelihoodRatio",
    "Medicine",
    "MedicineDose",
    "MedicineGroup",
    "MedicineRule",
    "Model",
    "Muscle",
    "NoClaim",
    "Phase",
    "Place",
    "PlanModel",
    "Predicate",
    "RedFlag",
    "Review",
    "Screen",
    "SharedRatio",
    "Slot",
    "Source",
    "SourceRef",
    "Stratum",
    "Track",
    "Treatment",
    "TreatmentDose",
    "UnusedRow",
    "Vignette",
]

Id: TypeAlias = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=64)]
Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Date: TypeAlias = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
Probability: TypeAlias = Annotated[float, Meta(gt=0, lt=1)]
Ratio: TypeAlias = Annotated[float, Meta(ge=0)]
Share: TypeAlias = Annotated[float, Meta(ge=0)]
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
    kind: Literal["study", "review", "guideline", "service_page", "book", "label"]
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
    """Lines asked together. `stage` says why: danger before all else, the plan only on request."""

    id: Id
    stage: Literal["danger", "about", "follow_up", "plan"]
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
    shown: ShownModel
    interview: InterviewModel
    population: PopulationModel
    why: dict[str, str]


class InterviewModel(Record, kw_only=True, frozen=True):
    """When the interview stops asking about causes."""

    base_rate: Probability
    most_likely: Probability
    least_gain_bits: float


class ShownModel(Record, kw_only=True, frozen=True):
    """From which probability on kinds of episode and contributors are told, and from which ratio on a sign points."""

    event: Probability
    contributor: Probability
    pointing: Ratio


class PopulationModel(Record, kw_only=True, frozen=True):
    """Whom synthetic people are: shares of settings, sexes and age bands, and how often a danger is there by chance."""

    danger_rate: Probability
    settings: dict[str, Share]
    sexes: dict[str, Share]
    ages: dict[str, Share]


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


# What a plan is made of.

PhaseId: TypeAlias = Literal["first_72_hours", "days_3_14", "weeks_2_6", "after_6_weeks", "staying_well"]
Role: TypeAlias = Literal["core", "offer", "option", "flare"]
Grade: TypeAlias = Literal["high", "moderate", "low", "very_low", "none"]
Occasion: TypeAlias = Literal[
    "as_needed",
    "at_night",
    "at_onset",
    "before_activity",
    "before_exercise",
    "before_sleep",
    "desk_break",
    "in_class",
    "in_flare",
    "when_lifting",
    "when_rising",
    "when_sitting",
]
Range: TypeAlias = float | Annotated[list[float], Meta(min_length=2, max_length=2)]
Quantity: TypeAlias = Literal[
    "seconds",
    "minutes",
    "hours",
    "repetitions",
    "times_a_day",
    "days_a_week",
    "times_a_week",
    "every_minutes",
    "every_hours",
    "most_days",
    "weeks",
    "kilograms",
    "litres_a_day",
    "percent_a_week",
]


class Condition(Record, kw_only=True, frozen=True):
    """When something must not be offered, or only with care. `row` names a row of the evidence table behind it."""

    id: Id
    when: Text
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False
    row: str | None = None


class Criterion(Record, kw_only=True, frozen=True):
    """What tells that a phase is over, or that it is time to step back; `numbers` fill its words."""

    id: Id
    numbers: dict[str, float] = {}
    see: Id | None = None
    basis: Basis
    source: Annotated[list[SourceRef], Meta(min_length=1)]


class Phase(Record, kw_only=True, frozen=True):
    """A stretch of time after the onset. Days count from the onset; a phase without days comes after recovery."""

    id: PhaseId
    first_day: int | None
    last_day: int | None
    most_actions: Annotated[int, Meta(ge=1, le=8)]
    most_exercises: Annotated[int, Meta(ge=0, le=6)]
    progress: Annotated[list[Criterion], Meta(min_length=1)]
    regress: Annotated[list[Criterion], Meta(min_length=1)]
    basis: Basis
    source: Annotated[list[SourceRef], Meta(min_length=1)]


class Slot(Record, kw_only=True, frozen=True):
    """One place in a daily set of exercises: the first of `any_of` that fits the person takes it."""

    id: Id
    when: str | None = None
    any_of: Annotated[list[Id], Meta(min_length=1)]


TreatmentVerdict = Literal["use", "may_help", "not_alone", "little_use", "avoid", "clinician_only", "unknown"]


class Track(Record, kw_only=True, frozen=True):
    """A kind of plan. The first track whose `when` is true is the person's; `clock` says what its days count from.

    `for_the_back`: its exercises are for the back, and may be called so; those of the others are for other parts.
    `progress` and `regress`, where given, stand for those of every phase.
    """

    id: Id
    when: Text
    clock: Literal["onset", "today"]
    routing_only: bool = False
    for_the_back: bool = False
    see: Id | None = None
    exercises: dict[PhaseId, list[Slot]] = {}
    progress: list[Criterion] = []
    regress: list[Criterion] = []
    basis: Basis
    source: Annotated[list[SourceRef], Meta(min_length=1)]


class PlanModel(Record, kw_only=True, frozen=True):
    """Numbers and limits of the planning itself, each with its reason in `why`."""

    dispositions: list[DispositionId]
    waiting: list[DispositionId]
    waiting_groups: list[Id]
    adults_only: Text
    children_see: Id
    order: dict[Literal["role", "verdict", "certainty", "by", "effort", "cost"], list[Id]]
    worth_doing: list[TreatmentVerdict]
    never_offered: list[TreatmentVerdict]
    pain: Id
    minutes_a_day: Id
    duration: Id
    no_floor: Id
    no_equipment: Id
    household: list[Id]
    untimed_groups: list[Id]
    review_days: Annotated[int, Meta(ge=1)]
    seconds_a_repetition: float
    seconds_a_metre: float
    waking_hours: float
    why: dict[str, str]


class Effect(Record, kw_only=True, frozen=True):
    """What a treatment was found to do. A number that the sources lack is `unknown: true`, never a guess.

    A `course_...` is how things go on their own, with nothing to compare it with. A difference on a scale
    ("points of 10") says which way is `better`: more points or less.
    """

    id: Id
    outcome: Id
    population: Id
    compared_with: Id | None = None
    measure: (
        Literal[
            "mean_difference",
            "standardised_mean_difference",
            "group_means",
            "share",
            "risk_ratio",
            "odds_ratio",
            "hazard_ratio",
            "rate_ratio",
            "number_needed_to_treat",
            "median_days",
            "course_days",
            "course_share",
        ]
        | None
    ) = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    other: float | None = None
    unit: str | None = None
    better: Literal["more", "less"] | None = None
    at_days: int | None = None
    people: int | None = None
    grade: Grade | None = None
    graded_by_us: bool = True
    basis: Basis | None = None
    source: list[SourceRef] = []
    from_memory: bool = False
    seen_on_weak_copy: bool = False
    unknown: bool = False
    note: str = ""


class Certainty(Record, kw_only=True, frozen=True):
    """How sure the verdict is, and whether a review graded it or we did."""

    grade: Grade
    basis: Basis
    source: list[SourceRef] = []


class GuidelinePosition(Record, kw_only=True, frozen=True):
    """What a guideline says about a treatment."""

    source: SourceRef
    position: Literal["for", "may", "against"]
    from_memory: bool = False


class TreatmentDose(Record, kw_only=True, frozen=True):
    """How much, how often: quantities for every phase, or for single ones."""

    every_phase: dict[Quantity, Range] = {}
    phases: dict[PhaseId, dict[Quantity, Range]] = {}
    basis: Basis
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False


class Treatment(Record, kw_only=True, frozen=True):
    """Something that can be done about it, whatever the verdict.

    `tracks` says in which kinds of plan and phases it has which role. `indication` must be true for it to be offered,
    each contraindication false. `unwanted` and `favoured` are preferences: they only count when they are true. `finds`
    names the causes that it is right to look for with it.
    """

    id: Id
    by: Literal["self", "pharmacist", "clinician", "specialist"]
    sort: Literal[
        "knowledge", "activity", "comfort", "medicine", "hands_on", "mind", "habit", "device", "injection", "team"
    ]
    tracks: dict[Id, dict[PhaseId, Role]]
    indication: str | None = None
    contraindications: list[Condition] = []
    cautions: list[Condition] = []
    unwanted: str | None = None
    favoured: str | None = None
    while_waiting: bool = False
    dose: TreatmentDose | None = None
    verdict: TreatmentVerdict
    certainty: Certainty
    effects: Annotated[list[Effect], Meta(min_length=1)]
    harms: Annotated[list[Effect], Meta(min_length=1)]
    cost: Literal["none", "low", "medium", "high"]
    effort: Literal["low", "medium", "high"]
    guidelines: list[GuidelinePosition] = []
    conflicts: list[Id] = []
    medicine_groups: list[Id] = []
    medicines: list[Id] = []
    exercises: list[Id] = []
    finds: list[Id] = []
    source: Annotated[list[SourceRef], Meta(min_length=1)]


class ExerciseDose(Record, kw_only=True, frozen=True):
    """How much of an exercise in one phase. A range is `[least, most]`; repetitions are for each side of two.

    `repetitions_by_set` is a falling row of sets, such as `[6, 4, 2]`, and `build_to` the row to work up to.
    `from_day` counts from the onset. `note` says what the sources leave open, and how it was filled.
    """

    sets: Range | None = None
    repetitions: Range | None = None
    repetitions_by_set: list[int] = []
    build_to: list[int] = []
    hold_seconds: Range | None = None
    rest_seconds: Range | None = None
    minutes: Range | None = None
    metres: Range | None = None
    most_kilograms: float | None = None
    times_a_day: Range | None = None
    days_a_week: Range | None = None
    every_hours: Range | None = None
    every_minutes: Range | None = None
    occasions: list[Occasion] = []
    from_day: int | None = None
    for_days: Range | None = None
    most_pain: Annotated[int, Meta(ge=0, le=10)] | None = None
    percent_a_week: Range | None = None
    basis: Basis
    source: list[SourceRef] = []
    note: str = ""


class Exercise(Record, kw_only=True, frozen=True):
    """Something to do with the body: a movement, a position of rest, a way of getting up, a pack of heat.

    `code` is its row of the evidence table. It is offered only where `indication`, if there is one, is true, each
    contraindication is false, and the worst pain is at most `most_pain` (a judgement, 0 to 10). `certainty` says how
    sure it is that this exercise or its like helps; `none` means that no trial speaks to it.
    """

    id: Id
    code: Annotated[str, Meta(pattern=r"^EX(0[1-9]|[1-5][0-9]|6[0-2])$")]
    group: Id
    position: Literal[
        "lying", "side_lying", "prone", "hands_knees", "kneeling", "sitting", "standing", "walking", "water"
    ]
    floor: bool
    equipment: list[Id] = []
    sides: Literal["both", "one", "none"]
    most_pain: Annotated[int, Meta(ge=0, le=10)]
    phases: Annotated[dict[PhaseId, ExerciseDose], Meta(min_length=1)]
    easier: Id | None = None
    harder: Id | None = None
    indication: str | None = None
    contraindications: list[Condition] = []
    certainty: Certainty
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False


# Medicines.

Rows: TypeAlias = int | Annotated[list[int], Meta(min_length=1)]
Positive: TypeAlias = Annotated[int, Meta(gt=0)] | Annotated[float, Meta(gt=0)]
MassUnit: TypeAlias = Literal["mg", "g"]


class Mass(Record, kw_only=True, frozen=True):
    """So much of a medicine; on the skin, of the gel or cream itself."""

    value: Positive
    unit: MassUnit


class PerDose(Record, kw_only=True, frozen=True):
    """How much to take at once. No `high` = the sources do not say."""

    low: Positive
    high: Positive | None = None
    unit: MassUnit


class MedicineDose(Record, kw_only=True, frozen=True):
    """How much of a medicine one label, or one guideline, allows. What is left out, it does not say.

    `by` says who may decide on that much: the person alone, or whoever prescribes. `row` names rows of the table of
    evidence on medicines.
    """

    id: Id
    by: Literal["self_care", "prescription"]
    when: str | None = None
    per_dose: PerDose | None = None
    hours_between: Positive | None = None
    most_doses_per_24_hours: Annotated[int, Meta(gt=0)] | None = None
    most_per_24_hours: Mass | None = None
    most_days: Annotated[int, Meta(gt=0)] | None = None
    basis: Basis
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    row: Rows | None = None
    from_memory: bool = False


class MedicineRule(Record, kw_only=True, frozen=True):
    """What speaks against a medicine (avoid), calls for advice first (caution), or is always said with it (tell).

    No `when` = for everybody. `instead_of` names rules of the medicine's classes in whose place it stands, since its
    words are truer of this one; it must hold whenever they do, and be as grave.
    """

    id: Id
    when: str | None = None
    action: Literal["avoid", "caution", "tell"]
    instead_of: list[Id] = []
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    row: Rows | None = None
    from_memory: bool = False


class Overdose(Record, kw_only=True, frozen=True):
    """Whom to see after more than the greatest daily amount."""

    see: Id
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    row: Rows | None = None
    from_memory: bool = False


class Cramps(Record, kw_only=True, frozen=True):
    """How much a medicine adds to cramps. `when` = who has that risk, if not whoever takes it.

    A sequence ratio compares cramp treatments started after the medicine with those started before it; `per_100` people
    compares `value` with `other` on placebo.
    """

    when: str | None = None
    measure: Literal["sequence_ratio", "per_100", "unknown"]
    value: Positive | None = None
    low: Positive | None = None
    high: Positive | None = None
    other: Positive | None = None
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    row: Rows | None = None
    from_memory: bool = False


class Names(Record, kw_only=True, frozen=True):
    """Names a medicine is sold or known under, and where they were seen."""

    names: Annotated[list[Text], Meta(min_length=1)]
    source: list[SourceRef] = []
    from_memory: bool = False


class Medicine(Record, kw_only=True, frozen=True):
    """A medicine somebody may ask about.

    `ingredients` are medicines too, in the order in which a pack states their strengths; none = the medicine itself.
    `shows` names the findings that are true of whoever takes it. It has the rules of its ingredients and groups.
    """

    id: Id
    ingredients: list[Id] = []
    groups: list[Id] = []
    route: Literal["by_mouth", "on_skin"]
    supply: Literal["self_care", "pharmacist", "prescription"]
    atc: str | None = None
    rxnorm: str | None = None
    names: list[Text] = []
    brands: list[Names] = []
    shows: list[Id] = []
    doses: list[MedicineDose] = []
    overdose: Overdose | None = None
    rules: list[MedicineRule] = []
    cramps: Cramps | None = None


class MedicineGroup(Record, kw_only=True, frozen=True):
    """A class of medicines: what counts for all of them, and the names of those without a record of their own.

    `one_only` = never two of them together; `not_with` = other classes none of which goes together with it.
    """

    id: Id
    shows: list[Id] = []
    one_only: bool = False
    not_with: list[Id] = []
    members: list[Names] = []
    rules: list[MedicineRule] = []
    cramps: Cramps | None = None


# What lay articles claim.

SentenceNumber: TypeAlias = Annotated[int, Meta(ge=1)]
RecordKind: TypeAlias = Literal[
    "cause", "contributor", "disposition", "event", "exercise", "finding", "medicine", "red_flag", "treatment"
]


class Claim(Record, kw_only=True, frozen=True):
    """What a lay article claims, in our own words, and what is known of it.

    `sentences` are numbers in the enumeration of its text; an unsafe omission may have none, since nobody wrote it.
    `record` names the record that has it right. `contradicts` goes both ways. `keywords` help to find it again.
    """

    id: Id
    sentences: list[SentenceNumber]
    says: Text
    verdict: ClaimVerdict
    why: str = ""
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False
    record: dict[RecordKind, Id]
    contradicts: list[Id] = []
    keywords: list[Text] = []


class NoClaim(Record, kw_only=True, frozen=True):
    """Sentences that claim nothing, such as a heading or a call to book, and why they do not count."""

    sentences: Annotated[list[SentenceNumber], Meta(min_length=1)]
    reason: Text


class ClaimText(Record, kw_only=True, frozen=True):
    """A lay article that was audited. Its sentences are kept as hashes only, so that none is copied."""

    id: Annotated[str, Meta(pattern="^[0-9a-z][0-9a-z_]*$", max_length=64)]
    about: Text
    sentences: dict[Annotated[str, Meta(pattern="^[1-9][0-9]*$")], Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]]
    nothing: list[NoClaim] = []
    claims: Annotated[list[Claim], Meta(min_length=1)]


# What is there only to be read.


class LayQuestion(Record, kw_only=True, frozen=True):
    """A question that people ask, with a short answer in the wording and the records that say more.

    `asked_in` names audited articles that ask it; none = one they should have asked.
    """

    id: Id
    theme: Literal["what", "why", "now", "treatment", "medicine", "care", "life"]
    records: Annotated[list[dict[RecordKind, Id]], Meta(min_length=1)]
    asked_in: list[str] = []
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False


class ChartPoint(Record, kw_only=True, frozen=True):
    """One place of a chart: a value, or the two ends of a band."""

    at: float
    value: float | None = None
    low: float | None = None
    high: float | None = None


class ChartSeries(Record, kw_only=True, frozen=True):
    """What is drawn as one line, band or row of bars."""

    id: Id
    points: Annotated[list[ChartPoint], Meta(min_length=2)]
    basis: Basis
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False


class Chart(Record, kw_only=True, frozen=True):
    """Numbers to be drawn: a band over time, or shares of people by age. `most` is the end of the scale.

    `events` and `treatments` name the records whose pages show it.
    """

    id: Id
    form: Literal["band", "shares"]
    across: Literal["weeks", "years"]
    most: Positive
    series: Annotated[list[ChartSeries], Meta(min_length=1)]
    events: list[Id] = []
    treatments: list[Id] = []


class Muscle(Record, kw_only=True, frozen=True):
    """A muscle of the back that the drawing names; `layer` counts from the skin inwards."""

    id: Id
    layer: Literal["outer", "middle", "deep"]
    source: Annotated[list[SourceRef], Meta(min_length=1)]
    from_memory: bool = False


class Review(Record, kw_only=True, frozen=True):
    """Who reviewed the records of one kind, and by when they must be looked at again."""

    id: Id
    reviewed_by: str | None = None
    review_by: Date
