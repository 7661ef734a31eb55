"""A synthetic population, drawn from the pack's own model: nobody in it exists, and it is no picture of any country.

For each person: a setting, an age and a sex, with the shares that the pack gives to each; a cause from the priors of
that age and setting; then each answer by itself, given the cause. A yes is as likely as a base rate times what the
pack's ratios make of it for that cause, a no likewise, and where the pack has a ratio for both, the mean of the two
counts. A choice, a region or a number is weighed by the same ratios. Answers depend on each other only through the
cause, through the questions that cannot hold, and, if asked for, through a common inclination to say yes. Some are left
open, and some are "not sure"; a number that somebody is not sure of is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.possible import Possible
from unclench.knowledge import Cause, Finding, Hypothesis, Knowledge, Term
from unclench.logic import UNSURE, Answer, Compare, Node, Truth
from unclench.logic.nodes import children
from unclench.reasoning.case import ABOUT

__all__ = ["LABEL", "Population"]

Floats: TypeAlias = npt.NDArray[np.float64]

BLOCK: Final = 32_768
"""People drawn together. Another number would draw other people from the same seed."""

LABEL: Final = b"unclench.synthetic"
"""Key in the metadata of a table that says that nobody in it exists."""

_LIFETIME: Final = {"a": 1.0, "d": 365.25}
"""Units that count from birth at most, in a year: definition of UCUM, not a clinical number."""

_YES_NO: Final = ("false", "true", UNSURE)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How one finding is drawn.

    Attributes:
        finding: the finding.
        answers: what may be said; of a number, (least, less than).
        chances: how likely each answer is for each cause: one row an answer, one column a cause.
        cumulated: their sums from the first answer on.
        year: how much of the finding's unit a year of life has room for; None if its unit does not count from birth.
    """

    finding: Finding
    answers: tuple[Any, ...]
    chances: Floats
    cumulated: Floats
    year: float | None

    def fitting(self, age: Floats) -> npt.NDArray[np.intp]:
        """Return how many of the answers, from the first, do not reach back before each person's birth."""
        assert self.year is not None
        least = np.array([low for low, _ in self.answers])
        found: npt.NDArray[np.intp] = np.searchsorted(least, (age + 1) * self.year, "left")
        return found


class Population:
    """Draws synthetic people for one pack. Whom it draws is told by the pack, `model.yaml`: `population`.

    Args:
        knowledge: the pack.
        missing: which share of the answers is left open; the questions of the danger screens are skipped together, by
            this share of the people.
        unsure: which share of the answers given is "not sure". A column of numbers cannot hold that, so a number is
            left open instead.
        alike: which share of the yes/no answers comes from one inclination of the person to say yes. Each answer is as
            likely as before, but those of one person go together: two have a rank correlation of `alike` squared.
        block: how many are drawn at a time; another block draws other people.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        missing: float = 0.1,
        unsure: float = 0.002,
        alike: float = 0.0,
        block: int = BLOCK,
    ) -> None:
        self.knowledge, self.missing, self.unsure, self.alike, self.block = knowledge, missing, unsure, alike, block
        self.causes = sorted(knowledge.causes)
        self._priors = np.array([[one.priors[name].log for name in self.causes] for one in knowledge.strata])
        self._possible = Possible(knowledge)
        self._looking: dict[str, list[tuple[int, int, Term]]] = {}
        for place, name in enumerate(self.causes):
            for at, term in enumerate(knowledge.causes[name].terms):
                for finding in knowledge.mentions(term.when):
                    self._looking.setdefault(finding, []).append((place, at, term))
        limits = _limits(knowledge)
        model = knowledge.model
        self._asked = [one for one in knowledge.findings.values() if one.supplied_by == "person"]
        self._drawn = [
            self._of(one, model.population.danger_rate if one.red_flag else model.base_rate, limits.get(one.id, ()))
            for one in self._asked
            if one.id not in ABOUT
        ]
        self._together = {f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings}

    @property
    def schema(self) -> pa.Schema:
        """The columns of each batch: `id`, the cause that was drawn, and what people can answer."""
        fields = [("id", pa.string()), ("synthetic_cause", pa.string())]
        fields += [(one.id, _type(one)) for one in self._asked]
        return pa.schema(fields, metadata={LABEL: b"drawn from the model of the pack; nobody in it exists"})

    def batches(self, size: int, seed: int) -> Iterator[pa.RecordBatch]:
        """Yield `size` people; the same seed and pack give the same people, and a greater size only adds some."""
        for place, first in enumerate(range(0, size, self.block)):
            whole = self._block(np.random.default_rng([seed, place]), first)
            yield whole.slice(0, min(self.block, size - first))

    def posterior(self, batch: pa.RecordBatch) -> Floats:
        """Return how likely each cause is for people of this population, by how they were drawn and by nothing else.

        It is Bayes' rule on the very chances the answers were drawn with, so no other reckoning that knows only the
        answers can do better on them. It does not know of a common inclination (`alike`).

        Args:
            batch: people whom this population drew.

        Returns:
            One row a cause, in the order of `causes`; one column a person. Each column sums to 1.
        """
        age = batch["age"].to_numpy(zero_copy_only=False).astype(np.float64)
        logs = self._priors[self._stratum(age, batch["setting"].to_pylist())].T.copy()
        for one in self._drawn:
            place = _place(one, batch[one.finding.id])
            table = np.log(np.concatenate([one.chances, np.ones((1, len(self.causes)))]))  # the last: nothing said
            if one.year is not None:
                said = place < len(one.answers)
                logs[:, said] -= np.log(one.cumulated[one.fitting(age)[said] - 1]).T
            logs += table[place].T
        logs -= logs.max(axis=0)
        weights = np.exp(logs)
        made: Floats = weights / weights.sum(axis=0)
        return made

    def _of(self, finding: Finding, rate: float, limits: tuple[float, ...]) -> _Drawn:
        answers: tuple[Any, ...] = finding.choices
        if finding.kind == "boolean":
            yes = self._chance_of_yes(finding, rate)
            answers, chances = (False, True), np.stack([1 - yes, yes])
        else:
            if finding.kind == "number":
                greatest = min(finding.maximum, 2 * max(limits, default=finding.maximum))
                answers = tuple(pairwise(sorted({finding.minimum, *limits, greatest})))
            weights = np.stack([self._factors(finding, _example(finding, one)) for one in answers])
            chances = weights / weights.sum(axis=0)
        year = _LIFETIME.get(finding.unit or "") if finding.kind == "number" else None
        return _Drawn(finding, answers, chances, np.cumsum(chances, axis=0), year)

    def _chance_of_yes(self, finding: Finding, rate: float) -> Floats:
        """Return how likely a yes is for each cause: by its ratios for yes, for no, or the mean of both."""
        if_yes, if_no = self._factors(finding, True), self._factors(finding, False)
        says_yes, says_no = if_yes != 1.0, if_no != 1.0
        by_yes = rate * if_yes
        model = self.knowledge.model
        by_no = np.maximum(1 - (1 - rate) * if_no, rate * model.ratio_floor)  # a no can be no likelier than certain
        chance = np.where(says_no, np.where(says_yes, (by_yes + by_no) / 2, by_no), by_yes)
        return np.minimum(chance, model.most_likely)

    def _factors(self, finding: Finding, answer: Answer) -> Floats:
        """Return by how much an answer multiplies the weight of each cause."""
        strongest: dict[tuple[int, str | int], float] = {}
        for place, at, term in self._looking.get(finding.id, ()):
            truth = self.knowledge.evaluate[term.when]({finding.id: answer})
            weight = {Truth.TRUE: term.present, Truth.FALSE: term.absent}.get(truth)
            group = (place, at if term.group is None else term.group)
            if weight is not None and abs(weight.log) > abs(strongest.get(group, 0.0)):
                strongest[group] = weight.log
        logs = np.zeros(len(self.causes))
        for (place, _), log in strongest.items():
            logs[place] += log
        made: Floats = np.exp(logs)
        return made

    def _about(self, random: np.random.Generator) -> tuple[npt.NDArray[np.int32], dict[str, list[str]]]:
        """Draw age, sex and setting, by the shares of the pack."""
        people = self.knowledge.model.population
        first, last, share = np.array(people.ages).T
        band = random.choice(len(share), self.block, p=share)
        age = first[band] + np.floor(random.random(self.block) * (last - first + 1)[band])
        said = {}
        for name, shares in (("sex", people.sexes), ("setting", people.settings)):
            said[name] = random.choice(np.array([*shares], object), self.block, p=[*shares.values()]).tolist()
        return age.astype(np.int32), said

    def _stratum(self, age: npt.NDArray[Any], setting: Sequence[str]) -> npt.NDArray[np.intp]:
        """Return the place of each person's stratum."""
        where, place = np.array(setting, object), np.zeros(len(age), np.intp)
        for at, one in enumerate(self.knowledge.strata):
            place[(where == one.setting) & (age >= one.first_age) & (age <= one.last_age)] = at
        return place

    def _block(self, random: np.random.Generator, first: int) -> pa.RecordBatch:
        size = self.block
        age, said = self._about(random)
        arrays: dict[str, pa.Array] = {"age": pa.array(age), **{k: pa.array(v, pa.string()) for k, v in said.items()}}
        priors = np.exp(self._priors[self._stratum(age, said["setting"])].T)
        cause = _drawn(np.cumsum(priors / priors.sum(axis=0), axis=0), random.random(size))
        skipped = random.random(size) < self.missing
        inclined = random.random(size)
        for one in self._drawn:
            chance = random.random(size)
            if self.alike and one.finding.kind == "boolean":
                chance = np.where(random.random(size) < self.alike, inclined, chance)
            cumulated = one.cumulated[:, cause]
            if one.year is not None:
                chance = chance * cumulated[one.fitting(age.astype(np.float64)) - 1, np.arange(size)]
            place = _drawn(cumulated, chance)
            alone = random.random(size) < self.missing
            there = ~(skipped if one.finding.id in self._together else alone)
            unsure = there & (random.random(size) < self.unsure)
            arrays[one.finding.id] = self._answers(one, place, there, unsure, age, random)
        self._possible.keep(arrays)
        arrays["id"] = pa.array([f"synthetic-{first + row + 1}" for row in range(size)])
        arrays["synthetic_cause"] = pa.array(np.array(self.causes, object)[cause], pa.string())
        return pa.RecordBatch.from_arrays([arrays[name] for name in self.schema.names], schema=self.schema)

    def _answers(
        self,
        one: _Drawn,
        place: npt.NDArray[Any],
        there: npt.NDArray[np.bool_],
        unsure: npt.NDArray[np.bool_],
        age: npt.NDArray[Any],
        random: np.random.Generator,
    ) -> pa.Array:
        match one.finding.kind:
            case "boolean":
                codes = pa.array(np.where(unsure, 2, place).astype(np.int8), mask=~there)
                return pa.DictionaryArray.from_arrays(codes, pa.array(_YES_NO))
            case "number":
                low, high = np.array(one.answers).T[:, place]
                if one.year is not None:
                    high = np.minimum(high, (age + 1) * one.year)
                step = 1.0 if one.finding.integer else 10.0
                number = np.maximum(low, np.floor((low + random.random(len(place)) * (high - low)) * step) / step)
                return pa.array(number, mask=~(there & ~unsure)).cast(_type(one.finding))
            case "regions":
                words = np.array([*one.answers, UNSURE], object)
                marked = pa.array(words[np.where(unsure, len(one.answers), place)][there], pa.string())
                offsets = np.concatenate([[0], np.cumsum(there)]).astype(np.int32)
                return pa.ListArray.from_arrays(pa.array(offsets), marked, mask=pa.array(~there))
            case "choice":
                words = np.array([*one.answers, UNSURE], object)
                return pa.array(words[np.where(unsure, len(one.answers), place)], pa.string(), mask=~there)


_TYPES: Final = {
    "boolean": pa.dictionary(pa.int8(), pa.string()),
    "choice": pa.string(),
    "regions": pa.list_(pa.string()),
}


def _type(finding: Finding) -> pa.DataType:
    return _TYPES.get(finding.kind) or (pa.int32() if finding.integer else pa.float64())


def _drawn(cumulated: Floats, chance: Floats) -> npt.NDArray[np.intp]:
    """Return one place a person, from cumulated chances: one row a place, one column a person."""
    place: npt.NDArray[np.intp] = (cumulated[:-1] <= chance).sum(axis=0)
    return place


def _place(one: _Drawn, said: pa.Array) -> npt.NDArray[np.intp]:
    """Return the place of each person's answer among those that are drawn; one beyond the last where there is none."""
    nothing = len(one.answers)
    if one.finding.kind == "number":
        given = np.array(said.is_valid())
        number = pc.fill_null(said, 0).to_numpy(zero_copy_only=False)
        inside = np.searchsorted(np.array([low for low, _ in one.answers]), number, "right") - 1
        return np.where(given, inside, nothing)
    if one.finding.kind == "regions":  # one region is drawn for each
        first = np.full(len(said), None, object)
        first[np.array(said.is_valid())] = np.array(said.flatten().to_pylist(), object)
        said = pa.array(first, pa.string())
    words = _YES_NO[:2] if one.finding.kind == "boolean" else one.answers
    found = pc.index_in(said.cast(pa.string()), value_set=pa.array(words, pa.string()))
    made: npt.NDArray[np.intp] = pc.fill_null(found, nothing).to_numpy(zero_copy_only=False).astype(np.intp)
    return made


def _example(finding: Finding, answer: Any) -> Answer:
    if finding.kind == "number":
        low, high = answer
        return int((low + high) / 2) if finding.integer else float((low + high) / 2)
    return (answer,) if finding.kind == "regions" else str(answer)


def _limits(knowledge: Knowledge) -> Mapping[str, tuple[float, ...]]:
    """Return the numbers that rules, predicates and terms compare each finding with."""
    found: dict[str, set[float]] = {}
    hypotheses: tuple[Cause | Hypothesis, ...] = (
        *knowledge.causes.values(),
        *knowledge.contributors.values(),
        *knowledge.events.values(),
    )
    pending: list[Node] = [rule.when for rule in knowledge.rules]
    pending += knowledge.evaluate.predicates.values()
    pending += (term.when for one in hypotheses for term in one.terms)
    while pending:
        node = pending.pop()
        if isinstance(node, Compare):
            found.setdefault(node.finding, set()).add(node.value)
        pending += children(node)
    return {finding: tuple(sorted(values)) for finding, values in found.items()}
