"""How the loops of this package become machine code: by Numba, on first use, kept for the next time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["compiled"]

_Loop = TypeVar("_Loop", bound=Callable[..., Any])


def compiled(loop: _Loop) -> _Loop:
    """Compile a loop over arrays when it is first called; threads run it side by side.

    The machine code is kept beside the module, or in the user's cache folder. Where neither can be written to, each
    process compiles for itself.
    """
    try:
        made: _Loop = numba.njit(loop, nogil=True, cache=True)
    except RuntimeError:  # nowhere to keep it
        made = numba.njit(loop, nogil=True)
    return made
