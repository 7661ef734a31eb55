"""What is there only to be read, as the pages read it: questions, charts, muscles, reviews, what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from unclench.knowledge.records import SourceRef, source_refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Change",
    "Chart",
    "LayQuestion",
    "Muscle",
    "Point",
    "Review",
    "Series",
    "Version",
    "chart_of",
    "history_of",
    "muscle_of",
    "question_of",
    "review_of",
    "version_of",
]


@dataclass(frozen=True, slots=True, eq=False)
class LayQuestion:
    """A question that people ask.

    Attributes:
        theme: what, why, now, treatment, medicine, care or life.
        records: (kind, id) of the records that say more.
        asked_in: audited articles that ask it; empty = one they should have asked.
    """

    id: str
    theme: str
    records: tuple[tuple[str, str], ...]
    asked_in: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    from_memory: bool


class Point(NamedTuple):
    """One place of a chart; both ends are the same where it is no band."""

    at: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """What is drawn as one band or one row of bars."""

    id: str
    points: tuple[Point, ...]
    basis: str
    sources: tuple[SourceRef, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Numbers that are drawn.

    Attributes:
        form: band or shares.
        across: weeks or years.
        most: the end of the scale.
        events: kinds of episode whose pages show it; `treatments` likewise.
    """

    id: str
    form: str
    across: str
    most: float
    series: tuple[Series, ...]
    events: tuple[str, ...]
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Muscle:
    """A muscle of the back; `layer` is outer, middle or deep."""

    id: str
    layer: str
    sources: tuple[SourceRef, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """Who reviewed a record, None = nobody, and by when it must be looked at again."""

    reviewed_by: str | None
    review_by: date

    def is_overdue(self, today: date) -> bool:
        """Tell whether the day of the review is past."""
        return today > self.review_by


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the knowledge.

    Attributes:
        on: the day.
        records: (kind, id) of what it concerns; the id is `*` for every record of a kind, empty for a part without ids.
        first: those of the records that were first written with it.
        text: what changed and who is affected, in English.
    """

    on: date
    records: tuple[tuple[str, str], ...]
    first: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the knowledge; `about` are paragraphs, `entries` stand newest first."""

    name: str
    about: tuple[str, ...]
    entries: tuple[Change, ...]


def history_of(versions: Iterable[Version], kind: str, name: str) -> tuple[Change, ...]:
    """Return what was changed in a record, newest first; the last one is when it was first written.

    What concerned every record of a kind before this one was written is not part of its history.

    Args:
        versions: of the knowledge, newest first, their entries too.
        kind: folder of the record, such as `causes`.
        name: its id.

    Examples:
        >>> of_all = Change(date(2026, 1, 1), (("causes", "*"),), (), "First causes.")
        >>> later = Change(date(2026, 2, 1), (("causes", "spasm"),), (("causes", "spasm"),), "A new cause.")
        >>> versions = [Version("0.1", (), (later, of_all))]
        >>> [one.text for one in history_of(versions, "causes", "spasm")]
        ['A new cause.']
        >>> [one.text for one in history_of(versions, "causes", "cramp")]
        ['First causes.']
    """
    found: list[Change] = []
    for one in (entry for version in versions for entry in version.entries):
        if (kind, name) in one.records or (kind, "*") in one.records:
            found.append(one)
        if (kind, name) in one.first:
            break
    return tuple(found)


def question_of(one: Mapping[str, Any]) -> LayQuestion:
    """Return the question stored in a pack."""
    return LayQuestion(
        one["id"], one["theme"], tuple((kind, name) for kind, name in one["records"]), tuple(one["asked_in"]),
        source_refs(one["sources"]), one["from_memory"],
    )  # fmt: skip


def chart_of(one: Mapping[str, Any]) -> Chart:
    """Return the chart stored in a pack."""
    series = tuple(
        Series(o["id"], tuple(Point(*p) for p in o["points"]), o["basis"], source_refs(o["sources"]), o["from_memory"])
        for o in one["series"]
    )
    return Chart(
        one["id"], one["form"], one["across"], one["most"], series, tuple(one["events"]), tuple(one["treatments"])
    )


def muscle_of(one: Mapping[str, Any]) -> Muscle:
    """Return the muscle stored in a pack."""
    return Muscle(one["id"], one["layer"], source_refs(one["sources"]), one["from_memory"])


def review_of(one: Mapping[str, Any]) -> Review:
    """Return the review stored in a pack, or the one that a rule has of its own."""
    return Review(one["reviewed_by"], date.fromisoformat(one["review_by"]))


def version_of(one: Mapping[str, Any]) -> Version:
    """Return the version stored in a pack."""
    return Version(
        one["version"],
        tuple(one["about"]),
        tuple(
            Change(
                date.fromisoformat(o["on"]),
                tuple((kind, name) for kind, name, _first in o["records"]),
                tuple((kind, name) for kind, name, first in o["records"] if first),
                o["text"],
            )
            for o in one["entries"]
        ),
    )
