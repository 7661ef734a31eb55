"""Pictures of a report as SVG: each says in words what it shows, and stands beside a table with the same numbers.

Drawn as the other pictures of Unclench are: `role="img"`, a title and a description, no script, and inks for light and
for dark. Nothing is told by colour alone: series differ in the shape of their marks too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from unclench.batch.calibration import Bin
from unclench.reasoning.validation import wilson

__all__ = ["Picture", "intervals", "rank_histogram", "reliability"]

_STYLE: Final = (
    "svg{font:12px system-ui,sans-serif;background:#fffdf9;color:#22403c}"
    ".g{stroke:#cfdcd5;fill:none}.x{stroke:currentColor;stroke-dasharray:4 4;fill:none}text{fill:currentColor}"
    ".a{stroke:#2f6f67;fill:#2f6f67}.b{stroke:#b8470b;fill:#b8470b}.c{stroke:#4f86a3;fill:#4f86a3}"
    ".d{stroke:#75694f;fill:#75694f}.l{fill:none;stroke-width:1.5}.w{stroke-width:1.5}.band{fill:#8fbdd6;opacity:.35}"
    "@media(prefers-color-scheme:dark){svg{background:#0c1513;color:#e6efea}.g{stroke:#2c4f48}"
    ".a{stroke:#8fc4b5;fill:#8fc4b5}.b{stroke:#ffb27a;fill:#ffb27a}.c{stroke:#8fbdd6;fill:#8fbdd6}"
    ".d{stroke:#b9a88b;fill:#b9a88b}}"
)
_INKS: Final = ("a", "b", "c", "d")
_SIDE: Final = 300
_LEFT: Final = 46
_TOP: Final = 14


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the name of its file, its title, what it shows in words, and itself."""

    name: str
    title: str
    text: str
    svg: str


def reliability(name: str, title: str, text: str, series: Sequence[tuple[str, Sequence[Bin]]]) -> Picture:
    """Draw how often the first cause was right against how probable it was said to be; on the line is best.

    Args:
        name: of the file, and the stem of its ids.
        title: what it is.
        text: what is to be seen.
        series: at most four, each with its name.
    """
    parts = [_grid(), f'<path class="x" d="M{_x(0)},{_y(0)}L{_x(1)},{_y(1)}"/>']
    for place, (label, bins) in enumerate(series):
        ink = _INKS[place]
        there = [one for one in bins if one.right.total]
        points = [(_x(one.said), _y(one.right.value)) for one in there]
        parts.append(f'<path class="{ink} l" d="M{"L".join(f"{x},{y}" for x, y in points)}"/>' if points else "")
        for one, (x, y) in zip(there, points, strict=True):
            low, high = wilson(one.right.count, one.right.total)
            parts.append(f'<path class="{ink} w" d="M{x},{_y(low)}V{_y(high)}"/>{_mark(place, x, y)}')
        at = _TOP + 18 + 18 * place
        parts.append(f'{_mark(place, _LEFT + 16, at - 4)}<text x="{_LEFT + 26}" y="{at}">{escape(label)}</text>')
    parts.append(_axes("said to be", "was right"))
    return _picture(name, title, text, "".join(parts), _LEFT + _SIDE + 12, _TOP + _SIDE + 40)


def rank_histogram(name: str, title: str, text: str, series: Sequence[tuple[str, Sequence[int]]]) -> Picture:
    """Draw how many true probabilities have each rank in their range; level is best.

    Piled up in the middle = ranges too wide; at both ends = too narrow; at one end = off to one side.
    """
    shares = [[count / max(1, sum(ranks)) for count in ranks] for _, ranks in series]
    most = max((share for some in shares for share in some), default=1.0) or 1.0
    wide, parts = _SIDE, []
    for place, ((label, ranks), some) in enumerate(zip(series, shares, strict=True)):
        left, step = _LEFT + place * (wide + 30), wide / max(1, len(ranks))
        for at, share in enumerate(some):
            tall = round(160 * share / most, 1)
            x, y = round(left + at * step, 1), round(_TOP + 180 - tall, 1)
            parts.append(f'<rect class="{_INKS[place]}" x="{x}" y="{y}" width="{step - 1:.1f}" height="{tall}"/>')
        level = round(_TOP + 180 - 160 / max(1, len(ranks)) / most, 1)
        parts.append(f'<path class="x" d="M{left},{level}H{left + wide}"/>')
        parts.append(f'<text x="{left}" y="{_TOP + 4}">{escape(label)}</text>')
        parts.append(f'<text x="{left}" y="{_TOP + 198}">below the range</text>')
        parts.append(f'<text x="{left + wide}" y="{_TOP + 198}" text-anchor="end">above the range</text>')
    return _picture(name, title, text, "".join(parts), _LEFT + len(series) * (wide + 30), _TOP + 210)


def intervals(
    name: str, title: str, text: str, rows: Sequence[tuple[str, float, float, float, bool]], unit: str
) -> Picture:
    """Draw values with their 95% intervals under each other; a filled square marks what differs by more than chance.

    Args:
        name: of the file.
        title: what it is.
        text: what is to be seen.
        rows: label, value, low, high, marked.
        unit: of the values, for the scale.
    """
    most = max((high for _, _, _, high, _ in rows), default=1.0) or 1.0
    left, wide, parts = 150, 330, []
    for place, (label, value, low, high, is_marked) in enumerate(rows):
        y = _TOP + 14 + 20 * place

        def across(at: float) -> float:
            return round(left + wide * at / most, 1)

        parts.append(f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{escape(label)}</text>')
        ink = "b" if is_marked else "a"
        parts.append(f'<path class="{ink} w" d="M{across(low)},{y}H{across(high)}"/>')
        x = across(value)
        shape = (
            f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8"/>'
            if is_marked
            else f'<circle cx="{x}" cy="{y}" r="4"/>'
        )
        parts.append(f'<g class="{ink}">{shape}</g>')
    bottom = _TOP + 20 + 20 * len(rows)
    parts.append(
        f'<path class="g" d="M{left},{_TOP}V{bottom}H{left + wide}"/><text x="{left}" y="{bottom + 16}">0</text>'
    )
    parts.append(f'<text x="{left + wide}" y="{bottom + 16}" text-anchor="end">{most:.3g} {escape(unit)}</text>')
    return _picture(name, title, text, "".join(parts), left + wide + 20, bottom + 24)


def _grid() -> str:
    lines = (f'<path class="g" d="M{_x(0)},{_y(at / 5)}H{_x(1)}M{_x(at / 5)},{_y(0)}V{_y(1)}"/>' for at in range(6))
    return "".join(lines)


def _axes(across: str, up: str) -> str:
    ticks = "".join(
        f'<text x="{_x(at / 5)}" y="{_y(0) + 16}" text-anchor="middle">{20 * at}%</text>'
        f'<text x="{_LEFT - 6}" y="{_y(at / 5) + 4}" text-anchor="end">{20 * at}%</text>'
        for at in range(6)
    )
    return (
        f'{ticks}<text x="{_x(0.5)}" y="{_y(0) + 34}" text-anchor="middle">{escape(across)}</text>'
        f'<text transform="translate(11 {_y(0.5)}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
    )


def _mark(place: int, x: float, y: float) -> str:
    shapes = (
        f'<circle cx="{x}" cy="{y}" r="4"/>',
        f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"/>',
        f'<path d="M{x},{y - 5:.1f}l5,9h-10z"/>',
        f'<path d="M{x - 4:.1f},{y - 4:.1f}l8,8m0,-8l-8,8" stroke-width="2"/>',
    )
    return f'<g class="{_INKS[place]}">{shapes[place]}</g>'


def _x(share: float) -> float:
    return round(_LEFT + _SIDE * share, 1)


def _y(share: float) -> float:
    return round(_TOP + _SIDE * (1 - share), 1)


def _picture(name: str, title: str, text: str, inside: str, wide: float, tall: float) -> Picture:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {tall:g}" width="{wide:g}" height="{tall:g}" '
        f'role="img" aria-labelledby="{name}-t {name}-d" focusable="false"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(text)}</desc><style>{_STYLE}</style>{inside}</svg>'
    )
    return Picture(name, title, text, svg)
