"""The little geometry the figures need: vectors and turns as plain tuples. No numbers of the body here.

Body directions: x is forwards, y is upwards along the body, z is to the person's right. Angles are degrees.
"""

from __future__ import annotations

from math import cos, degrees, radians, sin, sqrt
from typing import TypeAlias

__all__ = [
    "FORWARD",
    "RIGHT",
    "STILL",
    "UP",
    "Turn",
    "Vector",
    "about_forward",
    "about_right",
    "about_up",
    "add",
    "angle_between",
    "apply",
    "cross",
    "dot",
    "length",
    "scale",
    "subtract",
    "then",
    "undo",
    "unit",
]

Vector: TypeAlias = tuple[float, float, float]
Turn: TypeAlias = tuple[Vector, Vector, Vector]
"""Where forwards, up and right of a part point: three unit vectors."""

FORWARD: Vector = (1.0, 0.0, 0.0)
UP: Vector = (0.0, 1.0, 0.0)
RIGHT: Vector = (0.0, 0.0, 1.0)
STILL: Turn = (FORWARD, UP, RIGHT)


def add(a: Vector, b: Vector) -> Vector:
    """Return the sum."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def subtract(a: Vector, b: Vector) -> Vector:
    """Return the way from `b` to `a`."""
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def scale(a: Vector, by: float) -> Vector:
    """Return `a`, `by` times as long."""
    return a[0] * by, a[1] * by, a[2] * by


def dot(a: Vector, b: Vector) -> float:
    """Return the scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """Return the vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def length(a: Vector) -> float:
    """Return how long `a` is.

    Examples:
        >>> length((3.0, 4.0, 0.0))
        5.0
    """
    return sqrt(dot(a, a))


def unit(a: Vector) -> Vector:
    """Return the direction of `a`; the zero vector has none and stays what it is."""
    size = length(a)
    return scale(a, 1 / size) if size else a


def angle_between(a: Vector, b: Vector) -> float:
    """Return the angle between two directions, 0 to 180 degrees."""
    from math import acos

    return degrees(acos(max(-1.0, min(1.0, dot(unit(a), unit(b))))))


def apply(turn: Turn, a: Vector) -> Vector:
    """Return a vector given in the part's own directions in those outside."""
    return add(add(scale(turn[0], a[0]), scale(turn[1], a[1])), scale(turn[2], a[2]))


def undo(turn: Turn, a: Vector) -> Vector:
    """Return a vector given outside in the part's own directions."""
    return dot(turn[0], a), dot(turn[1], a), dot(turn[2], a)


def then(outer: Turn, *inner: Turn) -> Turn:
    """Return the turns joined: the last is made first, each in the directions of the one before it."""
    for turn in inner:
        outer = apply(outer, turn[0]), apply(outer, turn[1]), apply(outer, turn[2])
    return outer


def about_right(angle: float) -> Turn:
    """Turn about the axis to the right: forwards goes up, as when a leg or an arm is lifted in front."""
    c, s = cos(radians(angle)), sin(radians(angle))
    return (c, s, 0.0), (-s, c, 0.0), RIGHT


def about_forward(angle: float) -> Turn:
    """Turn about the axis to the front: up goes to the right, as when bending to the right side."""
    c, s = cos(radians(angle)), sin(radians(angle))
    return FORWARD, (0.0, c, s), (0.0, -s, c)


def about_up(angle: float) -> Turn:
    """Turn about the long axis: forwards goes to the right, as when looking over the right shoulder."""
    c, s = cos(radians(angle)), sin(radians(angle))
    return (c, 0.0, s), UP, (-s, 0.0, c)
