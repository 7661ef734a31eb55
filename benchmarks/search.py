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

_QUERIES = Path(__file__).resolve().parents[1] / "tests" / "evidence" / "search_queries.csv"


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield what a query takes; each run takes the next one."""
    index = SearchIndex.load(knowledge)
    with _QUERIES.open(encoding="utf-8", newline="") as file:
        queries = cycle([row["query"] for row in csv.DictReader(file)])
    times = in_turns({"query": lambda: index.find(next(queries)), "pack": Knowledge.load}, repeats=200)
    yield Row("a search (100 queries, twice)", times["query"], "s", "loading the pack", times["pack"])
