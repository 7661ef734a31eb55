"""Probabilities as people say them, and as a drawn bar that says the same."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from unclench.reasoning.describe import describe_range
from unclench.web.pack import knowledge, words

__all__ = ["Chance", "chance"]


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability with its range.

    Attributes:
        text: such as "about 3 in 100, could be 1 to 8".
        bar: the same as an inline drawing with a name and a description.
    """

    text: str
    bar: SafeString


def chance(name: str, what: str, probability: float, low: float, high: float) -> Chance:
    """Return a probability in words and drawn.

    Args:
        name: an id for the drawing, used once on the page.
        what: what is probable, in words.
        probability: in (0, 1).
        low: lower end of its range.
        high: upper end.
    """
    text = describe_range(probability, low, high, knowledge(), locale=words().locale)
    return Chance(text, _bar(name, what, text, probability, low, high))


def _bar(name: str, what: str, text: str, probability: float, low: float, high: float) -> SafeString:
    start, end, point = (100 * share for share in (low, high, probability))
    if get_language_bidi():
        start, end, point = 100 - end, 100 - start, 100 - point
    width = max(end - start, 1.0)
    return format_html(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        'aria-labelledby="bar-{name}-t bar-{name}-d" focusable="false">'
        '<title id="bar-{name}-t">{what}</title><desc id="bar-{name}-d">{text}</desc>'
        '<rect class="bar-all" x="0" y="3" width="100" height="4"/>'
        '<rect class="bar-range" x="{start}" y="1.5" width="{width}" height="7"/>'
        '<rect class="bar-point" x="{point}" y="0" width="1" height="10"/></svg>',
        name=name,
        what=what,
        text=text,
        start=f"{min(start, 100 - width):.1f}",
        width=f"{width:.1f}",
        point=f"{min(max(point - 0.5, 0), 99):.1f}",
    )
