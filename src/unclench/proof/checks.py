"""What is checked without a solver: that its formulas mean what the triage means, and that the interview ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from unclench.errors import CaseError
from unclench.knowledge import Disposition, Finding, Knowledge
from unclench.logic import UNSURE, Answer, Compare, Defined, Node, Truth
from unclench.logic.nodes import children
from unclench.proof.compiled import Crowd
from unclench.proof.people import LEVELS, Person
from unclench.reasoning.assessment import _see as whom_to_see
from unclench.reasoning.case import Case
from unclench.reasoning.interview import next_question
from unclench.reasoning.triage import answers_in_reach, effective_answers, triage_answers

__all__ = ["Difference", "differences", "interviews_that_do_not_end", "people"]

SHARES = (0.02, 0.2, 0.6, 1.0)


@dataclass(frozen=True, slots=True)
class Difference:
    """Somebody about whom the solver's formulas say something else than the triage does."""

    what: str
    answers: dict[str, Answer]


def people(knowledge: Knowledge, count: int, seed: int) -> Iterator[dict[str, Answer]]:
    """Yield answers of many kinds: from nearly nothing said to everything, numbers near the limits of the rules.

    Nothing is left out for being refused by `Case`: the formulas must agree there too.
    """
    random = Random(seed)
    limits = _limits(knowledge)
    for number in range(count):
        share, danger = SHARES[number % len(SHARES)], random.choice((0.0, 0.02, 0.1, 0.5))
        made: dict[str, Answer] = {}
        for finding in knowledge.findings.values():
            if random.random() < share:
                made[finding.id] = _answer(finding, limits.get(finding.id, ()), danger, random)
        yield made


def _answer(finding: Finding, limits: Sequence[float], danger: float, random: Random) -> Answer:
    if random.random() < 0.05:
        return UNSURE
    match finding.kind:
        case "boolean":
            return random.random() < (danger if finding.red_flag else 0.4)
        case "choice":
            return random.choice(finding.choices)
        case "regions":
            return tuple(sorted(random.sample(finding.choices, random.randint(0, 4))))
        case "number":
            near = random.choice((*limits, finding.minimum, finding.maximum)) + random.choice((-1, 0, 1))
            number = min(max(near, finding.minimum), finding.maximum)
            return int(number) if finding.integer else number


def _limits(knowledge: Knowledge) -> dict[str, tuple[float, ...]]:
    found: dict[str, dict[float, None]] = {}

    def walk(node: Node) -> None:
        if isinstance(node, Compare):
            found.setdefault(node.finding, {})[node.value] = None
        inner = knowledge.evaluate.predicates[node.predicate] if isinstance(node, Defined) else None
        for child in (*children(node), *([inner] if inner else [])):
            walk(child)

    for rule in knowledge.rules:
        walk(rule.when)
    return {finding: tuple(values) for finding, values in found.items()}


def differences(one: Person, crowd: Sequence[dict[str, Answer]]) -> tuple[int, list[Difference]]:
    """Compare the solver's own formulas with the triage, on every rule and every part of the result, for a crowd.

    Returns:
        How many truth values were compared, and each person about whom they differ.
    """
    knowledge = one.world.knowledge
    rows = Crowd(knowledge, one.stated, crowd, one.world.examination)
    fires = [
        (rule, rows.holds(one.says(rule).is_true), rows.holds(one.says(rule).is_false)) for rule in knowledge.rules
    ]
    ends = {
        name: {d: rows.holds(levels.exactly(d)) for d in LEVELS}
        for name, levels in (("at_least", one.at_least), ("at_most", one.at_most), ("disposition", one.disposition))
    }
    settled, elsewhere, accepted = map(rows.holds, (one.settled, one.elsewhere, one.accepted()))
    places = {place: rows.holds(term) for place, term in one.see.items()}
    compared, found = 0, []
    for at, answers in enumerate(crowd):
        bit = 1 << at
        case = Case(None, answers)
        reach = answers_in_reach(effective_answers(case, knowledge), knowledge)
        now = triage_answers(knowledge, reach)
        wrong = [
            rule.id
            for rule, is_true, is_false in fires
            if (bool(is_true & bit), bool(is_false & bit)) != _pair(knowledge.evaluate[rule.when](reach))
        ]
        levels: dict[str, Disposition] = {
            "at_least": now.at_least, "at_most": now.at_most, "disposition": now.disposition
        }  # fmt: skip
        wrong += [n for n, level in levels.items() if [d for d in LEVELS if ends[n][d] & bit] != [level]]
        wrong += ["settled"] if bool(settled & bit) != now.settled else []
        wrong += ["elsewhere"] if bool(elsewhere & bit) != bool(now.elsewhere) else []
        wrong += ["see"] if [p for p, row in places.items() if row & bit] != [whom_to_see(now)] else []
        wrong += ["accepted"] if bool(accepted & bit) != _is_accepted(answers, knowledge) else []
        compared += len(fires) + 7
        found += [Difference(what, answers) for what in wrong]
    return compared, found


def _pair(truth: Truth) -> tuple[bool, bool]:
    return truth is Truth.TRUE, truth is Truth.FALSE


def _is_accepted(answers: dict[str, Answer], knowledge: Knowledge) -> bool:
    try:
        Case().with_answers(answers, knowledge)
    except CaseError:
        return False
    return True


def interviews_that_do_not_end(knowledge: Knowledge, count: int, seed: int) -> tuple[int, list[str]]:
    """Interview respondents who answer anything, and watch the measure: the number of unanswered findings.

    Each question must ask at least one finding, and only findings not answered yet. Then every answer lowers that
    number, and the interview ends after at most as many questions as there are findings.

    Returns:
        How many questions were asked in all, and what went wrong, in words.
    """
    random, limits, asked, wrong = Random(seed), _limits(knowledge), 0, []
    for number in range(count):
        danger = 0.02 if number % 2 else 0.0
        case = Case()
        while (question := next_question(knowledge, case)) is not None:
            asked += 1
            again = [finding for finding in question.findings if finding in case.answers]
            if again or not question.findings:
                wrong.append(f"{question.id} asks {', '.join(again) or 'nothing'}, which was answered before")
                break
            case = _answered(knowledge, case, question.findings, limits, danger, random)
    return asked, wrong


def _answered(
    knowledge: Knowledge,
    case: Case,
    findings: Sequence[str],
    limits: dict[str, tuple[float, ...]],
    danger: float,
    random: Random,
) -> Case:
    for finding in findings:
        known = knowledge.findings[finding]
        try:
            case = case.with_answers({finding: _answer(known, limits.get(finding, ()), danger, random)}, knowledge)
        except CaseError:
            case = case.with_answers({finding: UNSURE}, knowledge)
    return case
