"""How a pack is written: each part on a line of its own, so that a start decodes only what it needs; equal terms once.

The text is plain JSON in ASCII, which is the quickest to read. What many hypotheses weigh alike, and that is most of
it, stands once in `terms`, and what only people read of it (as it was written, and why) beside it in `term_notes`. A
hypothesis has the numbers of its terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["HYPOTHESES", "Parts", "serialise"]

HYPOTHESES = ("causes", "contributors", "events")
"""The parts whose records have terms."""

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


class Parts(Mapping[str, Any]):
    """The parts of a pack by name, each decoded when it is first looked at.

    Args:
        text: a pack as `serialise` writes it, or any other JSON of the same content, which is decoded at once.

    Raises:
        ValueError: it is no JSON. Damage inside a part of a laid-out pack shows when that part is looked at.
    """

    def __init__(self, text: str) -> None:
        lines = _lines(text)
        self._decoded: Any = json.loads(text) if lines is None else {}
        self._texts: Mapping[str, str] = lines or (dict.fromkeys(self._decoded, "") if self.is_object else {})

    @property
    def is_object(self) -> bool:
        """Whether the text is a JSON object."""
        return isinstance(self._decoded, dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self._decoded:
            self._decoded[name] = json.loads(self._texts[name])
        return self._decoded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def written_out(self) -> dict[str, Any]:
        """Return the whole pack, every hypothesis with its terms in full."""
        made = dict(self)
        if "terms" in made:
            terms = [{**term, **notes} for term, notes in zip(made.pop("terms"), made.pop("term_notes"), strict=True)]
            for kind in HYPOTHESES:
                made[kind] = [{**one, "terms": [terms[place] for place in one["terms"]]} for one in made[kind]]
        return made


def _lines(text: str) -> dict[str, str] | None:
    """Return the text of each part; None if the pack is not laid out in lines."""
    lines = text.split("\n")
    if len(lines) < 3 or lines[0] != "{" or lines[-1] != "}":
        return None
    found: dict[str, str] = {}
    for line in lines[1:-1]:
        name, colon, rest = line.partition('":')
        if not colon or not name.startswith('"'):
            return None
        found[name[1:]] = rest.removesuffix(",")
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
