"""Puts a figure into the room: what carries the body decides where it is, planted hands and feet keep their places.

Also the judge of a figure: no joint past its limit, nothing through the floor, nothing that should touch hovering,
in every drawn position and all the way between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import atan2, cos, degrees, radians
from typing import Any, Final

from unclench.figures.body import SIDES, Body, Part, upright
from unclench.figures.flesh import Flesh, Ring, parts_of
from unclench.figures.pose import WHOLE, Figure, Goal, Position, Problem, Prop, read_figure
from unclench.figures.reach import bend_of, reach
from unclench.figures.vectors import Vector, add, cross, length, scale, subtract, unit

__all__ = ["Frame", "Stage"]

_DOWN: Final = (0.0, -1.0, 0.0)
_ENDS: Final = {"foot": "leg", "hand": "arm"}
_GRIP: Final = 0.4
"""How far along the hand it holds, as a fraction of its length."""


@dataclass(frozen=True)
class Frame:
    """One moment of a figure.

    Attributes:
        placed: every part, in the room.
        angles: every joint's angle, with those of planted and holding limbs as they were found.
        short: hand or foot to how many centimetres it is from where it should be.
        twist: planted hand or foot to how many degrees it is turned off its hinge.
        breath: how far the belly is filled, 0 to 1.
    """

    placed: Mapping[str, Part]
    angles: Mapping[tuple[str, str], float]
    whole: Mapping[str, float]
    short: Mapping[str, float]
    twist: Mapping[str, float]
    breath: float = 0.0


@dataclass(frozen=True)
class Stage:
    """The room, the one body, and the measures it is judged by; made from `knowledge/plan/figure.yaml`."""

    data: Mapping[str, Any]

    @cached_property
    def body(self) -> Body:
        """The bones and joints."""
        return Body.of(self.data)

    @cached_property
    def flesh(self) -> Flesh:
        """What the bones carry."""
        return Flesh.of(self.data["flesh"], self.body)

    @cached_property
    def parts(self) -> dict[str, tuple[Ring, ...]]:
        """Every part that can touch something."""
        return parts_of(self.flesh)

    @cached_property
    def _whole_body(self) -> tuple[Ring, ...]:
        open_hands = (rings for name, rings in self.flesh.pieces.items() if not name.endswith("fist"))
        return tuple(ring for rings in open_hands for ring in rings)

    def read(self, data: Mapping[str, Any]) -> tuple[Figure | None, tuple[Problem, ...]]:
        """Read a record and judge the figure; see `read_figure`."""
        figure, problems = read_figure(
            data, self.data["postures"], self.parts, self.data["views"], set(self.data["things"]) - {"basis"}
        )
        if figure is None:
            return None, problems
        found = tuple(self.judge(figure))
        return (None if found else figure), found

    def figure(self, data: Mapping[str, Any]) -> Figure:
        """Return the figure of a record that was judged when the knowledge was compiled."""
        figure, problems = read_figure(
            data, self.data["postures"], self.parts, self.data["views"], set(self.data["things"]) - {"basis"}
        )
        if figure is None:
            raise ValueError(problems[0].message)
        return figure

    # Placing

    def frames(self, figure: Figure) -> tuple[Frame, ...]:
        """Return each drawn position, placed in the room."""
        frames: list[Frame] = []
        for at, position in enumerate(figure.positions):
            before = (figure.positions[at - 1], frames[-1]) if at else None
            frames.append(self._placed(figure, position, dict(position.angles), position.whole, before))
        return tuple(frames)

    def between(self, figure: Figure, frames: tuple[Frame, ...], at: int, share: float) -> Frame:
        """Return the moment `share` (0 to 1) of the way from position `at` to the next.

        The position after the last is the first, for a figure that goes round.
        """
        after = (at + 1) % len(frames)
        one, other = frames[at], frames[after]
        angles = {
            key: _mix(one.angles.get(key, 0.0), other.angles.get(key, 0.0), share)
            for key in {**one.angles, **other.angles}
        }
        whole = {name: _mix(one.whole[name], other.whole[name], share) for name in WHOLE}
        first, second = figure.positions[at], figure.positions[after]
        holds = {
            end: _between(goal, second.holds[end], share)
            for end, goal in first.holds.items()
            if end in second.holds and second.holds[end].on == goal.on
        }
        position = Position(
            angles,
            whole,
            {part: surface for part, surface in first.on.items() if second.on.get(part) == surface},
            first.anchor,
            first.stays,
            holds,
            breath=_mix(first.breath, second.breath, share),
        )
        return self._placed(figure, position, angles, whole, (first, one), (other, share))

    def _placed(
        self,
        figure: Figure,
        position: Position,
        angles: dict[tuple[str, str], float],
        whole: Mapping[str, float],
        before: tuple[Position, Frame] | None,
        towards: tuple[Frame, float] | None = None,
    ) -> Frame:
        turn = upright(*(whole[name] for name in WHOLE))
        loose = self._level(position, angles, self.body.place(angles, Part((0.0, 0.0, 0.0), turn)))
        anchor = before[0].anchor if before else figure.anchor
        shift = self._shift(figure, position, loose, anchor, before[1] if before else None, towards)
        root = Part(shift, turn)
        placed = self.body.place(angles, root)
        short: dict[str, float] = {}
        twist: dict[str, float] = {}
        kept = self._landed(figure, position, placed, anchor)
        if before:
            kept |= {end: before[1].placed[end] for end in before[0].stays}
        # Legs first, for a hand may hold a leg; and what is planted before what holds on to it.
        ends = [f"{side}_{kind}" for kind in _ENDS for side in SIDES]
        for end in sorted(ends, key=lambda end: (end.endswith("hand"), end not in kept)):
            if end in kept:
                self._stay(end, kept[end], angles, placed, short, twist)
            elif end in position.holds:
                self._hold(end, position.holds[end], angles, placed, short)
            placed = {**self.body.place(angles, root), **{name: placed[name] for name in twist}}
        return Frame(placed, angles, whole, short, twist, position.breath)

    def _level(
        self, position: Position, angles: dict[tuple[str, str], float], placed: dict[str, Part]
    ) -> dict[str, Part]:
        """Bend joints so that every foot and hand that carries the body lies flat, and a shin from knee to toes."""
        for side in SIDES:
            if position.on.get(f"{side}_knee", "") == position.on.get(f"{side}_toes", "none"):
                placed = self._lay_shin(side, angles, placed)
            for end, above, joint in (("foot", "shin", "ankle"), ("hand", "forearm", "wrist")):
                surface = position.on.get(f"{side}_{end}")
                if surface is not None and not self._is_upright(surface):
                    forward, up, _ = placed[f"{side}_{above}"].turn
                    key = (f"{side}_{joint}", "flexion" if end == "foot" else "extension")
                    if end == "foot":
                        angles[key] = degrees(atan2(-forward[1], up[1]))
                    else:
                        angles[key] = degrees(atan2(up[1], forward[1]))
        return self.body.place(angles, placed["pelvis"])

    def _lay_shin(self, side: str, angles: dict[tuple[str, str], float], placed: dict[str, Part]) -> dict[str, Part]:
        """Bend a knee that kneels until the toes are as low as it is, by false position."""
        key = (f"{side}_knee", "flexion")
        shin = self.body.lengths["shin"]
        for _ in range(3):
            knee, toes = (
                -max(ring.reach(placed, _DOWN) for ring in self.parts[f"{side}_{end}"]) for end in ("knee", "toes")
            )
            angles[key] = angles.get(key, 0.0) - degrees((toes - knee) / shin)
            placed = self.body.place(angles, placed["pelvis"])
        return placed

    def _landed(self, figure: Figure, position: Position, placed: Mapping[str, Part], anchor: str) -> dict[str, Part]:
        """Return where feet and hands that carry the body come to lie: on what they rest on, straight up or down."""
        landed = {}
        for side in SIDES:
            for kind in ("foot", "hand"):
                end = f"{side}_{kind}"
                surface = position.on.get(end)
                if surface is None or anchor == end or self._is_upright(surface):
                    continue
                part = _flat(placed[end], kind)
                drop = self.top(figure, surface) - self.flesh.lowest({end: part}, [end])
                if abs(drop) <= self.data["tolerance"]["lands"]:
                    landed[end] = Part(add(part.at, (0.0, drop, 0.0)), part.turn)
        return landed

    def _is_upright(self, surface: str) -> bool:
        return bool(self.data["things"].get(surface, {}).get("upright"))

    def _stay(
        self,
        end: str,
        kept: Part,
        angles: dict[tuple[str, str], float],
        placed: dict[str, Part],
        short: dict[str, float],
        twist: dict[str, float],
    ) -> None:
        side, kind = end.split("_")
        found = reach(self.body, f"{side}_{_ENDS[kind]}", angles, placed, kept.at)
        angles |= found.angles
        short[end] = found.short
        above = self.body.place(angles, placed["pelvis"])[f"{side}_{'shin' if kind == 'foot' else 'forearm'}"]
        joint, move = ("ankle", "flexion") if kind == "foot" else ("wrist", "extension")
        angles[f"{side}_{joint}", move], twist[end] = bend_of(kept, above.turn)
        placed[end] = kept

    def _hold(
        self,
        end: str,
        hold: Goal,
        angles: dict[tuple[str, str], float],
        placed: Mapping[str, Part],
        short: dict[str, float],
    ) -> None:
        side, kind = end.split("_")
        # A bent wrist brings the palm, not the length of the hand, to what is held.
        bent = cos(radians(angles.get((f"{side}_wrist", "extension"), 0.0)))
        beyond = _GRIP * self.body.lengths["hand"] * bent if kind == "hand" else 0.0
        goal = self.goal(end, hold, placed)
        found = reach(self.body, f"{side}_{_ENDS[kind]}", angles, placed, goal, beyond, hold.bend)
        angles |= found.angles
        short[end] = found.short

    def goal(self, end: str, goal: Goal, placed: Mapping[str, Part]) -> Vector:
        """Return the place in the room where a hand or foot holds on."""
        forward, up, out = goal.at
        if goal.on == "room":
            return forward, up, out if end.startswith("right") else -out
        owner = goal.on if goal.on.startswith(SIDES) else end
        part = placed[self.parts[goal.on][0].part]
        return part.point(forward, up, out if owner.startswith("right") else -out)

    def _shift(
        self,
        figure: Figure,
        position: Position,
        loose: Mapping[str, Part],
        anchor: str,
        before: Frame | None,
        towards: tuple[Frame, float] | None,
    ) -> Vector:
        if anchor == "lowest":
            low = -max(ring.reach(loose, _DOWN) for ring in self._whole_body)
            at = before.placed["pelvis"].at if before else (0.0, 0.0, 0.0)
            return at[0], -low, at[2]
        rings = self.parts[anchor]
        bone = loose[rings[0].part].at
        where = before.placed[rings[0].part].at if before else bone
        if anchor in position.on:
            low = -max(ring.reach(loose, _DOWN) for ring in rings)
            height = self.top(figure, position.on[anchor]) - low
        elif before is not None and towards is not None:
            height = _mix(where[1], towards[0].placed[rings[0].part].at[1], towards[1]) - bone[1]
        else:
            height = where[1] - bone[1]
        return where[0] - bone[0], height, where[2] - bone[2]

    # Things

    def prop(self, figure: Figure, kind: str) -> Prop | None:
        """Return the figure's first thing of a kind."""
        return next((prop for prop in figure.props if prop.kind == kind), None)

    def top(self, figure: Figure, surface: str) -> float:
        """Return the height of the floor or of a thing's top, in centimetres."""
        prop = self.prop(figure, surface)
        if prop is not None and prop.height is not None:
            return prop.height
        return float(self.data["things"].get(surface, {}).get("top", 0.0))

    # Judging

    def judge(self, figure: Figure) -> Iterator[Problem]:
        """Yield everything that is impossible about a figure."""
        surfaces = {"floor", *(prop.kind for prop in figure.props)}
        for at, position in enumerate(figure.positions):
            for part, surface in position.on.items():
                if surface not in surfaces:
                    message = f"the {part} rests on the {surface}, but `props:` has none. Add it."
                    yield Problem(("positions", at, "on"), message)
                    return
        least = self.data["tolerance"]
        frames = self.frames(figure)
        for at, (position, frame) in enumerate(zip(figure.positions, frames, strict=True)):
            place = ("positions", at)
            for joint, move, angle, limit in self.body.beyond(position.angles):
                key = joint if joint in _named(figure, at) else joint.split("_", 1)[-1] + "s"
                yield Problem((*place, "joints", key, move), _too_far(joint, move, angle, limit))
            yield from self._judged(figure, position, frame, place, least["below"], least["above"], "")
        for at in self.legs(figure):
            after = (at + 1) % len(frames)
            both = {p: s for p, s in figure.positions[at].on.items() if figure.positions[after].on.get(p) == s}
            position = Position({}, {}, both, "")
            for share in (0.25, 0.5, 0.75):
                frame = self.between(figure, frames, at, share)
                place = ("positions", after)
                found = self._judged(
                    figure, position, frame, place, least["between"], least["between"], "on the way here, "
                )
                problem = next(found, None)
                if problem is not None:
                    yield problem
                    break

    @staticmethod
    def legs(figure: Figure) -> range:
        """Return the positions from which a movement leads to the next."""
        count = len(figure.positions)
        return range(count if figure.round and count > 1 else count - 1)

    def _judged(
        self,
        figure: Figure,
        position: Position,
        frame: Frame,
        place: tuple[str | int, ...],
        below: float,
        above: float,
        when: str,
    ) -> Iterator[Problem]:
        tolerance = self.data["tolerance"]
        for joint, move, angle, limit in self.body.beyond(frame.angles, tolerance["computed"]):
            yield Problem(place, f"{when}{_too_far(joint, move, angle, limit)}")
        for end, short in frame.short.items():
            if short > tolerance["out_of_reach"]:
                yield Problem(place, f"{when}the {end} is {short:.0f} cm from where it should be.")
        for end, twist in frame.twist.items():
            if abs(twist) > tolerance["side_twist"]:
                yield Problem(place, f"{when}the {end} would be twisted sideways by {abs(twist):.0f} degrees.")
        for part, surface in position.on.items():
            gap = self.gap(figure, frame, part, surface)
            if gap > above:
                yield Problem((*place, "on"), f"{when}the {part} hovers {gap:.1f} cm off the {surface}.")
            elif gap < -below:
                yield Problem((*place, "on"), f"{when}the {part} sinks {-gap:.1f} cm into the {surface}.")
        for part, deep in self._sunk(figure, frame, below):
            yield Problem(place, f"{when}the {part} is {deep:.1f} cm inside what is there.")

    def gap(self, figure: Figure, frame: Frame, part: str, surface: str) -> float:
        """Return how far a part is from what it should touch, in centimetres; less than 0 = inside it."""
        if part.endswith("_foot") and not self._is_upright(surface):
            return max(self.gap(figure, frame, part.replace("foot", end), surface) for end in ("heel", "toes"))
        rings = self.parts[part]
        if self._is_upright(surface):
            prop = self.prop(figure, surface)
            assert prop is not None
            ahead = 1.0 if prop.at > 0 else -1.0
            return prop.at * ahead - max(ring.reach(frame.placed, (ahead, 0.0, 0.0)) for ring in rings)
        return -max(ring.reach(frame.placed, _DOWN) for ring in rings) - self.top(figure, surface)

    def _sunk(self, figure: Figure, frame: Frame, below: float) -> Iterator[tuple[str, float]]:
        """Yield each piece that is inside the floor, a wall or a solid thing, and how deep."""
        for name, rings in self.flesh.pieces.items():
            if name.endswith("fist"):
                continue
            deep = max(ring.reach(frame.placed, _DOWN) for ring in rings)
            if deep > below:
                yield name, deep
            for prop in figure.props:
                inside = self._inside(prop, frame, rings)
                if inside > below:
                    yield name, inside

    def _inside(self, prop: Prop, frame: Frame, rings: Iterable[Ring]) -> float:
        sizes = self.data["things"][prop.kind]
        if sizes.get("upright") and sizes["wide"] > 20:
            ahead = 1.0 if prop.at > 0 else -1.0
            return max(ring.reach(frame.placed, (ahead, 0.0, 0.0)) for ring in rings) - prop.at * ahead
        if "deep" not in sizes or "top" not in sizes or prop.kind == "pillow":
            return 0.0
        top = prop.height if prop.height is not None else sizes["top"]
        solid = prop.kind in ("bed", "step")
        deepest = 0.0
        for ring in rings:
            x, _, z = ring.middle(frame.placed)
            if abs(x - prop.at) < sizes["deep"] / 2 and abs(z - prop.across) < sizes["wide"] / 2:
                low = -ring.reach(frame.placed, _DOWN)
                if solid or ring.reach(frame.placed, (0.0, 1.0, 0.0)) > top:
                    deepest = max(deepest, top - low)
        return deepest


def _flat(part: Part, kind: str) -> Part:
    """Return a foot with its sole, or a hand with its palm, turned flat down; it points where it did."""
    ahead = part.turn[0] if kind == "foot" else scale(part.turn[1], -1)
    ahead = unit((ahead[0], 0.0, ahead[2]))
    up: Vector = (0.0, 1.0, 0.0)
    if kind == "foot":
        return Part(part.at, (ahead, up, cross(ahead, up)))
    back = scale(ahead, -1)
    return Part(part.at, (up, back, cross(up, back)))


def _named(figure: Figure, at: int) -> set[str]:
    before = figure.positions[at - 1].angles if at else {}
    return {joint for (joint, move), angle in figure.positions[at].angles.items() if before.get((joint, move)) != angle}


def _too_far(joint: str, move: str, angle: float, limit: float) -> str:
    return f"no {joint.replace('_', ' ')} goes to {angle:.0f} degrees of {move}; its limit here is {limit:.0f}."


def _mix(a: float, b: float, share: float) -> float:
    return a + (b - a) * share


def _mix3(a: Vector, b: Vector, share: float) -> Vector:
    return _mix(a[0], b[0], share), _mix(a[1], b[1], share), _mix(a[2], b[2], share)


def _between(a: Goal, b: Goal, share: float) -> Goal:
    bend = _mix3(a.bend, b.bend, share) if a.bend and b.bend else None
    return Goal(a.on, _mix3(a.at, b.at, share), bend)


def travelled(a: Frame, b: Frame) -> float:
    """Return how far the part that moves most is between two moments, in centimetres."""
    return max(length(subtract(a.placed[name].at, b.placed[name].at)) for name in a.placed)
