"""Reads the vignettes. They are no part of the pack: nothing the engine says may rest on them."""

from __future__ import annotations

from unclench.errors import KnowledgeError
from unclench.knowledge.read import read_shelf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from unclench.knowledge import schema

__all__ = ["read_vignettes"]


def read_vignettes(root: Path, *, held_out: bool = False) -> list[schema.Vignette]:
    """Return the vignettes of a knowledge folder, by id.

    Args:
        root: the folder.
        held_out: those in `vignettes/held_out/`, which nobody looks at while mending knowledge, instead of the others.

    Raises:
        KnowledgeError: a file is malformed.
    """
    shelf = read_shelf(root)
    if shelf.problems:
        raise KnowledgeError(shelf.problems)
    return [
        placed.record
        for _, placed in sorted(shelf.vignettes.items())
        if ("held_out" in placed.document.file) == held_out
    ]
