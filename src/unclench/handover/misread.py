"""Finds the one letter of a handover code that was misread, from what it did to the check sum.

A CRC is linear: a wrong letter changes the sum by an amount that hangs on its place alone, whatever the other letters
are. So the amount is walked back a byte at a time, and at each letter compared with the 31 that a wrong letter there
can make: one step a byte, not one check sum a bit.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

__all__ = ["CHECK_BYTES", "LETTER_BITS", "misread_letter"]

CHECK_BYTES = 4
"""How many bytes the check sum has; it stands before what it is the sum of."""

LETTER_BITS = 5
"""How many bits a letter of base32 carries."""

_AT_END = tuple(zlib.crc32(bytes([value])) ^ zlib.crc32(b"\0") for value in range(256))
"""What a change of the last byte does to the sum, by the bits changed."""

_FROM_TOP = {amount >> 24: value for value, amount in enumerate(_AT_END)}


def _later(amount: int) -> int:
    """Return what the same change does when one more byte comes after it."""
    return amount >> 8 ^ _AT_END[amount & 0xFF]


def _earlier(amount: int) -> int:
    """Undo `_later`."""
    value = _FROM_TOP[amount >> 24]
    return (amount ^ _AT_END[value]) << 8 | value


_LETTER: tuple[Mapping[int, int], ...] = tuple(
    {_later(_AT_END[bits << after >> 8]) ^ _AT_END[bits << after & 0xFF]: bits for bits in range(1, 1 << LETTER_BITS)}
    for after in reversed(range(8))
)
"""By the bit of the last byte it ends at: what a wrong letter can do to the sum, and which of its bits are wrong."""


def misread_letter(whole: bytes, letters: int) -> int | None:
    """Return the index of the one letter that would mend the check sum if it were another.

    Args:
        whole: the check sum and what it is the sum of, as read.
        letters: how many letters of base32 it was read from.

    Returns:
        The index, from 0; None if no letter, or more than one, would.

    Examples:
        >>> import base64
        >>> sealed = base64.b32encode(zlib.crc32(b"eleven bees").to_bytes(4, "big") + b"eleven bees")
        >>> misread_letter(base64.b32decode(sealed[:20] + b"A" + sealed[21:]), len(sealed))
        20
    """
    packed = whole[CHECK_BYTES:]
    wrong = int.from_bytes(whole[:CHECK_BYTES], "big") ^ zlib.crc32(packed)
    if not wrong or len(whole) < CHECK_BYTES:
        return None
    inside, rest = divmod(8 * CHECK_BYTES, LETTER_BITS)  # letters inside the sum; the next has `rest` bits of it
    suspects = [index for index in range(inside) if not wrong & ~(0x1F << 32 - LETTER_BITS * (index + 1))]
    if any(wrong ^ amount < 1 << rest for amount in _beginning(packed, LETTER_BITS - rest)):
        suspects.append(inside)
    # Bits of the last letter may lie behind the last byte, where they mean nothing: begin as if one more byte came.
    end, amount = len(whole), _later(wrong)
    unused = (1 << LETTER_BITS * letters - 8 * len(whole)) - 1
    for index in reversed(range(inside + 1, letters)):
        byte, bit = divmod(LETTER_BITS * index + LETTER_BITS - 1, 8)
        while end > byte:
            end, amount = end - 1, _earlier(amount)
        bits = _LETTER[bit].get(amount, 0)
        if bits and not (byte == len(whole) and bits & unused):
            suspects.append(index)
    return suspects[0] if len(suspects) == 1 else None


def _beginning(packed: bytes, bits: int) -> list[int]:
    """Return what each change of the first bits does to the sum, none included."""
    if not packed:
        return [0]
    right = zlib.crc32(packed)
    changes = (value << 8 - bits for value in range(1 << bits))
    return [zlib.crc32(bytes([packed[0] ^ change]) + packed[1:]) ^ right for change in changes]
