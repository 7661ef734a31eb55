"""What one browser carries: the answers, who they are about, and in which order they were asked. Nothing else."""

from __future__ import annotations

import json
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, TypeAlias, get_args

from unclench.logic import UNSURE, Answer

__all__ = ["LONGEST_GOAL", "MOST_TURNS", "Damaged", "Notice", "State", "Step", "Turn", "Who", "new_check"]

Who: TypeAlias = Literal["me", "child", "adult"]

LONGEST_GOAL = 200
"""Characters of a goal."""

MOST_TURNS = 12
"""Exercises of one day that are kept; no phase of a plan has as many."""

_FORMAT = 5
_FIELDS = {2: 0, 3: 1, 4: 2, _FORMAT: 3}  # how many of the last fields, goal, turns and check, each format has
_LARGEST = 64 * 1024  # bytes of JSON; far above every finding answered, and a bound for what is unpacked


def new_check() -> str:
    """Return letters that tell a new check from every other one in this browser."""
    return secrets.token_urlsafe(6)


class Damaged(Exception):
    """The bytes are not a state that this program wrote."""


@dataclass(frozen=True, slots=True)
class Step:
    """One question that was answered.

    Attributes:
        question: id of the question: a screen, a finding, or `own_words`.
        answers: what was answered, in the order of asking.
    """

    question: str
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person must be told once, on the next page.

    Attributes:
        kind: `dropped` (answers that no longer fit), `updated` (a newer pack) or `replaced` (the form was out of date).
        findings: which findings it is about.
    """

    kind: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What became of one exercise of today's set.

    Attributes:
        planned: id of the exercise that the plan names.
        chosen: id of the one done in its place; empty = the planned one.
        how: empty = not done yet, `done`, or why it was left out.
        aside: exercises of this place that were put aside, each with the reason.
    """

    planned: str
    chosen: str = ""
    how: str = ""
    aside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All that is known of one check.

    Attributes:
        who: whom the answers are about.
        steps: the questions answered, in order; each finding stands in one of them only.
        pack: the hash of the pack that asked.
        notices: what the next page has to tell.
        pending: findings that the person's own words bring up, to be asked anew, danger first.
        goal: what they want to do again, in their words; at most `LONGEST_GOAL` characters.
        turns: what became of the exercises of today's set; one that is not in the set any more counts for nothing.
        check: a few random letters, new for each check, so that a form of another one is not mixed in.

    Examples:
        >>> state = State(pack="sha256:1").answered("nerves", {"saddle_numbness": False})
        >>> state = state.answered("about", {"age": 40, "sex": "unsure"})
        >>> State.unpack(state.pack_up()) == state, dict(state.answers)["age"]
        (True, 40)
    """

    who: Who = "me"
    steps: tuple[Step, ...] = ()
    pack: str = ""
    notices: tuple[Notice, ...] = ()
    pending: tuple[str, ...] = ()
    goal: str = ""
    turns: tuple[Turn, ...] = ()
    check: str = ""

    @property
    def answers(self) -> dict[str, Answer]:
        """Every answer, by finding."""
        return {finding: value for step in self.steps for finding, value in step.answers.items()}

    def answered(self, question: str, given: Mapping[str, Answer]) -> State:
        """Return the state with a question answered, or answered anew where it stood before.

        A screen that comes again with other lines is a step of its own, so that going back leads through both.
        """
        kept, placed = list[Step](), False
        for step in self.steps:
            rest = {finding: value for finding, value in step.answers.items() if finding not in given}
            if step.question == question and not given.keys().isdisjoint(step.answers) and not placed:
                rest = {**{f: given.get(f, v) for f, v in step.answers.items()}, **given}
                placed = True
            if rest:
                kept.append(Step(step.question, rest))
        if not placed:
            kept.append(Step(question, dict(given)))
        return replace(self, steps=tuple(kept), pending=tuple(f for f in self.pending if f not in given))

    def bringing_up(self, *findings: str) -> State:
        """Return the state with these findings to be asked anew, after those that were already."""
        return replace(self, pending=tuple(dict.fromkeys((*self.pending, *findings))))

    def without(self, *findings: str) -> State:
        """Return the state with these answers taken out."""
        left = (Step(s.question, {f: v for f, v in s.answers.items() if f not in findings}) for s in self.steps)
        return replace(self, steps=tuple(step for step in left if step.answers))

    def telling(self, *notices: Notice) -> State:
        """Return the state with these notices added; those of one kind become one, so that they stay few."""
        merged: dict[str, tuple[str, ...]] = {}
        for notice in (*self.notices, *notices):
            merged[notice.kind] = tuple(dict.fromkeys((*merged.get(notice.kind, ()), *notice.findings)))
        return replace(self, notices=tuple(Notice(kind, findings) for kind, findings in merged.items()))

    def turned(self, turn: Turn) -> State:
        """Return the state with this turn, in place of the one that the same exercise had; the oldest make room."""
        others = (one for one in self.turns if one.planned != turn.planned)
        return replace(self, turns=(*others, turn)[-MOST_TURNS:])

    def told(self) -> State:
        """Return the state without notices: they were shown."""
        return replace(self, notices=())

    def pack_up(self) -> bytes:
        """Return the state as few bytes; finding ids are kept, so that a newer pack can still read them."""
        data = [
            _FORMAT,
            self.pack,
            self.who,
            [[s.question, list(s.answers), [_coded(v) for v in s.answers.values()]] for s in self.steps],
            [[n.kind, *n.findings] for n in self.notices],
            list(self.pending),
            self.goal,
            [[one.planned, one.chosen, one.how, *map(list, one.aside)] for one in self.turns],
            self.check,
        ]
        packer = zlib.compressobj(level=9, zdict=_common())
        return packer.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()) + packer.flush()

    @classmethod
    def unpack(cls, packed: bytes) -> State:
        """Read what `pack_up` wrote.

        Raises:
            Damaged: it is something else.
        """
        try:
            unpacker = zlib.decompressobj(zdict=_common())
            text = unpacker.decompress(packed, _LARGEST)
            if not unpacker.eof:
                raise Damaged
            number, pack, who, steps, notices, pending, *rest = json.loads(text)
            goal, turns, check = _last(number, rest)
            if who not in get_args(Who) or not isinstance(pack, str):
                raise Damaged
            return cls(
                who,
                tuple(
                    Step(str(q), {str(f): _decoded(v) for f, v in zip(findings, values, strict=True)})
                    for q, findings, values in steps
                ),
                pack,
                tuple(Notice(str(kind), tuple(str(f) for f in findings)) for kind, *findings in notices),
                tuple(str(f) for f in pending),
                goal,
                turns,
                check,
            )
        except (zlib.error, ValueError, TypeError, RecursionError) as error:
            raise Damaged from error


def _last(number: Any, fields: list[Any]) -> tuple[str, tuple[Turn, ...], str]:
    """Return what the fields at the end say, of which older formats have fewer."""
    if len(fields) != _FIELDS.get(number):
        raise Damaged
    goal = fields[0] if fields else ""
    turns = fields[1] if len(fields) > 1 else ()
    check = fields[2] if len(fields) > 2 else ""
    if not isinstance(goal, str) or len(goal) > LONGEST_GOAL or len(turns) > MOST_TURNS or not isinstance(check, str):
        raise Damaged
    return goal, tuple(_turn(*one) for one in turns), check


def _turn(planned: Any, chosen: Any, how: Any, *aside: Any) -> Turn:
    return Turn(str(planned), str(chosen), str(how), tuple((str(name), str(why)) for name, why in aside))


@lru_cache(maxsize=1)
def _common() -> bytes:
    """What most states are made of, so that it takes next to no room: the frozen list of words of the handed-over code.

    It never changes, so every version reads what any other wrote. Words it lacks are packed in full.
    """
    return resources.files("unclench.handover").joinpath("words_1.txt").read_bytes()


def _coded(value: Answer) -> Any:
    if value == UNSURE:
        return None
    return list(value) if isinstance(value, tuple) else value


def _decoded(value: Any) -> Answer:
    if value is None:
        return UNSURE
    if isinstance(value, list):
        return tuple(str(one) for one in value)
    if isinstance(value, bool | int | float | str):
        return value
    raise Damaged
