"""Says in plain sentences what a figure shows, from its pose alone: the text for those who cannot see the picture.

What is found are names of sentences; the words are those of the language, `figures` in `knowledge/wording`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from unclench.figures.body import SIDES
from unclench.figures.pose import Figure, Position
from unclench.figures.stage import Frame, Stage
from unclench.figures.vectors import Vector, subtract, undo

__all__ = ["MOVES", "SIDED", "SINGLE", "described", "sentences"]

_BENT: Final = 60.0
"""Degrees from which a knee that is not the posture's own counts as bent, when the start is told."""
_MOST: Final = 3
"""Sentences about one movement: those that tell most."""
_LEAST: Final = 1.0
_FOOT_UP: Final = 30.0
_ARM_UP: Final = 45.0
"""Centimetres above the floor from which a foot or hand of one who lies is up."""
_OVERHEAD: Final = 48.0
"""Centimetres up the trunk, from the middle of the back, at which a hand is above the head."""
_FAINT: Final = 0.35
"""What is told of a movement in which nothing else is."""

SIDED: Final = (
    *("knee_bends", "knee_straightens", "knee_opens", "knee_closes", "foot_lifts", "foot_lowers", "foot_forward"),
    *("foot_back", "toes_up", "toes_down", "arm_lifts", "arm_lowers", "arm_forward", "arm_back", "elbow_bends"),
    *("elbow_straightens", "hand_holds_leg", "hand_on_belly", "hand_on_chest", "hand_on_lower_back", "hand_on_head"),
    *("hand_holds_foot", "hand_on_other", "knee_bent", "leg_straight", "knee_nears", "knee_leaves", "arm_overhead"),
    *("foot_up", "arm_up"),
)
"""Sentences that there are three of: for the right, the left, and both."""

MOVES: Final = (
    *("hips_lift", "hips_lower", "hips_forward", "hips_back", "leans_forward", "leans_back", "stands_up", "sits_down"),
    *(
        "back_rounds",
        "back_arches",
        "bends_right",
        "bends_left",
        "turns_right",
        "turns_left",
        "rolls_right",
        "rolls_left",
    ),
    *("head_lifts", "head_lowers", "chin_down", "chin_up", "head_tips_right", "head_tips_left", "head_turns_right"),
    *("head_turns_left", "belly_rises", "belly_falls", "small_movement", "other_side", "stays"),
    *("walks", "pedals", "knees_over_right", "knees_over_left", "comes_up", "sits_up"),
)
"""Sentences about the whole body that there is one of."""

SINGLE: Final = (
    *("standing", "sitting", "sitting_on_floor", "lying_on_back", "knees_bent_on_back", "lying_on_front"),
    *("lying_on_side", "hands_and_knees", "kneeling", "half_kneeling"),
    *("with_chair", "with_stool", "with_bed", "with_step", "with_table", "with_blocks", "with_pillow", "with_wall"),
    *(
        "with_door_frame",
        "with_rail",
        "with_water",
        "with_strap",
        "with_band",
        "with_ball",
        "with_stick",
        "with_weight",
    ),
    *("with_towel", "with_pack", "with_bicycle", "with_screen"),
)
"""Sentences about how it begins: each posture, and each thing but the mat."""

_MIRRORED: Final = {"right": "left", "left": "right", "both": "both"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A sentence and how much it tells: 1 is a movement just worth telling."""

    name: str
    size: float
    side: str = ""

    @property
    def key(self) -> str:
        return f"{self.name}_{self.side}" if self.side else self.name


def described(stage: Stage, figure: Figure, words: Mapping[str, str]) -> str:
    """Return what a figure shows.

    Args:
        stage: the room and the body.
        figure: the figure.
        words: name of a sentence to its words in the reader's language.

    Raises:
        KeyError: the language lacks a sentence.
    """
    return " ".join(words[name] for name in sentences(stage, figure))


def sentences(stage: Stage, figure: Figure) -> list[str]:
    """Return the names of the sentences that tell a figure: how it begins, then each movement."""
    frames = stage.frames(figure)
    told = [figure.posture]
    told += dict.fromkeys(f"with_{prop.kind}" for prop in figure.props if prop.kind != "mat")
    told += [one.key for one in _paired(_start(stage, figure, frames[0]))]
    told += [one.key for one in _paired(_held(figure.positions[0], None))]
    legs: list[list[str]] = []
    goes_round = next((name for kind, name in _ROUNDS.items() if figure.round and _goes_round(figure, kind)), None)
    if goes_round:
        return [*told, goes_round]
    for at in range(len(frames) - 1):
        leg = _leg(figure, frames, at)
        if leg and any(leg == _other(before) for before in legs):
            legs.append(["other_side"])
            break
        legs.append(leg)
    moved = [name for leg in legs for name in leg]
    return told + (moved or ["stays"])


_ROUNDS: Final = {"bicycle": "pedals", "lowest": "walks"}


def _goes_round(figure: Figure, kind: str) -> bool:
    """Tell whether a figure pedals, or walks: what carries it is whichever part is lowest."""
    return figure.anchor == kind or any(prop.kind == kind for prop in figure.props)


def _other(names: Sequence[str]) -> list[str]:
    made = []
    for name in names:
        stem, _, side = name.rpartition("_")
        made.append(f"{stem}_{_MIRRORED[side]}" if side in _MIRRORED else name)
    return sorted(made)


def _leg(figure: Figure, frames: Sequence[Frame], at: int) -> list[str]:
    one, other = frames[at], frames[at + 1]
    before, after = figure.positions[at], figure.positions[at + 1]
    planted = {*before.stays, *(part for part in before.on if after.on.get(part) == before.on[part])}
    planted |= {end for end, goal in before.holds.items() if after.holds.get(end) == goal}
    found = _weighed(figure, [move for move in _moves(figure, one, other) if not _follows(move, planted)])
    told = [move for move in _paired(found) if move.size >= _LEAST][:_MOST]
    told += _paired(_held(after, before))[:1]
    if not told and found:
        told = found[:1] if found[0].size > _FAINT else [_Found("small_movement", 1.0)]
    return (
        sorted(dict.fromkeys(move.key for move in told)) if figure.round else list(dict.fromkeys(m.key for m in told))
    )


def _paired(found: Sequence[_Found]) -> list[_Found]:
    """Join what both sides do into one sentence, in the place of the first."""
    made: list[_Found] = []
    for one in found:
        twin = next((two for two in made if two.name == one.name and two.side == _MIRRORED.get(one.side)), None)
        if twin is not None and one.side in SIDES and one.size > 0.6 * twin.size:
            made[made.index(twin)] = _Found(one.name, max(one.size, twin.size), "both")
        else:
            made.append(one)
    return made


def _start(stage: Stage, figure: Figure, frame: Frame) -> list[_Found]:
    """Return where legs differ from the posture that was named."""
    usual = stage.data["postures"][figure.posture]["joints"]
    found = []
    for side in SIDES:
        knee = frame.angles.get((f"{side}_knee", "flexion"), 0.0)
        named = usual.get(f"{side}_knee", usual.get("knees", {})).get("flexion", 0.0)
        if knee > _BENT > named:
            found.append(_Found("knee_bent", 1.0, side))
        elif knee < _BENT / 2 and named > _BENT:
            found.append(_Found("leg_straight", 1.0, side))
        if "on_back" in figure.posture:
            found += [
                _Found(name, 1.0, side)
                for name, part, high in (("foot_up", "foot", _FOOT_UP), ("arm_up", "hand", _ARM_UP))
                if frame.placed[f"{side}_{part}"].at[1] > high
            ]
    return found


def _held(position: Position, before: Position | None) -> list[_Found]:
    """Return what each hand holds or lies on, where that is new."""
    found = []
    for side in SIDES:
        hand = f"{side}_hand"
        goal = position.holds.get(hand)
        if goal is None or goal.on == "room":
            continue
        if before is not None and hand in before.holds and before.holds[hand].on == goal.on:
            continue
        found.append(_Found(_grip(goal.on, goal.at), 1.0, side))
    return found


def _grip(part: str, at: Vector) -> str:
    kind = part.split("_", 1)[-1] if part.startswith(SIDES) else part
    if kind in ("thigh", "shin", "knee"):
        return "hand_holds_leg"
    if kind in ("foot", "toes", "heel", "ankle"):
        return "hand_holds_foot"
    if kind in ("head", "back_of_head"):
        return "hand_on_head"
    if kind in ("lower_back", "pelvis"):
        return "hand_on_belly" if at[0] > 0 else "hand_on_lower_back"
    return "hand_on_chest" if kind in ("upper_back", "chest") else "hand_on_other"


_OF_ARM: Final = ("arm_", "elbow_")


def _follows(move: _Found, planted: set[str]) -> bool:
    """Tell whether a joint only gives way, because its hand or foot stays where it is."""
    if move.name.startswith(_OF_ARM):
        return f"{move.side}_hand" in planted or f"{move.side}_forearm" in planted
    return move.name.startswith("toes_") and bool(planted & {f"{move.side}_{end}" for end in ("foot", "toes")})


def _weighed(figure: Figure, found: list[_Found]) -> list[_Found]:
    """Return the movements, greatest first, without those that another one says better."""
    names = {move.name for move in found if move.size >= _LEAST}
    less: set[str] = set()
    if names & {"knees_over_right", "knees_over_left"}:
        less |= {
            "knee_opens",
            "knee_closes",
            "turns_right",
            "turns_left",
            "rolls_right",
            "rolls_left",
            "foot_lifts",
            "foot_lowers",
        }
    if ("hips_lift" in names and "lying" in figure.posture) or figure.posture == "knees_bent_on_back":
        less |= {"head_lowers"} | ({"back_rounds"} if "hips_lift" in names else set())
    if names & {"knee_nears", "knee_leaves"}:
        less |= {"foot_lifts", "foot_lowers"} - ({"foot_lowers"} if "knee_leaves" in names else set())
    if names & {"comes_up", "stands_up", "sits_up"}:
        less |= {"back_arches", "leans_back", "arm_lowers"}
    if "arm_overhead" in names:
        less |= {"arm_lifts", "arm_lowers", "arm_back", "arm_forward"}
    return sorted((move for move in found if move.name not in less), key=lambda move: -move.size)


def _moves(figure: Figure, one: Frame, other: Frame) -> Iterator[_Found]:
    """Yield every movement between two positions, and how much it tells."""
    yield from _trunk_moves(figure, one, other)
    yield from _head_moves(one, other)
    for side in SIDES:
        yield from _leg_moves(side, one, other)
        yield from _arm_moves(side, one, other)
    breath = other.breath - one.breath
    if breath:
        yield _Found("belly_rises" if breath > 0 else "belly_falls", 2.5 * abs(breath))


def _trunk_moves(figure: Figure, one: Frame, other: Frame) -> Iterator[_Found]:
    start, end = one.placed["pelvis"], other.placed["pelvis"]
    ahead, up, _ = subtract(end.at, start.at)
    seat = {"chair", "stool", "bed"} & {prop.kind for prop in figure.props}
    if seat and abs(up) > 22:
        yield _Found("stands_up" if up > 0 else "sits_down", 6.0)
    else:
        yield from _two("hips_lift", "hips_lower", up / 7)
        upright = start.turn[1][1] > 0.5
        yield from _two(
            "hips_forward", "hips_back", ahead / 7 if upright or figure.posture == "hands_and_knees" else 0.0
        )
    if figure.posture in ("standing", "sitting", "sitting_on_floor", "kneeling", "half_kneeling"):
        before, after = _trunk_lean(one), _trunk_lean(other)
        if before > 20 and abs(after) < 12:
            yield _Found("comes_up", (before - after) / 14)
        else:
            yield from _two("leans_forward", "leans_back", (after - before) / 14)
    if start.turn[1][1] < 0.8 < 0.95 < end.turn[1][1] and "bed" in seat:
        yield _Found("sits_up", 6.0)
    if _is_flat(one):
        aside = [_travel(one, other, f"{side}_shin")[2] for side in SIDES]
        if min(map(abs, aside)) > 12 and aside[0] * aside[1] > 0:
            yield from _two("knees_over_right", "knees_over_left", sum(aside) / 20)
    for move, plus, minus, unit in (
        ("flexion", "back_rounds", "back_arches", 16),
        ("side_bend", "bends_right", "bends_left", 14),
        ("rotation", "turns_right", "turns_left", 16),
    ):
        yield from _two(
            plus, minus, sum(_more(one, other, joint, move) for joint in ("lower_back", "upper_back")) / unit
        )
    yield from _two("rolls_right", "rolls_left", (other.whole["spin"] - one.whole["spin"]) / 20)


def _trunk_lean(frame: Frame) -> float:
    """Return how far the whole trunk leans forwards of upright, in degrees."""
    return frame.whole["lean"] + sum(
        frame.angles.get((joint, "flexion"), 0.0) for joint in ("lower_back", "upper_back")
    )


def _head_moves(one: Frame, other: Frame) -> Iterator[_Found]:
    rise = other.placed["head"].at[1] - one.placed["head"].at[1]
    rise -= other.placed["pelvis"].at[1] - one.placed["pelvis"].at[1]
    if _is_flat(one):
        whole = other.placed["head"].at[1] - one.placed["head"].at[1]
        yield from _two("head_lifts", "head_lowers", (rise if abs(rise) < abs(whole) else whole) / 5)
    yield from _two("chin_down", "chin_up", _more(one, other, "neck", "flexion") / 16)
    yield from _two("head_tips_right", "head_tips_left", _more(one, other, "neck", "side_bend") / 14)
    yield from _two("head_turns_right", "head_turns_left", _more(one, other, "neck", "rotation") / 20)


def _leg_moves(side: str, one: Frame, other: Frame) -> Iterator[_Found]:
    yield from _two("knee_bends", "knee_straightens", _more(one, other, f"{side}_knee", "flexion") / 26, side)
    ahead, up, _ = _travel(one, other, f"{side}_foot")
    yield from _two("foot_lifts", "foot_lowers", up / 12, side)
    if one.placed["pelvis"].turn[0][1] > 0.6:
        yield from _two("knee_nears", "knee_leaves", _more(one, other, f"{side}_hip", "flexion") / 24, side)
    else:
        yield from _two("foot_forward", "foot_back", ahead / 16, side)
    knee = undo(other.placed["pelvis"].turn, subtract(other.placed[f"{side}_shin"].at, other.placed["pelvis"].at))[2]
    knee -= undo(one.placed["pelvis"].turn, subtract(one.placed[f"{side}_shin"].at, one.placed["pelvis"].at))[2]
    yield from _two("knee_opens", "knee_closes", (knee if side == "right" else -knee) / 10, side)
    if abs(up) < 6 and abs(ahead) < 8:
        yield from _two("toes_up", "toes_down", _more(one, other, f"{side}_ankle", "flexion") / 18, side)


def _arm_moves(side: str, one: Frame, other: Frame) -> Iterator[_Found]:
    hand, trunk = f"{side}_hand", "upper_back_1"
    ahead, up, _ = subtract(_travel(one, other, hand), _travel(one, other, f"{side}_upper_arm"))
    first, last = (
        undo(frame.placed[trunk].turn, subtract(frame.placed[hand].at, frame.placed[trunk].at))
        for frame in (one, other)
    )
    own = subtract(last, first)
    if max(map(abs, own)) < 10:
        return
    if last[1] > _OVERHEAD > first[1] and one.placed["pelvis"].turn[0][1] > -0.4:
        yield _Found("arm_overhead", own[1] / 18, side)
    yield from _two("arm_lifts", "arm_lowers", up / 18, side)
    yield from _two("arm_forward", "arm_back", ahead / 18, side)
    yield from _two("elbow_bends", "elbow_straightens", _more(one, other, f"{side}_elbow", "flexion") / 36, side)


def _travel(one: Frame, other: Frame, part: str) -> Vector:
    return subtract(other.placed[part].at, one.placed[part].at)


def _more(one: Frame, other: Frame, joint: str, move: str) -> float:
    return other.angles.get((joint, move), 0.0) - one.angles.get((joint, move), 0.0)


def _is_flat(frame: Frame) -> bool:
    """Tell whether the trunk lies, or is as level as on hands and knees."""
    return abs(frame.placed["pelvis"].turn[1][1]) < 0.4


def _two(plus: str, minus: str, size: float, side: str = "") -> Iterator[_Found]:
    if size:
        yield _Found(plus if size > 0 else minus, abs(size), side)
