"""The result hash of every row of a result batch: worked out once for each distinct advice, of which there are few."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from unclench.knowledge import Knowledge
from unclench.reasoning.result_hash import result_hash

__all__ = ["HASH", "with_hashes"]

HASH: Final = pa.field("result_hash", pa.string())
"""The column that is added."""

_TEXTS: Final = ("disposition", "at_least", "at_most", "see")
_FLAGS: Final = ("settled", "floor")
# Ids are letters, digits and underscores.
_BETWEEN, _IN_LIST = "|", ","


def with_hashes(knowledge: Knowledge, results: pa.RecordBatch) -> pa.RecordBatch:
    """Return a result batch with the column `result_hash` behind the others.

    Args:
        knowledge: the pack the results were made with.
        results: what `unclench.batch.assess_batch` gave. Its texts may be plain or of a dictionary.

    Returns:
        The same rows. Each hash is that of `unclench.reasoning.result_hash`; null in a row that was refused.
    """
    lists = results["rules"].cast(pa.list_(pa.string()))
    parts = [
        *(results[name].cast(pa.string()) for name in (*_TEXTS, *_FLAGS)),
        pc.binary_join(lists, _IN_LIST),
    ]
    advice = pc.binary_join_element_wise(*parts, _BETWEEN).dictionary_encode()
    hashes = [_hash(knowledge.hash, *one.split(_BETWEEN)) for one in advice.dictionary.to_pylist()]
    made = pa.array(hashes, pa.string()).take(advice.indices)
    return pa.RecordBatch.from_arrays([*results.columns, made], schema=results.schema.append(HASH))


def _hash(pack: str, *parts: Any) -> str:
    disposition, at_least, at_most, see, settled, floor, rules = parts
    return result_hash(
        pack=pack,
        disposition=disposition,
        at_least=at_least,
        at_most=at_most,
        settled=settled == "true",
        floor=floor == "true",
        see=see,
        rules=rules.split(_IN_LIST) if rules else (),
    )
