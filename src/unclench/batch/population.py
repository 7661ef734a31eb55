"""A synthetic population, drawn from the pack's own model: nobody in it exists, and it is no picture of any country.

For each person: a setting, an age and a sex, each as likely as the next; a cause from the priors of that age and
setting; then each answer by itself, given the cause. A yes is as likely as a base rate times what the pack's ratios
make of it for that cause; a choice, a region or a number is weighed by the same ratios. Answers depend on each other
only through the cause and through the questions that cannot hold. Some are left open, and some are "not sure".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.planes import Planes, Runner, unpacked
from unclench.batch.reading import Reader
from unclench.batch.weights import Floats, Priors
from unclench.knowledge import Cause, Finding, Hypothesis, Knowledge
from unclench.logic import UNSURE, Answer, Compare, Node
from unclench.logic.columns import NOBODY, Answered, Asked, Circuit, Wire
from unclench.logic.nodes import children
from unclench.reasoning.differential import scores

__all__ = ["DANGER_RATE", "Population"]

DANGER_RATE: Final = 0.002
"""How often a danger is there in the synthetic people whose cause does not bring it: a setting, not a finding."""

BLOCK: Final = 32_768
"""People drawn together. Another number would draw other people from the same seed."""

_MOST_LIKELY: Final = 0.95  # no answer is taken for granted: definition of the model, not a clinical number
_YES_NO: Final = ("false", "true", UNSURE)
_LABEL: Final = {b"unclench.synthetic": b"drawn from the model of the pack; nobody in it exists"}


@dataclass(frozen=True, slots=True)
class _Drawn:
    """How one finding is drawn: its answers, and how likely each is for each cause, cumulated."""

    finding: Finding
    answers: tuple[Any, ...]
    cumulated: Floats


class Population:
    """Draws synthetic people for one pack.

    Args:
        knowledge: the pack.
        missing: which share of the answers is left open; the questions of the danger screens are skipped together, by
            this share of the people.
        unsure: which share of the answers given is "not sure".
        danger_rate: how likely a yes to a red flag is for a cause whose ratios say nothing of it.
    """

    def __init__(
        self, knowledge: Knowledge, *, missing: float = 0.1, unsure: float = 0.002, danger_rate: float = DANGER_RATE
    ) -> None:
        self.knowledge, self.missing, self.unsure = knowledge, missing, unsure
        self.causes = sorted(knowledge.causes)
        circuit = Circuit(knowledge.evaluate.predicates)
        answered = {finding: circuit.asked(finding) for finding in knowledge.findings}
        self._priors = Priors(knowledge, self.causes, circuit, answered)
        self._strata = Runner(circuit, {"strata": self._priors.wires})
        self._before = {name: one.log for name, one in scores(knowledge, {}).items()}
        limits = _limits(knowledge)
        self._asked = [one for one in knowledge.findings.values() if one.supplied_by == "person"]
        self._drawn = [
            self._of(one, danger_rate if one.red_flag else knowledge.model.base_rate, limits.get(one.id, ()))
            for one in self._asked
            if one.id not in ("age", "sex", "setting")
        ]
        self._together = {f for screen in knowledge.screens if screen.stage == "danger" for f in screen.findings}
        self._not_asked = self._unasked(circuit, answered)

    def _unasked(self, circuit: Circuit, answered: Answered) -> Runner:
        """Return how to find who is not asked what: what cannot hold for them, or does not come up."""
        found: dict[str, list[Wire]] = {}
        for one in self._asked:
            for ground in (one.only_if, one.follows_from):
                if ground is not None:
                    _, false = circuit.truths(ground, answered)
                    found.setdefault(one.id, []).append(false)
                    asked = answered[one.id]
                    known, unsure = (circuit.all_of(wire, false ^ 1) for wire in (asked.known, asked.unsure))
                    answered[one.id] = Asked(known, unsure, NOBODY)
        return Runner(circuit, {finding: [circuit.any_of(*wires)] for finding, wires in found.items()})

    @property
    def schema(self) -> pa.Schema:
        """The columns of each batch: `id`, the cause that was drawn, and what people can answer."""
        fields = [("id", pa.string()), ("synthetic_cause", pa.string())]
        fields += [(one.id, _type(one)) for one in self._asked]
        return pa.schema(fields, metadata=_LABEL)

    def batches(self, size: int, seed: int) -> Iterator[pa.RecordBatch]:
        """Yield `size` people; the same seed and pack give the same people, and a greater size only adds some."""
        for block, first in enumerate(range(0, size, BLOCK)):
            whole = self._block(np.random.default_rng([seed, block]), first)
            yield whole.slice(0, min(BLOCK, size - first))

    def _of(self, finding: Finding, rate: float, limits: tuple[float, ...]) -> _Drawn:
        if finding.kind == "boolean":
            chance = np.minimum(_MOST_LIKELY, rate * self._factors(finding, True))
            return _Drawn(finding, (0, 1), np.stack([1 - chance, np.ones_like(chance)]))
        answers: tuple[Any, ...] = finding.choices
        if finding.kind == "number":
            edges = sorted({finding.minimum, *limits, min(finding.maximum, 2 * max(limits, default=finding.maximum))})
            answers = tuple(pairwise(edges))
        weights = np.stack([self._factors(finding, _example(finding, one)) for one in answers])
        return _Drawn(finding, answers, np.cumsum(weights / weights.sum(axis=0), axis=0))

    def _factors(self, finding: Finding, answer: Answer) -> Floats:
        """Return by how much an answer multiplies the weight of each cause."""
        after = scores(self.knowledge, {finding.id: answer})
        return np.array([math.exp(after[name].log - self._before[name]) for name in self.causes])

    def _block(self, random: np.random.Generator, first: int) -> pa.RecordBatch:
        arrays: dict[str, pa.Array] = {}
        findings = self.knowledge.findings
        age = random.integers(int(findings["age"].minimum), int(findings["age"].maximum) + 1, BLOCK)
        arrays["age"] = pa.array(age.astype(np.int32))
        for name in ("sex", "setting"):
            choices = findings[name].choices
            arrays[name] = pa.array(np.array(choices, object)[random.integers(len(choices), size=BLOCK)], pa.string())
        strata = self._read(self._strata, arrays)["strata"]
        logs = self._priors.logs[:, self._priors.strata(strata.T, BLOCK)]
        cause = _drawn(np.cumsum(np.exp(logs) / np.exp(logs).sum(axis=0), axis=0), random)
        skipped = random.random(BLOCK) < self.missing
        for one in self._drawn:
            place = _drawn(one.cumulated[:, cause], random)
            alone = random.random(BLOCK) < self.missing
            there = ~(skipped if one.finding.id in self._together else alone)
            unsure = there & (random.random(BLOCK) < self.unsure)
            arrays[one.finding.id] = self._answers(one, place, there, unsure, random)
        for name, (nobody,) in ((name, planes.T) for name, planes in self._read(self._not_asked, arrays).items()):
            asked = pa.array(~unpacked(nobody, BLOCK))
            arrays[name] = pc.if_else(asked, arrays[name], pa.scalar(None, arrays[name].type))
        arrays["id"] = pa.array([f"synthetic-{first + row + 1}" for row in range(BLOCK)])
        arrays["synthetic_cause"] = pa.array(np.array(self.causes, object)[cause], pa.string())
        return pa.RecordBatch.from_arrays([arrays[name] for name in self.schema.names], schema=self.schema)

    def _read(self, runner: Runner, arrays: dict[str, pa.Array]) -> dict[str, Planes]:
        reader = Reader(self.knowledge, runner.inputs)
        return runner.run(reader.read(pa.RecordBatch.from_pydict(arrays)).planes, BLOCK)

    def _answers(
        self,
        one: _Drawn,
        place: npt.NDArray[Any],
        there: npt.NDArray[np.bool_],
        unsure: npt.NDArray[np.bool_],
        random: np.random.Generator,
    ) -> pa.Array:
        match one.finding.kind:
            case "boolean":
                codes = pa.array(np.where(unsure, 2, place).astype(np.int8), mask=~there)
                return pa.DictionaryArray.from_arrays(codes, pa.array(_YES_NO))
            case "number":
                low, high = np.array(one.answers).T[:, place]
                number = low + random.random(BLOCK) * (high - low)
                number = np.floor(number) if one.finding.integer else number.round(1)
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


def _drawn(cumulated: Floats, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return one place a person, from cumulated chances: one row a place, one column a person."""
    place: npt.NDArray[np.intp] = (cumulated[:-1] <= random.random(cumulated.shape[1])).sum(axis=0)
    return place


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
