"""Packs that differ from the real one in some part, without reading all of it anew."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import Any

from unclench.knowledge import Knowledge

__all__ = ["copied"]


def copied(knowledge: Knowledge, **data: Any) -> Knowledge:
    """Return a copy that has forgotten what it made when first needed: plans, medicines, causes.

    Rules, findings and screens are made at once, so those stay as they were.

    Args:
        knowledge: the pack.
        data: parts of `Knowledge.data` that stand in place of its own.
    """
    made = copy.copy(knowledge)
    for name, value in vars(Knowledge).items():
        if isinstance(value, cached_property):
            vars(made).pop(name, None)
    made.data = {**knowledge.data, **data}
    return made
