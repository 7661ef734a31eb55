"""Arrow columns, one a finding, into planes of bits; and which rows are no possible case.

A column is named by a finding id. It may be of the Arrow type that fits the finding, or text, where "unsure" can be
said and an empty field is no answer:

| finding | its own type | as text |
|---|---|---|
| yes/no | bool | `true`, `false` |
| number | any integer or floating type | `42`, `36.6` |
| choice | text | one of its choices |
| regions | list of text | region ids with `;` between |

A null is an open question. In a list, the one item "unsure" says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.errors import CaseError, near_match
from unclench.knowledge import Finding, Knowledge
from unclench.logic import UNSURE, Answer
from unclench.logic.columns import Column, Plane, Program, everyone, nobody, packed, unpacked
from unclench.reasoning.case import ABOUT, Case

__all__ = ["BESIDE_ANSWERS", "Crowd", "Reader", "check_columns"]

BESIDE_ANSWERS: Final = ("id", "synthetic_cause")
"""Columns that are no findings; they are passed on or passed over."""

_FEW: Final = 8

_WORDS: Final[Mapping[str, Answer]] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many people answered.

    Attributes:
        people: how many.
        columns: finding id to answers; a finding of which nobody said anything may be left out.
        refused: who gave an answer that cannot be; their answers mean nothing.
    """

    people: int
    columns: dict[str, Column]
    refused: Plane


def check_columns(schema: pa.Schema, knowledge: Knowledge) -> None:
    """Refuse a table that no row of could be read.

    Raises:
        CaseError: a column is no finding, is there twice, or has a type that cannot hold its finding.
    """
    problems = []
    for place, field in enumerate(schema):
        if field.name in BESIDE_ANSWERS:
            continue
        known = knowledge.findings.get(field.name)
        if known is None:
            hint = near_match(field.name, (*BESIDE_ANSWERS, *knowledge.findings))
            problems.append(f'the column "{field.name}" is not a known finding.{hint} See: unclench findings.')
        elif schema.names.index(field.name) != place:
            problems.append(f'the column "{field.name}" is there twice; keep one.')
        elif not (_is_text(field.type) or _is_its_own(field.type, known)):
            problems.append(
                f'the column "{field.name}" is {field.type}; a {known.kind} finding cannot be read from that.'
            )
    if problems:
        raise CaseError(" ".join(problems))


class Reader:
    """Reads record batches for one pack.

    Args:
        knowledge: the pack.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        conditions = [(f.id, f.only_if) for f in knowledge.findings.values() if f.only_if is not None]
        self._only_if = [(finding, Program([node], knowledge.evaluate.predicates)) for finding, node in conditions]

    def read(self, batch: pa.RecordBatch) -> Crowd:
        """Return what the people of a batch answered; `check_columns` has been through its schema."""
        people = batch.num_rows
        refused = nobody(people)
        columns: dict[str, Column] = {}
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            if name not in BESIDE_ANSWERS and array.null_count < people:
                columns[name], odd = _column(array, self.knowledge.findings[name], self.knowledge)
                refused = refused | odd
        for finding, condition in self._only_if:
            if finding in columns:
                ((_, impossible),) = condition.run(columns, people)
                refused = refused | (_stated_and_not_no(columns[finding]) & impossible)
        return Crowd(people, columns, refused)

    def why_refused(self, batch: pa.RecordBatch, row: int) -> str:
        """Return what is wrong with a refused row, in the words of the single-case reader.

        Raises:
            RuntimeError: the single-case reader takes the row, so the two readings differ: a fault, never the caller's.
        """
        try:
            Case.from_data(self.data(batch, row), self.knowledge)
        except CaseError as error:
            return str(error)
        raise RuntimeError(f"row {row} was refused as a column, and is a case by itself")

    def data(self, batch: pa.RecordBatch, row: int) -> dict[str, Any]:
        """Return one row in the JSON form of a case; what cannot be read stays as it stands."""
        about: dict[str, Any] = {}
        findings: dict[str, Any] = {}
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            value = array[row].as_py()
            if name in BESIDE_ANSWERS or value is None:
                continue
            if isinstance(value, str):
                value = _from_text(value, self.knowledge.findings[name])
            elif value == [UNSURE]:
                value = UNSURE
            (about if name in ABOUT else findings)[name] = list(value) if isinstance(value, tuple) else value
        return {**about, "findings": findings}


def as_text(value: object) -> str | None:
    """Return an answer of a JSON case as the text a column may hold.

    Examples:
        >>> as_text(True), as_text(36.6), as_text(("loin_left", "loin_right")), as_text(None)
        ('true', '36.6', 'loin_left;loin_right', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return ";".join(value) or "[]"
    return json.dumps(value)


def _stated_and_not_no(column: Column) -> Plane:
    return column.known if column.yes is None else column.yes


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _is_its_own(kind: pa.DataType, known: Finding) -> bool:
    match known.kind:
        case "boolean":
            return bool(pa.types.is_boolean(kind))
        case "number":
            return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))
        case "choice":
            return False
        case "regions":
            return bool((pa.types.is_list(kind) or pa.types.is_large_list(kind)) and _is_text(kind.value_type))


def _column(array: pa.Array, known: Finding, knowledge: Knowledge) -> tuple[Column, Plane]:
    """Return the answers to one finding, and whose answer it cannot be."""
    if _is_text(array.type):
        return _texts(array, known, knowledge)
    match known.kind:
        case "boolean":
            return _booleans(array)
        case "regions":
            return _lists(array, known)
        case _:
            return _numbers(array, known)


def _booleans(array: pa.BooleanArray) -> tuple[Column, Plane]:
    nothing = nobody(len(array))
    known = _bits(array.buffers()[0], array.offset, len(array))
    return Column(known, nothing, nothing, _bits(array.buffers()[1], array.offset, len(array)) & known), nothing


def _bits(buffer: pa.Buffer | None, offset: int, people: int) -> Plane:
    """Return Arrow's own bits as a plane; no buffer = everyone."""
    if buffer is None:
        return everyone(people)
    made = nobody(people)
    if offset % 8 == 0:
        held = np.frombuffer(buffer, np.uint8, count=-(-people // 8), offset=offset // 8)
        made.view(np.uint8)[: len(held)] = held
        if people % 64:
            made[-1] &= np.uint64((1 << people % 64) - 1)
        return made
    held = np.frombuffer(buffer, np.uint8, count=-(-(people + offset % 8) // 8), offset=offset // 8)
    return packed(np.unpackbits(held, bitorder="little")[offset % 8 :][:people].view(np.bool_))


def _numbers(array: pa.Array, known: Finding) -> tuple[Column, Plane]:
    there = _bits(array.buffers()[0], array.offset, len(array))
    values = pc.fill_null(array, 0).to_numpy(zero_copy_only=False).astype(np.float64)
    definite = there & packed(_possible(values, known))
    nothing = nobody(len(array))
    return Column(definite, nothing, nothing, values), there & ~definite


def _possible(values: npt.NDArray[np.float64], known: Finding) -> npt.NDArray[np.bool_]:
    possible: npt.NDArray[np.bool_] = (values >= known.minimum) & (values <= known.maximum)  # false of "not a number"
    return possible & (np.trunc(values) == values) if known.integer else possible


def _lists(array: pa.ListArray, known: Finding) -> tuple[Column, Plane]:
    people = len(array)
    there = _bits(array.buffers()[0], array.offset, people)
    items = array.flatten()
    whose = pc.list_parent_indices(array).to_numpy(zero_copy_only=False)
    codes, distinct = _coded(items)
    marked = {one: nobody(people) for one in known.choices}
    others, unsure = nobody(people), nobody(people)
    for code, one in enumerate(distinct):
        plane = _who(whose[codes == code], people)
        if one in marked:
            marked[one] = plane
        elif one == UNSURE:
            unsure = plane
        else:
            others = others | plane
    others = others | _who(whose[codes < 0], people)
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
    alone = unsure & packed(lengths == 1)
    odd = others | (unsure & ~alone)
    nothing = nobody(people)
    return Column(there & ~alone & ~odd, alone, nothing, {one: plane & ~odd for one, plane in marked.items()}), odd


def _who(rows: npt.NDArray[Any], people: int) -> Plane:
    mask = np.zeros(people, bool)
    mask[rows] = True
    return packed(mask)


def _coded(array: pa.Array) -> tuple[npt.NDArray[np.signedinteger[Any]], list[str | None]]:
    """Return the place of each text in a list of distinct ones; -1 = null."""
    if pa.types.is_null(array.type):
        return np.full(len(array), -1), []
    coded = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    indices = coded.indices if pa.types.is_signed_integer(coded.indices.type) else coded.indices.cast(pa.int64())
    return pc.fill_null(indices, -1).to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()


def _texts(array: pa.Array, known: Finding, knowledge: Knowledge) -> tuple[Column, Plane]:
    """Read texts: each different one once, by the rules of the single case."""
    people = len(array)
    codes, distinct = _coded(array)
    read = [None if text is None else _from_text(text, known) for text in distinct]
    fits = [one is not None and _fits(one, known, knowledge) for one in read]
    odd = [one is not None and not good for one, good in zip(read, fits, strict=True)]
    definite = [good and one != UNSURE for one, good in zip(read, fits, strict=True)]

    def who(wanted: Sequence[bool]) -> Plane:
        if len(wanted) <= _FEW:  # comparing is faster than looking up
            some = (codes == code for code, yes in enumerate(wanted) if yes)
            return packed(reduce(or_, some, np.zeros(people, bool)))
        return packed(np.array([*wanted, False], bool)[codes])  # the last is that of -1, an open question

    values: Plane | Mapping[str, Plane] | npt.NDArray[np.float64]
    match known.kind:
        case "boolean":
            values = who([one is True for one in read])
        case "number":
            numbers = [float(one) if yes else 0.0 for one, yes in zip(read, definite, strict=True)]  # type: ignore[arg-type]
            values = np.array([*numbers, 0.0])[codes]
        case "choice":
            values = {choice: who([one == choice for one in read]) for choice in known.choices}
        case "regions":
            sets = [one if yes and isinstance(one, tuple) else () for one, yes in zip(read, definite, strict=True)]
            values = {region: who([region in one for one in sets]) for region in known.choices}
    unsure = who([one == UNSURE for one in read])
    return Column(who(definite), unsure, nobody(people), values), who(odd)


def _fits(answer: Answer, known: Finding, knowledge: Knowledge) -> bool:
    if isinstance(answer, float) and not np.isfinite(answer):
        return False
    return knowledge.answer_kind_fits(known.id, answer)


def _from_text(text: str, known: Finding) -> Answer | None:
    """Return the answer a text stands for; None if it is empty, and the text itself if it stands for none."""
    text = text.strip()
    if not text:
        return None
    if text == UNSURE:
        return UNSURE
    match known.kind:
        case "boolean":
            return _WORDS.get(text.lower(), text)
        case "number":
            return _number(text)
        case "regions":
            return () if text == "[]" else tuple(sorted(part.strip() for part in text.split(";")))
        case _:
            return text


def _number(text: str) -> Answer:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def rows_of(plane: Plane, people: int) -> Iterator[int]:
    """Yield the rows that are set in a plane."""
    yield from (int(row) for row in np.flatnonzero(unpacked(plane, people)))
