"""Checks and compiles what is there only to be read: questions, charts, muscles of the drawing, reviews."""

from __future__ import annotations

from unclench.knowledge.claims import SHELVES, called
from unclench.knowledge.expressions import Expressions, Worded, refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed

__all__ = ["Learning"]

_LAYERS = ("outer", "middle", "deep")


class Learning(Expressions):
    """Adds what no advice rests on."""

    def learning_data(self) -> dict[str, Any]:
        """Return these parts as the pack has them."""
        shelf = self.shelf
        muscles = sorted(shelf.muscles.values(), key=lambda one: _LAYERS.index(one.record.layer))
        return {
            "questions": [self._question(placed) for placed in shelf.questions.values()],
            "charts": [self._chart(placed) for _, placed in sorted(shelf.charts.items())],
            "muscles": [
                {"id": o.record.id, "layer": o.record.layer, "sources": refs(o.record.source),
                 "from_memory": o.record.from_memory}
                for o in muscles
            ],
            "reviews": [
                {"id": o.record.id, "reviewed_by": o.record.reviewed_by, "review_by": o.record.review_by}
                for o in shelf.reviews.values()
            ],
        }  # fmt: skip

    def check_learning(self) -> None:
        """Each of these records is worded in every language."""
        charts = {name: {one.id for one in placed.record.series} for name, placed in self.shelf.charts.items()}
        wanted: Worded = {
            "questions": (self.shelf.questions, ("question", "answer")),
            "charts": (self.shelf.charts, ("name", "summary", "lines", "across", "point", "span")),
            "muscles": (self.shelf.muscles, ("name", "does", "clinical")),
        }
        self.check_words(wanted)
        for locale, kinds in self.shelf.wording.items():
            for name, lines in charts.items():
                worded = kinds.get("charts", {}).get(name, {}).get("lines", {})
                for one in sorted(lines - set(worded if isinstance(worded, dict) else ())):
                    self.problem(f"wording/{locale}/charts", f'"{name}" lacks words for {one}.')

    def _question(self, placed: Placed[schema.LayQuestion]) -> dict[str, Any]:
        record = placed.record
        for at, one in enumerate(record.records):
            if len(one) != 1:
                self.problem(placed.where("records", at), "each entry names one record, as `treatment: heat`.")
            for kind, name in one.items():
                self.known(name, getattr(self.shelf, SHELVES[kind]), placed.where("records", at), called(kind))
        for at, text in enumerate(record.asked_in):
            self.known(text, self.shelf.claim_texts, placed.where("asked_in", at), "article")
        return {
            "id": record.id,
            "theme": record.theme,
            "records": [list(pair) for one in record.records for pair in one.items()],
            "asked_in": record.asked_in,
            "sources": refs(record.source),
            "from_memory": record.from_memory,
        }

    def _chart(self, placed: Placed[schema.Chart]) -> dict[str, Any]:
        record = placed.record
        for name in record.events:
            self.known(name, self.shelf.events, placed.where("events"), "kind of episode")
        for name in record.treatments:
            self.known(name, self.shelf.treatments, placed.where("treatments"), "treatment")
        for at, one in enumerate(record.series):
            for point in one.points:
                ends = (point.low, point.high) if record.form == "band" else (point.value, point.value)
                if None in ends or not 0 <= (ends[0] or 0) <= (ends[1] or 0) <= record.most:
                    self.problem(
                        placed.where("series", at),
                        f"the point at {point.at:g} must have `low` and `high` in a band, else `value`, up to `most`.",
                    )
        return {
            "id": record.id,
            "form": record.form,
            "across": record.across,
            "most": record.most,
            "series": [
                {
                    "id": one.id,
                    "points": [
                        [p.at, *((p.low, p.high) if record.form == "band" else (p.value, p.value))] for p in one.points
                    ],
                    "basis": one.basis,
                    "sources": refs(one.source),
                    "from_memory": one.from_memory,
                }
                for one in record.series
            ],
            "events": record.events,
            "treatments": record.treatments,
        }
