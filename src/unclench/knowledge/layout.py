"""How a pack is written: each part on a line of its own, so that a start decodes only what it needs; equal things once.

The text is plain JSON in ASCII, which is the quickest to read. What many hypotheses weigh alike, and that is most of
it, stands once in `terms`, as plain lists; their logarithms stand once in `weights`, their sources in `source_lists`. A
hypothesis has the numbers of its terms, a stratum the numbers of its priors. What only people read of a record (as it
was written, and why) stands beside it, as in `term_notes`. The wording has a line for each kind of record in each
language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

__all__ = ["HYPOTHESES", "Parts", "serialise"]

HYPOTHESES = ("causes", "contributors", "events")
"""The parts whose records have terms."""

_DECODER = json.JSONDecoder()
_NOWHERE = slice(0)
_QUOTE = ord('"')

_WORDS = "wording/"

_TERM = ("when", "present", "absent", "group", "basis", "sources")
_DATES = ("review_by", "reviewed_by", "status", "valid_from", "valid_to")
_NOTES = {
    "rules": ("rule_notes", frozenset({*_DATES, "thresholds", "title", "why"})),
    "strata": ("stratum_notes", frozenset({"written"})),
}
"""What no assessment reads of a record, and the name of the part where it stands."""

_BESIDE = ("terms", "term_notes", "weights", "source_lists", *(beside for beside, _ in _NOTES.values()))
"""The parts that only a laid-out pack has; it has all of them."""


def serialise(pack: Mapping[str, Any]) -> str:
    """Return the one canonical text of a pack, over which its hash is taken.

    Examples:
        >>> print(serialise({"terms": [], "places": ["gp"], "format": 2}))
        {
        "format":2,
        "places":["gp"],
        "terms":[]
        }
    """
    parts = pack if "terms" in pack else _laid_out(pack)
    return "{\n" + ",\n".join(f"{_text(name)}:{_text(parts[name])}" for name in sorted(parts)) + "\n}"


class Parts(Mapping[str, "Any"]):
    """The parts of a pack by name, each decoded when it is first looked at.

    Args:
        text: a pack as `serialise` writes it, or any other JSON of the same content, which is decoded at once; bytes
            are UTF-8.

    Raises:
        ValueError: it is no JSON. Damage inside a part of a laid-out pack shows when that part is looked at.
    """

    def __init__(self, text: str | bytes) -> None:
        written = text.encode() if isinstance(text, str) else text
        places = _places(written)
        self._written = written
        self._whole: dict[str, Any] | None = None
        self._decoded: Any = json.loads(written.decode()) if places is None else {}
        self._places = places or (dict.fromkeys(self._decoded, _NOWHERE) if self.is_object else {})
        self._words: dict[tuple[str, str], Mapping[str, Any]] = {}

    @property
    def is_object(self) -> bool:
        """Whether the text is a JSON object."""
        return isinstance(self._decoded, dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self._decoded:
            self._decoded[name], _ = _DECODER.raw_decode(self._written[self._places[name]].decode())
        return self._decoded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def lacking(self, needed: Iterable[str]) -> list[str]:
        """Return which parts are not there: of those needed, and of those that a laid-out pack has beside them.

        Examples:
            >>> Parts('{"places": [], "weights": []}').lacking(["places", "plan"])
            ['plan', 'terms', 'term_notes', 'source_lists', 'rule_notes', 'stratum_notes']
            >>> Parts('{"places": []}').lacking(["places"])
            []
        """
        beside = _BESIDE if any(name in self for name in _BESIDE) else ()
        return [name for name in (*needed, *beside) if name not in self]

    def words(self, kind: str, locale: str) -> Mapping[str, Any]:
        """Return the wording of one kind of record in one language, by the id of the record.

        Raises:
            KeyError: no such language, or it has no words for that kind.
        """
        found = self._words.get((kind, locale))
        if found is None:
            line = f"{_WORDS}{locale}/{kind}"
            found = self[line] if line in self else self["wording"][locale][kind]
            self._words[kind, locale] = found
        return found

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Parts:
        """Return a pack that is plain data already."""
        made = cls("{}")
        made._decoded, made._places = dict(data), dict.fromkeys(data, _NOWHERE)
        return made

    def written_out(self) -> dict[str, Any]:
        """Return the whole pack, every hypothesis with its terms in full; always the same dictionary."""
        if self._whole is None:
            self._whole = self._written_out()
        return self._whole

    def _written_out(self) -> dict[str, Any]:
        made = dict(self)
        if "terms" not in made:
            return made
        weights, lists = made.pop("weights"), made.pop("source_lists")

        def term(row: Sequence[Any], notes: Mapping[str, Any]) -> dict[str, Any]:
            when, present, absent, group, basis, sources = row
            ratios = [None if place is None else weights[place] for place in (present, absent)]
            return {**dict(zip(_TERM, (when, *ratios, group, basis, lists[sources]), strict=True)), **notes}

        terms = [term(row, notes) for row, notes in zip(made.pop("terms"), made.pop("term_notes"), strict=True)]
        for kind in HYPOTHESES:
            made[kind] = [{**one, "terms": [_apart(terms[place]) for place in one["terms"]]} for one in made[kind]]
        for kind, (beside, _) in _NOTES.items():
            made[kind] = [{**one, **notes} for one, notes in zip(made[kind], made.pop(beside), strict=True)]
        for stratum in made["strata"]:
            stratum["priors"] = {cause: list(weights[place]) for cause, place in stratum["priors"].items()}
        made["wording"] = {locale: {} for locale in made["wording"]}
        for name in [name for name in made if name.startswith(_WORDS)]:
            _, locale, kind = name.split("/")
            made["wording"][locale][kind] = made.pop(name)
        return made


def _apart(data: Any) -> Any:
    """Return a copy that shares nothing, so that whoever changes one term of plain data changes no other."""
    if isinstance(data, dict):
        return {name: _apart(value) for name, value in data.items()}
    return [_apart(one) for one in data] if isinstance(data, list) else data


def _places(text: bytes) -> dict[str, slice] | None:
    """Return where the value of each part stands; None if the pack is not laid out in lines."""
    if not text.startswith(b'{\n"') or not text.endswith(b"\n}"):
        return None
    found: dict[str, slice] = {}
    line = 2
    while text[line] == _QUOTE:
        name = text.find(b'":', line)
        if name < 0:
            return None
        end = text.index(b"\n", name)
        found[text[line + 1 : name].decode()] = slice(name + 2, end)
        line = end + 1
    return found


class _Once:
    """Distinct things by number, in the order in which they first come."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self.things: list[Any] = []

    def place(self, thing: Any) -> int | None:
        """Return the number of a thing; nothing has none."""
        if thing is None:
            return None
        place = self._places.setdefault(_text(thing), len(self.things))
        if place == len(self.things):
            self.things.append(thing)
        return place


def _laid_out(pack: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(pack)
    terms, weights, lists = _Once(), _Once(), _Once()
    for kind in HYPOTHESES:
        made[kind] = [{**one, "terms": [terms.place(term) for term in one["terms"]]} for one in pack.get(kind, ())]
    made["terms"] = [
        [
            *(one["when"], weights.place(one["present"]), weights.place(one["absent"])),
            *(one["group"], one["basis"], lists.place(one["sources"])),
        ]
        for one in terms.things
    ]
    made["term_notes"] = [{name: value for name, value in one.items() if name not in _TERM} for one in terms.things]
    for kind, (beside, noted) in _NOTES.items():
        records = pack.get(kind, ())
        made[kind] = [{name: value for name, value in one.items() if name not in noted} for one in records]
        made[beside] = [{name: value for name, value in one.items() if name in noted} for one in records]
    for stratum in made["strata"]:
        stratum["priors"] = {cause: weights.place(weight) for cause, weight in stratum["priors"].items()}
    made["weights"], made["source_lists"] = weights.things, lists.things
    made["wording"] = {locale: {} for locale in pack.get("wording", {})}
    for locale, kinds in pack.get("wording", {}).items():
        made |= {f"{_WORDS}{locale}/{kind}": words for kind, words in kinds.items()}
    return made


def _text(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))
