"""A short name for the advice: equal where the advice is equal, from whatever shell and in whatever order of answers.

It covers what is decided exactly: the pack, the urgency with its bounds, whom to see, and the rules that fired.
Probabilities are not in it. Their last digits depend on the order of a sum, which is another for one person than for
many at once, and rounding would only move that to the borders between rounded numbers; the list of serious causes to
rule out hangs on them, so neither is it. The answers are not in it either: so few are possible that their hash would
give them away.
"""

from __future__ import annotations

import hashlib
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

__all__ = ["DIGITS", "result_hash"]

DIGITS: Final = 16
"""Length of the hash: hexadecimal digits of the start of a SHA-256."""

_FORM = "unclench result 1"


def result_hash(
    *,
    pack: str,
    disposition: str,
    at_least: str,
    at_most: str,
    settled: bool,
    floor: bool,
    see: str,
    rules: Iterable[str],
) -> str:
    """Return the hash of an advice: the first 16 hexadecimal digits of the SHA-256 of its canonical form.

    That form is a JSON list without spaces, in ASCII: `"unclench result 1"`, then the arguments in this order, with the
    rules as a list.

    Args:
        pack: hash of the knowledge, as `Knowledge.hash` gives it.
        disposition: id of the advice.
        at_least: id of the most urgent disposition that holds.
        at_most: id of the most urgent that it could still become.
        settled: whether no missing answer can change the urgency.
        floor: whether only an open question about danger raises it.
        see: whom to see, as a place id.
        rules: ids of the rules that fired, in order of precedence.

    Examples:
        >>> result_hash(
        ...     pack="sha256:0", disposition="routine", at_least="routine", at_most="routine",
        ...     settled=True, floor=False, see="gp", rules=["long_lasting"],
        ... )
        'a1957b11d005f0fc'
    """
    form = [_FORM, pack, disposition, at_least, at_most, settled, floor, see, list(rules)]
    text = json.dumps(form, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:DIGITS]
