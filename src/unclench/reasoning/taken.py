"""What was taken in the last 24 hours: read from text, and added up exactly, ingredient by ingredient.

All amounts are milligrams as exact decimals; on the skin, milligrams of the gel or cream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from unclench.errors import CaseError
from unclench.reasoning.medicine_names import Match, find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from unclench.knowledge import Knowledge
    from unclench.knowledge.medicine_records import Medicine

__all__ = ["Consumed", "Known", "Taken", "added_up", "known_of", "read_taken"]

_DAY_HOURS = 24
_HOUR_MINUTES = 60
_NUMBER = r"\d{1,6}(?:\.\d{1,3})?"
_AMOUNT = re.compile(rf"(?<![\d.,/])({_NUMBER})\s*(mg|milligrams?|g|grams?)\b", re.IGNORECASE)
_STRENGTH = re.compile(rf"(?<![\d.,/])({_NUMBER}(?:\s*/\s*{_NUMBER})+)(?:\s*mg\b)?", re.IGNORECASE)
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNT = rf"(\d{{1,3}}|{'|'.join(_WORDS)})"
_PIECES = r"(?:tablets?|tabs?|capsules?|caps?|caplets?|pills?|sachets?|lozenges?|doses?|times)"
_HOW_MANY = (  # "16 x", "x3", "8 tablets of", "2 Panadol"
    re.compile(rf"\b{_COUNT}\s*[x×*](?![^\W\d])", re.IGNORECASE),
    re.compile(r"(?<!\w)[x×*]\s*(\d{1,3})\b", re.IGNORECASE),
    re.compile(rf"\b{_COUNT}\s+{_PIECES}\b(?:\s+of\b)?", re.IGNORECASE),
    re.compile(rf"^{_COUNT}\s+(?=[^\W\d])", re.IGNORECASE),
)
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}
_OFTEN_WORDS = re.compile(rf"\b({'|'.join(_OFTEN)})\b(?:\s+(?:today|a\s+day))?", re.IGNORECASE)
_FILLERS = re.compile(r"\b(?:tablets?|tabs?|capsules?|caplets?|sachets?)\b(?:\s+of\b)?", re.IGNORECASE)
_GAP = "\0"  # where an amount or a count stood
_AGO = re.compile(
    rf"(?:^|[,\s]\s*)(?:(?:the\s+)?last\s+)?({_NUMBER})\s*(h(?:(?:ou)?rs?)?|min(?:ute)?s?)\s+ago$", re.IGNORECASE
)
_DAYS = re.compile(r"(?:^|[,\s]\s*)for\s+(\d{1,4})\s+days?$", re.IGNORECASE)
_FORM = '"ibuprofen 400 mg x3", "co-codamol 8/500 x4" or "ibuprofen 400 mg x3, last 2 h ago, for 5 days"'


@dataclass(frozen=True, slots=True)
class Taken:
    """One medicine, as somebody took it in the last 24 hours.

    Attributes:
        name: as they call it; brands too.
        amounts: milligrams in one tablet or dose, one number for each ingredient in the order on the pack. Empty = they
            do not say, and then nothing can be added up.
        times: how many of these.
        hours_ago: hours since the last one; None = they do not say.
        days: on how many days in a row they took it, today included; None = they do not say.
    """

    name: str
    amounts: tuple[Decimal, ...] = ()
    times: int = 1
    hours_ago: Decimal | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Something taken, and what its name leads to; None = the name is not known."""

    taken: Taken
    match: Match | None
    medicine: Medicine | None


@dataclass(frozen=True, slots=True)
class Consumed:
    """How much of one ingredient was taken in the last 24 hours, over all products.

    Attributes:
        total: milligrams, as far as amounts were told.
        complete: whether every amount was told.
        doses: how many tablets or doses.
        untold: how many of them without their milligrams.
        largest: most milligrams in one of them; 0 = none was told.
        last: hours since the last one, as far as that was told; None = nobody said.
        timed: whether it was told of every one.
        days: longest run of days; None = nobody said.
    """

    total: Decimal
    complete: bool
    doses: int
    untold: int
    largest: Decimal
    last: Decimal | None
    timed: bool
    days: int | None


def read_taken(text: str) -> Taken:
    """Read what somebody took.

    Args:
        text: name, amount with its unit, and how many, in any order; then `last 2 h ago` and `for 5 days`. All but the
            name may be left out. Mixtures state their strengths as the pack does: `co-codamol 8/500`.

    Raises:
        CaseError: it does not read so; the message quotes it and shows the form.

    Examples:
        >>> read_taken("ibuprofen 400 mg x3, last 2 h ago, for 5 days")
        Taken(name='ibuprofen', amounts=(Decimal('400'),), times=3, hours_ago=Decimal('2'), days=5)
        >>> read_taken("co-codamol 8/500 x 4").amounts
        (Decimal('8'), Decimal('500'))
        >>> read_taken("ibuprofen 400 mg 3 h ago").hours_ago, read_taken("Panadol").amounts
        (Decimal('3'), ())
        >>> read_taken("16 x 500mg paracetamol") == read_taken("paracetamol 500 mg, x16".replace(",", ""))
        True
    """
    head, hours, days = _without_times(text)
    if re.search(r",(?!\d)", head):
        part = re.split(r",(?!\d)", head)[1].strip()
        raise CaseError(f'"{part:.60}" in "{text:.60}" is not understood. Write it as {_FORM}.')
    amounts, head = _amounts(text, head)
    times, head = _how_many(head)
    names = [part.strip(" -:") for part in _FILLERS.sub(" ", head).split(_GAP)]
    names = [" ".join(part.split()) for part in names if part.strip(" -:")]
    if not names:
        raise CaseError(f'"{text:.60}" names no medicine. Write it as {_FORM}.')
    if any(re.search(r"(?:^|\s)[\d.,/]|\d\s*(?:mcg|µg|ml|%)|,\d", name, re.IGNORECASE) for name in names):
        raise CaseError(f'the amount in "{text:.60}" is not clear. Write milligrams or grams, as in {_FORM}.')
    if len(names) > 1:
        raise CaseError(f'"{text:.60}" seems to name more than one medicine. Write each by itself, as {_FORM}.')
    if times == 0 or days == 0 or 0 in amounts:
        raise CaseError(f'"{text:.60}" says 0. Leave out what was not taken.')
    return Taken(names[0], amounts, times, hours, days)


def _without_times(text: str) -> tuple[str, Decimal | None, int | None]:
    """Return text without `last 2 h ago` and `for 5 days` at its end, hours since the last one, and days."""
    head, hours, days = text.strip(), None, None
    while ago := _AGO.search(head) or _DAYS.search(head):
        if ago.re is _AGO and hours is None:
            hours = Decimal(ago[1]) / (_HOUR_MINUTES if ago[2].lower().startswith("m") else 1)
        elif ago.re is _DAYS and days is None:
            days = int(ago[1])
        else:
            raise CaseError(f'"{text:.60}" says twice when or how long. Keep one.')
        head = head[: ago.start()].rstrip(" ,")
    return head, hours, days


def _amounts(text: str, head: str) -> tuple[tuple[Decimal, ...], str]:
    """Return what is in one tablet or dose, and the text with a gap where it stood."""
    strengths, amounts = list(_STRENGTH.finditer(head)), list(_AMOUNT.finditer(_STRENGTH.sub(_GAP, head)))
    if len(strengths) + len(amounts) > 1:
        raise CaseError(f'the amount in "{text:.60}" is not clear. Write milligrams or grams, as in {_FORM}.')
    if strengths:
        told = tuple(Decimal(part.strip()) for part in strengths[0][1].split("/"))
        return told, _STRENGTH.sub(_GAP, head)
    if amounts:
        factor = 1000 if amounts[0][2].lower().startswith("g") else 1
        return (Decimal(amounts[0][1]) * factor,), _AMOUNT.sub(_GAP, head)
    return (), head


def _how_many(head: str) -> tuple[int, str]:
    """Return how many, and the text with gaps where that stood; two counts, as in "2 tablets x3", multiply."""
    times = 1
    for pattern in _HOW_MANY:
        for found in pattern.finditer(head):
            word = found[1].lower()
            times *= int(word) if word.isdigit() else _WORDS.index(word) + 1
        head = pattern.sub(_GAP, head)
    for found in _OFTEN_WORDS.finditer(head):
        times *= _OFTEN[found[1].lower()]
    return times, _OFTEN_WORDS.sub(_GAP, head)


def known_of(knowledge: Knowledge, taken: Iterable[Taken]) -> tuple[Known, ...]:
    """Return everything taken with what its name leads to."""
    made = []
    for one in taken:
        match = _find(knowledge, one)
        medicine = knowledge.medicines[match.id] if match and match.kind == "medicine" else None
        made.append(Known(one, match, medicine))
    return tuple(made)


def _find(knowledge: Knowledge, one: Taken) -> Match | None:
    """Return what it is; its strength counts where it makes another medicine, as in "aspirin 75 mg"."""
    if len(one.amounts) == 1:
        strong = find(knowledge, f"{one.name} {one.amounts[0].normalize():f} mg")
        if strong is not None and strong.exact:
            return strong
    return find(knowledge, one.name)


def added_up(knowledge: Knowledge, taken: Iterable[Known]) -> Mapping[str, Consumed]:
    """Add up everything taken, by ingredient. What was last taken 24 hours ago or earlier adds nothing.

    Returns:
        Ingredient id to how much of it; whatever name it was taken under.
    """
    made: dict[str, Consumed] = {}
    for one in taken:
        if one.medicine is None:
            continue
        ingredients = one.medicine.ingredients
        told = len(one.taken.amounts) == len(ingredients) and not _reversed(knowledge, ingredients, one.taken.amounts)
        for place, ingredient in enumerate(ingredients):
            amount = one.taken.amounts[place] if told else Decimal(0)
            made[ingredient] = _together(made.get(ingredient), _alone(one.taken, amount, told))
    return made


def _reversed(knowledge: Knowledge, ingredients: Sequence[str], amounts: Sequence[Decimal]) -> bool:
    """Tell whether strengths may stand in another order than thought: too small for their own, large enough for it."""
    for ingredient, amount in zip(ingredients, amounts, strict=True):
        lows = [dose.low for dose in knowledge.medicines[ingredient].doses if dose.low is not None]
        if lows and amount < min(lows) <= max(amounts):
            return True
    return False


def _alone(taken: Taken, amount: Decimal, told: bool) -> Consumed:
    if taken.hours_ago is not None and taken.hours_ago >= _DAY_HOURS:
        return Consumed(Decimal(0), True, 0, 0, Decimal(0), taken.hours_ago, True, taken.days)
    timed = taken.hours_ago is not None
    untold = 0 if told else taken.times
    return Consumed(amount * taken.times, told, taken.times, untold, amount, taken.hours_ago, timed, taken.days)


def _together(one: Consumed | None, other: Consumed) -> Consumed:
    if one is None:
        return other
    last = [hours for hours in (one.last, other.last) if hours is not None]
    days = [run for run in (one.days, other.days) if run is not None]
    return Consumed(
        one.total + other.total,
        one.complete and other.complete,
        one.doses + other.doses,
        one.untold + other.untold,
        max(one.largest, other.largest),
        min(last, default=None),
        one.timed and other.timed,
        max(days, default=None),
    )
