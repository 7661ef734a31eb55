"""The certificate that is shipped: what was proved, of which pack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from unclench.knowledge import Knowledge

__all__ = ["SHIPPED", "shipped"]

SHIPPED: Final = files("unclench.proof") / "certificate.json"


def shipped(knowledge: Knowledge) -> Mapping[str, Any] | None:
    """Return the shipped certificate if it is about this pack and everything in it holds.

    Args:
        knowledge: the pack in use.

    Returns:
        What `Certificate.to_data` wrote. None: there is none, it is about another pack, or a promise failed; then
        nothing may be called proved.
    """
    certificate = _read()
    if certificate is None or certificate.get("pack") != knowledge.hash or certificate.get("holds") is not True:
        return None
    return certificate


@lru_cache(maxsize=1)
def _read() -> Mapping[str, Any] | None:
    try:
        data = json.loads(SHIPPED.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    return data if isinstance(data, dict) else None
