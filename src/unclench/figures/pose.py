"""Reads a figure's record: a posture, what differs from it, and what changes from one drawn position to the next.

A position says only what is new; the rest stays as it was in the position before. Everything here is plain data: where
the body then is in the room is for `stage`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from unclench.errors import near_match
from unclench.figures.body import LIMBS, SIDES, joints_of, other_side
from unclench.figures.vectors import Vector

__all__ = ["WHOLE", "Arrow", "Figure", "Goal", "Place", "Position", "Problem", "Prop", "read_figure"]

Place: TypeAlias = tuple[str | int, ...]
"""Keys that lead to a part of a record."""

WHOLE: Final = ("lean", "turn", "tilt", "spin")
"""How the whole body is turned in the room."""

_JOINTS: Final = joints_of()
_LIMB_ENDS: Final = tuple(f"{side}_{end}" for side in SIDES for end in ("hand", "foot"))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a figure, and where in its record."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a hand or foot holds on.

    Attributes:
        on: a part of the body, or `room`.
        at: centimetres forwards, up and outwards in that part's own directions; outwards is away from the midline on
            the side of the part, or of the hand where the part has no side.
        bend: which way the elbow or knee points: forwards, up and outwards of the trunk; None = as the angles say.
    """

    on: str
    at: Vector
    bend: Vector | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow of the stills.

    Attributes:
        part: the part whose way it shows.
        aside: how far to the right and up on the page from the middle of the part, in centimetres; None = just outside.
        way: to the right and up on the page, for a movement too small to draw as it is; None = as it is.
        at: the position from which it starts; None = every position from which the part moves.
    """

    part: str
    aside: tuple[float, float] | None = None
    way: tuple[float, float] | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Prop:
    """A thing in the room.

    Attributes:
        kind: which thing; its measures are in the body's record.
        at: centimetres ahead of where the pelvis starts.
        across: centimetres to the viewer of where the pelvis starts.
        height: of its top, where that is not its usual one; None = the usual one.
        by: the parts it is held by, tied round or laid on.
        base: height of what it lies on.
        turned: whether a chair faces the other way.
    """

    kind: str
    at: float = 0.0
    across: float = 0.0
    height: float | None = None
    by: tuple[str, ...] = ()
    base: float = 0.0
    turned: bool = False


@dataclass(frozen=True)
class Position:
    """One drawn position.

    Attributes:
        angles: every joint movement that is not 0, in degrees.
        whole: lean, turn, tilt and spin of the body in the room, in degrees.
        on: part that carries the body to what it rests on.
        anchor: the part that keeps its place from here to the next position.
        stays: hands and feet that keep their place from here to the next position.
        holds: hands and feet to where they hold on.
        seconds: time it takes to get here.
        hold: seconds to stay.
        breath: how far the belly is filled, 0 to 1.
    """

    angles: Mapping[tuple[str, str], float]
    whole: Mapping[str, float]
    on: Mapping[str, str]
    anchor: str
    stays: tuple[str, ...] = ()
    holds: Mapping[str, Goal] = field(default_factory=dict)
    seconds: float = 2.0
    hold: float = 1.0
    breath: float = 0.0


@dataclass(frozen=True)
class Figure:
    """A drawn exercise.

    Attributes:
        view: from where it is seen, a name of the body's record.
        posture: the posture it begins from.
        anchor: the part that decides where the first position is.
        positions: one for a still figure, two or more for a moving one.
        round: whether the last position leads back to the first; otherwise the movement is run backwards.
        arrows: what the stills show of the way between positions.
        shoes: whether it wears shoes.
        front: limbs drawn over all else, the last on top, where depth alone would put them behind.
        behind: limbs drawn under all else.
    """

    id: str
    view: str
    posture: str
    anchor: str
    positions: tuple[Position, ...]
    props: tuple[Prop, ...] = ()
    round: bool = False
    arrows: tuple[Arrow, ...] = ()
    shoes: bool = False
    front: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()

    def mirrored(self) -> Figure:
        """Return the same exercise for the other side; seen from that side, its picture is the mirror image."""
        return replace(
            self,
            anchor=other_side(self.anchor),
            positions=tuple(_mirrored(one) for one in self.positions),
            props=tuple(replace(prop, by=tuple(map(other_side, prop.by))) for prop in self.props),
            arrows=tuple(replace(one, part=other_side(one.part)) for one in self.arrows),
            front=tuple(map(other_side, self.front)),
            behind=tuple(map(other_side, self.behind)),
        )


def _mirrored(one: Position) -> Position:
    turned = {"side_bend", "turn", "tilt", "spin"}
    return replace(
        one,
        angles={
            (other_side(joint), move): -angle
            if move in turned or (move == "rotation" and other_side(joint) == joint)
            else angle
            for (joint, move), angle in one.angles.items()
        },
        whole={name: -angle if name in turned else angle for name, angle in one.whole.items()},
        on={other_side(part): surface for part, surface in one.on.items()},
        anchor=other_side(one.anchor),
        stays=tuple(map(other_side, one.stays)),
        holds={other_side(end): replace(goal, on=other_side(goal.on)) for end, goal in one.holds.items()},
    )


def read_figure(
    data: Mapping[str, Any],
    postures: Mapping[str, Any],
    parts: Iterable[str],
    views: Iterable[str],
    kinds: Iterable[str],
) -> tuple[Figure | None, tuple[Problem, ...]]:
    """Read one record.

    Args:
        data: the record as plain data.
        postures: the postures of the body's record.
        parts: names of parts that can carry the body.
        views: names of views.
        kinds: names of things.

    Returns:
        The figure, or None with what is wrong, each problem with its place in the record.
    """
    reader = _Reader(data, postures, tuple(parts), tuple(views), tuple(kinds))
    figure = reader.figure()
    return (None if reader.problems else figure), tuple(reader.problems)


def _pair(values: Sequence[float] | None) -> tuple[float, float] | None:
    return None if values is None else (float(values[0]), float(values[1]))


def _three(values: Sequence[float]) -> Vector:
    return float(values[0]), float(values[1]), float(values[2])


class _Reader:
    def __init__(
        self,
        data: Mapping[str, Any],
        postures: Mapping[str, Any],
        parts: tuple[str, ...],
        views: tuple[str, ...],
        kinds: tuple[str, ...],
    ) -> None:
        self.data, self.postures, self.parts, self.views, self.kinds = data, postures, parts, views, kinds
        self.problems: list[Problem] = []

    def figure(self) -> Figure | None:
        data = self.data
        self.known(data["view"], self.views, ("view",), "view")
        if not self.known(data["posture"], self.postures, ("posture",), "posture"):
            return None
        if "anchor" in data:
            self.known(data["anchor"], (*self.parts, "lowest"), ("anchor",), "part")
        for at, one in enumerate(data.get("arrows", ())):
            self.known(one["part"], self.parts, ("arrows", at, "part"), "part")
        return Figure(
            data["id"],
            data["view"],
            data["posture"],
            data.get("anchor", self.postures[data["posture"]]["anchor"]),
            tuple(self.positions()),
            tuple(self.props()),
            data.get("round", False),
            tuple(
                Arrow(one["part"], _pair(one.get("aside")), _pair(one.get("way")), one.get("at"))
                for one in data.get("arrows", ())
            ),
            data.get("shoes", False),
            tuple(data.get("front", ())),
            tuple(data.get("behind", ())),
        )

    def props(self) -> Iterator[Prop]:
        for at, one in enumerate(self.data.get("props", ())):
            self.known(one["kind"], self.kinds, ("props", at, "kind"), "thing")
            by = tuple(one.get("by", ()))
            for index, part in enumerate(by):
                self.known(part, (*self.parts, "room"), ("props", at, "by", index), "part")
            yield Prop(
                one["kind"],
                one.get("at", 0.0),
                one.get("across", 0.0),
                one.get("height"),
                by,
                one.get("base", 0.0),
                one.get("turned", False),
            )

    def positions(self) -> Iterator[Position]:
        posture = self.postures[self.data["posture"]]
        before = self.position(posture, None, ())
        for at, one in enumerate(self.data["positions"]):
            before = self.position(one, before, ("positions", at))
            yield before

    def position(self, data: Mapping[str, Any], before: Position | None, place: Place) -> Position:
        angles = dict(before.angles) if before else {}
        angles |= self.angles(data.get("joints", {}), (*place, "joints"))
        whole = {**(before.whole if before else dict.fromkeys(WHOLE, 0.0)), **data.get("body", {})}
        on = dict(data["on"]) if "on" in data else dict(before.on if before else {})
        surfaces = {"floor", *(prop["kind"] for prop in self.data.get("props", ()))}
        for part, surface in on.items():
            self.known(part, self.parts, (*place, "on", part), "part")
            if before:
                self.known(surface, surfaces, (*place, "on", part), "thing of this figure")
        anchor = data.get("anchor", before.anchor if before else "")
        self.known(anchor, (*self.parts, "lowest"), (*place, "anchor"), "part")
        stays = tuple(data.get("stays", before.stays if before else ()))
        for index, end in enumerate(stays):
            self.known(end, _LIMB_ENDS, (*place, "stays", index), "hand or foot")
        holds = dict(before.holds) if before else {}
        for end, goal in data.get("holds", {}).items():
            self.known(end, _LIMB_ENDS, (*place, "holds", end), "hand or foot")
            if goal is None:
                holds.pop(end, None)
                continue
            self.known(goal["on"], (*self.parts, "room"), (*place, "holds", end, "on"), "part")
            holds[end] = Goal(goal["on"], _three(goal["at"]), _three(goal["bend"]) if "bend" in goal else None)
        seconds, hold = (data.get(key, getattr(before, key, 0.0)) for key in ("seconds", "hold"))
        if before is None:
            seconds, hold = 2.0, 1.0
        breath = data.get("breath", before.breath if before else 0.0)
        return Position(angles, whole, on, anchor, stays, holds, seconds, hold, breath)

    def angles(self, data: Mapping[str, Mapping[str, float]], place: Place) -> dict[tuple[str, str], float]:
        pairs = {f"{joint}s": [f"{side}_{joint}" for side in SIDES] for joint in LIMBS}
        made: dict[tuple[str, str], float] = {}
        for name, moves in data.items():
            if not self.known(name, (*_JOINTS, *pairs), (*place, name), "joint"):
                continue
            for joint in pairs.get(name, [name]):
                for move, angle in moves.items():
                    if self.known(move, _JOINTS[joint], (*place, name, move), f"movement of the {name}"):
                        made[joint, move] = float(angle)
        return made

    def known(self, name: str, all_names: Iterable[str], place: Place, kind: str) -> bool:
        names = list(all_names)
        if name in names:
            return True
        self.problems.append(Problem(place, f'there is no {kind} "{name}".{near_match(name, names)}'))
        return False
