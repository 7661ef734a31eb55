"""The bytes of one JSON case, read strictly: what JSON leaves open is refused, never guessed."""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections import Counter

from unclench.errors import CaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

__all__ = ["LARGEST", "TOO_DEEP", "decode_case"]

LARGEST: Final = 1024 * 1024
"""The most bytes one case may have; a full case is a few kilobytes."""

TOO_DEEP: Final = "it is nested too deeply to be a case. A finding takes one value, or a list of body regions."


def decode_case(data: bytes, *, many: bool) -> Any:
    """Return what a JSON text says, before anybody looks whether it is a case.

    Args:
        data: UTF-8, with or without a byte order mark.
        many: whether it is one of many, one a line; then a fault is placed by its column alone.

    Raises:
        CaseError: it is too long, not UTF-8 or no JSON, names a key twice, or holds NaN or an infinity.

    Examples:
        >>> decode_case(b'{"fever": true}', many=True)
        {'fever': True}
    """
    if len(data.rstrip(b"\r\n")) > LARGEST:
        raise CaseError(
            f"it is longer than {LARGEST // 1024} KiB, and no case is. Check that each line holds one case."
        )
    try:
        text = data.removeprefix(BOM_UTF8).decode()  # as "utf-8-sig", which would have to be imported
    except UnicodeDecodeError as error:
        raise CaseError(
            f"it is not text in UTF-8 (byte {error.start + 1} is 0x{data[error.start]:02x}), so it is no JSON. "
            "Save the case as UTF-8 JSON."
        ) from None
    try:
        return json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        if "\x00" in text:
            raise CaseError("it holds zero bytes, so it is a binary file and no JSON. Give a JSON file.") from None
        where = f"column {error.colno}" if many else f"line {error.lineno}, column {error.colno}"
        near = text[max(0, error.pos - 12) : error.pos + 12].replace("\n", " ")
        raise CaseError(f"broken JSON at {where}, near {near!r}: {error.msg}. Mend it there.") from None
    except RecursionError:
        raise CaseError(TOO_DEEP) from None
    except ValueError as error:
        raise CaseError(f"broken JSON: {error}.") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twin = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f'"{twin}" is there twice; keep one')
    return made


def _no_constant(name: str) -> Callable[[], None]:
    raise ValueError(f'{name} is no JSON number; leave it out, or write "unsure"')
