"""Who moves, drawn: a table of levels before and after, and below it the groups by age and sex. One SVG, no library.

Less urgent is hatched and marked with a triangle down, more urgent dotted and marked with a triangle up, so that
nothing is said by colour alone. The description says in sentences all that is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import Final

from unclench.batch.whatif import Comparison, one_in
from unclench.knowledge import Disposition

__all__ = ["described", "drawn"]

_LEVELS: Final = tuple(sorted(Disposition, reverse=True))
_WIDTH: Final = 860
_LEFT: Final = 170
_CELL: Final = (134, 44)
_ROW: Final = 26
_BAR: Final = 130
_MIDDLE: Final = 560
_LINE: Final = 96  # letters

_STYLE: Final = """\
text{font-family:system-ui,sans-serif;font-size:15px;fill:#1b1b1b}
.h{font-size:20px;font-weight:700}.b{font-weight:700}.q{fill:#555}.n{text-anchor:middle}.e{text-anchor:end}
.c{fill:#fff;stroke:#8a8a8a}.s{fill:#ececec;stroke:#8a8a8a}
.down{fill:url(#moves-down);stroke:#8f1d00;stroke-width:2}.up{fill:url(#moves-up);stroke:#00457a;stroke-width:2}
.p{fill:#fff}"""

_PATTERNS: Final = """\
<pattern id="moves-down" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
<rect width="8" height="8" fill="#ffe3da"/><rect width="2.5" height="8" fill="#e08a70"/></pattern>
<pattern id="moves-up" width="8" height="8" patternUnits="userSpaceOnUse">\
<rect width="8" height="8" fill="#dcedfb"/><circle cx="4" cy="4" r="1.5" fill="#5a9bd0"/></pattern>"""


def drawn(found: Comparison, *, heading: str, people: str) -> str:
    """Return the picture as an SVG document.

    Args:
        found: what two packs say of the same people.
        heading: what was changed.
        people: who they are; of synthetic people it says so.
    """
    groups = found.groups()
    lines = [*wrap(heading, _LINE), *wrap(people, _LINE)]
    top = 62 + 20 * len(lines) + 46
    below = top + len(_LEVELS) * _CELL[1] + 80
    height = below + len(groups) * _ROW + 24
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img" aria-labelledby="moves-title moves-desc" lang="en">',
        f'<title id="moves-title">{escape(f"Who moves: {heading}")}</title>',
        f'<desc id="moves-desc">{escape(" ".join(described(found, people)))}</desc>',
        f"<style>{_STYLE}</style><defs>{_PATTERNS}</defs>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        _text(24, 36, "Who moves", "h"),
        *(_text(24, 62 + 20 * at, line) for at, line in enumerate(lines)),
        *_matrix(found, top),
        *_groups(groups, below),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def described(found: Comparison, people: str) -> Iterator[str]:
    """Yield in sentences all that the picture shows."""
    yield people
    if not found.moves:
        yield "Nobody moves."
    for word, moves in (("less", found.lowered), ("more", found.raised)):
        for one in moves:
            yield (
                f"{_people(one.people)} ({one_in(one.people, found.people)}) from {name(one.before)} to "
                f"{name(one.after)}, which is {word} urgent."
            )
    matrix = found.matrix()
    for level in _LEVELS:
        yield f"{_people(matrix[level, level])} at {name(level)} before and after."
    for band, sex, count, lowered, raised in found.groups():
        yield f"Age {band}, sex {sex}: of {count:,}, {lowered:,} less urgent, {raised:,} more urgent."


def name(level: Disposition) -> str:
    """Return a level in words.

    Examples:
        >>> name(Disposition.SAME_DAY)
        'same day'
    """
    return level.id.replace("_", " ")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _matrix(found: Comparison, top: int) -> Iterator[str]:
    wide, high = _CELL
    matrix = found.matrix()
    yield _text(_LEFT + wide * len(_LEVELS) / 2, top - 34, "with the change", "b n")
    yield _text(_LEFT - 12, top - 34, "as it is", "b e")
    for at, level in enumerate(_LEVELS):
        yield _text(_LEFT + wide * (at + 0.5), top - 10, name(level), "n")
        yield _text(_LEFT - 12, top + high * (at + 0.5) + 5, name(level), "e")
    for row, before in enumerate(_LEVELS):
        for column, after in enumerate(_LEVELS):
            people = matrix[before, after]
            kind = "s" if before == after else "c" if not people else "down" if after < before else "up"
            left, upper = _LEFT + wide * column, top + high * row
            size = f'x="{left + 2}" y="{upper + 2}" width="{wide - 4}" height="{high - 4}"'
            yield f'<rect {size} class="{kind}"/>'
            mark = {"down": "▼ ", "up": "▲ "}.get(kind, "")
            shown = f"{mark}{people:,}"
            middle, base = left + wide / 2, upper + high / 2
            if mark:
                plate = 9 * len(shown) + 10
                yield f'<rect x="{middle - plate / 2:g}" y="{base - 12:g}" width="{plate}" height="24" class="p"/>'
            yield _text(middle, base + 5, shown, "n b" if mark else "n" if people else "n q")
    yield _text(
        _LEFT, top + high * len(_LEVELS) + 24, "▼ hatched: less urgent. ▲ dotted: more urgent. Grey: stay.", "q"
    )


def _groups(groups: Sequence[tuple[str, str, int, int, int]], top: int) -> Iterator[str]:
    most = max((max(lowered, raised) / people for *_, people, lowered, raised in groups), default=0.0)
    yield _text(24, top - 6, "Age", "b")
    yield _text(104, top - 6, "Sex", "b")
    yield _text(_MIDDLE, top - 30, "Bars: share of the group", "q n")
    yield _text(_MIDDLE - 12, top - 6, "▼ less urgent", "b e")
    yield _text(_MIDDLE + 12, top - 6, "▲ more urgent", "b")
    for at, (band, sex, people, lowered, raised) in enumerate(groups):
        base = top + _ROW * at + 18
        yield _text(24, base, band)
        yield _text(104, base, f"{sex}, of {people:,}")
        for count, side, kind in ((lowered, -1, "down"), (raised, 1, "up")):
            long = max(3.0, _BAR * count / people / most) if count else 0.0
            if count:
                left = _MIDDLE - long if side < 0 else _MIDDLE
                yield f'<rect x="{left:.1f}" y="{base - 14}" width="{long:.1f}" height="18" class="{kind}"/>'
            said = f"{count:,} ({one_in(count, people)})" if count else "0"
            yield _text(_MIDDLE + side * (long + 8), base, said, "e" if side < 0 else "")
    yield f'<path d="M{_MIDDLE} {top} V{top + _ROW * len(groups)}" stroke="#1b1b1b"/>'


def _text(x: float, y: float, said: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}"{style}>{escape(said)}</text>'
