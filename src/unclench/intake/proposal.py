"""What reading somebody's own words gives: proposed answers, each with the words it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from unclench.logic import Answer

__all__ = ["Intake", "Proposal", "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """A part of the text.

    Attributes:
        start: place of its first character in the text as it was given.
        end: place after its last character.
        text: the words, with control and direction characters as spaces; still to be escaped by whoever shows them.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer to be confirmed, changed or thrown away by the person.

    Attributes:
        finding: the finding it answers.
        value: an answer that fits the finding.
        words: what it was read from, in order.
    """

    finding: str
    value: Answer
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """What was understood.

    Attributes:
        proposals: in the order in which the text has them, one for each finding at most.
        danger: findings of danger screens whose words were met at all (denied, doubted, past, or of somebody else
            too), in the order of asking, each with those words. They are to be asked at once, whatever becomes of the
            proposals.
        unsided: regions named without their side, such as `calf`, each with the words: the body map can ask.
        about_another: the text seems to tell of somebody else only.
        truncated: the text was longer than is read.
    """

    proposals: tuple[Proposal, ...] = ()
    danger: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    unsided: Mapping[str, tuple[Words, ...]] = field(default_factory=dict)
    about_another: bool = False
    truncated: bool = False
