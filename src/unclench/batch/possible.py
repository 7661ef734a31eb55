"""Which questions cannot hold, or do not come up, for whom: taken from columns of answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.planes import Runner, unpacked
from unclench.batch.reading import Reader
from unclench.knowledge import Knowledge
from unclench.logic.columns import Asked, Circuit, Wire

__all__ = ["Mask", "Possible"]

Mask: TypeAlias = npt.NDArray[np.bool_]
"""Who: one a person."""


class Possible:
    """Takes back answers to questions that nobody would have been asked.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        circuit = Circuit(knowledge.evaluate.predicates)
        answered = {finding: circuit.asked(finding) for finding in knowledge.findings}
        found: dict[str, list[Wire]] = {}
        for one in knowledge.findings.values():
            for ground in (one.only_if, one.follows_from):
                if ground is None:
                    continue
                _, false = circuit.truths(ground, answered)
                found.setdefault(one.id, []).append(false)
                asked = answered[one.id]
                known, unsure = (circuit.all_of(wire, false ^ 1) for wire in (asked.known, asked.unsure))
                # Put beside, so that what hangs on it cannot hold either.
                answered[one.id] = Asked(known, unsure, circuit.any_of(asked.beside, false))
        self._runner = Runner(circuit, {finding: [circuit.any_of(*wires)] for finding, wires in found.items()})
        self._reader = Reader(knowledge, self._runner.inputs)

    def keep(self, arrays: dict[str, pa.Array]) -> dict[str, Mask]:
        """Make every answer open whose question cannot hold or does not come up beside the others, in place.

        Args:
            arrays: finding id to answers, all of one length; of the types of `unclench.batch.reading`.

        Returns:
            Finding id to whom it is not asked, for each finding that has such a condition.
        """
        batch = pa.RecordBatch.from_pydict(arrays)
        found = self._runner.run(self._reader.read(batch).planes, batch.num_rows)
        beside = {name: unpacked(planes[:, 0], batch.num_rows) for name, planes in found.items()}
        for name, mask in beside.items():
            if name in arrays:
                arrays[name] = without(arrays[name], mask)
        return beside


def without(answers: pa.Array, people: Iterable[bool]) -> pa.Array:
    """Return answers with those of some people left open; a dictionary stays as it is."""
    mask = pa.array(people)
    if pa.types.is_dictionary(answers.type):  # `if_else` would make a new one, in the order in which words come up
        codes = pc.if_else(mask, pa.scalar(None, answers.indices.type), answers.indices)
        return pa.DictionaryArray.from_arrays(codes, answers.dictionary)
    return pc.if_else(mask, pa.scalar(None, answers.type), answers)
