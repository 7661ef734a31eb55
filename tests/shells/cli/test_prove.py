"""`unclench prove`: what holds, what is refuted with a case that replays, and what it is not given."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import pytest

from shells.cli.running import unclench
from unclench.knowledge import Knowledge
from unclench.knowledge.layout import serialise


def test_one_promise_is_proved_and_nothing_is_certified(tmp_path: Path) -> None:
    done = unclench("prove", "--only", "fits", "--cases", str(tmp_path), "--certificate", str(tmp_path / "c.json"))
    assert done.status == 0, done.err
    assert re.search(r"fits: .*proved", done.out)
    assert "no certificate" in done.out
    assert not (tmp_path / "c.json").exists()


def test_a_refuted_promise_ends_with_1_and_says_where(knowledge: Knowledge, tmp_path: Path) -> None:
    """A pack whose danger screens lack a line; from a folder, the compiler would already refuse it."""
    data = copy.deepcopy(knowledge.data)
    for screen in data["screens"]:
        screen["findings"] = [finding for finding in screen["findings"] if finding != "saddle_numbness"]
    pack = tmp_path / "pack.json"
    pack.write_text(serialise(data), encoding="utf-8")
    done = unclench("prove", "--folder", str(pack), "--only", "screens", "--cases", str(tmp_path))
    assert done.status == 1, done.err
    assert "screens REFUTED at saddle_numbness_new." in done.out
    assert "replay: unclench assess" in done.out
    case = next(tmp_path.glob("screens_saddle_numbness_new*"))
    assert unclench("assess", str(case)).status == 0


@pytest.mark.parametrize(("only", "near"), [("P11", "P1"), ("screen", "screens"), ("", "Known: P1, P2")])
def test_a_promise_that_does_not_exist_is_named_with_the_nearest(only: str, near: str) -> None:
    done = unclench("prove", "--only", only)
    assert done.status == 2
    assert near in done.err
