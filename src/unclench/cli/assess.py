"""`unclench assess`: advice for cases that are written down."""

from __future__ import annotations

import json
import sys

from unclench.cli.records import cases
from unclench.knowledge import Knowledge
from unclench.reasoning import assess

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Assess every record; report each bad one on standard error and go on. Return 2 if there was any."""
    knowledge = Knowledge.load()
    many, records = cases(options.case, knowledge)
    good = bad = 0
    for record in records:
        if record.case is None:
            print(f"unclench: {record.error}", file=sys.stderr)
            bad += 1
            continue
        result = assess(knowledge, record.case, examination=options.examination)
        if options.format == "text":
            from unclench.cli.terminal import as_text

            named = f"{record.place}{f', case {result.case.id}' if result.case.id else ''}\n" if many else ""
            print(("\n" if good else "") + named + as_text(result))
        else:
            print(json.dumps(result.to_data(), ensure_ascii=False, indent=None if many else 2))
        good += 1
    if many and bad:
        print(f"unclench: {good} assessed, {bad} not; the lines above say why.", file=sys.stderr)
    return 2 if bad else 0
