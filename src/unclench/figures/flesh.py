"""The flesh on the bones: rings and balls from which both the drawing and the contact with the floor are taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, Final

from unclench.figures.body import SIDES, Body, Placed
from unclench.figures.vectors import FORWARD, Vector, dot

__all__ = ["Flesh", "Ring", "parts_of"]

_LIMB_BONES: Final = ("thigh", "shin", "upper_arm", "forearm", "hand", "fist")


@dataclass(frozen=True, slots=True)
class Ring:
    """A slice of flesh, taken as an ellipsoid about a place on a bone.

    Attributes:
        part: the bone.
        centre: forwards, up and right of the bone's joint, in centimetres.
        halves: half the extent forwards, up and to the right.
    """

    part: str
    centre: Vector
    halves: Vector

    def middle(self, placed: Placed) -> Vector:
        """Return where its centre is."""
        return placed[self.part].point(*self.centre)

    def half(self, placed: Placed, way: Vector) -> float:
        """Return how far it reaches from its centre in the direction `way`, a unit vector."""
        turn = placed[self.part].turn
        return sqrt(sum((dot(axis, way) * half) ** 2 for axis, half in zip(turn, self.halves, strict=True)))

    def reach(self, placed: Placed, way: Vector) -> float:
        """Return how far its farthest point lies in the direction `way`."""
        return dot(self.middle(placed), way) + self.half(placed, way)


@dataclass(frozen=True)
class Flesh:
    """All rings, by piece, such as `right_shin`, `chest` or `skull`.

    Attributes:
        pieces: piece to its rings, from the root of a limb to its end, from below upwards, from heel to toe.
        along: piece to the direction of its bone in the bone's own directions; a bent piece has none.
        eye: three places of the right eyelid, in the directions of the head.
        breath: how much deeper each ring of the chest gets with a full breath, in centimetres.
    """

    pieces: Mapping[str, tuple[Ring, ...]]
    along: Mapping[str, Vector | None]
    eye: tuple[Vector, ...]
    breath: tuple[float, ...]

    @staticmethod
    def of(data: Mapping[str, Any], body: Body) -> Flesh:
        """Make the flesh from the record's plain data."""
        pieces: dict[str, tuple[Ring, ...]] = {}
        along: dict[str, Vector | None] = {}
        for side in SIDES:
            for bone in _LIMB_BONES:
                name = f"{side}_{bone}"
                part = f"{side}_hand" if bone == "fist" else name
                size = body.lengths["hand" if bone == "fist" else bone]
                pieces[name] = tuple(
                    Ring(part, (forward, -at * size, 0.0), (deep, min(deep, wide), wide))
                    for at, forward, deep, wide in data[bone]
                )
                along[name] = (0.0, -1.0, 0.0)
            pieces[f"{side}_foot"] = tuple(
                Ring(f"{side}_foot", (ahead, up, 0.0), (high, high, wide)) for ahead, up, high, wide in data["foot"]
            )
            along[f"{side}_foot"] = FORWARD
            out = 1 if side == "right" else -1
            pieces[f"{side}_girdle"] = _girdle(data["girdle"], body, out, 0.0)
            pieces[f"{side}_girdle_seam"] = _girdle(data["girdle"], body, out, data["seam"])
            pieces[f"{side}_sleeve"] = tuple(
                Ring(f"{side}_upper_arm", (forward, -at * body.lengths["upper_arm"], 0.0), (deep, end, wide))
                for at, forward, deep, wide, end in data["sleeve"]
            )
            pieces[f"{side}_hip_seam"] = tuple(
                Ring(part if part == "pelvis" else f"{side}_{part}", (forward, up, right * out), (size, size, size))
                for part, forward, up, right, size in data["hip_seam"]
            )
            along[f"{side}_sleeve"] = (0.0, -1.0, 0.0)
            along |= dict.fromkeys((f"{side}_girdle", f"{side}_girdle_seam", f"{side}_hip_seam"), None)
        for piece in ("hips", "chest", "neck"):
            pieces[piece] = tuple(
                Ring(part, (forward, up, 0.0), (deep, 3.0, wide)) for part, up, forward, deep, wide in data[piece]
            )
            along[piece] = None
        for piece in ("skull", "face", "nose", "ear"):
            for side in SIDES if piece == "ear" else ("",):
                out = -1 if side == "left" else 1
                name = f"{side}_{piece}".strip("_")
                pieces[name] = tuple(
                    Ring("head", (forward, up, out * right), (size, size, size))
                    for forward, up, right, size in data["head"][piece]
                )
        return Flesh(pieces, along, tuple((f, u, r) for f, u, r, _ in data["head"]["eye"]), tuple(data["breath"]))

    def breathing(self, breath: float) -> Flesh:
        """Return the flesh with the belly filled by `breath`, 0 (breathed out) to 1 (a full breath)."""
        if not breath:
            return self
        grown = []
        for ring, more in zip(self.pieces["chest"], self.breath, strict=True):
            forward, up, right = ring.centre
            deep, high, wide = ring.halves
            swell = breath * more / 2
            grown.append(Ring(ring.part, (forward + swell, up, right), (deep + swell, high, wide)))
        return replace(self, pieces={**self.pieces, "chest": tuple(grown)})

    def lowest(self, placed: Placed, pieces: Iterable[str]) -> float:
        """Return the height of the lowest point of these pieces."""
        return -max(ring.reach(placed, (0.0, -1.0, 0.0)) for piece in pieces for ring in self.pieces[piece])


def _girdle(data: Sequence[Sequence[float]], body: Body, out: int, less: float) -> tuple[Ring, ...]:
    """Return the slope from shoulder to neck; `less` thinner, to paint over the seam where an arm meets the chest."""
    height = body.lengths["upper_back_2"] - body.lengths["shoulder_drop"]
    return tuple(
        Ring("upper_back_2", (forward, height + up, out * aside), (size - less, size - less, size - less))
        for forward, up, aside, size in data
    )


def parts_of(flesh: Flesh) -> dict[str, tuple[Ring, ...]]:
    """Return the parts of the body that can touch something, as people name them, with the rings that make them up.

    `right_hand` is the open hand or the fist, whichever the figure makes.
    """
    pieces = flesh.pieces
    parts = {
        "head": pieces["skull"] + pieces["nose"],
        "back_of_head": pieces["skull"],
        "upper_back": tuple(ring for ring in pieces["chest"] if ring.part.startswith("upper_back")),
        "lower_back": tuple(ring for ring in pieces["chest"] if ring.part.startswith("lower_back")),
        "pelvis": tuple(ring for ring in pieces["hips"] if ring.part == "pelvis"),
    }
    parts["chest"] = parts["upper_back"]
    for side in SIDES:
        for bone in ("upper_arm", "forearm", "hand", "thigh", "shin", "foot"):
            parts[f"{side}_{bone}"] = pieces[f"{side}_{bone}"]
        foot = pieces[f"{side}_foot"]
        parts |= {
            f"{side}_shoulder": pieces[f"{side}_upper_arm"][:1],
            f"{side}_elbow": pieces[f"{side}_forearm"][:1],
            f"{side}_hip": pieces[f"{side}_thigh"][:1],
            f"{side}_knee": pieces[f"{side}_shin"][:1],
            f"{side}_ankle": pieces[f"{side}_shin"][-1:],
            f"{side}_heel": foot[:1],
            f"{side}_toes": foot[2:],
        }
    return parts
