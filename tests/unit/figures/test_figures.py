"""Every exercise is drawn with a body that could do it, at each moment and on both sides, as anyone can read it."""

from __future__ import annotations

import copy
import gzip
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import isclose
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from unclench.figures.body import SIDES, other_side
from unclench.figures.describe import MOVES, SIDED, SINGLE, described, sentences
from unclench.figures.draw import moving, still
from unclench.figures.pose import Figure
from unclench.figures.record import problems_of, stage_of
from unclench.figures.stage import Frame, Stage
from unclench.figures.vectors import length, subtract
from unclench.knowledge.yaml_reader import Document, read_yaml

KNOWLEDGE = Path(__file__).resolve().parents[3] / "knowledge"
IDS = sorted(path.stem for path in (KNOWLEDGE / "figures").glob("*.yaml"))
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 10_000
"""Gzipped, of one picture; see `test_six_figures_fit_a_page` for a page's."""

drawn = pytest.mark.parametrize("name", IDS)


@cache
def the_stage() -> Stage:
    return stage_of(read_yaml(KNOWLEDGE / "plan" / "figure.yaml", "plan/figure.yaml").data, "plan/figure.yaml")


@cache
def document(name: str) -> Document:
    return read_yaml(KNOWLEDGE / "figures" / f"{name}.yaml", f"figures/{name}.yaml")


@cache
def figure(name: str) -> Figure:
    return the_stage().figure(document(name).data)


@cache
def words() -> dict[str, str]:
    texts: dict[str, str] = read_yaml(KNOWLEDGE / "wording" / "en" / "figures.yaml", "wording/en/figures.yaml").data
    return texts


@cache
def moments(name: str) -> tuple[Frame, ...]:
    """Return the drawn positions of an exercise, and nine moments on each way between."""
    stage, one = the_stage(), figure(name)
    frames = stage.frames(one)
    between = (stage.between(one, frames, at, share) for at in stage.legs(one) for share in SHARES)
    return (*frames, *between)


def test_every_exercise_has_its_figure() -> None:
    exercises = sorted(path.stem for path in (KNOWLEDGE / "exercises").glob("*.yaml"))
    assert exercises == IDS
    assert len(IDS) >= 60


@drawn
def test_the_judge_lets_it_pass(name: str) -> None:
    one = document(name)
    assert list(problems_of(one.data, one.file, the_stage(), one.where)) == []


@drawn
def test_joints_keep_within_their_limits_all_the_way(name: str) -> None:
    body = the_stage().body
    slack = the_stage().data["tolerance"]["computed"]
    for frame in moments(name):
        assert list(body.beyond(frame.angles, slack)) == []


@drawn
def test_nothing_sinks_into_the_floor(name: str) -> None:
    stage = the_stage()
    deepest = stage.data["tolerance"]["between"]
    open_handed = [piece for piece in stage.flesh.pieces if not piece.endswith("fist")]
    for frame in moments(name):
        assert stage.flesh.lowest(frame.placed, open_handed) >= -deepest


@drawn
def test_what_carries_the_body_touches(name: str) -> None:
    stage, one = the_stage(), figure(name)
    for position, frame in zip(one.positions, stage.frames(one), strict=True):
        for part, surface in position.on.items():
            assert abs(stage.gap(one, frame, part, surface)) <= stage.data["tolerance"]["above"], (part, surface)
        assert position.on or one.anchor == "lowest"


@drawn
def test_somebody_carries_the_body_on_the_way(name: str) -> None:
    stage, one = the_stage(), figure(name)
    frames = stage.frames(one)
    reach = stage.data["tolerance"]["between"]
    pieces = [piece for piece in stage.flesh.pieces if not piece.endswith("fist")]
    surfaces = sorted({surface for position in one.positions for surface in position.on.values()} | {"floor"})
    for at in stage.legs(one):
        for share in SHARES:
            frame = stage.between(one, frames, at, share)
            low = stage.flesh.lowest(frame.placed, pieces)
            on_things = [
                abs(stage.gap(one, frame, part, surface)) <= reach
                for surface in surfaces
                for part in ("pelvis", "upper_back", *(f"{side}_foot" for side in SIDES))
            ]
            assert abs(low) <= reach or any(on_things)


@drawn
def test_bones_keep_their_lengths(name: str) -> None:
    body = the_stage().body
    for frame in moments(name):
        for side in SIDES:
            for upper, lower, end in (("thigh", "shin", "foot"), ("upper_arm", "forearm", "hand")):
                chain = [f"{side}_{bone}" for bone in (upper, lower, end)]
                for bone, (one, other) in zip((upper, lower), pairwise(chain), strict=True):
                    long = length(subtract(frame.placed[other].at, frame.placed[one].at))
                    # A planted or holding end may be a little off its place; the bone above it is not longer for that.
                    off = the_stage().data["tolerance"]["out_of_reach"]
                    assert isclose(long, body.lengths[bone], abs_tol=off + 1e-6)


@drawn
def test_both_sides_are_mirror_images(name: str) -> None:
    stage, one = the_stage(), figure(name)
    other = one.mirrored()
    assert other.mirrored() == one
    for here, there in zip(stage.frames(one), stage.frames(other), strict=True):
        for part, placed in here.placed.items():
            x, y, z = there.placed[other_side(part)].at
            assert length(subtract(placed.at, (x, y, -z))) < 0.01


@drawn
@pytest.mark.parametrize("draw", [still, moving])
def test_picture_is_sound(name: str, draw: Callable[..., str]) -> None:
    title, text = "Knees & <hips>", described(the_stage(), figure(name), words())
    picture = draw(the_stage(), figure(name), title, text)
    assert picture == draw(the_stage(), figure(name), title, text)
    root = ElementTree.fromstring(picture)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    first, second = root[0], root[1]
    assert (first.tag, first.text) == (f"{SVG}title", title)
    assert (second.tag, second.text) == (f"{SVG}desc", text)
    assert root.get("aria-labelledby") == first.get("id")
    assert root.get("aria-describedby") == second.get("id")
    allowed = {"svg", "title", "desc", "style", "g", "path", "use", "animate"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in root.iter():
        assert not [key for key in element.attrib if key.startswith("on")]
        assert str(element.get("href", "#")).startswith("#")
        assert str(element.get("href", "#"))[1:] in {"", *ids}
    assert len(gzip.compress(picture.encode(), mtime=0)) < MOST_BYTES


@drawn
def test_moving_picture_can_be_still(name: str) -> None:
    picture = moving(the_stage(), figure(name), name, name)
    root = ElementTree.fromstring(picture)
    style = root.find(f"{SVG}style")
    assert style is not None
    assert "@media print,(prefers-reduced-motion:reduce){.go{display:none}.rest{display:inline}}" in str(style.text)
    groups = {element.get("class"): element for element in root.iter(f"{SVG}g")}
    assert groups["rest"].get("display") == "none"
    assert not list(groups["rest"].iter(f"{SVG}animate"))
    assert list(groups["go"].iter(f"{SVG}animate"))
    assert "<style" not in moving(the_stage(), figure(name), name, name, styled=False)


@drawn
def test_every_moment_of_a_path_has_the_same_shape(name: str) -> None:
    """A browser moves one path into the next only where both have the same commands."""
    for element in ElementTree.fromstring(moving(the_stage(), figure(name), name, name)).iter(f"{SVG}animate"):
        values = str(element.get("values")).split(";")
        times = [float(time) for time in str(element.get("keyTimes")).split(";")]
        assert len(values) == len(times)
        assert times == sorted(times)
        assert (times[0], times[-1]) == (0, 1)
        if element.get("attributeName") == "d":
            shapes = {re.sub(r"[-\d ]+", " ", value) for value in values}
            counts = {len(re.findall(r"-?\d+", value)) for value in values}
            assert (len(shapes), len(counts)) == (1, 1)


@drawn
def test_the_two_sides_share_no_names(name: str) -> None:
    pictures = (still(the_stage(), figure(name), name, name, mirror=mirror) for mirror in (False, True))
    right, left = (set(re.findall(r' id="([^"]+)"', picture)) for picture in pictures)
    assert not right & left


def test_six_figures_fit_a_page() -> None:
    """Even the six largest, moving and still, leave room for the words of a page of 60 KB."""
    sizes = sorted(
        len(gzip.compress("".join(draw(the_stage(), figure(name), name, name) for draw in (moving, still)).encode()))
        for name in IDS
    )
    assert sum(sizes) / len(sizes) * 6 < 40_000
    assert sum(sizes[-6:]) < 60_000


@drawn
def test_words_tell_the_figure(name: str) -> None:
    text = described(the_stage(), figure(name), words())
    told = sentences(the_stage(), figure(name))
    assert told[0] == figure(name).posture
    assert len(told) >= 2
    assert all(len(sentence.split()) <= 14 for sentence in text.split(". "))
    assert len(text.split()) < 110


@drawn
def test_words_of_the_other_side_say_the_other_side(name: str) -> None:
    one = sentences(the_stage(), figure(name))
    other = sentences(the_stage(), figure(name).mirrored())
    swapped = {"right": "left", "left": "right"}
    turned = [re.sub("(right|left)$", lambda found: swapped[found[0]], key) for key in one]
    assert sorted(turned) == sorted(other)


def test_every_sentence_has_words_and_no_more() -> None:
    sided = {f"{name}_{side}" for name in SIDED for side in ("right", "left", "both")}
    assert set(words()) == {*SINGLE, *MOVES, *sided}
    stage = the_stage()
    assert set(stage.data["postures"]) <= set(SINGLE)
    assert {f"with_{kind}" for kind in stage.data["things"]} - {"with_mat", "with_basis"} <= set(SINGLE)


def planted(name: str, change: Callable[[dict[str, Any]], object]) -> list[str]:
    """Return what is said about a figure in which `change` made a fault."""
    sound = document(name)
    data = copy.deepcopy(sound.data)
    change(data)
    return list(problems_of(data, sound.file, the_stage(), sound.where))


def _joint(data: dict[str, Any], joint: str, move: str, angle: float) -> None:
    data["positions"][1].setdefault("joints", {}).setdefault(joint, {})[move] = angle


_Fault = tuple[str, Callable[[dict[str, Any]], object], str]

FAULTS: dict[str, _Fault] = {
    "knee backwards": (
        "dead_bug",
        lambda d: _joint(d, "left_knee", "flexion", -20),
        "no left knee goes to -20 degrees",
    ),
    "elbow past its end": (
        "dead_bug",
        lambda d: _joint(d, "right_elbow", "flexion", 170),
        "no right elbow goes to 170",
    ),
    "neck wrung": (
        "lying_prone",
        lambda d: _joint(d, "neck", "rotation", 120),
        "no neck goes to 120 degrees of rotation",
    ),
    "straight leg too high": (
        "progressive_muscle_relaxation",
        lambda d: d["positions"][1]["joints"].update({"right_hip": {"flexion": 115}, "right_knee": {"flexion": 0}}),
        "no right hip goes to 115 degrees of flexion; its limit here is 100",
    ),
    "arm through the floor": (
        "dead_bug",
        lambda d: _joint(d, "right_shoulder", "flexion", -58),
        "the right_hand is",
    ),
    "heel in the air": (
        "dead_bug",
        lambda d: _joint(d, "left_hip", "flexion", 70),
        "the left_heel hovers",
    ),
    "hand out of reach": (
        "double_knee_to_chest",
        lambda d: d["positions"][1]["holds"]["right_hand"].update(on="right_foot", at=[90, 0, 0]),
        "the right_hand is",
    ),
    "no such joint": ("dead_bug", lambda d: _joint(d, "left_kne", "flexion", 10), 'no joint "left_kne"'),
    "no such part": ("dead_bug", lambda d: d["positions"][0]["on"].update(tail="floor"), 'no part "tail"'),
    "no such view": ("dead_bug", lambda d: d.update(view="sidewise"), 'no view "sidewise"'),
    "a thing not there": ("dead_bug", lambda d: d["positions"][0]["on"].update(head="pillow"), "pillow"),
    "an unknown key": ("dead_bug", lambda d: d.update(pose="up"), "unknown field `pose`"),
    "another's id": ("dead_bug", lambda d: d.update(id="bird_dog"), 'its id is "dead_bug"'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_pose_no_body_can_take_is_refused(fault: str) -> None:
    name, change, message = FAULTS[fault]
    found = planted(name, change)
    assert any(message in one for one in found), found
    assert all(one.startswith(f"figures/{name}.yaml") for one in found)


def test_a_fault_on_the_way_is_refused() -> None:
    """Both ends are sound, but between them a straight leg swings through the floor."""

    def change(data: dict[str, Any]) -> None:
        left = {"left_knee": {"flexion": 0}}
        behind = {"right_hip": {"flexion": -24}, **left}
        ahead = {"right_hip": {"flexion": 60}, "right_ankle": {"flexion": -58}, **left}
        data["positions"] = [
            {"anchor": "left_foot", "on": {"left_foot": "floor"}, "joints": behind},
            {"joints": ahead},
        ]
        data["arrows"] = []

    found = planted("dynamic_warm_up_before_activity", change)
    assert any("on the way here" in one and "right_foot" in one for one in found), found
