"""Figures of the exercises: judged, told in words, and as the pack has them."""

from __future__ import annotations

from unclench.errors import KnowledgeError
from unclench.figures.describe import MOVES, SIDED, SINGLE
from unclench.figures.record import problems_of, stage_of
from unclench.knowledge.expressions import Expressions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Figures"]

_SIDES = ("right", "left", "both")


class Figures(Expressions):
    """Adds the drawn figures."""

    def figures_data(self) -> dict[str, Any]:
        """Return the body that all figures share, and the record of each."""
        body = self.shelf.figure_body
        if body is None:
            self.problem("plan/figure.yaml", "the file is missing. It holds the body that figures are drawn with.")
            return {}
        try:
            stage = stage_of(body.data, body.file)
        except KnowledgeError as error:
            self.problems += error.problems
            return {}
        for name, document in sorted(self.shelf.figures.items()):
            self.problems += problems_of(document.data, document.file, stage, document.where)
            self.known(name, self.shelf.exercises, document.where(("id",)), "exercise")
        for name, placed in sorted(self.shelf.exercises.items()):
            if name not in self.shelf.figures:
                self.problem(placed.where(), f"the exercise has no figure. Draw it in figures/{name}.yaml.")
        self.check_figure_words()
        return {"body": stage.data, "records": {name: one.data for name, one in sorted(self.shelf.figures.items())}}

    def check_figure_words(self) -> None:
        """Every language has every sentence that a figure can be told with, and no other."""
        needed = {*SINGLE, *MOVES, *(f"{name}_{side}" for name in SIDED for side in _SIDES)}
        for locale, kinds in self.shelf.wording.items():
            file = f"wording/{locale}/figures"
            for name in sorted(needed - set(kinds.get("figures", {}))):
                self.problem(file, f'"{name}" has no words. Figures are told with them.')
            for name in sorted(set(kinds.get("figures", {})) - needed):
                self.problem(file, f'no figure is told with "{name}". Remove it.')
