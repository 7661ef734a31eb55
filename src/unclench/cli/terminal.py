"""Results as text for a terminal: the advice first, then why, then what it could be, then what to watch for."""

from __future__ import annotations

import textwrap

from unclench.knowledge import Disposition
from unclench.reasoning.describe import describe_range

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from unclench.reasoning import Assessment

__all__ = ["as_text", "wrapped"]

_WIDTH = 88


def wrapped(text: str, indent: str = "") -> str:
    """Return `text` broken into lines that fit a terminal."""
    return textwrap.fill(" ".join(text.split()), _WIDTH, initial_indent=indent, subsequent_indent=indent)


def as_text(result: Assessment) -> str:
    """Return the whole assessment as plain text."""
    return "\n".join(_lines(result))


def _lines(result: Assessment) -> Iterator[str]:
    knowledge, data = result.knowledge, result.to_data()
    words = knowledge.words
    heading = words("dispositions", result.disposition.id, "heading")
    yield heading.upper()
    yield wrapped(words("dispositions", result.disposition.id, "what_to_do"))
    yield wrapped(f"Whom: {words('see', result.see, 'name')}. When: {result.within}.")
    if not result.triage.settled:
        could = words("dispositions", result.triage.at_most.id, "heading")
        yield wrapped(f"Not settled yet: some questions are open. With other answers it could become: {could}")
    if data["reasons"]:
        yield "\nWHY"
        for reason in data["reasons"]:
            yield wrapped(f"{reason['because']}", "  ")
            said = "; ".join(fact["text"] for fact in reason["facts"])
            if said:
                verb = "still open" if reason["rule"] == "open_emergency_question" else "you said"
                yield wrapped(f"({verb}: {said})", "    ")
            cited = "; ".join(f"{s['cites_as']} {s['at']}".strip() for s in reason["sources"])
            yield wrapped(f"[{cited}]", "    ")
    else:
        yield "\nWHY"
        yield wrapped(words("messages", "nothing_fired", "because"), "  ")
    if result.triage.at_least is not Disposition.EMERGENCY:
        yield "\nWHAT IT COULD BE (possible causes)"
        for one in result.causes[:3]:
            spoken = describe_range(one.probability, one.low, one.high, knowledge)
            yield wrapped(f"{words('causes', one.id, 'name')}: {spoken}", "  ")
    if data["rule_out"]:
        yield "\nTO RULE OUT (serious, and worth making sure)"
        for one in data["rule_out"]:
            spoken = describe_range(one["probability"], one["low"], one["high"], knowledge)
            yield wrapped(f"{one['name']}: {spoken}. {one['how']}", "  ")
    if data["contributors"]:
        yield "\nWHAT MAY HAVE BROUGHT IT ON"
        for one in data["contributors"]:
            note = "" if one["evidence"] == "supported" else f" (evidence: {one['evidence'].replace('_', ' ')})"
            yield wrapped(f"{one['name']}{note}", "  ")
    if data["would_change"]:
        yield "\nWHAT WOULD CHANGE THIS ADVICE"
        for one in data["would_change"]:
            heading = words("dispositions", one["to"], "heading")
            yield wrapped(f"{one['text']} -> {heading}", "  ")
    if data["safety_net"]:
        yield "\nWATCH FOR"
        for level in (Disposition.EMERGENCY, Disposition.SAME_DAY):
            signs = [w["text"] for w in data["safety_net"] if w["then"] == level.id]
            if signs:
                heading = words("dispositions", level.id, "heading")
                yield wrapped(f"{heading}, if you get: " + "; ".join(signs) + ".", "  ")
    for assumption in data["assumptions"]:
        yield "\n" + wrapped(assumption)
    yield "\n" + wrapped(words("messages", "limits", "because"))
    yield f"pack {result.pack[:19]}  version {data['version']}  result {data['result_hash']}"
