"""The jointed body: bones of fixed length, joints with limits, and where every part is for a set of joint angles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

from unclench.figures.vectors import (
    STILL,
    UP,
    Turn,
    Vector,
    about_forward,
    about_right,
    about_up,
    add,
    apply,
    scale,
    then,
)

__all__ = ["LIMBS", "SIDES", "TRUNK", "Angles", "Body", "Part", "Placed", "joints_of", "other_side", "upright"]

Angles: TypeAlias = Mapping[tuple[str, str], float]
"""Degrees by joint and movement, such as `("right_hip", "flexion")`; what is not named is 0."""

SIDES: Final = ("right", "left")
LIMBS: Final = {
    "shoulder": ("flexion", "abduction", "rotation"),
    "elbow": ("flexion",),
    "wrist": ("extension",),
    "hip": ("flexion", "abduction", "rotation"),
    "knee": ("flexion",),
    "ankle": ("flexion",),
}
TRUNK: Final = dict.fromkeys(("lower_back", "upper_back", "neck"), ("flexion", "side_bend", "rotation"))
_SPINE: Final = ("pelvis", "lower_back_1", "lower_back_2", "upper_back_1", "upper_back_2", "neck", "head")


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of the body is: the joint it hangs from, and which way its own directions point."""

    at: Vector
    turn: Turn

    def point(self, forward: float, up: float, right: float) -> Vector:
        """Return a place given in the part's own directions, in centimetres from its joint."""
        return add(self.at, apply(self.turn, (forward, up, right)))


Placed: TypeAlias = Mapping[str, Part]
"""Every part by name, such as `right_shin`."""


def joints_of() -> dict[str, tuple[str, ...]]:
    """Return every joint with the movements it has.

    Examples:
        >>> joints_of()["left_knee"]
        ('flexion',)
    """
    sides = {f"{side}_{joint}": moves for side in SIDES for joint, moves in LIMBS.items()}
    return {**TRUNK, **sides}


def other_side(name: str) -> str:
    """Return the same part of the other side; a part of the trunk is its own.

    Examples:
        >>> other_side("left_knee"), other_side("neck")
        ('right_knee', 'neck')
    """
    for one, other in (SIDES, SIDES[::-1]):
        if name.startswith(f"{one}_"):
            return f"{other}_{name.removeprefix(f'{one}_')}"
    return name


@dataclass(frozen=True)
class Body:
    """The measures of the one body all figures share, from `knowledge/plan/figure.yaml`.

    Attributes:
        stature: height in centimetres.
        lengths: bone to its length in centimetres.
        limits: joint without its side, and movement, to least and greatest degrees.
        straight_leg: a knee bent less than the first counts as straight; the hip then bends no further than the second.
    """

    stature: float
    lengths: Mapping[str, float]
    limits: Mapping[tuple[str, str], tuple[float, float]]
    straight_leg: tuple[float, float]

    @staticmethod
    def of(data: Mapping[str, Any]) -> Body:
        """Make the body from the record's plain data."""
        stature = data["stature"]
        bones = {**data["bones"]["lengths"], **data["bones"]["trunk"]}
        limits = data["limits"]
        leg = limits["straight_leg"]
        return Body(
            stature,
            {bone: fraction * stature for bone, fraction in bones.items()},
            {
                (joint, move): (limits[joint][move][0], limits[joint][move][1])
                for joint, moves in {**TRUNK, **LIMBS}.items()
                for move in moves
            },
            (leg["knee_below"], leg["hip_flexion"]),
        )

    def limit(self, joint: str, move: str) -> tuple[float, float]:
        """Return the least and greatest angle of a joint of either side."""
        return self.limits[joint.removeprefix("right_").removeprefix("left_"), move]

    def beyond(self, angles: Angles, slack: float = 0.0) -> Iterator[tuple[str, str, float, float]]:
        """Yield each angle outside its joint's range: joint, movement, the angle, and the limit it passes.

        Args:
            angles: a pose.
            slack: how many degrees too far are let pass, for angles that were computed.
        """
        for (joint, move), angle in angles.items():
            least, most = self.limit(joint, move)
            if not least - slack <= angle <= most + slack:
                yield joint, move, angle, least if angle < least else most
        knee_below, hip_most = self.straight_leg
        for side in SIDES:
            hip = angles.get((f"{side}_hip", "flexion"), 0.0)
            if angles.get((f"{side}_knee", "flexion"), 0.0) < knee_below and hip > hip_most + slack:
                yield f"{side}_hip", "flexion", hip, hip_most

    def place(self, angles: Angles, root: Part) -> dict[str, Part]:
        """Return every part for these joint angles, with the pelvis at `root`; the pelvis hangs between the hips."""
        placed = {"pelvis": root}
        self._spine(angles, placed)
        for side in SIDES:
            self._limb(angles, placed, side, ("upper_arm", "forearm", "hand"))
            self._limb(angles, placed, side, ("thigh", "shin", "foot"))
        return placed

    def _spine(self, angles: Angles, placed: dict[str, Part]) -> None:
        for below, name in pairwise(_SPINE):
            under = placed[below]
            joint = "neck" if name in ("neck", "head") else name[:-2]
            at = add(under.at, apply(under.turn, scale(UP, self.lengths[below])))
            # Two bones share each joint of the back and the neck, so that it bends in a curve.
            bend = tuple(angles.get((joint, move), 0.0) / 2 for move in TRUNK[joint])
            placed[name] = Part(at, then(under.turn, about_right(-bend[0]), about_forward(bend[1]), about_up(bend[2])))

    def root_of(self, limb: str, placed: Placed) -> Vector:
        """Return where an arm or a leg hangs: `right_arm`, `left_leg` and so on."""
        side, kind = limb.split("_")
        out = 1 if side == "right" else -1
        if kind == "leg":
            return placed["pelvis"].point(0, 0, out * self.lengths["hip_apart"])
        top = self.lengths["upper_back_2"] - self.lengths["shoulder_drop"]
        return placed["upper_back_2"].point(0, top, out * self.lengths["shoulder_apart"])

    def _limb(self, angles: Angles, placed: dict[str, Part], side: str, bones: tuple[str, str, str]) -> None:
        is_leg = bones[0] == "thigh"
        upper, lower, end = (f"{side}_{bone}" for bone in bones)
        ball, hinge, last = (
            f"{side}_{joint}" for joint in (("hip", "knee", "ankle") if is_leg else ("shoulder", "elbow", "wrist"))
        )
        out = 1 if side == "right" else -1
        trunk = placed["pelvis" if is_leg else "upper_back_2"]
        turn = then(
            trunk.turn,
            about_right(angles.get((ball, "flexion"), 0.0)),
            about_forward(-out * angles.get((ball, "abduction"), 0.0)),
            about_up(out * angles.get((ball, "rotation"), 0.0)),
        )
        placed[upper] = Part(self.root_of(f"{side}_{'leg' if is_leg else 'arm'}", placed), turn)
        bend = angles.get((hinge, "flexion"), 0.0)
        placed[lower] = self._next(placed[upper], bones[0], -bend if is_leg else bend)
        tilt = angles.get((last, "flexion" if is_leg else "extension"), 0.0)
        placed[end] = self._next(placed[lower], bones[1], tilt)

    def _next(self, above: Part, bone: str, bend: float) -> Part:
        at = add(above.at, apply(above.turn, scale(UP, -self.lengths[bone])))
        return Part(at, then(above.turn, about_right(bend)))


def upright(lean: float, turn: float, tilt: float, spin: float) -> Turn:
    """Return how the whole body is turned in the room.

    Args:
        lean: forwards from standing; 90 is face down, -90 on the back.
        turn: to the right, about the vertical.
        tilt: to the right side, before leaning.
        spin: to the right, about the body's long axis.
    """
    return then(STILL, about_up(turn), about_right(-lean), about_forward(tilt), about_up(spin))
