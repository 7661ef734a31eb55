"""The one file of hypothesis strategies: expression trees, answers to them, and cases of the real pack.

A small vocabulary serves tests of the logic, where every answer can be tried. `cases` and `completions` draw people
for the real pack; what they draw never contradicts itself, so a property holds for every draw without filtering.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from unclench.knowledge import Finding, Knowledge
from unclench.knowledge.applicability import with_not_applicable
from unclench.logic import (
    NOT_APPLICABLE,
    UNSURE,
    AllOf,
    Answer,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    FindingType,
    Negation,
    Node,
    OneOf,
    Present,
    Truth,
    Unsure,
    Vocabulary,
)
from unclench.logic.nodes import children

__all__ = [
    "PREDICATES",
    "WORDS",
    "additions",
    "answers",
    "cases",
    "completions",
    "leaves",
    "person_findings",
    "possible_answers",
    "read_once_trees",
    "trees",
]

# Drawing a whole person takes longer than hypothesis expects of one example, and how long depends on the machine.
settings.register_profile("unclench", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("unclench")


# A small vocabulary, in which every answer of every finding can be tried.

WORDS = Vocabulary(
    findings={
        "fever": FindingType("boolean"),
        "numbness": FindingType("boolean"),
        "night_pain": FindingType("boolean"),
        "weakness": FindingType("boolean"),
        "age": FindingType("number", (), 0, 6),
        "severity": FindingType("number", (), 0, 4),
        "trigger": FindingType("choice", ("fall", "lift", "none")),
        "site": FindingType("regions", ("calf", "loin", "neck")),
    },
    predicates=frozenset({"child", "unwell", "unwell_child"}),
    thresholds={"grown_up": 3, "severe": 2},
)
"""Findings of each kind, predicates that name findings and other predicates, and two thresholds."""

PREDICATES: Mapping[str, Node] = {
    "child": Compare("age", "<", 3),
    "unwell": AnyOf((Present("fever"), AllOf((Present("night_pain"), Compare("severity", ">=", 2))))),
    "unwell_child": AllOf((Defined("child"), Defined("unwell"))),
}

_OPERATORS = ("<", "<=", ">", ">=", "==")


def possible_answers(finding: str) -> tuple[Answer, ...]:
    """Return every definite answer to a finding of `WORDS`."""
    kind = WORDS.findings[finding]
    match kind.kind:
        case "boolean":
            return (False, True)
        case "number":
            return tuple(range(int(kind.minimum), int(kind.maximum) + 1))
        case "choice":
            return kind.choices
        case "regions":
            regions = kind.choices
            chosen = ([r for i, r in enumerate(regions) if bits >> i & 1] for bits in range(2 ** len(regions)))
            return tuple(tuple(some) for some in chosen)


def _subsets(values: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=len(values), unique=True).map(tuple)


def _leaf(finding: str) -> SearchStrategy[Node]:
    """Return the positive tests on one finding."""
    kind = WORDS.findings[finding]
    match kind.kind:
        case "boolean":
            return st.just(Present(finding))
        case "number":
            numbers = st.integers(int(kind.minimum), int(kind.maximum))
            compared = st.builds(Compare, st.just(finding), st.sampled_from(_OPERATORS), numbers)
            return compared.filter(lambda test: kind.tells_apart(test.operator, test.value))
        case "choice":
            return st.builds(OneOf, st.just(finding), _subsets(kind.choices))
        case "regions":
            return st.builds(AnyRegion, st.just(finding), _subsets(kind.choices))


def leaves(*, unsure: bool = True, predicates: bool = True) -> SearchStrategy[Node]:
    """Draw a tree of one node.

    Args:
        unsure: whether `unsure(...)` may occur; it is the one test that a better answer can make false.
        predicates: whether named predicates may occur.
    """
    findings = st.sampled_from(sorted(WORDS.findings))
    kinds: list[SearchStrategy[Node]] = [findings.flatmap(_leaf)]
    if unsure:
        kinds.append(st.builds(Unsure, findings))
    if predicates:
        kinds.append(st.builds(Defined, st.sampled_from(sorted(PREDICATES))))
    return st.one_of(kinds)


def trees(*, unsure: bool = True, predicates: bool = True) -> SearchStrategy[Node]:
    """Draw a tree over `WORDS` and `PREDICATES`; every kind of node can occur at every depth."""

    def joined(below: SearchStrategy[Node]) -> SearchStrategy[Node]:
        several = st.lists(below, min_size=2, max_size=4).map(tuple)
        return st.one_of(
            st.builds(Negation, below),
            st.builds(AllOf, several),
            st.builds(AnyOf, several),
            several.flatmap(lambda parts: st.builds(AtLeast, st.integers(1, len(parts)), st.just(parts))),
        )

    return st.recursive(leaves(unsure=unsure, predicates=predicates), joined, max_leaves=8)


@st.composite
def read_once_trees(draw: DrawFn) -> Node:
    """Draw a tree that looks at each finding at most once, and negates only yes/no findings.

    Of such trees the smallest changes that make them true are those that a search of all answers finds.
    """
    findings = draw(st.lists(st.sampled_from(sorted(WORDS.findings)), min_size=1, max_size=6, unique=True))
    parts: list[Node] = []
    for finding in findings:
        leaf = draw(_leaf(finding))
        parts.append(Negation(leaf) if isinstance(leaf, Present) and draw(st.booleans()) else leaf)
    while len(parts) > 1:
        taken = draw(st.integers(2, len(parts)))
        joined, parts = tuple(parts[:taken]), parts[taken:]
        kind = draw(st.sampled_from(("all", "any", "at_least")))
        if kind == "at_least":
            parts.append(AtLeast(draw(st.integers(1, taken)), joined))
        else:
            parts.append(AllOf(joined) if kind == "all" else AnyOf(joined))
    return parts[0]


def _answers_to(finding: str, *extra: Answer) -> SearchStrategy[Answer]:
    return st.sampled_from((*possible_answers(finding), *extra))


@st.composite
def answers(draw: DrawFn, *, unsure: bool = True, not_applicable: bool = False) -> dict[str, Answer]:
    """Draw answers to some findings of `WORDS`; a missing one is unanswered.

    Args:
        unsure: whether an answer may be "unsure".
        not_applicable: whether an answer may be the mark of a question that cannot hold.
    """
    extra = (*[UNSURE] * unsure, *[NOT_APPLICABLE] * not_applicable)
    given = draw(st.sets(st.sampled_from(sorted(WORDS.findings))))
    return {finding: draw(_answers_to(finding, *extra)) for finding in sorted(given)}


@st.composite
def additions(draw: DrawFn, known: Mapping[str, Answer], among: Collection[str] | None = None) -> dict[str, Answer]:
    """Draw `known` with answers to some findings that it leaves open, "unsure" included.

    Args:
        known: answers to findings of `WORDS`; each is kept as it is.
        among: the findings that may be answered; all by default.
    """
    still_open = sorted(set(WORDS.findings if among is None else among) - set(known))
    new = draw(st.sets(st.sampled_from(still_open))) if still_open else set()
    return {**known, **{finding: draw(_answers_to(finding, UNSURE)) for finding in sorted(new)}}


# People, for the real pack.

_MISSING = "missing"
_OPEN = {"few answered": 12, "half answered": 8, "nearly all answered": 1}
_NO_DANGER, _ONE_IN_FIFTY, _ONE_IN_TEN = 0, 50, 10
_DANGERS = (_NO_DANGER, _NO_DANGER, _ONE_IN_FIFTY, _ONE_IN_TEN)


@cache
def _yes_or_no(missing: int, danger: int | None) -> tuple[Answer, ...]:
    """Return answers to one yes/no finding, as often as they should be drawn; the simplest comes first.

    Args:
        missing: how many in about twenty leave it open.
        danger: about how many answers hold one yes; 0 = none does, nor a "not sure". None = it is no red flag.
    """
    answered = 20 - missing
    if danger is None:
        return (*[_MISSING] * missing, *[False] * answered, *[True] * (answered // 2), UNSURE)
    yes = [True] * (1 if danger else 0)
    scale = danger // 10 or 1
    return (*[_MISSING] * missing * scale, *[False] * answered * scale, *yes, *[UNSURE] * min(danger, 1))


def person_findings(knowledge: Knowledge) -> tuple[str, ...]:
    """Return what people can answer about themselves, as opposed to what is examined or measured."""
    return tuple(f.id for f in knowledge.findings.values() if f.supplied_by == "person")


@st.composite
def cases(draw: DrawFn, knowledge: Knowledge, findings: Collection[str] | None = None) -> dict[str, Answer]:
    """Draw the answers of one person, partial as a rule, in which red flags are mostly absent.

    Nothing drawn contradicts an `only_if`: age, sex and whatever else a question depends on are drawn before it, and a
    question that cannot hold is left open or answered no. Numbers lie near the thresholds of the rules as often as not.

    Args:
        knowledge: the pack.
        findings: ids that may be answered; whatever a person can answer by default.
    """
    asked = frozenset(person_findings(knowledge) if findings is None else findings)
    missing = _OPEN[draw(st.sampled_from(sorted(_OPEN)))]
    danger = draw(st.sampled_from(_DANGERS))
    dice = draw(_dice(len(asked)))
    drawn: dict[str, Answer] = {}
    for finding in knowledge.findings.values():  # each comes after whatever its `only_if` looks at
        if finding.id not in asked:
            continue
        chosen = _fallen(next(dice), _yes_or_no(missing, danger if finding.red_flag else None))
        if chosen == _MISSING:
            continue
        if not _can_hold(knowledge, finding, drawn):
            if finding.kind == "boolean":
                drawn[finding.id] = False
            continue
        if chosen == UNSURE or finding.kind == "boolean":
            drawn[finding.id] = chosen
        else:
            drawn[finding.id] = draw(_definite(knowledge, finding))
    return drawn


@st.composite
def completions(
    draw: DrawFn, knowledge: Knowledge, case: Mapping[str, Answer], findings: Collection[str] | None = None
) -> dict[str, Answer]:
    """Draw `case` with every open question answered, definitely, without contradiction.

    "unsure" counts as open. A question that cannot hold is answered no, or left open if it takes no yes or no.

    Args:
        knowledge: the pack.
        case: what was answered; each definite answer is kept as it is.
        findings: ids to be answered; whatever a person can answer by default.
    """
    asked = frozenset(person_findings(knowledge) if findings is None else findings)
    made = {finding: value for finding, value in case.items() if value != UNSURE}
    danger = draw(st.sampled_from(_DANGERS))
    dice = draw(_dice(len(asked)))
    for finding in knowledge.findings.values():
        if finding.id not in asked or finding.id in made:
            continue
        if not _can_hold(knowledge, finding, made):
            if finding.kind == "boolean":
                made[finding.id] = False
            continue
        dependants = _dependants(knowledge).get(finding.id, ())
        held = [d for d in dependants if made.get(d, False) is not False]
        if held:
            allowed = [v for v in _all_values(finding) if _leaves_possible(knowledge, held, {**made, finding.id: v})]
            made[finding.id] = draw(st.sampled_from(allowed))
        elif finding.kind == "boolean":
            values = [v for v in _yes_or_no(0, danger if finding.red_flag else None) if v != UNSURE]
            made[finding.id] = _fallen(next(dice), values)
        else:
            made[finding.id] = draw(_definite(knowledge, finding))
    return made


def _dice(count: int) -> SearchStrategy[Iterator[int]]:
    """Draw `count` numbers below 65536 at once: one by one, the drawing takes longer than most of what is tested."""
    drawn = st.binary(min_size=2 * count, max_size=2 * count)
    return drawn.map(lambda some: (256 * high + low for high, low in zip(some[::2], some[1::2], strict=True)))


def _fallen(number: int, among: Sequence[Answer]) -> Answer:
    """Return the one of some choices on which a number of `_dice` falls; the smallest number falls on the first."""
    return among[number * len(among) >> 16]


def _can_hold(knowledge: Knowledge, finding: Finding, known: Mapping[str, Answer]) -> bool:
    if finding.only_if is None:
        return True
    ruled_out = with_not_applicable(known, (ground for ground in knowledge.grounds if ground.strict))
    return knowledge.evaluate[finding.only_if](ruled_out) is not Truth.FALSE


def _leaves_possible(knowledge: Knowledge, held: Collection[str], known: Mapping[str, Answer]) -> bool:
    return all(_can_hold(knowledge, knowledge.findings[finding], known) for finding in held)


def _all_values(finding: Finding) -> tuple[Answer, ...]:
    match finding.kind:
        case "boolean":
            return (False, True)
        case "number":
            return tuple(range(int(finding.minimum), int(finding.maximum) + 1))
        case _:
            return finding.choices


def _definite(knowledge: Knowledge, finding: Finding) -> SearchStrategy[Answer]:
    if finding.kind == "choice":
        return st.sampled_from(finding.choices)
    if finding.kind == "regions":
        regions = st.lists(st.sampled_from(finding.choices), max_size=4, unique=True)
        return regions.map(lambda some: tuple(sorted(some)))
    return _number(finding.minimum, finding.maximum, finding.integer, _constants(knowledge).get(finding.id, ()))


@cache
def _number(least: float, greatest: float, whole: bool, constants: tuple[float, ...]) -> SearchStrategy[Answer]:
    step = 1 if whole else 0.1
    near = {c + d for c in constants for d in (-step, 0, step) if least <= c + d <= greatest}
    anywhere: SearchStrategy[Any] = (
        st.integers(int(least), int(greatest)) if whole else st.floats(least, greatest, allow_nan=False)
    )
    if not near:
        return anywhere
    return st.one_of(st.sampled_from(sorted(int(n) if whole else n for n in near)), anywhere)


@lru_cache(maxsize=4)
def _constants(knowledge: Knowledge) -> dict[str, tuple[float, ...]]:
    """Return the numbers that rules and predicates compare each finding with."""
    found: dict[str, set[float]] = {}
    for node in (*(rule.when for rule in knowledge.rules), *knowledge.evaluate.predicates.values()):
        for part in _walk(node):
            if isinstance(part, Compare):
                found.setdefault(part.finding, set()).add(part.value)
    return {finding: tuple(sorted(values)) for finding, values in found.items()}


@lru_cache(maxsize=4)
def _dependants(knowledge: Knowledge) -> dict[str, tuple[str, ...]]:
    """Return, for each finding, those whose `only_if` looks at it, directly or through another `only_if`."""
    rests_on: dict[str, set[str]] = {}
    for finding in knowledge.findings.values():
        direct = knowledge.mentions(finding.only_if) if finding.only_if is not None else ()
        rests_on[finding.id] = set(direct).union(*(rests_on[one] for one in direct))
    return {one: tuple(f for f, bases in rests_on.items() if one in bases) for one in rests_on}


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)
