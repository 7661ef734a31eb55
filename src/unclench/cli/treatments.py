"""`unclench treatments`: what works, and what does not: every treatment side by side."""

from __future__ import annotations

import json

from unclench.cli.terminal import wrapped
from unclench.knowledge import Knowledge
from unclench.reasoning.comparison import FILTERS, as_csv, compared, comparison_data, values_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["as_text", "run"]

_BY = {
    "self": "yourself",
    "pharmacist": "with a pharmacist's advice",
    "clinician": "from a clinician",
    "specialist": "from a specialist",
}


def run(options: argparse.Namespace) -> int:
    """Print the treatments that fit, in the order asked for. Return 0, also if none fits.

    Raises:
        UnclenchError: no such order or filter.
    """
    knowledge = Knowledge.load()
    chosen = {name: getattr(options, name) for name in FILTERS}
    data = comparison_data(knowledge, compared(knowledge, sort=options.sort, **chosen))
    if options.format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2))
    elif options.format == "csv":
        print(as_csv(data).replace("\r\n", "\n"), end="")
    else:
        print("\n".join(as_text(data, options.sort)))
        if not data["treatments"]:
            print(wrapped(f"Kinds of trouble: {', '.join(values_of(knowledge, 'track'))}."))
    return 0


def as_text(data: Mapping[str, Any], sort: str) -> Iterator[str]:
    """Yield the lines of a comparison as a terminal shows it.

    Args:
        data: `comparison_data()`.
        sort: the order it stands in.
    """
    count = len(data["treatments"])
    yield f"WHAT WORKS: {count} {'treatment' if count == 1 else 'treatments'}, by {sort}"
    if not count:
        yield "None fits all of these filters. Leave one out."
    for one in data["treatments"]:
        told = [one["verdict"]["name"], one["certainty"]["name"], one["cost"]["name"], one["effort"]["name"]]
        yield f"\n{one['name'].upper()} ({one['id']}): {'; '.join(told)}"
        yield wrapped(f"Benefit: {'' if one['benefit']['known'] else '(unknown) '}{one['benefit']['text']}", "  ")
        yield from _on_scale(one)
        yield wrapped(f"Harm: {'' if one['harm']['known'] else '(unknown) '}{one['harm']['text']}", "  ")
        yield wrapped(f"For: {'; '.join(track['name'] for track in one['tracks'])}. You get it {_BY[one['by']]}.", "  ")
        cited = dict.fromkeys(f"{source['cites_as']}" for source in one["sources"])
        yield wrapped(f"[{'; '.join(cited)}]", "  ")
    yield f"\npack {data['pack'][:19]}"


def _on_scale(one: Mapping[str, Any]) -> Iterator[str]:
    """Yield the first counted effect on the scale that all are shown on, if it was measured on one."""
    counted = next((effect for effect in one["effects"] if not effect["unknown"]), None)
    points = counted and counted["better_of_100"]
    if counted and points:
        spread = "" if points["low"] is None else f", {points['low']:+.1f} to {points['high']:+.1f}"
        against = counted["compared_with"]["name"] if counted["compared_with"] else ""
        yield wrapped(
            f"On a scale of 100: {points['value']:+.1f}{spread} (above 0 is better; compared with {against})", "  "
        )
