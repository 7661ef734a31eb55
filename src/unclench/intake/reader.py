"""Finds the lexicon's phrases in a text, and says of each whether it is denied, doubted, past or of somebody else.

Phrases are compared word by word after variants and misspellings are made one and fillers are left out. Negation is
negspacy's, with terms of lay language; the other three follow the same clauses (the ConText idea: a trigger reaches to
the end of its clause). Needs spaCy, so only `propose` imports this, when it is called.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import spacy
from negspacy.negation import Negex
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span, Token

from unclench.intake.lexicon import Lexicon, Phrase

__all__ = ["Clause", "Mention", "Reader", "Reading", "plain"]

_SPANS = "mentions"
_NEGEX = {kind: f"{kind}_negations" for kind in ("pseudo", "preceding", "following")}
# Brackets too: no danger word is missed because a copied tag is glued to it.
_PLAIN = str.maketrans({
    "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " ", "<": " ", ">": " ",
})  # fmt: skip
_UNBROKEN = re.compile(r"\S{63}\S")  # longer than any word or most addresses; spaCy's time grows with its square
_ENDS = frozenset(".!?\u2026")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence in which one trigger may reach all phrases.

    Attributes:
        start: first token.
        end: token after the last.
        sentence: number of its sentence.
        keys: its words as they are compared.
    """

    start: int
    end: int
    sentence: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase met in the text.

    Attributes:
        phrase: what was met.
        start: first token.
        end: token after the last.
        clause: where it stands.
        denied: it is said not to be.
        doubted: it is asked, feared or guessed.
        past: it was, and is not now.
        others: it is somebody else's.
        history: it is a relative's, told as family history.
    """

    phrase: Phrase
    start: int
    end: int
    clause: Clause
    denied: bool
    doubted: bool
    past: bool
    others: bool
    history: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, its clauses, and the phrases met in it, in order."""

    doc: Doc
    clauses: tuple[Clause, ...]
    mentions: tuple[Mention, ...]

    def clause_at(self, character: int) -> Clause | None:
        """Return the clause a character stands in."""
        for clause in self.clauses:
            last = self.doc[clause.end - 1]
            if character < last.idx + len(last):
                return clause
        return None

    def sentence_keys(self, clause: Clause) -> frozenset[str]:
        """Return the words of the sentence of `clause`, as they are compared."""
        return frozenset(key for one in self.clauses if one.sentence == clause.sentence for key in one.keys)


def plain(text: str) -> str:
    """Return the text with as many characters, but straight quotes, and spaces for control and format characters.

    In more than 63 characters without a space, which are no words, every 64th becomes one.

    Examples:
        >>> plain("it\u2019s\u202e bad")
        "it's  bad"
    """
    straight = text.translate(_PLAIN)
    printed = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in straight)
    return _UNBROKEN.sub(lambda match: match[0][:-1] + " ", printed)


class Reader:
    """Reads texts with one lexicon; made once and used for many.

    Args:
        lexicon: the phrases.
        regions: the places of the body that can be answered.
    """

    def __init__(self, lexicon: Lexicon, regions: Collection[str] = ()) -> None:
        self.lexicon = lexicon
        self.regions = frozenset(regions)
        self.nlp = spacy.blank("en")
        terms = {_NEGEX.get(kind, kind): list(texts) for kind, texts in lexicon.negation.items()}
        self.negex = Negex(self.nlp, "negex", neg_termset=terms, span_keys=[_SPANS])
        self.by_words: dict[tuple[str, ...], list[Phrase]] = {}
        for phrase in lexicon.phrases:
            words = tuple(self.keys(self.nlp.make_doc(phrase.text))[0])
            known = self.by_words.setdefault(words, [])
            if words and not any(p.finding == phrase.finding and p.value == phrase.value for p in known):
                known.append(phrase)
        self.by_words.pop((), None)
        self.phrases = PhraseMatcher(self.nlp.vocab)
        self.phrases.add("phrase", [Doc(self.nlp.vocab, words=list(words)) for words in self.by_words])
        self.triggers = PhraseMatcher(self.nlp.vocab, attr="LOWER")
        for kind in ("past", "not_past", "unclear", "not_unclear", "family_history"):
            self.triggers.add(kind, [self.nlp.make_doc(text) for text in sorted(lexicon.lists[kind])])

    def read(self, text: str, *, for_another: bool = False) -> Reading:
        """Read a text that `plain` has cleaned.

        Args:
            text: the text.
            for_another: it is written on behalf of somebody, so relatives and "he" and "she" are whom it is about.
        """
        doc = self.nlp.make_doc(text)
        starts = True
        for token in doc:
            token.is_sent_start = starts
            starts = token.text[0] in _ENDS or "\n" in token.text
        found = list(self._found(doc))
        doc.spans[_SPANS] = [Span(doc, _whole(doc, start), end) for start, end, _ in found]
        if not len(doc):
            return Reading(doc, (), ())
        self.negex(doc)
        clauses = self._clauses(doc)
        triggers = [(self.nlp.vocab.strings[kind], Span(doc, start, end)) for kind, start, end in self.triggers(doc)]
        mentions = (
            self._mention(doc, start, end, phrase, clauses, triggers, for_another) for start, end, phrase in found
        )
        return Reading(doc, clauses, tuple(mentions))

    def key(self, token: Token) -> str:
        """Return the word a token is read as."""
        word = token.norm_.lower()
        return self.lexicon.same.get(word, word)

    def keys(self, tokens: Iterable[Token]) -> tuple[list[str], list[int]]:
        """Return the words that are compared, and the token of each."""
        lists = self.lexicon.lists
        words: list[str] = []
        places: list[int] = []
        for token in tokens:
            word = self.key(token)
            if token.is_space:
                if "\n" not in token.text:
                    continue
                word = "\n"
            half = word in lists["half_fillers"] and not (words and words[-1] in lists["half_fillers_kept_after"])
            if half or word in self.lexicon.fillers or (word == "-" and not token.whitespace_):
                continue
            words.append(word)
            places.append(token.i)
        return words, places

    def _found(self, doc: Doc) -> Iterator[tuple[int, int, Phrase]]:
        """Yield (start, end, phrase), leaving out what lies inside a longer phrase of its group."""
        words, places = self.keys(doc)
        if not words:
            return
        matches = [(start, end) for _, start, end in self.phrases(Doc(self.nlp.vocab, words=words))]
        hits = sorted(
            {(start, end, phrase) for start, end in matches for phrase in self.by_words[tuple(words[start:end])]},
            key=lambda hit: (hit[0], hit[1], hit[2].finding, str(hit[2].value)),
        )
        for start, end, phrase in hits:
            rivals = [
                (a, b)
                for a, b, other in hits
                if a <= start and end <= b and (b - a) > (end - start) and _same_group(phrase, other)
            ]
            if phrase.finding and not rivals:
                yield places[start], places[end - 1] + 1, phrase

    def _clauses(self, doc: Doc) -> tuple[Clause, ...]:
        _, _, terminating = self.negex.process_negations(doc)
        made = []
        sentence = 0
        for start, end in self.negex.termination_boundaries(doc, terminating):
            if start == end:
                continue
            if doc[start].is_sent_start and start:
                sentence += 1
            made.append(Clause(start, end, sentence, frozenset(self.keys(doc[start:end])[0])))
        return tuple(made)

    def _mention(
        self,
        doc: Doc,
        start: int,
        end: int,
        phrase: Phrase,
        clauses: tuple[Clause, ...],
        triggers: list[tuple[str, Span]],
        for_another: bool,
    ) -> Mention:
        clause = next(one for one in clauses if one.start <= start < one.end)
        here = {kind for kind, span in triggers if clause.start <= span.start < clause.end}
        before = {
            kind
            for kind, span in triggers
            if clause.start <= span.start and span.end <= start
            if not (kind == "unclear" and _told(doc, span.end, start))
        }
        reply = self._reply(doc, end)
        denied = bool(Span(doc, _whole(doc, start), end)._.negex) if reply is None else not reply
        past = "past" in here and "not_past" not in here and not clause.keys & {"start", "since"}
        history = "family_history" in here
        others = history or (not for_another and self._is_of_another(doc, start, clause, clauses))
        doubted = reply is None and (
            ("unclear" in before and "not_unclear" not in before) or self._is_asked(doc, clause, clauses)
        )
        return Mention(phrase, start, end, clause, denied, doubted, past, others, history)

    def _reply(self, doc: Doc, end: int) -> bool | None:
        """Read "fever: no" and "fever? No."; None if there is no such reply."""
        if end + 1 >= len(doc) or doc[end].text not in {":", "-", "=", "?", "\u2013"}:
            return None
        word = doc[end + 1].lower_
        if word in self.lexicon.lists["yes_words"]:
            return True
        return False if word in self.lexicon.lists["no_words"] else None

    def _is_asked(self, doc: Doc, clause: Clause, clauses: tuple[Clause, ...]) -> bool:
        last = max(one.end for one in clauses if one.sentence == clause.sentence)
        return any(token.text.startswith("?") for token in doc[max(last - 2, 0) : last])

    def _is_of_another(self, doc: Doc, start: int, clause: Clause, clauses: tuple[Clause, ...]) -> bool:
        """Look for the nearest person before the phrase, in its clause, then in earlier ones of the sentence."""
        first = min(one.start for one in clauses if one.sentence == clause.sentence)
        lists = self.lexicon.lists
        for place in range(start - 1, first - 1, -1):
            word = doc[place].lower_.removesuffix("'s")
            if word in lists["own"] or (doc[place].lower_ == "i"):
                return False
            if word in lists["possessive"] and doc[place + 1].lower_ not in lists["family"]:
                return False
            if word in lists["others"]:
                return True
            if word in lists["family"] and not self._is_object(doc, place, lists["object_after"]):
                return True
        return False

    def _is_object(self, doc: Doc, place: int, verbs: Collection[str]) -> bool:
        return any(self.key(token) in verbs for token in doc[max(place - 3, 0) : place])


def _same_group(one: Phrase, other: Phrase) -> bool:
    """Places are read beside findings, so that "calf pain" is a finding and a place."""
    return not other.finding or (one.finding == "pain_site") == (other.finding == "pain_site")


def _whole(doc: Doc, start: int) -> int:
    """Return where a phrase begins that may begin with a half of "don't": its own "not" does not deny it."""
    return start - 1 if start and doc[start].norm_ == "not" and not doc[start - 1].whitespace_ else start


def _told(doc: Doc, start: int, end: int) -> bool:
    """Whether a new statement begins between a doubt and the phrase: "not sure why, I have a fever"."""
    return any(token.text in {",", ";", "\n"} for token in doc[start:end])
