"""What does a search cost, beside loading the pack it searches? The queries are those of the tests."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.measure import Row, in_turns
from unclench.knowledge import Knowledge
from unclench.knowledge.search_index import SearchIndex

__all__ = ["measure"]

_EVIDENCE = Path(__file__).resolve().parents[1] / "tests" / "evidence"


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield what a query takes; each run takes the next one."""
    index = SearchIndex.load(knowledge)
    with (_EVIDENCE / "search_queries.csv").open(encoding="utf-8", newline="") as file:
        queries = cycle([row["query"] for row in csv.DictReader(file)])
    misspelt = cycle((_EVIDENCE / "search_misspelt.txt").read_text(encoding="utf-8").splitlines())
    times = in_turns(
        {
            "query": lambda: index.find(next(queries)),
            "misspelt": lambda: index.find(next(misspelt)),
            "pack": Knowledge.load,
        },
        repeats=200,
    )
    yield Row("a search (100 queries, twice)", times["query"], "s", "loading the pack", times["pack"])
    yield Row("a long misspelt search (6 queries in turn)", times["misspelt"], "s", "loading the pack", times["pack"])
