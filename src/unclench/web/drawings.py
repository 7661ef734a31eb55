"""Drawings for those who would rather look: the layers of the back, a band over time, bars by age. Our own lines.

Every drawing has a title and a description; the words beside it are in the page, so that they can be translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from unclench.knowledge.learning_records import Chart, Point
from unclench.knowledge.phrases import filled
from unclench.web.bodyshapes import OUTLINE, mirrored
from unclench.web.pack import knowledge, words

__all__ = ["SHAPES", "Bar", "Drawn", "Layer", "Shape", "drawn", "layers"]

_TORSO: Final = "-76 44 152 206"


@dataclass(frozen=True, slots=True)
class Shape:
    """A muscle as it is drawn on the viewer's right, as distances from the midline.

    Attributes:
        path: its outline; the other half is its mirror image.
        tip: where the line of its number ends.
        mark: where its number stands.
    """

    path: str
    tip: tuple[float, float]
    mark: tuple[float, float]


SHAPES: Final[Mapping[str, Shape]] = {
    "trapezius": Shape(
        "M0,50 C6,54 9,60 10,68 C13,80 24,88 42,95 C45,98 41,102 34,104 C24,108 10,128 0,162 Z", (22, 96), (62, 74)
    ),
    "latissimus_dorsi": Shape(
        "M0,166 C10,142 22,128 33,118 C38,119 43,121 46,124 C47,136 46,150 42,166 C36,186 20,202 8,222 L0,228 Z",
        (30, 158),
        (62, 176),
    ),
    "rhomboids": Shape("M3,84 L25,102 L25,142 L3,122 Z", (17, 110), (62, 74)),
    "erector_spinae": Shape(
        "M3,62 C6,80 7,104 15,128 C20,152 20,190 18,214 C15,230 9,238 3,240 Z", (14, 182), (62, 176)
    ),
    "quadratus_lumborum": Shape("M9,172 L25,176 L33,209 L14,215 Z", (24, 190), (62, 176)),
    "multifidus": Shape("M2,92 L6,96 L7,160 C8,190 14,208 15,226 C12,236 6,240 2,242 Z", (5, 130), (62, 108)),
}
"""Muscle to its shape."""

_BONES: Final = (
    "M2,158 C16,160 28,168 36,180",  # lowest rib
    "M12,226 C16,208 32,204 46,214",  # hip bone
    "M25,100 L42,97 L33,142 Z",  # shoulder blade
)
_SPINE: Final = tuple(range(66, 232, 9))


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of the back: its drawing, and the muscles in it as (number, name, what it does, clinical name)."""

    name: str
    picture: SafeString
    muscles: tuple[tuple[int, str, str, str], ...]


def layers() -> tuple[Layer, ...]:
    """Return the layers of the back, from the skin inwards. A muscle without a shape is listed and not drawn."""
    say = words()
    names = {"outer": _("Just under the skin"), "middle": _("One layer deeper"), "deep": _("Close to the bones")}
    numbered = list(enumerate(knowledge().muscles.values(), 1))
    made = []
    for layer, name in names.items():
        inside = [(number, one.id) for number, one in numbered if one.layer == layer]
        listed = tuple(
            (number, say("muscles", one, "name"), say("muscles", one, "does"), say("muscles", one, "clinical"))
            for number, one in inside
        )
        text = _("The back from behind. %(count)s muscles are drawn on both sides of the spine.") % {
            "count": len(inside)
        }
        made.append(Layer(name, _torso(layer, name, text, inside), listed))
    return tuple(made)


def _torso(layer: str, name: str, text: str, inside: list[tuple[int, str]]) -> SafeString:
    shapes = [(number, SHAPES[one]) for number, one in inside if one in SHAPES]
    return format_html(
        '<svg class="torso" viewBox="{}" role="img" aria-labelledby="t-{layer} d-{layer}" focusable="false">'
        '<title id="t-{layer}">{}</title><desc id="d-{layer}">{}</desc><path class="skin" d="{}"/>{}{}{}{}</svg>',
        _TORSO,
        name,
        text,
        OUTLINE,
        format_html_join("", '<path class="bone" d="{}"/><path class="bone" d="{}"/>',
                         ((one, mirrored(one)) for one in _BONES)),
        format_html_join("", '<rect class="vertebra" x="-3" y="{}" width="6" height="6" rx="1.5"/>',
                         ((y,) for y in _SPINE)),
        format_html_join("", '<path class="muscle m{}" d="{}"/><path class="muscle m{}" d="{}"/>',
                         ((at % 2, one.path, at % 2, mirrored(one.path)) for at, (_n, one) in enumerate(shapes))),
        format_html_join("", '<path class="lead-line" d="M{},{}L{},{}"/><circle class="spot" cx="{}" cy="{}" r="8"/>'
                         '<text class="digit" x="{}" y="{}">{}</text>',
                         ((*one.tip, *one.mark, *one.mark, one.mark[0], one.mark[1] + 4, number)
                          for number, one in shapes)),
        layer=layer,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of bars: what it is about, and each bar with its words."""

    name: str
    bars: tuple[tuple[str, str, SafeString], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as a page shows it.

    Attributes:
        picture: the band drawn; empty for bars.
        rows: the same as numbers, for those who do not see the drawing: (where, how much).
        bars: rows of bars.
    """

    id: str
    name: str
    summary: str
    line: str
    across: str
    clinical: str
    picture: SafeString
    rows: tuple[tuple[str, str], ...]
    bars: tuple[Bar, ...]


def drawn(chart: Chart) -> Drawn:
    """Return a chart drawn and in words."""
    say = words()
    texts = knowledge().data["wording"][say.locale]["charts"][chart.id]
    band = chart.series[0] if chart.form == "band" else None

    def said(point: Point) -> tuple[str, str]:
        values = {"low": f"{point.low:g}", "high": f"{point.high:g}", "value": f"{point.low:g}"}
        used = {name: value for name, value in values.items() if f"{{{name}}}" in texts["span"]}
        return filled(texts["point"], at=f"{point.at:g}"), filled(texts["span"], **used)

    return Drawn(
        chart.id,
        texts["name"],
        texts["summary"],
        texts["lines"][band.id] if band else "",
        texts["across"],
        texts.get("clinical", ""),
        _band(chart, texts["name"], texts["summary"], band.points) if band else SafeString(""),
        tuple(said(point) for point in band.points) if band else (),
        ()
        if band
        else tuple(
            Bar(
                texts["lines"][one.id],
                tuple((*said(point), _share(f"{chart.id}-{one.id}-{at}", said(point), point, chart.most))
                      for at, point in enumerate(one.points)),
            )
            for one in chart.series
        ),
    )  # fmt: skip


_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDE = 26, 308, 10, 170, 320


def _band(chart: Chart, name: str, text: str, points: tuple[Point, ...]) -> SafeString:
    last = points[-1].at

    def across(at: float) -> float:
        place = _LEFT + (_RIGHT - _LEFT) * at / last
        return round(_WIDE - place if get_language_bidi() else place, 1)

    def up(value: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * value / chart.most, 1)

    upper = [f"{across(one.at)},{up(one.high)}" for one in points]
    lower = [f"{across(one.at)},{up(one.low)}" for one in reversed(points)]
    steps = range(0, int(chart.most) + 1, 2)
    weeks = range(0, int(last) + 1, 2)
    edge = across(0) + (14 if get_language_bidi() else -14)
    return format_html(
        '<svg class="band" viewBox="0 0 320 192" role="img" aria-labelledby="c-{name}-t c-{name}-d" focusable="false">'
        '<title id="c-{name}-t">{}</title><desc id="c-{name}-d">{}</desc>{}{}<path class="span" d="M{}Z"/>'
        '<path class="rim" d="M{}"/><path class="rim" d="M{}"/></svg>',
        name,
        text,
        format_html_join("", '<path class="grid" d="M{},{}H{}"/><text class="tick" x="{}" y="{}">{}</text>',
                         ((_LEFT if not get_language_bidi() else _WIDE - _RIGHT, up(s),
                           _RIGHT if not get_language_bidi() else _WIDE - _LEFT, edge, up(s) + 4, s) for s in steps)),
        format_html_join("", '<text class="tick" x="{}" y="188">{}</text>', ((across(w), w) for w in weeks)),
        "L".join((*upper, *lower)),
        "L".join(upper),
        "L".join(lower),
        name=chart.id,
    )  # fmt: skip


def _share(name: str, said: tuple[str, str], point: Point, most: float) -> SafeString:
    width = round(100 * point.high / most, 1)
    return format_html(
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" '
        'aria-labelledby="s-{name}-t s-{name}-d" focusable="false">'
        '<title id="s-{name}-t">{}</title><desc id="s-{name}-d">{}</desc><rect class="bar-all" width="100" height="8"/>'
        '<rect class="part" x="{}" width="{}" height="8"/></svg>',
        *said,
        100 - width if get_language_bidi() else 0,
        width,
        name=name,
    )
