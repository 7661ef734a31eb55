"""Result columns: what people are told, as Arrow. Names are kept once and looked up; each row holds their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unclench.batch.planes import Plane
from unclench.batch.posterior import Estimates

__all__ = ["RESULT", "bits", "estimates", "named", "names", "plain_schema", "result_schema", "spelled_out"]

_WORD: Final = pa.dictionary(pa.int8(), pa.string())
_NAME: Final = pa.dictionary(pa.int16(), pa.string())
_ESTIMATE: Final = pa.struct(
    [("id", _NAME), ("probability", pa.float64()), ("low", pa.float64()), ("high", pa.float64())]
)

RESULT: Final = pa.schema(
    [
        ("disposition", _WORD),
        ("at_least", _WORD),
        ("at_most", _WORD),
        ("settled", pa.bool_()),
        ("floor", pa.bool_()),
        ("see", _WORD),
        ("rules", pa.list_(_NAME)),
        ("causes", pa.list_(_ESTIMATE)),
        ("rule_out", pa.list_(_NAME)),
        ("contributors", pa.list_(_ESTIMATE)),
        ("events", pa.list_(_ESTIMATE)),
        ("error", pa.string()),
    ]
)
"""What is said of each person; all but `error` is null where `error` is not."""


def result_schema(schema: pa.Schema | None = None) -> pa.Schema:
    """Return the columns `assess_batch` gives; with `id` before them if the input's schema has it.

    Examples:
        >>> result_schema().names[:3]
        ['disposition', 'at_least', 'at_most']
    """
    if schema is None or "id" not in schema.names:
        return RESULT
    return pa.schema([schema.field("id"), *RESULT])


def spelled_out(results: pa.RecordBatch) -> pa.RecordBatch:
    """Return results with each name written out in its row, for whatever does not take Arrow dictionaries (Spark).

    Examples:
        >>> codes = pa.DictionaryArray.from_arrays(pa.array([1], pa.int8()), ["emergency", "urgent"])
        >>> spelled_out(pa.RecordBatch.from_arrays([codes], ["disposition"])).schema.field("disposition").type
        DataType(string)
    """
    return results.cast(plain_schema(results.schema))


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return a schema without dictionaries; each name is written out in its row.

    Examples:
        >>> plain_schema(pa.schema([("see", pa.dictionary(pa.int8(), pa.string()))])).field("see").type
        DataType(string)
    """
    return pa.schema([field.with_type(_plain(field.type)) for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_plain(kind.value_type)))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return kind


def bits(plane: Plane, people: int, valid: pa.Buffer | None) -> pa.Array:
    """Return a plane as yes and no."""
    return pa.Array.from_buffers(pa.bool_(), people, [valid, pa.py_buffer(np.ascontiguousarray(plane))])


def named(codes: npt.NDArray[np.int8], words: Sequence[str], valid: pa.Buffer | None) -> pa.Array:
    """Return one of a few words for each person."""
    return _coded(_WORD, codes, words, valid)


def names(
    starts: npt.NDArray[np.int32], codes: npt.NDArray[np.int16], words: Sequence[str], valid: pa.Buffer | None
) -> pa.Array:
    """Return a list of names for each person; person `i` has those from `starts[i]` to `starts[i + 1]`."""
    return _listed(starts, _coded(_NAME, codes[: starts[-1]], words, None), valid)


def estimates(listed: Estimates, words: Sequence[str], valid: pa.Buffer | None) -> pa.Array:
    """Return a list of estimates for each person."""
    end = int(listed.starts[-1])
    fields = [_coded(_NAME, listed.codes[:end], words, None)]
    for one in (listed.p, listed.low, listed.high):  # not copied
        fields += [pa.Array.from_buffers(pa.float64(), end, [None, pa.py_buffer(one[:end])])]
    return _listed(listed.starts, pa.StructArray.from_arrays(fields, fields=list(_ESTIMATE)), valid)


def _coded(kind: pa.DataType, codes: npt.NDArray[Any], words: Sequence[str], valid: pa.Buffer | None) -> pa.Array:
    places = pa.Array.from_buffers(kind.index_type, len(codes), [valid, pa.py_buffer(codes)])
    return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))


def _listed(starts: npt.NDArray[np.int32], items: pa.Array, valid: pa.Buffer | None) -> pa.Array:
    kind = pa.list_(items.type)
    return pa.ListArray.from_buffers(kind, len(starts) - 1, [valid, pa.py_buffer(starts)], children=[items])
