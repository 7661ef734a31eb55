"""Why this advice, what would change it, and what to watch for: all computed from the rules that decided it."""

from __future__ import annotations

from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.logic import UNSURE, Additions, Answer, Node, Truth, additions_that_make_true
from unclench.reasoning.case import Case
from unclench.reasoning.triage import answers_in_reach, effective_answers
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from unclench.logic import Evaluator
    from unclench.reasoning.triage import Triage

__all__ = ["Change", "Watch", "changes", "facts", "facts_behind", "safety_net"]

_MOST_ADDITIONS = 2
_MOST_CHANGES = 12


@record
class Change:
    """A smallest set of new answers that would make the advice more urgent.

    Attributes:
        add: finding id to new answer.
        to: what the advice would become.
        see: whom to see then.
        rule: the rule that would decide it.
    """

    add: Mapping[str, Answer]
    to: Disposition
    see: str
    rule: Rule


@record
class Watch:
    """One thing to watch for, and what to do if it comes."""

    finding: str
    then: Disposition
    see: str
    rule: Rule


def facts(knowledge: Knowledge, rule: Rule, answers: Mapping[str, Answer]) -> list[str]:
    """Return the findings on which `rule` rests, in reading order.

    These are the signs it mentions that are there, and whatever else it could not hold without. A rule that holds for
    two separate reasons names both.
    """
    return facts_behind(knowledge, rule.when, answers)


def facts_behind(knowledge: Knowledge, node: Node, answers: Mapping[str, Answer]) -> list[str]:
    """Return the findings on which an expression that holds rests, in reading order; see `facts`."""
    seen = [f for f in knowledge.mentions(node) if f in answers]
    evaluate = knowledge.evaluate[node]
    kept = {f: answers[f] for f in seen}
    needed: list[str] = []
    for finding in reversed(seen):
        without = {f: v for f, v in kept.items() if f != finding}
        if evaluate(without) is not Truth.TRUE:
            needed.append(finding)
        elif answers[finding] is not True:
            kept = without
        else:
            needed.append(finding)
    return sorted(needed, key=seen.index)


def changes(knowledge: Knowledge, case: Case, now: Triage, *, examination: bool = False) -> list[Change]:
    """Return what would make the advice more urgent, smallest and most urgent first.

    Each change was checked by deciding the urgency again with it, so it cannot disagree with the rules.

    Args:
        knowledge: the pack.
        case: the answers.
        now: their urgency.
        examination: as `now` was decided with.
    """
    decided = _Decided(knowledge, case, now, examination)
    found: dict[Additions, Change] = {}
    for size in range(1, _MOST_ADDITIONS + 1):
        _add_changes(decided, size, found)
        if len(found) >= _MOST_CHANGES:
            break  # larger sets would stand further down the list than is shown
    minimal = [
        change
        for additions, change in found.items()
        if not any(other < additions and found[other].to >= change.to for other in found)
    ]
    order = {finding: place for place, finding in enumerate(knowledge.asking_order)}
    minimal.sort(key=lambda c: (len(c.add), -c.to, min(order[f] for f in c.add), str(c.add)))
    return minimal[:_MOST_CHANGES]


def _add_changes(decided: _Decided, size: int, found: dict[Additions, Change]) -> None:
    """Add to `found` the sets of `size` new answers that raise the urgency and of which no part does as much."""
    knowledge, case, now = decided.knowledge, decided.case, decided.now
    ways: dict[Additions, Disposition] = {}
    for rule, _ in knowledge.rule_evaluators:
        if rule.disposition > now.disposition and not rule.provisional:
            for additions in additions_that_make_true(
                rule.when,
                decided.answers,
                knowledge.evaluate,
                lambda finding, value: _may_develop(knowledge, case.answers, finding, value),
                size,
            ):
                if len(additions) == size:
                    ways.setdefault(additions, rule.disposition)
    for additions, disposition in ways.items():
        if any(part < additions and change.to >= disposition for part, change in found.items()):
            continue
        to, decisive = decided.with_answers(dict(additions))
        if decisive is not None and to > now.disposition:
            found[additions] = Change(dict(sorted(additions, key=str)), to, decisive.see, decisive)


def safety_net(knowledge: Knowledge, case: Case, now: Triage, *, examination: bool = False) -> list[Watch]:
    """Return the single signs that, if they come, need help today or now; in the order the interview asks them.

    It is what one new sign would change, so it cannot disagree with the rules. Lasting facts about the person are no
    signs to watch for, and neither is what is there already.
    """
    decided = _Decided(knowledge, case, now, examination)
    above = max(now.at_least, Disposition.URGENT)
    net: list[Watch] = []
    for finding in knowledge.asking_order:
        known = knowledge.findings[finding]
        if known.kind != "boolean" or known.lasting or not _may_develop(knowledge, case.answers, finding, True):
            continue
        if not _would_fire(decided, finding, above):
            continue
        to, decisive = decided.with_answers({finding: True})
        if decisive is not None and to >= Disposition.SAME_DAY and to > now.at_least:
            net.append(Watch(finding, to, decisive.see, decisive))
    return net


def _would_fire(decided: _Decided, finding: str, above: Disposition) -> bool:
    """Whether a rule that looks at `finding` may hold with it; no other rule can, so the rest need not be read."""
    deciding = [
        evaluate
        for rule, evaluate in decided.knowledge.rules_by_finding.get(finding, ())
        if rule.disposition > above and not rule.provisional
    ]
    if not deciding:
        return False
    answers = {**decided.answers, finding: True}
    return any(evaluate(answers) is Truth.TRUE for evaluate in deciding)


class _Decided:
    """An urgency and what it was decided on, ready to be decided again: only rules that look at a new answer are read.

    Args:
        knowledge: the pack.
        case: the answers.
        now: their urgency.
        examination: as `now` was decided with.
    """

    def __init__(self, knowledge: Knowledge, case: Case, now: Triage, examination: bool) -> None:
        self.knowledge, self.case, self.now = knowledge, case, now
        self._examination = examination
        self.answers = self._in_reach(case)

    def with_answers(self, new: Mapping[str, Answer]) -> tuple[Disposition, Rule | None]:
        """Return what `triage` gives for `at_least` and its first rule with `new` answers, given from the start."""
        looking: dict[Rule, Evaluator] = {}
        answers, changed = self._changed(new)
        for finding in changed:
            looking.update(self.knowledge.rules_by_finding.get(finding, ()))
        fired = [rule for rule in self.now.fired if rule not in looking]
        fired += [rule for rule, evaluate in looking.items() if evaluate(answers) is Truth.TRUE]
        fired.sort(key=self.knowledge.precedence)
        at_least = next((rule.disposition for rule in fired if not rule.provisional), Disposition.SELF_CARE)
        return at_least, fired[0] if fired else None

    def _changed(self, new: Mapping[str, Answer]) -> tuple[Mapping[str, Answer], Iterable[str]]:
        """Return all answers in reach together with `new`, and the findings of which another answer counts then."""
        if self.knowledge.ground_findings.isdisjoint(new):
            return {**self.answers, **new}, new
        answers = self._in_reach(Case(None, {**self.case.answers, **new}))
        grounded = (ground.finding for ground in self.knowledge.grounds)
        return answers, {*new, *(one for one in grounded if answers.get(one) != self.answers.get(one))}

    def _in_reach(self, case: Case) -> dict[str, Answer]:
        said = effective_answers(case, self.knowledge)
        return answers_in_reach(said, self.knowledge, examination=self._examination)


def _may_develop(knowledge: Knowledge, answers: Mapping[str, Answer], finding: str, value: Answer) -> bool:
    """Whether this new answer is news somebody could bring: a sign that comes, or a question still open."""
    known = knowledge.findings[finding]
    before = answers.get(finding, UNSURE)
    if known.supplied_by != "person" or before == value:
        return False
    if known.kind == "boolean":
        return value is True and (before == UNSURE or (before is False and known.red_flag and not known.lasting))
    if known.kind == "number":
        # Time passes and pain grows; nobody becomes younger.
        assert isinstance(value, int | float)
        grows = not isinstance(before, int | float) or value > before
        return not known.lasting and grows
    return not known.lasting and known.kind == "choice"
