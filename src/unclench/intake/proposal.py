"""What reading somebody's own words gives: proposed answers, each with the words it came from."""

from __future__ import annotations

from dataclasses import dataclass

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
        danger: findings of danger screens whose words were met at all: denied, doubted, past, or of somebody else.
            They are to be asked at once, whatever becomes of the proposals.
        unsided: findings' regions named without a side, such as `calf`: the body map can ask.
        about_another: the text seems to tell of somebody else only.
        truncated: the text was longer than is read.
    """

    proposals: tuple[Proposal, ...] = ()
    danger: tuple[str, ...] = ()
    unsided: tuple[str, ...] = ()
    about_another: bool = False
    truncated: bool = False
