"""The one misread letter of a handover code: found wherever it stands, and never guessed."""

from __future__ import annotations

import base64
import random
import zlib

from hypothesis import given
from hypothesis import strategies as st

import strategies as _profile  # noqa: F401  its settings
from unclench.handover.misread import misread_letter

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def sealed(packed: bytes) -> str:
    whole = zlib.crc32(packed).to_bytes(4, "big") + packed
    return base64.b32encode(whole).decode().rstrip("=")


def read(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def is_right(whole: bytes) -> bool:
    return zlib.crc32(whole[4:]).to_bytes(4, "big") == whole[:4]


def by_trying(text: str) -> set[int]:
    """Return the places at which some other letter makes the check sum right: every letter is tried at every place."""
    return {
        place
        for place in range(len(text))
        if any(is_right(read(text[:place] + other + text[place + 1 :])) for other in LETTERS)
    }


@given(st.binary(max_size=40), st.data())
def test_it_finds_what_trying_every_letter_finds(packed: bytes, data: st.DataObject) -> None:
    text = sealed(packed)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(text) - 1))
        text = text[:place] + data.draw(st.sampled_from(LETTERS)) + text[place + 1 :]
    whole = read(text)
    found = by_trying(text)
    expected = found.pop() if len(found) == 1 and not is_right(whole) else None
    assert misread_letter(whole, len(text)) == expected


def test_every_wrong_letter_at_every_place_is_found() -> None:
    rng = random.Random(5)
    for size in range(12):
        text = sealed(rng.randbytes(size))
        for place in range(len(text)):
            for other in LETTERS:
                whole = read(text[:place] + other + text[place + 1 :])
                if not is_right(whole):
                    assert misread_letter(whole, len(text)) == place


def test_too_few_bytes_for_a_check_sum_name_no_letter() -> None:
    for text in ("", "AA", "AAAA", "AAAAA"):
        assert misread_letter(read(text), len(text)) is None
