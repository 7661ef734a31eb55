"""Draws what is in the room: mat, chair, bed, wall, and what hands hold. Sizes come from the body's record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from typing import Any, Final

from unclench.figures.outline import Camera, Flat, line, smooth
from unclench.figures.pose import Figure, Prop
from unclench.figures.stage import Frame, Stage
from unclench.figures.vectors import Vector, add, scale, subtract, unit

__all__ = ["Thing", "ground", "things"]

_ROUND: Final = 10


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing at one moment.

    Attributes:
        key: the same at every moment.
        layer: back, held (before the nearest limb), trunk (on the trunk) or front.
        shapes: ink and SVG path; an ink in capitals is a stroke.
        places: places it reaches to, for the frame of the picture.
    """

    key: str
    layer: str
    shapes: tuple[tuple[str, str], ...]
    places: tuple[Flat, ...]


@dataclass(frozen=True)
class _Scene:
    stage: Stage
    figure: Figure
    camera: Camera
    frame: Frame
    prop: Prop
    sizes: Mapping[str, Any]

    def part(self, name: str) -> Vector:
        """Return the middle of a part."""
        rings = self.stage.parts[name]
        middles = [ring.middle(self.frame.placed) for ring in rings]
        return scale(
            (sum(m[0] for m in middles), sum(m[1] for m in middles), sum(m[2] for m in middles)), 1 / len(rings)
        )

    def grip(self, hand: str) -> Vector:
        """Return the middle of a closed hand, or the sole under the ball of a foot."""
        part = self.frame.placed[hand]
        return part.point(0.3, -7.0, 0.0) if hand.endswith("hand") else part.point(9.0, -7.2, 0.0)

    @property
    def top(self) -> float:
        """Height of its top."""
        return self.prop.height if self.prop.height is not None else float(self.sizes.get("top", 0.0))


def things(stage: Stage, figure: Figure, camera: Camera, frame: Frame) -> list[Thing]:
    """Return every thing of a figure at one moment, in the order of its record."""
    made = []
    for at, prop in enumerate(figure.props):
        if prop.kind == "mat":
            continue
        scene = _Scene(stage, figure, camera, frame, prop, stage.data["things"][prop.kind])
        for index, (layer, shapes, places) in enumerate(_MAKERS[prop.kind](scene)):
            flat = tuple(camera.flat(place) for place in places)
            made.append(Thing(f"{prop.kind}{at}-{index}", layer, tuple(shapes), flat))
    return made


def ground(stage: Stage, figure: Figure, camera: Camera, frames: Sequence[Frame]) -> list[tuple[str, str]]:
    """Return the mat, or the patch of floor people stand on, under all moments of a figure."""
    edges = _ground(stage, figure, camera, frames)
    if len(edges) == 2:
        return [("n", line(edges[1]) + "z"), ("m", line(edges[0]) + "z")]
    return [("m", smooth(edge)) for edge in edges]


def ground_places(stage: Stage, figure: Figure, camera: Camera, frames: Sequence[Frame]) -> list[Flat]:
    """Return places on the page that the ground reaches to."""
    return [place for edge in _ground(stage, figure, camera, frames) for place in edge]


def _ground(stage: Stage, figure: Figure, camera: Camera, frames: Sequence[Frame]) -> list[list[Flat]]:
    sizes = stage.data["things"]
    low = [
        ring.middle(frame.placed)
        for frame in frames
        for rings in stage.flesh.pieces.values()
        for ring in rings
        if ring.middle(frame.placed)[1] < sizes["mat"]["near"]
    ]
    carried = [
        prop
        for prop in figure.props
        if {"deep", "wide"} <= set(sizes[prop.kind]) and prop.kind != "mat" and not prop.base
    ]
    xs = [place[0] for place in low] + [
        prop.at + side * sizes[prop.kind]["deep"] / 2 for prop in carried for side in (-1, 1)
    ]
    zs = [place[2] for place in low] + [
        prop.across + side * sizes[prop.kind]["wide"] / 2 for prop in carried for side in (-1, 1)
    ]
    if not xs:
        return []
    x, z = (min(xs) + max(xs)) / 2, (min(zs) + max(zs)) / 2
    deep, wide = max(xs) - min(xs), max(zs) - min(zs)
    if any(prop.kind == "mat" for prop in figure.props):
        edge = sizes["mat"]["edge"]
        return list(_slab(camera, x, z, deep + 2 * edge, max(wide + edge, sizes["mat"]["wide"]), -1.4, 0.0))
    rim = sizes["mat"]["edge"] + 4
    return [
        [
            camera.flat((x + cos(angle) * (deep / 2 + rim), 0.0, z + sin(angle) * (wide / 2 + rim)))
            for angle in (2 * pi * at / _ROUND for at in range(_ROUND))
        ]
    ]


def _slab(
    camera: Camera, x: float, z: float, deep: float, wide: float, low: float, high: float
) -> tuple[list[Flat], list[Flat]]:
    """Return the top of a flat box on the page, and the outline of the whole box behind it."""
    corners = [
        (x - deep / 2, z - wide / 2),
        (x + deep / 2, z - wide / 2),
        (x + deep / 2, z + wide / 2),
        (x - deep / 2, z + wide / 2),
    ]
    top = [camera.flat((a, high, b)) for a, b in corners]
    return top, _around([*top, *(camera.flat((a, low, b)) for a, b in corners)])


def _around(places: Sequence[Flat]) -> list[Flat]:
    """Return the convex outline of places on the page."""
    ordered = sorted(set(places))

    def half(points: Sequence[Flat]) -> list[Flat]:
        kept: list[Flat] = []
        for point in points:
            while len(kept) > 1 and _turns(kept[-2], kept[-1], point) <= 0:
                kept.pop()
            kept.append(point)
        return kept[:-1]

    return half(ordered) + half(ordered[::-1])


def _turns(a: Flat, b: Flat, c: Flat) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


_Made = tuple[str, list[tuple[str, str]], list[Vector]]


def _box(
    scene: _Scene, middle: Vector, deep: float, high: float, wide: float, inks: tuple[str, str, str] = ("w", "v", "k")
) -> tuple[list[tuple[str, str]], list[Vector]]:
    """Return a box about `middle`: its top, its side to the viewer and its end, each in its ink, and its corners."""
    x, y, z = middle
    camera = scene.camera
    corners = {
        (i, j, k): (x + i * deep / 2, y + j * high / 2, z + k * wide / 2)
        for i in (-1, 1)
        for j in (-1, 1)
        for k in (-1, 1)
    }
    near_z = 1 if camera.towards[2] >= 0 else -1
    near_x = 1 if camera.towards[0] >= 0 else -1
    faces = [
        (inks[0], [(-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1)], camera.towards[1]),
        (inks[1], [(-1, -1, near_z), (1, -1, near_z), (1, 1, near_z), (-1, 1, near_z)], abs(camera.towards[2])),
        (inks[2], [(near_x, -1, -1), (near_x, -1, 1), (near_x, 1, 1), (near_x, 1, -1)], abs(camera.towards[0])),
    ]
    shapes = [
        (ink, line([camera.flat(corners[corner]) for corner in face]) + "z") for ink, face, seen in faces if seen > 0.02
    ]
    return shapes, list(corners.values())


def _chair(scene: _Scene) -> Iterator[_Made]:
    sizes, prop, top = scene.sizes, scene.prop, scene.top
    deep, wide = sizes["deep"], sizes["wide"]
    shapes: list[tuple[str, str]] = []
    places: list[Vector] = []

    def put(middle: Vector, size: Vector) -> None:
        more, corners = _box(scene, middle, size[0], size[1], size[2])
        shapes.extend(more)
        places.extend(corners)

    behind = 1 if prop.turned else -1
    legs = [(i, k) for k in (-1, 1) for i in (-1, 1)]
    for i, k in legs:
        put((prop.at + i * (deep / 2 - 2), (top - 4) / 2, prop.across + k * (wide / 2 - 2)), (3.4, top - 4, 3.4))
    back = sizes.get("back", 0)
    if back:
        x = prop.at + behind * (deep / 2 - 1.5)
        for k in (-1, 1):
            put((x, top + back / 2, prop.across + k * (wide / 2 - 2)), (3, back, 3.4))
        put((x, top + back - 9, prop.across), (2.4, 18, wide - 4))
    put((prop.at, top - 2, prop.across), (deep, 4, wide))
    yield "back", shapes, places


def _solid(scene: _Scene) -> Iterator[_Made]:
    sizes, prop, top = scene.sizes, scene.prop, scene.top
    shapes, places = _box(scene, (prop.at, top / 2, prop.across), sizes["deep"], top, sizes["wide"])
    yield "back", shapes, places


def _bed(scene: _Scene) -> Iterator[_Made]:
    sizes, prop, top = scene.sizes, scene.prop, scene.top
    base, low = _box(scene, (prop.at, top / 2 - 8, prop.across), sizes["deep"], top - 20, sizes["wide"])
    soft, high = _box(scene, (prop.at, top - 9, prop.across), sizes["deep"] - 2, 18, sizes["wide"] - 2, ("m", "n", "n"))
    yield "back", base + soft, low + high


def _table(scene: _Scene) -> Iterator[_Made]:
    sizes, prop, top = scene.sizes, scene.prop, scene.top
    deep, wide = sizes["deep"], sizes["wide"]
    shapes: list[tuple[str, str]] = []
    places: list[Vector] = []
    for i in (-1, 1):
        for k in (-1, 1):
            middle = (prop.at + i * (deep / 2 - 3), top / 2 - 2, prop.across + k * (wide / 2 - 3))
            more, corners = _box(scene, middle, 3.6, top - 4, 3.6)
            shapes += more
            places += corners
    more, corners = _box(scene, (prop.at, top - 1.6, prop.across), deep, 3.2, wide)
    yield "back", shapes + more, places + corners


def _screen(scene: _Scene) -> Iterator[_Made]:
    prop, top = scene.prop, scene.top
    desk = float(scene.stage.data["things"]["table"]["top"])
    stem = (top + desk) / 2
    foot, low = _box(scene, (prop.at, stem, prop.across), 4, top - desk, 8, ("v", "k", "k"))
    panel, high = _box(scene, (prop.at, top, prop.across), 3, 34, 54, ("n", "n", "b"))
    yield "back", foot + panel, low + high


def _wall(scene: _Scene) -> Iterator[_Made]:
    sizes, prop = scene.sizes, scene.prop
    thick = 6.0
    away = 1 if prop.at > 0 else -1
    high = prop.height or sizes["high"]
    wide = sizes["wide"]
    middle = (prop.at + away * thick / 2, high / 2, prop.across)
    shapes, places = _box(scene, middle, thick, high, wide, ("v", "v", "w"))
    yield "back", shapes, places


def _rail(scene: _Scene) -> Iterator[_Made]:
    prop = scene.prop
    ends = [(prop.at, scene.top, prop.across - 30), (prop.at, scene.top, prop.across + 30)]
    feet = [(x, 0.0, z) for x, _, z in ends]
    shapes = [
        ("K", line([scene.camera.flat(a), scene.camera.flat(b)]))
        for a, b in ((ends[0], feet[0]), (ends[1], feet[1]), (ends[0], ends[1]))
    ]
    yield "back", shapes, [*ends, *feet]


def _pillow(scene: _Scene) -> Iterator[_Made]:
    sizes, prop = scene.sizes, scene.prop
    if prop.by:
        spots = [scene.part(name) for name in prop.by]
        middle = scale(add(spots[0], spots[-1]), 0.5)
        path = _cushion(scene, middle, 30, 13, 12)
        yield "held", [("p", path), ("V", path)], []
        return
    top = scene.top
    base = prop.base
    middle = (prop.at, base + (top - base) / 2, prop.across)
    path = _cushion(scene, middle, sizes["deep"], top - base, sizes["wide"])
    yield "back", [("p", path), ("V", path)], [middle]


def _cushion(scene: _Scene, middle: Vector, deep: float, high: float, wide: float) -> str:
    corners = [
        scene.camera.flat((middle[0] + i * deep / 2, middle[1] + j * high / 2, middle[2] + k * wide / 2))
        for i in (-1, 1)
        for j in (-1, 1)
        for k in (-1, 1)
    ]
    x, y = scene.camera.flat(middle)
    half_wide = max(abs(a - x) for a, _ in corners)
    half_high = max(abs(b - y) for _, b in corners)
    # Corners doubled, so that the curve keeps to a rounded box.
    edge = [(-1, -0.75), (-0.8, -1), (0.8, -1), (1, -0.75), (1, 0.75), (0.8, 1), (-0.8, 1), (-1, 0.75)]
    return smooth([(x + a * half_wide, y + b * half_high) for a, b in edge])


def _disc(middle: Flat, size: float) -> str:
    grown = size / cos(pi / _ROUND)
    return smooth(
        [
            (middle[0] + grown * cos(2 * pi * at / _ROUND), middle[1] + grown * sin(2 * pi * at / _ROUND))
            for at in range(_ROUND)
        ]
    )


def _ball(scene: _Scene) -> Iterator[_Made]:
    part = scene.part(scene.prop.by[0])
    middle = (scene.prop.at, part[1], part[2])
    yield "back", [("r", _disc(scene.camera.flat(middle), 3.6))], [middle]


def _cord(ink: str, layer: str) -> Callable[[_Scene], Iterator[_Made]]:
    def made(scene: _Scene) -> Iterator[_Made]:
        prop = scene.prop
        spots: list[Vector] = []
        for name in prop.by:
            if name == "room":
                spots.append((prop.at, scene.top, prop.across))
            else:
                spots.append(scene.grip(name) if name.endswith(("hand", "foot")) else scene.part(name))
        shapes = [(ink, line([scene.camera.flat(spot) for spot in spots]))]
        if "room" in prop.by:
            post = [(prop.at, 0.0, prop.across), (prop.at, scene.top + 25, prop.across)]
            yield "back", [("K", line([scene.camera.flat(spot) for spot in post]))], post
        yield layer, shapes, spots

    return made


def _stick(scene: _Scene) -> Iterator[_Made]:
    first, last = (_behind(scene, name) for name in scene.prop.by[:2])
    way = unit(subtract(first, last))
    ends = [add(first, scale(way, 12)), add(last, scale(way, -14))]
    yield "held", [("K", line([scene.camera.flat(end) for end in ends]))], ends


def _behind(scene: _Scene, name: str) -> Vector:
    """Return a place on the back of a part of the trunk or head."""
    rings = scene.stage.parts[name]
    ring = rings[len(rings) // 2]
    part = scene.frame.placed[ring.part]
    return add(ring.middle(scene.frame.placed), scale(part.turn[0], -(ring.halves[0] + 1.4)))


def _weight(scene: _Scene) -> Iterator[_Made]:
    spots = [scene.grip(name) for name in scene.prop.by]
    middle = scale(add(spots[0], spots[-1]), 0.5)
    x, y = scene.camera.flat(middle)
    handle = [(x - 3.2, y + 6), (x - 3.4, y - 0.2), (x + 3.4, y - 0.2), (x + 3.2, y + 6)]
    yield "held", [("B", line(handle)), ("b", _disc((x, y + 10), 6.6))], [add(middle, (0.0, -18.0, 0.0))]


def _pack(scene: _Scene) -> Iterator[_Made]:
    """A warm or cold pack against the back of a part."""
    name = scene.prop.by[0]
    rings = scene.stage.parts[name]
    lower, upper = (_pad(scene, ring, out) for ring, out in ((rings[0], -1), (rings[-1], 1)))
    corners = [*lower, *upper[::-1]]
    flat = [scene.camera.flat(corner) for corner in corners]
    yield "trunk", [("r", smooth(_doubled(flat)))], corners


def _pad(scene: _Scene, ring: Any, out: int) -> list[Vector]:
    part = scene.frame.placed[ring.part]
    middle = add(ring.middle(scene.frame.placed), scale(part.turn[1], out * 3.0))
    skin = add(middle, scale(part.turn[0], -ring.halves[0] + 0.5))
    return [skin, add(skin, scale(part.turn[0], -3.6))]


def _doubled(places: Sequence[Flat]) -> list[Flat]:
    """Return places with two near each corner, so that a smooth curve keeps close to them."""
    made = []
    for at, here in enumerate(places):
        before, after = places[at - 1], places[(at + 1) % len(places)]
        for other in (before, after):
            size = hypot(other[0] - here[0], other[1] - here[1]) or 1.0
            share = min(0.3, 1.6 / size)
            made.append((here[0] + (other[0] - here[0]) * share, here[1] + (other[1] - here[1]) * share))
    return made


def _towel(scene: _Scene) -> Iterator[_Made]:
    middle = (scene.prop.at, scene.top / 2 + scene.prop.base / 2, scene.prop.across)
    yield "back", [("p", _disc(scene.camera.flat(middle), 4.0)), ("V", _disc(scene.camera.flat(middle), 4.0))], [middle]


def _water(scene: _Scene) -> Iterator[_Made]:
    x, y = scene.camera.flat((scene.prop.at, scene.top, 0.0))
    low = scene.camera.flat((scene.prop.at, 0.0, 0.0))[1] + 14
    count = 8
    half = 70.0
    step = 2 * half / count
    crest = [(x - half + at * step, y + (1.6 if at % 2 else -1.6)) for at in range(count + 1)]
    path = line([*crest, (x + half, low), (x - half, low)]) + "z"
    yield "front", [("q", path)], [(scene.prop.at - half, 0.0, 0.0), (scene.prop.at + half, 0.0, 0.0)]


def _bicycle(scene: _Scene) -> Iterator[_Made]:
    prop = scene.prop
    flat = scene.camera.flat
    x, z = prop.at, prop.across
    crank = (x + 24.0, 34.0, z)
    saddle = (x, scene.top, z)
    bars = (x + 62.0, scene.top + 14, z)
    wheel = (x + 62.0, 30.0, z)
    frame = [
        [(x - 22, 2.0, z), (x + 82, 2.0, z)],
        [crank, saddle],
        [crank, wheel],
        [wheel, bars],
        [crank, (crank[0], 2.0, z)],
    ]
    shapes = [("r", _disc(flat(wheel), 21)), ("m", _disc(flat(wheel), 16))]
    shapes += [("K", line([flat(a), flat(b)])) for a, b in frame]
    seat = [(x - 12, scene.top - 2.5, z), (x + 13, scene.top - 1, z)]
    shapes.append(("B", line([flat(place) for place in seat])))
    grips = [(bars[0] - 10, bars[1] + 2, z), bars, (bars[0] + 6, bars[1] - 2, z)]
    shapes.append(("B", line([flat(place) for place in grips])))
    yield "back", shapes, [*frame[0], bars, saddle]
    for side in ("left", "right"):
        pedal = scene.grip(f"{side}_foot")
        yield (
            ("back" if side == "left" else "held"),
            [("B", line([flat((crank[0], crank[1], pedal[2])), flat(pedal)]))],
            [],
        )


_MAKERS: Final[Mapping[str, Callable[[_Scene], Iterator[_Made]]]] = {
    "chair": _chair,
    "stool": _chair,
    "bed": _bed,
    "step": _solid,
    "blocks": _solid,
    "table": _table,
    "pillow": _pillow,
    "wall": _wall,
    "door_frame": _wall,
    "rail": _rail,
    "water": _water,
    "strap": _cord("R", "held"),
    "band": _cord("R", "held"),
    "ball": _ball,
    "stick": _stick,
    "weight": _weight,
    "towel": _towel,
    "pack": _pack,
    "bicycle": _bicycle,
    "screen": _screen,
}
