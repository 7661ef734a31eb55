"""The same person with another sex or age, and nothing else changed: does the advice change, and by which rule?

An answer that cannot hold any more (a pregnant man) is taken away. A question that can hold now (a woman who was a man
is asked whether she is pregnant) is answered "no", so that nothing changes but what the swap itself brings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.assess import assess_batch
from unclench.batch.fairness import age_bands, band_name, groups_of
from unclench.batch.possible import Mask, Possible
from unclench.batch.reading import BESIDE_ANSWERS
from unclench.knowledge import Disposition, Knowledge, Rule
from unclench.reasoning.validation import Share

__all__ = ["Reason", "Swap", "Swaps"]

OPEN_QUESTION: Final = "an open question about danger"
"""In place of a rule, where a question left open raises the advice on one side only."""


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """What changed the advice.

    Attributes:
        rule: the rule that fires on one side only; or `OPEN_QUESTION`.
        how: `names` (the rule itself asks for the age or the sex), `cannot hold` (it asks something that cannot hold
            for everybody), `open` (no rule fires on one side only, but one could), or `not explained` (neither: a
            fault to look into).
        question: that question; empty otherwise.
    """

    rule: str
    how: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """Everybody else turned into one group.

    Attributes:
        by: what was changed: age or sex.
        to: to what.
        changed: how many got another advice, of all who were changed.
        more: how many of those a more urgent one.
        less: how many a less urgent one.
        reasons: what changed it, to how many people; one person can count for several.
        left_out: people whose answers could not be read one way or the other.
    """

    by: str
    to: str
    changed: Share
    more: int
    less: int
    reasons: tuple[tuple[Reason, int], ...]
    left_out: int


class Swaps:
    """Swaps ages and sexes of people, block by block, and counts.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._possible = Possible(knowledge)
        self._rules = {rule.id: rule for rule in knowledge.rules}
        self._only_some = [
            one.id for one in knowledge.findings.values() if one.only_if is not None and one.kind == "boolean"
        ]
        self._counts: dict[tuple[str, str], Counter[Any]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Swap some people."""
        answers = {name: batch[name] for name in batch.schema.names if name not in BESIDE_ANSWERS}
        groups = groups_of(self.knowledge, batch)
        before = dict(answers)
        beside = self._possible.keep(before)
        as_is = assess_batch(self.knowledge, pa.RecordBatch.from_pydict(before)).select(
            ["disposition", "rules", "error"]
        )
        for by, to, column in self._variants(batch.num_rows):
            after = {**answers, by: column}
            newly = self._possible.keep(after)
            self._answer_no(after, beside, newly)
            swapped = assess_batch(self.knowledge, pa.RecordBatch.from_pydict(after))
            self._count(by, to, np.array(groups[by], object), as_is, swapped)

    def found(self) -> list[Swap]:
        """Return what was counted."""
        made = []
        for (by, to), counted in self._counts.items():
            reasons = [(what, count) for what, count in counted.items() if isinstance(what, Reason)]
            reasons.sort(key=lambda one: (-one[1], one[0]))
            more, less = counted["more"], counted["less"]
            changed = Share(more + less, counted["people"])
            made.append(Swap(by, to, changed, more, less, tuple(reasons), counted["left out"]))
        return made

    def reason(self, rule: Rule, by: str) -> Reason:
        """Return how a rule can depend on the age or the sex."""
        if by in self.knowledge.mentions(rule.when):
            return Reason(rule.id, "names")
        question = next((name for name in self.knowledge.mentions(rule.when) if self._hangs_on(name, by)), None)
        return Reason(rule.id, "not explained") if question is None else Reason(rule.id, "cannot hold", question)

    def _hangs_on(self, finding: str, by: str) -> bool:
        """Whether a question comes up only for some ages or sexes, by its own condition or by that of another."""
        one = self.knowledge.findings[finding]
        looked_at = {name for node in (one.only_if, one.follows_from) if node for name in self.knowledge.mentions(node)}
        return by in looked_at or any(self._hangs_on(name, by) for name in looked_at)

    def _variants(self, people: int) -> Iterator[tuple[str, str, pa.Array]]:
        for sex in self.knowledge.findings["sex"].choices:
            yield "sex", sex, pa.array([sex] * people, pa.string())
        for first, last in age_bands(self.knowledge):
            yield "age", band_name((first, last)), pa.array(np.full(people, (first + last) // 2, np.int32))

    def _answer_no(self, answers: dict[str, pa.Array], before: dict[str, Mask], after: dict[str, Mask]) -> None:
        for name in self._only_some:
            new = before[name] & ~after[name]
            if not new.any():
                continue
            size = len(new)
            said = answers.get(name, pa.nulls(size, pa.string()))
            said = said if pa.types.is_boolean(said.type) else said.cast(pa.string())
            no = pa.scalar(False) if pa.types.is_boolean(said.type) else pa.scalar("false")
            answers[name] = pc.if_else(pa.array(new & ~np.array(said.is_valid())), no, said)

    def _count(self, by: str, to: str, group: Any, before: pa.RecordBatch, after: pa.RecordBatch) -> None:
        counted = self._counts.setdefault((by, to), Counter())
        readable = np.array(before["error"].is_null()) & np.array(after["error"].is_null())
        other = (group != to) & (group != "not said")
        counted["left out"] += int((other & ~readable).sum())
        who = other & readable
        counted["people"] += int(who.sum())
        levels = [np.array(one["disposition"].cast(pa.string()).to_pylist(), object) for one in (before, after)]
        rules = [one["rules"] for one in (before, after)]
        for row in np.flatnonzero(who & (levels[0] != levels[1])).tolist():
            was, now = (Disposition.of(level[row]) for level in levels)
            counted["more" if now > was else "less"] += 1
            fired = [set(one[row].as_py()) for one in rules]
            apart = fired[now > was] - fired[now < was]  # on the side with the more urgent advice only
            deciding = [self._rules[name] for name in apart if self._rules[name].disposition >= max(was, now)]
            reasons = {self.reason(rule, by) for rule in deciding} or {Reason(OPEN_QUESTION, "open")}
            counted.update(reasons)
