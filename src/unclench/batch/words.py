"""Texts that are nearly always one of a few words: a choice, a body region, true or false."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from unclench.batch.compiled import compiled, part_of_one

__all__ = ["Wordlist", "coded"]

_OTHER: Final = -2
_NULL: Final = -1


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
        self._lengths = np.array([len(text) for text in texts], np.int64)
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
        self._guess = np.zeros(1 << _BITS, np.int64)
        for place, key in enumerate(keys):
            self._guess[_place(key, factor)] = place

    def places(self, array: pa.Array) -> npt.NDArray[np.int8] | None:
        """Return the place of each text in `words`, -1 for null; None if a text is none of them.

        Args:
            array: of type string or large string.
        """
        _, ends, letters = array.buffers()
        kind = np.dtype(np.int64 if pa.types.is_large_string(array.type) else np.int32)
        edges = np.frombuffer(ends, kind, count=len(array) + 1, offset=array.offset * kind.itemsize).astype(np.int64)
        eights = np.zeros((edges[-1] >> 3) + 2, np.uint64)  # the last is read, and not used
        if edges[-1]:
            eights.view(np.uint8)[: edges[-1]] = np.frombuffer(letters, np.uint8, count=edges[-1])
        found = np.empty(len(array), np.int8)
        _find(edges, eights, self._lengths, self._eights, self._lasts, self._guess, self._factor, found)
        if array.null_count:
            found[array.is_null().to_numpy(zero_copy_only=False)] = _NULL
        return None if (found == _OTHER).any() else found


_BITS: Final = 12
_TRIES: Final = 64
_ODD: Final = 0x9E37_79B9_7F4A_7C15


def _number(letters: bytes) -> int:
    return int.from_bytes(letters, "little")


def _place(key: int, factor: int) -> int:
    return (key * factor % 2**64) >> (64 - _BITS)


_MASKS: Final = np.array([(1 << 8 * letters) - 1 for letters in range(9)], np.uint64)


@part_of_one
def _eight(eights: npt.NDArray[np.uint64], start: int, letters: int) -> np.uint64:
    """Return up to eight letters from `start` on as one number."""
    shift = np.uint64(start & 7) * np.uint64(8)
    rest = (eights[(start >> 3) + 1] << (np.uint64(63) - shift)) << np.uint64(1)  # by 64 at most, in two steps
    made: np.uint64 = ((eights[start >> 3] >> shift) | rest) & _MASKS[letters]
    return made


@compiled
def _find(
    edges: npt.NDArray[np.int64],
    eights: npt.NDArray[np.uint64],
    lengths: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    lasts: npt.NDArray[np.uint64],
    guess: npt.NDArray[np.int64],
    factor: np.uint64,
    found: npt.NDArray[np.int8],
) -> None:
    for row in range(len(found)):
        start, length = edges[row], edges[row + 1] - edges[row]
        letters = length if length < 8 else 8
        first, last = _eight(eights, start, letters), _eight(eights, start + length - letters, letters)
        one = guess[((first + last * np.uint64(3) + np.uint64(length)) * factor) >> np.uint64(64 - _BITS)]
        differ = np.uint64(lengths[one] ^ length) | (words[one, 0] ^ first) | (lasts[one] ^ last)
        if length > 16 and differ == 0:
            for place in range(1, length >> 3):
                differ |= words[one, place] ^ _eight(eights, start + 8 * place, 8)
        found[row] = one if differ == 0 else _OTHER


def coded(array: pa.Array, usual: Wordlist | None) -> tuple[npt.NDArray[np.signedinteger[Any]], list[str | None]]:
    """Return the place of each text in a list of different ones; -1 = null.

    Args:
        array: texts, or a dictionary of texts, or nothing but nulls.
        usual: what the texts most likely are.
    """
    if pa.types.is_null(array.type):
        return np.full(len(array), _NULL), []
    if usual is not None and not pa.types.is_dictionary(array.type):
        places = usual.places(array)
        if places is not None:
            return places, list(usual.words)
    held = array if pa.types.is_dictionary(array.type) else pc.dictionary_encode(array)
    indices = held.indices if pa.types.is_signed_integer(held.indices.type) else held.indices.cast(pa.int64())
    return pc.fill_null(indices, _NULL).to_numpy(zero_copy_only=False), held.dictionary.to_pylist()
