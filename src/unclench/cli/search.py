"""`unclench search`: find a page by everyday words, misspelt or not."""

from __future__ import annotations

import json

from unclench.cli.terminal import wrapped
from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge
from unclench.knowledge.search_index import LONGEST_QUERY, Found, SearchIndex

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["as_text", "run"]

_KINDS: Mapping[str, str] = {
    "causes": "cause",
    "events": "kind of spasm",
    "contributors": "what brings it on",
    "treatments": "treatment",
    "medicines": "medicine",
    "exercises": "exercise",
    "questions": "question",
    "red_flags": "warning sign",
    "dispositions": "how soon to get help",
    "findings": "what is asked",
    "claims": "claim, checked",
}
_MOST = 100
_BEYOND = (
    "If it has happened or may happen, call your emergency number now. Tell somebody near you. Do not be alone with it."
)


def run(options: argparse.Namespace) -> int:
    """Print the pages that fit. Return 0, also if none fits.

    Raises:
        UnclenchError: the query is empty, or the limit is no number from 1 to 100.
    """
    query = " ".join(options.query).strip()
    if not query:
        raise UnclenchError('there is nothing to look for. Type some words, as in: unclench search "numb leg"')
    if not 1 <= options.limit <= _MOST:
        raise UnclenchError(f"--limit is {options.limit}; it must be 1 to {_MOST}.")
    knowledge = Knowledge.load()
    found = SearchIndex.load(knowledge).find(query, limit=options.limit)
    if options.format == "json":
        print(json.dumps(_data(knowledge, query, found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(found)))
    return 0


def _data(knowledge: Knowledge, query: str, found: Found) -> dict[str, Any]:
    return {
        "query": query[:LONGEST_QUERY],
        "is_danger": found.is_danger,
        "signs": list(found.signs),
        "unknown": list(found.unknown),
        "mended": dict(found.mended),
        "hits": [
            {"kind": one.kind, "id": one.id, "title": one.title, "summary": one.summary, "score": round(one.score, 3)}
            for one in found.hits
        ],
        "pack": knowledge.hash,
    }


def as_text(found: Found) -> Iterator[str]:
    """Yield the lines of a search as a terminal shows it.

    Args:
        found: what the index found.
    """
    if found.is_beyond:  # the check asks about backs, and could calm where it should not
        yield wrapped(f"THIS CAN BE AN EMERGENCY, AND UNCLENCH KNOWS TOO LITTLE ABOUT IT. {_BEYOND}")
        yield ""
    elif found.is_danger:
        yield wrapped(
            "IF YOU HAVE THIS NOW: if it feels badly wrong, call your emergency number now. If you are not sure, do "
            "the check first: unclench check"
        )
        yield ""
    if not found.hits:
        yield wrapped("Nothing fits these words. Try fewer or other words, such as: back spasm, leg cramp, heat.")
        if not found.is_danger:
            yield wrapped("If something is wrong now, do the check: unclench check")
    if found.mended:
        yield wrapped(f"Looked for: {', '.join(f'{new} (not {old})' for old, new in found.mended.items())}")
    if found.unknown:
        yield wrapped(f"Not found: {', '.join(found.unknown)}. The rest is only about the other words.")
    if not (found.is_understood or found.is_danger):
        yield wrapped(
            "If this is new or worse, start the check: unclench check. If it feels badly wrong, call your emergency "
            "number now."
        )
    for number, one in enumerate(found.hits, start=1):
        yield f"{number}. {one.title}  [{_KINDS[one.kind]}]"
        if one.summary:
            yield wrapped(one.summary, "   ")
        yield f"   {one.kind}/{one.id}"
    if found.hits and found.is_understood and not found.is_danger:
        yield "New or worse? Do the check: unclench check"
