"""Finds the known claims that a sentence of any lay article makes, by the words they share.

Each claim of `knowledge/claims/` is a small bag of words: its paraphrases and keywords. A sentence is compared with
each by the weight of the words both have (rare words weigh more) against the weight of all words of either. What stays
under the least score is unchecked, which is not the same as right. It reads English: stop words, endings, negations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from unclench.intake.lexicon import load_lexicon
from unclench.intake.sense import SUBJECT, Doubt, doubts_between, keeps_order, restates, speaks_of_waiting
from unclench.intake.sentences import article_text, fingerprint, sentences, words_of
from unclench.intake.stems import bag, stem, tells
from unclench.knowledge import Knowledge
from unclench.knowledge.claim_records import Claim
from unclench.knowledge.danger_words import DangerWords, danger_data

__all__ = ["Cause", "ClaimIndex", "Match", "audited", "kind_of"]

# Found by trying values on the sentences of the audited articles themselves.
_SENTENCE_SHARE: Final = 0.6
_LEAST_SCORE: Final = 0.26
# Least likeness and cover for a verdict other than right, chosen on `tests/unit/intake/claims_calibration.yaml`.
_CLOSE_SCORE: Final = 0.4
_CLOSE_COVER: Final = 0.5
_LEAST_WORDS: Final = 3
_LEAST_SHARED: Final = 2
# Others this near to the best are listed with it.
_BESIDE: Final = 0.85
# A word that more than this share of all claims have is what every such article is about; it tells none from another.
_COMMON: Final = 0.12
_MOST: Final = 3

Cause = Doubt | Literal["danger", "rival", "wording", "short"]
"""Why no verdict is told: a `Doubt`; a danger sign that the claim does not name; a claim as like, judged otherwise; a
right claim, or a short sentence, in other words (words out of place may make it false, and "right" costs most where it
is wrong); so few words that it may speak of anything."""


@dataclass(frozen=True, slots=True)
class Match:
    """A claim that a sentence resembles.

    Attributes:
        score: likeness, 0 to 1; 1 = the sentence itself was audited.
        cover: share of the weight of the sentence's words that the claim has, 0 to 1.
        exact: whether it stands word for word in an audited article.
        doubts: why the two may differ in sense; empty = nothing was seen.
    """

    claim: Claim
    score: float
    cover: float
    exact: bool
    doubts: tuple[Cause, ...]

    @property
    def is_close(self) -> bool:
        """Whether the verdict on the claim is told of the sentence."""
        return not self.doubts and (self.exact or (self.score >= _CLOSE_SCORE and self.cover >= _CLOSE_COVER))


_SAID: Final = frozenset({"say"})


class ClaimIndex:
    """All claims of a pack, ready to be compared with sentences.

    Args:
        knowledge: the pack.
        locale: language of the lay paraphrases.
    """

    def __init__(self, knowledge: Knowledge, *, locale: str = "en") -> None:
        self._claims = [claim for claim in knowledge.claims.values() if claim.sentences]
        self._texts = [
            (claim.says, knowledge.words("claims", claim.id, "says", locale=locale)) for claim in self._claims
        ]
        self._bags = [
            bag((*texts, " ".join(claim.keywords))) - _SAID
            for claim, texts in zip(self._claims, self._texts, strict=True)
        ]
        self._signs = _DangerSigns(knowledge)
        self._named = [frozenset().union(*map(self._signs.named, texts)) for texts in self._texts]
        counts: dict[str, int] = {}
        self._holding: dict[str, list[int]] = {}
        for at, words in enumerate(self._bags):
            for word in words:
                counts[word] = counts.get(word, 0) + 1
                self._holding.setdefault(word, []).append(at)
        total = len(self._bags)
        self._weights = {word: math.log((total + 1) / (count + 0.5)) for word, count in counts.items()}
        self._unknown = math.log((total + 1) / 0.5)
        self._common = {word for word, count in counts.items() if count > _COMMON * total}
        self._masses = [sum(self._weights[word] for word in words) for words in self._bags]
        self._exact: dict[str, list[Claim]] = {}
        self._silent: set[str] = set()
        for text in knowledge.claim_texts.values():
            for claim in text.claims:
                for number in claim.sentences:
                    self._exact.setdefault(text.sentences[number], []).append(claim)
            self._silent |= {text.sentences[number] for numbers, _ in text.nothing for number in numbers}

    def match(self, sentence: str) -> tuple[Match, ...]:
        """Return the claims a sentence resembles, the best first; empty = unchecked.

        A sentence with fewer than three words that tell something is like a claim only if it says that and no more; or
        if it was audited, but then without a verdict, since it may speak of anything.

        Args:
            sentence: one sentence of an article.
        """
        words = len(bag([sentence]))
        mark = fingerprint(sentence)
        if mark in self._exact and words >= _LEAST_SHARED:
            # A word or two may stand in any article, and under any heading, even "What not to do".
            doubts: tuple[Cause, ...] = ("short",) if words < _LEAST_WORDS else ()
            return tuple(Match(claim, 1.0, 1.0, True, doubts) for claim in self._exact[mark])
        if mark in self._silent or kind_of(sentence) != "statement":
            return ()
        found = self.nearest(sentence)
        if not found or found[0].score < _LEAST_SCORE:
            return ()
        best, *others = (one for one in found if one.score >= max(_LEAST_SCORE, _BESIDE * found[0].score))
        if any(one.claim.verdict != best.claim.verdict and "supported" in _verdicts(one, best) for one in others):
            best = replace(best, doubts=(*best.doubts, "rival"))
        return (best, *others[: _MOST - 1])

    def nearest(self, sentence: str) -> list[Match]:
        """Return every claim that shares telling words with a sentence, the best first, however weak.

        Two must be shared that not every such article has; or one, if the claim has all words of the sentence.
        """
        words = bag([sentence])
        telling = words - self._common
        mass = sum(self._weights.get(word, self._unknown) for word in words)
        shared: dict[int, float] = {}
        for word in sorted(words):
            for at in self._holding.get(word, ()):
                shared[at] = shared.get(at, 0.0) + self._weights[word]
        scored = [
            (weight / (mass**_SENTENCE_SHARE * self._masses[at] ** (1 - _SENTENCE_SHARE)), weight / mass, at)
            for at, weight in shared.items()
            if len(telling & self._bags[at]) >= _LEAST_SHARED or (telling and self._is_plain(sentence, words, at))
        ]
        named = self._signs.named(sentence)
        return [
            Match(self._claims[at], score, cover, False, self._doubts(sentence, named, at))
            for score, cover, at in sorted(scored, key=lambda one: (-one[0], one[2]))
        ]

    def _is_plain(self, sentence: str, words: frozenset[str], at: int) -> bool:
        """Tell whether a sentence says something of a claim and nothing else, however short it is."""
        said = words - SUBJECT
        return said <= self._bags[at] and (
            len(said) >= _LEAST_WORDS
            or any(words == bag([text]) - _SAID and restates(sentence, text) for text in self._texts[at])
        )

    def _doubts(self, sentence: str, named: frozenset[str], at: int) -> tuple[Cause, ...]:
        doubts: list[Cause] = [*doubts_between(sentence, self._texts[at])]
        if named - self._named[at]:
            doubts.append("danger")
        is_right = self._claims[at].verdict == "supported"
        said = bag([sentence]) - SUBJECT
        # Of few words, one that was added or moved may say another thing.
        is_other = len(said) <= _LEAST_WORDS and not (
            said <= self._bags[at] and any(keeps_order(sentence, text) for text in self._texts[at])
        )
        if is_other or (is_right and not any(restates(sentence, text) for text in self._texts[at])):
            doubts.append("wording")
        return tuple(doubts)


class _DangerSigns:
    """The words of the lexicon for findings of danger screens."""

    def __init__(self, knowledge: Knowledge) -> None:
        asked = {finding for screen in knowledge.screens if screen.stage == "danger" for finding in screen.findings}
        lexicon = load_lexicon(knowledge)
        self._same = lexicon.same
        self._fillers = lexicon.fillers
        self._phrases: dict[tuple[str, ...], str] = {}
        for phrase in lexicon.phrases:
            if phrase.finding in asked and knowledge.findings[phrase.finding].red_flag:
                self._phrases[tuple(self._folded(phrase.text))] = phrase.finding
        self._longest = max(map(len, self._phrases), default=0)

    def _folded(self, text: str) -> list[str]:
        return [stem(self._same.get(word, word)) for word in words_of(text) if word not in self._fillers]

    def named(self, text: str) -> frozenset[str]:
        """Return the danger signs whose words stand in a text."""
        words = self._folded(text)
        runs = (
            tuple(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(len(words), start + self._longest) + 1)
        )
        return frozenset(self._phrases[run] for run in runs if run in self._phrases)


def _verdicts(*matches: Match) -> frozenset[str]:
    return frozenset(one.claim.verdict for one in matches)


def kind_of(sentence: str) -> str:
    """Return `question`, `heading` or `statement`; only a statement claims something by itself.

    Examples:
        >>> [kind_of(one) for one in ("What helps?", "When to See a Doctor", "Rest in bed", "Rest helps.")]
        ['question', 'heading', 'statement', 'statement']
    """
    bare = sentence.rstrip("\"'”’)] ")
    if bare.endswith("?"):
        return "question"
    telling = [word for word in bare.split() if tells(word.casefold())]
    titled = len(telling) > 1 and all(word[:1].isupper() for word in telling)
    return "heading" if titled and bare[-1:] not in (".", "!", "…") else "statement"


def audited(knowledge: Knowledge, content: str, *, locale: str = "en") -> dict[str, Any]:
    """Return an article sentence by sentence, with the known claims each seems to make.

    Args:
        knowledge: the pack.
        content: plain text, or a saved HTML page.
        locale: language of the words.

    Returns:
        `sentences`: number, text, kind, class (`close`, `possible`, `unchecked`; None for what is no statement), the
        claims each resembles, and `danger`: the pages of danger signs that it names together with a word of waiting.
        Only a close match tells the verdict on its claim. `counts`: how many statements are of each class, and how many
        close ones by verdict.
    """
    index = ClaimIndex(knowledge, locale=locale)
    danger = DangerWords(danger_data(knowledge, locale))
    listed = []
    classes = dict.fromkeys(("close", "possible", "unchecked"), 0)
    verdicts: dict[str, int] = dict.fromkeys(knowledge.data["wording"][locale]["claim_verdicts"], 0)
    for number, sentence in enumerate(sentences(article_text(content)), start=1):
        matches = index.match(sentence)
        kind = kind_of(sentence)
        class_ = _class_of(matches) if matches or kind == "statement" else None
        if class_ is not None:
            classes[class_] += 1
        if class_ == "close":
            verdicts[matches[0].claim.verdict] += 1
        listed.append(
            {
                "number": number,
                "sentence": sentence,
                "kind": kind,
                "class": class_,
                "danger": _danger_pages(danger, sentence) if kind == "statement" else [],
                "matches": [_match_data(knowledge, one, locale, is_told=class_ == "close") for one in matches],
            }
        )
    return {
        "sentences": listed,
        "counts": {
            "sentences": len(listed),
            "statements": sum(classes.values()),
            **classes,
            "by_verdict": verdicts,
        },
        "pack": knowledge.hash,
    }


def _danger_pages(danger: DangerWords, sentence: str) -> list[str]:
    """Return the pages of the danger signs that a sentence names, if it speaks of waiting too; the surest first."""
    if not speaks_of_waiting(sentence):
        return []
    # Every word counts as written: an article is spelt better than a query.
    signs = danger.named(
        sentence, {*words_of(sentence), *(word.removesuffix("s") for word in words_of(sentence))}
    ).signs
    return list(dict.fromkeys(page for sign in signs for page in danger.pages.get(sign, ())[:1]))[:_MOST]


def _class_of(matches: tuple[Match, ...]) -> str:
    if not matches:
        return "unchecked"
    return "close" if matches[0].is_close else "possible"


def _match_data(knowledge: Knowledge, match: Match, locale: str, *, is_told: bool) -> dict[str, Any]:
    claim = match.claim
    words = knowledge.data["wording"][locale]
    told = {
        "claim": claim.id,
        "text": claim.text,
        "score": round(match.score, 3),
        "cover": round(match.cover, 3),
        "exact": match.exact,
        "close": match.is_close,
        "doubts": list(match.doubts),
        "says": words["claims"][claim.id]["says"],
        "record": {"kind": claim.record_kind, "id": claim.record},
    }
    # No verdict is told beside a best match that has none.
    if not (is_told and match.is_close):
        return told
    return {
        **told,
        "verdict": claim.verdict,
        "verdict_name": words["claim_verdicts"][claim.verdict]["name"],
        "why": claim.why,
        "right": words["claims"][claim.id]["right"],
        "sources": [
            {
                "id": ref.id,
                "cites_as": "judgement" if ref.is_judgement else knowledge.sources[ref.id].get("cites_as", ref.id),
                "at": ref.at,
            }
            for ref in claim.sources
        ],
    }
