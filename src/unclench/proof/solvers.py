"""The two solvers, behind one small door. Each is imported only here, inside a function."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from unclench.errors import UnclenchError
from unclench.logic.solver import Algebra, Term

__all__ = ["SOLVERS", "Session"]

SOLVERS: Final = ("z3", "cvc5")
"""The solvers that must agree on every verdict."""

T = TypeVar("T")

_MODULES: Final = {"z3": "z3", "cvc5": "cvc5.pythonic"}
_PACKAGES: Final = {"z3": "z3-solver", "cvc5": "cvc5"}


class Session:
    """One incremental conversation with one solver.

    Args:
        name: "z3" or "cvc5".

    Raises:
        UnclenchError: that solver is not installed.
    """

    def __init__(self, name: str) -> None:
        try:
            self.module: Any = importlib.import_module(_MODULES[name])
        except ImportError:
            raise UnclenchError(
                f"{name} is not installed, and nothing is proved without it. Run: pip install {_PACKAGES[name]}"
            ) from None
        self.name = name
        self.version = importlib.import_module("importlib.metadata").version(_PACKAGES[name])
        self.algebra = Algebra(self.module)
        self.seconds = 0.0
        self.queries = 0
        self.solver = self.module.SolverFor("QF_LIRA")
        self.model: Any = None

    @contextmanager
    def assuming(self, *terms: Term) -> Iterator[None]:
        """Let `terms` hold until the end of the block."""
        self.solver.push()
        try:
            self.add(*terms)
            yield
        finally:
            self.solver.pop()

    def add(self, *terms: Term) -> None:
        """Let `terms` hold from now on, or to the end of the innermost block."""
        for term in terms:
            self.solver.add(self.module.BoolVal(term) if isinstance(term, bool) else term)

    def is_possible(self, terms: Iterable[Term] = ()) -> bool:
        """Tell whether `terms` can hold together with all that was added.

        Raises:
            UnclenchError: the solver could not decide. Undecided is never taken for proved.
        """
        return self.find(terms, lambda: True) or False

    def find(self, terms: Iterable[Term], read: Callable[[], T]) -> T | None:
        """Return what `read` makes of one way in which `terms` can hold; None if they cannot.

        Raises:
            UnclenchError: the solver could not decide. Undecided is never taken for proved.
        """
        with self.assuming(*terms):
            begun = time.process_time()
            answer = self.solver.check()
            self.seconds += time.process_time() - begun
            self.queries += 1
            if answer == self.module.sat:
                self.model = self.solver.model()
                return read()
            if answer == self.module.unsat:
                return None
        raise UnclenchError(f"{self.name} could not decide a query ({answer}), so nothing is proved. Report it.")

    def holds(self, term: Term) -> bool:
        """Tell whether `term` holds in the model being read; what the model leaves open counts as false."""
        if isinstance(term, bool):
            return term
        return bool(self.module.is_true(self.model.eval(term, model_completion=True)))

    def number(self, term: Term) -> float:
        """Return the value of a number in the model being read."""
        value = self.model.eval(term, model_completion=True)
        return float(value.as_fraction()) if hasattr(value, "as_fraction") else int(value.as_long())
