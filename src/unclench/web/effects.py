"""What a treatment was found to do, as people say it, and as a drawn bar that says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _

from unclench.knowledge.plan_records import Effect, Treatment
from unclench.reasoning.comparison import Points, common_span, on_common_scale
from unclench.reasoning.treatment_numbers import shown_number
from unclench.web.pack import knowledge, words

__all__ = ["Shown", "effect_words", "points_words"]

_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """One effect.

    Attributes:
        about: of what, in whom, against what.
        amount: how much; what it means where nobody counted.
        more: when, in how many people, and how sure it is.
        bar: the same drawn on the scale that all share; empty where it was not measured as points of a scale.
        unknown: whether nobody counted it.
    """

    about: str
    amount: str
    more: str
    bar: SafeString
    unknown: bool


def effect_words(treatment: Treatment, effect: Effect) -> Shown:
    """Return an effect of a treatment in words and, where it can be, drawn."""
    say = words()
    values = {
        "outcome": say("outcomes", effect.outcome, "name"),
        "people": say("populations", effect.population, "name"),
        "other": say("comparisons", effect.compared_with, "name") if effect.compared_with else "",
    }
    if effect.compared_with:
        about = _("%(outcome)s. %(people)s, compared with %(other)s:") % values
    else:
        about = _("%(outcome)s. %(people)s:") % values
    if effect.unknown or effect.value is None:
        return Shown(about, _("not known, no study at hand gives a number."), "", SafeString(""), True)
    points = on_common_scale(effect)
    amount = points_words(points) if points else _amount(effect)
    more = " ".join(_more(effect))
    bar = _bar(f"{treatment.id}-{effect.id}", about, amount, points) if points else SafeString("")
    return Shown(about, amount, more, bar, False)


def points_words(points: Points) -> str:
    """Return a difference on the common scale in words, with its range."""
    value = shown_number(points.value)
    if value == "0":
        middle = _("no difference.")
    elif points.value > 0:
        middle = _("%(size)s of 100 points better.") % {"size": value}
    else:
        middle = _("%(size)s of 100 points worse.") % {"size": value}
    return f"{middle} {_points_range(points)}"


def _points_range(points: Points) -> str:
    if points.low is None or points.high is None:
        return _("How far off this could be is not known.")
    ends = {"low": shown_number(points.low), "high": shown_number(points.high)}
    if points.low >= 0:
        return _("It could be %(low)s to %(high)s better.") % ends
    if points.high <= 0:
        return _("It could be %(high)s to %(low)s worse.") % ends
    return _("It could be from %(low)s worse to %(high)s better.") % ends


def _amount(effect: Effect) -> str:
    """Return an effect that is not points of a scale in words, with its range."""
    assert effect.value is not None  # the caller asked
    size = {"size": shown_number(effect.value, effect.measure)}
    if effect.other is not None:
        size["other"] = shown_number(effect.other, effect.measure)
    low, high = effect.low, effect.high
    spread = ""
    if low is not None and high is not None:
        if effect.value < 0:
            low, high = -high, -low
        signs = ["\N{MINUS SIGN}" if end < 0 else "" for end in (low, high)]
        ends = [sign + shown_number(end, effect.measure) for sign, end in zip(signs, (low, high), strict=True)]
        spread = _("It could be %(low)s to %(high)s.") % {"low": ends[0], "high": ends[1]}
    return f"{_middle(effect, size)} {spread}".strip()


def _middle(effect: Effect, size: dict[str, str]) -> str:
    match effect.measure, effect.outcome:
        case "median_days", _any:
            return _("%(size)s days for half of the people, against %(other)s days.") % size
        case "course_days", _any:
            return _("%(size)s days for half of the people.") % size
        case "course_share", _any:
            return _("%(size)s of 100 people.") % size
        case "share", _any:
            return _("%(size)s of 100 people, against %(other)s of 100.") % size
        case "number_needed_to_treat", _any:
            return _("one more person is helped for every %(size)s who use it.") % size
        case "standardised_mean_difference", _any:
            return _("a difference of %(size)s times as much as people differ anyway.") % size
        case "mean_difference", "cramps" if effect.value is not None and effect.value < 0:
            return _cramps(effect, size)
        case "risk_ratio" | "rate_ratio" | "odds_ratio" | "hazard_ratio", _any:
            return _("%(size)s times as many, or as likely.") % size
        case _:
            return _("a difference of %(size)s.") % size


def _cramps(effect: Effect, size: dict[str, str]) -> str:
    if effect.unit == "cramps a night":
        return _("%(size)s fewer cramps a night.") % size
    return _("%(size)s fewer cramps a week.") % size


def _more(effect: Effect) -> Iterator[str]:
    if effect.at_days == 0:
        yield _("Measured at once.")
    elif effect.at_days is not None:
        yield ngettext("After %(count)s day.", "After %(count)s days.", effect.at_days) % {"count": effect.at_days}
    if effect.people is not None:
        yield ngettext("%(count)s person took part.", "%(count)s people took part.", effect.people) % {
            "count": effect.people
        }
    if effect.grade:
        yield _("How sure: %(grade)s.") % {"grade": words()("grades", effect.grade, "name")}
    if effect.from_memory or effect.seen_on_weak_copy:
        yield _("This number still has to be looked up again.")


def _bar(name: str, about: str, amount: str, points: Points) -> SafeString:
    begin, end = common_span(knowledge())

    def at(value: float) -> float:
        place = _WIDTH * (value - begin) / (end - begin)
        return _WIDTH - place if get_language_bidi() else place

    value, zero = at(points.value), at(0)
    low, high = sorted((at(points.value if points.low is None else points.low),
                        at(points.value if points.high is None else points.high)))  # fmt: skip
    return format_html(
        '<svg class="effect" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        'aria-labelledby="e-{name}-t e-{name}-d" focusable="false">'
        '<title id="e-{name}-t">{about}</title><desc id="e-{name}-d">{amount}</desc>'
        '<path class="all" d="M0 5h100"/><path class="none" d="M{zero} 0v10"/>'
        '<rect class="range" x="{low}" y="2.5" width="{width}" height="5"/>'
        '<rect class="point" x="{point}" y="1" width="1.2" height="8"/></svg>',
        name=name,
        about=about,
        amount=amount,
        zero=f"{zero:.1f}",
        low=f"{low:.1f}",
        width=f"{high - low:.1f}",
        point=f"{min(max(value - 0.6, 0), 98.8):.1f}",
    )
