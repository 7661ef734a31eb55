"""What may turn the sense of a sentence round although its words are those of a known claim.

Likeness of words cannot tell a sentence from its opposite. So before a verdict on a claim is told of a sentence, both
are asked for what they deny, how strongly they speak, which way they point, what acts on what and which numbers they
name. Where that differs, the sentence is left to a reader. It knows words, not grammar, so it doubts too much rather
than too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from unclench.intake.sentences import words_of
from unclench.intake.stems import stem, tells

__all__ = ["SUBJECT", "Doubt", "doubts_between", "keeps_order", "restates", "speaks_of_waiting"]

Doubt = Literal["denial", "strength", "direction", "order", "number", "hedge"]
"""How two texts may differ: denial, absolute words, direction, what acts on what, numbers, "most" and "some"."""

_NEGATIONS: Final = frozenset(
    words_of(
        """
        no not never nor none nothing nobody neither without cannot unable hardly rarely seldom useless pointless
        needless unnecessary dont doesnt isnt arent wont cant didnt shouldnt wasnt
        """
    )
)
_RESTATED: Final = 0.6
SUBJECT: Final = frozenset(map(stem, words_of("muscle back")))
"""What such articles are about. It stands on both sides of what they say: a muscle tires, and a muscle cramps."""
_WAITING: Final = frozenset(
    map(stem, words_of("wait delay postpone ignore leave days weeks home normal harmless worry"))
)
# How many telling words after a word that denies are read as what it denies.
_DENIED: Final = 2


def _classes(listed: Mapping[str, str]) -> dict[str, str]:
    return {stem(word): name for name, words in listed.items() for word in words_of(words)}


_STRENGTHS: Final = _classes(
    {
        "all": "all every everyone everybody everything always any anyone anybody anytime entire whole each",
        "wholly": "completely totally entirely fully perfectly absolutely certainly definitely clearly obviously",
        "only": "only solely exclusively alone",
        "must": "must essential vital crucial mandatory",
        "need": "need needs needed required requires",
        "cure": "cure cures cured heal heals healed fix fixes fixed eliminate eliminates miracle",
        "sure": "guarantee guaranteed guarantees proven proof impossible promise",
        "ever": "forever permanent permanently lifelong",
        "once": "instant instantly immediate immediately overnight",
        "best": "best excellent perfect ideal",
        "enough": "enough sufficient suffices",
    }
)
_HEDGES: Final = _classes(
    {
        "most": "most mostly usually normally generally typically mainly often majority",
        "some": "some few sometimes occasionally minority",
        "nearly": "nearly almost",
    }
)
# The two poles of one direction. A pole that stands in only one of the two texts casts doubt.
_POLES: Final = _classes(
    {
        "+amount": "more increase increases raise raises higher high rise rises boost boosts",
        "-amount": "less reduce reduces lower lowers decrease decreases low fewer reduction lack shortage",
        "-trend": "worse worsen worsens worsening aggravate aggravates",
        "+trend": "better improve improves",
        "-worth": "harm harms harmful damage damages damaging bad ruin hurt hurts injure injures",
        "+danger": "serious dangerous danger emergency urgent risky fatal deadly alarming",
        "-danger": "harmless safe safely normal fine trivial benign innocent natural nuisance okay",
        "-care": "avoid stop stopping skip skipping quit refuse ignore leave delay wait postpone refrain",
        "-often": "rare rarely uncommon infrequent unusual seldom",
        "+often": "common frequent frequently commonest",
        "+time": "before early first",
        "-time": "after later late",
        "+effect": "prevent prevents preventing prevention protect protects",
        "-effect": "cause causes trigger triggers provoke provokes lead leads bring brings",
        "+warmth": "heat warm warmth hot heating warming",
        "-warmth": "cold ice cool icy",
        "+pace": "move moving walk walking active activity",
        "-pace": "rest resting bed immobile lie lying",
        "-self": "itself themselves untreated unaided",
        "-truth": """wrong false untrue myth myths mistaken misconception refute disprove debunk deny doubt contrary
            against discouraged unproven outdated believe believed suppose supposed think thought idea theory rumour""",
        "-double": "double triple overdose maximum extra",
    }
)
# These say what a reader is to think or do: one that stands in only one text casts doubt. The rest do so only when the
# other text holds their other pole.
_JUDGING: Final = frozenset(
    {"-trend", "-worth", "+danger", "-danger", "-care", "-often", "-self", "-double", "-truth", "+effect", "-effect"}
)
_NUMBERS: Final = frozenset(
    words_of(
        """
        two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred
        thousand dozen couple half quarter twice thrice
        """
    )
)
_UNITS: Final = {
    stem(word): stem(word)
    for word in words_of("seconds minutes hours days weeks months years litres liters tablets pills percent milligrams")
}
_DIGITS: Final = re.compile(r"\d+")


def doubts_between(sentence: str, texts: Sequence[str]) -> tuple[Doubt, ...]:
    """Return how a sentence may differ in sense from a claim, or nothing.

    Args:
        sentence: one sentence of an article.
        texts: the claim, in one or more wordings. What only some of them say is allowed, not asked for.

    Examples:
        >>> doubts_between("Rest never helps.", ["Rest helps."])
        ('denial',)
        >>> doubts_between("All spasms are harmless.", ["Most spasms are harmless."])
        ('strength', 'hedge')
        >>> doubts_between("Ice brings more swelling.", ["Ice gives less swelling."])
        ('direction',)
        >>> doubts_between("Ice is caused by pain.", ["Ice causes pain."])
        ('order',)
        >>> doubts_between("It lasts two weeks.", ["It lasts some days."])
        ('number', 'hedge')
        >>> doubts_between("Rest helped her.", ["Rest helps."])
        ()
    """
    found: list[Doubt] = []
    if not any(_same_denials(denied(sentence), denied(text)) for text in texts):
        found.append("denial")
    if _differ(sentence, texts, _STRENGTHS):
        found.append("strength")
    if _turned(sentence, texts):
        found.append("direction")
    if not any(_in_order(sentence, text) for text in texts):
        found.append("order")
    named = _numbers(sentence)
    if not any(named <= _numbers(text) for text in texts) or _all(map(_numbers, texts)) - named:
        found.append("number")
    if _all(_of(text, _HEDGES) for text in texts) - _of(sentence, _HEDGES):
        found.append("hedge")
    return tuple(found)


def restates(sentence: str, text: str) -> bool:
    """Tell whether a sentence says hardly more, less or else than one wording of a claim.

    Its telling words all stand in the wording, in the same order, and are at least `_RESTATED` of them; nothing casts
    doubt. So no word was added, and none moved to where it means something else.

    Examples:
        >>> restates("Regular exercise helps prevent spasms.", "Exercise prevents spasms.")
        False
        >>> restates("Exercise will prevent spasms.", "It says regular exercise prevents spasms.")
        True
        >>> restates("Spasms prevent exercise.", "It says regular exercise prevents spasms.")
        False
    """
    said, known = _telling(sentence), _telling(text)
    rest = iter(known)
    in_order = all(word in rest for word in said)
    return in_order and len(said) >= _RESTATED * len(known) and not doubts_between(sentence, [text])


def keeps_order(sentence: str, text: str) -> bool:
    """Tell whether the telling words that a sentence has of a text stand in the same order in both.

    Examples:
        >>> keeps_order("Twitches are painful.", "Twitches are a painful sign.")
        True
        >>> keeps_order("Twitches are painful.", "Painful twitches are a sign.")
        False
    """
    known = _telling(text)
    rest = iter(known)
    return all(word in rest for word in _telling(sentence) if word in known and word not in SUBJECT)


def speaks_of_waiting(text: str) -> bool:
    """Tell whether a text has a word of waiting, of care at home or of no danger, whatever it says of it.

    Examples:
        >>> speaks_of_waiting("Wait some days."), speaks_of_waiting("Go to A&E.")
        (True, False)
    """
    return not _WAITING.isdisjoint(map(stem, words_of(text)))


def _telling(text: str) -> list[str]:
    return [stem(word) for word in words_of(text) if tells(word)]


def denied(text: str) -> list[frozenset[str]]:
    """Return, for each word that denies, the stems of the telling words that follow it.

    Examples:
        >>> [sorted(each) for each in denied("Don't rest in bed. It never helps.")]
        [['bed', 'rest'], ['help']]
    """
    words = words_of(text)
    return [
        frozenset([stem(each) for each in words[at + 1 :] if tells(each)][:_DENIED])
        for at, word in enumerate(words)
        if word in _NEGATIONS or word.endswith("n't")
    ]


def _same_denials(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> bool:
    return len(one) == len(other) and all(a & b or a == b for a, b in zip(one, other, strict=True))


def _of(text: str, classes: Mapping[str, str]) -> frozenset[str]:
    return frozenset(classes[each] for each in map(stem, words_of(text)) if each in classes)


def _differ(sentence: str, texts: Sequence[str], classes: Mapping[str, str]) -> bool:
    told = _of(sentence, classes)
    known = [_of(text, classes) for text in texts]
    return bool(told - _any(known) or _all(known) - told)


def _turned(sentence: str, texts: Sequence[str]) -> bool:
    told = _of(sentence, _POLES)
    known = [_of(text, _POLES) for text in texts]
    somewhere, everywhere = _any(known), _all(known)
    if (told - somewhere) & _JUDGING or (everywhere - told) & _JUDGING:
        return True
    return any(_other(pole) in somewhere and pole not in somewhere for pole in told) or any(
        _other(pole) in told and pole not in told for pole in everywhere
    )


def _in_order(one: str, other: str) -> bool:
    """Tell whether no word stands before the word of effect in one text and only after it in the other."""
    (causes, effects), (others, ends) = _sides(one), _sides(other)
    return not (causes & ends - others or effects & others - ends)


def _sides(text: str) -> tuple[frozenset[str], frozenset[str]]:
    words = words_of(text)
    stems = [stem(word) for word in words]
    for at, each in enumerate(stems):
        if _POLES.get(each, "")[1:] == "effect":
            sides = tuple(
                frozenset(stem(word) for word in part if tells(word)) - SUBJECT
                for part in (words[:at], words[at + 1 :])
            )
            return (sides[1], sides[0]) if "by" in words[at + 1 : at + 2] else (sides[0], sides[1])
    return frozenset(), frozenset()


def _other(pole: str) -> str:
    return ("-" if pole[0] == "+" else "+") + pole[1:]


def _numbers(text: str) -> frozenset[str]:
    words = words_of(text)
    units = (_UNITS[each] for each in map(stem, words) if each in _UNITS)
    return frozenset([*_DIGITS.findall(" ".join(words)), *units, *_NUMBERS.intersection(words)])


def _any(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*sets)


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    first, *rest = sets
    return first.intersection(*rest)
