"""How long is `unclench assess case.json` from process start to answer, and how much memory does it take?

Both as ratios to `python -c pass` of the same interpreter, the least that any Python program takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Row, installed, processes
from benchmarks.people import people
from unclench.knowledge import Knowledge

__all__ = ["measure"]

_PASS = "python -c pass"
_COMMAND = ("-c", "from unclench.cli.main import run; run()")
_STAGES = {
    "imports only": ("-c", "import unclench.cli.main, unclench.cli.assess"),
    "imports and pack": ("-c", "import unclench.cli.main, unclench.cli.assess as a; a.Knowledge.load()"),
    "json alone": ("-c", "import json"),
    "json and hashlib alone": ("-c", "import json, hashlib"),
}


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield the whole command for each person, and how far a process gets when it stops earlier."""
    with installed() as folder:
        commands: dict[str, tuple[str, ...]] = {_PASS: ("-c", "pass"), **_STAGES}
        for name, case in people(knowledge).items():
            file = Path(folder) / f"{name.replace(' ', '_')}.json"
            file.write_text(json.dumps(case.to_data()), encoding="utf-8")
            commands[f"unclench assess ({name})"] = (*_COMMAND, "assess", str(file))
        taken = processes(commands, folder, repeats=20)
    bare = taken.pop(_PASS)
    for name, one in taken.items():
        yield Row(name, one.wall, "ms", _PASS, bare.wall)
    for name, one in taken.items():
        yield Row(f"{name}: processor time", one.processor, "ms", _PASS, bare.processor)
    for name, one in taken.items():
        yield Row(f"{name}: peak memory", one.memory, "MiB", _PASS, bare.memory)
