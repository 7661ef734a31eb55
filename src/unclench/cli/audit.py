"""`unclench audit`: which sentences of a lay article make known claims, and what is known of them."""

from __future__ import annotations

import json
from pathlib import Path

from unclench.cli.records import standard_input
from unclench.cli.terminal import wrapped
from unclench.errors import UnclenchError
from unclench.intake.claim_index import Cause, audited
from unclench.knowledge import Knowledge

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

__all__ = ["LARGEST", "as_text", "run"]

LARGEST = 4 * 1024 * 1024
"""The most bytes an article may have; a saved page rarely has one megabyte."""

_LIMIT = (
    "A verdict is on a known claim, not on the sentence. It is told only where the sentence is close to the claim and "
    "nothing was seen that turns its sense round. COMPARE YOURSELF means that a claim looks alike and no verdict is "
    "told. UNCHECKED means only that the program found no known claim in the sentence. It may still make one, in other "
    "words or in too few to compare. Neither means right. A program compared words and understood none, so read each "
    "pair. DANGER marks a sentence with words for a danger sign and for waiting. One without it may name danger too. "
    "No program has looked for what the article leaves out."
)
_CAUSES: Mapping[Cause, str] = {
    "denial": "a word that denies differs",
    "strength": "an absolute word, such as all, only or cure, differs",
    "direction": "a word of direction or of danger differs",
    "order": "what acts on what differs",
    "number": "a number or a length of time differs",
    "hedge": "it drops a word such as most or some",
    "danger": "it names a danger sign that the claim does not name",
    "rival": "another claim with another verdict is as like",
    "wording": "the sentence adds, drops or moves words",
    "short": "so few words may speak of anything",
}
_OPPOSITE: frozenset[Cause] = frozenset({"denial", "strength", "direction", "order"})


def run(options: argparse.Namespace) -> int:
    """Audit one article. Return 0, whatever the verdicts.

    Raises:
        UnclenchError: the file is no text, is too long, or holds no sentence.
    """
    content = _content(options.article)
    knowledge = Knowledge.load()
    data = {"article": options.article, "limits": _LIMIT, **audited(knowledge, content)}
    if not data["sentences"]:
        raise UnclenchError(f"{options.article}: there is no sentence in it. Name a text or a saved HTML page.")
    if options.format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(knowledge, data, everything=options.all)))
    return 0


def _content(name: str) -> str:
    if name == "-":
        raw = standard_input().read(LARGEST + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                raw = file.read(LARGEST + 1)
        except OSError as error:
            raise UnclenchError(f"{name}: cannot be read ({error.strerror}). Name a file.") from None
    if len(raw) > LARGEST:
        raise UnclenchError(f"{name}: longer than {LARGEST} bytes. Save only the article.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnclenchError(f"{name}: no UTF-8 text ({error.reason} at byte {error.start}). Save it as such.") from None
    if "\0" in text or text.startswith("%PDF"):
        raise UnclenchError(f"{name}: no text or HTML page. Save it as text first.")
    return text


def as_text(knowledge: Knowledge, data: Mapping[str, Any], *, everything: bool = False) -> Iterator[str]:
    """Yield the lines of an audit as a terminal shows it.

    Args:
        knowledge: the pack, for the names of verdicts.
        data: what `audited` gives, with `limits`.
        everything: also list headings and questions, which claim nothing by themselves.
    """
    counts = data["counts"]
    yield f"AUDIT of {counts['statements']} statements"
    yield f"{counts['close']:>5}  close to a known claim; the verdicts on those claims:"
    names = knowledge.data["wording"]["en"]["claim_verdicts"]
    for verdict, count in counts["by_verdict"].items():
        if count:
            yield f"       {count:>5}  {names[verdict]['name']}: {names[verdict]['summary']}"
    yield f"{counts['possible']:>5}  possibly like a known claim: no verdict, compare yourself"
    yield f"{counts['unchecked']:>5}  unchecked"
    yield ""
    yield wrapped(data["limits"])
    for one in data["sentences"]:
        if not one["matches"] and one["kind"] != "statement" and not everything:
            continue
        yield "\n" + wrapped(f"{one['number']}. {one['sentence']}")
        if one["danger"]:
            pages = ", ".join(f"/learn/{page}/" for page in one["danger"])
            yield wrapped(f"DANGER: it speaks of a danger sign. Compare it with {pages}", "   ")
        if not one["matches"]:
            yield "   UNCHECKED" if one["kind"] == "statement" else f"   ({one['kind']}: claims nothing by itself)"
            continue
        yield from _of_matches(one["matches"])
    yield f"\npack {data['pack'][:19]}"


def _of_matches(matches: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    best, *others = matches
    likeness = "word for word" if best["exact"] else f"likeness {best['score']:.2f}"
    claim = f"claim {best['claim']} ({likeness})"
    if best["close"]:
        is_judged = f"{'Is' if best['exact'] else 'Resembles'} {claim}, on which the verdict is"
        yield wrapped(f"{is_judged} {best['verdict_name'].upper()}. {best['says']}", "   ")
        yield wrapped(f"What is right: {best['right']}", "   ")
        yield wrapped(f"Why: {best['why']}", "   ")
        cited = "; ".join(f"{source['cites_as']} {source['at']}".strip() for source in best["sources"])
        yield wrapped(f"[{cited}] -> {best['record']['kind'].replace('_', ' ')}: {best['record']['id']}", "   ")
    else:
        yield wrapped(f"COMPARE YOURSELF, no verdict. Possibly resembles {claim}. {best['says']}", "   ")
        if not _OPPOSITE.isdisjoint(best["doubts"]):
            yield "   May say the opposite: read both."
        why = "; ".join(_CAUSES[cause] for cause in best["doubts"]) or "the likeness is low"
        yield wrapped(f"Why no verdict: {why}.", "   ")
        yield wrapped(f"See {best['record']['kind'].replace('_', ' ')}: {best['record']['id']}", "   ")
    if others:
        yield wrapped(f"Also like: {', '.join(other['claim'] for other in others)}", "   ")
