"""Texts that are nearly always one of a few words: a choice, a body region, true or false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.compiled import compiled, frozen, part_of_one
from unclench.batch.planes import Plane, presence

__all__ = ["Wordlist", "check_places", "coded"]

_NULL: Final = -1
_LAST: Final = 2**31 - 1

Edges: TypeAlias = npt.NDArray[np.int32]
Eights: TypeAlias = npt.NDArray[np.uint64]
Codes: TypeAlias = npt.NDArray[np.int32]


class Wordlist:
    """A few words, guessed by length, first and last letters, so that each text is compared with one of them only.

    Args:
        words: all different.

    Examples:
        >>> Wordlist(["true", "false"]).places(pa.array(["false", None, "true"])).tolist()
        [1, -1, 0]
        >>> Wordlist(["true", "false"]).places(pa.array(["true", "perhaps"])) is None
        True
    """

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        texts = [word.encode() for word in words]
        self._lengths = np.array([len(text) for text in texts], np.uint64)
        width = 8 * max(2, -(-max(map(len, texts)) // 8))
        self._eights = np.frombuffer(b"".join(text.ljust(width, b"\0") for text in texts), np.uint64).reshape(
            -1, width // 8
        )
        self._lasts = np.array([_number(text[-8:]) for text in texts], np.uint64)
        keys = [_number(text[:8]) + _number(text[-8:]) * 3 + len(text) for text in texts]
        # Some factor spreads them over the table; should none, a text that shares its place is merely read more slowly.
        factors = (_ODD * factor % 2**64 for factor in range(1, _TRIES, 2))
        factor = max(factors, key=lambda factor: len({_place(key, factor) for key in keys}))
        self._factor = np.uint64(factor)
        self._guess = np.zeros(1 << _BITS, np.uint16)
        for place, key in enumerate(keys):
            self._guess[_place(key, factor)] = place

    def places(self, array: pa.Array) -> Codes | None:
        """Return the place of each text in `words`, -1 for null; None if a text is none of them.

        Args:
            array: of type string or large string.
        """
        _, ends, letters = array.buffers()
        kind = np.dtype(np.int64 if pa.types.is_large_string(array.type) else np.int32)
        edges = np.frombuffer(ends, kind, count=len(array) + 1, offset=array.offset * kind.itemsize)
        if edges[0] < 0 or (edges[1:] < edges[:-1]).any() or edges[-1] > (0 if letters is None else letters.size):
            raise pa.ArrowInvalid("a column of text points beyond its letters. Mend what wrote it.")
        if edges[-1] > _LAST:
            return None
        edges = frozen(edges.astype(np.int32, copy=False))
        found = np.empty(len(array), np.int32)
        eights = _whole_eights(letters)
        there = presence(array)
        safe = min(8 * len(eights) - 8, _LAST)  # the number behind a text is read, too, and not used
        inside = int(np.searchsorted(edges[1:], np.int32(safe)))
        others = self._find(edges[: inside + 1], eights, there, 0, found)
        others += self._find(*_apart(edges[inside:], letters), there, inside, found)
        return None if others else found

    def _find(self, edges: Edges, eights: Eights, there: Plane, skipped: int, found: Codes) -> int:
        lists = (self._lengths, self._eights, self._lasts, self._guess)
        return _find(edges, eights, *lists, self._factor, there, skipped, found)


def _whole_eights(letters: pa.Buffer | None) -> Eights:
    """Return letters where they are, eight in a number, without what is left at the end."""
    if letters is None or letters.address % 8:
        return frozen(np.zeros(0, np.uint64))
    return frozen(np.frombuffer(letters, np.uint64, count=letters.size >> 3))


def _apart(edges: Edges, letters: pa.Buffer | None) -> tuple[Edges, Eights]:
    """Return a few texts with their letters copied, so that there is something to read behind the last."""
    first, end = int(edges[0]), int(edges[-1])
    made = np.zeros((end - first >> 3) + 2, np.uint64)
    if letters is not None:
        made.view(np.uint8)[: end - first] = np.frombuffer(letters, np.uint8, count=end)[first:]
    return frozen(edges - np.int32(first)), frozen(made)


_BITS: Final = 12
_TRIES: Final = 64
_ODD: Final = 0x9E37_79B9_7F4A_7C15


def _number(letters: bytes) -> int:
    return int.from_bytes(letters, "little")


def _place(key: int, factor: int) -> int:
    return (key * factor % 2**64) >> (64 - _BITS)


_MASKS: Final = np.array([(1 << 8 * letters) - 1 for letters in range(9)], np.uint64)


@part_of_one
def _eight(eights: Eights, start: np.uint64, letters: np.uint64) -> np.uint64:
    """Return up to eight letters from `start` on as one number."""
    shift = (start & np.uint64(7)) << np.uint64(3)
    at = start >> np.uint64(3)
    rest = (eights[at + np.uint64(1)] << (np.uint64(63) - shift)) << np.uint64(1)  # by 64 at most, in two steps
    made: np.uint64 = ((eights[at] >> shift) | rest) & _MASKS[letters]
    return made


@compiled
def _find(
    edges: Edges,
    eights: Eights,
    lengths: npt.NDArray[np.uint64],
    words: npt.NDArray[np.uint64],
    lasts: npt.NDArray[np.uint64],
    guess: npt.NDArray[np.uint16],
    factor: np.uint64,
    there: Plane,
    skipped: int,
    found: Codes,
) -> int:
    eight, others = np.uint64(8), 0
    for row in range(len(edges) - 1):  # places without a sign: it need not be asked whether they count from the end
        start, end = np.uint64(edges[row]), np.uint64(edges[row + 1])
        length = end - start
        letters = length if length < eight else eight
        first, last = _eight(eights, start, letters), _eight(eights, end - letters, letters)
        one = np.uint64(guess[((first + last * np.uint64(3) + length) * factor) >> np.uint64(64 - _BITS)])
        differ = (lengths[one] ^ length) | (words[one, 0] ^ first) | (lasts[one] ^ last)
        if length > 16 and differ == 0:
            for place in range(1, length >> np.uint64(3)):
                differ |= words[one, place] ^ _eight(eights, start + np.uint64(8 * place), eight)
        at = np.uint64(skipped + row)
        is_there = (there[at >> np.uint64(6)] >> (at & np.uint64(63))) & np.uint64(1)
        others += 1 if is_there and differ else 0
        found[at] = one if is_there else _NULL
    return others


def check_places(array: pa.DictionaryArray) -> None:
    """Refuse a dictionary column with places that its dictionary does not have: nobody can say what was answered there.

    Raises:
        ArrowInvalid: there are such.
    """
    ends = pc.min_max(array.indices).as_py()
    if ends["min"] is not None and not 0 <= ends["min"] <= ends["max"] < len(array.dictionary):
        raise pa.ArrowInvalid("a column points beyond its dictionary. Mend what wrote it.")


def coded(array: pa.Array, usual: Wordlist | None) -> tuple[Codes, list[str | None]]:
    """Return the place of each text in a list of different ones; -1 = null.

    Args:
        array: texts, or a dictionary of texts, or nothing but nulls.
        usual: what the texts most likely are.

    Raises:
        ArrowInvalid: it points beyond its dictionary or its letters.
    """
    if pa.types.is_null(array.type):
        return np.full(len(array), _NULL, np.int32), []
    if usual is not None and not pa.types.is_dictionary(array.type):
        places = usual.places(array)
        if places is not None:
            return places, list(usual.words)
    held = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    check_places(held)
    indices = pc.fill_null(held.indices.cast(pa.int32()), _NULL)
    return indices.to_numpy(zero_copy_only=False), held.dictionary.to_pylist()
