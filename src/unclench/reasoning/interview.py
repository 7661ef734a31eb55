"""Which question comes next: danger first, then whatever could still change the urgency, then the likely cause.

State is the answers, nothing else, so going back, changing and skipping are just other answers. A question that cannot
change anything for this person is not asked.
"""

from __future__ import annotations

from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.logic import Answer, live_findings
from unclench.reasoning.triage import Triage, answers_in_reach, effective_answers, triage_answers
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Literal, TypeAlias

    from unclench.reasoning.case import Case

__all__ = ["Purpose", "Question", "next_question", "unanswered"]

Purpose: TypeAlias = "Literal['danger', 'about', 'urgency', 'cause', 'plan']"


@record
class Question:
    """One thing to ask: a single question, or a screen of lines of which any may be ticked.

    Attributes:
        id: the screen, or the finding when it stands alone.
        findings: what it asks, in order; at most eight.
        purpose: danger (asked of everybody), about (who and what), urgency (could change the advice), cause, plan.
        could_become: the most urgent disposition an answer could lead to; None where urgency is not the reason.
    """

    id: str
    findings: tuple[str, ...]
    purpose: Purpose
    could_become: Disposition | None = None

    @property
    def is_screen(self) -> bool:
        """Whether several lines are asked together."""
        return len(self.findings) > 1


def next_question(knowledge: Knowledge, case: Case, *, for_plan: bool = False) -> Question | None:
    """Return the question of the greatest value now, or None when none is worth asking.

    Asking ends at once on an emergency. Otherwise it ends when no missing answer could change the urgency
    and none would tell much about the cause. An answer of "unsure" is not asked again.

    Args:
        knowledge: the pack.
        case: the answers so far.
        for_plan: whether a plan is wanted. Then, once the check has ended, follows what the plan still depends on.

    Examples:
        >>> from unclench.reasoning import Case
        >>> knowledge = Knowledge.load()
        >>> next_question(knowledge, Case()).id
        'nerves'
    """
    said = effective_answers(case, knowledge)
    answers = answers_in_reach(said, knowledge)
    now = triage_answers(knowledge, answers)
    if now.disposition is Disposition.EMERGENCY:
        return None
    live = _Live(knowledge, answers, (*now.open, *now.elsewhere))
    asked = _first_screen(knowledge, live) or _most_urgent(knowledge, live.of_all()) or _most_telling(knowledge, said)
    return asked or (_for_plan(knowledge, said, now.disposition) if for_plan else None)


def _for_plan(knowledge: Knowledge, answers: Mapping[str, Answer], disposition: Disposition) -> Question | None:
    # Nobody who only runs the check should wait for what plans are made with.
    from unclench.reasoning.plan_questions import plan_lines, plan_screen

    found = plan_screen(knowledge, plan_lines(knowledge, answers, disposition))
    return None if found is None else Question(found[0], found[1], "plan")


def unanswered(knowledge: Knowledge, answers: Mapping[str, Answer], now: Triage) -> list[str]:
    """Return the findings whose answer could still change the urgency, in the order in which they are asked."""
    live: set[str] = set()
    for rule in now.open:
        live |= live_findings(rule.when, answers, knowledge.evaluate)
    return [finding for finding in knowledge.asking_order if finding in live]


class _Live:
    """The findings on which each open rule still hangs, looked for when first asked about: most rules never are."""

    def __init__(self, knowledge: Knowledge, answers: Mapping[str, Answer], rules: Iterable[Rule]) -> None:
        self.answers = answers
        self._knowledge = knowledge
        self._rules = dict.fromkeys(rules)
        self._found: dict[Rule, set[str]] = {}

    def of_all(self) -> dict[Rule, set[str]]:
        """Return every open rule with its live findings."""
        return {rule: self._of(rule) for rule in self._rules}

    def touching(self, findings: Iterable[str]) -> dict[Rule, set[str]]:
        """Return the open rules that look at any of the findings, with their live findings."""
        by_finding = self._knowledge.rules_by_finding
        looking = dict.fromkeys(rule for finding in findings for rule, _ in by_finding.get(finding, ()))
        return {rule: self._of(rule) for rule in looking if rule in self._rules}

    def _of(self, rule: Rule) -> set[str]:
        if rule not in self._found:
            self._found[rule] = live_findings(rule.when, self.answers, self._knowledge.evaluate)
        return self._found[rule]


def _first_screen(knowledge: Knowledge, live: _Live) -> Question | None:
    """The danger and about screens, in order, each with only the lines that can matter for this person."""
    for screen in knowledge.screens:
        lines = tuple(f for f in screen.findings if f not in live.answers)
        if not lines or screen.stage not in ("about", "danger"):
            continue
        touched = live.touching(lines)
        if screen.stage == "danger":
            relevant = set().union(*touched.values())
            lines = tuple(f for f in lines if f in relevant)
        if lines:
            purpose: Purpose = "danger" if screen.stage == "danger" else "about"
            return Question(screen.id, lines, purpose, _could_become(lines, touched))
    return None


def _most_urgent(knowledge: Knowledge, live: Mapping[Rule, set[str]]) -> Question | None:
    """The question that touches the most urgent open rules, and most of them."""
    best: tuple[tuple[int, int, int], Question] | None = None
    for place, question in enumerate(_candidates(knowledge, live)):
        touched = [rule for rule, findings in live.items() if findings.intersection(question.findings)]
        value = (max(rule.disposition for rule in touched), len(touched), -place)
        if best is None or value > best[0]:
            best = (value, question)
    return best[1] if best else None


def _candidates(knowledge: Knowledge, live: Mapping[Rule, set[str]]) -> Iterator[Question]:
    relevant = set().union(*live.values()) if live else set()
    screened: set[str] = set()
    for screen in knowledge.screens:
        if screen.stage == "plan":
            continue
        lines = tuple(f for f in screen.findings if f in relevant)
        screened.update(screen.findings)
        if lines and screen.stage == "follow_up":
            yield Question(screen.id, lines, "urgency", _could_become(lines, live))
    for finding in knowledge.findings.values():
        if finding.id in relevant and finding.id not in screened:
            yield Question(finding.id, (finding.id,), "urgency", _could_become((finding.id,), live))


def _could_become(lines: Iterable[str], live: Mapping[Rule, set[str]]) -> Disposition | None:
    return max((rule.disposition for rule, findings in live.items() if findings.intersection(lines)), default=None)


def _most_telling(knowledge: Knowledge, answers: Mapping[str, Answer]) -> Question | None:
    """The screen or single finding expected to tell most about the cause, if that is worth a question."""
    from unclench.reasoning.information import gains  # an answer to a written case asks nothing more

    worth = dict(gains(knowledge, answers))
    candidates = [tuple(f for f in s.findings if f in worth) for s in knowledge.screens if s.stage == "follow_up"]
    names = [s.id for s in knowledge.screens if s.stage == "follow_up"]
    screened = {finding for lines in candidates for finding in lines}
    offers = [Question(name, lines, "cause") for name, lines in zip(names, candidates, strict=True) if lines]
    offers += [Question(finding, (finding,), "cause") for finding in worth if finding not in screened]
    best = max(offers, key=lambda q: sum(worth[f] for f in q.findings), default=None)
    if best is None or sum(worth[f] for f in best.findings) < knowledge.model.least_gain_bits:
        return None
    return best
