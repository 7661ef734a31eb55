"""Every planted fault, judged to the end. Prints the table (run with -s) and keeps it in .cache/planted_faults.txt."""

from __future__ import annotations

from pathlib import Path

import pytest

from prove.planted import DROP_BOTH, Bench, faults, table
from unclench.knowledge import Knowledge

TABLE = Path(__file__).resolve().parents[2] / ".cache" / "planted_faults.txt"


@pytest.mark.slow
def test_every_planted_fault_is_caught_or_known(knowledge: Knowledge) -> None:
    bench = Bench(knowledge)
    verdicts = [bench.judge(fault) for fault in faults(knowledge)]
    text = table(verdicts)
    print(text)
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text(text + "\n", encoding="utf-8")
    # Rules that go together with their examples are told in the table only: no example of their own can catch that.
    judged = [verdict for verdict in verdicts if verdict.fault.kind != DROP_BOTH]
    real = [verdict for verdict in judged if verdict.by != "changes nothing"]
    survivors = [verdict for verdict in real if verdict.by == "survives"]
    assert [verdict.fault for verdict in survivors if verdict.lowers_an_emergency] == []
    assert len(survivors) <= 0.05 * len(real)
