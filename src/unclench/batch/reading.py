"""Arrow columns, one a finding, into planes of bits; and which rows are no possible case.

A column is named by a finding id. It may be of the Arrow type that fits the finding, or text, where "unsure" can be
said and an empty field is no answer:

| finding | its own type | as text |
|---|---|---|
| yes/no | bool | `true`, `false` |
| number | any integer or floating type | `42`, `36.6` |
| choice | text of any kind, or a dictionary of texts | one of its choices |
| regions | list of text | region ids with `;` between |

A null is an open question. In a list, the one item "unsure" says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unclench.batch.planes import Plane, Planes, copy_bits, packed, presence, with_any, words_of
from unclench.batch.words import Wordlist, coded
from unclench.errors import CaseError, near_match
from unclench.knowledge import Finding, Knowledge
from unclench.logic import UNSURE, Answer, AnyRegion, Compare, Evaluators, Node, Present, Truth, Unsure
from unclench.logic.columns import Definite, Input
from unclench.reasoning.case import ABOUT, Case

__all__ = ["BESIDE_ANSWERS", "Crowd", "Reader", "check_columns", "stored"]

BESIDE_ANSWERS: Final = ("id", "synthetic_cause")
"""Columns that are no findings; they are passed on or passed over."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

_WORDS: Final[Mapping[str, Answer]] = {"true": True, "false": False}

_ORDERS: Final[Mapping[str, Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many people answered.

    Attributes:
        people: how many.
        planes: one row an input of the reader; all zero for a finding of which nobody said anything.
        odd: who gave an answer that cannot be; what stands in the planes for them means nothing.
    """

    people: int
    planes: Planes
    odd: Plane


def check_columns(schema: pa.Schema, knowledge: Knowledge) -> None:
    """Refuse a table that no row of could be read.

    Raises:
        CaseError: a column is no finding, is there twice, or has a type that cannot hold its finding.
    """
    problems = []
    there: set[str] = set()
    for field in schema:
        if field.name in there:
            problems.append(f'the column "{field.name}" is there twice; keep one.')
            continue
        there.add(field.name)
        if field.name in BESIDE_ANSWERS:
            continue
        known = knowledge.findings.get(field.name)
        if known is None:
            hint = near_match(field.name, (*BESIDE_ANSWERS, *knowledge.findings))
            problems.append(f'the column "{field.name}" is not a known finding.{hint} See: unclench findings.')
        elif not (_is_text(field.type) or _is_its_own(field.type, known)):
            problems.append(
                f'the column "{field.name}" is {field.type}; a {known.kind} finding cannot be read from that.'
            )
    if problems:
        raise CaseError(" ".join(problems))


def stored(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch whose text lies in one row, which all that reads it expects.

    Some programs, such as Polars, write texts as views: short ones beside their length, long ones elsewhere.

    Examples:
        >>> people = pa.RecordBatch.from_arrays([pa.array(["male"], pa.string_view())], ["sex"])
        >>> stored(people).schema.field("sex").type
        DataType(large_string)
    """
    schema = pa.schema([field.with_type(_stored(field.type)) for field in batch.schema], batch.schema.metadata)
    return batch if schema == batch.schema else batch.cast(schema)


def _stored(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _stored(kind.value_type), kind.ordered)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        made = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return made(kind.value_field.with_type(_stored(kind.value_type)))
    return kind


class Reader:
    """Reads record batches for one pack.

    Args:
        knowledge: the pack.
        inputs: the planes to read, in the order of the answer. Of other answers, only whether they can be is read.
    """

    def __init__(self, knowledge: Knowledge, inputs: Sequence[Input]) -> None:
        self.knowledge = knowledge
        self._inputs = len(inputs)
        self._of: dict[str, dict[Input, int]] = {}
        for row, one in enumerate(inputs):
            self._of.setdefault(one.finding, {})[one] = row
        yes_no = Wordlist([*_WORDS, UNSURE])
        self._usual = {
            one.id: yes_no if one.kind == "boolean" else Wordlist([*one.choices, UNSURE])
            for one in knowledge.findings.values()
            if one.kind != "number"
        }

    def read(self, batch: pa.RecordBatch) -> Crowd:
        """Return what the people of a batch answered; `check_columns` and `stored` have been through it."""
        people = batch.num_rows
        planes = np.zeros((self._inputs, words_of(people)), np.uint64)
        odd = np.zeros(words_of(people), np.uint64)
        for name, array in zip(batch.schema.names, batch.columns, strict=True):
            if name in BESIDE_ANSWERS or pa.types.is_null(array.type):
                continue
            wanted = {one: planes[row] for one, row in self._of.get(name, {}).items()}
            known = self.knowledge.findings[name]
            if pa.types.is_boolean(array.type):
                _booleans(array, wanted)
            elif _is_text(array.type):
                odd |= _texts(array, known, self.knowledge, wanted, self._usual.get(name))
            elif known.kind == "regions":
                odd |= _lists(array, known, wanted, self._usual[name])
            else:
                odd |= _numbers(array, known, wanted)
        return Crowd(people, planes, odd)

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


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(one(kind) for one in texts)


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


Wanted: TypeAlias = Mapping[Input, Plane]
"""Planes of one finding, to be filled in; they are empty."""


def _booleans(array: pa.BooleanArray, wanted: Wanted) -> None:
    values = array.buffers()[1]
    for one, plane in wanted.items():
        if isinstance(one, Present):
            copy_bits(values, array.offset, len(array), plane)
        elif isinstance(one, Definite):
            plane[:] = presence(array)


def _numbers(array: pa.Array, known: Finding, wanted: Wanted) -> Plane:
    people = len(array)
    kind = np.dtype(array.type.to_pandas_dtype())
    values = np.frombuffer(array.buffers()[1], kind, count=people, offset=array.offset * kind.itemsize)
    there = presence(array)
    possible = packed(_possible(values, known))
    for one, plane in wanted.items():
        if isinstance(one, Compare):
            plane[:] = packed(_ORDERS[one.operator](values, one.value))
        elif isinstance(one, Definite):
            plane[:] = there & possible
    return there & ~possible


def _possible(values: npt.NDArray[Any], known: Finding) -> npt.NDArray[np.bool_]:
    possible: npt.NDArray[np.bool_] = (values >= known.minimum) & (values <= known.maximum)  # false of "not a number"
    return possible & (np.trunc(values) == values) if known.integer and values.dtype.kind == "f" else possible


def _lists(array: pa.ListArray, known: Finding, wanted: Wanted, usual: Wordlist) -> Plane:
    there = presence(array)
    edges = array.offsets.to_numpy()
    codes, distinct = coded(array.values.slice(edges[0], edges[-1] - edges[0]), usual)
    edges = (edges - edges[0]).astype(np.int32)  # of one block; those of a whole table may be greater
    lengths = np.diff(edges)
    regions = [one for one in wanted if isinstance(one, AnyRegion)]
    tests = [
        [*(one == UNSURE for one in distinct), False],  # the last is a null
        [*(one != UNSURE and one not in known.choices for one in distinct), True],
        *([*(item in one.regions for item in distinct), False] for one in regions),
    ]
    held = [plane & there for plane in with_any(codes, edges, tests)]
    unsure = held[0] & packed(lengths == 1)
    odd: Plane = held[1] | (held[0] & ~unsure)
    for one, plane in wanted.items():
        if isinstance(one, Unsure):
            plane[:] = unsure
        elif isinstance(one, Definite):
            plane[:] = there & ~unsure & ~odd
    for one, found in zip(regions, held[2:], strict=True):
        wanted[one][:] = found
    return odd


def _texts(array: pa.Array, known: Finding, knowledge: Knowledge, wanted: Wanted, usual: Wordlist | None) -> Plane:
    """Read texts: each different one once, by the rules of the single case."""
    codes, distinct = coded(array, usual)
    read = [None if text is None else _from_text(text, known) for text in distinct]
    fits = [one is not None and _fits(one, known, knowledge) for one in read]

    def passing(one: Input) -> list[bool]:
        match one:
            case Unsure():
                return [answer == UNSURE for answer in read]
            case Definite():
                return [good and answer != UNSURE for good, answer in zip(fits, read, strict=True)]
            case _:
                return [good and _passes(one, known.id, answer) for good, answer in zip(fits, read, strict=True)]

    strange = [answer is not None and not good for good, answer in zip(fits, read, strict=True)]
    tests = [[*items, False] for items in (*map(passing, wanted), strange)]  # the last is that of an open question
    held = with_any(codes, np.arange(len(array) + 1, dtype=np.int32), tests)
    for plane, found in zip(wanted.values(), held[:-1], strict=True):
        plane[:] = found
    odd: Plane = held[-1]
    return odd


def _passes(test: Node, finding: str, answer: Answer | None) -> bool:
    return answer is not None and _SCALAR[test]({finding: answer}) is Truth.TRUE


_SCALAR: Final = Evaluators({})


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
    if not _NUMBER.fullmatch(text):
        return text
    try:
        return int(text)
    except ValueError:  # no whole number, or one of thousands of digits, which is out of every range
        return float(text)
