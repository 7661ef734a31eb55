"""How the loops of this package become machine code: by Numba, on first use, kept for the next time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numba
import numpy as np
import numpy.typing as npt

__all__ = ["compiled", "frozen", "part_of_one"]

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

_Item = TypeVar("_Item", bound=np.generic)

_njit: Any = numba.njit  # its types do not know all it takes

# Without the interpreter's lock; dividing by zero is no error but infinite, as it is to NumPy; and a product may be
# added in the same step, which rounds once less.
_HOW: Final = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}, "no_cfunc_wrapper": True}


def compiled(loop: _Loop) -> _Loop:
    """Compile a loop over arrays when it is first called; threads run it side by side.

    The machine code is kept beside the module, or in the user's cache folder. Where neither can be written to, each
    process compiles for itself.
    """
    try:
        made: _Loop = _njit(loop, **_HOW, cache=True)
    except RuntimeError:  # nowhere to keep it
        made = _njit(loop, **_HOW)
    return made


def part_of_one(loop: _Loop) -> _Loop:
    """Compile a loop that only other compiled loops call; it is kept with those, and cannot be called from Python."""
    made: _Loop = _njit(loop, **_HOW, no_cpython_wrapper=True)
    return made


def frozen(array: npt.NDArray[_Item]) -> npt.NDArray[_Item]:
    """Make an array read-only, as what comes from Arrow is: loops are compiled for each of the two kinds apart."""
    array.flags.writeable = False
    return array
