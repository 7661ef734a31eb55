"""From flesh in space to smooth outlines on the page.

An outline is a ring of control points; the line drawn is their quadratic B-spline. Every outline of a piece has the
same number of points whatever the pose, so that one can be moved into the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, radians, sin
from typing import Final, TypeAlias

from unclench.figures.body import Placed
from unclench.figures.flesh import Flesh, Ring
from unclench.figures.vectors import Vector, add, apply, dot, length, scale, subtract

__all__ = ["SCALE", "Camera", "Flat", "hull", "line", "outline", "smooth"]

Flat: TypeAlias = tuple[float, float]
"""A place on the page in centimetres: to the right, and downwards."""

SCALE: Final = 4
"""Units of the drawing to a centimetre; whole units are then finer than a screen shows."""

_FACETS: Final = 12
_SHORT: Final = 0.2
"""A bone that looks shorter than this part of its length points at the viewer and has no direction on the page."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the viewer stands: all directions are unit vectors of the room.

    Attributes:
        right: to the right on the page.
        up: upwards on the page.
        towards: from the page to the viewer.
    """

    right: Vector
    up: Vector
    towards: Vector

    @staticmethod
    def of(yaw: float, pitch: float) -> Camera:
        """Look from the side, gone round by `yaw` to the way a standing figure faces, and raised by `pitch` degrees."""
        y, p = radians(yaw), radians(pitch)
        level = (sin(y), 0.0, cos(y))
        return Camera(
            (cos(y), 0.0, -sin(y)),
            (-level[0] * sin(p), cos(p), -level[2] * sin(p)),
            (level[0] * cos(p), sin(p), level[2] * cos(p)),
        )

    def flat(self, place: Vector) -> Flat:
        """Return where a place in the room is on the page."""
        return dot(place, self.right), -dot(place, self.up)

    def depth(self, place: Vector) -> float:
        """Return how near to the viewer a place is; more is nearer."""
        return dot(place, self.towards)

    def lift(self, way: Flat) -> Vector:
        """Return the direction in the room of a direction on the page."""
        return add(scale(self.right, way[0]), scale(self.up, -way[1]))


def outline(flesh: Flesh, piece: str, placed: Placed, camera: Camera) -> list[Flat]:
    """Return the control points around a limb, the trunk or a foot: two for each ring and two for each end."""
    rings = flesh.pieces[piece]
    centres = [camera.flat(ring.middle(placed)) for ring in rings]
    ways = _directions(flesh, piece, placed, camera, centres)
    right: list[Flat] = []
    left: list[Flat] = []
    last = len(rings) - 1
    for at, (ring, centre, way) in enumerate(zip(rings, centres, ways, strict=True)):
        normal = (-way[1], way[0])
        half = ring.half(placed, camera.lift(normal))
        end = ring.half(placed, camera.lift(way))
        past = -end if at == 0 else end if at == last else 0.0
        x, y = centre[0] + way[0] * past, centre[1] + way[1] * past
        right.append((x + normal[0] * half, y + normal[1] * half))
        left.append((x - normal[0] * half, y - normal[1] * half))
    return right + left[::-1]


def _directions(flesh: Flesh, piece: str, placed: Placed, camera: Camera, centres: Sequence[Flat]) -> list[Flat]:
    rings = flesh.pieces[piece]
    along = flesh.along[piece]
    if along is not None:
        turn = placed[rings[0].part].turn
        way = camera.flat(apply(turn, along))
        if hypot(*way) < _SHORT:
            way = _across(placed, rings[0], camera)
        return [_unit(way)] * len(rings)
    span = length(subtract(rings[-1].middle(placed), rings[0].middle(placed)))
    ways = []
    for at in range(len(rings)):
        before, after = centres[max(at - 1, 0)], centres[min(at + 1, len(rings) - 1)]
        ways.append((after[0] - before[0], after[1] - before[1]))
    whole = (centres[-1][0] - centres[0][0], centres[-1][1] - centres[0][1])
    if hypot(*whole) < _SHORT * span:
        return [_unit(_across(placed, rings[0], camera))] * len(rings)
    return [_unit(way) if hypot(*way) > 1.0 else _unit(whole) for way in ways]


def _across(placed: Placed, ring: Ring, camera: Camera) -> Flat:
    """Return the direction on the page at right angles to the part's width, for a bone seen end on."""
    wide = camera.flat(placed[ring.part].turn[2])
    return (wide[1], -wide[0]) if hypot(*wide) > _SHORT else (0.0, 1.0)


def _unit(way: Flat) -> Flat:
    size = hypot(*way) or 1.0
    return way[0] / size, way[1] / size


def hull(rings: Sequence[Ring], placed: Placed, camera: Camera) -> list[Flat]:
    """Return the control points around balls taken together, as for the head: the corners of their twelve tangents."""
    angles = [2 * pi * at / _FACETS for at in range(_FACETS)]
    reaches = []
    for angle in angles:
        way = camera.lift((cos(angle), sin(angle)))
        reaches.append(max(ring.reach(placed, way) for ring in rings))
    step = sin(2 * pi / _FACETS)
    corners = []
    for at in range(_FACETS):
        a, b = angles[at], angles[(at + 1) % _FACETS]
        p, q = reaches[at], reaches[(at + 1) % _FACETS]
        corners.append(((p * sin(b) - q * sin(a)) / step, (q * cos(a) - p * cos(b)) / step))
    return corners


def smooth(points: Sequence[Flat]) -> str:
    """Return the closed smooth line through the middles between control points, as an SVG path in whole units.

    Each step steers its rounding so that the mirrored handle of the next stays within a unit of where it belongs.
    """
    exact = [(x * SCALE, y * SCALE) for x, y in points]
    first, last = exact[0], exact[-1]
    start = round((last[0] + first[0]) / 2), round((last[1] + first[1]) / 2)
    handle = round(first[0]), round(first[1])
    path = [f"M{_pair(*start)}Q{_pair(*handle)} "]
    pen = start
    for at in range(1, len(exact)):
        aim = exact[at]
        end = round((handle[0] + aim[0]) / 2), round((handle[1] + aim[1]) / 2)
        path.append(_pair(*end) if at == 1 else f"t{_pair(end[0] - pen[0], end[1] - pen[1])}")
        handle = 2 * end[0] - handle[0], 2 * end[1] - handle[1]
        pen = end
    path.append(f"t{_pair(start[0] - pen[0], start[1] - pen[1])}z")
    return "".join(path)


def line(points: Sequence[Flat]) -> str:
    """Return the straight lines from point to point, as an SVG path in whole units.

    Examples:
        >>> line([(0.0, 0.0), (1.0, -2.0)])
        'M0 0L4-8'
    """
    pairs = [_pair(round(x * SCALE), round(y * SCALE)) for x, y in points]
    return "M" + "L".join(pairs)


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"
