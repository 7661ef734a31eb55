"""`unclench audit`: which sentences of a lay article make known claims, and what is known of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unclench.cli.terminal import wrapped
from unclench.errors import UnclenchError
from unclench.intake.claim_index import audited
from unclench.knowledge import Knowledge

__all__ = ["LARGEST", "as_text", "run"]

LARGEST = 4 * 1024 * 1024
"""The most bytes an article may have; a saved page rarely has one megabyte."""

_LIMIT = (
    "UNCHECKED means that no known claim looks alike. It does not mean right. A match is made by words, so read it: "
    "an article may say the opposite in the same words. No program has looked for what the article leaves out."
)


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
        raw = sys.stdin.buffer.read(LARGEST + 1)
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
    yield (
        f"AUDIT: statements: {counts['statements']}; like a known claim: {counts['matched']}; "
        f"unchecked: {counts['unchecked']}"
    )
    names = knowledge.data["wording"]["en"]["claim_verdicts"]
    for verdict, count in counts["by_verdict"].items():
        if count:
            yield f"  {count:>3}  {names[verdict]['name']}: {names[verdict]['summary']}"
    yield ""
    yield wrapped(data["limits"])
    for one in data["sentences"]:
        if not one["matches"] and one["kind"] != "statement" and not everything:
            continue
        yield "\n" + wrapped(f"{one['number']}. {one['sentence']}")
        if not one["matches"]:
            yield "   UNCHECKED" if one["kind"] == "statement" else f"   ({one['kind']}: claims nothing by itself)"
            continue
        best, *others = one["matches"]
        likeness = "this very sentence was audited" if best["exact"] else f"likeness {best['score']:.2f}"
        yield wrapped(f"{best['verdict_name'].upper()}. {best['says']} ({best['claim']}, {likeness})", "   ")
        if best["may_deny"]:
            yield wrapped('Mind the "not": only one of the two has it, so this may say the opposite.', "   ")
        yield wrapped(f"What is right: {best['right']}", "   ")
        yield wrapped(f"Why: {best['why']}", "   ")
        cited = "; ".join(f"{source['cites_as']} {source['at']}".strip() for source in best["sources"])
        yield wrapped(f"[{cited}] -> {best['record']['kind'].replace('_', ' ')}: {best['record']['id']}", "   ")
        if others:
            yield wrapped("Or: " + "; ".join(f"{o['claim']} ({o['verdict_name']})" for o in others), "   ")
    yield f"\npack {data['pack'][:19]}"
