"""The people the benchmarks are run on, made from whatever pack is loaded, so that they never go stale."""

from __future__ import annotations

from random import Random

from unclench.errors import CaseError
from unclench.knowledge import Finding, Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Case
from unclench.reasoning.simulation import interview

__all__ = ["PEOPLE", "drawn", "people"]

PEOPLE = ("nothing said", "interviewed", "everything said")


def people(knowledge: Knowledge) -> dict[str, Case]:
    """Return the three people, from the least to the most that can be known.

    "interviewed" is somebody aged 42 in primary care who answered the whole interview with no or none of these: the
    usual length of a case, with no short cut by an early emergency.
    """
    start = Case.from_data({"age": 42, "sex": "female", "setting": "primary_care", "findings": {}}, knowledge)
    asked = interview(knowledge, start, unstated="no").result.case
    return dict(zip(PEOPLE, (start, asked, drawn(knowledge, Random(7), share=1.0)), strict=True))


def drawn(knowledge: Knowledge, random: Random, *, share: float) -> Case:
    """Draw a case without contradiction.

    Args:
        knowledge: the pack.
        random: seeded, so that the case is the same each time for the same pack.
        share: about what part of the findings is answered; some of the answers are "unsure".
    """
    case = Case()
    for finding in knowledge.findings.values():
        if random.random() >= share:
            continue
        value: Answer = UNSURE if random.random() < 0.1 else _definite(finding, random)
        try:
            case = case.with_answers({finding.id: value}, knowledge)
        except CaseError:
            continue  # it cannot hold for this person
    return case


def _definite(finding: Finding, random: Random) -> Answer:
    match finding.kind:
        case "boolean":
            return random.random() < 0.3
        case "choice":
            return random.choice(finding.choices)
        case "regions":
            return tuple(sorted(random.sample(finding.choices, random.randint(0, 3))))
        case "number":
            number = random.uniform(finding.minimum, finding.maximum)
            return round(number) if finding.integer else round(number, 1)
