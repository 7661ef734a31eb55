"""Finds the known claims that a sentence of any lay article makes, by the words they share.

Each claim of `knowledge/claims/` is a small bag of words: its paraphrases and keywords. A sentence is compared with
each by the weight of the words both have (rare words weigh more) against the weight of all words of either. What stays
under the least score is unchecked, which is not the same as right. It reads English: stop words, endings, negations.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from unclench.intake.sentences import article_text, fingerprint, sentences, words_of
from unclench.knowledge import Knowledge
from unclench.knowledge.claim_records import Claim

__all__ = ["ClaimIndex", "Match", "audited", "bag", "kind_of", "stem"]

# Words that tell nothing about what is claimed.
_STOP: Final = frozenset(
    words_of(
        """
        a about above after again all also although am an and another any are as at be because been before
        being below but by can could did do does doing down during each even few for from further get gets
        getting go goes going had has have having he her here him his how however i if in instead into is it
        it's its itself just least less let like likely make makes making many may me might mind more most
        much must my near need needs no nor not now of off often on once one only or other others our ours
        out over own part put quite rather really same say says she should since so some somebody something
        sometimes somewhat soon still such take taken takes than that the their them then there these they
        thing things this those though through to too under until up upon us use used uses using usually
        very was way ways we well were what when where whether which while who whom whose why will with
        within without would yet you your yours yourself around ever never people person
        """
    )
)
# A word of these in one of the two, and none in the other, may turn the meaning round.
_NEGATIONS: Final = frozenset(
    words_of(
        """
        no not never nor none nothing nobody without avoid rarely seldom cannot hardly don't doesn't isn't
        aren't won't can't didn't shouldn't wasn't
        """
    )
)
# Longest first, and never down to less than three letters.
_ENDINGS: Final = tuple(
    words_of(
        """
        ization ational ating ated ates ate fulness ousness iveness ations ation ments ment ness able ible
        ings ies ing ied ers ion ous ive al ed es er ly ic s e y
        """
    )
)
# Found by trying values on the sentences of the audited articles themselves; tests hold the result on other sentences.
_SENTENCE_SHARE: Final = 0.6
_LEAST_SCORE: Final = 0.26
_CLOSE: Final = 0.85
# A word that more than this share of all claims have is what every such article is about; it tells none from another.
_COMMON: Final = 0.12
_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A claim that a sentence seems to make.

    Attributes:
        score: 0 to 1; 1 = the sentence itself was audited.
        exact: whether it stands word for word in an audited article.
        may_deny: whether a "not" or its like stands in only one of the two, so that it may say the opposite.
    """

    claim: Claim
    score: float
    exact: bool
    may_deny: bool


class ClaimIndex:
    """All claims of a pack, ready to be compared with sentences.

    Args:
        knowledge: the pack.
        locale: language of the lay paraphrases.
    """

    def __init__(self, knowledge: Knowledge, *, locale: str = "en") -> None:
        self._claims = [claim for claim in knowledge.claims.values() if claim.sentences]
        self._bags = [
            bag((claim.says, knowledge.words("claims", claim.id, "says", locale=locale), " ".join(claim.keywords)))
            - _SAID
            for claim in self._claims
        ]
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
        """Return the claims a sentence seems to make, the best first; empty = unchecked.

        Args:
            sentence: one sentence of an article.
        """
        mark = fingerprint(sentence)
        if mark in self._exact:
            return tuple(Match(claim, 1.0, True, False) for claim in self._exact[mark])
        if mark in self._silent or kind_of(sentence) != "statement":
            return ()
        found = self.nearest(sentence)
        if not found or found[0].score < _LEAST_SCORE:
            return ()
        return tuple(one for one in found[:_MOST] if one.score >= max(_LEAST_SCORE, _CLOSE * found[0].score))

    def nearest(self, sentence: str) -> list[Match]:
        """Return every claim that shares telling words with a sentence, the best first, however weak.

        Two telling words must be shared, or the only one that the sentence has.
        """
        words = bag([sentence])
        telling = words - self._common
        mass = sum(self._weights.get(word, self._unknown) for word in words)
        shared: dict[int, float] = {}
        for word in sorted(words):
            for at in self._holding.get(word, ()):
                shared[at] = shared.get(at, 0.0) + self._weights[word]
        scored = [
            (weight / (mass**_SENTENCE_SHARE * self._masses[at] ** (1 - _SENTENCE_SHARE)), at)
            for at, weight in shared.items()
            if len(telling & self._bags[at]) >= min(2, max(1, len(telling)))
        ]
        denies = negated(sentence)
        return [
            Match(self._claims[at], score, False, denies != negated(self._claims[at].says))
            for score, at in sorted(scored, key=lambda one: (-one[0], one[1]))
        ]


def kind_of(sentence: str) -> str:
    """Return `question`, `heading` or `statement`; only a statement claims something by itself.

    Examples:
        >>> [kind_of(one) for one in ("What helps?", "When to See a Doctor", "Rest in bed", "Rest helps.")]
        ['question', 'heading', 'statement', 'statement']
    """
    bare = sentence.rstrip("\"'”’)] ")
    if bare.endswith("?"):
        return "question"
    telling = [word for word in bare.split() if word.casefold() not in _STOP]
    titled = len(telling) > 1 and all(word[:1].isupper() for word in telling)
    return "heading" if titled and bare[-1:] not in (".", "!", "…") else "statement"


def negated(text: str) -> bool:
    """Tell whether a text holds a word that denies.

    Examples:
        >>> negated("Don’t rest."), negated("Rest.")
        (True, False)
    """
    return not _NEGATIONS.isdisjoint(words_of(text))


def bag(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems of the words that tell something.

    Examples:
        >>> sorted(bag(["Stretching prevents the spasms."]))
        ['prevent', 'spasm', 'stretch']
    """
    return frozenset(stem(word) for text in texts for word in words_of(text) if word not in _STOP)


_SAID: Final = frozenset({"say"})


def stem(word: str) -> str:
    """Return a word without its ending, so that forms of one word meet.

    Examples:
        >>> [stem(word) for word in ("cramps", "cramping", "hydrated", "hydration")]
        ['cramp', 'cramp', 'hydr', 'hydr']
    """
    word = word.removesuffix("'s")
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    # stopp(ed) and stop
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word


def audited(knowledge: Knowledge, content: str, *, locale: str = "en") -> dict[str, Any]:
    """Return an article sentence by sentence, with the known claims each seems to make.

    Args:
        knowledge: the pack.
        content: plain text, or a saved HTML page.
        locale: language of the words.

    Returns:
        `sentences`: number, text, kind and matches of each; a statement without a match is unchecked. `counts`: how
        many statements are matched and unchecked, and how many by verdict of the best match.
    """
    index = ClaimIndex(knowledge, locale=locale)
    listed = []
    verdicts: dict[str, int] = dict.fromkeys(knowledge.data["wording"][locale]["claim_verdicts"], 0)
    for number, sentence in enumerate(sentences(article_text(content)), start=1):
        matches = index.match(sentence)
        if matches:
            verdicts[matches[0].claim.verdict] += 1
        listed.append(
            {
                "number": number,
                "sentence": sentence,
                "kind": kind_of(sentence),
                "checked": bool(matches),
                "matches": [_match_data(knowledge, one, locale) for one in matches],
            }
        )
    statements = [one for one in listed if one["kind"] == "statement" or one["checked"]]
    checked = sum(bool(one["matches"]) for one in listed)
    return {
        "sentences": listed,
        "counts": {
            "sentences": len(listed),
            "statements": len(statements),
            "matched": checked,
            "unchecked": len(statements) - checked,
            "by_verdict": verdicts,
        },
        "pack": knowledge.hash,
    }


def _match_data(knowledge: Knowledge, match: Match, locale: str) -> dict[str, Any]:
    claim = match.claim
    words = knowledge.data["wording"][locale]
    return {
        "claim": claim.id,
        "text": claim.text,
        "score": round(match.score, 3),
        "exact": match.exact,
        "may_deny": match.may_deny,
        "says": words["claims"][claim.id]["says"],
        "verdict": claim.verdict,
        "verdict_name": words["claim_verdicts"][claim.verdict]["name"],
        "why": claim.why,
        "right": words["claims"][claim.id]["right"],
        "record": {"kind": claim.record_kind, "id": claim.record},
        "sources": [
            {
                "id": ref.id,
                "cites_as": "judgement" if ref.is_judgement else knowledge.sources[ref.id].get("cites_as", ref.id),
                "at": ref.at,
            }
            for ref in claim.sources
        ],
    }
