"""The rules of a pack as planes: who is refused, how urgent it is for whom, which rules fired.

Every step is that of `unclench.reasoning.triage`, said of all people together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.logic.columns import NOBODY, Answered, Asked, Circuit, Wire
from unclench.logic.nodes import Compare, Present

__all__ = ["LEVELS", "Urgency", "impossible", "out_of_the_way"]

LEVELS: Final = tuple(Disposition)[1:]


def impossible(knowledge: Knowledge, circuit: Circuit, answered: Mapping[str, Asked]) -> Wire:
    """Return who stated something that cannot hold for them: their row is refused."""
    found = []
    for finding in knowledge.findings.values():
        if finding.only_if is not None:
            _, false = circuit.truths(finding.only_if, answered)
            known = answered[finding.id].known
            stated = circuit.all_of(known, circuit.input(Present(finding.id))) if finding.kind == "boolean" else known
            found.append(circuit.all_of(stated, false))
    return circuit.any_of(*found)


def out_of_the_way(knowledge: Knowledge, circuit: Circuit, answered: Answered) -> None:
    """Put every question that cannot hold, or does not come up, beside: `with_not_applicable`."""
    for finding in knowledge.findings.values():
        for ground, strict in ((finding.only_if, True), (finding.follows_from, False)):
            if ground is None:
                continue
            _, false = circuit.truths(ground, answered)
            asked = answered[finding.id]
            kept = [asked.known, asked.beside] if strict else [asked.known, asked.beside, asked.unsure]
            put = circuit.all_of(false, *(wire ^ 1 for wire in kept))
            unsure = circuit.all_of(asked.unsure, put ^ 1)
            answered[finding.id] = Asked(asked.known, unsure, circuit.any_of(asked.beside, put))


def _in_reach(knowledge: Knowledge, circuit: Circuit, answered: Mapping[str, Asked]) -> Answered:
    """Return the answers with what nobody here can supply out of the way: `answers_in_reach`."""
    made = dict(answered)
    for finding in knowledge.findings.values():
        if finding.supplied_by != "person":
            asked = answered[finding.id]
            made[finding.id] = Asked(asked.known, asked.unsure, circuit.any_of(asked.known, asked.unsure) ^ 1)
    return made


@dataclass(frozen=True, slots=True)
class Urgency:
    """Who is told what; of levels, one wire for each above the lowest: who is at least that urgent.

    Attributes:
        disposition: the advice.
        at_least: what fires now, without what is provisional.
        at_most: what still could.
        settled: for whom no answer could change the urgency any more.
        floor: whom only an open question about danger raises.
        rules: who makes each rule true.
    """

    disposition: tuple[Wire, ...]
    at_least: tuple[Wire, ...]
    at_most: tuple[Wire, ...]
    settled: Wire
    floor: Wire
    rules: tuple[Wire, ...]

    @classmethod
    def of(
        cls, knowledge: Knowledge, rules: Sequence[Rule], circuit: Circuit, answered: Mapping[str, Asked]
    ) -> Urgency:
        """Decide the urgency: `triage_answers`."""
        reach = _in_reach(knowledge, circuit, answered)
        truths = [circuit.truths(rule.when, reach) for rule in rules]
        fired = {rule.id: true for rule, (true, _) in zip(rules, truths, strict=True)}
        could = {
            rule.id: circuit.all_of(true ^ 1, false ^ 1) for rule, (true, false) in zip(rules, truths, strict=True)
        }
        floor = knowledge.model.open_emergency_floor
        danger = _open_danger(knowledge, rules, circuit, reach, could)
        now, without, least, most = [], [], [], []
        for level in LEVELS:
            reaching = [rule for rule in rules if rule.disposition >= level]
            without.append(circuit.any_of(*(fired[rule.id] for rule in reaching)))
            now.append(circuit.any_of(without[-1], danger) if level <= floor else without[-1])
            least.append(circuit.any_of(*(fired[rule.id] for rule in reaching if not rule.provisional)))
            most.append(circuit.any_of(without[-1], *(could[rule.id] for rule in reaching)))
        return cls(
            disposition=tuple(now),
            at_least=tuple(least),
            at_most=tuple(most),
            # At least this urgent implies at most: they differ where the second holds alone.
            settled=circuit.any_of(*(circuit.all_of(b, a ^ 1) for a, b in zip(least, most, strict=True))) ^ 1,
            floor=circuit.any_of(*(circuit.all_of(a, b ^ 1) for a, b in zip(now, without, strict=True))),
            rules=tuple(fired[rule.id] for rule in rules),
        )


def _open_danger(
    knowledge: Knowledge, rules: Sequence[Rule], circuit: Circuit, reach: Mapping[str, Asked], could: Mapping[str, Wire]
) -> Wire:
    """Return whom an open question about danger keeps from self-care."""
    found = []
    for rule in rules:
        if rule.disposition is Disposition.EMERGENCY:
            found.append(could[rule.id])
        elif rule.disposition >= knowledge.model.open_emergency_floor:
            open_to = [_no(knowledge, circuit, reach, finding) ^ 1 for finding in knowledge.dangers_of[rule.id]]
            found.append(circuit.all_of(could[rule.id], circuit.any_of(*open_to)))
    return circuit.any_of(*found)


def _no(knowledge: Knowledge, circuit: Circuit, reach: Mapping[str, Asked], finding: str) -> Wire:
    """Return who said no, or for whom the question cannot hold."""
    asked = reach[finding]
    match knowledge.findings[finding].kind:
        case "boolean":
            no = circuit.all_of(asked.known, circuit.input(Present(finding)) ^ 1)
        case "number":
            no = circuit.all_of(asked.known, circuit.input(Compare(finding, "==", 0)))
        case _:
            no = NOBODY
    return circuit.any_of(no, asked.beside)
