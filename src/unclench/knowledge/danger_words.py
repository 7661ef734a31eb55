"""Tells which danger signs a few typed words may mean: by the words of the own-words reader, in any order.

A query is no letter. It is short, misspelt and without grammar, so a sign counts as named when all words of one of its
phrases stand there, wherever they stand; "not" takes nothing back, since "no numb saddle" is typed by somebody who
thinks of one. A word that nobody knows counts as every danger word that it may be a slip of. To name too much costs a
line to read; to name too little may cost a life.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import product

from unclench.errors import KnowledgeError, near_match
from unclench.logic import Answer, Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, Final

    from unclench.knowledge.pack import Knowledge

__all__ = ["BEYOND", "DangerWords", "Named", "danger_data", "edits", "letters", "pages_of", "slips"]

BEYOND: Final = "beyond"
"""Begins the name of an emergency that no record is about, such as `beyond/self_harm`."""

_WORDS: Final = re.compile(r"[^\W_]+")
_NOT: Final = re.compile(r"\b(ca|can|do|does|did|could|wo|will|is|are|was|have|has|must)(?:n\s*t| not)\b")
_FULL: Final = {"ca": "can", "wo": "will"}
_LEVELS: Final = ("emergency", "same_day", "urgent")
_ANY: Final = "+"
_UNKNOWN: Final = "?"
_OPEN: Final = frozenset({_ANY, _UNKNOWN})
_READ: Final = ("yes", "part")
# What somebody has who comes here: a sign counts for what it decides beside it.
_COMPLAINTS: Final[tuple[Mapping[str, Answer], ...]] = ({}, {"back_pain": True}, {"muscle_cramp": True})


@dataclass(frozen=True, slots=True)
class Named:
    """What danger the words of a query name.

    Attributes:
        signs: findings, and emergencies that no record is about, such as `beyond/self_harm`; the surest first.
        words: the words of the query that named them.
    """

    signs: tuple[str, ...]
    words: frozenset[str]


class DangerWords:
    """Reads queries.

    Args:
        data: what `danger_data` made, as it came back from the index.

    Attributes:
        pages: danger sign to the pages about it, its rule first; none if it leads nowhere by itself.
        leading: all those pages.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.pages: Mapping[str, Sequence[str]] = data["pages"]
        self._same: Mapping[str, str] = data["same"]
        self._small = frozenset(data["small"])
        self._phrases = [(frozenset(words), sign) for words, sign in data["phrases"]]
        self.leading = frozenset(page for pages in self.pages.values() for page in pages)
        self._order = {sign: place for place, sign in enumerate(self.pages)}
        self._known = {word for words, _ in self._phrases for word in words}
        variants = {**{word: word for word in self._known}, **self._same}
        self._spellings = [
            (other, letters(other), to) for other, to in variants.items() if len(other) > 3 and to in self._known
        ]

    def named(self, query: str, known: Iterable[str] = (), near: dict[str, set[str]] | None = None) -> Named:
        """Return the danger signs that a query may mean.

        Args:
            query: what somebody typed.
            known: words that are right as they stand, so that none of them counts as a misspelt danger word.
            near: misspelt word to the danger words it may be, as far as other readings of the same query found them;
                this reading adds its own. Kept no longer than a query, since nothing that is typed is kept.
        """
        right = {*known}
        near = {} if near is None else near
        meant: dict[str, set[str]] = {}
        for word in _bare(query):
            keys = self._keys(word, right, near)
            if not (keys & self._known or word in right or word in self._small or word.isdecimal()):
                meant.setdefault(_UNKNOWN, set())
            for key in keys:
                meant.setdefault(key, set()).add(word)
        telling = [word for word in meant if word not in self._small and word != _UNKNOWN]
        there = {*meant, *([_ANY] if len(telling) > 1 else [])}
        hits = [(len(words - _OPEN), sign, words) for words, sign in self._phrases if words <= there]
        hits.sort(key=lambda hit: (-hit[0], self._order.get(hit[1], 0)))
        used = frozenset(word for _, _, words in hits for key in words for word in meant.get(key, ()))
        return Named(tuple(dict.fromkeys(sign for _, sign, _ in hits)), used)

    def _keys(self, word: str, right: Iterable[str], near: dict[str, set[str]]) -> set[str]:
        for form in (word, word.removesuffix("s")):
            if (key := self._same.get(form, form)) in self._known:
                return {key}
        if word in right or not slips(word):
            return {word}
        if word not in near:
            near[word] = self._slips_of(word)
        return near[word] or {word}

    def _slips_of(self, word: str) -> set[str]:
        most, mine = slips(word), letters(word)
        return {
            to
            for other, its, to in self._spellings
            if (mine ^ its).bit_count() <= 2 * most and edits(word, other, most) <= most
        }


def danger_data(knowledge: Knowledge, locale: str) -> dict[str, Any]:
    """Return what the index keeps of the danger words of a language, ready for JSON.

    Args:
        knowledge: the pack.
        locale: language of the queries; where there is no lexicon in it, nothing is named.

    Raises:
        KnowledgeError: `lexicon/search.yaml` has danger words for a finding, or of a group, that there is not.
    """
    lexicon: Mapping[str, Any] = knowledge.data["lexicon"]
    reader: Mapping[str, Any] = lexicon.get(locale, {})
    search: Mapping[str, Any] = lexicon.get("search", {}) if reader else {}
    same = {one: word for source in (reader, search.get("danger", {})) for word, ones in source.get("same", {}).items()
            for one in ones}  # fmt: skip
    fillers = {*reader.get("fillers", ())}
    small = {*search.get("danger", {}).get("left_out", ())}
    listed = search.get("danger", {}).get("signs", {})
    asked = [finding for screen in knowledge.screens if screen.stage == "danger" for finding in screen.findings]
    pages = {
        sign: page
        for sign in dict.fromkeys([*asked, *knowledge.findings])
        if (page := pages_of(knowledge, sign, listed=sign in listed)) is not None
    }
    _check(knowledge, search.get("danger", {}))
    phrases: dict[tuple[tuple[str, ...], str], None] = {}
    said = [sign for sign in pages if sign not in search.get("danger", {}).get("rows_only", ())]
    for sign, text in (*_phrases(reader, said), *_made(search.get("danger", {}))):
        # A sign that decides nothing by itself is told from other things by its small words too: "injection in back".
        without = fillers if pages.get(sign) == [] else fillers | small
        keys = {same.get(word, word) for word in _bare(text) if word not in without}
        keys |= _OPEN.intersection(text.split())
        if not keys & {*reader["half_fillers_kept_after"]}:
            keys -= {*reader["half_fillers"]}
        if keys:
            phrases[tuple(sorted(keys)), sign] = None
    return {
        "pages": pages,
        "same": same,
        "small": sorted({*fillers, *small, *reader.get("half_fillers", ())}),
        "phrases": [[list(words), sign] for words, sign in phrases],
    }


def pages_of(knowledge: Knowledge, sign: str, *, listed: bool = False) -> list[str] | None:
    """Return the pages about a danger sign, that of its rule first; None if the finding is no danger sign.

    A finding is one if it, alone or beside pain in the back or a cramp, decides that somebody must be seen today; or if
    it is asked before all else. Its rule is the most urgent of those that it decides, if possible one that cannot hold
    without it. A finding that decides nothing by itself leads to no page before others.

    Args:
        knowledge: the pack.
        sign: id of a finding.
        listed: the lexicon says that it is a danger sign, so it may decide less urgent rules too, or none.
    """
    finding = knowledge.findings[sign]
    if finding.kind != "boolean" or not finding.red_flag:
        return None
    levels = _LEVELS if listed else _LEVELS[:2]
    rules = [(rule, holds) for rule, holds in knowledge.rules_by_finding.get(sign, ()) if rule.disposition.id in levels]
    decided = [
        (known, rule, holds)
        for known in _COMPLAINTS
        for rule, holds in rules
        if holds(known) is not Truth.TRUE and holds({**known, sign: True}) is Truth.TRUE
    ]
    if not decided:
        asked_first = any(sign in screen.findings for screen in knowledge.screens if screen.stage == "danger")
        return [] if asked_first or listed else None
    # What counts only beside a cramp has a rule of its own that says more of it, if there is one.
    told = [(rule, holds) for known, rule, holds in decided if known != _COMPLAINTS[-1]]
    of_its_own = [rule for rule, holds in told or rules if holds({sign: False}) is Truth.FALSE]
    rule = (of_its_own or [decided[0][1]])[0]
    return [f"red_flags/{rule.id}", f"findings/{sign}"]


def slips(word: str) -> int:
    """Return how many letters of a word may be wrong before another word is meant.

    One in a word of five to eight letters, two in a longer one, none in a shorter: "overdose" is not "overuse".
    """
    return 0 if len(word) < 5 else 1 if len(word) < 9 else 2


def letters(word: str) -> int:
    """Return the letters of a word as bits; a few letters share one.

    One edit changes two bits at most, so words that differ in more need not be compared letter by letter.

    Examples:
        >>> (letters("sciatica") ^ letters("siatica")).bit_count(), letters("tea") == letters("eat")
        (0, True)
    """
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits


def edits(one: str, other: str, most: int) -> int:
    """Return how many letters must be changed, added, dropped or exchanged with their neighbour; above `most`, more.

    Examples:
        >>> edits("siatica", "sciatica", 2), edits("recieve", "receive", 2)
        (1, 1)
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        older, before, row = before, row, [at]
        for place, against in enumerate(other, start=1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != against))
            if at > 1 and place > 1 and letter == other[place - 2] and one[at - 2] == against:
                cost = min(cost, older[place - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _check(knowledge: Knowledge, danger: Mapping[str, Any]) -> None:
    where = "lexicon/search.yaml: danger"
    signs: Mapping[str, Any] = danger.get("signs", {})
    groups = danger.get("groups", {})
    problems = [
        f'{where}: signs: "{sign}" is not a known finding.{near_match(sign, knowledge.findings)}'
        for sign in signs
        if sign not in knowledge.findings and not sign.startswith(f"{BEYOND}/")
    ]
    problems += [
        f'{where}: {sign}: "{name}" is no group of words.{near_match(str(name), groups)}'
        for sign, rows in signs.items()
        for row in rows
        for name in row
        if "_" in str(name) and name not in groups
    ]
    problems += [
        f'{where}: rows_only: "{sign}" has no rows.{near_match(str(sign), signs)}'
        for sign in danger.get("rows_only", ())
        if sign not in signs
    ]
    if problems:
        raise KnowledgeError(problems)


def _phrases(reader: Mapping[str, Any], signs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what the own-words reader takes for each danger sign."""
    said: Mapping[str, Any] = reader.get("findings", {})
    for sign in signs:
        entry = said.get(sign, {})
        listed = entry if isinstance(entry, list) else [one for part in _READ for one in entry.get(part, ())]
        yield from ((sign, str(phrase)) for phrase in listed)


def _made(danger: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every phrase that the groups of words make, such as "numb" or "no feeling" with each word for a place."""
    groups: Mapping[str, Sequence[str]] = danger.get("groups", {})
    for sign, rows in danger.get("signs", {}).items():
        for row in rows:
            choices = [groups.get(name, [name]) for name in row]
            yield from ((sign, " ".join(made)) for made in product(*choices))


def _bare(text: str) -> list[str]:
    split = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in split if not unicodedata.combining(letter) and letter not in "'’ʼ`")
    plain = re.sub(r"\bcannot\b", "cant", plain)
    plain = _NOT.sub(lambda found: f"{_FULL.get(found[1], found[1])} not", plain)
    return _WORDS.findall(plain)
