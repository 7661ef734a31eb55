"""Urgency, causes, contributors and kinds of episode of many people at once.

A pack becomes one circuit of gates and one table of weights. Answers become planes of bits, the gates say who makes
which rule and which term true, and the weights are added up and normalised: for all people in the same steps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unclench.batch import results
from unclench.batch.hashes import with_hashes
from unclench.batch.planes import Plane, Planes, Runner, listed, rows_of, unpacked
from unclench.batch.posterior import CONTRIBUTORS, EVENTS, RULE_OUT, Candidates, Model, judge
from unclench.batch.reading import Reader, check_columns, stored
from unclench.batch.urgency import Urgency, impossible, out_of_the_way
from unclench.batch.weights import Priors, Sums
from unclench.knowledge import Disposition, Hypothesis, Knowledge, Rule
from unclench.logic.columns import EVERYONE, NOBODY, Answered, Circuit, Wire

__all__ = ["BLOCK", "Engine", "assess_batch"]

BLOCK: Final = 65_536
"""People worked on together: few enough for memory, many enough that a step costs nothing beside its work."""

_DISPOSITIONS: Final = [one.id for one in Disposition]


def assess_batch(knowledge: Knowledge, batch: pa.RecordBatch, *, top: int = 5, hashes: bool = False) -> pa.RecordBatch:
    """Assess many people.

    Threads may call this side by side: nearly all of its work leaves the interpreter free.

    Args:
        knowledge: the pack.
        batch: one row a person, one column a finding; see `unclench.batch.reading` for the types. A null, and a
            finding without a column, is an open question. A column `id` is passed on.
        top: how many causes to list for each person.
        hashes: whether to add the column `result_hash`; see `unclench.reasoning.result_hash`.

    Returns:
        One row for each row, in the same order, with the columns of `result_schema`. Each row says what
        `unclench.assess` says of that person: `disposition`, the interval `at_least` to `at_most`, whether it is
        `settled`, whether only an open question about danger raises it (`floor`), whom to `see`, the `rules` that
        fired, the likeliest `causes` with their ranges, serious causes to `rule_out`, `contributors` and kinds of
        episode (`events`). A row that is no possible case has `error` and nothing else; for all others it is null.

    Raises:
        CaseError: a column is no finding, or of a type that cannot hold it.
        TypeError: this is no record batch, such as a table, which may be in many pieces.
        ValueError: `top` is negative.

    Examples:
        >>> people = pa.RecordBatch.from_pydict({"age": [50, 50], "bladder_change_new": [True, None]})
        >>> assess_batch(Knowledge.load(), people)["disposition"].to_pylist()
        ['emergency', 'same_day']
    """
    if not isinstance(batch, pa.RecordBatch):
        raise TypeError(
            f"assess_batch takes a pyarrow.RecordBatch, not a {type(batch).__name__}. "
            "Of a table, give each of table.to_batches()."
        )
    if top < 0:
        raise ValueError(f"top is {top}, and nobody can be told fewer than 0 causes. Give 0 or more.")
    check_columns(batch.schema, knowledge)
    batch = stored(batch)
    engine = _engine(knowledge)
    parts = [engine.assess(batch.slice(first, BLOCK), top) for first in range(0, batch.num_rows, BLOCK)]
    schema = results.result_schema(batch.schema)
    if len(parts) == 1:  # joining would copy
        made = parts[0]
    else:
        made = pa.concat_batches(parts) if parts else pa.RecordBatch.from_pylist([], schema=schema)
    return with_hashes(knowledge, made) if hashes else made


@lru_cache(maxsize=4)
def _engine(knowledge: Knowledge) -> Engine:
    return Engine(knowledge)


class Engine:
    """What of a pack is the same for every batch.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._circuit = circuit = Circuit(knowledge.evaluate.predicates)
        self._answered: Answered = {finding: circuit.asked(finding) for finding in knowledge.findings}
        self._impossible = impossible(knowledge, circuit, self._answered)
        out_of_the_way(knowledge, circuit, self._answered)
        self.rules: list[Rule] = [rule for rule, _ in knowledge.rule_evaluators]
        self._urgency = Urgency.of(knowledge, self.rules, circuit, self._answered)
        self._places = list(dict.fromkeys(["self", "urgent_care", *knowledge.places]))
        self._rule_urgency = np.array([one.disposition for one in self.rules], np.int8)
        self._rule_place = np.array([self._places.index(one.see) for one in self.rules], np.int8)
        self.causes = sorted(knowledge.causes)
        self.contributors = sorted(knowledge.contributors)
        self.events = sorted(knowledge.events)
        self._priors = Priors(knowledge, self.causes, circuit, self._answered)
        records: list[Hypothesis] = [knowledge.contributors[name] for name in self.contributors]
        records += [knowledge.events[name] for name in self.events]
        terms = [*(knowledge.causes[name].terms for name in self.causes), *(one.terms for one in records)]
        sums = Sums(terms, circuit, self._answered)
        same = np.ones(self._priors.logs.shape[1])
        first, second, end = np.cumsum([len(self.causes), len(self.contributors), len(self.events)]).tolist()
        told = knowledge.model.contributor_shown
        listed: list[tuple[int, float, int, Wire, Wire]] = []
        for place, name in enumerate(self.causes):
            threshold = knowledge.causes[name].test_threshold
            if threshold is not None:
                listed.append((place, threshold, RULE_OUT, self._pointing(name), EVERYONE))
        shown = math.log(told / (1.0 - told))
        listed += [(place, shown, CONTRIBUTORS, NOBODY, sums.supporting[place]) for place in range(first, second)]
        listed += [(place, knowledge.model.event_shown, EVENTS, NOBODY, EVERYONE) for place in range(second, end)]
        hypotheses, limits, lists, also, only = zip(*listed, strict=True)
        self._model = Model(
            weights=sums.weights,
            logs=np.vstack([self._priors.logs, *(one.prior.log * same for one in records)]),
            variances=np.vstack([self._priors.variances, *(one.prior.variance * same for one in records)]),
            borders=np.array([0, first, second, end]),
            candidates=Candidates(np.array(hypotheses, np.uint64), np.array(limits), np.array(lists)),
        )
        self._urgent = self._prepared({})
        self._whole = self._prepared(
            {"terms": sums.wires, "also": also, "only": only, "strata": self._priors.wires},
        )

    def _prepared(self, more: Mapping[str, Sequence[Wire]]) -> tuple[Reader, Runner]:
        """Return how to read and work out the urgency, and more."""
        urgency = self._urgency
        wanted = {
            "impossible": [self._impossible],
            "disposition": urgency.disposition,
            "at_least": urgency.at_least,
            "at_most": urgency.at_most,
            "settled": [urgency.settled],
            "floor": [urgency.floor],
            "rules": urgency.rules,
        }
        runner = Runner(self._circuit, {**wanted, **more})
        return Reader(self.knowledge, runner.inputs), runner

    def _pointing(self, cause: str) -> Wire:
        """Return for whom an urgent rule points to a cause."""
        pointing = zip(self.rules, self._urgency.rules, strict=True)
        return self._circuit.any_of(
            *(wire for rule, wire in pointing if cause in rule.suspects and rule.disposition >= Disposition.URGENT)
        )

    def urgency(self, batch: pa.RecordBatch) -> list[pa.RecordBatch]:
        """Return the columns from `disposition` to `rules`, block by block."""
        return [self._block(batch.slice(first, BLOCK), self._urgent, 0) for first in range(0, batch.num_rows, BLOCK)]

    def assess(self, batch: pa.RecordBatch, top: int) -> pa.RecordBatch:
        """Do what `assess_batch` does, for one block."""
        return self._block(batch, self._whole, min(top, len(self.causes)))

    def _block(self, batch: pa.RecordBatch, prepared: tuple[Reader, Runner], top: int) -> pa.RecordBatch:
        reader, runner = prepared
        people = batch.num_rows
        crowd = reader.read(batch)
        found = runner.run(crowd.planes, people)
        refused = crowd.odd | found["impossible"][:, 0]
        valid = pa.py_buffer(~refused) if refused.any() else None
        arrays = self._told(found, people, refused, valid)
        if "terms" in found:
            arrays |= self._hypotheses(found, people, refused, valid, top)
        arrays["error"] = pa.nulls(people, pa.string())
        if valid is not None:
            why = {row: reader.why_refused(batch, row) for row in rows_of(refused, people)}
            arrays["error"] = pa.array([why.get(row) for row in range(people)], pa.string())
        if "id" in batch.schema.names:
            arrays["id"] = batch["id"]
        schema = results.result_schema(batch.schema)
        kept = [field for field in schema if field.name in arrays]
        return pa.RecordBatch.from_arrays([arrays[field.name] for field in kept], schema=pa.schema(kept))

    def _told(
        self, found: Mapping[str, Planes], people: int, refused: Plane, valid: pa.Buffer | None
    ) -> dict[str, pa.Array]:
        """Return how urgent it is, whom to see, and which rules fired."""
        levels = {name: _level(found[name], people) for name in ("disposition", "at_least", "at_most")}
        starts, rules = listed(found["rules"] & ~refused[:, None], people)
        return {
            **{name: results.named(level, _DISPOSITIONS, valid) for name, level in levels.items()},
            "settled": results.bits(found["settled"][:, 0], people, valid),
            "floor": results.bits(found["floor"][:, 0], people, valid),
            "see": results.named(self._see(levels["disposition"], starts, rules), self._places, valid),
            "rules": results.names(starts, rules, [one.id for one in self.rules], valid),
        }

    def _see(
        self, now: npt.NDArray[np.int8], starts: npt.NDArray[np.int32], rules: npt.NDArray[np.int16]
    ) -> npt.NDArray[np.int8]:
        """Whom to see: as the first rule says if it is as urgent as the advice."""
        see: npt.NDArray[np.int8] = (now == Disposition.SAME_DAY).astype(np.int8)  # the second place is urgent care
        somebody = np.flatnonzero(starts[1:] > starts[:-1])
        leading = rules[starts[somebody]]
        decides = self._rule_urgency[leading] == now[somebody]
        see[somebody[decides]] = self._rule_place[leading[decides]]
        return see

    def _hypotheses(
        self, found: Mapping[str, Planes], people: int, refused: Plane, valid: pa.Buffer | None, top: int
    ) -> dict[str, pa.Array]:
        """Work out causes, contributors and kinds of episode."""
        strata = self._priors.strata(found["strata"].T, people)
        causes, rule_out, contributors, events = judge(self._model, found, strata, refused, top)
        return {
            "causes": results.estimates(causes, self.causes, valid),
            "rule_out": results.names(rule_out.starts, rule_out.codes, self.causes, valid),
            "contributors": results.estimates(contributors, self.contributors, valid),
            "events": results.estimates(events, self.events, valid),
        }


def _level(planes: Planes, people: int) -> npt.NDArray[np.int8]:
    """Return how many of the planes hold each person: of "at least this urgent", the urgency."""
    made: npt.NDArray[np.int8] = np.zeros(people, np.int8)
    for plane in planes.T:
        made += unpacked(plane, people)
    return made
