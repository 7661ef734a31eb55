"""Which questions cannot hold, or do not come up, for whom: taken from columns of answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.reading import Reader
from unclench.knowledge import Knowledge
from unclench.logic.columns import Program, unpacked

__all__ = ["Mask", "Possible"]

Mask: TypeAlias = npt.NDArray[np.bool_]
"""Who: one a person."""


class Possible:
    """Takes back answers to questions that nobody would have been asked.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._reader = Reader(knowledge)
        self._grounds = [
            (one.id, Program([node], knowledge.evaluate.predicates))
            for one in knowledge.findings.values()
            for node in (one.only_if, one.follows_from)
            if node is not None
        ]

    def keep(self, arrays: dict[str, pa.Array]) -> dict[str, Mask]:
        """Make every answer open whose question cannot hold or does not come up beside the others, in place.

        Args:
            arrays: finding id to answers, all of one length; of the types of `unclench.batch.reading`.

        Returns:
            Finding id to whom it is not asked, for each finding that has such a condition.
        """
        people = max((len(one) for one in arrays.values()), default=0)
        columns = self._reader.read(pa.RecordBatch.from_pydict(arrays)).columns
        beside: dict[str, Mask] = {}
        for name, holds in self._grounds:
            ((_, false),) = holds.run(columns, people)
            mask = unpacked(false, people)
            beside[name] = beside.get(name, np.zeros(people, bool)) | mask
            if name not in arrays or name not in columns:
                continue
            arrays[name] = without(arrays[name], mask)
            read = self._reader.read(pa.RecordBatch.from_pydict({name: arrays[name]})).columns
            columns[name] = read.get(name, columns[name])
            columns[name].known &= ~false
            columns[name].put_beside(false)  # so that what hangs on it cannot hold either
        return beside


def without(answers: pa.Array, people: Iterable[bool]) -> pa.Array:
    """Return answers with those of some people left open."""
    return pc.if_else(pa.array(people), pa.scalar(None, answers.type), answers)
