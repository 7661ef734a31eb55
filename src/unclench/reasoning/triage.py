"""Urgency, decided by rules alone: before the probabilities and whatever they say.

Each rule has a least disposition. What fires now gives the lower end of an interval, what could still fire the upper
end. Unknown is never "no": while a question about danger is open, the advice is at least to speak to somebody today.
"""

from __future__ import annotations

from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.knowledge.applicability import with_not_applicable
from unclench.logic import NOT_APPLICABLE, UNSURE, Answer, Truth
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from unclench.reasoning.case import Case

__all__ = ["Triage", "answers_in_reach", "effective_answers", "triage", "triage_answers"]


@record
class Triage:
    """How urgent it is, and how sure that is.

    Attributes:
        disposition: the advice now. At least `at_least`; higher while a question about danger is open.
        at_least: the most urgent rule that fires. No further answer lowers it.
        at_most: the most urgent that it could still become.
        settled: no answer that is still missing changes the disposition.
        fired: the rules that hold, most urgent first.
        open: the rules, more urgent than `at_least`, that still could.
        elsewhere: open rules of the same urgency that would name a place with precedence over the present one.
        floor: whether the disposition is raised only because a question about danger is open.
    """

    disposition: Disposition
    at_least: Disposition
    at_most: Disposition
    settled: bool
    fired: tuple[Rule, ...]
    open: tuple[Rule, ...]
    elsewhere: tuple[Rule, ...]
    floor: bool


def effective_answers(case: Case, knowledge: Knowledge) -> dict[str, Answer]:
    """Return the answers with every question that cannot hold, or does not come up, out of the way."""
    return with_not_applicable(case.answers, knowledge.grounds)


def answers_in_reach(
    answers: Mapping[str, Answer], knowledge: Knowledge, *, examination: bool = False
) -> dict[str, Answer]:
    """Return effective answers with what nobody here can supply out of the way, for deciding urgency only.

    Args:
        answers: as `effective_answers` gives them.
        knowledge: the pack.
        examination: whether a clinician is answering, so that an examination not recorded yet is still to come.
            Otherwise an examination that was not done is no open question; its result, if given, counts all the same.
    """
    if examination:
        return dict(answers)
    return {**dict.fromkeys(knowledge.not_from_a_person, NOT_APPLICABLE), **answers}


def triage(knowledge: Knowledge, case: Case, *, examination: bool = False) -> Triage:
    """Decide the urgency of a case.

    Args:
        knowledge: the pack.
        case: the answers; missing and "unsure" are unknown.
        examination: see `answers_in_reach`.

    Returns:
        Exactly one disposition, with the interval it can still move in.

    Examples:
        >>> from unclench.reasoning import Case
        >>> knowledge = Knowledge.load()
        >>> case = Case.from_data({"age": 42, "findings": {"saddle_numbness": True}}, knowledge)
        >>> triage(knowledge, case).disposition.id
        'emergency'
        >>> triage(knowledge, Case()).disposition.id  # nothing known is not "nothing wrong"
        'same_day'
    """
    reach = answers_in_reach(effective_answers(case, knowledge), knowledge, examination=examination)
    return triage_answers(knowledge, reach)


def triage_answers(knowledge: Knowledge, answers: Mapping[str, Answer]) -> Triage:
    """Do what `triage` does, on answers that `answers_in_reach` prepared."""
    fired: list[Rule] = []
    undecided: list[Rule] = []
    true, unknown = Truth.TRUE, Truth.UNKNOWN
    for rule, truth in zip(knowledge.rules_in_order, knowledge.read_rules(answers), strict=True):
        if truth is true:
            fired.append(rule)
        elif truth is unknown:
            undecided.append(rule)
    # Both lists begin with the most urgent.
    at_least = next((rule.disposition for rule in fired if not rule.provisional), Disposition.SELF_CARE)
    provisional = next((rule.disposition for rule in fired if rule.provisional), Disposition.SELF_CARE)
    could_be = undecided[0].disposition if undecided else Disposition.SELF_CARE
    danger_is_open = any(_is_open_danger(knowledge, rule, answers) for rule in undecided)
    floor = knowledge.model.open_emergency_floor if danger_is_open else Disposition.SELF_CARE
    disposition = max(at_least, provisional, floor)
    at_most = max(at_least, provisional, could_be)
    return Triage(
        disposition=disposition,
        at_least=at_least,
        at_most=at_most,
        settled=at_least == at_most,
        fired=tuple(fired),
        open=tuple(rule for rule in undecided if rule.disposition > at_least),
        elsewhere=tuple(_elsewhere(knowledge, at_least, fired, undecided)),
        floor=disposition > max(at_least, provisional),
    )


def _is_open_danger(knowledge: Knowledge, rule: Rule, answers: Mapping[str, Answer]) -> bool:
    """Whether an undecided rule keeps somebody from self-care.

    Every emergency rule does. A rule as urgent as the floor does while a danger question it looks at is open, unsure or
    answered yes.
    """
    if rule.disposition is Disposition.EMERGENCY:
        return True
    if rule.disposition < knowledge.model.open_emergency_floor:
        return False
    dangers = knowledge.dangers_of[rule.id]
    return any(answers.get(finding, UNSURE) not in (False, NOT_APPLICABLE) for finding in dangers)


def _elsewhere(knowledge: Knowledge, at_least: Disposition, fired: list[Rule], undecided: list[Rule]) -> Iterator[Rule]:
    deciding = [knowledge.precedence(rule) for rule in fired if rule.disposition == at_least and not rule.provisional]
    if deciding:
        place = min(deciding)[1]
        for rule in undecided:
            if rule.disposition == at_least and knowledge.precedence(rule)[1] < place:
                yield rule
