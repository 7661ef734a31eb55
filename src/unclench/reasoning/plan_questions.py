"""What a plan has to ask: only what something it may hold still depends on, and only once the check has ended."""

from __future__ import annotations

from unclench.logic import Answer, Node, Truth, live_findings
from unclench.reasoning.fitting import Candidate, catalogue, left_out
from unclench.reasoning.medicines import check_medicine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from unclench.knowledge import Disposition, Knowledge
    from unclench.knowledge.plan_records import Track, Treatment
    from unclench.knowledge.records import Exercise

__all__ = ["plan_lines", "plan_screen"]

_SETTLED = ("contraindicated", "unwanted", "not_indicated")


def plan_lines(knowledge: Knowledge, answers: Mapping[str, Answer], disposition: Disposition) -> set[str]:
    """Return the findings on which something that a plan may hold still depends.

    Args:
        knowledge: the pack.
        answers: effective answers. "unsure" is an answer: it is not asked again.
        disposition: how urgent it is; whoever gets no plan is asked nothing for one.
    """
    model = knowledge.plan_model
    known = catalogue(knowledge)
    if disposition not in model.dispositions:
        return set()
    adult = known.adults_only(answers)
    if adult is not Truth.TRUE:
        return live_findings(model.adults_only, answers, knowledge.evaluate)
    track = next((one for one, holds in known.tracks if holds(answers) is Truth.TRUE), None)
    if track is None:
        return set().union(*(live_findings(one.when, answers, knowledge.evaluate) for one, _ in known.tracks))
    if track.routing_only:
        return set()
    lines = _Lines(knowledge, answers, track, waiting=disposition in model.waiting)
    return {finding for finding in lines.all() if finding not in answers}


def plan_screen(knowledge: Knowledge, lines: set[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the first screen with any of the lines, and which; a finding on no screen stands alone."""
    for stage in ("plan", "about", "danger", "follow_up"):
        for screen in knowledge.screens:
            asked = tuple(finding for finding in screen.findings if finding in lines)
            if screen.stage == stage and asked:
                return screen.id, asked
    alone = next((finding for finding in knowledge.asking_order if finding in lines), None)
    return None if alone is None else (alone, (alone,))


class _Lines:
    """The findings that what one kind of plan may hold depends on, for one person."""

    def __init__(self, knowledge: Knowledge, answers: Mapping[str, Answer], track: Track, *, waiting: bool) -> None:
        self.knowledge, self.answers, self.track, self.waiting = knowledge, answers, track, waiting
        self.known = catalogue(knowledge)

    def all(self) -> Iterator[str]:
        """Yield them, some more than once."""
        for treatment, candidate in self.known.offered(self.track):
            if treatment.tracks[self.track.id] and (treatment.while_waiting or not self.waiting):
                yield from self.of_treatment(treatment, candidate)
        tried = False
        for slots in self.known.slots[self.track.id].values():
            for slot, for_whom in slots:
                if for_whom is not None and for_whom(self.answers) is Truth.FALSE:
                    continue
                yield from self.live([slot.when] if slot.when is not None else [])
                for name in slot.any_of:
                    exercise, candidate = self.known.exercises[name]
                    if not self.is_settled(candidate) and self.may_wait(exercise):
                        tried = True
                        yield from self.of_exercise(exercise, candidate)
        if tried:
            yield self.knowledge.plan_model.minutes_a_day

    def of_treatment(self, treatment: Treatment, candidate: Candidate) -> Iterator[str]:
        """Yield what decides on a treatment and its medicines, as long as they may be offered."""
        if self.is_settled(candidate):
            return
        yield from self.of_candidate(candidate)
        yield from self.live(node for node in (treatment.unwanted, treatment.favoured) if node is not None)
        for name in treatment.medicines:
            advice = check_medicine(self.knowledge, name, self.answers)
            if advice.verdict == "cannot_check":
                yield from advice.open
            if advice.verdict == "may_take":
                return

    def of_exercise(self, exercise: Exercise, candidate: Candidate) -> Iterator[str]:
        """Yield what decides on an exercise."""
        model = self.knowledge.plan_model
        yield from self.of_candidate(candidate)
        if exercise.floor:
            yield model.no_floor
        if any(name not in model.household for name in exercise.equipment):
            yield model.no_equipment
        if exercise.most_pain < self.knowledge.findings[model.pain].maximum:
            yield model.pain

    def of_candidate(self, candidate: Candidate) -> Iterator[str]:
        if candidate.indication is not None:
            yield from self.live([candidate.indication[0]])
        yield from self.live(limit.when for limit, _ in candidate.limits)

    def is_settled(self, candidate: Candidate) -> bool:
        """Whether it is out whatever else is answered."""
        why = left_out(candidate, self.answers)
        return why is not None and why.reason in _SETTLED

    def may_wait(self, exercise: Exercise) -> bool:
        return not self.waiting or exercise.group in self.knowledge.plan_model.waiting_groups

    def live(self, nodes: Iterable[Node]) -> Iterator[str]:
        for node in nodes:
            yield from live_findings(node, self.answers, self.knowledge.evaluate)
