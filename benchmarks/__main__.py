"""`python -m benchmarks`: measure everything and print one table. Name files to run only those: `assessment`, ..."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from importlib import import_module

from benchmarks.measure import Spread
from unclench.knowledge import Knowledge

FILES = {
    "assessment": "benchmarks.assessment",
    "batch": "benchmarks.batch",
    "handover": "benchmarks.handover",
    "intake": "benchmarks.intake",
    "peers": "benchmarks.peers.comparison",
    "plan": "benchmarks.plan",
    "rules": "benchmarks.rules",
    "search": "benchmarks.search",
    "start_up": "benchmarks.start_up",
    "web": "benchmarks.web",
}
APART = "peers"
"""Runs in `.venv-peers/`, with packages that nothing else needs: make bench-peers."""


def main(chosen: Sequence[str]) -> int:
    """Run the chosen files, by default all but `peers`, and print a row as soon as it is measured."""
    unknown = [name for name in chosen if name not in FILES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(FILES)}.", file=sys.stderr)
        return 2
    knowledge = Knowledge.load()
    print(f"Python {platform.python_version()}, pack {knowledge.hash[:19]}, median (least to greatest)\n")
    print("| measured | Unclench | compared with | peer | ratio | ratio of least |\n|---|---|---|---|---|---|")
    for name in chosen or [name for name in FILES if name != APART]:
        for row in import_module(FILES[name]).measure(knowledge):
            theirs = _shown(row.theirs, row.unit) if row.theirs else ""
            ratios = " | ".join("" if one is None else f"{one:.2f}" for one in (row.ratio, row.ratio_of_least))
            print(f"| {row.question} | {_shown(row.ours, row.unit)} | {row.peer} | {theirs} | {ratios} |", flush=True)
    return 0


def _shown(spread: Spread, unit: str) -> str:
    scale, named = 1.0, unit
    if unit == "s":
        scale, named = (1e6, "us") if spread.median < 1e-3 else (1e3, "ms")
    low, middle, high = (f"{value * scale:.3g}" for value in (spread.least, spread.median, spread.greatest))
    return f"{middle} {named} ({low} to {high})"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
