"""Finds the page somebody looks for, by their own words: SQLite's full-text index over the words of all records.

The index is made from the pack alone, once, and kept beside it: in the wheel, or in `.cache/` of a checkout. A query is
read with the names people have for things (`knowledge/lexicon/search.yaml`), with variants of one word as one word,
and with words that are nowhere in the index mended by likeness. Nothing that is typed is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unclench.errors import KnowledgeError
from unclench.knowledge import danger_words
from unclench.knowledge.danger_words import BEYOND, DangerWords, Named, danger_data, edits, letters, slips

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from unclench.knowledge.pack import Knowledge

__all__ = ["KINDS", "LONGEST_QUERY", "Found", "Hit", "SearchIndex", "page_words", "write_index"]

KINDS: Final = (
    *("causes", "events", "contributors", "treatments", "medicines", "exercises"),
    *("questions", "red_flags", "dispositions", "findings", "claims"),
)
"""Kinds of record that have a page of their own."""

LONGEST_QUERY: Final = 200
"""Characters of a query that are read; what comes after is left out."""

FORMAT: Final = 2
_PACKAGED: Final = Path(__file__).with_name("search.db")
_CHECKOUT: Final = Path(__file__).resolve().parents[3]

# Fields of the wording by kind: title, what comes first on the page. Every other text of a record is its body.
_TITLE: Final = {
    "claims": "says",
    "questions": "question",
    "dispositions": "heading",
    "findings": "label",
}
_LEAD: Final = {
    "claims": ("right",), "red_flags": ("because",), "exercises": ("purpose",), "treatments": ("what",),
    "medicines": ("what_for",), "questions": ("answer",), "dispositions": ("meaning",), "findings": ("question",),
}  # fmt: skip
# How the ranking weighs things: found by trying, on the queries in tests/evidence/search_queries.csv.
_COLUMNS: Final = (10.0, 9.0, 3.0, 1.0)
_KIND_WORTH: Final = {"red_flags": 0.7, "dispositions": 0.7, "findings": 0.4, "claims": 0.5, "exercises": 0.9}
_HARMLESS: Final = frozenset({"treatments", "exercises", "medicines", "contributors", "events", "claims", "questions"})
_NAMED: Final = 60.0
_HELD: Final = 25.0
_LEAST_SHARE: Final = 0.34
_WHOLE: Final = 0.999
_NOT: Final = re.compile(r"\b(ca|do|did|could|wo)n?(?:\s+not|not)\b")
_WORDS: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A page that fits a query.

    Attributes:
        kind: kind of the record, one of `KINDS`; `id`: its id there.
        title: its name in the language of the index.
        summary: its first words.
        score: how well it fits; only good for comparing hits of one query.
    """

    kind: str
    id: str
    title: str
    summary: str
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds.

    Attributes:
        hits: pages, the best first.
        mended: word that is nowhere in the index to the word that was looked for instead.
        unknown: words that nothing was found for, nor for a word like them; the search went on without them.
        is_danger: whether the query names a danger sign, or the page that comes first, and that page is about an
            emergency or a serious illness.
        signs: the danger signs: ids of findings, and names such as `beyond/self_harm` that have no record.
    """

    hits: tuple[Hit, ...]
    mended: Mapping[str, str]
    unknown: tuple[str, ...]
    is_danger: bool
    signs: tuple[str, ...]

    @property
    def is_beyond(self) -> bool:
        """Whether the query names an emergency that no record is about."""
        return any(sign.startswith(f"{BEYOND}/") for sign in self.signs)

    @property
    def is_understood(self) -> bool:
        """Whether every word of the query was found as it stands."""
        return not self.mended and not self.unknown


class SearchIndex:
    """The index of one language, open for queries.

    Args:
        connection: the database, as `write_index` fills it.
        locale: language of the pages; English where the index has none in it.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> index = SearchIndex.load(Knowledge.load())
        >>> [hit.id for hit in index.find("siatica").hits[:1]]
        ['disc_herniation_radiculopathy']
    """

    def __init__(self, connection: sqlite3.Connection, *, locale: str = "en") -> None:
        self._read = connection
        meta = dict(self._read.execute("SELECT key, value FROM meta"))
        self.locale = locale if locale in json.loads(meta["locales"]) else "en"
        self._same: Mapping[str, str] = json.loads(meta["same"])
        self._empty = frozenset(json.loads(meta["empty"]))
        self._half = frozenset(json.loads(meta["half_empty"]))
        rows = self._read.execute("SELECT phrase, page FROM called WHERE locale = ?", [self.locale])
        self._called: dict[tuple[str, ...], list[int]] = {}
        for phrase, page in rows:
            self._called.setdefault(tuple(phrase.split()), []).append(page)
        # Who reads in another language may still type in English; more danger words are never wrong.
        self._dangers = DangerWords(json.loads(meta["danger"]))
        pages = self._read.execute("SELECT number, kind, id FROM page WHERE locale = ?", [self.locale]).fetchall()
        self._worth = {number: _KIND_WORTH.get(kind, 1.0) for number, kind, _ in pages}
        self._numbers = {f"{kind}/{name}": number for number, kind, name in pages}
        self._illnesses = frozenset(number for number, kind, _ in pages if kind == "causes")
        self._harmless = frozenset(number for number, kind, _ in pages if kind in _HARMLESS)
        self._signs = frozenset(self._numbers[page] for page in self._dangers.leading if page in self._numbers)
        emergencies = self._read.execute("SELECT number FROM page WHERE locale = ? AND danger", [self.locale])
        self._emergencies = frozenset(number for (number,) in emergencies)
        self._vocabulary = frozenset(word for (word,) in self._read.execute("SELECT word FROM vocabulary"))
        self._longest = max(map(len, self._called), default=1)

    @classmethod
    def load(cls, knowledge: Knowledge, *, locale: str = "en") -> SearchIndex:
        """Open the index that was made from this pack; make it where there is none.

        Args:
            knowledge: the pack.
            locale: language of the pages.
        """
        cached = _CHECKOUT / ".cache" / f"search-{_made_by(knowledge.hash)}.db"
        for place in (_PACKAGED, cached):
            connection = _opened(place, knowledge.hash)
            if connection is not None:
                return cls(connection, locale=locale)
        if (_CHECKOUT / "knowledge" / "model.yaml").is_file():
            _keep(cached, knowledge)
            connection = _opened(cached, knowledge.hash)
            if connection is not None:
                return cls(connection, locale=locale)
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        _fill(connection, knowledge)
        return cls(connection, locale=locale)

    def find(self, query: str, *, limit: int = 10) -> Found:
        """Return the pages that fit a query.

        Args:
            query: what somebody typed, in any letters; only the first `LONGEST_QUERY` characters count.
            limit: the most pages to return.

        Returns:
            The pages. None fits = no hits; never an error, whatever was typed.
        """
        typed = _WORDS.findall(_bare(query[:LONGEST_QUERY]))
        words = [self._folded(word) for word in typed]
        likely: dict[str, set[str]] = {}
        named = self._dangers.named(query[:LONGEST_QUERY], (one for one in typed if self._is_word(one)), likely)
        asked = [word for word in words if word not in self._empty] or words
        lost = [word for word in asked if word not in self._half and not self._is_there(word)]
        # What is a danger word is never taken for another word.
        dangerous = {*map(self._folded, named.words)}
        near = {word: other for word in lost if (other := self._mended(word, asked))}
        mended = {
            word: other
            for word, other in near.items()
            if word not in dangerous or {*named.signs} <= {*self._named_with(typed, word, other, likely).signs}
        }
        unknown = tuple(dict.fromkeys(word for word in lost if word not in dangerous and word not in mended))
        words, asked = ([mended.get(word, word) for word in one] for one in (words, asked))
        scores, called = self._ranked(words, asked)
        if named.signs:
            scores = {page: score / 2 if page in self._harmless else score for page, score in scores.items()}
        best = sorted(scores, key=lambda page: (-scores[page], page not in self._emergencies, page))
        is_danger = bool(named.signs) or any(
            page in self._signs or (page in called and page in self._emergencies) for page in best[:1]
        )
        for page in self._leading(named.signs, best, called):
            scores[page] = max(scores.get(page, 0.0), *(scores[other] for other in best[:1]), 0.0)
        best = [*dict.fromkeys([*self._leading(named.signs, best, called), *best])][:limit]
        hits = tuple(self._hit(page, scores[page]) for page in best)
        return Found(hits, mended, unknown, is_danger, named.signs)

    def _named_with(self, typed: Sequence[str], word: str, other: str, likely: dict[str, set[str]]) -> Named:
        """Return the danger that is named once one word is another."""
        mended = " ".join(other if self._folded(one) == word else one for one in typed)
        return self._dangers.named(mended, near=likely)

    def _folded(self, word: str) -> str:
        return _single(self._same.get(word, word))

    def _leading(self, signs: Iterable[str], best: Sequence[int], called: set[int]) -> list[int]:
        """Return the pages that come first: about the danger signs, but behind an illness that is called by name."""
        pages = [place for sign in signs for place in self._dangers.pages.get(sign, ())]
        pages.sort(key=lambda page: page.startswith("findings/"))
        first = [page for page in best[:1] if page in called and page in self._illnesses]
        return [*first, *(self._numbers[page] for page in pages if page in self._numbers)]

    def _ranked(self, words: Sequence[str], asked: Sequence[str]) -> tuple[dict[int, float], set[int]]:
        """Return page to score, and the pages one of whose names is in the query.

        Args:
            words: the whole query.
            asked: its words that name something.
        """
        telling = [word for word in dict.fromkeys(asked) if word not in self._half] or [*dict.fromkeys(asked)]
        holding = {word: self._pages_with(word) for word in telling}
        # A word that few pages have says more about which page is meant; one that none has says nothing.
        rarity = {word: 1 / len(here) ** 0.5 if here else 0.0 for word, here in holding.items()}
        total = sum(rarity.values()) or 1.0
        scores = self._scores({word: (rarity[word] / total, here) for word, here in holding.items()})
        weight = {word: (rarity[word] / total + 1 / len(telling)) / 2 for word in telling}
        named: set[int] = set()
        # "Fever and back pain" is "fever with back pain": what names nothing is left out of both.
        runs = {*_runs(words, self._longest), *_runs(asked, self._longest)}
        for phrase in sorted(runs):
            share = (
                1.0
                if phrase in ((*words,), (*asked,))
                else sum(weight.get(word, 0.0) for word in dict.fromkeys(phrase))
            )
            for page in self._called.get(phrase, ()):
                named.add(page)
                scores[page] = scores.get(page, 0.0) + (_NAMED if share > _WHOLE else _HELD * share**2)
        return scores, named

    def _scores(self, words: Mapping[str, tuple[float, Mapping[int, float]]]) -> dict[int, float]:
        """Return page to score. A page scores for the share of the query it has, weighed by how rare each word is.

        Args:
            words: word to its share of the query, and the pages that have it with what it is worth there.
        """
        scores: dict[int, float] = {}
        shares: dict[int, float] = {}
        for share, here in words.values():
            for page, score in here.items():
                scores[page] = scores.get(page, 0.0) + score
                shares[page] = shares.get(page, 0.0) + share
        return {
            page: score * shares[page] * self._worth[page]
            for page, score in scores.items()
            if shares[page] >= _LEAST_SHARE
        }

    def _pages_with(self, word: str) -> dict[int, float]:
        columns = ", ".join(map(str, _COLUMNS))
        rows = self._read.execute(
            f"SELECT rowid, -bm25(words, {columns}) FROM words WHERE words MATCH ?",
            [f'"{word}"'],
        )
        return {page: score for page, score in rows if page in self._worth}

    def _mended(self, word: str, asked: Sequence[str]) -> str:
        """Return the word of the index that is likest to this one, or nothing.

        Of words that are equally like it, the one that stands on most pages with the other words asked for is meant.
        """
        most = slips(word)
        threes = {word[at : at + 3] for at in range(len(word) - 2)}
        if not most or not threes:
            return ""
        rows = self._read.execute(
            "SELECT word, count FROM vocabulary WHERE vocabulary MATCH ? ORDER BY rank LIMIT 60",
            [" OR ".join(f'"{three}"' for three in sorted(threes))],
        )
        mine = letters(word)
        near = [
            (off, -int(count), other)
            for other, count in rows
            if (mine ^ letters(other)).bit_count() <= 2 * most and (off := edits(word, other, most)) <= most
        ]
        likest = [one for one in near if one[0] == min(near)[0]]
        if len(likest) > 1:
            others = [other for other in asked if other != word]
            likest.sort(key=lambda one: (-self._pages_together(self._same.get(one[2], one[2]), others), one))
        return self._same.get(likest[0][2], likest[0][2]) if likest else ""

    def _pages_together(self, word: str, others: Iterable[str]) -> int:
        """Count the pages that have a word and another one, once for each other one."""
        query = "SELECT count(*) FROM words WHERE words MATCH ?"
        return sum(self._read.execute(query, [f'"{word}" AND "{other}"']).fetchone()[0] for other in others)

    def _is_word(self, word: str) -> bool:
        """Whether a word stands in the texts as it is typed; a word with only the same stem may be a slip."""
        return not {word, _single(word)}.isdisjoint(self._vocabulary) or word in self._same

    def _is_there(self, word: str) -> bool:
        row = self._read.execute("SELECT 1 FROM words WHERE words MATCH ? LIMIT 1", [f'"{word}"']).fetchone()
        return row is not None

    def _hit(self, page: int, score: float) -> Hit:
        kind, name, title, summary = self._read.execute(
            "SELECT kind, id, title, summary FROM page WHERE number = ?", [page]
        ).fetchone()
        return Hit(kind, name, title, summary, score)


def write_index(knowledge: Knowledge, target: Path) -> None:
    """Write the index of a pack to a file, in place of what is there.

    Raises:
        KnowledgeError: `lexicon/search.yaml` names a record that there is not.
        OSError: the file cannot be written.
    """
    partial = target.with_suffix(f".{os.getpid()}.part")
    partial.unlink(missing_ok=True)
    connection = sqlite3.connect(partial)
    try:
        _fill(connection, knowledge)
        connection.execute("VACUUM")
    finally:
        connection.close()
    partial.replace(target)


def _made_by(pack: str) -> str:
    """Return a name that changes with the pack and with the code that makes the index."""
    code = (Path(__file__), Path(danger_words.__file__))
    return hashlib.sha256(pack.encode() + b"".join(file.read_bytes() for file in code)).hexdigest()[:24]


def _keep(cache: Path, knowledge: Knowledge) -> None:
    """Write the index for the next start; a read-only checkout makes it each time."""
    try:
        cache.parent.mkdir(exist_ok=True)
        for old in cache.parent.glob("search-*.db"):
            old.unlink(missing_ok=True)
        write_index(knowledge, cache)
    except (OSError, sqlite3.OperationalError):
        return


def _opened(place: Path, pack: str) -> sqlite3.Connection | None:
    """Return the index in a file, open for reading; None where it is missing, or is of another pack."""
    if not place.is_file():
        return None
    connection = sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
    except sqlite3.DatabaseError:
        connection.close()
        return None
    if meta.get("pack") == pack and meta.get("format") == str(FORMAT):
        return connection
    connection.close()
    return None


def _fill(connection: sqlite3.Connection, knowledge: Knowledge) -> None:
    connection.executescript(
        """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
        CREATE TABLE page (number INTEGER PRIMARY KEY, locale TEXT, kind TEXT, id TEXT, title TEXT, summary TEXT,
                           danger INTEGER);
        CREATE TABLE called (locale TEXT, phrase TEXT, page INTEGER);
        CREATE VIRTUAL TABLE words USING fts5(title, called, lead, body, tokenize = 'porter unicode61');
        CREATE VIRTUAL TABLE vocabulary USING fts5(word, count UNINDEXED, tokenize = 'trigram');
        """
    )
    lexicon = knowledge.data["lexicon"]
    search: Mapping[str, Any] = lexicon.get("search", {})
    same = _variants(lexicon)
    empty, half = (
        frozenset(word for one in search.get(part, ()) for word in _folded(one, same))
        for part in ("empty", "half_empty")
    )
    counts: Counter[str] = Counter()
    known = set()
    number = 0
    locales = sorted(knowledge.data["wording"])
    for locale in locales:
        for kind, name, title, lead, body, danger in _records(knowledge, locale):
            number += 1
            known.add(f"{kind}/{name}")
            names = [*_own_names(knowledge, kind, name), *search.get("called", {}).get(f"{kind}/{name}", ())]
            phrases = dict.fromkeys(" ".join(_folded(one, same)) for one in (title, *names))
            texts = [" ".join(_folded(text, same)) for text in (title, " ".join(names), lead, body)]
            connection.execute(
                "INSERT INTO page VALUES (?, ?, ?, ?, ?, ?, ?)", [number, locale, kind, name, title, lead, danger]
            )
            connection.execute(
                "INSERT INTO words (rowid, title, called, lead, body) VALUES (?, ?, ?, ?, ?)", [number, *texts]
            )
            if kind != "questions":  # "Is it a slipped disc?" is no name of a disc
                telling = [" ".join(word for word in one.split() if word not in empty) for one in phrases]
                phrases |= dict.fromkeys(one for one in telling if " " in one)
            connection.executemany("INSERT INTO called VALUES (?, ?, ?)", [(locale, one, number) for one in phrases])
            counts.update(word for text in texts for word in text.split())
    unknown = sorted(set(search.get("called", {})) - known)
    if unknown:
        raise KnowledgeError(
            [f"lexicon/search.yaml: called: {one}: there is no such record. Mend the name." for one in unknown]
        )
    # A misspelt variant is mended to the variant, which stands for a word of the index.
    counts.update({word: counts[to] for word, to in same.items() if to in counts and word not in counts})
    connection.executemany(
        "INSERT INTO vocabulary VALUES (?, ?)", [(word, count) for word, count in counts.items() if len(word) > 3]
    )
    meta = {
        "pack": knowledge.hash,
        "format": str(FORMAT),
        "locales": json.dumps(locales),
        "same": json.dumps(same, ensure_ascii=False),
        "empty": json.dumps(sorted(empty)),
        "half_empty": json.dumps(sorted(half)),
        "danger": json.dumps(danger_data(knowledge, "en"), ensure_ascii=False),
    }
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.commit()


def page_words(wording: Mapping[str, Any], kind: str, name: str) -> tuple[str, str]:
    """Return the title and the first words of a page, from the wording of one language.

    Args:
        wording: kind of record to id to its texts.
        kind: one of `KINDS`.
        name: id of the record.
    """
    entry = wording[kind][name]
    if kind == "findings" and entry.get("name"):
        return str(entry["name"]), str(entry.get("what_for", ""))  # a test: its other words are for clinicians
    title, *leads = (str(entry.get(field, "")) for field in _shown(kind))
    return title, " ".join(filter(None, leads))


def _shown(kind: str) -> tuple[str, ...]:
    return (_TITLE.get(kind, "name"), *_LEAD.get(kind, ("summary",)))


def _records(knowledge: Knowledge, locale: str) -> Iterator[tuple[str, str, str, str, str, bool]]:
    """Yield kind, id, title, lead, body and whether it is an emergency, of every record that has a page."""
    wording = knowledge.data["wording"][locale]
    rules = {rule["id"]: rule for rule in knowledge.data["rules"]}
    serious = {cause["id"] for cause in knowledge.data["causes"] if cause["serious"]}
    for kind in KINDS:
        for name, entry in wording.get(kind, {}).items():
            if kind == "red_flags" and name not in rules:
                continue  # retired
            title, lead = page_words(wording, kind, name)
            body = [text for key, value in entry.items() if key not in _shown(kind) for text in _texts(value)]
            if kind == "claims":
                body += knowledge.claims[name].keywords
            if kind == "red_flags":
                body.append(rules[name]["title"])
            danger = name in serious if kind == "causes" else kind == "red_flags" and _urgent(rules[name])
            yield kind, name, title, lead, " ".join(body), danger


def _urgent(rule: Mapping[str, Any]) -> bool:
    return bool(rule["disposition"] == "emergency")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)


def _own_names(knowledge: Knowledge, kind: str, name: str) -> Iterable[str]:
    return knowledge.medicines[name].names if kind == "medicines" else ()


def _variants(lexicon: Mapping[str, Any]) -> dict[str, str]:
    """Return word to the one it is read as, from both lists."""
    made: dict[str, str] = {}
    for source in ("search", "en"):
        for word, others in lexicon.get(source, {}).get("same", {}).items():
            for other in others:
                made.setdefault(_bare(other), _bare(word))
    # A list may lead to a word that the other list leads on from.
    return {word: made.get(to, to) for word, to in made.items() if word != made.get(to, to)}


def _folded(text: str, same: Mapping[str, str]) -> list[str]:
    """Return the words of a text without accents, apostrophes, plural endings and variants.

    Examples:
        >>> _folded("Child's poses, naïve", {"naive": "simple"})
        ['child', 'pose', 'simple']
    """
    words = _WORDS.findall(_bare(text))
    return [_single(same.get(word, word)) for word in words]


def _bare(text: str) -> str:
    """Return a text in small letters, without marks on letters, and with one form of each Arabic letter."""
    split = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in split if not unicodedata.combining(letter) and letter not in "'’ʼـ")
    plain = plain.replace("ة", "ه").replace("ى", "ي")
    plain = _NOT.sub(r"\1nt", plain)
    return re.sub(r"\bال(?=\w{3})", "", plain)


def _single(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _runs(words: Sequence[str], longest: int) -> Iterator[tuple[str, ...]]:
    """Yield each run of at most `longest` words."""
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + longest) + 1):
            yield tuple(words[start:end])
