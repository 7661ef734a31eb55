"""From the answers a browser carries to the next page. The reasoning core decides; nothing medical is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from unclench.errors import CaseError
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import UNSURE, Answer, Truth
from unclench.reasoning import Case, Question, next_question, triage
from unclench.reasoning.interview import Purpose, unanswered
from unclench.reasoning.triage import answers_in_reach, effective_answers, triage_answers
from unclench.web.state import Notice, State, Step

__all__ = [
    "OWN_WORDS",
    "Conflict",
    "adapted",
    "answered",
    "case_of",
    "ends_now",
    "question_of",
    "reopened",
    "shown",
    "stage",
    "upcoming",
]

OWN_WORDS = "own_words"
"""The step that holds what a person confirmed from their own words."""


class Conflict(Exception):
    """New answers that cannot hold beside each other; `findings` are those that would have to go."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        self.findings = findings
        super().__init__("answers exclude each other")


def case_of(state: State, knowledge: Knowledge) -> Case:
    """Return the answers as a case.

    Raises:
        CaseError: they cannot all hold; `adapted` and `answered` never leave such a state.
    """
    return Case().with_answers(state.answers, knowledge)


def upcoming(state: State, knowledge: Knowledge, *, for_plan: bool = False) -> Question | None:
    """Return the next question, or None when none is worth asking.

    With `for_plan`, what a plan still depends on follows once the check has ended. What the person's own words bring
    up comes before the rest, and is asked even where an answer is there.
    """
    case = case_of(state, knowledge)
    if not state.pending or triage(knowledge, case).disposition is Disposition.EMERGENCY:
        return next_question(knowledge, case, for_plan=for_plan)
    asked_anew = case.without(*state.pending)
    return _brought_up(state.pending, asked_anew, knowledge) or next_question(knowledge, asked_anew, for_plan=for_plan)


def shown(state: State) -> dict[str, Answer]:
    """Return the answers that a form shows: all, but for a "no" that the person's own words put in doubt."""
    return {f: value for f, value in state.answers.items() if not (f in state.pending and value is False)}


def ends_now(state: State, knowledge: Knowledge) -> bool:
    """Tell whether the advice is an emergency already, so that nothing more is asked and nothing looked over."""
    return triage(knowledge, case_of(state, knowledge)).disposition is Disposition.EMERGENCY


def answered(state: State, question: str, given: Mapping[str, Answer], knowledge: Knowledge) -> State:
    """Return the state with a question answered, or answered anew.

    Later answers that are still possible stay. Those that cannot hold beside the new ones are taken out, and a notice
    says so.

    Raises:
        Conflict: the new answers exclude each other or rest on something answered elsewhere that excludes them.
    """
    after = state.answered(question, given)
    impossible = _impossible(after.answers, knowledge)
    own = tuple(finding for finding in impossible if finding in given)
    if own:
        raise Conflict(own)
    after = replace(after, pack=knowledge.hash)
    return after.without(*impossible).telling(Notice("dropped", impossible)) if impossible else after


def adapted(state: State, knowledge: Knowledge) -> State:
    """Return a state that an older or newer pack wrote with all of its answers that still fit, and a notice.

    Examples:
        >>> old = State(pack="old").answered("nerves", {"saddle_numbness": False, "retired_question": True})
        >>> new = adapted(old, Knowledge.load())
        >>> dict(new.answers), [notice.kind for notice in new.notices]
        ({'saddle_numbness': False}, ['updated'])
    """
    if state.pack == knowledge.hash:
        return state
    state = replace(state, pending=tuple(f for f in state.pending if f in knowledge.findings))
    odd = [
        finding
        for finding, value in state.answers.items()
        if finding not in knowledge.findings
        or knowledge.findings[finding].supplied_by != "person"
        or not knowledge.answer_kind_fits(finding, value)
    ]
    kept = state.without(*odd)
    impossible = _impossible(kept.answers, knowledge)
    gone = tuple(finding for finding in (*odd, *impossible) if finding in knowledge.findings)
    return replace(kept.without(*impossible), pack=knowledge.hash).telling(Notice("updated", gone))


def reopened(answers: Mapping[str, Answer], knowledge: Knowledge) -> State:
    """Return the answers of somebody else's case as a state, each in the question that asks it."""
    state = State("adult", pack=knowledge.hash)
    screened = [(screen.id, screen.findings) for screen in knowledge.screens]
    alone = [(finding, (finding,)) for finding in knowledge.asking_order]
    for question, findings in (*screened, *alone):
        given = {f: answers[f] for f in findings if f in answers and f not in state.answers}
        state = state.answered(question, given) if given else state
    return state


def question_of(step: Step, knowledge: Knowledge) -> Question:
    """Return the question that a step answered, to ask it again."""
    stages = {screen.id: screen.stage for screen in knowledge.screens}
    purpose = stages.get(step.question, "follow_up")
    purposes: Mapping[str, Purpose] = {"danger": "danger", "about": "about", "plan": "plan"}
    return Question(step.question, tuple(step.answers), purposes.get(purpose, "urgency"))


def stage(question: Question, before: tuple[Step, ...], knowledge: Knowledge) -> int:
    """Return the part of the interview a question belongs to: 0 danger, 1 about the person, 2 closer questions.

    Args:
        question: the question.
        before: the steps before it.
        knowledge: the pack.
    """
    if question.purpose in ("urgency", "cause", "plan"):
        return 2
    about = {screen.id for screen in knowledge.screens if screen.stage == "about"}
    return 1 if question.purpose == "about" or any(step.question in about for step in before) else 0


def _brought_up(pending: tuple[str, ...], case: Case, knowledge: Knowledge) -> Question | None:
    """Return the first danger screen with a line that was brought up, if that can still change the advice.

    Where it is not known whether a line can hold for this person at all, what decides that is asked before it.
    """
    answers = answers_in_reach(effective_answers(case, knowledge), knowledge)
    now = triage_answers(knowledge, answers)
    live = set(unanswered(knowledge, answers, now))
    wanted = {f for finding in pending if finding in live for f in _first_of(finding, answers, knowledge)}
    for screen in knowledge.screens:
        if wanted.isdisjoint(screen.findings):
            continue
        if screen.stage == "danger":
            return Question(screen.id, tuple(f for f in screen.findings if f in live), "danger", now.at_most)
        if screen.stage == "about":
            return Question(screen.id, tuple(f for f in screen.findings if f not in answers), "about")
    return None


def _first_of(finding: str, answers: Mapping[str, Answer], knowledge: Knowledge) -> tuple[str, ...]:
    """Return the finding, or what has to be known before it can be asked."""
    ground = knowledge.findings[finding].only_if
    if ground is None or knowledge.evaluate[ground](answers) is not Truth.UNKNOWN:
        return (finding,)
    return tuple(f for f in knowledge.mentions(ground) if f not in answers) or (finding,)


def _impossible(answers: Mapping[str, Answer], knowledge: Knowledge) -> tuple[str, ...]:
    """Return the answers to take out so that the rest can hold together; by the core's own judgement."""
    kept, out = dict(answers), list[str]()
    while True:
        try:
            Case().with_answers(kept, knowledge)
        except CaseError:
            # The core refuses; these are the findings it refuses for.
            refused = [
                f for f, holds in knowledge.only_if if f in kept and _says_more(kept[f]) and holds(kept) is Truth.FALSE
            ]
            if not refused:
                raise
            out += refused
            kept = {finding: value for finding, value in kept.items() if finding not in refused}
        else:
            return tuple(out)


def _says_more(value: Answer) -> bool:
    return value is not False and value != UNSURE
