"""Bends an arm or a leg so that its end is at a given place: what a planted foot and a holding hand need."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, atan2, degrees, sqrt

from unclench.figures.body import Angles, Body, Part, Placed
from unclench.figures.vectors import (
    Turn,
    Vector,
    about_forward,
    about_right,
    add,
    apply,
    dot,
    length,
    scale,
    subtract,
    then,
    undo,
    unit,
)

__all__ = ["Reached", "reach"]


@dataclass(frozen=True, slots=True)
class Reached:
    """A limb bent to its goal.

    Attributes:
        angles: of the ball joint and the hinge, by joint and movement.
        short: by how many centimetres the goal is out of reach; 0 where it is reached.
    """

    angles: dict[tuple[str, str], float]
    short: float


def reach(
    body: Body, limb: str, angles: Angles, placed: Placed, goal: Vector, beyond: float = 0.0, bend: Vector | None = None
) -> Reached:
    """Bend a limb so that its wrist or ankle is at `goal`.

    Args:
        body: the body.
        limb: `right_arm`, `left_leg` and so on.
        angles: the pose before; of the two ways to say one turn of a ball joint, one within the
            joint's limits is chosen, or else the nearer.
        placed: the parts for `angles`.
        goal: a place in the room.
        beyond: how much farther than the wrist the goal lies, in line with the forearm, for a hand that holds.
        bend: which way the knee or elbow points, in the trunk's directions with outwards last; None = as it did.
    """
    side, kind = limb.split("_")
    is_leg = kind == "leg"
    upper, lower, ball, hinge = (
        ("thigh", "shin", "hip", "knee") if is_leg else ("upper_arm", "forearm", "shoulder", "elbow")
    )
    ball, hinge = f"{side}_{ball}", f"{side}_{hinge}"
    bone, next_bone = body.lengths[upper], body.lengths[lower] + beyond
    start = placed[f"{side}_{upper}"]
    way = subtract(goal, start.at)
    far = length(way)
    straight = min(max(far, abs(bone - next_bone) + 0.1), bone + next_bone - 0.01)
    along = unit(way)
    trunk = placed["pelvis" if is_leg else "upper_back_2"].turn
    if bend is not None:
        pole = apply(trunk, (bend[0], bend[1], bend[2] if side == "right" else -bend[2]))
    else:
        pole = start.turn[0] if is_leg else scale(start.turn[0], -1)
    aside = unit(subtract(pole, scale(along, dot(pole, along))))
    # The law of cosines gives where the knee or elbow stands beside the straight line to the goal.
    part = (bone * bone - next_bone * next_bone + straight * straight) / (2 * straight)
    height = sqrt(max(0.0, bone * bone - part * part))
    bent = add(scale(along, part), scale(aside, height))
    rest = subtract(scale(along, straight), bent)
    made = _ball(body, side, ball, angles, undo(trunk, unit(bent)), undo(trunk, unit(rest)), is_leg)
    cosine = dot(unit(bent), unit(rest))
    made[hinge, "flexion"] = degrees(atan2(sqrt(max(0.0, 1 - cosine * cosine)), cosine))
    return Reached(made, abs(far - straight))


def _ball(
    body: Body, side: str, ball: str, angles: Angles, upper: Vector, lower: Vector, is_leg: bool
) -> dict[tuple[str, str], float]:
    """Return the three angles of a hip or shoulder from the directions of the two bones, in those of the trunk."""
    out = 1 if side == "right" else -1
    old = {move: angles.get((ball, move), 0.0) for move in ("flexion", "abduction", "rotation")}
    abduction = degrees(asin(max(-1.0, min(1.0, out * upper[2]))))
    flexion = degrees(atan2(upper[0], -upper[1])) if abs(abduction) < 89.9 else old["flexion"]
    ways = [(flexion, abduction), (flexion + (-180 if flexion > 0 else 180), 180 - abduction)]
    found: list[tuple[float, float, float]] = []
    for bend, lift in ways:
        frame = then(about_right(bend), about_forward(-out * lift))
        seen = undo(frame, lower)
        sign = -1 if is_leg else 1
        small = sqrt(seen[0] ** 2 + seen[2] ** 2) < 0.03
        rotation = old["rotation"] if small else out * degrees(atan2(sign * seen[2], sign * seen[0]))
        found.append((_near(bend, old["flexion"]), lift, _near(rotation, old["rotation"])))
    best = min(found, key=lambda one: (_past(body, ball, one), _apart(one, old)))
    return {(ball, move): angle for move, angle in zip(old, best, strict=True)}


def _past(body: Body, ball: str, angles: tuple[float, float, float]) -> float:
    """Return by how many degrees these angles pass the joint's limits, taken together."""
    past = 0.0
    for move, angle in zip(("flexion", "abduction", "rotation"), angles, strict=True):
        least, most = body.limit(ball, move)
        past += max(0.0, least - angle, angle - most)
    return round(past, 3)


def _near(angle: float, old: float) -> float:
    """Return the same direction as `angle`, said within half a turn of `old`."""
    while angle - old > 180:
        angle -= 360
    while angle - old < -180:
        angle += 360
    return angle


def _apart(found: tuple[float, float, float], old: dict[str, float]) -> float:
    return sum(abs(a - b) for a, b in zip(found, old.values(), strict=True))


def bend_of(part: Part, above: Turn) -> tuple[float, float]:
    """Return how a foot or hand is bent on the bone above it: about its hinge, and how far it is twisted off it."""
    seen = undo(above, part.turn[0])
    return degrees(atan2(seen[1], seen[0])), degrees(asin(max(-1.0, min(1.0, seen[2]))))
