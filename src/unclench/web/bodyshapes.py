"""The drawing of the body map: one figure, seen from behind and from the front. Our own lines, no package's.

Every path is written for the half of the figure on the viewer's right, as distances from the midline; the other half is
its mirror image, so that the figure is symmetric by construction. Regions reach a little past the outline and are cut
to it by the outline itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["HEIGHT", "OUTLINE", "VIEWS", "WIDTH", "View", "mirrored"]

WIDTH: Final = 188
"""Width of the drawing; the midline is at 0, so it runs from -94 to 94."""

HEIGHT: Final = 462

_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")

_SIDE: Final = (
    "C15,5 24,16 24,33 C24,36 25,37 26,39 C26,43 24,46 22,47 C20,55 17,60 13,65 "  # head and ear
    "C12.5,70 12.5,75 14,80 C17,88 34,89 45,93 C56,97 62,107 63,121 "  # neck and shoulder
    "C64,139 68,156 71,172 C76,189 81,207 83,225 "  # outside of the arm
    "C88,232 91,244 90,255 C89,266 85,275 80,276 C75,276 73,269 72.5,262 "  # hand
    "C71,259 66,254 67,247 C68,240 70,236 70,229 "  # thumb
    "C66,213 60,198 57,183 C54,168 50,150 47,131 "  # inside of the arm
    "C47,148 44,162 41,177 C39,187 40,197 43,207 "  # ribs and waist
    "C48,220 50,236 50,250 C50,282 45,307 41,329 C39,340 39,347 40,355 "  # hip, thigh and knee
    "C42,374 38,394 34,416 C33,424 34,430 37,436 C43,442 47,449 45,454 C42,458 26,458 19,456 "  # calf and foot
    "C16,452 17,442 18,432 C18,412 13,391 13,371 C12,358 14,350 14,342 "  # inside of the calf
    "C13,318 8,291 4,265 C3,258 2,256 0,256"  # inside of the thigh
)


@dataclass(frozen=True, slots=True)
class View:
    """One side of the figure.

    Attributes:
        id: back or front.
        places: region to path, in the order in which they are listed; each has its checkbox here.
        echoes: region to path of regions whose checkbox is in the other view.
        lines: strokes that only help to recognise what is seen.
        hair: a filled shape on the head.
    """

    id: str
    places: Mapping[str, str]
    echoes: Mapping[str, str]
    lines: tuple[str, ...]
    hair: str


def mirrored(path: str) -> str:
    """Return the path on the other side of the midline.

    Examples:
        >>> mirrored("M0,2 L10.5,4")
        'M0,2 L-10.5,4'
    """
    flip = iter(range(len(path)))

    def turn(number: re.Match[str]) -> str:
        text = number[0]
        if next(flip) % 2 or float(text) == 0:
            return text
        return text.removeprefix("-") if text.startswith("-") else f"-{text}"

    return _NUMBER.sub(turn, path)


def _closed(half: str) -> str:
    """Return the closed outline whose viewer's-right half runs from the midline at the top to the midline below."""
    start, *curves = re.findall(r"[MLC][^MLC]*", half)
    points = [start[1:].strip()]
    back = []
    for curve in curves:
        *controls, end = curve[1:].split()
        back.append(curve[0] + " ".join([*reversed(controls), points[-1]]))
        points.append(end)
    return f"{half} {mirrored(' '.join(reversed(back)))} Z"


def _sides(name: str, path: str, *, left_is_left: bool) -> dict[str, str]:
    """Return both regions of a pair. Seen from behind, a person's left is on the viewer's left."""
    there, here = (path, mirrored(path)) if left_is_left else (mirrored(path), path)
    return {f"{name}_left": here, f"{name}_right": there}


OUTLINE: Final = _closed(f"M0,5 {_SIDE}")

_NECK = "M0,62 L22,62 L15,88 C12,91 6,92 0,92"
_SHOULDER = "M15,77 L74,77 L74,127 L46,131 C45,116 38,104 19,97 C16,95 15,91 15,88 Z"
_ARM = "M74,127 L46,131 L55,181 L64,216 L68,233 L98,228 L98,180 Z"
_HAND = "M66,233 L98,228 L98,288 L58,288 L58,244 Z"
_CALF = "M7,343 L56,343 L56,428 L7,428 Z"
_FOOT = "M7,428 L56,428 L56,462 L7,462 Z"

_BACK_PLACES: Mapping[str, str] = {
    "neck": _closed(_NECK),
    **_sides("shoulder", _SHOULDER, left_is_left=True),
    "upper_back_middle": _closed("M0,92 C6,92 8,91 11,90 L11,168 L0,168"),
    **_sides(
        "upper_back",
        "M11,90 L15,88 C15,91 16,95 19,97 C38,104 45,116 46,131 L52,168 C40,170 26,168 11,168 Z",
        left_is_left=True,
    ),
    "lower_back_middle": _closed("M0,168 L11,168 L11,226 L0,226"),
    **_sides("lower_back", "M11,168 L22,169 C22,187 32,200 54,204 L54,216 C40,223 25,226 11,226 Z", left_is_left=True),
    **_sides("loin", "M22,169 C32,170 42,170 54,168 L54,204 C32,200 22,187 22,169 Z", left_is_left=True),
    **_sides(
        "buttock",
        "M11,226 C25,226 40,223 56,215 L56,266 C44,279 20,281 0,273 L0,256 C6,250 10,240 11,226 Z",
        left_is_left=True,
    ),
    "tailbone": _closed("M0,226 L11,226 C10,240 6,250 0,257"),
    **_sides("thigh", "M0,273 C20,281 44,279 56,266 L56,343 L7,343 Z", left_is_left=True),
    **_sides("calf", _CALF, left_is_left=True),
}

_FRONT_PLACES: Mapping[str, str] = {
    "face_jaw": _closed("M0,18 C2,18 5,18 8,19 C16,20 21,25 24,31 L30,40 L24,58 C18,68 8,72 0,72"),
    "chest": _closed("M0,92 C6,92 12,91 15,88 C15,91 16,95 19,97 C38,104 45,116 46,131 L50,152 C34,160 16,160 0,157"),
    "upper_belly": _closed("M0,157 C16,160 34,160 50,152 L54,192 C34,196 16,196 0,196"),
    "lower_belly": _closed("M0,196 C16,196 34,196 54,192 L54,204 L33,212 C27,228 15,240 0,244"),
    **_sides("groin", "M33,212 C27,228 15,240 0,244 L0,268 L8,276 C26,264 36,248 40,230 Z", left_is_left=False),
    **_sides("hip", "M33,212 L56,203 L56,266 L22,264 C31,255 37,243 40,230 Z", left_is_left=False),
    **_sides("arm", _ARM, left_is_left=False),
    **_sides("hand", _HAND, left_is_left=False),
    **_sides("foot", _FOOT, left_is_left=False),
}

VIEWS: Final = (
    View(
        "back",
        _BACK_PLACES,
        {
            **_sides("arm", _ARM, left_is_left=True),
            **_sides("hand", _HAND, left_is_left=True),
            **_sides("foot", _FOOT, left_is_left=True),
        },
        (
            "M0,94 L0,222",
            *(p for half in ("M17,112 C19,126 24,138 33,142 C38,138 41,130 41,122",) for p in (half, mirrored(half))),
        ),
        _closed("M0,5 C15,5 24,16 24,33 C24,44 20,54 14,60 C8,63 4,63 0,63"),
    ),
    View(
        "front",
        _FRONT_PLACES,
        {
            "neck": _closed("M0,72 C8,72 16,69 22,62 L15,88 C12,91 6,92 0,92"),
            **_sides("shoulder", _SHOULDER, left_is_left=False),
            **_sides("thigh", "M8,274 C14,270 19,267 22,264 L56,266 L56,343 L7,343 L0,268 Z", left_is_left=False),
            **_sides("calf", _CALF, left_is_left=False),
        },
        (
            *(
                p
                for half in (
                    "M6,33 C8,35.5 12,35.5 14,33",  # a closed eye
                    "M5,98 C14,94 26,95 36,98",  # collarbone
                    "M20,340 C24,345 30,345 34,340",  # knee
                )
                for p in (half, mirrored(half))
            ),
            "M-6,55 C-3,58 3,58 6,55",
            "M0,191 L0,194",
        ),
        _closed("M0,5 C15,5 24,16 24,31 C21,25 16,20 8,19 C5,18 2,18 0,18"),
    ),
)
"""Behind first: that is where most of our people hurt."""
