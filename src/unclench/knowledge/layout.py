"""How a pack is written: each part on a line of its own, so that a start decodes only what it needs; equal terms once.

The text is plain JSON in ASCII, which is the quickest to read. What many hypotheses weigh alike, and that is most of
it, stands once in `terms`, and what only people read of it (as it was written, and why) beside it in `term_notes`. A
hypothesis has the numbers of its terms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["HYPOTHESES", "Parts", "serialise"]

HYPOTHESES = ("causes", "contributors", "events")
"""The parts whose records have terms."""

_DECODER = json.JSONDecoder()

_NOTES = frozenset({"ends", "from_memory", "origin", "proxy", "row", "why", "written"})


def serialise(pack: Mapping[str, Any]) -> str:
    """Return the one canonical text of a pack, over which its hash is taken.

    Examples:
        >>> print(serialise({"terms": [], "places": ["gp"], "format": 1}))
        {
        "format":1,
        "places":["gp"],
        "terms":[]
        }
    """
    parts = pack if "terms" in pack else _with_terms_once(pack)
    return "{\n" + ",\n".join(f"{_text(name)}:{_text(parts[name])}" for name in sorted(parts)) + "\n}"


class Parts(Mapping[str, "Any"]):
    """The parts of a pack by name, each decoded when it is first looked at.

    Args:
        text: a pack as `serialise` writes it, or any other JSON of the same content, which is decoded at once.

    Raises:
        ValueError: it is no JSON. Damage inside a part of a laid-out pack shows when that part is looked at.
    """

    def __init__(self, text: str) -> None:
        places = _places(text)
        self._text = text
        self._whole: dict[str, Any] | None = None
        self._decoded: Any = json.loads(text) if places is None else {}
        self._places: Mapping[str, int] = places or (dict.fromkeys(self._decoded, 0) if self.is_object else {})

    @property
    def is_object(self) -> bool:
        """Whether the text is a JSON object."""
        return isinstance(self._decoded, dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self._decoded:
            self._decoded[name], _ = _DECODER.raw_decode(self._text, self._places[name])
        return self._decoded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Parts:
        """Return a pack that is plain data already."""
        made = cls("{}")
        made._decoded, made._places = dict(data), dict.fromkeys(data, 0)
        return made

    def written_out(self) -> dict[str, Any]:
        """Return the whole pack, every hypothesis with its terms in full; always the same dictionary."""
        if self._whole is None:
            self._whole = self._written_out()
        return self._whole

    def _written_out(self) -> dict[str, Any]:
        made = dict(self)
        if "terms" in made:
            terms = [{**term, **notes} for term, notes in zip(made.pop("terms"), made.pop("term_notes"), strict=True)]
            for kind in HYPOTHESES:
                made[kind] = [{**one, "terms": [_apart(terms[place]) for place in one["terms"]]} for one in made[kind]]
        return made


def _apart(data: Any) -> Any:
    """Return a copy that shares nothing, so that whoever changes one term of plain data changes no other."""
    if isinstance(data, dict):
        return {name: _apart(value) for name, value in data.items()}
    return [_apart(one) for one in data] if isinstance(data, list) else data


def _places(text: str) -> dict[str, int] | None:
    """Return where the value of each part begins; None if the pack is not laid out in lines."""
    if not text.startswith('{\n"') or not text.endswith("\n}"):
        return None
    found: dict[str, int] = {}
    line = 2
    while text[line] == '"':
        end = text.find('":', line)
        if end < 0:
            return None
        found[text[line + 1 : end]] = end + 2
        line = text.index("\n", end) + 1
    return found


def _with_terms_once(pack: Mapping[str, Any]) -> dict[str, Any]:
    places: dict[str, int] = {}
    terms: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    made = dict(pack)
    for kind in HYPOTHESES:
        made[kind] = []
        for one in pack.get(kind, ()):
            listed = []
            for term in one["terms"]:
                key = _text(term)
                if key not in places:
                    places[key] = len(terms)
                    terms.append({name: value for name, value in term.items() if name not in _NOTES})
                    notes.append({name: value for name, value in term.items() if name in _NOTES})
                listed.append(places[key])
            made[kind].append({**one, "terms": listed})
    return {**made, "terms": terms, "term_notes": notes}


def _text(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))
