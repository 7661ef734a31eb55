"""Draws a figure as SVG: still positions side by side, or the same moving.

The drawing is layers from back to front. A layer is one limb, or the trunk, or a thing; its outline is painted under
it, so that no line crosses where its pieces join. Every moment of a figure has the same layers with the same number of
points, which lets the browser move one into the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import groupby
from math import acos, ceil, pi
from typing import Final

from unclench.figures.arrows import arrow
from unclench.figures.body import SIDES
from unclench.figures.outline import SCALE, Camera, Flat, hull, outline, smooth
from unclench.figures.pose import Figure
from unclench.figures.stage import Frame, Stage
from unclench.figures.things import Thing, ground, ground_places, things
from unclench.figures.vectors import add, scale

__all__ = ["Drawing", "moving", "still", "strip", "style"]

_BALLS: Final = ("skull", "face", "nose", "ear")
_STEP: Final = 30.0
"""Degrees that a joint may turn between two sampled moments."""
_MOST_STEPS: Final = 4
_APART: Final = 7.0
"""Centimetres farther than its twin from which a limb counts as the far one."""
_MARGIN: Final = 3.0

# name: light, far in light, dark, far in dark
_INKS: Final = {
    "s": ("#e2bd9b", "#eedac5", "#d3a984", "#8d7762"),
    "t": ("#a8cfc4", "#cde2db", "#8fc4b5", "#56796f"),
    "l": ("#2f6f67", "#84aca5", "#3f8c80", "#2a574f"),
    "h": ("#4b4339", "#4b4339", "#8a7c6a", "#8a7c6a"),
    "b": ("#5b6f6b", "#a3b0ad", "#a9bbb5", "#5f706b"),
    "o": ("#22403c", "#7f918d", "#0c1513", "#0c1513"),
    "m": ("#e6efea", "#e6efea", "#22403a", "#22403a"),
    "n": ("#cfdcd5", "#cfdcd5", "#2c4f48", "#2c4f48"),
    "w": ("#efe6d6", "#efe6d6", "#4a4636", "#4a4636"),
    "v": ("#dccfb8", "#dccfb8", "#3b382c", "#3b382c"),
    "k": ("#b9a88b", "#b9a88b", "#75694f", "#75694f"),
    "p": ("#fffdf9", "#fffdf9", "#c9cfca", "#c9cfca"),
    "r": ("#c9762f", "#c9762f", "#ffb27a", "#ffb27a"),
    "a": ("#b8470b", "#b8470b", "#ffb27a", "#ffb27a"),
    "q": ("#8fbdd6", "#8fbdd6", "#4f86a3", "#4f86a3"),
}
"""Skin, top, leggings, hair, shoe, outline, mat and its edge, wood light, mid and dark, cloth, band, arrow, water."""

_CLEAR: Final = ("q",)
"""Inks that let through what is behind."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One limb or thing at one moment.

    Attributes:
        key: the same at every moment.
        far: whether it is on the far side, and so in softer ink.
        outlined: whether an outline is painted under it.
        shapes: ink and SVG path of each of its pieces; an ink in capitals is a stroke.
    """

    key: str
    far: bool
    outlined: bool
    shapes: tuple[tuple[str, str], ...]


class Drawing:
    """All that is common to the moments of one figure: the viewer, the order of its layers, and its frame."""

    def __init__(self, stage: Stage, figure: Figure) -> None:
        self.stage, self.figure = stage, figure
        view = stage.data["views"][figure.view]
        self.camera = Camera.of(view["round"], view["up"])
        self.positions = stage.frames(figure)
        self.samples = [self._sampled(at) for at in stage.legs(figure)]

    def _sampled(self, at: int) -> list[Frame]:
        one, other = self.positions[at], self.positions[(at + 1) % len(self.positions)]
        keys = {**one.angles, **other.angles}
        far = max((abs(one.angles.get(k, 0.0) - other.angles.get(k, 0.0)) for k in keys), default=0.0)
        far = max(far, *(abs(one.whole[name] - other.whole[name]) for name in one.whole))
        most = max(2, _MOST_STEPS + 2 - len(self.positions))
        steps = max(2, min(most, ceil(far / _STEP)))
        return [self.stage.between(self.figure, self.positions, at, step / steps) for step in range(1, steps)]

    @cached_property
    def moments(self) -> tuple[Frame, ...]:
        """Every position and every sampled moment between."""
        return (*self.positions, *(frame for frames in self.samples for frame in frames))

    # Order

    def _depth(self, names: Iterable[str]) -> float:
        depths = [self.camera.depth(frame.placed[name].at) for frame in self.moments for name in names]
        return sum(depths) / len(depths)

    @cached_property
    def depths(self) -> dict[str, float]:
        """Return how near to the viewer each limb is, on average over the movement."""
        found = {"trunk": self._depth(("lower_back_2",)), "head": self._depth(("head",))}
        for side in SIDES:
            found[f"{side}_arm"] = self._depth(f"{side}_{bone}" for bone in ("upper_arm", "forearm", "hand"))
            found[f"{side}_leg"] = self._depth(f"{side}_{bone}" for bone in ("thigh", "shin", "foot"))
        # The chin is over the neck, unless the viewer looks along the body from the feet.
        if found["head"] > found["trunk"] - 18:
            found["head"] = max(found["head"], found["trunk"] + 0.1)
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The limbs from back to front."""
        front, behind = self.figure.front, self.figure.behind
        rank = {name: (name in front) - (name in behind) for name in self.depths}
        places = {name: (front.index(name) if name in front else 0) for name in self.depths}
        return tuple(sorted(self.depths, key=lambda name: (rank[name], places[name], self.depths[name])))

    def is_far(self, limb: str) -> bool:
        """Tell whether a limb is on the far side: behind the trunk and well behind its twin."""
        side, _, kind = limb.partition("_")
        if not kind:
            return False
        twin = f"{'left' if side == 'right' else 'right'}_{kind}"
        behind = self.order.index(limb) < self.order.index("trunk")
        return behind and self.depths[limb] < self.depths[twin] - _APART

    # Layers

    def layers(self, frame: Frame) -> list[Layer]:
        """Return one moment from back to front."""
        order = self.order
        made: list[Layer] = []
        belongings = things(self.stage, self.figure, self.camera, frame)
        made += [_thing(thing) for thing in belongings if thing.layer == "back"]
        seams = self._seams()
        for at, limb in enumerate(order):
            if at == len(order) - 1:
                made += [_thing(thing) for thing in belongings if thing.layer == "held"]
            made.append(self._limb(limb, frame))
            made += [self._seam(seam, frame) for seam, after in seams if after == limb]
            if limb == "head":
                made.append(self._features(frame))
            if limb == "trunk":
                made += [_thing(thing) for thing in belongings if thing.layer == "trunk"]
        made += [_thing(thing) for thing in belongings if thing.layer == "front"]
        return made

    def _seams(self) -> list[tuple[str, str]]:
        """Return each seam that paint hides, and the limb after which it is painted."""
        found = []
        trunk = self.order.index("trunk")
        for side in SIDES:
            for limb, seam in ((f"{side}_arm", f"{side}_girdle_seam"), (f"{side}_leg", f"{side}_hip_seam")):
                at = self.order.index(limb)
                if not self.is_far(limb) and not (limb.endswith("arm") and at < trunk):
                    found.append((seam, self.order[max(at, trunk)]))
        return found

    def _seam(self, seam: str, frame: Frame) -> Layer:
        ink = "t" if "girdle" in seam else "l"
        return Layer(seam, False, False, ((ink, self._path(seam, frame)),))

    def _limb(self, limb: str, frame: Frame) -> Layer:
        side, _, kind = limb.partition("_")
        if limb == "trunk":
            pieces = [("neck", "s"), ("hips", "l"), ("right_girdle", "t"), ("left_girdle", "t"), ("chest", "t")]
        elif limb == "head":
            pieces = [("skull", "h"), ("face", "s"), ("nose", "s")]
            if self._facing() < -0.35:
                pieces.reverse()
        elif kind == "arm":
            hand = "fist" if self._grips(f"{side}_hand") else "hand"
            pieces = [(f"{side}_upper_arm", "s"), (f"{side}_{hand}", "s"), (f"{side}_forearm", "s")]
            pieces.append((f"{side}_sleeve", "t"))
        else:
            pieces = [
                (f"{side}_foot", "b" if self.figure.shoes else "s"),
                (f"{side}_thigh", "l"),
                (f"{side}_shin", "l"),
            ]
        shapes = tuple(
            (ink, "".join(self._path(piece, frame) for piece, _ in same))
            for ink, same in groupby(pieces, key=lambda one: one[1])
        )
        return Layer(limb, self.is_far(limb), True, shapes)

    def _path(self, piece: str, frame: Frame) -> str:
        return smooth(self._points(piece, frame))

    def _points(self, piece: str, frame: Frame) -> list[Flat]:
        flesh = self.stage.flesh.breathing(frame.breath)
        if piece.split("_")[-1] in _BALLS:
            return hull(flesh.pieces[piece], frame.placed, self.camera)
        return outline(flesh, piece, frame.placed, self.camera)

    def _grips(self, hand: str) -> bool:
        held = {part for prop in self.figure.props for part in prop.by}
        return hand in held

    def _facing(self) -> float:
        ways = [self.camera.depth(frame.placed["head"].turn[0]) for frame in self.moments]
        return sum(ways) / len(ways)

    def _features(self, frame: Frame) -> Layer:
        """Return the closed eyes and the ears that the viewer can see."""
        head = frame.placed["head"]
        shapes: list[tuple[str, str]] = []
        for out in (1, -1):
            aside = scale(head.turn[2], out)
            name = "right" if out > 0 else "left"
            ear_shown = self.camera.depth(add(aside, scale(head.turn[0], -0.15))) > 0.45
            ear = self._path(f"{name}_ear", frame) if ear_shown else "M0 0"
            shapes += [("s", ear), ("O", ear)]
            shown = self.camera.depth(add(scale(head.turn[0], 0.85), scale(aside, 0.5))) > 0.2
            lid = [self.camera.flat(head.point(f, u, out * r)) for f, u, r in self.stage.flesh.eye]
            shapes.append(("O", _curve(lid) if shown else "M0 0"))
        return Layer("features", False, False, tuple(shapes))

    def arrows(self, at: int) -> tuple[list[tuple[str, str]], list[Flat]]:
        """Return the arrows of one still, and the places they reach to."""
        if at >= len(self.samples):
            return [], []
        frames = [self.positions[at], *self.samples[at], self.positions[(at + 1) % len(self.positions)]]
        shapes: list[tuple[str, str]] = []
        places: list[Flat] = []
        for spec in self.figure.arrows:
            if spec.at in (None, at):
                more, reached = arrow(self.stage, self.camera, frames, spec)
                shapes += more
                places += reached
        return shapes, places

    def drawn(self) -> list[int]:
        """Return the positions that the stills show: not one that only breathes, unless an arrow leads to it."""
        shown = [0]
        for at in range(1, len(self.positions)):
            here, before = self.figure.positions[at], self.figure.positions[at - 1]
            same = here.angles == before.angles and here.whole == before.whole
            if not same or self.arrows(at - 1)[0]:
                shown.append(at)
        return shown

    # Frame of the picture

    def box(self) -> tuple[float, float, float, float]:
        """Return the left, top, right and bottom of everything, in centimetres on the page."""
        places: list[Flat] = []
        for frame in self.moments:
            for limb in self.order:
                for piece in self._pieces(limb):
                    places += self._points(piece, frame)
            for thing in things(self.stage, self.figure, self.camera, frame):
                places += thing.places
        for at in range(len(self.positions)):
            places += self.arrows(at)[1]
        places += ground_places(self.stage, self.figure, self.camera, self.moments)
        xs, ys = [x for x, _ in places], [y for _, y in places]
        return min(xs) - _MARGIN, min(ys) - _MARGIN, max(xs) + _MARGIN, max(ys) + _MARGIN

    def _pieces(self, limb: str) -> tuple[str, ...]:
        side, _, kind = limb.partition("_")
        if limb == "trunk":
            return "hips", "chest"
        if limb == "head":
            return "skull", "face"
        bones = ("upper_arm", "forearm", "hand") if kind == "arm" else ("thigh", "shin", "foot")
        return tuple(f"{side}_{bone}" for bone in bones)


def _thing(thing: Thing) -> Layer:
    return Layer(thing.key, False, False, thing.shapes)


def _curve(places: Sequence[Flat]) -> str:
    """Return a curve through three places."""
    (ax, ay), (bx, by), (cx, cy) = places
    handle = (2 * bx - (ax + cx) / 2, 2 * by - (ay + cy) / 2)
    a, h, c = ((round(x * SCALE), round(y * SCALE)) for x, y in ((ax, ay), handle, (cx, cy)))
    return f"M{a[0]} {a[1]}Q{h[0]} {h[1]} {c[0]} {c[1]}"


# SVG


def _svg(name: str, width: int, height: int, title: str, text: str, body: str, style: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width // 2}" '
        f'height="{height // 2}" role="img" aria-labelledby="{name}" aria-describedby="{name}-desc">'
        f'<title id="{name}">{escape(title)}</title><desc id="{name}-desc">{escape(text)}</desc>{style}{body}</svg>'
    )


def style() -> str:
    """Return the rules of every figure: the inks of dark pages, and no movement where it is unwanted or on paper.

    A page that may not hold styles inside its pictures puts these into its own sheet, and asks for pictures without.
    """
    rules = []
    for ink, (_, _, dark, far) in _INKS.items():
        upper = ink.upper()
        rules.append(f".{ink}{{fill:{dark}}}.{upper}{{stroke:{dark}}}")
        if far != dark:
            rules.append(f".f .{ink}{{fill:{far}}}")
    dark = "@media screen and (prefers-color-scheme:dark){" + "".join(rules) + "}"
    return dark + "@media print,(prefers-reduced-motion:reduce){.go{display:none}.rest{display:inline}}"


def _shape(ink: str, far: bool, path: str, inner: str = "") -> str:
    tone = _INKS[ink.lower()][1 if far else 0]
    paint = f'fill="none" stroke="{tone}"' if ink.isupper() else f'fill="{tone}"'
    if ink in _CLEAR:
        paint += ' fill-opacity=".55"'
    return f'<path class="{ink}" {paint} d="{path}"' + (f">{inner}</path>" if inner else "/>")


def _group(layer: Layer, name: str, shapes: str) -> str:
    if not layer.outlined:
        width = ' stroke-width="3"' if layer.key == "features" else ""
        return f"<g{width}>{shapes}</g>"
    ink = _INKS["o"][1 if layer.far else 0]
    tone = ' class="f"' if layer.far else ""
    return f'<use href="#{name}" class="O" stroke="{ink}"/><g id="{name}"{tone}>{shapes}</g>'


def _moment(drawing: Drawing, frame: Frame, name: str) -> str:
    return "".join(
        _group(
            layer, f"{name}{at}", "".join(_shape(ink, layer.far, path) for ink, path in layer.shapes if path != "M0 0")
        )
        for at, layer in enumerate(drawing.layers(frame))
    )


def still(stage: Stage, figure: Figure, title: str, text: str, *, mirror: bool = False, styled: bool = True) -> str:
    """Return the drawn positions of a figure next to each other, with arrows for the way between.

    Args:
        stage: the room and the body.
        figure: what to draw.
        title: the exercise's name.
        text: what the picture shows, in words.
        mirror: whether to draw the mirror image, as for the other side.
        styled: whether the picture holds its `style`.
    """
    drawing = Drawing(stage, figure)
    left, top, right, bottom = drawing.box()
    wide, high = right - left, bottom - top
    drawn = drawing.drawn()
    count = len(drawn)
    stacked = wide > 1.25 * high
    panels = []
    stem = _stem(figure, mirror)
    for place, at in enumerate(drawn):
        frame = drawing.positions[at]
        x, y = (0.0, place * high) if stacked else (place * wide, 0.0)
        shift = f"translate({round((x - left) * SCALE)} {round((y - top) * SCALE)})"
        inside = ground(stage, figure, drawing.camera, drawing.moments)
        inside_svg = "".join(_shape(ink, False, path) for ink, path in inside)
        marks = "".join(_shape(ink, False, path) for ink, path in drawing.arrows(at)[0])
        inside_svg += _moment(drawing, frame, f"{stem}-{at}-")
        panels.append(f'<g transform="{shift}">{inside_svg}{marks}</g>')
    width, height = (wide, high * count) if stacked else (wide * count, high)
    return _page(f"{stem}-still", width, height, title, text, panels, mirror, styled)


def strip(stage: Stage, figure: Figure) -> str:
    """Return every drawn position and the moment halfway to the next, side by side: to look a figure over."""
    drawing = Drawing(stage, figure)
    left, top, right, bottom = drawing.box()
    frames = list(drawing.positions)
    for at in reversed(stage.legs(figure)):
        frames.insert(at + 1, stage.between(figure, drawing.positions, at, 0.5))
    patch = "".join(_shape(ink, False, path) for ink, path in ground(stage, figure, drawing.camera, drawing.moments))
    panels = []
    for place, frame in enumerate(frames):
        x = round((place * (right - left) - left) * SCALE)
        drawn = patch + _moment(drawing, frame, f"{figure.id}-s{place}-")
        panels.append(f'<g transform="translate({x} {round(-top * SCALE)})">{drawn}</g>')
    return _page(f"{figure.id}-strip", (right - left) * len(frames), bottom - top, figure.id, "", panels, False, True)


def moving(stage: Stage, figure: Figure, title: str, text: str, *, mirror: bool = False, styled: bool = True) -> str:
    """Return a figure that moves through its positions, again and again; arguments as for `still`.

    Who asked for less motion, and paper, get the first position with its arrows instead.
    """
    drawing = Drawing(stage, figure)
    left, top, right, bottom = drawing.box()
    frames, times, seconds = _timeline(drawing)
    columns = [drawing.layers(frame) for frame in frames]
    keys = ";".join(f"{time:.3f}".rstrip("0").rstrip(".") for time in times)
    patch = "".join(_shape(ink, False, path) for ink, path in ground(stage, figure, drawing.camera, drawing.moments))
    stem = _stem(figure, mirror)
    parts = []
    for at, layer in enumerate(columns[0]):
        shapes = []
        for index, (ink, path) in enumerate(layer.shapes):
            paths = [column[at].shapes[index][1] for column in columns]
            if all(one == "M0 0" for one in paths):
                continue
            shapes.append(_shape(ink, layer.far, path, _animated(paths, keys, seconds)))
        parts.append(_group(layer, f"{stem}-m-{at}", "".join(shapes)))
    marks = "".join(_shape(ink, False, path) for ink, path in drawing.arrows(0)[0])
    rest = _moment(drawing, drawing.positions[0], f"{stem}-r-") + marks
    shift = f"translate({round(-left * SCALE)} {round(-top * SCALE)})"
    panel = (
        f'<g transform="{shift}">{patch}<g class="go">{"".join(parts)}</g><g class="rest" display="none">{rest}</g></g>'
    )
    return _page(f"{stem}-moving", right - left, bottom - top, title, text, [panel], mirror, styled)


def _stem(figure: Figure, mirror: bool) -> str:
    """Return what the names inside a picture begin with, so that both sides can stand on one page."""
    return f"{figure.id}-mirrored" if mirror else figure.id


def _page(
    name: str, wide: float, high: float, title: str, text: str, panels: Sequence[str], mirror: bool, styled: bool
) -> str:
    width, height = round(wide * SCALE), round(high * SCALE)
    turned = f' transform="matrix(-1 0 0 1 {width} 0)"' if mirror else ""
    body = f'<g stroke-width="6" stroke-linejoin="round" stroke-linecap="round"{turned}>{"".join(panels)}</g>'
    return _svg(name, width, height, title, text, body, f"<style>{style()}</style>" if styled else "")


def _animated(paths: Sequence[str], keys: str, seconds: float) -> str:
    if len(set(paths)) == 1:
        return ""
    hidden = any(path == "M0 0" for path in paths)
    if hidden:
        shown = ";".join("0" if path == "M0 0" else "1" for path in paths)
        last = next(path for path in paths if path != "M0 0")
        filled = []
        for path in paths:
            last = path if path != "M0 0" else last
            filled.append(last)
        return _animate("d", filled, keys, seconds) + (
            f'<animate attributeName="opacity" values="{shown}" keyTimes="{keys}" dur="{seconds:g}s" '
            'calcMode="discrete" repeatCount="indefinite"/>'
        )
    return _animate("d", paths, keys, seconds)


def _animate(name: str, values: Sequence[str], keys: str, seconds: float) -> str:
    return (
        f'<animate attributeName="{name}" values="{";".join(values)}" keyTimes="{keys}" dur="{seconds:g}s" '
        'repeatCount="indefinite"/>'
    )


def _timeline(drawing: Drawing) -> tuple[list[Frame], list[float], float]:
    """Return the moments shown, when each is (0 to 1), and the length of one round in seconds."""
    positions = drawing.figure.positions
    shown: list[tuple[Frame, float]] = []
    now = 0.0

    def stay(frame: Frame, seconds: float) -> None:
        nonlocal now
        shown.append((frame, now))
        if seconds:
            now += seconds
            shown.append((frame, now))

    def go(frames: Sequence[Frame], seconds: float) -> None:
        nonlocal now
        count = len(frames) + 1
        for at, frame in enumerate(frames, 1):
            # Slow at both ends: half a cosine.
            shown.append((frame, now + seconds * acos(1 - 2 * at / count) / pi))
        now += seconds

    stay(drawing.positions[0], positions[0].hold)
    for at, frames in enumerate(drawing.samples):
        after = (at + 1) % len(positions)
        go(frames, positions[after].seconds)
        if after:
            stay(drawing.positions[after], positions[after].hold)
    if not drawing.figure.round:
        for at in reversed(range(len(drawing.samples))):
            go(drawing.samples[at][::-1], positions[at + 1].seconds)
            if at:
                stay(drawing.positions[at], positions[at].hold)
    shown.append((drawing.positions[0], now))
    return [frame for frame, _ in shown], [time / now for _, time in shown], round(now, 2)
