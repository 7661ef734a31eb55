"""Planes: one bit a person, as Arrow lays out yes and no; and the loop that runs the gates of a circuit on them.

A plane is worked on in stretches of a few hundred people, so that all planes of one stretch stay in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unclench.batch.compiled import compiled, frozen, part_of_one
from unclench.logic.columns import Circuit, Wire

__all__ = [
    "LANES",
    "Places",
    "Plane",
    "Planes",
    "Runner",
    "copy_bits",
    "everyone",
    "lowest",
    "packed",
    "presence",
    "rows_of",
    "unpacked",
    "with_any",
    "words_of",
]

Plane: TypeAlias = npt.NDArray[np.uint64]
"""One bit a person, the first in the lowest bit of the first byte. Bits beyond the last person mean nothing."""

Planes: TypeAlias = npt.NDArray[np.uint64]
"""Several planes."""

Places: TypeAlias = npt.NDArray[np.uint64]
"""Places in other arrays. Of numbers that have a sign, a compiled loop asks each time if they count from the end."""

LANES: Final = 64
"""People in one word of a plane."""

_STRETCH: Final = 16
"""Words of a plane that are worked on together."""

_ALL: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_NONE: Final = np.uint64(0)
_ONE: Final = np.uint64(1)

# Where the lowest bit stands, by the top six bits of its product with a de Bruijn sequence.
_SEQUENCE: Final = 0x03F7_9D71_B4CB_0A89
_BIT_AT: Final = np.argsort([(_SEQUENCE << bit & 2**64 - 1) >> 58 for bit in range(LANES)])
_MULTIPLIER: Final = np.uint64(_SEQUENCE)
_TOP_SIX: Final = np.uint64(58)


def words_of(people: int) -> int:
    """Return how many words a plane of so many people has."""
    return -(-people // LANES)


def packed(mask: npt.NDArray[np.bool_]) -> Plane:
    """Return a mask, one item a person, as a plane.

    Examples:
        >>> packed(np.array([True, False, True])).tolist()
        [5]
    """
    made = np.zeros(words_of(len(mask)), np.uint64)
    bits = np.packbits(mask, bitorder="little")
    made.view(np.uint8)[: len(bits)] = bits
    return made


def unpacked(plane: Plane, people: int) -> npt.NDArray[np.bool_]:
    """Return a plane as a mask of so many people."""
    return np.unpackbits(np.ascontiguousarray(plane).view(np.uint8), count=people, bitorder="little").view(np.bool_)


def everyone(people: int) -> Plane:
    """Return the plane in which each of so many people is set, and nothing beyond."""
    made = np.zeros(words_of(people), np.uint64)
    whole, rest = divmod(people, LANES)
    made[:whole] = _ALL
    if rest:
        made[whole] = np.uint64((1 << rest) - 1)
    return made


def rows_of(plane: Plane, people: int) -> Iterator[int]:
    """Yield the rows that are set in a plane."""
    yield from (int(row) for row in np.flatnonzero(unpacked(plane, people)))


class Runner:
    """What of a circuit some wires need, ready to be run.

    Args:
        circuit: the gates.
        wanted: the wires, in groups with a name.

    Attributes:
        inputs: the planes that have to be read.
    """

    def __init__(self, circuit: Circuit, wanted: Mapping[str, Sequence[Wire]]) -> None:
        gates = circuit.gates(wire for group in wanted.values() for wire in group)
        self.inputs = gates.inputs
        self._starts = np.cumsum([0, *map(len, gates.gates)]).astype(np.uint64)
        self._wires = np.array([wire for one in gates.gates for wire in one], np.uint64)
        self._wanted = np.array(gates.wanted, np.uint64)
        ends = np.cumsum([0, *map(len, wanted.values())]).tolist()
        self._groups = {name: slice(*ends[place : place + 2]) for place, name in enumerate(wanted)}

    def run(self, planes: Planes, people: int) -> dict[str, Planes]:
        """Return the planes that were wanted.

        Args:
            planes: one row an input, in the order of `inputs`.
            people: how many there are.

        Returns:
            For each group an array of shape `(words, planes)`: the words for the same sixty-four people stand
            together. Nobody is set beyond the last person.
        """
        words = words_of(people)
        found = np.empty((words, len(self._wanted)), np.uint64)
        rows = np.zeros((len(self.inputs) + len(self._starts), _STRETCH), np.uint64)
        _run(planes, everyone(people), self._starts, self._wires, self._wanted, rows, found)
        return {name: found[:, group] for name, group in self._groups.items()}


@compiled
def _run(
    planes: Planes,
    there: Plane,
    starts: Places,
    wires: Places,
    wanted: Places,
    rows: Planes,
    found: Planes,
) -> None:
    inputs, words = planes.shape
    for first in range(0, words, _STRETCH):
        count = min(_STRETCH, words - first)
        for row in range(inputs):
            for word in range(count):
                rows[1 + row, word] = planes[row, first + word]
        for gate in range(len(starts) - 1):
            made, place = 1 + inputs + gate, starts[gate]  # a gate has two wires or more
            one, other = wires[place] >> _ONE, wires[place + _ONE] >> _ONE
            outside, beyond = _NONE - (wires[place] & _ONE), _NONE - (wires[place + _ONE] & _ONE)
            for word in range(_STRETCH):
                rows[made, word] = (rows[one, word] ^ outside) & (rows[other, word] ^ beyond)
            for more in range(place + _ONE + _ONE, starts[gate + 1]):
                one, outside = wires[more] >> _ONE, _NONE - (wires[more] & _ONE)
                for word in range(_STRETCH):
                    rows[made, word] &= rows[one, word] ^ outside
        for place in range(len(wanted)):
            one, outside = wanted[place] >> _ONE, _NONE - (wanted[place] & _ONE)
            for word in range(count):
                found[first + word, place] = (rows[one, word] ^ outside) & there[first + word]


def copy_bits(buffer: Any, offset: int, people: int, into: Plane) -> None:
    """Copy Arrow's own bits into a plane.

    Args:
        buffer: bytes; the first bit of the first person is at `offset`.
        offset: in bits.
        people: how many.
        into: the plane.
    """
    start, shift = divmod(offset, 8)
    held = np.frombuffer(buffer, np.uint8, count=(people + shift + 7) // 8, offset=start)
    if shift:
        held = np.packbits(np.unpackbits(held, bitorder="little")[shift:][:people], bitorder="little")
    into.view(np.uint8)[: len(held)] = held


def presence(array: pa.Array) -> Plane:
    """Return in which rows of a column anything stands; Arrow leaves the bits out if it does in all."""
    there = array.buffers()[0]
    if there is None:
        return everyone(len(array))
    made = np.zeros(words_of(len(array)), np.uint64)
    copy_bits(there, array.offset, len(array), made)
    return made


def with_any(codes: npt.NDArray[np.int32], edges: npt.NDArray[np.int32], tests: Sequence[Sequence[bool]]) -> Planes:
    """Return whose list has an item that passes, one plane for each test.

    Args:
        codes: the items of all lists, by their place in the tests; -1 is the last place.
        edges: list `i` has the items from `edges[i]` to `edges[i + 1]`.
        tests: whether each different item passes.

    Raises:
        ArrowInvalid: a column names items that it does not hold. The loop below would read whatever lies there.
    """
    if len(codes) and not -1 <= codes.min() <= codes.max() < len(tests[0]):
        raise pa.ArrowInvalid("a column points beyond its dictionary. Mend what wrote it.")
    if edges[-1] > len(codes) or (edges[1:] < edges[:-1]).any():
        raise pa.ArrowInvalid("a column of lists points beyond its items. Mend what wrote it.")
    made = np.empty((len(tests), words_of(len(edges) - 1)), np.uint64)
    for first in range(0, len(tests), LANES):
        some = np.array(tests[first : first + LANES], np.uint64)
        passed = some.T @ (_ONE << np.arange(len(some), dtype=np.uint64))
        _mark(frozen(codes), frozen(edges), passed, np.empty(LANES, np.uint64), made[first : first + LANES])
    return made


@compiled
def _mark(codes: npt.NDArray[np.int32], edges: npt.NDArray[np.int32], passed: Plane, bits: Plane, made: Planes) -> None:
    people = len(edges) - 1
    for word in range(made.shape[1]):
        first = word * LANES
        for lane in range(LANES):
            bits[lane] = _NONE
        for lane in range(min(LANES, people - first)):
            for item in range(edges[first + lane], edges[first + lane + 1]):
                bits[lane] |= passed[codes[item]]
        for test in range(made.shape[0]):
            plane = _NONE
            for lane in range(LANES):
                plane |= ((bits[lane] >> np.uint64(test)) & _ONE) << np.uint64(lane)
            made[test, word] = plane


@part_of_one
def lowest(bits: np.uint64) -> int:
    """Return the place of the lowest bit that is set; there is one."""
    place: int = _BIT_AT[((bits & (~bits + _ONE)) * _MULTIPLIER) >> _TOP_SIX]
    return place


def listed(planes: Planes, people: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int16]]:
    """Return for each person in which planes they are, in order.

    Args:
        planes: shape `(words, planes)`; nobody is set beyond the last person.
        people: how many there are.

    Returns:
        Person `i` has the items from `starts[i]` to `starts[i + 1]` of the second array.
    """
    starts, places = np.zeros(people + 1, np.int32), np.empty(int(np.bitwise_count(planes).sum()), np.int16)
    _list(planes, starts, places, np.empty(LANES, np.int64))
    return starts, places


@compiled
def _list(
    planes: Planes, starts: npt.NDArray[np.int32], places: npt.NDArray[np.int16], ends: npt.NDArray[np.int64]
) -> None:
    people = len(starts) - 1
    for word in range(planes.shape[0]):
        first = word * LANES
        for lane in range(LANES):
            ends[lane] = 0
        for plane in range(planes.shape[1]):
            bits = planes[word, plane]
            while bits != _NONE:
                ends[lowest(bits)] += 1
                bits &= bits - _ONE
        for lane in range(min(LANES, people - first)):
            starts[first + lane + 1] = starts[first + lane] + ends[lane]
            ends[lane] = starts[first + lane]
        for plane in range(planes.shape[1]):
            bits = planes[word, plane]
            while bits != _NONE:
                lane = lowest(bits)
                bits &= bits - _ONE
                places[ends[lane]] = plane
                ends[lane] += 1
