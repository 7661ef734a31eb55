"""Arrows that show, on paper, which way a part goes from one drawn position to the next."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, radians, sin
from typing import Final

from unclench.figures.outline import SCALE, Camera, Flat, line
from unclench.figures.pose import Arrow
from unclench.figures.stage import Frame, Stage

__all__ = ["arrow"]

_CLEAR: Final = 5.0
"""Centimetres between the part and its arrow."""
_HEAD: Final = 5.2
_SPREAD: Final = 26.0
_LEAST: Final = 7.0
"""Centimetres on the page below which a way is too short to be drawn as it is."""

# Part to the bone from which it swings, by the end of its name.
_PIVOTS: Final = {
    "hand": "{}_upper_arm", "forearm": "{}_upper_arm", "elbow": "{}_upper_arm", "shoulder": "lower_back_1",
    "foot": "{}_thigh", "heel": "{}_thigh", "toes": "{}_thigh", "shin": "{}_thigh", "knee": "{}_thigh",
    "ankle": "{}_thigh", "thigh": "pelvis", "head": "neck", "back_of_head": "neck", "upper_back": "pelvis",
    "chest": "pelvis", "lower_back": "upper_back_2", "pelvis": "upper_back_2", "hip": "pelvis",
    "upper_arm": "lower_back_1",
}  # fmt: skip


def arrow(
    stage: Stage, camera: Camera, frames: Sequence[Frame], spec: Arrow
) -> tuple[list[tuple[str, str]], list[Flat]]:
    """Return an arrow along the way of a part.

    Args:
        stage: the room and the body.
        camera: the viewer.
        frames: the moments from one drawn position to the next.
        spec: which part, and how its arrow is moved aside; a short movement says its way itself.

    Returns:
        Ink and SVG path of the shaft and the head, and the places they reach to.
    """
    places = [_beside(stage, camera, frame, spec) for frame in frames]
    if spec.way is not None:
        start = places[0]
        places = [start, (start[0] + spec.way[0], start[1] - spec.way[1])]
    elif hypot(places[-1][0] - places[0][0], places[-1][1] - places[0][1]) < _LEAST:
        return [], []
    tip, before = places[-1], _back_from(places, _HEAD)
    way = atan2(tip[1] - before[1], tip[0] - before[0])
    wings = [
        (tip[0] - _HEAD * cos(way + turn), tip[1] - _HEAD * sin(way + turn))
        for turn in (radians(_SPREAD), -radians(_SPREAD))
    ]
    shaft = [*places[:-1], (tip[0] - 2 * cos(way), tip[1] - 2 * sin(way))]
    return [("A", _bent(shaft)), ("a", line([tip, *wings]) + "z")], [*places, *wings]


def _beside(stage: Stage, camera: Camera, frame: Frame, spec: Arrow) -> Flat:
    rings = stage.parts[spec.part]
    middle = [camera.flat(ring.middle(frame.placed)) for ring in rings]
    x, y = sum(a for a, _ in middle) / len(middle), sum(b for _, b in middle) / len(middle)
    if spec.aside is not None:
        return x + spec.aside[0], y - spec.aside[1]
    side, _, end = spec.part.partition("_")
    kind = end if side in ("right", "left") else spec.part
    pivot = camera.flat(frame.placed[_PIVOTS[kind].format(side)].at)
    away = (x - pivot[0], y - pivot[1])
    size = hypot(*away) or 1.0
    out = (away[0] / size, away[1] / size)
    half = max(ring.half(frame.placed, camera.lift(out)) for ring in rings) + _CLEAR
    return x + out[0] * half, y + out[1] * half


def _back_from(places: Sequence[Flat], far: float) -> Flat:
    tip = places[-1]
    for place in reversed(places[:-1]):
        if hypot(tip[0] - place[0], tip[1] - place[1]) >= far:
            return place
    return places[0]


def _bent(places: Sequence[Flat]) -> str:
    """Return a smooth open line from the first to the last place."""
    units = [(round(x * SCALE), round(y * SCALE)) for x, y in places]
    if len(units) < 3:
        return "M" + "L".join(f"{x} {y}" for x, y in units)
    path = [f"M{units[0][0]} {units[0][1]}"]
    for at in range(1, len(units) - 1):
        x, y = units[at]
        end = units[at + 1] if at == len(units) - 2 else ((x + units[at + 1][0]) // 2, (y + units[at + 1][1]) // 2)
        path.append(f"Q{x} {y} {end[0]} {end[1]}")
    return "".join(path)
